"""Listen to a song: the verb of this stage, which joins what the other modules hear."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from mvkit.analysis.beats import Beats, hear_beats
from mvkit.analysis.boundaries import clip_boundaries
from mvkit.analysis.curves import hear_curves
from mvkit.analysis.lyrics import has_times, read_lyrics
from mvkit.analysis.mood import hear_mood
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.sections import hear_sections
from mvkit.analysis.sound import load_sound
from mvkit.analysis.spectra import hear_spectra
from mvkit.analysis.tonality import hear_key
from mvkit.analysis.transcript import hear_lyrics, listen
from mvkit.providers.base import Transcriber
from mvkit.schema import Analysis, AnalysisMetadata, Key
from mvkit.timing import tidy_s

SURE_BEATS, SURE_KEY = 0.5, 0.1


def analyze_song(
    song: Path,
    *,
    job_id: str,
    lyrics: Path | None = None,
    transcriber: Transcriber | None = None,
    min_clip_s: float = 4.0,
    max_clip_s: float = 8.0,
) -> Analysis:
    """Return what can be heard in a song; the same song gives the same analysis.

    Parameters
    ----------
    song : Path
        An MP3, WAV or FLAC of 1 s to 10 min and at most 10 MiB.
    job_id : str
        The run (uuid4).
    lyrics : Path, optional
        Its words as .lrc, .srt or plain text.
    transcriber : Transcriber, optional
        Who listens for the words where no lyrics are given, and for their times where only those
        are missing. How that went is told by a flag.
    min_clip_s, max_clip_s : float
        Range of a clip's length, the longer at least twice the shorter.

    Raises
    ------
    RefusedSong
        If the song cannot be used; see :func:`mvkit.analysis.intake.check_song`.
    InvalidInput
        If the lyrics or the clip lengths cannot be used.
    NotFound
        If a file is not there.
    """
    started_s = time.perf_counter()
    sound = load_sound(song)
    duration_s = tidy_s(sound.duration_s)
    onsets, spectra = hear_onsets(sound.mono), hear_spectra(sound.mono)
    beats = hear_beats(sound.mono, onsets, spectra)
    downbeats_s = beats.downbeats_s.tolist()
    curves = hear_curves(sound.mono, onsets)
    sections = hear_sections(spectra, curves, downbeats_s=downbeats_s, duration_s=duration_s)
    key = hear_key(sound.mono)
    lines = read_lyrics(lyrics, sections=sections, duration_s=duration_s) if lyrics else ()
    sung_flag = ""
    if transcriber and not (lyrics and has_times(lyrics)):
        transcript = listen(transcriber, song, duration_s=duration_s)
        sung = hear_lyrics(
            transcript, sections=sections, curves=curves, duration_s=duration_s, written=lines
        )
        lines, sung_flag = sung.lines, sung.flag
    boundaries = clip_boundaries(
        beats_s=beats.times_s.tolist(),
        downbeats_s=downbeats_s,
        sections=sections,
        duration_s=duration_s,
        min_clip_s=min_clip_s,
        max_clip_s=max_clip_s,
    )
    return Analysis(
        job_id=job_id,
        bpm=round(beats.bpm, 2),
        duration=duration_s,
        beats_per_bar=beats.beats_per_bar,
        beat_timestamps=tuple(beats.times_s.tolist()),
        beat_strengths=tuple(beats.strengths.tolist()),
        downbeat_timestamps=tuple(downbeats_s),
        song_structure=sections,
        lyrics=lines,
        key=key,
        mood=hear_mood(onsets, spectra, key=key, bpm=beats.bpm, loudness_lufs=sound.loudness_lufs),
        clip_boundaries=boundaries,
        curves=curves,
        metadata=AnalysisMetadata(
            processing_time=round(time.perf_counter() - started_s, 3),
            beat_detection_confidence=beats.confidence,
            fallback_used=beats.fallback_used,
            loudness_lufs=round(sound.loudness_lufs, 2),
            flags=tuple(filter(None, (*_flags(beats, key), sung_flag))),
        ),
    )


def _flags(beats: Beats, key: Key) -> Iterator[str]:
    """Yield what a person should look at."""
    if beats.fallback_used:
        yield "beats_from_tempo_only"
    elif beats.confidence < SURE_BEATS:
        yield "beats_uncertain"
    if key.confidence < SURE_KEY:
        yield "key_uncertain"
