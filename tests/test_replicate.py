"""Orders at Replicate: through its own client, to cog's own server, whatever goes wrong.

`tests.cog_service` explains who is real here.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from replicate.client import Client
from replicate.exceptions import ReplicateError

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.files import sha256_of
from mvkit.footage import n_frames_in
from mvkit.ledger import Account
from mvkit.providers import base
from mvkit.providers.base import ClipRequest, PictureRequest, deliver
from mvkit.providers.catalog import Offer, find_offer
from mvkit.providers.keys import has_key
from mvkit.providers.purchase import buy
from mvkit.providers.replicate import Camera, Painter, camera, check_model, following, painter
from mvkit.providers.replicate import transport as transport_module
from mvkit.run import Run, draft_brief
from mvkit.schema import Analysis, Artefact, Plan, Prompts

from .cog_service import (
    CLIP_MODEL,
    COMMUNITY_MODEL,
    COMMUNITY_VERSION,
    PICTURE_MODEL,
    TOKEN,
    CogServer,
    ReplicateService,
    cog_models,
    replicate_api,
)

CLIP_USD = Decimal("0.020000")
"""Four seconds at $0.005."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, CogServer]]:
    with cog_models(tmp_path_factory.mktemp("cog")) as models:
        yield models


@pytest.fixture
def service(
    models: Mapping[str, CogServer], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReplicateService]:
    monkeypatch.setattr(following, "PAUSES_S", (0.02,))
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    with replicate_api(models) as service:
        monkeypatch.setenv("REPLICATE_BASE_URL", service.url)
        yield service


@pytest.fixture
def plain(service: ReplicateService) -> Iterator[Client]:
    """The client as its documentation has it, without anything of ours."""
    plain = Client(api_token=TOKEN, base_url=service.url)
    yield plain
    plain._client.close()


@pytest.fixture
def filming(examples: dict[str, Artefact]) -> ClipRequest:
    """A clip of four seconds, from words alone."""
    plan, prompts = cast("Plan", examples["plan"]), cast("Prompts", examples["prompts"])
    return ClipRequest(
        prompt=prompts.clip_prompts[0],
        script=plan.clip_scripts[0],
        scene=plan.scenes[0],
        characters=plan.characters,
        style=plan.style,
        analysis=cast("Analysis", examples["analysis"]),
        frames=range(120),
        handover_frames=(),
        width_px=1920,
        height_px=1080,
        identity="digest",
    )


@pytest.fixture
def painting(filming: ClipRequest) -> PictureRequest:
    return PictureRequest(
        prompt="A neon street in the rain.",
        width_px=1920,
        height_px=1080,
        seed=7,
        style=filming.style,
        identity="digest",
    )


@pytest.fixture
def film_camera() -> Camera:
    return camera(f"{CLIP_MODEL}@draft-720p")


def saying(request: ClipRequest, prompt: str) -> ClipRequest:
    """Return a request with another prompt; `FAIL` and `SLOW N` are understood by the predictor."""
    return replace(request, prompt=request.prompt.model_copy(update={"prompt": prompt}))


def offer(**changes: Any) -> Offer:
    """Return the clip model's offer, changed."""
    found = find_offer(f"replicate:{CLIP_MODEL}@draft-720p", role="video")
    return replace(found, entry=found.entry.model_copy(update=changes))


def save_picture(path: Path, *, width_px: int, height_px: int) -> Path:
    noise = np.random.default_rng(1).integers(0, 60, (height_px, width_px, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path


# What is made


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
    with pytest.raises(InvalidInput, match="expected PNG"):
        film_camera.submit(replace(filming, keyframe=tmp_path / "notes.png"), tag="")
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


# Orders that are not taken


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


# Orders of which nobody knows


@pytest.mark.parametrize(
    "fault",
    [
        *({"how": "drop"}, {"how": "half"}, {"content": b"<html>oops</html>"}),
        *({"content": {"id": 5}}, {"status": 500}, {"status": 502}, {"status": 503}),
        {"status": 409},
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
