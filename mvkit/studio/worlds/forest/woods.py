"""The forest itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import exp, pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow
from mvkit.studio.kit.strokes import draw_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.forest.air import add_shafts, paint_air
from mvkit.studio.worlds.forest.dress import DRESSES, Air, Colours, path_x
from mvkit.studio.worlds.forest.ferns import frond_strokes
from mvkit.studio.worlds.forest.floor import paint_floor, roughen_floor
from mvkit.studio.worlds.forest.growth import Growth
from mvkit.studio.worlds.forest.trunks import paint_trunks

__all__ = ["Forest"]

_TURN_S = 2.0  # so long the light takes to change with a new part of the song
_NEAR_M = 9.0  # trunks nearer than this are painted sharp


class PathMark(Mark):
    """A mark on the path: who comes towards us walks the other way, out of the light.

    The light is the same way along the whole path, so not the camera turns round but the person.
    """

    def seen_going(self, way: str) -> Mark:
        """Return the mark filmed as a way asks for; see :meth:`Mark.seen_going`."""
        if way != "towards us":
            return super().seen_going(way)
        back = replace(self, x_m=path_x(-self.z_m), z_m=-self.z_m)
        return replace(back, facing_rad=pi, camera_yaw_rad=pi + WAYS[way])


class Forest(World):
    """A path through tall trees, with shafts of light."""

    name = "forest"
    dresses = DRESSES
    weathers = ("clear", "fog", "rain", "snow")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        if self.weather == "snow":
            self._colours = _snowed_in(self._colours)
        elif self.weather == "fog":
            self._colours = _fogged_in(self._colours)
        self._soft = SoftLayer()
        self._air = self._weathered(DRESSES[self.time_of_day].hour)
        fireflies = self.time_of_day == "night"
        gain = 1.6 if fireflies else 0.4 + 0.6 * float(self._air.glow)
        self._growth = Growth(
            setting.seed,
            mote_light=rgb(np.array(self._colours.mote), gain),
            mote_size=1.7 if fireflies else 1.0,
        )

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the path, or stand on it; filmed towards the light."""
        walking = action in GAITS_M
        views = (0.05, -0.22, 0.3) if walking else (0.08, -0.3, 0.36, -0.12, 0.22)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        z_m = 170.0 * (variation * 13.7 % 1.0) + way_m(action, pulse.beat_count)
        kind = PathMark if walking else Mark
        return kind(
            x_m=path_x(z_m),
            z_m=z_m,
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the forest; see :meth:`World.render`."""
        air = self._air._replace(
            rays=np.float32(
                self._air.rays * (0.7 + 0.4 * float(pulse.bass) + 0.3 * float(pulse.kick))
            ),
            glow=np.float32(self._air.glow * (0.9 + 0.2 * float(pulse.bass))),
        )

        def paint_forest(picture: Canvas) -> None:
            self._paint_forest(picture, t_s, pulse, camera, actor, air)

        self.paint_background(canvas, camera, paint_forest, focused=actor is not None)
        if actor is not None:
            light = self._light_on(camera)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, shadow=0.6)
        projection = camera.projection(self.width_px, self.height_px)
        add_dots(canvas, self._growth.motes(projection, pulse, t_s))
        t = np.float32(t_s)
        if self.weather == "rain":
            add_rain(canvas, t, np.float32(0.7), np.float32(0.03), rgb([0.06, 0.07, 0.07]))
        elif self.weather == "snow":
            add_snow(canvas, t, np.float32(0.8), np.float32(0.08), rgb([0.45, 0.48, 0.5]))

    def _paint_forest(
        self,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        air: Air,
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        view = camera.view()
        t = np.float32(t_s)
        # The shafts move on with the bars, and to other trees with a new part of the song.
        turned = min(float(pulse.section_age_s) / _TURN_S, 1.0)
        parts = float(pulse.section_count) + turned * turned * (3 - 2 * turned)
        bars = np.float32(float(pulse.beat_count) / 4 + 7.4 * parts)
        near, far = self._growth.trunks(camera, actor, near_m=_NEAR_M)
        soft = self._soft.open(canvas)
        paint_air(soft, view, self._colours, air, t)
        paint_floor(soft, view, self._colours, air)
        paint_trunks(soft, far, view, self._colours, air)
        add_shafts(soft, view, self._colours.sun, air, bars, t)
        self._soft.lay(canvas)
        roughen_floor(canvas, view)
        paint_trunks(canvas, near, view, self._colours, air)
        ferns = self._growth.ferns(camera)
        fronds = frond_strokes(ferns, view, self._colours, air, pulse.snare, t, width, height)
        draw_strokes(canvas, fronds)

    def _weathered(self, air: Air) -> Air:
        """Return an hour's air in this world's weather."""
        f = np.float32
        air = air._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return air
        thick = 3.6 if self.weather == "fog" else 1.4
        return air._replace(
            fog=f(air.fog * thick),
            mist=f(air.mist * thick),
            rays=f(air.rays * (0.35 if self.weather == "fog" else 0.5)),
            glow=f(air.glow * 0.7),
        )

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the sun through the trees behind, green from around."""
        above, below, sun, _, leaf, *_ = (np.array(colour) for colour in self.palette)
        angle = float(self._air.azimuth) - camera.yaw_rad
        aside = sin(angle)
        power = float(self._air.glow)
        return FigureLight(
            key=rgb(0.16 * power * sun + 0.55 * above),
            key_x=np.float32(-0.4),
            key_y=np.float32(0.6),
            key_z=np.float32(0.6),
            ambient=rgb(0.22 * below + 0.08 * leaf),
            rim_left=rgb(sun * power * (0.7 + max(-aside, 0.0))),
            rim_right=rgb(sun * power * (0.7 + max(aside, 0.0))),
            rim_top=rgb(sun * power * 0.8),
            haze=rgb(0.5 * np.array(self._colours.haze_low)),
            haze_amount=np.float32(
                (self.weather == "fog") * (1 - exp(-0.4 * float(self._air.fog) * camera.focus_m))
            ),
        )


def _fogged_in(colours: Colours) -> Colours:
    """Return the colours in fog: the air is paler and brighter than usual."""

    def pale(colour: RGB) -> RGB:
        own = np.array(colour)
        return rgb(1.2 * (0.45 * own + 0.55 * own.mean()) + 0.02)

    return colours._replace(haze_high=pale(colours.haze_high), haze_low=pale(colours.haze_low))


def _snowed_in(colours: Colours) -> Colours:
    """Return the colours with snow on leaves, floor and ferns."""

    def snowy(colour: RGB, share: float) -> RGB:
        return rgb((1 - share) * np.array(colour) + share * np.array([0.50, 0.54, 0.60]))

    return colours._replace(
        leaf=snowy(colours.leaf, 0.5), soil=snowy(colours.soil, 0.7), fern=snowy(colours.fern, 0.4)
    )
