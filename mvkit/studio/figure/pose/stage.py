"""Singing and cheering."""

from __future__ import annotations

from math import pi, sin

from mvkit.studio.figure.pose.life import sung
from mvkit.studio.figure.pose.rhythm import passing
from mvkit.studio.figure.pose.skeleton import Face
from mvkit.studio.figure.pose.stance import FootPlace, Stance

__all__ = ["cheer", "sing"]


def sing(beats: float, energy: float) -> Stance:
    """Microphone in the right hand, the left hand tells the story, a knee keeps the beat."""
    bounce = abs(sin(pi * beats / 2)) ** 2
    rock = sin(pi * beats / 2)
    wave = sin(pi * beats / 2)
    figures = (
        (0.16, -0.36, 0.18 + 0.03 * wave),
        (0.34 + 0.03 * wave, -0.08, 0.28),
        (0.20, 0.30 + 0.03 * wave, 0.16),
        (0.42, -0.02 + 0.05 * wave, 0.12),
    )
    told = ((-0.6, 0.4, 0.3), (0.0, 0.8, 0.6), (-0.5, 0.2, 0.8), (0.0, 0.9, 0.4))
    free = 1 - bounce
    return Stance(
        pelvis_x=0.03 * rock,
        pelvis_y=0.888 - 0.018 * bounce,
        pelvis_turn=0.10 * rock,
        lean=0.05 + 0.03 * bounce,
        side_lean=-0.03 * rock,
        chest_turn=0.10 * sin(pi * beats / 4),
        head_turn=0.10 * sin(pi * beats / 4 + 0.5),
        nod=0.02 - 0.10 * energy * (0.5 + 0.5 * sin(pi * beats / 8)) + 0.03 * bounce,
        tilt=0.06 * sin(pi * beats / 4),
        swing=0.7 * sin(pi * beats / 2 - 0.8),
        face=sung(beats, energy),
        feet=(FootPlace(-0.13, 0, 0.05), FootPlace(0.12, 0.03 * free, -0.02, -0.2 * free)),
        hands=(passing(figures, beats / 4), (-0.105, -0.035, 0.215)),
        elbows=((0.8, -0.6, -0.4), (0.45, -1.0, -0.1)),
        palms=(passing(told, beats / 4), (-1.0, 0.3, 0.0)),
        grips=("open", "grip"),
    )


def cheer(beats: float, _energy: float) -> Stance:
    """Bounce with both arms up."""
    bounce = abs(sin(pi * beats)) ** 0.8
    wave = sin(pi * beats)
    return Stance(
        pelvis_x=0.02 * wave,
        pelvis_y=0.87 + 0.02 * bounce,
        lean=0.0,
        side_lean=0.04 * wave,
        nod=-0.10,
        shrug=0.035,
        swing=0.6 * wave,
        whirl=0.1 * bounce,
        face=Face(mouth=0.55, wide=0.9),
        feet=(FootPlace(-0.12, 0.035 * bounce, 0.0, -0.3 * bounce), FootPlace(0.12, 0.0, 0.02)),
        hands=(
            (0.17 + 0.06 * wave, 0.46 + 0.03 * bounce, 0.05),
            (0.17 - 0.06 * wave, 0.46 + 0.03 * bounce, 0.05),
        ),
        elbows=((1.0, 0.1, 0.3), (1.0, 0.1, 0.3)),
        palms=((-0.2, 0.2, 1.0), (-0.2, 0.2, 1.0)),
        grips=("open", "fist"),
    )
