"""Fair-weather clouds, made once: heaps of lit balls on level bases, frayed by noise.

Columns of a table are azimuths from -pi to pi, rows are slopes from `TOP_SLOPE` down to 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.tables import cloudy

__all__ = ["TOP_SLOPE", "Clouds", "pile_clouds"]

Table = NDArray[np.float32]

TOP_SLOPE = 0.95
_N_CLOUDS = 46
_PX_PER_SLOPE = 0.5  # of the frame's height


class Clouds(NamedTuple):
    """Cover of the clouds, 0..1, and how lit they are, 0..1."""

    cover: Table
    lit: Table


def pile_clouds(seed: int, height_px: int, sun_azimuth: float) -> Clouds:
    """Return the clouds around the field, as fine as frames of a height can show them.

    Parameters
    ----------
    seed
        Another seed is another sky.
    height_px
        Height of the frames.
    sun_azimuth
        From where they are lit.
    """
    rng = np.random.default_rng(seed + 17)
    unit = max(_PX_PER_SLOPE * height_px, 40)
    shape = int(TOP_SLOPE * unit), int(2 * np.pi * unit)
    cover, lit = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    bases = np.sort(0.035 + 0.62 * rng.random(_N_CLOUDS) ** 1.7)
    for base in bases:
        _pile(rng, cover, lit, base, unit, sun_azimuth)
    # A thin streak of ice cloud high above.
    veil = cloudy(rng, shape, (14, 40, 110))
    high = np.linspace(1, 0, shape[0], dtype=np.float32)[:, None]
    thin = np.clip((veil - 0.52) * 2.2, 0, 0.4) * np.clip(3 * high - 0.6, 0, 1)
    cover, lit = _frayed(rng, cover, lit, unit)
    lit = lit * cover + 0.9 * (1 - cover) * (thin > 0)
    cover = cover + (1 - cover) * thin
    return Clouds(_closed(cover), _closed(lit))


def _pile(
    rng: np.random.Generator, cover: Table, lit: Table, base: float, unit: float, sun: float
) -> None:
    """Heap one cloud up: balls in a mound, each hiding what is behind it, in place."""
    near = 0.5 + 1.5 * base
    half = near * (0.12 + 0.28 * rng.random() ** 1.5)
    tall = half * (0.50 + 0.70 * rng.random())
    place = 2 * np.pi * rng.random() - np.pi
    n_balls = 34
    across = np.clip(rng.normal(0, 0.45, n_balls), -1, 1)
    mound = (1 - np.abs(across) ** 1.6) * (0.65 + 0.35 * np.cos(5 * across + 6 * rng.random()))
    up = np.clip(mound, 0.08, 1) * rng.random(n_balls) ** 0.7
    size = tall * (0.20 + 0.26 * rng.random(n_balls)) * (1.1 - 0.5 * up)
    aside = (sun - place + np.pi) % (2 * np.pi) - np.pi
    toward = float(np.clip(2.0 * aside, -0.7, 0.7))
    for k in np.argsort(-up):
        x = (place + half * across[k] + np.pi) * unit
        y = (TOP_SLOPE - base - tall * up[k]) * unit
        _ball(cover, lit, x, y, size[k] * unit, (TOP_SLOPE - base) * unit, tall * unit, toward)


def _ball(
    cover: Table,
    lit: Table,
    x_px: float,
    y_px: float,
    radius_px: float,
    base_px: float,
    tall_px: float,
    toward: float,
) -> None:
    """Lay one ball over the clouds, level at the base and darker towards it, in place."""
    height, width = cover.shape
    reach = int(radius_px + 2)
    y0, y1 = max(int(y_px) - reach, 0), min(int(y_px) + reach + 1, height)
    if y1 <= y0:
        return
    columns = np.arange(int(x_px) - reach, int(x_px) + reach + 1)
    rows = np.arange(y0, y1)
    u = ((columns + 0.5 - x_px) / radius_px)[None, :]
    v = ((y_px - rows - 0.5) / radius_px)[:, None]
    r2 = u * u + v * v
    level = np.clip((base_px - rows - 0.5)[:, None] / (0.16 * tall_px + 1) + 0.3, 0, 1)
    opaque = np.clip((1 - r2) * 2.2, 0, 1) * level
    high = np.clip((base_px - rows)[:, None] / tall_px, 0, 1)
    light = 0.30 + 0.42 * high + 0.26 * v + 0.24 * toward * u
    at = np.ix_(rows, columns % width)
    cover[at] += (1 - cover[at]) * opaque
    lit[at] += (np.clip(light, 0.05, 1) - lit[at]) * opaque


def _frayed(rng: np.random.Generator, cover: Table, lit: Table, unit: float) -> tuple[Table, Table]:
    """Return the clouds with billows: each place is taken from a little beside it."""
    height, width = cover.shape
    swirl = [cloudy(rng, cover.shape, (60, 130, 280, 560)) - 0.5 for _ in range(2)]
    columns, rows = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    far = 0.085 * unit
    x = np.clip(columns + far * swirl[0], 0, width - 1)
    y = np.clip(rows + 0.8 * far * swirl[1], 0, height - 1)
    cover = cv2.remap(cover, x, y, cv2.INTER_LINEAR)
    lit = cv2.remap(lit, x, y, cv2.INTER_LINEAR)
    bump = 0.5 * (swirl[1] - np.roll(swirl[1], 3, axis=0)) * 6
    return cover, np.clip(lit + 0.5 * bump + 0.12 * swirl[0], 0, 1).astype(np.float32)


def _closed(strip: NDArray[np.floating[Any]]) -> Table:
    """Return a strip with its first column once more at its end, for reading between columns."""
    return np.ascontiguousarray(np.concatenate([strip, strip[:, :1]], axis=1), np.float32)
