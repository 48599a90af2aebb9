"""Replicate's public HTTP API in front of cog's own server, for tests without network.

Models on Replicate are containers in which cog serves a predictor over HTTP. Here cog's server (the
``coglet`` of the PyPI package) runs as a process with a small predictor and a schema like a real
model's, so inputs are checked, work is done, fails and is cancelled by cog itself. Around it stands
what Replicate puts there and cog does not have: tokens, the queue, the list of predictions, files,
deadlines; and, on demand, everything that goes wrong between a service and its users.

- ``with cog_models(folder) as models`` runs one cog server for each model of `MODELS`.
- ``with replicate_api(models) as service`` puts the API in front; then ``service.url``,
  ``service.fault(...)``, ``service.asked(...)``, ``service.rows``.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import numpy as np
from PIL import Image

from mvkit.footage import FootageWriter

TOKEN = "r8_test"
CLIP_MODEL = "prunaai/p-video"
PICTURE_MODEL = "black-forest-labs/flux-schnell"
COMMUNITY_MODEL = "sunfjun/stable-video-diffusion"
COMMUNITY_VERSION = "d68b6e09eedbac7a49e3d8644999d93579c386a083768235cabca88796d70d82"
PR_SET_PDEATHSIG = 1
"""From Linux's ``prctl.h``."""
PAGE_ROWS = 3
"""So many predictions are on one page of the list; the service has 100."""
CANCEL_S = 0.3
"""Work is cancelled so long after that was asked for: cog 0.23.1 loses its only worker where it is
told to end work that is just beginning or ending."""
WAIT_S = 0.05
"""Pauses between looking whether cog has time for the next order."""
FINAL = ("succeeded", "failed", "canceled", "aborted")

PREDICTOR = """
import os, shutil, tempfile, time
from cog import BaseRunner, Path

SAMPLE = os.environ["SAMPLE"]

def work(record, prompt, metrics):
    words = prompt.split()
    if "SLOW" in words:
        until_s = time.monotonic() + float(words[words.index("SLOW") + 1])
        while time.monotonic() < until_s:
            time.sleep(0.02)  # cog can end the work between two of these
    if "FAIL" in words:
        raise RuntimeError(prompt)
    for name, value in metrics.items():
        record(name, value)
    made = tempfile.mktemp(suffix=os.path.splitext(SAMPLE)[1])
    shutil.copy(SAMPLE, made)
    return Path(made)
"""
CLIP_PREDICTOR = """
class Runner(BaseRunner):
    def run(
        self,
        prompt: str,
        image: Path = None,
        last_frame_image: Path = None,
        duration: int = 5,
        resolution: str = "720p",
        fps: int = 24,
        aspect_ratio: str = "16:9",
        draft: bool = False,
        save_audio: bool = True,
        prompt_upsampling: bool = True,
        seed: int = None,
    ) -> Path:
        metrics = {"video_output_duration_seconds": float(duration), "video_output_count": 1}
        return work(self.record_metric, prompt, metrics)
"""
PICTURE_PREDICTOR = """
from typing import List

class Runner(BaseRunner):
    def run(
        self,
        prompt: str,
        aspect_ratio: str = "1:1",
        num_outputs: int = 1,
        num_inference_steps: int = 4,
        seed: int = None,
        output_format: str = "webp",
        output_quality: int = 80,
        go_fast: bool = True,
        megapixels: str = "1",
        disable_safety_checker: bool = False,
    ) -> List[Path]:
        return [work(self.record_metric, prompt, {"image_output_count": 1})]
"""
STILL_PREDICTOR = """
class Runner(BaseRunner):
    def run(
        self,
        input_image: Path,
        video_length: str = "14_frames_with_svd",
        sizing_strategy: str = "maintain_aspect_ratio",
        frames_per_second: int = 6,
        motion_bucket_id: int = 127,
        cond_aug: float = 0.02,
        decoding_t: int = 14,
        seed: int = None,
    ) -> Path:
        return work(self.record_metric, "", {})
"""

_FILE = {"type": "string", "format": "uri"}
_ASPECTS = ["16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "1:1"]


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


@dataclass(frozen=True)
class Model:
    """A model: what it takes, as in its OpenAPI schema, and what it does."""

    predictor: str
    inputs: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    output: Mapping[str, Any]
    sample: str
    version: str = ""

    def schema(self) -> dict[str, Any]:
        """Return the schema as Replicate shows it, enumerations in places of their own."""
        enums = {name: each for name, each in self.inputs.items() if "enum" in each}
        properties = {
            name: {"allOf": [{"$ref": f"#/components/schemas/{name}"}]} if name in enums else each
            for name, each in self.inputs.items()
        }
        titles = {name: {"title": name, "x-order": n} for n, name in enumerate(properties)}
        schemas = {
            "Input": {
                "type": "object",
                "title": "Input",
                "properties": {name: titles[name] | dict(properties[name]) for name in properties},
                "required": list(self.required),
            },
            "Output": dict(self.output),
            **{name: {"title": name, **each} for name, each in enums.items()},
        }
        return {"openapi": "3.0.2", "info": {"title": "Cog"}, "components": {"schemas": schemas}}


MODELS: Mapping[str, Model] = {
    CLIP_MODEL: Model(
        predictor=CLIP_PREDICTOR,
        inputs={
            "prompt": {"type": "string"},
            "image": _FILE,
            "last_frame_image": _FILE,
            "duration": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
            "resolution": _one_of("720p", "1080p"),
            "fps": {"type": "integer", "minimum": 24, "maximum": 48, "default": 24},
            "aspect_ratio": _one_of(*_ASPECTS),
            "draft": {"type": "boolean", "default": False},
            "save_audio": {"type": "boolean", "default": True},
            "prompt_upsampling": {"type": "boolean", "default": True},
            "seed": {"type": "integer"},
        },
        required=("prompt",),
        output=_FILE,
        sample="clip.mp4",
    ),
    PICTURE_MODEL: Model(
        predictor=PICTURE_PREDICTOR,
        inputs={
            "prompt": {"type": "string"},
            "aspect_ratio": _one_of(*_ASPECTS, "21:9", "9:21", "4:5", "5:4"),
            "num_outputs": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
            "num_inference_steps": {"type": "integer", "minimum": 1, "maximum": 4, "default": 4},
            "seed": {"type": "integer"},
            "output_format": _one_of("webp", "jpg", "png"),
            "output_quality": {"type": "integer", "minimum": 0, "maximum": 100, "default": 80},
            "go_fast": {"type": "boolean", "default": True},
            "megapixels": _one_of("1", "0.25"),
            "disable_safety_checker": {"type": "boolean", "default": False},
        },
        required=("prompt",),
        output={"type": "array", "items": _FILE},
        sample="picture.webp",
    ),
    COMMUNITY_MODEL: Model(
        predictor=STILL_PREDICTOR,
        inputs={
            "input_image": _FILE,
            "video_length": _one_of("14_frames_with_svd", "25_frames_with_svd_xt"),
            "sizing_strategy": _one_of("maintain_aspect_ratio", "crop_to_16_9"),
            "frames_per_second": {"type": "integer", "minimum": 5, "maximum": 30, "default": 6},
            "motion_bucket_id": {"type": "integer", "minimum": 1, "maximum": 255, "default": 127},
            "cond_aug": {"type": "number", "default": 0.02},
            "decoding_t": {"type": "integer", "default": 14},
            "seed": {"type": "integer"},
        },
        required=("input_image",),
        output=_FILE,
        sample="clip.mp4",
        version=COMMUNITY_VERSION,
    ),
}


# Cog's own servers


class CogServer:
    """Cog's server with one model, as a process."""

    def __init__(self, model: Model, folder: Path, *, samples: Path) -> None:
        (folder / ".cog").mkdir(parents=True)
        (folder / "predict.py").write_text(PREDICTOR + model.predictor)
        (folder / ".cog" / "openapi_schema.json").write_text(json.dumps(model.schema()))
        self.model = model
        self._port = _free_port()
        self._log = (folder / "log.txt").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cog.server.http", "--host", "127.0.0.1"],
            cwd=folder,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # it starts python
                "COG_PREDICT_TYPE_STUB": "predict.py:Runner",
                "PORT": str(self._port),
                "SAMPLE": str(samples / model.sample),
            },
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=20.0)

    def wait_until_ready(self) -> None:
        """Wait for the server to take work."""
        until_s = time.monotonic() + 30.0
        while time.monotonic() < until_s:
            with contextlib.suppress(httpx.TransportError):
                if self._http.get("/health-check").json()["status"] == "READY":
                    return
            time.sleep(0.05)
        raise RuntimeError(f"cog does not start: {Path(self._log.name).read_text()[-2000:]}")

    def begin(self, prediction_id: str, inputs: object, *, webhook: str) -> httpx.Response:
        """Have it begin a prediction: 202, or 422 for inputs it refuses, or 409 while it works."""
        body = {"input": inputs, "webhook": webhook, "webhook_events_filter": ["completed"]}
        headers = {"Prefer": "respond-async"}
        return self._http.put(f"/predictions/{prediction_id}", json=body, headers=headers)

    def cancel(self, prediction_id: str) -> None:
        """Have it end a prediction."""
        self._http.post(f"/predictions/{prediction_id}/cancel")

    def stop(self) -> None:
        """End the server and what it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._http.close()
        self._log.close()


@contextmanager
def cog_models(folder: Path) -> Iterator[Mapping[str, CogServer]]:
    """Run a cog server for each model."""
    _write_samples(folder)
    servers: dict[str, CogServer] = {}
    try:
        for name, model in MODELS.items():
            servers[name] = CogServer(model, folder / name, samples=folder)
        for server in servers.values():
            server.wait_until_ready()
        yield servers
    finally:
        for server in servers.values():
            server.stop()


def _write_samples(folder: Path) -> None:
    """Write what the models deliver."""
    width_px, height_px = 320, 180
    with FootageWriter(folder / "clip.mp4", width_px=width_px, height_px=height_px) as footage:
        for frame in range(30):
            footage.write(np.full((height_px * 3 // 2, width_px), 60 + frame, np.uint8))
    Image.new("RGB", (96, 54), (200, 30, 90)).save(folder / "picture.webp", lossless=True)


def _die_with_parent() -> None:
    """Have the process that is about to start killed when this one is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# What goes wrong


On = Literal["create", "look", "list", "cancel", "upload", "model", "file"]
How = Literal["answer", "drop", "half", "hang"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What to do instead, at the next call of a kind.

    Attributes
    ----------
    on : str
        The kind of call.
    how : {'answer', 'drop', 'half', 'hang'}
        Answer with ``status`` and ``content``; or do what is asked, and close the connection
        without an answer, in the middle of it, or never.
    status : int
        At 200, what is asked is done, and ``content`` takes the place of the answer.
    """

    on: On
    how: How = "answer"
    status: int = 200
    content: bytes | dict[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that reached the service."""

    on: On
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


# The API


class _Api:
    """What the service knows and does."""

    def __init__(self, models: Mapping[str, CogServer]) -> None:
        self.models = models
        self.url = ""
        self.rows: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.queued: list[str] = []
        self.clock_ahead_s = 0.0
        self.lock = threading.RLock()
        self.timers: list[threading.Timer] = []

    def now(self) -> str:
        told = datetime.now(UTC) + timedelta(seconds=self.clock_ahead_s)
        return told.isoformat().replace("+00:00", "Z")

    def fault(self, on: On) -> Fault | None:
        """Return what goes wrong at a call, and cross it off."""
        with self.lock:
            fault = next((fault for fault in self.faults if fault.on == on), None)
            if fault is not None:
                self.faults.remove(fault)
        return fault

    def create(self, model: str, version: str, wish: Any, cancel_after: str) -> tuple[int, Any]:
        """Take an order, unless cog refuses its inputs."""
        prediction_id = uuid.uuid4().hex[:26]
        urls = {"get": f"{self.url}/v1/predictions/{prediction_id}"}
        row = {
            "id": prediction_id,
            "model": model,
            "version": version or "hidden",
            "input": wish,
            "output": None,
            "logs": "",
            "error": None,
            "status": "starting",
            "created_at": self.now(),
            "started_at": None,
            "completed_at": None,
            "data_removed": False,
            "metrics": {},
            "urls": {**urls, "cancel": f"{urls['get']}/cancel"},
        }
        with self.lock:
            self.rows[prediction_id] = row
            self.queued.append(prediction_id)
            if refusal := self._begin(prediction_id):
                del self.rows[prediction_id]
                return 422, refusal
        self._later(WAIT_S, self._begin_waiting)
        if cancel_after:
            self._later(float(cancel_after.removesuffix("s")), self.end, prediction_id, "aborted")
        return 201, row

    def _later(self, after_s: float, do: Callable[..., None], *what: str) -> None:
        timer = threading.Timer(after_s, do, what)
        timer.daemon = True
        self.timers.append(timer)
        timer.start()

    def _begin_waiting(self) -> None:
        """Begin the orders that wait; look again in a moment if some still do."""
        with self.lock:
            for waiting in list(self.queued):
                self._begin(waiting)
            if self.queued:
                self._later(WAIT_S, self._begin_waiting)

    def _begin(self, prediction_id: str) -> dict[str, Any] | None:
        """Have cog begin an order if it has nothing else to do; return why it cannot be done."""
        row = self.rows[prediction_id]
        hook = f"{self.url}/hook/{prediction_id}"
        answer = self.models[row["model"]].begin(prediction_id, row["input"], webhook=hook)
        if answer.status_code == 409:
            return None
        self.queued.remove(prediction_id)
        if answer.status_code == 422:
            said = [f"- input.{each['loc'][-1]}: {each['msg']}" for each in answer.json()["detail"]]
            return _problem(422, "Input validation failed", "\n".join(said))
        row.update(status="processing", started_at=self.now())
        return None

    def finished(self, prediction_id: str, told: Mapping[str, Any]) -> None:
        """Write down what cog says of an order that has ended."""
        with self.lock:
            row = self.rows.get(prediction_id)
            if row is not None:
                row["metrics"] = told.get("metrics") or {}
                row["error"] = told.get("error") or None
                row["output"] = self._kept(told.get("output"))
                row.update(status=told["status"], completed_at=self.now())

    def _kept(self, output: object) -> object:
        """Return an output with its files put where they can be fetched."""
        if isinstance(output, list):
            return [self._kept(each) for each in output]
        if isinstance(output, str) and output.startswith("data:"):
            mime = output[5:].partition(";")[0]
            return self.keep(base64.b64decode(output.partition(",")[2]), mime.rpartition("/")[2])
        return output

    def keep(self, content: bytes, suffix: str) -> str:
        name = f"{uuid.uuid4().hex}.{suffix}"
        self.files[name] = content
        return f"{self.url}/files/{name}"

    def end(self, prediction_id: str, unbegun: str = "canceled") -> None:
        """End an order, whether it was begun or not."""
        with self.lock:
            row = self.rows[prediction_id]
            if prediction_id in self.queued:
                self.queued.remove(prediction_id)
                row.update(status=unbegun, completed_at=self.now())
            elif row["status"] not in FINAL:
                self._later(CANCEL_S, self._cancel_working, prediction_id)

    def _cancel_working(self, prediction_id: str) -> None:
        with self.lock:
            row = self.rows[prediction_id]
            if row["status"] not in FINAL:
                self.models[row["model"]].cancel(prediction_id)

    def close(self) -> None:
        """End all work, so that cog is free again."""
        until_s = time.monotonic() + 10.0
        for prediction_id in self.rows:
            self.end(prediction_id)
        while any(row["status"] not in FINAL for row in self.rows.values()):
            if time.monotonic() > until_s:
                raise RuntimeError("cog does not end its work")
            time.sleep(0.01)
        for timer in self.timers:
            timer.cancel()

    def page(self, cursor: str) -> dict[str, Any]:
        """Return a page of predictions, the newest first."""
        rows = sorted(self.rows.values(), key=lambda row: row["created_at"], reverse=True)
        first = int(cursor or "0")
        more = first + PAGE_ROWS < len(rows)
        following = f"{self.url}/v1/predictions?cursor={first + PAGE_ROWS}" if more else None
        return {"previous": None, "next": following, "results": rows[first : first + PAGE_ROWS]}

    def model(self, name: str) -> dict[str, Any]:
        owner, _, short = name.partition("/")
        return {
            "url": f"https://replicate.com/{name}",
            **{"owner": owner, "name": short, "description": "", "visibility": "public"},
            **{"github_url": None, "paper_url": None, "license_url": None, "run_count": 1},
            **{"cover_image_url": None, "default_example": {"status": "aborted"}},
            "latest_version": self.version(name),
        }

    def version(self, name: str) -> dict[str, Any]:
        model = self.models[name].model
        return {
            "id": model.version or "hidden",
            "created_at": "2026-10-01T00:00:00Z",
            "cog_version": "0.23.1",
            "openapi_schema": model.schema(),
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, api: _Api) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        api.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the other side has closed."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        told_s = (time.time() if timestamp is None else timestamp) + self.server.api.clock_ahead_s
        return super().date_time_string(told_s)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, *parts = urlsplit(self.path).path.split("/")
        api = self.server.api
        if parts[0] == "hook":
            api.finished(parts[1], json.loads(body))
            self._tell(200, {})
        elif parts[-1] == "files":
            self._serve("upload", body, lambda: (201, _uploaded(api, body)))
        elif parts[-1] == "cancel":
            self._serve("cancel", body, lambda: self._cancel(parts[2]))
        elif parts[-1] == "predictions":
            wish = json.loads(body)
            name = "/".join(parts[2:4]) if parts[1] == "models" else ""
            self._serve("create", wish, lambda: self._create(name, wish))

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        _, *parts = url.path.split("/")
        api = self.server.api
        if parts[0] == "files":
            self._serve("file", None, lambda: (200, api.files[parts[1]]))
        elif parts[1] == "models":
            name = "/".join(parts[2:4])
            told = api.version if "versions" in parts else api.model
            known = name in api.models
            self._serve("model", None, lambda: (200, told(name)) if known else _not_found())
        elif len(parts) == 3:
            row = api.rows.get(parts[2])
            self._serve("look", None, lambda: (200, row) if row else _not_found())
        else:
            cursor = url.query.partition("cursor=")[2]
            self._serve("list", None, lambda: (200, api.page(cursor)))

    def _create(self, name: str, wish: Mapping[str, Any]) -> tuple[int, Any]:
        api, version = self.server.api, wish.get("version", "")
        by_version = (each for each in MODELS if MODELS[each].version == version)
        name = name or next(by_version, "")
        if name not in api.models or (not version and MODELS[name].version):
            return _not_found()  # models of the community are called by their version
        made = api.create(name, version, wish["input"], self.headers.get("Cancel-After", ""))
        if made[0] == 201 and self.headers.get("Prefer", "").startswith("wait"):
            until_s = time.monotonic() + 60.0
            while made[1]["status"] not in FINAL and time.monotonic() < until_s:
                time.sleep(0.02)
        return made

    def _cancel(self, prediction_id: str) -> tuple[int, Any]:
        self.server.api.end(prediction_id)
        return 200, self.server.api.rows[prediction_id]

    def _serve(self, on: On, body: object, work: Callable[[], tuple[int, Any]]) -> None:
        """Do what is asked, or what goes wrong."""
        api = self.server.api
        api.calls.append(Call(on, self.command, self.path, dict(self.headers), body))
        authorized = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if not authorized and on != "file":
            detail = "You did not pass a valid authentication token"
            return self._tell(401, _problem(401, "Unauthenticated", detail))
        fault = api.fault(on) or Fault(on=on)
        if fault.status != 200:
            return self._tell(fault.status, fault.content, fault.headers)
        status, content = work()
        if fault.how == "hang":
            time.sleep(5.0)
        if fault.how in ("drop", "hang"):
            self.close_connection = True
            return None
        return self._tell(status, fault.content or content, fault.headers, how=fault.how)

    def _tell(
        self,
        status: int,
        content: object,
        headers: Mapping[str, str] | None = None,
        how: How = "answer",
    ) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if how == "half":
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
        else:
            self.wfile.write(data)


def _problem(status: int, title: str, detail: str) -> dict[str, Any]:
    """Return a refusal as Replicate words it (RFC 7807)."""
    return {"title": title, "detail": detail, "status": status}


def _not_found() -> tuple[int, dict[str, Any]]:
    return 404, _problem(404, "Not found", "The requested resource could not be found.")


def _uploaded(api: _Api, form: bytes) -> dict[str, Any]:
    """Keep the one file of a form."""
    boundary = form.partition(b"\r\n")[0]
    content = form.partition(b"\r\n\r\n")[2].rpartition(b"\r\n" + boundary)[0]
    url = api.keep(content, Image.open(io.BytesIO(content)).format.lower())  # type: ignore[union-attr]
    return {
        **{"id": url.rpartition("/")[2], "name": "file", "content_type": "image/jpeg"},
        **{"size": len(content), "etag": "e", "checksums": {}, "metadata": {}},
        **{"created_at": api.now(), "expires_at": None, "urls": {"get": url}},
    }


class ReplicateService:
    """The service as a test sees it: where it is, what it was asked, what shall go wrong."""

    def __init__(self, api: _Api) -> None:
        self._api = api
        self.url = api.url
        self.rows = api.rows
        """All predictions by their id, as they are told; tests may change them."""

    def fault(self, on: On, *, times: int = 1, **what: Any) -> None:
        """Have something go wrong at the next calls of a kind; see :class:`Fault`."""
        self._api.faults.extend([Fault(on=on, **what)] * times)

    def asked(self, on: On) -> list[Call]:
        """Return the calls of a kind so far."""
        return [call for call in self._api.calls if call.on == on]

    def keep(self, content: bytes, suffix: str) -> str:
        """Have the service hand out a file; return its address."""
        return self._api.keep(content, suffix)

    def set_clock(self, *, ahead_s: float) -> None:
        """Have the service's clock differ from ours."""
        self._api.clock_ahead_s = ahead_s

    def remove_data(self, prediction_id: str) -> None:
        """Forget what went in and what came out, as the service does after an hour."""
        self.rows[prediction_id].update(input={}, output=None, logs="", data_removed=True)

    def wait_for(self, prediction_id: str, *statuses: str) -> None:
        """Wait until a prediction is at one of these statuses."""
        until_s = time.monotonic() + 10.0
        while self.rows[prediction_id]["status"] not in statuses:
            if time.monotonic() > until_s:
                raise AssertionError(f"{prediction_id} is {self.rows[prediction_id]['status']}")
            time.sleep(0.01)


@contextmanager
def replicate_api(models: Mapping[str, CogServer]) -> Iterator[ReplicateService]:
    """Put the API in front of cog's servers, in a thread of this process."""
    api = _Api(models)
    server = _Server(api)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield ReplicateService(api)
    finally:
        api.close()
        server.shutdown()
        thread.join()
        server.server_close()
