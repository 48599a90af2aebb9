"""Models of the catalogue, made by cog's own server: what they are asked, make and cost."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from replicate.client import Client

from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.footage import n_frames_in
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.catalog import find_offer
from mvkit.providers.keys import has_key
from mvkit.providers.replicate import Camera, Painter, camera, check_model, painter

from ..cog_service import (
    CLIP_MODEL,
    COMMUNITY_MODEL,
    COMMUNITY_VERSION,
    PICTURE_MODEL,
    ReplicateService,
)
from .makers import CLIP_USD, offer, save_picture


def test_a_clip_is_ordered_followed_downloaded_and_billed(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    target = tmp_path / "000.source.mp4"
    provider_id = film_camera.submit(filming, tag="ours")
    delivery = film_camera.collect(provider_id, target)
    assert delivery.model == "replicate:prunaai/p-video@draft-720p"
    assert delivery.cost_usd == CLIP_USD
    assert delivery.provider_id == provider_id
    assert n_frames_in(target) == 30
    assert list(tmp_path.iterdir()) == [target]
    wish = service.asked("create")[0]
    assert wish.path == f"/v1/models/{CLIP_MODEL}/predictions"
    assert wish.body["input"] == {
        "prompt": filming.prompt.prompt,
        "seed": filming.prompt.seed,
        "duration": 4,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "draft": True,
        "fps": 24,
        "save_audio": False,
        "prompt_upsampling": False,
    }


def test_a_model_of_the_community_is_called_by_its_version(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=64, height_px=36)
    model = camera(COMMUNITY_MODEL)
    assert model.wants_keyframe
    provider_id = model.submit(replace(filming, keyframe=keyframe), tag="")
    assert service.asked("create")[0].path == "/v1/predictions"
    assert service.asked("create")[0].body["version"] == COMMUNITY_VERSION
    delivery = model.collect(provider_id, tmp_path / "000.mp4")
    predict_s = Decimal(str(service.rows[provider_id]["metrics"]["predict_time"]))
    assert delivery.cost_usd >= predict_s * Decimal("0.001")
    assert delivery.cost_usd < Decimal("0.01")


def test_a_model_without_a_version_is_called_by_its_newest(
    service: ReplicateService, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=64, height_px=36)
    found = find_offer(f"replicate:{COMMUNITY_MODEL}", role="video")
    newest = replace(found, entry=found.entry.model_copy(update={"version": ""}))
    Camera(newest).submit(replace(filming, keyframe=keyframe), tag="")
    assert service.asked("create")[0].body["version"] == COMMUNITY_VERSION


def test_the_plain_client_makes_the_same(
    service: ReplicateService,
    plain: Client,
    film_camera: Camera,
    filming: ClipRequest,
    painting: PictureRequest,
    tmp_path: Path,
) -> None:
    """What we order, ordered by the client as its documentation has it, gives the same files."""
    ours = tmp_path / "ours.mp4"
    film_camera.collect(film_camera.submit(filming, tag=""), ours)
    wish = service.asked("create")[0].body["input"]
    made = plain.models.predictions.create(CLIP_MODEL, wish)
    made.wait()
    assert made.status == "succeeded"
    rows = list(service.rows.values())
    assert rows[0]["input"] == rows[1]["input"]
    assert (made.metrics or {})["video_output_duration_seconds"] == 4.0
    content = plain._client.get(str(made.output)).content
    assert ours.read_bytes() == content

    model = painter(PICTURE_MODEL)
    model.collect(model.submit(painting, tag=""), tmp_path / "ours.png")
    output: Any = plain.run(PICTURE_MODEL, input=service.asked("create")[-1].body["input"])
    content = plain._client.get(str(output[0])).content
    with Image.open(io.BytesIO(content)) as theirs, Image.open(tmp_path / "ours.png") as mine:
        assert theirs.convert("RGB").tobytes() == mine.tobytes()


# Prices, schemas, names


def test_a_clip_is_priced_at_the_length_that_is_sold(filming: ClipRequest) -> None:
    model = camera(f"{CLIP_MODEL}@draft-720p")
    assert model.typical_usd(seconds=3.2) == model.typical_usd(seconds=4.0) == CLIP_USD
    assert model.most_usd(filming) == Decimal("0.025000")
    assert model.most_usd(replace(filming, frames=range(121))) == Decimal("0.030000")
    assert painter(PICTURE_MODEL).typical_usd(seconds=0.0) == Decimal("0.003000")


def test_prices_need_no_key(painting: PictureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLICATE_API_TOKEN", raising=False)
    model = painter(PICTURE_MODEL)
    assert isinstance(model, Painter)
    assert model.most_usd(painting) > 0


@pytest.mark.parametrize("name", [CLIP_MODEL, COMMUNITY_MODEL])
def test_an_entry_is_held_against_the_models_live_schema(
    service: ReplicateService, name: str
) -> None:
    found = find_offer(f"replicate:{name}", role="video")
    assert check_model(found) == ()
    stale = found.entry.model_copy(update={"fixed": {**found.entry.fixed, "gone": 1}})
    assert check_model(replace(found, entry=stale)) == (
        f"replicate:{name} no longer takes 'gone'.",
    )
    assert len(service.asked("model")) == 2


def test_a_model_the_service_does_not_have_is_told_before_anything_is_paid(
    service: ReplicateService,
) -> None:
    with pytest.raises(InvalidInput, match="does not serve") as refusal:
        check_model(find_offer("replicate:kwaivgi/kling-v2.1", role="video"))
    assert refusal.value.reason == "UNKNOWN_MODEL"
    for fault in ({"status": 500}, {"how": "drop"}, {"content": {"latest_version": 3}}):
        service.fault("model", **fault)
        with pytest.raises(ProviderFailed):
            check_model(offer())


@pytest.mark.live
@pytest.mark.skipif(not has_key("REPLICATE_API_TOKEN"), reason="needs REPLICATE_API_TOKEN")
def test_a_picture_from_the_real_service(painting: PictureRequest, tmp_path: Path) -> None:
    """Costs $0.003, and shows that the entry, the protocol and the bill are as we believe."""
    model = painter(PICTURE_MODEL)
    assert check_model(find_offer(f"replicate:{PICTURE_MODEL}", role="image")) == ()
    since_s = time.time()
    provider_id = model.submit(painting, tag="")
    assert model.find(painting, tag="", since_s=since_s, known=()) == provider_id
    delivery = model.collect(provider_id, tmp_path / "scene.png")
    assert delivery.cost_usd == model.typical_usd(seconds=0.0)
    with Image.open(tmp_path / "scene.png") as picture:
        assert picture.width > picture.height
