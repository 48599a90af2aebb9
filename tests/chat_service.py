"""A service that speaks OpenAI's protocol, with the failures of real ones.

It keeps books of its own: ``bills`` holds what each answer was billed at, whatever mvkit believes.

``with chat_service() as service``; then ``service.url``, ``service.script("429", "ok")`` for the
next calls, ``service.usually`` for all others, ``service.answers`` for what the model says.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .openai_server import KEY as KEY  # whoever uses this service needs it
from .openai_server import Handler, Server, fails, serving

USAGE = {"input": 1000, "cached": 200, "output": 500, "reasoning": 100}
BILL_USD = (Decimal("0.10") * 800 + Decimal("0.01") * 200 + Decimal("0.50") * 500) / 1_000_000
"""What gpt-6-luna charges for that."""
SLOW_S = 3.0
WRONG = {"unexpected": [1, 2, 3]}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call as it came in."""

    path: str
    key: str
    body: dict[str, Any]

    @property
    def format(self) -> str:
        """How the shape was asked for."""
        chosen = self.body.get("text", {}).get("format") or self.body.get("response_format", {})
        return str(chosen.get("type", "text"))

    @property
    def words(self) -> str:
        """Everything that was said to the model."""
        turns = self.body.get("input") or self.body["messages"]
        return "\n".join([self.body.get("instructions", ""), *(t["content"] for t in turns)])


@dataclass
class ChatService:
    """The service as a test sees it.

    Attributes
    ----------
    answers : callable
        What the model says to a call, as JSON.
    refuses : set of str
        Formats that it does not know, answered with a 500 as llama.cpp's server does.
    has_responses : bool
        Whether it knows the Responses API.
    """

    url: str = ""
    usually: str = "ok"
    answers: Callable[[Asked], str] = lambda _asked: "{}"
    refuses: set[str] = field(default_factory=set)
    has_responses: bool = True
    asked: list[Asked] = field(default_factory=list)
    bills: list[Decimal] = field(default_factory=list)
    scripted: list[str] = field(default_factory=list)

    def script(self, *modes: str) -> None:
        self.scripted += modes

    @property
    def billed_usd(self) -> Decimal:
        return sum(self.bills, Decimal())


@contextmanager
def chat_service() -> Iterator[ChatService]:
    """Run the service on this machine while the block lasts."""
    service = ChatService()
    with serving(_Handler, service) as service.url:
        yield service


class _Handler(Handler):
    server: Server[ChatService]

    def answer(self) -> None:
        service = self.server.state
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        asked = Asked(path=self.path, key=key, body=json.loads(self.body()))
        service.asked.append(asked)
        mode = service.scripted.pop(0) if service.scripted else service.usually
        if self.path.endswith("/responses") and not service.has_responses:
            self.tell(404, {"detail": "Not Found"})
        elif asked.format in service.refuses:
            self.tell(500, {"error": {"message": "Unsupported response_format"}})
        elif fails(mode):
            self.fail(mode)
        else:
            self._answer(asked, mode)

    def _answer(self, asked: Asked, mode: str) -> None:
        service = self.server.state
        text = service.answers(asked)
        if mode != "failed":
            service.bills.append(BILL_USD)
        if mode == "slow":
            time.sleep(SLOW_S)
        if mode == "html":
            self.send(200, b"<html>Welcome</html>", kind="text/html")
            return
        reply = _response if self.path.endswith("/responses") else _completion
        self.tell(200, reply(_said(text, mode), mode), cut=mode == "half")


def _said(text: str, mode: str) -> str:
    """Return what the model says in a mode."""
    return {
        "truncated": text[: len(text) // 2],
        "malformed": text.replace('"', "'"),
        "wrong_shape": json.dumps(WRONG),
        "refusal": "I cannot help with that.",
        "filtered": "",
        "fenced": f"<think>{{a plan}}</think>Here it is:\n```json\n{text}\n```\nEnjoy!",
    }.get(mode, text)


def _response(text: str, mode: str) -> dict[str, Any]:
    reasons = {"truncated": "max_output_tokens", "filtered": "content_filter"}
    said = {"type": "output_text", "text": text, "annotations": []}
    part = {"type": "refusal", "refusal": text} if mode == "refusal" else said
    failed = {"code": "server_error", "message": "The model crashed."}
    status = "incomplete" if mode in reasons else "failed" if mode == "failed" else "completed"
    message = {"id": "m", "type": "message", "role": "assistant", "status": status}
    return {
        "id": "r",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": status,
        "incomplete_details": {"reason": reasons[mode]} if mode in reasons else None,
        "error": failed if mode == "failed" else None,
        "output": [{"id": "t", "type": "reasoning", "summary": []}, message | {"content": [part]}],
        "usage": _usage("input_tokens", "output_tokens", mode),
    }


def _completion(text: str, mode: str) -> dict[str, Any]:
    reasons = {"truncated": "length", "filtered": "content_filter"}
    said = {"content": None, "refusal": text} if mode == "refusal" else {"content": text}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": reasons.get(mode, "stop"),
                "message": {"role": "assistant", **said},
            }
        ],
        "usage": _usage("prompt_tokens", "completion_tokens", mode),
    }


def _usage(read: str, written: str, mode: str) -> dict[str, Any] | None:
    if mode in ("no_usage", "failed"):
        return None
    told: dict[str, Any] = {
        read: USAGE["input"],
        written: USAGE["output"],
        "total_tokens": USAGE["input"] + USAGE["output"],
    }
    details = {
        f"{read}_details": {"cached_tokens": USAGE["cached"]},
        f"{written}_details": {"reasoning_tokens": USAGE["reasoning"]},
    }
    return told | (dict.fromkeys(details, None) if mode == "no_details" else details)
