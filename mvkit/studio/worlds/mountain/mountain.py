"""The mountains themselves: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.mountain.crest import crest, paint_crest
from mvkit.studio.worlds.mountain.dress import DRESSES, Colours, Hour, path_x
from mvkit.studio.worlds.mountain.ranges import ranges
from mvkit.studio.worlds.mountain.vista import paint_vista
from mvkit.studio.worlds.mountain.wayside import Wayside

__all__ = ["Mountain"]


class Mountain(World):
    """A path along a ridge, above a sea of fog."""

    name = "mountain"
    dresses = DRESSES
    weathers = ("clear", "fog", "snow", "rain")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._snowed = 0.95 if self.weather == "snow" else 0.0
        seed = setting.seed % 97
        hour = DRESSES[self.time_of_day].hour
        sun = float(hour.azimuth), float(hour.slope)
        self._ranges, self._crest = ranges(seed, *sun), crest(seed, *sun)
        self._hour = self._weathered(hour)
        self._wayside = Wayside(setting.seed, self._colours, self._hour, self._snowed)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the path, or stand on it; filmed along the ridge or over its edge."""
        walking = action in GAITS_M
        views = (0.08, -0.3, 0.42, 1.15) if walking else (0.1, -0.5, 0.45, -1.1, 1.2)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 2 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        z_m = 400.0 * (variation * 13.7 % 1.0) + way_m(action, pulse.beat_count)
        return Mark(
            x_m=path_x(z_m),
            z_m=z_m,
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera over grass and stones."""
        return replace(camera, y_m=max(camera.y_m, 0.4))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the mountains; see :meth:`World.render`."""
        hour = self._alive(pulse)

        def paint_mountains(picture: Canvas) -> None:
            self._paint_mountains(picture, t_s, pulse, camera, actor, hour)

        self.paint_background(canvas, camera, paint_mountains, focused=actor is not None)
        if actor is not None:
            self.draw_actor(canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=0.55)
        projection = camera.projection(self.width_px, self.height_px)
        t = np.float32(t_s)
        if self.weather == "clear":
            add_dots(canvas, self._wayside.motes(projection, pulse, t_s))
        elif self.weather == "rain":
            add_rain(canvas, t, np.float32(0.8), np.float32(0.14), rgb([0.06, 0.06, 0.07]))
        elif self.weather == "snow":
            light = 0.25 + 0.3 * float(hour.sun)
            add_snow(canvas, t, np.float32(0.9), np.float32(0.35), rgb([light, light, light]))

    def _paint_mountains(
        self,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        hour: Hour,
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        view = camera.view()
        projection = camera.projection(width, height)
        traced = self._crest.trace(view, width, height)
        end = min(traced.sky_end, height)
        paint_vista(canvas, self._ranges, view, self._colours, hour, np.float32(t_s), end=end)
        draw_strokes(canvas, self._wayside.birds(projection, pulse, t_s))
        paint_crest(
            canvas,
            traced,
            view,
            self._colours,
            hour,
            person=self._shadow_of(actor),
            snowed=np.float32(self._snowed),
        )
        air = rgb(np.array(self._colours.fog), 0.35 + 0.35 * float(hour.sun))
        things = self._wayside.strokes(camera, pulse, t_s)
        haze = float(hour.mist)
        draw_strokes(canvas, project_strokes(things, projection, air=air, haze_per_m=haze))

    def _weathered(self, hour: Hour) -> Hour:
        """Return an hour in this world's weather."""
        f = np.float32
        hour = hour._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return hour
        dim = {"fog": 0.55, "snow": 0.6, "rain": 0.35}[self.weather]
        return hour._replace(
            disc=f(hour.disc * (0.4 if self.weather == "fog" else 0.0)),
            glow=f(hour.glow * (0.75 if self.weather == "fog" else 0.4)),
            sun=f(hour.sun * dim),
            sky=f(hour.sky * 1.5),
            clouds=f(0.3 if self.weather == "fog" else 1.0),
            stars=f(0),
            veil=f({"fog": 0.8, "snow": 0.75, "rain": 0.8}[self.weather]),
            haze=f(hour.haze * {"fog": 7.0, "snow": 3.0, "rain": 3.5}[self.weather]),
            sea_m=f({"fog": -70.0, "snow": -190.0, "rain": -170.0}[self.weather]),
            mist=f({"fog": 0.13, "snow": 0.02, "rain": 0.025}[self.weather]),
        )

    def _alive(self, pulse: Pulse) -> Hour:
        """Return the hour as the song moves it: the sea of fog breathes, its light swells."""
        f, hour = np.float32, self._hour
        bass, energy = float(pulse.bass), float(pulse.energy)
        rise_m = 46.0 * (bass - 0.4) * (0.35 + 0.65 * energy)
        return hour._replace(
            sea_m=f(min(float(hour.sea_m) + rise_m, -30.0)),
            glow=f(hour.glow * (0.85 + 0.3 * bass)),
            sun=f(hour.sun * (0.95 + 0.09 * bass)),
        )

    def _shadow_of(self, actor: Actor | None) -> RGB:
        """Return place and length of the person's shadow; length 0 where the sun is hidden."""
        if actor is None or self.weather != "clear":
            return rgb([0.0, 0.0, 0.0])
        length_m = min(actor.sheet.height_m / max(float(self._hour.slope), 0.1), 10.0)
        return rgb([actor.x_m, actor.z_m, length_m])

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the sun, the sky around, the white sea below."""
        sun, fog = np.array(self._colours.sun), np.array(self._colours.fog)
        upper, zenith = np.array(self._colours.upper), np.array(self._colours.zenith)
        hour = self._hour
        angle = float(hour.azimuth) - camera.yaw_rad
        aside, behind = sin(angle), cos(angle)
        power = float(hour.sun)
        mist = 1.0 - np.exp(-float(hour.mist) * camera.focus_m)
        return FigureLight(
            key=rgb(sun, power * (0.55 - 0.35 * max(behind, 0.0))),
            key_x=np.float32(1.6 * aside),
            key_y=np.float32(0.3 + float(hour.slope)),
            key_z=np.float32(0.35 - 0.7 * min(behind, 0.0)),
            ambient=rgb(float(hour.sky) * (0.7 * upper + 0.3 * zenith + 0.35 * fog)),
            rim_left=rgb(sun * power * (0.5 * max(behind, 0.0) + 0.8 * max(-aside, 0.0))),
            rim_right=rgb(sun * power * (0.5 * max(behind, 0.0) + 0.8 * max(aside, 0.0))),
            rim_top=rgb(0.45 * power * sun + 0.2 * upper),
            haze=rgb(fog, 0.35 + 0.35 * power),
            haze_amount=np.float32(mist),
        )
