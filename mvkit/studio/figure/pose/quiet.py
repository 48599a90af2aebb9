"""Standing, sitting and turning around."""

from __future__ import annotations

from math import cos, floor, pi, sin

from mvkit.studio.figure.pose.rhythm import eased
from mvkit.studio.figure.pose.stance import FootPlace, Stance

__all__ = ["GROUND_SEAT_M", "sit", "stand", "turn"]

GROUND_SEAT_M = 0.115
"""Height of the hip joints of somebody who sits on the ground."""


def stand(beats: float, _energy: float) -> Stance:
    """Weight on one leg, breathing, looking around slowly."""
    breath = sin(pi * beats / 4)
    shift = 0.5 + 0.5 * sin(pi * beats / 16)
    return Stance(
        pelvis_x=0.030 * shift,
        pelvis_y=0.902 + 0.003 * breath,
        pelvis_turn=0.06,
        side_lean=-0.040 * shift,
        chest_turn=-0.05 + 0.03 * sin(pi * beats / 8),
        head_turn=0.16 * sin(pi * beats / 8 + 0.7),
        nod=0.03 + 0.015 * breath,
        tilt=0.05 * sin(pi * beats / 16 + 0.4),
        shrug=0.006 * breath,
        swing=0.25 * sin(pi * beats / 4 + 0.5),
        feet=(FootPlace(-0.10, 0, 0.05, 0, -0.12), FootPlace(0.075, 0, -0.03, 0, 0.1)),
        hands=((0.050, -0.488, 0.055), (0.040, -0.492, 0.03)),
        palms=((-1.0, 0.0, -0.5), (-1.0, 0.0, -0.35)),
    )


def sit(beats: float, _energy: float, seat_m: float = 0.0) -> Stance:
    """Sit: arms around drawn-up knees on the ground, hands on the thighs on a seat.

    Parameters
    ----------
    beats, energy
        As for every pose.
    seat_m
        Height of the seat, for a person of 1.72 m.
    """
    breath = sin(pi * beats / 4)
    sway = sin(pi * beats / 8)
    on_ground = seat_m < 0.2
    stance = Stance(
        pelvis_y=GROUND_SEAT_M + max(seat_m, 0.0),
        pelvis_z=0.0,
        lean=0.10 + 0.012 * breath,
        side_lean=0.02 * sway,
        chest_turn=0.04 * sway,
        head_turn=0.26 * sin(pi * beats / 8 + 0.7),
        nod=0.02 + 0.03 * breath,
        tilt=0.06 * sin(pi * beats / 16),
        shrug=0.006 * breath,
        swing=0.2 * sin(pi * beats / 4 + 0.5),
    )
    if on_ground:
        stance.lean = 0.20 + 0.012 * breath
        stance.feet = (FootPlace(-0.11, 0, 0.44), FootPlace(0.12, 0, 0.50))
        stance.knees_out, stance.knees_up = 0.22, 2.0
        stance.wrists = ((-0.035, 0.37 + seat_m, 0.475), (0.035, 0.39 + seat_m, 0.480))
        stance.fingers = ((-1.0, -0.35, 0.25), (-1.0, -0.15, 0.25))
        stance.palms = ((0.1, -0.6, -1.0), (0.1, -0.6, -1.0))
        stance.elbows = ((1.0, -0.7, 0.1), (1.0, -0.7, 0.1))
        return stance
    tap = max(sin(2 * pi * beats), 0.0) ** 2
    drop = min(max(seat_m - 0.45, 0.0), 0.4)  # from a high seat the feet come closer
    ahead = 0.43 - 0.25 * drop
    stance.feet = (FootPlace(-0.11, 0, ahead), FootPlace(0.12, 0, ahead - 0.06, 0.22 * tap))
    stance.knees_out, stance.knees_up = 0.14, 0.6
    high = stance.pelvis_y + 0.10
    stance.wrists = ((-0.11, high, 0.27), (0.12, high, 0.25))
    stance.fingers = ((-0.25, -0.25, 1.0), (-0.25, -0.25, 1.0))
    stance.palms = ((0.0, -1.0, -0.1), (0.0, -1.0, -0.1))
    stance.elbows = ((0.7, -0.4, -0.8), (0.7, -0.4, -0.8))
    return stance


def turn(beats: float, energy: float) -> Stance:
    """Turn once around in four beats, in four steps, arms out, cloth and hair flying."""
    spin = 0.5 * pi * (beats - 0.10 * sin(2 * pi * beats) / pi)
    breath = sin(pi * beats / 2)
    lift = 0.09 * energy
    high = -0.15 + lift + 0.05 * breath
    return Stance(
        pelvis_y=0.895 + 0.012 * cos(2 * pi * beats),
        lean=-0.02,
        side_lean=0.05 * sin(pi * beats / 2),
        chest_turn=0.12,
        head_turn=0.15 + 0.08 * breath,
        nod=-0.08,
        tilt=0.08,
        swing=1.0,
        whirl=0.75 + 0.25 * energy,
        spin=spin,
        feet=(_pivoting(beats, 0, spin), _pivoting(beats, 1, spin)),
        hands=((0.44, high, 0.06), (0.43, high - 0.10 * breath, 0.12)),
        elbows=((0.2, -0.6, -1.0), (0.2, -0.6, -1.0)),
        palms=((0.0, -0.6, 1.0), (0.0, -0.6, 1.0)),
        grips=("open", "open"),
    )


def _pivoting(beats: float, side: int, spin: float) -> FootPlace:
    """Return a foot that steps on around the spot while the other one stands."""
    count = (beats - side) / 2  # each foot steps every other beat, by half a turn
    step = floor(count)
    share = count - step
    moving = min(share / 0.5, 1.0)
    heading = pi * (step + eased(moving)) + 0.5 * pi * side - 0.5 * pi
    away = heading - spin
    out = -0.10 if side == 0 else 0.10
    lift = 0.05 * sin(pi * moving)
    return FootPlace(out * cos(away), lift, -out * sin(away), -6 * lift, away)
