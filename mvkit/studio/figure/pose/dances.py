"""Dances: each a stance at every instant of the beat, from calm to wild."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, floor, pi, sin

from mvkit.studio.figure.pose.rhythm import between, chance, eased, passing, ringing
from mvkit.studio.figure.pose.stance import FootPlace, Place, Stance

__all__ = ["DANCES", "dance_style"]


def _step(beats: float, energy: float) -> Stance:
    """Step from side to side on the beat; the arms change their figure every four beats."""
    side = sin(pi * beats)
    weight = side * (1.5 - 0.5 * side * side)  # lingers over the standing foot
    drop = abs(cos(pi * beats)) ** 1.5
    amount = 0.7 + 0.5 * energy
    left, right = max(weight, 0.0) ** 2, max(-weight, 0.0) ** 2
    return Stance(
        pelvis_x=0.085 * weight * amount,
        pelvis_y=0.865 - 0.045 * drop * amount,
        pelvis_turn=0.22 * sin(pi * beats + 0.5) * amount,
        lean=0.05 + 0.03 * drop,
        side_lean=-0.10 * sin(pi * beats - 0.35) * amount,
        chest_turn=-0.28 * sin(pi * beats + 0.2) * amount,
        head_turn=0.18 * sin(pi * beats / 2),
        nod=0.05 + 0.10 * drop,
        tilt=0.05 * side,
        shrug=0.015 * drop,
        swing=1.1 * sin(pi * beats - 0.9),
        whirl=0.15 * drop,
        feet=(
            FootPlace(-0.125 + 0.03 * left, 0.055 * left, 0.02, -0.55 * left),
            FootPlace(0.125 - 0.03 * right, 0.055 * right, 0.02, -0.55 * right),
        ),
        hands=(_stepping_hand(beats, 0), _stepping_hand(beats, 1)),
        elbows=((0.9, -0.5, -0.35), (0.9, -0.5, -0.35)),
        palms=((-0.8, -0.3, 0.5), (-0.8, -0.3, 0.5)),
        grips=("open", "open"),
    )


def _stepping_hand(beats: float, side: int) -> Place:
    """Return one hand of the step: four figures of four beats, passing into each other."""
    sway = sin(pi * beats + side * pi)
    pump = cos(2 * pi * beats)
    figures = (
        (0.16 + 0.08 * sway, -0.22 + 0.04 * pump, 0.26 + 0.06 * sway),
        (0.14 + 0.05 * sway, 0.44 + 0.04 * pump, 0.10) if side else (0.30, -0.20, 0.14),
        (0.17 + 0.09 * sway, 0.46 + 0.03 * pump, 0.05),
        (0.30, -0.20, 0.14) if side else (0.40 + 0.04 * sway, 0.10 + 0.10 * sway, 0.12),
    )
    return passing(figures, beats / 4)


def _sway(beats: float, energy: float) -> Stance:
    """Sway with the weight going over every two beats, arms loose, eyes half closed."""
    side = sin(pi * beats / 2)
    late = sin(pi * beats / 2 - 0.7)
    amount = 0.8 + 0.6 * energy
    rise = 0.05 + 0.05 * sin(pi * beats / 8)
    return Stance(
        pelvis_x=0.055 * side * amount,
        pelvis_y=0.885 - 0.010 * cos(pi * beats) * amount,
        pelvis_turn=0.14 * side,
        lean=0.02,
        side_lean=-0.10 * late * amount,
        chest_turn=-0.16 * late,
        head_turn=0.14 * sin(pi * beats / 8),
        nod=0.05 + 0.05 * late,
        tilt=0.16 * late,
        swing=0.8 * sin(pi * beats / 2 - 1.2),
        feet=(
            FootPlace(-0.105, 0.012 * max(side, 0), 0.03, -0.22 * max(side, 0)),
            FootPlace(0.105, 0.012 * max(-side, 0), 0.0, -0.22 * max(-side, 0)),
        ),
        hands=((0.12 + 0.05 * late, -0.42 + rise, 0.16), (0.12 - 0.05 * late, -0.40 + rise, 0.14)),
        elbows=((0.8, -0.2, -0.8), (0.8, -0.2, -0.8)),
        palms=((-0.9, -0.3, 0.0), (-0.9, -0.3, 0.0)),
    )


def _bounce(beats: float, energy: float) -> Stance:
    """Drop low on the beat, rock back between; the forearms cut the rhythm."""
    down = 0.5 + 0.5 * cos(2 * pi * beats)
    rock = sin(pi * beats)
    amount = 0.6 + 0.6 * energy
    figures = (
        (0.02 - 0.10 * rock, -0.16 - 0.10 * down, 0.34),
        (0.30, -0.14 - 0.10 * down, 0.22),
        (0.08, 0.16 - 0.14 * down, 0.32),
        (0.24, -0.30 + 0.05 * rock, 0.16),
    )
    other = (figures[1], figures[0], figures[3], figures[2])
    return Stance(
        pelvis_x=0.05 * rock * amount,
        pelvis_y=0.845 - 0.065 * down * amount,
        pelvis_z=-0.02 * down,
        pelvis_turn=0.26 * sin(pi * beats / 2) * amount,
        lean=0.10 + 0.10 * down * amount,
        side_lean=-0.09 * rock * amount,
        chest_turn=-0.20 * sin(pi * beats / 2),
        head_turn=0.15 * rock,
        nod=0.02 + 0.16 * down * amount,
        tilt=0.10 * rock,
        shrug=0.025 * down,
        swing=0.8 * sin(pi * beats - 0.8),
        knees_out=0.35,
        feet=(
            FootPlace(-0.17, 0, 0.05, 0.0, -0.2),
            FootPlace(0.17, 0.0, -0.03, 0.28 * (1 - down) * amount, 0.2),
        ),
        hands=(passing(figures, beats / 2, held=0.4), passing(other, beats / 2, held=0.4)),
        elbows=((1.0, -0.4, -0.3), (1.0, -0.4, -0.3)),
        palms=((-0.3, -1.0, 0.2), (-0.3, -1.0, 0.2)),
        grips=("open", "loose fist"),
    )


def _jump(beats: float, energy: float) -> Stance:
    """Leave the ground between two beats and land on them, one fist in the air."""
    phase = beats % 1.0
    air = 4 * phase * (1 - phase)
    height = (0.07 + 0.09 * energy) * max(air - 0.25, 0.0) / 0.75
    land = ringing(phase, 7.0) + eased((phase - 0.82) / 0.18)
    wave = sin(pi * beats)
    kick = 0.10 * max(air - 0.3, 0.0)
    return Stance(
        pelvis_x=0.015 * wave,
        pelvis_y=0.885 + height - 0.085 * land,
        pelvis_turn=0.10 * wave,
        lean=0.04 + 0.10 * land,
        side_lean=0.04 * wave,
        chest_turn=0.12 * wave,
        nod=-0.06 + 0.16 * land,
        shrug=0.02 + 0.02 * air,
        swing=0.5 * wave,
        whirl=0.45 * air,
        knees_out=0.25,
        feet=(
            FootPlace(-0.11, height + kick, -0.02 - kick, -0.6 * air),
            FootPlace(0.11, height + 0.6 * kick, 0.02 - kick, -0.6 * air),
        ),
        hands=(
            (0.24 + 0.03 * wave, 0.06 + 0.16 * air, 0.20),
            (0.13, 0.44 + 0.05 * air - 0.10 * land, 0.10 + 0.03 * wave),
        ),
        elbows=((1.0, -0.4, -0.1), (1.0, 0.0, 0.3)),
        palms=((-0.2, 0.1, 1.0), (-0.2, 0.1, 1.0)),
        grips=("open", "fist"),
    )


def _flow(beats: float, energy: float) -> Stance:
    """Draw long arcs with both arms while the body bends after them, eight beats a phrase."""
    angle = pi * beats / 4
    late = angle - 0.6
    amount = 0.75 + 0.35 * energy
    side = sin(angle)
    back = max(-side, 0.0) ** 2

    def arm(lead: float) -> Place:
        out = 0.20 + 0.22 * sin(angle + lead)
        return out, 0.10 + 0.36 * cos(angle + lead), 0.20 + 0.12 * sin(2 * angle + lead)

    return Stance(
        pelvis_x=0.09 * side * amount,
        pelvis_y=0.865 - 0.03 * abs(side) * amount,
        pelvis_turn=0.45 * sin(late) * amount,
        lean=0.05 - 0.10 * cos(late),
        side_lean=-0.20 * sin(late) * amount,
        chest_turn=0.40 * sin(late) * amount,
        head_turn=0.30 * sin(late + 0.3),
        nod=-0.08 * cos(late),
        tilt=-0.15 * sin(late),
        swing=1.1 * sin(late - 0.7),
        whirl=0.25,
        feet=(
            FootPlace(-0.15, 0.02 * (1 - back), 0.06, -0.3 * (side > 0) * side * side),
            FootPlace(0.15, 0.0, -0.06, -0.5 * back, 0.2),
        ),
        hands=(arm(0.9), arm(-0.9)),
        elbows=((1.0, -0.5, -0.4), (1.0, -0.5, -0.4)),
        palms=((-0.4, -0.8, 0.4), (-0.4, -0.8, 0.4)),
        grips=("open", "open"),
    )


_POSED: tuple[tuple[Place, Place, float], ...] = (
    ((0.30, 0.20, 0.02), (0.28, -0.30, 0.10), 0.3),
    ((0.02, -0.18, 0.34), (0.32, 0.18, 0.04), -0.3),
    ((0.26, -0.28, 0.12), (0.02, -0.20, 0.34), 0.15),
    ((0.45, 0.0, 0.06), (0.45, 0.0, 0.06), 0.0),
    ((0.10, -0.34, 0.28), (0.16, 0.40, 0.06), -0.2),
)


def _robot(beats: float, _energy: float) -> Stance:
    """Snap from pose to pose on each beat, and tremble to a stop."""
    index = floor(beats)
    phase = beats - index
    share = eased(phase / 0.3)
    tremble = 0.012 * sin(40 * phase) * ringing(max(phase - 0.3, 0.0), 14.0) * (phase > 0.3)

    def posed(step: int) -> tuple[Place, Place, float]:
        place = int(chance(step, 11) * len(_POSED))
        return _POSED[(place + step) % len(_POSED)]

    last, now = posed(index - 1), posed(index)
    turn = last[2] + share * (now[2] - last[2])
    tick = 1 if index % 2 else -1
    lean = tick * (2 * share - 1)
    return Stance(
        pelvis_x=0.03 * lean,
        pelvis_y=0.872 - 0.012 * sin(pi * share),
        pelvis_turn=-0.3 * turn,
        lean=0.03,
        side_lean=0.05 * lean + tremble,
        chest_turn=turn,
        head_turn=-1.2 * turn + tremble,
        nod=0.02,
        tilt=0.12 * lean,
        swing=0.5 * (1 - share) * tick,
        feet=(FootPlace(-0.12, 0, 0.02), FootPlace(0.12, 0, 0.0)),
        hands=(between(last[0], now[0], share), between(last[1], now[1], share)),
        elbows=((1.0, -0.2, -0.3), (1.0, -0.2, -0.3)),
        palms=((-0.2, -1.0, 0.1), (-0.2, -1.0, 0.1)),
        fingers=((0.2, 0.2, 1.0), (0.2, 0.2, 1.0)),
        grips=("flat", "flat"),
    )


DANCES: dict[str, Callable[[float, float], Stance]] = {
    "step": _step,
    "sway": _sway,
    "bounce": _bounce,
    "jump": _jump,
    "flow": _flow,
    "robot": _robot,
}
"""Style of dance -> stance at ``(beats, energy)``."""

_BY_ENERGY = (
    (0.38, ("sway", "flow")),
    (0.58, ("flow", "step", "sway")),
    (0.78, ("step", "bounce", "robot")),
    (9.0, ("jump", "bounce", "jump")),
)


def dance_style(energy: float, seed: int) -> str:
    """Return a dance that suits an energy: calm parts sway and flow, drops jump.

    Parameters
    ----------
    energy
        0..1, at the start of a shot, so that a shot keeps its dance.
    seed
        Another seed may give another dance of the same temper.
    """
    styles = next(styles for limit, styles in _BY_ENERGY if energy < limit)
    return styles[seed % len(styles)]
