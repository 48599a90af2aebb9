"""What flies over the field, the stalks right before the lens, and the lens's ghosts."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.strokes import STROKE_COLUMNS
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.field.blades import BLADE_COLUMNS
from mvkit.studio.worlds.field.dress import Colours, Hour

__all__ = ["Life"]

Table = NDArray[np.floating[Any]]

_N_SWALLOWS = 6
_N_FLIGHTS = 5  # of so many swallows each, all around
_N_BUTTERFLIES = 6
_N_SEEDS = 70
_N_FIREFLIES = 110
_ROOM_M = 12.0  # fireflies and butterflies repeat after so many metres
_STALK_GAP_M = 0.11
_GHOSTS = ((0.45, 0.020, 0.5), (0.7, 0.012, 0.8), (1.0, 0.034, 0.35), (1.25, 0.044, 0.25))
# Ghosts of the sun: place on the line from it through the frame's middle, radius, light.


class Life:
    """Lists what moves over the field.

    Parameters
    ----------
    seed
        Another seed, other ways.
    colours, hour
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, hour: Hour) -> None:
        rng = np.random.default_rng(seed + 53)
        self._chance = rng.random((128, 8))
        self._lattice = rng.random((64, 64, 6))
        self._colours, self._hour = colours, hour

    def swallows(self, projection: Projection, t_s: float) -> NDArray[np.float32]:
        """Return swallows hunting in wide curves, a few in each direction, as strokes."""
        camera, n_birds = projection.camera, _N_SWALLOWS * _N_FLIGHTS
        chance = self._chance[:n_birds]
        home = 2 * np.pi / _N_FLIGHTS * (np.arange(n_birds) % _N_FLIGHTS)
        pace = 0.10 + 0.10 * chance[:, 0]
        turn = 2 * np.pi * chance[:, 1] + pace * t_s
        azimuth = home + 0.75 * np.sin(turn + 3 * chance[:, 2])
        slope = 0.20 + 0.12 * chance[:, 3] + 0.07 * np.sin(2.3 * turn + 6 * chance[:, 4])
        far_m = 40.0
        x, y, depth = projection.to_px(
            camera.x_m + far_m * np.sin(azimuth),
            camera.y_m + far_m * slope,
            camera.z_m + far_m * np.cos(azimuth),
        )
        span = (0.017 + 0.012 * chance[:, 5]) * projection.height_px / camera.lens
        heading = np.cos(turn + 3 * chance[:, 2])
        glide = np.clip(2 * np.sin(0.9 * t_s + 9 * chance[:, 6]), 0, 1)
        lift = 0.25 + 0.35 * glide * np.sin(17 * t_s + 40 * chance[:, 7])
        roll = 0.35 * heading
        strokes = np.zeros((3, n_birds, len(STROKE_COLUMNS)))
        for k, side in enumerate((-1.0, 1.0)):
            strokes[k, :, 0], strokes[k, :, 1], strokes[k, :, 2] = x, y, 0.055 * span
            strokes[k, :, 3] = x + side * 0.5 * span * (1 - 0.3 * np.abs(heading))
            strokes[k, :, 4] = y - (lift + side * roll) * 0.5 * span
            strokes[k, :, 5] = 0.012 * span
        strokes[2, :, 0], strokes[2, :, 1] = x + 0.16 * heading * span, y
        strokes[2, :, 3], strokes[2, :, 4] = x - 0.34 * heading * span, y + 0.03 * span
        strokes[2, :, 2], strokes[2, :, 5] = 0.065 * span, 0.014 * span
        strokes[..., 6:9] = 0.25 * np.array(self._colours.zenith)
        strokes[..., 9] = 0.9
        return strokes[:, depth > 1].reshape(-1, len(STROKE_COLUMNS)).astype(np.float32)

    def butterflies(self, projection: Projection, t_s: float) -> NDArray[np.float32]:
        """Return butterflies over the tips of the grass, as strokes."""
        chance = self._chance[20 : 20 + _N_BUTTERFLIES]
        wander = 0.9 * np.sin(0.5 * t_s + 20 * chance[:, 4]) + 0.3 * np.sin(
            1.9 * t_s + chance[:, 5]
        )
        x_m, z_m = self._around(projection.camera, chance, 0.5 * _ROOM_M)
        x_m, z_m = x_m + wander, z_m + 0.8 * np.sin(0.37 * t_s + 30 * chance[:, 6])
        y_m = 0.75 + 0.35 * chance[:, 2] + 0.16 * np.sin(2.1 * t_s + 9 * chance[:, 3])
        x, y, depth = projection.to_px(x_m, y_m, z_m)
        size = 0.035 * projection.px_per_m(np.maximum(depth, 0.8))
        open_ = 0.25 + 0.75 * np.abs(np.sin(11 * t_s + 30 * chance[:, 7]))
        seen = np.clip((depth - 1.7) / 0.5, 0, 1) * np.clip((9 - depth) / 3, 0, 1)
        strokes = np.zeros((4, _N_BUTTERFLIES, len(STROKE_COLUMNS)))
        for k, (side, up) in enumerate(((-1, 0.55), (1, 0.55), (-1, -0.45), (1, -0.45))):
            long = size * (1.0 if up > 0 else 0.7)
            strokes[k, :, 0], strokes[k, :, 1], strokes[k, :, 2] = x, y, 0.12 * size
            strokes[k, :, 3] = x + side * long * open_
            strokes[k, :, 4] = y - up * long
            strokes[k, :, 5] = 0.55 * long * np.maximum(open_, 0.35)
        white = 0.8 * np.array(self._colours.cloud)
        gold = 1.2 * np.array(self._colours.wheat)
        tint = np.where((chance[:, 0] > 0.5)[:, None], white, gold) * float(self._hour.light)
        strokes[..., 6:9], strokes[..., 9] = tint, seen
        return strokes.reshape(-1, len(STROKE_COLUMNS)).astype(np.float32)

    def seeds(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return down of dandelions on the wind, sparkling with the treble, as dots."""
        chance = self._chance[:_N_SEEDS]
        near = chance[:, 2] ** 2
        yaw = 0.6 * projection.camera.yaw_rad
        drift = t_s * (0.018 + 0.05 * near) - 0.10 * projection.camera.x_m * (0.2 + near) - yaw
        bob = 0.03 * np.sin(0.7 * t_s + 20 * chance[:, 3]) - 0.008 * t_s * chance[:, 6]
        dots = new_dots(_N_SEEDS)
        dots[:, 0] = ((chance[:, 0] + drift) % 1.0 * 1.1 - 0.05) * projection.width_px
        dots[:, 1] = (chance[:, 1] + bob) % 1.0 * projection.height_px
        large = chance[:, 4] > 0.90
        dots[:, 2] = np.where(large, 0.008 + 0.010 * near, 0.0013 + 0.002 * near)
        dots[:, 2] *= projection.height_px
        light = np.where(large, 0.05, 0.30 + 0.9 * float(pulse.high) * (chance[:, 5] > 0.5))
        dots[:, 3:6] = light[:, None] * np.array(self._colours.sun) * float(self._hour.glow)
        dots[:, 6] = large
        return dots

    def fireflies(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return fireflies: each half of them answers its own hits of the hat, as dots."""
        chance = self._chance[:_N_FIREFLIES]
        x_m, z_m = self._around(projection.camera, chance, 0.5 * _ROOM_M)
        x_m = x_m + 0.5 * np.sin(0.6 * t_s + 20 * chance[:, 4])
        z_m = z_m + 0.5 * np.sin(0.5 * t_s + 30 * chance[:, 5])
        y_m = 0.25 + 1.1 * chance[:, 2] ** 1.5 + 0.1 * np.sin(0.9 * t_s + 40 * chance[:, 6])
        x, y, depth = projection.to_px(x_m, y_m, z_m)
        breath = np.clip(np.sin(0.8 * t_s + 50 * chance[:, 3]), 0, 1) ** 2
        answers = np.floor(2 * float(pulse.beat_count) + 7 * chance[:, 7]) % 2
        light = 0.10 + 0.5 * breath + 1.8 * answers * float(pulse.hat)
        seen = np.clip(depth - 1.0, 0, 1) * np.clip((11.5 - depth) / 2, 0, 1)
        dots = new_dots(_N_FIREFLIES)
        dots[:, 0], dots[:, 1] = x, y
        least = 0.0034 * projection.height_px
        dots[:, 2] = np.maximum(0.020 * projection.px_per_m(np.maximum(depth, 0.8)), least)
        glow = np.array(self._colours.wheat) + 0.6 * np.array(self._colours.sun)
        glow = glow * np.array([1.25, 1.3, 0.45])
        dots[:, 3:6] = (2.4 * light * seen)[:, None] * glow
        return dots

    def ghosts(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the images of the sun in the lens while it is in the frame, as dots."""
        camera, hour = projection.camera, self._hour
        far_m = 1000.0
        x, y, depth = projection.to_px(
            camera.x_m + far_m * sin(float(hour.azimuth)),
            camera.y_m + far_m * float(hour.slope),
            camera.z_m + far_m * cos(float(hour.azimuth)),
        )
        width, height = projection.width_px, projection.height_px
        inside = min(x, width - x, y + 0.1 * height, height - y) / (0.12 * height)
        strength = min(max(inside + 0.5, 0.0), 1.0) * float(hour.glow) if depth > 0 else 0.0
        strength *= 0.8 + 0.4 * float(pulse.bass)
        dots = new_dots(len(_GHOSTS))
        sun, grass = np.array(self._colours.sun), np.array(self._colours.grass)
        for k, (along, radius, light) in enumerate(_GHOSTS):
            dots[k, 0], dots[k, 1] = x + along * (width / 2 - x), y + along * (height / 2 - y)
            dots[k, 2] = radius * height
            dots[k, 3:6] = 0.10 * light * strength * (sun if k % 2 else 0.5 * sun + grass)
            dots[k, 6] = 1.0
        return dots

    def stalks(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return the stalks right before the lens, too near to be sharp, as a table of blades."""
        camera = projection.camera
        reach = 10
        column = np.arange(-reach, reach + 1) + round(camera.x_m / _STALK_GAP_M)
        row = np.arange(-reach, reach + 1) + round(camera.z_m / _STALK_GAP_M)
        columns, rows = (index.ravel() for index in np.meshgrid(column, row))
        chance = self._lattice[columns % 64, rows % 64]
        x_m = (columns + chance[:, 0]) * _STALK_GAP_M
        z_m = (rows + chance[:, 1]) * _STALK_GAP_M
        x, _, depth = projection.to_px(x_m, 0.0, z_m)
        width, height = projection.width_px, projection.height_px
        aside = np.abs(2 * x / width - 1)
        fade = np.clip((depth - 0.38) / 0.15, 0, 1) * np.clip((1.0 - depth) / 0.2, 0, 1)
        keep = (fade > 0) & (chance[:, 2] < 0.36) & (aside < 1.15)
        x, depth, aside, fade, chance = (a[keep] for a in (x, depth, aside, fade, chance))
        tip = 1.02 - 0.10 * chance[:, 3] - (0.05 + 0.30 * chance[:, 4]) * np.clip(aside, 0, 1) ** 2
        wind = 0.4 + 0.6 * float(pulse.bass)
        blades = np.zeros((len(x), len(BLADE_COLUMNS)), np.float32)
        blades[:, 0], blades[:, 1] = x, 1.08 * height
        blades[:, 3] = (1.08 - tip) * height
        swing = 0.16 * np.sin(1.3 * t_s + 3 * x_m[keep]) + 0.06 * np.sin(
            3.1 * t_s + 9 * chance[:, 5]
        )
        blades[:, 2] = blades[:, 3] * (0.15 + wind * swing + 0.5 * (chance[:, 5] - 0.5))
        scale = height / (camera.lens * depth)
        blades[:, 4] = 0.0032 * scale
        blades[:, 5] = depth
        colours, light = self._colours, float(self._hour.light)
        body = np.where((chance[:, 5] > 0.5)[:, None], colours.wheat, colours.grass)
        through = float(self._hour.glow) * np.array(colours.sun)
        blades[:, 6:9] = 0.10 * light * body
        blades[:, 9:12] = 0.50 * light * body + 0.10 * through
        blades[:, 12] = 0.85 * fade
        poppies = chance[:, 5] < 0.13 * float(self._hour.bloom)
        blades[:, 13] = np.where(chance[:, 5] > 0.5, 1.0, np.where(poppies, 2.0, 0.0))
        blades[:, 14] = np.where(blades[:, 13] > 1.5, 0.030, 0.008) * scale
        blades[:, 15] = 0.009 * height / np.maximum(depth, 0.4)
        return blades[np.argsort(-depth, kind="stable")]

    def _around(self, camera: Camera, chance: Table, ahead_m: float) -> tuple[Table, Table]:
        """Return places that stand in the world and repeat, those nearest to the view's middle."""
        middle_x = camera.x_m + ahead_m * sin(camera.yaw_rad)
        middle_z = camera.z_m + ahead_m * cos(camera.yaw_rad)
        x_m = _ROOM_M * (chance[:, 0] + np.round(middle_x / _ROOM_M - chance[:, 0]))
        z_m = _ROOM_M * (chance[:, 1] + np.round(middle_z / _ROOM_M - chance[:, 1]))
        return x_m, z_m
