"""Light in the room: through the window's panes, from the sky, from the lamp."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Row
from mvkit.studio.kit.indoors import leave_hall
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.room.dress import (
    HALL,
    LAMP_M,
    PANE_HIGH_M,
    PANE_WIDE_M,
    WINDOW_HALF_HIGH_M,
    WINDOW_HALF_WIDE_M,
    WINDOW_Y_M,
    WINDOW_Z_M,
    Colours,
    Sun,
)

__all__ = [
    "band",
    "curtain_edge",
    "direct_light",
    "illuminate",
    "march_beams",
    "panes",
    "soft_light",
]

_BAR_M = 0.022  # half width of the bars between the panes


@inline
def band(aside: Scalar, half: Scalar, per_width: Scalar) -> Scalar:
    """Return a bar's cover at a distance from its middle, averaged over a width; 0..1."""
    upper = saturate((aside + half) * per_width + f32(0.5))
    return f32(upper - saturate((aside - half) * per_width + f32(0.5)))


@inline
def curtain_edge(u: Scalar, v: Scalar, sun: Sun) -> Scalar:
    """Return how far from the window's middle the curtain on the side of ``u`` begins."""
    side = f32(1.7) if u > f32(0) else f32(0)
    low = saturate(f32(1.15) - v * f32(0.4))  # the hem swings, the rail does not
    wave = sine(v * f32(2.1) - sun.t_s * f32(1.1) + side)
    slow = sine(sun.breath + side * f32(0.4))
    return f32(sun.open_m + sun.sway_m * low * (f32(0.6) * wave + f32(0.6) * slow))


@inline
def panes(u: Scalar, v: Scalar, width: Scalar) -> Scalar:
    """Return how much of the window is glass, averaged over a width, 0..1.

    Parameters
    ----------
    u, v
        Place in the window: metres from its middle, and above the floor.
    width
        Width of the shadows' edges there.
    """
    per_width = f32(1) / max(width, f32(0.004))
    up = v - f32(WINDOW_Y_M)
    light = band(u, f32(WINDOW_HALF_WIDE_M), per_width)
    light *= band(up, f32(WINDOW_HALF_HIGH_M), per_width)
    across = u * f32(1 / PANE_WIDE_M)
    bar = (fraction(across) - f32(0.5)) * f32(PANE_WIDE_M)  # three panes: bars at the thirds
    light *= f32(1) - band(bar, f32(_BAR_M), per_width)
    rung = (fraction(up * f32(1 / PANE_HIGH_M) + f32(0.5)) - f32(0.5)) * f32(PANE_HIGH_M)
    light *= f32(1) - band(rung, f32(_BAR_M), per_width)
    return f32(light)


@inline
def _daylight(u: Scalar, v: Scalar, width: Scalar, sun: Sun) -> Scalar:
    """Return how much light passes panes and curtains, averaged over a width, 0..1."""
    free = saturate((curtain_edge(u, v, sun) - abs(u)) / max(width, f32(0.004)) + f32(0.5))
    return f32(panes(u, v, width) * mix(f32(0.10), f32(1), free))


@inline
def _shadow_of_person(px: Scalar, py: Scalar, pz: Scalar, sun: Sun) -> Scalar:
    """Return how much of the sun a person leaves to a place behind them: 1 all of it."""
    ax = px - sun.person_x
    az = pz - sun.person_z
    per_m = f32(1) / np.sqrt(f32(1) + sun.drift * sun.drift)
    along = (ax + az * sun.drift) * per_m * per_m
    aside = abs(ax * sun.drift - az) * per_m
    tall = (py + sun.fall * along) / max(sun.person_m, f32(0.3))
    body = mix(f32(0.14), f32(0.20), smoothstep(f32(0.45), f32(0.78), tall))
    neck = smoothstep(f32(0.83), f32(0.86), tall)
    crown = (tall - f32(0.925)) * f32(1 / 0.08)
    half = mix(body, f32(0.095) * np.sqrt(max(f32(1.1) - crown * crown, f32(0.25))), neck)
    edge = f32(0.02) + f32(0.03) * max(along, f32(0))
    dark = smoothstep(half + edge, half - edge, aside) * smoothstep(f32(1.02), f32(0.97), tall)
    return f32(f32(1) - dark * smoothstep(f32(0), f32(0.2), along))


@inline
def direct_light(
    px: Scalar, py: Scalar, pz: Scalar, nx: Scalar, ny: Scalar, nz: Scalar, size: Scalar, sun: Sun
) -> Scalar:
    """Return how much of sun or moon falls through the panes on a place with a normal.

    ``size`` is that of a pixel there.
    """
    one = f32(1)
    way = max(px - HALL.left, f32(0))
    u = pz - sun.drift * way - f32(WINDOW_Z_M)
    v = py + sun.fall * way
    lit = _daylight(u, v, f32(0.012) + sun.soft * way + size, sun)
    # Water on the glass draws wavering streaks into its light.
    water = sine(u * f32(31) + f32(2.2) * sine(v * f32(3.7) + sun.t_s * f32(1.1)))
    lit *= one + sun.drops * f32(0.45) * water
    length = np.sqrt(one + sun.fall * sun.fall + sun.drift * sun.drift)
    facing = max((ny * sun.fall - nx - nz * sun.drift) / length, f32(0))
    return f32(lit * facing * sun.direct * _shadow_of_person(px, py, pz, sun))


@inline
def soft_light(
    px: Scalar, py: Scalar, pz: Scalar, nx: Scalar, ny: Scalar, nz: Scalar, sun: Sun,
    colours: Colours,
) -> RGB:  # fmt: skip
    """Return the light on a place from the sky in the window, from all around, from the lamp."""
    zero = f32(0)
    # The window itself is a lamp as large as it is.
    wx = HALL.left - px
    wy = f32(WINDOW_Y_M + 0.2) - py
    wz = f32(WINDOW_Z_M) - pz
    far2 = wx * wx + wy * wy + wz * wz
    seen = max(nx * wx + ny * wy + nz * wz + f32(0.35), zero) * (f32(0.12) - min(wx, zero))
    sky = seen / (far2 * far2 + f32(0.8)) * sun.sky
    # What the patch of sun throws back into the room.
    bx = px - f32(0.2)
    by = py - f32(0.3)
    bz = pz - f32(1.8)
    near = bx * bx + by * by + bz * bz + f32(1.2)
    bounce = sun.ambient + f32(0.055) * sun.direct / near
    lx = f32(LAMP_M[0]) - px
    ly = f32(LAMP_M[1]) - py
    lz = f32(LAMP_M[2]) - pz
    near2 = lx * lx + ly * ly + lz * lz
    turned = (nx * lx + ny * ly + nz * lz) / np.sqrt(near2 + f32(1e-3))
    lamp = max(turned * f32(0.85) + f32(0.15), zero) / (near2 + f32(0.12)) + f32(0.045)
    lamp *= sun.lamp
    light = scale_rgb(colours.sky, sky + bounce * f32(0.6))
    light = add_light(light, colours.sun, bounce * f32(0.4))
    return add_light(light, colours.lamp, lamp)


@inline
def illuminate(
    px: Scalar, py: Scalar, pz: Scalar, nx: Scalar, ny: Scalar, nz: Scalar,
    size: Scalar, sun: Sun, colours: Colours,
) -> RGB:  # fmt: skip
    """Return all the light that falls on a place with a normal."""
    light = soft_light(px, py, pz, nx, ny, nz, sun, colours)
    return add_light(light, colours.sun, direct_light(px, py, pz, nx, ny, nz, size, sun))


@kernel
def march_beams(
    dust: NDArray[np.float32], near_dust: NDArray[np.float32], view: View, sun: Sun,
    person_m: Scalar, n_steps: int,
) -> None:  # fmt: skip
    """Fill two small pictures with the lit dust: all of it, and that before a depth."""
    height, width = dust.shape
    one = f32(1)
    share = one / f32(n_steps)
    whole = np.empty(width, np.float32)
    front = np.empty(width, np.float32)
    stride_m = np.empty(width, np.float32)
    weight = np.empty(width, np.float32)
    for y in range(height):
        _zero(whole)
        _zero(front)
        for x in range(width):
            dx, dy, dz, across = ray(view, x, y, width, height)
            way, _, _ = leave_hall(view, dx, dy, dz, HALL)
            stride_m[x] = way * share
            weight[x] = way * share * np.sqrt(one + dy * dy + across * across)
        for step in range(n_steps):
            for x in range(width):
                dx, dy, dz, _ = ray(view, x, y, width, height)
                # Each ray samples elsewhere, so that steps become grain instead of bands.
                jitter = hash_2d(i32(x), i32(i32(i32(y) * i32(131)) + i32(step)))
                at = stride_m[x] * (f32(step) + jitter)
                px = view.x_m + dx * at
                py = view.y_m + dy * at
                pz = view.z_m + dz * at
                aside = max(px - HALL.left, f32(0))
                u = pz - sun.drift * aside - f32(WINDOW_Z_M)
                v = py + sun.fall * aside
                lit = _daylight(u, v, f32(0.05) + sun.soft * aside, sun)
                smoke = value_noise(px * f32(1.9) + sun.t_s * f32(0.11), py * f32(2.3) + pz)
                lit *= exponential(-aside * f32(0.22)) * (f32(0.35) + f32(1.1) * smoke)
                lit *= weight[x]
                whole[x] += lit
                front[x] += lit * select(at < person_m)
        for x in range(width):
            dust[y, x] = whole[x]
        for x in range(width):
            near_dust[y, x] = front[x]


@inline
def _zero(row: Row) -> None:
    """Clear a row."""
    for x in range(row.size):
        row[x] = f32(0)
