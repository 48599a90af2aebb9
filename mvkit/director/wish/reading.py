"""Reading a wish without a language model.

The words of a text are looked up in the director's vocabulary (:mod:`mvkit.director.lexicon`). What
is denied ("no rain", "without cars") is not wished, and must not be seen. A colour right before a
garment or a thing ("a red umbrella", "a red vintage car") is theirs rather than the film's.
Pronouns call a person only where no noun does.

Contents
--------
PEOPLE, read_wish, recall_wish
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from mvkit.director.knowledge import (
    ActionWords,
    Colour,
    Era,
    Feeling,
    Filming,
    FormatWords,
    Garment,
    Genre,
    Knowledge,
    Location,
    NamedStyle,
    Palette,
    Person,
    Season,
    Thing,
    TimeWords,
    Vocable,
    WeatherWords,
    World,
)
from mvkit.director.lexicon import WORD_SCORE, Match, Reading, plain_words
from mvkit.director.themes import themes_in
from mvkit.director.wish.abroad import in_english
from mvkit.director.wish.belongings import (
    activities_of,
    carried_by,
    colours_by_owner,
    deeds_of,
    done_by_people,
    owned_colours,
    things_of,
    worn_by,
)
from mvkit.director.wish.denials import unwanted
from mvkit.director.wish.people import COUNTS_MORE, crowds_of, named_only, people_of
from mvkit.director.wish.telling import tells
from mvkit.director.wish.wish import Wish
from mvkit.schema import Plan
from mvkit.schema.plan import TimeOfDay

KindT = TypeVar("KindT")
Found = Match[Vocable]
PEOPLE = "people"
"""What must not be seen where nobody shall be."""
UNTIL = frozenset({"until", "till", "to", "into", "then", "later", "ends", "finally", "before"})
"""What leads from one time of day to another."""
MOST_MISSED = 8
"""So many words that were not understood are told."""
_TOPICS: dict[str, type[Vocable]] = {
    "subject": Person,
    "wardrobe": Garment,
    "things": Thing,
    "place": World,
    "time": TimeWords,
    "weather": WeatherWords,
    "season": Season,
    "era": Era,
    "action": ActionWords,
    "mood": Feeling,
    "colours": Colour,
    "palette": Palette,
    "style": NamedStyle,
    "filming": Filming,
    "genre": Genre,
    "format": FormatWords,
}


def read_wish(text: str, knowledge: Knowledge, *, sentence_model: str = "") -> Wish:
    """Read what a prompt or a song's lyrics ask for.

    Parameters
    ----------
    text : str
        Any text in English; of German, French and Spanish, the commonest words are understood.
    knowledge : Knowledge
        The vocabulary.
    sentence_model : str
        Folder of a sentence encoder, by which words that are not understood count as the nearest
        that are (:mod:`mvkit.director.wish.kindred`); empty for none.
    """
    reading = knowledge.lexicon.read(in_english(text, knowledge))
    if sentence_model:
        from mvkit.director.wish.kindred import with_kindred  # loads numpy

        reading = with_kindred(reading, knowledge, sentence_model=sentence_model)
    named = _named_once(named_only(reading.matches, reading.words), reading.words)
    matches = done_by_people(named, reading.words)
    owned = owned_colours(matches, reading.words)
    people = people_of(matches, reading.words, knowledge)
    followed = Wish(people=people).followed
    things = things_of(matches, owned)
    carried = carried_by(reading.matches, things, followed, reading.words)
    in_hand = {one.thing.name for one in carried}
    deeds, undone = deeds_of(matches, reading.matches, followed)
    times, weathers = _called(matches, TimeWords), _called(matches, WeatherWords)
    peopled = bool(people) or not _called(matches, Person)
    without = (*reading.without, *(() if peopled else (PEOPLE,)))
    worlds = _worlds(matches)
    wish = Wish(
        worlds=worlds,
        called_by=_called_by(matches, worlds),
        time_of_day=times[0].value if times else _time_of(_called(matches, NamedStyle)),
        later=_later(matches, reading.words),
        weather=weathers[0].value if weathers else None,
        activities=activities_of(deeds, reading.matches, followed, reading.words),
        undone=tuple(dict.fromkeys(match.call.words for match in undone)),
        feelings=_called(matches, Feeling),
        colours=_called([match for match in matches if match.at not in owned], Colour),
        palettes=_called(matches, Palette),
        motifs=themes_in(text, knowledge),
        people=people,
        carried=carried,
        crowds=crowds_of(matches, reading.words),
        things=tuple(
            thing.model_copy(update={"carried": thing.name in in_hand}) for thing in things
        ),
        styles=_called(matches, NamedStyle),
        eras=_called(matches, Era),
        seasons=_called(matches, Season),
        filming=_called(matches, Filming),
        genres=_called(matches, Genre),
        formats=tuple(dict.fromkeys(row.value for row in _called(matches, FormatWords))),
        without=without,
        unwanted=unwanted(reading.denied, matches),
        peopled=peopled,
        understood=_understood([match for match in matches if match not in undone], owned, without),
        missed=_missed(reading, text),
    )
    worn = worn_by(reading.matches, owned, wish.followed, reading.words)
    accents = [one.colour for one in worn if one.colour]
    return replace(wish, worn=worn, accent=accents[0] if accents else None)


def recall_wish(plan: Plan, knowledge: Knowledge) -> Wish:
    """Return what a plan tells of its wish: what was understood, and what must not be seen."""
    told = (words for topic in _TOPICS for words in plan.understood.get(topic, ()))
    wish = read_wish(". ".join(words.rpartition(" ~ ")[2] for words in told), knowledge)
    anybodys = (deed.model_copy(update={"by": ""}) for deed in wish.activities)
    return replace(
        wish,
        activities=tuple(anybodys),
        undone=(),
        without=plan.avoid,
        peopled=bool(plan.characters),
    )


def _called(matches: Iterable[Found], kind: type[KindT]) -> tuple[KindT, ...]:
    """Return what was called of one kind, each once, in order."""
    found: list[KindT] = []
    for match in matches:
        if isinstance(match.call.called, kind) and match.call.called not in found:
            found.append(match.call.called)
    return tuple(found)


def _named_once(matches: Sequence[Found], words: Sequence[str]) -> list[Found]:
    """Return the matches without *the room* where a place inside was named before: it is that."""
    kept: list[Found] = []
    inside = False
    for match in matches:
        place = match.call.called
        if isinstance(place, World):
            said = words[max(match.at - 1, 0) : match.end]
            if inside and list(said) == ["the", "room"]:
                continue
            inside = inside or not place.outdoors
        kept.append(match)
    return kept


def _worlds(matches: Sequence[Found]) -> tuple[World, ...]:
    """Return the worlds by score, the first called first; hinted ones only if none is named.

    A place right before another only describes it: a *village* church.
    """
    places = [match for match in matches if isinstance(match.call.called, World)]
    named_at = {match.at for match in places if match.call.score == WORD_SCORE}
    matches = [match for match in places if match.end not in named_at]
    scores: Counter[str] = Counter()
    named: set[str] = set()
    for match in matches:
        if isinstance(match.call.called, World):
            scores[match.call.called.id] += match.call.score
            if match.call.score == WORD_SCORE:
                named.add(match.call.called.id)
    worlds = {
        world.id: world for world in _called(matches, World) if not named or world.id in named
    }
    nouns: dict[str, str] = {}
    for match in matches:
        if isinstance(match.call.called, World):
            nouns.setdefault(match.call.called.id, _noun_of(match))
    told = (
        world.as_noun(nouns.get(world.id, "")) if isinstance(world, Location) else world
        for world in worlds.values()
    )
    return tuple(sorted(told, key=lambda world: -scores[world.id]))


def _later(matches: Sequence[Found], words: Sequence[str]) -> TimeOfDay | None:
    """Return the time of day with which a text says that it ends: *midnight until dawn*."""
    called = [match for match in matches if isinstance(match.call.called, TimeWords)]
    for match in reversed(called[1:]):
        time = match.call.called
        until = not UNTIL.isdisjoint(words[called[0].end : match.at])
        if until and isinstance(time, TimeWords) and time != called[0].call.called:
            return time.value
    return None


def _time_of(styles: Iterable[NamedStyle]) -> TimeOfDay | None:
    """Return the time of day that belongs to a style."""
    return next((style.time for style in styles if style.time), None)


def _called_by(matches: Sequence[Found], worlds: Sequence[World]) -> dict[str, str]:
    """Return by which word each place was called first, by its id."""
    ids = {world.id for world in worlds}
    called: dict[str, str] = {}
    for match in matches:
        if isinstance(match.call.called, World) and match.call.called.id in ids:
            called.setdefault(match.call.called.id, _noun_of(match))
    return called


def _noun_of(match: Found) -> str:
    """Return what a place is called, in the words of the vocabulary."""
    return match.call.words.rpartition(" ~ ")[2]


def _missed(reading: Reading[Vocable], text: str) -> tuple[str, ...]:
    """Return words that tell something and call nothing, each once, as they are written."""
    read = {at for match in reading.matches for at in range(match.at, match.end)}
    written = {
        plain: word
        for word in reversed(re.findall(r"[^\W\d_]+", text))
        for plain in plain_words(word)
    }
    words = [reading.words[at] for at in reading.unread if at not in read]
    telling = (word for word in words if tells(word) and word not in COUNTS_MORE)
    return tuple(dict.fromkeys(written.get(word, word) for word in telling))[:MOST_MISSED]


def _understood(
    matches: Sequence[Found], owned: Mapping[int, int], without: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return the words understood by topic, each once, without empty topics."""
    colours = colours_by_owner(matches, owned)

    def words_of(match: Found) -> str:
        colour = colours.get(match.at) if isinstance(match.call.called, Thing) else None
        told = match.call.words
        return f"{colour.name} {told.replace(' ~ ', f' ~ {colour.name} ')}" if colour else told

    otherwise = {match.at for match in matches if not isinstance(match.call.called, World)}

    def is_told(match: Found, kind: type[Vocable]) -> bool:
        """A thing or a deed that only hints at a place is no place."""
        hints = isinstance(match.call.called, World) and match.call.score < WORD_SCORE
        return isinstance(match.call.called, kind) and not (hints and match.at in otherwise)

    told = {
        topic: tuple(dict.fromkeys(words_of(m) for m in matches if is_told(m, kind)))
        for topic, kind in _TOPICS.items()
    }
    return {topic: words for topic, words in (*told.items(), ("without", without)) if words}
