"""What was spent is told exactly, of one's own films only, and free films are told to be free."""

from __future__ import annotations

import html
import json
import re
import shutil
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mvkit import ledger
from mvkit.errors import GenerationFailed
from mvkit.index import scan
from mvkit.jobs.table import JobState
from mvkit.run import Run
from mvkit.settings import get_settings
from mvkit.web.parts import spending
from mvkit.web.parts.spending import held_usd, spending_of
from mvkit.web.parts.spending_figures import months_figure, shares_figure, work_figure

from .api_makers import add_job, set_row

USER = "ada"
KLING, PAINTER = "replicate:kling", "openai:gpt-image"
NOVEMBER = datetime(2026, 11, 22, 12, 0)


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> None:
    """Let everybody be ada, as where nobody logs in; remember nothing of other tests."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    get_settings.cache_clear()
    st.cache_data.clear()
    monkeypatch.setattr(scan, "SETTLED_AFTER_S", 0.0)


def put(folder: Path, state: JobState = "finished", *, age_s: float = 0.0, **job: Any) -> Run:
    run = add_job(folder, state=state, user=job.pop("user", USER), **job)
    set_row(run, submitted_at_s=time.time() - age_s)
    return run


def book(run: Run, stage: str, model: str, usd: str, *, at: datetime | None = None) -> None:
    """Book an order in a run's ledger, as the stage that placed it does."""
    when_s = at.timestamp() if at else time.time()
    line = {"time": when_s, "stage": stage, "model": model, "cost_usd": usd, "state": "settled"}
    with (run.folder / "ledger.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")


def draw() -> None:
    """Draw the page; runs inside Streamlit."""
    from mvkit.web.pages import costs
    from mvkit.web.visitor import visitor

    costs.show(visitor())


def open_page() -> AppTest:
    page = AppTest.from_function(draw, default_timeout=30).run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def facts(page: AppTest) -> dict[str, str]:
    """Return the figures at the top of the page."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown(page)))


def charts(page: AppTest) -> list[str]:
    return [heading.value for heading in page.subheader]


# --- the page


def test_where_nothing_was_made_the_page_says_what_it_is_for() -> None:
    page = open_page()
    assert "Nothing spent, nothing made" in shown(page)
    assert shown(page).count('href="/create"') == 1
    assert not page.get("plotly_chart")


def test_free_films_are_told_to_be_free(tmp_path: Path) -> None:
    """No chart of zeroes; but what was made, and where the time went."""
    run = put(tmp_path)
    book(run, "clips", "studio", "0")
    run.tell("stage_update", stage="clips", status="started")
    run.tell("stage_update", stage="clips", status="finished", duration=90.0)
    page = open_page()
    assert "Your films have cost nothing: the studio made them." in shown(page)
    assert facts(page)["Spent"] == "$0.00"
    assert facts(page)["Pictures and clips"] == "1"
    assert charts(page) == ["Where the time went", "What you may still ask for"]


def test_what_was_spent_is_told_in_all_and_in_this_month(tmp_path: Path) -> None:
    run = put(tmp_path)
    book(run, "references", PAINTER, "0.04")
    book(run, "clips", KLING, "0.30")
    book(put(tmp_path), "clips", KLING, "1.00", at=datetime(2020, 5, 1))
    page = open_page()
    assert facts(page)["Spent in all"] == "$1.34"
    assert facts(page)["This month"] == "$0.34"
    assert facts(page)["Set aside now"] == "$0.00"
    assert charts(page)[:3] == ["Month by month", "By stage", "By model"]
    assert "cost nothing" not in shown(page)


def test_the_dearest_films_come_first_and_lead_to_their_pages(tmp_path: Path) -> None:
    evil = "<script>alert('1')</script> & more"
    runs = {name: put(tmp_path, title=name) for name in ("cheap", evil, "free")}
    book(runs["cheap"], "clips", KLING, "0.10")
    book(runs[evil], "clips", KLING, "2.50")
    page = shown(open_page())
    links = re.findall(r'<a href="/library\?job=([^"]*)" target="_self">(.*?)</a>', page)
    assert links == [
        (runs[evil].job_id, html.escape(evil)),
        (runs["cheap"].job_id, "cheap"),
    ]
    assert "<script" not in page


def test_films_of_others_are_neither_counted_nor_named(tmp_path: Path) -> None:
    book(put(tmp_path, title="Hers", user="eve"), "clips", KLING, "5.00")
    book(put(tmp_path, title="Mine"), "clips", KLING, "0.25")
    page = open_page()
    assert facts(page)["Spent in all"] == "$0.25"
    assert facts(page)["Films"] == "1"
    assert "Hers" not in shown(page)


def test_a_name_is_never_a_part_of_the_question(tmp_path: Path) -> None:
    """Whoever is called like a piece of SQL sees their own films all the same."""
    name = "x') OR true; --"
    book(put(tmp_path, user="eve"), "clips", KLING, "5.00")
    book(put(tmp_path, user=name), "clips", KLING, "0.25")
    assert spending_of(name).total_usd == Decimal("0.25")
    assert spending_of("nobody' OR '1'='1").n_runs == 0


def test_what_is_on_order_is_told_as_set_aside(tmp_path: Path) -> None:
    """Of one's own films; what others have on order is theirs."""
    for user, usd in ((USER, "0.50"), ("eve", "0.75")):
        run = put(tmp_path, "running", user=user)
        account = ledger.open_account(run.job_id, song_s=60.0, budget_usd=Decimal(2))
        account.reserve("clips/000.mp4", identity="x", model=KLING, most_usd=Decimal(usd))
    assert facts(open_page())["Set aside now"] == "$0.50"
    assert held_usd("nobody") == 0


def test_room_rate_and_queue_are_told_of_their_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_QUOTA_GB", "2")
    get_settings.cache_clear()
    set_row(put(tmp_path), n_bytes=500_000_000)
    put(tmp_path, "running", age_s=7200)
    page = shown(open_page())
    for told in ("1.50 of 2 GB left", "4 of 5 left", "9 of 10 left"):
        assert told in page
    assert re.findall(r'aria-label="([^"]*)"[^>]*aria-valuenow="(\d+)"', page) == [
        ("Room for films, used", "25"),
        ("Songs this hour, used", "20"),
        ("Films at the same time, used", "10"),
    ]


def test_a_full_room_fills_its_bar_and_no_more(tmp_path: Path) -> None:
    set_row(put(tmp_path), n_bytes=25_000_000_000)
    assert re.search(r'"Room for films, used"[^>]*aria-valuenow="100"', shown(open_page()))


def test_films_that_this_machine_does_not_keep_are_told_of(tmp_path: Path) -> None:
    """The index knows the runs of this machine; it does not pretend to know more."""
    put(tmp_path)
    shutil.rmtree(put(tmp_path).folder)
    assert "Kept elsewhere, and not counted: 1" in shown(open_page())


def test_the_index_is_asked_once_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds; whoever looks again at once waits for nothing."""
    asked: list[str] = []
    really = spending.query
    monkeypatch.setattr(
        spending, "query", lambda sql, **more: asked.append(sql) or really(sql, **more)
    )
    put(tmp_path)
    open_page()
    open_page()
    assert len(asked) == 1


def test_an_index_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's frame says what is wrong; the error reaches it as it is."""

    def fail(*_: object, **__: object) -> None:
        raise GenerationFailed("The index cannot be written.", reason="INDEX")

    monkeypatch.setattr(spending, "query", fail)
    with pytest.raises(GenerationFailed, match="index"):
        spending_of(USER)


# --- the figures


def bars(figure: Any) -> Any:
    [trace] = figure.to_dict()["data"]
    return trace


def test_every_month_up_to_this_one_has_its_place() -> None:
    """Half a year at least; months without a cent are drawn empty, not left out."""
    by_month = [(datetime(2026, 8, 1), Decimal("1.50")), (datetime(2026, 11, 1), Decimal("0.0045"))]
    drawn = bars(months_figure(by_month, now=NOVEMBER))
    assert [month.month for month in drawn["x"]] == [6, 7, 8, 9, 10, 11]
    assert list(drawn["y"]) == [0.0, 0.0, 1.5, 0.0, 0.0, 0.0045]
    assert list(drawn["text"]) == ["", "", "$1.50", "", "", "$0.0045"]


@pytest.mark.parametrize(
    ("first", "n_drawn"),
    [((2026, 11), 6), ((2026, 6), 6), ((2026, 5), 7), ((2025, 11), 13), ((2019, 1), 24)],
)
def test_the_months_go_back_as_far_as_was_spent(first: tuple[int, int], n_drawn: int) -> None:
    """But not further than two years."""
    drawn = bars(months_figure([(datetime(*first, 1), Decimal(1))], now=NOVEMBER))
    assert len(drawn["x"]) == n_drawn
    assert drawn["x"][-1] == datetime(2026, 11, 1)


def test_shares_are_drawn_the_dearest_first() -> None:
    usd = {"a": Decimal("0.10"), "b": Decimal("2.00"), "c": Decimal("0.333333")}
    drawn = bars(shares_figure(usd))
    assert list(drawn["y"]) == ["b", "c", "a"]
    assert list(drawn["text"]) == ["$2.00", "$0.33", "$0.10"]


def test_work_is_drawn_in_the_order_of_the_stages() -> None:
    drawn = bars(work_figure({"clips": 600.0, "analysis": 30.0, "unheard-of": 1.0}))
    assert list(drawn["y"]) == ["Hearing the song", "Filming"]
    assert list(drawn["text"]) == ["0.5 min", "10 min"]


def test_a_month_begins_where_its_orders_were_booked(tmp_path: Path) -> None:
    """Not where the film was begun."""
    run = put(tmp_path)
    book(run, "clips", KLING, "1.00", at=datetime(2026, 1, 31, 23, 59))
    book(run, "clips", KLING, "2.00", at=datetime(2026, 2, 1, 0, 1))
    assert spending_of(USER).by_month == (
        (datetime(2026, 1, 1), Decimal(1)),
        (datetime(2026, 2, 1), Decimal(2)),
    )
    assert spending_of(USER).in_month(datetime(2026, 2, 28, tzinfo=UTC)) == 2
