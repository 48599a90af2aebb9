"""Clips are filmed once each, in parallel, tried again, kept, and brought into final form."""

from __future__ import annotations

import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path

import av
import numpy as np
import pytest

from mvkit import ledger
from mvkit.clips import film_clips
from mvkit.errors import GenerationFailed, InvalidInput, ProviderFailed
from mvkit.footage import FootageWriter, is_final_form, n_frames_in
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.run import Run, draft_brief
from mvkit.schema import FRAME_SIZES_PX, Analysis, Artefact, Clips, Plan, Prompts, References

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


class FakeCamera:
    """Films grey footage; fails as it is told to."""

    name = "fake"
    parallel = 4

    def __init__(self, *, final_form: bool = True, failures: dict[int, int] | None = None) -> None:
        self.films_final_form = final_form
        self.calls: Counter[int] = Counter()
        self._failures = failures or {}
        self._lock = threading.Lock()
        self._working = 0
        self.most_at_once = 0

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        index = request.script.clip_index
        with self._lock:
            self.calls[index] += 1
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
            with FootageWriter(target, **size, handover_frames=request.handover_frames) as writer:
                for _ in request.frames:
                    writer.write(picture)
            return
        with av.open(str(target), "w") as file:  # three seconds, small, at 24 fps
            stream = file.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
            for shade in range(72):
                frame = av.VideoFrame.from_ndarray(
                    np.full((135, 160), 60 + shade, np.uint8), "yuv420p"
                )
                file.mux(stream.encode(frame))
            file.mux(stream.encode())


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that is ready to be filmed: a short plan, one second a clip."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (320, 180))
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    for stage in ("analysis", "plan", "references", "prompts"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    return run


def film(run: Run, camera: FakeCamera) -> Clips:
    return film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=run.read(References),
        prompts=run.read(Prompts),
        model=camera,
        at_once=5,
    )


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
    camera = FakeCamera()

    def refuse(request: ClipRequest, _: Path) -> Delivery:
        camera.calls[request.script.clip_index] += 1
        raise InvalidInput("the prompt was refused")

    camera.film = refuse  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="refused"):
        film(run, camera)
    assert set(camera.calls.values()) == {1}


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
