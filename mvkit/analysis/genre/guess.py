"""What the numbers of a song may mean: a family of music, and instruments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mvkit.analysis.genre.descriptors import DRUMS_FROM, Descriptors, describe
from mvkit.analysis.onsets import Onsets
from mvkit.analysis.spectra import Spectra


@dataclass(frozen=True)
class Style:
    """What the song may be.

    Attributes
    ----------
    genre : str
        A broad family, or empty where none is clear.
    instruments : tuple of str
        What stands out, the most prominent first.
    """

    genre: str
    instruments: tuple[str, ...]


def hear_style(
    onsets: Onsets,
    spectra: Spectra,
    *,
    beats_s: Sequence[float],
    downbeats_s: Sequence[float],
    bpm: float,
    metre: str = "4/4",
    swing: float = 0.5,
    is_sung: bool = False,
) -> Style:
    """Guess family and instruments of a song; see :func:`describe`.

    Only words tell of a voice: ``is_sung`` says whether some were heard or given.
    """
    found = describe(
        onsets,
        spectra,
        beats_s=beats_s,
        downbeats_s=downbeats_s,
        bpm=bpm,
        metre=metre,
        swing=swing,
    )
    return Style(guess_genre(found), guess_instruments(found, is_sung=is_sung))


def guess_genre(song: Descriptors) -> str:
    """Return the family whose marks are clear, or an empty string.

    The more special a family's marks, the earlier it is asked.
    """
    return next((genre for genre, holds in RULES if holds(song)), "")


def guess_instruments(song: Descriptors, *, is_sung: bool = False) -> tuple[str, ...]:
    """Return what stands out, by how far its evidence is above what is needed; a voice first.

    What rings for long is bowed, blown or a pad; what dies at once is struck or plucked; where
    both play, neither is clear.
    """
    evidence = {
        "drums": song.strokes / DRUMS_FROM,
        "bass": song.bass_weight / 0.10,
        "piano, keys or plucked strings": 0.56 / (song.sustain + 1e-9) * (song.notes_hz > 1.0),
        "strings or pads": song.sustain / 0.74,
    }
    heard = sorted((name for name in evidence if evidence[name] > 1.0), key=evidence.__getitem__)
    return (*(("voice",) if is_sung else ()), *reversed(heard))


def _is_ambient(song: Descriptors) -> bool:
    """Return whether nothing beats, little starts, and tones stay."""
    return song.has_no_drums and song.notes_hz < 1.6 and song.sustain > 0.6


def _is_classical(song: Descriptors) -> bool:
    """Return whether there are many notes and no drums, in a tempo that breathes."""
    free = song.steadiness < 0.965
    return song.has_no_drums and free and song.notes_hz > 1.6 and song.density < 0.45


def _is_folk(song: Descriptors) -> bool:
    """Return whether strings are plucked in time, with neither drums nor a heavy bass."""
    plucked = song.sustain < 0.52 and song.notes_hz > 2.0 and song.density < 0.45
    return song.has_no_drums and song.steadiness >= 0.965 and plucked and song.bass_weight < 0.10


def _is_jazz(song: Descriptors) -> bool:
    """Return whether triplets swing over a bass that walks: a low note on every beat."""
    return song.swing >= 0.58 and song.bpm >= 96 and song.kick_evenness > 0.4


def _is_electronic(song: Descriptors) -> bool:
    """Return whether a machine plays four on the floor, or the fast breaks of drum and bass."""
    four = song.kick_evenness > 0.75 and song.kick_between < 0.7 and 112 <= song.bpm <= 150
    fast = 160 <= song.bpm <= 185 and song.backbeat > 0.3 and song.kick_between > 0.6
    machine = song.has_drums and song.steadiness > 0.985 and song.hats_between > 0.3
    return machine and song.metre == "4/4" and (four or fast)


def _is_reggae(song: Descriptors) -> bool:
    """Return whether chords fall between the beats and the kick leaves the first beat out."""
    skank = song.chords_between > 1.3 and song.kick_on_one < 0.5
    return song.has_drums and 60 <= song.bpm <= 95 and skank


def _is_hip_hop(song: Descriptors) -> bool:
    """Return whether a slow backbeat stands on a heavy bass with kicks between the beats."""
    slow = 60 <= song.bpm <= 105 and song.metre == "4/4"
    heavy = song.bass_weight > 0.10 and song.kick_between > 0.35
    return song.has_drums and slow and heavy and song.backbeat > 0.25


def _is_rock(song: Descriptors) -> bool:
    """Return whether a backbeat drives a spectrum that distortion fills."""
    return song.has_drums and song.bpm >= 100 and song.backbeat > 0.2 and song.density > 0.75


def _is_ballad(song: Descriptors) -> bool:
    """Return whether the backbeat is slow and soft."""
    return song.bpm <= 80 and song.backbeat > 0.15 and 0.02 < song.strokes < 0.05


def _is_pop(song: Descriptors) -> bool:
    """Return whether there is a straight backbeat at a walking pace."""
    straight = song.swing < 0.56 and song.metre == "4/4" and song.backbeat > 0.2
    return song.has_drums and 84 < song.bpm <= 135 and straight


RULES: tuple[tuple[str, Callable[[Descriptors], bool]], ...] = (
    ("ambient", _is_ambient),
    ("classical", _is_classical),
    ("folk", _is_folk),
    ("jazz", _is_jazz),
    ("electronic", _is_electronic),
    ("reggae", _is_reggae),
    ("hip-hop", _is_hip_hop),
    ("rock", _is_rock),
    ("ballad", _is_ballad),
    ("pop", _is_pop),
)
"""Families and their marks, the most special first."""
