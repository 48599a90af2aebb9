"""The city itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.neon_city.dress import DRESSES, STREET_M, Colours
from mvkit.studio.worlds.neon_city.ground import paint_ground
from mvkit.studio.worlds.neon_city.mirror import smear
from mvkit.studio.worlds.neon_city.signs import Lanterns, Signs, paint_signs
from mvkit.studio.worlds.neon_city.walls import paint_walls

__all__ = ["NeonCity"]

_SKIN_TINT = np.array([1.2, 1.0, 0.84])  # of the neutral part of the light on a face
_FOG = {"clear": 0.012, "rain": 0.016, "snow": 0.02, "fog": 0.042}
_WET = {"clear": 0.7, "rain": 1.0, "snow": 0.6, "fog": 0.8}


class NeonCity(World):
    """A wet street between neon signs, at night, dusk or dawn."""

    name = "neon_city"
    lettering = "neon"
    dresses = DRESSES
    weathers = ("rain", "clear", "fog", "snow")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._air = DRESSES[self.time_of_day].hour._replace(
            fog=np.float32(_FOG[self.weather]),
            wet=np.float32(_WET[self.weather]),
            snow=np.float32(self.weather == "snow"),
        )
        self._signs = Signs(setting.seed)
        self._lanterns = Lanterns(setting.seed)
        self._mirrors = {  # of half the size, for frames whole and half
            height: new_canvas(width // 2, height // 2)
            for width, height in ((width_px, height_px), (width_px // 2, height_px // 2))
        }
        self._blurred = np.empty(3 * width_px * (height_px // 2 + 1), np.float32)

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
        height_px = canvas.shape[1]
        view, t = camera.view(), np.float32(t_s)
        first_row = min(max(int(camera.horizon * height_px) + 1, 0), height_px)
        paint_walls(canvas, view, self._colours, pulse, self._air, t, self.setting.seed, 0, False)
        if first_row < height_px - 1:
            mirror = self._mirror_image(first_row, canvas, t_s, pulse, camera, actor, light)
            paint_ground(canvas, mirror, view, self._colours, self._air, t, first_row)
        self._paint_lights(canvas, t_s, pulse, camera, in_mirror=False)

    def _mirror_image(
        self,
        first_row: int,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        light: FigureLight | None,
    ) -> Canvas:
        """Return what the ground mirrors below a row, blurred downwards: half the rows.

        The ground's ripples swallow detail, so it is painted at half the size.
        """
        _, height_px, width_px = canvas.shape
        small = self._mirrors[height_px]
        first = first_row // 2
        paint_walls(
            small, camera.view(), self._colours, pulse, self._air, np.float32(t_s),
            self.setting.seed, first, True,
        )  # fmt: skip
        self._paint_lights(small, t_s, pulse, camera, in_mirror=True)
        if actor and light and _feet_px(camera, actor, small) < small.shape[1]:
            self.draw_actor(small, camera, actor, light, pulse=pulse, mirror=True, opacity=0.85)
        n_rows = small.shape[1] - first
        mirror = self._blurred[: 3 * n_rows * width_px].reshape(3, n_rows, width_px)
        smear(small, first, max(height_px // 112, 1), mirror)
        return mirror

    def _paint_lights(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, *, in_mirror: bool
    ) -> None:
        """Paint signs and lanterns, or their mirror images, over the walls."""
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        fog = float(self._air.fog)
        lights = (
            lamps.project(
                projection, self._colours, fog=fog, pulse=pulse, t_s=t_s, in_mirror=in_mirror
            )
            for lamps in (self._signs, self._lanterns)
        )
        paint_signs(canvas, next(lights), self._colours.haze)
        add_dots(canvas, next(lights))

    def _figure_light(self, camera: Camera, actor: Actor, pulse: Pulse) -> FigureLight:
        """Light the person by the signs they pass: each side its colour, changing with z."""
        _, haze, _, neon_a, neon_b, neon_c, warm, _ = (np.array(c) for c in self._colours)
        phase = 0.5 + 0.5 * sin(actor.z_m * 0.45)
        left = (neon_a * phase + neon_c * (1 - phase)) * (1.28 + 1.0 * float(pulse.kick))
        right = (neon_b * phase + neon_a * (1 - phase)) * (1.28 + 1.0 * float(pulse.snare))
        distance_m = float(np.hypot(actor.x_m - camera.x_m, actor.z_m - camera.z_m))
        window = warm * 0.6 + neon_b * 0.25
        return FigureLight(
            # Of a palette's colour a face takes half, or skin turns green under a green lamp.
            key=rgb(0.75 * (0.45 * window + 0.55 * np.mean(window) * _SKIN_TINT)),
            key_x=np.float32(-0.55),
            key_y=np.float32(0.45),
            key_z=np.float32(0.65),
            ambient=rgb(haze * 0.9 + neon_a * 0.035 + 0.03),
            rim_left=rgb(left),
            rim_right=rgb(right),
            rim_top=rgb(haze * 3 + neon_a * 0.3),
            haze=self._colours.haze,
            haze_amount=np.float32(1 - np.exp(-distance_m * float(self._air.fog))),
        )


def _feet_px(camera: Camera, actor: Actor, canvas: Canvas) -> float:
    """Return the row of the higher feet of the people in a shot."""
    projection = camera.projection(canvas.shape[2], canvas.shape[1])
    rows = [projection.to_px(person.x_m, person.ground_m, person.z_m)[1] for person in actor.people]
    return float(min(rows))
