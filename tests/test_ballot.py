"""Two films side by side: which meet, that nobody is told which is which, and what answers say."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from mvkit import index
from mvkit.__main__ import app
from mvkit.ballot import Count, Pair, next_pair, read_votes, tally, vote
from mvkit.director.knowledge import load_knowledge
from mvkit.errors import InvalidArtefact
from mvkit.jobs.table import list_jobs
from mvkit.lineup.makings import makings_of
from mvkit.run import Run
from mvkit.schema import Artefact, Brief, Plan
from mvkit.schema.vote import VOTES_FILE, Preference, Side, Vote
from mvkit.settings import get_settings

from .api_makers import add_job

USER = "ada"
JOBS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(4)]


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    """Let everybody be ada, as where nobody logs in."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    get_settings.cache_clear()
    st.cache_data.clear()


@pytest.fixture
def plan(examples: dict[str, Artefact]) -> Artefact:
    return examples["plan"]


def film(folder: Path, plan: Artefact, *, user: str = USER, **wish: Any) -> Run:
    """Make a finished film whose wish says something else."""
    run = add_job(folder, user=user, title="The secret title")
    brief = run.read(Brief).model_copy(update=wish)
    run.path(Brief.file_name()).write_text(brief.to_json())
    path = run.path(Plan.file_name())
    path.write_text(plan.model_copy(update={"job_id": run.job_id}).to_json())
    return run


def dice(seed: int = 1) -> random.Random:
    return random.Random(seed)


def asked(**more: Any) -> Pair:
    found = next_pair(USER, rng=more.pop("rng", dice()), **more)
    assert found
    return found


# --- Which films meet -------------------------------------------------------------------------


def test_films_of_one_song_meet_if_they_differ(tmp_path: Path, plan: Artefact) -> None:
    one, other = film(tmp_path, plan), film(tmp_path, plan, seed=2)
    assert asked().ids == {one.job_id, other.job_id}


@pytest.mark.parametrize(
    "wish",
    [{}, {"song_sha256": "f" * 64, "seed": 2}, {"aspect": "9:16", "seed": 2}],
    ids=["alike", "of another song", "of another shape"],
)
def test_films_that_are_alike_or_cannot_be_compared_never_meet(
    tmp_path: Path, plan: Artefact, wish: dict[str, Any]
) -> None:
    film(tmp_path, plan)
    film(tmp_path, plan, **wish)
    assert next_pair(USER, rng=dice()) is None


def test_films_of_others_never_meet_mine(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan)
    film(tmp_path, plan, seed=2, user="eve")
    assert next_pair(USER, rng=dice()) is None


def test_a_film_whose_files_are_gone_or_damaged_is_passed_over(
    tmp_path: Path, plan: Artefact
) -> None:
    one, other = film(tmp_path, plan), film(tmp_path, plan, seed=2)
    film(tmp_path, plan, seed=3).path("plan.json").unlink()
    film(tmp_path, plan, seed=4).path("brief.json").write_text("{")
    assert {asked(rng=dice(n)).ids for n in range(20)} == {frozenset((one.job_id, other.job_id))}


def test_either_film_stands_left_as_often(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan)
    film(tmp_path, plan, seed=2)
    rng = dice()
    lefts = Counter(asked(rng=rng).left.job_id for _ in range(200))
    assert min(lefts.values()) > 70


def test_the_pair_that_was_asked_about_least_comes_next_and_one_skipped_last(
    tmp_path: Path, plan: Artefact
) -> None:
    for seed in (1, 2, 3):
        film(tmp_path, plan, seed=seed)
    first = asked()
    answer = vote(first, "left", voter=USER)
    second = asked(votes=[answer])
    third = asked(votes=[answer], skipped=[second.ids])
    assert len({first.ids, second.ids, third.ids}) == 3
    everything = [first.ids, second.ids, third.ids]
    assert asked(votes=[answer] * 2, skipped=everything).ids in (second.ids, third.ids)


def test_films_that_differ_in_one_thing_meet_before_others(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan)
    film(tmp_path, plan, seed=2, quality="draft")
    film(tmp_path, plan, seed=3, options={"plan": {"pace": 1.4}})
    alike = film(tmp_path, plan, video="replicate:x")
    assert {alike.job_id in asked(rng=dice(n)).ids for n in range(10)} == {True}


def test_knowledge_of_ones_own_and_changes_by_hand_tell_films_apart(
    tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('off = ["pace_chorus"]\n')
    monkeypatch.setenv("MVKIT_KNOWLEDGE", str(own))
    get_settings.cache_clear()
    brief = examples["brief"]
    assert isinstance(brief, Brief)
    plain = makings_of(brief, notes=["Nobody can paint a whale."])
    mine = makings_of(brief, notes=load_knowledge().notes)
    changed = makings_of(brief, changed_by_hand=True)
    assert {name for name in plain if plain[name] != mine[name]} == {"knowledge"}
    assert mine["knowledge"].startswith("mine.toml: it leaves out pace_chorus")
    assert {name for name in plain if plain[name] != changed[name]} == {"storyboard"}


# --- Answers ----------------------------------------------------------------------------------


def test_answers_are_kept_by_whoever_gave_them(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan)
    film(tmp_path, plan, seed=2)
    mine = vote(asked(), "right", voter=USER)
    others = vote(asked(), "neither", voter="eve")
    assert read_votes(voter=USER) == (mine,)
    assert read_votes() == (mine, others)
    assert mine.topics == ("seed",)


def test_a_line_that_is_no_answer_is_told_and_one_cut_off_left_out(tmp_path: Path) -> None:
    path = get_settings().runs_dir / VOTES_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"voter": "ada", "le')
    assert read_votes() == ()
    path.write_text('{"voter": "ada"}\n')
    with pytest.raises(InvalidArtefact, match=r"votes\.jsonl.*Mend the line"):
        read_votes()


def test_the_index_holds_the_answers_also_when_films_and_index_are_gone(
    tmp_path: Path, plan: Artefact
) -> None:
    films = [film(tmp_path, plan), film(tmp_path, plan, options={"plan": {"pace": 1.4}})]
    pair = asked()
    vote(pair, "right", voter=USER)
    told = "SELECT voter, left_id, preferred, preferred_id, differs FROM votes"
    row = (USER, pair.left.job_id, "right", pair.right.job_id, "plan.pace")
    assert index.query(told).rows == [row]
    for run in films:
        run.path("brief.json").unlink()
    vote(pair, "neither", voter=USER)
    index.rebuild()
    assert index.query(told).rows == [row, (USER, pair.left.job_id, "neither", "", "plan.pace")]


# --- What they say ----------------------------------------------------------------------------


def answered(preferred: Preference, left: dict[str, str], right: dict[str, str]) -> Vote:
    sides = {"left": Side(job_id=JOBS[0], made=left), "right": Side(job_id=JOBS[1], made=right)}
    return Vote(voter=USER, preferred=preferred, **sides)


def test_values_are_compared_whichever_side_they_were_on() -> None:
    slow, fast = {"plan.pace": "1.0"}, {"plan.pace": "1.4"}
    answers = [
        *[answered("left", fast, slow)] * 5,
        *[answered("right", slow, fast)] * 4,
        answered("left", slow, fast),
        answered("neither", slow, fast),
    ]
    counted = tally(answers)
    (pace,) = counted.comparisons
    assert (pace.topic, pace.first, pace.second) == ("plan.pace", "1.0", "1.4")
    assert (pace.count, pace.n_neither) == (Count(1, 9), 1)
    assert counted.sides == Count(6, 4)


def test_a_thing_that_one_film_knows_nothing_of_is_a_value_too() -> None:
    (pace,) = tally([answered("right", {}, {"plan.pace": "1.4"})]).comparisons
    assert (pace.first, pace.second, pace.count) == ("-", "1.4", Count(0, 1))


def test_chance_and_films_that_differ_in_much_are_counted_for_nothing() -> None:
    seeds = answered("left", {"seed": "1"}, {"seed": "2"})
    mixed = answered("left", {"seed": "1", "video": "a"}, {"seed": "2", "video": "b"})
    counted = tally([seeds, mixed, mixed])
    assert (counted.comparisons, counted.n_by_chance, counted.n_mixed) == ((), 1, 2)


@pytest.mark.parametrize(
    ("count", "interval", "p"),
    [
        (Count(9, 1), (0.596, 0.982), 0.0215),
        (Count(5, 5), (0.237, 0.763), 1.0),
        (Count(0, 0), (0.0, 1.0), 1.0),
    ],
)
def test_preferences_are_told_with_how_sure_they_are(
    count: Count, interval: tuple[float, float], p: float
) -> None:
    """Truth from Wilson's formula and the binomial distribution by hand."""
    assert count.interval == pytest.approx(interval, abs=1e-3)
    assert count.p == pytest.approx(p, abs=1e-4)


# --- The page ---------------------------------------------------------------------------------


def draw() -> None:
    """Draw the page; runs inside Streamlit."""
    from mvkit.web.pages import compare
    from mvkit.web.visitor import visitor

    compare.show(visitor())


def open_page() -> AppTest:
    return checked(AppTest.from_function(draw, default_timeout=30).run())


def checked(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    return checked(page.button(key=f"compare_{key}").click().run())


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def players(page: AppTest) -> list[str]:
    return re.findall(r'src="/api/v1/jobs/([\w-]+)/files/video\.mp4"', shown(page))


def test_without_two_films_the_page_says_how_to_come_by_them(tmp_path: Path) -> None:
    assert "Two films of one song will meet here" in shown(open_page())
    assert not players(open_page())


def test_nothing_tells_the_films_apart_before_the_answer(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan, video="replicate:dear-model")
    film(tmp_path, plan, prompt="Of quite another wish than all the films before it, with a dog.")
    page = open_page()
    assert len(set(players(page))) == 2
    words = shown(page) + str([button.label for button in page.button])
    for secret in ("dear-model", "studio", "another wish", "secret title", "$", "seed"):
        assert secret not in words
    assert "dear-model" in shown(press(page, "left"))


def test_an_answer_is_kept_and_the_next_pair_is_another_one(tmp_path: Path, plan: Artefact) -> None:
    for seed in (1, 2, 3):
        film(tmp_path, plan, seed=seed, options={"plan": {"pace": seed / 2 + 0.5}})
    page = open_page()
    left, right = players(page)
    press(page, "right")
    assert players(page) == [left, right]
    assert "your choice" in shown(page)
    (answer,) = read_votes(voter=USER)
    assert (answer.left.job_id, answer.right.job_id, answer.preferred) == (left, right, "right")
    assert {*players(press(page, "next"))} != {left, right}


def test_who_logs_in_next_sees_a_pair_of_their_own(
    tmp_path: Path, plan: Artefact, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (USER, "eve"):
        film(tmp_path, plan, user=user)
        film(tmp_path, plan, user=user, seed=2)
    page = press(open_page(), "left")
    hers = {job.job_id for job in list_jobs(user="eve")}
    assert not {*players(page)} & hers
    monkeypatch.setenv("LOGNAME", "eve")
    assert {*players(checked(page.run()))} == hers
    assert "your choice" not in shown(page)


def test_a_pair_that_is_skipped_is_no_answer(tmp_path: Path, plan: Artefact) -> None:
    for seed in (1, 2, 3):
        film(tmp_path, plan, seed=seed)
    page = open_page()
    before = {*players(page)}
    assert {*players(press(page, "skip"))} != before
    assert read_votes() == ()


def test_the_page_tells_what_was_preferred(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan, options={"plan": {"title": "<b>x</b>"}})
    film(tmp_path, plan)
    page = press(open_page(), "neither")
    assert "nobody preferred either" in shown(page)
    assert "<b>x</b>" not in shown(page)
    assert "&lt;b&gt;x&lt;/b&gt;" in shown(page)


# --- The command ------------------------------------------------------------------------------


def test_the_command_tells_the_answers(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan, video="replicate:x")
    film(tmp_path, plan)
    vote(asked(), "left", voter=USER)
    told = CliRunner().invoke(app, ["compare"], env={"COLUMNS": "200"}).output
    assert "replicate:x" in told
    assert "1 answers; 0 on films that differ in their seed alone" in told
    nobody = CliRunner().invoke(app, ["compare", "--user", "eve"]).output
    assert "0 answers" in nobody


def test_answers_stand_in_lines_of_json(tmp_path: Path, plan: Artefact) -> None:
    film(tmp_path, plan, seed=2)
    film(tmp_path, plan)
    vote(asked(), "left", voter=USER)
    (line,) = (get_settings().runs_dir / VOTES_FILE).read_text().splitlines()
    assert json.loads(line)["question"] == "Which film fits the song better?"
