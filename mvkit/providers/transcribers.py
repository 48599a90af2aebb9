"""Who hears the words that are sung: a registry of transcribers by provider.

A name is ``provider`` or ``provider:model``, as for those who paint and film. To add a provider,
write a class that can do what :class:`mvkit.providers.base.Transcriber` asks for, and a line here;
one that costs money has a line of its price besides.

Contents
--------
TRANSCRIBERS, transcriber
NOBODY                          who hears nothing
HEARING_PRICES, hearing_price   what it costs, told without a key and without asking anybody
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from mvkit.errors import InvalidInput
from mvkit.providers.base import Transcriber
from mvkit.providers.plugins import import_plugins
from mvkit.run import Run

NOBODY = "nobody"
"""The same as no name at all, for where an empty one means that something else decides."""

SongPrice = Callable[[float], Decimal]
"""What it costs to listen to a song of so many seconds."""


def _openai(model: str, run: Run | None) -> Transcriber:
    from mvkit.providers.openai.transcribe import OpenAITranscriber

    return OpenAITranscriber(model, run=run)


def _whisper(model: str, _run: Run | None) -> Transcriber:
    from mvkit.providers.whisper import WhisperTranscriber

    return WhisperTranscriber(model)


TRANSCRIBERS: dict[str, Callable[[str, Run | None], Transcriber]] = {
    "openai": _openai,
    "whisper": _whisper,
}
"""By provider; called with the model's name, and the run that pays and keeps what was heard."""


def _openai_price(model: str) -> SongPrice:
    from mvkit.providers.openai.quotes import hearing_price

    return hearing_price(model).usd


def _free(_seconds: float) -> Decimal:
    return Decimal()


HEARING_PRICES: dict[str, Callable[[str], SongPrice]] = {"openai": _openai_price}
"""By provider; called with the model's name. Who is not here listens for nothing."""


def transcriber(name: str, *, run: Run | None = None) -> Transcriber | None:
    """Return who hears the words of songs; None for an empty name, and for ``nobody``.

    Parameters
    ----------
    name : str
        ``provider`` or ``provider:model``, as in the setting ``transcriber``.
    run : Run, optional
        Whose account pays; a free model needs none.

    Raises
    ------
    InvalidInput
        If no provider has this name, or it cannot be used as things are: the message says why.
    """
    provider = _provider_of(name)
    return TRANSCRIBERS[provider](name.partition(":")[2], run) if provider else None


def hearing_price(name: str) -> SongPrice:
    """Return what it costs to have somebody listen to a song.

    Parameters
    ----------
    name : str
        As for :func:`transcriber`.

    Raises
    ------
    InvalidInput
        If no provider has this name, or nobody knows the price.
    """
    provider = _provider_of(name)
    if provider not in HEARING_PRICES:
        return _free
    return HEARING_PRICES[provider](name.partition(":")[2])


def _provider_of(name: str) -> str:
    """Return the provider that a name names; empty for nobody."""
    import_plugins()
    if name in ("", NOBODY):
        return ""
    provider = name.partition(":")[0]
    if provider not in TRANSCRIBERS:
        raise InvalidInput(
            f"No provider for the role 'transcriber' is called '{name}'; known are "
            f"{', '.join(TRANSCRIBERS)}. Set MVKIT_TRANSCRIBER to one of them, as in "
            "openai:whisper-1, or leave it empty.",
            reason="UNKNOWN_PROVIDER",
        )
    return provider
