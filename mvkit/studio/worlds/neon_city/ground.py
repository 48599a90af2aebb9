"""The wet street: asphalt, puddles and pavement over the mirror image of the walls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel, u32
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.neon_city.blocks import BLOCK
from mvkit.studio.worlds.neon_city.dress import STREET_M, Air, Colours

__all__ = ["paint_ground"]

_LOWEST = 0.004  # slope of a ray that still meets the ground

# Layers of a block: place on the ground and depth; then what the surface does to light.
_GROUND_X, _GROUND_Z, _DEPTH, _PUDDLE = 0, BLOCK, 2 * BLOCK, 3 * BLOCK
_DULL, _SHINY, _VEILED, _COVER = 4 * BLOCK, 5 * BLOCK, 6 * BLOCK, 7 * BLOCK
_MIRRORED, _SEEN = 8 * BLOCK, 9 * BLOCK
_SCRATCH = 10 * BLOCK


@inline
def _lay_out(layers: Row, view: View, first: int, y: int, width: int, height: int) -> None:
    """Find where on the ground a block's rays end, and where puddles are."""
    for x in range(BLOCK):
        dx, dy, dz, _ = ray(view, first + x, y, width, height)
        depth = view.y_m / max(-dy, f32(_LOWEST))
        gx = view.x_m + dx * depth
        gz = view.z_m + dz * depth
        patch = value_noise(gx * f32(0.7) + f32(40), gz * f32(0.33))
        patch += sine(gx * f32(4.1) + sine(gz * f32(1.9))) * sine(gz * f32(2.7)) * f32(0.09)
        layers[_GROUND_X + x] = gx
        layers[_GROUND_Z + x] = gz
        layers[_DEPTH + x] = depth
        layers[_PUDDLE + x] = patch


@inline
def _pave(layers: Row, view: View, at_1_m: Scalar, air: Air) -> None:
    """Work out what the surface does to light: how much it shows, mirrors and is lost in air."""
    one = f32(1)
    for x in range(BLOCK):
        gz = layers[_GROUND_Z + x]
        depth = layers[_DEPTH + x]
        patch = layers[_PUDDLE + x]
        gx = layers[_GROUND_X + x]
        aside = abs(gx)
        kerb_side = smoothstep(f32(4.42), f32(4.48), aside)
        puddle = smoothstep(f32(0.44), f32(0.60), patch) * (one - kerb_side * f32(0.55))
        glance = f32(0.2) + f32(0.8) * saturate(one - view.y_m / depth * f32(1.8))
        shiny = glance * mix(f32(0.30), f32(0.95), puddle) * air.wet
        grain = hash_2d(i32(np.floor(gx * f32(80))), i32(np.floor(gz * f32(80))))
        grain = mix(f32(0.5), grain, saturate(f32(1.6) - depth * at_1_m * f32(90)))
        slab = smoothstep(f32(0.06), f32(0.02), abs(fraction(gz * f32(0.8)) - f32(0.5)))
        slab = max(slab, smoothstep(f32(0.05), f32(0.02), abs(fraction(aside) - f32(0.5))))
        dash = smoothstep(f32(0.09), f32(0.06), aside) * select(fraction(gz * f32(0.16)) < f32(0.5))
        kerb = smoothstep(f32(0.10), f32(0.02), abs(aside - f32(4.45)))
        tone = (f32(0.016) + f32(0.022) * grain) * (one + kerb_side * f32(0.9))
        tone *= one - f32(0.5) * slab * kerb_side / (one + depth * f32(0.06))
        tone += dash * f32(0.16) * (f32(0.5) + f32(0.5) * grain) + kerb * f32(0.05)
        flakes = air.snow * smoothstep(f32(0.62), f32(0.40), patch)
        tone = mix(tone, f32(0.5) + f32(0.06) * grain, flakes)
        layers[_DULL + x] = tone * (f32(0.45) + f32(0.9) * saturate(aside * f32(0.15)))
        layers[_SHINY + x] = shiny * (one - f32(0.75) * air.snow)
        layers[_VEILED + x] = (one - exponential(-depth * air.fog)) * f32(0.8)
        layers[_COVER + x] = smoothstep(f32(STREET_M), f32(STREET_M - 0.04), aside)
        layers[_PUDDLE + x] = puddle


@inline
def _ripple(
    layers: Row, source: NDArray[np.uint32], first: int, row: int, width: int, n_rows: int,
    height: int, t_s: Scalar,
) -> None:  # fmt: skip
    """Find the pixel of the mirror image that each pixel shows.

    Ripples push the image about, more where the asphalt is rough. The image has every column but
    every second row.
    """
    tall = f32(height)
    last_x = f32(width - 1)
    last_y = f32(n_rows - 1)
    begin = f32(first)
    middle = f32(row) * f32(0.5)
    for x in range(BLOCK):
        gx = layers[_GROUND_X + x]
        gz = layers[_GROUND_Z + x]
        rough = f32(1) - layers[_PUDDLE + x]
        near = f32(0.25) + f32(1) / (f32(1) + layers[_DEPTH + x] * f32(0.06))
        wave = value_noise(gx * f32(6) + t_s * f32(1.3), gz * f32(3.1) - t_s * f32(2.1))
        heave = value_noise(gx * f32(4) - t_s, gz * f32(5) + t_s * f32(1.7))
        push_x = (wave - f32(0.5)) * (f32(0.007) + f32(0.016) * rough) * near * tall
        push_y = (heave - f32(0.5)) * (f32(0.008) + f32(0.0225) * rough) * near * tall
        from_x = i32(min(max(begin + f32(i32(x)) + push_x, f32(0)), last_x))
        from_y = i32(min(max(middle + push_y, f32(0)), last_y))
        source[x] = u32(i32(i32(from_y * i32(width)) + from_x))


@inline
def _lay_down(
    plane: Row, image: Row, layers: Row, source: NDArray[np.uint32], lamp: Scalar, veil: Scalar
) -> None:
    """Lay the street over one plane of a block of the picture.

    Looking up is a loop of its own: it has to go pixel by pixel, which the rest has not.
    """
    for x in range(plane.size):
        layers[_SEEN + x] = plane[x]
    for x in range(BLOCK):
        layers[_MIRRORED + x] = image[source[x]]
    for x in range(BLOCK):
        value = layers[_DULL + x] * lamp + layers[_MIRRORED + x] * layers[_SHINY + x]
        value = mix(value, veil, layers[_VEILED + x])
        layers[_SEEN + x] = mix(layers[_SEEN + x], value, layers[_COVER + x])
    for x in range(plane.size):
        plane[x] = layers[_SEEN + x]


@inline
def _lamp_light(colours: Colours, air: Air, plane: int) -> Scalar:
    """Return the light that falls on the ground from everywhere."""
    lamp = colours.haze[plane] * f32(3.2) + colours.neon_a[plane] * f32(0.22) + f32(0.03)
    lamp = lamp + colours.sky[plane] * air.daylight * f32(4)
    return f32(lamp + air.snow * (f32(0.05) + colours.cool[plane] * f32(0.06)))


@inline
def _beside_street(view: View, first: int, y: int, width: int, height: int) -> bool:
    """Tell whether a block of a row shows nothing of the street."""
    dx_0, dy_0, _, _ = ray(view, first, y, width, height)
    dx_1, dy_1, _, _ = ray(view, first + BLOCK - 1, y, width, height)
    x_0 = view.x_m + dx_0 * view.y_m / max(-dy_0, f32(_LOWEST))
    x_1 = view.x_m + dx_1 * view.y_m / max(-dy_1, f32(_LOWEST))
    return bool(min(x_0, x_1) > f32(STREET_M) or max(x_0, x_1) < f32(-STREET_M))


@kernel
def paint_ground(
    canvas: Canvas, mirror: Canvas, view: View, colours: Colours, air: Air, t_s: Scalar,
    first_row: int,
) -> None:  # fmt: skip
    """Lay the wet street over the picture from ``first_row`` on.

    ``mirror`` is what it mirrors from that row on: as wide as the canvas, with half the rows.
    """
    _, height, width = canvas.shape
    n_rows = mirror.shape[1]
    at_1_m = view.lens / f32(height)
    layers = np.empty(_SCRATCH, np.float32)
    source = np.empty(BLOCK, np.uint32)
    images = mirror.reshape(3, n_rows * width)
    for y in range(first_row, height):
        for first in range(0, width, BLOCK):
            if _beside_street(view, first, y, width, height):
                continue
            _lay_out(layers, view, first, y, width, height)
            _pave(layers, view, at_1_m, air)
            _ripple(layers, source, first, y - first_row, width, n_rows, height, t_s)
            end = min(first + BLOCK, width)
            for plane in range(3):
                _lay_down(
                    canvas[plane, y, first:end], images[plane], layers, source,
                    _lamp_light(colours, air, plane), colours.haze[plane],
                )  # fmt: skip
