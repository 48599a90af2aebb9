"""The lake itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.facets import paint_facets, project_facets
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import add_dots, add_snow, new_dots
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.aurora_lake.deck import paint_deck
from mvkit.studio.worlds.aurora_lake.dress import DECK_M, DRESSES, HEAD_X_M, Air, Colours
from mvkit.studio.worlds.aurora_lake.far import Far
from mvkit.studio.worlds.aurora_lake.jetty import (
    LAMP_GAP_M,
    LAMP_X_M,
    LAMP_Z_M,
    SEAT_M,
    Jetty,
    is_head,
)
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World

__all__ = ["AuroraLake"]

Table = NDArray[np.floating[Any]]

_LAMPLIGHT = np.array([1.0, 0.62, 0.28])
_VIEWS = (0.06, -0.34, 0.42, 1.15, -0.9)
_TURNS = (0.05, -1.15, 0.3, pi - 0.25, -0.35)
_FLAME = ((0.075, 3.2, 1.6), (0.26, 0.13, 5.0))
_TRACE = ((0.16, 0.35, 2.0), (0.3, 0.06, 6.0))
_FEET_SEEN_M = 1.8  # a frame less high than this at the person ends above their feet


class AuroraLake(World):
    """A still lake under northern lights, seen from a jetty."""

    name = "aurora_lake"
    dresses = DRESSES
    weathers = ("clear", "fog", "snow")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._air = self._weathered(DRESSES[self.time_of_day].hour)
        self._far = Far(setting.seed, self._colours, self._air)
        self._jetty = Jetty(self._colours, self._air)
        self._haze_per_m = 0.005 + 0.10 * max(float(self._air.veil) - 0.2, 0.0)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the endless walkway, or stay on the jetty's head."""
        if action in GAITS_M:
            turn = _TURNS[int(variation * 97) % len(_TURNS)]
            start_m = 600.0 * (variation * 13.7 % 1.0)
            z_m = start_m + way_m(action, pulse.beat_count)
            return Mark(0.0, DECK_M, z_m, facing_rad=0.0, camera_yaw_rad=turn)
        yaw = _VIEWS[int(variation * 97) % len(_VIEWS)]
        away = action == "stand" and int(variation * 31) % 2 == 0
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        return Mark(
            x_m=HEAD_X_M + 0.8 * (variation * 3.7 % 1.0 - 0.5),
            ground_m=DECK_M,
            z_m=-1.5,
            facing_rad=yaw if away else turned,
            camera_yaw_rad=yaw,
            seat_m=SEAT_M if action == "sit" else 0.0,
        )

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera over water and planks."""
        return replace(camera, y_m=max(camera.y_m, DECK_M + 0.2))

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the lake; see :meth:`World.render`."""
        light = self._light_on_things(pulse)

        def paint_lake(picture: Canvas) -> None:
            self._paint_lake(picture, t_s, pulse, camera, actor, light)

        self.paint_background(canvas, camera, paint_lake, focused=actor is not None)
        projection = camera.projection(self.width_px, self.height_px)
        if actor is not None:
            if actor.action == "sit":
                bench = self._jetty.bench(actor, light)
                self._paint_facets(canvas, projection, bench, self._haze(pulse))
            figure_light = self._light_on(camera, pulse)
            self.draw_actor(canvas, camera, actor, figure_light, pulse=pulse, shadow=0.5)
            self._paint_posts(canvas, projection, pulse, light, actor, nearer=True)
        if self.weather == "snow":
            flake = rgb(0.25 + 0.35 * np.array(self._colours.snow))
            add_snow(canvas, np.float32(t_s), np.float32(0.9), np.float32(0.06), flake)

    def _paint_lake(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None,
        light: RGB,
    ) -> None:  # fmt: skip
        """Paint everything but the person and what is nearer, on a canvas of any size."""
        air, colours = self._air, self._colours
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        haze = self._haze(pulse)
        self._far.paint(canvas, camera, pulse, t_s, haze=haze, snow_light=self._snow_light(light))
        posts = self._jetty.posts(camera, light, mirrored=True)
        self._draw_strokes(canvas, projection, posts, haze)
        places = self._jetty.lanterns(camera)
        add_dots(canvas, self._flames(projection, places * [1, -1, 1], pulse, _TRACE))
        if actor is not None and self._mirrors(camera):
            self._draw_mirrored(canvas, camera, actor, pulse)
        self._paint_facets(canvas, projection, self._jetty.facets(camera, light, t_s), haze)
        head = int(is_head(camera))
        strength = 0.5 + 0.5 * float(pulse.energy)
        shine = rgb(0.24 * strength * float(air.aurora) * np.array(colours.curtain)
                    + 0.5 * np.array(colours.upper) + 0.2 * np.array(colours.horizon))  # fmt: skip
        f = np.float32
        paint_deck(
            canvas, replace(camera, x_m=camera.x_m - HEAD_X_M * head).view(), colours, air,
            light, shine, rgb(self._lamp(pulse) * 2.2 * _LAMPLIGHT), haze, f(self._haze_per_m),
            f(LAMP_X_M[head]), f(LAMP_Z_M[head]), f(1e4 if head else LAMP_GAP_M), f(head),
        )  # fmt: skip
        self._paint_posts(canvas, projection, pulse, light, actor, nearer=False)

    def _paint_posts(
        self, canvas: Canvas, projection: Projection, pulse: Pulse, light: RGB,
        actor: Actor | None, *, nearer: bool,
    ) -> None:  # fmt: skip
        """Draw posts and lanterns, those behind the person or those nearer than they are."""
        camera = projection.camera
        limit_m = projection.depth_m(actor.x_m, actor.z_m) if actor else -np.inf
        posts = self._jetty.posts(camera, light, mirrored=False)
        depth_m = projection.depth_m(posts[:, 0], posts[:, 2])
        chosen = (depth_m < limit_m) == nearer
        if nearer and actor is not None:
            posts[:, 11] *= _beside(projection, actor, posts[:, 0], posts[:, 2])
        # A post right before the lens would fill the frame.
        posts[:, 11] *= np.clip((depth_m - 0.9) / 0.5, 0.0, 1.0)
        self._draw_strokes(canvas, projection, posts[chosen], self._haze(pulse))
        flames = self._jetty.lanterns(camera)
        flames = flames[(projection.depth_m(flames[:, 0], flames[:, 2]) < limit_m) == nearer]
        dots = self._flames(projection, flames, pulse, _FLAME)
        if nearer and actor is not None:
            clear = _beside(projection, actor, flames[:, 0], flames[:, 2])
            dots[:, 3:6] *= np.tile(clear, len(_FLAME))[:, None]
        add_dots(canvas, dots)

    def _flames(
        self, projection: Projection, places_m: Table, pulse: Pulse,
        parts: tuple[tuple[float, float, float], ...],
    ) -> NDArray[np.float32]:  # fmt: skip
        """Return lights at places as dots, each of parts: radius (m), gain, least radius (px)."""
        tables = []
        for radius_m, gain, least_px in parts:
            column, row, depth = projection.to_px(*places_m.T)
            ahead = depth > 0.4
            dots = new_dots(len(places_m))
            dots[:, 0], dots[:, 1] = np.where(ahead, column, -999), np.where(ahead, row, -999)
            scale = projection.height_px / 576
            size = np.maximum(radius_m * projection.px_per_m(depth), least_px * scale)
            dots[:, 2] = np.minimum(size, 56 * scale)
            fade = np.exp(-0.02 * depth) * ahead * self._lamp(pulse)
            dots[:, 3:6] = gain * fade[:, None] * _LAMPLIGHT
            tables.append(dots)
        return np.concatenate(tables)

    def _lamp(self, pulse: Pulse) -> float:
        """Return the brightness of the lanterns, which breathe with the kick."""
        return float(self._air.lantern) * (0.85 + 0.35 * float(pulse.kick) * float(pulse.energy))

    def _mirrors(self, camera: Camera) -> bool:
        """Tell whether the camera, off the planks, sees the person's mirror image in the water."""
        if camera.seen_m < _FEET_SEEN_M:
            return False
        beside = abs(camera.x_m - (HEAD_X_M if is_head(camera) else 0.0)) > 1.2
        return beside or (is_head(camera) and camera.z_m > 0.0)

    def _draw_mirrored(self, canvas: Canvas, camera: Camera, actor: Actor, pulse: Pulse) -> None:
        """Draw the person's mirror image, as far under the water as they stand over it."""
        sunk = replace(actor, ground_m=-DECK_M)
        if actor.companion is not None:
            sunk = replace(sunk, companion=replace(actor.companion, ground_m=-DECK_M))
        light = self._light_on(camera, pulse)
        self.draw_actor(canvas, camera, sunk, light, pulse=pulse, mirror=True, opacity=0.45)

    def _draw_strokes(
        self, canvas: Canvas, projection: Projection, strokes_m: Table, haze: RGB
    ) -> None:
        lost = self._haze_per_m
        draw_strokes(canvas, project_strokes(strokes_m, projection, air=haze, haze_per_m=lost))

    def _paint_facets(
        self, canvas: Canvas, projection: Projection, facets_m: Table, haze: RGB
    ) -> None:
        lost = self._haze_per_m
        paint_facets(canvas, project_facets(facets_m, projection, air=haze, haze_per_m=lost))

    def _weathered(self, air: Air) -> Air:
        """Return an hour's air in this world's weather."""
        f = np.float32
        air = air._replace(seed=self.setting.noise_seed)
        if self.weather == "fog":
            return air._replace(
                mist=f(0.98), veil=f(0.82), stars=f(0.0), aurora=f(0.4 * air.aurora)
            )
        if self.weather == "snow":
            return air._replace(
                snow=f(1.0),
                veil=f(0.3),
                clouds=f(0.75),
                stars=f(0.2 * air.stars),
                aurora=f(0.6 * air.aurora),
            )
        return air

    def _light_on_things(self, pulse: Pulse) -> RGB:
        """Return the light of sky and aurora on wood."""
        air = self._air
        strength = float(air.aurora) * (0.35 + 0.3 * float(pulse.energy) + 0.15 * float(pulse.bass))
        sky = 0.9 * np.array(self._colours.upper) + 0.5 * np.array(self._colours.horizon)
        day = 0.35 + 1.1 * float(air.twilight)
        return rgb(0.16 + 0.24 * strength * np.array(self._colours.curtain) + 1.6 * day * sky)

    def _snow_light(self, light: RGB) -> RGB:
        """Return the light on far snow, a little bluer than that on the jetty."""
        return rgb(0.6 * np.array(light) + 0.35 * np.array(self._colours.upper))

    def _haze(self, pulse: Pulse) -> RGB:
        """Return the colour of the mist, in which the aurora glows."""
        air = self._air
        glow = float(air.aurora) * (0.06 + 0.05 * float(pulse.energy))
        colour = 0.55 * np.array(self._colours.horizon) + 0.35 * np.array(self._colours.upper)
        colour = colour * (0.6 + 0.5 * float(air.twilight))
        thick = 1.0 + 0.9 * (self.weather == "fog")
        return rgb(thick * (colour + glow * np.array(self._colours.curtain)))

    def _light_on(self, camera: Camera, pulse: Pulse) -> FigureLight:
        """Return the light on the person: the aurora from above, lantern, twilight."""
        _, upper, horizon, curtain, crown, *_ = (np.array(c) for c in self.palette)
        air = self._air
        power = float(air.aurora) * (0.6 + 0.5 * float(pulse.energy) * float(pulse.mid))
        angle = float(air.azimuth) - camera.yaw_rad
        behind, aside = max(cos(angle), 0.0), sin(angle)
        dusk = float(air.twilight)
        lamp = self._lamp(pulse) * _LAMPLIGHT
        return FigureLight(
            key=rgb(0.28 * lamp + 0.10 * power * curtain + 0.35 * dusk * horizon),
            key_x=np.float32(0.7),
            key_y=np.float32(0.25),
            key_z=np.float32(0.65),
            ambient=rgb(0.30 * upper + 0.2 * horizon * (0.4 + dusk) + 0.03 * power * curtain),
            rim_left=rgb(0.75 * power * curtain + dusk * horizon * (0.4 * behind + max(-aside, 0))),
            rim_right=rgb(
                0.45 * power * (curtain + 0.6 * crown) + 0.25 * lamp
                + dusk * horizon * (0.4 * behind + max(aside, 0))
            ),
            rim_top=rgb(0.9 * power * curtain + 0.4 * dusk * upper),
            haze=self._haze(pulse),
            haze_amount=np.float32(0.10 * float(air.mist) * min(camera.focus_m / 3, 2)),
        )  # fmt: skip


def _beside(projection: Projection, actor: Actor, x_m: Table, z_m: Table) -> Table:
    """Return how clear of a person things nearer than they are stand in the frame, 0..1."""
    clear = np.ones(len(x_m))
    column = projection.to_px(x_m, 0.0, z_m)[0]
    for person in actor.people:
        middle, _, depth_m = projection.to_px(person.x_m, 0.0, person.z_m)
        aside_m = np.abs(column - middle) / projection.px_per_m(depth_m)
        clear = np.minimum(clear, np.clip((aside_m - 0.35) / 0.35, 0.0, 1.0))
    return clear
