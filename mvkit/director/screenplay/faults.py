"""What keeps a screenplay from being laid over a draft, told to the model that wrote it.

What is told names places in the screenplay and words of the screenplay alone: never a user's words,
since a complaint is not material but an order.

Contents
--------
faults_of         in its words, its people and places, its acts
shot_faults_of    in its shots alone
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import get_args

from mvkit.director.knowledge import Knowledge
from mvkit.director.screenplay.craft import worlds_of
from mvkit.director.screenplay.shape import MAX_AT_ONCE, Screenplay
from mvkit.director.wish import speaks_of
from mvkit.schema import Plan
from mvkit.schema.plan import ActName

ACT_NAMES: tuple[ActName, ...] = get_args(ActName)
PEOPLE_WORDS = ("people", "person", "crowd")


def faults_of(
    screenplay: Screenplay, draft: Plan, *, knowledge: Knowledge, home: str = ""
) -> list[str]:
    """Return what is wrong with a screenplay apart from its shots, a clause each.

    Parameters
    ----------
    screenplay : Screenplay
        What the model wrote.
    draft : Plan
        What it wrote over.
    knowledge : Knowledge
        Worlds and people.
    home : str
        Id of the world that somebody chose for the film; empty if nobody did.
    """
    worlds = {world.id for world in worlds_of(draft, knowledge)}
    places = {scene.id for scene in screenplay.scenes}
    people = {character.id for character in screenplay.characters}
    return [
        *_doubles("scenes", (scene.id for scene in screenplay.scenes)),
        *_doubles("characters", (character.id for character in screenplay.characters)),
        *_unknown("scenes name the worlds", (s.world for s in screenplay.scenes), worlds),
        *_unknown("clips name the scenes", (c.scene for c in screenplay.clips), places),
        *_unknown(
            "clips name the characters",
            (name for clip in screenplay.clips for name in clip.characters),
            people,
        ),
        *_choice_faults(screenplay, draft, home=home),
        *_clip_faults(screenplay, draft),
        *_act_faults(screenplay, draft),
        *_word_faults(screenplay, draft, knowledge),
    ]


def shot_faults_of(screenplay: Screenplay, draft: Plan) -> list[str]:
    """Return what is wrong with the shots of a screenplay, a clause each.

    Parameters
    ----------
    screenplay : Screenplay
        One whose clips are those of the draft.
    draft : Plan
        Whose cuts stand.
    """
    return [*_count_faults(screenplay, draft), *_size_faults(screenplay)]


def _doubles(kind: str, ids: Iterable[str]) -> Iterator[str]:
    double = sorted(name for name, n in Counter(ids).items() if n > 1)
    if double:
        yield f"two {kind} have the id {', '.join(double)}"


def _unknown(what: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    unknown = sorted(set(names) - known)
    if unknown:
        yield f"{what} {', '.join(unknown)}, expected some of {', '.join(sorted(known))}"


def _choice_faults(screenplay: Screenplay, draft: Plan, *, home: str) -> Iterator[str]:
    """Yield what goes against a person's own choice."""
    if screenplay.characters and not draft.characters:
        yield "there are characters, but the user wants nobody to be seen"
    seen = {clip.scene for clip in screenplay.clips}
    if home and not any(scene.world == home and scene.id in seen for scene in screenplay.scenes):
        yield f"no clip plays in {home}, the world that the user chose"


def _clip_faults(screenplay: Screenplay, draft: Plan) -> Iterator[str]:
    found = [clip.clip_index for clip in screenplay.clips]
    n_clips = len(draft.clip_scripts)
    if found != list(range(n_clips)):
        yield f"the clips are numbered {found}, expected 0 to {n_clips - 1}, each once, in order"
    for clip in screenplay.clips:
        if len(set(clip.characters)) > MAX_AT_ONCE:
            yield f"clip {clip.clip_index} has more than {MAX_AT_ONCE} characters"


def _act_faults(screenplay: Screenplay, draft: Plan) -> Iterator[str]:
    """Yield what keeps acts from covering the film, each once and in the order of a story."""
    starts = [act.first_clip for act in screenplay.acts]
    names = [act.name for act in screenplay.acts]
    n_clips = len(draft.clip_scripts)
    if starts[:1] != [0] or starts != sorted(set(starts)) or starts[-1] >= n_clips:
        yield (
            f"the acts begin with the clips {starts}, expected 0 first and then later ones below "
            f"{n_clips}, ascending"
        )
    if names != [name for name in ACT_NAMES if name in names]:
        yield f"the acts are {', '.join(names)}, expected each once, ordered as in the schema"


def _count_faults(screenplay: Screenplay, draft: Plan) -> Iterator[str]:
    for clip, script in zip(screenplay.clips, draft.clip_scripts, strict=False):
        if len(clip.shots) != len(script.shots):
            yield (
                f"clip {clip.clip_index} has {len(clip.shots)} shots, expected "
                f"{len(script.shots)}, as the draft has cuts"
            )


def _size_faults(screenplay: Screenplay) -> Iterator[str]:
    """Yield neighbours of one size in one scene, which look like a mistake."""
    seen = [
        (clip, number, shot) for clip in screenplay.clips for number, shot in enumerate(clip.shots)
    ]
    for (clip, number, before), (next_clip, next_number, after) in pairwise(seen):
        if clip.scene == next_clip.scene and before.size == after.size:
            yield (
                f"shot {number} of clip {clip.clip_index} and shot {next_number} of clip "
                f"{next_clip.clip_index} are both {after.size}, in one scene"
            )


def _word_faults(screenplay: Screenplay, draft: Plan, knowledge: Knowledge) -> Iterator[str]:
    """Yield words of what must not be seen."""
    people = () if draft.characters else _people_words(knowledge)
    for place, text in _told(screenplay):
        if said := _spoken_of(draft.avoid, text):
            yield f'{place} speaks of {said}, which "avoid" rules out'
        if said := _spoken_of(people, text):
            yield f"{place} speaks of {said}, but nobody may be seen"
    known = {*_choices(draft)}
    for place, value in _choices(screenplay):
        if (place, value) not in known and speaks_of(draft.avoid, value):
            yield f'{place} {value} is what "avoid" rules out'


def _told(screenplay: Screenplay) -> Iterator[tuple[str, str]]:
    """Yield what is told of the film, as (where, text); what only people read is left out."""
    style = screenplay.style
    for name in ("visual_style", "mood", "lighting", "cinematography"):
        yield f"style.{name}", getattr(style, name)
    yield "the motif", screenplay.motif
    for act in screenplay.acts:
        yield f"the act {act.name}", act.story
    for character in screenplay.characters:
        yield f"the character {character.id}", f"{character.description} {character.role}"
    for scene in screenplay.scenes:
        yield f"the scene {scene.id}", scene.description
    for clip in screenplay.clips:
        yield f"clip {clip.clip_index}", f"{clip.description} {clip.mood} {clip.lighting}"


def _choices(film: Screenplay | Plan) -> Iterator[tuple[str, str]]:
    """Yield what is chosen for people and places, as (what, choice)."""
    for scene in film.scenes:
        yield "the time_of_day", scene.time_of_day
        yield "the weather", scene.weather
    for character in film.characters:
        yield "the outfit", character.outfit
        yield "the prop", character.prop


def _spoken_of(names: Iterable[str], text: str) -> str:
    """Return the words of a text that speak of any of some things."""
    named, words = tuple(names), re.findall(r"[^\W_]+", text.lower())
    if not speaks_of(named, " ".join(words)):
        return ""
    return ", ".join(word for word in dict.fromkeys(words) if speaks_of(named, word))


def _people_words(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the plain nouns for people: those whose kind is known."""
    kinds = [person for person in knowledge.people if person.kind in ("woman", "man")]
    nouns = (word for person in kinds for word in person.words if " " not in word)
    return (*PEOPLE_WORDS, *nouns)
