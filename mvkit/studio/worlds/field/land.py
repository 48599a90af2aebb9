"""The land around the field, made once: hills with their parcels and hedges; the lone tree."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, kernel, u32
from mvkit.studio.kit.maths import mix, saturate
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import STROKE_COLUMNS, draw_strokes
from mvkit.studio.kit.tables import cloudy
from mvkit.studio.worlds.field.dress import Colours, Hour

__all__ = ["LAND_SLOPE", "Tree", "grow_tree", "lay_land", "paint_tree"]

Table = NDArray[np.float32]
Numbers = NDArray[np.floating[Any]]

LAND_SLOPE = 0.13
"""The land reaches up to this tangent over the horizon."""


class Tree:
    """A tree in full leaf, in halving sizes so that a small picture of it does not glitter.

    Parameters
    ----------
    cover, lit
        Cover of the tree and the light that its leaves catch, both 0..1, square.
    """

    def __init__(self, cover: Table, lit: Table) -> None:
        self._levels = [(cover, lit)]
        for _ in range(3):
            last = self._levels[-1]
            size = max(last[0].shape[1] // 2, 4), max(last[0].shape[0] // 2, 4)
            halves = [cv2.resize(table, size, interpolation=cv2.INTER_AREA) for table in last]
            self._levels.append((halves[0], halves[1]))

    def fitting(self, size_px: float) -> tuple[Table, Table]:
        """Return cover and light as fine as a height in pixels can show."""
        ratio = max(self._levels[0][0].shape[0] / max(size_px, 1.0), 1.0)
        return self._levels[min(int(np.log2(ratio) + 0.4), len(self._levels) - 1)]


class _Range(NamedTuple):
    """One range of hills: how blue it lies, its features, height as a tangent, and distance."""

    blue: float
    cells: tuple[int, ...]
    top: float
    far_m: float


_RANGES = (
    _Range(0.9, (4, 11, 30), 0.088, 1800),
    _Range(0.6, (5, 13, 34), 0.066, 900),
    _Range(0.25, (6, 17), 0.042, 350),
)
_HEDGE_FAR_M = 30.0 / 0.22  # of the hedge at the end of the field
_SUNK = 0.22  # share of the haze that hills far away lie in: they look over the rest


class _Sheet:
    """The strip of land while it is painted, from far to near."""

    def __init__(self, shape: tuple[int, int], air: Numbers, haze: float) -> None:
        self.slope = np.linspace(LAND_SLOPE, 0, shape[0])[:, None]
        self.px = LAND_SLOPE / shape[0]
        self._picture, self._cover = np.zeros((*shape, 3)), np.zeros(shape)
        self._air, self._haze = air, haze

    def lay(self, skyline: Numbers, paint: Numbers, far_m: float) -> None:
        """Cover all that lies below a skyline, sunk into the air by its distance."""
        lost = 1 - np.exp(-self._haze * _SUNK * far_m)
        inside = np.clip((skyline - self.slope) / self.px + 0.5, 0, 1)
        shown = paint * (1 - lost) + self._air * lost
        self._picture += (shown - self._picture) * inside[..., None]
        self._cover += (1 - self._cover) * inside

    def table(self) -> Table:
        """Return red, green, blue and cover, the first column once more at the end."""
        layers = np.concatenate([self._picture, self._cover[..., None]], axis=2)
        closed = np.concatenate([layers, layers[:, :1]], axis=1)
        return np.ascontiguousarray(closed, np.float32)


def lay_land(seed: int, height_px: int, colours: Colours, hour: Hour) -> Table:
    """Return the land by direction, (rows, columns, 4): red, green, blue and cover.

    Columns are azimuths from -pi to pi, rows are slopes from `LAND_SLOPE` down to 0.

    Parameters
    ----------
    seed
        Another seed is another countryside.
    height_px
        Height of the frames; the table is as fine as they can show.
    colours, hour
        How the world is dressed.
    """
    rng = np.random.default_rng(seed + 29)
    width = int(6.4 * height_px)
    shape = max(int(LAND_SLOPE * height_px), 12), width
    azimuth = np.linspace(-np.pi, np.pi, width, endpoint=False)
    aside = (azimuth - float(hour.azimuth) + np.pi) % (2 * np.pi) - np.pi
    sunward = float(hour.glow) * np.exp(-1.4 * aside**2)[None, :, None]
    hills, grass, wheat = (np.array(c) for c in (colours.hills, colours.grass, colours.wheat))
    light = float(hour.light)
    sheet = _Sheet(shape, np.array(colours.horizon) * (0.8 + 0.35 * sunward), float(hour.haze))
    for blue, cells, top, far_m in _RANGES:
        swell = cloudy(rng, (1, width), cells)[0]
        crest = top * (0.25 + 1.1 * np.clip(swell - 0.15, 0, 1))
        fields = cloudy(rng, shape, (70, 160))
        parcel = np.round(5 * fields + 2 * (crest[None, :] - sheet.slope) / top) % 3 / 2
        ground = hills * blue + (1 - blue) * (0.75 * grass + parcel[..., None] * (0.5 * wheat))
        ground = light * ground * (0.75 + 0.4 * cloudy(rng, shape, (300, 700))[..., None])
        woods = _hedge(rng, width, crest, sheet.px, dense=0.42 + 0.2 * (1 - blue))
        sheet.lay(woods, light * (0.45 * hills + 0.12 * grass), far_m)
        sheet.lay(crest, ground + 0.10 * sunward * np.array(colours.sun), far_m)
    nearest = 0.006 + _hedge(rng, width, np.full(width, 0.004), sheet.px, dense=0.6)
    speckle = 0.6 + 0.8 * cloudy(rng, shape, (500, 1100))[..., None]
    sheet.lay(nearest, light * (0.25 * hills + 0.20 * grass) * speckle, _HEDGE_FAR_M)
    return sheet.table()


def _hedge(
    rng: np.random.Generator, width: int, ground: Numbers, px: float, *, dense: float
) -> Numbers:
    """Return the skyline of bushes and trees on the ground's: round crowns in groups."""
    n_trees = 240
    azimuth = np.arange(width)
    line = ground.copy()
    group = cloudy(rng, (1, width), (18, 44))[0]
    for place, size in rng.random((n_trees, 2)):
        middle = place * width
        if group[int(middle) % width] < 1 - dense:
            continue
        half = (0.006 + 0.012 * size) / px
        off = (azimuth - middle + width / 2) % width - width / 2
        crown = np.sqrt(np.clip(1 - (off / half) ** 2, 0, 1))
        line = np.maximum(line, ground + crown * (0.004 + 0.010 * size))
    rough = cloudy(rng, (1, width), (600, 1300))[0] - 0.5
    return np.asarray(np.where(line > ground, line + 0.004 * rough, line))


def grow_tree(seed: int, height_px: int) -> Tree:
    """Return an old oak that stands alone: a short trunk, a broad crown of many clumps."""
    rng = np.random.default_rng(seed + 13)
    size = max(int(0.5 * height_px), 48)
    wood = np.zeros((3, size, size), np.float32)
    branches = [_limb(0.5, 0.98, 0.5, 0.62, 0.030, 0.020)]
    for _ in range(9):
        angle = np.pi * (0.12 + 0.76 * rng.random())
        long = 0.22 + 0.14 * rng.random()
        root = 0.80 - 0.16 * rng.random()
        end = 0.5 + long * np.cos(angle), root - long * np.sin(angle) * 0.8
        branches.append(_limb(0.5, root, *end, 0.013, 0.004))
    strokes = np.array(branches)
    strokes[:, :6] *= size
    draw_strokes(wood, strokes.astype(np.float32))
    cover, lit = wood[0].copy(), 0.05 * wood[0]
    n_clumps = 210
    turn, out = 2 * np.pi * rng.random(n_clumps), np.sqrt(rng.random(n_clumps))
    x = 0.5 + 0.42 * out * np.cos(turn)
    y = 0.40 - 0.30 * out * np.sin(turn) * (0.9 + 0.2 * np.cos(3 * turn))
    y = np.minimum(y, 0.66 - 0.05 * rng.random(n_clumps))
    radius = 0.040 + 0.050 * rng.random(n_clumps)
    for k in np.argsort(-y + 0.25 * rng.random(n_clumps))[::-1]:
        _clump(rng, cover, lit, x[k] * size, y[k] * size, radius[k] * size)
    return Tree(cover, lit)


def _limb(*numbers: float) -> list[float]:
    x0, y0, x1, y1, thick, thin = numbers
    limb = dict.fromkeys(STROKE_COLUMNS, 1.0)
    limb.update(x0=x0, y0=y0, radius_0=thick, x1=x1, y1=y1, radius_1=thin)
    return list(limb.values())


def _clump(
    rng: np.random.Generator, cover: Table, lit: Table, x: float, y: float, radius: float
) -> None:
    """Lay one clump of leaves over a tree, bright at its upper edge, ragged outside, in place."""
    height, width = cover.shape
    x0, x1 = max(int(x - 1.3 * radius), 0), min(int(x + 1.3 * radius) + 2, width)
    y0, y1 = max(int(y - 1.3 * radius), 0), min(int(y + 1.3 * radius) + 2, height)
    if x1 <= x0 or y1 <= y0:
        return
    u = (np.arange(x0, x1)[None, :] + 0.5 - x) / radius
    v = (y - np.arange(y0, y1)[:, None] - 0.5) / radius
    fine = height / 180
    grain = cv2.GaussianBlur(rng.standard_normal((y1 - y0, x1 - x0)), (0, 0), fine)
    leaf = 0.5 + np.clip(0.9 * fine * grain, -0.5, 0.5)
    opaque = np.clip((0.9 - np.hypot(u, v) + 0.9 * (leaf - 0.5)) * 4, 0, 1)
    high = 1 - y / height
    light = np.clip(0.02 + 0.50 * high + 0.42 * v + 0.10 * u + 0.45 * (leaf - 0.5), 0, 1)
    cover[y0:y1, x0:x1] += (1 - cover[y0:y1, x0:x1]) * opaque
    lit[y0:y1, x0:x1] += (light - lit[y0:y1, x0:x1]) * opaque


@kernel
def paint_tree(
    canvas: Canvas,
    cover: Table,
    lit: Table,
    x_px: Scalar,
    foot_px: Scalar,
    size_px: Scalar,
    sway: Scalar,
    shade: RGB,
    light: RGB,
    opacity: Scalar,
) -> None:
    """Draw a tree that leans with the wind by ``sway`` of its height, in place."""
    _, height, width = canvas.shape
    rows, columns = cover.shape
    per_px = f32(rows) / max(size_px, f32(4))
    reach = size_px * (f32(0.5) + abs(sway))
    x0 = pixel(x_px - reach, width)
    x1 = pixel(x_px + reach + f32(1), width)
    n = x1 - x0
    if n <= 0:
        return
    hidden = np.empty(n, np.float32)
    tone = np.empty(n, np.float32)
    last_row = f32(rows) - f32(1.01)
    last_column = f32(columns) - f32(1.01)
    for y in range(pixel(foot_px - size_px, height), pixel(foot_px, height)):
        up = (foot_px - f32(y) - f32(0.5)) / size_px
        row = min(max(f32(rows) * (f32(1) - up), f32(0)), last_row)
        iy = u32(i32(row))
        fy = row - np.floor(row)
        cover_0 = cover[iy]
        cover_1 = cover[u32(iy + u32(1))]
        lit_0 = lit[iy]
        begin = f32(x0) + f32(0.5) - x_px - sway * up * up * size_px
        for x in range(n):
            column = (f32(x) + begin) * per_px + f32(columns) * f32(0.5)
            column = min(max(column, f32(0)), last_column)
            ix = u32(i32(column))
            jx = u32(ix + u32(1))
            fx = column - np.floor(column)
            above = mix(cover_0[ix], cover_0[jx], fx)
            hidden[x] = saturate(mix(above, mix(cover_1[ix], cover_1[jx], fx), fy)) * opacity
            tone[x] = mix(lit_0[ix], lit_0[jx], fx)
        for plane in range(3):
            out = canvas[plane, y, x0:x1]
            dark = shade[plane]
            bright = light[plane]
            for x in range(n):
                out[x] = mix(out[x], mix(dark, bright, tone[x]), hidden[x])
