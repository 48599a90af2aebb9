"""The rig: one frame of axes per part of a body, from its joints.

Everything drawn of a person is fixed to a part, so a body is modelled once
(:mod:`mvkit.studio.figure.model`) and each pose only moves its parts.
"""

from __future__ import annotations

from enum import IntEnum
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.pose import UP, Skeleton, Vector

__all__ = ["GRIP_M", "Frames", "Part", "crosses", "rig"]

Frames = NDArray[np.float64]
"""(parts, 4, 3): origin, then the axes right, along or up, ahead, in body coordinates."""

GRIP_M = (0.0, 0.078, 0.026)
"""Middle of a closed hand in the hand's own axes."""


class Part(IntEnum):
    """Parts of a body; a pair is (left, right = left + 1).

    The second axis of a limb runs from its root (0) to its tip (1), that of a hand to the
    fingers, in metres; a hand's first axis points to the thumb, its third out of the palm. Hair
    and hems hang: their second axis leans as they swing.
    """

    STAGE = 0
    PELVIS = 1
    WAIST = 2
    CHEST = 3
    NECK = 4
    HEAD = 5
    THIGH = 6
    SHIN = 8
    ARM = 10
    FOREARM = 12
    HAND = 14
    HELD = 16
    FOOT = 18
    TOES = 20
    HAIR = 22
    SKIRT = 23
    HEM = 24
    GUITAR = 25


_N_PARTS = 26
_HAND = 0.93  # of the size in which hands are modelled


def rig(joints: Skeleton, *, skirt_m: float = 0.5) -> Frames:
    """Return the frames of all parts.

    Parameters
    ----------
    joints
        The pose.
    skirt_m
        Length of what hangs from the pelvis.
    """
    frames = np.empty((_N_PARTS, 4, 3))
    frames[Part.STAGE, 0] = 0
    frames[Part.STAGE, 1:] = np.eye(3)
    _place_trunk(frames, joints)
    _place_limbs(frames, joints)
    _place_feet(frames, joints)
    _place_hands(frames, joints)
    _hang(frames, joints, skirt_m)
    _place_guitar(frames)
    return frames


def _place_trunk(frames: Frames, joints: Skeleton) -> None:
    spine = _unit(joints.chest - joints.waist)
    middle = 0.5 * (joints.pelvis_turn + joints.chest_turn)
    neck_turn = 0.5 * (joints.chest_turn + joints.head_turn)
    frames[Part.PELVIS] = _upright(joints.pelvis, joints.pelvis_turn, UP)
    frames[Part.WAIST] = _upright(joints.waist, middle, spine)
    frames[Part.CHEST] = _upright(joints.chest, joints.chest_turn, spine)
    frames[Part.NECK] = _upright(joints.neck, neck_turn, _unit(joints.head - joints.neck))
    turn, nod, tilt = joints.head_turn, joints.nod, joints.tilt
    level = np.array([sin(turn), 0.0, cos(turn)])
    right = np.array([cos(turn), 0.0, -sin(turn)])
    up = cos(nod) * UP + sin(nod) * level
    frames[Part.HEAD] = (
        joints.head,
        cos(tilt) * right - sin(tilt) * up,
        cos(tilt) * up + sin(tilt) * right,
        cos(nod) * level - sin(nod) * UP,
    )


def _place_limbs(frames: Frames, joints: Skeleton) -> None:
    """Place the bones of legs and arms; each turns about the hinge of its own joint."""
    ankles = tuple(foot.ankle for foot in joints.feet)
    roots = np.array([*joints.hips, *joints.knees, *joints.shoulders, *joints.elbows])
    tips = np.array([*joints.knees, *ankles, *joints.elbows, *joints.wrists])
    along = tips - roots
    hinges = np.empty((8, 3))
    hinges[:4] = frames[Part.PELVIS, 1]
    bent = 0.5 * (roots[4:6] + tips[6:8]) - roots[6:8]
    hinges[4:8] = crosses(np.concatenate([bent, bent]), along[4:8])
    length2 = (along * along).sum(1, keepdims=True)
    hinges -= along * (hinges * along).sum(1, keepdims=True) / length2
    hinges /= np.maximum(np.sqrt((hinges * hinges).sum(1, keepdims=True)), 1e-6)
    limbs = frames[Part.THIGH : Part.THIGH + 8]
    limbs[:, 0], limbs[:, 1], limbs[:, 2] = roots, hinges, along
    limbs[:, 3] = crosses(along, hinges) / np.sqrt(length2)


def _place_feet(frames: Frames, joints: Skeleton) -> None:
    for side, foot in enumerate(joints.feet):
        frames[Part.FOOT + side] = _level(foot.ankle, foot.ball - foot.heel)
        frames[Part.TOES + side] = _level(foot.ball, foot.toe - foot.ball)


def _place_hands(frames: Frames, joints: Skeleton) -> None:
    """Turn each hand as its palm faces, or around what it holds."""
    for side in (0, 1):
        wrist, tip = joints.wrists[side], joints.tips[side]
        along = _unit(joints.fingers[side] - wrist)
        sign = -1.0 if side == 0 else 1.0
        if tip is None:
            palm = joints.palms[side]
            palm = _unit(palm - along * float(palm @ along))
            thumb = sign * _cross(palm, along)
        else:
            thumb = _unit(tip - wrist - 0.07 * along)
            along = _unit(along - thumb * float(thumb @ along))
            palm = sign * _cross(along, thumb)
        hand = frames[Part.HAND + side]
        hand[:] = wrist, _HAND * thumb, _HAND * along, _HAND * palm
        fist = wrist + GRIP_M[1] * along + GRIP_M[2] * palm
        held = thumb if tip is None else _unit(tip - fist)
        right = _unit(_cross(held, palm))
        frames[Part.HELD + side] = fist, right, held, _cross(right, held)


def _hang(frames: Frames, joints: Skeleton, skirt_m: float) -> None:
    """Let hair and hem hang, lag behind and fly out; the knees carry a skirt."""
    swing, whirl = joints.swing, joints.whirl
    head, pelvis = frames[Part.HEAD], frames[Part.PELVIS]
    lean = 0.16 * swing * head[1] + (0.10 * abs(swing) + 0.65 * whirl) * head[3]
    frames[Part.HAIR] = head
    frames[Part.HAIR, 2] = _unit(UP + lean)
    knees = 0.5 * (joints.knees[0] + joints.knees[1]) - joints.pelvis
    apart = joints.knees[1] - joints.knees[0]
    spread, stride = abs(float(apart @ pelvis[1])), abs(float(apart @ pelvis[3]))
    lag = -0.05 * swing * pelvis[1]
    drop = max(min(-float(knees[1]) / 0.34, 1.0), 0.0)  # on a seat it lies over the thighs
    reach = 0.72 + 0.28 * drop
    for part, share in ((Part.SKIRT, 0.5), (Part.HEM, 1.0)):
        frame = frames[part]
        frame[0] = joints.pelvis + share * (0.88 * knees * reach + lag)
        hung = -skirt_m * drop * (1.0 - 0.10 * whirl)
        frame[0, 1] = joints.pelvis[1] + share * (hung + (1 - drop) * float(knees[1]) * 0.75)
        wide = 1.0 + share * (0.35 * whirl + max(spread - 0.20, 0.0) * 2.2)
        deep = 1.0 + share * (0.55 * whirl + stride * 1.9)
        frame[1], frame[2], frame[3] = wide * pelvis[1], UP, deep * pelvis[3]


def _place_guitar(frames: Frames) -> None:
    """Hang the guitar before the belly; its neck runs to the left hand."""
    chest, hand = frames[Part.CHEST], frames[Part.HAND]
    body = chest[0] + 0.05 * chest[1] - 0.30 * chest[2] + 0.150 * chest[3]
    fret = hand[0] + 0.075 * hand[2] + 0.020 * hand[3]
    neck = _unit(fret - body)
    face = chest[3] + 0.10 * UP
    face = _unit(face - neck * float(face @ neck))
    frames[Part.GUITAR] = body, _cross(neck, face), neck, face


def _upright(origin: Vector, turn: float, up: Vector) -> Frames:
    right = np.array([cos(turn), 0.0, -sin(turn)])
    ahead = _unit(_cross(right, up))
    return np.array([origin, _cross(up, ahead), up, ahead])


def _level(origin: Vector, ahead: Vector) -> Frames:
    """Return a frame that looks ahead and keeps its right axis level."""
    ahead = _unit(ahead)
    right = _unit(_cross(UP, ahead))
    return np.array([origin, right, _cross(ahead, right), ahead])


def crosses(a: Vector, b: Vector) -> Vector:
    """Return the cross products of the rows of two tables (n, 3)."""
    product = np.empty_like(a)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        product[:, i] = a[:, j] * b[:, k] - a[:, k] * b[:, j]
    return product


def _cross(a: Vector, b: Vector) -> Vector:
    ax, ay, az = a.tolist()
    bx, by, bz = b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def _unit(vector: Vector) -> Vector:
    x, y, z = vector.tolist()
    return np.asarray(vector / max((x * x + y * y + z * z) ** 0.5, 1e-9))
