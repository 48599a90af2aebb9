"""Genres, formats and safety: who calls them, what they ask for, and what no film may do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from mvkit.director import load_knowledge
from mvkit.director.facts import Facts
from mvkit.director.rules import DECISIONS, chances, measure
from mvkit.director.wish import read_wish

KNOWLEDGE = load_knowledge()
GENRES = tuple(genre.id for genre in KNOWLEDGE.genres)
FORMATS = DECISIONS["format"]
ACCENTS = DECISIONS["accent"]
HEARD = (
    *("ambient", "classical", "folk", "jazz", "electronic"),
    *("reggae", "hip-hop", "rock", "ballad", "pop"),
)
"""All that the analysis calls a song."""

WISHES = {
    "pop": "A glossy pop video with a girl who walks through the city",
    "rock": "A rock band plays in the pouring rain and nobody goes home",
    "indie": "An indie rock song: two friends in an empty car park at noon",
    "punk": "Punk in a tiny basement, everybody jumps, nothing is polished",
    "metal": "A heavy metal video full of fire and long hair in the dark",
    "hip_hop": "Hip-hop on a rooftop in Tokyo, she raps into the camera",
    "rnb_soul": "A slow R&B night by candlelight, two people who are close",
    "electronic": "Electronic dance music, lasers and a crowd that moves as one",
    "techno": "Techno in an empty factory, machines and light, no people",
    "drum_and_bass": "Drum & bass through a tunnel at night, faster and faster",
    "ambient": "Ambient music over a misty lake, hardly anything happens",
    "folk": "A folk song about a river and the one who walks along it",
    "country": "A country song, a truck, a long road and somebody to come home to",
    "jazz": "Jazz at midnight, smoke and a single lamp above the player",
    "blues": "A delta blues by the railway, an old man and his guitar",
    "reggae": "Reggae on the beach, children, dogs and a slow afternoon",
    "latin": "Salsa dancers on a square in the heat of a summer night",
    "afrobeats": "Afrobeats in the streets of Lagos, everybody joins the dance",
    "disco_funk": "Disco, mirror balls and roller skates in a golden hall",
    "classical": "Classical music, snow on the mountains and one small figure",
    "ballad": "A ballad for somebody who has left, sung in an empty room",
    "k_pop": "A K-pop girl group in a pink room, every step in time",
}
"""A wish for each genre."""
TYPICAL = {
    "energetic": Facts(arousal=0.8, valence=0.55, tempo_bpm=128.0, lyrics=True),
    "calm": Facts(arousal=0.25, valence=0.4, tempo_bpm=72.0, lyrics=True),
    "wordless": Facts(arousal=0.3, valence=0.5, tempo_bpm=80.0),
}


def likeliest(decision: str, facts: Facts) -> str:
    found = chances(KNOWLEDGE.rules, decision, DECISIONS[decision], facts)
    return max(found, key=lambda option: found[option])


def shot_s(**facts: Any) -> float:
    return measure(KNOWLEDGE.rules, "shot_s", Facts(**facts), default=3.0).value


def share_answered(**facts: Any) -> float:
    """Return how often a beat is answered."""
    found = chances(KNOWLEDGE.rules, "accent", ACCENTS, Facts(**facts))
    return 1 - found["none"] / sum(found.values())


def test_every_genre_that_is_heard_is_known_once() -> None:
    """Whatever the analysis calls a song, one genre answers."""
    assert Counter(name for genre in KNOWLEDGE.genres for name in genre.heard) == Counter(HEARD)


def test_every_genre_has_a_wish_here() -> None:
    assert tuple(WISHES) == GENRES


@pytest.mark.parametrize("genre_id", WISHES)
def test_a_wish_calls_its_genre_and_no_other(genre_id: str) -> None:
    assert [genre.id for genre in read_wish(WISHES[genre_id], KNOWLEDGE).genres] == [genre_id]


@pytest.mark.parametrize(
    "wish",
    [
        "A woman on a rock in the sea",
        "A house in the open country, deep blues and a pop of red",
        "A lost soul and a metal door",
        "Village folk dance around a classical statue",
        "A trap in the woods, ambient light, house lights",
        "An American girl counts the hours",
    ],
)
def test_words_that_mean_something_else_call_no_genre(wish: str) -> None:
    """A rock is a stone, too."""
    assert read_wish(wish, KNOWLEDGE).genres == ()


def test_genres_leave_people_places_and_styles_in_a_wish() -> None:
    """A phrase that calls a genre hides no word that meant something before."""
    wish = read_wish("A punk woman, a rock band and a jazz singer on a stage in a disco", KNOWLEDGE)
    assert {genre.id for genre in wish.genres} == {"punk", "rock", "jazz", "disco_funk"}
    assert {person.noun for person in wish.people} >= {"the woman", "the band member", "the singer"}
    assert "concert_stage" in {world.id for world in wish.worlds}
    assert "grunge" in {style.name for style in wish.styles}


@pytest.mark.parametrize("genre_id", GENRES)
def test_every_genre_says_what_film_it_likes_and_how_fast(genre_id: str) -> None:
    own = [rule for rule in KNOWLEDGE.rules if rule.when.get("genre") == (genre_id,)]
    decided = {decision for rule in own for decision in rule.then}
    assert {"format", "shot_s"} <= decided
    assert decided & {"size", "move", "angle"}
    assert all(rule.id.startswith(f"{genre_id}_") for rule in own)


@pytest.mark.parametrize(
    ("genre_id", "mood", "film"),
    [
        ("rock", "energetic", "performance"),
        ("metal", "energetic", "performance"),
        ("k_pop", "energetic", "dance"),
        ("latin", "energetic", "performance"),
        ("folk", "calm", "narrative"),
        ("ballad", "calm", "narrative"),
        ("ambient", "wordless", "abstract"),
    ],
)
def test_genre_leads_to_its_usual_film(genre_id: str, mood: str, film: str) -> None:
    assert likeliest("format", replace(TYPICAL[mood], genre=genre_id)) == film


@pytest.mark.parametrize("genre_id", GENRES)
def test_films_without_people_neither_perform_nor_dance(genre_id: str) -> None:
    """Nobody can sing or dance in a film in which nobody is seen."""
    for facts in TYPICAL.values():
        nobody = replace(facts, genre=genre_id, peopled=False)
        found = chances(KNOWLEDGE.rules, "format", FORMATS, nobody)
        assert found["performance"] == found["dance"] == 0
        assert found["abstract"] > 0


@pytest.mark.parametrize("genre_id", [*GENRES, ""])
def test_a_story_that_is_asked_for_is_told(genre_id: str) -> None:
    for mood in ("energetic", "calm"):
        facts = replace(TYPICAL[mood], genre=genre_id, story=True)
        assert likeliest("format", facts) == "narrative"


@pytest.mark.parametrize("film", FORMATS)
def test_every_format_is_made_somewhere(film: str) -> None:
    """No format is for show."""
    facts = [replace(mood, genre=genre_id) for mood in TYPICAL.values() for genre_id in GENRES]
    nobody = [replace(fact, peopled=False) for fact in facts]
    assert film in {likeliest("format", fact) for fact in (*facts, *nobody)}


def test_genres_differ_in_pace_as_they_do_on_television() -> None:
    """From K-pop to ambient shots become longer, everything else equal."""
    order = ("k_pop", "metal", "pop", "country", "ballad", "classical", "ambient")
    lengths_s = [shot_s(genre=genre_id) for genre_id in order]
    assert lengths_s == sorted(lengths_s)
    assert lengths_s[-1] > 2 * lengths_s[0]


def test_performance_is_cut_faster_than_anything_else() -> None:
    lengths_s = {film: shot_s(format=film) for film in FORMATS}
    assert min(lengths_s, key=lambda film: lengths_s[film]) == "performance"


@pytest.mark.parametrize(
    ("film", "decision", "option"),
    [
        ("performance", "action", "sing"),
        ("performance", "release", "performance"),
        ("narrative", "release", "journey"),
        ("narrative", "image", "literal"),
        ("concept", "release", "transformed"),
        ("concept", "image", "metaphor"),
        ("dance", "action", "dance"),
        ("dance", "size", "medium wide"),
        ("abstract", "figure", "empty"),
        ("abstract", "size", "extreme wide"),
    ],
)
def test_formats_are_what_their_names_say(film: str, decision: str, option: str) -> None:
    """Each format makes likelier what it is known for, than the other formats do."""

    def share(other: str) -> float:
        found = chances(KNOWLEDGE.rules, decision, DECISIONS[decision], Facts(format=other))
        return found[option] / sum(found.values())

    assert share(film) == max(share(other) for other in FORMATS)


def test_limits_are_those_of_the_norms() -> None:
    """At most three flashes in any one second (WCAG 2.3.1)."""
    assert KNOWLEDGE.limit("flashes_per_s") <= 3
    assert 1 <= KNOWLEDGE.limit("accents_per_shot") <= 4
    assert 0 < KNOWLEDGE.limit("accents_per_min") <= 30


LOUD: dict[str, Any] = {
    **{"energy": 0.85, "arousal": 0.85, "accent": 0.9, "beat": "downbeat", "phrase_start": True},
    **{"shot_s": 3.0, "section": "chorus"},
}


def test_loud_genres_answer_more_beats() -> None:
    plain, rock = share_answered(**LOUD), share_answered(**LOUD, genre="rock")
    assert share_answered(**LOUD, genre="drum_and_bass") > plain
    assert rock > plain > share_answered(**LOUD, genre="ballad")


@pytest.mark.parametrize(
    "calm", [{"genre": "ambient"}, {"arousal": 0.3}, {"arousal": 0.3, "moment": "drop"}]
)
def test_calm_songs_have_no_accents(calm: dict[str, Any]) -> None:
    assert share_answered(**(LOUD | calm)) == 0


def test_fast_songs_are_answered_less_and_never_by_light() -> None:
    """Beats that come near to three in a second must not flash."""
    assert share_answered(**LOUD, tempo_bpm=150.0) < share_answered(**LOUD, tempo_bpm=120.0)
    for moment in ("none", "drop"):
        facts = Facts(**LOUD, tempo_bpm=178.0, moment=moment, genre="techno")
        assert chances(KNOWLEDGE.rules, "accent", ACCENTS, facts)["flash"] == 0


@pytest.mark.parametrize("beat", ["upbeat", "other"])
def test_light_beats_never_flash(beat: str) -> None:
    facts = Facts(**(LOUD | {"beat": beat, "moment": "drop"}))
    assert chances(KNOWLEDGE.rules, "accent", ACCENTS, facts)["flash"] == 0
