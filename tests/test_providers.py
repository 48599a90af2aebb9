"""Providers are found by name, paid ones have somebody to pay, and retries have one owner."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from mvkit import image_model, video_model
from mvkit.director import load_knowledge
from mvkit.director.knowledge import World
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.estimate import TYPICAL_PICTURES, estimate
from mvkit.files import write_whole
from mvkit.providers import (
    IMAGE_MODELS,
    PAID_IMAGE_MODELS,
    PAID_VIDEO_MODELS,
    VIDEO_MODELS,
    fallback_model,
    keyframe_painter,
    paid_image_model,
    paid_video_model,
)
from mvkit.providers.base import deliver
from mvkit.providers.diffusers.loading import LOCAL
from mvkit.providers.purchase import PaidCamera, PaidPainter
from mvkit.providers.takes import tone_of
from mvkit.run import Run, draft_brief
from mvkit.schema.plan import Grade
from mvkit.settings import get_settings
from mvkit.studio import WORLDS

from .test_diffusers import FakeModels, svd

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
PLUGIN = """
from mvkit.providers import VIDEO_MODELS
from mvkit.providers.studio import StudioCamera

VIDEO_MODELS["garage"] = lambda model: StudioCamera(height_px=int(model))
"""


class Priced:
    """What is known of a paid model before anything is ordered."""

    parallel = 3
    wants_keyframe = False
    goes_on = False

    def __init__(self, model: str = "") -> None:
        self.name = f"priced:{model}"

    def typical_usd(self, *, seconds: float) -> Decimal:
        return Decimal("0.05") * Decimal(str(seconds)) if seconds else Decimal("0.01")


@pytest.fixture
def everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have models of this machine lie on it, as far as anybody asks before they work."""
    there = FakeModels(svd())
    monkeypatch.setattr(LOCAL, "check", there.check)
    monkeypatch.setattr(LOCAL, "camera_class", there.camera_class)


def example_of(provider: str) -> str:
    """Return a name by which a provider is called."""
    return f"{provider}:owner/name" if provider == "diffusers" else provider


@pytest.mark.usefixtures("everything_installed")
@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_every_painter_declares_what_it_can_do(name: str) -> None:
    model = image_model(example_of(name))
    assert model.name
    assert model.parallel >= 1


@pytest.mark.usefixtures("everything_installed")
@pytest.mark.parametrize("name", VIDEO_MODELS)
def test_every_camera_declares_what_it_can_do(name: str) -> None:
    model = video_model(example_of(name))
    assert model.name
    assert model.parallel >= 1
    assert isinstance(model.films_final_form, bool)
    assert isinstance(model.wants_keyframe, bool)
    assert isinstance(model.goes_on, bool)


def test_an_unknown_name_says_which_are_known() -> None:
    with pytest.raises(InvalidInput, match=r"known are studio.*MVKIT_VIDEO"):
        video_model("hollywood")
    with pytest.raises(InvalidInput, match="MVKIT_IMAGE"):
        image_model("louvre:mona-lisa")


@pytest.mark.parametrize("name", ["studio:9999", "studio:tall", "studio:-144"])
def test_the_studio_says_which_heights_it_can_paint(name: str) -> None:
    with pytest.raises(InvalidInput, match="studio"):
        video_model(name)


@pytest.mark.parametrize("place", load_knowledge().worlds, ids=lambda place: place.id)
def test_the_studio_can_paint_every_place_the_director_knows(place: World) -> None:
    world = WORLDS[place.id]
    assert set(place.times) <= set(world.dresses)
    assert set(place.weathers) <= set(world.weathers)


def test_the_director_knows_every_world_the_studio_can_paint() -> None:
    assert {place.id for place in load_knowledge().worlds} == set(WORLDS)


def test_pauses_grow_and_the_last_failure_is_told() -> None:
    pauses: list[float] = []

    def fail() -> None:
        raise ProviderFailed("still no")

    with pytest.raises(ProviderFailed, match="still no"):
        deliver(fail, seed=1, sleep=pauses.append)
    assert len(pauses) == 2
    assert 2.0 <= pauses[0] <= 2.5
    assert 4.0 <= pauses[1] <= 5.0


def test_what_cannot_succeed_is_tried_once() -> None:
    pauses: list[float] = []

    def refuse() -> None:
        raise InvalidInput("never")

    with pytest.raises(InvalidInput):
        deliver(refuse, seed=1, sleep=pauses.append)
    assert pauses == []


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAID_IMAGE_MODELS, "priced", Priced)  # type: ignore[arg-type]
    monkeypatch.setitem(PAID_VIDEO_MODELS, "priced", Priced)  # type: ignore[arg-type]


@pytest.mark.usefixtures("priced")
def test_a_paid_model_needs_a_run_to_pay_from(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="priced:x costs money") as refusal:
        image_model("priced:x")
    assert refusal.value.reason == "NO_RUN"
    with pytest.raises(InvalidInput, match="costs money"):
        video_model("priced")
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    painter, camera = image_model("priced:x", run=run), video_model("priced:x", run=run)
    assert isinstance(painter, PaidPainter)
    assert isinstance(camera, PaidCamera)
    assert (painter.name, painter.parallel) == (camera.name, camera.parallel) == ("priced:x", 3)
    assert not camera.films_final_form
    assert not camera.wants_keyframe


@pytest.mark.usefixtures("priced")
def test_a_free_model_is_never_bought() -> None:
    assert paid_image_model("studio") is None
    assert paid_video_model("studio:720") is None
    assert paid_video_model("priced:x") is not None
    with pytest.raises(InvalidInput, match=r"known are studio, .*priced"):
        paid_video_model("hollywood")


def use_plugins(names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_PLUGINS", names)
    get_settings.cache_clear()


def test_a_plugin_brings_a_provider_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garage_films.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(VIDEO_MODELS, "garage", VIDEO_MODELS["studio"])  # so that it is taken out
    use_plugins(" garage_films, ", monkeypatch)
    assert video_model("garage:480").name == "studio:480"
    plugin = sys.modules["garage_films"]
    assert video_model("garage:720").name == "studio:720"
    assert sys.modules["garage_films"] is plugin


def test_a_plugin_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plugins("no_such_films", monkeypatch)
    with pytest.raises(InvalidInput, match=r"no_such_films cannot be imported.*MVKIT_PLUGINS"):
        video_model("studio")


def test_a_film_by_free_models_is_estimated_at_nothing() -> None:
    told = estimate(image="studio", video="studio:720", song_s=180.0)
    assert (told.n_pictures, told.n_clips, told.usd) == (TYPICAL_PICTURES, 30, 0)


@pytest.mark.usefixtures("priced")
def test_an_estimate_counts_pictures_and_the_seconds_of_all_clips() -> None:
    told = estimate(image="priced", video="priced", song_s=180.0)
    assert told.usd == Decimal("9.05")  # 5 pictures, and 180 s in 30 clips
    assert estimate(image="priced", video="studio", song_s=180.0).usd == Decimal("0.05")


@pytest.mark.parametrize(("song_s", "n_clips"), [(1.0, 3), (18.0, 3), (18.1, 4), (600.0, 100)])
def test_the_number_of_clips_follows_the_length_of_the_song(song_s: float, n_clips: int) -> None:
    assert estimate(image="studio", video="studio", song_s=song_s).n_clips == n_clips


def test_an_estimate_with_an_unknown_model_says_which_are_known() -> None:
    with pytest.raises(InvalidInput, match="known are studio"):
        estimate(image="studio", video="hollywood", song_s=60.0)


# Fallbacks and keyframes


@pytest.fixture
def run(tmp_path: Path) -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    return Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)


def named_fallback(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("MVKIT_VIDEO_FALLBACK", name)
    get_settings.cache_clear()


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize(
    ("chosen", "fallback", "films"),
    [
        ("priced:a", "", ""),
        ("priced:a", "priced:b", "priced:b"),
        ("priced:a", "priced:a", ""),
        ("priced:a", "studio:144", "studio:144"),
        ("studio", "studio:144", "studio:144"),
        ("studio", "priced:b", ""),
    ],
)
def test_a_fallback_is_another_model_and_no_bill_for_a_film_that_is_free(
    run: Run, chosen: str, fallback: str, films: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_fallback(monkeypatch, fallback)
    model = fallback_model(chosen, run=run)
    assert (model.name if model else "") == films


def test_a_fallback_that_is_not_known_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    named_fallback(monkeypatch, "nobody")
    with pytest.raises(InvalidInput, match="nobody"):
        fallback_model("studio", run=run)


class FromPictures(Priced):
    """A model whose clips start from pictures."""

    wants_keyframe = True
    goes_on = False


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize(
    ("video", "fallback", "paints"),
    [
        ("priced:a", "", False),
        ("pictures:a", "", True),
        ("priced:a", "pictures:b", True),
        ("studio", "", False),
    ],
)
def test_keyframes_are_painted_where_a_model_of_the_film_starts_from_them(
    run: Run, video: str, fallback: str, paints: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PAID_VIDEO_MODELS, "pictures", FromPictures)  # type: ignore[arg-type]
    named_fallback(monkeypatch, fallback)
    brief = run.brief.model_copy(update={"video": video, "image": "priced:c"})
    write_whole(run.folder / "brief.json", brief.to_json())
    painter = keyframe_painter(run)
    assert (painter.name if painter else "") == ("priced:c" if paints else "")


@pytest.mark.parametrize(
    ("lightness", "time", "shown"),
    [(0.7, "day", 0.7), (0.7, "night", 0.88), (1.2, "night", 1.2), (1.0, "night", 1.0)],
)
def test_the_studio_darkens_the_night_less(lightness: float, time: str, shown: float) -> None:
    """A night that a grade darkens as much as a day is black on most screens."""
    assert tone_of(Grade(lightness=lightness), time).lightness == pytest.approx(shown)
