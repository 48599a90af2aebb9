"""A crew films on request in a process of its own, tells what became of it, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mvkit.errors import BudgetExceeded, Cancelled, InvalidInput, NotFound, StageFailed
from mvkit.footage import is_final_form
from mvkit.jobs.crew import LOG_FILE, Crew, Filmed
from mvkit.processes import JOB_VARIABLE
from mvkit.run import Run, draft_brief
from mvkit.schema import Artefact, Clip, Plan
from mvkit.settings import get_settings

from .conftest import ROOT
from .process_watch import names_of, processes_of, wait_for

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
SUCCESS = Filmed(status="success")

CAMERA = '''
"""A camera that does what files in the run folder tell it to; it prints, as some libraries do."""
import os, subprocess, time
import numpy as np
from mvkit.errors import BudgetExceeded, InvalidInput
from mvkit.footage import FootageWriter
from mvkit.processes import child_setup
from mvkit.providers import VIDEO_MODELS
from mvkit.providers.base import Delivery

class Camera:
    name = "fake"
    parallel = 2
    films_final_form = True
    wants_keyframe = False
    goes_on = False

    def film(self, request, target):
        index = request.script.clip_index
        print("a library is loaded")
        os.write(1, b"and a compiled one, too")
        def told_to(sign):
            return (target.parents[1] / f"{index}.{sign}").exists()
        with open(target.parents[1] / "begun", "a") as begun:
            begun.write(str(index))
        if told_to("child"):
            subprocess.run(["sleep", "300"], preexec_fn=child_setup(niceness=0))
        while told_to("wait"):
            time.sleep(0.01)
        if told_to("refuse"):
            raise InvalidInput("the prompt was refused")
        if told_to("stop"):
            raise BudgetExceeded("nothing is left", reason="LIMIT")
        if told_to("break"):
            raise KeyError("strange")
        with FootageWriter(target, width_px=64, height_px=64) as footage:
            for _ in request.frames:
                footage.write(np.full((96, 64), 128, np.uint8))
        return Delivery(model="fake")

VIDEO_MODELS["fake"] = lambda _: Camera()
'''


def ready_run(tmp_path: Path, examples: dict[str, Artefact], *, video: str) -> Run:
    """Return a run of three clips that is ready to be filmed."""
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, aspect="1:1")
    run = Run.create(brief.model_copy(update={"video": video}), song=song)
    for stage in ("analysis", "plan", "references", "prompts"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    return run


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that is filmed by a camera which does as it is told."""
    (tmp_path / "fake_camera.py").write_text(CAMERA)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("MVKIT_PLUGINS", "fake_camera")
    get_settings.cache_clear()
    return ready_run(tmp_path, examples, video="fake")


def tell(run: Run, index: int, sign: str) -> Path:
    """Tell the camera what to do with a clip."""
    path = run.folder / f"{index}.{sign}"
    path.touch()
    return path


def begun(run: Run) -> list[str]:
    """Return the clips that the camera has begun, in order."""
    path = run.folder / "begun"
    return list(path.read_text()) if path.exists() else []


def record_of(run: Run, index: int) -> Clip:
    return Clip.model_validate_json((run.folder / f"clips/{index:03d}.json").read_bytes())


@asynccontextmanager
async def crew_of(run: Run) -> AsyncIterator[Crew]:
    crew = Crew(run)
    try:
        yield crew
    finally:
        crew.kill()
        await crew.close()


async def until(condition: Any) -> None:
    await asyncio.to_thread(wait_for, condition, timeout_s=60.0)


def perform(story: Coroutine[Any, Any, None], run: Run) -> None:
    """Let a story happen; afterwards nothing of the run may be alive.

    Who was killed is gone when a busy machine next turns to it.
    """
    asyncio.run(story)
    wait_for(lambda: not processes_of(run), timeout_s=5.0)


def test_the_studio_films_a_clip_of_a_run(tmp_path: Path, examples: dict[str, Artefact]) -> None:
    run = ready_run(tmp_path, examples, video="studio:144")

    async def story() -> None:
        async with crew_of(run) as crew:
            assert await crew.film(1) == SUCCESS

    perform(story(), run)
    frames = run.read(Plan).filmed_frames(1)
    size = {"width_px": 1080, "height_px": 1080}
    assert is_final_form(run.folder / "clips/001.mp4", n_frames=len(frames), **size)
    assert record_of(run, 1).status == "success"


def test_as_many_clips_are_filmed_at_once_as_the_model_allows(run: Run) -> None:
    async def story() -> None:
        held = [tell(run, index, "wait") for index in range(3)]
        async with crew_of(run) as crew:
            filming = [asyncio.create_task(crew.film(index)) for index in range(3)]
            await until(lambda: len(begun(run)) == 2)
            await asyncio.sleep(0.2)
            assert sorted(begun(run)) == ["0", "1"]
            held[1].unlink()
            assert await filming[1] == SUCCESS  # told as soon as it is done, not in order
            assert not filming[0].done()
            for sign in (held[0], held[2]):
                sign.unlink()
            assert await asyncio.gather(*filming) == [SUCCESS] * 3

    perform(story(), run)


def test_a_clip_that_fails_is_told_and_the_others_are_filmed(run: Run) -> None:
    tell(run, 0, "refuse")

    async def story() -> None:
        async with crew_of(run) as crew:
            failed = Filmed(status="failed", error="the prompt was refused")
            assert await asyncio.gather(crew.film(0), crew.film(1)) == [failed, SUCCESS]

    perform(story(), run)
    assert (record_of(run, 0).status, record_of(run, 0).error) == (
        "failed",
        "the prompt was refused",
    )


def test_what_stops_the_job_is_raised_as_itself(run: Run) -> None:
    tell(run, 0, "stop")

    async def story() -> None:
        async with crew_of(run) as crew:
            with pytest.raises(BudgetExceeded) as stopped:
                await crew.film(0)
            assert (stopped.value.reason, stopped.value.message) == ("LIMIT", "nothing is left")
            with pytest.raises(InvalidInput, match="clips 0 to 2"):
                await crew.film(3)

    perform(story(), run)
    assert not (run.folder / "clips/000.json").exists()


def test_what_nobody_expected_is_told_and_its_traceback_kept(run: Run) -> None:
    tell(run, 0, "break")

    async def story() -> None:
        async with crew_of(run) as crew:
            with pytest.raises(StageFailed, match="KeyError: 'strange'") as broken:
                await crew.film(0)
            assert broken.value.reason == "CREW_FAILED"
            assert await crew.film(1) == SUCCESS

    perform(story(), run)
    assert 'raise KeyError("strange")' in (run.folder / LOG_FILE).read_text()


def test_an_unknown_model_is_told_for_every_clip(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = ready_run(tmp_path, examples, video="nobody")

    async def story() -> None:
        async with crew_of(run) as crew:
            for index in range(2):
                with pytest.raises(InvalidInput, match="nobody"):
                    await crew.film(index)

    perform(story(), run)


def test_a_run_without_prompts_is_told(run: Run) -> None:
    (run.folder / "prompts.json").unlink()

    async def story() -> None:
        async with crew_of(run) as crew:
            with pytest.raises(NotFound, match="stage 'prompts' has not finished"):
                await crew.film(0)

    perform(story(), run)


def test_a_clip_that_is_there_is_not_filmed_again_unless_the_plan_changes(run: Run) -> None:
    async def story() -> None:
        async with crew_of(run) as crew:
            await crew.film(0)
            await crew.film(0)
            assert begun(run) == ["0"]
            plan = run.read(Plan)
            script = plan.clip_scripts[0].model_copy(update={"motion": "a long crane up"})
            scripts = (script, *plan.clip_scripts[1:])
            run.write(plan.model_copy(update={"clip_scripts": scripts}))
            await crew.film(0)
            assert begun(run) == ["0", "0"]

    perform(story(), run)


def test_two_who_ask_for_one_clip_share_it_and_either_may_give_up(run: Run) -> None:
    async def story() -> None:
        held = tell(run, 0, "wait")
        async with crew_of(run) as crew:
            hasty, patient = (asyncio.create_task(crew.film(0)) for _ in range(2))
            await until(lambda: begun(run))
            hasty.cancel()
            await asyncio.wait([hasty])
            held.unlink()
            assert await patient == SUCCESS
            assert begun(run) == ["0"]

    perform(story(), run)


def test_its_process_is_tagged_and_of_low_priority(run: Run) -> None:
    async def story() -> None:
        async with crew_of(run) as crew:
            await crew.film(0)
            (process,) = processes_of(run)
            assert process.nice() == 19
            assert process.environ()[JOB_VARIABLE] == run.job_id

    perform(story(), run)


def test_a_crew_stays_warm(run: Run) -> None:
    """The first clip waits for a process to load everything, the second for nothing."""

    async def story() -> None:
        async with crew_of(run) as crew:
            started_s = time.monotonic()
            await crew.film(0)
            warm_s = time.monotonic()
            await crew.film(1)
            assert time.monotonic() - warm_s < (warm_s - started_s) / 2

    perform(story(), run)


def test_a_killed_process_fails_all_who_wait_and_the_next_clip_gets_a_new_one(run: Run) -> None:
    """The child that a clip has started goes with it."""

    async def story() -> None:
        tell(run, 0, "child")
        held = tell(run, 1, "wait")
        async with crew_of(run) as crew:
            filming = [asyncio.create_task(crew.film(index)) for index in range(2)]
            await until(lambda: "sleep" in names_of(run))
            await until(lambda: len(begun(run)) == 2)
            next(p for p in processes_of(run) if p.name() != "sleep").kill()
            async with asyncio.timeout(10.0):
                outcomes = await asyncio.gather(*filming, return_exceptions=True)
            for outcome in outcomes:
                assert isinstance(outcome, StageFailed)
                assert outcome.reason == "CREW_DIED"
            await until(lambda: processes_of(run) == [])
            held.unlink()
            assert await crew.film(1) == SUCCESS

    perform(story(), run)


def test_killing_is_at_once_and_may_be_done_twice_and_from_any_thread(run: Run) -> None:
    async def story() -> None:
        tell(run, 0, "child")
        async with crew_of(run) as crew:
            filming = asyncio.create_task(crew.film(0))
            await until(lambda: "sleep" in names_of(run))
            await asyncio.to_thread(crew.kill)
            crew.kill()
            async with asyncio.timeout(5.0):
                with pytest.raises(Cancelled):
                    await filming
                await crew.close()
            with pytest.raises(Cancelled):
                await crew.film(1)

    perform(story(), run)


def test_a_crew_killed_while_it_starts_leaves_nothing(run: Run) -> None:
    async def story() -> None:
        async with crew_of(run) as crew:
            filming = asyncio.create_task(crew.film(0))
            await asyncio.sleep(0)
            crew.kill()
            with pytest.raises(Cancelled):
                await filming

    perform(story(), run)
    assert begun(run) == []


def test_closing_lets_what_is_begun_be_finished(run: Run) -> None:
    async def story() -> None:
        held = tell(run, 0, "wait")
        async with crew_of(run) as crew:
            filming = asyncio.create_task(crew.film(0))
            await until(lambda: begun(run))
            closing = asyncio.create_task(crew.close())
            await asyncio.sleep(0.1)
            assert not closing.done()
            held.unlink()
            await closing
            assert await filming == SUCCESS
            assert processes_of(run) == []
            with pytest.raises(Cancelled):
                await crew.film(1)

    perform(story(), run)


def test_closing_a_crew_that_never_began_is_nothing(run: Run) -> None:
    perform(Crew(run).close(), run)


def test_an_event_loop_that_ends_takes_its_crew_with_it(run: Run) -> None:
    """Neither killed nor closed, as when a worker is interrupted."""
    tell(run, 0, "wait")

    async def story() -> None:
        filming = asyncio.create_task(Crew(run).film(0))
        await until(lambda: begun(run))
        filming.cancel()

    perform(story(), run)


PARENT = """
import asyncio, sys
from mvkit.jobs.crew import Crew
from mvkit.run import Run
asyncio.run(Crew(Run.open(sys.argv[1])).film(0))
"""


def test_a_crew_dies_with_its_parent(run: Run) -> None:
    tell(run, 0, "child")
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(run.folder)], cwd=ROOT)
    wait_for(lambda: "sleep" in names_of(run))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: processes_of(run) == [], timeout_s=10.0)


def test_only_answers_reach_standard_output_and_nonsense_has_its_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{run.folder.parents[1]}")
    lines = ["take one!", '{"clip": -1}', '{"clip": "0"}', "", '{"clip": 0}']
    done = subprocess.run(
        [sys.executable, "-m", "mvkit.jobs.crew", str(run.folder)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=run.folder,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"clip": 0, "status": "success"} in answers
    refusals = [answer for answer in answers if answer["clip"] is None]
    assert len(refusals) == 4
    assert {refusal["raised"]["name"] for refusal in refusals} == {"InvalidInput"}
    assert any("take one!" in refusal["raised"]["text"] for refusal in refusals)
    assert "a library is loaded" in done.stderr
    assert "and a compiled one, too" in done.stderr


def test_importing_the_crew_loads_nothing_that_films() -> None:
    """Workers keep many crews and film nothing themselves."""
    code = "import sys, mvkit.jobs.crew; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not {"av", "numba", "numpy", "mvkit.clips", "dbos"} & set(loaded)
