"""What stands in the carriage, as boxes: seats, tables, a bench, bags, partitions."""

from __future__ import annotations

from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.figure import Actor
from mvkit.studio.worlds.train.dress import (
    BAY_M,
    CARRIAGE_M,
    HALF_M,
    LOUNGE_M,
    RACK_Y_M,
    Colours,
    Hour,
)
from mvkit.studio.worlds.train.faces import PAINT, Table, project_faces

__all__ = ["BENCH_M", "PARTITION_M", "SEAT_M", "Furniture", "Seen"]

SEAT_M = 0.46
"""Height of the seats."""

BENCH_M = 1.12
"""Where people sit on the lounge's bench, from the middle of the carriage."""

PARTITION_M = 21.0
"""Place of the partition in each carriage."""

_REACH_M = 17.0

# Kinds of boxes.
_SEAT, _BASE, _BACK, _HEADREST, _TABLE, _BAG, _PANEL, _GLASS, _HEADER = range(9)
# What lies under something else of the same seat counts as farther, so that it is painted first.
_FARTHER_M = np.array([0.15, 0.40, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
_TALL = (_BACK, _HEADREST, _PANEL, _GLASS, _HEADER)  # what may stand before a person


class Seen(NamedTuple):
    """Boxes that a camera sees: their numbers, where along z, how solid, whether before people."""

    which: NDArray[np.intp]
    z_m: Table
    solid: Table
    before: NDArray[np.bool_]


class Furniture:
    """Lists the furniture of a train whose carriages are all alike.

    Parameters
    ----------
    seed
        Another seed is other luggage.
    colours, hour
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, hour: Hour) -> None:
        random = np.random.default_rng(seed + 17)
        self._lamps, self._day = float(hour.lamps), float(hour.daylight)
        rows = [*_seats(), *_lounge(), *_partition(), *_luggage(random)]
        table = np.array([row[:8] for row in rows], np.float64)
        self._centre, self._half = table[:, 0:3], table[:, 3:6]
        self._kind = table[:, 7].astype(int)
        paint = _paints(self._kind, random, colours)
        self._sides = _sides(self._centre, self._half, table[:, 6], paint)

    def seen_by(self, projection: Projection, actor: Actor | None) -> Seen:
        """Return the boxes that a camera sees, far ones first.

        Parameters
        ----------
        projection
            The camera and the shape of the frame.
        actor
            Who must not be hidden.
        """
        camera = projection.camera
        centre, which = self._around(camera)
        depth = np.asarray(projection.depth_m(centre[:, 0], centre[:, 2]))
        aspect = projection.width_px / projection.height_px
        across = (centre[:, 0] - camera.x_m) * cos(camera.yaw_rad)
        across = across - (centre[:, 2] - camera.z_m) * sin(camera.yaw_rad)
        inside = np.abs(across) < 0.5 * aspect * camera.lens * np.maximum(depth, 0) + 1.6
        inside &= (depth > -1.0) & (depth < _REACH_M)
        centre, which, depth = centre[inside], which[inside], depth[inside]
        solid = _presence(camera, actor, centre, self._half[which], self._kind[which])
        order = np.argsort(-depth - _FARTHER_M[self._kind[which]], kind="stable")
        order = order[solid[order] > 0.02]
        before = np.isin(self._kind[which], _TALL) & (depth < _nearest_m(projection, actor) - 0.25)
        return Seen(which[order], centre[order, 2], solid[order], before[order])

    def faces(
        self, seen: Seen, projection: Projection, lamps: float, *, before: bool
    ) -> NDArray[np.float32]:
        """Return the faces of boxes behind or before the people, for :func:`paint_faces`.

        Parameters
        ----------
        seen
            What :meth:`seen_by` returned.
        projection
            The camera and the size of the frame.
        lamps
            Light of the lamps now, of their usual light.
        before
            Which of them.
        """
        part = seen.before if before else ~seen.before
        which, camera = seen.which[part], projection.camera
        corner, across, up, normal, middle, paint, light = (side[which] for side in self._sides)
        shift = (seen.z_m[part] - self._centre[which, 2])[:, None, None] * np.array([0.0, 0.0, 1.0])
        eye = np.array([camera.x_m, camera.y_m, camera.z_m])
        turned = ((eye - middle - shift) * normal).sum(axis=2) > 0
        solid = np.broadcast_to(seen.solid[part][:, None], turned.shape)[turned]
        paint, light = paint[turned], light[turned]  # indexing copies
        paint[:, 3:5] = self._lamps * lamps * light[:, 0:2] + self._day * light[:, 2:4]
        paint[:, 9] *= solid
        corner = (corner + shift)[turned]
        return project_faces(corner, across[turned], up[turned], paint, projection)

    def _around(self, camera: Camera) -> tuple[Table, NDArray[np.intp]]:
        """Return centres of the boxes of the carriages around a camera, and their numbers."""
        middle = round(camera.z_m / CARRIAGE_M)
        n = len(self._centre)
        centre = np.tile(self._centre, (3, 1))
        centre[:, 2] += np.repeat(CARRIAGE_M * (middle + np.arange(-1, 2)), n)
        near = np.abs(centre[:, 2] - camera.z_m) < _REACH_M + 1.0
        return centre[near], np.tile(np.arange(n), 3)[near]


def _sides(centre: Table, half: Table, tilt: Table, paint: Table) -> tuple[Table, ...]:
    """Return the six sides of boxes, each (box, side, ...).

    Returns
    -------
    tuple
        Lower corner, edge across, edge up, normal, middle; paint; and light: of the lamps on the
        upper and the lower edge, of the windows on the two.
    """
    zero = 0 * tilt
    x, y, z = 2 * half.T
    rise = np.stack([zero, y, tilt], axis=1)
    along_x, along_z = np.stack([x, zero, zero], axis=1), np.stack([zero, zero, z], axis=1)
    low = centre - half
    ways = np.array([[-1, 0, 0], [1, 0, 0], [0, 0, -1], [0, 0, 1], [0, 1, 0], [0, -1, 0.0]])
    corner = np.stack([low, low + along_x, low, low + along_z, low + rise, low], axis=1)
    across = np.stack([along_z, along_z, along_x, along_x, along_x, along_x], axis=1)
    up = np.stack([rise, rise, rise, rise, along_z, along_z], axis=1)
    normal = np.broadcast_to(ways, corner.shape)
    paints = np.repeat(paint[:, None], 6, axis=1)
    paints[:, :, 8] *= np.abs(normal[:, :, 2])  # displays face along the carriage
    shorter = np.minimum(np.linalg.norm(across, axis=2), np.linalg.norm(up, axis=2))
    paints[:, :, 5] = np.minimum(paints[:, :, 5], 0.48 * shorter)
    light = np.stack([_light(centre, half, way) for way in ways], axis=1)
    return corner, across, up, normal, corner + 0.5 * (across + up), paints, light


def _light(centre: Table, half: Table, normal: Table) -> Table:
    """Return light on the upper and the lower edge of sides: by the lamps, by the windows."""
    to_window = np.abs(centre[:, 0]) / HALF_M
    outward = normal[0] * np.sign(centre[:, 0])
    if normal[1] > 0:
        lamps, day = 1.25 - 0.35 * to_window, 0.25 + 0.75 * to_window
        return np.stack([lamps, lamps, day, day], axis=1)
    if normal[1] < 0:
        return np.tile([0.15, 0.15, 0.0, 0.0], (len(centre), 1))
    lamps, day = 0.62 - 0.30 * outward, 0.24 + 0.55 * np.maximum(outward, 0)
    top, bottom = (
        0.25 + 0.75 * np.clip((centre[:, 1] + edge * half[:, 1]) / 1.25, 0, 1) for edge in (1, -1)
    )
    return np.stack([lamps * top, lamps * bottom, day * top, day * bottom], axis=1)


Row = tuple[float, float, float, float, float, float, float, float]
"""x, y, z of the centre, half sizes, lean of the top along z, kind."""


def _seats() -> list[Row]:
    """Return rows of two seats, face to face at each window outside the lounge, with tables."""
    rows: list[Row] = []
    for bay in range(int(CARRIAGE_M / BAY_M)):
        middle = BAY_M * bay
        if min(middle, CARRIAGE_M - middle) < LOUNGE_M:
            continue
        for side in (-1.0, 1.0):
            x = 1.03 * side
            for way in (-1.0, 1.0):
                rows += [
                    (x, 0.17, middle + 0.60 * way, 0.40, 0.12, 0.22, 0.0, _BASE),
                    (x, 0.37, middle + 0.58 * way, 0.46, 0.09, 0.27, 0.0, _SEAT),
                    (x, 0.76, middle + 0.85 * way, 0.46, 0.36, 0.055, 0.08 * way, _BACK),
                ]
                rows += [
                    (x + 0.225 * k, 1.19, middle + 0.945 * way, 0.165, 0.115, 0.045, 0.0, _HEADREST)
                    for k in (-1.0, 1.0)
                ]
            rows.append((1.34 * side, 0.71, middle, 0.20, 0.014, 0.24, 0.0, _TABLE))
    return rows


def _lounge() -> list[Row]:
    """Return the bench under the lounge's windows, on one side."""
    rows: list[Row] = []
    for middle in (-1.92, 0.0, 1.92):
        z = middle % CARRIAGE_M
        rows += [
            (1.28, 0.15, z, 0.24, 0.13, 0.92, 0.0, _BASE),
            (1.24, 0.37, z, 0.31, 0.09, 0.95, 0.0, _SEAT),
            (1.48, 0.62, z, 0.06, 0.17, 0.95, 0.0, _BACK),
        ]
    return rows


def _partition() -> list[Row]:
    """Return a partition with a doorway, glass above its panels and a display over the door."""
    z = PARTITION_M
    rows: list[Row] = [(0.0, 2.19, z, HALF_M, 0.13, 0.05, 0.0, _HEADER)]
    for side in (-1.0, 1.0):
        rows += [
            (1.04 * side, 0.42, z, 0.50, 0.42, 0.025, 0.0, _PANEL),
            (1.04 * side, 1.45, z, 0.50, 0.61, 0.012, 0.0, _GLASS),
        ]
    return rows


def _luggage(random: np.random.Generator) -> list[Row]:
    """Return suitcases and bags on the racks."""
    rows: list[Row] = []
    for _ in range(22):
        tall, long = random.uniform(0.07, 0.13), random.uniform(0.16, 0.33)
        side = -1.0 if random.random() < 0.5 else 1.0
        z = CARRIAGE_M * random.random()
        rows.append((1.34 * side, RACK_Y_M + 0.03 + tall, z, 0.17, tall, long, 0.0, _BAG))
    return rows


def _paints(kind: NDArray[np.int_], random: np.random.Generator, colours: Colours) -> Table:
    """Return the paint of each box, columns `PAINT`; light is filled in later."""
    seat, panel, accent = (np.array(c) for c in (colours.seat, colours.panel, colours.accent))
    dark = 0.12 * panel
    styles = {
        #        colour                round  cloth piping display opacity
        _SEAT: (0.95 * seat, 0.05, 1.0, 0.5, 0.0, 1.0),
        _BASE: (dark, 0.02, 0.0, 0.0, 0.0, 1.0),
        _BACK: (seat, 0.07, 1.0, 1.0, 0.0, 1.0),
        _HEADREST: (0.30 * accent + 0.30 * panel, 0.07, 0.35, 0.2, 0.0, 1.0),
        _TABLE: (0.75 * panel, 0.012, 0.0, 0.0, 0.0, 1.0),
        _BAG: (dark, 0.05, 0.0, 0.0, 0.0, 1.0),
        _PANEL: (0.7 * panel, 0.02, 0.0, 0.6, 0.0, 1.0),
        _GLASS: (0.5 * panel + 0.1 * accent, 0.03, 0.0, 0.8, 0.0, 0.22),
        _HEADER: (0.30 * panel, 0.01, 0.0, 0.0, 1.0, 1.0),
    }
    paint = np.zeros((len(kind), len(PAINT)))
    for k, style in enumerate(kind):
        colour, *rest = styles[int(style)]
        paint[k, 0:3] = colour
        paint[k, 5:10] = rest
    bags = kind == _BAG
    pool = np.array([0.22 * accent, 0.45 * seat, 0.3 * panel, 0.1 * panel])
    paint[bags, 0:3] = pool[random.integers(0, len(pool), int(bags.sum()))]
    return paint


def _nearest_m(projection: Projection, actor: Actor | None) -> float:
    """Return the depth of the nearest person."""
    if actor is None:
        return 0.0
    return min(float(projection.depth_m(one.x_m, one.z_m)) for one in actor.people)


def _presence(
    camera: Camera, actor: Actor | None, centre: Table, half: Table, kind: NDArray[np.int_]
) -> Table:
    """Return how solid boxes are: nothing looms before the lens or hides a person.

    A camera that films across the carriage stands where seats would be; those of its own side
    give way, as they would on a set.
    """
    sin_yaw, cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
    dx, dz = centre[:, 0] - camera.x_m, centre[:, 2] - camera.z_m
    depth, across = dx * sin_yaw + dz * cos_yaw, dx * cos_yaw - dz * sin_yaw
    wide = half[:, 0] * abs(cos_yaw) + half[:, 2] * abs(sin_yaw)
    solid = np.clip((np.hypot(dx, dz) - 0.8) / 0.15, 0, 1)
    own_side = np.sign(centre[:, 0]) == np.sign(camera.x_m)
    outside = np.clip((abs(camera.x_m) - 0.6) / 0.2, 0, 1)
    near = np.clip((4.5 - depth) / 0.6, 0, 1) * np.clip(abs(sin_yaw) * 5 - 1.5, 0, 1)
    solid = solid * (1 - own_side * outside * near)
    tall = np.isin(kind, _TALL)
    for person in actor.people if actor else ():
        px, pz = person.x_m - camera.x_m, person.z_m - camera.z_m
        far, aside = max(px * sin_yaw + pz * cos_yaw, 0.5), px * cos_yaw - pz * sin_yaw
        share = np.maximum(depth, 0) / far
        between = (centre[:, 0] - person.x_m) * (camera.x_m - person.x_m) > 0
        before = np.clip((far - 0.3 - depth) / 0.15, 0, 1) * tall * between
        off = np.abs(across - aside * share) - wide - 0.3 * share
        solid = solid * (1 - before * np.clip(1 - off / 0.12, 0, 1))
    return np.asarray(solid)
