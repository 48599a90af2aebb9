"""What a language model is asked, what it answers, and who can be asked.

A question has a shape, and its answer is JSON that is meant to have that shape: who asks checks it,
whatever the model promised, and asks once more where it has not.

Contents
--------
Question, Answer, ChatModel, Writer
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel

from mvkit.schema import Record

Ending = Literal["complete", "truncated", "refused"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a language model is asked.

    Attributes
    ----------
    instructions : str
        Who it is to be and what to do; ours alone, never a user's words.
    turns : tuple of str
        What was said, we and the model by turns; we speak first and last.
    shape : type of BaseModel
        What the answer is to be, as JSON.
    most_output_tokens : int
        How long the answer may become, thinking included.
    """

    instructions: str
    turns: tuple[str, ...]
    shape: type[BaseModel]
    most_output_tokens: int

    def repeated(self, answer: str, complaint: str) -> Question:
        """Return the question asked once more, with what was wrong with an answer."""
        return replace(self, turns=(*self.turns, answer, complaint))

    def messages(self) -> list[dict[str, str]]:
        """Return the turns as messages of a chat."""
        roles = ("user", "assistant")
        return [{"role": roles[i % 2], "content": turn} for i, turn in enumerate(self.turns)]

    def schema_json(self) -> str:
        """Return the JSON schema of the shape."""
        return json.dumps(self.shape.model_json_schema(), separators=(",", ":"))

    def identity(self, model: str) -> str:
        """Return the digest of all that a model's answer depends on."""
        told = [model, self.instructions, *self.turns, self.schema_json(), self.most_output_tokens]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Answer(Record):
    """What a language model answered.

    Attributes
    ----------
    text : str
        JSON, as far as the model held to it; the refusal where it refused.
    ending : {'complete', 'truncated', 'refused'}
        Whether the model came to its end.
    input_tokens, output_tokens : int or None
        What was read and written, thinking included; None where the service does not say.
    cost_usd : Decimal
        What it cost.
    """

    text: str
    ending: Ending
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal = Decimal()


class ChatModel(Protocol):
    """A language model as its service sells it; :mod:`mvkit.providers.metered` pays for it."""

    name: str

    def most_usd(self, question: Question) -> Decimal:
        """Return what an answer can cost at the very most; 0 if the model is free."""
        ...

    def ask(self, question: Question) -> Answer:
        """Ask once.

        Raises
        ------
        InvalidInput
            If the key or the model's name is wrong.
        ProviderFailed, RateLimited
            If the service certainly gave no answer.
        OutcomeUnknown
            If the question was sent and no answer came.
        """
        ...


class Writer(Protocol):
    """Somebody who can be asked, and is paid if need be; each answer is kept as a file."""

    name: str

    def write(self, question: Question, target: Path) -> Answer:
        """Answer a question, once: what was answered before is read from its file.

        Raises
        ------
        BudgetExceeded
            If an answer could pass the job's limit.
        MvkitError
            As :meth:`ChatModel.ask` does.
        """
        ...
