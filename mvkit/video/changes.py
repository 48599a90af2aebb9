"""Finding the changes of picture in a watched film.

A cut is where the picture jumps: the difference between one frame and the one before it stands
out from all others around it. Pictures are compared after their brightness and contrast are taken
out, so that a flash of light on the beat is no cut. A dissolve is found by how much of the coming
picture is in each frame; where the frame moves, or is torn, by how much of the coming picture's
lights and darks is in it, wherever they are; a fade by the course of its light (all by least
squares). What moves in the pictures can blur a dissolve by a frame. Where the evidence is not
clear, nothing is claimed: the pictures on both sides may simply be too alike.

Contents
--------
frames_around, find_change
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mvkit.footage import LEAD_FRAMES
from mvkit.video.album import Coarse
from mvkit.video.timeline import Change
from mvkit.video.transitions import weights

REACH_FRAMES = 2
"""A change is looked for this far from its frame."""
SURROUNDINGS_FRAMES = LEAD_FRAMES - 1
"""A cut has to stand out from the movement this far around it."""
STANDS_OUT = 1.5
"""Times by which a jump exceeds every other."""
MIN_JUMP = 0.1
"""Mean difference of normalised pictures below which there is no jump; different places give 1."""
CONTRAST_FLOOR = 4.0
MIN_DIFFERENCE = 6.0
"""Mean difference of luma between two pictures that can be told apart in a crossfade."""
MIN_SHARE_GAINED = 0.4
"""Share that the coming picture gains in a crossfade that can be seen; movement hides some."""
MIN_LIGHT = 8.0
"""Mean luma above black of a picture whose fading can be seen."""
BLACK_LUMA, WHITE_LUMA = 16.0, 235.0
LUMA_STEPS = np.arange(0, 257, 16)
MIN_SHIFT = 0.5
"""Twice the share of the pixels by whose luma two pictures can be told apart."""

Seen = Mapping[int, Coarse]


def frames_around(change: Change) -> range:
    """Return the film frames that have to be seen to find a change."""
    reach = change.half_frames + 1 if change.half_frames else SURROUNDINGS_FRAMES + 1
    return range(change.frame - reach, change.frame + reach)


def find_change(seen: Seen, change: Change) -> int | None:
    """Find the frame on which a change happens.

    Parameters
    ----------
    seen : mapping of int to ndarray
        Coarse luma pictures by film frame.
    change : Change
        What was planned.

    Returns
    -------
    int or None
        First frame of the new picture, or the middle of a transition; None where it cannot be
        told.
    """
    if change.half_frames == 0:
        return _find_cut(seen, change)
    if change.kind not in FINDERS or not set(frames_around(change)) <= set(seen):
        return None
    middle = FINDERS[change.kind](seen, change)
    near = middle is not None and abs(middle - change.frame) <= REACH_FRAMES
    return middle if near else None


def _find_cut(seen: Seen, change: Change) -> int | None:
    """Find the frame whose picture is another one, however its light differs."""
    planned = change.frame
    around = range(planned - SURROUNDINGS_FRAMES, planned + SURROUNDINGS_FRAMES + 1)
    jumps = {
        frame: _jump(seen[frame - 1], seen[frame])
        for frame in around
        if frame in seen and frame - 1 in seen
    }
    near = [frame for frame in jumps if abs(frame - planned) <= REACH_FRAMES]
    if not near:
        return None
    best = max(near, key=lambda frame: jumps[frame])
    others = max((jump for frame, jump in jumps.items() if frame != best), default=0.0)
    clear = jumps[best] >= max(MIN_JUMP, STANDS_OUT * others)
    return best if clear else None


def _jump(before: Coarse, after: Coarse) -> float:
    return float(np.abs(_normalised(after) - _normalised(before)).mean())


def _normalised(picture: Coarse) -> NDArray[np.float64]:
    """Take brightness and contrast out of a picture."""
    normalised: NDArray[np.float64] = (picture - picture.mean()) / (picture.std() + CONTRAST_FLOOR)
    return normalised


def _find_dissolve(seen: Seen, change: Change) -> int | None:
    """Find the first frame in which the coming picture has the greater share."""
    frames = frames_around(change)
    pictures = {n: seen[n].astype(np.float64) for n in frames}
    difference = np.abs(pictures[frames[-1]] - pictures[frames[0]]).mean()
    return _find_lead(pictures, frames) if difference >= MIN_DIFFERENCE else None


def _find_move(seen: Seen, change: Change) -> int | None:
    """Find the first frame in which the coming picture has the greater share of the light."""
    frames = frames_around(change)
    tones = {n: np.histogram(seen[n], LUMA_STEPS)[0] / seen[n].size for n in frames}
    shift = np.abs(tones[frames[-1]] - tones[frames[0]]).sum()
    return _find_lead(tones, frames) if shift >= MIN_SHIFT else None


def _find_lead(evidence: Mapping[int, NDArray[np.float64]], frames: range) -> int | None:
    """Find the first frame that is nearer to the last one than to the first."""
    first, *middle, last = frames
    going = evidence[first]
    step = evidence[last] - going
    shares = {n: float(((evidence[n] - going) * step).sum() / (step * step).sum()) for n in middle}
    lowest, highest = min(shares.values()), max(shares.values())
    if highest - lowest < MIN_SHARE_GAINED or not lowest < 0.5 <= highest:
        return None
    return next(n for n in middle if shares[n] >= 0.5)


def _find_fade(seen: Seen, change: Change) -> int | None:
    """Find where the light best follows the planned fall into black and rise out of it."""
    light = np.array([float(seen[n].mean()) - BLACK_LUMA for n in frames_around(change)])
    return _find_dip(light, change)


def _find_fade_white(seen: Seen, change: Change) -> int | None:
    """Find where the darkness best follows the planned fall into white and rise out of it."""
    dark = np.array([WHITE_LUMA - float(seen[n].mean()) for n in frames_around(change)])
    return _find_dip(dark, change)


def _find_dip(light: NDArray[np.float64], change: Change) -> int | None:
    """Find where a course of light best follows the planned fall and rise."""
    around = min(light[0], light[-1])
    if around < MIN_LIGHT or light.min() > 0.5 * around:
        return None
    shifts = range(-REACH_FRAMES - 1, REACH_FRAMES + 2)
    misfits = {shift: _fade_misfit(light, shift) for shift in shifts}
    return change.frame + min(shifts, key=lambda shift: (misfits[shift], abs(shift)))


def _fade_misfit(light: NDArray[np.float64], shift: int) -> float:
    """Return how far a course of light is from a fade that comes so many frames late."""
    planned = np.array([0.0, *weights(len(light) - 2), 1.0])
    weight = planned[np.clip(np.arange(len(light)) - shift, 0, len(light) - 1)]
    falling, rising = np.maximum(0.0, 1.0 - 2.0 * weight), np.maximum(0.0, 2.0 * weight - 1.0)
    return float(np.square(light[0] * falling + light[-1] * rising - light).sum())


FINDERS: Mapping[str, Callable[[Seen, Change], int | None]] = {
    "crossfade": _find_dissolve,
    "luma dissolve": _find_dissolve,
    "fade": _find_fade,
    "fade white": _find_fade_white,
    "flash": _find_cut,
    "wipe": _find_move,
    "push": _find_move,
    "whip": _find_move,
    "zoom": _find_move,
    "spin": _find_move,
    "glitch": _find_move,
}
"""How the middle of a transition of each kind is found; light leaks and film burns hide theirs."""
