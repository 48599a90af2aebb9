"""Drops of ink: blooms on water and paper, splatter, rings that run out from the feet.

All of it follows from the number of the beat, so any frame can be painted by itself: a drop
falls with its beat, spreads while the next ones come, and dries away.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import STROKE_COLUMNS
from mvkit.studio.kit.tables import cloudy
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.ink_wash.stamps import Place, Stamp

__all__ = ["STAIN_COLUMNS", "StainStamps", "Stains", "draw_stains"]

Table = NDArray[np.floating[Any]]

STAIN_COLUMNS = (
    "x", "y", "radius_x", "radius_y", "density", "hollow", "number", "red", "green", "blue",
)  # fmt: skip
"""Columns of a table of stains, in pixels; ``hollow`` 0 is a bloom, 1 a ring."""

_RING_BEATS = 4
_BLOOM_BEATS = 8
_SPLATTER_BEATS = 4
_N_DROPLETS = 22
_PAPER_BARS = 3
_N_AROUND = 7
_BEATS_PER_BAR = 4
_REACH = 1.45  # half size of a stamp, in radii of its stain
_DRY = 0.01  # a thinner stain is not seen
_N_KINDS = 5


class StainStamps(NamedTuple):
    """The shapes into which ink soaks and dries."""

    blooms: tuple[Stamp, ...]
    rings: tuple[Stamp, ...]

    @classmethod
    def made(cls, seed: int, height_px: int) -> StainStamps:
        """Return shapes as fine as frames of a height can show them."""
        rng = np.random.default_rng(seed + 23)
        size = max(int(0.45 * height_px), 48)
        blooms = tuple(_bloom(rng, size) for _ in range(_N_KINDS))
        return cls(blooms, tuple(_ring(rng, size) for _ in range(_N_KINDS)))


class Stains:
    """Lists the ink that has fallen.

    Parameters
    ----------
    seed
        Another seed lets it fall elsewhere.
    ink, gilt, disc
        Colours: of most drops, and of a few.
    strength
        Density of the ink at this hour.
    """

    def __init__(self, seed: int, *, ink: RGB, gilt: RGB, disc: RGB, strength: float) -> None:
        self._chance = np.random.default_rng(seed + 19).random((97, _N_DROPLETS, 8))
        self._ink, self._gilt, self._disc = (np.array(colour) for colour in (ink, gilt, disc))
        self._strength = strength

    def on_water(
        self, projection: Projection, pulse: Pulse, place_m: Table, step_m: Table
    ) -> NDArray[np.float32]:
        """Return rings around the feet and blooms beside the way.

        Parameters
        ----------
        projection
            The camera.
        pulse
            The song now.
        place_m, step_m
            (x, z) of who walks, and their way in one beat; the ink stays where they were.
        """
        beats = float(pulse.beat_count)
        numbers = np.floor(beats) - np.arange(_BLOOM_BEATS)
        age = beats - numbers
        feet = place_m - age[:, None] * step_m
        rings, blooms = numbers[:_RING_BEATS], numbers[numbers % 2 == 0]
        ring_age, bloom_age = age[:_RING_BEATS], age[numbers % 2 == 0]
        energy, kick = float(pulse.energy), float(pulse.kick)
        loud = 0.35 + 0.65 * energy
        ring = self._flat(
            projection,
            feet[:_RING_BEATS],
            0.16 + 0.55 * ring_age,
            loud * np.exp(-0.8 * ring_age) * 1.4,
            rings,
            hollow=1.0,
        )
        chance = self._chance[(blooms % 97).astype(int), 0]
        angle = 2 * np.pi * chance[:, 0]
        out = 1.2 + 2.4 * chance[:, 1]
        spots = feet[numbers % 2 == 0] + np.stack([out * np.cos(angle), out * np.sin(angle)], 1)
        size = (0.30 + 0.5 * chance[:, 2]) * (0.5 + 0.8 * energy)
        spread = size * (1.15 - np.exp(-1.7 * bloom_age))
        wet = loud * np.exp(-0.42 * bloom_age) + 0.5 * kick * (bloom_age < 1)
        bloom = self._flat(projection, spots, spread, 1.7 * wet, blooms, hollow=0.0)
        return np.concatenate([bloom, ring]).astype(np.float32)

    def on_paper(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the wide blooms of the bars, in the sky."""
        bars = float(pulse.beat_count) / _BEATS_PER_BAR
        numbers = np.repeat(np.floor(bars) - np.arange(_PAPER_BARS), _N_AROUND)
        age = bars - numbers
        chance = self._chance[(numbers * 5 % 97).astype(int), 1]
        camera = projection.camera
        # The same bloom all around, so that a camera sees one or two wherever it looks.
        around = np.arange(numbers.size) % _N_AROUND
        grid = 2 * np.pi / _N_AROUND * (around + chance[:, 0])
        far_m = 1000.0
        x_px, y_px, depth = projection.to_px(
            camera.x_m + far_m * np.sin(grid),
            camera.y_m + far_m * (0.18 + 0.42 * chance[:, 1]),
            camera.z_m + far_m * np.cos(grid),
        )
        unit = projection.height_px
        radius = unit * (0.07 + 0.13 * chance[:, 2]) * (1.1 - np.exp(-3.0 * age))
        density = 0.5 * (0.4 + 0.6 * float(pulse.energy)) * np.clip(5 * age, 0, 1)
        density = density * np.clip(1.2 * (1 - age / _PAPER_BARS), 0, 1) * (depth > 1)
        gilded = (numbers % 4 == 2)[:, None]
        colour = np.where(gilded, self._gilt, self._ink)
        return self._table(x_px, y_px, (radius, 0.85 * radius), density, 0.0, numbers, colour)

    def splatter(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return what the snare has splashed on the paper, as strokes."""
        beats = float(pulse.beat_count)
        hits = np.floor(beats) - np.arange(_SPLATTER_BEATS)
        hits = np.repeat(hits[hits % 2 == 1], _N_DROPLETS)
        age = beats - hits
        k = np.arange(len(hits)) % _N_DROPLETS
        burst = self._chance[(hits * 7 % 97).astype(int), 0]
        chance = self._chance[(hits * 7 % 97).astype(int), k]
        unit = projection.height_px
        side = np.where(burst[:, 4] < 0.5, 0.17, 0.83) + 0.2 * (burst[:, 5] - 0.5)
        angle, out = 6.28 * chance[:, 0], chance[:, 1] ** 1.6
        fling = (1.0 - np.exp(-14 * age)) * 0.30 * out * unit
        ahead_x, ahead_y = np.cos(angle), 0.8 * np.sin(angle)
        x = side * projection.width_px + fling * ahead_x
        y = (0.24 + 0.3 * burst[:, 6]) * unit + fling * ahead_y
        radius = unit * (0.0020 + 0.015 * (1 - out) * chance[:, 2] ** 2)
        tail = radius * (0.5 + 3.0 * chance[:, 3])
        hit = 0.25 + 0.75 * float(pulse.energy)
        fresh = np.where(age < 1, 0.45 * float(pulse.snare), 0.0)
        density = (hit * np.exp(-0.75 * age) + fresh) * 1.1
        red = (k % 11 == 3)[:, None]
        strokes = np.empty((len(hits), len(STROKE_COLUMNS)), np.float32)
        strokes[:, 0], strokes[:, 1], strokes[:, 2] = x, y, radius
        strokes[:, 3], strokes[:, 4] = x + tail * ahead_x, y + tail * ahead_y
        strokes[:, 5] = 0.3 * radius
        strokes[:, 6:9] = np.where(red, self._disc, self._ink)
        strokes[:, 9] = np.clip(density * self._strength, 0, 0.95)
        return strokes

    def _flat(
        self,
        projection: Projection,
        place_m: Table,
        radius_m: Table,
        density: Table,
        numbers: Table,
        *,
        hollow: float,
    ) -> NDArray[np.float32]:
        """Return stains that lie on the water, foreshortened as it is seen."""
        x_px, y_px, depth = projection.to_px(place_m[:, 0], 0.0, place_m[:, 1])
        scale = projection.px_per_m(np.maximum(depth, 0.5))
        lying = np.clip(projection.camera.y_m / np.maximum(depth, 0.5), 0.05, 1.0)
        seen = density * np.clip(1.5 * depth - 1.2, 0, 1)
        radii = radius_m * scale, radius_m * scale * lying
        return self._table(x_px, y_px, radii, seen, hollow, numbers, self._ink)

    def _table(
        self,
        x_px: Table,
        y_px: Table,
        radii_px: tuple[Table, Table],
        density: Table,
        hollow: float,
        numbers: Table,
        colour: Table,
    ) -> NDArray[np.float32]:
        table = np.empty((len(x_px), len(STAIN_COLUMNS)), np.float32)
        table[:, 0], table[:, 1] = x_px, y_px
        table[:, 2], table[:, 3] = radii_px
        table[:, 4] = density * self._strength
        table[:, 5], table[:, 6] = hollow, numbers % 30
        table[:, 7:10] = colour
        return table


def draw_stains(canvas: Canvas, stamps: StainStamps, stains: NDArray[np.float32]) -> None:
    """Let stains soak into a canvas, in place; columns are `STAIN_COLUMNS`."""
    for x, y, radius_x, radius_y, density, hollow, number, *colour in stains.tolist():
        if density < _DRY:
            continue
        kinds = stamps.rings if hollow else stamps.blooms
        red, green, blue = (np.float32(level) for level in colour)
        kinds[int(number) % len(kinds)].press(
            canvas,
            Place(x, y, _REACH * radius_x, _REACH * radius_y),
            colour=(red, green, blue),
            density=density,
            flipped=int(number) // len(kinds) % 2 == 1,
        )


def _bloom(rng: np.random.Generator, size: int) -> Stamp:
    """Return a drop soaked into paper: lobed, pale inside, dark where its edge dried."""
    lobes, feather, q = _warped(rng, size, ragged=0.85)
    body = np.clip((1 - q) / 0.10, 0, 1)
    rim = np.exp(-(((q - 0.90) / 0.075) ** 2))
    core = np.clip(1.25 - 1.2 * q, 0, 1)
    ink = body * (0.42 + 0.35 * core + 0.5 * (lobes - 0.5)) + 0.45 * rim * (0.5 + feather)
    return Stamp(_soaked(ink))


def _ring(rng: np.random.Generator, size: int) -> Stamp:
    """Return a ring that a wet brush has left."""
    _, feather, q = _warped(rng, size, ragged=0.14)
    ink = np.exp(-(((q - 0.92) / 0.07) ** 2)) * np.clip(2.6 * feather - 0.55, 0, 1)
    return Stamp(_soaked(ink + 0.4 * np.exp(-(((q - 0.70) / 0.04) ** 2)) * feather))


def _warped(rng: np.random.Generator, size: int, *, ragged: float) -> tuple[Table, Table, Table]:
    """Return two noises and the distance from the middle, bent by them; 1 is the edge."""
    line = np.linspace(-_REACH, _REACH, size, dtype=np.float32)
    lobes = cloudy(rng, (size, size), (4, 8, 17, 35))
    feather = cloudy(rng, (size, size), (24, 50))
    q = np.hypot(line[None, :], line[:, None])
    q = q + ragged * ((lobes - 0.5) + 0.16 * (feather - 0.5))
    inside = np.clip((_REACH - np.hypot(line[None, :], line[:, None])) / 0.12, 0, 1)
    return lobes, feather, np.where(inside > 0, q, 9.0) + 9.0 * (1 - inside)


def _soaked(ink: Table) -> Table:
    """Return the share of paper that ink covers."""
    return np.asarray(1 - 2.0 ** (-2.2 * np.maximum(ink, 0)), np.float32)
