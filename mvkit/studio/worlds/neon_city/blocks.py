"""Rows in blocks: what a block does not show is not painted, and what it shows is a vector loop.

A row of the street is sky, towers, windows or shops for hundreds of pixels on end. Layers of paint
lie in one flat scratch array at constant distances, so that the compiler knows that they do not
overlap, and every loop has the same constant length, so that it leaves no rest to be done pixel
by pixel.
"""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.canvas import Canvas, Row
from mvkit.studio.kit.jit import Scalar, f32, inline
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.view import View, ray

__all__ = [
    "BLOCK",
    "PICTURE",
    "RAYS",
    "SCRATCH",
    "WALL",
    "Reach",
    "aim",
    "look",
    "paint_on",
    "reach",
    "store",
]

BLOCK = 64
"""Pixels in a block."""

PICTURE = 0
"""Where the finished picture begins in the scratch array; the street's wall alone; the rays."""
WALL = 3 * BLOCK
RAYS = 6 * BLOCK
SCRATCH = 9 * BLOCK


class Reach(NamedTuple):
    """What the rays of a block may meet on the street's two walls.

    Attributes
    ----------
    lowest_m, highest_m
        Height of the nearest and the farthest thing, negative in the mirror of the ground.
    nearest_m, farthest_m
        Their depths.
    """

    lowest_m: Scalar
    highest_m: Scalar
    nearest_m: Scalar
    farthest_m: Scalar


@inline
def look(layers: Row, layer: int, x: int) -> RGB:
    """Return the colour of a pixel of a layer."""
    return layers[layer + x], layers[layer + BLOCK + x], layers[layer + 2 * BLOCK + x]


@inline
def paint_on(layers: Row, layer: int, x: int, colour: RGB) -> None:
    """Set the colour of a pixel of a layer."""
    layers[layer + x] = colour[0]
    layers[layer + BLOCK + x] = colour[1]
    layers[layer + 2 * BLOCK + x] = colour[2]


@inline
def aim(layers: Row, view: View, first: int, y: int, width: int, height: int) -> None:
    """Set the layer of rays: across the street, up, and along it."""
    for x in range(BLOCK):
        dx, dy, dz, _ = ray(view, first + x, y, width, height)
        paint_on(layers, RAYS, x, (dx, dy, dz))


@inline
def store(canvas: Canvas, y: int, first: int, layers: Row) -> None:
    """Copy the finished picture of a block to row ``y`` of a canvas, which may end before it."""
    n_px = min(canvas.shape[2] - first, BLOCK)
    for plane in range(3):
        out = canvas[plane, y, first : first + n_px]
        done = layers[PICTURE + plane * BLOCK : PICTURE + (plane + 1) * BLOCK]
        for x in range(n_px):
            out[x] = done[x]


@inline
def reach(view: View, first: int, y: int, width: int, height: int, wall_m: Scalar) -> Reach:
    """Return bounds of where a block's rays meet the walls on either side of the street."""
    dx_0, dy_0, _, _ = ray(view, first, y, width, height)
    dx_1, dy_1, _, _ = ray(view, first + BLOCK - 1, y, width, height)
    across = dx_0 * dx_1 <= f32(0)
    least = f32(0.003) if across else max(min(abs(dx_0), abs(dx_1)), f32(0.003))
    most = max(abs(dx_0), abs(dx_1), f32(0.003))
    right_m = wall_m - view.x_m
    left_m = wall_m + view.x_m
    side_m = right_m if dx_0 > f32(0) else left_m
    nearest_m = (min(right_m, left_m) if across else side_m) / most
    farthest_m = (max(right_m, left_m) if across else side_m) / least
    low = min(dy_0, dy_1)
    high = max(dy_0, dy_1)
    return Reach(
        view.y_m + low * (nearest_m if low > f32(0) else farthest_m),
        view.y_m + high * (farthest_m if high > f32(0) else nearest_m),
        nearest_m,
        farthest_m,
    )
