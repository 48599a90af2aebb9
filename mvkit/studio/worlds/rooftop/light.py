"""Light of sky, sun and lamps on what stands on the roof."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.worlds.rooftop.dress import Air, Colours

__all__ = ["Light"]

Table = NDArray[np.floating[Any]]


class Light:
    """Light on things of a roof dressed in some colours and airs.

    Parameters
    ----------
    colours, air
        How the world is dressed.
    """

    def __init__(self, colours: Colours, air: Air) -> None:
        self._colours, self._air = colours, air

    def on_box(self, stone: Table) -> Table:
        """Return the light of a box's walls and top (5, 3) in this world's sun."""
        air, sun = self._air, np.array(self._colours.orb)
        sky = 0.5 * np.array(self._colours.upper) + 0.5 * np.array(self._colours.horizon)
        ambient = float(air.daylight) * (0.35 + 1.4 * sky)
        lamp = 0.16 * float(air.lamps) * np.array(self._colours.window)
        facing = np.array([np.pi, np.pi / 2, 0.0, -np.pi / 2])
        level = 1 / np.hypot(1.0, float(air.slope))
        turned = np.maximum(np.cos(facing - float(air.azimuth)), 0) * level
        turned = np.append(turned, float(air.slope) * level)[:, None]
        light = ambient * np.array([[0.8], [0.9], [0.8], [0.7], [1.25]])
        light = light + lamp + 1.5 * float(air.sunlight) * turned * sun
        snow = np.array([0, 0, 0, 0, 0.75 * float(air.snow)])[:, None]
        return light * (stone + (0.75 - stone) * snow)

    def on_round(self, stone: Table, facing_rad: Table) -> Table:
        """Return the light of walls that face in directions (n, 3)."""
        walls = self.on_box(stone)
        share = np.array([np.pi, np.pi / 2, 0.0, -np.pi / 2])[:, None]
        weight = np.maximum(np.cos(facing_rad - share), 0) ** 2
        light = weight.T @ walls[:4] / weight.sum(axis=0)[:, None]
        return np.asarray(light)
