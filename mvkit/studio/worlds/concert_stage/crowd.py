"""Who is there: people in rows, bouncing and waving on the beat."""

from __future__ import annotations

from math import cos, pi

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import DECK_M, FRONT_Z_M, Colours
from mvkit.studio.worlds.concert_stage.person import (
    PERSON_M,
    paint_arm,
    paint_body,
    person_in_row,
)

__all__ = ["Crowd"]


_FIRST_ROW_M = 1.2  # before the deck
_ROW_GAP_M = 1.0
_N_ROWS = 12
_N_SHARP_ROWS = 4  # seen from the stage; those behind them are small and in the haze


class Crowd:
    """The people in the hall: rows of them, and lights held up.

    Parameters
    ----------
    seed
        Another seed holds up other lights.
    """

    def __init__(self, seed: int) -> None:
        self._phones = np.random.default_rng(seed + 12).random((60, 3))

    def paint_from_behind(
        self, canvas: Canvas, camera: Camera, colours: Colours, *, pulse: Pulse
    ) -> None:
        """Paint the rows between a camera in the hall and the stage, far ones first, in place."""
        for row in range(_N_ROWS):
            depth_m = _depth_m(camera, row)
            # People right before the lens would fill the frame with black.
            if depth_m < 1.3 or depth_m * camera.lens < 1.5:
                continue
            if row == 0:
                _darken_below(canvas, camera, colours, depth_m)
            light = _row_light(colours, row, depth_m, beat=_hit(pulse), to_stage=True)
            _paint_row(canvas, camera.view(), _row_z_m(row), row, pulse, *light)

    def paint_far(self, soft: Canvas, camera: Camera, colours: Colours, *, pulse: Pulse) -> None:
        """Paint the rows far from a camera on the stage, on a layer of half the size."""
        self._paint_faces(soft, camera, colours, pulse, range(_N_ROWS - 1, _N_SHARP_ROWS - 1, -1))

    def paint_near(self, canvas: Canvas, camera: Camera, colours: Colours, *, pulse: Pulse) -> None:
        """Paint the rows next to the stage, seen from it, in place."""
        self._paint_faces(canvas, camera, colours, pulse, range(_N_SHARP_ROWS - 1, -1, -1))

    @staticmethod
    def _paint_faces(
        canvas: Canvas, camera: Camera, colours: Colours, pulse: Pulse, rows: range
    ) -> None:
        """Paint rows that face the camera."""
        for row in rows:
            depth_m = _depth_m(camera, row)
            if depth_m < 1.3:
                continue
            light = _row_light(colours, row, depth_m, beat=_hit(pulse), to_stage=False)
            _paint_row(canvas, camera.view(), _row_z_m(row), row, pulse, *light)

    def held_lights(self, projection: Projection, *, pulse: Pulse) -> NDArray[np.float32]:
        """Return lights held up in the hall, swaying, as dots; more of them in quiet parts."""
        held = self._phones[self._phones[:, 2] < 0.9 - 0.6 * float(pulse.energy)]
        z_m = -5.0 - 15.0 * held[:, 1]
        sway = 0.12 * np.sin(float(pulse.beat_count) * pi / 2 + 0.3 * z_m)
        x_m, y_m = 14 * (held[:, 0] - 0.5) + sway, 2.05 + 0.15 * np.cos(9 * held[:, 2])
        x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
        dots = new_dots(len(held))
        dots[:, 0], dots[:, 1] = x_px, y_px
        dots[:, 2] = np.maximum(0.035 * projection.px_per_m(depth_m), 0.9)
        dots[:, 3:6] = (1.6, 1.5, 1.35)
        return np.asarray(dots[depth_m > 0.8])


def _row_z_m(row: int) -> Scalar:
    """Return where a row stands; row 0 is the one next to the deck."""
    return np.float32(FRONT_Z_M - _FIRST_ROW_M - _ROW_GAP_M * row)


def _depth_m(camera: Camera, row: int) -> float:
    return float(_row_z_m(row) - camera.z_m) * cos(camera.yaw_rad)


def _hit(pulse: Pulse) -> float:
    """Return how brightly lamps flare: on the snare, a little on every beat."""
    return max(0.6 * float(pulse.beat), float(pulse.snare))


def _darken_below(canvas: Canvas, camera: Camera, colours: Colours, depth_m: float) -> None:
    """Fill what is below the chests of the row at a depth: nothing is seen between people."""
    scale = camera.projection(canvas.shape[2], canvas.shape[1]).px_per_m(depth_m)
    chest_px = camera.horizon * canvas.shape[1] + (camera.y_m - 1.1) * scale
    between = np.array(colours.crowd) + 0.10 * np.array(colours.haze)
    canvas[:, min(max(int(chest_px), 0), canvas.shape[1]) :] = between[:, None, None]


def _row_light(
    colours: Colours, row: int, depth_m: float, *, beat: float, to_stage: bool
) -> tuple[RGB, RGB, RGB]:
    """Return a row's own tone, its edge light and the light on its faces.

    Seen from behind people are dark with lit outlines; seen from the deck the show lights their
    faces, less and less with the distance.
    """
    _, haze, led_a, _, beam_a, beam_b, _, crowd = (np.array(c) for c in colours)
    beam = beam_a if row % 2 else beam_b
    if to_stage:
        near = min(max((depth_m - 2.0) / 4.0, 0.5), 1.0)
        edge = (beam * 0.34 + led_a * 0.16) * (0.35 + 0.8 * beat) * near
        return rgb(crowd), rgb(edge), rgb((0.0, 0.0, 0.0))
    far = min(depth_m / 14.0, 1.0)
    faces = (led_a * 0.10 + haze * 0.35 + 0.015) * (1 - far) ** 1.5
    return rgb(crowd + haze * 0.10 * far), rgb(beam * 0.16 * (0.4 + beat)), rgb(faces)


@kernel
def _paint_row(
    canvas: Canvas, view: View, z_m: Scalar, row: int, pulse: Pulse, dark: RGB, edge: RGB,
    front: RGB,
) -> None:  # fmt: skip
    """Paint one row of people over the canvas: heads, shoulders, some with raised arms.

    ``edge`` is the light behind them on their outlines, ``front`` the light they face. What the
    deck hides from a camera on the stage is left out.
    """
    _, height, width = canvas.shape
    left = _across(view, z_m, 0, width, height) + f32(row) * f32(0.37)
    right = _across(view, z_m, width - 1, width, height) + f32(row) * f32(0.37)
    first = int(np.floor(max(min(left, right), f32(-60)) / f32(PERSON_M))) - 1
    last = int(np.floor(min(max(left, right), f32(60)) / f32(PERSON_M))) + 1
    depth = max((z_m - view.z_m) * view.cos_yaw, f32(0.3))
    level = view.horizon * f32(height)
    low = level + (view.y_m - f32(1.15)) * f32(height) / (view.lens * depth)
    end = pixel(min(low, _deck_row(view, width, height)), height)
    cover = np.empty(width, np.float32)
    rim = np.empty(width, np.float32)
    face = np.empty(width, np.float32)
    for number in range(first, last + 1):
        who = person_in_row(view, number, row, z_m, pulse, width, height)
        top = (
            who.row
            - (f32(0.15) + (who.lift + f32(0.02)) * (max(abs(who.one_arm), who.both_arms)))
            / who.per_row
        )
        under = who.row - f32(0.17) / who.per_row
        for y in range(pixel(top, height), end):
            up = (who.row - f32(y) - f32(0.5)) * who.per_row
            if f32(y) < under:
                # Above the head there is but an arm or two.
                for side in range(-1, 2, 2):
                    if who.both_arms > f32(0) or f32(side) == who.one_arm:
                        paint_arm(canvas, y, up, f32(side), who, cover, rim, dark, edge)
            else:
                paint_body(canvas, y, up, who, cover, rim, face, dark, edge, front)


@inline
def _across(view: View, z_m: Scalar, x: int, width: int, height: int) -> Scalar:
    """Return x where the ray through a column meets a row of people."""
    dx, _, dz, _ = ray(view, x, height // 2, width, height)
    toward = dz if abs(dz) > f32(0.05) else f32(0.05)
    return f32(view.x_m + dx * (z_m - view.z_m) / toward)


@inline
def _deck_row(view: View, width: int, height: int) -> Scalar:
    """Return the row below which the deck hides the hall altogether from a camera on it."""
    _, _, left, _ = ray(view, 0, height // 2, width, height)
    _, _, right, _ = ray(view, width - 1, height // 2, width, height)
    # The way to the deck's edge is a plane's: shortest where the ray runs most along -z.
    depth = (f32(FRONT_Z_M) - view.z_m) / min(min(left, right), f32(-0.05))
    depth = max(depth, f32(0.1))
    edge = view.horizon * f32(height) + (view.y_m - f32(DECK_M)) * f32(height) / (view.lens * depth)
    edge = edge + abs(view.sin_roll) * f32(0.5) * f32(width)
    return f32(edge if view.cos_yaw < f32(0) else f32(height))
