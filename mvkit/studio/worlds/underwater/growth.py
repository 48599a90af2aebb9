"""What grows on the bed: where rocks, corals and kelp stand, the last two as strokes."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.figure import Actor
from mvkit.studio.kit.strokes import StrokeEnd, world_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.underwater.dress import Colours, Sea

__all__ = ["Growth", "Table"]

Table = NDArray[np.floating[Any]]

_NEAR_M = 6.5  # what is farther away is soft in the water and painted at half the size
_REACH_M = 22.0
_CORAL_REACH_M, _KELP_REACH_M = 11.0, 17.0
_LANE_M = 1.7  # the way along z on which people walk, from its middle to the first plants
_BANK_M = 4.5  # the lane winds between banks: further out everything grows more densely
_N_SPECIES = 5
_MOST_KELP = 16


class Growth:
    """Places rocks, corals and kelp around a camera.

    Parameters
    ----------
    seed
        Another seed is another reef.
    colours, sea
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, sea: Sea) -> None:
        random = np.random.default_rng(seed + 5)
        self._chance = random.random((64, 64, 8))
        self._colours, self._sea = colours, sea
        self._corals = [_coral(random, species) for species in range(_N_SPECIES)]

    def rocks(
        self, camera: Camera, actor: Actor | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return far and near rocks and round corals, farthest first: see :func:`paint_rocks`."""
        x, z, chance = _cells(self._chance, camera, 2.3, _REACH_M)
        x, z = x + 2.0 * chance[:, 0], z + 2.0 * chance[:, 1]
        half = 0.22 + 0.75 * chance[:, 2] ** 3
        is_coral = (chance[:, 3] > 0.72) & (half < 0.6)
        grown = (chance[:, 4] < 0.62) & (np.abs(x) > _LANE_M + half)
        seen = _presence(camera, actor, x, z, half) * grown
        height = half * np.where(is_coral, 0.85, 0.6 + 0.8 * chance[:, 5])
        rocks = np.stack([x, z, half, height, 90 * chance[:, 6], is_coral, seen], axis=1)
        rocks = rocks[seen > 0.02]
        ahead = _ahead(camera, rocks[:, 0], rocks[:, 1])[0]
        order = np.argsort(-ahead, kind="stable")
        rocks = rocks[order].astype(np.float32)
        n_far = int((ahead > _NEAR_M).sum())
        return rocks[:n_far], rocks[n_far:]

    def strokes(
        self, camera: Camera, actor: Actor | None, pulse: Pulse, t_s: float
    ) -> tuple[Table, Table]:
        """Return far and near corals and kelp in metres, columns `STROKE_COLUMNS_M`."""
        table = np.concatenate(
            [self._coral_strokes(camera, actor, pulse, t_s), self._kelp(camera, actor, t_s)]
        )
        table = table[table[:, 11] > 0.02]
        far = _ahead(camera, table[:, 0], table[:, 2])[0] > _NEAR_M
        return table[far], table[~far]

    def _coral_strokes(
        self, camera: Camera, actor: Actor | None, pulse: Pulse, t_s: float
    ) -> Table:
        """Return branching corals; at night their tips glow with the hats."""
        x, z, chance = _cells(self._chance[::-1], camera, 1.45, _CORAL_REACH_M)
        x, z = x + 1.2 * chance[:, 0], z + 1.2 * chance[:, 1]
        grown = (chance[:, 2] < 0.27) & (np.abs(x) > _LANE_M)
        seen = _presence(camera, actor, x, z, 0.4) * grown
        ahead = _ahead(camera, x, z)[0]
        seen = seen * np.clip((_CORAL_REACH_M - ahead) / 3.0, 0, 1)
        tables = [np.empty((0, 12))]
        for species, (starts, ends, share) in enumerate(self._corals):
            own = (chance[:, 4] * _N_SPECIES).astype(int) == species
            some = np.flatnonzero(own & (seen > 0.02))
            if not some.size:
                continue
            foot_x, foot_z, one = x[some, None], z[some, None], chance[some][..., None]
            size, sway = 0.45 + 0.5 * one[:, 3], 0.06 * np.sin(1.1 * t_s + 9.0 * one[:, 6])
            ends_m = []
            for joint in (starts, ends):
                across, tall, along = _turned(joint, 6.3 * one[:, 5], size)
                ends_m.append(
                    (foot_x + across + sway * tall, tall, foot_z + along, joint[:, 3] * size)
                )
            paint = self._coral_paint(one[:, 6] < 0.55, share, pulse)
            opacity = seen[some, None]
            gleam = opacity * np.clip((_NEAR_M - ahead[some, None]) / 2.0, 0, 1)
            shade = 1.0 - 0.38 * gleam
            start, end = ends_m
            tables.append(world_strokes(start, end, shade[..., None] * paint, opacity))
            tables.append(world_strokes(_lit_side(start), _lit_side(end), 1.2 * paint, gleam))
        return np.concatenate(tables)

    def _coral_paint(self, first: NDArray[np.bool_], share: Table, pulse: Pulse) -> Table:
        """Return the light of branches: dark at the foot, lit at the tips."""
        sea, light = self._sea, 0.55 + 0.45 * np.array(self._colours.light)
        own = np.where(first[..., None], self._colours.coral_a, self._colours.coral_b)
        up = share[:, None]
        day = 0.7 * float(sea.daylight) + 0.4 * float(sea.web)
        glow = float(sea.alight) * (0.25 + 0.75 * float(pulse.hat))
        pale = 0.12 * up**2 * (1 - float(sea.alight))
        shade = 0.18 + 0.82 * up**1.5
        return np.asarray(((own + pale) * shade * day) * light + own * up**3 * 0.5 * glow)

    def _kelp(self, camera: Camera, actor: Actor | None, t_s: float) -> Table:
        """Return kelp: swaying stalks with a blade at each joint."""
        x, z, chance = _cells(self._chance.transpose(1, 0, 2), camera, 1.9, _KELP_REACH_M)
        x, z = x + 1.7 * chance[:, 0], z + 1.7 * chance[:, 1]
        # Kelp grows in groves, on the banks.
        grove = np.sin(0.31 * x + 1.7) + np.sin(0.27 * z + 0.4 * x)
        grown = (chance[:, 2] < 0.16 + 0.3 * (grove > 0.5)) & (np.abs(x) > _BANK_M - 1.6)
        seen = _presence(camera, actor, x, z, 0.5) * grown
        ahead = _ahead(camera, x, z)[0]
        seen = seen * np.clip((_KELP_REACH_M - ahead) / 4.0, 0, 1)
        some = seen > 0.02
        order = np.argsort(_ahead(camera, x[some], z[some])[0], kind="stable")[:_MOST_KELP]
        x, z, seen, chance = (a[some][order] for a in (x, z, seen, chance))
        n_joints = 13
        share = np.linspace(0.0, 1.0, n_joints)[:, None]
        tall = 1.6 + 2.9 * chance[:, 3]
        wave = t_s * 0.9 + 5.0 * chance[:, 4] + 0.35 * x
        sway_x = 0.16 * tall * share**1.4 * np.sin(wave - 2.2 * share)
        sway_z = 0.10 * tall * share**1.4 * np.sin(0.8 * wave + 1.0 - 1.9 * share)
        stem = x + sway_x, tall * share, z + sway_z
        green, light = np.array(self._colours.kelp), np.array(self._colours.light)
        lit = float(self._sea.daylight) * (0.5 + 0.9 * share) + 0.30 * float(self._sea.web) * share
        paint = lit[..., None] * green * (0.5 + 0.5 * light)
        paint = np.broadcast_to(paint, (n_joints, len(x), 3))
        stalks = world_strokes(
            (stem[0][:-1], stem[1][:-1], stem[2][:-1], 0.022),
            (stem[0][1:], stem[1][1:], stem[2][1:], 0.016),
            0.7 * paint[1:],
            seen,
        )
        side = 2.4 * np.arange(n_joints)[:, None] + 6.3 * chance[:, 5]
        side = side + 0.35 * np.sin(wave - 2.5 * share)
        long = (0.28 + 0.26 * chance[:, 6]) * (1.15 - 0.6 * share)
        flap = 0.10 * np.sin(1.3 * wave - 5.0 * share)
        middle = (
            stem[0] + 0.5 * long * np.cos(side),
            stem[1] + (0.30 + flap) * long,
            stem[2] + 0.5 * long * np.sin(side),
        )
        tip = (
            stem[0] + long * np.cos(side) + 0.4 * sway_x * share,
            stem[1] + (0.45 + 2 * flap) * long,
            stem[2] + long * np.sin(side),
        )
        blades = [
            world_strokes((*stem, 0.014), (*middle, 0.052), paint, seen),
            world_strokes((*middle, 0.052), (*tip, 0.006), 1.25 * paint, seen),
        ]
        return np.concatenate([stalks, *blades])


Branches = tuple[Table, Table, Table]
"""Starts and ends of branches (n, 4: x, y, z, half width) of a coral of 1 m, and how far up."""


def _coral(random: np.random.Generator, species: int) -> Branches:
    """Grow a coral: fans and bushes fork, sponges stand as a bundle of tubes."""
    if species == 0:
        return _bundle(random, 15, spread=0.42, radius=(0.045, 0.07))
    if species == 1:
        return _bundle(random, 26, spread=0.75, radius=(0.030, 0.014))
    flat = species == 2
    starts, ends = [], []
    shoots = [(np.zeros(3), np.array([0.0, 1.0, 0.0]), 0.34, 0.05, 0)]
    if not flat:
        shoots += [
            (np.zeros(3), np.array([0.8 * cos(a), 0.8, 0.8 * sin(a)]), 0.3, 0.042, 0)
            for a in 2.1 * np.arange(3) + random.random()
        ]
    while shoots:
        root, way, long, radius, order = shoots.pop()
        way = way / np.linalg.norm(way)
        tip = root + long * way
        starts.append([*root, radius])
        ends.append([*tip, 0.72 * radius])
        if order >= (4 if flat else 3):
            continue
        for side in (-1.0, 1.0):
            turn = side * random.uniform(0.35, 0.75)
            bent = way + np.array([turn, 0.28, (0.08 if flat else 0.75) * random.normal()])
            shoots.append((tip, bent, long * random.uniform(0.68, 0.86), 0.72 * radius, order + 1))
    return _measured(np.array(starts), np.array(ends))


def _bundle(
    random: np.random.Generator, n_tubes: int, *, spread: float, radius: tuple[float, float]
) -> Branches:
    angle = 6.2832 * random.random(n_tubes)
    out = np.sqrt(random.random(n_tubes)) * spread
    tall = random.uniform(0.5, 1.0, n_tubes) * (1.1 - out)
    foot = 0.3 * out
    starts = np.stack([foot * np.cos(angle), 0 * out, foot * np.sin(angle)], axis=1)
    ends = np.stack([out * np.cos(angle), tall, out * np.sin(angle)], axis=1)
    middle = 0.5 * (starts + ends) + np.array([0.0, 0.06, 0.0])
    low, high = np.full((n_tubes, 1), radius[0]), np.full((n_tubes, 1), radius[1])
    half = 0.5 * (low + high)
    return _measured(
        np.concatenate([np.hstack([starts, low]), np.hstack([middle, half])]),
        np.concatenate([np.hstack([middle, half]), np.hstack([ends, high])]),
    )


def _measured(starts: Table, ends: Table) -> Branches:
    return starts, ends, np.clip(ends[:, 1] / ends[:, 1].max(), 0.0, 1.0)


def _lit_side(end: StrokeEnd) -> StrokeEnd:
    """Return the ends of the light along branches: thinner, and shifted up to the sun."""
    x, y, z, radius = (np.asarray(part) for part in end)
    return x, y + 0.35 * radius, z, 0.5 * radius


def _turned(joint: Table, turn: Table, size: Table) -> tuple[Table, Table, Table]:
    """Return joints of corals (coral, branch) turned about their feet and scaled."""
    x, y, z = size * joint[:, 0], size * joint[:, 1], size * joint[:, 2]
    return x * np.cos(turn) + z * np.sin(turn), y, z * np.cos(turn) - x * np.sin(turn)


def _cells(
    chance: Table, camera: Camera, cell_m: float, reach_m: float
) -> tuple[Table, Table, Table]:
    """Return x, z and chances of the cells of a lattice in view of the camera."""
    n_cells = int(reach_m // cell_m) + 1
    column = np.arange(-n_cells, n_cells + 1) + round(camera.x_m / cell_m)
    row = np.arange(-n_cells, n_cells + 1) + round(camera.z_m / cell_m)
    columns, rows = (index.ravel() for index in np.meshgrid(column, row))
    x, z = columns * cell_m, rows * cell_m
    ahead, across = _ahead(camera, x, z)
    seen = (ahead > -cell_m) & (np.abs(across) < 1.3 * camera.lens * ahead + 3.0)
    return x[seen], z[seen], chance[columns % 64, rows % 64][seen]


def _ahead(camera: Camera, x_m: Table, z_m: Table) -> tuple[Table, Table]:
    """Return how far ahead of a camera, and how far to its right, places are."""
    dx, dz = x_m - camera.x_m, z_m - camera.z_m
    sin_yaw, cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
    return dx * sin_yaw + dz * cos_yaw, dx * cos_yaw - dz * sin_yaw


def _presence(
    camera: Camera, actor: Actor | None, x: Table, z: Table, radius: Table | float
) -> Table:
    """Return how solid a thing is: nothing pops up far off, looms, or hides the person."""
    ahead, across = _ahead(camera, x, z)
    distance = np.hypot(x - camera.x_m, z - camera.z_m)
    seen = np.clip((_REACH_M - distance) / 5.0, 0, 1)
    seen = seen * np.clip((ahead - 1.2 - radius) / 0.6, 0, 1)
    for person in actor.people if actor else ():
        there = _ahead(camera, np.array([person.x_m]), np.array([person.z_m]))
        far, aside = max(float(there[0][0]), 0.5), float(there[1][0])
        share = np.maximum(ahead, 0) / far
        before = np.clip((far + 0.5 - ahead) / 0.5, 0, 1)
        off = np.abs(across - aside * share) - radius
        seen = seen * (1 - before * np.clip(1.8 - off / (0.3 + 0.5 * share), 0, 1))
    return np.asarray(seen)
