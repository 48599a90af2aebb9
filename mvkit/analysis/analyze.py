"""Listen to a song: the verb of this stage, which joins what the other modules hear."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mvkit.analysis.bands import BANDS_FILE, hear_bands, write_bands
from mvkit.analysis.beat_model import BeatModel, find_beat_model
from mvkit.analysis.beats import Beats, hear_beats
from mvkit.analysis.boundaries import clip_boundaries
from mvkit.analysis.cache import cached_analysis
from mvkit.analysis.curves import hear_curves
from mvkit.analysis.flags import GENRE_GUESSED
from mvkit.analysis.genre import Style, hear_style
from mvkit.analysis.lyrics import has_times, read_lyrics
from mvkit.analysis.moments import hear_moments
from mvkit.analysis.mood import hear_mood
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.sections import hear_sections
from mvkit.analysis.sound import Sound, load_sound
from mvkit.analysis.spectra import Spectra, hear_spectra
from mvkit.analysis.tags import read_tags
from mvkit.analysis.tonality import hear_chord_changes, hear_key
from mvkit.analysis.transcript import SungLyrics, hear_lyrics, listen
from mvkit.files import sha256_of
from mvkit.providers.base import Transcriber
from mvkit.schema import Analysis, AnalysisMetadata, Curves, Key, LyricLine, Section
from mvkit.timing import tidy_s

SURE_BEATS, SURE_BARS, SURE_KEY = 0.5, 0.35, 0.5


def analyze_song(
    song: Path,
    *,
    job_id: str,
    folder: Path | None = None,
    lyrics: Path | None = None,
    transcriber: Transcriber | None = None,
    beat_model: str = "",
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
    folder : Path, optional
        The run folder, where the envelopes of drums and bands are kept. With it, a song that was
        heard within the last day is not heard again (:mod:`mvkit.analysis.cache`).
    lyrics : Path, optional
        Its words as .lrc, .srt or plain text.
    transcriber : Transcriber, optional
        Who listens for the words where no lyrics are given, and for their times where only those
        are missing. How that went is told by a flag.
    beat_model : str
        File of a network that hears the beats (:mod:`mvkit.analysis.beat_model`); empty for our own
        ear.
    min_clip_s, max_clip_s : float
        Range of a clip's length, the longer at least twice the shorter.

    Raises
    ------
    RefusedSong
        If the song cannot be used; see :func:`mvkit.analysis.intake.check_song`.
    InvalidInput
        If the lyrics, the network or the clip lengths cannot be used.
    NotFound
        If a file is not there.
    ProviderFailed
        If the network cannot be used for what it is.
    """
    network = find_beat_model(beat_model) if beat_model else None
    errand = _Errand(
        song=song,
        job_id=job_id,
        folder=folder,
        words=_Words(lyrics=lyrics, transcriber=transcriber),
        network=network,
        clip_range_s=(min_clip_s, max_clip_s),
    )
    if folder is None:
        return _hear(errand)
    return cached_analysis(
        song,
        job_id=job_id,
        folder=folder,
        hear=lambda: _hear(errand),
        lyrics=lyrics,
        transcriber=transcriber.name if transcriber else "",
        parameters={
            "min_clip_s": min_clip_s,
            "max_clip_s": max_clip_s,
            "network": sha256_of(network) if network else "",
        },
    )


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Where the words come from."""

    lyrics: Path | None
    transcriber: Transcriber | None

    @property
    def have_times(self) -> bool:
        """Whether they are given with their times."""
        return self.lyrics is not None and has_times(self.lyrics)


@dataclass(frozen=True, kw_only=True)
class _Errand:
    """What is to be heard, and with whom; as :func:`analyze_song` was asked."""

    song: Path
    job_id: str
    folder: Path | None
    words: _Words
    network: Path | None
    clip_range_s: tuple[float, float]


def _hear(errand: _Errand) -> Analysis:
    """Hear a song as if nobody had before."""
    started_s = time.perf_counter()
    sound = load_sound(errand.song)
    mono, duration_s = sound.mono, tidy_s(sound.duration_s)
    onsets, spectra, bands = hear_onsets(mono), hear_spectra(mono), hear_bands(mono)
    told = BeatModel(errand.network).hear(mono) if errand.network else None
    beats = hear_beats(mono, onsets, spectra, told=told)
    beats_s, downbeats_s = beats.times_s.tolist(), beats.downbeats_s.tolist()
    curves = hear_curves(mono, onsets)
    sections, sung = _hear_form(errand, spectra, curves, downbeats_s, duration_s)
    key = hear_key(mono)
    style = hear_style(
        onsets,
        spectra,
        beats_s=beats_s,
        downbeats_s=downbeats_s,
        bpm=beats.bpm,
        metre=beats.metre,
        swing=beats.swing,
        is_sung=bool(sung.lines),
    )
    if errand.folder is not None:
        write_bands(errand.folder / BANDS_FILE, bands)
    return Analysis(
        job_id=errand.job_id,
        bpm=round(beats.bpm, 2),
        duration=duration_s,
        metre=beats.metre,
        beats_per_bar=beats.beats_per_bar,
        phrase_bars=beats.phrase_bars,
        swing=beats.swing,
        beat_timestamps=tuple(beats_s),
        beat_strengths=tuple(beats.strengths.tolist()),
        beat_confidences=tuple(beats.confidences.tolist()),
        downbeat_timestamps=tuple(downbeats_s),
        song_structure=sections,
        lyrics=sung.lines,
        key=key,
        chord_changes_per_bar=hear_chord_changes(spectra, beats_s, downbeats_s),
        mood=hear_mood(
            spectra,
            key=key,
            bpm=beats.bpm,
            loudness_lufs=sound.loudness_lufs,
            beat_confidence=beats.confidence,
        ),
        genre=style.genre,
        instruments=style.instruments,
        moments=hear_moments(bands, downbeats_s),
        bands_url=BANDS_FILE if errand.folder is not None else "",
        clip_boundaries=clip_boundaries(
            beats_s=beats_s,
            downbeats_s=downbeats_s,
            sections=sections,
            duration_s=duration_s,
            phrase_bars=beats.phrase_bars,
            min_clip_s=errand.clip_range_s[0],
            max_clip_s=errand.clip_range_s[1],
        ),
        curves=curves,
        metadata=_metadata(
            errand.song,
            sound,
            beats,
            flags=(*_flags(beats, key, style), sung.flag),
            started_s=started_s,
        ),
    )


def _hear_form(
    errand: _Errand,
    spectra: Spectra,
    curves: Curves,
    downbeats_s: Sequence[float],
    duration_s: float,
) -> tuple[tuple[Section, ...], SungLyrics]:
    """Return sections and words.

    Sections say where to look for words that come without times; words that have them say where
    to look for choruses.
    """
    hear = partial(hear_sections, spectra, curves, downbeats_s=downbeats_s, duration_s=duration_s)
    sections = hear()
    sung = _hear_words(errand.song, errand.words, sections, curves, duration_s=duration_s)
    if sung.lines and sung.have_times:
        sections = hear(lines=sung.lines)
    return sections, sung


def _hear_words(
    song: Path,
    words: _Words,
    sections: tuple[Section, ...],
    curves: Curves,
    *,
    duration_s: float,
) -> SungLyrics:
    """Return the lines that are sung."""
    lines: tuple[LyricLine, ...] = ()
    if words.lyrics is not None:
        lines = read_lyrics(words.lyrics, sections=sections, duration_s=duration_s)
    if words.have_times:
        return SungLyrics(lines, "given")
    if words.transcriber is None:
        return SungLyrics(lines, "spread")
    transcript = listen(words.transcriber, song, duration_s=duration_s)
    return hear_lyrics(
        transcript, sections=sections, curves=curves, duration_s=duration_s, written=lines
    )


def _metadata(
    song: Path, sound: Sound, beats: Beats, *, flags: Iterable[str], started_s: float
) -> AnalysisMetadata:
    tags = read_tags(song)
    return AnalysisMetadata(
        processing_time=round(time.perf_counter() - started_s, 3),
        beat_detection_confidence=beats.confidence,
        fallback_used=beats.fallback_used,
        loudness_lufs=round(sound.loudness_lufs, 2),
        true_peak_db=round(sound.true_peak_db, 2),
        title=tags.title,
        artist=tags.artist,
        flags=tuple(filter(None, flags)),
    )


def _flags(beats: Beats, key: Key, style: Style) -> Iterator[str]:
    """Yield what a person should look at."""
    if beats.fallback_used:
        yield "beats_from_tempo_only"
    elif beats.confidence < SURE_BEATS:
        yield "beats_uncertain"
    if beats.bar_confidence < SURE_BARS:
        yield "bars_uncertain"
    if key.confidence < SURE_KEY:
        yield "key_uncertain"
    if style.genre or style.instruments:
        yield GENRE_GUESSED
