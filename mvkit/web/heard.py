"""What was heard in a draft, small enough for a page; and the process that hears it.

``python -m mvkit.web.heard SONG TARGET`` runs the analysis of the chain and writes what a page
shows of it to TARGET: first the waveform alone, which takes a moment, then all of it.

Contents
--------
Heard, Music, hear
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mvkit.analysis.portrait import envelope
from mvkit.files import write_whole
from mvkit.schema import Analysis, Key, Mood, Record, Section
from mvkit.schema.analysis import Metre, Moment
from mvkit.schema.base import Seconds, Share
from mvkit.settings import get_settings

RATE_HZ = 11_025
"""Enough to see how loud a song is."""
NO_JOB = "00000000-0000-4000-8000-000000000000"
"""The analysis wants to know for which job it is made; a draft has none."""


class Music(Record):
    """What the analysis heard; see :class:`mvkit.schema.Analysis`.

    Attributes
    ----------
    beat_confidence : float
        How sure the beats are, 0-1.
    flags : tuple of str
        What is doubtful in it or guessed; :func:`mvkit.analysis.flags.notes_on` says it plainly.
        Beats that are only a fallback have one too.
    """

    tempo_bpm: float
    key: Key
    mood: Mood
    sections: tuple[Section, ...]
    beats_s: tuple[Seconds, ...]
    downbeats_s: tuple[Seconds, ...]
    beat_confidence: Share = 0.0
    metre: Metre = "4/4"
    phrase_bars: int = 4
    swing: float = 0.5
    moments: tuple[Moment, ...] = ()
    chord_changes_per_bar: float = 0.0
    genre: str = ""
    instruments: tuple[str, ...] = ()
    loudness_lufs: float = 0.0
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, analysis: Analysis) -> Music:
        """Return the part of an analysis that a page shows."""
        return cls(
            tempo_bpm=analysis.bpm,
            key=analysis.key,
            mood=analysis.mood,
            sections=analysis.song_structure,
            beats_s=analysis.beat_timestamps,
            downbeats_s=analysis.downbeat_timestamps,
            beat_confidence=analysis.metadata.beat_detection_confidence,
            metre=analysis.metre,
            phrase_bars=analysis.phrase_bars,
            swing=analysis.swing,
            moments=analysis.moments,
            chord_changes_per_bar=analysis.chord_changes_per_bar,
            genre=analysis.genre,
            instruments=analysis.instruments,
            loudness_lufs=analysis.metadata.loudness_lufs,
            flags=analysis.metadata.flags,
        )


class Heard(Record):
    """What is known of the sound of a draft.

    Attributes
    ----------
    duration_s : float
        Length of the song in seconds.
    envelope : tuple of float
        Peak level, 0-1, of each of up to 600 equal stretches of the song.
    music : Music or None
        None as long as the analysis has not come to its end.
    failure : str
        Why it will not; empty as long as it may.
    """

    duration_s: Seconds
    envelope: tuple[Share, ...] = ()
    music: Music | None = None
    failure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be heard."""
        return self.music is not None or bool(self.failure)


def hear(song: Path, target: Path) -> None:
    """Listen to a song and write down what was heard, whole, in two steps.

    Parameters
    ----------
    song : Path
        A song that was let through.
    target : Path
        The JSON file of a :class:`Heard`; it is replaced by the second step.

    Raises
    ------
    MvkitError
        If the song cannot be heard.
    """
    from mvkit.analysis.intake import decode

    samples = decode(song, rate_hz=RATE_HZ, n_channels=1)
    heard = Heard(duration_s=len(samples) / RATE_HZ, envelope=envelope(samples))
    write_whole(target, heard.model_dump_json())

    from mvkit.analysis import analyze_song

    # A film of this song without lyrics and without a transcriber finds this analysis in the cache;
    # one with words is another question, and is heard anew.
    with TemporaryDirectory() as folder:
        beat_model = get_settings().beat_model
        analysis = analyze_song(song, job_id=NO_JOB, folder=Path(folder), beat_model=beat_model)
        music = Music.of(analysis)
    write_whole(target, heard.model_copy(update={"music": music}).model_dump_json())


if __name__ == "__main__":
    hear(Path(sys.argv[1]), Path(sys.argv[2]))
