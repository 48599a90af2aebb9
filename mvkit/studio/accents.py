"""How the picture answers a beat inside a shot: a punch closer, a sway, a lift of light.

An answer sets in whole on the frame of its beat, dies away and is gone when its shot ends. It is
a function of the frame alone, so that any frame can be painted by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi
from typing import NamedTuple

from mvkit.studio.music import Music
from mvkit.studio.shot import TakeAccent
from mvkit.timing import FPS, frame_at

__all__ = ["MOST_LIFT", "Answer", "answer_at"]

_CLOSER = 0.02, 0.05  # of a punch, from the weakest to the strongest accent
_PUNCH_S = 0.25, 0.8  # it eases back over a beat, within these bounds
_SWAY = 0.005, 0.014  # of a shake, in heights of the frame
_SHAKE_S, _SHAKE_HZ = 0.5, 6.5
_LIFT = 0.15, 0.4
_FLASH_S = 0.3  # half of it is gone after a tenth of a second

MOST_LIFT = _LIFT[1]


class Answer(NamedTuple):
    """What the accents of a shot do to one frame.

    Attributes
    ----------
    closer
        Factor by which everything is larger, at least 1.
    aside, down
        How far the view has swayed to the right, and the picture down, in heights of the frame.
    lift
        Extra exposure, as a share; never negative.
    """

    closer: float = 1.0
    aside: float = 0.0
    down: float = 0.0
    lift: float = 0.0


def answer_at(accents: Iterable[TakeAccent], *, frame: int, music: Music) -> Answer:
    """Return what the accents of a shot do to a frame of the song."""
    closer, aside, down, lift = Answer()
    for accent in accents:
        age_s = (frame - frame_at(accent.time_s)) / FPS
        left = _left(accent, age_s, music)
        if not left:
            continue
        if accent.kind == "punch":
            closer = max(closer, 1.0 + left * _scaled(_CLOSER, accent))
        elif accent.kind == "flash":
            lift = max(lift, left * _scaled(_LIFT, accent))
        elif accent.kind == "shake":
            sway = left * _scaled(_SWAY, accent) * (-1) ** frame_at(accent.time_s)
            turn = 2 * pi * _SHAKE_HZ * age_s
            aside += sway * cos(turn)
            down += 0.6 * sway * cos(0.8 * turn)
    return Answer(closer, aside, down, lift)


def _left(accent: TakeAccent, age_s: float, music: Music) -> float:
    """Return how much is left of an accent, from 1 on its frame to 0, where it comes to rest."""
    length_s = {"flash": _FLASH_S, "shake": _SHAKE_S}.get(accent.kind)
    if length_s is None:
        length_s = min(max(music.beat_length_s(accent.time_s), _PUNCH_S[0]), _PUNCH_S[1])
    length_s = min(length_s, accent.until_s - accent.time_s)
    return (1.0 - age_s / length_s) ** 2 if 0.0 <= age_s < length_s else 0.0


def _scaled(bounds: tuple[float, float], accent: TakeAccent) -> float:
    least, most = bounds
    return least + (most - least) * min(max(accent.strength, 0.0), 1.0)
