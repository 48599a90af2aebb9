"""Checks fire: each kind of broken plan is caught by the check that is there for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mvkit.director import check_plan, plan_video, require_sound_plan
from mvkit.errors import GenerationFailed
from mvkit.schema import Plan

from .steady_songs import make_brief, steady_song

SONG = steady_song()
KNOWN = {"open_wide"}
Fields = dict[str, Any]


def broken(change: Callable[[Fields], None]) -> Plan:
    """Return a sound plan with one thing changed."""
    fields = plan_video(make_brief(), SONG).model_dump(mode="json")
    change(fields)
    return Plan.model_validate(fields)


def move_edge(fields: Fields, index: int, time_s: float) -> None:
    """Move the edge before a clip, with the shots on both sides of it."""
    before, after = fields["clip_scripts"][index - 1 : index + 1]
    before["end"] = before["shots"][-1]["end"] = time_s
    after["start"] = after["shots"][0]["start"] = time_s


def end_early(fields: Fields) -> None:
    last = fields["clip_scripts"][-1]
    last["end"] = last["shots"][-1]["end"] = last["end"] - 0.5
    fields["acts"][-1]["end"] = last["end"]


def split_shot(fields: Fields, *, at: float) -> None:
    """Cut the first shot of the film in two, a share of the way through."""
    script = fields["clip_scripts"][0]
    shot = script["shots"][0]
    cut_s = round(shot["start"] + at * (shot["end"] - shot["start"]), 6)
    other = "wide" if shot["size"] != "wide" else "close"
    script["shots"][0:1] = [shot | {"end": cut_s}, shot | {"start": cut_s, "size": other}]


def repeat_size(fields: Fields) -> None:
    script = next(script for script in fields["clip_scripts"] if len(script["shots"]) > 1)
    script["shots"][1]["size"] = script["shots"][0]["size"]


def forget_a_clip(fields: Fields) -> None:
    """Join the last two clips."""
    *_, before, last = fields["clip_scripts"]
    before["end"] = before["shots"][-1]["end"] = last["end"]
    fields["clip_scripts"].pop()
    fields["transitions"].pop()


def crossfade_over_short_shot(fields: Fields) -> None:
    """Put a crossfade over a shot of a quarter of a second."""
    shot = fields["clip_scripts"][1]["shots"][0]
    cut_s = round(shot["start"] + 0.25, 6)
    fields["clip_scripts"][1]["shots"][0:1] = [
        shot | {"end": cut_s, "size": "close"},
        shot | {"start": cut_s, "size": "wide"},
    ]
    fields["transitions"][0] |= {"type": "crossfade", "duration": 0.5}


def turn_back(fields: Fields) -> None:
    """Let somebody walk to the right, then to the left, in one place."""
    shots = next(clip["shots"] for clip in fields["clip_scripts"] if len(clip["shots"]) > 1)
    for shot, way in zip(shots, ("left to right", "right to left"), strict=False):
        shot |= {"action": "walk", "characters": ["protagonist"], "direction": way}


def strobe(fields: Fields) -> None:
    """Let a clip flash four times in the second around a cut inside it."""
    shots = next(clip["shots"] for clip in fields["clip_scripts"] if len(clip["shots"]) > 1)
    cut_s = shots[0]["end"]
    flash = {"kind": "flash", "strength": 1.0}
    shots[0]["accents"] = [flash | {"time": cut_s - gap_s} for gap_s in (0.4, 0.2)]
    shots[1]["accents"] = [flash | {"time": cut_s + gap_s} for gap_s in (0.2, 0.4)]


BROKEN: dict[str, Callable[[Fields], None]] = {
    "coverage": end_early,
    "boundaries": lambda fields: move_edge(fields, 1, fields["clip_scripts"][1]["start"] + 0.123),
    "cuts_on_beats": lambda fields: split_shot(fields, at=0.51),
    "shot_lengths": lambda fields: split_shot(fields, at=0.02),
    "continuity": repeat_size,
    "screen_direction": turn_back,
    "handles": crossfade_over_short_shot,
    "flashes": strobe,
}


def failed(plan: Plan) -> set[str]:
    return {check.name for check in check_plan(plan, SONG) if not check.passed}


def test_a_sound_plan_passes_all_checks() -> None:
    checks = check_plan(plan_video(make_brief(), SONG), SONG)
    assert {check.name for check in checks} == set(BROKEN)
    assert all(check.passed and check.found == "no fault" for check in checks)


@pytest.mark.parametrize("name", BROKEN)
def test_each_check_fires_on_its_fault(name: str) -> None:
    assert name in failed(broken(BROKEN[name]))


def test_a_missing_clip_is_no_coverage() -> None:
    assert "coverage" in failed(broken(forget_a_clip))


def test_an_edge_may_move_by_two_seconds_onto_a_beat_only() -> None:
    start_s = SONG.clip_boundaries[1].start
    near = next(s for s in SONG.beat_timestamps if 1.0 < s - start_s < 2.0)
    far = next(s for s in SONG.beat_timestamps if 2.0 < s - start_s < 3.0)
    assert "boundaries" not in failed(broken(lambda fields: move_edge(fields, 1, near)))
    assert "boundaries" in failed(broken(lambda fields: move_edge(fields, 1, far)))


def test_an_unknown_rule_is_caught_where_the_known_ones_are_given() -> None:
    plan = plan_video(make_brief(), SONG)
    (check,) = (c for c in check_plan(plan, SONG, known_rules=KNOWN) if c.name == "rules_known")
    assert not check.passed
    assert "is not known" in check.found


def test_an_unsound_plan_is_refused_with_every_fault_named() -> None:
    """The message tells which check, what was found and what was expected."""
    plan = broken(repeat_size)
    with pytest.raises(GenerationFailed) as refusal:
        require_sound_plan(plan, SONG)
    assert refusal.value.reason == "UNSOUND_PLAN"
    assert "continuity: found two" in refusal.value.message
    assert "expected neighbouring shots that differ in size" in refusal.value.message
