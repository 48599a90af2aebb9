"""Reading a wish: what words call, in which forms, and what is denied."""

from __future__ import annotations

import pytest

from benchmarks.director import REQUIRED, Scored, score_wishes, share_right
from mvkit.director import Wish, load_knowledge, read_wish
from mvkit.director.lexicon import stems
from mvkit.director.spelling import ordinary_words


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
        ("a drawer with a table", []),
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


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("a cowboy and his horse", ["the cowboy"]),
        ("a dancer whom nobody knows, her shoes worn", ["the dancer"]),
        ("she runs from a man", ["the woman", "the man"]),
        ("a hacker girl", ["the woman"]),
        ("a knight and his queen", ["the knight", "the woman"]),
    ],
)
def test_pronouns_stand_for_people_who_are_named(text: str, person: list[str]) -> None:
    """A pronoun calls somebody only where no noun does; the last of two nouns in a row counts."""
    assert [one.noun for one in read(text).people] == person


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("no cars", ("cars",)),
        ("without big neon signs, and rain", ("big neon signs",)),
        ("don't show any other ships", ("ships",)),
        ("no faces or hands", ("faces", "hands")),
        ("avoid bright colours but use red", ("bright colours",)),
        ("not at night", ("night",)),
        ("he never gives up", ()),
        ("not far from here", ("far",)),
        ("no blood, no weapons", ("blood", "weapons")),
        ("no rain no clouds and much snow", ("rain", "clouds")),
        ("no people", ("people",)),
        ("nothing but the sea", ()),
    ],
)
def test_what_must_not_be_seen_is_told_in_its_own_words(
    text: str, without: tuple[str, ...]
) -> None:
    """Unknown words count after *no*; after *not* and *never* only such as are known."""
    assert read(text).without == without


def test_what_is_denied_and_called_is_not_unwanted() -> None:
    """Night stays night without its moon; a city stays a city without neon."""
    wish = read("a city at night, no moon, no neon")
    assert wish.time_of_day == "night"
    assert [world.id for world in wish.worlds] == ["neon_city"]
    assert not any(row in wish.unwanted for row in wish.worlds)
    assert load_knowledge().time("night") not in wish.unwanted


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("forrest", "forest"),
        ("umbrela", "umbrella"),
        ("mornign", "morning"),
        ("melancolic", "melancholic"),
        ("cowbow", "cowboy"),
        ("nigth", "night"),
    ],
)
def test_slips_are_read_as_what_was_meant(slip: str, meant: str) -> None:
    assert read(f"an old {slip}") == read(f"an old {meant}") != Wish()


@pytest.mark.parametrize("word", ["house", "place", "stare", "bech", "worlds", "bread"])
def test_ordinary_and_short_words_are_no_slips(word: str) -> None:
    """*House* is no horse and *place* no palace; what is this short could be many words."""
    knowledge = load_knowledge()
    called = {match.call.words for match in knowledge.lexicon.read(f"an old {word}").matches}
    assert called <= {word, "light"}


def test_each_phrase_of_the_vocabulary_calls_its_own() -> None:
    """No word is dead: none is hidden by a longer phrase, a denial or a stem."""
    lexicon = load_knowledge().lexicon
    for call in lexicon.calls():
        found = [match.call.called for match in lexicon.read(call.words).matches]
        assert any(called is call.called for called in found), call.words


def test_the_list_of_ordinary_words_is_up_to_date() -> None:
    """Each of them would be misread without the list, and none is in the vocabulary."""
    knowledge = load_knowledge()
    listed = [word for table in knowledge.spelling for word in table.ordinary]
    assert ordinary_words(listed, knowledge) == tuple(listed)


def test_styles_eras_seasons_and_filming_are_understood() -> None:
    wish = read("autumn in the 1920s, art deco and film grain, in slow motion with close-ups")
    assert [season.name for season in wish.seasons] == ["autumn"]
    assert [era.name for era in wish.eras] == ["1920s"]
    assert [style.name for style in wish.styles] == ["art deco", "film grain"]
    assert [way.name for way in wish.filming] == ["slow motion", "close-ups"]


def test_thirty_wishes_are_understood_as_people_understand_them() -> None:
    """Nine of ten fields hold exactly what the key holds."""
    scored = score_wishes()
    assert len(scored) == 30
    assert all(len(one.text) >= 50 for one in scored)
    assert share_right(scored) >= REQUIRED


def test_the_score_counts_what_is_missed_and_what_is_made_up() -> None:
    """An empty reading of a key scores nothing, and neither does a field that nobody asked for."""
    key: dict[str, tuple[str, ...]] = {"time": ("night",), "place": ("forest",)}
    assert share_right([Scored("", key, {})]) == 0.0
    assert share_right([Scored("", key, key | {"mood": ("angry",)})]) == pytest.approx(2 / 3)
    assert share_right([Scored("", key, key)]) == 1.0


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "…",
        "Ein Mädchen tanzt im Regen",
        "雨の中で踊る",
        "a" * 500,
        "Je ne sais plus quoi faire",
    ],
)
def test_texts_without_known_words_wish_for_nothing(text: str) -> None:
    assert read(text) == Wish()


def test_stems_start_with_the_word_itself() -> None:
    assert stems("foggy")[0] == "foggy"
    assert {"fog", "fogg"} <= set(stems("foggy"))
    assert "dance" in stems("dancing")
    assert "city" in stems("cities")
    assert stems("is") == ("is",)
