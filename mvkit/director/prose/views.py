"""How a clip is filmed, in words.

Contents
--------
tell_motion, tell_angles
"""

from __future__ import annotations

from collections.abc import Sequence

from mvkit.director.prose.words import capital
from mvkit.schema import Shot
from mvkit.schema.base import Level
from mvkit.schema.plan import Direction, Move

MOVEMENT: dict[Move, str] = {
    "static": "static camera",
    "push in": "{speed} push in",
    "pull out": "{speed} pull out",
    "track": "{speed} tracking shot alongside",
    "pan": "{speed} pan across the place",
    "tilt": "{speed} tilt upwards",
    "crane": "{speed} crane shot rising",
    "orbit": "{speed} orbit around the subject",
    "handheld": "handheld camera with a slight shake",
    "dolly": "{speed} dolly forward",
    "beat push": "{speed} push in that comes closer on every beat",
    "whip pan": "whip pan that lands on the subject",
}
SPEEDS: dict[Level, str] = {"low": "slow", "medium": "smooth", "high": "fast"}
"""How a move is told at each level of energy."""
GOING_WAYS: dict[Direction, str] = {
    "left to right": "from left to right",
    "right to left": "from right to left",
    "towards us": "towards the camera",
    "away from us": "away from the camera",
}
MAX_TOLD_SHOTS = 3


def tell_motion(shots: Sequence[Shot], level: Level) -> str:
    """Return how the camera moves during a clip, as fast as its energy wants."""
    speed = SPEEDS[level]
    moves = [MOVEMENT[shot.move].format(speed=speed) for shot in _told(shots)]
    going = next((shot for shot in shots if shot.way), None)
    return capital(_then(moves) + (_going(going) if going else ""))


def _going(shot: Shot) -> str:
    """Return which way somebody walks or runs in a shot."""
    gait = "running" if shot.action == "run" else "walking"
    return f", {gait} {GOING_WAYS[shot.way]}" if shot.way else ""


def tell_angles(shots: Sequence[Shot]) -> str:
    """Return from how far and from where a clip is seen."""
    return capital(_then([f"{shot.size} shot, {_angle(shot)}" for shot in _told(shots)]))


def _angle(shot: Shot) -> str:
    return "eye level" if shot.angle == "eye level" else f"{shot.angle} angle"


def _told(shots: Sequence[Shot]) -> list[Shot]:
    """Return the shots that are told: of many, the first ones and the last.

    Motion and angle are told of the same ones, so that each move goes with its view.
    """
    if len(shots) <= MAX_TOLD_SHOTS:
        return list(shots)
    return [*shots[: MAX_TOLD_SHOTS - 1], shots[-1]]


def _then(phrases: Sequence[str]) -> str:
    """Join what follows in time; what is the same throughout is told once."""
    return ", then ".join(phrases if len(set(phrases)) > 1 else phrases[:1])
