"""Clips are filmed once each, in parallel, tried again, kept, and brought into final form."""

from __future__ import annotations

import errno
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import av
import numpy as np
import pytest

from mvkit import ledger
from mvkit.clips import Shoot, film_clips
from mvkit.clips.call_sheet import call_sheet
from mvkit.errors import (
    BudgetExceeded,
    Cancelled,
    GenerationFailed,
    InvalidInput,
    MvkitError,
    ProviderFailed,
)
from mvkit.footage import LEAD_FRAMES, FootageWriter, is_final_form, n_frames_in, read_frames
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.run import Run, draft_brief
from mvkit.schema import (
    FRAME_SIZES_PX,
    Analysis,
    Artefact,
    Caption,
    Clip,
    Clips,
    Plan,
    Prompts,
    References,
)
from mvkit.timing import frame_at

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


class FakeCamera:
    """Films grey footage; fails as it is told to."""

    name = "fake"
    parallel = 4
    wants_keyframe = False
    goes_on = False
    delivered_s = 3.0
    """Length of what is not in final form."""

    def __init__(self, *, final_form: bool = True, failures: dict[int, int] | None = None) -> None:
        self.films_final_form = final_form
        self.calls: Counter[int] = Counter()
        self.identities: dict[int, str] = {}
        self._failures = failures or {}
        self._lock = threading.Lock()
        self._working = 0
        self.most_at_once = 0

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        index = request.script.clip_index
        with self._lock:
            self.calls[index] += 1
            self.identities[index] = request.identity
            self._working += 1
            self.most_at_once = max(self.most_at_once, self._working)
        try:
            if self.calls[index] <= self._failures.get(index, 0):
                raise ProviderFailed(f"clip {index} did not come out")
            self._write(request, target)
        finally:
            with self._lock:
                self._working -= 1
        return Delivery(model="fake:1", cost_usd=Decimal("0.06"), provider_id=f"p{index}")

    def _write(self, request: ClipRequest, target: Path) -> None:
        if self.films_final_form:
            picture = np.full((90 * 3 // 2, 160), 128, np.uint8)
            size = {"width_px": request.width_px, "height_px": request.height_px}
            captions = {"captions": request.captions, "first_frame": request.frames.start}
            with FootageWriter(
                target, **size, handover_frames=request.handover_frames, **captions
            ) as writer:
                for _ in request.frames:
                    writer.write(picture)
            return
        with av.open(str(target), "w") as file:  # small, at 24 fps
            stream = file.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
            for shade in range(round(24 * self.delivered_s)):
                frame = av.VideoFrame.from_ndarray(
                    np.full((135, 160), 60 + shade, np.uint8), "yuv420p"
                )
                file.mux(stream.encode(frame))
            file.mux(stream.encode())


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that is ready to be filmed: a short plan, one second a clip."""
    monkeypatch.setattr("mvkit.providers.base.patience.BACKOFF_S", (0.0, 0.0, 0.0))
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (320, 180))
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    for stage in ("analysis", "plan", "references", "prompts"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    return run


def film(
    run: Run, camera: FakeCamera, *, at_once: int = 5, missing: Literal["film", "fail"] = "film"
) -> Clips:
    return film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=run.read(References),
        prompts=run.read(Prompts),
        model=camera,
        at_once=at_once,
        missing=missing,
    )


def record_of(run: Run, index: int) -> Clip:
    return Clip.model_validate_json((run.folder / f"clips/{index:03d}.json").read_bytes())


def files_of(run: Run) -> list[str]:
    return sorted(path.name for path in (run.folder / "clips").iterdir())


def raising(camera: FakeCamera, error: Exception, *, at: int) -> FakeCamera:
    """Have a camera raise something at one clip, each time."""
    film_well = camera.film

    def film_or_raise(request: ClipRequest, target: Path) -> Delivery:
        if request.script.clip_index == at:
            camera.calls[at] += 1
            raise error
        return film_well(request, target)

    camera.film = film_or_raise  # type: ignore[method-assign]
    return camera


def test_every_clip_is_filmed_once_with_the_frames_the_plan_wants(run: Run) -> None:
    camera = FakeCamera()
    clips = film(run, camera)
    assert camera.calls == {0: 1, 1: 1, 2: 1}
    plan = run.read(Plan)
    for clip in clips.clips:
        frames = plan.filmed_frames(clip.clip_index)
        path = run.folder / clip.video_url
        assert (clip.first_frame, clip.n_frames) == (frames.start, len(frames))
        assert is_final_form(path, n_frames=len(frames), width_px=320, height_px=180)
    assert clips.total_cost == pytest.approx(0.18)


def test_finished_clips_are_kept_and_only_missing_ones_filmed(run: Run) -> None:
    film(run, FakeCamera())
    (run.folder / "clips" / "001.json").unlink()
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls == {1: 1}


def test_a_changed_shot_films_only_its_clip(run: Run) -> None:
    film(run, FakeCamera())
    plan = run.read(Plan)
    script = plan.clip_scripts[2].model_copy(update={"motion": "a long crane up"})
    run.write(plan.model_copy(update={"clip_scripts": (*plan.clip_scripts[:2], script)}))
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls == {2: 1}


def test_other_words_over_a_clip_film_it_anew_under_the_same_identity(run: Run) -> None:
    """A clip is bought by its identity: words over it are no reason to pay again."""
    before = FakeCamera()
    film(run, before)
    plan = run.read(Plan)
    second = plan.clip_scripts[1]
    words = Caption(kind="lyrics", text="here", start=second.start + 0.3, end=second.end - 0.3)
    run.write(plan.model_copy(update={"captions": (words,)}))
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls == {1: 1}
    assert camera.identities[1] == before.identities[1]
    film(run, camera)
    assert camera.calls == {1: 1}


@pytest.mark.parametrize("change", [{"quality": "high"}, {"framing": "pad"}])
def test_how_a_clip_is_finished_is_no_reason_to_buy_it_again(
    run: Run, change: dict[str, str]
) -> None:
    common = {"analysis": run.read(Analysis), "plan": run.read(Plan)}
    common |= {"references": run.read(References), "prompts": run.read(Prompts)}
    changed = run.brief.model_copy(update=change)
    usual, other = (
        call_sheet(run.folder, brief=brief, **common)  # type: ignore[arg-type]
        for brief in (run.brief, changed)
    )
    assert [request.identity for request in usual] == [request.identity for request in other]
    assert not {request.made_from for request in usual} & {request.made_from for request in other}


@pytest.mark.parametrize("final_form", [True, False])
def test_captions_are_on_the_clips_they_fall_in(run: Run, final_form: bool) -> None:
    plan = run.read(Plan)
    first = plan.clip_scripts[0]
    words = Caption(kind="title", text="HERE", start=first.start, end=first.end - 0.3)
    run.write(plan.model_copy(update={"captions": (words,)}))
    camera = FakeCamera(final_form=final_form)
    clips = film(run, camera).clips
    brightest = [
        max(int(picture[:180].max()) for picture in read_frames(run.folder / clip.video_url))
        for clip in clips
    ]
    assert brightest[0] > 220
    assert max(brightest[1:]) < 200


def test_a_failure_is_tried_again_and_counted(run: Run) -> None:
    clips = film(run, FakeCamera(failures={1: 2}))
    assert [clip.retry_count for clip in clips.clips] == [0, 2, 0]
    assert clips.successful_clips == 3


def test_too_few_clips_stop_the_film_and_keep_the_rest(run: Run) -> None:
    with pytest.raises(GenerationFailed, match=r"2 of 3 clips.*clip 1 did not come out"):
        film(run, FakeCamera(failures={1: 3}))
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls == {1: 1}


def test_a_refusal_is_not_tried_again(run: Run) -> None:
    camera = raising(FakeCamera(), InvalidInput("the prompt was refused"), at=1)
    with pytest.raises(GenerationFailed, match="refused"):
        film(run, camera)
    assert camera.calls[1] == 1


def test_a_failed_clip_leaves_a_record_that_says_why(run: Run) -> None:
    with pytest.raises(GenerationFailed):
        film(run, FakeCamera(failures={1: 3}))
    failed = record_of(run, 1)
    assert (failed.status, failed.error) == ("failed", "clip 1 did not come out")
    assert failed.made_from
    pairs = [f"{slate}.{ending}" for slate in ("000", "002") for ending in ("jpg", "json", "mp4")]
    assert files_of(run) == sorted([*pairs, "001.json"])


def test_the_model_is_told_the_identity_that_the_record_keeps(run: Run) -> None:
    camera = FakeCamera()
    film(run, camera)
    assert camera.identities == {index: record_of(run, index).made_from for index in range(3)}
    assert len(set(camera.identities.values())) == 3


def test_foreign_clips_are_brought_into_final_form(run: Run) -> None:
    clips = film(run, FakeCamera(final_form=False))
    assert [clip.fit for clip in clips.clips] == ["looped", "looped", "looped"]
    assert clips.clips[0].actual_duration == pytest.approx(3.0, abs=0.05)
    for clip in clips.clips:
        assert n_frames_in(run.folder / clip.video_url) == clip.n_frames


def test_no_more_clips_at_once_than_the_model_allows(run: Run) -> None:
    camera = FakeCamera()
    camera.parallel = 1
    film(run, camera)
    assert camera.most_at_once == 1


def test_the_ledger_adds_up_what_the_clips_cost(run: Run) -> None:
    clips = run.write(film(run, FakeCamera()))
    assert ledger.book(run, clips) == (0.18, 0.18)
    assert ledger.total_usd(run) == Decimal("0.18")


def test_what_is_kept_is_booked_once_however_often_it_is_gathered(run: Run) -> None:
    ledger.book(run, film(run, FakeCamera()))
    with (run.folder / "ledger.jsonl").open("a") as rows:
        rows.write('{"cut off by a cra')
    assert ledger.book(run, film(run, FakeCamera())) == (0.18, 0.18)


def test_another_picture_of_a_place_films_only_the_clips_in_it(run: Run) -> None:
    film(run, FakeCamera())
    references = run.read(References)
    street, stage = references.scene_references
    other = stage.model_copy(update={"sha256": "f" * 64})
    run.write(references.model_copy(update={"scene_references": (street, other)}))
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls == {2: 1}


def test_a_shoot_films_clip_by_clip_what_may_be_gathered_later(run: Run) -> None:
    camera = FakeCamera()
    shoot = Shoot.of(run, camera)
    assert (shoot.n_clips, shoot.parallel) == (3, 4)
    clips = [shoot.film(index) for index in (2, 0, 1)]
    assert shoot.film(2) == clips[0]
    assert camera.calls == {0: 1, 1: 1, 2: 1}
    idle = FakeCamera()
    gathered = film(run, idle, missing="fail")
    assert set(gathered.clips) == set(clips)
    assert gathered.total_generation_time == pytest.approx(
        sum(clip.generation_time for clip in clips), abs=0.001
    )
    assert not idle.calls


@pytest.mark.parametrize("index", [-1, 3])
def test_a_clip_that_the_film_does_not_have_is_refused(run: Run, index: int) -> None:
    with pytest.raises(InvalidInput, match="clips 0 to 2"):
        Shoot.of(run, FakeCamera()).film(index)


@pytest.fixture
def two_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mvkit.clips.filming.MIN_CLIPS", 2)


@pytest.mark.usefixtures("two_are_enough")
def test_what_is_missing_when_gathering_has_failed_for_the_reason_told(run: Run) -> None:
    film(run, FakeCamera(failures={1: 3}))
    camera = FakeCamera()
    clips = film(run, camera, missing="fail")
    assert [clip.status for clip in clips.clips] == ["success", "failed", "success"]
    assert clips.clips[1].error == "clip 1 did not come out"
    assert (clips.successful_clips, clips.failed_clips) == (2, 1)
    assert not camera.calls


def lose_record(run: Run) -> None:
    (run.folder / "clips/001.json").unlink()


def lose_footage(run: Run) -> None:
    (run.folder / "clips/001.mp4").unlink()


def change_plan(run: Run) -> None:
    plan = run.read(Plan)
    script = plan.clip_scripts[1].model_copy(update={"motion": "a long crane up"})
    scripts = (plan.clip_scripts[0], script, plan.clip_scripts[2])
    run.write(plan.model_copy(update={"clip_scripts": scripts}))


@pytest.mark.usefixtures("two_are_enough")
@pytest.mark.parametrize("happens", [lose_record, lose_footage, change_plan])
def test_a_clip_that_is_not_as_wanted_counts_as_missing(
    run: Run, happens: Callable[[Run], None]
) -> None:
    film(run, FakeCamera())
    happens(run)
    assert film(run, FakeCamera(), missing="fail").clips[1].error == "Nobody filmed it."


def test_gathering_too_few_clips_fails(run: Run) -> None:
    with pytest.raises(GenerationFailed, match=r"Only 0 of 3 clips.*Nobody filmed it"):
        film(run, FakeCamera(), missing="fail")


STOPPERS = [BudgetExceeded("nothing is left", reason="LIMIT"), Cancelled("the user said so")]


@pytest.mark.parametrize("error", STOPPERS, ids=lambda error: error.code)
def test_what_stops_the_filming_is_raised_and_keeps_what_is_filmed(
    run: Run, error: MvkitError
) -> None:
    camera = raising(FakeCamera(), error, at=1)
    with pytest.raises(type(error), match=error.message):
        film(run, camera, at_once=1)
    assert camera.calls == {0: 1, 1: 1}
    assert files_of(run) == ["000.jpg", "000.json", "000.mp4"]


def test_a_clip_under_way_when_the_filming_stops_is_finished(run: Run) -> None:
    """The first clip is held until the second has stopped the filming."""
    camera, stopped = FakeCamera(), threading.Event()
    film_well = camera.film

    def film_slowly(request: ClipRequest, target: Path) -> Delivery:
        if request.script.clip_index == 1:
            stopped.set()
            raise BudgetExceeded("nothing is left")
        assert stopped.wait(10.0)
        return film_well(request, target)

    camera.film = film_slowly  # type: ignore[method-assign]
    with pytest.raises(BudgetExceeded):
        film(run, camera, at_once=2)
    assert record_of(run, 0).status == "success"
    assert "002.json" not in files_of(run)


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_filming_at_once(run: Run) -> None:
    camera = raising(FakeCamera(), FULL, at=1)
    with pytest.raises(GenerationFailed, match="disk is full: clip 1") as stopped:
        film(run, camera, at_once=1)
    assert (stopped.value.reason, stopped.value.retryable) == ("DISK_FULL", True)
    assert camera.calls == {0: 1, 1: 1}
    assert files_of(run) == ["000.jpg", "000.json", "000.mp4"]


@pytest.mark.parametrize("final_form", [True, False])
def test_a_disk_that_fills_up_under_the_encoder_leaves_nothing_half_written(
    run: Run, final_form: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that clip 1 is drafted in is a device that is always full."""
    camera = FakeCamera(final_form=final_form)
    film(run, camera)
    (run.folder / "clips/001.json").unlink()
    (run.folder / "clips/001.mp4").unlink()
    with monkeypatch.context() as patch:
        name = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex="full"))
        patch.setattr("mvkit.footage.writing.uuid", name)
        (run.folder / "clips/.001.mp4.full").symlink_to("/dev/full")
        with pytest.raises(GenerationFailed, match="disk is full: clip 1") as stopped:
            film(run, camera)
    assert stopped.value.reason == "DISK_FULL"
    assert camera.calls == {0: 1, 1: 2, 2: 1}
    assert not [name for name in files_of(run) if name in ("001.mp4", "001.json")]
    film(run, camera)  # there is room again
    assert camera.calls == {0: 1, 1: 3, 2: 1}


def test_a_disk_too_full_for_the_record_stops_the_filming(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _: str) -> None:
        raise FULL

    monkeypatch.setattr("mvkit.clips.slates.write_whole", refuse)
    with pytest.raises(GenerationFailed) as stopped:
        film(run, FakeCamera(), at_once=1)
    assert stopped.value.reason == "DISK_FULL"
    assert files_of(run) == ["000.jpg", "000.mp4"]


def test_another_error_of_the_system_is_not_mistaken_for_a_full_disk(run: Run) -> None:
    with pytest.raises(PermissionError):
        film(run, raising(FakeCamera(), PermissionError(errno.EACCES, "no"), at=0))


def test_footage_without_a_record_is_filmed_anew(run: Run) -> None:
    """A clip that was cut off may have left anything under its name."""
    (run.folder / "clips").mkdir()
    (run.folder / "clips/001.mp4").write_bytes(b"torn")
    camera = FakeCamera()
    film(run, camera)
    assert camera.calls[1] == 1
    assert n_frames_in(run.folder / "clips/001.mp4") == record_of(run, 1).n_frames


def test_what_was_delivered_stays_beside_the_clip_made_of_it(run: Run) -> None:
    film(run, FakeCamera(final_form=False))
    endings = ("jpg", "json", "mp4", "source.mp4")
    names = [f"{index:03d}.{ending}" for index in range(3) for ending in endings]
    assert files_of(run) == names


def test_a_clip_can_crash_before_it_is_begun_and_around_its_record(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        "mvkit.clips.shoot.crash_point", lambda name: seen.append((name, files_of(run)))
    )
    (run.folder / "clips").mkdir()
    shoot = Shoot.of(run, FakeCamera())
    shoot.film(1)
    shoot.film(1)
    assert seen == [
        ("clip.started", []),
        ("clip.filmed", ["001.jpg", "001.mp4"]),
        ("clip.recorded", ["001.jpg", "001.json", "001.mp4"]),
    ]


# When the model cannot make a clip


def named(camera: FakeCamera, name: str) -> FakeCamera:
    camera.name = name
    return camera


def shoot_with(
    run: Run, camera: FakeCamera, *, fallback: FakeCamera | None, stand_in: FakeCamera | None
) -> Shoot:
    return Shoot.of(run, camera, fallback=fallback, stand_in=stand_in)


def test_the_fallback_films_what_the_model_cannot_and_the_record_says_why(run: Run) -> None:
    camera = FakeCamera(failures={1: 3})
    fallback, stand_in = named(FakeCamera(), "second"), named(FakeCamera(), "third")
    shoot = shoot_with(run, camera, fallback=fallback, stand_in=stand_in)
    clips = [shoot.film(index) for index in range(3)]
    assert [clip.status for clip in clips] == ["success"] * 3
    assert [clip.error for clip in clips] == ["", "clip 1 did not come out", ""]
    assert (fallback.calls, stand_in.calls) == ({1: 1}, {})
    assert shoot.film(1) == clips[1]  # it counts as filmed


def test_the_stand_in_films_what_the_fallback_cannot_either(run: Run) -> None:
    fallback = named(FakeCamera(failures={0: 9}), "second")
    stand_in = named(FakeCamera(), "third")
    camera = FakeCamera(failures={0: 9})
    clip = shoot_with(run, camera, fallback=fallback, stand_in=stand_in).film(0)
    assert (camera.calls[0], fallback.calls[0], stand_in.calls[0]) == (3, 3, 1)
    assert clip.status == "success"
    assert clip.error == "clip 0 did not come out second failed too: clip 0 did not come out"


def test_a_clip_that_nobody_can_make_says_what_each_of_them_said(run: Run) -> None:
    refused = InvalidInput("the prompt was refused.")
    second = raising(named(FakeCamera(), "second"), ProviderFailed("too busy."), at=0)
    clip = shoot_with(
        run, raising(FakeCamera(), refused, at=0), fallback=second, stand_in=None
    ).film(0)
    assert (clip.status, clip.model) == ("failed", "fake")
    assert clip.error == "the prompt was refused. second failed too: too busy."


def test_what_is_asked_of_the_fallback_has_an_identity_of_its_own(run: Run) -> None:
    """What was ordered from one model must not be collected from another."""
    camera, fallback = FakeCamera(failures={0: 3}), named(FakeCamera(), "second")
    clip = shoot_with(run, camera, fallback=fallback, stand_in=None).film(0)
    assert clip.made_from == camera.identities[0] != fallback.identities[0]


def test_a_lost_order_is_not_repeated_but_goes_to_the_fallback(run: Run) -> None:
    lost = ProviderFailed("nobody knows", reason="LOST_ORDER", retryable=False)
    camera, fallback = raising(FakeCamera(), lost, at=0), named(FakeCamera(), "second")
    clip = shoot_with(run, camera, fallback=fallback, stand_in=None).film(0)
    assert (camera.calls[0], fallback.calls[0]) == (1, 1)
    assert clip.error == "nobody knows"


@pytest.mark.parametrize("error", STOPPERS, ids=lambda error: error.code)
def test_what_stops_the_filming_is_not_passed_on_to_the_fallback(
    run: Run, error: MvkitError
) -> None:
    fallback = named(FakeCamera(), "second")
    with pytest.raises(type(error)):
        shoot_with(run, raising(FakeCamera(), error, at=0), fallback=fallback, stand_in=None).film(
            0
        )
    assert not fallback.calls


def test_a_fallback_beyond_the_budget_leaves_the_clip_to_the_stand_in(run: Run) -> None:
    fallback = raising(named(FakeCamera(), "second"), BudgetExceeded("too dear"), at=0)
    clip = shoot_with(
        run, FakeCamera(failures={0: 3}), fallback=fallback, stand_in=FakeCamera()
    ).film(0)
    assert clip.status == "success"
    assert "second failed too: too dear" in clip.error


@pytest.mark.parametrize(
    ("delivered_s", "told"),
    [(1.0, "Only 1.0 s of 4.0 s"), (2.5, ""), (4.0, ""), (5.9, ""), (7.0, "Of 7.0 s")],
)
def test_a_length_far_from_what_was_wanted_is_fitted_and_told(
    run: Run, delivered_s: float, told: str
) -> None:
    camera = FakeCamera(final_form=False)
    camera.delivered_s = delivered_s
    shoot = Shoot.of(run, camera)
    wanted = replace(shoot.slates.request(0), frames=range(120), handover_frames=())
    shoot.slates.requests = (wanted, *shoot.slates.requests[1:])
    clip = shoot.film(0)
    assert clip.duration_diff == pytest.approx(delivered_s - 4.0, abs=0.05)
    assert n_frames_in(run.folder / clip.video_url) == 120
    assert [told in note for note in clip.notes] == [True] * bool(told)


def test_footage_can_be_entered_at_each_change_and_a_little_before(run: Run) -> None:
    """Who verifies the film's changes of picture need not decode half a clip for each."""
    plan = run.read(Plan)
    requests = Shoot.of(run, FakeCamera()).slates.requests
    film_frames = {
        request.frames.start + frame for request in requests for frame in request.handover_frames
    }
    shots = [frame_at(shot.start) for s in plan.clip_scripts for shot in s.shots[1:]]
    assert shots
    for cut in shots:
        assert {cut - LEAD_FRAMES, cut} <= film_frames
    for before, request in pairwise(requests):
        tail = request.frames.start - before.frames.start  # where the next clip takes over
        assert tail - LEAD_FRAMES in before.handover_frames
        assert tail in (*before.handover_frames, len(before.frames))


def test_too_few_clips_say_what_to_do(run: Run) -> None:
    with pytest.raises(GenerationFailed, match=r"Start the run again.*MVKIT_VIDEO_FALLBACK"):
        film(run, FakeCamera(failures={1: 3}))
