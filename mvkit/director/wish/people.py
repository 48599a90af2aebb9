"""Who is named in a text.

Contents
--------
named_only, people_of, crowds_of
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mvkit.director.knowledge import Knowledge, Person, Vocable
from mvkit.director.lexicon import HINT_SCORE, Match

Found = Match[Vocable]
COUNTS_TWO = frozenset({"two", "both", "pair", "couple", "duo"})
"""*Two dancers*, *a pair of old men*: such words stand one or two before a person."""
COUNTS_MORE = frozenset(
    {"three", "four", "five", "six", "seven", "eight", "nine", "ten", "dozen", "twelve", "several"}
)
"""*Five girls*: so many are a group."""
HERS = frozenset({"she", "her"})
HIS = frozenset({"he", "his", "him"})
FEMALE, MALE = "female", "male"
REACH_OF_PRONOUNS = 3
"""So many words behind a noun, a pronoun speaks of the same person."""


def named_only(matches: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """Return matches without pronouns and people who stand for somebody else who is named."""
    return _heads_only(_without_spare_pronouns(matches, words))


def people_of(
    matches: Iterable[Found], words: Sequence[str], knowledge: Knowledge
) -> tuple[Person, ...]:
    """Return who is named, each once; of two, and of a pair, both."""
    by_noun = {person.noun: person for person in knowledge.people}
    people: list[Person] = []
    for match in matches:
        person = match.call.called
        if isinstance(person, Person) and person.kind != "nobody":
            count = 2 if _is_two(match, words) and not person.group else 1
            one = _one_of_many(match, words) or _gendered(person, match, words)
            called = [by_noun[noun] for noun in person.pair] or [one] * count
            people += [one for one in called if one not in people]
    return tuple(people)


def crowds_of(matches: Iterable[Found], words: Sequence[str]) -> tuple[str, ...]:
    """Return who is named in numbers that no film follows: *five girls*."""
    return tuple(
        " ".join(words[_count_at(match, words) : match.end])
        for match in matches
        if isinstance(match.call.called, Person) and _one_of_many(match, words)
    )


def _one_of_many(match: Found, words: Sequence[str]) -> Person | None:
    """Return one of so many as are named, if those are a group."""
    person = match.call.called
    if not isinstance(person, Person) or _count_at(match, words) == match.at:
        return None
    return person.model_copy(update={"group": True})


def _count_at(match: Found, words: Sequence[str]) -> int:
    """Return where the number stands that counts somebody, else where they are named."""
    before = range(max(match.at - 2, 0), match.at)
    counts = [at for at in before if words[at] in COUNTS_MORE]
    told = all(word[0].isalnum() for word in words[counts[0] : match.at]) if counts else False
    return counts[0] if told else match.at


def _gendered(person: Person, match: Found, words: Sequence[str]) -> Person:
    """Return somebody told as a woman or a man, if the text says it: *a boxer and her sister*.

    What tells it is the word before or the first pronoun up to the end of the sentence.
    """
    if person.kind != "other" or person.group or not person.phrase or person.wears:
        return person
    article, _, rest = person.phrase.partition(" ")
    before = words[match.at - 1] if match.at else ""
    behind = words[match.end : match.end + REACH_OF_PRONOUNS]
    stop = behind.index(".") if "." in behind else len(behind)
    told = next((word for word in behind[:stop] if word in HERS | HIS), "")
    if before == FEMALE or (told in HERS and before != MALE):
        return person.model_copy(
            update={"possessive": "her", "objective": "her"}
            | {"phrase": f"a {FEMALE} {rest}" if article in ("a", "an") else person.phrase}
        )
    if before == MALE or told in HIS:
        return person.model_copy(
            update={"possessive": "his", "objective": "him"}
            | {"phrase": f"a {MALE} {rest}" if article in ("a", "an") else person.phrase}
        )
    return person


def _without_spare_pronouns(matches: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """Return matches without pronouns that stand for somebody whom a noun names.

    *He* stands for a man who is named anywhere, and for whoever else is named before: *a dancer*.
    *I* tells of nobody where others are named before, but in *a dancer and I*.
    """
    nouns = [
        (match.at, match.call.called.kind)
        for match in matches
        if isinstance(match.call.called, Person) and match.call.score > HINT_SCORE
    ]

    def is_spare(match: Found) -> bool:
        person = match.call.called
        if not isinstance(person, Person) or match.call.score > HINT_SCORE:
            return False
        before = {kind for at, kind in nouns if at < match.at}
        if person.kind == "anybody":
            return bool(before) and words[match.at - 1] != "and"
        return "other" in before or person.kind in {kind for _, kind in nouns}

    return [match for match in matches if not is_spare(match)]


def _heads_only(matches: Sequence[Found]) -> list[Found]:
    """Return matches without people that only describe the next word: *hacker* girl."""
    heads_at = {
        match.at
        for match in matches
        if isinstance(match.call.called, Person) and match.call.score > HINT_SCORE
    }
    return [
        match
        for match in matches
        if not isinstance(match.call.called, Person) or match.end not in heads_at
    ]


def _is_two(match: Found, words: Sequence[str]) -> bool:
    """Tell whether a person is one of two: *two dancers*, *a pair of old men*."""
    before = words[max(match.at - 2, 0) : match.at]
    return not COUNTS_TWO.isdisjoint(before) and all(word[0].isalnum() for word in before)
