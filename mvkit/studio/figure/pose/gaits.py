"""Walking and running: the actions by which a person gets ahead."""

from __future__ import annotations

from math import cos, pi, sin

from mvkit.studio.figure.pose.stance import FootPlace, Place, Stance

__all__ = ["GAITS_M", "STEP_M", "run", "walk"]

STEP_M = 0.62
"""Way made by a walking person of 1.72 m in one beat, one step."""

GAITS_M = {"walk": STEP_M, "run": 1.24}
"""The actions by which a person gets ahead -> way made in one beat, in metres."""


def walk(beats: float, _energy: float) -> Stance:
    """One step a beat, heel first; arms swing against the legs."""
    cycle = beats / 2
    swing = sin(pi * beats)
    forward = cos(pi * beats)
    return Stance(
        pelvis_x=-0.018 * sin(pi * beats - 0.4),
        pelvis_y=0.885 + 0.016 * cos(2 * pi * beats + 0.9),
        pelvis_turn=0.10 * cos(pi * beats),
        lean=0.04,
        side_lean=0.012 * sin(pi * beats - 0.4),
        chest_turn=-0.15 * cos(pi * beats),
        nod=0.04 + 0.02 * cos(2 * pi * beats),
        tilt=0.02 * sin(pi * beats),
        swing=0.5 * swing,
        feet=(_stepping(-0.072, cycle), _stepping(0.072, cycle + 0.5)),
        hands=(_swinging_hand(-forward), _swinging_hand(forward)),
        palms=((-1.0, 0.0, -0.4), (-1.0, 0.0, -0.4)),
    )


def _stepping(x: float, cycle: float) -> FootPlace:
    """Return one foot of the walk: on the ground for 62 % of the cycle, then swung forward."""
    phase = cycle % 1.0
    contact = 0.62
    half = STEP_M * contact  # the ground moves back two steps per cycle
    if phase < contact:
        share = phase / contact
        heel_off = max(share - 0.62, 0.0) / 0.38
        toes_up = 0.32 * max(1 - share / 0.14, 0.0)
        pitch = toes_up - 0.75 * heel_off**1.4
        return FootPlace(x, 0.11 * heel_off**1.6, half * (1 - 2 * share), pitch)
    share = (phase - contact) / (1 - contact)
    progress = share * share * (3 - 2 * share)
    lift = 0.11 * (1 - share) ** 2 + 0.075 * sin(pi * share)
    pitch = -0.75 * (1 - share) ** 1.5 + 0.32 * share**2
    return FootPlace(x, lift, half * (2 * progress - 1), pitch)


def _swinging_hand(forward: float) -> Place:
    return 0.065, -0.478 + 0.05 * abs(forward) * (forward > 0), 0.05 + 0.20 * forward


def run(beats: float, energy: float) -> Stance:
    """One long step a beat, landing on the ball of the foot; bent arms pump against the legs."""
    cycle = beats / 2
    forward = cos(pi * beats)
    bound = cos(2 * pi * (beats - 0.42))
    return Stance(
        pelvis_x=-0.012 * sin(pi * beats - 0.3),
        pelvis_y=0.845 + 0.022 * bound,
        pelvis_turn=0.20 * cos(pi * beats),
        lean=0.15 + 0.06 * energy,
        side_lean=0.012 * sin(pi * beats - 0.3),
        chest_turn=-0.42 * cos(pi * beats),
        head_turn=0.08 * cos(pi * beats),
        nod=0.06 + 0.02 * bound,
        swing=0.9 * sin(pi * beats - 0.3),
        whirl=0.22,
        feet=(_bounding(-0.05, cycle), _bounding(0.05, cycle + 0.5)),
        hands=(_pumping_hand(-forward), _pumping_hand(forward)),
        elbows=((0.35, -0.25, -1.0), (0.35, -0.25, -1.0)),
        palms=((-1.0, 0.1, 0.0), (-1.0, 0.1, 0.0)),
        grips=("loose fist", "loose fist"),
    )


def _bounding(x: float, cycle: float) -> FootPlace:
    """Return one foot of the run: a short push, then the heel comes up high."""
    phase = cycle % 1.0
    contact = 0.29
    ahead = 0.30
    behind = 2 * GAITS_M["run"] * contact - ahead
    if phase < contact:
        share = phase / contact
        z = ahead - (ahead + behind) * share
        off = max(share - 0.45, 0.0) / 0.55
        landing = 0.1 * max(1 - share / 0.15, 0.0)
        return FootPlace(x, 0.12 * off**1.6, z, landing - 0.95 * off**1.3)
    share = (phase - contact) / (1 - contact)
    z = -behind + (ahead + behind) * (share * share * (3 - 2 * share))
    pitch = -0.95 * (1 - share) ** 0.7 - 0.5 * sin(pi * share) + 0.1 * share
    # Between two steps the toes brush the ground: who floats higher looks weightless.
    swung = min(max((share - 0.15) / 0.70, 0.0), 1.0)
    clear = 0.012 * sin(pi * share) + 0.36 * sin(pi * swung) ** 1.5
    return FootPlace(x, clear + 0.125 * sin(max(-pitch, 0.0)), z, pitch)


def _pumping_hand(forward: float) -> Place:
    up = 0.5 + 0.5 * forward
    return 0.03 - 0.06 * up, -0.36 + 0.20 * up, 0.10 + 0.24 * forward
