"""The lights of the sky: stars, the sun, shooting stars."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.space.dress import Colours, Hour

__all__ = ["FAR_M", "Stars", "far", "meteors", "sun_dots"]

FAR_M = 5000.0
"""How far away things in the sky are put."""
_N_STARS = 5200


class Stars:
    """Thousands of stars, few of them bright, crowded along the river of light.

    Parameters
    ----------
    seed
        Another seed is another sky.
    colours
        Their tints lie between ``star`` and the nebula's colours.
    """

    def __init__(self, seed: int, colours: Colours) -> None:
        rng = np.random.default_rng(seed + 41)
        self._azimuth = rng.uniform(-pi, pi, _N_STARS)
        spread = rng.standard_normal(_N_STARS) * 0.22
        river = 0.30 - 0.36 * np.sin(self._azimuth + 0.25) + spread
        anywhere = rng.uniform(-0.2, 1.7, _N_STARS)
        self._slope = np.where(rng.random(_N_STARS) < 0.45, river, anywhere)
        self._light = 0.05 + 0.030 * np.minimum(rng.random(_N_STARS) ** -0.85, 70.0)
        tint = rng.random((_N_STARS, 1)) ** 2.5
        hue = np.where(rng.random((_N_STARS, 1)) < 0.5, [colours.glow], [colours.sun])
        self._colour = (1 - 0.6 * tint) * np.array(colours.star) + 0.6 * tint * hue
        self._rate = rng.uniform(0.5, 3.0, _N_STARS)

    def dots(
        self, projection: Projection, gain: float, hat: float, t_s: float
    ) -> NDArray[np.float32]:
        """Return the stars in the frame; a few of them answer the hats."""
        x_px, y_px, depth_m = far(projection, self._azimuth, self._slope)
        seen = (depth_m > 0) & (np.abs(x_px - projection.width_px / 2) < projection.width_px / 2)
        seen &= (y_px > -4) & (y_px < projection.height_px)
        dots = new_dots(int(seen.sum()))
        light, rate = self._light[seen], self._rate[seen]
        twinkle = 0.9 + 0.1 * np.sin(rate * t_s * 2 + 50 * rate) + 0.5 * hat * (rate > 2.7)
        scale = projection.height_px / 576
        radius = (0.62 + 0.28 * np.minimum(light, 1.6)) * max(scale, 0.7)
        dots[:, 0], dots[:, 1] = x_px[seen], y_px[seen]
        dots[:, 2] = radius
        dots[:, 3:6] = (1.5 * gain * light * twinkle)[:, None] * self._colour[seen]
        return dots


def sun_dots(projection: Projection, colours: Colours, hour: Hour) -> NDArray[np.float32]:
    """Return the sun's disc with its glare, as dots; nothing where it is out of the sky."""
    x_px, y_px, depth_m = far(projection, np.array([hour.azimuth]), np.array([hour.slope]))
    if hour.disc <= 0 or depth_m[0] <= 0:
        return new_dots(0)
    dots = new_dots(3)
    dots[:, 0], dots[:, 1] = x_px[0], y_px[0]
    dots[:, 2] = np.array([0.017, 0.05, 0.22]) / projection.camera.lens * projection.height_px
    light = float(hour.disc) * np.array([1.0, 0.10, 0.018])
    dots[:, 3:6] = light[:, None] * np.array(colours.sun)
    dots[0, 6] = 1.0
    return dots


def meteors(projection: Projection, pulse: Pulse, seed: int) -> NDArray[np.float32]:
    """Return the shooting star that a snare lights, as strokes: a new one with every beat."""
    beat = int(np.floor(pulse.beat_count))
    chance = np.random.default_rng((seed % 2**32, beat % 2**32)).random(5)
    light = float(pulse.snare) * (0.25 + 0.75 * float(pulse.energy))
    height, width = projection.height_px, projection.width_px
    length = (0.16 + 0.14 * chance[2]) * height
    angle = 0.35 + 0.5 * chance[3]
    way = np.array([np.cos(angle) * (1 if chance[4] < 0.5 else -1), np.sin(angle)])
    start = np.array([(0.15 + 0.7 * chance[0]) * width, (0.02 + 0.22 * chance[1]) * height])
    head = start + way * (0.1 + 0.34 * float(pulse.beat_phase)) * height
    share = np.linspace(0, 1, 9)
    along = head - way * length * share[:, None]
    strokes = np.zeros((8, 10), np.float32)
    strokes[:, 0:2], strokes[:, 3:5] = along[:-1], along[1:]
    radius = 0.0021 * height * (1 - share) ** 0.7
    strokes[:, 2], strokes[:, 5] = radius[:-1], radius[1:]
    strokes[:, 6:9] = 2.2
    strokes[:, 9] = light * (1 - share[:-1]) ** 1.5
    return strokes


def far(
    projection: Projection, azimuth: NDArray[np.float64], slope: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return where directions are in the frame, as columns, rows and depths."""
    camera = projection.camera
    x_m = camera.x_m + FAR_M * np.sin(azimuth)
    z_m = camera.z_m + FAR_M * np.cos(azimuth)
    return projection.to_px(x_m, camera.y_m + FAR_M * slope, z_m)
