"""The rooftop itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import cv2
import numpy as np

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.kit.facets import paint_facets, project_facets
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.rooftop.dress import DRESSES, HALF_M, PARAPET_M, PATH_M, Air, Colours
from mvkit.studio.worlds.rooftop.facades import hide_walls, paint_walls
from mvkit.studio.worlds.rooftop.floor import paint_floor
from mvkit.studio.worlds.rooftop.lamps import Lamps
from mvkit.studio.worlds.rooftop.props import SEAT_M, Props
from mvkit.studio.worlds.rooftop.sky import paint_sky
from mvkit.studio.worlds.rooftop.skyline import Skyline

__all__ = ["Rooftop"]

_PLACES = (
    (0.5, 13.4, 0.10),
    (7.2, 6.6, 0.62),
    (13.2, -2.0, 1.40),
    (-6.8, 6.8, -0.42),
    (-1.0, -13.2, pi + 0.22),
    (-13.0, 1.5, -1.25),
)
"""x, z and the camera's yaw of those who stay on the spot."""

_TURNS = (0.0, -1.2, 0.3, pi - 0.2, -0.75)
"""Yaw of the camera against the walker's own direction."""


class Rooftop(World):
    """A flat roof high over a city, with a view all around."""

    name = "rooftop"
    lettering = "neon"
    dresses = DRESSES
    weathers = ("clear", "rain", "fog", "snow")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._air = self._weathered(DRESSES[self.time_of_day].hour)
        self._skyline = Skyline(setting.seed, self._colours, self._air)
        self._props = Props(setting.seed, self._colours, self._air)
        self._lamps = Lamps(setting.seed, self._colours, self._air, self._skyline.beacons_m)
        sky = 0.45 * np.array(self._colours.horizon) + 0.2 * np.array(self._colours.upper)
        glow = 0.05 * float(self._air.lamps) * np.array(self._colours.window)
        self._veil = rgb((0.7 + 0.6 * float(self._air.daylight)) * sky + glow)
        # Shadows lie before the parapets in the table, but all of them are within.
        self._ground = np.concatenate([self._props.shadows, self._props.parapet])
        self._soft: dict[int, Canvas] = {}  # by width of the picture
        self._floor_light = self._light_from_above()
        above = 0.6 * np.array(self._colours.horizon) + 0.4 * np.array(self._colours.upper)
        self._puddle_light = rgb(above + glow)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk a lap around the roof, or stay at one of six places near its edge."""
        if action in GAITS_M:
            angle = 2 * pi * (variation * 13.7 % 1.0) + way_m(action, pulse.beat_count) / PATH_M
            facing = angle + pi / 2
            turn = _TURNS[int(variation * 97) % len(_TURNS)]
            return Mark(
                x_m=PATH_M * sin(angle),
                z_m=PATH_M * cos(angle),
                facing_rad=facing,
                camera_yaw_rad=facing + turn,
            )
        x_m, z_m, yaw = _PLACES[int(variation * 97) % len(_PLACES)]
        away = action == "stand" and int(variation * 31) % 3 == 0
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        return Mark(
            x_m=x_m + 1.5 * (variation * 3.7 % 1.0 - 0.5),
            z_m=z_m,
            facing_rad=yaw if away else turned,
            camera_yaw_rad=yaw,
            seat_m=SEAT_M if action == "sit" else 0.0,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera over the roof."""
        room = HALF_M - 0.7
        return replace(
            camera,
            x_m=min(max(camera.x_m, -room), room),
            y_m=max(camera.y_m, 0.3),
            z_m=min(max(camera.z_m, -room), room),
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint roof and city; see :meth:`World.render`."""

        def paint_city(picture: Canvas) -> None:
            self._paint_city(picture, t_s, pulse, camera)

        self.paint_background(canvas, camera, paint_city, focused=actor is not None)
        if actor is not None:
            if actor.action == "sit":
                projection = camera.projection(self.width_px, self.height_px)
                self._paint_facets(canvas, projection, self._props.bench(actor))
            light = self._light_on(camera, pulse)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, shadow=0.55)
        t = np.float32(t_s)
        if self.weather == "rain":
            add_rain(canvas, t, np.float32(0.9), np.float32(0.10), rgb([0.06, 0.06, 0.07]))
        elif self.weather == "snow":
            add_snow(canvas, t, np.float32(0.9), np.float32(0.2), rgb([0.42, 0.43, 0.48]))

    def _paint_city(self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        colours, air, view = self._colours, self._air, camera.view()
        projection = camera.projection(width, height)
        ceiling = self._ceiling(camera, width, height)
        self._paint_sky(canvas, camera, t_s, int(ceiling.max()))
        if air.stars > 0:
            add_dots(canvas, self._lamps.stars(projection, t_s))
        if air.lamps > 0:
            add_dots(canvas, self._lamps.aeroplane(projection, t_s))
        self._draw_strokes(canvas, projection, self._lamps.masts)
        walls = self._skyline.walls(projection, self._veil)
        hide_walls(walls, ceiling.copy())
        paint_walls(canvas, walls, colours, air, pulse)
        add_dots(canvas, self._lamps.beacons(projection, pulse))
        beat = pulse.beat * pulse.energy
        light, sky = self._floor_light, self._puddle_light
        paint_floor(canvas, ceiling, view, colours, air, light, sky, self._veil, beat)
        self._paint_facets(canvas, projection, self._ground)
        wires = np.concatenate([self._props.poles, self._lamps.wires(t_s)])
        self._draw_strokes(canvas, projection, wires)
        add_dots(canvas, self._lamps.bulbs(projection, pulse, t_s))
        self._paint_facets(canvas, projection, self._props.facets)
        tubes = self._props.neon(1.4 + 2.0 * float(pulse.kick) * float(pulse.energy))
        things = np.concatenate([self._props.strokes, tubes])
        self._draw_strokes(canvas, projection, things)

    def _paint_sky(self, canvas: Canvas, camera: Camera, t_s: float, n_rows: int) -> None:
        """Paint the sky at half size and enlarge it, down to where the roof hides it."""
        _, height, width = canvas.shape
        soft = self._soft.get(width)
        if soft is None:
            soft = self._soft[width] = new_canvas(width // 2, height // 2)
        # Halves enlarge exactly only where the height is even; else all rows are painted.
        n_soft = min(n_rows // 2 + 3, height // 2) if height % 2 == 0 else height // 2
        n_full = 2 * n_soft if n_soft < height // 2 else height
        t = np.float32(t_s)
        paint_sky(soft, camera.view(), self._colours, self._air, self._veil, t, n_soft)
        # Linearly: a bicubic curve would swing below black around the moon.
        for plane, full in zip(soft[:, :n_soft], canvas[:, :n_full], strict=True):
            cv2.resize(plane, (full.shape[1], n_full), dst=full, interpolation=cv2.INTER_LINEAR)

    def _draw_strokes(self, canvas: Canvas, projection: Projection, strokes_m: np.ndarray) -> None:
        haze = float(self._air.haze)
        draw_strokes(
            canvas, project_strokes(strokes_m, projection, air=self._veil, haze_per_m=haze)
        )

    def _paint_facets(self, canvas: Canvas, projection: Projection, facets_m: np.ndarray) -> None:
        haze = float(self._air.haze)
        paint_facets(canvas, project_facets(facets_m, projection, air=self._veil, haze_per_m=haze))

    def _ceiling(self, camera: Camera, width: int, height: int) -> np.ndarray:
        """Return the row in each column from which on downwards the parapet hides the city."""
        across = (np.arange(width) + 0.5 - width / 2) / height * camera.lens
        dx = across * cos(camera.yaw_rad) + sin(camera.yaw_rad)
        dz = cos(camera.yaw_rad) - across * sin(camera.yaw_rad)
        reach_x = (HALF_M - np.sign(dx) * camera.x_m) / np.maximum(np.abs(dx), 1e-6)
        reach_z = (HALF_M - np.sign(dz) * camera.z_m) / np.maximum(np.abs(dz), 1e-6)
        depth = np.minimum(reach_x, reach_z)
        row = (
            camera.horizon - (PARAPET_M - 0.2 - camera.y_m) / np.maximum(depth, 0.05) / camera.lens
        )
        row = row + abs(sin(camera.roll_rad)) * width / height
        return np.clip(row * height + 2, 0, height).astype(np.int32)

    def _weathered(self, air: Air) -> Air:
        """Return an hour's air in this world's weather."""
        f = np.float32
        air = air._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return air
        haze = {"rain": 0.0042, "fog": 0.014, "snow": 0.0060}[self.weather]
        return air._replace(
            haze=f(haze),
            clouds=f(1.0),
            stars=f(0),
            disc=f(air.disc * 0.15),
            glow=f(air.glow * 0.45),
            sunlight=f(air.sunlight * 0.15),
            lit=f(max(float(air.lit), 0.12)),
            lamps=f(max(float(air.lamps), 0.35)),
            wet=f({"rain": 1.0, "fog": 0.6, "snow": 0.0}[self.weather]),
            snow=f(self.weather == "snow"),
        )

    def _light_from_above(self) -> tuple[np.float32, np.float32, np.float32]:
        """Return the light of sun and sky on the roof."""
        air, sun = self._air, np.array(self._colours.orb)
        sky = 0.5 * np.array(self._colours.upper) + 0.5 * np.array(self._colours.horizon)
        slope = float(air.slope)
        share = slope / np.hypot(1.0, slope)
        return rgb(
            float(air.daylight) * (0.35 + 1.4 * sky) + 1.5 * float(air.sunlight) * share * sun
        )

    def _light_on(self, camera: Camera, pulse: Pulse) -> FigureLight:
        """Return the light on the person: lamps of the roof, the city's glow, sun or moon."""
        zenith, upper, horizon, orb, _, window, neon, _ = (np.array(c) for c in self.palette)
        air = self._air
        angle = float(air.azimuth) - camera.yaw_rad
        behind, aside = max(cos(angle), 0.0), sin(angle)
        sun = float(air.sunlight) + 0.6 * float(air.glow)
        lamps = float(air.lamps) * (0.85 + 0.3 * float(pulse.beat) * float(pulse.energy))
        day = float(air.daylight)
        return FigureLight(
            key=rgb(
                0.32 * lamps * window + orb * sun * (0.25 + 0.4 * abs(aside)) + 0.3 * day * upper
            ),
            key_x=np.float32(2 * aside if sun > 0.3 else -0.5),
            key_y=np.float32(0.45),
            key_z=np.float32(0.6),
            ambient=rgb(
                0.35 * day * upper + 0.25 * day * horizon + 0.10 * zenith + 0.03 * lamps * window
            ),
            rim_left=rgb(
                0.55 * lamps * neon
                + 0.2 * lamps * window
                + orb * sun * (0.6 * behind + max(-aside, 0.0))
            ),
            rim_right=rgb(0.75 * lamps * window + orb * sun * (0.6 * behind + max(aside, 0.0))),
            rim_top=rgb(0.35 * lamps * window + 0.6 * sun * orb + 0.2 * day * horizon),
            haze=self._veil,
            haze_amount=np.float32(1 - np.exp(-camera.focus_m * float(air.haze))),
        )
