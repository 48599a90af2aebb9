"""Where the buildings around the roof stand, and which of their walls a camera sees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.facets import facets_m, project_facets
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.worlds.rooftop.dress import STREET_M, Air, Colours

__all__ = ["WALL_COLUMNS", "Skyline"]

Table = NDArray[np.floating[Any]]

WALL_COLUMNS = ("seed", "kind", "pane_m", "floor_m", "light", "base_m")
"""What a wall adds to the columns of a facet: its building's number; how its windows are laid
(0 grid, 1 ribbons, 2 strips, 3 a screen of lights); their size; light on the wall; height of its
foot."""

# Distance of a ring of buildings, gap between their middles, lowest and highest top (m).
_RINGS = (
    (78.0, 30.0, -44.0, -9.0),
    (118.0, 33.0, -40.0, 8.0),
    (172.0, 36.0, -30.0, 34.0),
    (250.0, 41.0, -22.0, 74.0),
    (360.0, 46.0, -12.0, 128.0),
    (520.0, 54.0, 0.0, 190.0),
    (760.0, 66.0, 10.0, 250.0),
)
_GRID_RAD = 0.36  # the city's streets run askew to the roof's own walls
_SCREENS = 6
_REACH_M = 40.0  # from the middle of a building to its farthest corner, at most
_SIDES = 5  # four walls and a roof


class Skyline:
    """A city of boxes around the roof.

    Parameters
    ----------
    seed
        Another seed is another city.
    colours, air
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, air: Air) -> None:
        rng = np.random.default_rng(seed + 5)
        self._colours, self._air = colours, air
        x, z, size, top = _plots(rng)
        n = len(x)
        kind = np.where(rng.random(n) < 0.5, 0.0, np.where(rng.random(n) < 0.6, 1.0, 2.0))
        tall = np.flatnonzero((top > 45) & (top < 120))
        if tall.size:
            kind[rng.permutation(tall)[:_SCREENS]] = 3.0
        tint = 0.7 + 0.6 * rng.random(n)
        number = np.arange(n) + 1000.0 * (seed % 97)
        base = np.full(n, STREET_M)
        body = [x, z, *size, base, top, kind, tint, number]
        high = top > 40  # a tower ends in a narrower crown, and some in a mast
        crown = [c[high] for c in body]
        shrink = 0.5 + 0.25 * rng.random(int(high.sum()))
        crown[2], crown[3] = crown[2] * shrink, crown[3] * shrink
        crown[4], crown[5] = crown[5], crown[5] + 6 + 0.16 * (crown[5] - 40)
        self._boxes = np.stack([np.concatenate(pair) for pair in zip(body, crown, strict=True)], 1)
        self._walls = self._build()
        self.beacons_m = _masts(rng, crown)

    def walls(self, projection: Projection, veil: RGB) -> NDArray[np.float32]:
        """Return the walls and roofs a camera sees, far ones first, columns of facets and walls."""
        camera = projection.camera
        dx, dz = self._boxes[:, 0] - camera.x_m, self._boxes[:, 1] - camera.z_m
        sin_yaw, cos_yaw = np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)
        ahead, across = dx * sin_yaw + dz * cos_yaw, dx * cos_yaw - dz * sin_yaw
        half_view = 0.5 * camera.lens * projection.width_px / projection.height_px
        seen = (ahead > -_REACH_M) & (np.abs(across) < half_view * np.abs(ahead) + 2 * _REACH_M)
        haze = float(self._air.haze)
        walls = self._walls[np.tile(seen, _SIDES)]
        return project_facets(walls, projection, air=veil, haze_per_m=haze)

    def _build(self) -> Table:
        """Return walls and roofs of all boxes in metres."""
        x, z, wide, deep, base, top, kind, tint, number = self._boxes.T
        right = np.array([np.cos(_GRID_RAD), 0.0, -np.sin(_GRID_RAD)])
        ahead = np.array([np.sin(_GRID_RAD), 0.0, np.cos(_GRID_RAD)])
        centre = np.stack([x, base, z], axis=1)
        up = np.stack([0 * x, top - base, 0 * x], axis=1)
        half_right, half_ahead = 0.5 * wide[:, None] * right, 0.5 * deep[:, None] * ahead
        tables = []
        edges = (
            (-half_right - half_ahead, 2 * half_right),
            (half_right - half_ahead, 2 * half_ahead),
            (half_right + half_ahead, -2 * half_right),
            (half_ahead - half_right, -2 * half_ahead),
        )
        stone = np.array(self._colours.tower) * tint[:, None]
        for side, (corner, across) in enumerate(edges):
            angle = _GRID_RAD + (np.pi, np.pi / 2, 0.0, -np.pi / 2)[side]
            light = self._light(angle)
            paint = stone * light
            wall = facets_m(centre + corner, across, up, paint)
            pane = 2.1 + 1.9 * (number * 0.37 % 1.0)
            floor = 3.2 + 0.8 * (number * 0.71 % 1.0)
            extra = [number * 4 + side, kind, pane, floor, 0 * x + light.max(), base]
            tables.append(np.concatenate([wall, np.stack(extra, axis=1)], axis=1))
        lid = centre + up - half_right - half_ahead
        shine = self._light(None)
        roof = facets_m(lid, 2 * half_right, 2 * half_ahead, 0.7 * stone * shine)
        flat = [number * 4, 0 * x - 1, 0 * x + 3, 0 * x + 3, 0 * x, top]
        tables.append(np.concatenate([roof, np.stack(flat, axis=1)], axis=1))
        return np.concatenate(tables)

    def _light(self, facing_rad: float | None) -> Table:
        """Return the light of sky and sun on a wall that faces a direction, or on a roof."""
        air = self._air
        sun = np.array(self._colours.orb)
        sky = 0.5 * np.array(self._colours.upper) + 0.5 * np.array(self._colours.horizon)
        sky = 0.5 * sky + 0.5 * sky.mean()
        if facing_rad is None:
            turned = float(air.slope)
        else:
            turned = max(float(np.cos(facing_rad - float(air.azimuth))), 0.0)
        share = turned / np.hypot(1.0, float(air.slope))
        return float(air.daylight) * (0.6 + 2.2 * sky) + 1.6 * float(air.sunlight) * share * sun


def _masts(rng: np.random.Generator, crown: list[Table]) -> Table:
    """Return x, z, foot and head of the masts on some towers, (n, 4)."""
    chosen = rng.random(len(crown[0])) < 0.45
    foot = crown[5][chosen]
    return np.stack([crown[0][chosen], crown[1][chosen], foot, foot + 10 + 0.14 * foot], axis=1)


def _plots(rng: np.random.Generator) -> tuple[Table, Table, tuple[Table, Table], Table]:
    """Return x, z, width and depth, and top of the buildings."""
    rows = []
    downtown = rng.uniform(-0.5, 0.5)
    for far, gap, low, high in _RINGS:
        n = int(2 * np.pi * far / gap)
        angle = 2 * np.pi * (np.arange(n) + 0.5 * rng.random(n)) / n
        distance = far * (1 + 0.12 * (rng.random(n) - 0.5))
        # Two quarters of towers opposite each other, and lower houses between them.
        dense = 0.35 + 0.65 * np.abs(np.cos(angle - downtown)) ** 2
        chance = rng.random(n) ** 1.8
        top = low + (high - low) * chance * dense
        wide, deep = gap * (0.55 + 0.3 * rng.random((2, n)))
        rows.append(np.stack([distance * np.sin(angle), distance * np.cos(angle), wide, deep, top]))
    x, z, wide, deep, top = np.concatenate(rows, axis=1)
    return x, z, (wide, deep), top
