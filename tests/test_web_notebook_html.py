"""An executed notebook becomes one page that works, needs nothing, and runs no script but ours."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Page, expect

from mvkit import figures
from mvkit.errors import InvalidArtefact
from mvkit.schema import Analysis, Artefact, Prompts, Video
from mvkit.web.notebook_html import as_html

from .browser import a_chromium, a_window, keep_picture  # noqa: F401 - fixtures

SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
FIGURE_DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
EVIL = "</script><script>alert('1')</script><img src=x onerror=alert(2)> & \"quoted\""


def notebook(*outputs: Any, source: str = "1 + 1") -> bytes:
    """Return a notebook of one cell that has put something out."""
    cell = new_code_cell(source, outputs=list(outputs), execution_count=1)
    return nbformat.writes(new_notebook(cells=[cell])).encode()


def display(**data: Any) -> Any:
    """Return an output, its mime types named with underscores for slashes."""
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def drawn(figure: figures.Figure) -> Any:
    return new_output("display_data", data=figure._repr_mimebundle_())


def page_of(*outputs: Any, **options: Any) -> str:
    return as_html(notebook(*outputs), **{"title": "A notebook", **options})


def figures_in(page: str) -> list[Any]:
    return [json.loads(data) for data in FIGURE_DATA.findall(page)]


def allowed_scripts(page: str) -> set[str]:
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    [scripts] = re.findall(r"script-src ([^;]*);", policy)
    return set(scripts.split())


# --- what is on the page


def test_text_and_code_and_what_they_put_out_are_on_the_page() -> None:
    """Markdown is set, code is shown, streams and values are as they were printed."""
    cells = [
        new_markdown_cell("## What was heard"),
        new_code_cell(
            "beats = 3",
            outputs=[
                new_output("stream", text="3 beats\n"),
                new_output("execute_result", data={"text/plain": "'a value'"}, execution_count=1),
            ],
        ),
    ]
    book = nbformat.writes(new_notebook(cells=cells)).encode()
    page = as_html(book, title="Analysis")
    assert "What was heard</h2>" in page
    assert "beats" in page
    assert "3 beats" in page
    assert "'a value'" in page
    assert "<title>Analysis</title>" in page


def test_a_figure_is_on_the_page_with_its_data(examples: dict[str, Artefact]) -> None:
    """The data are those of the figure; only the template is ours, dark."""
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    figure = figures.beats_figure(analysis)
    [shown] = figures_in(page_of(drawn(figure)))
    expected = json.loads(figure.to_json())
    assert shown["data"] == expected["data"]
    assert shown["layout"]["title"] == expected["layout"]["title"]
    assert shown["layout"]["shapes"] == expected["layout"]["shapes"]
    assert shown["layout"]["template"]["layout"]["paper_bgcolor"] == "rgba(0, 0, 0, 0)"


def test_plotly_is_there_once_however_many_figures_there_are(
    examples: dict[str, Artefact],
) -> None:
    """Four megabytes, and none of them where nothing is drawn."""
    video = examples["video"]
    assert isinstance(video, Video)
    figure = drawn(figures.cuts_figure(video))
    one, two, none = page_of(figure), page_of(figure, figure), page_of()
    assert (len(figures_in(two)), two.count("Plotly.newPlot(place")) == (2, 1)
    assert len(two) - len(one) < 50_000 < 3_000_000 < len(one)
    assert len(none) < 20_000
    assert "<script" not in none


def test_pictures_and_sound_lie_inside_the_page() -> None:
    """What the notebook holds itself goes along as it is."""
    picture, sound = base64.b64encode(b"a picture").decode(), base64.b64encode(b"a song").decode()
    page = page_of(
        display(image_jpeg=picture),
        display(text_html=f'<audio controls><source src="data:audio/wav;base64,{sound}"></audio>'),
    )
    assert f'src="data:image/jpeg;base64,{picture}"' in page
    assert f'src="data:audio/wav;base64,{sound}"' in page


def test_a_failed_notebook_shows_where_it_failed() -> None:
    """A traceback in terminal colours is readable text."""
    failure = new_output(
        "error",
        ename="StageFailed",
        evalue="no <beats>",
        traceback=["\x1b[31mStageFailed\x1b[0m: no <beats>"],
    )
    page = page_of(failure)
    assert '<span class="ansi-red-fg">StageFailed</span>: no &lt;beats&gt;' in page
    assert "\x1b" not in page


# --- the files of the run


def test_a_film_is_played_from_where_the_files_of_the_run_are() -> None:
    """Paths in a notebook begin in its own folder, whatever the page's address is."""
    film = display(text_html='<video src="../clips/000.mp4" controls width="640"></video>')
    page = page_of(film, files_url="/api/v1/jobs/7/files")
    assert '<video controls="" src="/api/v1/jobs/7/files/clips/000.mp4" width="640">' in page


def test_a_film_that_nobody_serves_is_left_out_with_a_line() -> None:
    """A page that was downloaded shows no broken player."""
    page = page_of(display(text_html='<video src="../clips/000.mp4" controls></video>'))
    assert "<video" not in page
    assert "000.mp4 is kept beside this notebook" in page


@pytest.mark.parametrize(
    "address",
    [
        "../../other-run/video.mp4",
        "../../../etc/passwd",
        "/etc/passwd",
        "https://example.org/track.png",
        "//example.org/track.png",
        "javascript:alert(1)",
    ],
)
def test_what_is_not_of_this_run_is_left_out(address: str) -> None:
    """Neither another run nor another host is ever asked for."""
    foreign = display(text_html=f'<img src="{address}"><video src="{address}"></video>')
    page = page_of(foreign, files_url="/api/v1/jobs/7/files")
    assert " src=" not in page


# --- nothing is code


def test_what_people_wrote_stays_text() -> None:
    """In the title, in what was printed, in values, in code, and in the data of figures."""
    figure = figures.Figure()
    figure.update_layout(title=EVIL)
    outputs = (
        new_output("stream", text=EVIL),
        new_output("execute_result", data={"text/plain": EVIL}, execution_count=1),
        drawn(figure),
    )
    page = as_html(notebook(*outputs, source=f"title = '''{EVIL}'''"), title=EVIL)
    assert f"<title>{html.escape(EVIL)}</title>" in page
    assert "<img" not in page
    assert "<script>alert" not in page
    assert figures_in(page)[0]["layout"]["title"]["text"] == EVIL


def test_the_policy_allows_the_scripts_of_the_page_and_no_other(
    examples: dict[str, Artefact],
) -> None:
    """Each script is named by its digest, so that none can be slipped in."""
    prompts = examples["prompts"]
    assert isinstance(prompts, Prompts)
    page = page_of(
        drawn(figures.prompts_figure(prompts)),
        display(text_html="<b>hello</b><script>alert('ours is not this')</script>"),
    )
    digests = {
        script: base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in SCRIPT.findall(page)
    }
    foreign = "alert('ours is not this')"
    ours = {f"'sha256-{digest}'" for script, digest in digests.items() if script != foreign}
    assert len(ours) == 2
    assert allowed_scripts(page) == ours
    assert allowed_scripts(page_of()) == {"'none'"}


def test_the_page_asks_for_nothing_from_anywhere(examples: dict[str, Artefact]) -> None:
    """No font, no MathJax, no style sheet: every address on the page is inside it."""
    video = examples["video"]
    assert isinstance(video, Video)
    page = page_of(drawn(figures.checks_figure(video)))
    without_plotly = SCRIPT.sub("", page)
    assert set(re.findall(r"(?:src|href)=(.[^ >]*)", without_plotly)) == {'"data:,"'}
    assert "default-src 'none'" in page
    assert "url(" not in without_plotly


@pytest.mark.parametrize("junk", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"cells": 3}', b"null"])
def test_what_is_no_notebook_is_refused(junk: bytes) -> None:
    with pytest.raises(InvalidArtefact, match="no notebook"):
        as_html(junk, title="junk")


@pytest.mark.slow
@pytest.mark.browser
def test_a_browser_draws_the_figures_and_runs_nothing_else(
    window: Page, tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    """From a file, as somebody keeps it: figures drawn, nothing fetched, no foreign script run."""
    analysis, video = examples["analysis"], examples["video"]
    assert isinstance(analysis, Analysis)
    assert isinstance(video, Video)
    evil = display(text_html=f"<p onclick=\"alert('1')\">{EVIL}</p>")
    page = page_of(drawn(figures.beats_figure(analysis)), drawn(figures.checks_figure(video)), evil)
    kept = tmp_path / "page.html"
    kept.write_text(page, "utf-8")
    fetched: list[str] = []
    dialogs: list[str] = []
    window.on("request", lambda request: fetched.append(request.url))
    window.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    window.goto(kept.as_uri())
    expect(window.locator(".figure .main-svg").first).to_be_visible()
    assert window.locator(".figure:has(.main-svg)").count() == 2
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep_picture(window, "notebook")
    assert dialogs == []
    assert [url for url in fetched if not url.startswith(("file:", "data:", "blob:"))] == []
