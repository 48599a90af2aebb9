"""Boxes with rounded edges, of which bed and chair are made, lit as the walls are."""

from __future__ import annotations

from math import cos, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.indoors import box_corners, parts_in_frame
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.rgb import mix_rgb, multiply_rgb, scale_rgb
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.room.dress import (
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.light import illuminate

__all__ = ["Block", "block", "paint_blocks"]


class Block(NamedTuple):
    """A box with rounded edges, turned about the upright axis.

    Attributes
    ----------
    x_m, y_m, z_m, half_x_m, half_y_m, half_z_m
        Its middle, and half its size before it is turned.
    cos_turn, sin_turn
        Its rotation, as a camera's yaw.
    round_m
        Radius of its edges.
    linen, blanket
        Share of cloth, the rest is wood; share of the lamp's colour in the cloth.
    shade
        Gain of its colour.
    """

    x_m: Scalar
    y_m: Scalar
    z_m: Scalar
    half_x_m: Scalar
    half_y_m: Scalar
    half_z_m: Scalar
    cos_turn: Scalar
    sin_turn: Scalar
    round_m: Scalar
    linen: Scalar
    blanket: Scalar
    shade: Scalar

    def corners_m(self) -> NDArray[np.float64]:
        """Return its eight corners, (8, 3)."""
        half = np.array([self.half_x_m, self.half_y_m, self.half_z_m], np.float64)
        x, y, z = box_corners(-half, half).T
        turned = (x * self.cos_turn + z * self.sin_turn, y, z * self.cos_turn - x * self.sin_turn)
        return np.stack(turned, axis=1) + np.array([self.x_m, self.y_m, self.z_m], np.float64)


def block(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    *,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    round_m: float = 0.004,
    linen: float = 0.0,
    blanket: float = 0.0,
    shade: float = 1.0,
) -> Block:
    """Return a block between two corners, turned about and moved to ``at`` (x, z, yaw)."""
    x_m, z_m, turn = at
    mid_x, mid_y, mid_z = ((a + b) / 2 for a, b in zip(low, high, strict=True))
    half = ((b - a) / 2 for a, b in zip(low, high, strict=True))
    return Block(
        *map(
            np.float32,
            (
                x_m + mid_x * cos(turn) + mid_z * sin(turn),
                mid_y,
                z_m + mid_z * cos(turn) - mid_x * sin(turn),
                *half,
                cos(turn),
                sin(turn),
                round_m,
                linen,
                blanket,
                shade,
            ),
        )
    )


def paint_blocks(
    canvas: Canvas,
    projection: Projection,
    colours: Colours,
    sun: Sun,
    blocks: tuple[Block, ...],
    corners_m: NDArray[np.float64],
) -> None:
    """Paint blocks, far ones first."""
    view = projection.camera.view()
    seen = zip(blocks, parts_in_frame(projection, corners_m), strict=True)
    for block, part in sorted(seen, key=lambda one: -_depth_m(one[0], projection)):
        if any(part):
            _paint_block(canvas, view, colours, sun, block, part)


def _depth_m(block: Block, projection: Projection) -> float:
    """Return how far a block is, the lower of two at one place counting as farther."""
    camera = projection.camera
    ahead = np.hypot(float(block.x_m) - camera.x_m, float(block.z_m) - camera.z_m)
    return float(ahead) - 2.0 * float(block.y_m)


@inline
def _span(start: Scalar, step: Scalar, half: Scalar) -> tuple[Scalar, Scalar]:
    """Return where a ray enters and leaves the slab between -half and half."""
    safe = step if abs(step) > f32(1e-4) else f32(1e-4)
    a = (-half - start) / safe
    b = (half - start) / safe
    return f32(min(a, b)), f32(max(a, b))


@kernel
def _paint_block(
    canvas: Canvas, view: View, colours: Colours, sun: Sun, block: Block,
    part: tuple[int, int, int, int],
) -> None:  # fmt: skip
    """Paint a block over a part of the frame."""
    _, height, width = canvas.shape
    x_0, x_1, y_0, y_1 = part
    one = f32(1)
    at_1_m = view.lens / f32(height)
    c = block.cos_turn
    s = block.sin_turn
    ox = (view.x_m - block.x_m) * c - (view.z_m - block.z_m) * s
    oz = (view.x_m - block.x_m) * s + (view.z_m - block.z_m) * c
    oy = view.y_m - block.y_m
    for y in range(y_0, y_1):
        red = canvas[0, y, x_0:x_1]
        green = canvas[1, y, x_0:x_1]
        blue = canvas[2, y, x_0:x_1]
        for x in range(x_1 - x_0):
            wx, dy, wz, _ = ray(view, x + x_0, y, width, height)
            dx = wx * c - wz * s
            dz = wx * s + wz * c
            in_x, out_x = _span(ox, dx, block.half_x_m)
            in_y, out_y = _span(oy, dy, block.half_y_m)
            in_z, out_z = _span(oz, dz, block.half_z_m)
            enter = max(in_x, max(in_y, in_z))
            leave = min(out_x, min(out_y, out_z))
            way = max(enter, f32(0.05))
            size = way * at_1_m
            through = (leave - enter) / (size * f32(2.5) + block.round_m * f32(0.25))
            cover = saturate(through) * select(enter > f32(0.05))
            px = ox + dx * way
            py = oy + dy * way
            pz = oz + dz * way
            # Near an edge the normal leans over to the neighbouring side.
            bend = max(block.round_m, f32(0.002))
            ax = max(abs(px) - block.half_x_m + bend, f32(0))
            ay = max(abs(py) - block.half_y_m + bend, f32(0))
            az = max(abs(pz) - block.half_z_m + bend, f32(0))
            world_x = view.x_m + wx * way
            world_y = view.y_m + dy * way
            world_z = view.z_m + wz * way
            # Cloth lies in folds: slopes of a noise tilt the normal.
            rough = f32(1) - block.linen
            fold_a = value_noise(
                mix((px + pz) * f32(9), world_x * f32(4.2) + world_y * f32(3), block.linen),
                mix((py + pz - px) * f32(60), world_z * f32(5.1), block.linen),
            )
            fold_b = value_noise(world_z * f32(6.3) - world_y * f32(4), world_x * f32(3.1))
            tilt = block.linen * bend * f32(1.1)
            nx = (-ax if px < f32(0) else ax) + (fold_a - f32(0.5)) * tilt
            ny = -ay if py < f32(0) else ay
            nz = (-az if pz < f32(0) else az) + (fold_b - f32(0.5)) * tilt
            per = one / np.sqrt(nx * nx + ny * ny + nz * nz + f32(1e-9))
            nx = nx * per
            ny = ny * per
            nz = nz * per
            light = illuminate(
                world_x, world_y, world_z, nx * c + nz * s, ny, nz * c - nx * s,
                size, sun, colours,
            )  # fmt: skip
            grain = (fold_a - f32(0.5)) * resolved(f32(0.02), size) * rough
            wood = scale_rgb(colours.floor, f32(0.85) + f32(0.35) * grain)
            stripe = smoothstep(f32(0.5), f32(0.9), sine(pz * f32(26)))
            warm = mix_rgb(colours.cloth, colours.lamp, f32(0.48) - f32(0.22) * stripe)
            cloth = mix_rgb(colours.cloth, scale_rgb(warm, f32(0.72)), block.blanket)
            cloth = scale_rgb(cloth, f32(0.9) + f32(0.2) * fold_a)
            surface = scale_rgb(mix_rgb(wood, cloth, block.linen), block.shade)
            # Less light comes to what is near the floor, and from below to undersides.
            open_ = f32(0.45) + f32(0.55) * saturate(world_y * f32(2.2) + ny * f32(0.3))
            colour = scale_rgb(multiply_rgb(surface, light), open_)
            red[x] = mix(red[x], colour[0], cover)
            green[x] = mix(green[x], colour[1], cover)
            blue[x] = mix(blue[x], colour[2], cover)
