"""What every world is: a place that paints itself at any instant.

A world is made once per take, for one frame size and one :class:`Setting`, and owns all buffers
it needs (takes run in threads; nothing is shared). :meth:`World.render` fills a canvas with
linear light as a pure function of its arguments: no frame needs the frame before.

To add a world: one file with a subclass, one line in ``worlds/__init__.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import cos, pi
from typing import Any, ClassVar

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.colour import Palette, tinted_palette
from mvkit.studio.figure import Actor, FigureLight, FigurePainter, FigureSheet
from mvkit.studio.figure.pose import GAITS_M, way_m
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.kit.lens import Defocus
from mvkit.studio.lettering import Sign
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.dress import Dress

__all__ = ["TIMES_OF_DAY", "WAYS", "WEATHERS", "Mark", "Setting", "World"]

TIMES_OF_DAY = ("night", "dusk", "dawn", "day")
WEATHERS = ("clear", "rain", "fog", "snow")

WAYS: dict[str, float] = {
    "away from us": 0.0,
    "towards us": pi,
    "left to right": -1.2,
    "right to left": 1.2,
}
"""Way across the frame -> yaw of the camera against the walker's own direction, in radians."""
_PROFILE = 0.2  # cosine of face and camera direction from which on a face is lost from view
_ASIDE_RAD = 0.4


@dataclass(frozen=True)
class Setting:
    """How one place of a plan is dressed.

    Parameters
    ----------
    palette
        Three to six hex colours, most important first; none keeps the world's own.
    time_of_day
        One of `TIMES_OF_DAY`, or "" for the world's own.
    weather
        One of `WEATHERS`, or "" for the world's own.
    seed
        Another seed is another street, another forest.
    """

    palette: tuple[str, ...] = ()
    time_of_day: str = ""
    weather: str = ""
    seed: int = 0

    @property
    def noise_seed(self) -> np.float32:
        """The seed as kernels take it: where in their noise this place lies."""
        return np.float32(self.seed % 97 * 3.7 + 0.5)


@dataclass(frozen=True)
class Mark:
    """Where the person of a shot stands, and from where a camera may look.

    Parameters
    ----------
    x_m, ground_m, z_m
        Place of the feet.
    facing_rad
        Direction of the face: 0 along +z, positive turns to the right (as a camera's yaw).
    camera_yaw_rad
        Direction from which the shot is filmed; a camera at yaw 0 looks along +z.
    seat_m
        Height over the ground of a seat that the world paints there; 0 without one.
    """

    x_m: float = 0.0
    ground_m: float = 0.0
    z_m: float = 0.0
    facing_rad: float = pi
    camera_yaw_rad: float = 0.0
    seat_m: float = 0.0

    def seen_going(self, way: str) -> Mark:
        """Return the mark filmed so that who walks ahead is seen going a way.

        Parameters
        ----------
        way
            Key of `WAYS`.
        """
        return replace(self, camera_yaw_rad=self.facing_rad + WAYS[way])

    def facing_us(self, side: float) -> Mark:
        """Return the mark with the face to the camera, turned a little aside, if it looks away.

        Parameters
        ----------
        side
            To which side, 1 or -1.
        """
        if cos(self.facing_rad - self.camera_yaw_rad) < _PROFILE:
            return self
        return replace(self, facing_rad=self.camera_yaw_rad + pi + side * _ASIDE_RAD)


class World(ABC):
    """A place for filming.

    Parameters
    ----------
    width_px, height_px
        Size of the frames, both even.
    setting
        Palette, time of day, weather and seed.

    Attributes
    ----------
    name
        The word by which a plan names the world.
    dresses
        A dress for each of `TIMES_OF_DAY` that the world can do, its own first; another time
        falls back to that.
    weathers
        Those of `WEATHERS` that the world can do, its own first, likewise.
    ways
        The keys of `WAYS` in which a walking person can be filmed here when a plan asks for it.
    sheltered
        Whether it is under a roof: nobody has an umbrella up there.
    lettering
        How words are written here: a word of :data:`~mvkit.studio.lettering.STYLES`.
    palette
        Its eight colours, in the order of the dress's, tinted by the setting.
    look
        How its light is developed now.
    sign
        Words that hang in the world now, or None; whoever films sets it for each frame.
    """

    name: ClassVar[str]
    dresses: ClassVar[Mapping[str, Dress[Any]]]
    weathers: ClassVar[tuple[str, ...]] = ("clear",)
    ways: ClassVar[tuple[str, ...]] = ()
    sheltered: ClassVar[bool] = False
    lettering: ClassVar[str] = "projected"

    def __init__(self, width_px: int, height_px: int, setting: Setting) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.setting = setting
        self.time_of_day = self._supported(setting.time_of_day, tuple(self.dresses))
        self.weather = self._supported(setting.weather, self.weathers)
        dress = self.dresses[self.time_of_day]
        self.palette: Palette = tinted_palette(dress.colours, setting.palette)
        self.look = dress.look
        self.sign: Sign | None = None
        self._figure_painters = FigurePainter(), FigurePainter()
        self._defocus = Defocus(width_px, height_px)
        self._half = new_canvas(width_px // 2, height_px // 2)

    @abstractmethod
    def render(
        self, canvas: Canvas, *, t_s: float, pulse: Pulse, camera: Camera, actor: Actor | None
    ) -> None:
        """Fill a canvas with the world's light at one instant.

        Parameters
        ----------
        canvas
            (3, height, width) float32, every pixel of which is overwritten.
        t_s
            Absolute time in the song.
        pulse
            The song at this time.
        camera
            Where it is seen from.
        actor
            The person in it, perhaps with a companion, or None.
        """

    def mark(self, *, pulse: Pulse, action: str, variation: float) -> Mark:
        """Return where the person of a shot stands.

        Parameters
        ----------
        pulse
            The song now: a walking person is one step further with each beat.
        action
            What the person does.
        variation
            A number in 0..1, fixed for the shot, by which shots of one place differ.

        Returns
        -------
        Mark
            The base class walks along +z and is filmed from behind, or stands and is filmed
            from the front.
        """
        if action in GAITS_M:
            return Mark(z_m=way_m(action, pulse.beat_count), facing_rad=0.0)
        return Mark(z_m=40.0 * variation, facing_rad=pi)

    def dressed(self, sheet: FigureSheet) -> FigureSheet:
        """Return a person as they go about here."""
        return replace(sheet, umbrella=False) if self.sheltered else sheet

    def confine(self, camera: Camera) -> Camera:
        """Return the camera moved to where this world can be seen from; all of it by default."""
        return camera

    def draw_actor(
        self,
        canvas: Canvas,
        camera: Camera,
        actor: Actor,
        light: FigureLight,
        *,
        pulse: Pulse,
        opacity: float = 1.0,
        mirror: bool = False,
        shadow: float = 0.0,
    ) -> None:
        """Draw the person and who is with them, the farther one first, in place.

        See :meth:`~mvkit.studio.figure.FigurePainter.draw` for the parameters.

        A reflection (``mirror``) is a call of its own, so that a world can lay its ground's
        ripples over it before the person themself is drawn.
        """
        projection = camera.projection(canvas.shape[2], canvas.shape[1])
        people = zip(actor.people, self._figure_painters, strict=False)

        def distance_m(one: tuple[Actor, FigurePainter]) -> float:
            return float(projection.depth_m(one[0].x_m, one[0].z_m))

        for person, painter in sorted(people, key=distance_m, reverse=True):
            painter.draw(
                canvas,
                person,
                projection,
                light,
                pulse=pulse,
                opacity=opacity,
                mirror=mirror,
                shadow=shadow,
            )

    def paint_background(
        self, canvas: Canvas, camera: Camera, paint: Callable[[Canvas], None], *, focused: bool
    ) -> None:
        """Paint what is behind a person, out of focus in close shots.

        A close shot melts it into discs of light, as a lens focused on ``camera.focus_m`` would; a
        wide one stays sharp.

        Parameters
        ----------
        canvas
            (3, height, width), overwritten.
        camera
            Decides how much is blurred.
        paint
            Fills a canvas of any size with the background. Where the blur swallows the detail
            anyway it is called with a canvas of half the size, which is three times as fast.
        focused
            Whether a person is there to be in focus; without one everything is sharp. Words
            always are.
        """
        radius = _blur_radius(camera) if focused else 0.0
        if radius > _HALF_IS_ENOUGH:
            paint(self._half)
            self._defocus.blur(self._half, canvas, radius)
        else:
            paint(canvas)
            if radius > _SHARP:
                self._defocus.blur(canvas, canvas, radius)
        if self.sign is not None:
            self.sign.light(canvas, camera.projection(canvas.shape[2], canvas.shape[1]))

    @staticmethod
    def _supported(wish: str, offered: tuple[str, ...]) -> str:
        return wish if wish in offered else offered[0]


_SHARP = 0.004  # of the frame's height: a smaller blur cannot be seen
_HALF_IS_ENOUGH = 0.006


def _blur_radius(camera: Camera) -> float:
    """Return the blur behind the subject, as a share of the frame's height."""
    return 0.022 * min(max((1.9 - camera.seen_m) / 1.3, 0.0), 1.0)
