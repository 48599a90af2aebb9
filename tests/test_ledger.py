"""Money is set aside before it is spent, by all processes together, and booked once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mvkit import ledger
from mvkit.database import FILE_NAME, get_database
from mvkit.errors import BudgetExceeded, GenerationFailed, InvalidInput, NotFound
from mvkit.files import read_lines
from mvkit.ledger import Account, Entry, open_account
from mvkit.run import Run, draft_brief
from mvkit.schema import Analysis, Artefact, Clips, References
from mvkit.settings import get_settings

from .conftest import ROOT
from .postgres_server import postgres_url  # noqa: F401 - a fixture
from .process_watch import wait_for

JOB = "00000000-0000-4000-8000-000000000001"
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
N_PROCESSES, N_TRIES = 20, 50
SPENDER = """
import sys, time
from decimal import Decimal
from pathlib import Path
from mvkit.errors import BudgetExceeded
from mvkit.ledger import Account

job, number, n_tries, go = sys.argv[1], *map(int, sys.argv[2:4]), Path(sys.argv[4])
account = Account(job)
account.limit_usd
go.with_suffix(f".{number}").touch()
while not go.exists():
    time.sleep(0.001)
granted = 0
for n in range(n_tries):
    try:
        entry = account.reserve(
            f"clips/{number}-{n}.mp4", identity="x", model="m", most_usd=Decimal("0.10")
        )
    except BudgetExceeded:
        continue
    granted += 1
    if n % 2:
        account.settle(account.place(entry, f"order-{number}-{n}"), Decimal("0.10"))
print(granted)
"""


def usd(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fresh database, of either kind."""
    if request.param == "PostgreSQL":
        monkeypatch.setenv("MVKIT_DATABASE_URL", request.getfixturevalue("postgres_url"))
        get_settings.cache_clear()
    yield
    get_database().dispose()


@pytest.fixture
def account(database: None) -> Account:
    """An account with two dollars."""
    return open_account(JOB, song_s=60.0)


def reserve(account: Account, item: str = "clips/000.mp4", *, most: str = "0.30") -> Entry:
    return account.reserve(item, identity="digest", model="fake", most_usd=usd(most))


def balance(account: Account) -> tuple[Decimal, Decimal]:
    return account.held_usd, account.spent_usd


# Limits


@pytest.mark.parametrize(("song_s", "limit"), [(60.0, "2"), (45.0, "1.5"), (1200.0, "20")])
def test_the_default_limit_follows_the_song_up_to_the_hard_limit(song_s: float, limit: str) -> None:
    assert open_account(JOB, song_s=song_s).limit_usd == usd(limit)


def test_an_open_account_keeps_its_limit_unless_it_is_given_a_new_one() -> None:
    open_account(JOB, song_s=60.0, budget_usd=usd("5"))
    assert open_account(JOB, song_s=60.0).limit_usd == usd("5")
    assert open_account(JOB, song_s=60.0, budget_usd=usd("20")).limit_usd == usd("20")
    assert open_account(JOB, song_s=60.0, budget_usd=usd("0")).limit_usd == 0


@pytest.mark.parametrize("budget", ["20.000001", "-1", "NaN", "Infinity"])
def test_a_budget_that_cannot_be_is_refused_and_changes_nothing(budget: str) -> None:
    open_account(JOB, song_s=60.0)
    with pytest.raises(InvalidInput, match=r"\$20|0 to 20"):
        open_account(JOB, song_s=60.0, budget_usd=usd(budget))
    assert Account(JOB).limit_usd == usd("2")


def test_a_new_limit_keeps_what_is_spent(account: Account) -> None:
    account.settle(account.place(reserve(account), "order"), usd("0.25"))
    open_account(JOB, song_s=60.0, budget_usd=usd("0.50"))
    with pytest.raises(BudgetExceeded, match=r"up to \$0\.30, and \$0\.25 is left of .*\$0\.50"):
        reserve(account, "clips/001.mp4")


def test_a_job_without_an_account_can_buy_nothing(database: None) -> None:
    with pytest.raises(NotFound, match="no account"):
        reserve(Account(JOB))
    with pytest.raises(NotFound, match="no account"):
        assert Account(JOB).limit_usd


# The life of an entry


def test_an_order_is_held_at_its_worst_case_and_settled_at_its_bill(account: Account) -> None:
    entry = reserve(account)
    assert (entry.state, entry.attempt, entry.cost_usd) == ("reserved", 1, 0)
    assert balance(account) == (usd("0.30"), 0)
    placed = account.place(entry, "order-7")
    assert (placed.state, placed.provider_id) == ("placed", "order-7")
    assert balance(account) == (usd("0.30"), 0)
    settled = account.settle(placed, usd("0.20"), made="f" * 64)
    assert (settled.state, settled.cost_usd, settled.made) == ("settled", usd("0.20"), "f" * 64)
    assert balance(account) == (0, usd("0.20"))
    assert account.latest("clips/000.mp4", "digest") == settled
    assert account.entries() == (settled,)


def test_orders_that_are_not_decided_are_open(account: Account) -> None:
    reserved = reserve(account, "clips/000.mp4")
    placed = account.place(reserve(account, "clips/001.mp4"), "order-7")
    account.settle(reserve(account, "clips/002.mp4"), usd("0.10"))
    account.release(reserve(account, "clips/003.mp4"))
    account.lose(reserve(account, "clips/004.mp4"))
    assert account.open_entries() == (reserved, placed)
    assert account.unspent_usd == usd("1.60")
    assert balance(account) == (usd("0.60"), usd("0.40"))


def test_what_was_not_taken_is_given_back(account: Account) -> None:
    assert account.release(reserve(account)).state == "released"
    assert balance(account) == (0, 0)


def test_what_is_lost_is_charged_at_its_worst_case(account: Account) -> None:
    lost = account.lose(reserve(account))
    assert (lost.state, lost.cost_usd) == ("lost", usd("0.30"))
    assert balance(account) == (0, usd("0.30"))


def test_what_was_lost_and_turns_up_is_charged_once(account: Account) -> None:
    lost = account.lose(reserve(account))
    placed = account.place(lost, "order-7")
    assert balance(account) == (usd("0.30"), 0)
    account.settle(placed, usd("0.20"))
    assert balance(account) == (0, usd("0.20"))


def test_a_model_that_answers_at_once_is_settled_at_once(account: Account) -> None:
    account.settle(reserve(account), usd("0.01"))
    assert balance(account) == (0, usd("0.01"))


@pytest.mark.parametrize("second", ["settle", "release", "lose", "place"])
def test_who_comes_second_changes_nothing(account: Account, second: str) -> None:
    entry = account.place(reserve(account), "order-7")
    settled = account.settle(entry, usd("0.20"))
    moves: dict[str, Any] = {
        "settle": lambda: account.settle(entry, usd("0.25")),
        "release": lambda: account.release(entry),
        "lose": lambda: account.lose(entry),
        "place": lambda: account.place(entry, "order-8"),
    }
    assert moves[second]() == settled
    assert balance(account) == (0, usd("0.20"))


def test_an_attempt_is_reserved_by_one_of_many(account: Account) -> None:
    """The others are told, and what they had set aside is given back."""

    def attempt(_: int) -> str:
        try:
            return reserve(account).state
        except GenerationFailed as error:
            return error.reason

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(attempt, range(8)))
    assert told == ["BEING_BOUGHT"] * 7 + ["reserved"]
    assert balance(account) == (usd("0.30"), 0)


def test_the_next_attempt_has_a_number_and_a_tag_of_its_own(account: Account) -> None:
    first = account.release(reserve(account))
    second = account.reserve(
        first.item, identity="digest", model="fake", most_usd=usd("0.30"), after=first
    )
    assert second.attempt == 2
    assert second.tag != first.tag
    assert account.latest(first.item, "digest") == second
    assert account.latest(first.item, "another digest") is None


def test_a_tag_is_the_same_in_every_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_account(JOB, song_s=60.0)
    before = reserve(Account(JOB)).tag
    monkeypatch.setenv("MVKIT_DATABASE_URL", f"sqlite:///{tmp_path / 'another.sqlite'}")
    get_settings.cache_clear()
    open_account(JOB, song_s=60.0)
    assert reserve(Account(JOB)).tag == before


# What is believed


@pytest.mark.parametrize("bill", ["-0.01", "NaN", "sNaN", "Infinity", "1e9"])
def test_nonsense_is_not_believed_and_the_worst_case_booked(
    account: Account, bill: str, caplog: pytest.LogCaptureFixture
) -> None:
    settled = account.settle(account.place(reserve(account), "order"), usd(bill))
    assert settled.cost_usd == usd("0.30")
    assert balance(account) == (0, usd("0.30"))
    assert "cannot be" in caplog.text


def test_a_bill_that_is_no_decimal_is_not_believed(account: Account) -> None:
    text: Any = "0.10"
    assert account.settle(reserve(account), text).cost_usd == usd("0.30")


def test_a_bill_above_the_worst_case_is_booked_told_and_stops_the_next_order(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    account.settle(account.place(reserve(account, most="1.80"), "order"), usd("2.50"))
    assert balance(account) == (0, usd("2.50"))
    assert "$2.50, more than its worst case of $1.80" in caplog.text
    with pytest.raises(BudgetExceeded, match=r"\$0\.00 is left .*\$2\.50 spent"):
        reserve(account, "clips/001.mp4", most="0.01")


@pytest.mark.parametrize("price", ["0", "-1", "NaN"])
def test_a_worst_case_that_is_no_price_is_refused(account: Account, price: str) -> None:
    with pytest.raises(InvalidInput, match="worst case"):
        reserve(account, most=price)
    assert balance(account) == (0, 0)


def test_many_small_amounts_add_up_exactly(account: Account) -> None:
    for n in range(30):
        account.settle(reserve(account, f"clips/{n:03d}.mp4", most="0.01"), usd("0.0000015"))
    assert account.spent_usd == usd("0.00006")  # each rounded up to a whole micro-dollar


@pytest.mark.parametrize(
    ("amount", "told"), [("20", "$20.00"), ("0.5", "$0.50"), ("0.0045", "$0.0045")]
)
def test_amounts_are_told_to_people_in_dollars(amount: str, told: str) -> None:
    assert ledger.dollars(usd(amount)) == told


# Races


@pytest.mark.slow
def test_twenty_processes_together_cannot_pass_the_limit(database: None, tmp_path: Path) -> None:
    """1,000 tries to reserve $0.10 of $20: exactly 200 are granted, and it is never passed."""
    account = open_account(JOB, song_s=60.0, budget_usd=usd("20"))
    go = tmp_path / "go"
    spenders = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER, JOB, str(number), str(N_TRIES), str(go)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **get_settings().as_environment()},
        )
        for number in range(N_PROCESSES)
    ]
    wait_for(lambda: len(list(tmp_path.glob("go.*"))) == N_PROCESSES)
    go.touch()
    while any(spender.poll() is None for spender in spenders):
        now = account._balance()
        assert now.held_usd + now.spent_usd <= now.limit_usd
        time.sleep(0.01)
    granted = [int(spender.communicate()[0]) for spender in spenders]
    assert [spender.returncode for spender in spenders] == [0] * N_PROCESSES
    assert sum(granted) == 200
    assert account.held_usd + account.spent_usd == usd("20")
    assert account.spent_usd > 0
    assert len(account.entries()) == 200


# The audit copy


@pytest.fixture
def run(tmp_path: Path, examples: dict[str, Artefact]) -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    for artefact in list(examples.values())[1:]:
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    return run


def priced(clips: Clips, cost: float) -> Clips:
    return clips.model_copy(
        update={"clips": tuple(clip.model_copy(update={"cost": cost}) for clip in clips.clips)}
    )


def test_a_run_opens_its_account_by_the_length_of_its_song(run: Run) -> None:
    """The song of the examples lasts 12 s."""
    assert run.read(Analysis).duration == 12.0
    assert Account.of(run).limit_usd == usd("0.4")
    open_account(run.job_id, song_s=12.0, budget_usd=usd("3"))
    assert Account.of(run).limit_usd == usd("3")


def test_a_film_of_free_models_opens_no_database(run: Run, runs_dir: Path) -> None:
    assert ledger.book(run, run.read(References)) == (0.0, 0.0)
    assert ledger.book(run, run.read(Clips)) == (0.0, 0.0)
    lines = read_lines(run.folder / "ledger.jsonl")
    assert [line["stage"] for line in lines] == ["references"] * 3 + ["clips"] * 3
    assert not (runs_dir / FILE_NAME).exists()


def test_what_was_bought_is_copied_once_and_free_things_beside_it(run: Run) -> None:
    account = Account.of(run)
    settled = account.place(reserve(account, "clips/000.source.mp4", most="0.10"), "order-1")
    account.settle(settled, usd("0.06"), made="f" * 64)
    failed = account.place(reserve(account, "clips/001.source.mp4", most="0.10"), "order-2")
    account.settle(failed, usd("0.02"))
    account.lose(reserve(account, "clips/002.source.mp4", most="0.10"))
    account.release(reserve(account, "references/a.png", most="0.10"))
    reserve(account, "references/b.png", most="0.10")
    ledger.book(run, run.read(References))
    for _ in range(2):
        assert ledger.book(run, priced(run.read(Clips), 0.06)) == (0.18, 0.18)
    lines = read_lines(run.folder / "ledger.jsonl")
    bought = [(line["item"], line["state"], line["cost_usd"]) for line in lines if "entry" in line]
    assert bought == [
        ("clips/000.source.mp4", "settled", "0.060000"),
        ("clips/001.source.mp4", "settled", "0.020000"),
        ("clips/002.source.mp4", "lost", "0.100000"),
    ]
    assert len(lines) == 3 + 3
    assert {line["provider_id"] for line in lines if "entry" in line} == {"order-1", "order-2", ""}
    assert ledger.total_usd(run) == account.spent_usd


def test_a_lost_order_that_turns_up_is_corrected_by_a_line_with_the_difference(run: Run) -> None:
    account = Account.of(run)
    lost = account.lose(reserve(account, most="0.10"))
    ledger.copy_account(run)
    assert ledger.total_usd(run) == usd("0.10")
    account.settle(account.place(lost, "order"), usd("0.04"))
    ledger.copy_account(run)
    assert ledger.total_usd(run) == usd("0.04") == account.spent_usd
    lines = read_lines(run.folder / "ledger.jsonl")
    assert [line["cost_usd"] for line in lines] == ["0.100000", "-0.060000"]
    assert {line["entry"] for line in lines} == {lost.tag}


def test_a_run_without_an_account_has_nothing_to_copy(run: Run) -> None:
    open_account(JOB, song_s=60.0)  # another job's: the database is there
    assert not ledger.copy_account(run)
    assert ledger.find_account(run.job_id) is None
    assert not (run.folder / "ledger.jsonl").exists()
