"""The camera: where it stands for a size and an angle, and how it moves.

:func:`frame_subject` sets the start of a shot from the director's words (size, angle), and
:data:`MOVES` holds the moves by name: small pure functions of the shot's progress, the absolute
time and the pulse. Nothing remembers the frame before.

Conventions: metres and radians; the film plane stays upright (see :mod:`mvkit.studio.kit.view`),
so tilting is a move of the horizon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, pi, sin
from typing import Any, NamedTuple

import numpy as np

from mvkit.studio.accents import Answer
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse

Metres = Any  # float, or an array of them

__all__ = [
    "ANGLES",
    "MOVES",
    "SHOT_SIZES",
    "Camera",
    "Projection",
    "frame_subject",
    "move",
    "struck",
]


@dataclass(frozen=True)
class Camera:
    """A camera at one instant.

    Parameters
    ----------
    x_m, y_m, z_m
        Position: right, up, ahead.
    yaw_rad
        0 looks along +z, positive turns to the right.
    horizon
        Height of the horizon in the frame, 0 top, 1 bottom.
    lens
        Height of the view at one metre distance, in metres.
    roll_rad
        Roll, positive leans to the right.
    focus_m
        Distance of what the shot is about; moves are scaled by it.
    """

    x_m: float = 0.0
    y_m: float = 1.6
    z_m: float = 0.0
    yaw_rad: float = 0.0
    horizon: float = 0.5
    lens: float = 1.0
    roll_rad: float = 0.0
    focus_m: float = 4.0

    @property
    def seen_m(self) -> float:
        """Height of the view at the subject."""
        return self.focus_m * self.lens

    @property
    def centre_m(self) -> float:
        """Height above the ground of what is in the middle of the frame, at the subject."""
        return self.y_m + (self.horizon - 0.5) * self.seen_m

    def view(self) -> View:
        """Return the camera as kernels take it."""
        f = np.float32
        return View(
            x_m=f(self.x_m),
            y_m=f(self.y_m),
            z_m=f(self.z_m),
            sin_yaw=f(sin(self.yaw_rad)),
            cos_yaw=f(cos(self.yaw_rad)),
            horizon=f(self.horizon),
            lens=f(self.lens),
            sin_roll=f(sin(self.roll_rad)),
            cos_roll=f(cos(self.roll_rad)),
        )

    def projection(self, width_px: int, height_px: int) -> Projection:
        """Return the map from the world to the pixels of a frame."""
        return Projection(self, width_px, height_px)


class Projection:
    """Maps points of the world to pixels, single ones or whole arrays.

    Parameters
    ----------
    camera
        The camera.
    width_px, height_px
        Size of the frame.
    """

    def __init__(self, camera: Camera, width_px: int, height_px: int) -> None:
        self.camera = camera
        self.width_px = width_px
        self.height_px = height_px
        self._sin_yaw, self._cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
        self._sin_roll, self._cos_roll = sin(camera.roll_rad), cos(camera.roll_rad)

    def depth_m(self, x_m: Metres, z_m: Metres) -> Metres:
        """Return the distance of a place along the optical axis; negative lies behind."""
        dx, dz = x_m - self.camera.x_m, z_m - self.camera.z_m
        return dx * self._sin_yaw + dz * self._cos_yaw

    def px_per_m(self, depth_m: Metres) -> Metres:
        """Return the scale of the picture at a depth."""
        return self.height_px / (self.camera.lens * np.maximum(depth_m, 1e-3))

    def to_px(self, x_m: Metres, y_m: Metres, z_m: Metres) -> tuple[Metres, Metres, Metres]:
        """Return column, row and depth in metres of points; meaningful for points ahead."""
        camera = self.camera
        depth_m = self.depth_m(x_m, z_m)
        scale = self.px_per_m(depth_m)
        dx, dz = x_m - camera.x_m, z_m - camera.z_m
        across = (dx * self._cos_yaw - dz * self._sin_yaw) * scale
        up = (y_m - camera.y_m) * scale
        x_px = self.width_px / 2 + across * self._cos_roll + up * self._sin_roll
        y_px = camera.horizon * self.height_px - (up * self._cos_roll - across * self._sin_roll)
        return x_px, y_px, depth_m


SHOT_SIZES: dict[str, tuple[float, float, float]] = {
    "extreme wide": (6.2, 0.95, 1.1),
    "wide": (3.1, 0.95, 1.0),
    "medium wide": (1.75, 1.15, 0.85),
    "medium": (1.15, 1.3, 0.72),
    "medium close": (0.86, 1.44, 0.62),
    "close": (0.62, 1.55, 0.52),
}
"""Shot size -> height of the frame at the subject (m), height of its centre (m), lens.

The centre is for a person of 1.72 m and scales with the person.
"""

ANGLES: dict[str, float] = {"eye level": 1.5, "low": 0.55, "high": 2.9}
"""Camera angle -> height of the lens above the ground (m)."""


def frame_subject(
    *,
    size: str,
    angle: str,
    x_m: float,
    z_m: float,
    ground_m: float = 0.0,
    height_m: float = 1.72,
    yaw_rad: float = 0.0,
    headroom_m: float = 0.0,
    lowered_m: float = 0.0,
    third: float = 0.0,
    aspect: float = 16 / 9,
) -> Camera:
    """Place a camera so that a standing person fills the frame as a shot size says.

    Parameters
    ----------
    size, angle
        Keys of `SHOT_SIZES` and `ANGLES`; unknown words mean a wide shot at eye level.
    x_m, z_m, ground_m, height_m
        Where the person stands, the ground there, and the person's height.
    yaw_rad
        Direction in which the camera looks.
    headroom_m
        What rises above the head (an umbrella) and belongs into all but the close shots.
    lowered_m
        How much lower than standing the head is of somebody who sits.
    third
        Place of the person across the frame: -1 left edge, 0 middle, 1 right edge.
    aspect
        Width of the frame by its height; upright frames step back to keep the person whole.

    Returns
    -------
    Camera
        The start of the shot, with ``focus_m`` the distance to the person.
    """
    frame_m, centre_m, lens = SHOT_SIZES.get(size, SHOT_SIZES["wide"])
    if frame_m > 1.5:
        frame_m += 0.8 * headroom_m
        centre_m += 0.4 * headroom_m
    centre_m -= lowered_m * min(max((3.1 - frame_m) / 1.2, 0.35), 1.0)
    frame_m *= min(max(0.9 / aspect, 1.0), 1.3) * height_m / 1.72
    focus_m = max(frame_m / lens, 0.9)
    lens = frame_m / focus_m
    closeness = min(max((3.1 - frame_m) / 2.5, 0.0), 1.0)
    # Close shots stay near the face's height, else the lens would look up the nose.
    eye_m = ANGLES.get(angle, ANGLES["eye level"])
    eye_m = eye_m + 0.62 * closeness * (1.5 - lowered_m - eye_m)
    aside_m = -third * 0.5 * frame_m * aspect
    return Camera(
        x_m=x_m - focus_m * sin(yaw_rad) + aside_m * cos(yaw_rad),
        y_m=ground_m + eye_m,
        z_m=z_m - focus_m * cos(yaw_rad) - aside_m * sin(yaw_rad),
        yaw_rad=yaw_rad,
        horizon=0.5 - (eye_m - centre_m * height_m / 1.72) / frame_m,
        lens=lens,
        focus_m=focus_m,
    )


class Moment(NamedTuple):
    """What a move knows of a frame: eased progress of the shot (0..1), time, pulse."""

    eased: float
    t_s: float
    pulse: Pulse


Move = Callable[[Camera, Moment], Camera]


def _static(start: Camera, _moment: Moment) -> Camera:
    return start


def _push_in(start: Camera, moment: Moment) -> Camera:
    return _hold_height(start, _advance(start, (0.24 * moment.eased - 0.04) * start.focus_m))


def _pull_out(start: Camera, moment: Moment) -> Camera:
    return _hold_height(start, _advance(start, (0.16 - 0.26 * moment.eased) * start.focus_m))


def _track(start: Camera, moment: Moment) -> Camera:
    return _advance(start, 0.0, aside_m=(moment.eased - 0.5) * 0.32 * start.seen_m)


def _pan(start: Camera, moment: Moment) -> Camera:
    return replace(start, yaw_rad=start.yaw_rad + (moment.eased - 0.5) * 0.3 * start.lens)


def _tilt(start: Camera, moment: Moment) -> Camera:
    return replace(start, horizon=start.horizon + 0.3 * (1.0 - moment.eased) ** 2)


def _crane(start: Camera, moment: Moment) -> Camera:
    """Rise and step back while the subject stays where it was in the frame."""
    rise_m = 0.42 * moment.eased * start.seen_m
    camera = _advance(start, -0.1 * moment.eased * start.focus_m, up_m=rise_m)
    return replace(camera, horizon=0.5 - (camera.y_m - start.centre_m) / camera.seen_m)


def _orbit(start: Camera, moment: Moment) -> Camera:
    subject = _advance(start, start.focus_m)
    yaw = start.yaw_rad + (moment.eased - 0.5) * 0.7
    return replace(
        start,
        x_m=subject.x_m - start.focus_m * sin(yaw),
        z_m=subject.z_m - start.focus_m * cos(yaw),
        yaw_rad=yaw,
    )


def _handheld(start: Camera, moment: Moment) -> Camera:
    """Breathe and step like an operator: three slow waves per axis and a nod on the beat."""
    t_s = moment.t_s
    sway = 0.6 * sin(1.7 * t_s) + 0.3 * sin(3.1 * t_s + 1.0) + 0.16 * sin(5.3 * t_s + 2.0)
    bob = 0.6 * sin(2.3 * t_s + 0.5) + 0.3 * sin(4.1 * t_s) + 0.16 * sin(6.7 * t_s + 1.0)
    nod = 0.006 * float(moment.pulse.beat * moment.pulse.energy)
    ahead_m = 0.05 * moment.eased * start.focus_m
    camera = _advance(start, ahead_m, aside_m=0.02 * sway * start.focus_m)
    return replace(
        camera,
        yaw_rad=camera.yaw_rad - 0.012 * sway,
        horizon=camera.horizon + 0.011 * bob + nod,
        roll_rad=camera.roll_rad + 0.008 * sin(1.3 * t_s + 0.7),
    )


def _dolly(start: Camera, moment: Moment) -> Camera:
    """Push in while zooming out (Hitchcock's "Vertigo"): the background runs away."""
    camera = _advance(start, 0.4 * moment.eased * start.focus_m)
    return replace(camera, lens=start.seen_m / camera.focus_m)


def _advance(start: Camera, ahead_m: float, *, aside_m: float = 0.0, up_m: float = 0.0) -> Camera:
    """Carry the camera in its own directions, keeping its focus on the subject."""
    yaw = start.yaw_rad
    return replace(
        start,
        x_m=start.x_m + ahead_m * sin(yaw) + aside_m * cos(yaw),
        y_m=max(start.y_m + up_m, 0.15),
        z_m=start.z_m + ahead_m * cos(yaw) - aside_m * sin(yaw),
        focus_m=max(start.focus_m - ahead_m, 0.5),
    )


def _hold_height(start: Camera, camera: Camera) -> Camera:
    """Keep the subject's centre at its height in the frame while the distance changes."""
    change = start.focus_m / camera.focus_m
    return replace(camera, horizon=0.5 + (start.horizon - 0.5) * change)


MOVES: dict[str, Move] = {
    "static": _static,
    "push in": _push_in,
    "pull out": _pull_out,
    "track": _track,
    "pan": _pan,
    "tilt": _tilt,
    "crane": _crane,
    "orbit": _orbit,
    "handheld": _handheld,
    "dolly": _dolly,
}
"""The moves by name."""


def move(name: str, start: Camera, *, progress: float, t_s: float, pulse: Pulse) -> Camera:
    """Carry a shot's start camera to one instant of the shot.

    Parameters
    ----------
    name
        Key of `MOVES`; unknown words mean handheld.
    start
        Camera that :func:`frame_subject` placed.
    progress
        Position in the shot, 0..1; eased here.
    t_s
        Absolute time in the song.
    pulse
        The song at this time.

    Returns
    -------
    Camera
        The camera of this frame.
    """
    progress = min(max(progress, 0.0), 1.0)
    # Half linear, half cosine: alive at both ends, since the cut comes in mid-move.
    eased = 0.5 * progress + 0.25 * (1.0 - cos(pi * progress))
    return MOVES.get(name, _handheld)(start, Moment(eased, t_s, pulse))


def struck(camera: Camera, answer: Answer) -> Camera:
    """Return the camera as an accent has it: zoomed about the frame's middle, and swayed."""
    return replace(
        camera,
        lens=camera.lens / answer.closer,
        yaw_rad=camera.yaw_rad + answer.aside * camera.lens,
        horizon=0.5 + (camera.horizon - 0.5) * answer.closer + answer.down,
    )
