"""The field itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from math import atan2, cos, pi, sin

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
from mvkit.studio.worlds.field.blades import Patch, draw_blades, grow_blades
from mvkit.studio.worlds.field.clouds import pile_clouds
from mvkit.studio.worlds.field.dress import DRESSES, Colours, Hour, path_x
from mvkit.studio.worlds.field.land import grow_tree, lay_land, paint_tree
from mvkit.studio.worlds.field.life import Life
from mvkit.studio.worlds.field.meadow import paint_meadow, roughen_meadow
from mvkit.studio.worlds.field.sky import paint_land, paint_sky

__all__ = ["Field"]

# Trees: place to the right of the way, place ahead of the camera, height; all in metres.
_TREES_M = ((-14.0, 42.0, 15.0), (52.0, 34.0, 12.0), (22.0, -46.0, 14.0), (-62.0, -8.0, 12.0))
# Near blades stand dense; farther away each stands for several.
_DENSE = Patch.between(0.9, 5.2, gap_m=0.145, size=1.3)
_SPARSE = Patch.between(4.0, 16.0, gap_m=0.43, size=3.4)
_MOST_BLADES = 9000


class Field(World):
    """A summer field with a path, a lone tree and great clouds."""

    name = "field"
    dresses = DRESSES
    weathers = ("clear", "rain", "fog", "snow")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = _weathered_colours(Colours(*self.palette), self.weather)
        self._hour = self._weathered(DRESSES[self.time_of_day].hour)
        seed = setting.seed
        self._clouds = pile_clouds(seed, height_px, float(self._hour.azimuth))
        self._land = lay_land(seed, height_px, self._colours, self._hour)
        self._tree = grow_tree(seed, height_px)
        self._soft = SoftLayer()
        self._life = Life(seed, self._colours, self._hour)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the path, or stand on it; filmed into the light or across the field."""
        walking = action in GAITS_M
        views = (0.05, -0.28, 0.32, 0.8) if walking else (0.1, -0.34, 0.4, 1.0, -0.85)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        z_m = 500.0 * (variation * 13.7 % 1.0) + way_m(action, pulse.beat_count)
        return Mark(
            x_m=path_x(z_m),
            z_m=z_m,
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the field; see :meth:`World.render`."""
        projection = camera.projection(self.width_px, self.height_px)
        split_m = np.float32(1e6)
        if actor is not None:
            people_m = [float(projection.depth_m(one.x_m, one.z_m)) for one in actor.people]
            split_m = np.float32(min(people_m) - 0.15)
        wind = np.float32(0.35 + 0.75 * float(pulse.bass) + 0.2 * float(pulse.energy))
        hour = self._hour._replace(
            glow=np.float32(self._hour.glow * (0.82 + 0.36 * float(pulse.bass)))
        )

        def paint_far(picture: Canvas) -> None:
            self._paint_far(picture, t_s, camera, hour, wind)
            begin = split_m if actor is not None else np.float32(0)
            self._paint_blades(picture, t_s, camera, hour, wind, begin, np.float32(1e6))

        self.paint_background(canvas, camera, paint_far, focused=actor is not None)
        if actor is not None:
            self.draw_actor(canvas, camera, actor, self._light_on(camera), pulse=pulse, shadow=0.5)
            self._paint_blades(canvas, t_s, camera, hour, wind, np.float32(0), split_m)
        self._paint_before_lens(canvas, t_s, pulse, camera, hour)

    def _paint_far(
        self, canvas: Canvas, t_s: float, camera: Camera, hour: Hour, wind: np.float32
    ) -> None:
        """Paint sky, land and the field as a whole, on a canvas of any size."""
        _, height, width = canvas.shape
        view, t = camera.view(), np.float32(t_s)
        soft = self._soft.open(canvas)
        paint_sky(soft, view, self._colours, hour, *self._clouds, t)
        paint_land(soft, view, self._land)
        paint_meadow(soft, view, self._colours, hour, wind, t)
        self._soft.lay(canvas)
        roughen_meadow(canvas, view)
        self._paint_trees(canvas, t_s, camera, hour, float(wind))
        projection = camera.projection(width, height)
        if self.time_of_day != "night" and self.weather == "clear":
            draw_strokes(canvas, self._life.swallows(projection, t_s))

    def _paint_trees(
        self, canvas: Canvas, t_s: float, camera: Camera, hour: Hour, wind: float
    ) -> None:
        """Draw the lone tree, and those that stand as lonely in other directions."""
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        leaf = 0.55 * np.array(self._colours.hills) + 0.45 * np.array(self._colours.grass)
        horizon, sun = np.array(self._colours.horizon), np.array(self._colours.sun)
        for number, (aside_m, ahead_m, tall_m) in enumerate(_TREES_M):
            x_px, y_px, depth = projection.to_px(aside_m, 0.0, camera.z_m + ahead_m)
            if depth < 5:
                continue
            lost = 1 - np.exp(-float(hour.haze) * 0.6 * depth)
            aside = sin(0.5 * (atan2(aside_m - camera.x_m, ahead_m) - float(hour.azimuth)))
            sway = 0.010 * wind * sin(1.1 * t_s + 2 * number) + 0.006 * sin(2.7 * t_s + number)
            shade = (1 - lost) * 0.07 * float(hour.light) * leaf + lost * 0.7 * horizon
            light = float(hour.light) * (0.75 * leaf + (0.15 + aside**2) * leaf * sun)
            light = light + 0.05 * float(hour.glow) * sun
            light = (1 - lost) * light + lost * 0.8 * horizon
            paint_tree(
                canvas,
                *self._tree.fitting(tall_m * projection.px_per_m(depth)),
                np.float32(x_px),
                np.float32(y_px + 0.4 * projection.px_per_m(depth)),
                np.float32(tall_m * projection.px_per_m(depth)),
                np.float32(sway),
                rgb(shade),
                rgb(light),
                np.float32(1),
            )

    def _paint_blades(
        self,
        canvas: Canvas,
        t_s: float,
        camera: Camera,
        hour: Hour,
        wind: np.float32,
        nearest_m: np.float32,
        farthest_m: np.float32,
    ) -> None:
        """Draw the blades between two depths, far ones first."""
        _, height, width = canvas.shape
        view, t = camera.view(), np.float32(t_s)
        tables = [
            grow_blades(
                patch._replace(nearest_m=nearest_m, farthest_m=farthest_m),
                view,
                self._colours,
                hour,
                wind,
                t,
                width,
                height,
                _MOST_BLADES,
            )
            for patch in (_DENSE, _SPARSE)
            if patch.near_m < farthest_m
        ]
        if not tables:
            return
        blades = np.concatenate(tables)
        # Depths in millimetres fit 16 bits, which numpy sorts by radix.
        order = np.argsort((-1000 * blades[:, 5]).astype(np.int16), kind="stable")
        draw_blades(canvas, blades, order, self._colours, hour)

    def _paint_before_lens(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, hour: Hour
    ) -> None:
        """Draw what flies, the stalks before the lens, its ghosts, and the weather."""
        projection = camera.projection(self.width_px, self.height_px)
        life, t = self._life, np.float32(t_s)
        if self.time_of_day == "night":
            add_dots(canvas, life.fireflies(projection, pulse, t_s))
        elif self.weather in ("clear", "fog"):
            draw_strokes(canvas, life.butterflies(projection, t_s))
            add_dots(canvas, life.seeds(projection, pulse, t_s))
        stalks = life.stalks(projection, pulse, t_s)
        draw_blades(canvas, stalks, np.arange(len(stalks)), self._colours, hour)
        if self.weather == "clear":
            add_dots(canvas, life.ghosts(projection, pulse))
        elif self.weather == "rain":
            add_rain(canvas, t, np.float32(0.9), np.float32(0.10), rgb([0.07, 0.075, 0.08]))
        elif self.weather == "snow":
            add_snow(canvas, t, np.float32(1), np.float32(0.14), rgb([0.5, 0.53, 0.56]))

    def _weathered(self, hour: Hour) -> Hour:
        """Return an hour's sky and air in this world's weather."""
        f = np.float32
        hour = hour._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return hour
        haze = {"fog": 0.085, "rain": 0.012, "snow": 0.022}[self.weather]
        return hour._replace(
            haze=f(haze),
            disc=f(0.3 * hour.disc if self.weather == "fog" else 0.0),
            glow=f(0.35 * hour.glow),
            clouds=f(0.25 * hour.clouds if self.weather == "fog" else 0.7),
            stars=f(0.0),
            light=f(0.72 * hour.light),
            bloom=f(0.0 if self.weather == "snow" else 1.0),
        )

    def _light_on(self, camera: Camera) -> FigureLight:
        """Return the light on the person: the sun behind or beside, sky above, grass below."""
        colours = self._colours
        sun, grass = np.array(colours.sun), np.array(colours.grass)
        sky = 0.5 * (np.array(colours.zenith) + np.array(colours.horizon))
        angle = float(self._hour.azimuth) - camera.yaw_rad
        behind, aside = max(cos(angle), 0.0), sin(angle)
        power, light = float(self._hour.glow), float(self._hour.light)
        front = max(-cos(angle), 0.0)
        lost = 1 - np.exp(-float(self._hour.haze) * camera.focus_m)
        return FigureLight(
            key=rgb(light * (0.35 * sky + 0.25 * sun) + power * (0.3 * abs(aside) + front) * sun),
            key_x=np.float32(2 * aside),
            key_y=np.float32(0.6),
            key_z=np.float32(0.6),
            ambient=rgb(light * (0.22 * sky + 0.10 * grass)),
            rim_left=rgb(sun * power * (0.5 * behind + max(-aside, 0.0))),
            rim_right=rgb(sun * power * (0.5 * behind + max(aside, 0.0))),
            rim_top=rgb(sun * power * 0.7),
            haze=rgb(0.75 * np.array(colours.horizon)),
            haze_amount=np.float32(lost),
        )


def _weathered_colours(colours: Colours, weather: str) -> Colours:
    """Return the colours under a closed sky, or under snow."""

    def toward(colour: RGB, goal: float, share: float) -> RGB:
        return rgb((1 - share) * np.array(colour) + share * goal * _level(colours.horizon))

    if weather == "clear":
        return colours
    grey = {"fog": 0.75, "rain": 0.8, "snow": 0.8}[weather]
    dim = {"fog": 0.8, "rain": 0.45, "snow": 0.75}[weather]
    colours = colours._replace(
        zenith=toward(colours.zenith, dim, grey),
        horizon=toward(colours.horizon, dim, 0.6),
        cloud=toward(colours.cloud, 0.8 * dim, grey),
    )
    if weather == "snow":
        colours = colours._replace(
            hills=toward(colours.hills, 0.7, 0.6),
            grass=toward(colours.grass, 0.95, 0.75),
            wheat=toward(colours.wheat, 1.2, 0.78),
        )
    return colours


def _level(colour: RGB) -> float:
    """Return the brightness of a colour."""
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))
