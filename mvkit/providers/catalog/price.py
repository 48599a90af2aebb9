"""What an order costs: mostly, at the very most, and by what the service says of it.

A price is dollars per unit; an order is so many of each unit. Before an order its units are
estimated, afterwards the service reports them in a prediction's ``metrics``, under the names that
Replicate bills by (replicate.com billing documentation and model pages, 2026-10-05).

The worst case assumes a second more than was delivered, work up to the deadline, all references
the model takes, and a price that may be higher than known where nobody has confirmed it.

Contents
--------
typical_usd, most_usd, billed_usd
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from mvkit.providers.catalog.entry import Confidence, Entry, Unit, Variant

MICRO_USD = Decimal("0.000001")

METRICS: Mapping[Unit, tuple[str, ...]] = {
    "second": ("video_output_duration_seconds",),
    "clip": ("video_output_count",),
    "image": ("image_output_count", "image_count"),
    "compute_second": ("predict_time",),
    "megapixel_in": ("image_input_megapixel_count",),
    "megapixel_out": ("image_output_megapixel_count",),
}
"""Names of the quantities that are billed, the present one first."""

DOUBT: Mapping[Confidence, Decimal] = {
    "high": Decimal(1),
    "medium": Decimal("1.25"),
    "low": Decimal("1.5"),
}
"""How many times as high a price may turn out to be."""

ROUNDED_UP_S = 1.0
"""A clip may be billed for so much more than was asked for: services round up."""
TYPICAL_REFERENCES = 2
"""A place and a person."""
MEGAPIXELS_AT_MOST = 2
"""A picture of 1024 x 1024 has 1.05, and the next whole one is billed."""


def typical_usd(entry: Entry, variant: Variant, *, seconds: float) -> Decimal:
    """Return what an order mostly costs; ``seconds`` as delivered, 0 for a picture."""
    n_references = entry.reference_images.most if entry.reference_images else 0
    amounts: Mapping[Unit, float] = {
        "second": seconds,
        "clip": 1,
        "image": 1,
        "compute_second": entry.typical_s,
        "megapixel_in": min(n_references, TYPICAL_REFERENCES),
        "megapixel_out": 1,
    }
    return _bill(variant, amounts)


def most_usd(entry: Entry, variant: Variant, *, seconds: float) -> Decimal:
    """Return what an order costs at the very most."""
    n_references = entry.reference_images.most if entry.reference_images else 0
    amounts: Mapping[Unit, float] = {
        "second": seconds + ROUNDED_UP_S,
        "clip": 1,
        "image": 1,
        "compute_second": entry.deadline_s,
        "megapixel_in": n_references * MEGAPIXELS_AT_MOST,
        "megapixel_out": MEGAPIXELS_AT_MOST,
    }
    return _micro(_bill(variant, amounts) * DOUBT[entry.prices_from.confidence])


def billed_usd(
    entry: Entry, variant: Variant, metrics: Mapping[str, object], *, seconds: float
) -> Decimal:
    """Return what the service's metrics say, and the worst case where they do not say all."""
    amounts = {unit: _reported(metrics, METRICS[unit]) for unit in variant.usd}
    told = {unit: amount for unit, amount in amounts.items() if amount is not None}
    if len(told) < len(amounts):
        return most_usd(entry, variant, seconds=seconds)
    return _bill(variant, told)


def _bill(variant: Variant, amounts: Mapping[Unit, float]) -> Decimal:
    return _micro(
        sum((usd * Decimal(str(amounts[unit])) for unit, usd in variant.usd.items()), Decimal())
    )


def _reported(metrics: Mapping[str, object], names: tuple[str, ...]) -> float | None:
    """Return the first quantity that is a number which can be billed."""
    for name in names:
        amount = metrics.get(name)
        if isinstance(amount, int | float) and not isinstance(amount, bool):
            return float(amount) if math.isfinite(amount) and amount >= 0 else None
    return None


def _micro(usd: Decimal) -> Decimal:
    return usd.quantize(MICRO_USD, rounding=ROUND_CEILING)
