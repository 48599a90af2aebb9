"""A finished film in another shape by way of the queue: the same plan, a job of its own."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from mvkit.errors import InvalidInput, NotFound
from mvkit.jobs import client as jobs
from mvkit.jobs.table import find_job, list_jobs
from mvkit.run import Run, all_runs
from mvkit.schema import Analysis, Artefact, Brief, Clips, Plan, Prompts, References, Video
from mvkit.settings import local_user

from .api_makers import add_job, api, client  # noqa: F401 - fixtures

STAGES = (Analysis, Plan, References, Prompts, Clips, Video)


def finished(folder: Path, examples: dict[str, Artefact], **wish: Any) -> Run:
    """Make a finished job of the docs' artefacts, each made from those before it."""
    run = add_job(folder)
    brief = run.read(Brief).model_copy(update=wish)
    run.path(Brief.file_name()).write_text(brief.to_json())
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    for kind in STAGES:
        artefact = run.write(examples[kind.stage].model_copy(update={"job_id": run.job_id}))
        for name in artefact.files() if kind is References else ():
            run.path(name).parent.mkdir(exist_ok=True)
            run.path(name).write_bytes(picture.getvalue())
    return run


def test_a_film_in_another_shape_is_a_job_that_only_has_to_be_filmed(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = finished(tmp_path, examples)
    job = jobs.reshape(run.job_id, "9:16")
    assert (find_job(job.job_id).state, job.user, job.title) == (
        "queued",
        local_user(),
        "Twelve Seconds",
    )
    sibling = Run.open(run.folder.parent / job.job_id)
    assert (sibling.brief.aspect, run.brief.aspect) == ("9:16", "16:9")
    assert [kind.stage for kind in STAGES if sibling.is_current(kind)] == [
        "analysis",
        "plan",
        "references",
        "prompts",
    ]
    assert sibling.read(Plan).clip_scripts == run.read(Plan).clip_scripts
    assert all(sibling.path(name).is_file() for name in sibling.read(References).files())


@pytest.mark.parametrize(
    ("wish", "aspect", "reason"),
    [
        ({}, "16:9", "SAME_SHAPE"),
        ({"video": "replicate:prunaai/p-video"}, "1:1", "FOREIGN"),
    ],
)
def test_what_cannot_be_painted_anew_is_refused_and_leaves_nothing(
    tmp_path: Path, examples: dict[str, Artefact], wish: dict[str, Any], aspect: Any, reason: str
) -> None:
    run = finished(tmp_path, examples, **wish)
    with pytest.raises(InvalidInput) as refused:
        jobs.reshape(run.job_id, aspect)
    assert refused.value.reason == reason
    assert [job.job_id for job in list_jobs()] == [run.job_id]
    assert len(all_runs()) == 1


def test_a_film_that_is_not_finished_or_not_ones_own_is_refused(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    waiting = add_job(tmp_path, state="queued")
    with pytest.raises(InvalidInput, match="expected it to be finished"):
        jobs.reshape(waiting.job_id, "1:1")
    mine = finished(tmp_path, examples)
    with pytest.raises(NotFound):
        jobs.reshape(mine.job_id, "1:1", user="eve")


def test_a_shape_is_had_by_the_api(
    api: FastAPI,  # noqa: F811
    client: TestClient,  # noqa: F811
    tmp_path: Path,
    examples: dict[str, Artefact],
) -> None:
    run = finished(tmp_path, examples)
    answer = client.post(f"/jobs/{run.job_id}/reshape", json={"aspect": "1:1"})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert answer.json()["job_id"] != run.job_id
    assert client.post(f"/jobs/{run.job_id}/reshape", json={"aspect": "2:1"}).status_code == 422
