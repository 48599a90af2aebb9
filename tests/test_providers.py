"""Providers are found by name, and retries have one owner."""

from __future__ import annotations

import pytest

from mvkit import image_model, video_model
from mvkit.director import load_knowledge
from mvkit.director.knowledge import World
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.providers import IMAGE_MODELS, VIDEO_MODELS
from mvkit.providers.base import deliver
from mvkit.studio import WORLDS


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_every_painter_declares_what_it_can_do(name: str) -> None:
    model = image_model(name)
    assert model.name
    assert model.parallel >= 1


@pytest.mark.parametrize("name", VIDEO_MODELS)
def test_every_camera_declares_what_it_can_do(name: str) -> None:
    model = video_model(name)
    assert model.name
    assert model.parallel >= 1
    assert isinstance(model.films_final_form, bool)


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
    assert set(place.times) <= set(world.times_of_day)
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
