"""Collecting what was ordered and left: when a job has ended, nothing stays set aside for it.

An order can outlive who placed it. The service did not answer in time, and another model filmed
the clip; or the process was killed, and nobody wants the clip any more. Its worst case would be set
aside for ever, so whoever ends a job asks for each order that is still open, once:

==============================  ===============================================================
the service                     what is done
==============================  ===============================================================
has made it                     it is put in its place in the run folder, unless there is
                                something already, and settled at its bill
says that it failed, or does    it is settled as :mod:`mvkit.providers.purchase` does
not keep it any more
does not know it, or finds no   it is lost: charged at its worst case; should the same thing be
order without what was ordered  wanted again, it is looked for once more
does not answer                 it stays open, to be asked for another time
==============================  ===============================================================

Calls that were answered at once are booked from what lies on the disk
(:func:`mvkit.providers.metered.book_left`).

Every order is asked for in a thread of its own, and a thread whose time is up is left alone:
whatever a service does, the job ends.

Contents
--------
collect_open, Cancels, KeepsTags
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar, runtime_checkable

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed
from mvkit.files import sha256_of
from mvkit.ledger import Account, Entry, copy_account, dollars, find_account
from mvkit.providers import paid_image_model, paid_video_model
from mvkit.providers.base import ClipRequest, Delivery, PaidModel, PictureRequest, deliver
from mvkit.providers.metered import book_left
from mvkit.providers.purchase import book_failure
from mvkit.run import Run

T = TypeVar("T")
Model = PaidModel[PictureRequest] | PaidModel[ClipRequest]
Answer = Delivery | ProviderFailed | None
"""What became of an order: it was made, it failed, or the service does not know of it."""

logger = logging.getLogger(__name__)

ASK_FOR_S = 60.0
"""How long the orders of a job are asked for, all together."""
MODELS: Mapping[str, Callable[[str], Model | None]] = {
    ".png": paid_image_model,
    ".mp4": paid_video_model,
}
"""Where a file's maker is looked up, by the file's ending; anything else was answered at once."""


@runtime_checkable
class Cancels(Protocol):
    """A paid model whose service can end an order before it is done."""

    def cancel(self, provider_id: str) -> None:
        """Ask the service to end an order; what it has cost so far is told when it is collected.

        Raises
        ------
        MvkitError
            If the service does not answer; the order stands.
        """
        ...


@runtime_checkable
class KeepsTags(Protocol):
    """A paid model whose service finds an order by our tag alone."""

    def find_by_tag(self, tag: str) -> str:
        """Return the service's id of an order; empty if the service has none.

        Raises
        ------
        ProviderFailed
            If the service does not answer.
        """
        ...


def collect_open(
    run: Run, *, cancel: bool = False, within_s: float = ASK_FOR_S
) -> tuple[Entry, ...]:
    """Bring the orders of a job that are still open to an end.

    For whoever holds the run, when nothing is filmed any more: after a film has been finished, has
    failed, or was cancelled. It may be called again, and beside a process that still works: who
    comes second changes nothing. Whatever goes wrong here is told in the log and raised to nobody,
    as the film is there, or has failed for reasons of its own.

    Parameters
    ----------
    run : Run
        The job's run; what was made is put into its folder.
    cancel : bool
        Whether to have orders ended that are still worked on, where the service can do so.
    within_s : float
        How long to ask, in all.

    Returns
    -------
    tuple of Entry
        The entries that were open, as they are now.
    """
    try:
        account = find_account(run.job_id)
        left = account.open_entries() if account else ()
        if account is None or not left:
            return ()
        entries = _asked_for(run, account, left, cancel=cancel, within_s=within_s)
        copy_account(run)
    except Exception:
        logger.exception("The open orders of job %s could not be collected.", run.job_id)
        return ()
    return entries


def _asked_for(
    run: Run, account: Account, left: tuple[Entry, ...], *, cancel: bool, within_s: float
) -> tuple[Entry, ...]:
    """Ask for all orders at once, and book what is answered in time."""
    until_s = time.monotonic() + within_s
    # What is made lies beside its place until it is booked. A thread that comes too late finds the
    # folder gone, and leaves nothing behind.
    with TemporaryDirectory(
        prefix=".collected-", dir=run.folder, ignore_cleanup_errors=True
    ) as beside:
        orders = [
            _Order(entry, account, place=run.folder / entry.item, beside=Path(beside))
            for entry in left
            if Path(entry.item).suffix in MODELS
        ]
        answers = [_in_thread(partial(order.ask, cancel=cancel)) for order in orders]
        ordered = [
            order.end(answer, until_s=until_s)
            for order, answer in zip(orders, answers, strict=True)
        ]
    calls = [entry for entry in left if Path(entry.item).suffix not in MODELS]
    called = [book_left(account, entry, run.folder / entry.item) for entry in calls]
    return (*ordered, *called)


class _Order:
    """An order that was left open.

    Parameters
    ----------
    entry : Entry
        What the ledger says of it.
    account : Account
        Who pays.
    place : Path
        Where what was made belongs.
    beside : Path
        A folder for it until then.
    """

    def __init__(self, entry: Entry, account: Account, *, place: Path, beside: Path) -> None:
        self._entry = entry
        self._account = account
        self._place = place
        self._made = beside / f"{entry.tag}{place.suffix}"

    def ask(self, *, cancel: bool) -> Answer:
        """Ask the service what became of it, again where it does not answer.

        Raises
        ------
        MvkitError
            If it cannot be asked, or does not answer.
        """
        model = _model_of(self._entry)
        answer, _ = deliver(lambda: self._answer(model, cancel=cancel), seed=self._entry.id)
        return answer

    def end(self, answer: Future[Answer], *, until_s: float) -> Entry:
        """Wait for the service's answer and book it; without one, the order stays open."""
        try:
            told = answer.result(timeout=max(0.0, until_s - time.monotonic()))
        except Exception as error:
            logger.warning(
                "%s, ordered from %s for %s at most, stays open: %s",
                *(self._entry.item, self._entry.model, dollars(self._entry.most_usd)),
                str(error) or "there was no answer in time.",
            )
            return self._entry
        return self._book(told)

    def _answer(self, model: Model, *, cancel: bool) -> Answer:
        try:
            provider_id = self._entry.provider_id or self._found(model)
            return self._collected(model, provider_id, cancel=cancel) if provider_id else None
        except OutcomeUnknown as error:  # who asks again may be answered
            raise ProviderFailed(error.message, reason="NO_ANSWER") from error

    def _found(self, model: Model) -> str:
        """Return the id of an order that may have been sent; empty if nobody can tell."""
        provider_id = model.find_by_tag(self._entry.tag) if isinstance(model, KeepsTags) else ""
        if provider_id:
            self._account.place(self._entry, provider_id)
        return provider_id

    def _collected(self, model: Model, provider_id: str, *, cancel: bool) -> Answer:
        if cancel and isinstance(model, Cancels):
            with suppress(MvkitError):  # it ends by itself, then
                model.cancel(provider_id)
        try:
            return model.collect(provider_id, self._made)
        except OutcomeUnknown:
            raise
        except ProviderFailed as error:
            return error

    def _book(self, told: Answer) -> Entry:
        if told is None:
            return self._account.lose(self._entry)
        if isinstance(told, ProviderFailed):
            return book_failure(self._account, self._entry, told)
        made = sha256_of(self._made)
        if not self._place.exists():  # it may be another order's, and in use
            self._place.parent.mkdir(exist_ok=True)
            self._made.replace(self._place)
        return self._account.settle(self._entry, told.cost_usd, made=made)


def _model_of(entry: Entry) -> Model:
    model = MODELS[Path(entry.item).suffix](entry.model)
    if model is None:
        raise InvalidInput(f"{entry.model} is not paid any more, so nobody can be asked.")
    return model


def _in_thread(work: Callable[[], T]) -> Future[T]:
    """Do something in a thread that nobody has to wait for, as those of executors have to be."""
    future: Future[T] = Future()

    def do() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=do, daemon=True).start()
    return future
