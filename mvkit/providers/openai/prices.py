"""What language models cost, and until when they are served: ``chat_models.toml`` and the settings.

Prices are US dollars per million tokens; thinking is written like any other output.

Contents
--------
Price, FREE, price_of       what a model costs
Usage, read_usage           what an answer took
warnings_for                whether a model is about to go
list_models                 the models whose prices are known
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field, ValidationError

from mvkit.errors import InvalidInput
from mvkit.providers.openai.service import Service
from mvkit.schema import Record
from mvkit.schema.base import explain
from mvkit.settings import SETTINGS_FILE, get_settings

MILLION = 1_000_000
NOTICE_DAYS = 180
"""So long before a model goes its users are told."""
SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""The date at the end of a model's name that names one of its versions."""

UsdPerMillion = Annotated[Decimal, Field(ge=0)]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The tokens of an answer.

    Attributes
    ----------
    input : int
        All that was read; ``cached`` and ``cache_write`` are parts of it.
    output : int
        All that was written, thinking included.
    """

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0


class Price(Record):
    """What a model costs; without prices of its own, the cache costs what input costs.

    Attributes
    ----------
    most_output_tokens : int or None
        How long an answer of the model may be asked for at most, where that is little.
    """

    input_usd_per_million: UsdPerMillion
    output_usd_per_million: UsdPerMillion
    cached_usd_per_million: UsdPerMillion | None = None
    cache_write_usd_per_million: UsdPerMillion | None = None
    most_output_tokens: Annotated[int, Field(gt=0)] | None = None

    def usd(self, usage: Usage) -> Decimal:
        """Return what an answer costs."""
        fresh = usage.input - usage.cached - usage.cache_write
        input_usd = (
            fresh * self.input_usd_per_million
            + usage.cached * self._or_input(self.cached_usd_per_million)
            + usage.cache_write * self._or_input(self.cache_write_usd_per_million)
        )
        return (input_usd + usage.output * self.output_usd_per_million) / MILLION

    def most_usd(self, *, input_tokens: int, output_tokens: int) -> Decimal:
        """Return what so many tokens cost if all of the input is of the dearest kind."""
        dearest = max(self.input_usd_per_million, self._or_input(self.cache_write_usd_per_million))
        return (input_tokens * dearest + output_tokens * self.output_usd_per_million) / MILLION

    def _or_input(self, usd: Decimal | None) -> Decimal:
        return self.input_usd_per_million if usd is None else usd


FREE = Price(input_usd_per_million=Decimal(), output_usd_per_million=Decimal())


class ListedModel(Price):
    """A model whose price is known, with where and when it was read."""

    name: str
    source: str
    as_of: date


class Shutdown(Record):
    """The day from which models are no longer served."""

    on: date
    models: tuple[str, ...]
    replacement: str = ""
    source: str


class _Catalogue(Record):
    models: tuple[ListedModel, ...]
    shutdowns: tuple[Shutdown, ...]


@cache
def _catalogue() -> _Catalogue:
    text = files(__package__).joinpath("chat_models.toml").read_text("utf-8")
    return _Catalogue.model_validate(tomllib.loads(text, parse_float=Decimal))


def list_models() -> tuple[ListedModel, ...]:
    """Return the models whose prices are known."""
    return _catalogue().models


def price_of(model: str, service: Service) -> Price:
    """Return what a model costs: as the settings say, else as listed, else nothing if it is local.

    Parameters
    ----------
    model : str
        The service's name for it: ``gpt-6-luna``; a version counts as its model.
    service : Service
        Who serves it.

    Raises
    ------
    InvalidInput
        ``NO_PRICE`` if nobody knows, ``SETTINGS`` if the settings name no price.
    """
    own = get_settings().models.get(f"openai:{model}")
    if own is not None:
        return _own_price(model, own)
    listed = {entry.name: entry for entry in list_models()}
    known = listed.get(model) or listed.get(SNAPSHOT.sub("", model))
    if known:
        return known
    if service.is_local:
        return FREE
    raise InvalidInput(
        f"Nobody knows what openai:{model} costs at {service.host}, so no budget could be kept; "
        f'give its prices in {SETTINGS_FILE.name}, as [models."openai:{model}"] with '
        "input_usd_per_million and output_usd_per_million, or choose one of "
        f"{', '.join(listed)}.",
        reason="NO_PRICE",
    )


def _own_price(model: str, table: Mapping[str, Any]) -> Price:
    try:
        return Price.model_validate({name: _decimal(value) for name, value in table.items()})
    except ValidationError as error:
        source = f'[models."openai:{model}"] in {SETTINGS_FILE.name}'
        raise InvalidInput(
            explain(error, source=source, advice="Give prices in dollars per million tokens."),
            reason="SETTINGS",
        ) from error


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def read_usage(usage: object) -> Usage | None:
    """Return the tokens of an answer as its service tells them; None if it tells nothing usable.

    Reads both spellings of the protocol, ``input_tokens`` and ``prompt_tokens``. Services that
    count thinking beside the output show it in the total.

    Parameters
    ----------
    usage : object
        The field ``usage`` of an answer's JSON.
    """
    if not isinstance(usage, Mapping):
        return None
    read = _count(usage, "input_tokens", "prompt_tokens")
    written = _count(usage, "output_tokens", "completion_tokens")
    if read is None or written is None:
        return None
    total = _count(usage, "total_tokens") or 0
    details = usage.get("input_tokens_details") or usage.get("prompt_tokens_details")
    parts = details if isinstance(details, Mapping) else {}
    cached = min(_count(parts, "cached_tokens") or 0, read)
    cache_write = min(_count(parts, "cache_write_tokens") or 0, read - cached)
    output = max(written, total - read)
    return Usage(input=read, output=output, cached=cached, cache_write=cache_write)


def _count(usage: Mapping[Any, Any], *names: str) -> int | None:
    counts = [usage[name] for name in names if isinstance(usage.get(name), int)]
    return counts[0] if counts and counts[0] >= 0 else None


def warnings_for(model: str, today: date) -> tuple[str, ...]:
    """Return what users of a model should know by a day: that it goes, or has gone.

    Parameters
    ----------
    model : str
        The service's name for it.
    """
    names = {model, SNAPSHOT.sub("", model)}
    return tuple(
        _goes(model, shutdown, today)
        for shutdown in _catalogue().shutdowns
        if names & set(shutdown.models) and (shutdown.on - today).days <= NOTICE_DAYS
    )


def _goes(model: str, shutdown: Shutdown, today: date) -> str:
    instead = shutdown.replacement or "gpt-6-luna"
    when = "is no longer served since" if today >= shutdown.on else "will be shut down on"
    return f"openai:{model} {when} {shutdown.on}; choose another, such as openai:{instead}."
