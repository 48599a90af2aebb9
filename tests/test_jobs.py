"""Jobs in the queue: submitted once, made once, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mvkit import crash
from mvkit.errors import InvalidInput, NotFound
from mvkit.jobs import client
from mvkit.jobs.storyboard import redo_clip
from mvkit.jobs.table import find_job, list_jobs
from mvkit.jobs.workflows import MOST_CRASHES
from mvkit.schema import ClipChange, Clips, Video
from mvkit.settings import get_settings

from .job_makers import (
    Workers,
    run_of,
    stages,
    submit,
    wait_until,
    wait_until_nothing_runs,
    workers,
)
from .process_watch import names_of, processes_of, wait_for
from .tiny_chain import WRITE, gathering_notebooks, notebooks, write_notebook

__all__ = ["gathering_notebooks", "notebooks", "workers"]

ALL = ["analysis", "plan", "references", "prompts", "clips", "video"]
STUCK = "import subprocess\nsubprocess.run(['sleep', '300'])"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quick_chain(gathering_notebooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny notebooks, but clips that are really filmed and gathered."""
    monkeypatch.setenv("MVKIT_VIDEO", "studio:144")
    get_settings.cache_clear()


def test_a_job_submitted_before_any_worker_is_made_by_the_first(
    tmp_path: Path, workers: Workers
) -> None:
    job = submit(tmp_path, user="ada", title="Twelve")
    assert client.status(job.job_id).state == "queued"
    workers.start()
    status = wait_until(job, "finished", "failed")
    assert (status.state, status.progress, status.error) == ("finished", 100.0, None)
    assert stages(job, "started") == stages(job, "finished") == ALL
    clips = run_of(job).read(Clips)
    assert clips.successful_clips == clips.total_clips > 1
    assert run_of(job).is_current(Video)
    assert (run_of(job).folder / "logs" / "crew.log").is_file()  # filmed as child work
    wait_until_nothing_runs(job, timeout_s=10.0)
    [listed] = list_jobs(user="ada")
    assert (listed.state, listed.title, listed.told) == ("finished", "Twelve", True)
    assert listed.n_bytes > 100_000


def test_plan_first_waits_for_approval_and_a_redone_clip_leaves_the_others_alone(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("JOBS_AT_ONCE", "CLIPS_AT_ONCE"):  # below what one worker may take
        monkeypatch.setenv(f"MVKIT_{limit}", "1")
    get_settings.cache_clear()
    workers.start()
    job = submit(tmp_path, plan_first=True)
    assert wait_until(job, "planned", "failed").state == "planned"
    assert stages(job, "finished") == ["analysis", "plan"]
    wait_until_nothing_runs(job, timeout_s=10.0)
    client.approve(job.job_id)
    assert wait_until(job, "finished", "failed").state == "finished"
    assert stages(job, "finished") == ALL
    assert find_job(job.job_id).submitted_at_s == job.submitted_at_s  # not submitted twice

    clips = run_of(job).folder / "clips"
    before = {path.name: path.read_bytes() for path in clips.glob("*.mp4")}
    redo_clip(job.job_id, 1, ClipChange(world="forest"))
    with pytest.raises(InvalidInput, match="expected it to be planned or finished"):
        client.approve(job.job_id)
    assert wait_until(job, "finished", "failed").state == "finished"
    after = {path.name: path.read_bytes() for path in clips.glob("*.mp4")}
    assert {name: after.pop(name) for name in before} == before
    assert set(after) == {"001.take2.mp4"}
    assert run_of(job).read(Clips).clips[1].video_url == "clips/001.take2.mp4"


def test_a_cancelled_job_ends_within_five_seconds_and_can_be_retried(
    tmp_path: Path, workers: Workers, notebooks: Path
) -> None:
    write_notebook(notebooks, "03_references", STUCK)
    workers.start()
    job = submit(tmp_path)
    wait_for(lambda: "sleep" in names_of(run_of(job)))
    client.cancel(job.job_id)
    assert wait_until_nothing_runs(job, timeout_s=10.0) < 5.0
    status = wait_until(job, "cancelled", timeout_s=5.0)
    assert status.error is not None
    assert status.error["code"] == "CANCELLED"
    with pytest.raises(InvalidInput, match="is cancelled"):
        client.cancel(job.job_id)

    write_notebook(notebooks, "03_references", WRITE.format(stage="references"))
    client.retry(job.job_id)
    assert wait_until(job, "finished", "failed").state == "finished"
    assert stages(job, "finished") == ALL  # analysis and plan were not made again


def test_a_job_cancelled_in_the_queue_never_starts(tmp_path: Path, workers: Workers) -> None:
    job = submit(tmp_path)
    assert client.cancel(job.job_id).told
    assert client.status(job.job_id).state == run_of(job).told_status.state == "cancelled"
    workers.start()
    other = submit(tmp_path)
    wait_until(other, "finished", "failed")
    assert stages(job, "started") == []


def test_a_job_that_takes_too_long_fails_with_timeout_and_leaves_nothing(
    tmp_path: Path, workers: Workers, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_JOB_TIMEOUT_S", "4")
    get_settings.cache_clear()
    write_notebook(notebooks, "01_analysis", STUCK)
    monkeypatch.setattr("tests.job_makers.SONG_S", 2.0)  # three times that is six seconds
    workers.start()
    job = submit(tmp_path)
    status = wait_until(job, "failed", timeout_s=60.0)
    assert status.error is not None
    assert (status.error["code"], status.error["reason"]) == ("TIMEOUT", "JOB_TIMEOUT")
    assert wait_until_nothing_runs(job, timeout_s=10.0) < 5.0


def test_a_failing_stage_fails_the_job_and_says_why(
    tmp_path: Path, workers: Workers, notebooks: Path
) -> None:
    refusal = "from mvkit.errors import GenerationFailed\nraise GenerationFailed('No idea.')"
    write_notebook(notebooks, "02_plan", refusal)
    workers.start()
    job = submit(tmp_path)
    status = wait_until(job, "failed")
    assert status.error is not None
    assert status.error["error"] == "No idea."
    assert stages(job, "finished") == ["analysis"]
    assert find_job(job.job_id).state == "failed"


def test_a_killed_workers_jobs_are_adopted_and_nothing_finished_is_made_again(
    tmp_path: Path, workers: Workers, notebooks: Path
) -> None:
    write_notebook(notebooks, "04_prompts", STUCK)
    first = workers.start()
    job = submit(tmp_path)
    wait_for(lambda: "sleep" in names_of(run_of(job)))
    write_notebook(notebooks, "04_prompts", WRITE.format(stage="prompts"))
    workers.start()
    first.send_signal(signal.SIGKILL)
    first.wait()
    wait_for(lambda: stages(job, "started").count("prompts") == 2, timeout_s=15.0)
    assert wait_until(job, "finished", "failed").state == "finished"
    assert stages(job, "finished") == ALL
    wait_until_nothing_runs(job, timeout_s=10.0)


def test_a_stopped_worker_leaves_its_jobs_to_the_next(tmp_path: Path, workers: Workers) -> None:
    first = workers.start()
    job = submit(tmp_path)
    wait_for(lambda: stages(job, "finished"))
    first.terminate()
    assert first.wait(timeout=10) == 0
    assert processes_of(run_of(job)) == []
    workers.start()
    assert wait_until(job, "finished", "failed").state == "finished"
    assert stages(job, "finished") == ALL


def test_a_kernel_that_is_killed_is_replaced_once(
    tmp_path: Path, workers: Workers, notebooks: Path
) -> None:
    once = (
        "import os, pathlib, signal\n"
        "flag = pathlib.Path(run_dir) / 'flag'\n"
        "if not flag.exists():\n"
        "    flag.write_text('')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    write_notebook(notebooks, "02_plan", once, WRITE.format(stage="plan"))
    workers.start()
    job = submit(tmp_path)
    assert wait_until(job, "finished", "failed").state == "finished"


def test_somebody_elses_job_does_not_exist(tmp_path: Path) -> None:
    job = submit(tmp_path, user="ada")
    for ask in (client.status, client.cancel, client.retry, client.approve, client.delete):
        with pytest.raises(NotFound, match="no job"):
            ask(job.job_id, user="bob")
    assert find_job(job.job_id, user="ada").state == "queued"


def test_a_deleted_job_is_gone_but_still_counts_as_submitted(tmp_path: Path) -> None:
    job = submit(tmp_path, user="ada")
    with pytest.raises(InvalidInput, match="is queued"):
        client.delete(job.job_id)
    client.cancel(job.job_id)
    client.delete(job.job_id)
    assert not run_of_folder(job.job_id).exists()
    assert list_jobs() == []
    with pytest.raises(NotFound):
        client.status(job.job_id)


def run_of_folder(job_id: str) -> Path:
    return get_settings().runs_dir / job_id


def test_a_refused_song_leaves_nothing_behind(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(b"not a song")
    with pytest.raises(InvalidInput):
        submit(tmp_path)
    assert list_jobs() == []
    assert [name for name in os.listdir(get_settings().runs_dir) if "-" in name] == []


def test_a_job_that_takes_down_every_worker_fails_and_says_so(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(tmp_path)
    for number in range(MOST_CRASHES + 1):
        monkeypatch.setenv(crash.VARIABLE, "job.claimed")
        monkeypatch.setenv(crash.ONCE_VARIABLE, str(tmp_path / f"crash-{number}"))
        assert workers.start().wait(timeout=60) == -signal.SIGKILL
    monkeypatch.delenv(crash.VARIABLE)
    workers.start()
    status = wait_until(job, "failed", "finished", timeout_s=60.0)
    assert status.error is not None
    assert status.error["reason"] == "CRASHES"
    client.retry(job.job_id)  # when the cause is gone
    assert wait_until(job, "finished", "failed").state == "finished"
