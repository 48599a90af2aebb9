"""Reading a wish: what words call, in which forms, and what is denied."""

from __future__ import annotations

import pytest

from mvkit.director import Wish, load_knowledge, read_wish
from mvkit.director.wish import stems


def read(text: str) -> Wish:
    return read_wish(text, load_knowledge())


@pytest.mark.parametrize(
    ("text", "worlds"),
    [
        ("Neon lights of a rainy city", ["neon_city"]),
        ("driving down a road through the canyons", ["desert_road"]),
        ("a road that winds through the forest", ["forest"]),
        ("concerts and festivals", ["concert_stage"]),
        ("waves at the beach, an ocean of stars", ["ocean_moon"]),
        ("tunnels of geometric light", ["hex_tunnel"]),
        ("from the desert to the sea, sea and again the sea", ["ocean_moon", "desert_road"]),
        ("a deserted place", []),
        ("a kitchen with a table", []),
        ("only trees", ["forest"]),
    ],
)
def test_words_call_places(text: str, worlds: list[str]) -> None:
    """The place most called comes first; hints count only where no place is named."""
    assert [world.id for world in read(text).worlds] == worlds


@pytest.mark.parametrize("text", ["rainy", "raining", "it rains", "in the RAIN!", "rain-soaked"])
def test_words_are_found_in_their_forms(text: str) -> None:
    assert read(text).weather == "rain"


@pytest.mark.parametrize(
    ("text", "time_of_day"),
    [
        ("at midnight", "night"),
        ("golden hour", "dusk"),
        ("sunrises", "dawn"),
        ("a sunny afternoon", "day"),
        ("whenever", None),
    ],
)
def test_words_call_times(text: str, time_of_day: str | None) -> None:
    assert read(text).time_of_day == time_of_day


@pytest.mark.parametrize(
    "text", ["no rain", "without any rain", "not raining", "never rain", "rainbow"]
)
def test_what_is_denied_is_not_wished(text: str) -> None:
    assert read(text).weather is None


def test_a_denial_ends_with_its_clause() -> None:
    assert read("no rain, snow").weather == "snow"


def test_phrases_win_over_their_words() -> None:
    """Dark blue is a colour and no mood; golden hour is a time and no colour."""
    wish = read("dark blue light in the golden hour")
    assert [colour.name for colour in wish.colours] == ["navy"]
    assert not wish.feelings
    assert wish.time_of_day == "dusk"


def test_colours_keep_their_order_and_clothes_their_colour() -> None:
    wish = read("purple and teal skies over a girl in a red dress, teal again")
    assert [colour.name for colour in wish.colours] == ["violet", "teal"]
    assert wish.accent is not None
    assert wish.accent.name == "red"
    assert [garment.value for garment in wish.garments] == ["dress"]


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("an old man and a girl", "the old man"),
        ("she runs", "the woman"),
        ("astronauts", "the astronaut"),
        ("two dancers", "the dancer"),
    ],
)
def test_the_first_person_named_is_followed(text: str, noun: str) -> None:
    wish = read(text)
    assert wish.person is not None
    assert wish.person.noun == noun
    assert wish.peopled


def test_a_place_can_be_wished_empty() -> None:
    assert not read("no people, only sea").peopled
    assert read("the sea").peopled
    assert read("nobody in sight but one woman").peopled
    assert read("dancing as if nobody was watching").peopled


def test_what_was_understood_is_told_by_topic() -> None:
    """A person can check what was heard and what was not."""
    wish = read("A lonely woman with a red umbrella walks through a rainy city at night.")
    assert wish.understood == {
        "subject": ("woman",),
        "wardrobe": ("umbrella",),
        "place": ("city",),
        "time": ("night",),
        "weather": ("umbrella", "rain"),
        "action": ("walk",),
        "mood": ("lonely",),
        "colours": ("red",),
    }


@pytest.mark.parametrize("text", ["", "…", "Ein Mädchen tanzt im Regen", "雨の中で踊る", "a" * 500])
def test_texts_without_known_words_wish_for_nothing(text: str) -> None:
    assert read(text) == Wish()


def test_stems_start_with_the_word_itself() -> None:
    assert stems("foggy")[0] == "foggy"
    assert {"fog", "fogg"} <= set(stems("foggy"))
    assert "dance" in stems("dancing")
    assert "city" in stems("cities")
    assert stems("is") == ("is",)
