"""The server: ComfyUI's HTTP API, each call a method, none of them tried twice.

=================================  ===========================================================
``POST /upload/image``             a picture for ``LoadImage`` to load
``POST /prompt``                   a workflow to be done; its id
``GET /history/{id}``              what it made, once it is done
``GET /queue``                     what is at work, and what waits
``POST /queue, POST /interrupt``   taking it out of the queue, or ending it at work
``GET /view``                      a file it made
``GET /object_info/{node}``        what a node takes
=================================  ===========================================================

Contents
--------
Server, Look
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import httpx

from mvkit.errors import InvalidInput, MvkitError, ProviderFailed
from mvkit.providers.comfyui.failures import URL_VARIABLE, not_reached, refused
from mvkit.providers.keys import base_url_of

OWN_URL = "http://127.0.0.1:8188"
TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=60.0, pool=5.0)
"""All answers come at once, though a server that loads a model is slow to give them."""
SUBFOLDER = "mvkit"
"""Where our pictures go in the server's folder of inputs."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a workflow stands.

    Attributes
    ----------
    state : {'waiting', 'working', 'done', 'unknown'}
        It is done however it ended; servers forget everything when they are started anew.
    record : mapping
        What the history has of it, once it is done: ``outputs`` and ``status``.
    """

    state: Literal["waiting", "working", "done", "unknown"]
    record: Mapping[str, Any] = field(default_factory=dict)


class Server:
    """ComfyUI at ``COMFYUI_URL``; threads may share it.

    Every method raises a ProviderFailed if the server does not answer as it should: ``NOT_REACHED``
    where nobody listens, ``NO_ANSWER``, ``SERVICE_DOWN`` or ``REJECTED``.

    Parameters
    ----------
    name : str
        For which workflow, as in the settings; for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def url(self) -> str:
        """Its address.

        Raises
        ------
        InvalidInput
            If ``COMFYUI_URL`` holds none, or one in the open that is not encrypted.
        """
        url = base_url_of(URL_VARIABLE, default=OWN_URL)
        try:
            return str(httpx.URL(url)).rstrip("/")
        except httpx.InvalidURL as error:
            raise InvalidInput(
                f"What {URL_VARIABLE} holds is no address ({error}); expected one such as "
                f"{OWN_URL}.",
                reason="BASE_URL",
            ) from error

    @property
    def origin(self) -> str:
        """Scheme, host and port of its address."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """What to call it in a sentence: its address without any password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def upload(self, picture: Path) -> str:
        """Store a picture at the server; return the name that ``LoadImage`` knows it by.

        Equal pictures have equal names, so that none is stored twice.
        """
        content = picture.read_bytes()
        name = f"{hashlib.sha256(content).hexdigest()[:24]}{picture.suffix}"
        told = self._ask(
            "POST",
            "/upload/image",
            files={"image": (name, content)},
            data={"type": "input", "subfolder": SUBFOLDER, "overwrite": "true"},
        )
        if not isinstance(told.get("name"), str):
            raise self._unreadable("the name of what was uploaded")
        return "/".join(filter(None, [str(told.get("subfolder") or ""), told["name"]]))

    def submit(self, nodes: Mapping[str, Any]) -> str:
        """Have a workflow done; return its id.

        We choose the id, so that a workflow can be taken back if the answer is lost. Servers older
        than that choose one themselves.
        """
        prompt_id = str(uuid.uuid4())
        try:
            told = self._ask("POST", "/prompt", json={"prompt": nodes, "prompt_id": prompt_id})
        except ProviderFailed as error:
            if error.retryable:
                self.cancel(prompt_id)
            raise
        if not isinstance(told.get("prompt_id"), str):
            raise self._unreadable("the id of a workflow")
        return str(told["prompt_id"])

    def look(self, prompt_id: str) -> Look:
        """Return how a workflow stands.

        It moves from the queue into the history; between two questions it may be missed in both, so
        the first is asked again.
        """
        return (
            self._in_history(prompt_id)
            or self._in_queue(prompt_id)
            or self._in_history(prompt_id)
            or Look(state="unknown")
        )

    def cancel(self, prompt_id: str) -> None:
        """Take a workflow back, as far as the server lets us.

        Older servers interrupt whatever is at work, so they are asked only if that is ours.
        """
        with suppress(MvkitError):
            self._ask("POST", "/queue", json={"delete": [prompt_id]})
            look = self._in_queue(prompt_id)
            if look is not None and look.state == "working":
                self._ask("POST", "/interrupt", json={"prompt_id": prompt_id})

    def view_url(self, *, filename: str, subfolder: str, kind: str) -> str:
        """Return where a file is that a workflow made.

        Parameters
        ----------
        kind : str
            Which of the server's folders it is in: ``output`` or ``temp``.
        """
        where = {"filename": filename, "subfolder": subfolder, "type": kind}
        return str(httpx.URL(f"{self.url}/view", params=where))

    def node_info(self, class_type: str) -> Mapping[str, Any]:
        """Return what a kind of node takes; empty if the server does not have it."""
        told = self._ask("GET", f"/object_info/{quote(class_type, safe='')}")
        return dict(told.get(class_type) or {})

    def _in_history(self, prompt_id: str) -> Look | None:
        record = self._ask("GET", f"/history/{prompt_id}").get(prompt_id)
        return Look(state="done", record=record) if isinstance(record, dict) else None

    def _in_queue(self, prompt_id: str) -> Look | None:
        told = self._ask("GET", "/queue")
        if prompt_id in _ids(told.get("queue_running")):
            return Look(state="working")
        return Look(state="waiting") if prompt_id in _ids(told.get("queue_pending")) else None

    @cached_property
    def _client(self) -> httpx.Client:
        # Nothing but loopback and the user's own machines: proxies are for the world outside.
        # Connections are not kept, so that none is left open, or closed as a question is sent.
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(timeout=TIMEOUT, limits=limits, trust_env=False)

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        """Ask something; return the answer, which is empty where nothing is said."""
        try:
            response = self._client.request(method, self.url + path, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise not_reached(self._name, host=self.host) from error
        except httpx.TransportError as error:
            slow = isinstance(error, httpx.TimeoutException)
            what = "did not answer in time" if slow else "broke off"
            raise ProviderFailed(
                f"{self.host} was asked for {self._name}, and {what}.", reason="NO_ANSWER"
            ) from error
        if not response.is_success:
            raise refused(response, name=self._name, host=self.host)
        return self._read(response)

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        if not response.content:
            return {}
        try:
            told = response.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise self._unreadable("a JSON object")
        return told

    def _unreadable(self, expected: str) -> ProviderFailed:
        return ProviderFailed(
            f"{self.host} does not answer as ComfyUI does, expected {expected}. Look at "
            f"{URL_VARIABLE}.",
            reason="NOT_COMFYUI",
            retryable=False,
        )


def _ids(rows: object) -> set[object]:
    """Return whose rows these are: each begins with a number and an id."""
    listed = rows if isinstance(rows, list) else []
    return {row[1] for row in listed if isinstance(row, list) and len(row) > 1}
