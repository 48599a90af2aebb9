"""Clips in words: images of the lyrics, the leitmotif, activities, one person or two."""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from pydantic import ValidationError

from mvkit.director import Wish, load_knowledge, read_wish
from mvkit.director.casting import Cast, cast_of, choose_cast
from mvkit.director.facts import Facts
from mvkit.director.imagery import choose_motif, stage_of, stage_told, tell_motif
from mvkit.director.knowledge import Motif, Person
from mvkit.director.lexicon import plain_words
from mvkit.director.places import dressed
from mvkit.director.plan import plan_video
from mvkit.director.prose import ClipWriter, tell_lacks
from mvkit.director.wish import speaks_of
from mvkit.schema import Scene, Shot
from mvkit.schema.plan import Action, ShotSize

from .steady_songs import make_brief, steady_song

KNOWLEDGE = load_knowledge()
MOTIFS = {motif.name: motif for motif in KNOWLEDGE.motifs}
OF_PEOPLE = {"hand", "hands", "people", "somebody", "someone", "man", "woman", "he", "she", "they"}
BOTH = ("protagonist", "companion")


def cast_for(wish: Wish, *, seed: int = 1) -> Cast:
    """Return the cast of a wish, in crimson."""
    return choose_cast(
        wish,
        Facts(),
        accent=KNOWLEDGE.colour("crimson"),
        knowledge=KNOWLEDGE,
        seed=seed,
        rng=random.Random(seed),
    )


def writer_for(text: str, *, leitmotif: Motif | None = None) -> ClipWriter:
    wish = read_wish(text, KNOWLEDGE)
    return ClipWriter(
        cast_for(wish),
        KNOWLEDGE,
        random.Random(3),
        without=wish.without,
        wish=wish,
        leitmotif=leitmotif,
    )


def scene_of(world: str) -> Scene:
    places = (*KNOWLEDGE.worlds, *KNOWLEDGE.locations)
    place = next(place for place in places if place.id == world)
    return dressed(place, time=place.times[0], weather="clear", knowledge=KNOWLEDGE)


def shot(
    action: Action = "walk",
    characters: Sequence[str] = ("protagonist",),
    size: ShotSize = "medium",
) -> Shot:
    return Shot(
        start=0.0,
        end=4.0,
        size=size,
        angle="eye level",
        move="static",
        action=action,
        characters=tuple(characters),
    )


def told(writer: ClipWriter, *shots: Shot, world: str = "forest", **how: object) -> str:
    given = {"lyrics": "", "level": "medium"} | how
    return writer.write(scene_of(world), shots, **given).visual_description  # type: ignore[arg-type]


def test_songs_sing_of_at_least_thirty_themes() -> None:
    assert len(MOTIFS) >= 30
    assert sum(bool(motif.abroad) for motif in KNOWLEDGE.motifs) >= 30


@pytest.mark.parametrize("motif", KNOWLEDGE.motifs, ids=lambda motif: motif.id)
def test_each_theme_can_be_told_with_people_and_without(motif: Motif) -> None:
    """Whole sentences, of people only as them and their; some of each kind need nobody."""
    for kind in (motif.literal, motif.metaphor, motif.development):
        assert len(set(kind)) == len(kind) >= 2
        for text in kind:
            assert re.fullmatch(r"[A-Z{].*\.", text)
            assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= {
                "them",
                "their",
            }
        alone = [text for text in kind if "{" not in text]
        assert alone
        assert not any(OF_PEOPLE.intersection(plain_words(text)) for text in alone)
    assert not any("{" in text for text in motif.development)
    assert not any("{" in text for text in (motif.image, motif.name))


@pytest.mark.parametrize("action", KNOWLEDGE.actions, ids=lambda action: action.called)
def test_each_activity_can_be_told_of_one_person_and_of_two(action: object) -> None:
    """With every thing that it is done with, in a place of the studio and in another one."""
    for thing in ("", *action.using):  # type: ignore[attr-defined]
        things = tuple(one for one in KNOWLEDGE.things if one.name == thing)
        wish = Wish(activities=(action,), things=things, people=PAIR)  # type: ignore[arg-type]
        writer = ClipWriter(cast_for(wish), KNOWLEDGE, random.Random(1), wish=wish)
        for who in (BOTH[:1], BOTH):
            for world in ("forest", "kitchen"):
                text = told(writer, shot(action.value, who), world=world)  # type: ignore[attr-defined]
                assert "{" not in text
                assert not bool(thing) or len(things) == 1


PAIR = tuple(person for person in KNOWLEDGE.people if person.noun in ("the woman", "the man"))


@pytest.mark.parametrize("image", ["literal", "metaphor"])
def test_a_line_is_seen_literally_or_as_a_metaphor(image: str) -> None:
    writer = writer_for("a woman")
    text = told(writer, shot(), lyrics="the phone keeps ringing", image=image)
    sentences = getattr(MOTIFS["the call"], image)
    assert any(text.endswith(one.format(them="her", their="her")) for one in sentences)


def test_a_line_may_be_seen_as_nothing_at_all() -> None:
    writer = writer_for("a woman")
    script = writer.write(
        scene_of("forest"), [shot()], lyrics="the phone rings", level="low", image="none"
    )
    assert script.rules == ()
    assert told(writer, shot(), lyrics="la la la").count(".") == 2


def test_neighbours_show_different_images() -> None:
    """A line that sings on of the same thing is seen as what else it sings of, or as nothing."""
    writer = writer_for("a woman")
    lyrics = ("love, love", "love and fire", "love", "love")
    rules = [
        writer.write(scene_of("forest"), [shot()], lyrics=line, level="low").rules
        for line in lyrics
    ]
    assert rules == [("motif_love",), ("motif_fire",), ("motif_love",), ()]


@pytest.mark.parametrize("motif", KNOWLEDGE.motifs, ids=lambda motif: motif.id)
def test_where_nobody_is_seen_no_image_speaks_of_anybody(motif: Motif) -> None:
    """Neither of a person in the film who is not in the clip, nor in an empty film."""
    for wish in ("a woman", "no people"):
        for image in ("literal", "metaphor"):
            text = told(writer_for(wish), shot(characters=()), theme=motif, image=image)
            assert not {"her", "his", "their", "them"}.intersection(plain_words(text))


def test_what_nobody_sees_from_far_is_told_of_near_shots_only() -> None:
    writer = writer_for("a woman")
    lines = Counter(
        speaks_of(
            ("eyes", "cheek"), told(writer, shot(size=size), theme=MOTIFS["tears"], image=how)
        )
        for size in ("extreme wide", "wide", "medium wide")
        for how in ("literal", "metaphor")
        for _ in range(4)
    )
    assert lines == {False: 24}


def test_what_must_not_be_seen_is_in_no_image() -> None:
    writer = writer_for("a woman, no birds, no cages")
    for stage in (1, 2, 3):
        writer.leitmotif = MOTIFS["freedom"]
        text = told(writer, shot(), lyrics="I am free", stage=stage)
        assert not speaks_of(("bird", "cage"), text)


def test_the_leitmotif_comes_small_grows_and_is_fulfilled() -> None:
    """In place of what the lyrics sing of; its stage can be read from what was written."""
    motif = MOTIFS["love"]
    writer = writer_for("a woman", leitmotif=motif)
    for stage in (1, 2, 3):
        text = told(writer, shot(), lyrics="the phone rings", stage=stage)
        assert text.endswith(motif.development[stage - 1])
        assert stage_told(motif, text) == stage
    assert stage_told(motif, told(writer, shot())) is None


@pytest.mark.parametrize(
    ("occurrence", "final", "stage"),
    [(1, False, 1), (2, False, 2), (3, False, 2), (4, True, 3), (2, True, 3), (1, True, 2)],
)
def test_each_chorus_has_its_stage(occurrence: int, final: bool, stage: int) -> None:
    """The only one shows the image grown: nothing is fulfilled that nobody saw before."""
    assert stage_of(occurrence, final=final) == stage


@pytest.mark.parametrize("motif", KNOWLEDGE.motifs, ids=lambda motif: motif.id)
def test_the_motif_s_sentence_says_what_is_seen_as_often_as_it_is(motif: Motif) -> None:
    """Once grown; twice small and fulfilled; else all three; and no rain stands for rain."""
    small, grown, fulfilled = (sentence[1:].rstrip(".") for sentence in motif.development)
    for n_times, seen in ((1, {grown}), (2, {small, fulfilled}), (5, {small, grown, fulfilled})):
        text = tell_motif(motif, n_times)
        assert {part for part in (small, grown, fulfilled) if part in text} == seen
        assert ("seen once" in text) == (n_times == 1)
    tautology = f"{motif.image}, for {motif.name}"
    assert (tautology in text) == (motif.name.split()[-1] not in motif.image)


def test_no_rain_falls_indoors() -> None:
    """Neither for the wish, nor for the song."""
    song = ["the rain falls", "rain again"]
    assert chosen("a film about rain", song) == "rain"
    assert "rain" not in {chosen("about rain", song, seed=i, outdoors=False) for i in range(20)}


def test_a_song_s_theme_that_does_not_suit_the_film_is_not_its_motif() -> None:
    """Confetti for a song that sings of dancing, but not if the film is sad."""
    song = ["dance with me", "we dance", "dancing all night"]
    assert chosen("a woman", song, valence=0.8) == "dancing"
    assert "dancing" not in {chosen("a woman", song, valence=0.1, seed=seed) for seed in range(20)}


def chosen(
    wish: str,
    lines: Sequence[str] = (),
    *,
    valence: float = 0.5,
    seed: int = 1,
    outdoors: bool = True,
) -> str:
    motif = choose_motif(
        read_wish(wish, KNOWLEDGE),
        lines,
        valence=valence,
        arousal=0.3,
        knowledge=KNOWLEDGE,
        rng=random.Random(seed),
        outdoors=outdoors,
    )
    assert motif
    return motif.name


def test_the_leitmotif_is_that_of_the_wish_else_of_the_song_else_of_its_feeling() -> None:
    """Of several in the wish, the one that the song shares."""
    song = ["the rain falls", "rain again", "my heart"]
    assert chosen("a film about freedom", song) == "freedom"
    assert chosen("freedom, and rain", song) == "rain"
    assert chosen("a woman", song) == "rain"
    sad = [MOTIFS[chosen("a woman", valence=0.1, seed=seed)].valence for seed in range(20)]
    glad = [MOTIFS[chosen("a woman", valence=0.9, seed=seed)].valence for seed in range(20)]
    assert sum(sad) / 20 < 0.4 < 0.6 < sum(glad) / 20


def test_a_leitmotif_that_must_not_be_seen_is_not_chosen() -> None:
    names = {chosen("freedom, but no birds", seed=seed) for seed in range(20)}
    assert "freedom" not in names
    assert all("bird" not in tell_motif(MOTIFS[name]) for name in names)


def test_most_shots_of_a_wished_activity_tell_it_and_only_where_it_can_be_done() -> None:
    """A bicycle is ridden in the forest, not on a stage; nobody rides who dances."""
    writer = writer_for("a woman rides a red bicycle")
    sizes: tuple[ShotSize, ...] = ("wide", "medium wide", "medium", "medium close", "close")
    texts = [told(writer, shot("walk", size=size)) for size in sizes for _ in range(8)]
    riding = sum("red bicycle" in text for text in texts)
    assert 20 < riding < 40
    for action, world in (("walk", "concert_stage"), ("dance", "forest")):
        assert "bicycle" not in " ".join(told(writer, shot(action), world=world) for _ in range(20))  # type: ignore[arg-type]


def test_an_activity_is_told_of_the_other_where_both_are_seen() -> None:
    """Alone, the same activity needs nobody else."""
    writer = writer_for("a couple kisses")
    both = [told(writer, shot("stand", BOTH)) for _ in range(20)]
    alone = [told(writer, shot("stand", BOTH[1:])) for _ in range(20)]
    assert any("kisses the man" in text for text in both)
    assert all("the woman" in text and "the man" in text for text in both)
    assert all("the man" in text and "the woman" not in text for text in alone)
    assert any("his face for a kiss" in text for text in alone)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("a couple kisses", ["the woman", "the man"]),
        ("a girl and her grandmother", ["the girl", "the old woman"]),
        ("two dancers in a hall", ["the dancer in crimson", "the dancer in"]),
        ("two sisters in white dresses", ["the older sister", "the younger sister"]),
        ("a woman", ["the woman"]),
        ("a band", ["the band member"]),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_two_people_are_told_apart(text: str, people: list[str], seed: int) -> None:
    """By name, hair, clothes and colour; and they are known again from a plan."""
    cast = cast_for(read_wish(text, KNOWLEDGE), seed=seed)
    nouns = [one.noun for one in cast.people(BOTH)]
    assert len(nouns) == len(people)
    assert all(noun.startswith(start) for noun, start in zip(nouns, people, strict=True))
    if len(people) == 2:
        one, other = cast.characters
        assert (one.id, other.id) == BOTH
        assert one.hair != other.hair
        assert nouns[0] != nouns[1]
        if "dresses" not in text:
            assert one.outfit != other.outfit
            assert one.accent != other.accent
        assert one.seed != other.seed
    else:
        assert cast.companion is None


def test_two_people_wear_what_the_wish_gives_each() -> None:
    wish = "A man in a blue coat and a woman in a white dress meet in a forest, on and on and on."
    plan = plan_video(make_brief(wish), steady_song())
    one, other = plan.characters
    assert "blue scarf" in one.description
    assert "white dress" in other.description
    cast = cast_of(plan, KNOWLEDGE)
    assert [person.noun for person in cast.people(BOTH)] == ["the man", "the woman"]


def test_who_speaks_of_themselves_is_somebody_whom_the_rules_choose() -> None:
    cast = cast_for(read_wish("I walk with a queen", KNOWLEDGE))
    assert cast.person.kind in ("woman", "man")
    assert cast.companion
    assert cast.companion.noun == "the queen"


@pytest.mark.parametrize(
    ("action", "size", "way", "framing"),
    [
        ("stand", "close", None, "Her face filling the frame, the woman"),
        ("sing", "medium close", None, "Close enough to see her shoulders rise, the woman"),
        ("dance", "close", None, "Close on her, the woman"),
        ("walk", "medium close", "left to right", "Head and shoulders in the frame, the woman"),
        ("walk", "close", "away from us", "Close behind her, the woman"),
        ("walk", "medium", "away from us", "Seen from behind, the woman"),
        ("dance", "wide", None, "Small against the place, the woman"),
    ],
)
def test_a_frame_fits_what_is_done_in_it(
    action: Action, size: ShotSize, way: str | None, framing: str
) -> None:
    """No face fills the frame of somebody who runs, or is seen from behind."""
    seen = shot(action, BOTH[:1], size).model_copy(update={"direction": way})
    assert told(writer_for("a woman"), seen).startswith(framing)


def test_no_frame_tells_what_is_not_seen_in_it() -> None:
    """Nobody is small before the sea whose face fills the frame, and no eyes close from far."""
    writer = writer_for("a woman")
    for action, size, hidden in (
        ("stand", "close", ("small",)),
        ("dance", "medium close", ("foot", "feet")),
        ("sing", "extreme wide", ("eyes", "lips")),
    ):
        for world in ("ocean_moon", "kitchen"):
            texts = [told(writer, shot(action, size=size), world=world) for _ in range(8)]  # type: ignore[arg-type]
            assert not any(speaks_of(hidden, text.split(".")[0]) for text in texts)


def test_two_heads_are_close_together_only_where_they_stay_so() -> None:
    writer = writer_for("a couple")
    assert "two heads" in told(writer, shot("stand", BOTH, "medium close")).lower()
    dancing = [told(writer, shot("dance", BOTH, size)) for size in ("close", "medium close")]
    assert not any(speaks_of(("heads", "faces"), text.split(",")[0]) for text in dancing)


def test_time_and_weather_are_told_before_who_else_is_there() -> None:
    writer = writer_for("a couple in the rain")
    rainy = dressed(KNOWLEDGE.world("neon_city"), time="night", weather="rain", knowledge=KNOWLEDGE)
    for _ in range(8):
        script = writer.write(rainy, [shot("walk", BOTH)], lyrics="", level="low")
        first = script.visual_description.split(".")[0]
        assert " at night, in the rain, " in first
        assert first.index("in the rain") < first.rindex("the man")


def test_a_clip_that_is_mostly_empty_is_told_as_the_place_first() -> None:
    """Its size is that of a shot which is hardly seen, and is not told."""
    brief, empty = shot(size="medium wide"), shot(characters=())
    shots = (brief.model_copy(update={"end": 1.0}), empty.model_copy(update={"start": 1.0}))
    text = told(writer_for("a woman"), *shots)
    assert any(text.startswith(view) for view in KNOWLEDGE.world("forest").views)
    assert "head to foot" not in text
    assert "The woman" in text


def test_nobody_is_alone_in_company() -> None:
    writer = writer_for("two women")
    texts = [told(writer, shot("dance", BOTH), world="neon_city") for _ in range(30)]
    assert not any(speaks_of(("alone", "nobody"), text) for text in texts)


def test_what_the_studio_cannot_draw_is_told() -> None:
    """Activities by what is drawn instead; two people are drawn as two."""
    wish = read_wish("a couple rides bicycles in the wind and dances", KNOWLEDGE)
    notes = " ".join(tell_lacks(wish, [scene_of("forest")], knowledge=KNOWLEDGE))
    assert "“ride”, the studio's own pictures show “walk”" in notes
    assert "gusts of wind" in notes
    assert "“dance”" not in notes
    assert tell_lacks(read_wish("a woman walks", KNOWLEDGE), [], knowledge=KNOWLEDGE) == ()


def test_no_two_clips_of_a_film_are_told_alike_and_no_image_returns_at_once() -> None:
    """Over a song with words in every clip."""
    lines = [(4.0 * i, "the night, the rain, my heart, the road") for i in range(1, 25)]
    song = steady_song(lyrics=lines)
    plan = plan_video(
        make_brief("A couple rides bicycles through a forest at dawn, all day long."), song
    )
    descriptions = [script.visual_description for script in plan.clip_scripts]
    assert len(set(descriptions)) == len(descriptions)
    ids = {motif.id for motif in KNOWLEDGE.motifs}
    seen = [ids & set(script.rules) for script in plan.clip_scripts]
    assert all(not one & other for one, other in pairwise(seen))
    assert any(seen)


def test_everybody_who_is_told_can_be_read_again() -> None:
    """Their phrase calls them, and them alone."""
    for person in KNOWLEDGE.people:
        if person.phrase:
            assert read_wish(person.phrase, KNOWLEDGE).people == (person,)
        assert all(_noun(person, name) for name in person.pair)


def _noun(pair: Person, name: str) -> bool:
    return name in {person.noun for person in KNOWLEDGE.people if person is not pair}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("literal", "A lamp finds {him}."),
        ("metaphor", "A lamp {0}."),
        ("literal", "A lamp {."),
        ("development", "A lamp finds {them}."),
    ],
)
def test_a_motif_of_ones_own_speaks_of_people_as_them_and_their(field: str, text: str) -> None:
    """It is refused when it is read, not in the middle of a film."""
    row = MOTIFS["light"].model_dump()
    told = (text, *row[field][1:])
    with pytest.raises(ValidationError, match="expected no braces"):
        Motif.model_validate(row | {field: told})
