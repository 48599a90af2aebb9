"""What belongs to whom in a text: colours to things, clothes to people, deeds to things.

Contents
--------
owned_colours, colours_by_owner, things_of, worn_by, done_by_people, deeds_of, activities_of,
carried_by
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mvkit.director.knowledge import ActionWords, Colour, Garment, Person, Thing, Vocable, World
from mvkit.director.lexicon import BREAKS, HINT_SCORE, SMALL, Match
from mvkit.director.wish.wish import Carried, Worn

Found = Match[Vocable]
VOWELS = "aeiou"
HOLDING = frozenset({"carrying", "carries", "holding", "holds", "clutching", "clutches"})
EVERYBODY = ("everyone", "everybody")
JOINING = frozenset({"and", "a", "an", "the", "her", "his", "their", "my", "old", "young"})
PREPOSITIONS = frozenset({"over", "under", "above", "below", "behind", "beside", "near", "around"})


def owned_colours(matches: Sequence[Found], words: Sequence[str]) -> dict[int, int]:
    """Return where a colour stands right before a garment or a thing, and where that stands.

    One other word may stand between them: *a red vintage car*.
    """
    owners_at = {match.at for match in matches if isinstance(match.call.called, Garment | Thing)}
    owned: dict[int, int] = {}
    for match in matches:
        if isinstance(match.call.called, Colour) and match.end < len(words):
            far = match.end + 1 if _is_between(words[match.end]) else match.end
            at = next((at for at in (match.end, far) if at in owners_at), None)
            if at is not None:
                owned[match.at] = at
    return owned


def colours_by_owner(matches: Iterable[Found], owned: Mapping[int, int]) -> dict[int, Colour]:
    """Return the colour of each garment and thing that has one, by where it stands."""
    return {
        owned[match.at]: match.call.called
        for match in matches
        if isinstance(match.call.called, Colour) and match.at in owned
    }


def things_of(matches: Sequence[Found], owned: Mapping[int, int]) -> tuple[Thing, ...]:
    """Return the things that are called, each once, in their colours."""
    colours = colours_by_owner(matches, owned)
    things: dict[str, Thing] = {}
    for match in matches:
        thing = match.call.called
        if isinstance(thing, Thing) and (thing.name not in things or match.at in colours):
            colour = colours.get(match.at)
            things[thing.name] = _coloured(thing, colour.name) if colour else thing
    return tuple(things.values())


def worn_by(
    matches: Sequence[Found],
    owned: Mapping[int, int],
    followed: Sequence[Person],
    words: Sequence[str],
) -> tuple[Worn, ...]:
    """Return the garments, each with who wears it: whoever is spoken of last.

    Nobody wears two of a kind: the second of two dresses is the other's. Of *dresses* each of two
    people wears one.
    """
    colours = colours_by_owner(matches, owned)
    wearer, worn = 0, list[Worn]()
    for match in matches:
        called = match.call.called
        if isinstance(called, Person):
            wearer = _index_of(called, followed, match.call.score, default=wearer)
        if isinstance(called, Garment):
            taken = any(one.by == wearer and one.garment.slot == called.slot for one in worn)
            by = 1 - wearer if taken and len(followed) > 1 else wearer
            last = match.call.phrase[-1]
            several = words[match.end - 1] != last and words[match.end - 1].startswith(last)
            wearers = range(len(followed)) if several and len(followed) > 1 else (by,)
            worn += (Worn(called, colours.get(match.at), one) for one in wearers)
    return tuple(worn)


def done_by_people(matches: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """Return matches without what is said of things: *flying cars*, *a cat sleeping*."""
    things = [match for match in matches if _is_thing(match.call.called)]
    edges = {match.end for match in things if isinstance(match.call.called, Thing)}
    starts = {match.at for match in things}

    def is_of_thing(match: Found) -> bool:
        touches = match.end in starts or match.at in edges
        return touches and words[match.at].endswith("ing")

    return [
        match
        for match in matches
        if not (isinstance(match.call.called, ActionWords) and is_of_thing(match))
    ]


def deeds_of(
    deeds: Sequence[Found], matches: Sequence[Found], followed: Sequence[Person]
) -> tuple[list[Found], list[Found]]:
    """Return what those do whom the film follows, and what only others do.

    Parameters
    ----------
    deeds : sequence of Match
        Of people.
    matches : sequence of Match
        Everything that is called: a deed is done by whoever is named last before it, or right
        behind it, as in *dancing children*.
    followed : sequence of Person
        Whom the film follows.
    """
    people = [match for match in matches if _is_somebody(match.call.called)]
    told: list[Found] = []
    others: list[Found] = []
    for deed in deeds:
        if isinstance(deed.call.called, ActionWords):
            doer = _doer_at(deed, people)
            theirs = told if not followed or _is_followed(doer, followed) else others
            theirs.append(deed)
    return told, others


def activities_of(
    deeds: Sequence[Found],
    matches: Sequence[Found],
    followed: Sequence[Person],
    words: Sequence[str],
) -> tuple[ActionWords, ...]:
    """Return deeds, each once, with who does them where only one of two does."""
    people = [match for match in matches if _is_somebody(match.call.called)]
    told: dict[str, ActionWords] = {}
    for deed in deeds:
        called = deed.call.called
        if isinstance(called, ActionWords):
            by = _doer(_doer_at(deed, people), people, followed, words)
            told.setdefault(called.called, called.model_copy(update={"by": by}) if by else called)
    return tuple(told.values())


def _doer_at(deed: Found, people: Sequence[Found]) -> Found | None:
    """Return who stands right behind a deed, *dancing children*, else who stands before it."""
    before = [match for match in people if match.at <= deed.at]
    behind = [match for match in people if match.at == deed.end]
    return next(iter(behind or before[-1:]), None)


def _doer(
    doer: Found | None, people: Sequence[Found], followed: Sequence[Person], words: Sequence[str]
) -> str:
    """Return the noun of who does something alone, of two: not of *a woman and a man dance*."""
    if doer is None or len({one.noun for one in followed}) < 2:
        return ""
    person = doer.call.called
    if not isinstance(person, Person) or person.pair or person.kind == "anybody":
        return ""
    before = [match for match in people if match.end <= doer.at]
    between = words[before[-1].end : doer.at] if before else ()
    if "and" in between and JOINING.issuperset(between):
        return ""
    index = _index_of(person, followed, doer.call.score, default=-1)
    return followed[index].noun if index >= 0 else ""


def carried_by(
    matches: Sequence[Found],
    things: Sequence[Thing],
    followed: Sequence[Person],
    words: Sequence[str],
) -> tuple[Carried, ...]:
    """Return what somebody carries: *a man with a lantern*, *she holds a letter*."""
    coloured = {thing.name: thing for thing in things}
    carrier, at_carrier, carried = 0, -1, dict[str, Carried]()
    for match in matches:
        called = match.call.called
        if isinstance(called, Person):
            carrier = _index_of(called, followed, match.call.score, default=-1)
            at_carrier = match.end
        if isinstance(called, Thing) and called.one and followed and carrier >= 0:
            between = list(words[max(at_carrier, match.at - 4) : match.at])
            held = not HOLDING.isdisjoint(between) and all(word[0].isalnum() for word in between)
            if held or _has_with(match, at_carrier, words):
                carried.setdefault(called.name, Carried(coloured.get(called.name, called), carrier))
    return tuple(carried.values())


def _has_with(match: Found, at_carrier: int, words: Sequence[str]) -> bool:
    """Tell whether *with* joins a thing to somebody: right behind them, or behind a comma."""
    before = [at for at in range(max(match.at - 3, 1), match.at) if words[at] == "with"]
    return any(at == at_carrier or (words[at - 1] == "," and at > at_carrier) for at in before)


def _is_somebody(called: Vocable) -> bool:
    if isinstance(called, Person):
        return called.kind != "nobody"
    return isinstance(called, Thing) and called.people


def _is_followed(doer: Found | None, followed: Sequence[Person]) -> bool:
    """Tell whether the film follows somebody; of whom nothing is known, it does."""
    if doer is None:
        return True
    person = doer.call.called
    if not isinstance(person, Person):
        return doer.call.words in EVERYBODY
    nouns = {one.noun for one in followed}
    if person.kind == "anybody" or person.noun in nouns or not nouns.isdisjoint(person.pair):
        return True
    kinds = {one.kind for one in followed}
    return doer.call.score == HINT_SCORE and not kinds.isdisjoint({person.kind, "other"})


def _is_between(word: str) -> bool:
    return word[0].isalnum() and word not in SMALL | BREAKS | PREPOSITIONS


def _coloured(thing: Thing, colour: str) -> Thing:
    """Return a thing told in its colour: "a red car", "black waves"."""
    article, _, rest = thing.phrase.partition(" ")
    if article in ("a", "an"):
        phrase = f"{'an' if colour[0] in VOWELS else 'a'} {colour} {rest}"
    else:
        phrase = f"{colour} {thing.phrase}"
    _, _, rest = thing.one.partition(" ")
    one = f"{'an' if colour[0] in VOWELS else 'a'} {colour} {rest}" if thing.one else ""
    return thing.model_copy(update={"phrase": phrase, "one": one})


def _index_of(person: Person, followed: Sequence[Person], score: int, *, default: int) -> int:
    """Return which of those who are followed is spoken of; a pronoun speaks of one of its kind."""
    for index, one in enumerate(followed):
        if person.noun == one.noun or (score == HINT_SCORE and person.kind == one.kind):
            return index
    return default


def _is_thing(called: Vocable) -> bool:
    return isinstance(called, World) or (isinstance(called, Thing) and not called.people)
