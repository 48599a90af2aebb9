"""An S3 server of our own for tests: moto's, in this process, on a free port of the loopback.

It remembers what it was asked, and can be told to misbehave. ``environment`` leads obstore to it,
in this process and in those it starts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

Ask = tuple[str, str]
"""Method and path of a request."""


class S3Server:
    """A running server.

    Attributes
    ----------
    asked : list of (method, path)
        Every request, in the order of arrival.
    environment : dict
        The variables that lead to it.
    cut_off : str
        Answers whose path ends with this lose their second half, if it is not empty.
    refuse : str
        The status such as ``403 Forbidden`` that every request gets, if it is not empty.
    before : callable or None
        Called with method and path before a request is served.
    """

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.cut_off = ""
        self.refuse = ""
        self.before: Callable[[str, str], None] | None = None
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._n_buckets = 0
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def make_bucket(self) -> str:
        """Make a bucket that nobody else uses; return the URL of a prefix in it."""
        self._n_buckets += 1
        name = f"bucket-{id(self)}-{self._n_buckets}"
        self.put(f"{name}", b"")
        return f"s3://{name}/shelf"

    def put(self, path: str, body: bytes) -> None:
        """Put a new object past obstore, as a stranger might; without a slash it is a bucket."""
        url = f"{self.environment['AWS_ENDPOINT_URL']}/{path}"
        kind = {"Content-Type": "application/octet-stream"}  # or urllib calls it a form
        with urlopen(Request(url, method="PUT", data=body, headers=kind)):
            pass

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve while the block lasts."""
        self._thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append((method, path))
        if self.before:
            self.before(method, path)
        if self.refuse:
            start_response(self.refuse, [("Content-Length", "0")])
            return []
        answer = self._moto(environ, start_response)
        if method == "GET" and self.cut_off and path.endswith(self.cut_off):
            return _half_of(b"".join(answer))
        return answer


def _half_of(body: bytes) -> Iterator[bytes]:
    """Give half a body; fewer bytes than announced, and the connection is closed."""
    yield body[: len(body) // 2]


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server while the block lasts."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per request otherwise
    server = S3Server()
    with server.running():
        yield server
