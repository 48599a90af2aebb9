"""The camera's moves over a picture, by the director's words.

Each move is a pure function of a :class:`Moment` and returns what it does relative to where the
shot is aimed: steps in widths of the frame, factors on the zoom. Nothing is faster than an
operator's hand: the speed of a move is set by how intense the music is, its ends are eased.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mvkit.studio.still.path import Curve

__all__ = ["MOVES", "SLOWEST", "Moment", "Motion", "carry"]

SLOWEST, FASTEST = 0.02, 0.075
"""Speed of a move in quiet and in loud music, in widths of the frame per second."""
_SHORTEST, _LONGEST = 0.03, 0.2  # way of a move, in widths of the frame
_DEPTH = 0.019  # how far the nearest and the farthest part are displaced at most, each way
_WHIP_S = 0.12  # time constant of a fast turn
_RECESSION = 0.1  # how much the background recedes in a dolly zoom


@dataclass(frozen=True, eq=False)
class Moment:
    """What a move knows of a shot's frames.

    Parameters
    ----------
    eased
        Progress of the shot at each frame, 0..1.
    t_s
        Absolute time of each frame.
    way
        How far the frame travels in the shot, in its own widths.
    side
        Direction: 1 or -1.
    phase
        Any angle; makes two hands shake differently.
    """

    eased: Curve
    t_s: Curve
    way: float
    side: float
    phase: float

    @property
    def centred(self) -> Curve:
        """Progress from -0.5 to 0.5."""
        return self.eased - 0.5


@dataclass(frozen=True, eq=False)
class Motion:
    """What a move does at each frame; a plain number holds for all of them.

    Parameters
    ----------
    x, y
        Steps right and down, in widths of the frame.
    zoom
        Factor on the shot's zoom.
    roll_rad, shift_x, shift_y, swell
        As in :class:`~mvkit.studio.still.path.Path`.
    """

    x: Curve | float = 0.0
    y: Curve | float = 0.0
    zoom: Curve | float = 1.0
    roll_rad: Curve | float = 0.0
    shift_x: Curve | float = 0.0
    shift_y: Curve | float = 0.0
    swell: Curve | float = 0.0


def _static(moment: Moment) -> Motion:
    """Breathe: the picture is never quite dead."""
    t_s, phase = moment.t_s, moment.phase
    return Motion(
        x=0.0016 * np.sin(0.9 * t_s + phase),
        y=0.0012 * np.sin(0.7 * t_s + 2 * phase),
        zoom=1.0 + 0.014 * moment.eased,
        shift_x=0.0025 * np.sin(0.6 * t_s + phase),
    )


def _push_in(moment: Moment) -> Motion:
    """Come closer; what is far grows less, as it does for a camera on rails."""
    return Motion(
        zoom=np.exp(1.25 * moment.way * moment.centred), swell=0.3 * moment.way * moment.eased
    )


def _pull_out(moment: Moment) -> Motion:
    return Motion(
        zoom=np.exp(-1.25 * moment.way * moment.centred),
        swell=0.3 * moment.way * (1.0 - moment.eased),
    )


def _track(moment: Moment) -> Motion:
    """Go sideways on rails: what is near passes faster."""
    step = moment.side * moment.centred
    return Motion(x=step * moment.way, shift_x=2 * _DEPTH * step)


def _pan(moment: Moment) -> Motion:
    """Turn on the spot: everything passes alike."""
    return Motion(x=1.1 * moment.side * moment.centred * moment.way)


def _tilt(moment: Moment) -> Motion:
    return Motion(y=0.75 * moment.side * moment.centred * moment.way)


def _crane(moment: Moment) -> Motion:
    """Rise and step back."""
    rise = -moment.centred
    return Motion(
        y=0.7 * rise * moment.way,
        zoom=np.exp(-0.5 * moment.way * moment.centred),
        shift_y=1.8 * _DEPTH * rise,
    )


def _orbit(moment: Moment) -> Motion:
    """Go round the subject: it stays, what is before and behind it slides apart."""
    step = moment.side * moment.centred
    return Motion(
        x=-0.2 * moment.way * step,
        zoom=np.exp(0.3 * moment.way * moment.eased),
        shift_x=2.3 * _DEPTH * step,
    )


def _handheld(moment: Moment) -> Motion:
    """Sway like an operator: slow waves that never repeat together, and a step closer."""
    t_s, phase = moment.t_s, moment.phase
    sway = np.sin(1.7 * t_s + phase) + 0.5 * np.sin(3.1 * t_s + 1.0) + 0.22 * np.sin(5.9 * t_s)
    bob = np.sin(2.1 * t_s + 2 * phase) + 0.5 * np.sin(3.9 * t_s) + 0.22 * np.sin(6.7 * t_s + 1.0)
    return Motion(
        x=0.0055 * sway,
        y=0.004 * bob,
        zoom=np.exp(0.4 * moment.way * moment.eased),
        roll_rad=0.0045 * np.sin(1.3 * t_s + phase),
        shift_x=0.0035 * sway,
        shift_y=0.0025 * bob,
    )


def _dolly(moment: Moment) -> Motion:
    """Come closer while zooming out (Hitchcock's "Vertigo"): the background runs away."""
    return Motion(zoom=np.exp(0.35 * moment.way * moment.eased), swell=_RECESSION * moment.eased)


def _whip_pan(moment: Moment) -> Motion:
    """Glide round to the subject: a still picture has nothing beside it to tear past."""
    left = np.exp(-(moment.t_s - moment.t_s[0]) / _WHIP_S)
    return Motion(x=-moment.side * moment.way * left, zoom=np.exp(0.4 * moment.way * moment.eased))


MOVES: dict[str, Callable[[Moment], Motion]] = {
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
    "beat push": _push_in,  # every picture throbs with the beat as it is
    "whip pan": _whip_pan,
}
"""The moves by name."""


def carry(name: str, t_s: Curve, *, energy: float, side: float, phase: float) -> Motion:
    """Return a move over the frames of a shot.

    Parameters
    ----------
    name
        Key of `MOVES`; unknown words mean handheld.
    t_s
        Absolute times of the shot's frames.
    energy
        How intense the music is in the shot, 0..1; sets the speed.
    side, phase
        As in `Moment`.
    """
    duration_s = float(t_s[-1] - t_s[0])
    progress = (t_s - t_s[0]) / max(duration_s, 1e-6)
    # Half linear, half cosine: alive at both ends, since the cut comes in mid-move.
    eased = 0.5 * progress + 0.25 * (1.0 - np.cos(np.pi * progress))
    speed = SLOWEST + (FASTEST - SLOWEST) * energy
    way = min(max(speed * duration_s, _SHORTEST), _LONGEST)
    return MOVES.get(name, _handheld)(Moment(eased, t_s, way, side, phase))
