"""The ink painting itself: dressed for an hour and a weather, laid down layer by layer."""

from __future__ import annotations

from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.sprites import add_snow
from mvkit.studio.kit.strokes import STROKE_COLUMNS, draw_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.ink_wash.creatures import Creatures
from mvkit.studio.worlds.ink_wash.dress import DRESSES, Colours, Hour
from mvkit.studio.worlds.ink_wash.paper import paint_mountains, paper_grain
from mvkit.studio.worlds.ink_wash.pines import Pines
from mvkit.studio.worlds.ink_wash.stains import Stains, StainStamps, draw_stains
from mvkit.studio.worlds.ink_wash.washes import Brush, lay_washes, press_on_paper

__all__ = ["InkWash"]

_BEATS_PER_BAR = 4
_N_RAIN = 110


class InkWash(World):
    """A lake among mountains, in ink on paper."""

    name = "ink_wash"
    dresses = DRESSES
    weathers = ("clear", "rain", "snow", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        hour = DRESSES[self.time_of_day].hour
        self._hour = self._weathered(hour)
        self._colours = self._shaded(self._colours)
        seed, colours = setting.seed, self._colours
        self._mountains = paint_mountains(seed, height_px)
        self._grain = paper_grain(width_px, height_px, seed)
        self._pines = Pines(seed, height_px, colour=colours.pine, air=colours.distance)
        self._stains = Stains(
            seed,
            ink=colours.ink,
            gilt=colours.gilt,
            disc=colours.disc,
            strength=0.7 + 0.3 * float(hour.ink),
        )
        self._stamps = StainStamps.made(seed, height_px)
        pale = self._is_pale
        white = np.array(colours.ink if pale else colours.paper) * (0.9 if pale else 1.45)
        dark = np.array(colours.paper) * 0.5 if pale else np.array(colours.ink)
        self._creatures = Creatures(seed, white=rgb(white), ink=rgb(dark), red=colours.disc)
        self._rain = np.random.default_rng(seed + 2).random((_N_RAIN, 5))

    @property
    def _is_pale(self) -> bool:
        """Whether pale ink is on dark paper."""
        return bool(sum(self._colours.ink) > sum(self._colours.paper))

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk over the water, or stand on it; filmed into the valley or along its sides."""
        walking = action in GAITS_M
        views = (0.08, -0.35, 0.45, 0.95) if walking else (0.1, -0.3, 0.55, -0.8, 1.2)
        yaw = views[int(variation * 97) % len(views)]
        away = walking or (action == "stand" and int(variation * 31) % 3 == 0)
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.9
        start_m = 400.0 * (variation * 13.7 % 1.0)
        return Mark(
            x_m=1.6 * (variation * 3.7 % 1.0 - 0.5),
            z_m=start_m + way_m(action, pulse.beat_count),
            facing_rad=0.0 if away else turned,
            camera_yaw_rad=yaw,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the painting; see :meth:`World.render`."""

        def paint_scene(picture: Canvas) -> None:
            self._paint_scene(picture, t_s, pulse, camera, actor)

        self.paint_background(canvas, camera, paint_scene, focused=actor is not None)
        if actor is not None:
            light = self._light_on(actor, camera)
            if _stands_in_frame(actor, camera):
                self.draw_actor(
                    canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=0.34
                )
            self.draw_actor(canvas, camera, actor, light, pulse=pulse)
        sway = float(np.sin(0.9 * t_s)) + 0.8 * float(pulse.bass)
        self._pines.draw_bough(
            canvas,
            camera.projection(self.width_px, self.height_px),
            ink=0.5 + 0.5 * float(self._hour.ink),
            sway=sway,
        )
        if self.weather == "rain":
            draw_strokes(canvas, self._rain_strokes(t_s))
        elif self.weather == "snow":
            flake = 0.42 * np.array(self._colours.ink if self._is_pale else self._colours.paper)
            add_snow(canvas, np.float32(t_s), np.float32(1), np.float32(0.08), rgb(flake + 0.12))
        press_on_paper(canvas, self._grain)

    def _paint_scene(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint everything but the person, on a canvas of any size."""
        _, height, width = canvas.shape
        bass, energy = float(pulse.bass), float(pulse.energy)
        brush = Brush(
            ink=np.float32(float(self._hour.ink) * (0.78 + 0.42 * bass)),
            drawn=np.float32(float(pulse.beat_count) / _BEATS_PER_BAR % 1.0),
            ripple=np.float32(0.35 + 0.65 * energy),
            glow=np.float32(0.6 + 0.9 * bass + 0.4 * float(pulse.beat)),
        )
        soft = np.empty((3, height // 2, width // 2), np.float32)
        half = camera.projection(width // 2, height // 2)
        place, step = _way_of(actor, camera, pulse)
        lay_washes(
            soft, camera.view(), self._colours, self._hour, brush, *self._mountains, np.float32(t_s)
        )
        ink = 0.55 + 0.45 * float(brush.ink)
        haze = 0.07 if self.weather == "fog" else 0.022
        behind_m = camera.focus_m + 1.0
        self._pines.draw(soft, half, behind_m=behind_m, ink=ink, haze=haze, mirror=True)
        draw_stains(soft, self._stamps, self._stains.on_paper(half, pulse))
        draw_stains(soft, self._stamps, self._stains.on_water(half, pulse, place, step))
        for plane in range(3):
            cv2.resize(soft[plane], (width, height), dst=canvas[plane])
        projection = camera.projection(width, height)
        draw_strokes(canvas, self._creatures.cranes(projection, pulse, t_s))
        draw_strokes(canvas, self._stains.splatter(projection, pulse))
        self._pines.draw(canvas, projection, behind_m=behind_m, ink=ink, haze=haze)
        draw_strokes(canvas, self._creatures.carp(projection, pulse, t_s, place))

    def _weathered(self, hour: Hour) -> Hour:
        """Return an hour's washes in this world's weather."""
        f = np.float32
        if self.weather == "fog":
            return hour._replace(
                mist=f(1.0), ink=f(hour.ink * 0.42), disc=f(hour.disc * 0.45), wash=f(0.9)
            )
        if self.weather == "rain":
            return hour._replace(ink=f(hour.ink * 1.1), disc=f(hour.disc * 0.5), wash=f(0.8))
        return hour

    def _shaded(self, colours: Colours) -> Colours:
        """Return the colours with the paper of the weather: darker for white flakes and fog."""
        if self._is_pale or self.weather in ("clear", "rain"):
            return colours
        shade = np.array([0.62, 0.70, 0.80]) if self.weather == "snow" else np.array([0.78] * 3)
        return colours._replace(
            paper=rgb(np.array(colours.paper) * shade),
            wash=rgb(np.array(colours.wash) * shade * 0.8),
            lake=rgb(np.array(colours.lake) * shade),
        )

    def _light_on(self, actor: Actor, camera: Camera) -> FigureLight:
        """Return the light that makes the person a cut-out of ink with an edge of paper."""
        colours = self._colours
        paper, ink = np.array(colours.paper), np.array(colours.ink)
        distance_m = float(np.hypot(actor.x_m - camera.x_m, actor.z_m - camera.z_m))
        lost = 1 - np.exp(-(0.05 if self.weather == "fog" else 0.012) * distance_m)
        if self._is_pale:
            edge, haze, hidden = 2.2 * np.array(colours.gilt), 1.2 * paper, 0.10
            lit = 0.5 * ink
        else:
            edge, haze, hidden = 0.55 * paper, 0.30 * np.array(colours.distance), 0.10
            lit = 0.30 * paper
        return FigureLight(
            key=rgb(0.35 * lit),
            key_x=np.float32(-0.4),
            key_y=np.float32(0.6),
            key_z=np.float32(0.7),
            ambient=rgb(lit),
            rim_left=rgb(0.5 * edge),
            rim_right=rgb(0.5 * edge),
            rim_top=rgb(0.35 * edge),
            haze=rgb(haze + lost * 0.4 * paper),
            haze_amount=np.float32(min(hidden + lost, 0.75)),
        )

    def _rain_strokes(self, t_s: float) -> NDArray[np.float32]:
        """Return rain as it is brushed: long slanting strokes, thick and dry, thin and wet."""
        chance = self._rain
        falls = t_s * (0.9 + 0.9 * chance[:, 0]) + 17 * chance[:, 1]
        share, fall = falls % 1.0, np.floor(falls)
        across = (chance[:, 2] + 0.618 * fall) % 1.0
        long = 0.10 + 0.20 * chance[:, 3]
        strokes = np.zeros((_N_RAIN, len(STROKE_COLUMNS)), np.float32)
        x = (1.25 * across - 0.05) * self.width_px - 0.14 * share * self.height_px
        y = (1.5 * share - 0.4) * self.height_px
        strokes[:, 0], strokes[:, 1] = x, y
        strokes[:, 3], strokes[:, 4] = x - 0.11 * long * self.height_px, y + long * self.height_px
        strokes[:, 2] = (0.0006 + 0.0009 * chance[:, 4]) * self.height_px
        strokes[:, 5] = (0.0014 + 0.0026 * chance[:, 4]) * self.height_px
        strokes[:, 6:9] = np.array(self._colours.ink)
        strokes[:, 9] = 0.25 + 0.35 * chance[:, 0]
        return strokes


def _stands_in_frame(actor: Actor, camera: Camera) -> bool:
    """Return whether anybody's feet are in the frame, or nearly, so that a mirror image shows."""
    projection = camera.projection(1, 1)
    return any(projection.to_px(one.x_m, one.ground_m, one.z_m)[1] < 1.05 for one in actor.people)


def _way_of(
    actor: Actor | None, camera: Camera, pulse: Pulse
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the place (x, z) of who is filmed, and their way in one beat."""
    if actor is None:  # a place without a person is passed at the pace of a walk
        place = [
            camera.x_m + camera.focus_m * sin(camera.yaw_rad),
            camera.z_m + camera.focus_m * cos(camera.yaw_rad),
        ]
        return np.array(place), np.array([0.0, way_m("walk", np.float32(1))])
    gait_m = GAITS_M.get(actor.action, 0.0)
    step = [gait_m * sin(actor.facing_rad), gait_m * cos(actor.facing_rad)]
    # Rings start where each foot was set down.
    return np.array([actor.x_m, actor.z_m]), np.array(step) * float(pulse.beat_count >= 0)
