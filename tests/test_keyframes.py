"""Clips that start from a picture get one of their own, painted once, and do without if need be."""

from __future__ import annotations

import errno
import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvkit.clips import Keyframes, Shoot
from mvkit.errors import BudgetExceeded, GenerationFailed, InvalidInput, MvkitError, ProviderFailed
from mvkit.providers.base import ClipRequest, Delivery, PictureRequest
from mvkit.providers.studio import StudioPainter
from mvkit.providers.takes import paint_sketch
from mvkit.run import Run
from mvkit.schema import FRAME_SIZES_PX, Clip, Plan, References

from .test_clips import FakeCamera, files_of, record_of, run

__all__ = ["run"]

PICTURE_USD = Decimal("0.02")
CLIP_COST = 0.06


class FakePainter:
    """Paints grey pictures; raises what it is told to."""

    name = "fake"

    def __init__(self, error: Exception | None = None, *, parallel: int = 8) -> None:
        self.parallel = parallel
        self.requests: list[PictureRequest] = []
        self.most_at_once = 0
        self._error = error
        self._working = 0
        self._lock = threading.Lock()

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        with self._lock:
            self.requests.append(request)
            self._working += 1
            self.most_at_once = max(self.most_at_once, self._working)
        try:
            if self._error is not None:
                raise self._error
            Image.new("RGB", (request.width_px, request.height_px), "grey").save(target)
        finally:
            with self._lock:
                self._working -= 1
        return Delivery(model=self.name, cost_usd=PICTURE_USD)


class PictureCamera(FakeCamera):
    """Films from pictures, and keeps what it was asked for."""

    wants_keyframe = True
    goes_on = False

    def __init__(self, *, failures: dict[int, int] | None = None) -> None:
        super().__init__(failures=failures)
        self.requests: list[ClipRequest] = []

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        self.requests.append(request)
        return super().film(request, target)


def with_pictures(run: Run) -> Run:
    """Have the reference pictures of a run be there."""
    for picture in run.read(References).pictures:
        Image.new("RGB", (8, 8), "grey").save(run.path(picture.image_url))
    return run


def film_one(run: Run, camera: FakeCamera, painter: FakePainter | None, index: int = 0) -> Clip:
    keyframes = Keyframes(painter) if painter else None
    return Shoot.of(run, camera, keyframes=keyframes).film(index)


def test_a_clip_starts_from_a_picture_of_its_own(run: Run) -> None:
    camera, painter = PictureCamera(), FakePainter()
    clip = film_one(run, camera, painter)
    (request,) = camera.requests
    assert request.keyframe == run.folder / "clips/000.keyframe.png"
    with Image.open(request.keyframe) as picture:
        assert picture.size == (320, 180)
    assert clip.keyframe_url == "clips/000.keyframe.png"
    assert clip.cost == pytest.approx(CLIP_COST + float(PICTURE_USD))
    assert (clip.notes, clip.error) == ((), "")


def test_the_picture_is_asked_for_with_all_that_is_known_of_the_clip(run: Run) -> None:
    camera, painter = PictureCamera(), FakePainter()
    film_one(with_pictures(run), camera, painter, index=1)
    (clip,), (picture,) = camera.requests, painter.requests
    assert picture.prompt == clip.prompt.prompt
    assert picture.negative_prompt == clip.prompt.negative_prompt != ""
    assert picture.seed == clip.prompt.seed
    assert picture.references == clip.references != ()
    assert (picture.scene, picture.character) == (clip.scene, clip.characters[0])


def test_pictures_that_are_not_there_are_not_handed_on(run: Run) -> None:
    painter = FakePainter()
    film_one(run, PictureCamera(), painter)
    assert painter.requests[0].references == ()


@pytest.mark.parametrize(
    ("film_px", "size_px"),
    [((1920, 1080), (1280, 720)), ((1080, 1080), (720, 720)), ((1080, 1920), (720, 1280))],
)
def test_pictures_have_the_shape_of_the_film(
    run: Run, film_px: tuple[int, int], size_px: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", film_px)
    painter = FakePainter()
    request = Shoot.of(run, FakeCamera()).slates.request(0)
    (run.folder / "clips").mkdir()
    Keyframes(painter).paint(request, run.folder / "clips/000.keyframe.png")
    assert (painter.requests[0].width_px, painter.requests[0].height_px) == size_px


def test_another_take_has_a_picture_under_its_own_name(run: Run) -> None:
    """The example's third clip is a second take here."""
    plan = run.read(Plan)
    again = plan.clip_scripts[2].model_copy(update={"take": 2})
    run.write(plan.model_copy(update={"clip_scripts": (*plan.clip_scripts[:2], again)}))
    film_one(run, PictureCamera(), FakePainter(), index=2)
    assert "002.take2.keyframe.png" in files_of(run)


def test_identities_tell_pictures_apart_by_all_they_depend_on(run: Run) -> None:
    painter = FakePainter()
    with_pictures(run)

    def identity() -> str:
        film_one(run, PictureCamera(), painter)
        (run.folder / "clips/000.json").unlink()
        return painter.requests[-1].identity

    first = identity()
    assert identity() == first != ""
    scene = run.read(References).scene_references[0]
    Image.new("RGB", (8, 8), "red").save(run.path(scene.image_url))
    other = identity()
    assert other != first
    painter.name = "another"
    assert identity() not in (first, other)


def test_a_model_that_starts_from_words_has_no_picture_painted(run: Run) -> None:
    painter = FakePainter()
    clip = film_one(run, FakeCamera(), painter)
    assert painter.requests == []
    assert clip.keyframe_url == ""


def test_without_a_painter_the_clip_starts_from_the_picture_of_its_place(run: Run) -> None:
    camera = PictureCamera()
    clip = film_one(run, camera, None)
    assert camera.requests[0].keyframe == run.folder / "references/scene_city_street.png"
    assert clip.keyframe_url == "references/scene_city_street.png"


@pytest.mark.parametrize("error", [ProviderFailed("no picture today"), InvalidInput("not this")])
def test_a_picture_that_fails_gives_way_to_that_of_the_place_and_is_told(
    run: Run, error: MvkitError
) -> None:
    camera, painter = PictureCamera(), FakePainter(error)
    clip = film_one(run, camera, painter)
    assert camera.requests[0].keyframe == run.folder / "references/scene_city_street.png"
    assert (clip.status, clip.error) == ("success", "")
    assert clip.notes == (f"No keyframe: {error.message}",)
    assert len(painter.requests) == (3 if error.retryable else 1)


def test_with_no_picture_at_all_the_clip_starts_from_words(run: Run) -> None:
    camera = PictureCamera()
    shoot = Shoot.of(run, camera, keyframes=Keyframes(FakePainter(ProviderFailed("none"))))
    shoot.slates.requests = tuple(_unpictured(request) for request in shoot.slates.requests)
    assert shoot.film(0).keyframe_url == ""
    assert camera.requests[0].keyframe is None


def _unpictured(request: ClipRequest) -> ClipRequest:
    return replace(request, keyframe=None)


def test_a_budget_that_is_spent_stops_the_filming_at_the_picture(run: Run) -> None:
    camera = PictureCamera()
    with pytest.raises(BudgetExceeded):
        film_one(run, camera, FakePainter(BudgetExceeded("nothing is left")))
    assert camera.requests == []


FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    ProviderFailed("the picture: No space left on device"),
]


@pytest.mark.parametrize("error", FULL, ids=["system", "told"])
def test_a_disk_too_full_for_the_picture_stops_the_filming(run: Run, error: Exception) -> None:
    painter = FakePainter(error)
    with pytest.raises(GenerationFailed, match="DISK_FULL"):
        film_one(run, PictureCamera(), painter)
    assert len(painter.requests) == 1


def test_no_more_pictures_at_once_than_the_painter_allows(run: Run) -> None:
    painter = FakePainter(parallel=1)
    shoot = Shoot.of(run, PictureCamera(), keyframes=Keyframes(painter))
    threads = [threading.Thread(target=shoot.film, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(painter.requests), painter.most_at_once) == (3, 1)


def test_the_studio_paints_what_it_would_film(run: Run) -> None:
    request = Shoot.of(run, FakeCamera()).slates.request(1)
    (run.folder / "clips").mkdir()
    target = run.folder / "clips/001.keyframe.png"
    keyframe = Keyframes(StudioPainter()).paint(request, target)
    assert (keyframe.path, keyframe.cost_usd) == (target, 0)
    with Image.open(target) as picture:
        painted = np.asarray(picture)
    assert np.array_equal(painted, paint_sketch(request, height_px=180))


def test_the_model_that_comes_second_has_the_picture_too(run: Run) -> None:
    """The first model starts from words, fails, and leaves the clip to one that wants a picture."""
    second = PictureCamera()
    second.name = "second"
    shoot = Shoot.of(
        run, FakeCamera(failures={0: 3}), fallback=second, keyframes=Keyframes(FakePainter())
    )
    clip = shoot.film(0)
    assert clip.keyframe_url == "clips/000.keyframe.png"
    assert record_of(run, 0).cost == pytest.approx(CLIP_COST + float(PICTURE_USD))
