"""What never rests in a face: lids, eyes, and the mouth of somebody who sings."""

from __future__ import annotations

from math import floor, sin

from mvkit.studio.figure.pose.rhythm import chance, eased
from mvkit.studio.figure.pose.skeleton import Face

__all__ = ["enlivened", "sung"]

# Vowels and closed lips: how far open, how far drawn wide.
_VOWELS = ((0.95, 0.35), (0.45, 0.95), (0.70, -0.5), (0.15, 0.1), (0.60, 0.6), (0.40, -0.7))
_LOOK_BEATS = 5.0  # how long eyes rest on one thing
_BLINK_BEATS = 0.34  # from open to open: a sixth of a second at 120 BPM


def sung(beats: float, energy: float) -> Face:
    """Return the face of a singer: a syllable every half beat, some of them held."""
    count = 2 * beats
    index = floor(count)
    share = eased((count - index) / 0.55)
    last, now = _syllable(index - 1), _syllable(index)
    loud = 0.65 + 0.45 * energy
    mouth = (last[0] + share * (now[0] - last[0])) * loud
    return Face(mouth=mouth, wide=last[1] + share * (now[1] - last[1]))


def _syllable(index: int) -> tuple[float, float]:
    held = chance(index, 1) < 0.35  # the syllable before sounds on
    return _VOWELS[int(chance(index - held, 2) * len(_VOWELS))]


def enlivened(face: Face, beats: float) -> Face:
    """Return a face that also blinks and looks around."""
    count = beats / _LOOK_BEATS
    index = floor(count)
    share = eased((count - index) * 14)  # eyes leap
    right, up = (
        _look(index - 1, axis) + share * (_look(index, axis) - _look(index - 1, axis))
        for axis in (0, 1)
    )
    drift = 0.012 * sin(beats * 1.7)
    return face._replace(
        blink=max(face.blink, _blink(beats)), gaze_right=right + drift, gaze_up=0.5 * up
    )


def _look(index: int, axis: int) -> float:
    place = 2 * chance(index, 3 + axis) - 1
    return 0.28 * place * abs(place)  # mostly straight on


def _blink(beats: float) -> float:
    """Return how far the lids are closed: a blink about every four beats."""
    index = floor(beats / 4)
    start = 4 * index + 3 * chance(index, 7)
    phase = (beats - start) / _BLINK_BEATS
    if not 0 < phase < 1:
        return 0.0
    return eased(phase / 0.35) if phase < 0.5 else 1 - eased((phase - 0.5) / 0.5)
