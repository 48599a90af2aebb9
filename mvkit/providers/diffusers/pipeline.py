"""A pipeline of diffusers as we see it: what it can be told, and how its failures are ours.

Pipelines differ in what they take: one starts from a picture and knows no words, another counts in
frames per second. Each is offered everything we know, and takes what its call names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any

from mvkit.errors import InvalidInput, ProviderFailed

DEVICE = threading.RLock()
"""Held while a model is loaded or works: there is one device, and its memory is short."""


class Pipeline:
    """A pipeline that is loaded.

    Parameters
    ----------
    raw : callable
        A pipeline of diffusers, or what is called like one.
    name : str
        The model, as in the settings.
    seeded : callable
        Returns the library's source of chance for a seed.
    """

    def __init__(self, raw: Any, *, name: str, seeded: Callable[[int], Any]) -> None:
        self.name = name
        self.class_name = type(raw).__name__
        self._raw = raw
        self._seeded = seeded
        self._parameters: Mapping[str, Parameter] = signature(raw).parameters

    @property
    def arguments(self) -> tuple[str, ...]:
        """All that it can be told."""
        return tuple(self._parameters)

    def takes(self, argument: str) -> bool:
        """Whether it can be told something."""
        return argument in self._parameters

    def default(self, argument: str) -> Any:
        """Return what it does where it is not told; None where it does not say."""
        parameter = self._parameters.get(argument)
        return (
            None if parameter is None or parameter.default is Parameter.empty else parameter.default
        )

    def attribute(self, *path: str) -> Any:
        """Return what it or one of its parts says of itself, or None."""
        found = self._raw
        for name in path:
            found = getattr(found, name, None)
        return found

    def __call__(self, *, seed: int, **offered: Any) -> Any:
        """Have it work, and return its output.

        Parameters
        ----------
        seed : int
            Same seed, same output, on the same machine.
        **offered
            What it may be told: it takes what its call names; None is never said.

        Raises
        ------
        ProviderFailed
            If it does not come to an end; ``OUT_OF_MEMORY`` if the device is too small.
        """
        said = offered | {"generator": self._seeded(seed)}
        taken = {
            name: value for name, value in said.items() if value is not None and self.takes(name)
        }
        try:
            return self._raw(**taken)
        except Exception as error:  # anything may be raised in there
            if not is_out_of_memory(error):
                raise ProviderFailed(
                    f"{self.name} failed: {type(error).__name__}: {error}", retryable=False
                ) from error
        # Raised out here, so that nothing holds on to what has filled the memory.
        raise out_of_memory(self.name)


def check_known(arguments: Iterable[str], pipelines: Sequence[Pipeline]) -> None:
    """Make sure that what a user has a model told is known to one of its pipelines.

    Raises
    ------
    InvalidInput
        If it is not.
    """
    unknown = [name for name in arguments if not any(each.takes(name) for each in pipelines)]
    if unknown:
        first = pipelines[0]
        raise InvalidInput(
            f"{first.name} cannot be told {', '.join(unknown)}; it takes "
            f"{', '.join(first.arguments)}. Mend its table in mvkit.toml.",
            reason="MODEL",
        )


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory has run out, on whichever device."""
    told = str(error).lower()
    return (
        isinstance(error, MemoryError) or "out of memory" in told or "can't allocate memory" in told
    )


def out_of_memory(name: str) -> ProviderFailed:
    """Return the failure of a model that is too large for this machine."""
    return ProviderFailed(
        f"{name} needs more memory than this machine's device has free. Choose a smaller model, "
        f'have it work in a smaller size (size_px in the table [models."{name}"] of mvkit.toml), '
        "or end what else uses the device.",
        reason="OUT_OF_MEMORY",
        retryable=False,
    )
