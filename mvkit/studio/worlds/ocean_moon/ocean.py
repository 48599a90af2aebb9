"""The ocean itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb, tinted_palette
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow, new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import Mark, Setting, World
from mvkit.studio.worlds.ocean_moon.air import paint_sky
from mvkit.studio.worlds.ocean_moon.dress import DRESSES, Colours, Hour
from mvkit.studio.worlds.ocean_moon.rock import ROCK_TOP_M, paint_rock
from mvkit.studio.worlds.ocean_moon.water import paint_water, waver

__all__ = ["OceanMoon"]

_LAMPLIGHT = np.array([1.0, 0.66, 0.32])
_SHALLOWS_X_M = 60.0  # the sandbank lies beside the rock, out of sight of it


class OceanMoon(World):
    """The sea under moon or sun; a person on a rock, or wading."""

    name = "ocean_moon"
    roles: ClassVar = dict(zip(Colours._fields, DRESSES["night"].colours, strict=True))
    times_of_day = tuple(DRESSES)
    weathers = ("clear", "fog", "rain", "snow")

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        dress = DRESSES[self.time_of_day]
        self.look = dress.look
        self.palette = tinted_palette(dress.colours, setting.palette)
        self._colours = Colours(*self.palette)
        self._hour = self._weathered(dress.hour)
        self._lamp_chance = np.random.default_rng(setting.seed + 3).random((48, 3))

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Stand on the rock, or wade along the shallows; filmed towards the moon."""
        walking = action in GAITS_M
        views = (0.12, -0.3, 0.5, 0.8) if walking else (0.05, -0.32, 0.38, -0.6, 0.55)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 2 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        return Mark(
            x_m=_SHALLOWS_X_M if walking else 0.0,
            ground_m=0.0 if walking else ROCK_TOP_M,
            z_m=way_m(action, pulse.beat_count),
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera over the waves."""
        return replace(camera, y_m=max(camera.y_m, 0.4))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the sea; see :meth:`World.render`."""

        def paint_sea(picture: Canvas) -> None:
            self._paint_sea(picture, t_s, pulse, camera, actor)

        self.paint_background(canvas, camera, paint_sea, focused=actor is not None)
        if actor is not None:
            shadow = 0.0 if _wades(actor) else 0.5
            self.draw_actor(
                canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=shadow
            )
        t = np.float32(t_s)
        if self.weather == "rain":
            add_rain(canvas, t, np.float32(0.8), np.float32(0.10), rgb([0.06, 0.06, 0.07]))
        elif self.weather == "snow":
            add_snow(canvas, t, np.float32(0.8), np.float32(0.25), rgb([0.4, 0.4, 0.46]))

    def _paint_sea(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        hour = self._alive(pulse)
        view = camera.view()
        t = np.float32(t_s)
        zero = np.float32(0)
        wading = actor is not None and _wades(actor)
        wader = rgb([actor.x_m, actor.z_m, 1.0]) if actor and wading else (zero, zero, zero)
        paint_sky(canvas, view, self._colours, hour, pulse, t)
        paint_water(canvas, view, self._colours, hour, pulse, t, wader)
        add_dots(canvas, self._lamps(camera.projection(canvas.shape[2], canvas.shape[1]), pulse))
        paint_rock(canvas, view, self._colours, hour, t)
        if actor and wading:
            self._mirror(canvas, camera, actor, pulse, t_s)

    def _mirror(
        self, canvas: Canvas, camera: Camera, actor: Actor, pulse: Pulse, t_s: float
    ) -> None:
        """Draw the wading person's wavering reflection."""
        light = self._light_on(camera)
        self.draw_actor(canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=0.6)
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        x_px, y_px, depth_m = projection.to_px(actor.x_m, 0.0, actor.z_m)
        scale = projection.px_per_m(depth_m)
        numbers = (x_px - scale, x_px + scale, y_px, scale, t_s)
        waver(canvas, *(np.float32(number) for number in numbers))

    def _lamps(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the lamps on the far shore, each with its light on the water, as dots."""
        place, height, kind = self._lamp_chance.T
        side = np.where(place < 0.5, -1.0, 1.0)
        azimuth = float(self._hour.azimuth) + side * (0.3 + 2.2 * np.abs(place - 0.5))
        far_m = 2000.0
        x_m = projection.camera.x_m + far_m * np.sin(azimuth)
        z_m = projection.camera.z_m + far_m * np.cos(azimuth)
        slope = 0.002 + 0.005 * height
        light = float(self._hour.lights) * (0.5 + kind) * (0.75 + 0.4 * float(pulse.beat))
        dots = new_dots(2 * len(place))
        for row, up, gain in ((0, slope, 1.0), (1, -0.8 * slope, 0.25)):
            y_m = projection.camera.y_m + far_m * up
            x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
            lamp = dots[row::2]
            lamp[:, 0], lamp[:, 1] = x_px, y_px
            lamp[:, 2] = (0.9 + 0.8 * kind) * projection.height_px / 576 * (1.0 + 0.8 * row)
            lamp[:, 3:6] = (gain * light * (depth_m > 0))[:, None] * _LAMPLIGHT
        return dots

    def _weathered(self, hour: Hour) -> Hour:
        """Return an hour in this world's weather."""
        f = np.float32
        hour = hour._replace(seed=f(self.setting.seed % 97 * 3.7 + 0.5))
        if self.weather == "clear":
            return hour
        haze = {"fog": 0.03, "rain": 0.01, "snow": 0.012}[self.weather]
        dim = {"fog": 0.5, "rain": 0.25, "snow": 0.5}[self.weather]
        return hour._replace(
            haze=f(haze),
            clouds=f(0.0 if self.weather == "fog" else 1.0),
            stars=f(0),
            disc=f(hour.disc * dim),
            glitter=f(hour.glitter * dim),
            swell=f(hour.swell * (1.4 if self.weather == "rain" else 0.8)),
        )

    def _alive(self, pulse: Pulse) -> Hour:
        """Return the hour as the song moves it."""
        f = np.float32
        hour = self._hour
        bass, high, energy = float(pulse.bass), float(pulse.high), float(pulse.energy)
        rising = min(max((energy - 0.35) / 0.5, 0.0), 1.0)
        polar = self.time_of_day == "night" and self.weather == "clear"
        return hour._replace(
            glow=f(hour.glow * (0.85 + 0.3 * bass)),
            swell=f(hour.swell * (0.9 + 0.2 * bass)),
            glitter=f(hour.glitter * (0.75 + 0.5 * high)),
            aurora=f(0.5 * rising * polar),
            clouds=f(hour.clouds * (1 - 0.6 * rising * polar)),
        )

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the moon behind or beside, the sky all around."""
        zenith, upper, horizon, moon, *_ = (np.array(colour) for colour in self.palette)
        angle = float(self._hour.azimuth) - camera.yaw_rad
        behind, aside = max(cos(angle), 0.0), sin(angle)
        power = 0.35 + 1.1 * float(self._hour.glow)
        return FigureLight(
            key=rgb(moon * power * (0.12 + 0.35 * abs(aside)) + upper * 0.2),
            key_x=np.float32(2 * aside),
            key_y=np.float32(0.4),
            key_z=np.float32(0.5),
            ambient=rgb(0.30 * upper + 0.18 * horizon + 0.1 * zenith),
            rim_left=rgb(moon * power * (0.5 * behind + max(-aside, 0.0))),
            rim_right=rgb(moon * power * (0.5 * behind + max(aside, 0.0))),
            rim_top=rgb(moon * power * 0.6),
        )


def _wades(actor: Actor) -> bool:
    return actor.ground_m < 0.5
