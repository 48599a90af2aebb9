"""Poses: where the joints of a person are at a beat.

A pose is a pure function of the beat count: it places pelvis, feet and hands and bends the
torso; knees and elbows follow by two-bone inverse kinematics. Feet are placed *on* the ground,
so a standing foot neither slides nor sinks.

Body coordinates, in units of the person's height / 1.72 m: ``x`` to the person's right, ``y``
up from the ground, ``z`` forward.

Modules
-------
stance, skeleton
    What a pose decides; the joints that follow.
rhythm, life
    Curves over the beat; blinking, looking, singing.
gaits, quiet, stage, dances, playing
    The actions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from mvkit.studio.figure.pose.dances import DANCES, dance_style
from mvkit.studio.figure.pose.gaits import GAITS_M, STEP_M, run, walk
from mvkit.studio.figure.pose.life import enlivened
from mvkit.studio.figure.pose.playing import STOOL_M, play_drums, play_guitar, play_keys
from mvkit.studio.figure.pose.quiet import GROUND_SEAT_M, sit, stand, turn
from mvkit.studio.figure.pose.skeleton import (
    UP,
    Face,
    Foot,
    Skeleton,
    Vector,
)
from mvkit.studio.figure.pose.stage import cheer, sing
from mvkit.studio.figure.pose.stance import Stance, hang_body

__all__ = [
    "DANCES",
    "GAITS_M",
    "LOWERED_M",
    "POSES",
    "STEP_M",
    "UP",
    "Face",
    "Foot",
    "Skeleton",
    "Vector",
    "dance_style",
    "pose",
    "way_m",
]

POSES: dict[str, Callable[[float, float], Stance]] = {
    "walk": walk,
    "run": run,
    "stand": stand,
    "turn": turn,
    "sit": sit,
    "dance": DANCES["step"],
    "sing": sing,
    "cheer": cheer,
    "play guitar": play_guitar,
    "play drums": play_drums,
    "play keys": play_keys,
}
"""Action -> stance at ``(beats, energy)``."""

_STANDING_M = 0.902  # height of the hip joints of somebody who stands

LOWERED_M = {
    "sit": _STANDING_M - GROUND_SEAT_M,
    "play drums": _STANDING_M - GROUND_SEAT_M - STOOL_M,
}
"""Actions in which a person sits -> how much lower the head is than standing, on a seat at 0 m."""


def pose(
    action: str,
    *,
    beats: float,
    energy: float = 0.6,
    umbrella: bool = False,
    seat_m: float = 0.0,
    dance: str = "step",
) -> Skeleton:
    """Return the joints of a person at a beat.

    Parameters
    ----------
    action
        Key of `POSES`; other words mean standing.
    beats
        Continuous beat count; the pose repeats smoothly, whole numbers are beats.
    energy
        0..1, makes movements larger.
    umbrella
        Whether the right hand holds one up.
    seat_m
        Height of the seat for "sit", in units of the person's height / 1.72 m; 0 is the ground.
    dance
        Key of `DANCES` for "dance"; other words mean the first.
    """
    stance = _chosen(action, seat_m, dance)(beats, energy)
    stance.face = enlivened(stance.face, beats)
    if umbrella:
        stance.hands = (stance.hands[0], (-0.02, -0.20, 0.22))
        stance.elbows = (stance.elbows[0], (0.5, -1.0, -0.1))
        stance.grips = (stance.grips[0], "grip")
    return hang_body(stance)


def _chosen(action: str, seat_m: float, dance: str) -> Callable[[float, float], Stance]:
    if action == "sit":
        return partial(sit, seat_m=seat_m)
    if action == "dance":
        return DANCES.get(dance, DANCES["step"])
    return POSES.get(action, stand)


def way_m(action: str, beat_count: float | np.floating) -> float:
    """Return how far a person has come by a beat: 0 for actions on the spot."""
    return GAITS_M.get(action, 0.0) * float(beat_count)
