"""The examples of the docs do what the docs say: each is taken from its page and run."""

from __future__ import annotations

import inspect
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import mvkit
from mvkit import settings
from mvkit.batches.rows import read_rows
from mvkit.director import load_knowledge
from mvkit.figures import Figure
from mvkit.footage import is_final_form, read_frames
from mvkit.providers import VIDEO_MODELS, video_model
from mvkit.providers.catalog import find_offer
from mvkit.schema import Analysis, Artefact, Plan
from mvkit.settings import get_settings, local_user

from .api_makers import add_job, api, client  # noqa: F401 - fixtures
from .conftest import ROOT

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def block(page: str, language: str, mark: str) -> str:
    """Return the one block of a page that begins with a mark."""
    text = (ROOT / page).read_text("utf-8")
    (found,) = [body for kind, body in BLOCK.findall(text) if kind == language and mark in body]
    return str(found)


def run(page: str, mark: str) -> dict[str, Any]:
    """Run a block of Python, and return what it defines."""
    names: dict[str, Any] = {}
    exec(compile(block(page, "python", mark), mark, "exec"), names)
    return names


@pytest.fixture
def small() -> dict[str, int]:
    return {"width_px": 160, "height_px": 90}


def test_every_example_is_run_here() -> None:
    """One that is added to a page needs a test below."""
    text = (DOCS / "growing.md").read_text("utf-8")
    marks = {body.split("\n", 1)[0].lstrip("# ") for _, body in BLOCK.findall(text)}
    assert marks == {
        *("rule", "model", "provider: my_lamp.py", "transition: iris", "figure: places_figure"),
        *("page: tempi.py", "route: tempo.py"),
    }


def test_the_rule_is_read_and_speaks_in_bridges_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(block("docs/growing.md", "toml", "# rule"))
    usual = {rule.id for rule in load_knowledge().rules}
    monkeypatch.setenv("MVKIT_KNOWLEDGE", str(own))
    get_settings.cache_clear()
    rules = {rule.id: rule for rule in load_knowledge().rules}
    assert rules.keys() - usual == {"my_bridge_holds_still"}
    assert dict(rules["my_bridge_holds_still"].when) == {"section": ("bridge",)}


def test_the_model_is_known_and_priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mvkit.toml"
    path.write_text(block("docs/growing.md", "toml", "# model"))
    monkeypatch.setattr(settings, "SETTINGS_FILE", path)
    get_settings.cache_clear()
    offer = find_offer("replicate:acme/film-1", role="video")
    assert offer.typical_usd(seconds=10.0) == Decimal("0.5")
    assert offer.entry.deadline_s == 600


def test_the_price_of_ones_own_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mvkit.toml"
    path.write_text(block("docs/models.md", "toml", "prunaai/p-video"))
    monkeypatch.setattr(settings, "SETTINGS_FILE", path)
    get_settings.cache_clear()
    offer = find_offer("replicate:prunaai/p-video@base-720p", role="video")
    assert offer.typical_usd(seconds=10.0) == Decimal("0.25")


def test_the_provider_films_a_lamp_that_lights_up_on_beats(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    examples: dict[str, Artefact],
    small: dict[str, int],
) -> None:
    """As a plugin, into footage that needs no fitting; brightest on each beat."""
    (tmp_path / "my_lamp.py").write_text(block("docs/growing.md", "python", "# provider"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(VIDEO_MODELS, "lamp", VIDEO_MODELS["studio"])  # so that it is taken out
    monkeypatch.setenv("MVKIT_PLUGINS", "my_lamp")
    get_settings.cache_clear()
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    model = video_model("lamp")

    class Request:
        frames = range(60)
        handover_frames = (10,)
        quality = "standard"
        width_px, height_px = small.values()

    Request.analysis = analysis  # type: ignore[attr-defined]
    target = tmp_path / "clip.mp4"
    assert model.film(Request(), target).model == "lamp"  # type: ignore[arg-type]
    assert is_final_form(target, n_frames=60, **small)
    light = [float(picture[:90].mean()) for picture in read_frames(target)]
    rises = [n for n in range(1, 60) if light[n] > light[n - 1] + 20]
    beats = [round(beat_s * 30) for beat_s in analysis.beat_timestamps if 0 < beat_s < 2.0]
    assert rises == [beat for beat in beats if beat < 60]


def test_the_transition_opens_from_the_middle(small: dict[str, int]) -> None:
    iris = run("docs/growing.md", "# transition")["iris"]
    going, coming = (np.full((135, 160), level, np.uint8) for level in (40, 200))
    assert (iris(going, coming, 0.0) == going).all()
    assert (iris(going, coming, 1.0) == coming).all()
    half = iris(going, coming, 0.5)
    assert (half[45, 80], half[0, 0]) == (200, 40)


def test_the_figure_draws_the_seconds_of_each_place(examples: dict[str, Artefact]) -> None:
    plan = examples["plan"]
    assert isinstance(plan, Plan)
    figure = run("docs/growing.md", "# figure")["places_figure"](plan)
    assert isinstance(figure, Figure)
    assert sum(figure.data[0].y) == pytest.approx(plan.clip_scripts[-1].end)


def test_the_page_shows_ones_own_films_alone(tmp_path: Path, examples: dict[str, Artefact]) -> None:
    add_job(tmp_path, user="ada", title="Mine", artefacts=(examples["analysis"],))
    add_job(tmp_path, user="eve", title="Hers", artefacts=(examples["analysis"],))
    page = AppTest.from_string(block("docs/growing.md", "python", "# page") + "\nshow('ada')\n")
    page = page.run(timeout=30)
    assert not page.exception
    (table,) = page.table
    assert table.value.to_numpy().tolist() == [["Mine", 120.0]]


def test_the_route_tells_a_tempo_to_whose_job_it_is(
    api: FastAPI,  # noqa: F811
    client: TestClient,  # noqa: F811
    tmp_path: Path,
    examples: dict[str, Artefact],
) -> None:
    api.include_router(run("docs/growing.md", "# route")["router"])
    mine = add_job(tmp_path, user=local_user(), artefacts=(examples["analysis"],))
    other = add_job(tmp_path, user="eve", artefacts=(examples["analysis"],))
    assert client.get(f"/jobs/{mine.job_id}/tempo").json() == {"tempo_bpm": 120.0}
    assert client.get(f"/jobs/{other.job_id}/tempo").status_code == 404


def test_the_grid_is_all_that_its_lists_combine_to(tmp_path: Path) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(block("docs/queue.md", "toml", "songs ="))
    lists = tomllib.loads(path.read_text())
    rows = read_rows(path)
    n_values = [len(lists[name]) for name in ("songs", "prompts", "seeds")]
    n_values += [len(values) for values in lists["options"]["plan"].values()]
    assert len(rows) == np.prod(n_values) == 32
    assert {row.options["plan"]["pace"] for row in rows} == {1.0, 1.4}


def test_the_call_of_the_readme_is_one_that_can_be_made(
    monkeypatch: pytest.MonkeyPatch, examples: dict[str, Artefact]
) -> None:
    """With what it is given there; the film itself is made by other tests."""
    calls = []

    class Made:
        def read(self, kind: type[Artefact]) -> Artefact:
            return examples[kind.stage]

    signature = inspect.signature(mvkit.make_video)

    def make_video(*arguments: Any, **options: Any) -> Made:
        calls.append(signature.bind(*arguments, **options))
        return Made()

    monkeypatch.setattr(mvkit, "make_video", make_video)
    names = run("README.md", "make_video")
    assert calls[0].arguments["song"] == Path("song.mp3")
    assert isinstance(names["plan"], Plan)
