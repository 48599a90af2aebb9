"""Packed pixels in the forms that others take: planes of YUV for the encoder, red-green-blue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import f32, i32, kernel

__all__ = ["to_rgb", "to_yuv420"]


@kernel
def _fill_yuv(
    packed: NDArray[np.int32], luma: NDArray[np.uint8], chroma: NDArray[np.uint8]
) -> None:
    """Fill the planes of yuv420p; ``chroma`` is (2, height/2, width/2)."""
    height, width = packed.shape
    low = i32(255)
    for y in range(height):
        row = packed[y]
        out = luma[y]
        for x in range(width):
            p = row[x]
            b = f32(i32(p & low))
            g = f32(i32(i32(p >> i32(8)) & low))
            r = f32(i32(i32(p >> i32(16)) & low))
            out[x] = np.uint8(
                i32(f32(16.5) + f32(0.18259) * r + f32(0.61423) * g + f32(0.06201) * b)
            )
    for y in range(height // 2):
        upper = packed[2 * y]
        lower = packed[2 * y + 1]
        out_u = chroma[0, y]
        out_v = chroma[1, y]
        for x in range(width // 2):
            p0 = upper[2 * x]
            p1 = upper[2 * x + 1]
            p2 = lower[2 * x]
            p3 = lower[2 * x + 1]
            # Channels of four pixels are added side by side inside one integer: each sum
            # needs 10 bits, so green is added apart from red and blue.
            magenta = i32(0x00FF00FF)
            rb = i32(i32(i32(p0 & magenta) + i32(p1 & magenta)) + i32(p2 & magenta))
            rb = i32(rb + i32(p3 & magenta))
            gs = i32(i32(i32(p0 >> i32(8)) & low) + i32(i32(p1 >> i32(8)) & low))
            gs = i32(i32(gs + i32(i32(p2 >> i32(8)) & low)) + i32(i32(p3 >> i32(8)) & low))
            b = f32(i32(rb & i32(0xFFFF))) * f32(0.25)
            r = f32(i32(rb >> i32(16))) * f32(0.25)
            g = f32(gs) * f32(0.25)
            u = f32(128.5) - f32(0.10064) * r - f32(0.33857) * g + f32(0.43922) * b
            v = f32(128.5) + f32(0.43922) * r - f32(0.39894) * g - f32(0.04027) * b
            out_u[x] = np.uint8(i32(u))
            out_v[x] = np.uint8(i32(v))


def to_yuv420(packed: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the planes Y, U, V of packed pixels, stacked as ``(height * 3 / 2, width)``.

    BT.709 matrix, limited range (luma 16..235), chroma averaged over 2x2 pixels. Width and
    height have to be even.
    """
    height, width = packed.shape
    planes = np.empty((height * 3 // 2, width), np.uint8)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    _fill_yuv(packed, planes[:height], chroma)
    return planes


def to_rgb(packed: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return packed pixels as (height, width, 3) red, green, blue."""
    height, width = packed.shape
    bgrx = packed.view(np.uint8).reshape(height, width, 4)
    return np.ascontiguousarray(bgrx[:, :, 2::-1])
