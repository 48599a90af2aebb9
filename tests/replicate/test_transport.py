"""What the service refuses, or does not answer, is told in our words, and sent once."""

from __future__ import annotations

import time
from typing import Any

import pytest
from replicate.client import Client
from replicate.exceptions import ReplicateError

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers import base
from mvkit.providers.base import ClipRequest, deliver
from mvkit.providers.replicate import Camera, camera
from mvkit.providers.replicate import transport as transport_module

from ..cog_service import (
    CLIP_MODEL,
    TOKEN,
    ReplicateService,
)
from .makers import offer


@pytest.mark.parametrize(
    ("fault", "kind", "reason", "words", "retryable"),
    [
        ({"status": 401}, InvalidInput, "BAD_KEY", "REPLICATE_API_TOKEN", False),
        (
            {"status": 402, "content": {"detail": "Insufficient credit"}},
            *(ProviderFailed, "NO_CREDIT", "no credit left.*billing", False),
        ),
        (
            {"status": 403, "content": {"detail": "This model needs approval."}},
            *(InvalidInput, "KEY_NOT_ALLOWED", "needs approval", False),
        ),
        ({"status": 301}, ProviderFailed, "REJECTED", r"rejected.*\(301\)", False),
        ({"status": 404}, InvalidInput, "UNKNOWN_MODEL", "does not serve replicate:", False),
        (
            {"status": 400, "content": {"detail": "no such thing"}},
            *(ProviderFailed, "REJECTED", "no such thing", False),
        ),
        (
            {"status": 429, "content": {"detail": "Throttled."}, "headers": {"Retry-After": "7"}},
            *(RateLimited, "RATE_LIMITED", "again in 7 s", True),
        ),
    ],
)
def test_a_refusal_is_one_clear_sentence(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    fault: dict[str, Any],
    kind: type[MvkitError],
    reason: str,
    words: str,
    retryable: bool,
) -> None:
    service.fault("create", **fault)
    with pytest.raises(kind, match=words) as refusal:
        film_camera.submit(filming, tag="")
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert refusal.value.reason == reason
    assert refusal.value.retryable is retryable
    assert TOKEN not in str(refusal.value)
    assert len(service.asked("create")) == 1
    assert service.rows == {}


def test_a_wrong_key_is_told_by_the_variable_it_comes_from(
    service: ReplicateService, filming: ClipRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_wrong")
    with pytest.raises(InvalidInput, match="REPLICATE_API_TOKEN") as refusal:
        camera(CLIP_MODEL).submit(filming, tag="")
    assert "r8_wrong" not in str(refusal.value)
    monkeypatch.delenv("REPLICATE_API_TOKEN")
    with pytest.raises(InvalidInput, match="REPLICATE_API_TOKEN") as refusal:
        camera(CLIP_MODEL).submit(filming, tag="")
    assert refusal.value.reason == "NO_KEY"
    assert len(service.asked("create")) == 1


def test_inputs_that_cog_refuses_are_told_field_by_field(
    service: ReplicateService, plain: Client, filming: ClipRequest
) -> None:
    """The plain client is told the same."""
    wrong = offer(fixed={"fps": 60, "save_audio": False})
    with pytest.raises(ProviderFailed, match=r"\(422\): - input\.fps: ") as refusal:
        Camera(wrong).submit(filming, tag="")
    assert not refusal.value.retryable
    assert refusal.value.reason == "REJECTED"
    with pytest.raises(ReplicateError) as theirs:
        plain.models.predictions.create(CLIP_MODEL, {"prompt": "x", "fps": 60})
    assert theirs.value.detail is not None
    assert theirs.value.detail in refusal.value.message


@pytest.mark.parametrize(
    ("content", "headers", "after_s"),
    [
        ({"detail": "x"}, {"Retry-After": "3"}, 3.0),
        ({"detail": "Request was throttled. Your rate limit resets in ~30s."}, {}, 30.0),
        ({"detail": "x"}, {"Retry-After": "soon"}, None),
        ({"detail": "x"}, {"Retry-After": "-4"}, 0.0),
        (b"<html>", {}, None),
    ],
)
def test_how_long_to_wait_is_kept(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    content: Any,
    headers: dict[str, str],
    after_s: float | None,
) -> None:
    service.fault("create", status=429, content=content, headers=headers)
    with pytest.raises(RateLimited) as refusal:
        film_camera.submit(filming, tag="")
    assert refusal.value.retry_after_s == after_s


def test_retry_after_is_obeyed_and_is_no_attempt(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest
) -> None:
    """Accounts with little credit get one order in ten seconds; five at once all come through."""
    service.fault("create", times=4, status=429, headers={"Retry-After": "10"})
    pauses: list[float] = []
    provider_id, n_retries = deliver(
        lambda: film_camera.submit(filming, tag=""), seed=1, sleep=pauses.append
    )
    assert provider_id in service.rows
    assert n_retries == 4
    assert all(10.0 <= pause <= 12.5 for pause in pauses)


def test_a_service_that_wants_us_to_wait_too_long_is_given_up() -> None:
    pauses: list[float] = []

    def limited() -> None:
        raise RateLimited("later", retry_after_s=base.LONGEST_WAIT_S / 2)

    with pytest.raises(RateLimited):
        deliver(limited, seed=1, sleep=pauses.append)
    assert len(pauses) == 2

    def closed() -> None:
        raise RateLimited("tomorrow", retry_after_s=86_400.0)

    with pytest.raises(RateLimited):
        deliver(closed, seed=1, sleep=pauses.append)
    assert len(pauses) == 2


def test_a_service_that_is_not_there_has_certainly_taken_nothing(
    film_camera: Camera, filming: ClipRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    monkeypatch.setenv("REPLICATE_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ProviderFailed, match="cannot be reached") as failure:
        film_camera.submit(filming, tag="")
    assert not isinstance(failure.value, OutcomeUnknown)
    assert failure.value.reason == "NOT_REACHED"
    assert failure.value.retryable


def test_an_answer_that_does_not_come_is_not_waited_for_long(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client alone would wait for ever, as it creates without a timeout."""
    monkeypatch.setattr(
        transport_module, "TIMEOUTS_S", {**transport_module.TIMEOUTS_S, "read": 0.3}
    )
    service.fault("create", how="hang")
    began_s = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="did not answer in time"):
        film_camera.submit(filming, tag="")
    assert time.monotonic() - began_s < 2.0


def test_a_page_elsewhere_is_not_sent_the_key(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest
) -> None:
    page: dict[str, Any] = {
        "previous": None,
        "next": "https://evil.example/v1/predictions",
        "results": [],
    }
    service.fault("list", content=page)
    with pytest.raises(ProviderFailed, match=r"evil\.example, which is not sent the key"):
        film_camera.find(filming, tag="", since_s=time.time(), known=())
