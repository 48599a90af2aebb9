"""Bundled music, composed as data and synthesised by numpy: no samples, no licences, no network.

>>> from mvkit.songs import write_demo_song
>>> truth = write_demo_song(Path("neon_rain.flac"))

Contents
--------
write_demo_song     the demo song "Neon Rain" as a WAV or FLAC file, and the truth about it
write_named_song    a song by its name: the demo song, or one of eight kinds of music
write_genre_songs   those eight into a folder
annotation          the truth about a song, as a file beside it
click_song          a short song with known tempo, beats and sections, for tests
neon_rain, genres   the compositions
score, form, notation, harmony  what is played: data and readable strings
instruments, band, synthesis    how it sounds
effects, mastering, performance how it is mixed
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from mvkit.errors import InvalidInput
from mvkit.songs import neon_rain
from mvkit.songs.annotation import write_annotation
from mvkit.songs.click import click_song
from mvkit.songs.genres import GENRE_SONGS
from mvkit.songs.performance import perform
from mvkit.songs.score import Score, SectionTruth, SongTruth

__all__ = [
    "GENRE_SONGS",
    "SONGS",
    "SectionTruth",
    "SongTruth",
    "click_song",
    "write_demo_song",
    "write_genre_songs",
    "write_named_song",
    "write_song",
]

RATE_HZ = 44_100

SONGS: dict[str, Callable[[], Score]] = {"neon-rain": neon_rain.compose, **GENRE_SONGS}
"""All compositions by name: the demo song, and one of each genre."""


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


def write_named_song(name: str, path: Path) -> SongTruth:
    """Write the song of `SONGS` that has this name, and its annotation as JSON beside it.

    Parameters
    ----------
    name : str
        Such as ``"waltz"``.
    path : Path
        Ends in ``.wav`` or ``.flac``; ``waltz.wav`` has its annotation in ``waltz.json``.

    Returns
    -------
    SongTruth
        Tempo, beats, sections and key.

    Raises
    ------
    InvalidInput
        If no song has this name, or the suffix is another one.
    """
    if name not in SONGS:
        raise InvalidInput(f"There is no bundled song {name!r}; choose one of {', '.join(SONGS)}.")
    truth = write_song(SONGS[name](), path)
    write_annotation(truth, song=path)
    return truth


def write_genre_songs(folder: Path) -> dict[str, SongTruth]:
    """Write a song of each genre as FLAC into a folder, its annotation as JSON beside it.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Returns
    -------
    dict of str to SongTruth
        By the name of the genre.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {name: write_named_song(name, folder / f"{name}.flac") for name in GENRE_SONGS}


def write_song(score: Score, path: Path) -> SongTruth:
    """Perform a score into a 16-bit WAV or FLAC file; see `write_demo_song`."""
    if path.suffix.lower() not in {".wav", ".flac"}:
        raise InvalidInput(f"{path.name!r} names no format we write; expected .wav or .flac")
    # Rounded here, because the codecs behind soundfile round floats each in their own way.
    pcm = np.round(perform(score, rate_hz=RATE_HZ) * 32_767.0).astype(np.int16)
    soundfile.write(path, pcm, RATE_HZ, subtype="PCM_16")
    return score.truth()
