"""From light to packed pixels: lens, filmic curve, colour, grain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import mix, saturate
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.light.grade import Grade
from mvkit.studio.light.grain import N_GRAIN_ROWS, N_GRAIN_SHIFTS
from mvkit.studio.light.lens import shine, stretch

__all__ = ["develop"]


@inline
def _filmic(light: Scalar) -> Scalar:
    """Return the display's level of light >= 0: K. Narkowicz's fit of ACES (2016), then gamma 2.

    The root of a quotient is its numerator by the root of numerator times denominator, and that
    root's reciprocal is had from the bits of the exponent and one step of Newton's method, good
    to 7e-4 (J. Kadlec's constants, 2010): far cheaper than a division and a root.
    """
    above = light * (f32(2.51) * light + f32(0.03))
    below = light * (f32(2.43) * light + f32(0.59)) + f32(0.14)
    product = f32(above * below + f32(1e-12))
    root = f32(i32(i32(0x5F1FFFF9) - i32(product.view(np.int32) >> i32(1))).view(np.float32))
    return f32(above * root * (f32(0.703952253) * (f32(2.38924456) - product * root * root)))


@kernel
def develop(
    canvas: Canvas,
    glow: Canvas,
    grain: NDArray[np.float32],
    packed: NDArray[np.int32],
    grade: Grade,
    frame: int,
) -> None:
    """Fill ``packed`` from a canvas, its glow (3, height // 4, width) and a sheet of grain."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    noise = np.empty(width, np.float32)
    one = f32(1)
    middle_x = f32(width) * f32(0.5)
    middle_y = f32(height) * f32(0.5)
    # The longer half side is 1, so a vignette reaches the same corners in any format.
    per_half = one / max(middle_x, middle_y)
    aside = np.empty(width, np.float32)
    for x in range(width):
        fx = (f32(x) + f32(0.5) - middle_x) * per_half
        aside[x] = one + grade.vignette * fx * fx
    shift = grade.aberration
    padded = np.empty(width + 2 * (int(shift * middle_x) + 2), np.float32)
    stretched_r = np.empty(width, np.float32)
    stretched_b = np.empty(width, np.float32)
    exposure, base, slope, curve, bend = (
        grade.exposure, grade.base, grade.slope, grade.curve, grade.bend,
    )  # fmt: skip
    bar = int(grade.bar_px)
    for y in range(height):
        out = packed[y]
        if y < bar or y >= height - bar:
            for x in range(width):
                out[x] = i32(0)
            continue
        row_r = canvas[0, y]
        row_b = canvas[2, y]
        if shift > f32(1e-4):
            dy = (f32(y) - middle_y) * shift
            row_r = canvas[0, min(max(int(f32(y) + dy + f32(0.5)), 0), height - 1)]
            row_b = canvas[2, min(max(int(f32(y) - dy + f32(0.5)), 0), height - 1)]
            stretch(row_r, shift, padded, stretched_r)
            stretch(row_b, -shift, padded, stretched_b)
            row_r = stretched_r
            row_b = stretched_b
        shine(row_r, glow, 0, y, grade.bloom[0], red)
        shine(canvas[1, y], glow, 1, y, grade.bloom[1], green)
        shine(row_b, glow, 2, y, grade.bloom[2], blue)
        piece = int(hash_2d(i32(y), i32(frame)) * f32(N_GRAIN_ROWS * N_GRAIN_SHIFTS - 1))
        first = piece % N_GRAIN_SHIFTS
        grain_row = grain[piece // N_GRAIN_SHIFTS, first : first + width]
        for x in range(width):
            noise[x] = grain_row[x] * grade.grain
        fy = (f32(y) + f32(0.5) - middle_y) * per_half
        off = grade.vignette * fy * fy
        for x in range(width):
            corner = one / (aside[x] + off)
            corner = corner * corner
            r = red[x] * (corner * exposure[0])
            g = green[x] * (corner * exposure[1])
            b = blue[x] * (corner * exposure[2])
            # A lamp burns out towards white instead of clipping to a pure hue.
            burn = saturate((max(r, max(g, b)) - one) * f32(0.12))
            level = (r + g + b) * f32(1 / 3)
            r = _filmic(max(mix(r, level, burn), f32(0)))
            g = _filmic(max(mix(g, level, burn), f32(0)))
            b = _filmic(max(mix(b, level, burn), f32(0)))
            level = r * f32(0.3) + g * f32(0.59) + b * f32(0.11)
            high = max(level * f32(2) - one, f32(0))
            rough = noise[x] * (f32(1.15) - level)
            r = r * grade.keep + rough + base[0] + level * (slope[0] + level * curve[0])
            g = g * grade.keep + rough + base[1] + level * (slope[1] + level * curve[1])
            b = b * grade.keep + rough + base[2] + level * (slope[2] + level * curve[2])
            red[x] = min(max(r + high * bend[0], f32(0)), grade.white)
            green[x] = min(max(g + high * bend[1], f32(0)), grade.white)
            blue[x] = min(max(b + high * bend[2], f32(0)), grade.white)
        for x in range(width):
            low_bytes = i32(i32(blue[x]) | i32(i32(green[x]) << i32(8)))
            out[x] = i32(low_bytes | i32(i32(red[x]) << i32(16)))
