"""Answers of a given shape from language models.

OpenAI itself is asked through its Responses API with the shape as a strict schema. Services that
are compatible know its older Chat Completions, and not all of them schemas: they are asked down a
ladder, and what works is remembered.

======================  ===========================================================
step                    how the shape is asked for
======================  ===========================================================
``json_schema``         the service holds the model to the schema
``json_object``         the service holds it to JSON; the schema stands in the words
``text``                only words ask for it; the JSON is taken out of the answer
======================  ===========================================================

What an answer used is read before anything else of it, so that one that breaks off, refuses or is
no JSON is billed as it was.

Contents
--------
OpenAIChat
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, cast

from openai import OpenAI
from pydantic import ValidationError

from mvkit.errors import MvkitError, ProviderFailed, RateLimited
from mvkit.providers.chat import Answer, Question
from mvkit.providers.keys import without_key
from mvkit.providers.openai.model import Ladder, OpenAIModel
from mvkit.providers.openai.prices import Usage, price_of
from mvkit.providers.openai.replies import (
    CompletionsReply,
    Reply,
    ResponsesReply,
    extract_json,
    usage_in,
)

Api = Literal["responses", "completions"]
Step = Literal["json_schema", "json_object", "text"]
STEPS: tuple[Step, ...] = ("json_schema", "json_object", "text")
REFUSES_FORMAT = (400, 415, 422, 500, 501)
"""How servers answer to a format they do not know; llama.cpp's says 500."""

TOKENS_AROUND = 1000
"""More than what a service adds to the words of a question."""


class OpenAIChat(OpenAIModel):
    """A language model behind OpenAI's protocol; a :class:`mvkit.providers.chat.ChatModel`.

    Parameters
    ----------
    model : str
        The service's name for it: ``gpt-6-luna``.
    api : {'responses', 'completions'}, optional
        How it is asked; by default as its service can.
    timeout_s : float, optional
        How long an answer is waited for.

    Raises
    ------
    InvalidInput
        If no model is named, there is no key, or nobody knows the price.
    """

    EXAMPLE = "gpt-6-luna"
    TIMEOUT_S = 240.0
    LOCAL_TIMEOUT_S = 600.0

    def __init__(
        self, model: str, *, api: Api | None = None, timeout_s: float | None = None
    ) -> None:
        super().__init__(model, timeout_s=timeout_s)
        self._api = api or ("responses" if self._service.is_openai else "completions")
        self._price = price_of(model, self._service)
        self._ladder = Ladder(STEPS, refusals=REFUSES_FORMAT)

    def most_usd(self, question: Question) -> Decimal:
        """Return what an answer can cost at most: no token is shorter than a byte."""
        told = (question.instructions, *question.turns, 2 * question.schema_json())
        n_bytes = sum(len(text.encode()) for text in told)
        return self._price.most_usd(
            input_tokens=n_bytes + TOKENS_AROUND, output_tokens=self._most_output(question)
        )

    def _most_output(self, question: Question) -> int:
        return min(question.most_output_tokens, self._price.most_output_tokens or sys.maxsize)

    def typical_usd(self, *, input_tokens: int, output_tokens: int) -> Decimal:
        """Return what an answer of this size costs, for an estimate."""
        return self._price.usd(Usage(input=input_tokens, output=output_tokens))

    def ask(self, question: Question) -> Answer:
        """Ask once; see :meth:`mvkit.providers.chat.ChatModel.ask`."""
        with self._asking() as client:
            if self._api == "responses":
                return self._ask_responses(client, question)
            return self._ask_completions(client, question)

    # OpenAI's own

    def _ask_responses(self, client: OpenAI, question: Question) -> Answer:
        raw = client.responses.with_raw_response.parse(
            model=self._model,
            instructions=question.instructions,
            input=cast(Any, question.messages()),
            text_format=question.shape,
            max_output_tokens=self._most_output(question),
            store=False,
        )
        return self._read(raw.http_response.text, ResponsesReply, question)

    # Compatible ones

    def _ask_completions(self, client: OpenAI, question: Question) -> Answer:
        text = self._ladder.descend(lambda step: self._complete(client, question, step))
        return self._read(text, CompletionsReply, question)

    def _complete(self, client: OpenAI, question: Question, step: Step) -> str:
        completions = client.chat.completions.with_raw_response
        common: dict[str, Any] = {
            "model": self._model,
            "messages": _with_instructions(question, step),
            "max_tokens": self._most_output(question),
        }
        ask: dict[Step, Callable[[], Any]] = {
            "json_schema": lambda: completions.parse(**common, response_format=question.shape),
            "json_object": lambda: completions.create(
                **common, response_format={"type": "json_object"}
            ),
            "text": lambda: completions.create(**common),
        }
        return cast(str, ask[step]().http_response.text)

    # What came back

    def _read(self, body: str, kind: type[Reply], question: Question) -> Answer:
        """Return the answer in a reply, what it used read first."""
        usage = usage_in(body)
        cost_usd = self._price.usd(usage) if usage else self.most_usd(question)
        try:
            reply = kind.model_validate_json(body)
        except ValidationError as error:
            raise self._unreadable(cost_usd=cost_usd) from error
        if failure := reply.failure():
            raise self._failed(*failure, cost_usd=cost_usd if usage else Decimal())
        return Answer(
            text=extract_json(reply.text()),
            ending=reply.ending(),
            input_tokens=usage and usage.input,
            output_tokens=usage and usage.output,
            cost_usd=cost_usd,
        )

    def _failed(self, code: str, message: str, *, cost_usd: Decimal) -> MvkitError:
        said = without_key(message, self._service.key)
        if code == "rate_limit_exceeded":
            return RateLimited(f"{self._service.host} limits {self.name}: {said}")
        return ProviderFailed(
            f"{self.name} gave no answer ({code}): {said}",
            reason="NO_RESPONSE",
            billed_usd=cost_usd,
            retryable=code == "server_error",
        )


def _with_instructions(question: Question, step: Step) -> list[dict[str, str]]:
    """Return the messages of a chat, the schema in words where the service does not take it."""
    asked = (
        "Answer with one JSON object and nothing else: no explanation, no code fence. It holds to "
        f"this JSON schema:\n{question.schema_json()}"
    )
    told = [question.instructions] if step == "json_schema" else [question.instructions, asked]
    return [{"role": "system", "content": "\n\n".join(told)}, *question.messages()]
