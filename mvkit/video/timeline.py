"""The film as a row of pieces: what is copied from which clip, and where two clips are blended.

A clip covers its own time and its halves of the transitions on both sides
(:meth:`mvkit.schema.Plan.filmed_frames`), so that two neighbours overlap by one whole transition.
Everything here is counted in frames: *film* frames from the song's first sample, *source* frames
from a clip's first picture.

Contents
--------
Take, Blend, Change, lay_out, planned_changes
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from mvkit.errors import InvalidArtefact
from mvkit.schema import Plan
from mvkit.schema.plan import TransitionType
from mvkit.timing import frame_at


@dataclass(frozen=True)
class Take:
    """Frames of one clip, shown as they are."""

    clip_index: int
    film: range
    source: range


@dataclass(frozen=True)
class Blend:
    """Frames in which one clip gives way to the next.

    Attributes
    ----------
    from_clip : int
        The clip that goes; the next one comes.
    tail, head : range
        Source frames of the clip that goes and of the one that comes; as many as ``film``.
    """

    from_clip: int
    kind: TransitionType
    film: range
    tail: range
    head: range


@dataclass(frozen=True)
class Change:
    """A planned change of picture.

    Attributes
    ----------
    frame : int
        First film frame of the new picture; of a transition, the middle.
    half_frames : int
        Frames on each side over which it spreads; 0 for a cut.
    clip_index : int
        The clip that comes, or that the shot belongs to.
    """

    frame: int
    kind: Literal["shot"] | TransitionType
    half_frames: int
    clip_index: int


def lay_out(
    plan: Plan, *, n_frames: int, as_cuts: Collection[int] = ()
) -> tuple[Take | Blend, ...]:
    """Lay the plan's clips and transitions out in a row without gap or overlap.

    Parameters
    ----------
    plan : Plan
        The director's plan.
    n_frames : int
        Length of the film.
    as_cuts : collection of int
        Transitions, by number, that are made simple cuts.

    Raises
    ------
    InvalidArtefact
        If the plan's clips do not cover the film frame by frame.
    """
    _check_cover(plan, n_frames=n_frames)
    pieces: list[Take | Blend] = []
    n_done = 0
    for change in _boundaries(plan, as_cuts=as_cuts):
        clip_index, half = change.clip_index - 1, change.half_frames
        until = change.frame - half
        pieces.append(_take(plan, clip_index, range(n_done, until)))
        n_done = until
        if half:
            pieces.append(_blend(plan, change))
            n_done = change.frame + half
    pieces.append(_take(plan, len(plan.clip_scripts) - 1, range(n_done, n_frames)))
    return tuple(pieces)


def planned_changes(plan: Plan, *, as_cuts: Collection[int] = ()) -> tuple[Change, ...]:
    """Return every planned change of picture, in order: between clips, and inside them.

    Where a shot goes on from one clip to the next, nothing changes.
    """
    shots = [
        Change(frame=frame_at(shot.start), kind="shot", half_frames=0, clip_index=script.clip_index)
        for script in plan.clip_scripts
        for shot in script.shots[1:]
    ]
    between = (
        change
        for change in _boundaries(plan, as_cuts=as_cuts)
        if not plan.goes_on(change.clip_index)
    )
    return tuple(sorted([*between, *shots], key=lambda change: change.frame))


def _boundaries(plan: Plan, *, as_cuts: Collection[int]) -> list[Change]:
    return [
        Change(
            frame=frame_at(script.start),
            kind="cut" if index in as_cuts else transition.type,
            half_frames=0 if index in as_cuts else transition.half_frames,
            clip_index=script.clip_index,
        )
        for index, (transition, script) in enumerate(
            zip(plan.transitions, plan.clip_scripts[1:], strict=True)
        )
    ]


def _take(plan: Plan, clip_index: int, film: range) -> Take:
    return Take(clip_index=clip_index, film=film, source=_source(plan, clip_index, film))


def _blend(plan: Plan, change: Change) -> Blend:
    film = range(change.frame - change.half_frames, change.frame + change.half_frames)
    kind = plan.transitions[change.clip_index - 1].type
    return Blend(
        from_clip=change.clip_index - 1,
        kind=kind,
        film=film,
        tail=_source(plan, change.clip_index - 1, film),
        head=_source(plan, change.clip_index, film),
    )


def _source(plan: Plan, clip_index: int, film: range) -> range:
    """Return the source frames of a clip that are shown at these film frames."""
    first = plan.filmed_frames(clip_index).start
    return range(film.start - first, film.stop - first)


def _check_cover(plan: Plan, *, n_frames: int) -> None:
    scripts = plan.clip_scripts
    starts = [frame_at(script.start) for script in scripts]
    ends = [frame_at(script.end) for script in scripts]
    if [*starts, n_frames] != [0, *ends]:
        raise InvalidArtefact(
            f"The plan's clips cover {ends[-1]} frames of a film of {n_frames}, or do not meet "
            "on the same frame; expected every clip to end where the next begins, and the last "
            "with the song. Plan the video again."
        )
