"""What a wish asks for, read without a language model.

The words of a text are looked up in the director's vocabulary: whole phrases before single words,
and inflected words by their stem (*rainy*, *raining* find *rain*). What is denied ("no rain",
"without people") does not count. A colour beside a garment ("a red umbrella") colours the person
rather than the film.

Contents
--------
Wish, read_wish, stems
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from mvkit.director.knowledge import (
    ActionWords,
    Colour,
    Entry,
    Feeling,
    Garment,
    Knowledge,
    Motif,
    Palette,
    Person,
    TimeWords,
    WeatherWords,
    World,
)
from mvkit.schema.plan import Action, TimeOfDay, Weather

DENIALS = frozenset({"no", "not", "never", "without"})
DENIAL_REACH = 2
"""A denial reaches this many words ahead ("without any rain"); a comma counts as a word."""
WORD_SCORE = 3
HINT_SCORE = 1

Vocable = World | Palette | Motif | Entry
"""What words can call."""
KindT = TypeVar("KindT")


@dataclass(frozen=True)
class Wish:
    """What a text asks for; whatever it does not mention is empty.

    Attributes
    ----------
    worlds : tuple of World
        Places, the one most called first.
    colours : tuple of Colour
        For the film, in the order in which they are named.
    accent : Colour or None
        For the person.
    person : Person or None
        The first who is named.
    peopled : bool
        False where the text wants nobody to be seen.
    home : World or None
        The place that somebody chose for the film, besides what the text says.
    palette : Palette or None
        The palette that somebody chose.
    understood : dict
        The words that were understood, by what they are about; and what was chosen.
    """

    worlds: tuple[World, ...] = ()
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    actions: tuple[Action, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    colours: tuple[Colour, ...] = ()
    palettes: tuple[Palette, ...] = ()
    motifs: tuple[Motif, ...] = ()
    accent: Colour | None = None
    person: Person | None = None
    garments: tuple[Garment, ...] = ()
    peopled: bool = True
    home: World | None = None
    palette: Palette | None = None
    understood: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Call:
    """An entry that a phrase calls; ``score`` tells words of a world from its hints."""

    phrase: tuple[str, ...]
    called: Vocable
    score: int = WORD_SCORE


@dataclass(frozen=True)
class _Match:
    """A call found in a text, at its ``at``-th word."""

    at: int
    call: _Call

    @property
    def end(self) -> int:
        return self.at + len(self.call.phrase)

    @property
    def words(self) -> str:
        return " ".join(self.call.phrase)


def read_wish(text: str, knowledge: Knowledge) -> Wish:
    """Read what a prompt or a song's lyrics ask for.

    Parameters
    ----------
    text : str
        Any text; only English words are understood.
    knowledge : Knowledge
        The vocabulary.
    """
    matches = list(_matches(text, knowledge))
    dressing = _dressing_colours(matches)
    people = _called(matches, Person)
    times, weathers = _called(matches, TimeWords), _called(matches, WeatherWords)
    accents = _called(dressing, Colour)
    followed = [person for person in people if person.kind != "nobody"]
    return Wish(
        worlds=_worlds(matches),
        time_of_day=times[0].value if times else None,
        weather=weathers[0].value if weathers else None,
        actions=tuple(entry.value for entry in _called(matches, ActionWords)),
        feelings=_called(matches, Feeling),
        colours=_called([match for match in matches if match not in dressing], Colour),
        palettes=_called(matches, Palette),
        motifs=_called(matches, Motif),
        accent=accents[0] if accents else None,
        person=followed[0] if followed else None,
        garments=_called(matches, Garment),
        peopled=bool(followed) or not people,
        understood=_understood(matches),
    )


def stems(word: str) -> tuple[str, ...]:
    """Return a word and what it may be a form of, the likeliest first."""
    found = [word]
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 2:
            found += [stem + replacement for replacement in replacements]
            if len(stem) > 3 and stem[-1] == stem[-2]:
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


def _matches(text: str, knowledge: Knowledge) -> Iterator[_Match]:
    """Yield what a text calls, from left to right, longest phrases first, denials left out."""
    calls: dict[str, list[_Call]] = {}
    for call in _calls(knowledge):
        calls.setdefault(call.phrase[0], []).append(call)
    tokens = re.findall(r"[a-z0-9]+|[.,;:!?]", re.sub(r"['’]s\b", "", text.lower()))
    forms = [stems(token) for token in tokens]
    at = 0
    while at < len(tokens):
        here = [
            call
            for form in forms[at]
            for call in calls.get(form, ())
            if _fits(call.phrase, forms[at : at + len(call.phrase)])
        ]
        longest = max((len(call.phrase) for call in here), default=1)
        if not DENIALS & set(tokens[max(0, at - DENIAL_REACH) : at]):
            kept = [call for call in here if len(call.phrase) == longest]
            exact = [call for call in kept if call.phrase[0] == tokens[at]]
            yield from (_Match(at, call) for call in exact or kept)
        at += longest


def _fits(phrase: tuple[str, ...], forms: list[tuple[str, ...]]) -> bool:
    return len(phrase) == len(forms) and all(
        word in form for word, form in zip(phrase, forms, strict=True)
    )


def _calls(knowledge: Knowledge) -> Iterator[_Call]:
    """Yield every phrase of the vocabulary with what it calls."""
    for world in knowledge.worlds:
        yield from _phrases(world, world.words)
        yield from _phrases(world, world.hints, score=HINT_SCORE)
    for colour in knowledge.colours:
        yield from _phrases(colour, (colour.name, *colour.words))
    plain: list[Vocable] = [
        *knowledge.palettes,
        *knowledge.motifs,
        *knowledge.times,
        *knowledge.weathers,
        *knowledge.actions,
        *knowledge.feelings,
        *knowledge.people,
        *knowledge.garments,
    ]
    for called in plain:
        yield from _phrases(called, called.words)


def _phrases(called: Vocable, words: Iterable[str], *, score: int = WORD_SCORE) -> list[_Call]:
    return [_Call(tuple(phrase.split()), called, score) for phrase in words]


def _called(matches: Iterable[_Match], kind: type[KindT]) -> tuple[KindT, ...]:
    """Return what was called of one kind, each once, in order."""
    found: list[KindT] = []
    for match in matches:
        if isinstance(match.call.called, kind) and match.call.called not in found:
            found.append(match.call.called)
    return tuple(found)


def _worlds(matches: list[_Match]) -> tuple[World, ...]:
    """Return the worlds by score, the first called first; hinted ones only if none is named."""
    scores: Counter[str] = Counter()
    named: set[str] = set()
    for match in matches:
        if isinstance(match.call.called, World):
            scores[match.call.called.id] += match.call.score
            if match.call.score == WORD_SCORE:
                named.add(match.call.called.id)
    worlds = [world for world in _called(matches, World) if not named or world.id in named]
    return tuple(sorted(worlds, key=lambda world: -scores[world.id]))


def _dressing_colours(matches: list[_Match]) -> list[_Match]:
    """Return the colours that stand right before a garment."""
    garments_at = {match.at for match in matches if isinstance(match.call.called, Garment)}
    return [
        match
        for match in matches
        if isinstance(match.call.called, Colour) and match.end in garments_at
    ]


_TOPICS: dict[str, type[Vocable]] = {
    "subject": Person,
    "wardrobe": Garment,
    "place": World,
    "time": TimeWords,
    "weather": WeatherWords,
    "action": ActionWords,
    "mood": Feeling,
    "colours": Colour,
    "palette": Palette,
}


def _understood(matches: list[_Match]) -> dict[str, tuple[str, ...]]:
    """Return the words understood by topic, each once, without empty topics."""
    told = {
        topic: tuple(dict.fromkeys(m.words for m in matches if isinstance(m.call.called, kind)))
        for topic, kind in _TOPICS.items()
    }
    return {topic: words for topic, words in told.items() if words}
