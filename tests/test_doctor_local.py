"""The doctor on models of one's own machine: what has to be installed, and who has to listen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from mvkit import providers
from mvkit.doctor import RoleReport, examine, services
from mvkit.errors import InvalidInput
from mvkit.providers import comfyui
from mvkit.providers.stills import StillsCamera
from mvkit.settings import get_settings

STATS: dict[str, Any] = {
    "system": {"comfyui_version": "0.3.99", "os": "posix"},
    "devices": [{"name": "cuda:0 NVIDIA H100", "type": "cuda"}],
}


class Painter:
    """Stands where a painter would be, once its packages are there."""

    def __init__(self, model: str) -> None:
        raise InvalidInput(f"{model} was opened.", reason="UNKNOWN_MODEL")


class Camera:
    """A camera that starts from nothing."""

    wants_keyframe = False

    def __init__(self, model: str) -> None:
        self.name = f"comfyui:{model}"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, model in {"diffusers": Painter, "comfyui": Painter}.items():
        monkeypatch.setitem(providers.IMAGE_MODELS, name, model)
    for name, camera in {"comfyui": Camera, "stills": lambda _: StillsCamera()}.items():
        monkeypatch.setitem(providers.VIDEO_MODELS, name, camera)
    monkeypatch.delenv("COMFYUI_URL", raising=False)


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Choose a model for a role; return what is said of the role."""

    def reported(role: str, name: str, *, online: bool = False) -> RoleReport:
        monkeypatch.setenv(f"MVKIT_{role.upper()}", name)
        get_settings.cache_clear()
        return next(each for each in examine(online=online).roles if each.role == role)

    return reported


def test_packages_of_local_models_are_named_with_how_to_get_them(
    report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that are missing in one sentence; nothing else is looked at before."""
    monkeypatch.setattr(services, "find_spec", lambda _: None)
    [problem] = report("image", "diffusers:stabilityai/sdxl-turbo").problems
    assert "needs the packages diffusers and torch" in problem
    assert "`pip install -r requirements-local-gpu.txt`" in problem


def test_local_models_are_opened_where_their_packages_are(
    report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "find_spec", lambda _: True)
    [problem] = report("image", "diffusers:toy").problems
    assert problem == "MVKIT_IMAGE: toy was opened."


def test_stills_need_a_painter_and_nothing_else(report: Any) -> None:
    found = report("video", "stills")
    assert found.problems == ()
    assert found.notes == ("Each clip of stills starts from a picture that studio paints.",)


@contextmanager
def comfyui_server(answer: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Answer every question alike; yield what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("COMFYUI_URL", f"http://127.0.0.1:{server.server_address[1]}")
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()


def test_comfyui_is_asked_only_when_told_to(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it runs on is good to know; what it lacks for the workflow is a problem."""
    lacks = ("comfyui:wan needs the model wan2.2.safetensors, which it does not have.",)
    monkeypatch.setattr(comfyui, "check_server", lambda *_, **__: lacks)
    with comfyui_server(STATS, monkeypatch) as asked:
        assert report("video", "comfyui:wan").problems == ()
        assert asked == []
        found = report("video", "comfyui:wan", online=True)
        assert asked == ["/system_stats"]
    assert found.problems == lacks
    assert found.notes == ("ComfyUI 0.3.99 works on cuda:0 NVIDIA H100.",)


@pytest.mark.parametrize("answer", [[], {"hello": "world"}, "no"])
def test_something_else_at_the_address_of_comfyui_is_a_problem(
    report: Any, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    with comfyui_server(answer, monkeypatch):
        [problem] = report("video", "comfyui:wan", online=True).problems
    assert "set COMFYUI_URL to where it listens" in problem


def test_comfyui_that_does_not_listen_is_a_problem(
    report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMFYUI_URL", "http://127.0.0.1:1")
    [problem] = report("video", "comfyui:wan", online=True).problems
    assert "nothing at http://127.0.0.1:1 answers" in problem


def test_an_address_that_is_none_is_a_problem(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYUI_URL", "over there")
    [problem] = report("video", "comfyui:wan").problems
    assert "COMFYUI_URL" in problem
