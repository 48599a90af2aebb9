"""Bundled music, composed as data and synthesised by numpy: no samples, no licences, no network.

>>> from mvkit.songs import write_demo_song
>>> truth = write_demo_song(Path("neon_rain.flac"))

Contents
--------
write_demo_song     the demo song "Neon Rain" as a WAV or FLAC file, and the truth about it
click_song          a short song with known tempo, beats and sections, for tests
neon_rain           the composition
score, notation, harmony        what is played: data and readable strings
instruments, synthesis          how it sounds
effects, mastering, performance how it is mixed
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from mvkit.errors import InvalidInput
from mvkit.songs import neon_rain
from mvkit.songs.click import click_song
from mvkit.songs.performance import perform
from mvkit.songs.score import Score, SectionTruth, SongTruth

__all__ = ["SectionTruth", "SongTruth", "click_song", "write_demo_song", "write_song"]

RATE_HZ = 44_100


def write_demo_song(path: Path) -> SongTruth:
    """Write "Neon Rain" as 16-bit stereo at 44.1 kHz and return the truth about it.

    Parameters
    ----------
    path : Path
        Ends in ``.wav`` or ``.flac``, which says the format.

    Returns
    -------
    SongTruth
        Tempo, beats, sections and key.

    Raises
    ------
    InvalidInput
        If the suffix is another one.
    """
    return write_song(neon_rain.compose(), path)


def write_song(score: Score, path: Path) -> SongTruth:
    """Perform a score into a 16-bit WAV or FLAC file; see `write_demo_song`."""
    if path.suffix.lower() not in {".wav", ".flac"}:
        raise InvalidInput(f"{path.name!r} names no format we write; expected .wav or .flac")
    # Rounded here, because the codecs behind soundfile round floats each in their own way.
    pcm = np.round(perform(score, rate_hz=RATE_HZ) * 32_767.0).astype(np.int16)
    soundfile.write(path, pcm, RATE_HZ, subtype="PCM_16")
    return score.truth()
