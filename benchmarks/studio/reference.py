"""A frame whose cost never changes: the measure by which machines, and busy hours, compare.

It is what worlds are made of, fractal noise and colour, at the size they are painted; its code is
not touched when they become faster.
"""

from __future__ import annotations

import time
from functools import cache

import numpy as np

from mvkit.studio.kit.canvas import Canvas, new_canvas, store_row
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import exponential, mix
from mvkit.studio.kit.noise import fbm5

__all__ = ["HEIGHT_PX", "N_TIMES", "REFERENCE_MS", "WIDTH_PX", "as_on_reference", "reference_ms"]

WIDTH_PX, HEIGHT_PX = 1024, 576
REFERENCE_MS = 2.8
"""What it takes on the machine that the goals are meant for: one core of an AMD EPYC 9005."""

N_TIMES = 2
"""How often whatever is measured is painted; the quickest counts."""


@kernel
def _paint_noise(canvas: Canvas) -> None:
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        for x in range(width):
            cloud = fbm5(f32(x) * f32(0.01), f32(y) * f32(0.01))
            glow = exponential(-cloud * f32(3))
            red[x] = mix(f32(0.1), f32(0.9), cloud)
            green[x] = cloud * cloud + glow * f32(0.2)
            blue[x] = glow
        store_row(canvas, y, red, green, blue)


@cache
def _canvas() -> Canvas:
    canvas = new_canvas(WIDTH_PX, HEIGHT_PX)
    _paint_noise(canvas)  # compiled before it is timed
    return canvas


def reference_ms() -> float:
    """Return what the frame costs now, in milliseconds of CPU time: the least of a few times."""
    canvas = _canvas()
    least_s = np.inf
    for _ in range(N_TIMES):
        started_s = time.process_time()
        _paint_noise(canvas)
        least_s = min(least_s, time.process_time() - started_s)
    return 1e3 * float(least_s)


def as_on_reference(found_ms: float, *, reference_now_ms: float) -> float:
    """Return a time as it would be on the machine that the goals are meant for."""
    return found_ms * REFERENCE_MS / reference_now_ms
