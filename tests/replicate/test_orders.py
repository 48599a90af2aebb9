"""Orders are placed once, with their files, and found again by what was ordered."""

from __future__ import annotations

import base64
import io
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mvkit.errors import InvalidInput, OutcomeUnknown, ProviderFailed
from mvkit.files import sha256_of
from mvkit.ledger import Account
from mvkit.providers.base import ClipRequest, deliver
from mvkit.providers.purchase import buy
from mvkit.providers.replicate import Camera, camera
from mvkit.run import Run, draft_brief

from ..cog_service import (
    CLIP_MODEL,
    ReplicateService,
)
from .makers import CLIP_USD, save_picture, saying


def test_five_clips_are_ordered_at_the_same_time(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    def film(index: int) -> str:
        request = saying(filming, f"clip {index}")
        provider_id = film_camera.submit(request, tag="")
        film_camera.collect(provider_id, tmp_path / f"{index}.mp4")
        return provider_id

    with ThreadPoolExecutor(5) as threads:
        ids = list(threads.map(film, range(5)))
    assert len(set(ids)) == 5
    for index, provider_id in enumerate(ids):
        assert service.rows[provider_id]["input"]["prompt"] == f"clip {index}"


# Files


def test_a_small_picture_goes_inside_the_order(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=64, height_px=36)
    film_camera.submit(replace(filming, keyframe=keyframe), tag="")
    uri = service.asked("create")[0].body["input"]["image"]
    assert uri.startswith("data:image/png;base64,")
    assert base64.b64decode(uri.partition(",")[2]) == keyframe.read_bytes()
    assert service.asked("upload") == []


def test_a_large_png_is_sent_as_a_jpeg(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=512, height_px=288)
    assert keyframe.stat().st_size > 256_000
    film_camera.submit(replace(filming, keyframe=keyframe), tag="")
    uri = service.asked("create")[0].body["input"]["image"]
    assert uri.startswith("data:image/jpeg;base64,")
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as sent:
        assert sent.size == (512, 288)


def test_a_file_is_uploaded_once_for_all_clips(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=1600, height_px=900)
    same = tmp_path / "same.png"
    same.write_bytes(keyframe.read_bytes())
    requests = [replace(filming, keyframe=path) for path in (keyframe, same, keyframe, same)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda request: film_camera.submit(request, tag=""), requests))
    assert len(service.asked("upload")) == 1
    urls = {call.body["input"]["image"] for call in service.asked("create")}
    assert len(urls) == 1
    assert urls.pop().startswith(f"{service.url}/files/")


def test_what_is_no_picture_is_not_sent(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    (tmp_path / "notes.png").write_text("a secret")
    cut = save_picture(tmp_path / "cut.png", width_px=512, height_px=288)
    cut.write_bytes(cut.read_bytes()[:-900])
    for name in ("notes.png", "cut.png", "missing.png"):
        with pytest.raises(InvalidInput, match="expected PNG"):
            film_camera.submit(replace(filming, keyframe=tmp_path / name), tag="")
    assert service.asked("create") == []


def test_an_upload_that_fails_means_that_nothing_was_ordered(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=1600, height_px=900)
    for fault in ({"status": 503}, {"how": "drop"}, {"content": b"<html>"}, {"content": {"a": 1}}):
        service.fault("upload", **fault)
        with pytest.raises(ProviderFailed) as failure:
            film_camera.submit(replace(filming, keyframe=keyframe), tag="")
        assert not isinstance(failure.value, OutcomeUnknown)
        assert failure.value.retryable
    assert service.asked("create") == []
    assert len(service.asked("upload")) == 4


# Orders of which nobody knows


@pytest.mark.parametrize(
    "fault",
    [
        *({"how": "drop"}, {"how": "half"}, {"content": b"<html>oops</html>"}),
        *({"content": {"id": 5}}, {"status": 500}, {"status": 502}, {"status": 503}),
        *({"status": 409}, {"content": b"oops", "headers": {"Content-Encoding": "gzip"}}),
    ],
)
def test_an_order_without_a_clear_answer_is_sent_once_and_found_again(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, fault: dict[str, Any]
) -> None:
    since_s = time.time()
    service.fault("create", **fault)
    with pytest.raises(OutcomeUnknown):
        film_camera.submit(filming, tag="")
    assert len(service.asked("create")) == 1
    found = film_camera.find(filming, tag="", since_s=since_s, known=())
    assert [found] == (list(service.rows) or [""])


def test_a_lost_order_is_found_by_what_was_ordered(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    """Among many others, on a later page, by its first order after that time; no file matters."""
    keyframe = save_picture(tmp_path / "keyframe.png", width_px=1600, height_px=900)
    wanted = replace(filming, keyframe=keyframe)
    before = film_camera.submit(wanted, tag="")
    service.rows[before]["created_at"] = "2026-01-01T00:00:00Z"
    since_s = time.time()
    mine = film_camera.submit(wanted, tag="")
    film_camera.submit(wanted, tag="")
    film_camera.submit(filming, tag="")
    for index in range(4):
        film_camera.submit(saying(wanted, f"another {index}"), tag="")
    asking = camera(f"{CLIP_MODEL}@draft-720p")  # in another process it has uploaded nothing
    assert asking.find(wanted, tag="", since_s=since_s, known=()) == mine
    later = asking.find(wanted, tag="", since_s=since_s, known=(mine,))
    assert later not in ("", mine, before)
    assert asking.find(wanted, tag="", since_s=since_s, known=(mine, later)) == ""
    assert camera(CLIP_MODEL).find(wanted, tag="", since_s=since_s, known=(mine, later)) == ""
    assert len(service.asked("upload")) == 1


def test_an_order_is_found_though_our_clock_is_wrong(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest
) -> None:
    service.set_clock(ahead_s=-600.0)
    since_s = time.time()
    mine = film_camera.submit(filming, tag="")
    assert film_camera.find(filming, tag="", since_s=since_s, known=()) == mine
    service.set_clock(ahead_s=600.0)
    assert film_camera.find(filming, tag="", since_s=since_s, known=()) == ""


def test_a_list_that_does_not_come_leaves_the_order_unknown(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest
) -> None:
    film_camera.submit(filming, tag="")
    faults: list[dict[str, Any]] = [
        *({"status": 500}, {"status": 429}, {"status": 401}, {"status": 404}, {"how": "drop"}),
        *({"content": {"results": 5}}, {"content": {"results": [5]}}, {"content": b"[]"}),
    ]
    for fault in faults:
        service.fault("list", **fault)
        with pytest.raises(ProviderFailed):  # which a purchase takes for "ask again in a moment"
            film_camera.find(filming, tag="", since_s=time.time(), known=())
    assert len(service.asked("list")) == len(faults)


# Bought


def test_a_clip_whose_answer_was_lost_is_bought_once(
    service: ReplicateService, film_camera: Camera, filming: ClipRequest, tmp_path: Path
) -> None:
    """The whole way of a purchase: its order is found, delivered, billed, and never repeated."""
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    song = tmp_path / "song.wav"
    run = Run.create(draft_brief(song=song, kind="wav", prompt="x" * 60), song=song)
    run.write(filming.analysis)
    account = Account.of(run)
    target = run.path("clips/000.source.mp4")
    target.parent.mkdir(parents=True, exist_ok=True)
    service.fault("create", how="drop")
    service.fault("file", how="half")

    def work() -> Decimal:
        item = "clips/000.source.mp4"
        return buy(film_camera, filming, target, account=account, item=item).cost_usd

    cost_usd, n_retries = deliver(work, seed=1, sleep=lambda _: None)
    assert (cost_usd, n_retries) == (CLIP_USD, 1)
    assert len(service.asked("create")) == 1
    (entry,) = account.entries()
    assert (entry.state, entry.cost_usd, entry.made) == ("settled", CLIP_USD, sha256_of(target))
