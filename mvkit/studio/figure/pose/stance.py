"""From a stance to joints: what a pose decides, and the body that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, sin
from typing import NamedTuple

import numpy as np

from mvkit.studio.figure.pose.skeleton import UP, Face, Foot, Skeleton, Vector, spun

__all__ = ["FootPlace", "Place", "Stance", "hang_body"]

Place = tuple[float, float, float]

_THIGH, _SHIN = 0.425, 0.415
_UPPER_ARM, _FOREARM = 0.275, 0.245
_ANKLE = 0.085  # height of the ankle over a flat sole
_NECK_SIDE = 0.160  # from the spine to a shoulder


class FootPlace(NamedTuple):
    """Where a foot goes: ankle's x, height and z, pitch (toes up > 0), turn about the upright."""

    x: float
    lift: float
    z: float
    pitch: float = 0.0
    turn: float = 0.0


_AT_REST = Face()
_SIDE_BY_SIDE = (FootPlace(-0.085, 0, 0), FootPlace(0.085, 0, 0))


@dataclass
class Stance:
    """What a pose decides; everything else follows from it."""

    pelvis_x: float = 0.0
    pelvis_y: float = 0.905
    pelvis_z: float = 0.0
    pelvis_turn: float = 0.0
    lean: float = 0.02
    side_lean: float = 0.0
    chest_turn: float = 0.0
    head_turn: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    shrug: float = 0.0
    swing: float = 0.0
    whirl: float = 0.0
    spin: float = 0.0  # of the whole body about the upright axis
    knees_out: float = 0.12
    knees_up: float = 0.0
    face: Face = _AT_REST
    feet: tuple[FootPlace, FootPlace] = _SIDE_BY_SIDE
    # Per side: the wrist relative to its shoulder (x outward, y up, z forward), the direction
    # into which the elbow points and the one into which the palm faces, in the same frame.
    hands: tuple[Place, Place] = ((0.06, -0.50, 0.06), (0.06, -0.50, 0.06))
    elbows: tuple[Place, Place] = ((0.35, -0.1, -1.0), (0.35, -0.1, -1.0))
    palms: tuple[Place, Place] = ((-1.0, 0.0, -0.25), (-1.0, 0.0, -0.25))
    # Per side, where given: the wrist in body coordinates instead, the direction of the fingers
    # (x outward), and the point to which the thing held is directed.
    wrists: tuple[Place | None, Place | None] = (None, None)
    fingers: tuple[Place | None, Place | None] = (None, None)
    tips: tuple[Place | None, Place | None] = (None, None)
    grips: tuple[str, str] = ("relaxed", "relaxed")


def hang_body(stance: Stance) -> Skeleton:
    """Return the joints of a body in a stance, in body coordinates."""
    pelvis = np.array([stance.pelvis_x, stance.pelvis_y, stance.pelvis_z])
    turn = stance.pelvis_turn
    across = np.array([cos(turn), 0.0, -sin(turn)])
    knee_ahead = np.array([sin(turn), 0.0, cos(turn)])
    feet = (_foot(stance.feet[0], -0.10), _foot(stance.feet[1], 0.10))
    hips = (pelvis - 0.088 * across, pelvis + 0.088 * across)
    out = stance.knees_out * across
    bent = knee_ahead + stance.knees_up * UP
    knees = (
        _bend(hips[0], feet[0].ankle, _THIGH, _SHIN, bent - out),
        _bend(hips[1], feet[1].ankle, _THIGH, _SHIN, bent + out),
    )
    lean = stance.lean * knee_ahead + stance.side_lean * np.array([1.0, 0.0, 0.0])
    up = UP + lean
    up /= np.linalg.norm(up)
    waist = pelvis + 0.16 * UP + 0.3 * 0.16 * lean + 0.004 * knee_ahead
    chest = waist + 0.30 * up
    neck = chest + 0.095 * up - 0.3 * stance.side_lean * np.array([0.1, 0.0, 0.0])
    neck = neck - 0.006 * knee_ahead
    chest_turn = turn + stance.chest_turn
    head_turn = 0.35 * chest_turn + stance.head_turn
    arms = tuple(_arm(stance, chest, chest_turn, side) for side in (0, 1))
    joints = Skeleton(
        pelvis=pelvis,
        waist=waist,
        chest=chest,
        neck=neck,
        head=_head(stance, neck, head_turn),
        hips=hips,
        knees=knees,
        feet=feet,
        shoulders=(arms[0][0], arms[1][0]),
        elbows=(arms[0][1], arms[1][1]),
        wrists=(arms[0][2], arms[1][2]),
        fingers=(arms[0][3], arms[1][3]),
        palms=(arms[0][4], arms[1][4]),
        grips=stance.grips,
        tips=(_vector(stance.tips[0]), _vector(stance.tips[1])),
        pelvis_turn=turn,
        chest_turn=chest_turn,
        head_turn=head_turn,
        nod=stance.nod,
        tilt=stance.tilt,
        swing=stance.swing,
        whirl=stance.whirl,
        face=stance.face,
    )
    return spun(joints, stance.spin) if stance.spin else joints


def _vector(place: Place | None) -> Vector | None:
    return None if place is None else np.array(place)


def _head(stance: Stance, neck: Vector, head_turn: float) -> Vector:
    nod = stance.nod
    ahead = 0.018 + 0.15 * sin(nod)
    aside = 0.02 * sin(head_turn) - 0.05 * stance.side_lean + 0.09 * stance.tilt
    return neck + np.array(
        [aside + ahead * sin(head_turn), 0.155 * cos(nod) - 0.006, ahead * cos(head_turn)]
    )


def _arm(
    stance: Stance, chest: Vector, chest_turn: float, index: int
) -> tuple[Vector, Vector, Vector, Vector, Vector]:
    """Return shoulder, elbow, wrist, finger tips and the palm's direction of one side."""
    side = -1.0 if index == 0 else 1.0
    right = np.array([cos(chest_turn), 0.0, -sin(chest_turn)])
    ahead = np.array([sin(chest_turn), 0.0, cos(chest_turn)])

    def turned(place: Place) -> Vector:
        return np.asarray(side * place[0] * right + place[1] * UP + place[2] * ahead)

    hand, wrist_at = stance.hands[index], stance.wrists[index]
    if wrist_at is not None:
        rough = chest + side * _NECK_SIDE * right
        way = np.array(wrist_at) - rough
        hand = (side * float(way @ right), float(way[1]), float(way @ ahead))
    lifted = max(hand[1] + 0.1, 0.0) / 0.5  # a raised arm takes its shoulder along
    shoulder = chest + side * (_NECK_SIDE - 0.022 * lifted) * right
    shoulder = shoulder + (0.014 + stance.shrug + 0.055 * lifted) * UP
    wrist = np.array(wrist_at) if wrist_at is not None else shoulder + turned(hand)
    elbow, wrist = _reach(shoulder, wrist, turned(stance.elbows[index]))
    pointing = stance.fingers[index]
    if pointing is None:
        along = wrist - elbow
        along = along / np.linalg.norm(along) + 0.16 * ahead - 0.10 * side * right
    else:
        along = turned(pointing)
    tip = wrist + 0.16 * along / np.linalg.norm(along)
    return shoulder, elbow, wrist, tip, turned(stance.palms[index])


def _foot(place: FootPlace, turn_out: float) -> Foot:
    """Place a foot; a negative pitch lifts the heel and keeps the ball on the ground."""
    x, lift, z, pitch, turn = place
    sole_m, heel_m, toe_m = 0.125, 0.055, 0.065
    out = np.array([sin(turn_out + turn), 0.0, cos(turn_out + turn)])
    along = cos(pitch) * out + sin(pitch) * UP
    upright = -sin(pitch) * out + cos(pitch) * UP
    if pitch < 0:  # roll over the ball, which stays where it stood
        ball = np.array([x, 0.0, z]) + sole_m * out
        ball[1] = max(lift - sole_m * sin(-pitch), 0.0)
        ankle = ball - sole_m * along + _ANKLE * upright
    else:
        heel = np.array([x, lift, z]) - heel_m * out
        ankle = heel + heel_m * along + _ANKLE * upright
        ball = ankle + sole_m * along - _ANKLE * upright
    heel = ankle - heel_m * along - _ANKLE * upright
    toe = ball + toe_m * (0.4 * along + 0.6 * out)
    toe[1] = max(toe[1], 0.0)
    return Foot(ankle=ankle, heel=heel, ball=ball, toe=toe)


def _bend(root: Vector, tip: Vector, upper: float, lower: float, pole: Vector) -> Vector:
    """Return the middle joint of two bones from root to tip, bent towards the pole."""
    way = tip - root
    length = max(hypot(*way), 1e-6)
    distance = min(length, 0.9995 * (upper + lower))
    along = way / length
    share = (upper**2 - lower**2 + distance**2) / (2 * distance)
    out = max(upper**2 - share**2, 0.0) ** 0.5
    side = pole - along * float(pole @ along)
    side /= max(hypot(*side), 1e-6)
    return np.asarray(root + share * along + out * side)


def _reach(shoulder: Vector, wrist: Vector, pole: Vector) -> tuple[Vector, Vector]:
    """Return elbow and wrist; a target out of reach is approached."""
    way = wrist - shoulder
    longest = 0.995 * (_UPPER_ARM + _FOREARM)
    distance = hypot(*way)
    if distance > longest:
        wrist = shoulder + way * (longest / distance)
    return _bend(shoulder, wrist, _UPPER_ARM, _FOREARM, pole), wrist
