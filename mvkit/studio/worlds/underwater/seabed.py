"""The sand, and the web of light that the rippled surface throws on everything below it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, lay_row, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import cosine, exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, resolved, value_noise
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.underwater.dress import Colours, Sea

__all__ = ["light_web", "paint_sand", "play_web_on", "roughen_sand"]

_GRAIN_M = 8.0  # further away the grain of the sand is smaller than a pixel
_COARSE_PX = 4  # the web on a person is soft enough for a grid of this spacing

# Waves on the surface: wave numbers along x and z (1/m), rate (1/s), and the share of a wave's
# slope by which it bends light sideways before that meets the sand (m^2).
_WAVES = (
    (3.3, 0.7, 1.00, 0.0300),
    (-1.1, 3.9, 1.25, 0.0240),
    (-3.4, -2.5, 1.40, 0.0200),
    (4.6, -4.1, 1.60, 0.0092),
    (2.4, 6.3, 1.80, 0.0080),
    (-7.6, 2.2, 2.05, 0.0056),
)


@inline
def _bent(
    x: Scalar, z: Scalar, from_x: Scalar, from_z: Scalar, t_s: Scalar
) -> tuple[Scalar, Scalar]:
    """Return from where on the surface light comes to (x, z), given a first guess of it."""
    for kx, kz, rate, size in _WAVES:
        slope = cosine(f32(from_x * f32(kx) + from_z * f32(kz) + t_s * f32(rate))) * f32(size)
        x = f32(x - f32(kx) * slope)
        z = f32(z - f32(kz) * slope)
    return x, z


@inline
def light_web(x: Scalar, z: Scalar, t_s: Scalar) -> Scalar:
    """Return the brightness of refracted light on the sand at a place: mean about 1, to 5.

    Waves bend the light on its way down. Where that crowds it, which is where the map from
    the surface to the sand folds, there are bright lines: the inverse of the map's determinant.
    """
    # Long waves push the short ones about, so that no two meshes of the web are alike.
    x = f32(x + f32(0.35) * sine(f32(z * f32(0.83) + t_s * f32(0.31))))
    z = f32(z + f32(0.35) * sine(f32(x * f32(0.71) - t_s * f32(0.27))))
    from_x, from_z = _bent(x, z, x, z, t_s)
    from_x, from_z = _bent(x, z, from_x, from_z, t_s)
    xx = f32(1)
    zz = f32(1)
    xz = f32(0)
    for kx, kz, rate, size in _WAVES:
        bend = sine(f32(from_x * f32(kx) + from_z * f32(kz) + t_s * f32(rate))) * f32(size)
        xx = f32(xx - f32(kx * kx) * bend)
        zz = f32(zz - f32(kz * kz) * bend)
        xz = f32(xz - f32(kx * kz) * bend)
    return min(f32(1) / (abs(f32(xx * zz - xz * xz)) + f32(0.16)), f32(5))


@inline
def _dunes(x: Scalar, z: Scalar, long: Scalar, sea: Sea) -> tuple[Scalar, Scalar]:
    """Return the brightness of the sand, dunes and ripples of the current, and its weed."""
    dune = fbm3(f32(x * f32(0.22) + sea.seed), f32(z * f32(0.3)))
    bend = f32(z * f32(7.5) + dune * f32(14) + sine(f32(x * f32(0.9) + z * f32(0.3))) * f32(1.4))
    ripple = sine(bend) + f32(0.35) * sine(f32(bend * f32(2) + f32(0.6)))
    ripple = ripple * resolved(f32(0.55), long) * f32(0.15)
    tone = f32(0.62) + f32(0.55) * dune + ripple
    return f32(tone), smoothstep(f32(0.56), f32(0.72), dune)


@kernel
def paint_sand(canvas: Canvas, view: View, colours: Colours, sea: Sea, t_s: Scalar) -> None:
    """Lay the sand over the water below the horizon; far away it sinks into what is there.

    It is smooth enough for half the size; :func:`roughen_sand` brings its grain.
    """
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    px = view.lens / f32(height)
    sand, weed, light, water = colours.sand, colours.kelp, colours.light, colours.water
    band_0, _ = horizon_band(view, width, height)
    for y in range(band_0, height):
        for x in range(width):
            dx, up, dz, across = ray(view, x, y, width, height)
            depth = min(view.y_m / max(-up, f32(0.004)), f32(90))
            gx = f32(view.x_m + dx * depth)
            gz = f32(view.z_m + dz * depth)
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            tone, growth = _dunes(gx, gz, long, sea)
            web = light_web(f32(gx * f32(1.3)), f32(gz * f32(1.3)), t_s)
            web = mix(f32(1), web, resolved(f32(0.5), long)) * sea.web
            way = depth * np.sqrt(f32(1) + across * across + up * up)
            clear = exponential(f32(-way * sea.fog * f32(1.1)))
            cover[x] = clear * saturate(-up / px + f32(0.5))
            growth = growth * f32(0.55)
            lit = f32(tone * f32(0.42) * web)
            soft = f32(tone * sea.daylight)
            red[x] = mix(sand[0], weed[0], growth) * (soft * (f32(0.4) + water[0]) + lit * light[0])
            green[x] = mix(sand[1], weed[1], growth) * (
                soft * (f32(0.4) + water[1]) + lit * light[1]
            )
            blue[x] = mix(sand[2], weed[2], growth) * (
                soft * (f32(0.4) + water[2]) + lit * light[2]
            )
        lay_row(canvas, y, red, green, blue, cover)


@kernel
def roughen_sand(canvas: Canvas, view: View, sea: Sea) -> None:
    """Give the enlarged sand its grain back, where it is near enough to be seen."""
    _, height, width = canvas.shape
    gain = np.empty(width, np.float32)
    px = view.lens / f32(height)
    _, level = horizon_band(view, width, height)
    first = level + pixel(view.y_m / (f32(_GRAIN_M) * px), height)
    for y in range(first, height):
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            depth = min(view.y_m / max(-up, f32(0.01)), f32(60))
            gx = view.x_m + dx * depth
            gz = view.z_m + dz * depth
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            clear = exponential(f32(-depth * sea.fog))
            grit = value_noise(f32(gx * f32(30)), f32(gz * f32(30))) * resolved(f32(0.06), long)
            gain[x] = f32(1) + clear * (grit - f32(0.42)) * f32(0.42)
        for plane in range(3):
            line = canvas[plane, y]
            for x in range(width):
                line[x] *= gain[x]


@kernel
def _fill_web(gain: NDArray[np.float32], place: RGB, amount: Scalar, t_s: Scalar) -> None:
    """Fill a coarse grid with the gain by which the web brightens a person."""
    n_rows, n_columns = gain.shape
    for row in range(n_rows):
        line = gain[row]
        down = f32(row) * place[2]
        for x in range(n_columns):
            u = f32(place[0] + f32(x) * place[2] + down * f32(0.25))
            web = light_web(f32(u * f32(1.4)), f32(place[1] + down * f32(0.8)), t_s)
            line[x] = amount * (web - f32(0.9))


@kernel
def _apply_web(
    canvas: Canvas, before: NDArray[np.float32], gain: NDArray[np.float32], left: int, top: int
) -> None:
    """Brighten what differs from ``before``."""
    n_rows, n_columns = before.shape
    changed = np.empty(n_columns, np.float32)
    for row in range(n_rows):
        y = top + row
        now = canvas[0, y, left : left + n_columns]
        then = before[row]
        own = gain[row]
        for x in range(n_columns):
            changed[x] = f32(1) + saturate(abs(now[x] - then[x]) * f32(400)) * own[x]
        for plane in range(3):
            line = canvas[plane, y, left : left + n_columns]
            for x in range(n_columns):
                line[x] *= changed[x]


def play_web_on(
    canvas: Canvas,
    before: NDArray[np.float32],
    left: int,
    top: int,
    place: RGB,
    amount: Scalar,
    t_s: Scalar,
) -> None:
    """Let the web of light play over what was drawn since a copy was taken, in place.

    Parameters
    ----------
    canvas
        The picture.
    before
        Copy of a part of its red plane from before, whose corner was at column ``left``, row
        ``top``.
    place
        Where on the sand its left upper corner stands in metres, and metres per pixel.
    amount
        Strength of the light, 0 none.
    """
    n_rows, n_columns = before.shape
    if not n_rows or not n_columns:
        return
    small = np.empty((n_rows // _COARSE_PX + 1, n_columns // _COARSE_PX + 1), np.float32)
    per_cell = (place[0], place[1], np.float32(place[2] * _COARSE_PX))
    _fill_web(small, per_cell, amount, t_s)
    gain = cv2.resize(small, (n_columns, n_rows), interpolation=cv2.INTER_LINEAR)
    _apply_web(canvas, before, gain, left, top)
