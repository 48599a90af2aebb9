"""What speech models cost and can tell: ``transcription_models.toml`` and the settings.

A model is known at a host: the same weights have a price of their own at each. On a server in
one's own network a model that nobody priced is free.

Contents
--------
Hearing, find_hearing       what a model costs a minute, and what it can tell
ListedHearing, list_hearings    the models that are known
warnings_for                whether a model is about to go
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from mvkit.errors import InvalidInput
from mvkit.providers.openai.service import Service
from mvkit.schema import Record
from mvkit.schema.base import explain
from mvkit.settings import SETTINGS_FILE, get_settings

NOTICE_DAYS = 180
"""So long before a model goes its users are told."""

Tells = Literal["words", "segments", "text"]


class Hearing(Record):
    """What a minute of song costs with a model, and what it tells.

    Attributes
    ----------
    tells : {'words', 'segments', 'text'} or None
        The most that it gives times for; None where only asking can tell.
    least_s : float
        Shorter songs are billed at this length.
    """

    usd_per_minute: Annotated[Decimal, Field(ge=0)]
    tells: Tells | None = None
    least_s: float = Field(default=0.0, ge=0)

    def usd(self, seconds: float) -> Decimal:
        """Return what a song of this length costs."""
        return Decimal(str(max(seconds, self.least_s))) * self.usd_per_minute / 60


FREE = Hearing(usd_per_minute=Decimal())


class ListedHearing(Hearing):
    """A model whose price is known, with where and when it was read."""

    name: str
    host: str
    source: str
    as_of: date
    shut_down_on: date | None = None
    shut_down_source: str = ""
    replacement: str = ""


@cache
def list_hearings() -> tuple[ListedHearing, ...]:
    """Return the models whose prices are known."""
    text = files(__package__).joinpath("transcription_models.toml").read_text("utf-8")
    tables = tomllib.loads(text, parse_float=Decimal)["models"]
    return tuple(ListedHearing.model_validate(table) for table in tables)


def find_hearing(model: str, service: Service) -> Hearing:
    """Return what a model costs and tells: as the settings say, else as listed, else free if local.

    Parameters
    ----------
    model : str
        The service's name for it: ``whisper-1``.
    service : Service
        Who serves it.

    Raises
    ------
    InvalidInput
        ``NO_PRICE`` if nobody knows what it costs, ``SETTINGS`` if the settings name no price.
    """
    own = get_settings().models.get(f"openai:{model}")
    if own is not None:
        return _own_hearing(model, own)
    host = urlsplit(service.url).hostname
    here = {listed.name: listed for listed in list_hearings() if listed.host == host}
    if model in here:
        return here[model]
    if service.is_local:
        return FREE
    known = f", or choose one of {', '.join(here)}" if here else ""
    raise InvalidInput(
        f"Nobody knows what openai:{model} costs at {service.host}, so no budget could be kept; "
        f'give its price in {SETTINGS_FILE.name}, as [models."openai:{model}"] with '
        f"usd_per_minute{known}.",
        reason="NO_PRICE",
    )


def warnings_for(model: str, service: Service, *, today: date) -> tuple[str, ...]:
    """Return what users of a model should know by a day: that it goes, or has gone."""
    host = urlsplit(service.url).hostname
    return tuple(
        f"openai:{model} {_when(listed.shut_down_on, today)} {listed.shut_down_on}; choose "
        f"another, such as openai:{listed.replacement}, which tells {_told(listed.replacement)}."
        for listed in list_hearings()
        if (listed.name, listed.host) == (model, host)
        and listed.shut_down_on
        and (listed.shut_down_on - today).days <= NOTICE_DAYS
    )


def _when(day: date, today: date) -> str:
    return "is no longer served since" if today >= day else "will be shut down on"


def _told(model: str) -> str:
    """Say what a model tells, as users of one that goes may miss the times of words."""
    tells = next((each.tells for each in list_hearings() if each.name == model), None)
    return "no times of words" if tells == "text" else f"{tells} with times"


def _own_hearing(model: str, table: Mapping[str, Any]) -> Hearing:
    exact = {key: Decimal(str(v)) if isinstance(v, float) else v for key, v in table.items()}
    try:
        return Hearing.model_validate(exact)
    except ValidationError as error:
        source = f'[models."openai:{model}"] in {SETTINGS_FILE.name}'
        advice = "Give usd_per_minute in dollars."
        raise InvalidInput(
            explain(error, source=source, advice=advice), reason="SETTINGS"
        ) from error
