"""Reading a wish: what words call, in which forms, and what is denied."""

from __future__ import annotations

import pytest

from benchmarks.director.understanding import REQUIRED, Scored, score_wishes, share_right
from mvkit.director import Wish, load_knowledge, plan_video, read_wish
from mvkit.director.lexicon import stems
from mvkit.director.spelling import ordinary_words
from mvkit.director.themes import themes_in
from mvkit.director.wish import recall_wish

from .steady_songs import make_brief, steady_song


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
        ("alone in a hall, then the room fills with people", ["hall"]),
        ("along the beach, then alone in the room by the window", ["room", "ocean_moon"]),
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
        ("a hacker girl", ["the girl"]),
        ("a knight and his queen", ["the knight", "the queen"]),
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
        "weather": ("rain",),
        "action": ("walk",),
        "mood": ("lonely",),
        "colours": ("red",),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "…",
        "雨の中で踊る",
        "a" * 500,
        "Vi går tilbake igjen",
    ],
)
def test_texts_without_known_words_wish_for_nothing(text: str) -> None:
    assert read(text) == Wish()


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("a couple kisses", ["the woman", "the man"]),
        ("two dancers", ["the dancer", "the dancer"]),
        ("a pair of old men", ["the old man", "the old man"]),
        ("twins", ["the twin", "the twin"]),
        ("a girl and her grandmother", ["the girl", "the old woman"]),
        ("a boy and his dog", ["the boy"]),
        ("a band and a woman", ["the band member"]),
        ("five dancers", ["the dancer"]),
        ("me and my brother", ["me", "the brother"]),
        ("a woman, a man, a child", ["the woman", "the man"]),
        ("a couple of trees", []),
    ],
)
def test_the_film_follows_one_person_or_two(text: str, nouns: list[str]) -> None:
    """Two who are named, a pair, or two of a kind; of many, one alone."""
    assert [person.noun for person in read(text).followed] == nouns


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("I walk through the rain", True),
        ("the city around me", True),
        ("I want a calm forest", False),
        ("show me the sea", False),
    ],
)
def test_who_speaks_of_themselves_is_seen_but_not_who_only_wishes(text: str, called: bool) -> None:
    assert (read(text).person is not None) == called


def test_clothes_are_worn_by_whoever_is_spoken_of_last() -> None:
    """The second of two dresses is the other's."""
    wish = read("Two dancers in a hall, one in a red dress, one in a black dress, a man's hat.")
    assert [(one.by, one.colour.name if one.colour else "") for one in wish.worn] == [
        (0, "red"),
        (1, "black"),
        (0, ""),
    ]
    sisters = read("Two sisters in white summer dresses")
    assert [(one.by, one.colour and one.colour.name) for one in sisters.worn] == [
        (0, "white"),
        (1, "white"),
    ]
    pair = read("a man in a blue coat waits, and a woman in a white dress comes")
    assert [(one.garment.slot, one.by) for one in pair.worn] == [("outfit", 0), ("outfit", 1)]


@pytest.mark.parametrize(
    ("text", "phrase", "colours"),
    [
        ("a red car in a blue city", "a red car", ["blue"]),
        ("a red vintage car", "a red car", []),
        ("black waves", "black high waves", []),
        ("an orange umbrella and a cat", "a cat", []),
        ("a light blue elephant", "a sky blue elephant", []),
        ("red, a car", "a car", ["red"]),
        ("red light over a car", "a car", ["red"]),
    ],
)
def test_a_colour_right_before_a_thing_is_the_things(
    text: str, phrase: str, colours: list[str]
) -> None:
    """One word may stand between them; the film keeps the colours that nothing owns."""
    wish = read(text)
    assert [thing.phrase for thing in wish.things] == [phrase]
    assert [colour.name for colour in wish.colours] == colours


@pytest.mark.parametrize(
    ("text", "activities", "actions"),
    [
        ("she rides a bicycle", ["ride"], ("walk",)),
        ("he plays the piano and sings", ["play", "sing"], ("play keys", "sing")),
        ("they fight, then kiss", ["fight", "kiss"], ("dance", "stand")),
        ("flying cars over a sleeping city", [], ()),
        ("a cat sleeping, a woman reading", ["read"], ("sit",)),
        ("she sits while rain runs down the glass", ["sit"], ("sit",)),
        ("he runs and then sits down", ["run", "sit"], ("run", "sit")),
        ("people dancing", ["dance"], ("dance",)),
        ("cigarette smoke", [], ()),
    ],
)
def test_what_somebody_does_has_its_own_name_and_is_drawn_as_what_is_nearest(
    text: str, activities: list[str], actions: tuple[str, ...]
) -> None:
    """What is said of a thing is nobody's doing."""
    wish = read(text)
    assert [activity.called for activity in wish.activities] == activities
    assert wish.actions == actions


@pytest.mark.parametrize("text", ["wind", "a windy hill", "a gentle breeze", "windswept grass"])
def test_wind_is_a_weather_that_no_set_has(text: str) -> None:
    wish = read(text)
    assert [thing.name for thing in wish.things if thing.weather] == ["wind"]
    assert wish.weather is None


def test_steam_is_no_fog() -> None:
    assert read("bread and steam in a kitchen").weather is None
    assert read("a smoky bar").weather == "fog"


@pytest.mark.parametrize(
    ("text", "stories"),
    [
        ("the story of a woman", True),
        ("a couple kisses", True),
        ("she wakes up, runs and hides", True),
        ("a man and a woman", False),
        ("she runs", False),
    ],
)
def test_what_happens_between_people_is_a_story(text: str, stories: bool) -> None:
    assert read(text).tells_story == stories


@pytest.mark.parametrize(
    ("line", "theme"),
    [
        ("and I will always love you", "love"),
        ("Ich tanze im Regen", "dancing"),
        ("Mein Herz schlägt für dich", "the heart"),
        ("J'ai perdu mon cœur, mon cœur", "the heart"),
        ("El cielo llora", "flight"),
        ("Mañana será otro día", "the new day"),
        ("Die Nacht und der Wind", "the night"),
        ("the phone keeps ringing", "the call"),
        ("take me home", "home"),
        ("la la la", None),
    ],
)
def test_lines_have_themes_in_four_languages(line: str, theme: str | None) -> None:
    """The theme of most of a line's words comes first, accents and ligatures or not."""
    themes = themes_in(line, load_knowledge())
    assert (themes[0].name if themes else None) == theme


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Ein Mädchen tanzt im Regen", "a girl dances in the rain"),
        (
            "Eine alte Frau tanzt allein in einem verschneiten Garten bei Nacht",
            "an old woman dances alone in a snowy garden at night",
        ),
        (
            "Un homme triste marche dans la rue, la nuit, sans parapluie, une robe rouge",
            "a sad man walks in the street at night, without umbrella, a red dress",
        ),
        (
            "Dos amigos bailan en la playa al atardecer, con un coche rojo, y nadie llora",
            "two friends dance on the beach at dusk, with a red car",
        ),
    ],
)
def test_the_commonest_words_of_three_other_languages_are_understood(
    text: str, english: str
) -> None:
    """As the same wish in English; a colour may stand behind what it belongs to."""
    abroad, ours = read(text), read(english)
    assert [one.noun for one in abroad.followed] == [one.noun for one in ours.followed]
    for field in ("worlds", "time_of_day", "weather", "feelings", "colours", "worn", "things"):
        assert getattr(abroad, field) == getattr(ours, field), field
    assert ours.activities[0] in abroad.activities
    assert abroad.without == ours.without


def test_a_plan_tells_enough_of_its_wish_to_go_on() -> None:
    """Activities, things in their colours, and what must not be seen."""
    text = "A woman rides a red bicycle through a forest at dawn, no people, no cars."
    wish = read("A woman rides a red bicycle through a forest at dawn, no cars.")
    plan = plan_video(make_brief(f"{text} On and on and on."), steady_song())
    recalled = recall_wish(plan, load_knowledge())
    assert recalled.activities == wish.activities
    assert recalled.things == wish.things
    assert recalled.worlds == wish.worlds
    assert "cars" in recalled.without


def test_stems_start_with_the_word_itself() -> None:
    assert stems("foggy")[0] == "foggy"
    assert {"fog", "fogg"} <= set(stems("foggy"))
    assert "dance" in stems("dancing")
    assert "city" in stems("cities")
    assert stems("is") == ("is",)


def test_each_translation_calls_something() -> None:
    """No row of another language leads to a word that nobody knows, and none says nothing."""
    knowledge = load_knowledge()
    for row in knowledge.abroad:
        assert knowledge.lexicon.read(row.english).matches, row.english


def test_words_that_were_not_understood_are_kept_as_they_are_written() -> None:
    """Content words alone, eight at most, and nothing that is denied."""
    wish = read("Lola and the Zyx waltz through a forest with a quokka, but no wombats please.")
    assert wish.missed == ("Lola", "Zyx", "quokka")
    assert read("Eine Frau und ein Schnürsenkel im Wald").missed == ("Schnürsenkel",)
    assert len(read("asdf qwer zxcv hjkl uiop vbnm rtzu dfgh wert sdfg").missed) == 8
    assert read("cool with vibes").missed == ()


@pytest.mark.parametrize(
    ("text", "deeds", "undone"),
    [
        ("My grandmother bakes bread while children run in and out", ["bake"], ("run",)),
        ("an old man reads beside dancing children", ["read"], ("dance",)),
        ("two sisters run, and everybody dances", ["run", "dance"], ()),
        ("a band plays and a crowd jumps", ["play"], ("jump",)),
    ],
)
def test_what_only_others_do_is_nobodys_deed(
    text: str, deeds: list[str], undone: tuple[str, ...]
) -> None:
    """A deed is done by whoever is named last before it, or right behind it."""
    wish = read(text)
    assert [activity.called for activity in wish.activities] == deeds
    assert wish.undone == undone


def test_of_two_each_does_what_is_theirs() -> None:
    wish = read("a woman and a man dance, she cries, he climbs a wall")
    assert [one.by for one in wish.activities] == ["", "the woman", "the man"]


def test_what_somebody_carries_is_in_their_hands() -> None:
    wish = read("an old man with a red lantern, a woman holding a letter, a candle")
    assert [(one.thing.one, one.by) for one in wish.carried] == [
        ("a red lantern", 0),
        ("a letter", 1),
    ]
    assert [thing.name for thing in wish.things if not thing.carried] == ["candle"]


@pytest.mark.parametrize(
    ("text", "name", "placed"),
    [
        ("a woman in a laundromat", "a laundromat", "in a laundromat"),
        ("an office", "an office", "in an office"),
        ("old piers", "a pier", "at a pier"),
        ("Istanbul", "Istanbul", "in Istanbul"),
        ("a robot on Mars", "Mars", "on Mars"),
    ],
)
def test_places_of_a_family_are_told_as_they_are_called(text: str, name: str, placed: str) -> None:
    (place,) = read(text).worlds
    assert (place.name, place.placed) == (name, placed)
    assert place.description.startswith(f"{name[0].upper()}{name[1:]}")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("a boxer and her sister", "a female boxer"),
        ("a dancer and his dog", "a male dancer"),
        ("a boxer", "a boxer"),
    ],
)
def test_a_pronoun_tells_of_whom_it_speaks(text: str, phrase: str) -> None:
    assert read(text).people[0].phrase == phrase


def test_a_wish_may_end_at_another_time_than_it_begins() -> None:
    wish = read("from midnight until dawn in the city")
    assert (wish.time_of_day, wish.later) == ("night", "dawn")
    assert read("a sunny morning").later is None


@pytest.mark.parametrize(
    ("text", "topic", "words"),
    [
        ("no text on screen, a forest", "things", ()),
        ("an apple blossom", "things", ("apple blossom",)),
        ("a boat drives", "place", ()),
        ("an umbrella", "weather", ()),
        ("strobing lights", "things", ("strobing light",)),
        ("a red tractor", "colours", ("red",)),
    ],
)
def test_words_are_not_taken_for_what_they_do_not_say(
    text: str, topic: str, words: tuple[str, ...]
) -> None:
    assert read(text).understood.get(topic, ()) == words
    assert not read("a red tractor").colours


def test_parts_of_the_song_are_no_words_that_were_missed() -> None:
    """Who says where in the song something is seen has been understood by the song itself."""
    text = "In the chorus a quokka sings on a stage, in the verse she walks."
    wish = read_wish(text, load_knowledge())
    assert wish.missed == ("quokka",)
