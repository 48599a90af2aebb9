"""Where the trees and ferns of the forest stand, and where its motes float."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.figure import Actor
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.forest.dress import path_x

__all__ = ["Growth"]

Table = NDArray[np.floating[Any]]

_CELL_M = 2.7  # one tree at most stands in each square of this size
_PATH_M = 2.1  # free of trees to either side of the path's middle
_FAR_M = 30.0
_FERNS_M = 7.5
_N_MOTES = 130


class Growth:
    """Lists what grows and floats around a camera.

    Parameters
    ----------
    seed
        Another seed is another forest.
    mote_light, mote_size
        Light of the motes in the air, and their size: 1 dust, more fireflies.
    """

    def __init__(self, seed: int, *, mote_light: RGB, mote_size: float) -> None:
        # One row of chances for each cell of a square of forest, which then repeats.
        self._chance = np.random.default_rng(seed + 7).random((64, 64, 8))
        self._mote_light = np.array(mote_light)
        self._mote_size = mote_size

    def trunks(
        self, camera: Camera, actor: Actor | None, *, near_m: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the trees in view, those nearer than ``near_m`` and the others.

        Rows are as :func:`~mvkit.studio.worlds.forest.trunks.paint_trunks` takes them, far ones
        first. Trees stand off the path; one that would hide the person, or loom before the
        lens, is faded out.
        """
        x, z, chance = self._cells(camera, _FAR_M, _CELL_M)
        x = x + (chance[:, 0] - 0.5) * 0.8 * _CELL_M
        z = z + chance[:, 1] * 0.8 * _CELL_M
        ahead, across = _seen_from(camera, x, z)
        radius = 0.10 + 0.26 * chance[:, 3] ** 2
        opacity = np.clip((ahead - 1.0) / 0.8, 0, 1) * np.clip((_FAR_M - ahead) / 4, 0, 1)
        if actor is not None:
            opacity = opacity * (1 - _hiding(camera, actor, ahead, across, radius))
        seen = (chance[:, 2] < 0.78) & (np.abs(x - path_x(z)) > _PATH_M + radius) & (opacity > 0)
        seen &= np.abs(across) < 1.3 * camera.lens * ahead + 2.0
        lean, bend, seed = 0.05 * (chance[:, 4] - 0.5), 0.14 * chance[:, 5], 50 * chance[:, 6]
        table = _far_first(np.stack([x, z, radius, lean, bend, seed, opacity], axis=1), ahead, seen)
        n_far = int((ahead[seen] > near_m).sum())
        return table[n_far:], table[:n_far]

    def ferns(self, camera: Camera) -> NDArray[np.float32]:
        """Return the ferns beside the path, far ones first.

        Rows are as :func:`~mvkit.studio.worlds.forest.ferns.frond_strokes` takes them.
        """
        x, z, chance = self._cells(camera, _FERNS_M, 1.15)
        x = x + (chance[:, 0] - 0.5) * 1.0
        z = z + chance[:, 1] * 1.0
        ahead, across = _seen_from(camera, x, z)
        off = np.abs(x - path_x(z))
        opacity = np.clip((_FERNS_M - ahead) / 2.0, 0, 1) * np.clip((ahead - 1.1) / 0.5, 0, 1)
        seen = (opacity > 0) & (np.abs(across) < camera.lens * ahead + 0.5)
        seen &= (off > 0.75) & (chance[:, 2] < np.clip(0.8 * off - 0.2, 0.3, 0.85))
        size, turn, wild = 0.32 + 0.45 * chance[:, 3], 6 * chance[:, 4], 9 * chance[:, 5]
        return _far_first(np.stack([x, z, size, turn, wild, opacity], axis=1), ahead, seen)

    def motes(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return dust in the light, or fireflies, glittering with the treble, as dots."""
        chance = self._chance.reshape(-1, 8)[:_N_MOTES]
        near = 0.4 + chance[:, 2]
        drift = 0.03 * np.sin(0.5 * t_s + 20 * chance[:, 3]) - 0.05 * projection.camera.x_m / near
        rise = 0.02 * np.sin(0.9 * t_s + 30 * chance[:, 5]) - 0.012 * t_s * (0.4 + chance[:, 4])
        large = chance[:, 4] > 0.93
        unit = projection.height_px / 576 * self._mote_size
        twinkle = 0.25 + 0.75 * (0.5 + 0.5 * np.sin(2 * t_s + 50 * chance[:, 3]))
        treble = max(float(pulse.high), float(pulse.hat))
        music = 0.5 + 1.2 * treble * (chance[:, 5] > 0.5)
        light = np.where(large, 0.04, 0.5) * twinkle * music
        dots = new_dots(len(chance))
        dots[:, 0] = (chance[:, 0] + drift) % 1.0 * projection.width_px
        dots[:, 1] = (chance[:, 1] + rise) % 1.0 * projection.height_px
        dots[:, 2] = np.where(large, 7 + 9 * chance[:, 5], 0.9 + 1.3 * chance[:, 5]) * unit
        dots[:, 3:6] = light[:, None] * self._mote_light
        dots[:, 6] = large
        return dots

    def _cells(self, camera: Camera, reach_m: float, cell_m: float) -> tuple[Table, Table, Table]:
        """Return x, z and chances of the cells of a lattice ahead of the camera."""
        n_cells = int(reach_m // cell_m)
        column = np.arange(-n_cells, n_cells + 1) + round(camera.x_m / cell_m)
        # Looking across the path one also sees what is not farther along it.
        n_behind = int(n_cells * abs(sin(camera.yaw_rad)))
        row = np.arange(-n_behind, n_cells + 1) + int(camera.z_m // cell_m)
        columns, rows = (index.ravel() for index in np.meshgrid(column, row))
        return columns * cell_m, rows * cell_m, self._chance[columns % 64, rows % 64]


def _seen_from(camera: Camera, x_m: Table, z_m: Table) -> tuple[Table, Table]:
    """Return how far ahead of a camera, and how far to its right, places are."""
    dx, dz = x_m - camera.x_m, z_m - camera.z_m
    sin_yaw, cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
    return dx * sin_yaw + dz * cos_yaw, dx * cos_yaw - dz * sin_yaw


def _hiding(camera: Camera, actor: Actor, ahead: Table, across: Table, radius: Table) -> Table:
    """Return how much of a trunk stands between the camera and the person, 0..1."""
    place = _seen_from(camera, np.array([actor.x_m]), np.array([actor.z_m]))
    actor_ahead, actor_across = max(float(place[0][0]), 0.5), float(place[1][0])
    before = np.clip((actor_ahead + 0.6 - ahead) / 0.5, 0, 1)
    share = np.maximum(ahead, 0) / actor_ahead
    aside = np.abs(across - actor_across * share)
    return before * np.clip(1.6 - (aside - radius) / (0.25 + 0.5 * share), 0, 1)


def _far_first(table: Table, ahead: Table, seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    order = np.argsort(-ahead[seen], kind="stable")
    return np.ascontiguousarray(table[seen][order], np.float32)
