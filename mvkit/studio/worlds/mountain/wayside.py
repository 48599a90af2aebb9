"""What stands along the path, and flies over it: grass, cairns, an eagle and its kind."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.mountain.dress import BEND, BROW_M, Colours, Hour, path_x

__all__ = ["Wayside"]

Table = NDArray[np.floating[Any]]

_TUFT_GAP_M = 0.42
_CAIRN_GAP_M = 13.0
_BLADES = 7
_STONES = 6


class Wayside:
    """Lists what stands beside the path.

    Parameters
    ----------
    seed
        Another seed is another ridge.
    colours, hour
        How the world is dressed.
    snowed
        How much snow lies, 0..1.
    """

    def __init__(self, seed: int, colours: Colours, hour: Hour, snowed: float) -> None:
        self._chance = np.random.default_rng(seed + 17).random((512, 8))
        sun, sky = float(hour.sun) * np.array(colours.sun), float(hour.sky)
        shade = sky * (np.array(colours.upper) + 0.4 * np.array(colours.zenith))
        snow = 0.6 * snowed
        rock = (1 - 0.4 * snow) * np.array(colours.rock) + 0.4 * snow * np.array(colours.snow)
        grass = (1 - snow) * np.array(colours.grass) + snow * np.array(colours.snow)
        self._stone_dark, self._stone_lit = rock * shade * 0.8, rock * (shade + 0.75 * sun)
        self._grass_dark, self._grass_lit = grass * shade, grass * (shade + 0.9 * sun)
        self._cap = np.array(colours.snow) * (shade + 0.5 * sun)
        self._snowed = snowed
        self._side = 1.0 if sin(float(hour.azimuth)) > 0 else -1.0
        self._bird = 0.25 * np.array(colours.rock) * (0.3 + sky)
        self._spark = np.array(colours.sun) * float(hour.glow)

    def strokes(self, camera: Camera, pulse: Pulse, t_s: float) -> Table:
        """Return grass and cairns around a camera, in metres."""
        return np.concatenate([self._grass(camera, pulse, t_s), self._cairns(camera)])

    def _cells(self, camera: Camera, gap_m: float, reach_m: float) -> tuple[Table, Table]:
        """Return the z of evenly spaced places in view, and the chances that belong to them."""
        ahead = cos(camera.yaw_rad)
        begin = camera.z_m - reach_m * (0.35 if ahead > 0.3 else 1.0)
        end = camera.z_m + reach_m * (0.35 if ahead < -0.3 else 1.0)
        index = np.arange(int(begin // gap_m), int(end // gap_m) + 1)
        return index * gap_m, self._chance[index % len(self._chance)]

    def _grass(self, camera: Camera, pulse: Pulse, t_s: float) -> Table:
        """Return tufts that bend in the wind; gusts come with the bass."""
        z, chance = self._cells(camera, _TUFT_GAP_M, 13.0)
        z = z + _TUFT_GAP_M * chance[:, 2]
        side = np.where(chance[:, 0] < 0.5, -1.0, 1.0)
        x = _path(z) + side * (0.85 + 3.0 * chance[:, 1] ** 1.3)
        distance = np.hypot(x - camera.x_m, z - camera.z_m)
        foot = -0.06 - _sunk_m(distance)
        seen = np.clip((11.0 - distance) / 4.0, 0, 1) * np.clip(distance / 1.2 - 1, 0, 1)
        size = 0.10 + 0.24 * chance[:, 3] ** 2
        blade = np.arange(_BLADES)[:, None]
        wild = chance[:, 4:].T[np.arange(_BLADES) % 4]
        gust = np.sin(1.9 * t_s + 0.9 * z + 0.5 * x) + 0.5 * np.sin(4.7 * t_s + 2 * z)
        bend = (0.16 + 0.10 * gust * (0.5 + float(pulse.bass))) * size
        spread = ((blade - 3) / 3 + 0.5 * (wild - 0.5)) * size
        tall = size * (0.75 + 0.5 * wild[::-1]) - 0.3 * np.abs(spread)
        lit = (0.2 + 0.8 * wild)[..., None]
        colour = self._grass_dark + lit * (self._grass_lit - self._grass_dark)
        return world_strokes(
            (x + 0.2 * spread, foot, z, 0.012),
            (x + 0.75 * spread + bend, foot + 0.06 + tall, z + 0.3 * spread, 0.002),
            colour,
            seen,
        )

    def _cairns(self, camera: Camera) -> Table:
        """Return heaps of flat stones that mark the way: each stone dark below, lit above."""
        z, chance = self._cells(camera, _CAIRN_GAP_M, 26.0)
        z = z + 4.0 * chance[:, 2]
        side = np.where(chance[:, 0] < 0.5, -1.0, 1.0)
        x = _path(z) + side * (1.7 + 0.6 * chance[:, 1])
        distance = np.hypot(x - camera.x_m, z - camera.z_m)
        # Behind the brow nothing may show, as strokes are painted over the ground.
        seen = (np.clip(distance / 1.2 - 1, 0, 1) * np.clip((14.0 - distance) / 3.0, 0, 1))[None]
        sunk = _sunk_m(distance)
        level = np.arange(_STONES)[:, None]
        wild = chance.T[2 + level[:, 0] % 6]
        thick = 0.085 - 0.009 * level
        half = (0.30 - 0.043 * level) * (0.8 + 0.4 * wild)
        x = x + 0.05 * (wild - 0.5)
        y = 0.02 + level * 0.135 - 0.0045 * level**2 - sunk
        right, ahead = cos(camera.yaw_rad), -sin(camera.yaw_rad)
        tables = []
        for lift, shift, share, colour in (
            (0.0, 0.0, 1.0, self._stone_dark),
            (0.025, 0.03 * self._side, 0.72, self._stone_lit),
        ):
            left_x, left_z = x + right * (shift - half * share), z + ahead * (shift - half * share)
            end_x, end_z = x + right * (shift + half * share), z + ahead * (shift + half * share)
            radius = thick * share
            tables.append(
                world_strokes(
                    (left_x, y + lift, left_z, radius * 0.8),
                    (end_x, y + lift, end_z, radius),
                    colour,
                    seen,
                )
            )
        cap = self._snowed * seen[0]
        top = y[-1] + 0.06
        tables.append(
            world_strokes(
                (x[-1] - 0.06, top, z, 0.035), (x[-1] + 0.06, top, z, 0.03), self._cap, cap
            )
        )
        return np.concatenate(tables)

    def birds(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return an eagle that circles, and a flock far away, as strokes in pixels."""
        count = np.arange(8)
        chance = self._chance[100:108]
        eagle = count == 0
        turn = np.where(eagle, 0.16, 0.05) * t_s + 6.28 * chance[:, 0]
        azimuth = np.where(eagle, -0.18 + 0.34 * np.sin(turn), 0.5 + 0.5 * np.sin(0.3 * turn))
        azimuth = azimuth + np.where(eagle, 0.0, 0.09 * (chance[:, 1] - 0.5) + 0.025 * count)
        slope = np.where(eagle, 0.17 + 0.045 * np.cos(turn), 0.13 + 0.05 * chance[:, 2])
        away_m = np.where(eagle, 24.0, 90.0 + 20.0 * chance[:, 3])
        camera = projection.camera
        x_px, y_px, depth_m = projection.to_px(
            camera.x_m + away_m * np.sin(azimuth),
            camera.y_m + away_m * slope,
            camera.z_m + away_m * np.cos(azimuth),
        )
        scale = np.where(depth_m > 5, projection.px_per_m(np.maximum(depth_m, 5.0)), 0.0)
        span = np.where(eagle, 1.15, 0.75) * scale
        # The flock beats its wings with the song, the eagle glides and rarely does.
        beat = np.sin(np.pi * (float(pulse.beat_count) + 2 * chance[:, 4]) * 2)
        rest = np.where(eagle, 0.15 * np.sin(0.7 * t_s) + 0.12, 0.45 * beat)
        bank = np.where(eagle, 0.35 * np.cos(turn), 0.0)
        tables = []
        for side in (-1.0, 1.0):
            elbow_x = x_px + side * 0.5 * span
            elbow_y = y_px - span * (0.16 + 0.3 * rest + side * 0.5 * bank)
            tip_x = x_px + side * span
            tip_y = y_px - span * (0.02 + 0.75 * rest + side * bank)
            tables.append(_wing(x_px, y_px, 0.085 * span, elbow_x, elbow_y, 0.075 * span))
            tables.append(_wing(elbow_x, elbow_y, 0.075 * span, tip_x, tip_y, 0.012 * span))
        tables.append(
            _wing(x_px, y_px - 0.10 * span, 0.05 * span, x_px, y_px + 0.2 * span, 0.09 * span)
        )
        strokes = np.concatenate(tables).astype(np.float32)
        strokes[:, 6:9] = self._bird
        strokes[:, 9] = np.tile(np.where(scale > 0, np.where(eagle, 1.0, 0.7), 0.0), 5)
        return strokes

    def motes(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return pollen and ice in the light, sparkling with the treble."""
        chance = self._chance[200:250]
        dots = new_dots(len(chance))
        drift = t_s * 0.03 * (0.5 + chance[:, 2]) - 0.05 * projection.camera.x_m
        dots[:, 0] = ((chance[:, 0] + drift) % 1.0 * 1.1 - 0.05) * projection.width_px
        bob = 0.02 * np.sin(t_s * 0.8 + 9 * chance[:, 3])
        dots[:, 1] = (0.25 + 0.75 * chance[:, 1] + bob) * projection.height_px
        dots[:, 2] = (0.0014 + 0.0022 * chance[:, 4]) * projection.height_px
        light = 0.05 + 0.3 * float(pulse.high) * (chance[:, 5] > 0.6)
        dots[:, 3:6] = light[:, None] * self._spark
        return dots


def _wing(x0: Table, y0: Table, r0: Table, x1: Table, y1: Table, r1: Table) -> Table:
    """Return strokes in pixels, still without paint."""
    blank = np.zeros_like(x0)
    return np.stack([x0, y0, r0, x1, y1, r1, blank, blank, blank, blank], axis=1)


def _sunk_m(distance_m: Table) -> Table:
    """Return how far the ground has bent down at a distance from the camera."""
    return BEND * np.maximum(distance_m - BROW_M, 0) ** 2


def _path(z_m: Table) -> Table:
    return np.array([path_x(float(z)) for z in z_m])
