"""Who hears the words that are sung: a registry of transcribers by provider.

A name is ``provider`` or ``provider:model``, as for those who paint and film. To add a provider,
write a class that can do what :class:`mvkit.providers.base.Transcriber` asks for, and a line here.

Contents
--------
TRANSCRIBERS, transcriber
"""

from __future__ import annotations

from collections.abc import Callable

from mvkit.errors import InvalidInput
from mvkit.providers.base import Transcriber
from mvkit.run import Run


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


def transcriber(name: str, *, run: Run | None = None) -> Transcriber | None:
    """Return who hears the words of songs; None for an empty name: nobody.

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
    if not name:
        return None
    provider, _, model = name.partition(":")
    if provider not in TRANSCRIBERS:
        raise InvalidInput(
            f"No provider for the role 'transcriber' is called '{name}'; known are "
            f"{', '.join(TRANSCRIBERS)}. Set MVKIT_TRANSCRIBER to one of them, as in "
            "openai:whisper-1, or leave it empty.",
            reason="UNKNOWN_PROVIDER",
        )
    return TRANSCRIBERS[provider](model, run)
