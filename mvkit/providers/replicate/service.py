"""The service: placing orders, following them, and sending it files.

Everything goes through the ``replicate`` client over a transport of ours; what it answers is told
as one frozen :class:`Prediction`, and what goes wrong as errors of ours.

Contents
--------
Service, Prediction, OWN_URL
"""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from replicate.client import Client
from replicate.exceptions import ReplicateException
from replicate.prediction import Prediction as Row
from replicate.version import Version, Versions

from mvkit.errors import InvalidInput, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers.catalog import Entry, Order
from mvkit.providers.downloads import kind_of
from mvkit.providers.keys import base_url_of, is_local, key_of
from mvkit.providers.replicate.failures import KEY_VARIABLE, URL_VARIABLE
from mvkit.providers.replicate.transport import TOLD, CarefulTransport

OWN_URL = "https://api.replicate.com"
DATA_URI_BYTES = 256_000
"""Files up to this size go inside the order (replicate.com/docs: data URIs up to 256 kB)."""
JPEG_QUALITY = 92
FINAL = ("succeeded", "failed", "canceled", "aborted")
UNREADABLE = (ValueError, TypeError, KeyError, ReplicateException)
"""What the client raises where an answer is not what it expects."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """An order as the service tells of it.

    Attributes
    ----------
    status : str
        ``starting``, ``processing``, ``succeeded``, ``failed``, ``canceled`` or ``aborted``: ended
        before it began, which is not billed.
    metrics : mapping
        What is billed, among other things.
    removed : bool
        Whether what went in and what came out is no longer kept.
    created_s, started_s : float
        When it was placed and when work on it began, in seconds since the epoch by the service's
        clock; 0 where it has not begun.
    at_s : float
        When this was told, by the same clock.
    """

    id: str
    model: str
    status: str
    input: Mapping[str, Any]
    output: object
    error: str
    metrics: Mapping[str, object]
    removed: bool
    created_s: float
    started_s: float
    at_s: float

    @property
    def is_final(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status in FINAL


class Service:
    """Replicate, or whoever speaks its protocol at ``REPLICATE_BASE_URL``; threads may share it.

    It is reached, and the key read, when it is first asked something.

    Parameters
    ----------
    entry : Entry
        The model that is ordered.
    name : str
        What to call it in messages.
    cancel_after_s : float
        After how long the service shall end an order by itself.
    """

    def __init__(self, entry: Entry, *, name: str, cancel_after_s: float) -> None:
        self._entry = entry
        self._name = name
        self._cancel_after_s = cancel_after_s
        self._links: dict[str, str] = {}
        self._uploading = threading.Lock()

    @property
    def own_origin(self) -> str:
        """Where it may hand out files although that is not public: the user's own machines."""
        url = base_url_of(URL_VARIABLE, default=OWN_URL)
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if is_local(url) else ""

    def place(self, order: Order) -> str:
        """Place an order; return its id.

        Raises
        ------
        OutcomeUnknown
            If it was sent and nobody knows whether it was taken.
        MvkitError
            If it was certainly not taken.
        """
        inputs = {**order.values, **self._file_inputs(order)}
        version = "" if self._entry.official else self._version
        with _readable(OutcomeUnknown, "an order"):
            if self._entry.official:
                return str(self._client.models.predictions.create(self._entry.id, inputs).id)
            return str(self._client.predictions.create(version=version, input=inputs).id)

    def look(self, prediction_id: str) -> Prediction:
        """Return how an order stands.

        Raises
        ------
        ProviderFailed
            ``GONE`` if the service does not know it.
        RateLimited
            If it wants to be asked less often.
        OutcomeUnknown
            If it does not tell now.
        """
        with _readable(OutcomeUnknown, "a prediction"):
            row = _told(self._client.predictions.get(prediction_id))
            if row.id != prediction_id:
                raise ValueError(f"it is about {row.id}")
            return row

    def cancel(self, prediction_id: str) -> None:
        """Ask the service to end an order; it stands as it is if there is an OutcomeUnknown."""
        with _standing(), _readable(OutcomeUnknown, "a cancelled prediction"):
            self._client.predictions.cancel(prediction_id)

    def latest(self) -> Iterator[Prediction]:
        """Yield the orders of the account, the newest first; errors as for `cancel`."""
        cursor: Any = ...
        while cursor is not None:
            with _standing(), _readable(OutcomeUnknown, "a list of predictions"):
                page = self._client.predictions.list(cursor)
                rows = [_told(row) for row in page.results]
            yield from rows
            cursor = page.next

    def schema(self) -> Mapping[str, Any]:
        """Return the model's OpenAPI schema as it is today.

        Raises
        ------
        InvalidInput
            If the service does not have the model (``UNKNOWN_MODEL``), or refuses the key.
        ProviderFailed
            If it does not tell.
        """
        with _readable(ProviderFailed, "a model"):
            if self._entry.version:
                versions = Versions(self._client, self._entry.id)
                return dict(versions.get(self._entry.version).openapi_schema)
            return dict(self._latest_version().openapi_schema)

    @cached_property
    def _client(self) -> Client:
        key = key_of(KEY_VARIABLE, needed_by=self._name)
        url = base_url_of(URL_VARIABLE, default=OWN_URL)
        transport = CarefulTransport(
            name=self._name, base_url=url, key=key, cancel_after_s=self._cancel_after_s
        )
        return Client(api_token=key, base_url=url, transport=transport)

    @cached_property
    def _version(self) -> str:
        """The version that is ordered: the entry's, or the newest."""
        if self._entry.version:
            return self._entry.version
        with _readable(ProviderFailed, "a model"):
            return str(self._latest_version().id)

    def _latest_version(self) -> Version:
        version = self._client.models.get(self._entry.id).latest_version
        if version is None:
            raise InvalidInput(
                f"{self._name} has no version that could be asked; choose another model.",
                reason="UNKNOWN_MODEL",
            )
        return version

    def _file_inputs(self, order: Order) -> dict[str, str | list[str]]:
        links = {name: [self._link(path) for path in paths] for name, paths in order.files.items()}
        return {name: each if name in order.lists else each[0] for name, each in links.items()}

    def _link(self, path: Path) -> str:
        """Return a file as an input: itself, if it is small, or where the service keeps it."""
        content, mime = _picture(path)
        if len(content) <= DATA_URI_BYTES:
            return f"data:{mime};base64,{base64.b64encode(content).decode()}"
        digest = hashlib.sha256(content).hexdigest()
        with self._uploading:  # whoever needs the same file waits for it
            if digest not in self._links:
                self._links[digest] = self._upload(content, mime)
            return self._links[digest]

    def _upload(self, content: bytes, mime: str) -> str:
        filename = f"picture.{mime.rpartition('/')[2]}"
        with _readable(ProviderFailed, "a file"):
            file = self._client.files.create(
                io.BytesIO(content), filename=filename, content_type=mime
            )
            return str(file.urls["get"])


@contextmanager
def _readable(kind: type[ProviderFailed], expected: str) -> Iterator[None]:
    """Turn what the client raises at answers it cannot read into an error of ours."""
    try:
        yield
    except UNREADABLE as error:
        raise kind(
            f"Replicate's answer cannot be read, expected {expected}: {str(error)[:200]}",
            reason="NO_ANSWER",
        ) from error


@contextmanager
def _standing() -> Iterator[None]:
    """Tell a refusal to be asked as what it means for an order: nobody knows how it stands."""
    try:
        yield
    except RateLimited as error:
        raise OutcomeUnknown(error.message, reason=error.reason) from error


def _told(row: Row) -> Prediction:
    metrics = dict(row.metrics or {})
    told = metrics.pop(TOLD)
    return Prediction(
        id=row.id,
        model=row.model,
        status=str(told["status"]),
        input=row.input or {},
        output=row.output,
        error=row.error or "",
        metrics=metrics,
        removed=told["data_removed"],
        created_s=_seconds(row.created_at or ""),
        started_s=_seconds(row.started_at) if row.started_at else 0.0,
        at_s=told["at_s"],
    )


def _seconds(iso: str) -> float:
    """Return a time as seconds since the epoch."""
    return datetime.fromisoformat(iso).timestamp()


def _picture(path: Path) -> tuple[bytes, str]:
    """Return a picture and its type; a large PNG becomes a JPEG, which is several times smaller.

    Raises
    ------
    InvalidInput
        If it is no picture, or none that can be read.
    """
    try:
        content = path.read_bytes()
        kind = kind_of(content[:64])
        if kind not in ("png", "jpeg", "webp", "gif"):
            raise ValueError(f"it begins {content[:8]!r}")
        if kind != "png" or len(content) <= DATA_URI_BYTES:
            return content, f"image/{kind}"
        return _as_jpeg(content), "image/jpeg"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput(
            f"{path.name} cannot be sent with the order: {str(error).rstrip('.')}; expected PNG, "
            "JPEG, WebP or GIF.",
            reason="PICTURE",
        ) from error


def _as_jpeg(png: bytes) -> bytes:
    jpeg = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()
