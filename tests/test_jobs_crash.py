"""Workers die at the worst moments: jobs are finished all the same, and nothing is paid twice.

Here is a sample of the places; ``benchmarks/jobs.py`` goes through all of them, and kills at random
moments besides.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mvkit import crash
from mvkit.settings import get_settings

from .conftest import ROOT
from .crash_trials import AT_WORK, crash_after, crash_at
from .job_makers import any_database
from .postgres_server import postgres_url
from .tiny_chain import notebooks

__all__ = ["any_database", "notebooks", "postgres_url"]

SAMPLE = ("artefact.written", "purchase.submitted", "download.halfway", "stage.finished")

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _bought_clips(notebooks: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny notebooks, but clips that are bought from a service, filmed as child work, gathered."""
    gathering = (ROOT / "notebooks" / "05_clips.ipynb").read_bytes()
    (notebooks / "05_clips.ipynb").write_bytes(gathering)
    monkeypatch.setenv("MVKIT_PLUGINS", "tests.fake_provider")
    monkeypatch.setenv("MVKIT_VIDEO", "fake")
    get_settings.cache_clear()
    runs_dir.parent.mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("point", SAMPLE)
def test_a_job_whose_worker_dies_is_finished_once_and_paid_once(point: str, tmp_path: Path) -> None:
    assert point in crash.POINTS
    check(crash_at(point, folder=tmp_path), may_begin_again=AT_WORK.get(point, ""))


def test_a_worker_killed_at_a_random_moment_does_no_harm(tmp_path: Path, any_database: str) -> None:
    trial = crash_after(2.5, victim="worker", folder=tmp_path)
    check(trial, may_begin_again=next(iter(trial.begun_again), ""))


def check(trial: object, *, may_begin_again: str) -> None:
    facts = vars(trial)
    assert (facts["state"], facts["error"]) == ("finished", "")
    assert set(facts["begun_again"]) <= {may_begin_again}
    assert sum(facts["begun_again"].values()) <= 1
    assert facts["n_ordered_twice"] == 0
    assert facts["books_agree"]
    assert facts["n_left"] == 0
