"""Paying for a call that answers at once: each call once, whatever crashes.

The order of things is always the same::

    reserve the worst case ── call ── keep the answer beside its file ── settle ── put it in place

A service that answers at once keeps nothing that could be asked for later, so an answer is on the
disk, with its cost, before it is booked: whoever comes after a crash finds it there. What may have
been sent without an answer is never sent again; it is booked as lost, at its worst case.

Calls never wait for money that is set aside beside them, as orders do: they are made before
anything is ordered.

Contents
--------
ask_once, book_left, PaidWriter
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from mvkit.crash import crash_point
from mvkit.errors import MvkitError, OutcomeUnknown, ProviderFailed
from mvkit.files import write_whole
from mvkit.ledger import Account, Entry, dollars
from mvkit.providers.chat import Answer, ChatModel, Question
from mvkit.run import Run

UNANSWERED_S = 300.0
"""So long after it was reserved, a call whose answer is nowhere counts as lost."""
LOOK_EVERY_S = 1.0

Call = Callable[[], tuple[bytes, Decimal]]
"""Makes the call; returns the answer and what it cost in dollars."""


def ask_once(
    account: Account,
    *,
    item: str,
    identity: str,
    model: str,
    most_usd: Decimal,
    path: Path,
    call: Call,
    unanswered_s: float = UNANSWERED_S,
    sleep: Callable[[float], None] = time.sleep,
) -> bytes:
    """Pay for a call, or read what it answered before.

    Parameters
    ----------
    account : Account
        Who pays.
    item : str
        What the ledger calls the answer: its path inside the run folder.
    identity : str
        Digest of everything the answer depends on. Under one identity a job pays once.
    model : str
        Who is paid.
    most_usd : Decimal
        What the call can cost at the very most; above 0.
    path : Path
        Where the answer is kept.
    call : callable
        Makes the call, once. It raises :class:`OutcomeUnknown` if the service may have been
        reached, and any other error of ours only if it has certainly not answered.
    unanswered_s : float
        How long a call may take that another process is making.
    sleep : callable
        Waits, in seconds.

    Raises
    ------
    BudgetExceeded
        If the call could pass the job's limit.
    ProviderFailed
        ``LOST_ANSWER`` if nobody can tell whether the service was reached.
    GenerationFailed
        ``BEING_BOUGHT`` if another process began the same call at this moment; the next attempt
        waits for its answer.
    MvkitError
        What ``call`` raised.
    """
    till = _Till(account, item, identity, path)
    entry = till.latest(unanswered_s=unanswered_s, sleep=sleep)
    if entry and entry.state in ("lost", "placed"):
        raise _lost(entry)
    if entry and entry.made and (kept := till.kept(entry)) is not None:
        return kept
    entry = account.reserve(item, identity=identity, model=model, most_usd=most_usd, after=entry)
    crash_point("purchase.reserved")
    return till.pay(entry, call)


def book_left(account: Account, entry: Entry, path: Path) -> Entry:
    """Book a call that a process began and did not live to book.

    Parameters
    ----------
    account : Account
        Who pays.
    entry : Entry
        The call.
    path : Path
        Where its answer is kept.

    Returns
    -------
    Entry
        Settled at its cost if the answer had reached the disk, or else lost.
    """
    return _Till(account, entry.item, entry.identity, path).book_left(entry)


class _Till:
    """Where one call is paid for."""

    def __init__(self, account: Account, item: str, identity: str, path: Path) -> None:
        self._account = account
        self._item = item
        self._identity = identity
        self._path = path

    def latest(self, *, unanswered_s: float, sleep: Callable[[float], None]) -> Entry | None:
        """Return the last call's entry once it is decided: answered, failed or lost."""
        while True:
            entry = self._account.latest(self._item, self._identity)
            if entry is None or entry.state in ("settled", "released"):
                return entry
            if answered := self._aside(entry):
                return self._book(entry, *answered)
            if entry.state != "reserved":
                return entry
            if time.time() >= entry.created_at_s + unanswered_s:
                self._account.lose(entry)
            else:
                sleep(LOOK_EVERY_S)

    def kept(self, entry: Entry) -> bytes | None:
        """Return an answer that was paid for; None if somebody removed or changed its file."""
        if answered := self._aside(entry):
            return self._put_in_place(entry, answered[0])
        content = self._path.read_bytes() if self._path.is_file() else b""
        return content if _sha256(content) == entry.made else None

    def pay(self, entry: Entry, call: Call) -> bytes:
        """Make the call, and book what it cost."""
        try:
            content, cost_usd = call()
        except OutcomeUnknown as error:
            raise _lost(self._account.lose(entry)) from error
        except MvkitError as error:
            if isinstance(error, ProviderFailed) and error.billed_usd:
                self._account.settle(entry, error.billed_usd)
            else:
                self._account.release(entry)
            raise
        crash_point("purchase.submitted")
        write_whole(self._aside_path(entry), f"{cost_usd}\n".encode() + content)
        crash_point("purchase.delivered")
        self._book(entry, content, cost_usd)
        return self._put_in_place(entry, content)

    def book_left(self, entry: Entry) -> Entry:
        """Book a call that nobody makes any more."""
        if answered := self._aside(entry):
            return self._book(entry, *answered)
        return self._account.lose(entry)

    def _book(self, entry: Entry, content: bytes, cost_usd: Decimal) -> Entry:
        made = _sha256(content)
        settled = self._account.settle(entry, cost_usd, made=made)
        if settled.state == "lost":  # somebody gave up before the answer came
            settled = self._account.settle(self._account.place(entry, ""), cost_usd, made=made)
        crash_point("purchase.settled")
        return settled

    def _put_in_place(self, entry: Entry, content: bytes) -> bytes:
        write_whole(self._path, content)
        self._aside_path(entry).unlink(missing_ok=True)
        return content

    def _aside_path(self, entry: Entry) -> Path:
        """Return where an answer lies, its cost in front, until it is in its place."""
        return self._path.with_name(f".{self._path.name}.{entry.tag}")

    def _aside(self, entry: Entry) -> tuple[bytes, Decimal] | None:
        try:
            cost, _, content = self._aside_path(entry).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return content, Decimal(cost.decode())


class PaidWriter:
    """Has a language model answer, and pays it from a run's account if it costs anything.

    Parameters
    ----------
    model : ChatModel
        Who is asked.
    run : Run
        Whose account pays; answers go into its folder.
    """

    def __init__(self, model: ChatModel, run: Run) -> None:
        self.name = model.name
        self._model = model
        self._run = run

    def write(self, question: Question, target: Path) -> Answer:
        """Answer a question; see :class:`mvkit.providers.chat.Writer`."""

        def call() -> tuple[bytes, Decimal]:
            answer = self._model.ask(question)
            return answer.model_dump_json(indent=1).encode(), answer.cost_usd

        target.parent.mkdir(parents=True, exist_ok=True)
        most_usd = self._model.most_usd(question)
        if most_usd == 0:
            content, _ = call()
            write_whole(target, content)
        else:
            content = ask_once(
                Account.of(self._run),
                item=target.resolve().relative_to(self._run.folder).as_posix(),
                identity=question.identity(self.name),
                model=self.name,
                most_usd=most_usd,
                path=target,
                call=call,
            )
        return Answer.model_validate_json(content)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lost(entry: Entry) -> ProviderFailed:
    return ProviderFailed(
        f"{entry.model} was asked for {entry.item} and no answer came, so nobody can tell whether "
        f"it was billed. It is charged at {dollars(entry.most_usd)}, its worst case, and not asked "
        "again; another seed or another model asks anew.",
        reason="LOST_ANSWER",
        retryable=False,
    )
