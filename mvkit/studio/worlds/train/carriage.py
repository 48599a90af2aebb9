"""The train itself: dressed for an hour and a weather, painted from far to near."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import cv2
import numpy as np

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, enlarge
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import draw_strokes, project_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.train.dress import BEAT_M, CARRIAGE_M, DRESSES, HALF_M, Colours, Hour, Ride
from mvkit.studio.worlds.train.faces import paint_faces
from mvkit.studio.worlds.train.fittings import Fittings
from mvkit.studio.worlds.train.furniture import BENCH_M, SEAT_M, Furniture, Seen
from mvkit.studio.worlds.train.glass import rain_on_glass, snow_past_glass
from mvkit.studio.worlds.train.outside import paint_outside
from mvkit.studio.worlds.train.shell import paint_shell
from mvkit.studio.worlds.train.wall import pane_rows

__all__ = ["Train"]

_AISLE_M = 0.36  # how far from the middle a camera may be that looks along the carriage
_ACROSS_M = 2.05  # and how much further one that looks across it
_WIDEST = 1.55  # lens


class Train(World):
    """A carriage under way, with large windows."""

    name = "train"
    sheltered = True
    dresses = DRESSES
    weathers = ("clear", "rain", "snow", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = _lit_white(Colours(*self.palette))
        if self.weather != "clear":
            self._colours = _overcast(self._colours, 0.6 if self.weather == "fog" else 0.35)
        self._hour = self._weathered(DRESSES[self.time_of_day].hour)
        self._furniture = Furniture(setting.seed, self._colours, self._hour)
        self._fittings = Fittings(self._colours, self._hour)

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Walk along the aisle, sit on the bench by the window, or stand in the lounge."""
        carriage_m = CARRIAGE_M * int(variation * 61)
        pick = int(variation * 97)
        if action in GAITS_M:
            yaw = (0.06, pi - 0.1, -0.16, 0.9, -0.95)[pick % 5]
            return Mark(0.0, 0.0, carriage_m + way_m(action, pulse.beat_count), 0.0, yaw)
        if action == "sit":
            aside = (0.0, 0.5, -0.5)[pick % 3]
            turned = -pi / 2 + (0.75, -0.75)[pick % 2]
            z_m = carriage_m + 0.6 * (variation * 7.3 % 1.0 - 0.5)
            return Mark(BENCH_M, 0.0, z_m, turned, pi / 2 + aside, seat_m=SEAT_M)
        yaw = (pi / 2, -pi / 2, pi / 2 + 0.45, 0.2, -pi / 2 - 0.4, pi - 0.25)[pick % 6]
        away = action == "stand" and int(variation * 31) % 4 == 0
        turned = yaw + (0.5 if away else pi) + (variation * 7.3 % 1.0 - 0.5) * 0.7
        x_m = 0.25 * sin(yaw)
        return Mark(x_m, 0.0, carriage_m + 1.2 * (variation * 3.7 % 1.0 - 0.5), turned, yaw)

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera inside: nearer, with a wider lens, and under the ceiling."""
        sin_yaw = sin(camera.yaw_rad)
        room_m = _AISLE_M + _ACROSS_M * sin_yaw**2
        ahead_m = 0.0
        if abs(camera.x_m) > room_m and abs(sin_yaw) > 0.25 and camera.x_m * sin_yaw < 0:
            ahead_m = min((abs(camera.x_m) - room_m) / abs(sin_yaw), 0.75 * camera.focus_m)
        focus_m = camera.focus_m - ahead_m
        lens = min(camera.lens * camera.focus_m / focus_m, max(_WIDEST, camera.lens))
        y_m = min(max(camera.y_m, 0.4), 1.86)
        seen_m = lens * focus_m
        centre_m = camera.centre_m
        if seen_m > 2.0:  # as much of the ceiling as of the floor
            centre_m += (1.12 - centre_m) * min((seen_m - 2.0) / 2.0, 1.0)
        x_m = camera.x_m + ahead_m * sin_yaw
        return replace(
            camera,
            x_m=min(max(x_m, -room_m), room_m),
            y_m=y_m,
            z_m=camera.z_m + ahead_m * cos(camera.yaw_rad),
            lens=lens,
            horizon=0.5 - (y_m - centre_m) / seen_m,
            focus_m=focus_m,
        )

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the carriage; see :meth:`World.render`."""
        ride = self._ride(pulse, t_s)
        light = self._light_on(camera, actor, ride)
        projection = camera.projection(self.width_px, self.height_px)
        seen = self._furniture.seen_by(projection, actor)

        def paint_behind(picture: Canvas) -> None:
            self._paint_behind(picture, pulse, camera, actor, ride, light, seen)

        self.paint_background(canvas, camera, paint_behind, focused=actor is not None)
        if actor is None:
            return
        self.draw_actor(canvas, camera, actor, light, pulse=pulse, shadow=0.5)
        if seen.before.any():
            self._paint_faces(canvas, seen, projection, pulse, ride, before=True)

    def _paint_behind(
        self,
        canvas: Canvas,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        ride: Ride,
        light: FigureLight,
        seen: Seen,
    ) -> None:
        """Paint everything behind the person, on a canvas of any size."""
        _, height, width = canvas.shape
        colours, view = self._colours, camera.view()
        soft = np.empty((3, height // 2, width // 2), np.float32)
        paint_outside(soft, view, colours, self._hour, ride)
        if self.weather == "snow":
            bright = rgb(0.25 * np.array(colours.horizon) + 0.06 + 0.5 * float(self._hour.daylight))
            snow_past_glass(soft, view, bright, ride.travel_m, ride.t_s)
        if actor is not None:
            self._draw_mirrored(soft, camera, actor, light, pulse)
        if self.weather == "rain":
            drops = 0.6 * np.array(colours.horizon) + 0.10 * np.array(colours.town)
            rain_on_glass(soft, view, rgb(drops, 0.6 + float(self._hour.daylight)), ride.t_s)
        first, last = pane_rows(view, width // 2, height // 2)
        if last > first:
            panes = canvas[:, 2 * first : 2 * last]
            enlarge(soft[:, first:last], panes)
            np.maximum(panes, 0, out=panes)
        paint_shell(canvas, view, colours, self._hour, ride)
        projection = camera.projection(width, height)
        self._paint_faces(canvas, seen, projection, pulse, ride, before=False)
        chrome = self._fittings.strokes(camera, actor, ride)
        air = rgb(0.1 * np.array(colours.panel))
        draw_strokes(canvas, project_strokes(chrome, projection, air=air, haze_per_m=0.03))

    def _paint_faces(
        self,
        canvas: Canvas,
        seen: Seen,
        projection: Projection,
        pulse: Pulse,
        ride: Ride,
        *,
        before: bool,
    ) -> None:
        """Paint the furniture behind or before the people."""
        faces = self._furniture.faces(seen, projection, float(ride.lamps), before=before)
        accent, lamp = np.array(self._colours.accent), float(self._hour.lamps)
        piping = rgb(accent * (0.22 * lamp + 0.12 * float(self._hour.daylight)))
        display = rgb(accent * (1.2 + 0.8 * float(pulse.beat)))
        paint_faces(canvas, faces, piping, display, pulse.beat_count)

    def _draw_mirrored(
        self, canvas: Canvas, camera: Camera, actor: Actor, light: FigureLight, pulse: Pulse
    ) -> None:
        """Draw the people's mirror image in the windows at which the camera looks."""
        strength = 0.75 * float(self._hour.mirror)
        if abs(sin(camera.yaw_rad)) < 0.4 or strength < 0.06:
            return
        wall_m = HALF_M if sin(camera.yaw_rad) > 0 else -HALF_M

        def mirrored(person: Actor) -> Actor:
            return replace(
                person,
                x_m=2 * wall_m - person.x_m,
                facing_rad=-person.facing_rad,
                companion=mirrored(person.companion) if person.companion else None,
            )

        # Glass adds a mirror image, a faint one that may be coarse, to what is seen through it.
        _, height, width = canvas.shape
        image = np.zeros((3, height // 2, width // 2), np.float32)
        self.draw_actor(image, camera, mirrored(actor), light, pulse=pulse)
        for plane, seen in zip(canvas, image, strict=True):
            plane += np.float32(strength) * cv2.resize(seen, (width, height))

    def _ride(self, pulse: Pulse, t_s: float) -> Ride:
        """Return the train at an instant: a stretch of way each beat, rocking gently."""
        energy, bass = float(pulse.energy), float(pulse.bass)
        rock = sin(1.9 * t_s) + 0.6 * sin(3.1 * t_s + 1.0) + 0.3 * sin(6.3 * t_s)
        flicker = 0.02 * max(sin(7.1 * t_s) * sin(11.3 * t_s) * sin(3.7 * t_s), 0.0)
        hit = (0.03 * float(pulse.beat) + 0.02 * float(pulse.kick)) * (0.3 + 0.7 * energy)
        hour, f = self._hour, np.float32
        return Ride(
            travel_m=f(BEAT_M * float(pulse.beat_count)),
            lean=f(0.004 * rock),
            heave=f(0.004 * sin(2.3 * t_s + 0.5) + 0.004 * bass * sin(13.0 * t_s)),
            lamps=f(0.97 + hit + 0.035 * bass - flicker),
            sweep=f((0.25 + 0.75 * float(hour.towns)) * (0.3 + 0.7 * energy)),
            t_s=f(t_s),
        )

    def _weathered(self, hour: Hour) -> Hour:
        """Return an hour's light in this world's weather."""
        f = np.float32
        hour = hour._replace(seed=self.setting.noise_seed)
        if self.weather == "clear":
            return hour
        dull = hour._replace(
            disc=f(0), stars=f(0), clouds=f(1.0), glow=f(hour.glow * 0.35), fog=f(hour.fog * 2)
        )
        if self.weather == "fog":
            return dull._replace(fog=f(0.02), glow=f(hour.glow * 0.5))
        return dull._replace(snow=f(self.weather == "snow"))

    def _light_on(self, camera: Camera, actor: Actor | None, ride: Ride) -> FigureLight:
        """Return the light on a person: lamps above, the windows beside, what passes outside."""
        colours, hour = self._colours, self._hour
        lamp, panel, town = (np.array(c) for c in (colours.lamp, colours.panel, colours.town))
        sky = 0.6 * np.array(colours.horizon) + 0.4 * np.array(colours.sky)
        lamps, day = float(hour.lamps * ride.lamps), float(hour.daylight)
        place = (actor.z_m if actor else camera.z_m) + float(ride.travel_m)
        off = (place / BEAT_M + 0.5) % 1.0 - 0.5
        sweep = float(ride.sweep) * float(np.exp(-30.0 * off * off))
        window = sky * (0.1 + 1.0 * day) + town * 0.35 * sweep
        across = abs(sin(camera.yaw_rad))
        return FigureLight(
            key=rgb(lamp * 1.8 * lamps + sky * 0.55 * day),
            key_x=np.float32(-0.25),
            key_y=np.float32(0.8),
            key_z=np.float32(0.6),
            ambient=rgb(panel * lamp * 0.42 * lamps + sky * 0.16 * day + 0.004),
            rim_left=rgb(window * (0.8 + 0.4 * across)),
            rim_right=rgb(window * (0.8 + 0.4 * across)),
            rim_top=rgb(lamp * 1.1 * lamps + window * 0.3),
        )


def _lit_white(colours: Colours) -> Colours:
    """Return the colours with lamps whose light is whiter than their role, for the faces' sake."""
    lamp = np.array(colours.lamp)
    return colours._replace(lamp=rgb(0.62 * lamp + 0.38 * float(lamp.mean())))


def _overcast(colours: Colours, share: float) -> Colours:
    """Return the colours under a closed sky: its light is grey."""

    def greyer(colour: RGB) -> RGB:
        return rgb((1 - share) * np.array(colour) + share * np.mean(colour))

    return colours._replace(sky=greyer(colours.sky), horizon=greyer(colours.horizon))
