"""The room itself: lit for an hour and a weather, painted from the walls to the dust."""

from __future__ import annotations

from dataclasses import replace
from math import cos, hypot, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.indoors import keep_inside, parts_in_frame
from mvkit.studio.kit.sprites import add_dots, new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import Mark, Setting, World
from mvkit.studio.worlds.room.door import DOOR_M, paint_door
from mvkit.studio.worlds.room.dress import (
    BED_EDGE_M,
    BED_TOP_M,
    DRESSES,
    HALL,
    LAMP_M,
    WINDOW_HALF_HIGH_M,
    WINDOW_Y_M,
    WINDOW_Z_M,
    Colours,
    Sun,
    weathered,
)
from mvkit.studio.worlds.room.furniture import paint_furniture, shade_under_furniture
from mvkit.studio.worlds.room.garden import Outside, paint_garden, wet_glass
from mvkit.studio.worlds.room.light import march_beams
from mvkit.studio.worlds.room.marks import VIEWS, paced, seat
from mvkit.studio.worlds.room.patch import in_beam, patch_m
from mvkit.studio.worlds.room.walls import add_beams, paint_soft_light, paint_walls
from mvkit.studio.worlds.room.window import (
    CORNERS_M,
    OPENING_M,
    paint_window,
)

__all__ = ["Room"]

_N_MOTES = 150
_BEAM_SHARE = 4  # the lit dust is computed at this fraction of the frame's size
_BEAM_STEPS = 8
_HAZE = 0.3  # share of haze before a person, into which the lit dust goes
_FAR_M = 1e4
_WIDEST = 1.25


class Room(World):
    """A quiet room with a tall window."""

    name = "room"
    sheltered = True
    dresses = DRESSES
    weathers = ("clear", "rain", "snow", "fog")

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._hour = weathered(DRESSES[self.time_of_day].hour, self.weather)
        self._colours = Colours(*self.palette)
        if self.weather != "clear":  # what the window lets in then is the sky's light
            mixed = 0.3 * np.array(self._colours.sun) + 0.7 * np.array(self._colours.sky)
            self._colours = self._colours._replace(sun=rgb(mixed))
        self._motes = np.random.default_rng(setting.seed + 41).random((_N_MOTES, 5))
        small = (max(height_px // _BEAM_SHARE, 2), max(width_px // _BEAM_SHARE, 2))
        self._dust_pictures = np.empty((2, *small), np.float32)
        # For each size on which the background is painted: one canvas of it, one of half of it.
        self._kept = {
            (high, wide): (
                np.zeros((3, high, wide), np.float32),
                np.zeros((3, (high + 1) // 2, (wide + 1) // 2), np.float32),
            )
            for high, wide in ((height_px, width_px), (height_px // 2, width_px // 2))
        }

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Stand in the light, pace to and fro, or sit on the bed or the floor."""
        number = int(variation * 97)
        if action == "sit":
            return seat(number)
        yaw, x_m, z_m, turn = VIEWS[number % len(VIEWS)]
        if action in GAITS_M:
            x_m, z_m, facing = paced(way_m(action, pulse.beat_count))
            return Mark(x_m, 0.0, z_m, facing, yaw)
        away = action == "stand" and number % len(VIEWS) == 1 and number % 2 == 0
        facing = yaw if away else yaw + pi + turn + 0.3 * (variation * 7.3 % 1.0 - 0.5)
        return Mark(x_m, 0.0, z_m, facing, yaw)

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera between the walls and off the bed."""
        camera = keep_inside(camera, HALL, margin_m=0.22, widest=_WIDEST)
        over = min(max((BED_TOP_M + 0.45 - camera.y_m) / 0.4, 0.0), 1.0)
        edge_m = float(HALL.right) - 0.22 - over * (float(HALL.right) - BED_EDGE_M)
        return replace(camera, x_m=min(camera.x_m, edge_m))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the room; see :meth:`World.render`."""
        sun = self._sun(t_s, pulse, actor)
        dust, near_dust = self._march(camera, sun, actor)
        dust_light = (
            np.array(self._colours.sun) * self._hour.beam * (0.8 + 0.4 * pulse.bass * pulse.energy)
        )

        def paint_behind(picture: Canvas) -> None:
            self._paint_behind(picture, camera, sun, actor)
            size = (picture.shape[2], picture.shape[1])
            full = cv2.resize(dust, size, interpolation=cv2.INTER_LINEAR)
            add_beams(picture, full, rgb(dust_light))

        self.paint_background(canvas, camera, paint_behind, focused=actor is not None)
        if actor is not None:
            light = self._light_on(actor, camera, sun)
            haze = dust_light * self._seen_at(near_dust, actor, camera)
            light = light._replace(haze=rgb(haze / _HAZE), haze_amount=np.float32(_HAZE))
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, shadow=0.5)
        projection = camera.projection(self.width_px, self.height_px)
        if actor is not None:
            paint_furniture(canvas, projection, self._colours, sun, actor=actor, before=True)
        add_dots(canvas, self._dust(projection, t_s, pulse, sun))

    def _sun(self, t_s: float, pulse: Pulse, actor: Actor | None) -> Sun:
        """Return the light now: it breathes with the beat, the curtains with the bass."""
        hour, energy, bass = self._hour, float(pulse.energy), float(pulse.bass)
        hit = float(pulse.beat) * energy * energy  # a calm song breathes, an intense one hits
        swell = bass * (0.3 + 0.7 * energy)
        breath = 0.90 + 0.16 * hit + 0.09 * swell
        flicker = 0.86 + 0.20 * swell + 0.16 * hit
        values = {
            "fall": hour.fall,
            "drift": hour.drift,
            "direct": hour.direct * breath,
            "sky": hour.sky * (0.94 + 0.11 * swell),
            "ambient": hour.ambient * (0.96 + 0.07 * swell),
            "lamp": hour.lamp * flicker,
            "soft": {"clear": 0.006, "fog": 0.10}.get(self.weather, 0.045),
            "drops": 1.0 if self.weather == "rain" else 0.0,
            "open_m": 0.80 + 0.02 * sin(0.4 * t_s),
            "sway_m": 0.03 + 0.06 * energy + 0.012 * swell,
            "breath": float(pulse.beat_count) * pi / 8,
            "person_x": actor.x_m if actor else _FAR_M,
            "person_z": actor.z_m if actor else _FAR_M,
            "person_m": actor.sheet.height_m - actor.lowered_m if actor else 1.0,
            "t_s": t_s,
        }
        return Sun(**{name: np.float32(value) for name, value in values.items()})

    def _march(
        self, camera: Camera, sun: Sun, actor: Actor | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the lit dust, and the part of it before the person, as two small pictures."""
        depth_m = 0.0
        if actor is not None:
            projection = camera.projection(self.width_px, self.height_px)
            depth_m = float(projection.depth_m(actor.x_m, actor.z_m))
        dust, near_dust = self._dust_pictures
        march_beams(dust, near_dust, camera.view(), sun, np.float32(depth_m), _BEAM_STEPS)
        cv2.GaussianBlur(dust, (0, 0), 1.3, dst=dust)
        return dust, near_dust

    def _seen_at(self, picture: NDArray[np.float32], actor: Actor, camera: Camera) -> float:
        """Return the mean of a small picture around a person's chest."""
        height, width = picture.shape
        y_m = actor.ground_m + 1.2 - 0.6 * actor.lowered_m
        x_px, y_px, _ = camera.projection(width, height).to_px(actor.x_m, y_m, actor.z_m)
        reach = max(height // 12, 1)
        x_0 = int(np.clip(x_px - reach, 0, width - 1))
        y_0 = int(np.clip(y_px - reach, 0, height - 1))
        return float(picture[y_0 : y_0 + 2 * reach, x_0 : x_0 + 2 * reach].mean())

    def _paint_behind(self, canvas: Canvas, camera: Camera, sun: Sun, actor: Actor | None) -> None:
        """Paint the room without the person, on a canvas of any size."""
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        view, colours, hour = camera.view(), self._colours, self._hour
        shine = 0.45 * hour.outside * np.array(colours.sky) + 0.12 * hour.direct * np.array(
            colours.sun
        )
        full, small = self._kept[canvas.shape[1], canvas.shape[2]]
        paint_soft_light(small, view, colours, sun)
        (sunny,) = parts_in_frame(projection, patch_m(sun)[None])
        paint_walls(canvas, small, view, colours, sun, rgb(shine), sunny)
        lamp = rgb(np.array(colours.lamp), float(sun.lamp))
        door, window = parts_in_frame(projection, np.array([DOOR_M, CORNERS_M]))
        if any(door):
            paint_door(canvas, view, colours, sun, door, lamp)
        if any(window):
            half = camera.projection(small.shape[2], small.shape[1])
            outside = self._outside()
            (opening,) = parts_in_frame(half, OPENING_M[None])
            paint_garden(small, view, colours, sun, outside, opening)
            _enlarge_part(small, full, opening)
            if self.weather == "rain":
                x_0, x_1, y_0, y_1 = opening
                _, high, wide = full.shape
                part = (2 * x_0, min(2 * x_1, wide), 2 * y_0, min(2 * y_1, high))
                wet_glass(full, view, colours, sun, outside, part)
            paint_window(canvas, full, view, colours, sun, outside, window)
        shade_under_furniture(canvas, projection)
        paint_furniture(canvas, projection, colours, sun, actor=actor, before=False)

    def _outside(self) -> Outside:
        f, hour = np.float32, self._hour
        return Outside(
            gain=f(hour.outside),
            lights=f(hour.lights),
            fog=f({"clear": 0.0, "fog": 1.0, "rain": 0.45, "snow": 0.5}[self.weather]),
            rain=f(self.weather == "rain"),
            snow=f(self.weather == "snow"),
            disc=f(5.0 if self.weather == "clear" else 0.0),
            seed=f(self.setting.seed % 89 * 1.7 + 3.0),
        )

    def _light_on(self, actor: Actor, camera: Camera, sun: Sun) -> FigureLight:
        """Return the light on the person: the window's from its side, the sun's in its beam."""
        hour, colours = self._hour, self._colours
        sky, warm, lamp = (np.array(c) for c in (colours.sky, colours.sun, colours.lamp))
        gap_x, gap_z = float(HALL.left) - actor.x_m, WINDOW_Z_M - actor.z_m
        far_m = hypot(gap_x, gap_z)
        aside, ahead = _seen_from(camera, gap_x / far_m, gap_z / far_m)
        beam = in_beam(actor, sun) * float(sun.direct)
        from_window = sky * hour.sky * 1.3 / (1.0 + 0.2 * far_m**2) + warm * 0.26 * beam
        lamp_x, lamp_z = LAMP_M[0] - actor.x_m, LAMP_M[2] - actor.z_m
        lamp_m = hypot(lamp_x, lamp_z)
        lamp_aside, _ = _seen_from(camera, lamp_x / lamp_m, lamp_z / lamp_m)
        from_lamp = lamp * float(sun.lamp) * (0.06 + 1.5 / (0.6 + lamp_m**2))
        bounce = warm * 0.05 * float(sun.direct) + (warm + sky) * float(sun.ambient) * 0.5
        behind = max(0.5 - 0.5 * ahead, 0.0)
        rim = from_window * (0.5 + 1.6 * behind)
        rim_lamp = from_lamp * 1.5
        return FigureLight(
            key=rgb(from_window * (0.3 + 0.7 * max(ahead + 0.35, 0.0)) + 0.6 * from_lamp),
            key_x=np.float32(aside),
            key_y=np.float32(0.35),
            key_z=np.float32(max(ahead, 0.15)),
            ambient=rgb(bounce * 0.7 + 0.3 * from_lamp),
            rim_left=rgb(rim * max(-aside + 0.3, 0.0) + rim_lamp * max(-lamp_aside, 0.0)),
            rim_right=rgb(rim * max(aside + 0.3, 0.0) + rim_lamp * max(lamp_aside, 0.0)),
            rim_top=rgb(0.5 * rim * behind),
        )

    def _dust(
        self, projection: Projection, t_s: float, pulse: Pulse, sun: Sun
    ) -> NDArray[np.float32]:
        """Return motes floating where the light comes through the window, as dots."""
        table = self._motes
        way = (4.6 * table[:, 2] + 0.05 * t_s * (table[:, 3] - 0.3)) % 4.6
        u = 1.8 * (table[:, 0] - 0.5) * float(sun.open_m)
        y_0 = WINDOW_Y_M + 2 * WINDOW_HALF_HIGH_M * (table[:, 1] - 0.5)
        wave = t_s * (0.25 + 0.5 * table[:, 3]) + 6.3 * table[:, 4]
        x_m = float(HALL.left) + way
        y_m = y_0 - float(sun.fall) * way + 0.10 * np.sin(wave)
        z_m = WINDOW_Z_M + u + float(sun.drift) * way + 0.08 * np.cos(0.8 * wave)
        x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
        inside = (y_m > 0.05) & (z_m < float(HALL.far)) & (depth_m > 0.45)
        dots = new_dots(len(table))
        dots[:, 0], dots[:, 1] = x_px, y_px
        size_m = 0.0035 + 0.004 * table[:, 4]
        dots[:, 2] = np.clip(size_m * projection.px_per_m(depth_m), 0.5, 0.008 * self.height_px)
        glint = 0.5 + 0.5 * np.sin(1.7 * wave + 9.0 * table[:, 0])
        gain = self._hour.beam * (0.25 + glint**3 * (1.0 + 1.2 * float(pulse.hat)))
        gain = gain * np.exp(-0.18 * way) * np.minimum(1.0, 1.8 * way) * 1.3
        dots[:, 3:6] = gain[:, None] * np.array(self._colours.sun)
        return np.asarray(dots[inside])


def _enlarge_part(small: Canvas, canvas: Canvas, part: tuple[int, int, int, int]) -> None:
    """Fill a part of a canvas from one of half its size, of which the part is told."""
    x_0, x_1, y_0, y_1 = part
    if x_1 > x_0 and y_1 > y_0:
        for source, target in zip(small, canvas, strict=True):
            size = (2 * (x_1 - x_0), 2 * (y_1 - y_0))
            large = cv2.resize(source[y_0:y_1, x_0:x_1], size, interpolation=cv2.INTER_LINEAR)
            filled = target[2 * y_0 : 2 * y_1, 2 * x_0 : 2 * x_1]
            filled[:] = large[: filled.shape[0], : filled.shape[1]]


def _seen_from(camera: Camera, x: float, z: float) -> tuple[float, float]:
    """Return a level direction as the camera sees it: to the right, and towards the viewer."""
    s, c = sin(camera.yaw_rad), cos(camera.yaw_rad)
    return x * c - z * s, -(x * s + z * c)
