"""What a world wears at one time of day: its colours, its light and air, its development."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mvkit.studio.light import Look

__all__ = ["Dress", "in_float32"]

Hour = TypeVar("Hour")


@dataclass(frozen=True)
class Dress(Generic[Hour]):
    """How a world is at one time of day, in clear weather.

    Parameters
    ----------
    colours
        Hex colours of its eight roles, in the order in which its kernels take them.
    hour
        What else the world has to know: light, air, water; None if nothing.
    look
        How its light is developed.
    """

    colours: tuple[str, ...]
    hour: Hour
    look: Look


def in_float32(kind: Callable[..., Hour], **numbers: float) -> Hour:
    """Return a table of numbers as kernels take them, without a conversion in every call."""
    return kind(**{name: np.float32(number) for name, number in numbers.items()})
