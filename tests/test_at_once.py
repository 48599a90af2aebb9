"""Paid models work at the same time: how long clips and pictures take together, in simulated time.

They are bought as for any film; which orders were open when is what the service's books say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from mvkit.clips import film_clips
from mvkit.director import plan_video
from mvkit.footage import FootageWriter
from mvkit.ledger import Account, open_account
from mvkit.prompts import write_prompts
from mvkit.providers import image_model, video_model
from mvkit.references import make_references
from mvkit.run import Run, draft_brief
from mvkit.schema import FRAME_SIZES_PX, Analysis, Plan, References

from . import fake_provider
from .fake_provider import CLIP_SIZE_PX, NAME, URL_VARIABLE, FakeService, fake_service
from .simulated_time import SimulatedClock
from .steady_songs import WISH, tiny_song

CLIP_S, PICTURE_S = 45.0, 8.0
"""How long a service usually takes for one."""
N_CLIPS, N_PICTURES = 6, 4
CLIPS_MOST_S, PICTURES_MOST_S = 180.0, 60.0
"""How long all of them may take."""
CLIPS_AT_ONCE = 5


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A service at work in simulated time."""

    service: FakeService
    clock: SimulatedClock
    delay_s: float

    @property
    def n_orders(self) -> int:
        return len(self.service.creates())

    @property
    def most_at_once(self) -> int:
        """How many orders it had open at the same time."""
        ready_s = [order["ready_at_s"] for order in self.service.creates()]
        taken = [(each_s - self.delay_s, 1) for each_s in ready_s]
        made = [(each_s, -1) for each_s in ready_s]  # at one time, made sorts before taken
        return max(accumulate(change for _, change in sorted(taken + made)))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", CLIP_SIZE_PX)


@contextmanager
def shop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, delay_s: float, workers: int, tasks: int
) -> Iterator[Shop]:
    """Run a service that takes so long for an order."""
    clock = SimulatedClock(workers=workers, tasks=tasks)
    folder.mkdir()
    width_px, height_px = CLIP_SIZE_PX
    with FootageWriter(folder / "clip.mp4", width_px=width_px, height_px=height_px) as footage:
        for _ in range(30):
            footage.write(np.full((height_px * 3 // 2, width_px), 128, np.uint8))
    monkeypatch.setattr(fake_provider, "time", clock)
    monkeypatch.setattr(fake_provider, "POLL_S", delay_s / 4)
    with fake_service(folder, delay_s=delay_s) as service:
        monkeypatch.setenv(URL_VARIABLE, service.url)
        yield Shop(service=service, clock=clock, delay_s=delay_s)


def new_run(folder: Path) -> Run:
    """Return a planned run of a song for six clips, none of which goes on from another."""
    song = folder / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=WISH), song=song)
    analysis = tiny_song(N_CLIPS).model_copy(update={"job_id": run.job_id})
    run.write(analysis)
    plan = plan_video(run.brief, analysis)
    scripts = [script.model_copy(update={"continues": False}) for script in plan.clip_scripts]
    run.write(plan.model_copy(update={"clip_scripts": tuple(scripts)}))
    open_account(run.job_id, song_s=analysis.duration, budget_usd=Decimal(10))
    return run


def film(folder: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: int) -> Shop:
    """Buy six clips; 0 at once is as the settings say."""
    run = new_run(folder)
    plan = run.read(Plan)
    none = References.none(run.job_id)
    workers = at_once or CLIPS_AT_ONCE
    with shop(
        folder / run.job_id, monkeypatch, delay_s=CLIP_S, workers=workers, tasks=N_CLIPS
    ) as filming:
        camera = video_model(NAME, run=run)
        monkeypatch.setattr(camera, "film", filming.clock.watch(camera.film))
        clips = film_clips(
            run.folder,
            brief=run.brief,
            analysis=run.read(Analysis),
            plan=plan,
            references=none,
            prompts=write_prompts(run.brief, plan, none),
            model=camera,
            at_once=at_once,
        )
    assert clips.successful_clips == filming.n_orders == N_CLIPS
    assert Account(run.job_id).spent_usd == filming.service.billed_usd()
    return filming


def paint(folder: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: int) -> Shop:
    """Buy four pictures from a model that paints so many at the same time."""
    run = new_run(folder)
    plan = run.read(Plan)
    places = [plan.scenes[0].model_copy(update={"id": f"place_{n}"}) for n in range(N_PICTURES)]
    monkeypatch.setattr(fake_provider._FakeModel, "parallel", at_once)
    with shop(
        folder / run.job_id, monkeypatch, delay_s=PICTURE_S, workers=at_once, tasks=N_PICTURES
    ) as painting:
        painter = image_model(NAME, run=run)
        monkeypatch.setattr(painter, "paint", painting.clock.watch(painter.paint))
        references = make_references(
            run.folder,
            brief=run.brief,
            plan=plan.model_copy(update={"scenes": tuple(places), "characters": ()}),
            model=painter,
        )
    assert references.status == "success"
    assert references.total_references == painting.n_orders == N_PICTURES
    return painting


def test_six_clips_are_made_in_the_time_of_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five at a time, as the settings have it."""
    together = film(tmp_path, monkeypatch, at_once=0)
    assert together.most_at_once == CLIPS_AT_ONCE
    assert together.clock.passed_s < CLIPS_MOST_S
    alone = film(tmp_path, monkeypatch, at_once=1)
    assert alone.most_at_once == 1
    assert alone.clock.passed_s > CLIPS_MOST_S
    assert together.clock.passed_s <= 0.4 * alone.clock.passed_s


def test_four_pictures_are_made_in_the_time_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = paint(tmp_path, monkeypatch, at_once=8)
    assert together.most_at_once == N_PICTURES
    assert together.clock.passed_s <= PICTURES_MOST_S
    alone = paint(tmp_path, monkeypatch, at_once=1)
    assert alone.most_at_once == 1
    assert together.clock.passed_s <= 0.4 * alone.clock.passed_s
