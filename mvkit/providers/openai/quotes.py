"""What OpenAI's models and compatible ones cost, and which can be had: nobody is asked for either.

Contents
--------
chat_price, hearing_price       what a model costs
list_chats, list_ears           the models that can be asked as things are
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from mvkit.errors import InvalidInput
from mvkit.providers.keys import base_url_of, has_key
from mvkit.providers.openai.prices import Price, list_models, price_of, warnings_for
from mvkit.providers.openai.service import KEY_VARIABLE, OWN_URL, URL_VARIABLE, Service
from mvkit.providers.openai.transcription_models import Hearing, find_hearing, list_hearings
from mvkit.settings import get_settings

PROVIDER = "openai"


def chat_price(model: str) -> Price:
    """Return what a language model costs where it would be asked; no key is needed.

    Raises
    ------
    InvalidInput
        If no model is named, nobody knows its price, or the service's address cannot be used.
    """
    return price_of(_named(model, "gpt-6-luna"), _service())


def hearing_price(model: str) -> Hearing:
    """Return what a speech model costs where it would be asked; see `chat_price`."""
    return find_hearing(_named(model, "whisper-1"), _service())


def list_chats(today: date) -> tuple[str, ...]:
    """Return the language models that can be asked, as in the settings.

    Those with a price in ``mvkit.toml``, and OpenAI's own where it is asked, but for the ones that
    are about to be shut down; what other services serve is theirs to know.

    Raises
    ------
    InvalidInput
        If the service's address cannot be used.
    """
    service = _service()
    if not _can_be_asked(service):
        return ()
    listed = (model.name for model in list_models() if service.is_openai)
    lasting = (name for name in listed if not warnings_for(name, today))
    return tuple(dict.fromkeys((*_priced_by_hand("input_usd_per_million"), *_full(lasting))))


def list_ears(today: date) -> tuple[str, ...]:
    """Return the speech models that can be asked, as in the settings; see `list_chats`.

    One that will be shut down is among them until it is, as few tell when words are sung.
    """
    service = _service()
    if not _can_be_asked(service):
        return ()
    host = urlsplit(service.url).hostname
    here = (model for model in list_hearings() if model.host == host)
    served = (model.name for model in here if (model.shut_down_on or date.max) > today)
    return tuple(dict.fromkeys((*_priced_by_hand("usd_per_minute"), *_full(served))))


def _service() -> Service:
    """Return where the service is, without its key."""
    return Service(base_url_of(URL_VARIABLE, default=OWN_URL), "")


def _can_be_asked(service: Service) -> bool:
    return has_key(KEY_VARIABLE) or service.is_local


def _priced_by_hand(unit: str) -> Iterator[str]:
    """Yield the models whose price the settings tell, in a unit."""
    for name, table in get_settings().models.items():
        if name.startswith(f"{PROVIDER}:") and unit in table:
            yield name


def _full(names: Iterator[str]) -> Iterator[str]:
    return (f"{PROVIDER}:{name}" for name in names)


def _named(model: str, such_as: str) -> str:
    if not model:
        raise InvalidInput(
            f"{PROVIDER} names no model; expected one such as {PROVIDER}:{such_as}.",
            reason="UNKNOWN_MODEL",
        )
    return model
