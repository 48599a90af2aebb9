"""Where the window's light falls: the patch on floor and walls, and who stands in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure import Actor
from mvkit.studio.worlds.room.dress import (
    HALL,
    WINDOW_HALF_HIGH_M,
    WINDOW_HALF_WIDE_M,
    WINDOW_Y_M,
    WINDOW_Z_M,
    Sun,
)

__all__ = ["in_beam", "patch_m"]


def patch_m(sun: Sun) -> NDArray[np.float64]:
    """Return points (n, 3) around the patch that the window's light throws, with its soft edge."""
    edge_m = 0.1 + 4.0 * float(sun.soft)
    u, v = np.meshgrid(
        np.linspace(-1.0, 1.0, 5) * (WINDOW_HALF_WIDE_M + edge_m),
        np.linspace(-1.0, 1.0, 5) * (WINDOW_HALF_HIGH_M + edge_m),
    )
    y_m = np.maximum(WINDOW_Y_M + v.ravel(), 0.0)
    z_m = WINDOW_Z_M + u.ravel()
    way = np.minimum(y_m / float(sun.fall), (float(HALL.far) - z_m) / float(sun.drift))
    way = np.minimum(way, float(HALL.right - HALL.left))
    x_m = float(HALL.left) + way
    return np.stack([x_m, y_m - float(sun.fall) * way, z_m + float(sun.drift) * way], axis=1)


def in_beam(actor: Actor, sun: Sun) -> float:
    """Return how much of the window's direct light reaches a person's chest, 0..1."""
    way = max(actor.x_m - float(HALL.left), 0.0)
    u = actor.z_m - float(sun.drift) * way - WINDOW_Z_M
    v = 1.2 - 0.6 * actor.lowered_m + float(sun.fall) * way - WINDOW_Y_M
    lit = 1.0
    for off, half in ((u, 0.85 * WINDOW_HALF_WIDE_M), (v, WINDOW_HALF_HIGH_M)):
        lit *= min(max((half + 0.2 - abs(off)) / 0.4, 0.0), 1.0)
    return lit
