"""Painters and cameras made of the catalogue's offers: what :mod:`mvkit.providers.purchase` buys.

An order is placed and its id returned at once; it is followed until it is final. What the service's
metrics say of it is its bill, whether it came out or not. What was made is downloaded at once, as
the service keeps it for an hour.

The service keeps no tags of ours. An order whose answer was lost is found again by its inputs: it
is the first in the account, after the time it was sent, that has the same values.

Contents
--------
painter, camera, Painter, Camera, check_model
"""

from __future__ import annotations

import itertools
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.providers.base import ClipRequest, Delivery, PictureRequest
from mvkit.providers.catalog import Offer, Order, clip_order, drift, find_offer, picture_order
from mvkit.providers.replicate.following import QUEUE_MOST_S, Patience, follow
from mvkit.providers.replicate.outputs import save_clip, save_picture, url_of
from mvkit.providers.replicate.service import Prediction, Service
from mvkit.timing import FPS

Request = TypeVar("Request", PictureRequest, ClipRequest)

PARALLEL = 8
"""Orders at the same time; the service takes 600 a minute, and 6 from accounts without credit."""
CLOCKS_S = 5.0
"""So far our idea of the service's clock may be off."""
LOOKED_THROUGH_MOST = 2000
"""So many orders are looked through for one that was lost."""
REFUSALS = re.compile(r"nsfw|flagged|sensitive|safety|moderat|content polic|\bE005\b", re.I)
"""What models say of wishes they will not fulfil however often they are asked."""
MOST_QUOTED = 200


def painter(name: str) -> Painter:
    """Return a model that paints.

    Parameters
    ----------
    name : str
        ``owner/name`` or ``owner/name@variant``, of the catalogue or the user's settings.

    Raises
    ------
    InvalidInput
        If there is none of this name.
    """
    return Painter(find_offer(f"replicate:{name}", role="image"))


def camera(name: str) -> Camera:
    """Return a model that films; see `painter`."""
    return Camera(find_offer(f"replicate:{name}", role="video"))


def check_model(offer: Offer) -> tuple[str, ...]:
    """Return what has changed in a model since its entry was written, a sentence each.

    Raises
    ------
    InvalidInput
        If there is no key, or the service does not have the model.
    ProviderFailed
        If the service does not tell.
    """
    service = Service(offer.entry, name=offer.name, cancel_after_s=offer.deadline_s)
    return drift(offer.entry, service.schema())


class _Model(ABC, Generic[Request]):
    """What painters and cameras have in common: one offer, ordered and followed.

    Parameters
    ----------
    offer : Offer
        What is ordered.
    queue_most_s : float
        How long an order may wait to be begun.
    sleep : callable
        Waits between questions, in seconds.
    """

    parallel = PARALLEL

    def __init__(
        self,
        offer: Offer,
        *,
        queue_most_s: float = QUEUE_MOST_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = offer.name
        self._offer = offer
        self._sleep = sleep
        self._patience = Patience(work_s=offer.deadline_s, queue_s=queue_most_s)
        self._service = Service(offer.entry, name=offer.name, cancel_after_s=self._patience.total_s)

    def submit(self, request: Request, *, tag: str) -> str:  # noqa: ARG002 - no tags are kept
        """Place an order; see :class:`mvkit.providers.base.PaidModel`."""
        return self._service.place(self._order(request))

    def find(
        self,
        request: Request,
        *,
        tag: str,  # noqa: ARG002 - no tags are kept
        since_s: float,
        known: Collection[str],
    ) -> str:
        """Look for an order by what was ordered; empty if the service does not list it."""
        order, found = self._order(request), ""
        for row in itertools.islice(self._service.latest(), LOOKED_THROUGH_MOST):
            since_there_s = since_s + (row.at_s - time.time())
            if row.created_s < since_there_s - CLOCKS_S:
                break
            if row.id not in known and row.model == self._offer.entry.id and _holds(row, order):
                found = row.id  # the rows go back in time: the last that fits was sent first
        return found

    def collect(self, provider_id: str, target: Path) -> Delivery:
        """Wait for an order and save what was made; see `PaidModel`."""
        made, why_cancelled = follow(self._service, provider_id, self._patience, sleep=self._sleep)
        billed_usd = self._billed_usd(made)
        try:
            self._save(self._url_of(made, why_cancelled), target)
        except OutcomeUnknown:  # the order stands, and its bill with it
            raise
        except ProviderFailed as error:
            raise ProviderFailed(
                f"{self.name}: {error.message}",
                reason=error.reason,
                billed_usd=billed_usd,
                retryable=error.retryable,
            ) from error
        return Delivery(model=self.name, cost_usd=billed_usd, provider_id=provider_id)

    def cancel(self, provider_id: str) -> None:
        """Have an order ended; see :class:`mvkit.providers.collecting.Cancels`."""
        self._service.cancel(provider_id)

    @abstractmethod
    def _order(self, request: Request) -> Order:
        """Return a request in the model's own inputs."""

    @abstractmethod
    def _seconds_of(self, made: Prediction) -> float:
        """Return how long the clip is that was ordered; 0 for a picture."""

    @abstractmethod
    def _save(self, url: str, target: Path) -> None:
        """Download what was made."""

    def _url_of(self, made: Prediction, why_cancelled: str) -> str:
        if made.status != "succeeded":
            raise _failure(made, why_cancelled)
        return url_of(made)

    def _billed_usd(self, made: Prediction) -> Decimal:
        """Return what an order cost; what was never begun costs nothing (replicate.com/docs)."""
        if made.status == "aborted" or (made.status != "succeeded" and not made.started_s):
            return Decimal()
        return self._offer.billed_usd(made.metrics, seconds=self._seconds_of(made))


class Painter(_Model[PictureRequest]):
    """Has pictures painted."""

    wants_keyframe = False
    goes_on = False

    def most_usd(self, request: PictureRequest) -> Decimal:  # noqa: ARG002 - all cost the same
        """Return what a picture can cost at the very most."""
        return self._offer.most_usd(seconds=0.0)

    def typical_usd(self, *, seconds: float) -> Decimal:  # noqa: ARG002
        """Return what a picture mostly costs."""
        return self._offer.typical_usd(seconds=0.0)

    def _order(self, request: PictureRequest) -> Order:
        return picture_order(self._offer, request)

    def _seconds_of(self, made: Prediction) -> float:  # noqa: ARG002
        return 0.0

    def _save(self, url: str, target: Path) -> None:
        save_picture(url, target, own_origin=self._service.own_origin)


class Camera(_Model[ClipRequest]):
    """Has clips filmed."""

    def __init__(
        self,
        offer: Offer,
        *,
        queue_most_s: float = QUEUE_MOST_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(offer, queue_most_s=queue_most_s, sleep=sleep)
        self.wants_keyframe = offer.entry.wants_keyframe
        self.goes_on = offer.entry.start_image is not None

    def most_usd(self, request: ClipRequest) -> Decimal:
        """Return what a clip can cost at the very most, at the length that is sold."""
        needed_s = len(request.frames) / FPS
        return self._offer.most_usd(seconds=self._offer.duration_for(needed_s).seconds)

    def typical_usd(self, *, seconds: float) -> Decimal:
        """Return what a clip mostly costs that covers a length."""
        return self._offer.typical_usd(seconds=self._offer.duration_for(seconds).seconds)

    def _order(self, request: ClipRequest) -> Order:
        return clip_order(self._offer, request)

    def _seconds_of(self, made: Prediction) -> float:
        duration = self._offer.duration
        if duration.fixed_s:
            return duration.fixed_s
        ordered = made.input.get(duration.input, duration.values[-1])  # forgotten after an hour
        return duration.seconds_of(int(ordered))

    def _save(self, url: str, target: Path) -> None:
        save_clip(url, target, own_origin=self._service.own_origin)


def _holds(row: Prediction, order: Order) -> bool:
    """Whether an order has our inputs; of files only that they are there, as their URLs change."""
    return order.files.keys() <= row.input.keys() and all(
        row.input.get(name) == value for name, value in order.values.items()
    )


def _failure(made: Prediction, why_cancelled: str) -> ProviderFailed:
    """Return why an order came to nothing."""
    said = " ".join(made.error.split())[:MOST_QUOTED].rstrip(".") or "no reason given"
    if why_cancelled:
        told = f"It took too long and was cancelled. {why_cancelled}"
        return ProviderFailed(told, reason="TOO_SLOW", retryable=False)
    if made.status == "aborted":
        return ProviderFailed("The service aborted it before it began.", reason="ABORTED")
    if made.status == "canceled":
        told = f"It was cancelled at the service: {said}."
        return ProviderFailed(told, reason="CANCELLED", retryable=False)
    if REFUSALS.search(said):
        told = f"It was refused: {said}. Change what is to be seen."
        return ProviderFailed(told, reason="REFUSED", retryable=False)
    return ProviderFailed(f"It failed: {said}.", reason="FAILED")
