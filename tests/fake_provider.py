"""A paid service for play money, reached over HTTP, and the models that order from it.

The service takes orders for clips and pictures, delivers after a while, and writes every order and
every bill into a ledger of its own, ``orders.jsonl``: by it tests count what was ordered and paid,
whatever mvkit believes. Its answers can be scripted: errors, lost answers, failed orders, bills
that nobody expected.

- In a test: ``with fake_service(folder) as service``; then ``service.url``,
  ``service.script(...)``, ``service.creates()``.
- As a process: ``python -m tests.fake_provider --port 0 --folder DIR`` prints its URL;
  ``FakeService(url, folder)`` talks to it.
- As a plugin: ``MVKIT_PLUGINS=tests.fake_provider MVKIT_FAKE_URL=...`` makes ``fake`` a provider.
  ``MVKIT_FAKE_PATIENCE_S`` shortens how long an order that may be lost is looked for, and
  ``MVKIT_FAKE_TIMEOUT_S`` how long an answer is waited for.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx

from mvkit.crash import crash_point
from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.files import append_line, read_lines
from mvkit.providers import PAID_IMAGE_MODELS, PAID_VIDEO_MODELS, purchase
from mvkit.providers.base import ClipRequest, Delivery, PictureRequest
from mvkit.timing import FPS

NAME = "fake"
FROM_PICTURES = "from-pictures"
"""A model of this name films from keyframes: ``fake:from-pictures``."""
URL_VARIABLE = "MVKIT_FAKE_URL"
PATIENCE_VARIABLE = "MVKIT_FAKE_PATIENCE_S"
TIMEOUT_VARIABLE = "MVKIT_FAKE_TIMEOUT_S"
ORDERS_FILE = "orders.jsonl"

USD_PER_PICTURE = Decimal("0.01")
USD_PER_SECOND = Decimal("0.02")
WORST_CASE = Decimal("1.5")
"""An order may cost so many times what it mostly costs."""

POLL_S = 0.05
HANG_S = 30.0
CLIP_S = 10.0
"""Every clip is this long; what asked for less gets more."""
CLIP_SIZE_PX = (320, 180)


def price(seconds: float) -> Decimal:
    """Return what an order mostly costs; one of 0 s is a picture."""
    return round(USD_PER_SECOND * Decimal(seconds), 6) if seconds else USD_PER_PICTURE


# The service


@dataclass(frozen=True, kw_only=True)
class Script:
    """What to do at the next calls of a kind.

    Attributes
    ----------
    on : {'submit', 'status', 'list', 'file'}
        The kind of call.
    answer : {'ok', 'error', 'refuse', 'gone', 'drop', 'hang'}
        Status 200, 500, 429 or 404, a connection closed without an answer, or none at all. An
        order is taken for all but ``error`` and ``refuse``.
    outcome : {'made', 'failed', 'gone'}
        What becomes of an order.
    usd : str
        What it is billed at, if not at its price.
    """

    on: str
    answer: str = "ok"
    outcome: str = "made"
    usd: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order the service has taken."""

    id: str
    tag: str
    kind: str
    outcome: str
    usd: str
    ready_at_s: float


@dataclass
class _Books:
    """What the service knows: its orders, on disk, and what it was told to do wrong."""

    folder: Path
    delay_s: float
    scripts: list[Script] = field(default_factory=list)
    expired_at_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def orders(self) -> dict[str, Order]:
        lines = read_lines(self.folder / ORDERS_FILE)
        names = Order.__dataclass_fields__
        taken = [line for line in lines if line["event"] == "create"]
        return {line["id"]: Order(**{name: line[name] for name in names}) for line in taken}

    @cached_property
    def clip(self) -> bytes:
        """A clip of which every frame has a grey of its own."""
        import numpy as np

        from mvkit.footage import FootageWriter

        path = self.folder / "clip.mp4"
        width_px, height_px = CLIP_SIZE_PX
        if not path.is_file():
            with FootageWriter(path, width_px=width_px, height_px=height_px) as footage:
                for frame in range(round(CLIP_S * FPS)):
                    picture = np.full((height_px * 3 // 2, width_px), 128, np.uint8)
                    picture[:height_px] = 40 + frame % 180
                    footage.write(picture)
        return path.read_bytes()

    @cached_property
    def picture(self) -> bytes:
        from PIL import Image

        buffer = BytesIO()
        Image.new("RGB", (64, 64), "grey").save(buffer, "PNG")
        return buffer.getvalue()

    def scripted(self, on: str) -> Script:
        """Return what to do at a call, and cross it off."""
        with self.lock:
            script = next((script for script in self.scripts if script.on == on), None)
            if script is not None:
                self.scripts.remove(script)
        return script or Script(on=on)

    def take(self, wish: dict[str, Any], script: Script) -> Order:
        """Take an order and bill it at once."""
        order = Order(
            id=f"order-{uuid.uuid4().hex[:12]}",
            tag=wish["tag"],
            kind=wish["kind"],
            outcome=script.outcome,
            usd=script.usd or (str(price(wish["seconds"])) if script.outcome == "made" else "0"),
            ready_at_s=time.time() + self.delay_s,
        )
        with self.lock:
            self.orders[order.id] = order
            append_line(self.folder / ORDERS_FILE, {"event": "create", **asdict(order)})
            bill = {"event": "bill", "id": order.id, "usd": order.usd}
            append_line(self.folder / ORDERS_FILE, bill)
        return order

    def cancel(self, order: Order) -> None:
        """End an order that is not done, and take its bill back."""
        with self.lock:
            if time.time() < order.ready_at_s:
                ended = {"outcome": "failed", "usd": "0", "ready_at_s": time.time()}
                self.orders[order.id] = replace(order, **ended)
                refund = {"event": "bill", "id": order.id, "usd": str(-Decimal(order.usd))}
                append_line(self.folder / ORDERS_FILE, refund)

    def keeps(self, order: Order) -> bool:
        return order.outcome != "gone" and order.ready_at_s - self.delay_s > self.expired_at_s


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, books: _Books) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.books = books

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *of_whom: Any) -> None:
        """Say nothing of clients that have gone away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*of_whom)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        books = self.server.books
        if self.path == "/scripts":
            books.scripts.append(Script(**body))
            self._tell(201, {})
        elif self.path == "/expire":
            books.expired_at_s = time.time()
            self._tell(201, {})
        elif self.path == "/cancel":
            books.cancel(books.orders[body["id"]])
            self._tell(201, {})
        else:
            script = books.scripted("submit")
            taken = script.answer not in ("error", "refuse")
            order = books.take(body, script) if taken else None
            self._answer(script, {"id": order.id} if order else {})

    def do_GET(self) -> None:
        url = urlparse(self.path)
        books = self.server.books
        _, kind, *rest = url.path.split("/")
        if kind == "predictions" and not rest:
            tag = parse_qs(url.query)["tag"][0]
            found = [order.id for order in books.orders.values() if order.tag == tag]
            self._answer(books.scripted("list"), {"ids": found})
            return
        order = books.orders.get(rest[0])
        if order is None or not books.keeps(order):
            self._tell(404, {"detail": "not kept"})
        elif kind == "predictions":
            done = "failed" if order.outcome == "failed" else "succeeded"
            status = done if time.time() >= order.ready_at_s else "processing"
            self._answer(books.scripted("status"), {"status": status, "usd": order.usd})
        else:
            content = books.clip if order.kind == "clip" else books.picture
            self._answer(books.scripted("file"), content)

    def _answer(self, script: Script, content: dict[str, Any] | bytes) -> None:
        if script.answer == "hang":
            time.sleep(HANG_S)
        if script.answer in ("hang", "drop"):
            self.close_connection = True
            return
        status = {"error": 500, "refuse": 429, "gone": 404}.get(script.answer, 200)
        self._tell(status, content if status == 200 else {"detail": "as told"})

    def _tell(self, status: int, content: dict[str, Any] | bytes) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class FakeService:
    """The service as a test sees it: where it is, what it was asked, and what it shall do wrong."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._orders = folder / ORDERS_FILE

    def script(self, on: str, *, times: int = 1, **what: str) -> None:
        """Have the next calls of a kind answered as told; see :class:`Script`."""
        for _ in range(times):
            self._post("/scripts", asdict(Script(on=on, **what)))

    def expire(self) -> None:
        """Have the service forget what it has made so far."""
        self._post("/expire", {})

    def _post(self, path: str, content: dict[str, str]) -> None:
        httpx.post(self.url + path, json=content, verify=False)  # loads no certificates: plain HTTP

    def creates(self) -> list[dict[str, Any]]:
        """Return the orders it has taken."""
        return [line for line in read_lines(self._orders) if line["event"] == "create"]

    def billed_usd(self) -> Decimal:
        """Return what it has billed in all."""
        bills = [line for line in read_lines(self._orders) if line["event"] == "bill"]
        return sum((Decimal(bill["usd"]) for bill in bills), Decimal())


@contextmanager
def fake_service(folder: Path, *, delay_s: float = 0.0) -> Iterator[FakeService]:
    """Run the service in a thread of this process."""
    server = _open_server(0, folder, delay_s=delay_s)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield FakeService(server.url, folder)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _open_server(port: int, folder: Path, *, delay_s: float) -> _Server:
    folder.mkdir(parents=True, exist_ok=True)
    return _Server(port, _Books(folder, delay_s))


# The models


class _FakeModel:
    """What both models have in common: how the service is spoken to."""

    parallel = 8

    def __init__(self, model: str = "") -> None:
        self.name = f"{NAME}:{model}" if model else NAME
        self.wants_keyframe = model == FROM_PICTURES
        self.goes_on = model == FROM_PICTURES
        self._http = httpx.Client(
            base_url=os.environ.get(URL_VARIABLE, ""),  # who only asks for a price needs none
            timeout=float(os.environ.get(TIMEOUT_VARIABLE, "10")),
            limits=httpx.Limits(max_keepalive_connections=0),  # no connection outlives its call
            verify=False,  # loads no certificates: it is plain HTTP
        )

    def typical_usd(self, *, seconds: float) -> Decimal:
        return price(seconds)

    def find(self, _request: object, *, tag: str, **_: object) -> str:
        return self.find_by_tag(tag)

    def find_by_tag(self, tag: str) -> str:
        ids = self._get("/predictions", tag=tag).json()["ids"]
        return str(ids[0]) if ids else ""

    def cancel(self, provider_id: str) -> None:
        self._http.post("/cancel", json={"id": provider_id})

    def collect(self, provider_id: str, target: Path) -> Delivery:
        while (order := self._get(f"/predictions/{provider_id}").json())["status"] == "processing":
            time.sleep(POLL_S)
        bill_usd = Decimal(order["usd"])
        if order["status"] == "failed":
            raise ProviderFailed(f"{self.name} could not make it", billed_usd=bill_usd)
        _write_in_two(target, self._get(f"/files/{provider_id}").content)
        return Delivery(model=self.name, cost_usd=bill_usd, provider_id=provider_id)

    def _submit(self, *, tag: str, kind: str, seconds: float) -> str:
        wish = {"tag": tag, "kind": kind, "seconds": seconds}
        try:
            answer = self._http.post("/predictions", json=wish)
        except httpx.TransportError as error:
            raise OutcomeUnknown(f"{self.name} did not answer: {error}.") from error
        if answer.status_code == 429:
            raise ProviderFailed(f"{self.name} has too much to do.")
        if answer.is_error:
            raise OutcomeUnknown(f"{self.name} answered with status {answer.status_code}.")
        return str(answer.json()["id"])

    def _get(self, path: str, **query: str) -> httpx.Response:
        try:
            answer = self._http.get(path, params=query)
        except httpx.TransportError as error:
            raise OutcomeUnknown(f"{self.name} did not answer: {error}.") from error
        if answer.status_code == 404:
            raise ProviderFailed(f"{self.name} no longer keeps the order.", reason="GONE")
        if answer.is_error:
            raise OutcomeUnknown(f"{self.name} answered with status {answer.status_code}.")
        return answer


class FakeCamera(_FakeModel):
    """Has clips filmed by the service."""

    def most_usd(self, request: ClipRequest) -> Decimal:
        worst_usd = WORST_CASE * price(len(request.frames) / FPS)
        return worst_usd.quantize(Decimal("0.01"), rounding=ROUND_CEILING)

    def submit(self, request: ClipRequest, *, tag: str) -> str:
        return self._submit(tag=tag, kind="clip", seconds=len(request.frames) / FPS)


class FakePainter(_FakeModel):
    """Has pictures painted by the service."""

    def most_usd(self, request: PictureRequest) -> Decimal:  # noqa: ARG002 - all cost the same
        return WORST_CASE * USD_PER_PICTURE

    def submit(self, request: PictureRequest, *, tag: str) -> str:  # noqa: ARG002
        return self._submit(tag=tag, kind="picture", seconds=0.0)


def _write_in_two(target: Path, content: bytes) -> None:
    """Write a file under another name, in two halves, then give it its own."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    half = len(content) // 2
    with beside.open("wb") as file:
        file.write(content[:half])
        file.flush()
        crash_point("download.halfway")
        file.write(content[half:])
    beside.replace(target)


PAID_IMAGE_MODELS[NAME] = FakePainter
PAID_VIDEO_MODELS[NAME] = FakeCamera
if PATIENCE_VARIABLE in os.environ:
    purchase.UNKNOWN_OUTCOME_S = float(os.environ[PATIENCE_VARIABLE])
    purchase.ASK_EVERY_S = purchase.UNKNOWN_OUTCOME_S / 10


def main() -> None:
    """Run the service until it is killed."""
    parser = argparse.ArgumentParser(description="A paid service for play money.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--delay-s", type=float, default=0.0)
    told = parser.parse_args()
    server = _open_server(told.port, told.folder, delay_s=told.delay_s)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
