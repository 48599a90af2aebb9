"""What was heard in a draft, small enough for a page; and the process that hears it.

``python -m mvkit.web.heard SONG TARGET`` runs the analysis of the chain and writes what a page
shows of it to TARGET: first the waveform alone, which takes a moment, then all of it.

Contents
--------
Heard, Music, hear, envelope
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mvkit.files import write_whole
from mvkit.schema import Analysis, Key, Mood, Record, Section
from mvkit.schema.base import Seconds, Share

if TYPE_CHECKING:
    from mvkit.analysis.intake import Samples

N_POINTS = 600
RATE_HZ = 11_025
"""Enough to see how loud a song is."""
NO_JOB = "00000000-0000-4000-8000-000000000000"
"""The analysis wants to know for which job it is made; a draft has none."""


class Music(Record):
    """What the analysis heard; see :class:`mvkit.schema.Analysis`."""

    tempo_bpm: float
    key: Key
    mood: Mood
    sections: tuple[Section, ...]
    beats_s: tuple[Seconds, ...]
    downbeats_s: tuple[Seconds, ...]

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

    music = Music.of(analyze_song(song, job_id=NO_JOB))
    write_whole(target, heard.model_copy(update={"music": music}).model_dump_json())


def envelope(samples: Samples, *, n_points: int = N_POINTS) -> tuple[float, ...]:
    """Return how loud each stretch of a song is, the loudest at 1.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        The song, mono.
    n_points : int
        How many stretches; fewer, if there are fewer samples.
    """
    import numpy as np

    starts = np.linspace(0, len(samples), min(n_points, len(samples)), endpoint=False, dtype=int)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    return tuple(np.round(peaks / max(float(peaks.max()), 1e-9), 3).tolist())


if __name__ == "__main__":
    hear(Path(sys.argv[1]), Path(sys.argv[2]))
