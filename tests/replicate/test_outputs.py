"""What was made is downloaded whole, from safe places, in a form that can be used, or told."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.footage import n_frames_in
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.replicate import Camera, painter

from ..cog_service import (
    PICTURE_MODEL,
    ReplicateService,
)
from .makers import CLIP_USD


def test_a_picture_is_saved_as_png_whatever_came(
    service: ReplicateService, painting: PictureRequest, tmp_path: Path
) -> None:
    """The model paints WebP; its output is a list."""
    target = tmp_path / "scene.png"
    model = painter(PICTURE_MODEL)
    delivery = model.collect(model.submit(painting, tag=""), target)
    assert delivery.cost_usd == Decimal("0.003000")
    with Image.open(target) as picture:
        assert (picture.format, picture.size) == ("PNG", (96, 54))
        assert picture.convert("RGB").getpixel((5, 5)) == (200, 30, 90)
    assert list(tmp_path.iterdir()) == [target]
    assert service.asked("create")[0].body["input"]["aspect_ratio"] == "16:9"


@pytest.mark.parametrize(
    "output",
    [
        lambda url: url,
        lambda url: [url, "https://example.com/second.mp4"],
        lambda url: {"video": url},
        lambda url: [{"url": url}],
    ],
)
def test_the_first_file_is_taken_whatever_the_shape_of_the_output(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    tmp_path: Path,
    output: Callable[[str], object],
) -> None:
    provider_id = film_camera.submit(filming, tag="")
    service.wait_for(provider_id, "succeeded")
    service.rows[provider_id]["output"] = output(service.rows[provider_id]["output"])
    film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert n_frames_in(tmp_path / "a.mp4") == 30


# Downloads


@pytest.mark.parametrize(
    "fault", [{"how": "half"}, {"how": "drop"}, {"status": 503}, {"status": 403}]
)
def test_a_download_that_breaks_off_is_asked_for_again_and_paid_once(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    tmp_path: Path,
    fault: dict[str, Any],
) -> None:
    provider_id = film_camera.submit(filming, tag="")
    service.fault("file", **fault)
    with pytest.raises(OutcomeUnknown):
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
    assert film_camera.collect(provider_id, tmp_path / "a.mp4").cost_usd == CLIP_USD
    assert all("Authorization" not in call.headers for call in service.asked("file"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"<html>" + bytes(200), "WRONG_KIND"), (b"\x89PNG\r\n\x1a\n" + bytes(200), "WRONG_KIND")],
)
def test_a_clip_that_is_none_is_paid_and_not_kept(
    service: ReplicateService,
    film_camera: Camera,
    filming: ClipRequest,
    tmp_path: Path,
    content: bytes,
    reason: str,
) -> None:
    provider_id = film_camera.submit(filming, tag="")
    service.fault("file", content=content)
    with pytest.raises(ProviderFailed) as failure:
        film_camera.collect(provider_id, tmp_path / "a.mp4")
    assert failure.value.reason == reason
    assert failure.value.billed_usd == CLIP_USD
    assert not failure.value.retryable
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_read_is_paid_and_not_kept(
    service: ReplicateService, painting: PictureRequest, tmp_path: Path
) -> None:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 40).save(whole, "PNG")
    model = painter(PICTURE_MODEL)
    provider_id = model.submit(painting, tag="")
    for content in (whole.getvalue()[:-900], whole.getvalue()[:40] + bytes(400)):
        service.fault("file", content=content)
        with pytest.raises(ProviderFailed, match="no picture that can be used") as failure:
            model.collect(provider_id, tmp_path / "a.png")
        assert failure.value.billed_usd == Decimal("0.003000")
    assert list(tmp_path.iterdir()) == []


def test_an_output_elsewhere_must_be_public(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    """A service on our own machine may hand out files of its own, and of nobody else there."""
    provider_id = film_camera.submit(filming, tag="")
    service.wait_for(provider_id, "succeeded")
    for url in ("http://127.0.0.1:1/a.mp4", "https://169.254.169.254/a.mp4", "file:///etc/passwd"):
        service.rows[provider_id]["output"] = url
        with pytest.raises(ProviderFailed) as failure:
            film_camera.collect(provider_id, tmp_path / "a.mp4")
        assert failure.value.reason == "UNSAFE_ADDRESS"


def test_an_order_that_made_nothing_is_a_failure_and_not_gone(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    provider_id = film_camera.submit(filming, tag="")
    service.wait_for(provider_id, "succeeded")
    nothing: list[object] = [None, [], ""]
    for output in nothing:
        service.rows[provider_id]["output"] = output
        with pytest.raises(ProviderFailed, match="made nothing") as failure:
            film_camera.collect(provider_id, tmp_path / "a.mp4")
        assert failure.value.reason == "NOTHING"
