"""The table of models for people to read, and its place in ``docs/models.md``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from mvkit.providers.catalog.entry import Duration, Entry
from mvkit.providers.catalog.offer import Offer
from mvkit.providers.catalog.shelf import load_own_entries, offers_of

BEGIN, END = "<!-- models -->", "<!-- /models -->"
"""What stands before and after the table on its page."""

USUAL_CLIP_S = 6.0
"""Prices by the clip are told for clips that cover so much."""


def models_table() -> str:
    """Return the catalogue without a user's own models, as Markdown: video, then pictures."""
    return f"{_video_table()}\n\n{_picture_table()}"


def with_table(text: str) -> str:
    """Return a text with the table between its marks put anew.

    Raises
    ------
    ValueError
        If the marks are missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The text has no {BEGIN} ... {END}; add them where the table belongs.")
    return f"{before}{BEGIN}\n{models_table()}\n{END}{after}"


def _video_table() -> str:
    return _table(
        ("video model", "needs", "seconds a clip", "a minute of video", "as of"),
        (
            (f"`{entry.name}`", _needs(entry), _seconds_sold(entry), _prices(entry), _as_of(entry))
            for entry in load_own_entries()
            if entry.role == "video"
        ),
    )


def _picture_table() -> str:
    return _table(
        ("image model", "needs", "a picture", "as of"),
        (
            (f"`{entry.name}`", _needs(entry), _prices(entry), _as_of(entry))
            for entry in load_own_entries()
            if entry.role == "image"
        ),
    )


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _needs(entry: Entry) -> str:
    if not entry.takes_prompt:
        needs = "a picture; takes no words"
    elif entry.wants_keyframe:
        needs = "words and a picture"
    elif entry.start_image is not None:
        needs = "words, or a picture too"
    else:
        needs = "words"
    slots = entry.reference_images
    return f"{needs}; up to {slots.most} references" if slots else needs


def _seconds_sold(entry: Entry) -> str:
    own = [
        f"{name}: {_lengths(variant.duration)}"
        for name, variant in entry.variants.items()
        if variant.duration is not None
    ]
    return "; ".join([_lengths(entry.duration), *own] if entry.duration is not None else own)


def _lengths(duration: Duration) -> str:
    if duration.fixed_s:
        return f"{duration.fixed_s:.1f}"
    seconds = [f"{duration.seconds_of(value):.3g}" for value in duration.values]
    return ", ".join(seconds) if duration.choices else f"{seconds[0]} to {seconds[-1]}"


def _prices(entry: Entry) -> str:
    """Return the price of each variant, named where there are several."""
    about = "" if entry.prices_from.confidence == "high" else "about "
    told = {offer.name.partition("@")[2]: f"{about}${_price(offer)}" for offer in offers_of(entry)}
    return ", ".join(f"{name} {price}" if len(told) > 1 else price for name, price in told.items())


def _price(offer: Offer) -> Decimal:
    if offer.entry.role == "image":
        return offer.typical_usd(seconds=0.0).quantize(Decimal("0.001"))
    seconds = offer.duration_for(USUAL_CLIP_S).seconds
    minute_usd = offer.typical_usd(seconds=seconds) * 60 / Decimal(str(seconds))
    return minute_usd.quantize(Decimal("0.01"))


def _as_of(entry: Entry) -> str:
    return str(entry.prices_from.as_of or entry.prices_from.source)
