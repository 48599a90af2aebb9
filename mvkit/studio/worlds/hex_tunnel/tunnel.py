"""The tunnel itself: what streams by at an instant, and the person in it."""

from __future__ import annotations

from dataclasses import replace
from math import cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.strokes import draw_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import Mark, Setting, World
from mvkit.studio.worlds.hex_tunnel.dress import AXIS_M, DRESSES, RIB_M, Colours, Flight
from mvkit.studio.worlds.hex_tunnel.flight import paint_tunnel
from mvkit.studio.worlds.hex_tunnel.mirror import paint_mirror
from mvkit.studio.worlds.hex_tunnel.platform import paint_platform, platform_box_px, platform_under
from mvkit.studio.worlds.hex_tunnel.prism import APOTHEM_M

__all__ = ["HexTunnel"]


class HexTunnel(World):
    """A neon tunnel that streams by with the beat."""

    name = "hex_tunnel"
    lettering = "neon"
    dresses = DRESSES
    weathers = ("clear", "fog")

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._soft = {  # for frames whole and half
            height: np.empty((4, height // 2, width), np.float32)
            for width, height in ((width_px, height_px), (width_px // 2, height_px // 2))
        }
        self._sparks = np.random.default_rng(setting.seed + 9).random((150, 5))

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:  # noqa: ARG002
        """Stay on the platform; the tunnel moves, not the person."""
        yaw = (0.0, -0.2, 0.24, -0.34, 0.12)[int(variation * 97) % 5]
        away = action in GAITS_M
        turned = yaw + pi + (variation * 7.3 % 1.0 - 0.5) * 0.8
        return Mark(facing_rad=0.0 if away else turned, camera_yaw_rad=yaw)

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera inside the tunnel and over the platform."""
        room_m = 0.8 * APOTHEM_M
        x_m, y_m = camera.x_m, max(camera.y_m, 0.3) - AXIS_M
        outside = max(hypot(x_m, y_m) / room_m, 1.0)
        return replace(camera, x_m=x_m / outside, y_m=y_m / outside + AXIS_M)

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the tunnel; see :meth:`World.render`."""
        flight = self._flight(pulse)

        def paint_flight(picture: Canvas) -> None:
            _, height_px, width_px = picture.shape
            view, projection = camera.view(), camera.projection(width_px, height_px)
            soft = self._soft[height_px]
            paint_mirror(soft, view, self._colours, pulse, flight, np.float32(t_s))
            paint_tunnel(picture, soft, view, self._colours, pulse, flight)
            if actor is not None:
                platform = platform_under(actor)
                box_px = platform_box_px(projection, platform)
                if box_px:
                    paint_platform(picture, view, self._colours, pulse, platform, *box_px)
            draw_strokes(picture, self._streaks(projection, pulse, flight))

        self.paint_background(canvas, camera, paint_flight, focused=actor is not None)
        if actor is not None:
            self.draw_actor(canvas, camera, actor, self._light_on(pulse), pulse=pulse)

    def _flight(self, pulse: Pulse) -> Flight:
        """Return the tunnel's place at an instant: a rib per bar, fastest on the beat."""
        beats = float(pulse.beat_count)
        surge = 0.05 * sin(2 * pi * beats)
        f = np.float32
        return Flight(
            travel=f(RIB_M / 4 * (beats + surge)),
            turn=f(pi / 6 + 0.3 * sin(beats * pi / 32) + 0.008 * beats),
            bend_x=f(0.010 * sin(beats * 0.11) + 0.006 * sin(beats * 0.053 + 1)),
            bend_y=f(0.007 * sin(beats * 0.087 + 2)),
            fog=f(0.055 if self.weather == "fog" else 0.026),
            seed=np.int32(self.setting.seed % 1000),
        )

    def _streaks(self, projection: Projection, pulse: Pulse, flight: Flight) -> NDArray[np.float32]:
        """Return sparks that stream past, longer the faster the flight is."""
        chance = self._sparks
        reach_m = 38.0
        angle = 2 * pi * chance[:, 0]
        radius = APOTHEM_M * (0.35 + 0.55 * chance[:, 1])
        ahead = (chance[:, 2] * reach_m - float(flight.travel) * 4.0) % reach_m + 0.4
        speed = 1 + 0.31 * cos(2 * pi * float(pulse.beat_count))
        ends = []
        for depth in (ahead, ahead + 0.25 + 0.5 * speed * chance[:, 3]):
            x = radius * np.cos(angle) + float(flight.bend_x) * depth**2
            y = radius * np.sin(angle) + float(flight.bend_y) * depth**2 + AXIS_M
            x_px, y_px, away = projection.to_px(x, y, depth + projection.camera.z_m)
            ends.append((x_px, y_px, 0.004 * projection.px_per_m(away), away))
        seen = (ends[0][3] > 0.5) & (ends[1][3] > 0.5)
        strokes = np.empty((len(chance), 10), np.float32)
        for end, (x_px, y_px, half_px, _) in enumerate(ends):
            strokes[:, 3 * end] = x_px
            strokes[:, 3 * end + 1] = y_px
            strokes[:, 3 * end + 2] = np.minimum(half_px, 2.5)
        strokes[:, 6:9] = np.array(self._colours.spark) * 1.5
        fade = np.clip((reach_m - ahead) / 12, 0, 1) * np.clip(ahead - 0.4, 0, 1)
        strokes[:, 9] = fade * (0.06 + 0.4 * float(pulse.high) * chance[:, 4])
        return strokes[seen]

    def _light_on(self, pulse: Pulse) -> FigureLight:
        """Return the light on the person: a tube's colour on either side, the core behind."""
        _, fog, neon_a, neon_b, _, core, _, fill = (np.array(colour) for colour in self.palette)
        return FigureLight(
            key=rgb(0.3 * fill + 0.3 * fill.mean() + 0.06 * neon_a),
            key_x=np.float32(-0.4),
            key_y=np.float32(0.3),
            key_z=np.float32(0.8),
            ambient=rgb(0.25 * fog + 0.04 * neon_b),
            rim_left=rgb(neon_a * 1.1 * (0.7 + 1.1 * float(pulse.kick))),
            rim_right=rgb(neon_b * 1.4 * (0.7 + 1.1 * float(pulse.snare))),
            rim_top=rgb(core * (0.4 + 0.6 * float(pulse.bass))),
        )
