"""The joints of a person."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["UP", "Face", "Foot", "Skeleton", "Vector", "spun"]

Vector = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])


class Face(NamedTuple):
    """What a face does: mouth open and drawn wide (0..1), lids closed, eyes turned (rad)."""

    mouth: float = 0.0
    wide: float = 0.0
    blink: float = 0.0
    gaze_right: float = 0.0
    gaze_up: float = 0.0


@dataclass(frozen=True)
class Foot:
    """A foot: ankle, heel, ball and tip of the toes."""

    ankle: Vector
    heel: Vector
    ball: Vector
    toe: Vector


@dataclass(frozen=True)
class Skeleton:
    """Joints of a person; pairs are (left, right).

    ``pelvis_turn``, ``chest_turn`` and ``head_turn`` are rotations about the upright axis in
    radians, positive to the person's right; ``nod`` lowers the chin, ``tilt`` leans the head to
    the right. ``swing`` is how far hair and hems lag behind sideways, ``whirl`` how far a spin
    lifts them. ``palms`` are the directions into which the palms face, ``grips`` the shapes of
    the hands (keys of :data:`~mvkit.studio.figure.hand.GRIPS`), ``tips`` where what a hand holds
    points to.
    """

    pelvis: Vector
    waist: Vector
    chest: Vector
    neck: Vector
    head: Vector
    hips: tuple[Vector, Vector]
    knees: tuple[Vector, Vector]
    feet: tuple[Foot, Foot]
    shoulders: tuple[Vector, Vector]
    elbows: tuple[Vector, Vector]
    wrists: tuple[Vector, Vector]
    fingers: tuple[Vector, Vector]
    palms: tuple[Vector, Vector]
    grips: tuple[str, str]
    tips: tuple[Vector | None, Vector | None]
    pelvis_turn: float
    chest_turn: float
    head_turn: float
    nod: float
    tilt: float
    swing: float
    whirl: float
    face: Face


def spun(joints: Skeleton, angle: float) -> Skeleton:
    """Return joints turned about the upright axis through the feet."""
    c, s = cos(angle), sin(angle)
    # Row vectors: x' = x cos + z sin, z' = z cos - x sin.
    turn = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])

    def both(pair: tuple[Vector, Vector]) -> tuple[Vector, Vector]:
        return pair[0] @ turn, pair[1] @ turn

    left, right = (
        Foot(foot.ankle @ turn, foot.heel @ turn, foot.ball @ turn, foot.toe @ turn)
        for foot in joints.feet
    )
    return Skeleton(
        pelvis=joints.pelvis @ turn,
        waist=joints.waist @ turn,
        chest=joints.chest @ turn,
        neck=joints.neck @ turn,
        head=joints.head @ turn,
        hips=both(joints.hips),
        knees=both(joints.knees),
        feet=(left, right),
        shoulders=both(joints.shoulders),
        elbows=both(joints.elbows),
        wrists=both(joints.wrists),
        fingers=both(joints.fingers),
        palms=both(joints.palms),
        grips=joints.grips,
        tips=joints.tips,
        pelvis_turn=joints.pelvis_turn + angle,
        chest_turn=joints.chest_turn + angle,
        head_turn=joints.head_turn + angle,
        nod=joints.nod,
        tilt=joints.tilt,
        swing=joints.swing,
        whirl=joints.whirl,
        face=joints.face,
    )
