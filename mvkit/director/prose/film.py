"""The film as a whole, in words.

Contents
--------
tell_summary, tell_treatment, tell_place, tell_change, tell_lacks
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mvkit.director.casting import Cast
from mvkit.director.knowledge import Knowledge
from mvkit.director.prose.words import listed, pronouns, sentence, tidy
from mvkit.director.treatment import Take, Treatment
from mvkit.director.wish import Wish, speaks_of
from mvkit.schema import Analysis, Scene, Style

PLURALS = {"chorus": "choruses", "pre-chorus": "pre-choruses", "instrumental": "instrumental parts"}
ONE_OF = {"instrumental": "instrumental part"}
"""What parts of a song are called, if not by their type."""
VOWELS = "aeiou"


def tell_summary(
    prompt: str, *, treatment: Treatment, cast: Cast, style: Style, knowledge: Knowledge
) -> str:
    """Return the film in a few sentences."""
    people = (cast.person, cast.companion) if cast.companion else (cast.person,)
    subject = _named([person.phrase for person in people])
    subject = subject if cast.characters else "the empty place itself"
    them = pronouns(people)["them"] if cast.characters else "the eye"
    opening = f"{subject} {tell_place(knowledge, treatment.home)}, {style.mood}"
    turns = list(_turns(treatment, them, knowledge))
    told = " ".join(sentence(text) for text in (opening, *([listed(turns)] if turns else [])))
    wish = " ".join(prompt.split()).rstrip(".")
    return f"{told} Made from the wish: “{wish}”."


def tell_treatment(
    analysis: Analysis, *, treatment: Treatment, cast: Cast, style: Style, knowledge: Knowledge
) -> str:
    """Return what kind of film it is, and how it follows the song, part by part.

    Of a place only what has changed since the part before is told.
    """
    parts = list(_parts(treatment, cast, knowledge))
    told = (_kind(analysis, treatment, style, knowledge), listed(parts))
    return " ".join(map(sentence, (*told, style.lighting, style.cinematography)))


def _kind(analysis: Analysis, treatment: Treatment, style: Style, knowledge: Knowledge) -> str:
    """Return the kind of film and of song: "a dance film to a fast disco song in C major ..."."""
    kind = treatment.kind
    tempo = knowledge.phrase("tempo", treatment.facts).text
    genre = kind.genre.name.removesuffix(" music") if kind.genre else ""
    key = f"{analysis.key.tonic} {analysis.key.mode}"
    film = f"{'an' if kind.format[0] in VOWELS else 'a'} {kind.format} film"
    song = f"{tempo} {genre} song in {key} at {analysis.bpm:.0f} BPM"
    return tidy(f"{film} to a {song}, {style.mood}")


def _parts(treatment: Treatment, cast: Cast, knowledge: Knowledge) -> Iterator[str]:
    """Yield what each type of part is for, in the order in which the song has them."""
    by_type: dict[str, list[Take]] = {}
    for take in treatment.takes:
        by_type.setdefault(take.facts.section, []).append(take)
    before: Scene | None = None
    for section, takes in by_type.items():
        scene, world = takes[0].scene, takes[0].world
        several = len({take.passage.section_index for take in takes}) > 1
        placed = tell_change(knowledge, before, scene)
        away = before is None or not _same_place(knowledge, before, scene)
        called = PLURALS.get(section, f"{section}s") if several else ONE_OF.get(section, section)
        text = knowledge.phrase("purpose", takes[0].facts).text.format(
            parts=f"the {called}",
            s="" if several else "s",
            person=cast.person.noun if cast.characters else "the eye",
            and_other=f"and {cast.companion.noun}" if cast.companion else "",
            place=world.name,
            placed=placed,
            away=f"to {world.name}" if away else placed,
        )
        yield tidy(text)
        before = scene


def tell_place(knowledge: Knowledge, scene: Scene) -> str:
    """Return where and when a scene plays: "on a quiet shore at night"."""
    world = knowledge.place_of(scene)
    phrase = knowledge.time(scene.time_of_day).phrase
    return f"{world.placed} {phrase}" if world.outdoors else world.placed


def tell_change(knowledge: Knowledge, before: Scene | None, scene: Scene) -> str:
    """Return where and when a scene plays, as far as that is not so in the scene before.

    Parameters
    ----------
    knowledge : Knowledge
        What is known of places.
    before : Scene or None
        What was told last, if anything was.
    scene : Scene
        What is told now.
    """
    if before is None or not _same_place(knowledge, before, scene):
        return tell_place(knowledge, scene)
    outdoors = knowledge.place_of(scene).outdoors
    return _change(knowledge, before, scene) if outdoors and before != scene else ""


def tell_lacks(wish: Wish, scenes: Iterable[Scene], *, knowledge: Knowledge) -> tuple[str, ...]:
    """Return what the studio cannot paint of a wish, a sentence each."""
    places = {scene.id: knowledge.place_of(scene) for scene in scenes}.values()
    elsewhere = {place.name: place for place in places if place.set_id != place.id}
    told = [
        f"The studio cannot paint {name}: its own pictures show "
        f"{knowledge.world(place.set_id).name} instead; models that paint from words are told of "
        "the place."
        for name, place in elsewhere.items()
    ]
    told += [
        f"You said “{wish.called_by[place.id]}”; the film plays {place.placed}."
        for place in elsewhere.values()
        if not _is_named(wish.called_by.get(place.id, ""), place.name)
    ]
    if not (wish.understood or wish.motifs):
        told.insert(0, "Nothing of the wish was understood; everything follows the song.")
    things = [
        thing.one if thing.carried else thing.phrase
        for thing in wish.things
        if not (thing.people or thing.painted)
    ]
    if things:
        told.append(f"Only models that paint from words are told of {_enumerated(things)}.")
    told += [
        f"Where the plan says “{deed.name}”, the studio's own pictures show “{drawn}”."
        for deed, drawn in zip(wish.activities, map(wish.drawn_as, wish.activities), strict=True)
        if deed.name
    ]
    told += [f"Of {crowd}, the film follows one." for crowd in wish.crowds]
    if wish.undone:
        deeds = _enumerated([f"“{words}”" for words in wish.undone])
        told.append(f"Not told, since only others do it: {deeds}.")
    if wish.missed:
        told.append(f"Not understood: {', '.join(wish.missed)}.")
    return tuple(told)


def _is_named(word: str, name: str) -> bool:
    """Tell whether a name holds a word, or the last one of several."""
    return word.lower() in name.lower() or speaks_of((word,), name)


def _enumerated(names: Sequence[str]) -> str:
    """Return names: "a boat", "lanterns and a boat"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _turns(treatment: Treatment, them: str, knowledge: Knowledge) -> Iterator[str]:
    """Yield how the film leaves home and comes back."""
    home = treatment.home
    release = treatment.scene_of("release")
    elsewhere = treatment.scene_of("elsewhere")
    farewell = treatment.scene_of("farewell")
    if release and not _same_place(knowledge, release, home):
        yield f"the music carries {them} to {knowledge.place_of(release).name}"
    elif release and release != home:
        yield f"the choruses find the same place {_change(knowledge, home, release)}"
    if elsewhere and not _same_place(knowledge, elsewhere, home):
        yield f"once the way leads off to {knowledge.place_of(elsewhere).name}"
    elif elsewhere and elsewhere != home:
        yield f"once all of it is seen {_change(knowledge, home, elsewhere)}"
    if farewell and farewell != home:
        yield f"at the end we are back {_change(knowledge, home, farewell)}"


def _named(phrases: Sequence[str]) -> str:
    """Return people by their phrases: "a woman and a man", "a dancer and another dancer"."""
    first, *others = phrases
    names = [other if other != first else f"another {other.split(' ', 1)[-1]}" for other in others]
    return " and ".join((first, *names))


def _same_place(knowledge: Knowledge, one: Scene, other: Scene) -> bool:
    return knowledge.place_of(one).id == knowledge.place_of(other).id


def _change(knowledge: Knowledge, before: Scene, after: Scene) -> str:
    """Return how one world looks in another scene: "at dawn", else "in falling snow"."""
    if after.time_of_day != before.time_of_day:
        return knowledge.time(after.time_of_day).phrase
    return knowledge.weather(after.weather).phrase or "under a clear sky"
