"""Paper-cut cranes in the sky and carp in the lake, as tapered strokes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import STROKE_COLUMNS
from mvkit.studio.music import Pulse

__all__ = ["Creatures"]

Table = NDArray[np.floating[Any]]

_N_CRANES = 5
_SPAN_RAD = 2.4  # arc of sky in which a flight is, before it begins again
_N_CARP = 10
_POND_M = 10.0
_SPINE = 9
# Half widths of a carp along its spine, in shares of its length, nose first.
_GIRTH = np.array([0.035, 0.085, 0.115, 0.12, 0.105, 0.08, 0.055, 0.035, 0.03, 0.002])


class Creatures:
    """Lists cranes and carp as strokes of :mod:`mvkit.studio.kit.strokes`.

    Parameters
    ----------
    seed
        Another seed lets them go elsewhere.
    white, ink, red
        Colours of the cut paper.
    """

    def __init__(self, seed: int, *, white: RGB, ink: RGB, red: RGB) -> None:
        self._chance = np.random.default_rng(seed + 41).random((16, 8))
        self._white, self._ink, self._red = (np.array(colour) for colour in (white, ink, red))
        self._level, self._raised = self._crane(0.0), self._crane(1.0)

    def cranes(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return a flight of cranes that crosses the sky, their wings in time with the song."""
        camera = projection.camera
        chance = self._chance[:_N_CRANES]
        drift = 0.022 * t_s + chance[0, 0] * _SPAN_RAD
        rank = np.arange(_N_CRANES)
        back = 0.055 * ((rank + 1) // 2) + 0.02 * chance[:, 1]
        azimuth = (drift - back + _SPAN_RAD / 2) % _SPAN_RAD - _SPAN_RAD / 2
        slope = 0.40 + 0.028 * ((rank + 1) // 2) * np.where(rank % 2, 1, -0.6)
        slope = slope + 0.012 * np.sin(0.7 * t_s + 6 * chance[:, 2])
        far_m = 300.0
        x_px, y_px, depth = projection.to_px(
            camera.x_m + far_m * np.sin(azimuth),
            camera.y_m + far_m * slope,
            camera.z_m + far_m * np.cos(azimuth),
        )
        span_px = (0.10 + 0.03 * chance[:, 3]) * projection.height_px / camera.lens
        fade = np.clip((_SPAN_RAD / 2 - np.abs(azimuth)) / 0.2, 0, 1) * (depth > 1)
        flap = 2 * np.pi * (float(pulse.beat_count) / 2 - 0.11 * rank)
        # Every stroke of a bird is linear in the lift of its wings.
        birds = self._level + np.sin(flap)[:, None, None] * (self._raised - self._level)
        birds[..., :6] *= span_px[:, None, None]
        birds[..., [0, 3]] += x_px[:, None, None]
        birds[..., [1, 4]] += y_px[:, None, None]
        birds[..., 9] *= fade[:, None]
        return birds[fade > 0].reshape(-1, len(STROKE_COLUMNS)).astype(np.float32)

    def carp(
        self, projection: Projection, pulse: Pulse, t_s: float, middle_m: Table
    ) -> NDArray[np.float32]:
        """Return the carp under the water around a place (x, z)."""
        chance = self._chance[:_N_CARP]
        # Each swims its own round inside its own stretch of the lake, which then repeats.
        turn = np.where(chance[:, 4] < 0.5, 1.0, -1.0)
        angle = turn * (0.16 + 0.12 * chance[:, 1]) * t_s + 6.28 * chance[:, 2]
        round_m = 0.7 + 1.1 * chance[:, 3]
        home = _POND_M * (
            chance[:, 0:2] + np.round((middle_m - _POND_M * chance[:, 0:2]) / _POND_M)
        )
        # Before one leaves this stretch and enters it at the other side, it dives.
        off = np.abs(home - middle_m).max(axis=1)
        shallow = np.clip((0.5 * _POND_M - off) / 0.8, 0, 1)
        long = 0.42 + 0.36 * chance[:, 5]
        share = np.linspace(0, 1, _SPINE + 1)[:, None]
        tail = 1.2 * share**2 * np.sin(2 * np.pi * (float(pulse.beat_count) / 2 - 0.7 * share))
        along = angle - turn * share * long / round_m
        out = round_m + 0.11 * long * tail
        x = home[:, 0] + out * np.cos(along)
        z = home[:, 1] + out * np.sin(along)
        x_px, y_px, depth = projection.to_px(x, -0.02, z)
        scale = projection.px_per_m(np.maximum(depth, 0.6))
        lying = np.clip(1.4 * projection.camera.y_m / np.maximum(depth, 0.6), 0.18, 1.0)
        radius = _GIRTH[:, None] * long * scale * np.sqrt(lying)
        near = np.clip(depth - 1.0, 0, 1) * np.clip((16 - depth) / 6, 0, 1)
        strokes = np.zeros((_SPINE, _N_CARP, len(STROKE_COLUMNS)))
        strokes[..., 0], strokes[..., 1], strokes[..., 2] = x_px[:-1], y_px[:-1], radius[:-1]
        strokes[..., 3], strokes[..., 4], strokes[..., 5] = x_px[1:], y_px[1:], radius[1:]
        patch = (np.sin(9 * share[:-1] + 40 * chance[:, 6]) > -0.2)[..., None]
        strokes[..., 6:9] = np.where(patch, self._red, self._white)
        strokes[..., 9] = 0.8 * near[0] * shallow
        fins = self._fins(x_px, y_px, radius, strokes)
        return np.concatenate([fins, strokes.reshape(-1, len(STROKE_COLUMNS))]).astype(np.float32)

    def _fins(self, x: Table, y: Table, radius: Table, body: Table) -> Table:
        """Return two fins and a forked tail for each carp."""
        fins = []
        for joint, reach in ((2, 1.5), (_SPINE - 1, 3.2)):
            ahead_x, ahead_y = x[joint - 1] - x[joint], y[joint - 1] - y[joint]
            per_m = 1 / np.maximum(np.hypot(ahead_x, ahead_y), 1e-3)
            girth = radius[2] * reach
            for side in (-1.0, 1.0):
                spread = 0.9 if joint == 2 else 0.45
                tip_x = x[joint] + girth * per_m * (side * spread * ahead_y - 0.8 * ahead_x)
                tip_y = y[joint] - girth * per_m * (side * spread * ahead_x + 0.8 * ahead_y)
                fin = body[0].copy()
                fin[:, 0], fin[:, 1], fin[:, 2] = x[joint], y[joint], 0.25 * radius[2]
                fin[:, 3], fin[:, 4], fin[:, 5] = tip_x, tip_y, 0.04 * radius[2]
                fin[:, 9] *= 0.7
                fins.append(fin)
        return np.concatenate(fins)

    def _crane(self, flap: float) -> Table:
        """Return a crane flying to the right: white paper, black feathers, a red crown.

        Its middle is at 0, its span about 1; ``flap`` -1 has the wings down, 1 up.
        """
        white, ink, red = self._white, self._ink, self._red
        parts: list[tuple[float, ...]] = []
        colours: list[Table] = []

        def cut(colour: Table, *place: float) -> None:
            parts.append(place)
            colours.append(colour)

        for far_wing in (True, False):
            lean = -0.10 if far_wing else 0.06
            wrist = np.array([lean - 0.02, -(0.22 * flap + 0.05)])
            tip = wrist + np.array([lean - 0.16, -(0.26 * flap - 0.05)])
            cut(white, 0.03, -0.01, 0.034, wrist[0], wrist[1], 0.028)
            cut(white, wrist[0], wrist[1], 0.028, tip[0], tip[1], 0.007)
            for k in range(7):
                root = wrist + (tip - wrist) * (k - 2) / 5 if k > 1 else wrist * (0.5 + 0.25 * k)
                long = 0.13 - 0.008 * k
                end = root + np.array([-long, 0.03 + 0.05 * (1 - k / 7)])
                cut(ink if k > 1 else white, root[0], root[1], 0.013, end[0], end[1], 0.003)
            if far_wing:
                cut(ink, -0.10, 0.01, 0.007, -0.33, 0.035, 0.003)
                cut(white, 0.10, 0.0, 0.036, -0.12, 0.01, 0.018)
        cut(ink, 0.10, 0.0, 0.017, 0.22, -0.025, 0.010)
        cut(ink, 0.22, -0.025, 0.010, 0.30, -0.03, 0.010)
        cut(white, 0.30, -0.031, 0.011, 0.315, -0.031, 0.009)
        cut(red, 0.306, -0.039, 0.007, 0.316, -0.037, 0.005)
        cut(ink, 0.32, -0.03, 0.005, 0.37, -0.024, 0.001)
        strokes = np.zeros((len(parts), len(STROKE_COLUMNS)))
        strokes[:, :6] = np.array(parts)
        strokes[:, 6:9], strokes[:, 9] = np.array(colours), 1.0
        # The cut lies a little over the paper: its shadow falls to the lower right.
        shadow = strokes.copy()
        shadow[:, [0, 3]] += 0.03
        shadow[:, [1, 4]] += 0.045
        shadow[:, 6:9], shadow[:, 9] = ink, 0.16
        return np.concatenate([shadow, strokes])
