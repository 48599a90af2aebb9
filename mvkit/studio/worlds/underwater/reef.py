"""The sea bed itself: dressed for an hour and a water, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb, tinted_palette
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, enlarge
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import add_dots
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.underwater.dress import DRESSES, SURFACE_M, Colours, Sea
from mvkit.studio.worlds.underwater.drifters import Drifters, add_bubbles, add_jellies
from mvkit.studio.worlds.underwater.growth import Growth, Table
from mvkit.studio.worlds.underwater.rocks import paint_rocks
from mvkit.studio.worlds.underwater.seabed import paint_sand, play_web_on, roughen_sand
from mvkit.studio.worlds.underwater.shoal import Shoals, paint_fish
from mvkit.studio.worlds.underwater.water import paint_water

__all__ = ["Underwater"]


class Underwater(World):
    """The bed of a shallow sea, with corals, kelp and shoals of fish."""

    name = "underwater"
    dresses = DRESSES
    weathers = ("clear", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        dress = DRESSES[self.time_of_day]
        self._colours = _wet(Colours(*self.palette), Colours(*tinted_palette(dress.colours, ())))
        if self.weather == "fog":
            self._colours = _murky(self._colours)
        self._sea = self._weathered(dress.hour)
        self._growth = Growth(setting.seed, self._colours, self._sea)
        self._shoals = Shoals(setting.seed, self._colours, self._sea)
        self._drifters = Drifters(setting.seed, self._colours, self._sea)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk between the reefs, or stand there; filmed towards, along or across the light."""
        walking = action in GAITS_M
        views = (0.1, -0.3, 0.42, -1.25) if walking else (0.12, -0.35, 0.45, -1.3, 1.2, 2.9)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        start_m = 160.0 * (variation * 13.7 % 1.0)
        return Mark(
            x_m=0.8 * (variation * 3.7 % 1.0 - 0.5),
            z_m=start_m + way_m(action, pulse.beat_count),
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera under the surface and over the sand."""
        return replace(camera, y_m=min(max(camera.y_m, 0.25), SURFACE_M - 1.0))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the sea bed; see :meth:`World.render`."""
        swell = float(pulse.bass)
        sea = self._sea._replace(
            rays=np.float32(self._sea.rays * (0.7 + 0.6 * swell)),
            glow=np.float32(self._sea.glow * (0.92 + 0.16 * swell)),
            web=np.float32(self._sea.web * (0.85 + 0.3 * swell)),
        )

        def paint_reef(picture: Canvas) -> None:
            self._paint_reef(picture, t_s, pulse, camera, actor, sea)

        self.paint_background(canvas, camera, paint_reef, focused=actor is not None)
        if actor is not None:
            self._draw_people(canvas, camera, actor, pulse, t_s)
        projection = camera.projection(self.width_px, self.height_px)
        bubbles = self._drifters.bubbles(projection, pulse, actor)
        add_bubbles(canvas, bubbles, rgb(np.array(self._colours.light), 0.3 + self._shine()))
        add_dots(canvas, self._drifters.specks(projection, pulse, t_s))

    def _paint_reef(
        self,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        sea: Sea,
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        view, t, colours = camera.view(), np.float32(t_s), self._colours
        far_rocks, near_rocks = self._growth.rocks(camera, actor)
        far_plants, near_plants = self._growth.strokes(camera, actor, pulse, t_s)
        soft = np.empty((3, height // 2, width // 2), np.float32)
        paint_water(soft, view, colours, sea, t)
        paint_sand(soft, view, colours, sea, t)
        paint_rocks(soft, far_rocks, view, colours, sea, t)
        self._draw_plants(soft, camera, far_plants)
        enlarge(soft, canvas)
        roughen_sand(canvas, view, sea)
        paint_rocks(canvas, near_rocks, view, colours, sea, t)
        self._draw_plants(canvas, camera, near_plants)
        projection = camera.projection(width, height)
        bells, arms = self._drifters.jellies(projection, pulse, t_s)
        draw_strokes(canvas, arms)
        add_jellies(canvas, bells)
        paint_fish(canvas, self._shoals.project(projection, pulse, t_s), colours.deep)

    def _draw_plants(self, canvas: Canvas, camera: Camera, plants: Table) -> None:
        """Draw corals and kelp, which sink into the water with distance."""
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        air = rgb(0.55 * np.array(self._colours.water) + 0.35 * np.array(self._colours.deep))
        haze_per_m = float(self._sea.fog)
        draw_strokes(canvas, project_strokes(plants, projection, air=air, haze_per_m=haze_per_m))

    def _draw_people(
        self, canvas: Canvas, camera: Camera, actor: Actor, pulse: Pulse, t_s: float
    ) -> None:
        """Draw the people and let the web of light play over them."""
        projection = camera.projection(self.width_px, self.height_px)
        sides, tops, feet = [], [], []
        for person in actor.people:
            x_px, y_px, depth_m = projection.to_px(person.x_m, person.ground_m, person.z_m)
            scale = float(projection.px_per_m(depth_m))
            sides += [float(x_px) - 1.1 * scale, float(x_px) + 1.1 * scale]
            tops.append(float(y_px) - 2.3 * scale)
            feet.append(float(y_px) + 0.3 * scale)
        left = min(max(int(min(sides)), 0), self.width_px)
        right = min(max(int(max(sides)), left), self.width_px)
        top = min(max(int(min(tops)), 0), self.height_px)
        bottom = min(max(int(max(feet)), top), self.height_px)
        before = canvas[0, top:bottom, left:right].copy()
        distance_m = float(projection.depth_m(actor.x_m, actor.z_m))
        light = self._light_on(camera, distance_m)
        self.draw_actor(canvas, camera, actor, light, pulse=pulse, shadow=0.55)
        per_px = 1.0 / float(projection.px_per_m(distance_m))
        place = rgb([actor.x_m + (left - sides[0]) * per_px, actor.z_m, per_px])
        amount = np.float32(0.5 * float(self._sea.web))
        play_web_on(canvas, before, left, top, place, amount, np.float32(t_s))

    def _weathered(self, sea: Sea) -> Sea:
        """Return an hour's sea in this world's weather; fog is murky water."""
        f = np.float32
        sea = sea._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return sea
        return sea._replace(
            fog=f(sea.fog * 3.0),
            rays=f(sea.rays * 0.55),
            web=f(sea.web * 0.4),
            glow=f(sea.glow * 0.8),
        )

    def _shine(self) -> float:
        return float(self._sea.daylight) + 0.3 * float(self._sea.alight)

    def _light_on(self, camera: Camera, distance_m: float) -> FigureLight:
        """Return the light on a person: the sun from above, the water from around."""
        deep, water, light, sand, *_, glow = (np.array(colour) for colour in self._colours)
        sea = self._sea
        azimuth = float(np.arctan2(sea.sun_x, sea.sun_z)) - camera.yaw_rad
        day, alight = float(sea.daylight), float(sea.alight)
        power = 0.4 + 1.5 * day
        rim = light * power * 0.5 + 0.5 * alight * glow
        return FigureLight(
            key=rgb((light * 0.75 + water * 0.3) * (0.34 + 1.2 * day)),
            key_x=np.float32(0.8 * sin(azimuth)),
            key_y=np.float32(0.9),
            key_z=np.float32(0.35 - 0.45 * cos(azimuth)) + np.float32(0.35),
            ambient=rgb(0.30 * day * water + 0.22 * day * sand + 0.2 * deep + 0.03 * alight * glow),
            rim_left=rgb(rim * (0.45 + max(-sin(azimuth), 0.0))),
            rim_right=rgb(rim * (0.45 + max(sin(azimuth), 0.0))),
            rim_top=rgb(light * power * 0.8 + 0.25 * alight * glow),
            haze=rgb(0.6 * water + 0.25 * deep),
            haze_amount=np.float32(1 - np.exp(-0.75 * max(distance_m, 0.0) * float(sea.fog))),
        )


def _wet(colours: Colours, own: Colours) -> Colours:
    """Return a plan's colours as they look through water, which swallows red: mostly its own."""

    def through(colour: RGB, pure: RGB, share: float) -> RGB:
        return rgb(share * np.array(pure) + (1 - share) * np.array(colour))

    return colours._replace(
        deep=through(colours.deep, own.deep, 0.7),
        water=through(colours.water, own.water, 0.7),
        light=through(colours.light, own.light, 0.4),
        sand=through(colours.sand, own.sand, 0.4),
    )


def _murky(colours: Colours) -> Colours:
    """Return the colours of water full of sand and weed."""

    def stirred(colour: RGB, share: float) -> RGB:
        silt = 0.5 * np.array(colours.sand) + 0.5 * np.array(colours.kelp)
        silt = silt * np.mean(colour) / max(float(np.mean(silt)), 1e-3)
        return rgb((1 - share) * np.array(colour) + share * silt)

    return colours._replace(
        deep=stirred(colours.deep, 0.4),
        water=stirred(colours.water, 0.5),
        light=stirred(colours.light, 0.45),
    )
