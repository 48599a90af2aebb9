"""The film laid out in frames: what is copied from which clip, and where two are blended."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from mvkit.errors import InvalidArtefact
from mvkit.schema import Plan
from mvkit.timing import frame_at
from mvkit.video.timeline import Blend, Take, lay_out, planned_changes

from .film_makers import make_plan


def random_plan(seed: int) -> Plan:
    rng = random.Random(seed)
    edges_s = [0.0]
    for _ in range(rng.randint(1, 8)):
        edges_s.append(round(edges_s[-1] + rng.uniform(1.2, 8.0), 6))
    kinds = [("cut", 0.0), ("crossfade", 0.5), ("fade", 0.5), ("crossfade", 0.02), ("fade", 0.27)]
    return make_plan(edges_s, [rng.choice(kinds) for _ in edges_s[2:]])


def length_of(plan: Plan) -> int:
    return frame_at(plan.clip_scripts[-1].end)


def test_a_crossfade_takes_its_halves_from_both_clips() -> None:
    plan = make_plan([0.0, 2.0, 4.0], [("crossfade", 0.4)])
    assert lay_out(plan, n_frames=120) == (
        Take(clip_index=0, film=range(54), source=range(54)),
        Blend(
            from_clip=0,
            kind="crossfade",
            film=range(54, 66),
            tail=range(54, 66),
            head=range(12),
        ),
        Take(clip_index=1, film=range(66, 120), source=range(12, 66)),
    )


def test_a_cut_takes_nothing() -> None:
    plan = make_plan([0.0, 2.0, 4.0])
    assert lay_out(plan, n_frames=120) == (
        Take(clip_index=0, film=range(60), source=range(60)),
        Take(clip_index=1, film=range(60, 120), source=range(60)),
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_film_frame_is_made_once_from_footage_that_is_there(seed: int) -> None:
    """Whatever the plan: no gap, no overlap, and the source frame is the film frame's own."""
    plan = random_plan(seed)
    pieces = lay_out(plan, n_frames=length_of(plan))
    assert [n for piece in pieces for n in piece.film] == list(range(length_of(plan)))
    for piece in pieces:
        shown = (
            [(piece.clip_index, piece.source)]
            if isinstance(piece, Take)
            else [(piece.from_clip, piece.tail), (piece.from_clip + 1, piece.head)]
        )
        for clip_index, source in shown:
            filmed = plan.filmed_frames(clip_index)
            assert [filmed[n] for n in source] == list(piece.film)
        assert all(len(source) == len(piece.film) for _, source in shown)


@pytest.mark.parametrize("seed", range(10))
def test_without_transitions_the_clips_meet_on_the_planned_frames(seed: int) -> None:
    plan = random_plan(seed)
    every = range(len(plan.transitions))
    pieces = lay_out(plan, n_frames=length_of(plan), as_cuts=every)
    assert [piece.film.start for piece in pieces] == [frame_at(s.start) for s in plan.clip_scripts]
    assert all(a.film.stop == b.film.start for a, b in pairwise(pieces))


def test_one_transition_can_become_a_cut_while_the_others_stay() -> None:
    plan = make_plan([0.0, 2.0, 4.0, 6.0], [("crossfade", 0.4), ("fade", 0.4)])
    pieces = lay_out(plan, n_frames=180, as_cuts={0})
    assert pieces[0] == Take(clip_index=0, film=range(60), source=range(60))
    assert pieces[1] == Take(clip_index=1, film=range(60, 114), source=range(6, 60))
    assert isinstance(pieces[2], Blend)


@pytest.mark.parametrize("n_frames", [119, 121])
def test_a_plan_of_another_length_is_refused(n_frames: int) -> None:
    with pytest.raises(InvalidArtefact, match=f"120 frames of a film of {n_frames}"):
        lay_out(make_plan([0.0, 2.0, 4.0]), n_frames=n_frames)


def test_planned_changes_are_those_between_clips_and_inside_them() -> None:
    plan = make_plan([0.0, 2.0, 4.0], [("fade", 0.4)], shots_s={0: [1.0], 1: [2.5, 3.0]})
    changes = planned_changes(plan)
    assert [(change.frame, change.kind, change.half_frames) for change in changes] == [
        (30, "shot", 0),
        (60, "fade", 6),
        (75, "shot", 0),
        (90, "shot", 0),
    ]
    assert planned_changes(plan, as_cuts={0})[1].kind == "cut"
