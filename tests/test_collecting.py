"""What was ordered and left is collected once a job has ended, and nothing stays set aside."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from mvkit import ledger
from mvkit.database import FILE_NAME
from mvkit.errors import ProviderFailed
from mvkit.files import sha256_of
from mvkit.ledger import Account, Entry
from mvkit.providers import PAID_VIDEO_MODELS, collecting, metered
from mvkit.providers.collecting import collect_open
from mvkit.run import Run

from . import fake_provider
from .fake_provider import FakeCamera, FakeService, fake_service
from .test_purchase import BILL, ITEM, WORST, Shop, run, service, shop

__all__ = ["run", "service", "shop"]

ANSWER = "transcript.json"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mvkit.providers.base.patience.BACKOFF_S", (0.0, 0.0, 0.0))


def place(shop: Shop) -> Entry:
    """Leave an order as a process does that was killed while it waited."""
    entry = shop.reserve()
    return shop.account.place(entry, shop.model.submit(shop.request, tag=entry.tag))


def files_of(folder: Path) -> set[str]:
    return set(os.listdir(folder))


# What the service has made


def test_an_order_that_was_never_answered_for_is_collected_and_paid_as_billed(
    shop: Shop, service: FakeService, run: Run
) -> None:
    service.script("status", answer="error", times=3)
    with pytest.raises(ProviderFailed, match="NO_ANSWER"):
        shop.buy_persistently()
    before = files_of(run.folder)
    (entry,) = collect_open(run)
    assert (entry.state, entry.cost_usd) == ("settled", BILL)
    assert sha256_of(shop.target) == entry.made
    assert shop.balance == (0, BILL) == (0, service.billed_usd())
    assert ledger.total_usd(run) == BILL
    assert files_of(run.folder) - before <= {"clips", ledger.LEDGER_FILE}
    assert shop.buy().cost_usd == BILL
    assert len(service.creates()) == 1


def test_a_failed_order_is_settled_at_what_it_cost(
    shop: Shop, service: FakeService, run: Run
) -> None:
    service.script("submit", outcome="failed", usd="0.03")
    place(shop)
    (entry,) = collect_open(run)
    assert (entry.state, entry.made) == ("settled", "")
    assert shop.balance == (0, Decimal("0.03"))
    assert not shop.target.exists()


def test_an_order_that_is_no_longer_kept_is_settled_at_its_worst_case(
    shop: Shop, service: FakeService, run: Run
) -> None:
    place(shop)
    service.expire()
    assert [entry.state for entry in collect_open(run)] == ["settled"]
    assert shop.balance == (0, WORST)


def test_what_was_made_never_takes_the_place_of_another_file(
    shop: Shop, service: FakeService, run: Run
) -> None:
    place(shop)
    run.path(ITEM).write_bytes(b"what the clip's record vouches for")
    (entry,) = collect_open(run)
    assert shop.target.read_bytes() == b"what the clip's record vouches for"
    assert (entry.state, entry.cost_usd) == ("settled", BILL)


# What nobody can tell


def test_an_order_whose_id_was_not_stored_is_found_by_its_tag(
    shop: Shop, service: FakeService, run: Run
) -> None:
    shop.model.submit(shop.request, tag=shop.reserve().tag)
    (entry,) = collect_open(run)
    assert (entry.state, entry.provider_id) == ("settled", service.creates()[0]["id"])
    assert shop.balance == (0, BILL)


def test_an_order_that_the_service_does_not_know_is_lost(
    shop: Shop, service: FakeService, run: Run
) -> None:
    shop.reserve()
    assert [entry.state for entry in collect_open(run)] == ["lost"]
    assert shop.balance == (0, WORST)
    assert ledger.total_usd(run) == WORST
    assert collect_open(run) == ()


def test_where_tags_are_not_kept_an_order_without_an_id_is_lost(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PAID_VIDEO_MODELS, "fake", lambda _model: SimpleNamespace())
    shop.model.submit(shop.request, tag=shop.reserve().tag)
    assert [entry.state for entry in collect_open(run)] == ["lost"]


# Services that do not answer


def test_an_order_that_is_not_answered_for_stays_open_and_is_told(
    shop: Shop, service: FakeService, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    entry = place(shop)
    service.script("status", answer="error", times=3)
    assert collect_open(run) == (entry,)
    assert f"{ITEM}, ordered from fake for $0.12 at most, stays open" in caplog.text
    assert shop.balance == (WORST, 0)
    assert [entry.state for entry in collect_open(run)] == ["settled"]


def test_a_service_that_is_silent_holds_nobody_up_and_leaves_nothing_behind(
    shop: Shop, service: FakeService, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    entry = place(shop)
    service.script("file", answer="hang")
    before, began_s = files_of(run.folder), time.monotonic()
    assert collect_open(run, within_s=0.2) == (entry,)
    assert time.monotonic() - began_s < 5
    assert "no answer in time" in caplog.text
    assert files_of(run.folder) - before <= {ledger.LEDGER_FILE}


def test_one_that_cannot_be_asked_keeps_no_other_from_being_collected(
    shop: Shop, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    place(shop)
    common = {"identity": "digest", "most_usd": Decimal("0.01")}
    unknown = shop.account.reserve("clips/001.source.mp4", model="closed:model", **common)
    free = shop.account.reserve("clips/002.source.mp4", model="studio", **common)
    states = {entry.item: entry.state for entry in collect_open(run)}
    assert states == {ITEM: "settled", unknown.item: "reserved", free.item: "reserved"}
    assert "closed" in caplog.text
    assert "studio is not paid any more" in caplog.text


def test_no_failure_of_ours_reaches_a_finished_film(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place(shop)
    monkeypatch.setattr(collecting, "TemporaryDirectory", lambda **_: 1 / 0)
    assert collect_open(run) == ()
    assert "could not be collected" in caplog.text


# Others


def test_a_job_that_bought_nothing_asks_nobody_and_opens_no_database(
    run: Run, runs_dir: Path
) -> None:
    assert collect_open(run) == ()
    assert not (runs_dir / FILE_NAME).exists()


def test_what_another_process_has_booked_meanwhile_stays_as_it_is(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(FakeCamera):
        def collect(self, provider_id: str, target: Path) -> fake_provider.Delivery:
            delivery = super().collect(provider_id, target)
            shop.buy()
            return delivery

    place(shop)
    monkeypatch.setitem(PAID_VIDEO_MODELS, "fake", Slow)
    (entry,) = collect_open(run)
    assert (entry.state, entry.made) == ("settled", sha256_of(shop.target))
    assert shop.balance == (0, BILL)


@contextmanager
def slow_service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    """Run a service whose orders take a minute."""
    with fake_service(folder, delay_s=60.0) as service:
        monkeypatch.setenv(fake_provider.URL_VARIABLE, service.url)
        yield service


def test_the_orders_of_a_cancelled_job_are_cancelled(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow_service(tmp_path / "slow", monkeypatch) as service:
        shop = Shop(run)
        place(shop)
        assert [entry.state for entry in collect_open(run, within_s=0.1)] == ["placed"]
        assert [entry.state for entry in collect_open(run, cancel=True)] == ["settled"]
        assert shop.balance == (0, 0) == (0, service.billed_usd())


def test_a_call_that_a_process_left_is_booked_from_what_lies_on_the_disk(
    shop: Shop, run: Run
) -> None:
    common = {"identity": "digest", "model": "openai:whisper-1", "most_usd": Decimal("0.02")}
    answered = shop.account.reserve(ANSWER, **common)
    shop.account.reserve("plan/answer.json", **common)
    run.path(f".{ANSWER}.{answered.tag}").write_bytes(b"0.004\n{}")
    states = {entry.item: entry.state for entry in collect_open(run)}
    assert states == {ANSWER: "settled", "plan/answer.json": "lost"}
    assert shop.balance == (0, Decimal("0.024"))
    kept = metered.ask_once(
        shop.account, item=ANSWER, path=run.folder / ANSWER, call=lambda: pytest.fail("x"), **common
    )
    assert kept == b"{}"
    assert Account(run.job_id).spent_usd == Decimal("0.024")
