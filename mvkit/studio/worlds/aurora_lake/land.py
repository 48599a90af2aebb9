"""The land around the lake: snowy mountains, wooded hills, firs on the near shores.

It is far enough to be a function of the direction alone: a :class:`Land` keeps the heights of
its three skylines all around, as tangents over the horizon.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.aurora_lake.dress import Air, Colours

__all__ = ["Land", "mist_fall", "on_land", "paint_land"]

Table = NDArray[np.floating[Any]]

_N_PLACES = 12288
_TAU = 2 * np.pi


class Land:
    """Skylines around the lake.

    Parameters
    ----------
    seed
        Another seed is another valley.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed + 61)
        angle = np.linspace(-np.pi, np.pi, _N_PLACES, endpoint=False)
        peaks = _ridge(rng, angle, first=5, octaves=7, rough=0.62)
        hills = _ridge(rng, angle, first=3, octaves=5, rough=0.5)
        mountains = 0.03 + 0.125 * peaks**1.5
        woods = 0.006 + 0.055 * hills**1.3
        woods = np.maximum(woods + _firs(rng, angle, n=1500, tall=(0.006, 0.013)), 0)
        near = np.zeros(_N_PLACES) + 0.004
        near = near + _firs(rng, angle, n=900, tall=(0.008, 0.02))
        for centre in (-0.78, 0.95, 2.35, -2.2, -3.05):
            centre += rng.uniform(-0.08, 0.08)
            near = np.maximum(near, _headland(rng, angle, centre, rng.uniform(0.16, 0.26)))
        self._angle = np.append(angle, np.pi)
        self._skylines = [np.append(line, line[0]) for line in (mountains, woods, near)]

    def skylines(self, camera: Camera, width: int, height: int) -> NDArray[np.float32]:
        """Return the tangents of mountains, woods and near firs in each column, (3, width)."""
        across = (np.arange(width) + 0.5 - width / 2) * camera.lens / height
        azimuth = camera.yaw_rad + np.arctan(across)
        azimuth = (azimuth + np.pi) % _TAU - np.pi
        lines = [np.interp(azimuth, self._angle, line) for line in self._skylines]
        return np.ascontiguousarray(lines, np.float32)


def _ridge(
    rng: np.random.Generator, angle: Table, *, first: int, octaves: int, rough: float
) -> Table:
    """Return ridged noise around the horizon, 0..1, without a seam."""
    total, weight = np.zeros(len(angle)), 0.0
    for octave in range(octaves):
        n, share = first * 2**octave, rough**octave
        knots = rng.random(n)
        place = (angle + np.pi) / _TAU * n
        low = place.astype(int)
        part = place - low
        value = knots[low % n] * (1 - part) + knots[(low + 1) % n] * part
        total += share * (1 - np.abs(2 * value - 1))
        weight += share
    return np.clip(total / weight * 1.4 - 0.2, 0, 1)


def _firs(rng: np.random.Generator, angle: Table, *, n: int, tall: tuple[float, float]) -> Table:
    """Return the height of the tops of firs that stand all around, as tangents."""
    heights = np.zeros(len(angle))
    for place in rng.uniform(-np.pi, np.pi, n):
        _plant(heights, angle, place, rng.uniform(*tall), rng)
    return heights


def _headland(rng: np.random.Generator, angle: Table, centre: float, tallest: float) -> Table:
    """Return the skyline of a near wooded headland: a low bank with tall firs."""
    half = rng.uniform(0.14, 0.2)
    off = np.abs(angle - centre) / half
    bank = np.clip(1 - off**2, 0, 1) * 0.016
    heights = np.zeros(len(angle))
    for place in centre + half * rng.uniform(-0.95, 0.95, 26):
        inner = 1 - 0.6 * abs(place - centre) / half
        _plant(heights, angle, place, tallest * inner * rng.uniform(0.35, 1.0), rng)
    return np.where(off < 1.2, bank + heights, 0.0)


def _plant(
    heights: Table, angle: Table, place: float, tall: float, rng: np.random.Generator
) -> None:
    """Raise a skyline by one fir: a narrow spire with drooping tiers of branches, in place."""
    half = tall * rng.uniform(0.16, 0.22)
    low = max(int(np.searchsorted(angle, place - half)), 0)
    high = min(int(np.searchsorted(angle, place + half)), len(angle))
    aside = np.abs(angle[low:high] - place) / half
    tiers = rng.integers(5, 9)
    # The tips of each tier of branches stand out over the tier below.
    jag = 1 - (aside * tiers + 0.3 * (place * 971 % 1.0)) % 1.0
    height = tall * (1 - aside**0.85 + 0.13 * jag * aside**0.5) - 0.02 * tall
    heights[low:high] = np.maximum(heights[low:high], height)


@inline
def mist_fall(mist: Scalar) -> Scalar:
    """Return how fast mist thins out with the tangent of the height over the water, below 0."""
    return f32(f32(-38) + f32(35) * mist * mist)


@inline
def on_firs(
    colour: RGB, slope: Scalar, px: Scalar, firs: Scalar, crag: Scalar, colours: Colours,
    air: Air, light: RGB,
) -> RGB:  # fmt: skip
    """Return a colour with the near firs before it, some snow on their tops."""
    edge = smoothstep(firs - f32(0.012), firs, slope) * select(crag > f32(0.55)) * f32(0.20)
    white = multiply_rgb(colours.snow, light)
    dark = add_light(scale_rgb(colours.fir, f32(0.6)), white, edge)
    close = mix_rgb(dark, colours.horizon, f32(air.veil * f32(0.25)))
    return mix_rgb(colour, close, saturate((firs - slope) / px + f32(0.5)))


@inline
def on_land(
    colour: RGB, azimuth: Scalar, slope: Scalar, px: Scalar, peaks: Scalar, woods: Scalar,
    firs: Scalar, colours: Colours, air: Air, light: RGB,
) -> RGB:  # fmt: skip
    """Return the sky's colour, or what stands before it: mountains, woods, near firs.

    Parameters
    ----------
    colour
        The sky.
    azimuth, slope, px
        Direction, and the size of a pixel.
    peaks, woods, firs
        Heights of the three skylines in this direction.
    colours, air, light
        How the world is dressed, and the light that falls on the snow.
    """
    snow, fir = colours.snow, colours.fir
    # Spurs run down from the ridge to either side; one flank of each lies in the shade.
    fold = (
        azimuth * f32(46) + f32(0.8) * sine(azimuth * f32(19)) + f32(0.45) * sine(azimuth * f32(33))
    )
    fold = f32(fold)
    spur = value_noise(f32(fold + slope * f32(34)), f32(slope * f32(20)))
    flank = value_noise(f32(fold + slope * f32(34) + f32(0.45)), f32(slope * f32(20) + f32(0.1)))
    crag = value_noise(f32(azimuth * f32(190) - slope * f32(60)), f32(slope * f32(150)))
    lit = f32(0.55) + f32(1.6) * (spur - flank) + f32(0.35) * (crag - f32(0.5))
    lit = min(max(lit, f32(0.18)), f32(1.15))
    bare = smoothstep(f32(0.62), f32(0.85), f32(0.55) * crag + f32(0.55) * spur)
    white = (
        f32(snow[0] * light[0] * lit),
        f32(snow[1] * light[1] * lit),
        f32(snow[2] * light[2] * lit),
    )
    rock = add_light(fir, white, f32(0.22))
    face = mix_rgb(white, rock, f32(bare * f32(0.8)))
    foot = exponential(slope * f32(-30))
    far = mix_rgb(face, colours.horizon, saturate(air.veil + f32(0.25) * foot))
    colour = mix_rgb(colour, far, saturate((peaks - slope) / px + f32(0.5)))
    dust = smoothstep(f32(0.5), f32(0.8), crag) * f32(0.35)
    wood = mix_rgb(add_light(fir, white, dust), colours.horizon, saturate(air.veil * f32(0.8)))
    colour = mix_rgb(colour, wood, saturate((woods - slope) / px + f32(0.5)))
    close = on_firs(colour, slope, px, firs, crag, colours, air, light)
    bank = smoothstep(f32(0.006), f32(0.002), slope) * saturate((firs - slope) / px + f32(0.5))
    return mix_rgb(close, white, f32(bank * f32(0.6)))


@kernel
def paint_land(
    canvas: Canvas, view: View, skylines: NDArray[np.float32], colours: Colours, air: Air,
    light: RGB, first: int, hills: int, end: int,
) -> None:  # fmt: skip
    """Paint the land once more over a picture that shows it softly.

    Parameters
    ----------
    canvas
        The picture.
    view, skylines, colours, air, light
        The camera, what :meth:`Land.skylines` returns, how the world is dressed, light on snow.
    first, hills, end
        From the first row on there may be tops of firs, from the second on mountains too.
    """
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    peaks = np.empty(width, np.float32)
    woods = np.empty(width, np.float32)
    firs = np.empty(width, np.float32)
    bearing = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    level = np.empty(width, np.float32)
    for x in range(width):
        peaks[x] = skylines[0, x]
        woods[x] = skylines[1, x]
        firs[x] = skylines[2, x]
        across = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) / f32(height) * view.lens
        bearing[x] = arctan2(
            f32(view.sin_yaw + across * view.cos_yaw), f32(view.cos_yaw - across * view.sin_yaw)
        )
        level[x] = f32(1) / np.sqrt(f32(1) + across * across)
    fall = mist_fall(air.mist)
    px = view.lens / f32(height)
    for y in range(first, hills):
        for x in range(width):
            _, up, _, _ = ray(view, x, y, width, height)
            cover[x] = saturate((firs[x] - f32(up * level[x])) / px + f32(0.5))
        for plane in range(3):
            line = canvas[plane, y]
            tone = mix(colours.fir[plane] * f32(0.6), colours.horizon[plane], air.veil * f32(0.25))
            for x in range(width):
                line[x] = mix(line[x], tone, cover[x])
    for y in range(hills, end):
        for x in range(width):
            red[x] = canvas[0, y, x]
        for x in range(width):
            green[x] = canvas[1, y, x]
        for x in range(width):
            blue[x] = canvas[2, y, x]
        for x in range(width):
            _, up, _, _ = ray(view, x, y, width, height)
            slope = f32(up * level[x])
            before = (red[x], green[x], blue[x])
            colour = on_land(
                before, bearing[x], slope, px, peaks[x], woods[x], firs[x], colours, air, light
            )
            # Mist hides the foot of everything, and water begins at the horizon.
            clear = saturate(slope / px + f32(0.5))
            clear = clear * (f32(1) - saturate(air.mist * exponential(slope * fall) * f32(0.92)))
            colour = mix_rgb(before, colour, f32(clear))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        for x in range(width):
            canvas[0, y, x] = red[x]
        for x in range(width):
            canvas[1, y, x] = green[x]
        for x in range(width):
            canvas[2, y, x] = blue[x]
