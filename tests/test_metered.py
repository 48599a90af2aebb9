"""A call that answers at once is made once and paid once, whatever crashes.

What was asked and billed is counted by the service's own books.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from mvkit.crash import ONCE_VARIABLE, VARIABLE
from mvkit.errors import BudgetExceeded, InvalidInput, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.ledger import Account, open_account
from mvkit.providers.base import deliver
from mvkit.providers.chat import Question
from mvkit.providers.metered import PaidWriter, ask_once
from mvkit.providers.openai.chat import OpenAIChat
from mvkit.run import Run, draft_brief
from mvkit.schema import Record
from mvkit.settings import get_settings

from .chat_service import BILL_USD, ChatService, chat_service
from .doc_examples import ROOT
from .openai_server import KEY

ITEM = "plan/answer.json"
MOST_USD = Decimal("0.02")
COST_USD = Decimal("0.004")
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
WRITER = """
import sys
from mvkit.run import Run
from tests.test_metered import ITEM, QUESTION, writer

run = Run.open(sys.argv[1])
writer(run).write(QUESTION, run.path(ITEM))
"""


class Title(Record):
    title: str


QUESTION = Question(
    instructions="You name films.", turns=("Rain.",), shape=Title, most_output_tokens=1000
)


def writer(run: Run) -> PaidWriter:
    return PaidWriter(OpenAIChat("gpt-6-luna"), run)


class Phone:
    """A service with a counter; what it does next is scripted."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.account = account
        self.path = folder / ITEM
        self.path.parent.mkdir(parents=True)
        self.n_calls = 0
        self.errors: list[Exception] = []
        self.waited_s = 0.0

    def call(self) -> tuple[bytes, Decimal]:
        self.n_calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return b"answer %d" % self.n_calls, COST_USD

    def ask(self, *, identity: str = "digest", unanswered_s: float = 60.0) -> bytes:
        return ask_once(
            self.account,
            item=ITEM,
            identity=identity,
            model="fake",
            most_usd=MOST_USD,
            path=self.path,
            call=self.call,
            unanswered_s=unanswered_s,
            sleep=self.wait,
        )

    def wait(self, seconds: float) -> None:
        self.waited_s += seconds

    @property
    def states(self) -> list[str]:
        return [entry.state for entry in self.account.entries()]

    @property
    def balance(self) -> tuple[Decimal, Decimal]:
        return self.account.held_usd, self.account.spent_usd


@pytest.fixture
def phone(tmp_path: Path) -> Phone:
    return Phone(tmp_path, open_account("job", song_s=60.0))


# One call


def test_an_answer_is_kept_and_paid_once(phone: Phone) -> None:
    assert phone.ask() == phone.ask() == b"answer 1"
    assert phone.path.read_bytes() == b"answer 1"
    assert phone.n_calls == 1
    assert phone.states == ["settled"]
    assert phone.balance == (0, COST_USD)
    assert os.listdir(phone.path.parent) == ["answer.json"]


def test_another_question_is_another_call(phone: Phone) -> None:
    assert phone.ask(identity="other") == b"answer 1"
    assert phone.ask() == b"answer 2"
    assert phone.balance == (0, 2 * COST_USD)


@pytest.mark.parametrize("content", [None, b"tampered"])
def test_an_answer_that_somebody_removed_is_asked_for_anew(
    phone: Phone, content: bytes | None
) -> None:
    """The service keeps nothing; there is nobody else to ask."""
    phone.ask()
    phone.path.unlink() if content is None else phone.path.write_bytes(content)
    assert phone.ask() == b"answer 2"
    assert phone.balance == (0, 2 * COST_USD)


def test_a_call_that_was_not_answered_is_never_made_again(phone: Phone) -> None:
    """It may have been billed: it is booked at its worst case."""
    phone.errors = [OutcomeUnknown("no answer")]
    for _ in range(2):
        with pytest.raises(ProviderFailed, match="not asked again") as lost:
            phone.ask()
        assert (lost.value.reason, lost.value.retryable) == ("LOST_ANSWER", False)
    assert phone.n_calls == 1
    assert phone.states == ["lost"]
    assert phone.balance == (0, MOST_USD)


@pytest.mark.parametrize("error", [RateLimited("slower"), ProviderFailed("down")])
def test_a_call_that_failed_for_certain_costs_nothing_and_may_be_made_again(
    phone: Phone, error: Exception
) -> None:
    phone.errors = [error]
    answer, n_retries = deliver(phone.ask, seed=1, sleep=phone.wait)
    assert (answer, n_retries) == (b"answer 2", 1)
    assert phone.states == ["released", "settled"]
    assert phone.balance == (0, COST_USD)


def test_a_failure_that_was_billed_is_booked(phone: Phone) -> None:
    phone.errors = [ProviderFailed("no JSON", billed_usd=COST_USD, retryable=False)]
    with pytest.raises(ProviderFailed):
        phone.ask()
    assert phone.balance == (0, COST_USD)


def test_a_call_beyond_the_budget_is_not_made(phone: Phone) -> None:
    open_account("job", song_s=60.0, budget_usd=MOST_USD - Decimal("0.000001"))
    with pytest.raises(BudgetExceeded):
        phone.ask()
    assert phone.n_calls == 0
    assert phone.balance == (0, 0)


# Several processes


def test_who_comes_second_waits_for_the_first_ones_answer(phone: Phone) -> None:
    """Two processes with one question pay once."""
    calling, go_on = threading.Event(), threading.Event()

    def slow_call() -> tuple[bytes, Decimal]:
        calling.set()
        go_on.wait(10)
        return b"the answer", COST_USD

    answers: list[bytes] = []
    common = {"item": ITEM, "identity": "digest", "model": "fake", "most_usd": MOST_USD}

    def first() -> None:
        answers.append(ask_once(phone.account, path=phone.path, call=slow_call, **common))  # type: ignore[arg-type]

    thread = threading.Thread(target=first)
    thread.start()
    calling.wait(10)

    def wait(_seconds: float) -> None:
        go_on.set()
        thread.join()

    phone.wait = wait  # type: ignore[method-assign]
    assert phone.ask() == b"the answer"
    assert answers == [b"the answer"]
    assert phone.n_calls == 0
    assert phone.balance == (0, COST_USD)


def test_an_answer_that_comes_after_all_is_booked_as_it_was_billed(phone: Phone) -> None:
    """Somebody waited too little and gave the call up."""

    def call() -> tuple[bytes, Decimal]:
        with pytest.raises(ProviderFailed, match="no answer came"):
            phone.ask(unanswered_s=0.0)
        return b"late", COST_USD

    common = {"item": ITEM, "identity": "digest", "model": "fake", "most_usd": MOST_USD}
    assert ask_once(phone.account, path=phone.path, call=call, **common) == b"late"  # type: ignore[arg-type]
    assert phone.balance == (0, COST_USD)
    assert phone.ask() == b"late"
    assert phone.n_calls == 0


# Language models, and crashes


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatService]:
    with chat_service() as service:
        service.answers = lambda _asked: json.dumps({"title": "Rain"})
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield service


@pytest.fixture
def run(tmp_path: Path) -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    open_account(run.job_id, song_s=60.0)
    return run


class Crash(BaseException):
    """What nothing in mvkit catches, as nothing catches a kill."""


@contextmanager
def crash_at(point: str) -> Iterator[None]:
    """Crash when a place is come by inside the block, and come out of it alive."""

    def crash_point(name: str) -> None:
        if name == point:
            raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mvkit.providers.metered.crash_point", crash_point)
        with pytest.raises(Crash):
            yield


@pytest.mark.parametrize("point", ["purchase.delivered", "purchase.settled"])
def test_an_answer_that_reached_the_disk_outlives_a_crash(phone: Phone, point: str) -> None:
    with crash_at(point):
        phone.ask()
    assert not phone.path.exists()
    assert phone.ask() == phone.ask() == b"answer 1"
    assert phone.path.read_bytes() == b"answer 1"
    assert phone.n_calls == 1
    assert phone.balance == (0, COST_USD)
    assert os.listdir(phone.path.parent) == ["answer.json"]


@pytest.mark.parametrize(
    ("point", "n_calls"),
    [
        ("purchase.reserved", 0),  # nobody can tell that nothing was sent
        ("purchase.submitted", 1),  # the answer was only in memory
    ],
)
def test_what_a_crash_may_have_sent_is_lost_and_not_repeated(
    phone: Phone, point: str, n_calls: int
) -> None:
    """It is waited for as long as another process could be at it."""
    with crash_at(point):
        phone.ask()
    with pytest.raises(ProviderFailed, match="not asked again"):
        phone.ask(unanswered_s=0.0)
    assert phone.n_calls == n_calls
    assert phone.balance == (0, MOST_USD)


def test_a_process_that_is_killed_never_pays_twice(
    run: Run, service: ChatService, tmp_path: Path
) -> None:
    crash = {VARIABLE: "purchase.delivered", ONCE_VARIABLE: str(tmp_path / "crashed")}
    died = subprocess.run(
        [sys.executable, "-c", WRITER, str(run.folder)],
        check=False,
        cwd=ROOT,
        env={**os.environ, **get_settings().as_environment(), **crash},
    )
    assert died.returncode == -signal.SIGKILL
    target = run.path(ITEM)
    assert not target.exists()
    answer = writer(run).write(QUESTION, target)
    assert json.loads(answer.text) == {"title": "Rain"}
    assert len(service.asked) == 1
    assert Account(run.job_id).spent_usd == service.billed_usd == BILL_USD


def test_answers_that_are_no_use_are_paid_and_kept(run: Run, service: ChatService) -> None:
    """A truncated answer was written and billed; it is not bought again either."""
    service.script("truncated")
    target = run.path(ITEM)
    answers = [writer(run).write(QUESTION, target) for _ in range(2)]
    assert [answer.ending for answer in answers] == ["truncated", "truncated"]
    assert Account(run.job_id).spent_usd == service.billed_usd == BILL_USD


def test_a_wrong_key_costs_nothing_and_can_be_mended(run: Run, service: ChatService) -> None:
    service.script("401")
    with pytest.raises(InvalidInput, match="OPENAI_API_KEY"):
        writer(run).write(QUESTION, run.path(ITEM))
    assert writer(run).write(QUESTION, run.path(ITEM)).ending == "complete"
    assert Account(run.job_id).spent_usd == service.billed_usd == BILL_USD


def test_a_free_model_needs_no_account(run: Run, service: ChatService) -> None:
    free = PaidWriter(OpenAIChat("llama3.2:3b"), run)
    assert free.write(QUESTION, run.path(ITEM)).cost_usd == 0
    assert run.path(ITEM).is_file()
    assert Account(run.job_id).entries() == ()
