"""Finding the words of a vocabulary in a text as people write.

Whole phrases come before single words, and inflected words are found by their stem (*rainy*,
*raining* find *rain*). A word of five letters or more that nobody knows may be a slip of one that
is known: *forrest*. It is read so if a letter differs, two in long words (optimal string
alignment, in which two letters that changed places count as one), the first one excepted, and if
it is no ordinary word of English itself, such as *house* beside *horse*.

What stands behind *no*, *without* or *don't show* is denied, up to the end of its clause.

Contents
--------
Call, Match, Reading, Lexicon, stems, plain_words
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

CalledT = TypeVar("CalledT")
Forms = tuple[str, ...]
WORD_SCORE = 3
HINT_SCORE = 1
MIN_SLIP_LETTERS = 5
LONG_WORD_LETTERS = 8
MIN_KNOWN_SHARE = 0.3
"""Slips are looked for only where so many words are known: not in other languages."""

REACH = {"no": 3, "without": 3, "avoid": 3, "nothing": 3, "nor": 3, "not": 2, "never": 2}
"""How many words are denied at most, small ones not counted."""
STRICT = frozenset({"no", "without", "avoid", "nothing", "nor"})
"""What these deny must not be seen, even if its word is not known."""
SHOWING = frozenset({"show", "want", "include", "use", "need"})
"""*Don't* is as strict before these."""
SMALL = frozenset(
    {
        *("a", "an", "the", "any", "other", "more", "much", "many", "too", "very", "so"),
        *("at", "in", "on", "of", "to", "be", "please", "kind", "sort", "like"),
    }
)
BREAKS = frozenset(
    {
        *("but", "only", "just", "and", "then", "instead", "except", "with", "from", "by", "for"),
        *("while", "where", "when", "as", "who", "into", "through", "is", "are", "was", "were"),
        *("he", "i", "it", "she", "they", "we", "you"),
    }
)
"""A denial ends before these."""


@dataclass(frozen=True)
class Call(Generic[CalledT]):
    """Something that a phrase calls; ``score`` tells words from mere hints."""

    phrase: tuple[str, ...]
    called: CalledT
    score: int = WORD_SCORE

    @property
    def words(self) -> str:
        """The phrase as text."""
        return " ".join(self.phrase)


@dataclass(frozen=True)
class Match(Generic[CalledT]):
    """A call found in a text, at its ``at``-th word."""

    at: int
    call: Call[CalledT]

    @property
    def end(self) -> int:
        """Where the next word stands."""
        return self.at + len(self.call.phrase)


@dataclass(frozen=True)
class Reading(Generic[CalledT]):
    """What a text calls, what it denies of that, and the words that must not be seen.

    Attributes
    ----------
    words : tuple of str
        All words and marks of the text, in plain letters.
    unread : tuple of int
        Where words stand that call nothing and are not denied, and marks.
    """

    matches: tuple[Match[CalledT], ...]
    denied: tuple[Match[CalledT], ...]
    without: tuple[str, ...]
    words: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()


class Lexicon(Generic[CalledT]):
    """A vocabulary to read texts with.

    Parameters
    ----------
    calls : iterable of Call
        Every phrase with what it calls.
    ordinary : iterable of str
        English words that are no slips of others.
    mends_slips : bool
        Whether a word that nobody knows may be a slip of one that is known.
    forms : callable
        Tells what a word may be a form of.
    """

    def __init__(
        self,
        calls: Iterable[Call[CalledT]],
        *,
        ordinary: Iterable[str] = (),
        mends_slips: bool = True,
        forms: Callable[[str], Forms] | None = None,
    ) -> None:
        self._forms_of = forms or stems
        self._mends_slips = mends_slips
        self._calls: dict[str, list[Call[CalledT]]] = {}
        for call in calls:
            self._calls.setdefault(call.phrase[0], []).append(call)
        phrases = [call.phrase for calls in self._calls.values() for call in calls]
        self._words = frozenset(word for phrase in phrases for word in phrase)
        self._ordinary = frozenset(ordinary) | SMALL | BREAKS | REACH.keys()
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= MIN_SLIP_LETTERS:
                self._by_initial.setdefault(word[0], []).append(word)

    def calls(self) -> Iterator[Call[CalledT]]:
        """Yield every phrase with what it calls."""
        for calls in self._calls.values():
            yield from calls

    def read(self, text: str) -> Reading[CalledT]:
        """Return what a text calls, from left to right, longest phrases first."""
        words = plain_words(text)
        forms = [self._forms_of(word) for word in words]
        if self._mends_slips and sum(map(self._knows, forms)) >= MIN_KNOWN_SHARE * len(words):
            forms = [self._forms(word) for word in words]
        found: list[Match[CalledT]] = []
        denied: list[Match[CalledT]] = []
        unread: list[int] = []
        denial = _Denial()
        at = 0
        while at < len(words):
            here = self._at(at, words, forms)
            n_words = len(here[0].phrase) if here else 1
            if denial.covers(words[at], known=bool(here)):
                denial.add(words[at : at + n_words], known=bool(here))
                denied += (Match(at, call) for call in here)
            else:
                found += (Match(at, call) for call in here)
                unread += () if here else (at,)
            at += n_words
        return Reading(tuple(found), tuple(denied), denial.finish(), tuple(words), tuple(unread))

    def _at(self, at: int, words: list[str], forms: list[Forms]) -> list[Call[CalledT]]:
        """Return the longest calls at a word; rather such as are spelt so than its stems'."""
        fitting = [
            call
            for form in forms[at]
            for call in self._calls.get(form, ())
            if _fits(call.phrase, forms[at : at + len(call.phrase)])
        ]
        longest = max((len(call.phrase) for call in fitting), default=1)
        kept = [call for call in fitting if len(call.phrase) == longest]
        exact = [call for call in kept if call.phrase[0] == words[at]]
        return exact or kept

    def _forms(self, word: str) -> Forms:
        """Return what a word may be a form of; of a slip, what it is a slip of."""
        forms = stems(word)
        if self._knows(forms):
            return forms
        meant = next(filter(None, map(self._slip_of, forms)), None)
        return stems(meant) if meant else forms

    def _knows(self, forms: Forms) -> bool:
        """Tell whether a word is one of the vocabulary, or of English."""
        return not (self._words.isdisjoint(forms) and self._ordinary.isdisjoint(forms))

    def _slip_of(self, word: str) -> str | None:
        """Return the known word that a misspelt one is closest to, if it is close enough."""
        if len(word) < MIN_SLIP_LETTERS:
            return None
        most = allowed_slips(word)
        near = self._by_initial.get(word[0], ())
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=most)
        return found[0] if found else None

    def slips_to(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those of some words that would be read as others if they were not ordinary."""
        unknown = [word for word in words if self._words.isdisjoint(stems(word))]
        return tuple(word for word in unknown if any(map(self._slip_of, stems(word))))


def allowed_slips(word: str) -> int:
    """Return how many letters of a word may be wrong."""
    return 2 if len(word) >= LONG_WORD_LETTERS else 1


@dataclass
class _Denial:
    """What is denied while a text is read from left to right."""

    left: int = 0
    strict: bool = False
    words: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def covers(self, word: str, *, known: bool) -> bool:
        """Take the next word, and tell whether it is denied."""
        if word in REACH and not known:
            self._close()
            self.left, self.strict = REACH[word], word in STRICT
        elif word == "or" and self.strict and self.words:
            self._close(strict=True)
            self.left = REACH["nor"]
        elif word in SHOWING and self.left:
            self.left, self.strict = REACH["no"], True
        elif not word[0].isalnum() or word in BREAKS or (word in SMALL and self.words):
            self._close()
        else:
            return self.left > 0 and word not in SMALL
        return False

    def add(self, words: list[str], *, known: bool) -> None:
        """Deny words that follow each other."""
        self.words += words
        self.known += [" ".join(words)] if known else []
        self.left -= 1
        if self.left == 0:
            self._close()

    def finish(self) -> tuple[str, ...]:
        """Return what must not be seen, each once."""
        self._close()
        return tuple(dict.fromkeys(self.told))

    def _close(self, *, strict: bool = False) -> None:
        if self.words:
            self.told += [" ".join(self.words)] if self.strict else self.known
        self.left, self.strict = 0, strict
        self.words, self.known = [], []


@cache
def stems(word: str) -> Forms:
    """Return a word and what it may be a form of, the likeliest first."""
    found = [word]
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 2:
            found += [stem + replacement for replacement in replacements]
            if ending != "ies" and len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    return tuple(found)


_ENDINGS = (
    ("ies", ("y",)),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ing", ("", "e")),
    ("ed", ("", "e")),
    ("y", ("", "e")),
    ("ly", ("",)),
)


def plain_words(text: str) -> list[str]:
    """Return the words and marks of a text, in plain letters."""
    plain = unicodedata.normalize("NFKD", text.lower()).translate(_LETTERS)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"'s\b", "", plain).replace("n't", " not")
    return re.findall(r"[a-z0-9]+|[.,;:!?()]", plain)


_LETTERS = str.maketrans({"’": "'", "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o"})
"""What normal forms leave as it is, in plain letters."""


def _fits(phrase: tuple[str, ...], forms: list[Forms]) -> bool:
    return len(phrase) == len(forms) and all(
        word in form for word, form in zip(phrase, forms, strict=True)
    )
