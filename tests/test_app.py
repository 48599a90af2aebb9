"""The page shows the films that were made, and says so when there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mvkit.run import Run, draft_brief
from mvkit.schema import Artefact

from .conftest import ROOT

PROMPT = "A lone figure walks <script>alert(1)</script> through neon-lit streets in the rain."


@pytest.fixture
def run(tmp_path: Path) -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, title="Twelve Seconds")
    return Run.create(brief, song=song)


def open_page() -> AppTest:
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()


def test_without_films_the_page_says_how_to_make_one() -> None:
    page = open_page()
    assert not page.exception
    assert "make demo" in page.info[0].value


def test_a_film_is_shown_with_its_figures(run: Run, examples: dict[str, Artefact]) -> None:
    for artefact in list(examples.values())[1:]:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    Image.new("RGB", (320, 180)).save(run.folder / "contact_sheet.jpg")
    run.path("video.mp4").write_bytes(b"not decoded here")
    page = open_page()
    assert not page.exception
    assert {metric.label: metric.value for metric in page.metric}["Tempo"] == "120.0 bpm"
    assert len(page.tabs) == 4
    assert page.text[0].value == PROMPT  # as text, never as HTML


def test_an_unfinished_film_says_where_it_stands(run: Run) -> None:
    page = open_page()
    assert not page.exception
    assert "waiting" in page.warning[0].value
