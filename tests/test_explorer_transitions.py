"""The gallery of transitions: its pictures, its courses, and what asks for each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import nbformat
import numpy as np
import pytest

from mvkit.director import load_knowledge
from mvkit.director.transitions import USUAL_S
from mvkit.errors import InvalidInput, NotFound
from mvkit.explorer import transitions as gallery
from mvkit.explorer.transitions import Pair, courses_of, find_pair, reasons_of, strips_of
from mvkit.figures import Figure
from mvkit.figures.transitions import Course
from mvkit.run import Run
from mvkit.schema import Plan
from mvkit.schema.plan import TransitionType

from .conftest import ROOT
from .film_makers import make_brief, make_clips, make_plan, read_stamp, stamped, write_clips
from .song_makers import noise, written

KINDS = get_args(TransitionType)
PLAN = make_plan([0.0, 1.0, 2.5, 4.0], [("cut", 0.0), ("whip", 0.4)])


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair(stamped(1, 3), stamped(2, 4), "Blocks give way to blocks")


@pytest.fixture(scope="module")
def courses(pair: Pair) -> dict[str, Course]:
    return courses_of(pair)


@pytest.fixture
def small_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint worlds no larger than they are shown."""
    monkeypatch.setattr(gallery, "PAINTED_PX", (240, 136))


def filmed(tmp_path: Path, plan: Plan = PLAN, **changes: Any) -> str:
    """Return the folder of a run whose clips are filmed."""
    run = Run.create(make_brief(), song=written(noise(1.0), tmp_path / "song.wav"))
    for stage in (plan, make_clips(plan, **changes)):
        (run.folder / stage.file_name()).write_text(stage.to_json())
    write_clips(run.folder, plan)
    return str(run.folder)


# --- The two pictures -------------------------------------------------------------------------


def test_two_worlds_are_painted_where_there_is_no_run(small_paint: None) -> None:
    painted = find_pair(going="ocean_moon", coming="ink_wash")
    assert painted.title == "Ocean moon gives way to ink wash"
    assert painted.going.shape == painted.coming.shape == (204, 240)
    assert (painted.going != painted.coming).mean() > 0.5


def test_a_world_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match=r"no world 'atlantis'; it has .*underwater"):
        find_pair(going="atlantis")


def test_the_last_picture_of_a_clip_meets_the_first_of_the_next(tmp_path: Path) -> None:
    """As small as painted ones; the title tells how they meet in the film."""
    met = find_pair(filmed(tmp_path), clip=2)
    last_frame = len(PLAN.filmed_frames(1)) - 1
    assert (read_stamp(met.going), read_stamp(met.coming)) == ((1, last_frame), (2, 0))
    assert met.going.shape == (204, 240)
    assert met.title == "Clip 2 gives way to clip 3 (in the film: whip)"


@pytest.mark.parametrize(("places", "leaves"), [("aab", 1), ("aba", 0), ("aaa", 0)])
def test_the_first_clip_that_leaves_its_place_is_shown(
    tmp_path: Path, places: str, leaves: int
) -> None:
    """Or the first of all, where none does."""
    fields = PLAN.model_dump()
    fields["scenes"] = [fields["scenes"][0] | {"id": place} for place in sorted(set(places))]
    for script, place in zip(fields["clip_scripts"], places, strict=True):
        script["scenes"] = [place]
    met = find_pair(filmed(tmp_path, Plan.model_validate(fields)))
    assert read_stamp(met.going)[0] == leaves


@pytest.mark.parametrize("clip", [2, 3, 9, -1])
def test_clips_that_are_not_there_are_told(tmp_path: Path, clip: int) -> None:
    """The third failed, and is the last."""
    with pytest.raises(NotFound, match=f"no clips {clip} and {clip + 1} to go between"):
        find_pair(filmed(tmp_path, failed={2}), clip=clip)


# --- Pictures and courses ---------------------------------------------------------------------


def test_every_kind_goes_from_one_picture_to_the_other(pair: Pair) -> None:
    strips = strips_of(pair, {kind: [f"why {kind}", "else"] for kind in KINDS})
    assert tuple(strips) == KINDS
    first, last = strips["cut"].pictures[0], strips["cut"].pictures[-1]
    assert (first != last).any()
    for kind, strip in strips.items():
        assert len(strip.pictures) % 2 == 1
        assert (strip.pictures[0] == first).all()
        assert (strip.pictures[-1] == last).all()
        assert (strip.length_s, strip.why) == (USUAL_S[kind], f"why {kind}")


def test_pictures_have_the_colours_of_the_film() -> None:
    """Those of bt709, which the film is written in; a red of bt601 would be another one."""
    red = np.full((48, 32), 63, np.uint8)
    red[32:40], red[40:] = 102, 240
    shown = strips_of(Pair(red, red, ""), dict.fromkeys(KINDS, ()))["cut"].pictures[0]
    assert np.abs(shown[8, 8].astype(int) - (255, 0, 0)).max() <= 2


def test_a_course_tells_how_much_of_either_picture_is_seen(courses: dict[str, Course]) -> None:
    """Half and half in the middle of a crossfade, nothing of both on a fade's beat."""
    assert tuple(courses) == KINDS
    for course in courses.values():
        ends = [(course.going[n], course.coming[n]) for n in (0, -1)]
        assert ends == [(pytest.approx(1, abs=0.02), 0), (0, pytest.approx(1, abs=0.02))]
        assert (np.diff(course.times_s) >= 0).all()
        assert (course.going + course.coming <= 1.03).all()
    middle = len(courses["fade"].times_s) // 2
    on_beat = {kind: (c.going[middle], c.coming[middle]) for kind, c in courses.items()}
    for kind in ("crossfade", "wipe", "push", "luma dissolve"):
        assert on_beat[kind] == pytest.approx((0.5, 0.5), abs=0.06), kind
    for kind in ("fade", "fade white"):
        assert on_beat[kind] == pytest.approx((0, 0), abs=0.02)
    assert (courses["fade"].light[middle], courses["fade white"].light[middle]) == (0, 1)
    assert on_beat["cut"] == on_beat["zoom"] == (0, pytest.approx(1, abs=0.02))


def test_a_course_lasts_as_long_as_its_transition(courses: dict[str, Course]) -> None:
    for kind, course in courses.items():
        assert course.times_s[1:-1].min() == pytest.approx(-USUAL_S[kind] / 2)
        assert course.times_s[1:-1].max() == pytest.approx(USUAL_S[kind] / 2)


# --- Reasons ----------------------------------------------------------------------------------


def test_what_asks_for_a_kind_before_any_other_comes_first() -> None:
    """After what always holds; advice that only makes a kind unlikelier is left out."""
    knowledge = load_knowledge()
    advice, reasons = knowledge.advice, reasons_of(knowledge)
    assert tuple(reasons) == KINDS
    assert all(reasons.values())
    assert reasons["cut"][0] == advice["cut_by_default"]
    assert reasons["push"] == [advice["phrase_pushes_on"], advice["dance_spins_on"]]
    assert advice["loud_never_fades"] not in reasons["fade"]


def test_a_kind_that_no_rule_asks_for_has_no_reason(pair: Pair) -> None:
    """And is shown all the same."""
    reasons = reasons_of(load_knowledge().without({"old_film_burns"}))
    assert reasons["film burn"] == []
    assert strips_of(pair, reasons)["film burn"].why == ""


# --- The notebook -----------------------------------------------------------------------------


@pytest.mark.parametrize("of_a_run", [False, True])
def test_the_notebook_shows_its_figures_with_and_without_a_run(
    tmp_path: Path, small_paint: None, of_a_run: bool
) -> None:
    names: dict[str, Any] = {}
    shown = []
    notebook = nbformat.read(ROOT / "notebooks" / "explore_transitions.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            *lines, last = cell.source.splitlines()
            exec("\n".join(lines), names)
            if last.startswith("figures."):
                shown.append(eval(last, names))
            else:
                exec(last, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names["run_dir"] = filmed(tmp_path) if of_a_run else ""
    assert [type(figure) for figure in shown] == [Figure] * 3
    assert ("in this film" in shown[-1].data[0].header["values"]) == of_a_run
