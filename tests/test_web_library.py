"""The shelf of films, and the page of one: whose they are, what they say, and how they go."""

from __future__ import annotations

import html
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import streamlit as st
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from mvkit.database import get_database
from mvkit.errors import NotFound
from mvkit.jobs.table import Job, JobState, find_job
from mvkit.run import Run, draft_brief
from mvkit.schema import Artefact, Brief
from mvkit.settings import get_settings, local_user
from mvkit.storage import LocalStore
from mvkit.web.pages import library
from mvkit.web.parts import deletion, film_card, shapes, showing
from mvkit.web.parts.dates import day

from .api_makers import PROMPT, SONG, add_job, set_row, tell_status
from .browser import (  # noqa: F401 - fixtures among them
    PageServer,
    a_chromium,
    a_window,
    keep_picture,
    overhear,
    page_server,
)

USER = "ada"
SERVED = local_user()
"""Whose films a service without logins shows, which has not been told to be ada."""
EVIL = "<script>alert('1')</script> **bold** & \"quoted\""
FILES = dict.fromkeys(
    (
        "video.mp4",
        "thumbnail.jpg",
        "poster.jpg",
        "contact_sheet.jpg",
        "cuts.edl",
        "cuts.otio",
        "notebooks/01_analysis.ipynb",
        "notebooks/06_video.ipynb",
    ),
    b"made",
)
CARD = re.compile(r'<a class="mv-card mv-film-card" href="([^"]*)".*?</a>', re.DOTALL)
TITLE = re.compile(r'<p class="mv-card__title">(.*?)</p>', re.DOTALL)


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    """Let everybody be ada, as where nobody logs in; remember nothing of other tests."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    get_settings.cache_clear()
    st.cache_data.clear()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """Note which pages are opened, instead of going there."""
    pages: list[tuple[str, dict[str, str]]] = []

    def note(name: str, **query: str) -> None:
        pages.append((name, query))
        st.stop()

    for module in (shapes, showing, deletion):
        monkeypatch.setattr(module, "open_page", note)
    return pages


def put(folder: Path, state: JobState = "finished", *, age_s: float = 0.0, **job: Any) -> Run:
    """Put a film on the shelf."""
    run = add_job(folder, state=state, user=job.pop("user", USER), **job)
    set_row(run, submitted_at_s=time.time() - age_s)
    return run


def put_finished(folder: Path, examples: dict[str, Artefact], **job: Any) -> Run:
    """Put a film on the shelf with all that belongs to it."""
    return put(folder, artefacts=tuple(examples.values())[1:], files=FILES, **job)


def draw(job_id: str) -> None:
    """Draw the page; runs inside Streamlit."""
    import streamlit as st

    from mvkit.web.pages import library
    from mvkit.web.visitor import visitor

    if job_id:
        st.query_params["job"] = job_id
    library.show(visitor())


def open_page(job_id: str = "") -> AppTest:
    return checked(AppTest.from_function(draw, args=(job_id,), default_timeout=30).run())


def checked(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def titles(page: AppTest) -> list[str]:
    return [html.unescape(title) for title in TITLE.findall(shown(page))]


def search(page: AppTest, words: str) -> list[str]:
    return titles(checked(page.text_input[0].set_value(words).run()))


def card_of(run: Run) -> str:
    return film_card.film_card(film_card.glance_at(find_job(run.job_id)), zone=UTC)


# --- the shelf


def test_an_empty_shelf_says_how_a_film_begins_and_leads_there() -> None:
    """One way on, and nothing to search in."""
    page = open_page()
    assert "Your films will stand here" in shown(page)
    assert shown(page).count('href="/create"') == 1
    assert not page.text_input


def test_films_stand_newest_first_each_with_what_there_is_to_say(tmp_path: Path) -> None:
    put(tmp_path, title="Old", age_s=3 * 86_400)
    new = put(tmp_path, title="New", files=FILES)
    tell_status(new, "finished", total_cost=1.25)
    page = open_page()
    assert titles(page) == ["New", "Old"]
    [card, _] = [match[0] for match in CARD.finditer(shown(page))]
    assert f"/api/v1/jobs/{new.job_id}/files/thumbnail.jpg" in card
    for fact in (PROMPT, "0:04", "$1.25", "today, "):
        assert fact in card


@pytest.mark.parametrize(
    ("state", "page"),
    [
        ("finished", "/library"),
        ("planned", "/storyboard"),
        ("queued", "/watch"),
        ("running", "/watch"),
        ("failed", "/watch"),
        ("cancelled", "/watch"),
    ],
)
def test_a_card_leads_to_where_its_film_is_looked_at(
    tmp_path: Path, state: JobState, page: str
) -> None:
    run = put(tmp_path, state)
    assert CARD.findall(shown(open_page())) == [f"{page}?job={run.job_id}"]


def test_a_film_without_a_title_is_called_by_its_prompt_once(tmp_path: Path) -> None:
    """Nobody is shown the same sentence twice."""
    card = card_of(put(tmp_path, title=""))
    assert card.count(PROMPT) == 1


def test_what_people_wrote_is_shown_as_text(tmp_path: Path) -> None:
    put(tmp_path, title=EVIL)
    page = open_page()
    assert titles(page) == [EVIL]
    assert "<script" not in shown(page)
    assert not page.markdown


def test_nobody_sees_films_of_others(tmp_path: Path) -> None:
    put(tmp_path, title="Hers", user="eve")
    put(tmp_path, title="Mine")
    assert titles(open_page()) == ["Mine"]


def test_a_film_that_is_made_shows_how_far_it_is(tmp_path: Path) -> None:
    run = put(tmp_path, "running", title="On its way")
    tell_status(run, "running", stage="clips", progress=62.4)
    page = shown(open_page())
    assert "Filming, 62 %" in page
    assert 'aria-valuenow="62"' in page


def test_a_film_comes_to_the_others_when_it_is_finished(tmp_path: Path) -> None:
    """Films that are being made stand first, however old they are."""
    put(tmp_path, title="New")
    run = put(tmp_path, "running", title="Slow", age_s=7200)
    assert titles(open_page()) == ["Slow", "New"]
    set_row(run, state="finished")
    assert titles(open_page()) == ["New", "Slow"]


def test_films_are_found_by_words_of_title_or_prompt(tmp_path: Path) -> None:
    """All words count, in whatever case and order."""
    put(tmp_path, title="Neon Rain")
    put(tmp_path, title="Blue Hour")
    page = open_page()
    assert search(page, "neon LIT rain") == ["Blue Hour", "Neon Rain"]  # so says every prompt
    assert search(page, "blue") == ["Blue Hour"]
    assert search(page, "stage blue") == ["Blue Hour"]
    assert search(page, "blue giraffe") == []
    assert "No film is like that" in shown(page)
    assert search(page, "") == ["Blue Hour", "Neon Rain"]


def test_films_are_chosen_by_how_they_stand(tmp_path: Path) -> None:
    """Only what there is can be chosen; films that are being made are always there."""
    for state in ("finished", "failed", "cancelled", "running"):
        put(tmp_path, state, title=state)
    page = open_page()
    choice = page.get("button_group")[0]
    labels = [option.content for option in choice.proto.options]
    assert labels == ["All 4", "Finished 1", "Not finished 2"]
    assert titles(checked(choice.set_value("Not finished").run())) == [
        "running",
        "cancelled",
        "failed",
    ]


def test_a_long_shelf_is_shown_a_row_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "ROW_FILMS", 2)
    for n in range(5):
        put(tmp_path, title=str(n), age_s=60.0 * n)
    page = open_page()
    assert titles(page) == ["0", "1"]
    assert titles(checked(page.button[0].click().run())) == ["0", "1", "2", "3"]
    assert titles(checked(page.button[0].click().run())) == ["0", "1", "2", "3", "4"]
    assert not page.button


def test_a_shelf_of_hundreds_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question to the database; two small files a card; none when it is drawn again."""
    for n in range(6):
        put(tmp_path, title=str(n))
    monkeypatch.setattr(library, "ROW_FILMS", 4)
    monkeypatch.setattr(library, "foreground_list", lambda: "")
    read: list[str] = []
    asked: list[str] = []
    really = LocalStore.read
    monkeypatch.setattr(
        LocalStore, "read", lambda self, job, name: read.append(name) or really(self, job, name)
    )
    sa.event.listen(
        get_database(), "before_cursor_execute", lambda *args: asked.append(args[2]), named=False
    )
    open_page()
    assert sum("FROM jobs" in statement for statement in asked) == 1
    assert len(read) == 2 * 4
    open_page()
    assert len(read) == 2 * 4


def test_a_film_whose_files_are_gone_breaks_no_shelf(tmp_path: Path) -> None:
    """Retention takes the files first, and the row after them."""
    run = put(tmp_path, title="Gone")
    put(tmp_path, title="Here")
    shutil.rmtree(run.folder)
    assert titles(open_page()) == ["Here", "Gone"]
    assert "There is no such film" in shown(open_page(run.job_id))


def test_films_of_the_command_line_are_listed_where_nobody_logs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They belong to nobody, so that where people log in nobody sees them."""
    put(tmp_path, title="A job")
    song = tmp_path / "song.wav"
    song.write_bytes(SONG)
    Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT, title=EVIL), song=song)
    page = open_page()
    assert page.expander[0].label == "Made on the command line"
    assert html.escape(EVIL) in shown(page)
    assert shown(page).count("<li>") == 1
    monkeypatch.setenv("MVKIT_AUTH", "on")
    monkeypatch.setattr("mvkit.web.visitor.visitor", lambda: USER)
    get_settings.cache_clear()
    assert not open_page().expander


# --- one film


def test_a_finished_film_is_played_and_its_facts_are_told(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = put_finished(tmp_path, examples, title="Twelve Seconds")
    page = open_page(run.job_id)
    body = shown(page)
    assert "<h1>Twelve Seconds</h1>" in body
    assert re.search(rf'<video [^>]*src="/api/v1/jobs/{run.job_id}/files/video\.mp4\?', body)
    for fact in ("<dd>0:12</dd>", "<dd>120 bpm</dd>", "<dd>free</dd>", PROMPT):
        assert fact in body
    assert [expander.label for expander in page.expander] == [
        "Cut list: 4 changes of picture",
        "What was checked: 1 of 1 passed",
    ]


def test_downloads_are_links_to_what_is_there_and_to_nothing_else(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = put_finished(tmp_path, examples)
    links = re.findall(r'class="mv-download" href="([^"]*)"', shown(open_page(run.job_id)))
    files_url = f"/api/v1/jobs/{run.job_id}/files/"
    assert all(link.endswith("?download=1") for link in links)
    assert [link.removeprefix(files_url).removesuffix("?download=1") for link in links] == [
        "video.mp4",
        "cuts.edl",
        "cuts.otio",
        "poster.jpg",
        "contact_sheet.jpg",
        "plan.json",
        "notebooks/01_analysis.html",
        "notebooks/06_video.html",
    ]


def test_what_models_and_people_wrote_is_text_on_its_page_too(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    plan = examples["plan"].model_copy(update={"treatment": EVIL, "video_summary": EVIL})
    run = put_finished(tmp_path, examples | {"plan": plan}, title=EVIL)
    page = open_page(run.job_id)
    assert shown(page).count(html.escape(EVIL)) >= 3
    assert "<script" not in shown(page)
    assert not page.markdown


@pytest.mark.parametrize("job_id", ["../../etc/passwd", "<b>x</b>", "0" * 8])
def test_a_wrong_address_says_calmly_that_there_is_no_film(job_id: str) -> None:
    assert "There is no such film" in shown(open_page(job_id))


def test_another_persons_film_is_not_there(tmp_path: Path, examples: dict[str, Artefact]) -> None:
    run = put_finished(tmp_path, examples, user="eve", title="Hers")
    body = shown(open_page(run.job_id))
    assert "There is no such film" in body
    assert "Hers" not in body


@pytest.mark.parametrize(
    ("state", "page"), [("running", "watch"), ("failed", "watch"), ("planned", "storyboard")]
)
def test_an_unfinished_film_leads_to_where_it_stands(
    tmp_path: Path, opened: list[tuple[str, dict[str, str]]], state: JobState, page: str
) -> None:
    run = put(tmp_path, state)
    film = open_page(run.job_id)
    assert "not finished" in shown(film)
    checked(film.button[0].click().run())
    assert opened == [(page, {"job": run.job_id})]


def test_a_film_leads_to_its_storyboard_and_to_another_like_it(
    tmp_path: Path, examples: dict[str, Artefact], opened: list[tuple[str, dict[str, str]]]
) -> None:
    run = put_finished(tmp_path, examples)
    for label in ("Storyboard", "Make again with changes"):
        [way] = [button for button in open_page(run.job_id).button if button.label == label]
        checked(way.click().run())
    assert opened == [("storyboard", {"job": run.job_id}), ("create", {"again": run.job_id})]


def test_a_film_is_measured_when_asked_and_its_report_is_linked_until_it_changes(
    tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report of an earlier film is none of this one."""
    run = put_finished(tmp_path, examples)
    monkeypatch.setattr("mvkit.report.write_report", pretend_to_measure)
    page = open_page(run.job_id)
    assert not page.get("link_button")
    [measure] = [button for button in page.button if button.label == "Measure it"]
    [link] = checked(measure.click().run()).get("link_button")
    assert f"/jobs/{run.job_id}/files/report.html" in link.proto.url
    later_s = time.time() + 10
    os.utime(run.path("video.json"), (later_s, later_s))
    assert not open_page(run.job_id).get("link_button")


def test_a_film_of_the_studio_is_offered_in_the_shapes_that_it_has_not(
    tmp_path: Path,
    examples: dict[str, Artefact],
    opened: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = put_finished(tmp_path, examples)
    asked: list[tuple[str, str, str]] = []

    def reshape(job_id: str, aspect: str, *, user: str) -> Job:
        asked.append((job_id, aspect, user))
        return find_job(job_id)

    monkeypatch.setattr(shapes.client, "reshape", reshape)
    page = open_page(run.job_id)
    offered = [str(button.key) for button in page.button if str(button.key).startswith("shape_")]
    assert offered == ["shape_1:1", "shape_9:16"]
    checked(page.button(key="shape_9:16").click().run())
    assert asked == [(run.job_id, "9:16", USER)]
    assert opened == [("watch", {"job": run.job_id})]


def test_a_film_that_others_filmed_is_offered_in_no_other_shape(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    run = put_finished(tmp_path, examples)
    brief = run.read(Brief).model_copy(update={"video": "replicate:prunaai/p-video"})
    run.path(Brief.file_name()).write_text(brief.to_json())
    keys = [str(button.key) for button in open_page(run.job_id).button]
    assert not [key for key in keys if key.startswith("shape_")]


def test_a_film_that_cannot_be_measured_says_why(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    """Its film is four bytes long."""
    page = open_page(put_finished(tmp_path, examples).job_id)
    [measure] = [button for button in page.button if button.label == "Measure it"]
    [error] = checked(measure.click().run()).error
    assert "video.mp4 cannot be read" in error.value


def pretend_to_measure(run: Run) -> None:
    for name in ("report.json", "report.html"):
        run.path(name).write_text("measured")


def test_the_link_to_copy_leads_to_this_page_from_anywhere(
    tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_PUBLIC_URL", "https://films.example.org/")
    get_settings.cache_clear()
    run = put_finished(tmp_path, examples)
    assert open_page(run.job_id).code[0].value == (
        f"https://films.example.org/library?job={run.job_id}"
    )


# --- the end of a film


def draw_question(job_id: str) -> None:
    """Draw what the dialog asks; runs inside Streamlit."""
    from mvkit.web.parts.deletion import confirm
    from mvkit.web.parts.film import open_film
    from mvkit.web.visitor import visitor

    confirm(open_film(job_id, user=visitor()))


def ask_to_delete(run: Run) -> AppTest:
    question = AppTest.from_function(draw_question, args=(run.job_id,), default_timeout=30)
    return checked(question.run())


def test_a_film_goes_only_when_it_was_confirmed(
    tmp_path: Path, examples: dict[str, Artefact], opened: list[tuple[str, dict[str, str]]]
) -> None:
    """What goes is told first; then row and folder are gone."""
    run = put_finished(tmp_path, examples, title="Farewell")
    page = checked(open_page(run.job_id).button(key="delete").click().run())
    assert "Farewell</strong>" in shown(page)
    assert "cannot be undone" in shown(page)
    assert find_job(run.job_id).state == "finished"
    checked(ask_to_delete(run).button(key="delete_for_good").click().run())
    assert opened == [("library", {})]
    assert not run.folder.exists()
    with pytest.raises(NotFound):
        find_job(run.job_id)


def test_a_film_that_is_still_ending_says_so_and_stays(
    tmp_path: Path, opened: list[tuple[str, dict[str, str]]]
) -> None:
    run = put(tmp_path, "cancelled")
    set_row(run, told=False)
    page = checked(ask_to_delete(run).button(key="delete_for_good").click().run())
    assert "STILL_ENDING" in shown(page)
    assert opened == []
    assert run.folder.exists()


def test_who_is_somebody_else_by_now_deletes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks is found out anew when it is confirmed."""
    run = put(tmp_path)
    page = ask_to_delete(run)
    monkeypatch.setattr(deletion, "visitor", lambda: "eve")
    checked(page.button(key="delete_for_good").click().run())
    assert "NOT_FOUND" in shown(page)
    assert run.folder.exists()


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_film_at_work_is_not_to_be_deleted(tmp_path: Path, state: JobState) -> None:
    """It has to be cancelled first."""
    run = put(tmp_path, state)
    assert "Delete" not in [button.label for button in open_page(run.job_id).button]


# --- days


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(hours=1), "today, 11:30"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=18), "4 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_days_are_told_as_people_say_them(ago: timedelta, told: str) -> None:
    now = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert day((now - ago).timestamp(), zone=UTC, now_s=now.timestamp()) == told


# --- in a browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with page_server(tmp_path_factory.mktemp("library"), auth="off") as running:
        yield running


@pytest.mark.slow
@pytest.mark.browser
def test_the_shelf_leads_to_a_film_that_can_be_taken_home_and_deleted(
    window: Page,
    server: PageServer,
    tmp_path: Path,
    examples: dict[str, Artefact],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(server.runs_dir))
    get_settings.cache_clear()
    run = put_finished(tmp_path, examples, title="Neon Rain", user=SERVED)
    heard = overhear(window, server)
    window.goto(f"{server.url}/library")
    card = window.get_by_role("link", name="Neon Rain")
    expect(card).to_be_visible()
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    keep_picture(window, "library")
    card.click()
    expect(window.get_by_role("heading", name="Neon Rain")).to_be_visible()
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with window.expect_download() as kept:
        window.get_by_text("The director's plan").click()
    assert kept.value.suggested_filename == "plan.json"
    keep_picture(window, "film")
    window.get_by_role("button", name="Delete").click()
    window.get_by_role("button", name="Delete for good").click()
    expect(window.get_by_text("Your films will stand here")).to_be_visible()
    assert not run.folder.exists()
    assert heard.foreign == []
