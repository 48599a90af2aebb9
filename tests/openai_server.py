"""What services that speak OpenAI's protocol have in common: answering, failing, breaking off.

``KEY`` is theirs, and errors tell it, as real services do. A service of a test answers in the
modes of `ERRORS`, in ``reset``, and in those of its own.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar

KEY = "sk-test-0123456789abcdef"
RETRY_AFTER_S = 7
ERRORS: dict[str, tuple[int, str, str]] = {
    "400": (400, "context_length_exceeded", "Too many tokens."),
    "401": (401, "invalid_api_key", "Incorrect API key."),
    "402": (402, "payment_required", "Insufficient balance."),
    "403": (403, "unsupported_country", "Your country is not served."),
    "404": (404, "model_not_found", "The model does not exist."),
    "413": (413, "content_too_large", "The file is too large."),
    "429": (429, "rate_limit_exceeded", "Rate limit reached."),
    "quota": (429, "insufficient_quota", "You exceeded your quota."),
    "500": (500, "server_error", "The server had an error."),
    "504": (504, "timeout", "Gateway timeout."),
}
"""By mode: the status, the code and the message."""

State = TypeVar("State")


class Server(ThreadingHTTPServer, Generic[State]):
    """A server on this machine, and what it knows."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[Handler], state: State) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.state = state
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    """Answers calls, as a service says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        """Answer a call."""
        raise NotImplementedError

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def fail(self, mode: str) -> None:
        """Answer with an error, or break the connection off."""
        if mode == "reset":
            self._reset()
            return
        status, code, message = ERRORS[mode]
        told = {"message": f"{message} (Asked with {KEY}.)", "code": code, "type": code}
        self.tell(status, {"error": told})

    def tell(self, status: int, content: dict[str, Any], *, cut: bool = False) -> None:
        """Answer with JSON; half of it, if it is cut."""
        self.send(status, json.dumps(content).encode(), cut=cut)

    def send(
        self, status: int, data: bytes, *, kind: str = "application/json", cut: bool = False
    ) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if status == 429:
                self.send_header("Retry-After", str(RETRY_AFTER_S))
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


def fails(mode: str) -> bool:
    """Tell whether a call in this mode gets no answer from any service."""
    return mode in ERRORS or mode == "reset"


@contextmanager
def serving(handler: type[Handler], state: State) -> Iterator[str]:
    """Run a service while the block lasts, in a thread of this process; yield its URL."""
    server = Server(handler, state)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
