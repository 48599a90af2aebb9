"""Curves over the beat from which poses are made."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor

from mvkit.studio.figure.pose.stance import Place

__all__ = ["between", "chance", "eased", "passing", "ringing", "struck"]


def eased(share: float) -> float:
    """Go from 0 to 1 with level ends; outside it stays."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def between(a: Place, b: Place, share: float) -> Place:
    """Return the place on the way from ``a`` to ``b``."""
    return (
        a[0] + share * (b[0] - a[0]),
        a[1] + share * (b[1] - a[1]),
        a[2] + share * (b[2] - a[2]),
    )


def passing(figures: Sequence[Place], count: float, *, held: float = 0.75) -> Place:
    """Hold each figure for a share of its count, then ease into the next."""
    index = floor(count)
    share = eased((count - index - held) / (1 - held))
    return between(figures[index % len(figures)], figures[(index + 1) % len(figures)], share)


def struck(phase: float, *, ready: float = 0.55) -> float:
    """Return the height of a hand that strikes at phase 0: bounces off, and comes down again.

    Parameters
    ----------
    phase
        Position between two strokes, 0..1.
    ready
        Phase at which it is highest.
    """
    if phase < ready:
        return eased(phase / ready) ** 0.8
    return 1.0 - eased((phase - ready) / (1 - ready)) ** 1.6


def chance(index: int, salt: int = 0) -> float:
    """Return a number in 0..1 that belongs to a whole number."""
    mixed = (index * 0x9E3779B1 ^ (salt + 1) * 0x85EBCA77) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 12)) * 0x297A2D39) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 15)) >> 8) / 2**24


def ringing(phase: float, decay: float) -> float:
    """Return 1 at phase 0, falling off."""
    return exp(-decay * phase)
