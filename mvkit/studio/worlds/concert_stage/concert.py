"""The concert itself: who stands where, and what is painted when."""

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
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.sprites import add_dots, new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import Mark, Setting, World
from mvkit.studio.worlds.concert_stage.crowd import Crowd
from mvkit.studio.worlds.concert_stage.dress import DECK_M, DRESSES, FRONT_Z_M, Colours, Show
from mvkit.studio.worlds.concert_stage.hall import finish_hall, paint_hall
from mvkit.studio.worlds.concert_stage.lights import Lights, add_pool, paint_beams, paint_mist
from mvkit.studio.worlds.concert_stage.stage import add_wall, paint_front, paint_haze

__all__ = ["ConcertStage"]

_N_CONFETTI = 110
_N_PROGRAMMES = 4  # of the LED wall
_PROGRAMME_S = 16.0  # so long one lasts at most within a part of the song
_SPREAD_S = 1.2  # so long a new one takes to spread over the wall


class ConcertStage(World):
    """A stage with an LED wall, beams and a crowd."""

    name = "concert_stage"
    sheltered = True
    lettering = "neon"
    dresses = DRESSES
    weathers = ("clear", "fog")

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._lights = Lights(setting.seed)
        self._crowd = Crowd(setting.seed)
        self._confetti = np.random.default_rng(setting.seed + 11).random((_N_CONFETTI, 6))
        self._fog = np.float32(self.weather == "fog")
        self._haze = np.float32(1.7 if self.weather == "fog" else 1.0)
        self._soft, self._beams, self._mist = SoftLayer(), SoftLayer(), SoftLayer(n_masks=1)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Stand at the front of the deck; filmed from the crowd, or from behind into the hall."""
        yaw = (0.0, 0.28, pi - 0.25, -0.32, 0.1)[int(variation * 89) % 5]
        x_m = 0.9 * (2.0 * ((variation * 5.3) % 1.0) - 1.0)
        if action in GAITS_M:
            x_m, z_m, facing = _pace(way_m(action, pulse.beat_count) + 40 * variation)
            return Mark(x_m, DECK_M, z_m, facing, yaw)
        turned = pi + 0.5 * ((variation * 3.1) % 1.0 - 0.5)
        return Mark(x_m, DECK_M, 0.0, turned, yaw)

    def confine(self, camera: Camera) -> Camera:
        """Film wide shots from inside the crowd: further away, with a longer lens."""
        seen_m = camera.seen_m
        if seen_m < 1.4 or cos(camera.yaw_rad) < 0:
            return camera
        stretch = 1.0 + 1.3 * min((seen_m - 1.4) / 1.2, 1.0)
        back_m = (stretch - 1.0) * camera.focus_m
        y_m = DECK_M + 0.62 * (camera.y_m - DECK_M)
        return replace(
            camera,
            x_m=camera.x_m - back_m * sin(camera.yaw_rad),
            y_m=y_m,
            z_m=camera.z_m - back_m * cos(camera.yaw_rad),
            horizon=0.5 - (y_m - camera.centre_m) / seen_m,
            lens=camera.lens / stretch,
            focus_m=camera.focus_m * stretch,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the concert; see :meth:`World.render`."""
        to_stage = cos(camera.yaw_rad) > 0

        def paint_behind(picture: Canvas) -> None:
            self._paint_behind(picture, t_s, pulse, camera, actor)

        self.paint_background(canvas, camera, paint_behind, focused=actor is not None)
        if actor:
            light = self._figure_light(pulse, camera, actor)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse)
        if to_stage:
            self._crowd.paint_from_behind(canvas, camera, self._colours, pulse=pulse)
        if float(pulse.energy) > 0.7:
            projection = camera.projection(self.width_px, self.height_px)
            add_dots(canvas, self._falling_confetti(projection, t_s, float(pulse.energy)))

    def _paint_behind(
        self, canvas: Canvas, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint everything behind the performer, on a canvas of any size."""
        to_stage = cos(camera.yaw_rad) > 0
        colours, view, t = self._colours, camera.view(), np.float32(t_s)
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        if to_stage:
            show = self._show(pulse)
            paint_haze(self._soft.open(canvas), view, colours, pulse, show, self._fog, t)
            self._soft.lay(canvas)
            add_wall(canvas, view, colours, pulse, show, self._fog, t)
            paint_front(canvas, view, colours, pulse)
        else:
            soft = self._soft.open(canvas)
            paint_hall(soft, view, colours, pulse, self._fog, t)
            self._crowd.paint_far(soft, camera, colours, pulse=pulse)
            self._soft.lay(canvas)
            self._crowd.paint_near(canvas, camera, colours, pulse=pulse)
            finish_hall(canvas, view, colours, pulse)
            add_dots(canvas, self._crowd.held_lights(projection, pulse=pulse))
        beams = self._beams.open(canvas)
        beams[:] = 0
        small = camera.projection(beams.shape[2], beams.shape[1])
        aimed = self._lights.beams(small, colours, pulse=pulse, actor=actor, to_stage=to_stage)
        paint_beams(beams, aimed, pulse.bass, self._haze, t)
        self._beams.add(canvas)
        if self._fog > 0:
            paint_mist(self._mist.open(canvas), view, colours, pulse, t)
            self._mist.veil(canvas)
        add_dots(canvas, self._lights.lamps(projection, colours, pulse=pulse, to_stage=to_stage))
        if actor:
            self._light_deck(canvas, projection, actor, pulse)

    def _show(self, pulse: Pulse) -> Show:
        """Return the LED wall's programme: another one with each part of the song."""
        age_s = max(float(pulse.section_age_s), 0.0)
        n_within, spread_s = divmod(age_s, _PROGRAMME_S)
        number = int(pulse.section_count) + int(n_within) + self.setting.seed
        f = np.float32
        share = min(spread_s / _SPREAD_S, 1.0)
        return Show(f(number % _N_PROGRAMMES), f((number - 1) % _N_PROGRAMMES), f(share))

    def _light_deck(
        self, canvas: Canvas, projection: Projection, actor: Actor, pulse: Pulse
    ) -> None:
        """Throw the follow spot's pool on the deck and mirror the performer in it."""
        camera = projection.camera
        to_stage = cos(camera.yaw_rad) > 0
        edge = canvas.shape[1]
        if camera.z_m < FRONT_Z_M:  # the deck's front hides what would be below it
            _, edge_px, _ = projection.to_px(actor.x_m, DECK_M, FRONT_Z_M)
            edge = min(max(int(edge_px), 0), edge)
        below = canvas[:, edge:].copy()
        x_px, y_px, depth_m = projection.to_px(actor.x_m, DECK_M, actor.z_m)
        flat = abs(camera.y_m - DECK_M) / max(depth_m, 0.3)
        pool = rgb((0.16, 0.14, 0.13), 1.0 if to_stage else 0.25)
        f = np.float32
        add_pool(canvas, f(x_px), f(y_px), f(projection.px_per_m(depth_m)), f(flat), pool)
        light = self._figure_light(pulse, camera, actor)
        self.draw_actor(canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=0.3)
        canvas[:, edge:] = below

    def _figure_light(self, pulse: Pulse, camera: Camera, actor: Actor) -> FigureLight:
        """Light the performer: follow spot from above, rims from the beams and the wall."""
        to_stage = cos(camera.yaw_rad) > 0
        looks_away = cos(actor.facing_rad - camera.yaw_rad) > 0
        spot = 0.85 if to_stage else 0.10 if looks_away else 0.5
        _, haze, led_a, _, beam_a, beam_b, _, _ = (np.array(c) for c in self._colours)
        beat = 0.8 + 0.8 * float(pulse.beat)
        return FigureLight(
            key=rgb((1.0, 0.92, 0.84), spot),
            key_x=np.float32(-0.25),
            key_y=np.float32(0.75),
            key_z=np.float32(0.62),
            ambient=rgb(haze * 0.5 + led_a * 0.03 + 0.006),
            rim_left=rgb(beam_a * 1.7 * beat),
            rim_right=rgb(beam_b * 1.7 * beat),
            rim_top=rgb((beam_a + beam_b) * 0.4 + (0.2 if to_stage else 1.2)),
        )

    def _falling_confetti(
        self, projection: Projection, t_s: float, energy: float
    ) -> NDArray[np.float32]:
        """Return paper shreds sinking over the stage, tumbling, as dots."""
        table = self._confetti[: int(_N_CONFETTI * (energy - 0.7) / 0.3)]
        fall = (table[:, 0] + t_s * (0.09 + 0.05 * table[:, 1])) % 1.0
        x_m = 12 * (table[:, 2] - 0.5) + 0.3 * np.sin(t_s * 1.3 + 9 * table[:, 3])
        z_m = -3.0 + 6.0 * table[:, 4]
        x_px, y_px, depth_m = projection.to_px(x_m, 8.0 - 7.0 * fall, z_m)
        flash = 0.25 + 0.75 * np.abs(np.sin(t_s * (3 + 4 * table[:, 5]) + 20 * table[:, 3]))
        beams = np.array([self._colours.beam_a, self._colours.beam_b])
        tint = beams[(table[:, 5] < 0.5).astype(int)]
        dots = new_dots(len(table))
        dots[:, 0], dots[:, 1] = x_px, y_px
        dots[:, 2] = np.minimum(0.022 * projection.px_per_m(depth_m), 0.02 * projection.height_px)
        dots[:, 3:6] = (tint + 0.08) * flash[:, None]
        dots[:, 6] = 1.0
        return np.asarray(dots[depth_m > 0.8])


def _pace(walked_m: float) -> tuple[float, float, float]:
    """Return x, z and direction of who paces the deck: to and fro across it, in long ovals."""
    straight_m, radius_m = 5.0, 0.8
    turn_m = pi * radius_m
    lap_m = walked_m % (2 * (straight_m + turn_m))
    half, along_m = divmod(lap_m, straight_m + turn_m)
    side = 1.0 if half < 1 else -1.0  # first to the right before, then back behind
    if along_m < straight_m:
        return side * (along_m - straight_m / 2), -side * radius_m, side * pi / 2
    angle = (along_m - straight_m) / radius_m
    x_m = side * (straight_m / 2 + radius_m * sin(angle))
    return x_m, -side * radius_m * cos(angle), side * pi / 2 - angle
