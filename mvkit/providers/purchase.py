"""Buying from paid models: each thing once, whatever crashes, and never past the job's limit.

The order of things is always the same::

    reserve the worst case ── submit ── store the order's id ── collect ── settle the bill

An order that would fit if those beside it were settled waits for them: most come back far below
their worst case. Whoever waits holds nothing, and what is waited for is being worked on, so nobody
waits for ever.

Whoever comes later, after a crash or beside a process that still lives, goes on from what the
ledger says:

==============================  ===============================================================
the entry is                    what is done
==============================  ===============================================================
missing, released, or settled   a new order
for an order that failed
reserved, without an id         the service is asked for the order's tag for two minutes: found,
                                it is placed; not found, it is lost
placed                          the order is collected
settled, its file still there   nothing: it was paid and delivered
settled, its file gone          the order is collected again, at no cost
placed or settled, and gone     a new order, if the budget allows: services keep what they made
from the service                for an hour or so
lost                            the service is asked once more; nothing is ordered
==============================  ===============================================================

Nothing is submitted without a reserved entry of its own, only the process that wrote the entry
submits, and an order is only repeated where the first is known to have failed: at most one order
is ever open for one thing. What is tried again, and when, is up to
:func:`mvkit.providers.base.deliver`.

An :class:`~mvkit.errors.OutcomeUnknown` from ``collect`` says that the service did not answer; the
order is left as it is, to be collected by the next attempt, or at the job's end by
:mod:`mvkit.providers.collecting`.

Contents
--------
PaidPainter, PaidCamera, buy, book_failure
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

from mvkit.crash import crash_point
from mvkit.errors import BudgetExceeded, InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed
from mvkit.files import sha256_of
from mvkit.ledger import Account, Entry, being_bought, dollars
from mvkit.providers.base import ClipRequest, Delivery, PaidModel, PictureRequest
from mvkit.run import Run

Request = TypeVar("Request", bound=PictureRequest | ClipRequest)

logger = logging.getLogger(__name__)

UNKNOWN_OUTCOME_S = 120.0
"""How long the service is asked for an order that may have reached it."""
ASK_EVERY_S = 2.0
LOOK_EVERY_S = 1.0
"""How often an order that has to wait for money looks whether there is some."""
AT_WORK_S = 300.0
"""So long after it last moved, another process may be at work on an order: few take as long."""
QUIET_S = 15.0
"""So long nobody is at work on an order between two attempts to collect it, and a little longer."""
GONE = "GONE"
"""Reason of a failure: the service no longer keeps what it made."""

_collected_here: set[int] = set()
"""The entries whose orders are being waited for in this process, by their ids."""


class _Buyer(Generic[Request]):
    """What painters and cameras have in common: a model, and a run that pays."""

    def __init__(self, model: PaidModel[Request], run: Run) -> None:
        self.name = model.name
        self.parallel = model.parallel
        self._model = model
        self._run = run

    def _buy(self, request: Request, target: Path) -> Delivery:
        item = target.resolve().relative_to(self._run.folder)
        account = Account.of(self._run)
        return buy(self._model, request, target, account=account, item=item.as_posix())


class PaidPainter(_Buyer[PictureRequest]):
    """Paints by having a paid model paint.

    Parameters
    ----------
    model : PaidModel
        Who is paid.
    run : Run
        Whose account pays; pictures go into its folder.
    """

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        """Buy a picture; see :class:`mvkit.providers.base.ImageModel` and :func:`buy`."""
        return self._buy(request, target)


class PaidCamera(_Buyer[ClipRequest]):
    """Films by having a paid model film; see :class:`PaidPainter`."""

    films_final_form = False

    def __init__(self, model: PaidModel[ClipRequest], run: Run) -> None:
        super().__init__(model, run)
        self.wants_keyframe = model.wants_keyframe
        self.goes_on = model.goes_on

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Buy a clip; see :class:`mvkit.providers.base.VideoModel` and :func:`buy`."""
        return self._buy(request, target)


def buy(
    model: PaidModel[Request],
    request: Request,
    target: Path,
    *,
    account: Account,
    item: str,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Delivery:
    """Buy a thing, or fetch what was bought before.

    Parameters
    ----------
    model : PaidModel
        Who is paid.
    request : PictureRequest or ClipRequest
        What is wanted; its ``identity`` says whether it was bought before.
    target : Path
        Where it is saved.
    account : Account
        Who pays.
    item : str
        What the ledger calls it: the target's path inside the run folder.
    sleep, clock : callable
        Wait, and tell the time, in seconds.

    Raises
    ------
    BudgetExceeded
        If the order could pass the job's limit, and no order is open that could make room for it.
    ProviderFailed
        If nothing came. ``LOST_ORDER``: nobody can tell whether the service has the order; it is
        charged at its worst case and not repeated. ``NO_ANSWER``: the service has the order and
        did not answer.
    GenerationFailed
        If another process orders the same thing at this moment (``BEING_BOUGHT``): the next
        attempt gets what it has bought.
    """
    if not request.identity:
        raise InvalidInput(
            f"The request for {item} has no identity, so nobody could tell whether it was bought "
            "before; the stage that makes the request gives it one.",
            reason="NO_IDENTITY",
        )
    desk = _Desk(model, account, item, sleep=sleep, clock=clock)
    return desk.fetch(request, target)


class _Desk(Generic[Request]):
    """Where one thing is bought."""

    def __init__(
        self,
        model: PaidModel[Request],
        account: Account,
        item: str,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._model = model
        self._account = account
        self._item = item
        self._sleep = sleep
        self._clock = clock
        self._epoch_s = time.time() - clock()

    def fetch(self, request: Request, target: Path) -> Delivery:
        """Have the thing in its place, ordering it only if it has to be."""
        entry = self._account.latest(self._item, request.identity)
        if entry is None or _came_to_nothing(entry):
            return self._collect(self._order(request, after=entry), target)
        if _is_there(entry, target):
            return _delivery(entry)
        if not entry.provider_id:
            entry = self._find(entry, request)
        try:
            return self._collect(entry, target)
        except ProviderFailed as error:
            if error.reason != GONE:
                raise
        logger.warning(
            "%s was paid for, but %s no longer keeps it; it is bought anew.",
            *(self._item, self._model.name),
        )
        return self._collect(self._order(request, after=entry), target)

    def _order(self, request: Request, *, after: Entry | None) -> Entry:
        """Place an order, its money set aside first and its id stored at once."""
        entry = self._reserve(request, after=after)
        crash_point("purchase.reserved")
        try:
            provider_id = self._model.submit(request, tag=entry.tag)
        except OutcomeUnknown:
            return self._find(entry, request)
        except MvkitError:  # it has certainly not been taken
            self._account.release(entry)
            raise
        crash_point("purchase.submitted")
        return self._placed(entry, provider_id)

    def _reserve(self, request: Request, *, after: Entry | None) -> Entry:
        """Set the worst case aside, as soon as the orders beside leave room for it."""
        most_usd = self._model.most_usd(request)
        quiet_s = 0.0
        while True:
            try:
                return self._account.reserve(
                    self._item,
                    identity=request.identity,
                    model=self._model.name,
                    most_usd=most_usd,
                    after=after,
                )
            except BudgetExceeded:
                if most_usd > self._account.unspent_usd or quiet_s > QUIET_S:
                    raise
            quiet_s = 0.0 if self._others_work() else quiet_s + LOOK_EVERY_S
            self._sleep(LOOK_EVERY_S)

    def _others_work(self) -> bool:
        """Whether somebody is at work on an order of the job, here or perhaps elsewhere."""
        since_s = self._epoch_s + self._clock() - AT_WORK_S
        return any(
            entry.id in _collected_here or entry.updated_at_s > since_s
            for entry in self._account.open_entries()
        )

    def _find(self, entry: Entry, request: Request) -> Entry:
        """Find out whether the service has an order; one known to be lost is asked for once."""
        patience_s = 0.0 if entry.state == "lost" else UNKNOWN_OUTCOME_S
        deadline_s = self._clock() + patience_s
        while not (provider_id := self._ask(entry, request)):
            if self._clock() >= deadline_s:
                given_up = self._account.lose(entry)
                raise _lost(entry) if given_up.state == "lost" else being_bought(self._item)
            self._sleep(ASK_EVERY_S)
        return self._placed(entry, provider_id)

    def _ask(self, entry: Entry, request: Request) -> str:
        known = {each.provider_id for each in self._account.entries()} - {""}
        since_s = entry.created_at_s
        try:
            return self._model.find(request, tag=entry.tag, since_s=since_s, known=known)
        except ProviderFailed:  # it does not answer now; it may in a moment
            return ""

    def _placed(self, entry: Entry, provider_id: str) -> Entry:
        placed = self._account.place(entry, provider_id)
        crash_point("purchase.placed")
        return placed

    def _collect(self, entry: Entry, target: Path) -> Delivery:
        """Wait for an order, and book its bill, whether it came out or not."""
        _collected_here.add(entry.id)
        try:
            delivery = self._model.collect(entry.provider_id, target)
        except OutcomeUnknown as error:
            raise ProviderFailed(
                f"{self._model.name} has the order for {self._item} and does not answer: "
                f"{error.message} It is collected by the next attempt.",
                reason="NO_ANSWER",
            ) from error
        except ProviderFailed as error:
            book_failure(self._account, entry, error)
            raise
        finally:
            _collected_here.discard(entry.id)
        crash_point("purchase.delivered")
        made = sha256_of(target)
        settled = self._account.settle(entry, delivery.cost_usd, made=made)
        crash_point("purchase.settled")
        return replace(delivery, cost_usd=settled.cost_usd, provider_id=settled.provider_id)


def book_failure(account: Account, entry: Entry, error: ProviderFailed) -> Entry:
    """Settle an order that came to nothing at its bill, or at its worst case if nobody told it.

    Parameters
    ----------
    account : Account
        Who pays.
    entry : Entry
        The order.
    error : ProviderFailed
        What the model said of it.
    """
    is_untold = error.reason == GONE and not error.billed_usd
    return account.settle(entry, entry.most_usd if is_untold else error.billed_usd)


def _came_to_nothing(entry: Entry) -> bool:
    """Whether an attempt is known to have ended without a delivery."""
    return entry.state == "released" or (entry.state == "settled" and not entry.made)


def _is_there(entry: Entry, target: Path) -> bool:
    """Whether what was delivered lies in its place, as it was delivered."""
    return bool(entry.made) and target.is_file() and sha256_of(target) == entry.made


def _delivery(entry: Entry) -> Delivery:
    return Delivery(model=entry.model, cost_usd=entry.cost_usd, provider_id=entry.provider_id)


def _lost(entry: Entry) -> ProviderFailed:
    return ProviderFailed(
        f"Nobody can tell whether {entry.model} has the order for {entry.item}: it was sent, no "
        f"answer came, and the service does not list it. It is charged at {dollars(entry.most_usd)}"
        ", its worst case, and not sent again. Should the service list it later, the next run "
        "fetches it; another seed or another model makes a new order.",
        reason="LOST_ORDER",
        retryable=False,
    )
