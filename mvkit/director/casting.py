"""Who is filmed: one person who returns through the film, or two, the same in every shot.

What the wish says of them is kept; the rules choose the rest. Two people are told apart by their
hair, their clothes and their colours, and where both are called the same, by name, too: "the dancer
in crimson", "the younger brother".

Contents
--------
Cast, choose_cast, cast_of
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Colour, Garment, Knowledge, Person
from mvkit.director.rules import DECISIONS, choose
from mvkit.director.wish import Wish, read_wish
from mvkit.grading import palette_distance
from mvkit.schema import Character, Plan
from mvkit.schema.plan import Hair

PROTAGONIST, COMPANION = "protagonist", "companion"
ROLES = {PROTAGONIST: "main character", COMPANION: "companion of the main character"}
Looks = dict[str, Garment]
VOWELS = "aeiou"
NO_BRACES = str.maketrans("", "", "{}")
"""Whatever a screenplay calls somebody, it leaves no room in our phrases."""
HAIR: dict[Hair, str] = {
    "long": "long hair",
    "short": "short hair",
    "bun": "tied hair",
    "curly": "curly hair",
    "braids": "braids",
    "shaved": "a shaved head",
}
SLOTS = ("hair", "outfit", "prop")
TOLD_APART_BY = ("hair", "outfit")
"""Where the companion's looks differ from the protagonist's."""
EMPTY_HANDED = "none"
TOO_DARK = ("black", "navy", "indigo", "maroon", "plum")
"""Colours that do not stand out on dark clothes."""


@dataclass(frozen=True)
class Cast:
    """Who is filmed, in words, and as characters of the plan unless nobody is seen.

    Attributes
    ----------
    person : Person
        The protagonist.
    characters : tuple of Character
        The protagonist and, where the wish names two people, the companion.
    companion : Person or None
        The companion.
    others : tuple of Person
        Whoever else a screenplay brings in.
    """

    person: Person
    characters: tuple[Character, ...]
    companion: Person | None = None
    others: tuple[Person, ...] = ()

    def people(self, ids: Iterable[str]) -> tuple[Person, ...]:
        """Return who is seen where characters of these ids are, in the order of the cast."""
        known = zip(self.characters, (self.person, self.companion, *self.others), strict=False)
        seen = set(ids)
        return tuple(person for one, person in known if one.id in seen and person)


def choose_cast(
    wish: Wish,
    facts: Facts,
    *,
    accent: Colour,
    knowledge: Knowledge,
    seed: int,
    rng: random.Random,
    colours: Sequence[Colour] = (),
) -> Cast:
    """Choose the people of the film.

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
        Seed of the protagonist's pictures.
    rng : random.Random
        Where the dice come from.
    colours : sequence of Colour
        Of the film: the companion wears the one farthest from the protagonist's; by default one of
        all that are known.
    """
    anybody = _anybody(facts, knowledge, rng)
    people = [one if one.kind != "anybody" else anybody for one in wish.followed] or [anybody]
    if not wish.peopled:
        return Cast(people[0], ())
    looks: list[Looks] = []
    for index, person in enumerate(people):
        unlike = looks[0] if looks else {}
        fact = replace(facts, person=person.kind)
        looks.append(dict(_looks(wish, index, fact, unlike, knowledge, rng)))
    first = _wished_accent(wish, 0) or accent
    far = _farthest(first, colours or knowledge.colours)
    accents = (first, _wished_accent(wish, 1) or far)
    characters = tuple(
        _character(name, person, worn, colour, seed + index, _carried(wish, index))
        for index, (name, person, worn, colour) in enumerate(
            zip(ROLES, people, looks, accents, strict=False)
        )
    )
    return _cast(people, characters, [colour.name for colour in accents])


def cast_of(plan: Plan, knowledge: Knowledge) -> Cast:
    """Return the cast of a plan, its people read back from their descriptions."""
    if not plan.characters:
        return Cast(Person(kind="nobody"), ())
    names = {colour.hex: colour.name for colour in reversed(knowledge.colours)}
    people = [
        read_wish(character.description, knowledge).person
        or Person(kind="other", noun=f"the {character.role}".translate(NO_BRACES))
        for character in plan.characters
    ]
    accents = [names.get(character.accent, "") for character in plan.characters]
    return _cast(people, plan.characters, accents)


def _cast(
    people: Sequence[Person], characters: tuple[Character, ...], accents: Sequence[str]
) -> Cast:
    """Return a cast whose first two people are not called alike."""
    if len(people) < 2:
        return Cast(people[0], characters)
    one, other = people[:2]
    if one.noun == other.noun:
        one, other = _told_apart(one, other, characters, accents)
    return Cast(one, characters, other, tuple(people[2:]))


def _told_apart(
    one: Person, other: Person, characters: Sequence[Character], accents: Sequence[str]
) -> tuple[Person, Person]:
    """Return two people of one noun called by their ages, their colours, or their hair."""
    plain = one.noun.removeprefix("the ")
    if len(one.ages) == len(other.ages) == 2:
        nouns = [f"the {age} {plain}" for age in one.ages]
    else:
        marks = [f"in {accent}" for accent in accents[:2]]
        if len(set(marks)) < len(marks):
            marks = [f"with {HAIR[character.hair]}" for character in characters[:2]]
        nouns = [f"the {plain} {mark}" for mark in marks]
    return (
        one.model_copy(update={"noun": nouns[0]}),
        other.model_copy(update={"noun": nouns[1]}),
    )


def _anybody(facts: Facts, knowledge: Knowledge, rng: random.Random) -> Person:
    kind = choose(knowledge.about("person"), "person", DECISIONS["person"], facts, rng=rng).value
    return next(person for person in knowledge.people if person.kind == kind)


def _wished_accent(wish: Wish, index: int) -> Colour | None:
    """Return the first colour that the wish gives to what somebody wears."""
    return next((worn.colour for worn in wish.worn if worn.by == index and worn.colour), None)


def _carried(wish: Wish, index: int) -> tuple[str, ...]:
    """Return what else the wish puts into somebody's hands."""
    return tuple(one.thing.one for one in wish.carried if one.by == index)


def _farthest(colour: Colour, others: Sequence[Colour]) -> Colour:
    """Return the colour least like another of those that stand out; of equals, the first."""
    bright = [other for other in others if other.name not in TOO_DARK] or others
    return max(bright, key=lambda other: palette_distance((colour.hex,), (other.hex,)))


def _looks(
    wish: Wish,
    index: int,
    facts: Facts,
    unlike: Mapping[str, Garment],
    knowledge: Knowledge,
    rng: random.Random,
) -> list[tuple[str, Garment]]:
    """Return a garment for each slot: the one wished for, else one that the rules choose."""
    looks = []
    for slot in SLOTS:
        taken = {unlike[slot].value} if unlike and slot in TOLD_APART_BY else set()
        options = [value for value in DECISIONS[slot] if value not in taken]
        choice = choose(knowledge.about(slot), slot, options, facts, rng=rng).value
        choice = EMPTY_HANDED if unlike and slot == "prop" else choice
        wished = [w.garment for w in wish.worn if w.by == index and w.garment.slot == slot]
        chosen = [
            garment
            for garment in knowledge.garments
            if garment.slot == slot and garment.value == choice
        ]
        light = [garment for garment in chosen if garment.light == _is_warm(wish)]
        looks.append((slot, (wished or light or chosen)[0]))
    return looks


def _is_warm(wish: Wish) -> bool:
    """Tell whether a wish plays in summer, or inside."""
    if wish.weather == "snow" or any(season.name == "winter" for season in wish.seasons):
        return False
    inside = bool(wish.worlds) and not wish.worlds[0].outdoors and not wish.worlds[0].performance
    return inside or any(season.name == "summer" for season in wish.seasons)


def _character(
    name: str, person: Person, looks: Looks, accent: Colour, seed: int, carried: Sequence[str]
) -> Character:
    """Return somebody in words and as the studio draws them."""
    drawn = {slot: garment.value for slot, garment in looks.items()}
    told = {
        "id": name,
        "description": _describe(person, looks, accent.name, carried),
        "role": ROLES[name],
        "kind": person.kind,
        "hat": looks["hair"].hat,
        "accent": accent.hex,
        "seed": seed,
    }
    return Character.model_validate(told | drawn)


def _describe(person: Person, looks: Looks, accent: str, carried: Sequence[str]) -> str:
    """Return who it is, hair, clothes, and what is in the hand."""
    article = "an" if accent[0] in VOWELS else "a"
    hair, outfit, prop = (
        looks[slot].phrase.format(accent=accent, an_accent=f"{article} {accent}") for slot in SLOTS
    )
    if person.wears:
        dressed = f"{person.phrase} in {person.wears} with {accent} stripes"
    else:
        dressed = f"{person.phrase} with {hair}, wearing {outfit}"
    in_hand = " and ".join(filter(None, (prop, *carried)))
    in_hand = f", carrying {in_hand}" if in_hand else ""
    return f"{dressed[0].upper()}{dressed[1:]}{in_hand}"
