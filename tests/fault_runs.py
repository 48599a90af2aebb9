"""Buying a film while everything goes wrong that can, told by everybody's books.

A fault run buys the references, the keyframes and the clips of a small film, as the stages do,
from a service that errs, refuses, hangs, drops answers, fails orders and bills wrongly, and its
process is killed now and then; it is begun again until it ends by itself, and what it has left
open is collected. What must hold afterwards is read from our ledger and from the service's own:
each of its orders is known to us and booked as it was billed, nothing is set aside, nothing was
made twice, and the limit was kept.

Faults and kills are drawn by the run's seed; which picture or clip they hit is up to the threads.
A kill is an exception at a place where mvkit may crash, in the thread that comes by and in every
other thread at the next such place. Nothing is decoded or encoded: a clip is whatever came.

``python -m tests.fault_runs --runs 200`` prints what became of so many runs.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mvkit import ledger
from mvkit.clips import Keyframes, film_clips
from mvkit.errors import BudgetExceeded, GenerationFailed
from mvkit.files import read_lines
from mvkit.footage import Fit
from mvkit.ledger import Account, Entry, open_account
from mvkit.prompts import write_prompts
from mvkit.providers import image_model, video_model
from mvkit.providers.base import ClipRequest, Delivery
from mvkit.providers.collecting import collect_open
from mvkit.references import make_references
from mvkit.run import Run, draft_brief
from mvkit.schema import Analysis, Plan, Prompts, References
from mvkit.settings import get_settings
from mvkit.timing import FPS

from .doc_examples import read_examples
from .fake_provider import (
    FROM_PICTURES,
    NAME,
    ORDERS_FILE,
    TIMEOUT_VARIABLE,
    URL_VARIABLE,
    FakeService,
    fake_service,
)

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
MOST_FAULTS = 12
MOST_KILLS = 3
MOST_LIVES = 8
MOST_ROUNDS = 8
"""So often what is open is asked for at the end; each round meets a few of the faults left."""
TOO_FEW = "too few clips"
PLACES_PER_LIFE = 60
"""Places to crash at that a run without faults comes by: six per order, three per clip."""
TIMEOUT_S = "0.2"
PATIENCE_S = 0.1
CRASHING = ("mvkit.providers.purchase", "mvkit.clips.shoot", "tests.fake_provider")
FAULTS: tuple[dict[str, str], ...] = (
    *({"on": "submit", "answer": answer} for answer in ("error", "refuse", "drop", "hang")),
    *({"on": "submit", "outcome": "failed", "usd": usd} for usd in ("0", "0.01")),
    {"on": "submit", "outcome": "gone"},
    *({"on": "submit", "usd": usd} for usd in ("0", "0.004", "0.2", "-1", "NaN", "1e9")),
    *({"on": "status", "answer": answer} for answer in ("error", "drop", "hang")),
    *({"on": "list", "answer": answer} for answer in ("error", "drop")),
    *({"on": "file", "answer": answer} for answer in ("error", "drop", "hang")),
)
BUDGETS_USD = (None, *map(Decimal, ("0.1", "0.6", "1", "2", "2")))


@dataclass(frozen=True, kw_only=True)
class FaultRun:
    """What became of a run.

    Attributes
    ----------
    ended : str
        How: ``made``, ``over budget``, or ``too few clips`` where orders for them were lost and
        nobody else films.
    n_lives : int
        How often it was begun.
    n_killed : int
        How often it was killed.
    n_orders : int
        Orders the service has taken.
    n_lost : int
        Orders of which nobody could tell whether the service has them, charged at their worst case.
    n_left : int
        Orders that were open when the run had ended, and were collected then.
    differences : tuple of str
        What does not agree, as sentences; empty if all is well.
    """

    seed: int
    ended: str
    n_lives: int
    n_killed: int
    n_orders: int
    n_lost: int
    n_left: int
    differences: tuple[str, ...]


class Killed(BaseException):
    """The process is dead; nothing of ours may catch it."""


@dataclass
class _Life:
    """One process's life, which ends at a place where mvkit may crash, or not at all."""

    places_left: float
    dead: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_by(self, place: str) -> None:
        with self.lock:
            self.places_left -= 1
            self.dead = self.dead or self.places_left < 0
        if self.dead:
            raise Killed(place)


class _StandIn:
    """Films anything for nothing."""

    name = "stand-in"
    parallel = 8
    films_final_form = False
    wants_keyframe = False
    goes_on = False

    def film(self, _request: ClipRequest, target: Path) -> Delivery:
        target.write_bytes(b"a clip for nothing")
        return Delivery(model=self.name)


@dataclass(frozen=True)
class _Cast:
    """Who makes the film."""

    video: str
    fallback: str
    has_stand_in: bool


def fault_run(seed: int, *, folder: Path) -> FaultRun:
    """Buy a film in a world of faults.

    Parameters
    ----------
    seed : int
        What goes wrong.
    folder : Path
        Where the service keeps its books, and the song is written.
    """
    chance = random.Random(seed)
    books = folder / f"service-{seed}"
    books.mkdir(parents=True)
    (books / "clip.mp4").write_bytes(b"a clip of play money's worth")
    with fake_service(books) as service, _hurried(service):
        run = _new_run(folder, seed)
        budget_usd = chance.choice(BUDGETS_USD)
        open_account(run.job_id, song_s=run.read(Analysis).duration, budget_usd=budget_usd)
        cast = _Cast(
            video=chance.choice((NAME, f"{NAME}:{FROM_PICTURES}")),
            fallback=chance.choice(("", f"{NAME}:second")),
            has_stand_in=chance.random() < 0.5,
        )
        for fault in chance.choices(FAULTS, k=chance.randint(0, MOST_FAULTS)):
            service.script(**fault)
        ended, n_lives, n_killed = _live_until_the_end(run, cast, chance)
        n_left = len(Account(run.job_id).open_entries())
        _collect_what_is_left(run)
        return _told(
            run, service, books, seed=seed, ended=ended, counts=(n_lives, n_killed, n_left)
        )


def _live_until_the_end(run: Run, cast: _Cast, chance: random.Random) -> tuple[str, int, int]:
    """Begin a run again until it ends by itself; return how, in how many lives, and kills."""
    kills = [chance.randrange(PLACES_PER_LIFE) for _ in range(chance.randint(0, MOST_KILLS))]
    n_killed = 0
    for n_lives in range(1, MOST_LIVES + 1):
        life = _Life(places_left=kills.pop() if kills else float("inf"))
        try:
            with _crashing(life):
                _buy_film(run, cast)
        except Killed:
            n_killed += 1
        except BudgetExceeded:
            return "over budget", n_lives, n_killed
        except GenerationFailed as error:
            if error.reason != "TOO_FEW_CLIPS":
                raise
        else:
            return "made", n_lives, n_killed
    return TOO_FEW, MOST_LIVES, n_killed


def _buy_film(run: Run, cast: _Cast) -> None:
    """Go through the stages that buy something, as far as their artefacts are not there."""
    brief, plan = run.brief, run.read(Plan)
    painter = image_model(NAME, run=run)
    if not run.has(References):
        run.write(make_references(run.folder, brief=brief, plan=plan, model=painter))
        run.write(write_prompts(brief, plan, run.read(References)))
    film_clips(
        run.folder,
        brief=brief,
        analysis=run.read(Analysis),
        plan=plan,
        references=run.read(References),
        prompts=run.read(Prompts),
        model=video_model(cast.video, run=run),
        fallback=video_model(cast.fallback, run=run) if cast.fallback else None,
        stand_in=_StandIn() if cast.has_stand_in else None,
        keyframes=Keyframes(painter),
    )


def _collect_what_is_left(run: Run) -> None:
    """Ask for what is open until nothing is: the service errs only so often."""
    for _ in range(MOST_ROUNDS):
        if not collect_open(run):
            return


def _new_run(folder: Path, seed: int) -> Run:
    song = folder / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT, seed=seed), song=song)
    examples = read_examples()
    for stage in ("analysis", "plan"):
        run.write(examples[stage].model_copy(update={"job_id": run.job_id}))
    return run


@contextmanager
def _hurried(service: FakeService) -> Iterator[None]:
    """Wait for nothing longer than has to be, and leave footage as it was delivered."""
    told = {URL_VARIABLE: service.url, TIMEOUT_VARIABLE: TIMEOUT_S}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, told))
        for name, value in (
            ("mvkit.providers.base.patience.BACKOFF_S", (0.0, 0.0, 0.0)),
            ("mvkit.providers.purchase.UNKNOWN_OUTCOME_S", PATIENCE_S),
            ("mvkit.providers.purchase.ASK_EVERY_S", PATIENCE_S / 10),
            ("mvkit.providers.purchase.LOOK_EVERY_S", PATIENCE_S / 10),
            ("mvkit.providers.purchase.AT_WORK_S", 3 * PATIENCE_S),
            ("mvkit.providers.purchase.QUIET_S", PATIENCE_S / 2),
            ("mvkit.clips.making.fit", _as_delivered),
            ("mvkit.clips.making.write_poster", lambda *_: None),
        ):
            stack.enter_context(patch(name, value))
        yield


def _as_delivered(source: Path, target: Path, *, n_frames: int, **_: object) -> Fit:
    target.write_bytes(source.read_bytes())
    return Fit(how="exact", delivered_s=n_frames / FPS)


@contextmanager
def _crashing(life: _Life) -> Iterator[None]:
    reserve = Account.reserve

    def reserve_alive(account: Account, item: str, **order: Any) -> Entry:
        if life.dead:  # who waits for money comes by no other place
            raise Killed(item)
        return reserve(account, item, **order)

    with ExitStack() as stack:
        for module in CRASHING:
            stack.enter_context(patch(f"{module}.crash_point", life.pass_by))
        stack.enter_context(patch.object(Account, "reserve", reserve_alive))
        yield


# The books


def _told(
    run: Run,
    service: FakeService,
    books: Path,
    *,
    seed: int,
    ended: str,
    counts: tuple[int, int, int],
) -> FaultRun:
    account = Account(run.job_id)
    entries = account.entries()
    states = Counter(entry.state for entry in entries)
    orders = service.creates()
    bills = {line["id"]: line["usd"] for line in read_lines(books / ORDERS_FILE) if "usd" in line}
    differences = [
        *_unknown_orders(entries, orders),
        *(text for entry in entries if (text := _difference(entry, orders, bills))),
        *_made_twice(entries, orders),
        *_wrong_sums(run, account, entries),
    ]
    if ended == TOO_FEW and not states["lost"]:
        differences.append(f"{MOST_LIVES} lives made no film, though no order was lost")
    return FaultRun(
        seed=seed,
        ended=ended,
        n_lives=counts[0],
        n_killed=counts[1],
        n_orders=len(orders),
        n_lost=states["lost"],
        n_left=counts[2],
        differences=tuple(differences),
    )


def _unknown_orders(entries: tuple[Entry, ...], orders: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the orders that are not in our ledger, or not once."""
    known = {entry.tag for entry in entries}
    for tag, n_orders in Counter(order["tag"] for order in orders).items():
        if tag not in known or n_orders != 1:
            yield f"{n_orders} orders with tag {tag}, which is ours: {tag in known}"


def _difference(entry: Entry, orders: list[dict[str, Any]], bills: dict[str, str]) -> str:
    """Return what an entry says otherwise than the service does."""
    order = next((order for order in orders if order["tag"] == entry.tag), None)
    found = f"{entry.item} is {entry.state} at {entry.cost_usd}, the service has {order}"
    if entry.state == "lost":  # nobody could tell
        return ""
    if entry.state == "released":
        return found if order else ""
    if entry.state != "settled" or order is None or order["id"] != entry.provider_id:
        return found
    return found if entry.cost_usd != _due_usd(order, bills, entry) else ""


def _due_usd(order: dict[str, Any], bills: dict[str, str], entry: Entry) -> Decimal:
    """Return what has to be booked: the bill, or the worst case where it is none or untold."""
    bill_usd = Decimal(bills[order["id"]])
    is_bill = bill_usd.is_finite() and 0 <= bill_usd <= 10 * entry.most_usd
    if order["outcome"] == "gone" or not is_bill:
        return entry.most_usd
    return bill_usd.quantize(Decimal("0.000001"), rounding=ROUND_CEILING)


def _made_twice(entries: tuple[Entry, ...], orders: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what was ordered from a model again though it had not failed."""
    wanted = {entry.tag: (entry.item, entry.model) for entry in entries}
    made = Counter(wanted.get(order["tag"]) for order in orders if order["outcome"] == "made")
    for what, n_made in made.items():
        if n_made > 1:
            yield f"{what} was made {n_made} times"


def _wrong_sums(run: Run, account: Account, entries: tuple[Entry, ...]) -> Iterator[str]:
    """Yield the sums that are not those of the entries, and a limit that was passed."""
    spent_usd = sum((entry.cost_usd for entry in entries), Decimal())
    held_usd = sum((entry.held_usd for entry in entries), Decimal())
    balance = (account.spent_usd, account.held_usd)
    if balance != (spent_usd, held_usd):
        yield f"the account has {balance} spent and held, its entries {spent_usd}, {held_usd}"
    overcharged_usd = sum((max(Decimal(), e.cost_usd - e.most_usd) for e in entries), Decimal())
    if spent_usd + held_usd - overcharged_usd > account.limit_usd:
        yield f"{spent_usd} spent and {held_usd} held pass the limit of {account.limit_usd}"
    ledger.copy_account(run)
    if ledger.total_usd(run) != spent_usd:
        yield f"the audit copy says {ledger.total_usd(run)}, the ledger {spent_usd}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Buy films in a world of faults.")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    told = parser.parse_args()
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MVKIT_RUNS_DIR"] = f"{folder}/runs"
        get_settings.cache_clear()
        seeds = range(told.first_seed, told.first_seed + told.runs)
        runs = [fault_run(seed, folder=Path(folder)) for seed in seeds]
    for run in runs:
        for text in run.differences:
            print(f"seed {run.seed}: {text}")
    sums = {
        name: sum(getattr(run, name) for run in runs)
        for name in ("n_lives", "n_killed", "n_orders", "n_lost", "n_left")
    }
    n_differences = sum(len(run.differences) for run in runs)
    print(f"{len(runs)} runs in {time.monotonic() - started_s:.0f} s, {n_differences} differences")
    print(dict(Counter(run.ended for run in runs)), sums)


if __name__ == "__main__":
    main()
