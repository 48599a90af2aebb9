"""How the shots of a clip are framed on one picture, so that each cut shows something else.

A picture was painted for its clip, so the widest of the clip's shots shows nearly all of it; the
others are cut out of it around the subject as their sizes say. Shots with nobody in them look at
another detail. Neighbours never show the same: where they would, the later one goes closer or
steps back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mvkit.studio.still.moves import Motion, carry
from mvkit.studio.still.path import Curve, Path, Sheet
from mvkit.studio.still.subject import Subject

__all__ = ["SHOT_ZOOMS", "ShotPlan", "plan_paths"]

SHOT_ZOOMS = {
    "extreme wide": 1.0,
    "wide": 1.1,
    "medium wide": 1.25,
    "medium": 1.42,
    "medium close": 1.62,
    "close": 1.85,
    "extreme close": 2.1,
}
"""Shot size -> how much closer it is than the largest view of a picture."""
_WIDEST = 1.05  # the widest shot keeps so much in hand for its move
_OWN_SIZE = 0.35  # a picture painted for close shots alone is close already
_CLOSEST = 2.1  # beyond, pictures of the film's own size go soft
_MOST_ALIKE = 0.6  # share of the view that two neighbours may have in common
_STEPS = (1.0, 1.16, 1 / 1.16, 1.3, 1 / 1.3, 1.5, 1 / 1.5, 1.75)
_THIRD = 0.13  # how far beside the middle the subject stands, in widths of the frame
_EYE_LINE = 0.42  # where people mostly have their heads and hearts, in heights of the picture
_ANGLE_STEP = {"low": 0.05, "high": -0.045}  # a low lens has the subject high in the frame


@dataclass(frozen=True, eq=False)
class ShotPlan:
    """What a shot is to show.

    Parameters
    ----------
    size, angle, move
        The director's words.
    has_figure
        Whether it is about the subject; else it looks at a detail.
    t_s
        Absolute times of its frames.
    energy
        How intense the music is meanwhile, 0..1.
    """

    size: str
    angle: str
    move: str
    has_figure: bool
    t_s: Curve
    energy: float


def plan_paths(
    shots: Sequence[ShotPlan], *, sheet: Sheet, subject: Subject, seed: int
) -> tuple[Path, ...]:
    """Return the camera's path in each shot.

    Parameters
    ----------
    shots
        In order.
    sheet
        The picture's size.
    subject
        What it is about.
    seed
        Chooses sides and directions.
    """
    widest = min(_size_zoom(shot) for shot in shots)
    first_side = float(np.random.default_rng(seed % 2**32).choice([-1.0, 1.0]))
    paths: list[Path] = []
    for index, shot in enumerate(shots):
        side = first_side * (-1.0) ** index
        motion = carry(
            shot.move, shot.t_s, energy=shot.energy, side=side, phase=seed % 97 + 1.7 * index
        )
        aim = _aim(shot, sheet=sheet, subject=subject)
        zoom = _WIDEST * widest**_OWN_SIZE * _size_zoom(shot) / widest
        options = (
            _path(
                motion, aim, zoom=min(max(zoom * step, _WIDEST), _CLOSEST), side=side, sheet=sheet
            )
            for step in _STEPS
        )
        before = paths[-1] if paths else None
        paths.append(_unlike(before, options, aspect=sheet.aspect))
    return tuple(paths)


def _size_zoom(shot: ShotPlan) -> float:
    """Return a shot's zoom by its size; without a person it is a place, and is shown wider."""
    zoom = SHOT_ZOOMS.get(shot.size, SHOT_ZOOMS["wide"])
    return zoom if shot.has_figure else zoom**0.7


@dataclass(frozen=True)
class _Aim:
    """What is aimed at, in spans, and how far off the frame's middle it is to stand."""

    x: float
    y: float
    third: float
    lift: float


def _aim(shot: ShotPlan, *, sheet: Sheet, subject: Subject) -> _Aim:
    place = subject.place if shot.has_figure else subject.detail
    # A guess that is half tradition seldom cuts off a head.
    y = (place.y + _EYE_LINE) / 2 if shot.has_figure else place.y
    closeness = min(_size_zoom(shot) - 1.0, 1.0)
    return _Aim(
        x=(place.x - 0.5) * sheet.width,
        y=(y - 0.5) * sheet.height,
        third=_THIRD * (1.0 - 0.5 * closeness) * min(sheet.aspect, 1.0),
        lift=_ANGLE_STEP.get(shot.angle, 0.0),
    )


def _path(motion: Motion, aim: _Aim, *, zoom: float, side: float, sheet: Sheet) -> Path:
    """Lay a move over the picture; what needs more room than there is goes closer."""
    path = _laid(motion, aim, zoom=zoom, side=side)
    excess = path.excess(sheet)
    if excess > 1.0:
        path = _laid(motion, aim, zoom=zoom * excess * (1 + 1e-6), side=side)
    return path.inside(sheet)


def _laid(motion: Motion, aim: _Aim, *, zoom: float, side: float) -> Path:
    curves = np.broadcast_arrays(
        *(motion.x, motion.y, motion.zoom, motion.roll_rad),
        *(motion.shift_x, motion.shift_y, motion.swell),
    )
    x, y, factor, *rest = (np.asarray(curve, np.float64) for curve in curves)
    zooms = zoom * factor
    # The subject keeps its place in the frame while the zoom changes.
    return Path(
        aim.x + (x - side * aim.third) / zooms, aim.y + (y + aim.lift) / zooms, zooms, *rest
    )


def _unlike(before: Path | None, options: Iterable[Path], *, aspect: float) -> Path:
    """Return the first option that does not repeat the shot before, or the least alike."""
    if before is None:
        return next(iter(options))
    scored: list[tuple[float, Path]] = []
    for option in options:
        likeness = option.likeness(0, before, -1, aspect=aspect)
        if likeness <= _MOST_ALIKE:
            return option
        scored.append((likeness, option))
    return min(scored, key=lambda pair: pair[0])[1]
