"""The moon itself: dressed for an hour, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import add_dots, new_dots
from mvkit.studio.kit.strokes import draw_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.space.dress import DRESSES, PLANET_AZIMUTH, Colours
from mvkit.studio.worlds.space.nebula import nebula, paint_void
from mvkit.studio.worlds.space.planet import paint_planet
from mvkit.studio.worlds.space.regolith import moonscape, paint_ground
from mvkit.studio.worlds.space.stars import Stars, meteors, sun_dots

__all__ = ["Space"]

_N_GRAINS = 220
_DUST_M = 13.0  # side of the square around the camera in which dust hops


class Space(World):
    """The surface of a small moon under a ringed planet."""

    name = "space"
    dresses = DRESSES
    weathers = ("clear", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        f, hour = np.float32, DRESSES[self.time_of_day].hour
        if self.weather == "fog":
            hour = hour._replace(
                dust=f(0.055),
                sun=f(hour.sun * 0.75),
                stars=f(hour.stars * 0.35),
                nebula=f(hour.nebula * 0.6),
                disc=f(hour.disc * 0.5),
            )
        self._hour = hour
        seed = setting.seed % 97
        self._ground = moonscape(seed, float(hour.azimuth), float(hour.slope))
        self._nebula = nebula(seed)
        self._stars = Stars(setting.seed, self._colours)
        self._chance = np.random.default_rng(setting.seed + 5).random((_N_GRAINS, 5))

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the trail, or stand beside it; filmed with the planet behind, or aside."""
        walking = action in GAITS_M
        views = (0.1, 0.42, -0.2, -0.75) if walking else (0.08, 0.38, -0.3, 0.62, -0.7)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        return Mark(
            x_m=0.5 * (variation * 3.7 % 1.0 - 0.5),
            z_m=600.0 * (variation * 13.7 % 1.0) + way_m(action, pulse.beat_count),
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera over the stones."""
        return replace(camera, y_m=max(camera.y_m, 0.45))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the moon; see :meth:`World.render`."""

        def paint_moon(picture: Canvas) -> None:
            self._paint_moon(picture, t_s, pulse, camera, actor)

        self.paint_background(canvas, camera, paint_moon, focused=actor is not None)
        if actor is not None:
            self.draw_actor(canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=0.5)
        projection = camera.projection(self.width_px, self.height_px)
        add_dots(canvas, self._dust(projection, pulse, t_s))

    def _paint_moon(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        view, hour = camera.view(), self._hour
        projection = camera.projection(width, height)
        traced = self._ground.trace(view, width, height)
        end = min(traced.sky_end, height)
        if end > 0:
            paint_void(canvas, self._nebula, view, self._colours, hour, pulse, end=end)
            add_dots(canvas, self._stars.dots(projection, float(hour.stars), float(pulse.hat), t_s))
            draw_strokes(canvas, meteors(projection, pulse, self.setting.seed))
            add_dots(canvas, sun_dots(projection, self._colours, hour))
            paint_planet(canvas, projection, self._colours, hour, t_s, end=end)
        shine = np.float32(0.75 + 0.5 * float(pulse.bass))
        paint_ground(
            canvas,
            traced,
            view,
            self._colours,
            hour,
            person=self._shadow_of(actor),
            planetshine=shine,
        )

    def _shadow_of(self, actor: Actor | None) -> RGB:
        """Return place and length of the person's shadow."""
        if actor is None:
            return rgb([0.0, 0.0, 0.0])
        length_m = min(actor.sheet.height_m / float(self._hour.slope), 12.0)
        return rgb([actor.x_m, actor.z_m, length_m])

    def _dust(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return dust that hops from the ground with each kick and glints in the sun."""
        camera, chance = projection.camera, self._chance
        x_m = _around(camera.x_m + 5 * sin(camera.yaw_rad), chance[:, 0])
        z_m = _around(camera.z_m + 5 * cos(camera.yaw_rad), chance[:, 1])
        hop = float(pulse.kick) * (0.3 + 0.7 * float(pulse.energy))
        float_m = 0.05 + 0.5 * chance[:, 3] ** 2 * (
            0.6 + 0.4 * np.sin(0.6 * t_s + 9 * chance[:, 4])
        )
        y_m = float_m + 0.55 * hop * chance[:, 2] ** 2
        x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
        near = np.clip((depth_m - 0.8) / 0.8, 0, 1) * np.clip((9 - depth_m) / 4, 0, 1)
        light = (0.05 + 0.5 * hop * chance[:, 2]) * near * float(self._hour.sun)
        dots = new_dots(_N_GRAINS)
        dots[:, 0], dots[:, 1] = x_px, y_px
        dots[:, 2] = np.clip(0.007 * projection.px_per_m(depth_m), 0.5, 4.0)
        dots[:, 3:6] = light[:, None] * np.array(self._colours.sun)
        return dots

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the hard sun, the planet behind, the ground below."""
        sun, planet, glow = (
            np.array(colour)
            for colour in (self._colours.sun, self._colours.planet, self._colours.glow)
        )
        hour = self._hour
        angle = float(hour.azimuth) - camera.yaw_rad
        aside, behind = sin(angle), cos(angle)
        power = float(hour.sun)
        to_planet = PLANET_AZIMUTH - camera.yaw_rad
        edge = 0.5 * max(cos(to_planet), 0.0) * planet + 0.12 * glow
        return FigureLight(
            key=rgb(sun, power * (0.65 - 0.4 * max(behind, 0.0))),
            key_x=np.float32(1.5 * aside),
            key_y=np.float32(0.25 + float(hour.slope)),
            key_z=np.float32(0.25 - 0.8 * min(behind, 0.0)),
            ambient=rgb(
                0.05 + 0.16 * planet + 0.12 * glow + 0.06 * np.array(self._colours.regolith)
            ),
            rim_left=rgb(edge + sun * power * (0.6 * max(behind, 0.0) + max(-aside, 0.0))),
            rim_right=rgb(edge + sun * power * (0.6 * max(behind, 0.0) + max(aside, 0.0))),
            rim_top=rgb(edge + 0.4 * power * sun),
        )


def _around(middle_m: float, chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places that stand still in the world and always lie near a middle."""
    start_m = middle_m - 0.5 * _DUST_M
    return start_m + (chance * _DUST_M - start_m) % _DUST_M
