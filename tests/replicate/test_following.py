"""Orders are followed to their end, and billed as the service says, whatever becomes of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from replicate.client import Client

from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.footage import n_frames_in
from mvkit.providers.base import ClipRequest
from mvkit.providers.replicate import Camera, camera

from ..cog_service import (
    CLIP_MODEL,
    ReplicateService,
)
from .makers import CLIP_USD, offer, saying

# Orders that come to nothing


def test_a_failed_order_tells_what_the_model_said_and_what_it_cost(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    """A draft is sold by the second of video, and a failure reports none: it is booked at worst."""
    provider_id = film_camera.submit(saying(filming, "FAIL out of memory"), tag="")
    with pytest.raises(ProviderFailed, match=r"It failed: .*out of memory") as failure:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == "FAILED"
    assert failure.value.retryable
    assert failure.value.billed_usd == film_camera.most_usd(filming)
    assert service.rows[provider_id]["status"] == "failed"


def test_a_failed_order_is_billed_by_what_the_service_reports(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    provider_id = film_camera.submit(saying(filming, "FAIL"), tag="")
    service.wait_for(provider_id, "failed")
    service.rows[provider_id]["metrics"] = {"video_output_duration_seconds": 0}
    with pytest.raises(ProviderFailed) as failure:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.billed_usd == 0


def test_a_refusal_of_the_model_is_not_tried_again(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    request = saying(filming, "FAIL The input or output was flagged as sensitive. (E005)")
    provider_id = film_camera.submit(request, tag="")
    with pytest.raises(ProviderFailed, match=r"refused.*E005") as refusal:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert refusal.value.reason == "REFUSED"
    assert not refusal.value.retryable
    assert len(service.asked("create")) == 1


def test_an_order_that_works_too_long_is_cancelled(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    model = Camera(offer(deadline_s=1.0, typical_s=1.0))
    provider_id = model.submit(saying(filming, "SLOW 8"), tag="")
    began_s = time.monotonic()
    with pytest.raises(ProviderFailed, match="took too long and was cancelled") as failure:
        model.collect(provider_id, tmp_path / "a.mp4")
    assert time.monotonic() - began_s < 6.0
    assert failure.value.reason == "TOO_SLOW"
    assert not failure.value.retryable
    assert failure.value.billed_usd == model.most_usd(filming)
    assert service.rows[provider_id]["status"] == "canceled"
    assert len(service.asked("cancel")) == 1


def test_an_order_that_is_not_begun_in_time_is_cancelled_and_costs_nothing(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    busy = camera(CLIP_MODEL).submit(saying(filming, "SLOW 3"), tag="")
    model = Camera(offer(), queue_most_s=0.5)
    provider_id = model.submit(filming, tag="")
    with pytest.raises(ProviderFailed, match=r"not begun within 0\.5 s") as failure:
        model.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == "TOO_SLOW"
    assert failure.value.billed_usd == 0
    assert service.rows[busy]["status"] == "processing"


def test_the_service_ends_what_nobody_follows(
    service: ReplicateService, plain: Client, filming: ClipRequest, tmp_path: Path
) -> None:
    """The order carries Cancel-After; one that was not begun by then is `aborted`, and unbilled.

    The plain client fails at such an order, and would wait for it without end.
    """
    camera(CLIP_MODEL).submit(saying(filming, "SLOW 3"), tag="")
    model = Camera(offer(deadline_s=0.5, typical_s=0.1), queue_most_s=0.4)
    provider_id = model.submit(filming, tag="")
    assert service.asked("create")[-1].headers["Cancel-After"] == "1s"
    service.wait_for(provider_id, "aborted")
    with pytest.raises(ProviderFailed, match="aborted it before it began") as failure:
        model.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == "ABORTED"
    assert failure.value.billed_usd == 0
    assert failure.value.retryable
    with pytest.raises(ValueError, match="status"):
        plain.predictions.get(provider_id)


def test_an_order_has_its_whole_time_in_the_queue_and_at_work(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest
) -> None:
    film_camera.submit(filming, tag="")
    assert service.asked("create")[0].headers["Cancel-After"] == "480s"  # 300 + 180


def test_an_order_somebody_cancelled_is_not_ordered_again(
    service: ReplicateService,
    plain: Client,
    film_camera: Camera,
    filming: ClipRequest,
    tmp_path: Path,
) -> None:
    provider_id = film_camera.submit(saying(filming, "SLOW 8"), tag="")
    plain.predictions.cancel(provider_id)
    with pytest.raises(ProviderFailed, match="cancelled at the service") as failure:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == "CANCELLED"
    assert not failure.value.retryable


def test_a_wrong_clock_of_ours_cancels_nothing(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    service.set_clock(ahead_s=-7200.0)
    model = Camera(offer(deadline_s=30.0))
    model.collect(model.submit(saying(filming, "SLOW 0.3"), tag=""), tmp_path / "a.mp4")
    service.set_clock(ahead_s=7200.0)
    model.collect(model.submit(saying(filming, "SLOW 0.3"), tag=""), tmp_path / "b.mp4")
    assert service.asked("cancel") == []


# Asking for orders that stand


def test_questions_that_get_no_answer_are_asked_again_a_few_times(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    provider_id = film_camera.submit(filming, tag="")
    for fault in ({"status": 500}, {"how": "drop"}):
        service.fault("look", **fault)
    film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert n_frames_in(tmp_path / "a.mp4") == 30


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": 500}, {"status": 503}, {"status": 401}, {"status": 403}, {"how": "drop"}),
        *({"how": "half"}, {"content": b"oops"}, {"content": {"id": "x", "status": "failed"}}),
        {"content": b"oops", "headers": {"Content-Encoding": "gzip"}},
    ],
)
def test_an_order_stands_although_the_service_does_not_tell(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    tmp_path: Path,
    fault: dict[str, Any],
) -> None:
    """Three questions, and no more: who tries again is not the client and not the transport."""
    provider_id = film_camera.submit(filming, tag="")
    service.fault("look", times=3, **fault)
    with pytest.raises(OutcomeUnknown):
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert len(service.asked("look")) == 3
    film_camera.collect(provider_id, tmp_path / "a.mp4")


def test_a_service_that_wants_to_be_asked_later_is_asked_later(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(0.05)

    model = Camera(offer(), sleep=sleep)
    provider_id = model.submit(filming, tag="")
    service.fault("look", status=429, headers={"Retry-After": "9"})
    model.collect(provider_id, tmp_path / "a.mp4")
    assert pauses[0] == 9.0
    assert set(pauses[1:]) <= {0.02}


def test_an_order_the_service_has_forgotten_is_gone(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    with pytest.raises(ProviderFailed) as failure:
        film_camera.collect("forgotten", tmp_path / "a.mp4")
    assert failure.value.reason == "GONE"
    assert not isinstance(failure.value, OutcomeUnknown)
    assert service.asked("look")[0].path == "/v1/predictions/forgotten"
    provider_id = film_camera.submit(filming, tag="")
    service.wait_for(provider_id, "succeeded")
    service.remove_data(provider_id)
    with pytest.raises(ProviderFailed) as failure:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == "GONE"
    assert failure.value.billed_usd == CLIP_USD
