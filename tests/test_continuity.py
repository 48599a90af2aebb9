"""A shot that goes on across the edge of two clips: planned, filmed and joined as one take."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvkit.clips import Shoot
from mvkit.clips.call_sheet import call_sheet
from mvkit.director import check_plan, plan_video
from mvkit.director.shots import LONGEST_TAKE_S
from mvkit.errors import ProviderFailed
from mvkit.footage import FootageWriter, read_frames
from mvkit.prompts import write_prompts
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.providers.studio import StudioCamera
from mvkit.run import Run
from mvkit.schema import Analysis, Brief, Caption, ClipScript, Plan, References, Transition
from mvkit.timing import FPS
from mvkit.video.timeline import planned_changes

from .steady_songs import Form, make_brief, steady_song
from .test_clips import FakeCamera, film, raising, record_of, run

__all__ = ["run"]

LOUD: Form = (("verse", "high", 8), ("chorus", "high", 16), ("verse", "high", 8))
QUIET: Form = (("intro", "low", 8), ("verse", "low", 24), ("outro", "low", 8))
EUPHORIC = "A crowd dances wildly in front of a stage, euphoric and loud, all night long."
SEEDS = range(6)


def held(plan: Plan, **changes: object) -> Plan:
    """Return a plan whose second clip goes on in the first one's last shot, but for changes."""
    first, second, *others = plan.clip_scripts
    looks = first.shots[-1].model_dump(include={"size", "angle", "move", "action", "characters"})
    shot = second.shots[0].model_copy(update=looks | changes)
    second = ClipScript.model_validate(
        {
            **dict(second),
            "scenes": first.scenes,
            "characters": first.characters,
            "grade": first.grade,
            "shots": (shot, *second.shots[1:]),
            "continues": True,
        }
    )
    cut = plan.transitions[0].model_copy(update={"type": "cut", "duration": 0.0})
    return Plan.model_validate(
        {
            **dict(plan),
            "clip_scripts": (first, second, *others),
            "transitions": (cut, *plan.transitions[1:]),
        }
    )


@pytest.fixture
def long_take(run: Run) -> Run:
    """A run whose second clip goes on in the shot of the first."""
    plan = held(run.read(Plan))
    run.write(plan)
    run.write(write_prompts(run.brief, plan, run.read(References)))
    return run


class ShadedCamera(FakeCamera):
    """Films every frame in a shade that tells its number, and can go on from a picture."""

    goes_on = True

    def __init__(self) -> None:
        super().__init__(final_form=False)
        self.began_with: dict[int, Path | None] = {}

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        self.began_with[request.script.clip_index] = request.keyframe
        return super().film(request, target)

    def _write(self, request: ClipRequest, target: Path) -> None:
        size = {"width_px": request.width_px, "height_px": request.height_px}
        with FootageWriter(target, **size, handover_frames=request.handover_frames) as writer:
            for frame in request.frames:
                picture = np.full((request.height_px * 3 // 2, request.width_px), 128, np.uint8)
                picture[: request.height_px] = shade(frame)
                writer.write(picture)


def shade(frame: int) -> int:
    """Return a luma that grows with the frame's number."""
    return 40 + 2 * (frame % 90)


def identities(brief: Brief, song: Analysis, plan: Plan, references: References) -> list[str]:
    """Return what each clip of a plan is filmed under."""
    prompts = write_prompts(brief, plan, references)
    sheet = call_sheet(
        Path(), brief=brief, analysis=song, plan=plan, references=references, prompts=prompts
    )
    return [request.identity for request in sheet]


# What a plan may say


def test_a_shot_that_goes_on_is_one_shot_of_the_film(run: Run) -> None:
    plan = held(run.read(Plan))
    first, second, *_ = plan.clip_scripts
    assert plan.goes_on(1)
    whole = plan.whole_shots()
    n_shots = sum(len(script.shots) for script in plan.clip_scripts)
    assert len(whole) == n_shots - 1
    (shot,) = (each for each in whole if each.start < second.start < each.end)
    assert (shot.start, shot.end) == (first.shots[-1].start, second.shots[0].end)


@pytest.mark.parametrize("change", ["size", "place", "transition", "take", "not meant"])
def test_whatever_is_seen_at_the_edge_ends_the_shot(run: Run, change: str) -> None:
    plan = run.read(Plan)
    size = "close" if plan.clip_scripts[0].shots[-1].size != "close" else "wide"
    plan = held(plan, **({"size": size} if change == "size" else {}))
    first, second, *others = plan.clip_scripts
    fade: tuple[Transition, ...] = plan.transitions
    if change == "place":
        other = next(scene.id for scene in plan.scenes if scene.id not in first.scenes)
        second = second.model_copy(update={"scenes": (other,)})
    if change == "take":
        second = second.model_copy(update={"take": 2})
    if change == "not meant":
        second = second.model_copy(update={"continues": False})
    if change == "transition":
        fade = (fade[0].model_copy(update={"type": "crossfade", "duration": 0.2}), *fade[1:])
    changed = {"clip_scripts": (first, second, *others), "transitions": fade}
    assert not plan.model_copy(update=changed).goes_on(1)


def test_quiet_songs_hold_some_shots_across_clips() -> None:
    song = steady_song(72.0, form=QUIET)
    plans = [plan_video(make_brief(seed=seed), song) for seed in SEEDS]
    kept = [(plan, s) for plan in plans for s in plan.clip_scripts if s.continues]
    assert kept
    for plan, script in kept:
        assert plan.goes_on(script.clip_index)
        assert "shot_goes_on" in plan.transitions[script.clip_index - 1].rules
    for plan in plans:
        assert all(check.passed for check in check_plan(plan, song))
        edges_s = {script.start for script in plan.clip_scripts}
        across = [s for s in plan.whole_shots() if any(s.start < t < s.end for t in edges_s)]
        assert all(shot.length_s <= LONGEST_TAKE_S for shot in across)


def test_loud_songs_cut_at_every_clip() -> None:
    song = steady_song(form=LOUD)
    for seed in SEEDS:
        plan = plan_video(make_brief(EUPHORIC, seed=seed), song)
        assert not any(script.continues for script in plan.clip_scripts)


def test_the_film_does_not_change_where_a_shot_goes_on(run: Run) -> None:
    plan = held(run.read(Plan))
    assert 1 not in {c.clip_index for c in planned_changes(plan) if c.kind != "shot"}
    assert 2 in {c.clip_index for c in planned_changes(plan) if c.kind != "shot"}


def test_clips_of_one_shot_share_their_seed(long_take: Run) -> None:
    plan, references = long_take.read(Plan), long_take.read(References)
    first, second, *_ = write_prompts(long_take.brief, plan, references).clip_prompts
    assert first.seed == second.seed


@pytest.mark.parametrize("seed", range(12))
def test_a_change_in_a_clip_films_no_other(seed: int) -> None:
    """Whether a shot still goes on into a clip is nothing that its footage is filmed anew for."""
    song = steady_song(72.0, form=QUIET)
    brief = make_brief(seed=seed)
    plan = plan_video(brief, song)
    none = References.none(plan.job_id)
    for index in [script.clip_index - 1 for script in plan.clip_scripts if script.continues]:
        shot = plan.clip_scripts[index].shots[-1]
        script = plan.clip_scripts[index].model_copy(
            update={
                "take": 2,
                "shots": (
                    *plan.clip_scripts[index].shots[:-1],
                    shot.model_copy(update={"angle": "high" if shot.angle == "low" else "low"}),
                ),
            }
        )
        scripts = [script if s.clip_index == index else s for s in plan.clip_scripts]
        changed = plan.model_copy(update={"clip_scripts": tuple(scripts)})
        before, after = (identities(brief, song, each, none) for each in (plan, changed))
        assert [
            n for n, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) > 1
        ] == [index]


# How it is filmed


def test_a_model_goes_on_from_the_last_picture_of_the_clip_before(long_take: Run) -> None:
    camera = ShadedCamera()
    clips = film(long_take, camera).clips
    assert clips[1].keyframe_url == "clips/001.last.png"
    assert camera.began_with[1] == long_take.folder / clips[1].keyframe_url
    assert clips[1].notes == ()
    with Image.open(long_take.folder / clips[1].keyframe_url) as picture:
        seen = np.asarray(picture.convert("RGB")).mean()
    last_of_first = list(read_frames(long_take.folder / clips[0].video_url))[-1]
    expected = (float(last_of_first[:180].mean()) - 16) * 255 / 219
    assert seen == pytest.approx(expected, abs=2.5)


def test_a_model_is_not_shown_what_is_written_over_the_clip_before(long_take: Run) -> None:
    """It would film the words."""
    plan = long_take.read(Plan)
    words = Caption(kind="title", text="HERE", start=0.0, end=plan.clip_scripts[-1].end)
    long_take.write(plan.model_copy(update={"captions": (words,)}))
    clips = film(long_take, ShadedCamera()).clips
    *_, last = read_frames(long_take.folder / clips[0].video_url)
    assert np.ptp(last[:180]) > 50
    with Image.open(long_take.folder / clips[1].keyframe_url) as picture:
        assert np.ptp(np.asarray(picture.convert("L"))) < 4
    assert not [*(long_take.folder / "clips").glob("*bare*")]


def test_two_clips_that_another_model_films_go_on_as_well(long_take: Run) -> None:
    """What counts is that one model films both, not that it is the chosen one."""
    gone = ProviderFailed("no such model", retryable=False)
    chosen = raising(raising(FakeCamera(), gone, at=0), gone, at=1)
    shoot = Shoot.of(long_take, chosen, fallback=ShadedCamera())
    assert [list(indices) for indices in shoot.in_turn()] == [[0, 1], [2]]
    shoot.film(0)
    clip = shoot.film(1)
    assert (clip.keyframe_url, clip.notes) == ("clips/001.last.png", ())


def test_cameras_that_cannot_go_on_are_given_cuts() -> None:
    song = steady_song(72.0, form=QUIET)
    for seed in SEEDS:
        plan = plan_video(make_brief(seed=seed), song, long_takes=False)
        assert not any(script.continues for script in plan.clip_scripts)


def test_a_model_that_cannot_go_on_starts_as_ever(long_take: Run) -> None:
    clips = film(long_take, FakeCamera()).clips
    assert (clips[1].keyframe_url, clips[1].notes) == ("", ())


def test_a_clip_does_not_go_on_from_one_that_is_missing(long_take: Run) -> None:
    gone = ProviderFailed("no such model", retryable=False)
    camera = raising(ShadedCamera(), gone, at=0)
    shoot = Shoot.of(long_take, camera)
    assert shoot.film(0).status == "failed"
    clip = shoot.film(1)
    assert clip.status == "success"
    assert clip.notes == ("The clip that it goes on from is missing.",)


def test_a_clip_does_not_go_on_from_what_another_filmed(long_take: Run) -> None:
    camera = raising(ShadedCamera(), ProviderFailed("no", retryable=False), at=0)
    shoot = Shoot.of(long_take, camera, stand_in=FakeCamera())
    assert shoot.film(0).error
    assert shoot.film(1).notes == ("Another model filmed the clip it goes on from.",)


def test_clips_of_one_shot_are_filmed_in_turn(long_take: Run) -> None:
    camera = ShadedCamera()
    assert Shoot.of(long_take, camera).slates.long_takes() == (range(2), range(2, 3))
    film(long_take, camera, at_once=5)
    assert camera.most_at_once <= 2
    assert record_of(long_take, 1).status == "success"


def test_the_studio_goes_on_where_the_clip_before_ended(long_take: Run) -> None:
    """The edge of the two clips is no farther apart than two frames inside one of them."""
    shoot = Shoot.of(long_take, StudioCamera(height_px=144))
    pictures = [
        picture[:180].astype(float)
        for index in range(2)
        for picture in read_frames(long_take.folder / shoot.film(index).video_url)
    ]
    steps = [np.abs(b - a).mean() for a, b in pairwise(pictures)]
    edge = long_take.read(Plan).clip_scripts[1].start * FPS
    assert steps[round(edge) - 1] < 2.5 * np.median(steps)
