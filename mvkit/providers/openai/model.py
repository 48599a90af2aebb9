"""A model behind OpenAI's protocol, whatever it is for: who is asked, how, and in which formats.

Contents
--------
OpenAIModel     a model of a service, asked once a call
Ladder          formats of an answer, tried until the service takes one
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar

import openai
from openai import OpenAI

from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.providers.openai.failures import as_ours
from mvkit.providers.openai.service import URL_VARIABLE, find_service

Step = TypeVar("Step")
T = TypeVar("T")


class OpenAIModel:
    """A model of the service that the environment names.

    Parameters
    ----------
    model : str
        The service's name for it.
    timeout_s : float, optional
        How long an answer is waited for.

    Raises
    ------
    InvalidInput
        If no model is named, or there is no key.
    """

    EXAMPLE: ClassVar[str]
    """A model of the kind, for whoever has named none."""
    TIMEOUT_S: ClassVar[float]
    LOCAL_TIMEOUT_S: ClassVar[float]
    """Models on one's own machine are slow, and waiting costs nothing."""

    def __init__(self, model: str, *, timeout_s: float | None = None) -> None:
        if not model:
            raise InvalidInput(
                f"openai names no model; expected one such as openai:{self.EXAMPLE}.",
                reason="UNKNOWN_MODEL",
            )
        self.name = f"openai:{model}"
        self._model = model
        self._service = find_service(needed_by=self.name)
        usual_s = self.LOCAL_TIMEOUT_S if self._service.is_local else self.TIMEOUT_S
        self._timeout_s = timeout_s or usual_s

    @contextmanager
    def _asking(self) -> Iterator[OpenAI]:
        """Open a client; what it raises is raised as errors of ours."""
        with self._service.client(timeout_s=self._timeout_s) as client:
            try:
                yield client
            except openai.OpenAIError as error:
                raise as_ours(error, service=self._service, name=self.name) from error

    def _unreadable(self, *, cost_usd: Decimal) -> ProviderFailed:
        """Return that an answer is none, and what it cost all the same."""
        return ProviderFailed(
            f"{self._service.host} answered {self.name} in a form that is not OpenAI's; look "
            f"at {URL_VARIABLE}.",
            reason="WRONG_ANSWER",
            billed_usd=cost_usd,
            retryable=False,
        )


class Ladder(Generic[Step]):
    """Formats of an answer, the best first; those that the service refuses are not tried again.

    Parameters
    ----------
    steps : sequence
        The formats.
    refusals : collection of int
        How services answer to a format they do not know; it costs nothing.
    """

    def __init__(self, steps: Sequence[Step], *, refusals: Collection[int]) -> None:
        self._steps = steps
        self._refusals = refusals

    def descend(self, ask: Callable[[Step], T]) -> T:
        """Ask in one format after the other until one is taken, and begin with that next time."""
        *better, last = self._steps
        for index, step in enumerate(better):
            try:
                answer = ask(step)
            except openai.APIStatusError as error:
                if error.status_code not in self._refusals:
                    raise
            else:
                self._steps = self._steps[index:]
                return answer
        answer = ask(last)
        self._steps = (last,)
        return answer
