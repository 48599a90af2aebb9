"""What the service answers: what is read of its two kinds of replies, and of the words in them.

Contents
--------
Reply, ResponsesReply, CompletionsReply     replies of the two APIs
usage_in                                    what any reply says it used
extract_json                                the JSON among a model's words
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod

from pydantic import BaseModel, Field

from mvkit.providers.chat import Ending
from mvkit.providers.openai.prices import Usage, read_usage


class Reply(BaseModel, ABC):
    """What is read of a reply; anything else may be in it."""

    def failure(self) -> tuple[str, str] | None:
        """Return code and message of a reply that says that it failed."""
        return None

    @abstractmethod
    def text(self) -> str:
        """Return what the model said."""

    @abstractmethod
    def ending(self) -> Ending:
        """Return whether the model came to its end."""


class _Part(BaseModel):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(BaseModel):
    type: str = ""
    content: tuple[_Part, ...] | None = None


class _Reason(BaseModel):
    reason: str | None = None


class _Error(BaseModel):
    code: str | None = None
    message: str | None = None


class ResponsesReply(Reply):
    """A reply of the Responses API."""

    status: str
    output: tuple[_Item, ...] = ()
    incomplete_details: _Reason | None = None
    error: _Error | None = None

    def failure(self) -> tuple[str, str] | None:
        """Return code and message where its status is ``failed``."""
        if self.status != "failed":
            return None
        error = self.error or _Error()
        return error.code or "unknown", error.message or "it does not say why."

    def text(self) -> str:
        """Return what the model said, refusals too."""
        return "".join(part.text or part.refusal or "" for part in self._parts())

    def ending(self) -> Ending:
        """Return whether the model came to its end."""
        why = self.incomplete_details.reason if self.incomplete_details else None
        if why == "content_filter" or any(part.refusal for part in self._parts()):
            return "refused"
        return "complete" if self.status == "completed" else "truncated"

    def _parts(self) -> list[_Part]:
        messages = [item for item in self.output if item.type == "message"]
        return [part for message in messages for part in message.content or ()]


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _Message


class CompletionsReply(Reply):
    """A reply of Chat Completions."""

    choices: tuple[_Choice, ...] = Field(min_length=1)

    def text(self) -> str:
        """Return what the model said, refusals too."""
        message = self.choices[0].message
        return message.content or message.refusal or ""

    def ending(self) -> Ending:
        """Return whether the model came to its end."""
        choice = self.choices[0]
        if choice.finish_reason == "content_filter" or choice.message.refusal:
            return "refused"
        return "truncated" if choice.finish_reason == "length" else "complete"


def usage_in(body: str) -> Usage | None:
    """Return what a reply says it used, whatever else is in it."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read_usage(payload.get("usage")) if isinstance(payload, dict) else None


def extract_json(text: str) -> str:
    """Return the largest JSON object in a text; the text as it is where there is none.

    Models that are only asked in words put it into a code fence, between sentences, or behind
    thoughts of theirs in ``<think>``.
    """
    spoken = text.rpartition("</think>")[2].strip()
    found, at = "", spoken.find("{")
    while at >= 0:
        end = _object_end(spoken, at)
        found = max(found, spoken[at:end], key=len)
        if not end and at == 0:  # the answer itself is broken: nothing inside it is the answer
            return spoken
        at = spoken.find("{", end or at + 1)
    return found or spoken


def _object_end(text: str, at: int) -> int:
    """Return where the JSON object that begins at a place ends; 0 if there is none."""
    try:
        return json.JSONDecoder().raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return 0
