"""Who is filmed: one person who returns through the film, looking the same in every shot.

What the wish says of the person is kept; the rules choose the rest.

Contents
--------
Cast, choose_cast, cast_of
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Colour, Garment, Knowledge, Person
from mvkit.director.rules import DECISIONS, choose
from mvkit.director.wish import Wish, read_wish
from mvkit.schema import Character, Plan

PROTAGONIST = "protagonist"
Looks = dict[str, Garment]
VOWELS = "aeiou"
SLOTS = ("hair", "outfit", "prop")


@dataclass(frozen=True)
class Cast:
    """The person of a film in words, and as a character of the plan unless nobody is seen."""

    person: Person
    characters: tuple[Character, ...]


def choose_cast(
    wish: Wish,
    facts: Facts,
    *,
    accent: Colour,
    knowledge: Knowledge,
    seed: int,
    rng: random.Random,
) -> Cast:
    """Choose the person of the film.

    Parameters
    ----------
    wish : Wish
        What the prompt asks for.
    facts : Facts
        Feeling of the film, and the weather at home.
    accent : Colour
        For the clothes, if the wish names none.
    knowledge : Knowledge
        People, garments and rules.
    seed : int
        Seed of the character's pictures.
    rng : random.Random
        Where the dice come from.
    """
    person = wish.person or _anybody(facts, knowledge, rng)
    if not wish.peopled:
        return Cast(person, ())
    looks = dict(_looks(wish, replace(facts, person=person.kind), knowledge, rng))
    accent = wish.accent or accent
    drawn = {slot: garment.value for slot, garment in looks.items()}
    told = {
        "id": PROTAGONIST,
        "description": _describe(person, looks, accent.name),
        "role": "main character",
        "accent": accent.hex,
        "seed": seed,
    }
    return Cast(person, (Character.model_validate(told | drawn),))


def cast_of(plan: Plan, knowledge: Knowledge) -> Cast:
    """Return the cast of a plan, its person read back from the description."""
    if not plan.characters:
        return Cast(Person(kind="nobody"), ())
    protagonist = plan.characters[0]
    person = read_wish(protagonist.description, knowledge).person
    unknown = Person(kind="other", noun=f"the {protagonist.role}")
    return Cast(person or unknown, plan.characters)


def _anybody(facts: Facts, knowledge: Knowledge, rng: random.Random) -> Person:
    kind = choose(knowledge.rules, "person", DECISIONS["person"], facts, rng=rng).value
    return next(person for person in knowledge.people if person.kind == kind)


def _looks(
    wish: Wish, facts: Facts, knowledge: Knowledge, rng: random.Random
) -> Iterator[tuple[str, Garment]]:
    """Yield a garment for each slot: the one wished for, else one that the rules choose."""
    for slot in SLOTS:
        choice = choose(knowledge.rules, slot, DECISIONS[slot], facts, rng=rng).value
        wished = [garment for garment in wish.garments if garment.slot == slot]
        chosen = [
            garment
            for garment in knowledge.garments
            if garment.slot == slot and garment.value == choice
        ]
        yield slot, (wished or chosen)[0]


def _describe(person: Person, looks: Looks, accent: str) -> str:
    """Return who it is, hair, clothes, and what is in the hand."""
    article = "an" if accent[0] in VOWELS else "a"
    hair, outfit, prop = (
        looks[slot].phrase.format(accent=accent, an_accent=f"{article} {accent}") for slot in SLOTS
    )
    if person.wears:
        dressed = f"{person.phrase} in {person.wears} with {accent} stripes"
    else:
        dressed = f"{person.phrase} with {hair}, wearing {outfit}"
    carried = f", carrying {prop}" if prop else ""
    return f"{dressed[0].upper()}{dressed[1:]}{carried}"
