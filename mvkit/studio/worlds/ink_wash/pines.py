"""Pines on rocks in the lake: brushed once into tables, stood up around the camera."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import STROKE_COLUMNS, draw_strokes
from mvkit.studio.kit.tables import cloudy
from mvkit.studio.worlds.ink_wash.stamps import Place, Stamp

__all__ = ["Pines"]

Table = NDArray[np.float32]
Point = NDArray[np.floating[Any]]

_N_KINDS = 3
_BOUGH_GAP_RAD = 0.62
_BOUGH_PARALLAX = 0.12  # of the nearest bough, in radians per metre
_GAP_M = 7.0
_REACH_M = 46.0
_MIRRORED = 0.42  # density of a mirror image
_WATERLINE = 0.93  # of a table's height: below it the rock fades into the lake


class Pines:
    """Stands pines in the lake, left and right of the way.

    Parameters
    ----------
    seed
        Another seed is another grove.
    height_px
        Height of the frames.
    colour, air
        Of their ink, and of what they sink into far away.
    """

    def __init__(self, seed: int, height_px: int, *, colour: RGB, air: RGB) -> None:
        rng = np.random.default_rng(seed + 3)
        size = max(int(0.7 * height_px), 64)
        tables = [_brushed(rng, size) for _ in range(_N_KINDS)]
        self._upright = [Stamp(table) for table in tables]
        self._mirrored = [Stamp(_in_water(table)) for table in tables]
        self._bough = Stamp(_bough(rng, size))
        self._chance = rng.random((64, 8))
        self._colour, self._air = colour, air

    def draw(
        self,
        canvas: Canvas,
        projection: Projection,
        *,
        behind_m: float,
        ink: float,
        haze: float,
        mirror: bool = False,
    ) -> None:
        """Draw those farther away than a distance, far ones first.

        Parameters
        ----------
        canvas, projection
            The picture and its camera.
        behind_m
            Those nearer would hide the person.
        ink
            Density, 1 as rubbed.
        haze
            Share lost in the air per metre.
        mirror
            Draw their image in the water instead.
        """
        camera = projection.camera
        first = int((camera.z_m - _REACH_M) // _GAP_M)
        index = np.arange(first, first + int(2 * _REACH_M / _GAP_M) + 1)
        chance = self._chance[index % len(self._chance)]
        side = np.where(index % 2 == 0, -1.0, 1.0)
        x_m = side * (4.2 + 9.0 * chance[:, 0])
        z_m = (index + 0.7 * chance[:, 1]) * _GAP_M
        x_px, y_px, depth = projection.to_px(x_m, 0.0, z_m)
        clear = np.exp(-haze * np.maximum(depth, 0))
        seen = np.clip((depth - behind_m) / 2.0, 0, 1) * np.clip((_REACH_M - depth) / 12, 0, 1)
        density = seen * ink * (0.5 + 0.6 * clear) * (_MIRRORED if mirror else 1.0)
        half_px = 0.5 * (3.4 + 4.6 * chance[:, 2]) * projection.px_per_m(np.maximum(depth, 1.0))
        off_line = (2 * _WATERLINE - 1) * half_px  # from the waterline to the table's middle
        middle_px = y_px + (off_line if mirror else -off_line)
        seen *= np.abs(x_px - projection.width_px / 2) < projection.width_px / 2 + half_px
        stamps = self._mirrored if mirror else self._upright
        for k in np.argsort(-depth, kind="stable"):
            if seen[k] > 0:
                stamps[int(chance[k, 3] * _N_KINDS)].press(
                    canvas,
                    Place(x_px[k], middle_px[k], half_px[k], half_px[k]),
                    colour=self._tint(float(clear[k])),
                    density=float(density[k]),
                    flipped=bool((side[k] > 0) == (chance[k, 4] < 0.8)),
                )

    def draw_bough(
        self, canvas: Canvas, projection: Projection, *, ink: float, sway: float
    ) -> None:
        """Hang a bough into an upper corner of the frame, too near to be sharp.

        Parameters
        ----------
        canvas, projection
            The picture and its camera; boughs hang in fixed directions, one every so often.
        ink
            Density, 1 as rubbed.
        sway
            How far the wind has lifted it, about -1..1.
        """
        camera = projection.camera
        height, width = projection.height_px, projection.width_px
        near_rad = camera.yaw_rad + _BOUGH_PARALLAX * camera.x_m
        open_air = min(max((camera.seen_m - 0.8) / 0.4, 0.0), 1.0)  # none before a close face
        number = round(near_rad / _BOUGH_GAP_RAD)
        for k in (number - 1, number, number + 1):
            off = (k * _BOUGH_GAP_RAD - near_rad) / camera.lens
            x_px = 0.5 * width + 1.25 * off * height
            aside = abs(x_px / width - 0.5)
            seen = min(max((aside - 0.29) / 0.06, 0.0), 1.0) * open_air * (aside < 0.8)
            if seen > 0:
                half_px = 0.36 * height
                lifted = 0.06 * (camera.horizon - 0.4) - 0.012 * sway
                place = Place(x_px, (0.11 + lifted) * height, half_px, half_px)
                self._bough.press(
                    canvas,
                    place,
                    colour=self._colour,
                    density=0.92 * ink * seen,
                    flipped=x_px > 0.5 * width,
                )

    def _tint(self, clear: float) -> RGB:
        colour = clear * np.array(self._colour) + (1 - clear) * np.array(self._air)
        red, green, blue = (np.float32(level) for level in colour)
        return red, green, blue


def _brushed(rng: np.random.Generator, size: int) -> Table:
    """Return the ink of a crooked pine on its rock, in a square table."""
    sheet = np.zeros((3, size, size), np.float32)
    trunk = _trunk(rng)
    bare = [_segments(trunk, 0.020, 0.006, 0.95)]
    pads = []
    n_boughs = 6 + int(3 * rng.random())
    for k in range(n_boughs):
        share = 0.30 + 0.70 * (k + 0.5 * rng.random()) / n_boughs
        root = trunk[int(share * (len(trunk) - 1))]
        side = -1.0 if k % 2 else 1.0
        long = (0.30 - 0.16 * share) * (0.7 + 0.6 * rng.random())
        step = np.linspace(0, 1, 7)[:, None]
        wave = 0.02 * np.sin(5 * step + 6 * rng.random())
        end = np.array([side * long, -0.06 * long + 0.05 * (rng.random() - 0.7)])
        bough = root + step * end + np.array([0.0, 1.0]) * wave
        bare.append(_segments(bough, 0.0085 * (1.3 - share), 0.0025, 0.9))
        pads += [_needles(rng, place, 0.055 + 0.05 * rng.random()) for place in bough[2:]]
    pads.append(_needles(rng, trunk[-1], 0.08))
    for strokes in [*bare, *pads]:
        strokes[:, :6] *= size
        draw_strokes(sheet, strokes.astype(np.float32))
    return _with_rock(rng, sheet[0], size)


def _bough(rng: np.random.Generator, size: int) -> Table:
    """Return a bough that reaches in from the left, as a lens focused behind it sees it."""
    sheet = np.zeros((3, size, size), np.float32)
    step = np.linspace(0, 1, 12)
    x = -0.05 + 0.85 * step
    y = 0.30 + 0.26 * step**1.5 + 0.03 * np.sin(7 * step + 6 * rng.random())
    limb = np.stack([x, y], axis=1)
    strokes = [_segments(limb, 0.026, 0.006, 0.95)]
    tufts = []
    for k, root in enumerate(limb[3:]):
        side = -1.0 if k % 2 else 0.8
        end = root + np.array([0.09 + 0.07 * rng.random(), side * (0.05 + 0.08 * rng.random())])
        twig = root + np.linspace(0, 1, 4)[:, None] * (end - root)
        strokes.append(_segments(twig, 0.009, 0.003, 0.95))
        tufts += [_needles(rng, place, 0.15) for place in (twig[1], end)]
    for table in [*strokes, *tufts, _needles(rng, limb[-1], 0.15)]:
        table[:, :6] *= size
        draw_strokes(sheet, table.astype(np.float32))
    soft = cv2.GaussianBlur(sheet[0], (0, 0), size / 240)
    line = np.linspace(0, 1, size, dtype=np.float32)
    edge = np.clip(np.minimum(line, 1 - line) / 0.05, 0, 1)
    return np.asarray(soft * edge[None, :] * edge[:, None], np.float32)


def _in_water(table: Table) -> Table:
    """Return the mirror image of a pine: upside down, and running out with the distance."""
    fade = np.linspace(1.0, 0.1, table.shape[0], dtype=np.float32)[:, None]
    blurred = cv2.GaussianBlur(table[::-1], (0, 0), max(table.shape[0] / 160, 0.5))
    return np.asarray(blurred * fade, np.float32)


def _trunk(rng: np.random.Generator) -> Point:
    """Return the course of a trunk that the wind has bent, foot first, in shares of the table."""
    step = np.linspace(0, 1, 14)
    lean = 0.10 + 0.16 * rng.random()
    bend = 0.045 * np.sin(4.5 * step + 6 * rng.random()) * step
    x = 0.46 - 0.3 * lean + lean * step**1.4 + bend
    y = 0.86 - (0.62 + 0.12 * rng.random()) * step
    return np.stack([x, y], axis=1)


def _segments(line: Point, thick: float, thin: float, ink: float) -> Point:
    """Return a tapering brush stroke along a line."""
    strokes = np.zeros((len(line) - 1, len(STROKE_COLUMNS)))
    radius = np.linspace(thick, thin, len(line))
    strokes[:, 0:2], strokes[:, 3:5] = line[:-1], line[1:]
    strokes[:, 2], strokes[:, 5] = radius[:-1], radius[1:]
    strokes[:, 6:9], strokes[:, 9] = ink, 1.0
    return strokes


def _needles(rng: np.random.Generator, middle: Point, wide: float) -> Point:
    """Return a flat cloud of needles: fans of short strokes, as pines have been written."""
    n_fans, n_needles = 12, 10
    chance = rng.random((n_fans, 1, 4))
    fan = rng.random((n_fans, n_needles, 2))
    x = middle[0] + 1.5 * wide * (chance[..., 0] - 0.5) + 0 * fan[..., 0]
    y = middle[1] - 0.45 * wide * chance[..., 1] + 0.1 * wide + 0 * fan[..., 0]
    angle = np.pi * (0.06 + 0.88 * (np.arange(n_needles) + fan[..., 0]) / n_needles)
    long = wide * (0.24 + 0.16 * fan[..., 1])
    strokes = np.zeros((n_fans * n_needles, len(STROKE_COLUMNS)))
    strokes[:, 0], strokes[:, 1] = x.ravel(), y.ravel()
    strokes[:, 3] = (x + long * np.cos(angle)).ravel()
    strokes[:, 4] = (y - 0.8 * long * np.sin(angle)).ravel()
    strokes[:, 2], strokes[:, 5] = 0.0030, 0.0010
    strokes[:, 6:9] = 0.95
    strokes[:, 9] = (0.6 + 0.4 * np.broadcast_to(chance[..., 2], x.shape)).ravel()
    return strokes


def _with_rock(rng: np.random.Generator, ink: Table, size: int) -> Table:
    """Add the rock at the pine's foot: dark along its edge, running out into the water."""
    x = np.linspace(0, 1, size, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, size, dtype=np.float32)[:, None]
    rough = cloudy(rng, (size, size), (5, 11, 24))
    dry = cloudy(rng, (size, size), (30, 70))
    off = (x - 0.43) / (0.24 + 0.05 * rough)
    top = _WATERLINE - 0.11 / (1 + np.abs(off) ** 3.2) + 0.05 * (rough - 0.5)
    inside = np.clip((y - top) / 0.008, 0, 1) * np.clip((1.25 - np.abs(off)) / 0.3, 0, 1)
    down = np.maximum(y - top, 0)
    tone = 0.95 * np.exp(-down / 0.03) + 0.6 * np.clip(3 * (dry - 0.42), 0, 1)
    run = np.clip((_WATERLINE + 0.03 - y) / 0.05, 0, 1)
    return np.asarray(np.maximum(ink, inside * np.clip(tone, 0, 1) * run), np.float32)
