"""The ocean itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, exp, pi, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow, new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.ocean_moon.air import paint_sky
from mvkit.studio.worlds.ocean_moon.beach import paint_beach
from mvkit.studio.worlds.ocean_moon.dress import DRESSES, Colours, Hour
from mvkit.studio.worlds.ocean_moon.rock import ROCK_TOP_M, Rock
from mvkit.studio.worlds.ocean_moon.shore import Shore, join_rows
from mvkit.studio.worlds.ocean_moon.water import paint_water

__all__ = ["OceanMoon"]

_LAMPLIGHT = np.array([1.0, 0.66, 0.32])
_TRACK_M = -1.7  # out of the shore's line, where people walk: on the wet sand
_BESIDE_THE_MOON = 0.55  # yaw of the shore along which the moon is seen


class _Coast(NamedTuple):
    """A shore far from the rock: a place on it, and its direction with the sea on the left."""

    x_m: float
    z_m: float
    yaw_rad: float

    def place(self, along_m: float, out_m: float) -> tuple[float, float]:
        """Return x and z of a place on the shore."""
        ahead_x, ahead_z = sin(self.yaw_rad), cos(self.yaw_rad)
        return (
            self.x_m + along_m * ahead_x - out_m * ahead_z,
            self.z_m + along_m * ahead_z + out_m * ahead_x,
        )


_ACROSS = _Coast(0.0, -2000.0, pi / 2)  # filmed across, out to the sea
_ALONG = _Coast(2000.0, 2000.0, _BESIDE_THE_MOON)  # filmed along
_STROLLS = {
    "away from us": (_ALONG, 1.0),
    "towards us": (_ALONG, -1.0),
    "left to right": (_ACROSS, 1.0),
    "right to left": (_ACROSS, -1.0),
}
"""Way across the frame -> the shore where it looks best, and in which sense one walks it."""

_OPEN_SEA = Shore(*(np.float32(0) for _ in Shore._fields))
_ON_SAND = ("dance", "cheer", "turn")  # what is also done on the beach


@dataclass(frozen=True)
class ShoreMark(Mark):
    """A mark on a beach; which beach depends on the way that is to be seen.

    Parameters
    ----------
    walked_m
        Way that the person has made.
    """

    walked_m: float = 0.0

    def seen_going(self, way: str) -> Mark:
        """Return the mark on the shore where a way looks best; see :meth:`Mark.seen_going`."""
        coast, sense = _STROLLS[way]
        x_m, z_m = coast.place(sense * self.walked_m, _TRACK_M)
        facing = coast.yaw_rad if sense > 0 else coast.yaw_rad - pi
        yaw = facing + WAYS[way]
        return replace(self, x_m=x_m, z_m=z_m, facing_rad=facing, camera_yaw_rad=yaw)


class OceanMoon(World):
    """The sea under moon or sun; a person on a rock, or on a beach."""

    name = "ocean_moon"
    dresses = DRESSES
    weathers = ("clear", "fog", "rain", "snow")
    ways = tuple(_STROLLS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._hour = self._weathered(DRESSES[self.time_of_day].hour)
        self._soft = SoftLayer(n_masks=1)
        self._rock = Rock()
        self._lamp_chance = np.random.default_rng(setting.seed + 3).random((48, 3))

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Stand on the rock, dance on the beach, walk along it; filmed towards the sea."""
        if action in GAITS_M:
            way = tuple(_STROLLS)[int(variation * 97) % len(_STROLLS)]
            way_m_now = way_m(action, pulse.beat_count) + 300 * (variation * 13.7 % 1.0)
            return ShoreMark(walked_m=way_m_now).seen_going(way)
        views = (0.05, -0.32, 0.38, -0.6, 0.55)
        yaw = views[int(variation * 97) % len(views)]
        away = action == "stand" and int(variation * 31) % 2 == 0
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        ashore = action in _ON_SAND and int(variation * 53) % 2 == 1
        x_m, z_m = _ACROSS.place(300 * variation, _TRACK_M) if ashore else (0.0, 0.0)
        return Mark(
            x_m=x_m,
            ground_m=0.0 if ashore else ROCK_TOP_M,
            z_m=z_m,
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
            self.draw_actor(canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=0.5)
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
        paint_sky(canvas, self._soft, view, self._colours, hour, pulse, t)
        coast = _coast_near(camera)
        shore = _shore(coast, pulse, actor) if coast else _OPEN_SEA
        paint_water(canvas, view, self._colours, hour, pulse, t, shore)
        add_dots(canvas, self._lamps(camera.projection(canvas.shape[2], canvas.shape[1]), pulse))
        if coast is None:
            join_rows(canvas, view)
            self._rock.paint(canvas, view, self._colours, hour, t)
            return
        paint_beach(canvas, view, shore, self._colours, hour, t)
        join_rows(canvas, view)
        if actor:
            light = self._light_on(camera)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=0.3)

    def _lamps(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the lamps on the far shore, each with its light on the water, as dots."""
        place, height, kind = self._lamp_chance.T
        side = np.where(place < 0.5, -1.0, 1.0)
        azimuth = float(self._hour.azimuth) + side * (0.3 + 2.2 * np.abs(place - 0.5))
        far_m = 2000.0
        x_m = projection.camera.x_m + far_m * np.sin(azimuth)
        z_m = projection.camera.z_m + far_m * np.cos(azimuth)
        slope = 0.002 + 0.005 * height
        light = (
            float(self._hour.lights)
            * (0.5 + kind)
            * (0.75 + 0.2 * float(pulse.beat) + 0.4 * float(pulse.snare))
        )
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
        hour = hour._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return hour
        haze = {"fog": 0.055, "rain": 0.01, "snow": 0.012}[self.weather]
        dim = {"fog": 0.7, "rain": 0.25, "snow": 0.5}[self.weather]
        return hour._replace(
            haze=f(haze),
            fog=f(0.45 if self.weather == "fog" else 0.0),
            lights=f(hour.lights * (0.3 if self.weather == "fog" else 1.0)),
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
        bass, energy = float(pulse.bass), float(pulse.energy)
        high = max(float(pulse.high), float(pulse.hat))
        # The northern lights flare up with a new part of the song.
        flare = 0.8 * exp(-0.5 * float(pulse.section_age_s)) * (float(pulse.section_count) > 0)
        rising = min(max((energy - 0.35) / 0.5, 0.0), 1.0)
        polar = self.time_of_day == "night" and self.weather == "clear"
        return hour._replace(
            glow=f(hour.glow * (0.85 + 0.3 * bass)),
            swell=f(hour.swell * (0.9 + 0.2 * bass + 0.06 * float(pulse.kick))),
            glitter=f(hour.glitter * (0.75 + 0.5 * high)),
            aurora=f(0.5 * rising * polar * (1 + flare)),
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
            haze=rgb(0.7 * horizon),
            haze_amount=np.float32(
                (self.weather == "fog") * (1 - exp(-0.6 * float(self._hour.haze) * camera.focus_m))
            ),
        )


def _coast_near(camera: Camera) -> _Coast | None:
    """Return the beach that a camera is at; none near the rock."""
    if camera.x_m > _ALONG.x_m / 2:
        return _ALONG
    return _ACROSS if camera.z_m < _ACROSS.z_m / 2 else None


def _shore(coast: _Coast, pulse: Pulse, actor: Actor | None) -> Shore:
    """Return a shore at an instant, with the footprints of who walks there."""
    f = np.float32
    ahead_x, ahead_z = sin(coast.yaw_rad), cos(coast.yaw_rad)
    along = out = onward = 0.0
    if actor and actor.action in GAITS_M:
        dx, dz = actor.x_m - coast.x_m, actor.z_m - coast.z_m
        along, out = dx * ahead_x + dz * ahead_z, dz * ahead_x - dx * ahead_z
        onward = 1.0 if cos(actor.facing_rad - coast.yaw_rad) > 0 else -1.0
    numbers = (coast.x_m, coast.z_m, ahead_x, ahead_z, pulse.beat_count, along, out, onward)
    return Shore(*(f(number) for number in numbers))
