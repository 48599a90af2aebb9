"""All that is far: the sky with its lights, the land, and the water that mirrors both."""

from __future__ import annotations

from math import sin

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.aurora_lake.curtains import Curtains, hang_curtains
from mvkit.studio.worlds.aurora_lake.dress import Air, Colours
from mvkit.studio.worlds.aurora_lake.heavens import (
    fill_picture,
    lay_land,
    paint_heavens,
    soften,
    sprinkle,
)
from mvkit.studio.worlds.aurora_lake.land import Land, paint_land

__all__ = ["Far"]

_N_STARS = 900
_HIGHEST = 1.9  # of the frame's height: how far up from the horizon the sky is painted


class Far:
    """Paints what is far: softly at half size, then the edges of the land sharply over it.

    Parameters
    ----------
    seed
        Another seed is another valley under another sky.
    colours, air
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, air: Air) -> None:
        self._colours, self._air = colours, air
        self._curtains = Curtains(seed)
        self._land = Land(seed)
        self._star = np.random.default_rng(seed + 71).random((_N_STARS, 5))
        self._kept: dict[tuple[str, int], NDArray[np.float32]] = {}

    def paint(
        self, canvas: Canvas, camera: Camera, pulse: Pulse, t_s: float, *, haze: RGB,
        snow_light: RGB,
    ) -> None:  # fmt: skip
        """Fill a canvas of any size.

        Parameters
        ----------
        canvas
            Overwritten.
        camera, pulse, t_s
            From where and when it is seen.
        haze, snow_light
            Colour of the mist, and the light that falls on the snow.
        """
        _, height, width = canvas.shape
        self._paint_soft(canvas, camera, pulse, t_s, haze, snow_light)
        view, air, colours = camera.view(), self._air, self._colours
        line = camera.horizon * height
        roll = abs(sin(camera.roll_rad)) * width / 2 + 2
        skylines = self._land.skylines(camera, width, height)
        # Tangents are of the ground, the film is flat: towards its sides things are higher.
        wide = np.hypot(1.0, 0.5 * width / height * camera.lens)
        tallest = float(skylines.max()) * wide / camera.lens * height
        highest = float(skylines[:2].max()) * wide / camera.lens * height
        first = min(max(int(line - tallest - roll - 2), 0), height)
        hills = min(max(int(line - highest - roll - 2), 0), height)
        end = min(max(int(line + roll), 0), height)
        paint_land(canvas, view, skylines, colours, air, snow_light, first, hills, end)

    def _paint_soft(
        self, canvas: Canvas, camera: Camera, pulse: Pulse, t_s: float, haze: RGB, snow_light: RGB
    ) -> None:
        """Paint sky, land and water at half size, column by column, and enlarge them."""
        n_rows, n_columns = canvas.shape[1] // 2, canvas.shape[2] // 2
        air, colours, view = self._air, self._colours, camera.view()
        horizon = camera.horizon * n_rows
        px = camera.lens / n_rows
        roll = abs(sin(camera.roll_rad)) * n_columns / 2
        tall = min(max(horizon, n_rows - horizon) + roll + 8, _HIGHEST * n_rows)
        sky = self._buffer("sky", (3, n_columns, int(tall)), (3, n_columns, 2 * n_rows + 8))
        f = np.float32
        t = f(t_s)
        paint_heavens(sky, view, colours, air, haze, f(px), t)
        if air.aurora > 0:
            rays = self._curtains.rays(camera, n_columns / n_rows, pulse, t_s)
            body = rgb(np.array(colours.curtain) * 0.75 * float(air.aurora))
            crown = rgb(np.array(colours.crown) * 0.9 * float(air.aurora))
            hang_curtains(sky, rays, f(px), body, crown)
            # The air softens rays and the ends of folds.
            softer = self._buffer("softer", sky.shape, (3, n_columns, 2 * n_rows + 8))
            soften(sky, softer, max(n_columns // 128, 1))
            sky = softer
        self._add_stars(sky, camera, px, t_s)
        skylines = self._land.skylines(camera, n_columns, n_rows)
        wide = np.hypot(1.0, 0.5 * n_columns * px)
        n_low = min(int(float(skylines.max()) * wide / px) + 2, sky.shape[2])
        lay_land(sky, view, skylines, colours, air, snow_light, f(px), n_low)
        picture = self._buffer("columns", (3, n_columns, n_rows))
        rings = f(0.25 + 0.75 * float(pulse.energy))
        fill_picture(picture, sky, view, colours, air, haze, pulse, t, f(horizon), f(px), rings)
        soft = self._buffer("rows", (3, n_rows, n_columns))
        for column_plane, plane in zip(picture, soft, strict=True):
            cv2.transpose(column_plane, dst=plane)
        size = canvas.shape[2], canvas.shape[1]
        # Linearly: stars must not ring.
        for plane, full in zip(soft, canvas, strict=True):
            cv2.resize(plane, size, dst=full, interpolation=cv2.INTER_LINEAR)

    def _buffer(
        self, name: str, shape: tuple[int, ...], most: tuple[int, ...] | None = None
    ) -> Canvas:
        """Return a buffer that is kept from frame to frame: fresh memory costs more than use.

        ``most`` is the largest shape that may be asked for under this name at this width.
        """
        key = (name, shape[1])
        if key not in self._kept:
            self._kept[key] = np.empty(int(np.prod(most or shape)), np.float32)
        return self._kept[key][: int(np.prod(shape))].reshape(shape)

    def _add_stars(self, sky: Canvas, camera: Camera, px: float, t_s: float) -> None:
        """Add twinkling stars to the sky, in place."""
        if self._air.stars <= 0:
            return
        chance = self._star
        azimuth = 2 * np.pi * chance[:, 0] - camera.yaw_rad
        slope = 0.05 + 1.5 * chance[:, 1] ** 1.3
        ahead = np.cos(azimuth)
        depth = np.maximum(ahead, 0.05)
        column = np.sin(azimuth) / depth / px + sky.shape[1] / 2 - 0.5
        row = slope / depth / px - 0.5
        twinkle = 0.75 + 0.25 * np.sin(t_s * (1 + 5 * chance[:, 3]) + 60 * chance[:, 4])
        light = (0.10 + 1.6 * chance[:, 2] ** 9) * twinkle * np.clip(5 * slope - 0.2, 0, 1)
        light = light * float(self._air.stars) * (sky.shape[1] / 512) ** 0.5
        seen = (ahead > 0.1) & (np.abs(column - sky.shape[1] / 2) < sky.shape[1] / 2)
        tint = rgb(0.6 + 0.4 * np.array(self._colours.snow) / max(self._colours.snow))
        sprinkle(sky, column[seen], row[seen], light[seen], tint)
