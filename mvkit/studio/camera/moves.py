"""The camera's moves: pure functions of the shot's progress, the absolute time and the pulse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin
from typing import NamedTuple

from mvkit.studio.accents import Answer
from mvkit.studio.camera.camera import Camera
from mvkit.studio.music import Pulse
from mvkit.timing import FPS

__all__ = ["MOVES", "move", "struck"]

_BEAT_CLOSER = 0.032  # how much larger everything is on a beat of intense music
_WHIP_S, _WHIP_ASIDE = 0.4, 0.88  # how long a whip pan takes, from how many frame heights aside
_OVERSHOOT = 0.35
_SHUTTER = 0.5  # the share of a frame for which the shutter is open


class Moment(NamedTuple):
    """What a move knows of a frame: eased progress of the shot (0..1), its age, time, pulse."""

    eased: float
    age_s: float
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


def _beat_push(start: Camera, moment: Moment) -> Camera:
    """Press in slowly, and with each beat for a moment."""
    beat = float(moment.pulse.beat) * (0.4 + 0.6 * float(moment.pulse.energy))
    closer = 1.0 + _BEAT_CLOSER * beat
    camera = _hold_height(start, _advance(start, (0.2 * moment.eased - 0.05) * start.focus_m))
    return replace(camera, lens=camera.lens / closer, horizon=0.5 + (camera.horizon - 0.5) * closer)


def _whip_pan(start: Camera, moment: Moment) -> Camera:
    """Tear round to the subject, a little too far, and come to rest on it."""
    camera = _push_in(start, moment)
    left = 1.0 - moment.age_s / _WHIP_S
    if left <= 0.0:
        return camera
    aside = _WHIP_ASIDE * (left**3 - _OVERSHOOT * left * (1.0 - left) ** 2)
    run = 3.0 * _WHIP_ASIDE * left**2 / (_WHIP_S * FPS)
    return replace(camera, yaw_rad=camera.yaw_rad - aside * camera.lens, smear=_SHUTTER * run)


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
    "beat push": _beat_push,
    "whip pan": _whip_pan,
}
"""The moves by name."""


def move(
    name: str,
    start: Camera,
    *,
    progress: float,
    t_s: float,
    pulse: Pulse,
    shot_s: float = 4.0,
) -> Camera:
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
    shot_s
        How long the shot is.

    Returns
    -------
    Camera
        The camera of this frame.
    """
    progress = min(max(progress, 0.0), 1.0)
    # Half linear, half cosine: alive at both ends, since the cut comes in mid-move.
    eased = 0.5 * progress + 0.25 * (1.0 - cos(pi * progress))
    return MOVES.get(name, _handheld)(start, Moment(eased, progress * shot_s, t_s, pulse))


def struck(camera: Camera, answer: Answer) -> Camera:
    """Return the camera as an accent has it: zoomed about the frame's middle, and swayed."""
    return replace(
        camera,
        lens=camera.lens / answer.closer,
        yaw_rad=camera.yaw_rad + answer.aside * camera.lens,
        horizon=0.5 + (camera.horizon - 0.5) * answer.closer + answer.down,
    )
