"""A service that speaks OpenAI's protocol, with the failures of real ones.

It keeps books of its own: ``bills`` holds what each answer was billed at, whatever mvkit believes.

``with chat_service() as service``; then ``service.url``, ``service.script("429", "ok")`` for the
next calls, ``service.usually`` for all others, ``service.answers`` for what the model says.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789abcdef"
USAGE = {"input": 1000, "cached": 200, "output": 500, "reasoning": 100}
BILL_USD = (Decimal("0.10") * 800 + Decimal("0.01") * 200 + Decimal("0.50") * 500) / 1_000_000
"""What gpt-6-luna charges for that."""
SLOW_S = 3.0
WRONG = {"unexpected": [1, 2, 3]}

ERRORS: dict[str, tuple[int, dict[str, str]]] = {
    "401": (401, {"message": f"Incorrect API key: {KEY}", "code": "invalid_api_key"}),
    "403": (403, {"message": "Your country is not served.", "code": "unsupported_country"}),
    "404": (404, {"message": "The model does not exist.", "code": "model_not_found"}),
    "429": (429, {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}),
    "quota": (429, {"message": "You exceeded your quota.", "code": "insufficient_quota"}),
    "400": (400, {"message": "Too many tokens.", "code": "context_length_exceeded"}),
    "500": (500, {"message": "The server had an error.", "code": "server_error"}),
    "504": (504, {"message": "Gateway timeout.", "code": "timeout"}),
}


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
    server = _Server(service)
    service.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, service: ChatService) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_POST(self) -> None:
        service = self.server.service
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        asked = Asked(path=self.path, key=key, body=body)
        service.asked.append(asked)
        mode = service.scripted.pop(0) if service.scripted else service.usually
        if self.path.endswith("/responses") and not service.has_responses:
            self._tell(404, {"detail": "Not Found"})
        elif asked.format in service.refuses:
            self._tell(500, {"error": {"message": "Unsupported response_format"}})
        elif mode in ERRORS:
            status, error = ERRORS[mode]
            self._tell(status, {"error": {"type": error["code"], **error}})
        elif mode == "reset":
            self._reset()
        else:
            self._answer(asked, mode)

    def _answer(self, asked: Asked, mode: str) -> None:
        service = self.server.service
        text = service.answers(asked)
        if mode != "failed":
            service.bills.append(BILL_USD)
        if mode == "slow":
            time.sleep(SLOW_S)
        if mode == "html":
            self._send(200, b"<html>Welcome</html>", "text/html")
            return
        reply = _response if self.path.endswith("/responses") else _completion
        self._tell(200, reply(_said(text, mode), mode), cut=mode == "half")

    def _tell(self, status: int, content: dict[str, Any], *, cut: bool = False) -> None:
        self._send(status, json.dumps(content).encode(), "application/json", cut=cut)

    def _send(self, status: int, data: bytes, kind: str, *, cut: bool = False) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status == 429:
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)
        except OSError:  # whoever asked has gone
            pass
        self.close_connection = self.close_connection or cut

    def _reset(self) -> None:
        """Break the connection off as a crashed server does: with a reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


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
