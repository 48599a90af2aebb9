"""An offer: a model in one of its variants, and what a clip or a picture of it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from mvkit.errors import InvalidInput
from mvkit.providers.catalog import price
from mvkit.providers.catalog.entry import Duration, Entry, Variant

SLACK_S = 1e-6
"""Rounding of seconds; far below a frame."""


@dataclass(frozen=True)
class Choice:
    """A clip the model sells.

    Attributes
    ----------
    input : str
        Name of the input; empty where the length is fixed.
    value : int
        What to send: seconds or frames; 0 where the length is fixed.
    seconds : float
        How long the clip will be.
    """

    input: str
    value: int
    seconds: float


@dataclass(frozen=True)
class Offer:
    """A model with one of its variants.

    Attributes
    ----------
    name : str
        ``replicate:owner/name@variant``; the variant is always named.
    """

    name: str
    entry: Entry
    variant: Variant

    @property
    def typical_s(self) -> float:
        """How long the work mostly takes once it has begun."""
        return self.entry.typical_s

    @property
    def deadline_s(self) -> float:
        """After how long the work is cancelled."""
        return self.entry.deadline_s

    @property
    def duration(self) -> Duration:
        """What clips it sells.

        Raises
        ------
        InvalidInput
            If it paints pictures.
        """
        duration = self.entry.duration_of(self.variant)
        if duration is None:
            raise InvalidInput(f"{self.name} paints pictures and films no clips.", reason="ROLE")
        return duration

    def duration_for(self, needed_s: float) -> Choice:
        """Return the shortest clip it sells that covers a need, else the longest."""
        duration = self.duration
        if duration.fixed_s:
            return Choice("", 0, duration.fixed_s)
        values = duration.values
        covering = (v for v in values if duration.seconds_of(v) >= needed_s - SLACK_S)
        value = next(covering, values[-1])
        return Choice(duration.input, value, duration.seconds_of(value))

    def typical_usd(self, *, seconds: float) -> Decimal:
        """Return what an order mostly costs.

        Parameters
        ----------
        seconds : float
            Length of the clip as delivered; 0 for a picture.
        """
        return price.typical_usd(self.entry, self.variant, seconds=seconds)

    def most_usd(self, *, seconds: float) -> Decimal:
        """Return what an order can cost at the very most; see `typical_usd`."""
        return price.most_usd(self.entry, self.variant, seconds=seconds)

    def billed_usd(self, metrics: Mapping[str, object], *, seconds: float) -> Decimal:
        """Return what an order has cost.

        Parameters
        ----------
        metrics : mapping
            What the service reports of the work; the worst case is returned where that says
            nothing usable.
        seconds : float
            Length of the clip as delivered; 0 for a picture.
        """
        return price.billed_usd(self.entry, self.variant, metrics, seconds=seconds)
