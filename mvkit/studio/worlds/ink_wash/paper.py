"""Tables made once per world: the grain of the paper and the mountains around it.

The mountains are a strip all around the lake, so a camera may turn as it likes: columns are
azimuths from -pi to pi, rows are slopes from `TOP_SLOPE` down to 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.tables import cloudy

__all__ = ["TOP_SLOPE", "Mountains", "paint_mountains", "paper_grain"]

Table = NDArray[np.float32]

TOP_SLOPE = 0.8
_FOOT = 0.02


class Mountains(NamedTuple):
    """Density of ink of the ridges far away, of those nearer, and what the latter hide."""

    far: Table
    near: Table
    hidden: Table


class _Ridge(NamedTuple):
    """One range: how many peaks, how high and wide they are, how dark, how fast it runs out."""

    n_peaks: int
    height: tuple[float, float]
    width: tuple[float, float]
    swell: float
    dark: float
    fade: float


_FAR = (
    _Ridge(26, (0.12, 0.46), (0.10, 0.26), 0.05, 0.42, 0.15),
    _Ridge(22, (0.06, 0.36), (0.06, 0.17), 0.04, 0.75, 0.12),
)
_NEAR = (
    _Ridge(15, (0.12, 0.62), (0.06, 0.15), 0.03, 2.0, 0.15),
    _Ridge(20, (0.01, 0.15), (0.10, 0.24), 0.02, 2.3, 0.06),
)
_OPEN = 0.42  # half width in radians of the valley ahead, in which the near range lies low


def paper_grain(width_px: int, height_px: int, seed: int) -> Table:
    """Return by how much the paper's fibres and pulp brighten each pixel of a frame, around 1."""
    rng = np.random.default_rng(seed + 5)
    size = height_px / 576
    pulp = rng.standard_normal((height_px, width_px)).astype(np.float32)
    fine = cv2.GaussianBlur(pulp, (0, 0), max(0.9 * size, 0.4))
    tooth = cv2.GaussianBlur(pulp[::-1].copy(), (0, 0), max(2.6 * size, 0.6))
    stain = cv2.GaussianBlur(pulp[:, ::-1].copy(), (0, 0), max(40 * size, 2.0))
    fibres = np.zeros((height_px, width_px), np.uint8)
    for x, y, turn, long, light in rng.random((int(260 * width_px / height_px), 5)):
        angle, reach = 6.3 * turn, (8 + 26 * long) * size
        bend = np.linspace(-1, 1, 7)
        px = x * width_px + reach * bend * np.cos(angle) - 0.3 * reach * bend**2 * np.sin(angle)
        py = y * height_px + reach * bend * np.sin(angle) + 0.3 * reach * bend**2 * np.cos(angle)
        line = (np.stack([px, py], axis=1) * 16).astype(np.int32)
        level = int(60 + 120 * light)
        cv2.polylines(fibres, [line], False, level, 1, cv2.LINE_AA, 4)
    light = fibres.astype(np.float32) / 255
    grain = 0.035 * fine / fine.std() + 0.04 * tooth / tooth.std() + 0.025 * stain / stain.std()
    return np.asarray(np.clip(1 + grain - 0.11 * light, 0.6, 1.25), np.float32)


def paint_mountains(seed: int, height_px: int) -> Mountains:
    """Return the ranges around the lake, as fine as frames of a height can show them.

    Parameters
    ----------
    seed
        Another seed is another painting.
    height_px
        Height of the frames.
    """
    rng = np.random.default_rng(seed + 31)
    shape = max(int(0.56 * height_px), 32), max(int(6.4 * height_px), 256)
    far, _ = _painted(rng, _FAR, shape, open_rad=0.0)
    near, hidden = _painted(rng, _NEAR, shape, open_rad=_OPEN)
    # Painted at half the size they wash: a table as fine as that is read twice as fast.
    size = shape[1] // 2, shape[0] // 2
    return Mountains(
        *(
            _closed(cv2.resize(table, size, interpolation=cv2.INTER_AREA))
            for table in (far, near, hidden)
        )
    )


def _painted(
    rng: np.random.Generator, ridges: Sequence[_Ridge], shape: tuple[int, int], *, open_rad: float
) -> tuple[Table, Table]:
    """Lay ridge before ridge; return the ink, and how far what is behind it is hidden."""
    height, width = shape
    slope = np.linspace(TOP_SLOPE, 0.0, height, dtype=np.float32)[:, None]
    azimuth = np.linspace(-np.pi, np.pi, width, endpoint=False, dtype=np.float32)
    ink, hidden = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for ridge in ridges:
        low = 1 - 0.75 * np.exp(-((azimuth / open_rad) ** 4)) if open_rad else 1.0
        crest = _crest(rng, ridge, azimuth) * low
        wet = cloudy(rng, shape, (40, 90, 200))
        grain = cloudy(rng, shape, (420, 900))
        below = crest + 0.020 * (wet - 0.5) + 0.004 * (grain - 0.5) - slope
        bleed = 0.004 + 0.020 * np.clip(wet - 0.45, 0, 1)
        inside = np.clip(below / bleed + 0.5, 0, 1)
        down = np.maximum(below, 0)
        fade = np.exp(-down / (ridge.fade * (0.4 + 1.3 * wet)))
        rim = np.exp(-((down / 0.010) ** 2)) * np.clip(3.2 * wet - 1.15, 0, 1)
        folds = _folds(rng, shape, azimuth, down)
        tone = 0.50 + 0.85 * (wet - 0.4) + 0.95 * folds + 0.3 * (grain - 0.5)
        tone = ridge.dark * fade * tone
        foot = np.clip(slope / _FOOT, 0, 1) * np.clip(slope / (0.35 * crest + 0.02) - 0.05, 0, 1)
        wash = inside * np.maximum(tone * foot + 0.55 * ridge.dark * rim, 0)
        halo = 0.10 * ridge.dark * np.exp(np.minimum(below, 0) / 0.018) * (1 - inside) * wet
        ink = ink * (1 - inside) + (wash + halo).astype(np.float32)
        hidden = hidden + (1 - hidden) * inside
    return ink.astype(np.float32), hidden.astype(np.float32)


def _closed(strip: Table) -> Table:
    """Return a strip with its first column once more at its end, for reading between columns."""
    return np.ascontiguousarray(np.concatenate([strip, strip[:, :1]], axis=1))


def _crest(rng: np.random.Generator, ridge: _Ridge, azimuth: Table) -> Table:
    """Return the skyline of a range: steep single peaks, as limestone weathers."""
    width = azimuth.size
    crest = ridge.swell * cloudy(rng, (1, width), (9, 21))[0]
    lowest, highest = ridge.height
    slim, broad = ridge.width
    for place, tall, wide, lean in rng.random((ridge.n_peaks, 4)):
        off = (azimuth - 2 * np.pi * place) % (2 * np.pi)
        off = np.where(off > np.pi, off - 2 * np.pi, off)
        half = slim + (broad - slim) * wide
        off = off / (half * np.where(off > 0, 0.7 + 0.6 * lean, 1.3 - 0.6 * lean))
        top = lowest + (highest - lowest) * tall * tall
        crest = np.maximum(crest, top / (1 + np.abs(off) ** 2.6))
    rough = cloudy(rng, (1, width), (60, 130, 300))[0] - 0.5
    return np.asarray(crest * (1 + 0.5 * rough) + 0.012 * rough, np.float32)


def _folds(rng: np.random.Generator, shape: tuple[int, int], azimuth: Table, down: Table) -> Table:
    """Return dry strokes that run down a rock face, leaning to either side; -0.3..0.7."""
    height, width = shape
    streaks = cloudy(rng, (max(height // 6, 4), width), (260, 520))
    columns = (azimuth[None, :] + np.pi) * width / (2 * np.pi)
    lean = width / 6.28 * 0.30 * np.sin(9 * azimuth)[None, :] * down
    x = np.mod(columns + lean, width - 1).astype(np.float32)
    y = np.clip(down * height * 0.16, 0, streaks.shape[0] - 1).astype(np.float32)
    lines = cv2.remap(streaks, x, y, cv2.INTER_LINEAR)
    return np.asarray(np.clip(4.0 * (lines - 0.52), -0.3, 0.7), np.float32)
