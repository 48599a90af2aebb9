"""On the storyboard people see what is to be filmed and why, and change it before it is."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from mvkit import sketches
from mvkit.clips import film_clips
from mvkit.database import writing
from mvkit.director import plan_video
from mvkit.errors import Unauthorized
from mvkit.jobs.queue import queueing
from mvkit.jobs.storyboard import (
    Storyboard,
    change_clip,
    change_palette,
    choose_take,
    lock_clip,
    new_take,
    open_storyboard,
)
from mvkit.jobs.table import JOBS, Job, JobState, find_job, insert
from mvkit.prompts import write_prompts
from mvkit.run import Run, draft_brief
from mvkit.schema import (
    FRAME_SIZES_PX,
    Accent,
    Act,
    Analysis,
    Artefact,
    Clip,
    ClipChange,
    ClipScript,
    Grade,
    Plan,
    Prompts,
    References,
    ShotChange,
)
from mvkit.settings import get_settings
from mvkit.web.parts.storyboard import drawer, making
from mvkit.web.parts.storyboard.card import script_card
from mvkit.web.parts.storyboard.cards import STEP
from mvkit.web.parts.storyboard.craft import place_words
from mvkit.web.parts.treatment import treatment

from .browser import (  # noqa: F401 - fixtures
    PageServer,
    a_chromium,
    a_desktop,
    a_phone,
    fill_in,
    keep_picture,
    page_server,
)
from .film_makers import make_analysis
from .test_clips import FakeCamera

USER = "ada"
PROMPT = "A lone figure walks <script>alert(1)</script> through neon-lit streets and finds a stage."
WORDS = "She turns <b>round</b> and looks straight into the light."
SAVE = "FormSubmitter:clip_form-Save"


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    """Let everybody be ada, as where nobody logs in; sketches are painted by nobody."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    monkeypatch.setattr(sketches, "begin", lambda _run: None)
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (320, 180))
    get_settings.cache_clear()


def new_run(tmp_path: Path, *artefacts: Artefact, state: JobState = "planned") -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(
        draft_brief(song=song, kind="wav", prompt=PROMPT, title="Twelve Seconds"), song=song
    )
    for artefact in artefacts:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    add_job(run, state)
    return run


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact]) -> Run:
    """A planned film of ada's, of three clips."""
    return new_run(tmp_path, examples["analysis"], examples["plan"])


def add_job(run: Run, state: JobState) -> None:
    facts: dict[str, Any] = {
        "song_s": 12.0,
        "n_bytes": 0,
        "worked_s": 0.0,
        "attempt": 1,
        "told": True,
    }
    times: dict[str, Any] = {"submitted_at_s": 0.0, "updated_at_s": 0.0}
    title = run.brief.title
    job = Job(job_id=run.job_id, user=USER, title=title, aim="film", state=state, **facts, **times)
    with queueing(USER) as connection:
        insert(connection, job)


def set_state(run: Run, state: JobState) -> None:
    with writing() as connection:
        connection.execute(JOBS.update().values(state=state))


def film(run: Run, examples: dict[str, Artefact]) -> None:
    """Make the film of what the plan says now, as an attempt at the job would."""
    references = References.none(run.job_id)
    run.write(references)
    run.write(write_prompts(run.brief, run.read(Plan), references))
    clips = film_clips(
        run.folder,
        brief=run.brief,
        analysis=run.read(Analysis),
        plan=run.read(Plan),
        references=references,
        prompts=run.read(Prompts),
        model=FakeCamera(),
    )
    run.write(clips)
    video = examples["video"]
    for name in video.files():
        run.path(name).write_bytes(b"made")
    run.write(video.model_copy(update={"job_id": run.job_id}))
    set_state(run, "finished")


@pytest.fixture
def filmed(run: Run, examples: dict[str, Artefact]) -> Run:
    film(run, examples)
    return run


def page() -> None:
    from mvkit.web.pages.storyboard import show
    from mvkit.web.visitor import visitor

    show(visitor())


def open_page(run: Run) -> AppTest:
    at = AppTest.from_function(page, default_timeout=60)
    at.query_params["job"] = run.job_id
    return drawn(at.run())


def drawn(at: AppTest) -> AppTest:
    assert not at.exception
    return at


def click(at: AppTest, key: str) -> AppTest:
    return drawn(at.button(key=key).click().run())


def buttons(at: AppTest) -> set[str | None]:
    return {button.key for button in at.button}


def text_of(at: AppTest) -> str:
    """Return all HTML of the page that is no style."""
    bodies = [element.proto.body for element in at.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def cards(at: AppTest) -> list[str]:
    bodies = [element.proto.body for element in at.get("html")]
    return [body for body in bodies if body.startswith("<article")]


def board_of(run: Run) -> Storyboard:
    return open_storyboard(run.job_id, user=USER)


def scripts_of(run: Run) -> tuple[ClipScript, ...]:
    return board_of(run).plan.clip_scripts


def words_of(run: Run, index: int) -> str:
    return board_of(run).plan.clip_scripts[index].visual_description


# What is seen


def test_the_page_tells_the_plan_clip_by_clip(run: Run) -> None:
    plan = run.read(Plan)
    at = open_page(run)
    page_text = text_of(at)
    assert html.escape(plan.video_summary) in page_text
    assert "storyboard ready" in page_text
    assert all(colour in page_text for colour in plan.style.color_palette)
    assert "<b>weather</b> rain" in page_text
    assert len(cards(at)) == 3
    for script, card in zip(plan.clip_scripts, cards(at), strict=True):
        assert html.escape(script.visual_description) in card
        assert card.count("<li>") == len(script.shots)
        assert "to film" in card


def test_what_people_and_models_wrote_is_shown_as_text(run: Run) -> None:
    change_clip(run.job_id, 0, ClipChange(visual_description=WORDS))
    page_text = text_of(open_page(run))
    assert "<script" not in page_text
    assert "&lt;script&gt;" in page_text
    assert html.escape(WORDS) in page_text
    assert WORDS not in page_text


@pytest.fixture
def told(examples: dict[str, Artefact]) -> Plan:
    """A plan with a story."""
    plan = examples["plan"]
    assert isinstance(plan, Plan)
    acts = (
        Act(start=0.0, end=4.0, name="setup", story="Nobody <i>looks</i> at her."),
        Act(start=4.0, end=12.0, name="climax", story="The street dances."),
    )
    first, *others = plan.clip_scripts
    beat = Accent(time=first.start + 1.0, kind="punch", strength=0.5)
    shot = first.shots[0].model_copy(update={"accents": (beat,)})
    changes = {
        "shots": (shot, *first.shots[1:]),
        "grade": Grade(lightness=0.8),
        "lighting": "cold light <from> the signs",
    }
    return plan.model_copy(
        update={
            "clip_scripts": (first.model_copy(update=changes), *others),
            "acts": acts,
            "format": "concept",
            "genre": "hip_hop",
            "motif": "A red <umbrella> opens.",
        }
    )


def test_the_page_tells_the_film_s_story(
    tmp_path: Path, examples: dict[str, Artefact], told: Plan
) -> None:
    """What kind of film it is, what returns, its acts in their colours, the light of a clip."""
    at = open_page(new_run(tmp_path, examples["analysis"], told))
    page_text = text_of(at)
    assert "concept · hip hop" in page_text
    assert "A red &lt;umbrella&gt; opens." in page_text
    setup, climax = re.findall(r'<li class="mv-act">.*?</li>', page_text)
    assert "Nobody &lt;i&gt;looks&lt;/i&gt; at her." in setup
    assert "<b>climax</b>" in climax
    assert told.style.color_palette[0] not in setup
    assert told.style.color_palette[0] in climax
    card = cards(at)[0]
    assert "; cold light &lt;from&gt; the signs" in card
    assert " · punch<" in card


def test_a_plan_without_a_story_is_told_as_it_was(run: Run) -> None:
    """Those of earlier versions know of no acts, no motif and no genre."""
    storyless = {"acts": (), "motif": "", "genre": ""}
    run.write(run.read(Plan).model_copy(update=storyless))
    page_text = text_of(open_page(run))
    assert "mv-act" not in page_text
    assert "mv-motif" not in page_text
    assert '<p class="mv-muted mv-small">narrative · ' in page_text


def test_the_director_s_words_on_other_pages_tell_the_acts(told: Plan) -> None:
    assert treatment(told).count('<li class="mv-act">') == 2
    assert "mv-act" not in treatment(told.model_copy(update={"acts": ()}))


def record(run: Run, index: int, **told: Any) -> None:
    """Have the record of a clip say something else."""
    path = run.folder / f"clips/{index:03d}.json"
    clip = Clip.model_validate_json(path.read_bytes())
    path.write_text(clip.model_copy(update=told).model_dump_json())


def test_the_page_tells_how_the_plan_came_about(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    note = "The shots are our own, since those of <b>uncle</b> did not fit."
    plan = examples["plan"].model_copy(update={"notes": (note,)})
    page_text = text_of(open_page(new_run(tmp_path, examples["analysis"], plan)))
    assert f'<p class="mv-muted mv-small">{html.escape(note)}</p>' in page_text


def test_a_card_tells_how_its_clip_was_filmed(filmed: Run) -> None:
    """From which picture, with which notes, and by whom instead of the chosen model."""
    filmed.path("clips/000.keyframe.png").write_bytes(b"a picture")
    record(filmed, 0, keyframe_url="clips/000.keyframe.png", notes=("It is <short>.",))
    record(filmed, 1, model="replicate:prunaai/p-video@draft-720p", error="It was away.")
    first, second, plain = (script_card(board_of(filmed), s) for s in scripts_of(filmed))
    assert f'<img src="/api/v1/jobs/{filmed.job_id}/files/clips/000.keyframe.png"' in first
    assert "<li>It is &lt;short&gt;.</li>" in first
    assert 'title="It was away.">filmed by p-video instead</span>' in second
    assert "mv-filming" not in plain


def test_what_is_to_be_filmed_anew_says_nothing_of_the_footage_before(filmed: Run) -> None:
    """The notes are on other words."""
    record(filmed, 0, notes=("It is short.",))
    change_clip(filmed.job_id, 0, ClipChange(visual_description=WORDS))
    assert "It is short." not in script_card(board_of(filmed), scripts_of(filmed)[0])


def test_the_editor_tells_how_its_clip_was_filmed(filmed: Run) -> None:
    record(filmed, 0, notes=("It is short.",))
    at = click(open_page(filmed), "edit_0")
    bodies = [element.proto.body for element in at.get("html")]
    [drawer] = [body for body in bodies if body.startswith('<div class="mv-script__picture')]
    assert "<li>It is short.</li>" in drawer


def test_a_card_gives_the_director_s_reasons(tmp_path: Path) -> None:
    """Every rule that a real plan names is told in its own sentence."""
    run = new_run(tmp_path)
    run.write(make_analysis(24.0).model_copy(update={"job_id": run.job_id}))
    run.write(plan_video(run.brief, run.read(Analysis)))
    board = board_of(run)
    script = board.plan.clip_scripts[0]
    card = script_card(board, script)
    assert "Open the film on the place itself" in card
    assert card.count("<dd>") == 1 + len(script.shots)


def test_a_place_is_told_with_the_weather_that_is_seen_there(examples: dict[str, Artefact]) -> None:
    plan = examples["plan"]
    assert isinstance(plan, Plan)
    street, stage = (place_words(scene) for scene in plan.scenes)
    assert street == "a neon city street at night in the rain"
    assert stage == "a concert stage"


def test_a_filmed_clip_is_played_and_one_to_film_is_sketched(filmed: Run) -> None:
    change_clip(filmed.job_id, 1, ClipChange(visual_description=WORDS))
    sketch = open_page(filmed)
    first, second, _third = cards(sketch)
    assert f"/api/v1/jobs/{filmed.job_id}/files/clips/000.mp4" in first
    assert "filmed" in first
    assert "<video" not in second
    assert "take 2 of 2" in second
    assert "edited" in second
    sketches.paint(filmed)
    assert "/files/sketches/001-" in cards(open_page(filmed))[1]


def test_a_part_of_the_song_shows_its_clips_alone(run: Run) -> None:
    at = open_page(run)
    drawn(at.button_group(key="storyboard_part").set_value(1).run())
    assert [">Clip 2<" in card for card in cards(at)] == [True]


def test_a_film_that_is_not_there_is_told_of_kindly(run: Run) -> None:
    for job_id in ("", "nonsense", "00000000-0000-4000-8000-000000000009"):
        at = AppTest.from_function(page, default_timeout=60)
        at.query_params["job"] = job_id
        assert "There is no such film" in text_of(drawn(at.run()))


def test_somebody_else_s_film_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "eve")
    assert "There is no such film" in text_of(open_page(run))


def test_before_there_is_a_plan_the_page_says_what_to_wait_for(tmp_path: Path) -> None:
    run = new_run(tmp_path, state="running")
    page_text = text_of(open_page(run))
    assert "still thinking" in page_text
    assert f"/watch?job={run.job_id}" in page_text


# What is changed


def test_words_of_ones_own_are_filmed(run: Run) -> None:
    at = click(open_page(run), "edit_1")
    at.text_area(key="clip_words").set_value(WORDS)
    click(at, SAVE)
    assert words_of(run, 1) == WORDS
    assert [toast.value for toast in at.toast] == ["Clip 2 is changed."]
    assert "edited" in cards(at)[1]
    assert "clip_words" not in {area.key for area in at.text_area}  # the drawer is closed


def test_shots_and_the_way_into_a_clip_are_changed(run: Run) -> None:
    at = click(open_page(run), "edit_1")
    at.selectbox(key="clip_shot_2_move").set_value("orbit")
    at.selectbox(key="clip_transition").set_value("fade")
    click(at, SAVE)
    plan = board_of(run).plan
    assert plan.clip_scripts[1].shots[1].move == "orbit"
    assert plan.transitions[0].type == "fade"
    assert "fade, " in cards(at)[1]


def test_a_place_offers_only_the_weather_it_can_have(run: Run) -> None:
    at = click(open_page(run), "edit_0")
    assert at.button_group(key="clip_weather_neon_city").options == ["rain", "clear", "fog", "snow"]
    desert = next(world for world in at.selectbox(key="clip_world").options if "desert" in world)
    drawn(at.selectbox(key="clip_world").select(desert).run())
    assert at.button_group(key="clip_weather_desert_road").options == ["clear", "fog"]
    at.button_group(key="clip_weather_desert_road").set_value("fog")
    click(at, SAVE)
    script = board_of(run).plan.clip_scripts[0]
    scene = next(s for s in board_of(run).plan.scenes if s.id == script.scenes[0])
    assert (scene.world, scene.weather) == ("desert_road", "fog")


def test_saving_what_is_as_it_was_changes_nothing(run: Run) -> None:
    at = click(click(open_page(run), "edit_0"), SAVE)
    assert board_of(run).version == 0
    assert not at.text_area


def test_a_change_by_somebody_quicker_is_told_and_neither_is_lost(run: Run) -> None:
    """What was entered stays in the drawer; saved again, it leaves the other's change alone."""
    at = click(open_page(run), "edit_1")
    moves = tuple(ShotChange(move="crane") for _ in run.read(Plan).clip_scripts[1].shots)
    change_clip(run.job_id, 1, ClipChange(shots=moves))
    at.text_area(key="clip_words").set_value(WORDS)
    click(at, SAVE)
    assert "Somebody was quicker" in text_of(at)
    assert at.text_area(key="clip_words").value == WORDS
    click(at, SAVE)
    script = board_of(run).plan.clip_scripts[1]
    assert script.visual_description == WORDS
    assert {shot.move for shot in script.shots} == {"crane"}


def test_a_button_that_comes_too_late_says_so_on_its_card_once(run: Run) -> None:
    at = open_page(run)
    change_palette(run.job_id, ("#112233", "#445566", "#778899"))
    click(at, "lock_2")
    assert "Somebody was quicker" in text_of(at)
    assert "#778899" in text_of(at)
    click(at, "lock_2")
    assert "Somebody was quicker" not in text_of(at)
    assert board_of(run).plan.clip_scripts[2].locked


def test_a_locked_clip_can_only_be_unlocked(filmed: Run) -> None:
    at = click(open_page(filmed), "lock_0")
    assert "locked" in cards(at)[0]
    assert {key for key in buttons(at) if key and key.endswith("_0")} == {"unlock_0"}
    click(at, "unlock_0")
    assert not board_of(filmed).plan.clip_scripts[0].locked


def test_another_take_is_filmed_and_the_one_before_can_be_chosen_again(
    filmed: Run, examples: dict[str, Artefact]
) -> None:
    at = click(open_page(filmed), "redo_0")
    assert "take 2 of 2" in cards(at)[0]
    film(filmed, examples)
    at = click(open_page(filmed), "takes_0")
    assert "/clips/000.take2.mp4" in text_of(at)
    assert at.button(key="take_2").disabled
    click(at, "take_1")
    assert board_of(filmed).plan.clip_scripts[0].take == 1
    assert "take_1" not in buttons(at.run())  # the drawer is closed


def test_a_clip_that_is_not_filmed_has_no_takes(run: Run) -> None:
    assert {"edit_0", "lock_0"} == {k for k in buttons(open_page(run)) if k and k.endswith("_0")}


def test_colours_are_chosen_and_the_director_s_come_back(run: Run) -> None:
    before = run.read(Plan).style.color_palette
    at = click(open_page(run), "palette_open")
    drawn(at.button_group(key="palette_size").set_value(6).run())
    at.color_picker(key="palette_colour_5").set_value("#123456")
    click(at, "palette_save")
    assert board_of(run).plan.style.color_palette == (
        *before,
        *["#808080"] * (5 - len(before)),
        "#123456",
    )
    click(click(at, "palette_open"), "palette_director")
    assert board_of(run).plan.style.color_palette == before


def test_a_palette_the_director_knows_fills_the_pickers(run: Run) -> None:
    at = click(open_page(run), "palette_open")
    known = at.selectbox(key="palette_known")
    drawn(known.select(known.options[0]).run())
    click(at, "palette_save")
    assert board_of(run).plan.style.color_palette == (
        "#E5249B",
        "#1FD8F2",
        "#2D1B69",
        "#7B3FE4",
        "#FF4FA3",
    )


def test_the_drawer_stays_open_until_it_is_dismissed(run: Run) -> None:
    at = click(open_page(run), "edit_0")
    assert at.text_area
    at.session_state["_"] = drawer.close_drawer  # kept alive for the run below
    del at.session_state["storyboard_open"]
    assert not drawn(at.run()).text_area


def test_whoever_has_logged_out_meanwhile_changes_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A button remembers who drew it; a change asks who presses it."""
    at = open_page(run)

    def nobody() -> str:
        raise Unauthorized("Nobody is logged in.")

    monkeypatch.setattr(drawer, "visitor", nobody)
    click(at, "lock_0")
    assert board_of(run).version == 0


# What is filmed


def test_a_plan_is_approved_and_watched(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, str]] = []
    monkeypatch.setattr(making, "open_page", lambda name, job: opened.append((name, job)))
    at = open_page(run)
    assert "All 3 clips are to be filmed" in text_of(at)
    click(at, "storyboard_make")
    assert (find_job(run.job_id).state, find_job(run.job_id).aim) == ("queued", "film")
    assert opened == [("watch", run.job_id)]


def test_what_filming_costs_is_told_before_it_is_filmed(
    filmed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the clips to film are counted, each by its length."""
    model = SimpleNamespace(typical_usd=lambda *, seconds: Decimal(round(seconds)) / 10)
    monkeypatch.setattr(making, "paid_video_model", lambda _name: model)
    new_take(filmed.job_id, 1)
    told = text_of(open_page(filmed))
    assert "1 clip is to be filmed, the other 2 stay as they are, for about $0.40" in told


def test_a_finished_film_that_is_as_written_asks_for_nothing(filmed: Run) -> None:
    at = open_page(filmed)
    assert "All 3 clips are filmed as they are written here" in text_of(at)
    assert "storyboard_make" not in buttons(at)
    assert "storyboard_watch" in buttons(at)


def test_going_back_to_a_take_makes_the_film_anew_without_filming(
    filmed: Run, examples: dict[str, Artefact]
) -> None:
    new_take(filmed.job_id, 0)
    film(filmed, examples)
    assert "storyboard_make" not in buttons(open_page(filmed))
    choose_take(filmed.job_id, 0, 1)
    at = open_page(filmed)
    assert "the film is put together anew" in text_of(at)
    assert at.button(key="storyboard_make").label == "Make the changes"


def test_a_lock_asks_for_no_new_film(filmed: Run) -> None:
    lock_clip(filmed.job_id, 0, True)
    assert "storyboard_make" not in buttons(open_page(filmed))


def test_all_changes_are_undone_at_once(run: Run) -> None:
    before = words_of(run, 0)
    assert "storyboard_undo" not in buttons(open_page(run))
    change_clip(run.job_id, 0, ClipChange(visual_description=WORDS))
    click(open_page(run), "storyboard_undo")
    assert words_of(run, 0) == before


@pytest.mark.parametrize("state", ["queued", "running"])
def test_while_it_is_made_a_film_can_only_be_looked_at(run: Run, state: JobState) -> None:
    at = click(open_page(run), "edit_0")
    set_state(run, state)
    drawn(at.run())
    assert "can only be looked at" in text_of(at)
    assert not at.text_area
    assert at.button(key="palette_open").disabled
    assert buttons(at) == {"palette_open", "storyboard_watch"}


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_film_that_stopped_goes_on_where_it_is_watched(run: Run, state: JobState) -> None:
    set_state(run, state)
    at = open_page(run)
    assert "goes on where you watch it" in text_of(at)
    assert {"edit_0", "storyboard_watch"} <= buttons(at)


# How quick it is


@pytest.fixture
def long_run(tmp_path: Path) -> Run:
    """The plan of a song of ten minutes: a hundred clips."""
    run = new_run(tmp_path)
    analysis = make_analysis(600.0).model_dump()
    analysis |= {
        "job_id": run.job_id,
        "clip_boundaries": [
            {"start": 6.0 * n, "end": 6.0 * n + 6.0, "duration": 6.0} for n in range(100)
        ],
        "curves": {
            "rate_hz": 30.0,
            **{name: [0.5] * 18_000 for name in ("bass", "mid", "high", "onset", "energy")},
        },
    }
    run.write(Analysis.model_validate(analysis))
    run.write(plan_video(run.brief, run.read(Analysis)))
    return run


def test_of_many_clips_the_first_are_drawn_and_more_as_asked_for(long_run: Run) -> None:
    at = open_page(long_run)
    assert len(cards(at)) == STEP
    click(at, "storyboard_more")
    assert len(cards(at)) == 2 * STEP
    drawn(at.button_group(key="storyboard_part").set_value(0).run())
    assert len(cards(at)) == STEP


def test_the_page_of_a_long_song_is_drawn_again_in_less_than_a_second(long_run: Run) -> None:
    """In CPU time, at best: how long that takes depends on what else the machine does."""
    at = open_page(long_run)
    took_s = []
    for _ in range(3):
        started_s = time.process_time()
        drawn(at.run())
        took_s.append(time.process_time() - started_s)
    assert min(took_s) < 1.0


# In a browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A service without logins and without a worker, where everybody is ada."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LOGNAME", USER)
        with page_server(tmp_path_factory.mktemp("storyboard"), auth="off") as running:
            yield running


@pytest.fixture
def served(
    server: PageServer,
    tmp_path: Path,
    examples: dict[str, Artefact],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """A planned film of ada's, of three clips, that the service knows."""
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(server.runs_dir))
    get_settings.cache_clear()
    return new_run(tmp_path, examples["analysis"], examples["plan"])


@pytest.mark.browser
def test_a_click_on_the_timeline_opens_the_clip_and_saving_leaves_the_page_where_it_was(
    served: Run, server: PageServer, desktop: Page
) -> None:
    desktop.goto(f"{server.url}/storyboard?job={served.job_id}")
    blocks = desktop.locator(".st-key-timeline .nsewdrag")
    blocks.scroll_into_view_if_needed()
    expect(desktop.locator(".st-key-timeline .barlayer .point").first).to_be_attached()
    keep_picture(desktop, "storyboard")
    box = blocks.bounding_box()
    assert box
    blocks.click(position={"x": box["width"] * 0.45, "y": box["height"] * 0.6})
    drawer_of = desktop.get_by_role("dialog")
    expect(drawer_of.get_by_text("Clip 2", exact=True)).to_be_visible()
    keep_picture(desktop, "storyboard-editor")
    scroll = "document.querySelector('.stMain').scrollTop"
    top = desktop.evaluate(scroll)
    fill_in({drawer_of.get_by_role("textbox", name="What is seen"): WORDS})
    drawer_of.get_by_role("button", name="Save").click()
    expect(drawer_of).to_have_count(0)
    expect(desktop.locator(".st-key-script_1")).to_contain_text(WORDS)
    assert desktop.evaluate(scroll) == top
    assert words_of(served, 1) == WORDS


@pytest.mark.browser
def test_a_phone_shows_the_storyboard_without_scrolling_sideways(
    served: Run, server: PageServer, phone: Page
) -> None:
    phone.goto(f"{server.url}/storyboard?job={served.job_id}")
    expect(phone.locator(".st-key-script_2")).to_be_visible()
    expect(phone.locator(".st-key-timeline .barlayer .point").first).to_be_attached()
    phone.locator(".st-key-timeline").scroll_into_view_if_needed()
    keep_picture(phone, "storyboard")
    widths = phone.evaluate("[document.querySelector('.stMain').scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    phone.locator(".st-key-edit_2 button").click()
    expect(phone.get_by_role("dialog").get_by_role("textbox", name="What is seen")).to_be_visible()
    keep_picture(phone, "storyboard-editor")
