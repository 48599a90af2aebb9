"""Watching a film: how far it is, its clips as they land, and what can be done about it.

Run folders and rows of jobs are made here, as a worker would leave them; buttons are pressed on
jobs that were really submitted.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from mvkit import ledger
from mvkit.database import writing
from mvkit.errors import BudgetExceeded, Cancelled, GenerationFailed
from mvkit.files import append_line, write_whole
from mvkit.jobs import client
from mvkit.jobs.table import BUSY, Job, JobState, condemn, find_job, insert, set_state
from mvkit.run import EVENTS_FILE, Run, Status
from mvkit.schema import Artefact, Clip
from mvkit.settings import get_settings
from mvkit.web.pages import watch
from mvkit.web.parts.amounts import about, clock, lasting
from mvkit.web.parts.film import open_film
from mvkit.web.parts.messages import message_list
from mvkit.web.parts.player import clip_player, film_player
from mvkit.web.parts.progress import follow_stages

from .browser import a_chromium, a_desktop, keep_picture, page_server  # noqa: F401 - fixtures
from .film_makers import JOB, make_analysis, make_brief, make_clips, make_plan, write_clip
from .job_makers import submit

USER = "ada"
EDGES_S = (0.0, 4.0, 8.0, 12.0)
FILES_URL = f"/api/v1/jobs/{JOB}/files/"


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    """Let everybody be ada, as where nobody logs in."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    get_settings.cache_clear()


class MadeFilm:
    """A film as its worker leaves it: its row, its run folder, what was told."""

    def __init__(self, state: JobState = "running", *, user: str = USER, **brief: Any) -> None:
        wish = make_brief(**brief)
        song = get_settings().runs_dir.parent / "song.wav"
        song.write_bytes(b"RIFF")
        get_settings().runs_dir.mkdir(exist_ok=True)
        self.run = Run.create(wish, song=song)
        self.plan = make_plan(EDGES_S)
        self._add_row(state, user=user)
        self.tell_status(state=state)

    def _add_row(self, state: JobState, *, user: str) -> None:
        times: dict[str, Any] = {"submitted_at_s": time.time(), "updated_at_s": time.time()}
        with writing() as connection:
            insert(
                connection,
                Job(
                    job_id=JOB,
                    user=user,
                    title=self.run.brief.title,
                    aim="film",
                    state=state,
                    attempt=1,
                    song_s=EDGES_S[-1],
                    n_bytes=0,
                    worked_s=0.0,
                    told=True,
                    **times,
                ),
            )

    def tell_status(self, **changes: Any) -> None:
        told = self.run.told_status.model_copy(update={**changes, "updated_at": time.time()})
        self.run.set_status(told)

    def tell(self, stage: str, status: str, **more: Any) -> None:
        self.run.tell("stage_update", stage=stage, status=status, **more)

    def hear(self) -> None:
        self.tell("analysis", "started")
        self.run.write(make_analysis(EDGES_S[-1]))
        self.tell("analysis", "finished", duration=2.5)

    def make_plan(self, **changes: str) -> None:
        first, *others = self.plan.clip_scripts
        scripts = (first.model_copy(update=changes), *others)
        self.plan = self.plan.model_copy(update={"clip_scripts": scripts})
        self.tell("plan", "started")
        self.run.write(self.plan)
        self.tell("plan", "finished", duration=0.7)

    def begin_filming(self) -> None:
        self.hear()
        self.make_plan()
        self.tell("clips", "started")
        self.tell_status(stage="clips", progress=40.0, n_clips=3)

    def film(self, index: int, *, fails: bool = False, **told: Any) -> None:
        """Leave a clip as whoever filmed it does."""
        clip: Clip = make_clips(self.plan, failed=[index] if fails else []).clips[index]
        clip = clip.model_copy(update=told)
        write_clip(self.run.path(f"clips/{index:03d}.mp4"), index, 60)
        self.run.path(f"clips/{index:03d}.jpg").write_bytes(b"a poster")
        write_whole(self.run.path(f"clips/{index:03d}.json"), clip.model_dump_json())
        self.tell_status(clips_done=index + 1, progress=40.0 + 15.0 * (index + 1))

    def finish(self, examples: dict[str, Artefact]) -> None:
        self.begin_filming()
        for index in range(3):
            self.film(index)
        self.tell("clips", "finished", duration=30.0)
        video = examples["video"].model_copy(update={"job_id": JOB})
        for name in video.files():
            self.run.path(name).write_bytes(b"made")
        write_whole(self.run.path("video.json"), video.to_json())
        set_state(JOB, 1, "finished", told=True)
        self.tell_status(state="finished", progress=100.0)


def draw(job_id: str) -> None:
    """Draw the page; runs inside Streamlit."""
    import streamlit as st

    from mvkit.web.pages import watch
    from mvkit.web.visitor import visitor

    st.query_params["job"] = job_id
    watch.show(visitor())


def open_page(job_id: str = JOB) -> AppTest:
    page = AppTest.from_function(draw, args=(job_id,), default_timeout=30).run()
    assert not page.exception
    return page


def elements(page: AppTest) -> list[str]:
    """Return the HTML of each element, in order."""
    return [element.proto.body for element in page.main.get("html")]


def shown(page: AppTest) -> str:
    return "\n".join(elements(page))


def cards(page: AppTest) -> list[str]:
    return [body for body in elements(page) if "mv-clip" in body]


def stage_states(page: AppTest) -> dict[str, str]:
    """Return what the list says of each stage."""
    lines = re.findall(r"<li.*?><span>(.*?)</span><span.*?>(.*?)</span></li>", shown(page))
    return dict(lines)


# --- whose film, and which


def test_another_persons_film_is_not_there() -> None:
    """Somebody else's id leads to the same page as none."""
    MadeFilm(user="eve")
    assert "There is no such film" in shown(open_page())


@pytest.mark.parametrize("job_id", ["", JOB, "../../etc/passwd", "\0", "<b>x</b>"])
def test_a_wrong_address_says_calmly_that_there_is_no_film(job_id: str) -> None:
    """Whatever the address says, the page draws, and leads to the films."""
    page = shown(open_page(job_id))
    assert "There is no such film" in page
    assert 'href="/library"' in page


def test_a_film_whose_files_are_gone_is_no_film() -> None:
    """The row of a run that its retention removed draws no broken page."""
    film = MadeFilm("finished")
    shutil.rmtree(film.run.folder)
    assert "There is no such film" in shown(open_page())


def test_what_people_wrote_is_shown_as_text() -> None:
    """Title and script reach the page with every sign that means something escaped."""
    evil = "<script>alert('1')</script> **bold** & \"quoted\""
    film = MadeFilm(title=evil)
    film.hear()
    film.make_plan(visual_description=evil)
    page = open_page()
    assert "<script" not in shown(page)
    assert f"<h1>{html.escape(evil)}</h1>" in shown(page)
    assert html.escape(evil) in cards(page)[0]
    assert not page.markdown


# --- waiting


def test_the_first_in_the_queue_is_told_so() -> None:
    """A film that nobody is before is next."""
    MadeFilm("queued")
    assert "Next in the queue" in shown(open_page())


def test_films_before_this_one_are_counted(tmp_path: Path) -> None:
    """Somebody else's film that has waited longer is before this one."""
    submit(tmp_path, user="eve")
    MadeFilm("queued")
    assert "2. in the queue" in shown(open_page())


def test_a_queue_where_nobody_works_says_what_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only after a while, and only if nothing runs."""
    MadeFilm("queued")
    assert "make serve" not in shown(open_page())
    monkeypatch.setattr(watch, "PATIENCE_S", -1.0)
    assert "make serve" in shown(open_page())


# --- being made


def test_the_stages_stand_as_the_events_tell() -> None:
    """Done with its duration, running, or waiting."""
    film = MadeFilm()
    film.hear()
    film.tell("plan", "started")
    assert stage_states(open_page()) == {
        "Hearing the song": "done · 2.5 s",
        "Planning the shots": "running",
        "Painting people and places": "waiting",
        "Writing prompts": "waiting",
        "Filming": "waiting",
        "Cutting the film": "waiting",
    }


def told(*updates: str) -> list[dict[str, Any]]:
    """Return events: ``plan started``, ``plan finished``, ``error``."""
    events = []
    for time_s, update in enumerate(updates):
        stage, _, status = update.partition(" ")
        kind = {"event": "stage_update", "stage": stage, "status": status, "duration": 1.0}
        events.append({"time": float(time_s), **(kind if status else {"event": stage})})
    return events


@pytest.mark.parametrize(
    ("updates", "is_running", "states"),
    [
        ([], True, "waiting waiting waiting"),
        (["analysis started"], True, "running waiting waiting"),
        (["analysis started"], False, "stopped waiting waiting"),
        (["analysis started", "error"], True, "stopped waiting waiting"),
        (["analysis finished", "plan planned"], False, "done waiting waiting"),
        (["analysis kept", "plan started"], True, "kept running waiting"),
        (
            ["analysis finished", "references finished", "plan started"],
            True,
            "done running waiting",
        ),
        (["plan started", "error", "analysis kept", "plan started"], True, "kept running waiting"),
        (["unheard started", "plan dreamt"], True, "waiting waiting waiting"),
    ],
)
def test_stages_follow_the_events(updates: list[str], is_running: bool, states: str) -> None:
    """What comes after the stage at work waits, however far an earlier attempt had come."""
    stages = follow_stages(told(*updates), is_running=is_running)
    assert " ".join(stage.state for stage in stages[:3]) == states


def test_a_kept_stage_still_tells_how_long_it_once_took() -> None:
    """The second attempt keeps what the first has made."""
    events = told("analysis started", "analysis finished", "analysis kept")
    assert follow_stages(events, is_running=True)[0].duration_s == 1.0


def test_bar_and_time_left_come_from_the_status() -> None:
    """The bar is as full as the status says, and the time left is told roughly."""
    film = MadeFilm()
    film.begin_filming()
    film.tell_status(progress=55.0, clips_done=1, eta_s=33.0)
    page = shown(open_page())
    assert 'aria-valuenow="55"' in page
    assert "Filming, 1 of 3 clips" in page
    assert "about 35 seconds left" in page


def test_a_film_that_costs_nothing_says_nothing_of_cost() -> None:
    """Dollars are shown only where models cost some."""
    MadeFilm().begin_filming()
    assert "$" not in shown(open_page())


def test_cost_so_far_is_told_of_its_budget() -> None:
    """What is spent and on order, of what may be spent."""
    film = MadeFilm(video="replicate:some-model")
    film.begin_filming()
    account = ledger.open_account(JOB, song_s=EDGES_S[-1], budget_usd=Decimal("2.50"))
    most = {"identity": "x", "model": "some-model", "most_usd": Decimal("0.50")}
    account.settle(account.reserve("clips/000.mp4", **most), Decimal("0.42"))
    account.reserve("clips/001.mp4", **most)
    assert "$0.42 of $2.50, $0.50 on order" in shown(open_page())


def test_the_song_and_the_treatment_are_told_once_they_are_there() -> None:
    """Tempo, key, sections; then the director's words and palette."""
    film = MadeFilm()
    assert "The song" not in shown(open_page())
    film.hear()
    heard = shown(open_page())
    assert "120 bpm" in heard
    assert "C major" in heard
    assert 'title="chorus, 0:00 to 0:12"' in heard
    assert "The director" not in heard
    film.make_plan()
    assert "background: #445566" in shown(open_page())


def test_the_latest_messages_come_first_and_errors_are_told_once() -> None:
    """Five of them, the newest first, and not what the page says elsewhere."""
    texts = [f"message {number}" for number in range(7)]
    events = [{"time": 10.0 + n, "event": "message", "text": text} for n, text in enumerate(texts)]
    events.append({"time": 90.0, "event": "error", "error": "It rained."})
    assert re.findall(r"message \d", message_list(events, told_already="It rained.")) == [
        *("message 6", "message 5", "message 4", "message 3", "message 2")
    ]
    assert "<span>It rained.</span>" in message_list(events)
    assert message_list(told("plan started")) == ""


# --- clips


def test_each_clip_has_a_card_from_the_plan_on() -> None:
    """Before anything is filmed, a card says what is to come."""
    film = MadeFilm()
    film.begin_filming()
    page = open_page()
    assert len(cards(page)) == 3
    assert all("<video" not in card and "to come" in card for card in cards(page))
    assert "0:04 to 0:08" in cards(page)[1]


def test_a_clip_that_landed_has_its_player() -> None:
    """The player is silent, loads nothing beforehand, and goes round."""
    film = MadeFilm()
    film.begin_filming()
    film.film(1)
    first, second, _ = cards(open_page())
    assert "<video" not in first
    player = re.search(r"<video .*?>", second)
    assert player is not None
    for part in ('preload="none"', "muted", "loop", "playsinline", "controls"):
        assert part in player[0]
    assert f'src="{FILES_URL}clips/001.mp4?v=' in player[0]
    assert f'poster="{FILES_URL}clips/001.jpg?v=' in player[0]


def test_footage_without_its_record_is_not_shown() -> None:
    """It may be half written: the record comes last."""
    film = MadeFilm()
    film.begin_filming()
    film.film(1)
    (film.run.folder / "clips/001.json").unlink()
    assert "<video" not in shown(open_page())


def test_a_clip_that_failed_says_why() -> None:
    """In the place of a player stands the reason."""
    film = MadeFilm()
    film.begin_filming()
    film.film(2, fails=True)
    card = cards(open_page())[2]
    assert "failed" in card
    assert "the model refused" in card
    assert "<video" not in card


@pytest.mark.parametrize(
    ("model", "chip"),
    [
        ("studio:360", "stand-in: studio:360"),
        ("replicate:prunaai/p-video@draft-720p", "filmed by p-video instead"),
        ("comfyui:wan", "filmed by comfyui:wan instead"),
    ],
)
def test_a_clip_that_another_model_filmed_says_who_and_why(model: str, chip: str) -> None:
    """The stand-in and the fallback are told apart; the reason is there for fingers, too."""
    film = MadeFilm()
    film.begin_filming()
    film.film(1, model=model, error="The <chosen> one was away.")
    first, second, _ = cards(open_page())
    assert f'title="The &lt;chosen&gt; one was away.">{chip}</span>' in second
    assert "<summary>Why not the chosen model</summary><p>The &lt;chosen&gt; one was" in second
    assert f"<p>{model} filmed it.</p>" in second
    assert "blocks</p>" in second  # what is seen stays
    assert "mv-filming" not in first


def test_notes_and_the_picture_a_clip_starts_from_are_shown() -> None:
    """A picture that is gone is not shown."""
    film = MadeFilm()
    film.begin_filming()
    film.run.path("clips/000.keyframe.png").write_bytes(b"a picture")
    film.film(0, keyframe_url="clips/000.keyframe.png")
    film.film(1, keyframe_url="clips/001.keyframe.png", notes=("Only <2> s were delivered.",))
    first, second, _ = cards(open_page())
    assert f'<img src="{FILES_URL}clips/000.keyframe.png?v=' in first
    assert "<figcaption>starts from</figcaption>" in first
    assert "keyframe" not in second
    assert "<li>Only &lt;2&gt; s were delivered.</li>" in second
    assert "Why not" not in first + second


def test_a_sketch_stands_where_footage_is_to_come() -> None:
    """What is not filmed is shown as it was sketched last."""
    film = MadeFilm()
    film.begin_filming()
    film.run.path("sketches/001-aaaa.jpg").write_bytes(b"the second wording")
    film.run.path("sketches/001-bbbb.jpg").write_bytes(b"the first wording")
    os.utime(film.run.path("sketches/001-bbbb.jpg"), (1.0, 1.0))
    image = f'<img class="mv-clip__to-come" src="{FILES_URL}sketches/001-aaaa.jpg'
    assert [image in card for card in cards(open_page())] == [False, True, False]


def test_a_clip_that_lands_changes_no_other_card() -> None:
    """The same HTML is the same player, which goes on playing."""
    film = MadeFilm()
    film.begin_filming()
    film.film(0)
    before = cards(open_page())
    film.film(1)
    after = cards(open_page())
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]


def test_a_clip_that_was_filmed_anew_is_another_player() -> None:
    """Or the browser would go on with the old footage."""
    film = MadeFilm()
    film.begin_filming()
    film.film(0)
    before = cards(open_page())[0]
    time.sleep(0.01)
    film.film(0)
    assert cards(open_page())[0] != before


def test_players_of_another_shape_keep_it() -> None:
    """A film for phones has clips for phones."""
    film = MadeFilm(aspect="9:16")
    film.begin_filming()
    film.film(0)
    assert all("aspect-ratio: 9 / 16" in card for card in cards(open_page()))


def test_players_name_what_they_show_and_where_it_is() -> None:
    """Names of files are quoted, labels escaped; without a poster, the first picture."""
    assert 'aria-label="&lt;i&gt;"' in film_player(JOB, label="<i>")
    assert "files/a%20b.mp4" in film_player(JOB, "a b.mp4")
    assert 'preload="metadata"' in clip_player(JOB, "clips/000.mp4")
    assert "autoplay" not in clip_player(JOB, "clips/000.mp4") + film_player(JOB)


# --- following


def film_of_page() -> Callable[[], bool]:
    """Return a way to ask whether a film stands otherwise than it does now."""
    film = open_film(JOB, user=USER)
    return lambda: watch._has_changed(film)


def test_a_film_has_changed_only_when_it_has() -> None:
    """Nothing is drawn anew while nothing happens."""
    film = MadeFilm()
    has_changed = film_of_page()
    assert not has_changed()
    film.tell_status(progress=12.0)
    assert has_changed()


def test_a_film_that_was_deleted_has_changed() -> None:
    """The page is drawn anew, and says that there is no such film."""
    MadeFilm("finished")
    has_changed = film_of_page()
    assert condemn(JOB)
    assert has_changed()


def test_a_store_that_does_not_answer_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was drawn stays, and the store is asked again."""
    MadeFilm()
    has_changed = film_of_page()

    def be_silent(*_: object, **__: object) -> Status:
        raise GenerationFailed("No answer.", reason="STORE")

    monkeypatch.setattr(client, "status", be_silent)
    assert not has_changed()


@pytest.mark.parametrize("state", [*BUSY, "planned", "failed", "cancelled"])
def test_only_a_film_that_waits_or_is_made_is_asked_after(
    state: JobState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it has ended, nobody asks any more."""
    followed: list[object] = []
    monkeypatch.setattr(watch, "_follow", lambda *_, **__: followed.append(state))
    MadeFilm(state)
    open_page()
    assert bool(followed) is (state in BUSY)


# --- what can be done


def test_cancelling_is_confirmed_and_then_done(tmp_path: Path) -> None:
    """The job ends, and the page offers to go on."""
    job = submit(tmp_path, user=USER)
    page = open_page(job.job_id)
    assert "Stop making this film?" in page.text[0].value
    page.button(key="cancel").click().run()
    assert find_job(job.job_id).state == "cancelled"
    assert "Cancelled" in shown(page)
    assert page.button(key="retry").label == "Try again"


def test_a_planned_film_is_made_when_its_user_says_so(tmp_path: Path) -> None:
    """Approval puts it into the queue, to be filmed this time."""
    job = submit(tmp_path, user=USER, plan_first=True)
    set_state(job.job_id, 1, "planned", told=True)
    page = open_page(job.job_id)
    assert "storyboard is ready" in shown(page)
    page.button(key="approve").click().run()
    again = find_job(job.job_id)
    assert (again.state, again.aim, again.attempt) == ("queued", "film", 2)
    assert "Next in the queue" in shown(page)


def end_badly(job: Job, error: GenerationFailed | BudgetExceeded | Cancelled) -> None:
    run = Run(get_settings().runs_dir / job.job_id)
    set_state(job.job_id, 1, "failed", told=True)
    run.set_status(run.told_status.model_copy(update={"state": "failed", "error": error.as_dict()}))


def test_a_film_that_failed_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    """Message, code and reason are told, and one button goes on."""
    job = submit(tmp_path, user=USER)
    end_badly(job, GenerationFailed("The <model> is away; try again.", reason="AWAY"))
    page = open_page(job.job_id)
    assert "The &lt;model&gt; is away; try again." in shown(page)
    assert "GENERATION_ERROR · AWAY" in shown(page)
    assert not page.number_input
    page.button(key="retry").click().run()
    assert find_job(job.job_id).state == "queued"


def test_a_film_that_was_too_dear_can_be_given_more_money(tmp_path: Path) -> None:
    """The budget is asked for, and is the job's limit from then on."""
    job = submit(tmp_path, user=USER)
    end_badly(job, BudgetExceeded("clip 3 may cost up to $0.50."))
    page = open_page(job.job_id)
    page.number_input(key="budget").set_value(3.25)
    page.button(key="retry").click().run()
    account = ledger.find_account(job.job_id)
    assert account is not None
    assert account.limit_usd == Decimal("3.25")
    assert find_job(job.job_id).state == "queued"


def test_what_cannot_be_done_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is shown as text, and the page stays."""
    job = submit(tmp_path, user=USER)
    end_badly(job, GenerationFailed("No."))
    monkeypatch.setenv("MVKIT_QUEUED_PER_USER", "1")
    get_settings.cache_clear()
    submit(tmp_path, user=USER)
    page = open_page(job.job_id)
    page.button(key="retry").click().run()
    assert "It cannot go on now" in shown(page)
    assert "RATE_LIMITED · QUEUE_FULL" in shown(page)


# --- the film


def test_a_finished_film_stands_in_the_centre(examples: dict[str, Artefact]) -> None:
    """Its player, its download, its figures; nothing says that anything is being done."""
    film = MadeFilm()
    film.finish(examples)
    page = shown(open_page())
    assert f'src="{FILES_URL}video.mp4?v=' in page
    assert f'poster="{FILES_URL}thumbnail.jpg' in page
    assert f'href="/api/v1/jobs/{JOB}/download"' in page
    assert "<dt>Time worked</dt><dd>33 s</dd>" in page
    assert "<dt>Cost</dt><dd>free</dd>" in page
    assert "progressbar" not in page
    assert page.count("<video") == 4


def test_a_page_that_is_opened_again_is_the_same(examples: dict[str, Artefact]) -> None:
    """All that is shown is in the store: a closed tab loses nothing."""
    MadeFilm().finish(examples)
    assert elements(open_page()) == elements(open_page())


def test_events_that_were_cut_off_are_left_out() -> None:
    """A line that is being written does not stop the page."""
    film = MadeFilm()
    film.hear()
    with (film.run.folder / EVENTS_FILE).open("a") as file:
        file.write('{"time": 1.0, "event": "sta')
    assert stage_states(open_page())["Hearing the song"] == "done · 2.5 s"
    append_line(film.run.folder / EVENTS_FILE, {"event": "message", "text": "Back again."})
    assert "Back again." in shown(open_page())


# --- words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (clock(65.9), "1:05"),
        (clock(600.0), "10:00"),
        (lasting(0.94), "0.9 s"),
        (lasting(9.96), "10 s"),
        (lasting(59.6), "1 min 0 s"),
        (lasting(125.0), "2 min 5 s"),
        (about(3.0), "a few seconds"),
        (about(41.0), "about 45 seconds"),
        (about(58.0), "about a minute"),
        (about(61.0), "about 2 minutes"),
    ],
)
def test_times_are_told_as_people_say_them(words: str, expected: str) -> None:
    """No finer than anybody wants to know."""
    assert words == expected


# --- in a browser


@pytest.mark.browser
@pytest.mark.slow
def test_a_playing_clip_goes_on_while_others_land(tmp_path: Path, desktop: Page) -> None:
    """Over many polls and a page drawn anew, the player stays the one that was started."""
    film = MadeFilm()
    film.begin_filming()
    film.film(0)
    with page_server(tmp_path, auth="off") as server:
        desktop.goto(f"{server.url}/watch?job={JOB}")
        desktop.locator("video").evaluate(
            "video => { window.first = video; window.emptied = 0;"
            " video.addEventListener('emptied', () => window.emptied++); return video.play(); }"
        )
        desktop.wait_for_function("first.currentTime > 0")
        film.film(1)
        expect(desktop.locator("video")).to_have_count(2)
        shown_s = desktop.evaluate("first.currentTime")
        desktop.wait_for_timeout(1500)
        desktop.wait_for_function("shown_s => first.currentTime !== shown_s", arg=shown_s)
        keep_picture(desktop, "watch-filming")
        assert desktop.evaluate("[first.isConnected, !first.paused, emptied]") == [True, True, 0]
        assert desktop.title().startswith("70 %")
