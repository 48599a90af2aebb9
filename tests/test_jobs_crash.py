"""Workers die at the worst moments: jobs are finished all the same, and nothing is paid twice.

Here is a sample of the places; ``benchmarks/jobs.py`` goes through all of them, and kills at random
moments besides.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mvkit import crash
from mvkit.settings import get_settings

from .conftest import ROOT
from .crash_trials import AT_WORK, Trial, crash_after, crash_at
from .job_makers import any_database
from .postgres_server import postgres_url
from .tiny_chain import gathering_notebooks, notebooks

__all__ = ["any_database", "gathering_notebooks", "notebooks", "postgres_url"]

SAMPLE = ("artefact.written", "purchase.submitted", "download.halfway", "stage.finished")

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _bought_clips(
    gathering_notebooks: Path, runs_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiny notebooks, but clips that are bought from a service, filmed as child work, gathered."""
    monkeypatch.setenv("MVKIT_PLUGINS", "tests.fake_provider")
    monkeypatch.setenv("MVKIT_VIDEO", "fake")
    get_settings.cache_clear()
    runs_dir.parent.mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("point", SAMPLE)
def test_a_job_whose_worker_dies_is_finished_once_and_paid_once(point: str, tmp_path: Path) -> None:
    assert point in crash.POINTS
    trial = crash_at(point, folder=tmp_path)
    check(trial)
    assert set(trial.begun_again) <= {AT_WORK.get(point)}


def test_a_worker_killed_at_a_random_moment_does_no_harm(tmp_path: Path, any_database: str) -> None:
    trial = crash_after(random.uniform(0.5, 6.0), victim="worker", folder=tmp_path)
    check(trial)
    assert len(trial.begun_again) <= 1  # the stage that was at work, whichever it was


def check(trial: Trial) -> None:
    assert (trial.state, trial.error) == ("finished", "")
    assert trial.n_reruns == 0
    assert sum(trial.begun_again.values()) <= 1
    assert trial.n_ordered_twice == 0
    assert trial.books_agree
    assert trial.n_left == 0
    assert trial.recovery_s is None or trial.recovery_s < 15.0


def test_every_place_is_somewhere_in_the_code() -> None:
    sources = [*(ROOT / "mvkit").rglob("*.py"), ROOT / "tests" / "fake_provider.py"]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    missing = [point for point in crash.POINTS if f'crash_point("{point}")' not in code]
    assert missing == []
