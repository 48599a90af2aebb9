"""What stands in the room: a bed, a chair, a lamp; and the floor's shade around it."""

from __future__ import annotations

from math import cos, sin

import numpy as np

from mvkit.studio.camera import Projection
from mvkit.studio.figure import Actor
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.indoors import box_corners, parts_in_frame
from mvkit.studio.worlds.room.blocks import Block, block, paint_blocks
from mvkit.studio.worlds.room.dress import (
    BED_EDGE_M,
    BED_TOP_M,
    LAMP_M,
    Colours,
    Sun,
)
from mvkit.studio.worlds.room.lamp import paint_lamp
from mvkit.studio.worlds.room.walls import shade_floor

__all__ = ["paint_furniture", "shade_under_furniture"]


def _bed() -> tuple[Block, ...]:
    """Return the bed along the right wall, its head towards the far wall."""
    x_0, x_1, z_0, z_1 = BED_EDGE_M, 3.04, -1.15, 0.95
    top = BED_TOP_M
    return (
        block((x_0 + 0.03, 0.10, z_0), (x_1, 0.26, z_1 + 0.05), shade=0.8),
        block((x_0, 0.10, z_1 + 0.02), (x_1, 0.86, z_1 + 0.08), round_m=0.015, shade=0.85),
        block(
            (x_0 + 0.01, 0.23, z_0 + 0.02), (x_1, top - 0.02, z_1), round_m=0.06, linen=1.0,
            shade=1.15,
        ),
        block(
            (x_0 - 0.025, 0.17, z_0 - 0.015), (x_1 + 0.02, top + 0.02, 0.22), round_m=0.07,
            linen=1.0, blanket=1.0,
        ),
        block(
            (x_0 - 0.02, 0.19, 0.22), (x_1 + 0.02, top + 0.035, 0.42), round_m=0.06, linen=1.0,
            shade=1.2,
        ),
        block((x_0 + 0.12, top - 0.03, 0.47), (x_0 + 0.66, top + 0.12, 0.88), round_m=0.075,
               linen=1.0, shade=1.25),
        block((x_0 + 0.70, top - 0.03, 0.47), (x_1 - 0.06, top + 0.12, 0.88), round_m=0.075,
               linen=1.0, shade=1.25),
    )  # fmt: skip


def _chair() -> tuple[Block, ...]:
    """Return the wooden chair near the window, turned into the room."""
    at = (-2.25, 2.35, 2.3)
    legs = [(x, z) for x in (-0.20, 0.17) for z in (-0.20, 0.17)]
    posts = tuple(
        block((x, 0.0, z), (x + 0.035, 0.92 if z < 0 else 0.44, z + 0.035), at=at, shade=0.9)
        for x, z in legs
    )
    rails = tuple(
        block((-0.18, y, -0.195), (0.18, y + 0.07, -0.175), at=at, shade=0.95)
        for y in (0.60, 0.72, 0.84)
    )
    return (*posts, *rails, block((-0.22, 0.43, -0.20), (0.22, 0.47, 0.22), at=at, round_m=0.012))


_BED, _CHAIR = _bed(), _chair()
_BED_CORNERS_M, _CHAIR_CORNERS_M = (
    np.array([block.corners_m() for block in blocks]) for blocks in (_BED, _CHAIR)
)
_CHAIR_M = (-2.25, 2.35)
_SHADOWS = (  # middle, half size and turn of what stands on the floor, and how dark it is there
    ((2.38, -0.08), (0.64, 1.04), 0.0, 0.75),
    (_CHAIR_M, (0.15, 0.15), 2.3, 0.45),
    ((LAMP_M[0], LAMP_M[2]), (0.05, 0.05), 0.0, 0.6),
)
_SHADED_M = np.array(
    [
        box_corners(np.array([x - reach, 0.0, z - reach]), np.array([x + reach, 0.0, z + reach]))
        for (x, z), half, _, _ in _SHADOWS
        for reach in [max(half) + 0.4]
    ]
)


def shade_under_furniture(canvas: Canvas, projection: Projection) -> None:
    """Darken the floor around what stands on it, in place."""
    view, f = projection.camera.view(), np.float32
    parts = parts_in_frame(projection, _SHADED_M)
    for ((x_m, z_m), half, turn, dark), part in zip(_SHADOWS, parts, strict=True):
        if any(part):
            shade_floor(
                canvas, view, part, (f(x_m), f(z_m)), (f(half[0]), f(half[1])),
                (f(cos(turn)), f(sin(turn))), f(dark),
            )  # fmt: skip


def paint_furniture(
    canvas: Canvas,
    projection: Projection,
    colours: Colours,
    sun: Sun,
    *,
    actor: Actor | None,
    before: bool,
) -> None:
    """Paint what stands before or behind the person, in place; without one all is behind."""
    bed, chair, lamp = _stands_before(projection, actor)
    if lamp == before:
        paint_lamp(canvas, projection, colours, sun)
    if chair == before:
        paint_blocks(canvas, projection, colours, sun, _CHAIR, _CHAIR_CORNERS_M)
    if bed == before:
        paint_blocks(canvas, projection, colours, sun, _BED, _BED_CORNERS_M)


def _stands_before(projection: Projection, actor: Actor | None) -> tuple[bool, bool, bool]:
    """Return whether bed, chair and lamp are between the lens and the person."""
    if actor is None:
        return False, False, False
    person_m = float(projection.depth_m(actor.x_m, actor.z_m))
    chair, lamp = (
        float(projection.depth_m(x, z)) < person_m for x, z in (_CHAIR_M, (LAMP_M[0], LAMP_M[2]))
    )
    # The bed is long: it hides only whom one sees across it.
    across = projection.camera.x_m > BED_EDGE_M - 0.1 and actor.x_m < BED_EDGE_M - 0.1
    return across, chair, lamp
