"""The desert itself: dressed for an hour, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, exp, pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.sprites import add_dots
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.kit.view import horizon_band
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.desert_road.dress import DRESSES, Colours
from mvkit.studio.worlds.desert_road.ground import paint_ground
from mvkit.studio.worlds.desert_road.roadside import Roadside
from mvkit.studio.worlds.desert_road.sky import finish_sky, paint_sky

__all__ = ["DesertRoad"]


class RoadMark(Mark):
    """A mark on the road: who comes towards us walks the other way, out of the light.

    Everything worth seeing here lies towards the sun, so not the camera turns round but the
    person.
    """

    def seen_going(self, way: str) -> Mark:
        """Return the mark filmed as a way asks for; see :meth:`Mark.seen_going`."""
        if way != "towards us":
            return super().seen_going(way)
        return replace(self, z_m=-self.z_m, facing_rad=pi, camera_yaw_rad=pi + WAYS[way])


class DesertRoad(World):
    """A highway through the desert, filmed into the light or across the road."""

    name = "desert_road"
    dresses = DRESSES
    weathers = ("clear", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._hour = DRESSES[self.time_of_day].hour._replace(seed=setting.noise_seed)
        if self.weather == "fog":
            none = np.float32(0)
            self._hour = self._hour._replace(
                fog=np.float32(0.42),
                haze=np.float32(0.075),
                shimmer=none,
                clouds=none,
                stars=none,
            )
        self._soft = SoftLayer(n_masks=1)
        self._roadside = Roadside(setting.seed, self._colours, self._hour)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the road, or stand on it; filmed into the sun or across the road."""
        walking = action in GAITS_M
        views = (0.0, 0.3, -0.25, 1.0) if walking else (0.1, -0.35, 0.4, -0.95, 0.85)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        start_m = 900.0 * (variation * 13.7 % 1.0)
        kind = RoadMark if walking else Mark
        return kind(
            x_m=2.4 * (variation * 3.7 % 1.0 - 0.5),
            z_m=start_m + way_m(action, pulse.beat_count),
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the desert; see :meth:`World.render`."""

        def paint_desert(picture: Canvas) -> None:
            self._paint_desert(picture, t_s, pulse, camera, actor)

        self.paint_background(canvas, camera, paint_desert, focused=actor is not None)
        if actor is not None:
            self.draw_actor(canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=0.6)
        projection = camera.projection(self.width_px, self.height_px)
        add_dots(canvas, self._roadside.dust(projection, pulse, t_s))

    def _paint_desert(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        hour = self._hour._replace(
            glow=np.float32(self._hour.glow * (0.85 + 0.35 * float(pulse.bass))),
            disc=np.float32(self._hour.disc * (0.95 + 0.1 * float(pulse.beat))),
        )
        heat = 0.4 + 0.7 * float(pulse.bass) + 0.5 * float(pulse.kick)
        shimmer = np.float32(self._hour.shimmer * heat)
        view = camera.view()
        time = np.float32(t_s)
        _, end_row = horizon_band(view, canvas.shape[2], canvas.shape[1])
        paint_sky(self._soft.open(canvas), view, self._colours, hour, time, end_row // 2 + 2)
        (clear,) = self._soft.lay(canvas, 0, end_row)
        finish_sky(canvas, clear, view, self._colours, hour, time, shimmer)
        paint_ground(canvas, view, self._colours, hour, time, shimmer, self._shadow_of(actor))
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        things = self._roadside.strokes(camera, pulse, t_s)
        air = rgb(np.array(self._colours.horizon), 0.45)
        haze = float(self._hour.haze)
        draw_strokes(canvas, project_strokes(things, projection, air=air, haze_per_m=haze))
        add_dots(canvas, self._roadside.reflectors(projection, pulse))

    def _shadow_of(self, actor: Actor | None) -> RGB:
        """Return place and length of the person's shadow; length 0 where there is no sun."""
        if actor is None or self._hour.disc <= 0:
            return np.float32(0), np.float32(0), np.float32(0)
        length_m = min(actor.sheet.height_m / max(float(self._hour.slope), 0.1), 14.0)
        return np.float32(actor.x_m), np.float32(actor.z_m), np.float32(length_m)

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the low sun behind or beside, the sky from above."""
        sun = np.array(self._colours.sun)
        angle = float(self._hour.azimuth) - camera.yaw_rad
        behind, aside = max(cos(angle), 0.0), sin(angle)
        power = 1.6 * float(self._hour.glow)
        sky = np.array(self._colours.zenith) + np.array(self._colours.horizon)
        return FigureLight(
            key=rgb(sun, power * (0.25 + 0.45 * abs(aside))),
            key_x=np.float32(2 * aside),
            key_y=np.float32(0.35),
            key_z=np.float32(0.4),
            ambient=rgb(sky, 0.15),
            rim_left=rgb(sun, power * (0.55 * behind + max(-aside, 0.0))),
            rim_right=rgb(sun, power * (0.55 * behind + max(aside, 0.0))),
            rim_top=rgb(sun, 0.5 * power),
            haze=rgb(0.8 * np.array(self._colours.horizon)),
            haze_amount=np.float32(
                (self.weather == "fog") * (1 - exp(-0.5 * float(self._hour.haze) * camera.focus_m))
            ),
        )
