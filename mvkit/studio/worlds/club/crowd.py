"""The dancers around: silhouettes with coloured edges, each dancing its own figure.

Their pictures are made once, by the painter of the people, for every phase of two beats; a frame
only scales and places them. They make way for who walks among them, and for the camera.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.figure import Actor, FigureLight, FigurePainter, FigureSheet
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import mix
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Music, Pulse

__all__ = ["Crowd", "CrowdLight"]


class Picture(NamedTuple):
    """A dancer in one phase, cut out closely.

    Attributes
    ----------
    planes
        Light on the edges to the sides (128 none, less to the left, more to the right), light on
        the upper edges, and cover: (3, height, width).
    left, top
        Where the cut begins in the whole picture, in pixels.
    """

    planes: NDArray[np.uint8]
    left: int
    top: int


_HIGH_PX, _WIDE_PX = 176, 116
_HIGH_M, _BELOW_M = 2.32, 0.08  # height of a picture, and how much of it is below the ground
_GROUND_PX = _HIGH_PX * (1.0 - _BELOW_M / _HIGH_M)
_N_PHASES = 24
_LOOP_BEATS = 2.0
_FIGURES = (  # action, its first beat, direction of the face, seed of the person
    ("dance", 0.0, 0.35, 3),
    ("dance", 4.0, -0.45, 5),
    ("dance", 8.0, 0.15, 11),
    ("dance", 12.0, -0.2, 8),
    ("cheer", 0.0, 0.5, 14),
    ("dance", 4.0, 1.1, 21),
)

_N_DANCERS = 46
_ROOM_M = 0.85  # the dancers leave it free around a person
_AISLE_M = 0.62  # and to both sides of the line from the lens to them
_NEAREST_M = 1.0
_DJ = (0.0, 5.95, 0.32)  # x, z and height of the riser


class CrowdLight(NamedTuple):
    """Colours of the dancers: body, edges to the left, to the right and above, and the haze."""

    body: RGB
    left: RGB
    right: RGB
    top: RGB
    haze: RGB
    haze_per_m: float


class Crowd:
    """The dancers of one club.

    Parameters
    ----------
    seed
        Another seed is another crowd.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed + 23)
        self._places = _scattered(rng)
        n_dancers = len(self._places)
        self._figure = rng.integers(0, len(_FIGURES), n_dancers)
        self._late = rng.normal(0.0, 0.05, n_dancers)
        self._size = rng.uniform(0.93, 1.07, n_dancers)

    def paint(
        self,
        canvas: Canvas,
        camera: Camera,
        light: CrowdLight,
        *,
        pulse: Pulse,
        actor: Actor | None,
        before: bool,
    ) -> None:
        """Paint the dancers before or behind the person, far ones first, in place.

        Parameters
        ----------
        canvas
            The picture.
        camera, light
            Seen from where, lit how.
        pulse
            The song now.
        actor
            For whom they make way, or None; without one all are behind.
        before
            Which of them to paint.
        """
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        places = self._places_now(projection, actor)
        depth = np.asarray(projection.depth_m(places[:, 0], places[:, 1]))
        border = float(projection.depth_m(actor.x_m, actor.z_m)) if actor else 0.0
        wanted = (depth < border) if before else (depth >= border)
        for i in np.argsort(-depth, kind="stable"):
            if wanted[i] and depth[i] > _NEAREST_M:
                opacity = min((depth[i] - _NEAREST_M) / 0.5, 1.0)
                picture = _phase(int(self._figure[i]), float(pulse.beat_count) + self._late[i])
                place = (places[i, 0], places[i, 1], 0.0)
                _lay(canvas, projection, picture, place, self._size[i], light, opacity)

    def paint_dj(self, canvas: Canvas, camera: Camera, light: CrowdLight, *, pulse: Pulse) -> None:
        """Paint who stands behind the booth; the booth is painted over their legs."""
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        if float(projection.depth_m(_DJ[0], _DJ[1])) > _NEAREST_M:
            picture = _phase(0, float(pulse.beat_count))
            _lay(canvas, projection, picture, _DJ, 1.05, light, 1.0)

    def _places_now(self, projection: Projection, actor: Actor | None) -> NDArray[np.float64]:
        """Return where the dancers are: pushed from the person, and out of the line of sight."""
        places = self._places
        if actor is None:
            return places
        camera = projection.camera
        for person in actor.people:
            off = places - (person.x_m, person.z_m)
            far = np.hypot(off[:, 0], off[:, 1])[:, None]
            places = places + off * (np.hypot(far, _ROOM_M) / np.maximum(far, 0.05) - 1.0)
        axis = np.array([actor.x_m - camera.x_m, actor.z_m - camera.z_m])
        length = max(float(np.hypot(*axis)), 0.3)
        axis = axis / length
        off = places - (camera.x_m, camera.z_m)
        along = off @ axis
        aside = off @ np.array([axis[1], -axis[0]])
        between = np.clip((length + 0.6 - along) / 0.6, 0.0, 1.0) * np.clip(along + 1.0, 0.0, 1.0)
        wider = np.copysign(np.hypot(aside, _AISLE_M * between), aside) - aside
        return np.asarray(places + wider[:, None] * np.array([axis[1], -axis[0]]))


def _scattered(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return places (n, 2) on the dance floor, none too near to another."""
    places: list[NDArray[np.float64]] = []
    while len(places) < _N_DANCERS:
        tries = rng.uniform((-5.6, -5.4), (5.6, 4.2), (12, 2))
        if places:
            gaps = np.hypot(*(tries[:, None] - np.array(places)[None]).transpose(2, 0, 1))
            places.append(tries[np.argmax(gaps.min(axis=1))])
        else:
            places.append(tries[0])
    return np.array(places)


def _phase(figure: int, beats: float) -> Picture:
    """Return a dancer's picture at a beat."""
    phase = int(beats / _LOOP_BEATS * _N_PHASES // 1) % _N_PHASES
    return _atlas()[figure][phase]


@lru_cache(maxsize=1)
def _atlas() -> tuple[tuple[Picture, ...], ...]:
    """Paint all dancers in all phases; once for all clubs, since they depend on nothing."""
    camera = Camera(y_m=_HIGH_M / 2 - _BELOW_M, lens=_HIGH_M / 6.0)
    projection = camera.projection(_WIDE_PX, _HIGH_PX)
    none = (f32(0), f32(0), f32(0))
    dark = FigureLight(key=none, ambient=none)
    edges = dark._replace(
        rim_left=(f32(1), f32(0), f32(0)),
        rim_right=(f32(0), f32(1), f32(0)),
        rim_top=(f32(0), f32(0), f32(1)),
    )
    music = Music.steady(tempo_bpm=60.0, duration_s=20.0, energy=0.9)
    painter, canvas = FigurePainter(), new_canvas(_WIDE_PX, _HIGH_PX)
    figures = []
    for action, first_beat, facing, seed in _FIGURES:
        actor = Actor(FigureSheet.from_seed(seed), action, z_m=6.0, facing_rad=facing)
        pictures = []
        for phase in range(_N_PHASES):
            pulse = music.at(first_beat + phase * _LOOP_BEATS / _N_PHASES)
            canvas[:] = 0.0
            painter.draw(canvas, actor, projection, edges, pulse=pulse)
            light = canvas.copy()
            canvas[:] = 1.0
            painter.draw(canvas, actor, projection, dark, pulse=pulse)
            pictures.append(_cut_out(light, 1.0 - canvas[1]))
        figures.append(tuple(pictures))
    return tuple(figures)


def _cut_out(light: Canvas, cover: NDArray[np.float32]) -> Picture:
    """Return the part of a picture in which somebody is, with an empty pixel around."""
    rows, columns = (
        np.flatnonzero(cover.max(axis=1) > 0.02),
        np.flatnonzero(cover.max(axis=0) > 0.02),
    )
    top, left = max(int(rows[0]) - 1, 0), max(int(columns[0]) - 1, 0)
    sides = 0.5 + 0.5 * (np.clip(light[1], 0, 1) - np.clip(light[0], 0, 1))
    planes = np.stack([sides, light[2], cover])[:, top : rows[-1] + 2, left : columns[-1] + 2]
    return Picture(np.clip(256 * planes, 0, 255).astype(np.uint8), left, top)


def _lay(
    canvas: Canvas,
    projection: Projection,
    picture: Picture,
    place_m: tuple[float, float, float],
    size: float,
    light: CrowdLight,
    opacity: float,
) -> None:
    """Lay a dancer's picture over the canvas where they stand."""
    x_px, ground_px, depth_m = projection.to_px(place_m[0], place_m[2], place_m[1])
    scale = float(projection.px_per_m(depth_m)) * size * _HIGH_M / _HIGH_PX  # of the picture
    left = x_px + (picture.left - _WIDE_PX / 2) * scale
    top = ground_px + (picture.top - _GROUND_PX) * scale
    planes = picture.planes
    rows = _within(planes.shape[1], top, scale, canvas.shape[1])
    columns = _within(planes.shape[2], left, scale, canvas.shape[2])
    if not rows or not columns:
        return
    part = planes[:, rows.start : rows.stop, columns.start : columns.stop]
    high, wide = max(round(len(rows) * scale), 1), max(round(len(columns) * scale), 1)
    stacked = part.reshape(-1, len(columns))  # one below the other
    large = cv2.resize(stacked, (wide, 3 * high), interpolation=cv2.INTER_LINEAR)
    left, top = round(left + columns.start * scale), round(top + rows.start * scale)
    f = np.float32
    clear = f(np.exp(-light.haze_per_m * depth_m))
    # People right before the lens are hardly lit: only shapes.
    gain = f(min(max((depth_m - 1.0) / 2.0, 0.3), 1.0))
    _blend(canvas, large, left, top, light[:5], clear, gain, f(opacity))


def _within(n: int, start_px: float, scale: float, end_px: int) -> range:
    """Return which of a picture's rows or columns are in the frame, and one more to each side."""
    first = max(int(-start_px / scale) - 1, 0)
    last = min(int((end_px - start_px) / scale) + 2, n)
    return range(first, max(last, first))


@kernel
def _blend(
    canvas: Canvas, planes: NDArray[np.uint8], left: int, top: int,
    colours: tuple[RGB, RGB, RGB, RGB, RGB], clear: Scalar, gain: Scalar, opacity: Scalar,
) -> None:  # fmt: skip
    """Blend a dancer's picture into the canvas with its corner at a place that may be outside.

    ``planes`` are those of the picture one below the other, (3 * height, width);
    ``colours`` are those of body, edges to the left, to the right and above, and of the haze.
    """
    _, height, width = canvas.shape
    high = planes.shape[0] // 3
    x_0 = max(left, 0)
    n = max(min(left + planes.shape[1], width) - x_0, 0)
    first = x_0 - left
    side = np.empty(n, np.float32)
    upper = np.empty(n, np.float32)
    cover = np.empty(n, np.float32)
    none = f32(0)
    lit = f32(1 / 255) * gain * clear
    seen = f32(1 / 255) * opacity
    body, rim_left, rim_right, rim_top, haze = colours
    for y in range(max(top, 0), min(top + high, height)):
        row = y - top
        source = planes[row, first : first + n]
        for x in range(n):
            side[x] = (f32(source[x]) - f32(128)) * f32(2) * lit
        source = planes[row + high, first : first + n]
        for x in range(n):
            upper[x] = f32(source[x]) * lit
        source = planes[row + 2 * high, first : first + n]
        for x in range(n):
            cover[x] = f32(source[x]) * seen
        for plane in range(3):
            out = canvas[plane, y, x_0 : x_0 + n]
            own = mix(haze[plane], body[plane], clear)
            a = rim_left[plane]
            b = rim_right[plane]
            c = rim_top[plane]
            for x in range(n):
                value = own + max(-side[x], none) * a + max(side[x], none) * b + upper[x] * c
                out[x] = mix(out[x], value, cover[x])
