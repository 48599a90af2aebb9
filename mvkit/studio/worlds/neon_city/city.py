"""The city itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin
from typing import ClassVar

import cv2
import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb, tinted_palette
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow
from mvkit.studio.light import Look
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import Mark, Setting, World
from mvkit.studio.worlds.neon_city.dress import STREET_M, Air, Colours
from mvkit.studio.worlds.neon_city.ground import paint_ground
from mvkit.studio.worlds.neon_city.signs import Lanterns, Signs, paint_signs
from mvkit.studio.worlds.neon_city.walls import paint_walls

__all__ = ["NeonCity"]

_SKIES: dict[str, dict[str, str]] = {
    "night": {},
    "dusk": {"sky": "#2a3a86", "haze": "#a04a6e", "stone": "#161a2c"},
    "dawn": {"sky": "#5f78b0", "haze": "#c79a92", "stone": "#222632"},
}
_DAYLIGHT = {"night": 0.0, "dusk": 0.22, "dawn": 0.34}
_WINDOWS = {"night": 0.42, "dusk": 0.5, "dawn": 0.22}
_FOG = {"clear": 0.012, "rain": 0.016, "snow": 0.02, "fog": 0.042}
_WET = {"clear": 0.7, "rain": 1.0, "snow": 0.6, "fog": 0.8}


class NeonCity(World):
    """A wet street between neon signs, at night, dusk or dawn."""

    name = "neon_city"
    roles: ClassVar = {
        "sky": "#05060f",
        "haze": "#33194f",
        "stone": "#0c0e18",
        "neon_a": "#ff2d95",
        "neon_b": "#18d6ff",
        "neon_c": "#ffb020",
        "warm": "#ffb46b",
        "cool": "#8fd0f0",
    }
    times_of_day = ("night", "dusk", "dawn")
    weathers = ("rain", "clear", "fog", "snow")
    look = Look(
        exposure=1.3,
        bloom=0.72,
        vignette=0.42,
        shadow_tint=(0.0, 0.006, 0.022),
        highlight_tint=(0.015, 0.0, -0.008),
    )

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        roles = {**self.roles, **_SKIES[self.time_of_day]}
        self.palette = tinted_palette(list(roles.values()), setting.palette)
        self._colours = Colours(*self.palette)
        self._air = Air(
            fog=np.float32(_FOG[self.weather]),
            wet=np.float32(_WET[self.weather]),
            snow=np.float32(self.weather == "snow"),
            daylight=np.float32(_DAYLIGHT[self.time_of_day]),
            windows=np.float32(_WINDOWS[self.time_of_day]),
        )
        self._signs = Signs(setting.seed)
        self._lanterns = Lanterns(setting.seed)
        self._mirror = new_canvas(width_px, height_px)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk up the street, or stand in it; filmed from behind, ahead or an angle."""
        x_m = 2.2 * ((variation * 3.7) % 1.0 - 0.5)
        if action in GAITS_M:
            yaw = (0.0, pi - 0.12, 0.34, pi + 0.3, -0.3)[int(variation * 97) % 5]
            return Mark(x_m, 0.0, way_m(action, pulse.beat_count), 0.0, yaw)
        yaw = (0.1, pi, -0.42, 0.5)[int(variation * 97) % 4]
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        return Mark(x_m, 0.0, 14.0 + 60.0 * (variation % 0.37), turned, yaw)

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera between the walls."""
        x_m = min(max(camera.x_m, -STREET_M + 0.8), STREET_M - 0.8)
        return replace(camera, x_m=x_m)

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the street; see :meth:`World.render`."""
        light = self._figure_light(camera, actor, pulse) if actor else None

        def paint_street(picture: Canvas) -> None:
            self._paint_street(picture, t_s, pulse, camera, actor, light)

        self.paint_background(canvas, camera, paint_street, focused=actor is not None)
        if actor and light:
            self.draw_actor(canvas, camera, actor, light, pulse=pulse)
        t = np.float32(t_s)
        if self.weather == "rain":
            add_rain(canvas, t, np.float32(0.9), np.float32(0.06), rgb([0.09, 0.09, 0.11]))
        elif self.weather == "snow":
            add_snow(canvas, t, np.float32(0.9), np.float32(0.15), rgb([0.5, 0.5, 0.58]))

    def _paint_street(
        self,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        light: FigureLight | None,
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height_px, width_px = canvas.shape
        colours, air, view, t = self._colours, self._air, camera.view(), np.float32(t_s)
        projection = camera.projection(width_px, height_px)
        fog = float(air.fog)
        paint_walls(canvas, view, colours, pulse, air, t, self.setting.seed)
        signs = self._signs.project(projection, colours, fog=fog, pulse=pulse, t_s=t_s)
        paint_signs(canvas, signs, colours.haze)
        add_dots(canvas, self._lanterns.project(projection, colours, fog=fog, pulse=pulse, t_s=t_s))
        if actor and light:
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=0.85)
        first_row = min(max(int(camera.horizon * height_px) + 1, 0), height_px)
        if first_row >= height_px - 1:
            return
        mirror = self._mirror[:, first_row:height_px, :width_px]
        for image, plane in zip(mirror, canvas, strict=True):
            cv2.blur(plane[first_row:], (3, max(height_px // 28, 3)), dst=image)
        paint_ground(canvas, mirror, view, colours, air, t, first_row)

    def _figure_light(self, camera: Camera, actor: Actor, pulse: Pulse) -> FigureLight:
        """Light the person by the signs they pass: each side its colour, changing with z."""
        _, haze, _, neon_a, neon_b, neon_c, warm, _ = (np.array(c) for c in self._colours)
        phase = 0.5 + 0.5 * sin(actor.z_m * 0.45)
        beat = 0.75 + 0.6 * float(pulse.beat)
        left = (neon_a * phase + neon_c * (1 - phase)) * 1.7 * beat
        right = (neon_b * phase + neon_a * (1 - phase)) * 1.7 * beat
        distance_m = float(np.hypot(actor.x_m - camera.x_m, actor.z_m - camera.z_m))
        return FigureLight(
            key=rgb((warm * 0.6 + neon_b * 0.25) * 0.62),
            key_x=np.float32(-0.55),
            key_y=np.float32(0.45),
            key_z=np.float32(0.65),
            ambient=rgb(haze * 1.1 + neon_a * 0.035 + 0.012),
            rim_left=rgb(left),
            rim_right=rgb(right),
            rim_top=rgb(haze * 3 + neon_a * 0.3),
            haze=self._colours.haze,
            haze_amount=np.float32(1 - np.exp(-distance_m * float(self._air.fog))),
        )
