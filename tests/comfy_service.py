"""A server that speaks ComfyUI's HTTP API, with the failures of real ones.

Routes, answers and refusals are those of ComfyUI's ``server.py`` and ``execution.py``: one workflow
is done after the other, inputs are checked against what nodes take before anything is queued, and
what was made is told node by node in the history. `NODES` holds what the nodes of our workflows
take and give, as ComfyUI's source declares them; what they would paint is a plain colour.

``with comfy_service() as service``; then ``service.url``, ``service.script("reset")`` for the next
workflows, ``service.asked`` for what came in. A workflow moves on by one step - from the queue to
work, from work into the history - each time somebody asks the history for it.
"""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import av
import numpy as np
from PIL import Image

Inputs = dict[str, Any]
CHECKPOINTS = ["sd_xl_base_1.0.safetensors", "svd_xt.safetensors"]
SAMPLERS = ["euler", "dpmpp_2m", "uni_pc"]
SCHEDULERS = ["simple", "normal", "karras"]
INT, FLOAT, STRING = "INT", "FLOAT", "STRING"
COMBO = "COMBO"

NODES: dict[str, tuple[Inputs, tuple[str, ...]]] = {
    "CheckpointLoaderSimple": ({"ckpt_name": CHECKPOINTS}, ("MODEL", "CLIP", "VAE")),
    "ImageOnlyCheckpointLoader": ({"ckpt_name": CHECKPOINTS}, ("MODEL", "CLIP_VISION", "VAE")),
    "UNETLoader": (
        {"unet_name": ["wan2.2_ti2v_5B_fp16.safetensors"], "weight_dtype": ["default"]},
        ("MODEL",),
    ),
    "CLIPLoader": (
        {"clip_name": ["umt5_xxl_fp8_e4m3fn_scaled.safetensors"], "type": ["wan", "sd3"]},
        ("CLIP",),
    ),
    "VAELoader": ({"vae_name": ["wan2.2_vae.safetensors"]}, ("VAE",)),
    "CLIPTextEncode": ({"text": STRING, "clip": "CLIP"}, ("CONDITIONING",)),
    "EmptyLatentImage": ({"width": INT, "height": INT, "batch_size": INT}, ("LATENT",)),
    "LoadImage": ({"image": STRING}, ("IMAGE", "MASK")),
    "ModelSamplingSD3": ({"model": "MODEL", "shift": FLOAT}, ("MODEL",)),
    "VideoLinearCFGGuidance": ({"model": "MODEL", "min_cfg": FLOAT}, ("MODEL",)),
    "SVD_img2vid_Conditioning": (
        {
            **{"clip_vision": "CLIP_VISION", "init_image": "IMAGE", "vae": "VAE"},
            **{"width": INT, "height": INT, "video_frames": INT},
            **{"motion_bucket_id": INT, "fps": INT, "augmentation_level": FLOAT},
        },
        ("CONDITIONING", "CONDITIONING", "LATENT"),
    ),
    "Wan22ImageToVideoLatent": (
        {
            **{"vae": "VAE", "start_image": "IMAGE"},
            **{"width": INT, "height": INT, "length": INT, "batch_size": INT},
        },
        ("LATENT",),
    ),
    "KSampler": (
        {
            **{"model": "MODEL", "positive": "CONDITIONING", "negative": "CONDITIONING"},
            **{"latent_image": "LATENT", "seed": INT, "steps": INT, "cfg": FLOAT},
            **{"sampler_name": SAMPLERS, "scheduler": SCHEDULERS, "denoise": FLOAT},
        },
        ("LATENT",),
    ),
    "VAEDecode": ({"samples": "LATENT", "vae": "VAE"}, ("IMAGE",)),
    "SaveImage": ({"images": "IMAGE", "filename_prefix": STRING}, ()),
    "PreviewImage": ({"images": "IMAGE"}, ()),
    "SaveWEBM": (
        {
            **{"images": "IMAGE", "filename_prefix": STRING},
            **{"codec": ["vp9", "av1"], "fps": FLOAT, "crf": FLOAT},
        },
        (),
    ),
    "VHS_VideoCombine": (
        {"images": "IMAGE", "filename_prefix": STRING, "frame_rate": FLOAT},
        (),
    ),
}
"""What nodes take, a type or a list of choices each, and what they give."""
SAVERS = ("SaveImage", "PreviewImage", "SaveWEBM", "VHS_VideoCombine")
LENGTHS = ("video_frames", "length", "batch_size")
"""Where nodes are told how many pictures to make, the first that a workflow has."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call as it came in: with what was sent, or the query of what was asked."""

    method: str
    path: str
    content: Any


@dataclass(kw_only=True)
class Job:
    """A workflow on its way."""

    id: str
    nodes: Mapping[str, Any]
    mode: str
    state: str = "waiting"
    record: dict[str, Any] = field(default_factory=dict)


@dataclass
class ComfyService:
    """The server as a test sees it.

    Attributes
    ----------
    modes : list of str
        What becomes of the next workflows: ``reset``, ``500`` and ``taken`` (it is queued, and the
        answer is lost) when they are submitted; ``error``, ``interrupted``, ``forever``,
        ``stuck`` (it is never begun), ``restart``, ``silent``, ``nothing`` and ``html`` (a page in
        place of the file) after that.
    kept_ids : bool
        Whether it takes ids of ours; older servers choose them.
    """

    url: str = ""
    modes: list[str] = field(default_factory=list)
    kept_ids: bool = True
    asked: list[Asked] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    files: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    interrupted: list[str] = field(default_factory=list)
    silences: int = 0

    def script(self, *modes: str) -> None:
        self.modes += modes

    @property
    def workflows(self) -> list[Mapping[str, Any]]:
        """The workflows that were submitted."""
        return [call.content["prompt"] for call in self.calls("POST", "/prompt")]

    def calls(self, method: str, path: str) -> list[Asked]:
        return [each for each in self.asked if (each.method, each.path) == (method, path)]

    def in_state(self, state: str) -> list[Job]:
        return [job for job in self.jobs.values() if job.state == state]

    def occupy(self) -> str:
        """Have somebody else's workflow at work for good; return its id."""
        job = Job(id=str(uuid.uuid4()), nodes={}, mode="forever", state="working")
        self.jobs[job.id] = job
        return job.id


@contextmanager
def comfy_service() -> Iterator[ComfyService]:
    """Run the server on this machine while the block lasts."""
    service = ComfyService()
    server = _Server(service)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
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

    def __init__(self, service: ComfyService) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_GET(self) -> None:
        self._do({key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        self._do(_form(kind, body) if kind.startswith("multipart/") else json.loads(body))

    def _do(self, content: Any) -> None:
        path = urlsplit(self.path).path
        with self.server.lock:
            self.server.service.asked.append(Asked(method=self.command, path=path, content=content))
            name = path.strip("/").partition("/")[0]
            getattr(self, f"_{self.command.lower()}_{name}", self._lost)(content)

    def _lost(self, _content: Any) -> None:
        self._tell(404, {})

    def _post_upload(self, form: Message) -> None:
        parts = {
            part.get_param("name", header="content-disposition"): part for part in _parts(form)
        }
        image, subfolder = parts["image"], parts["subfolder"].get_payload(decode=True).decode()
        assert parts["overwrite"].get_payload(decode=True) == b"true"
        name = image.get_filename()
        self.server.service.uploads[f"{subfolder}/{name}"] = image.get_payload(decode=True)
        self._tell(200, {"name": name, "subfolder": subfolder, "type": "input"})

    def _post_prompt(self, content: Mapping[str, Any]) -> None:
        service = self.server.service
        mode = service.modes.pop(0) if service.modes else ""
        if mode == "reset":
            self._reset()
        elif mode == "500":
            self._send(
                500, b"500 Internal Server Error\n\nServer got itself in trouble", "text/plain"
            )
        elif mode == "not comfy":
            self._send(200, b"<html>It works!</html>", "text/html")
        elif refusal := _refusal(content["prompt"], service.uploads):
            self._tell(400, refusal)
        else:
            job_id = content["prompt_id"] if service.kept_ids else str(uuid.uuid4())
            service.jobs[job_id] = Job(id=job_id, nodes=content["prompt"], mode=mode)
            if mode == "taken":
                self._reset()
            else:
                self._tell(200, {"prompt_id": job_id, "number": 1, "node_errors": {}})

    def _get_history(self, _query: object) -> None:
        service = self.server.service
        if service.silences:
            service.silences -= 1
            self._reset()
            return
        job = service.jobs.get(self.path.rpartition("/")[2])
        told = {job.id: job.record} if job and job.state == "done" else {}
        if job:
            self._step(job)
        self._tell(200, told)

    def _step(self, job: Job) -> None:
        """Move a workflow on by one step."""
        service = self.server.service
        if job.mode == "restart":
            service.jobs.clear()
        elif job.state == "waiting" and job.mode != "stuck" and not service.in_state("working"):
            job.state = "working"
            service.silences = 2 if job.mode == "silent" else 0
        elif job.state == "working" and job.mode != "forever":
            job.record, job.state = self._record(job), "done"

    def _record(self, job: Job) -> dict[str, Any]:
        prompt = [1, job.id, job.nodes, {}, []]
        if job.mode == "error":
            error = {
                "node_type": "KSampler",
                "exception_message": "Allocation on device\nThis error means you ran out of memory",
                "exception_type": "torch.OutOfMemoryError",
                "traceback": ["a long one"],
            }
            return {"prompt": prompt, "outputs": {}, "status": _status("execution_error", error)}
        if job.mode == "interrupted":
            status = _status("execution_interrupted", {"node_type": "KSampler"})
            return {"prompt": prompt, "outputs": {}, "status": status}
        made = {} if job.mode == "nothing" else self._made(job)
        return {"prompt": prompt, "outputs": made, "status": _status("execution_success", {})}

    def _made(self, job: Job) -> dict[str, Any]:
        """Do what nodes that save do, and return what they tell of it."""
        outputs = {}
        for number, node in job.nodes.items():
            if node["class_type"] not in SAVERS:
                continue
            folder, _, prefix = node["inputs"].get("filename_prefix", "preview").rpartition("/")
            kind = "temp" if node["class_type"] == "PreviewImage" else "output"
            key, ending, content = _painted(node, job.nodes)
            name = f"{prefix}_00001_{ending}"
            page = b"<html>Not here</html>" * 10
            self.server.service.files[kind, folder, name] = page if job.mode == "html" else content
            outputs[number] = {key: [{"filename": name, "subfolder": folder, "type": kind}]}
            if key == "images" and ending == ".webm":
                outputs[number]["animated"] = [True]
        return outputs

    def _get_queue(self, _query: object) -> None:
        service = self.server.service
        self._tell(
            200,
            {
                "queue_running": [[1, job.id, job.nodes] for job in service.in_state("working")],
                "queue_pending": [[2, job.id, job.nodes] for job in service.in_state("waiting")],
            },
        )

    def _post_queue(self, content: Mapping[str, Any]) -> None:
        jobs = self.server.service.jobs
        for job_id in content["delete"]:
            if job_id in jobs and jobs[job_id].state == "waiting":
                del jobs[job_id]
        self._send(200, b"", "text/plain")

    def _post_interrupt(self, content: Mapping[str, Any]) -> None:
        service = self.server.service
        for job in service.in_state("working"):
            if not service.kept_ids or job.id == content["prompt_id"]:
                service.interrupted.append(job.id)
                job.state = "done"
        self._send(200, b"", "text/plain")

    def _get_view(self, query: Mapping[str, str]) -> None:
        where = (query["type"], query.get("subfolder", ""), query["filename"])
        content = self.server.service.files.get(where)
        self._send(404 if content is None else 200, content or b"", "application/octet-stream")

    def _get_object_info(self, _query: object) -> None:
        kind = unquote(urlsplit(self.path).path.rpartition("/")[2])
        if kind not in NODES:
            self._tell(200, {})
            return
        required = {name: _config(what) for name, what in NODES[kind][0].items()}
        self._tell(200, {kind: {"input": {"required": required}, "output": NODES[kind][1]}})

    def _tell(self, status: int, content: Any) -> None:
        self._send(status, json.dumps(content).encode(), "application/json; charset=utf-8")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _reset(self) -> None:
        """Break the connection off as a crashed server does: with a reset, not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _form(kind: str, body: bytes) -> Message:
    return BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)


def _parts(form: Message) -> list[Any]:
    parts = form.get_payload()
    assert isinstance(parts, list)
    return parts


def _status(event: str, details: Mapping[str, Any]) -> dict[str, Any]:
    ended_well = event == "execution_success"
    return {
        "status_str": "success" if ended_well else "error",
        "completed": ended_well,
        "messages": [["execution_start", {"timestamp": 1}], [event, {"timestamp": 2, **details}]],
    }


def _refusal(nodes: Mapping[str, Any], uploads: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Return what is wrong with a workflow, as ComfyUI checks it before it is queued."""
    for number, node in nodes.items():
        if node["class_type"] not in NODES:
            error = {
                "type": "missing_node_type",
                "message": f"Node '{node['class_type']}' not found. The custom node may not be "
                "installed.",
                "details": f"Node ID '#{number}'",
                "extra_info": {},
            }
            return {"error": error, "node_errors": {}}
    errors = {
        number: {"errors": wrong, "dependent_outputs": [], "class_type": node["class_type"]}
        for number, node in nodes.items()
        if (wrong := list(_wrong_inputs(node, nodes, uploads)))
    }
    message = "Prompt outputs failed validation"
    error = {"type": "prompt_outputs_failed_validation", "message": message, "details": ""}
    return {"error": error, "node_errors": errors} if errors else None


def _wrong_inputs(
    node: Mapping[str, Any], nodes: Mapping[str, Any], uploads: Mapping[str, bytes]
) -> Iterator[dict[str, Any]]:
    for name, wanted in NODES[node["class_type"]][0].items():
        config = _config(wanted)
        about = {"input_name": name, "input_config": config}
        if name not in node["inputs"]:
            message = "Required input is missing"
            yield {"type": "required_input_missing", "message": message, "details": name}
            continue
        value = node["inputs"][name]
        if isinstance(value, list):
            given = NODES[nodes[value[0]]["class_type"]][1][value[1]]
            if given != wanted:
                details = f"{name}, received_type({given}) mismatch input_type({wanted})"
                message = "Return type mismatch between linked nodes"
                yield {"type": "return_type_mismatch", "message": message, "details": details}
        elif isinstance(wanted, list) and value not in wanted:
            if len(wanted) > 20:
                about["input_config"] = None
            about["received_value"] = value
            details = f"{name}: {value!r} not in {wanted}"
            message = "Value not in list"
            kind = "value_not_in_list"
            yield {"type": kind, "message": message, "details": details, "extra_info": about}
        elif not isinstance(value, {INT: int, FLOAT: (int, float)}.get(str(wanted), str)):
            # ComfyUI would convert what looks like a number; nothing of ours needs that.
            message = f"Failed to convert an input value to a {wanted} value"
            yield {"type": "invalid_input_type", "message": message, "details": f"{name}, {value}"}
        elif name == "image" and value not in uploads:
            details = f"image - Invalid image file: {value}"
            message = "Custom validation failed for node"
            yield {"type": "custom_validation_failed", "message": message, "details": details}


def _config(wanted: Any) -> list[Any]:
    """Return what an input takes, as it is told: newer nodes tell choices as options."""
    return [COMBO, {"options": wanted}] if wanted is SAMPLERS else [wanted, {}]


def _painted(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> tuple[str, str, bytes]:
    """Return under what key a node tells what it saves, the file's ending, and the file."""
    if node["class_type"] in ("SaveImage", "PreviewImage"):
        return "images", ".png", _picture(nodes)
    if node["class_type"] == "SaveWEBM":
        return "images", ".webm", _film("webm", node["inputs"]["fps"], _n_frames(nodes))
    return "gifs", ".mp4", _film("mp4", node["inputs"]["frame_rate"], _n_frames(nodes))


def _picture(nodes: Mapping[str, Any]) -> bytes:
    """Return a picture of the size that a workflow asks for, its colour by the seed."""
    inputs = _all_inputs(nodes)
    buffer = io.BytesIO()
    colour = (inputs["seed"] % 256, 120, 40)
    Image.new("RGB", (inputs["width"], inputs["height"]), colour).save(buffer, "PNG")
    return buffer.getvalue()


def _n_frames(nodes: Mapping[str, Any]) -> int:
    inputs = _all_inputs(nodes)
    return next(int(inputs[name]) for name in LENGTHS if name in inputs)


def _all_inputs(nodes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for node in nodes.values() for name, value in node["inputs"].items()}


@cache
def _film(container: str, fps: float, n_frames: int) -> bytes:
    """Return a film that grows brighter; however large it shall be, it is small."""
    codec = {"webm": "libvpx-vp9", "mp4": "libx264"}[container]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        stream = file.add_stream(codec, rate=round(fps))
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in range(n_frames):
            plane = np.full((54, 64), 60 + shade, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(plane, "yuv420p")))
        file.mux(stream.encode())
    return buffer.getvalue()
