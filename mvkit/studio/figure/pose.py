"""Poses: where the joints of a person are at a beat.

A pose is a pure function of the beat count: it places pelvis, feet and hands and bends the
torso; knees and elbows follow by two-bone inverse kinematics. Feet are placed *on* the ground,
so a standing foot neither slides nor sinks.

Body coordinates, in units of the person's height / 1.72 m: ``x`` to the person's right, ``y``
up from the ground, ``z`` forward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GAITS_M",
    "LOWERED_M",
    "POSES",
    "STEP_M",
    "UP",
    "Foot",
    "Skeleton",
    "Vector",
    "pose",
    "way_m",
]

Vector = NDArray[np.float64]

STEP_M = 0.62
"""Way made by a walking person of 1.72 m in one beat, one step."""

GAITS_M = {"walk": STEP_M, "run": 1.24}
"""The actions by which a person gets ahead -> way made in one beat, in metres."""

_THIGH, _SHIN = 0.425, 0.415
_UPPER_ARM, _FOREARM = 0.275, 0.245
_ANKLE = 0.085  # height of the ankle over a flat sole
LOWERED_M: dict[str, float] = {}
"""Actions in which a person sits -> how much lower the head is than standing, on a seat at 0 m."""

UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Foot:
    """A foot: ankle, heel and tip of the toes."""

    ankle: Vector
    heel: Vector
    ball: Vector
    toe: Vector


@dataclass(frozen=True)
class Skeleton:
    """Joints of a person; pairs are (left, right).

    ``chest_turn`` and ``head_turn`` are rotations about the upright axis in radians, positive to
    the person's right; ``nod`` lowers the chin. ``swing`` is how far hair and hems lag behind
    sideways, ``mouth`` how far it is open.
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
    chest_turn: float
    head_turn: float
    nod: float
    swing: float
    mouth: float


@dataclass
class _Stance:
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
    shrug: float = 0.0
    swing: float = 0.0
    mouth: float = 0.0
    # Per side (left, right): ankle's x, height and z, and pitch of the foot (toes up > 0).
    feet: tuple[tuple[float, float, float, float], tuple[float, float, float, float]] = (
        (-0.085, 0.0, 0.0, 0.0),
        (0.085, 0.0, 0.0, 0.0),
    )
    # Per side: the wrist relative to its shoulder (x outward, y up, z forward), and the
    # direction into which the elbow points, in the same frame.
    hands: tuple[tuple[float, float, float], tuple[float, float, float]] = (
        (0.06, -0.50, 0.06),
        (0.06, -0.50, 0.06),
    )
    elbows: tuple[tuple[float, float, float], tuple[float, float, float]] = (
        (0.35, -0.1, -1.0),
        (0.35, -0.1, -1.0),
    )


def _walk(beats: float, _energy: float) -> _Stance:
    """One step a beat, heel first; arms swing against the legs."""
    cycle = beats / 2
    swing = sin(pi * beats)
    stance = _Stance(
        pelvis_x=-0.018 * sin(pi * beats - 0.4),
        pelvis_y=0.885 + 0.016 * cos(2 * pi * beats + 0.9),
        pelvis_turn=0.10 * cos(pi * beats),
        lean=0.04,
        side_lean=0.012 * sin(pi * beats - 0.4),
        chest_turn=-0.13 * cos(pi * beats),
        nod=0.04 + 0.02 * cos(2 * pi * beats),
        swing=0.5 * swing,
    )
    stance.feet = (_stepping(-0.072, cycle), _stepping(0.072, cycle + 0.5))
    forward = cos(pi * beats)
    stance.hands = (_swinging_hand(-forward), _swinging_hand(forward))
    return stance


def _stepping(x: float, cycle: float) -> tuple[float, float, float, float]:
    """Return one foot of the walk: on the ground for 62 % of the cycle, then swung forward."""
    phase = cycle % 1.0
    contact = 0.62
    half = STEP_M * contact  # the ground moves back two steps per cycle
    if phase < contact:
        share = phase / contact
        heel_off = max(share - 0.62, 0.0) / 0.38
        toes_up = 0.32 * max(1 - share / 0.14, 0.0)
        return x, 0.11 * heel_off**1.6, half * (1 - 2 * share), toes_up - 0.75 * heel_off**1.4
    share = (phase - contact) / (1 - contact)
    eased = share * share * (3 - 2 * share)
    lift = 0.11 * (1 - share) ** 2 + 0.075 * sin(pi * share)
    return x, lift, half * (2 * eased - 1), -0.75 * (1 - share) ** 1.5 + 0.32 * share**2


def _swinging_hand(forward: float) -> tuple[float, float, float]:
    return 0.07, -0.475 + 0.05 * abs(forward) * (forward > 0), 0.05 + 0.20 * forward


def _stand(beats: float, _energy: float) -> _Stance:
    """Weight on one leg, breathing, looking around slowly."""
    breath = sin(pi * beats / 4)
    shift = 0.5 + 0.5 * sin(pi * beats / 16)
    stance = _Stance(
        pelvis_x=0.028 * shift,
        pelvis_y=0.902 + 0.003 * breath,
        pelvis_turn=0.06,
        side_lean=-0.035 * shift,
        chest_turn=-0.05 + 0.03 * sin(pi * beats / 8),
        head_turn=0.16 * sin(pi * beats / 8 + 0.7),
        nod=0.03 + 0.015 * breath,
        shrug=0.006 * breath,
        swing=0.25 * sin(pi * beats / 4 + 0.5),
    )
    stance.feet = ((-0.10, 0.0, 0.05, 0.0), (0.075, 0.0, -0.03, 0.0))
    stance.hands = ((0.055, -0.485, 0.06), (0.045, -0.49, 0.03))
    return stance


def _dance(beats: float, energy: float) -> _Stance:
    """Step from side to side on the beat; the arms change their figure every four beats."""
    side = sin(pi * beats)
    weight = side * (1.5 - 0.5 * side * side)  # lingers over the standing foot
    drop = abs(cos(pi * beats)) ** 1.5
    amount = 0.7 + 0.5 * energy
    stance = _Stance(
        pelvis_x=0.085 * weight * amount,
        pelvis_y=0.865 - 0.045 * drop * amount,
        pelvis_turn=0.22 * sin(pi * beats + 0.5) * amount,
        lean=0.05 + 0.03 * drop,
        side_lean=-0.10 * sin(pi * beats - 0.35) * amount,
        chest_turn=-0.28 * sin(pi * beats + 0.2) * amount,
        head_turn=0.18 * sin(pi * beats / 2),
        nod=0.05 + 0.10 * drop,
        shrug=0.015 * drop,
        swing=1.1 * sin(pi * beats - 0.9),
    )
    free_left, free_right = max(weight, 0.0) ** 2, max(-weight, 0.0) ** 2
    stance.feet = (
        (-0.125 + 0.03 * free_left, 0.055 * free_left, 0.02, -0.55 * free_left),
        (0.125 - 0.03 * free_right, 0.055 * free_right, 0.02, -0.55 * free_right),
    )
    stance.hands = (_dancing_hand(beats, 0), _dancing_hand(beats, 1))
    stance.elbows = ((0.9, -0.5, -0.35), (0.9, -0.5, -0.35))
    return stance


def _dancing_hand(beats: float, side: int) -> tuple[float, float, float]:
    """Return one hand of the dance: four figures of four beats, passing into each other."""
    sway = sin(pi * beats + side * pi)
    pump = cos(2 * pi * beats)
    figures = (
        (0.16 + 0.08 * sway, -0.22 + 0.04 * pump, 0.26 + 0.06 * sway),
        (0.14 + 0.05 * sway, 0.44 + 0.04 * pump, 0.10) if side else (0.30, -0.20, 0.14),
        (0.17 + 0.09 * sway, 0.46 + 0.03 * pump, 0.05),
        (0.30, -0.20, 0.14) if side else (0.40 + 0.04 * sway, 0.10 + 0.10 * sway, 0.12),
    )
    return _passing(figures, beats / 4)


def _passing(
    figures: tuple[tuple[float, float, float], ...], count: float
) -> tuple[float, float, float]:
    """Hold each figure for three quarters of its count, then ease into the next."""
    index = int(count // 1)
    share = max((count % 1.0) - 0.75, 0.0) / 0.25
    share = share * share * (3 - 2 * share)
    now, later = figures[index % len(figures)], figures[(index + 1) % len(figures)]
    return (
        now[0] + share * (later[0] - now[0]),
        now[1] + share * (later[1] - now[1]),
        now[2] + share * (later[2] - now[2]),
    )


def _sing(beats: float, energy: float) -> _Stance:
    """Microphone in the right hand, the left hand tells the story, a knee keeps the beat."""
    bounce = abs(sin(pi * beats / 2)) ** 2
    rock = sin(pi * beats / 2)
    stance = _Stance(
        pelvis_x=0.03 * rock,
        pelvis_y=0.888 - 0.018 * bounce,
        pelvis_turn=0.10 * rock,
        lean=0.05 + 0.03 * bounce,
        side_lean=-0.03 * rock,
        chest_turn=0.10 * sin(pi * beats / 4),
        head_turn=0.10 * sin(pi * beats / 4 + 0.5),
        nod=0.02 - 0.10 * energy * (0.5 + 0.5 * sin(pi * beats / 8)) + 0.03 * bounce,
        swing=0.7 * sin(pi * beats / 2 - 0.8),
        mouth=0.35 + 0.65 * abs(sin(pi * beats)) ** 1.5,
    )
    stance.feet = ((-0.13, 0.0, 0.05, 0.0), (0.12, 0.03 * (1 - bounce), -0.02, -0.2 * (1 - bounce)))
    wave = sin(pi * beats / 2)
    figures = (
        (0.16, -0.36, 0.18 + 0.03 * wave),
        (0.34 + 0.03 * wave, -0.08, 0.28),
        (0.20, 0.30 + 0.03 * wave, 0.16),
        (0.42, -0.02 + 0.05 * wave, 0.12),
    )
    stance.hands = (_passing(figures, beats / 4), (-0.105, -0.035, 0.215))
    stance.elbows = ((0.8, -0.6, -0.4), (0.45, -1.0, -0.1))
    return stance


def _cheer(beats: float, _energy: float) -> _Stance:
    """Bounce with both arms up."""
    bounce = abs(sin(pi * beats)) ** 0.8
    wave = sin(pi * beats)
    stance = _Stance(
        pelvis_x=0.02 * wave,
        pelvis_y=0.87 + 0.02 * bounce,
        lean=0.0,
        side_lean=0.04 * wave,
        nod=-0.08,
        shrug=0.035,
        swing=0.6 * wave,
        mouth=0.4,
    )
    stance.feet = ((-0.12, 0.035 * bounce, 0.0, -0.3 * bounce), (0.12, 0.0, 0.02, 0.0))
    stance.hands = (
        (0.17 + 0.06 * wave, 0.46 + 0.03 * bounce, 0.05),
        (0.17 - 0.06 * wave, 0.46 + 0.03 * bounce, 0.05),
    )
    stance.elbows = ((1.0, 0.1, 0.3), (1.0, 0.1, 0.3))
    return stance


POSES: dict[str, Callable[[float, float], _Stance]] = {
    "walk": _walk,
    "stand": _stand,
    "dance": _dance,
    "sing": _sing,
    "cheer": _cheer,
}
"""Action -> stance at ``(beats, energy)``; one file keeps them so that they stay comparable."""


def pose(action: str, *, beats: float, energy: float = 0.6, umbrella: bool = False) -> Skeleton:
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
    """
    stance = POSES.get(action, _stand)(beats, energy)
    if umbrella:
        stance.hands = (stance.hands[0], (-0.02, -0.20, 0.22))
        stance.elbows = (stance.elbows[0], (0.5, -1.0, -0.1))
    return _skeleton(stance)


def way_m(action: str, beat_count: float | np.floating) -> float:
    """Return how far a person has come by a beat: 0 for actions on the spot."""
    return GAITS_M.get(action, 0.0) * float(beat_count)


def _skeleton(stance: _Stance) -> Skeleton:
    """Hang a body on a stance."""
    pelvis = np.array([stance.pelvis_x, stance.pelvis_y, stance.pelvis_z])
    turn = stance.pelvis_turn
    across = np.array([cos(turn), 0.0, -sin(turn)])
    feet = (_foot(stance.feet[0], -0.10), _foot(stance.feet[1], 0.10))
    hips = (pelvis - 0.088 * across, pelvis + 0.088 * across)
    knee_ahead = np.array([sin(turn), 0.0, cos(turn)])
    knees = (
        _bend(hips[0], feet[0].ankle, _THIGH, _SHIN, knee_ahead - 0.12 * across),
        _bend(hips[1], feet[1].ankle, _THIGH, _SHIN, knee_ahead + 0.12 * across),
    )
    up = np.array([stance.side_lean, 1.0, stance.lean])
    up /= np.linalg.norm(up)
    waist = pelvis + np.array([0.3 * stance.side_lean * 0.16, 0.16, 0.004])
    chest = waist + 0.30 * up
    neck = chest + 0.095 * up + np.array([-0.3 * stance.side_lean * 0.1, 0.0, -0.006])
    chest_turn = turn + stance.chest_turn
    head_turn = 0.35 * chest_turn + stance.head_turn
    nod = stance.nod
    head = neck + np.array(
        [
            0.02 * sin(head_turn) - 0.05 * stance.side_lean,
            0.155 * cos(nod) - 0.006,
            0.018 + 0.15 * sin(nod) * cos(head_turn),
        ]
    )
    right = np.array([cos(chest_turn), 0.0, -sin(chest_turn)])
    ahead = np.array([sin(chest_turn), 0.0, cos(chest_turn)])
    shoulders, elbows, wrists, fingers = [], [], [], []
    for side, hand, hint in zip((-1.0, 1.0), stance.hands, stance.elbows, strict=True):
        lifted = max(hand[1] + 0.1, 0.0) / 0.5  # a raised arm takes its shoulder along
        shoulder = chest + side * (0.160 - 0.022 * lifted) * right
        shoulder = shoulder + (0.014 + stance.shrug + 0.055 * lifted) * UP
        wrist = shoulder + side * hand[0] * right + np.array([0, hand[1], 0]) + hand[2] * ahead
        pole = side * hint[0] * right + np.array([0.0, hint[1], 0.0]) + hint[2] * ahead
        elbow, wrist = _reach(shoulder, wrist, pole)
        along = wrist - elbow
        along = along / np.linalg.norm(along) + 0.25 * ahead - 0.12 * side * right
        shoulders.append(shoulder)
        elbows.append(elbow)
        wrists.append(wrist)
        fingers.append(wrist + 0.16 * along / np.linalg.norm(along))
    return Skeleton(
        pelvis=pelvis,
        waist=waist,
        chest=chest,
        neck=neck,
        head=head,
        hips=hips,
        knees=knees,
        feet=feet,
        shoulders=(shoulders[0], shoulders[1]),
        elbows=(elbows[0], elbows[1]),
        wrists=(wrists[0], wrists[1]),
        fingers=(fingers[0], fingers[1]),
        chest_turn=chest_turn,
        head_turn=head_turn,
        nod=nod,
        swing=stance.swing,
        mouth=stance.mouth,
    )


def _foot(place: tuple[float, float, float, float], turn_out: float) -> Foot:
    """Place a foot; a negative pitch lifts the heel and keeps the ball on the ground."""
    x, lift, z, pitch = place
    sole_m, heel_m, toe_m = 0.125, 0.055, 0.065
    out = np.array([sin(turn_out), 0.0, cos(turn_out)])
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
    distance = min(float(np.linalg.norm(way)), 0.9995 * (upper + lower))
    along = way / max(float(np.linalg.norm(way)), 1e-6)
    share = (upper**2 - lower**2 + distance**2) / (2 * distance)
    out = float(np.sqrt(max(upper**2 - share**2, 0.0)))
    side = pole - along * float(pole @ along)
    side /= max(float(np.linalg.norm(side)), 1e-6)
    return np.asarray(root + share * along + out * side)


def _reach(shoulder: Vector, wrist: Vector, pole: Vector) -> tuple[Vector, Vector]:
    """Return elbow and wrist; a target out of reach is approached."""
    way = wrist - shoulder
    longest = 0.995 * (_UPPER_ARM + _FOREARM)
    distance = float(np.linalg.norm(way))
    if distance > longest:
        wrist = shoulder + way * (longest / distance)
    return _bend(shoulder, wrist, _UPPER_ARM, _FOREARM, pole), wrist
