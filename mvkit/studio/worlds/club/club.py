"""The club itself: who stands where, and what is painted when."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import rgb
from mvkit.studio.figure import Actor, FigureLight
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.indoors import keep_inside
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.base import WAYS, Mark, Setting, World
from mvkit.studio.worlds.club.booth import paint_ball, paint_booth, paint_walls
from mvkit.studio.worlds.club.crowd import Crowd, CrowdLight
from mvkit.studio.worlds.club.dress import DRESSES, HALL, Colours, Show
from mvkit.studio.worlds.club.hall import paint_air, paint_hall
from mvkit.studio.worlds.club.lasers import add_lasers, laser_beams

__all__ = ["Club"]

# Direction of the camera, and place of the person (x, z).
_VIEWS = (
    (0.06, 0.0, -0.9),
    (pi - 0.22, 0.2, 0.9),
    (-0.62, 0.6, -0.6),
    (0.70, -0.6, -0.4),
    (0.02, 0.0, 0.6),
    (1.75, -0.8, 0.2),
)
_HIGHEST_M = 2.7  # of the camera: below the sheets of light
_ROUND_M = 2.6  # radius of the circle that is walked around the dance floor
_PROGRAMMES = (0.1, 0.4, 0.6, 0.9)  # of the screen; one lasts eight bars of four beats
_MIRROR = 0.30  # how much of the person the floor shows


class Club(World):
    """A dark dance floor with lasers, hoops of light and a mirror ball."""

    name = "club"
    sheltered = True
    lettering = "neon"
    dresses = DRESSES
    weathers = ("clear", "fog")
    ways = tuple(WAYS)

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        super().__init__(width_px, height_px, setting)
        self._colours = Colours(*self.palette)
        self._crowd = Crowd(setting.seed)
        self._smoke = 2.6 if self.weather == "fog" else 1.0
        sizes = [(height_px // share, width_px // share) for share in (1, 2)]
        self._air = {(h, w): np.empty((3, h // 2, w // 2), np.float32) for h, w in sizes}

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Stand or dance in the crowd, or walk around through it."""
        number = int(variation * 97)
        yaw, x_m, z_m = _VIEWS[number % len(_VIEWS)]
        if action in GAITS_M:
            angle = way_m(action, pulse.beat_count) / _ROUND_M
            x_m, z_m = -_ROUND_M * cos(angle), _ROUND_M * sin(angle) - 0.6
            return Mark(x_m, 0.0, z_m, angle, yaw)
        away = action in ("stand", "dance") and number % 4 == 3
        turned = 0.7 * ((variation * 3.1) % 1.0 - 0.5)
        return Mark(x_m, 0.0, z_m, yaw + turned + (0.0 if away else pi), yaw)

    def confine(self, camera: Camera) -> Camera:
        """Keep the camera between the walls and before the booth."""
        floor = HALL._replace(far=np.float32(4.9), ceiling=np.float32(_HIGHEST_M + 0.4))
        return keep_inside(camera, floor, margin_m=0.4, widest=1.15)

    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Paint the club; see :meth:`World.render`."""
        show, crowd = self._show(t_s, pulse), self._crowd_light(pulse)

        def paint_behind(picture: Canvas) -> None:
            self._paint_behind(picture, t_s, pulse, camera, actor, show)

        self.paint_background(canvas, camera, paint_behind, focused=actor is not None)
        if actor is not None:
            light = self._light_on(pulse)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse)
            self._crowd.paint(canvas, camera, crowd, pulse=pulse, actor=actor, before=True)

    def _paint_behind(
        self,
        canvas: Canvas,
        t_s: float,
        pulse: Pulse,
        camera: Camera,
        actor: Actor | None,
        show: Show,
    ) -> None:
        """Paint everything behind the person, on a canvas of any size."""
        colours, view, crowd = self._colours, camera.view(), self._crowd_light(pulse)
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        air = self._air[canvas.shape[1], canvas.shape[2]]
        paint_air(air, view, colours, show)
        paint_hall(canvas, air, view, colours, show)
        programme = _PROGRAMMES[(int(pulse.beat_count // 32) + self.setting.seed) % 4]
        paint_walls(canvas, projection, colours, pulse, show, programme)
        self._crowd.paint_dj(canvas, camera, crowd, pulse=pulse)
        paint_booth(canvas, projection, colours, pulse, show)
        beams = laser_beams(
            projection, colours, pulse=pulse, t_s=t_s, smoke=self._smoke, seed=self.setting.seed
        )
        add_lasers(canvas, beams)
        paint_ball(canvas, projection, colours, show)
        self._crowd.paint(canvas, camera, crowd, pulse=pulse, actor=actor, before=False)
        if actor is not None:
            light = self._light_on(pulse)
            self.draw_actor(canvas, camera, actor, light, pulse=pulse, mirror=True, opacity=_MIRROR)

    def _show(self, t_s: float, pulse: Pulse) -> Show:
        """Return what the lamps do now: they run and hit in intense parts, and breathe in calm."""
        energy, beat = float(pulse.energy), float(pulse.beat)
        kick, snare = (max(float(drum), 0.6 * beat) for drum in (pulse.kick, pulse.snare))
        beats = float(pulse.beat_count)
        intense = min(max((energy - 0.45) / 0.35, 0.0), 1.0)
        values = {
            "run": beats * pi / 2,
            "tubes": 0.30 + 0.45 * energy + (0.15 + 0.40 * intense) * kick,
            "hoops": 0.22 + 0.30 * energy + (0.10 + 0.30 * intense) * snare,
            "spin": 0.22 * t_s + 0.10 * beats,
            "sheet": intense * (0.55 + 0.35 * float(pulse.bass)),
            "tilt": 0.035 * sin(beats * pi / 8) - 0.02,
            "smoke": self._smoke,
            "t_s": t_s,
        }
        return Show(**{name: np.float32(value) for name, value in values.items()})

    def _crowd_light(self, pulse: Pulse) -> CrowdLight:
        """Return the dancers' light: tubes from both sides, lasers and hoops from above."""
        colours = [np.array(colour) for colour in self._colours]
        hall, haze, tube_a, tube_b, laser, _, _, crowd = colours
        hit = 0.35 + 0.35 * float(pulse.energy) + 0.45 * float(pulse.kick)
        return CrowdLight(
            body=rgb(crowd + 0.10 * hall),
            left=rgb(0.9 * tube_a * hit),
            right=rgb(0.9 * tube_b * hit),
            top=rgb((0.45 * laser + 0.30 * tube_b) * hit),
            haze=rgb(haze * 0.5 * (0.45 + 0.55 * self._smoke)),
            haze_per_m=0.055 * self._smoke,
        )

    def _light_on(self, pulse: Pulse) -> FigureLight:
        """Return the light on the person: a warm glimmer in front, edges in the lamps' colours."""
        colours = [np.array(colour) for colour in self._colours]
        _, haze, tube_a, tube_b, laser, ball, _, _ = colours
        hit = 0.7 + 0.4 * float(pulse.energy) + 0.5 * float(pulse.beat)
        return FigureLight(
            key=rgb(0.26 * ball + 0.16 * tube_a + 0.10 * tube_b),
            key_x=np.float32(-0.35),
            key_y=np.float32(0.55),
            key_z=np.float32(0.7),
            ambient=rgb(0.35 * haze + 0.03 * tube_b + 0.006),
            rim_left=rgb(1.3 * tube_a * hit),
            rim_right=rgb(1.3 * tube_b * hit),
            rim_top=rgb((0.6 * laser + 0.2 * ball) * hit),
            haze=rgb(haze * 0.5),
            haze_amount=np.float32(0.05 * (self._smoke - 1.0)),
        )
