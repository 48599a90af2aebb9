"""The shadow that ties a person to the ground."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, saturate

__all__ = ["darken_ground"]


@kernel
def darken_ground(
    canvas: Canvas, x_px: Scalar, y_px: Scalar, radius_px: Scalar, flatness: Scalar, amount: Scalar
) -> None:
    """Lay a soft contact shadow, an ellipse ``flatness`` times as high as wide, in place."""
    _, height, width = canvas.shape
    tall = radius_px * max(flatness, f32(0.05))
    per_x = f32(1) / radius_px
    per_y = f32(1) / tall
    x0 = pixel(x_px - f32(2) * radius_px, width)
    x1 = pixel(x_px + f32(2) * radius_px + f32(1), width)
    left_by = np.empty(max(x1 - x0, 0), np.float32)
    offset = f32(x0) + f32(0.5) - x_px
    for y in range(pixel(y_px - f32(2) * tall, height), pixel(y_px + f32(2) * tall, height)):
        v = (f32(y) + f32(0.5) - y_px) * per_y
        for x in range(left_by.size):
            u = (f32(x) + offset) * per_x
            q = u * u + v * v
            left_by[x] = f32(1) - amount * exponential(-q * f32(1.4)) * saturate(f32(4) - q)
        for plane in range(3):
            out = canvas[plane, y, x0:x1]
            for x in range(out.size):
                out[x] *= left_by[x]
