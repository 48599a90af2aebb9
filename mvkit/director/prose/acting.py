"""What people do in a clip, in words.

A place has words of its own for what the studio draws there; an activity that the wish names has
words of its own too, and they come first in most shots.

Contents
--------
Acting, sayable
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from mvkit.director.knowledge import ActionWords, Knowledge, Person, World
from mvkit.director.prose.decks import Decks
from mvkit.director.prose.words import pronouns
from mvkit.director.wish import Wish, speaks_of
from mvkit.schema import Shot
from mvkit.schema.plan import Action, Detail, ShotSize

FRAMING: dict[ShotSize, str] = {
    "extreme wide": "tiny in the frame,",
    "wide": "small against the place,",
    "medium wide": "seen head to foot,",
    "medium": "seen from the waist up,",
    "medium close": "close enough to see {their} shoulders rise,",
    "close": "{their} face filling the frame,",
}
FRAMING_DETAIL: dict[Detail, str] = {
    "eyes": "{their} eyes alone in the frame,",
    "hands": "{their} hands alone in the frame,",
    "feet": "{their} feet alone in the frame,",
}
"""How an extreme close shot is framed."""
FRAMING_MOVING: dict[ShotSize, str] = {
    "medium close": "head and shoulders in the frame,",
    "close": "close on {them},",
}
"""How somebody is framed whose whole body moves: no face stays in such a frame."""
FRAMING_BOTH: dict[ShotSize, str] = {
    "medium close": "two heads close together in the frame,",
    "close": "two faces filling the frame,",
}
FRAMING_BOTH_MOVING: dict[ShotSize, str] = {
    "medium close": "near enough to see nothing but the two of them,",
    "close": "close on the two of them,",
}
"""How two people are framed, where that is told otherwise."""
FRAMING_BEHIND: dict[ShotSize, str] = {
    "medium wide": "seen head to foot from behind,",
    "medium": "seen from behind,",
    "medium close": "close behind {them},",
    "close": "close behind {them},",
}
"""How somebody is framed who goes away from us; of two, the first."""
MISFITS_OF_SIZE: dict[ShotSize, tuple[str, ...]] = {
    "extreme wide": ("small", "eyes", "lips", "fingers", "brow"),
    "wide": ("small", "eyes", "lips", "fingers", "brow"),
    "medium close": ("small", "outline", "back", "foot", "feet", "legs"),
    "close": ("small", "outline", "back", "foot", "feet", "legs", "arms", "edge"),
    "extreme close": ("small", "outline", "back", "legs", "arms", "edge", "head", "shoulders"),
}
"""What is not seen in a frame: no eyes from far, no feet from near."""
STILL: frozenset[Action] = frozenset({"stand", "sing"})
"""What leaves a face in a close frame."""
BESIDE = (
    "{other} at {their} side",
    "{other} a step behind",
    "{other} close by",
    "{other} within arm's reach",
)
NEAR = ("{other} beside {them}", "{other} close by")
"""Where the second of two is; in an activity that may leave no room to stand."""
MISFITS_OF_TWO = ("alone", "nobody", "unseen")
"""What cannot be said of somebody who has company."""
IDLE: frozenset[Action] = frozenset({"stand", "walk"})
"""What is no deed unless the wish says how: *waits*, *walks*."""
ACTIVITY_SHARE = 0.8
"""So many shots of a wished activity tell it; the others tell what is near to it."""
FIRST_DEED = 2.0
"""How much likelier the first of several wished activities is than each of the others."""
TOWARDS_US = "towards us"
THERE = "there"
"""A place that must not be named."""


@dataclass(frozen=True)
class Acting:
    """Tells what people do.

    Parameters
    ----------
    wish : Wish
        Whose activities and things are told.
    without : tuple of str
        What must not be said.
    knowledge : Knowledge
        The phrases.
    decks : Decks
        By turns.
    rng : random.Random
        Where the dice come from.
    """

    wish: Wish
    without: tuple[str, ...]
    knowledge: Knowledge
    decks: Decks
    rng: random.Random

    def tell(
        self,
        world: World,
        shot: Shot,
        people: Sequence[Person],
        *,
        setting: str = "",
        framed: bool = True,
    ) -> str:
        """Return what people do: "small against the place, the woman walks ...".

        Parameters
        ----------
        world : World
            Where they are.
        shot : Shot
            How they are seen.
        people : sequence of Person
            One or two.
        setting : str
            Time and weather, told where the place is: " at night, in the rain".
        framed : bool
            Whether the size of the shot is told.
        """
        phrase = self._doing(world, shot, people, setting=setting)
        framing = f"{_framing(shot, n_people=len(people))} " if framed else ""
        return f"{framing}{people[0].noun} {phrase}".format(**_names(people))

    def deeds(self, world: World, people: Sequence[Person], placed: str) -> tuple[str, ...]:
        """Return what the wish wants to see done first, as clauses: "the woman searches ...".

        Empty where it names nothing that can be told in this place.

        Parameters
        ----------
        world : World
            Where it is done.
        people : sequence of Person
            One or two.
        placed : str
            The place in words; empty where it was just told.
        """
        told = (
            one
            for one in self.wish.activities
            if (one.name or one.value not in IDLE) and _is_done(one, people)
        )
        activity = next(told, None)
        if activity is None or not people or not self._can_be_done(activity, world):
            return ()
        misfits = (*self.without, *(MISFITS_OF_TWO if len(people) > 1 else ()))
        phrases = self._of_so_many(self._phrases(activity), len(people))
        done = sayable([_placed(phrase, world.name, placed) for phrase in phrases], misfits)
        clauses = (f"{people[0].noun} {one}{_beside(one, NEAR[0], people)}" for one in done)
        return tuple(clause.format(**_names(people)) for clause in clauses)

    def _doing(self, world: World, shot: Shot, people: Sequence[Person], *, setting: str) -> str:
        """Return what one does in a place, when, and where the other of two is."""
        n_people = len(people)
        activity = self._activity(world, shot.action, people)
        phrases = activity or self._staged(world, shot.action, n_people)
        fitting = sayable(phrases, MISFITS_OF_SIZE.get(shot.size, ()))
        if shot.way and shot.way != "towards us":
            fitting = tuple(phrase for phrase in fitting if TOWARDS_US not in phrase)
        phrase = self.decks.draw(fitting or phrases)
        doing, comma, besides = phrase.partition(",")
        told = f"{doing}{setting}{comma}{besides}"
        if n_people < 2 or "{other}" in phrase:
            return told
        return f"{told}, {self.decks.draw(NEAR if activity else BESIDE)}"

    def _activity(self, world: World, action: Action, people: Sequence[Person]) -> tuple[str, ...]:
        """Return the words of a wished activity that is drawn as this action, if there is one.

        Of several, the first that the wish names is told most.
        """
        wished = [
            one
            for one in self.wish.activities
            if (one.name or one.using) and self.wish.drawn_as(one) == action
        ]
        fitting = [one for one in wished if self._can_be_done(one, world) and _is_done(one, people)]
        if not fitting or self.rng.random() >= ACTIVITY_SHARE:
            return ()
        weights = [FIRST_DEED, *(1.0 for _ in fitting[1:])]
        (chosen,) = self.rng.choices(fitting, weights)
        phrases = self._of_so_many(self._phrases(chosen), len(people))
        return sayable(self._placed(phrases, world), self.without)

    def _of_so_many(self, phrases: Sequence[str], n_people: int) -> tuple[str, ...]:
        """Return the phrases that can be told of one person, or rather of two."""
        mutual = tuple(phrase for phrase in phrases if "{other}" in phrase)
        single = tuple(phrase for phrase in phrases if "{other}" not in phrase)
        return (mutual or single) if n_people > 1 else single

    def _staged(self, world: World, action: Action, n_people: int) -> tuple[str, ...]:
        """Return how one does it in a place; in general words where it has none for it."""
        anywhere = self._placed(self.knowledge.action(action).phrases, world)
        misfits = (*self.without, *(MISFITS_OF_TWO if n_people > 1 else ()))
        staged = world.staging.get(action, ())
        return sayable(staged, misfits) or sayable(anywhere, misfits) or anywhere

    def _can_be_done(self, activity: ActionWords, world: World) -> bool:
        """Tell whether an activity is done in such a place."""
        if activity.where == "asked" and self.wish.worlds:
            return any(world.id == place.id for place in self.wish.worlds)
        return activity.where == "anywhere" or world.outdoors

    def _phrases(self, activity: ActionWords) -> tuple[str, ...]:
        """Return the phrases of an activity, of the first wished thing that it is done with."""
        for thing in self.wish.things:
            if thing.name in activity.using:
                using = activity.using[thing.name]
                return tuple(phrase.replace("{thing}", thing.phrase) for phrase in using)
        return activity.phrases

    def _placed(self, phrases: Sequence[str], world: World) -> tuple[str, ...]:
        """Return phrases with the place, told before what is told besides."""
        placed = "".join(sayable((world.placed,), self.without)) or THERE
        return tuple(_placed(phrase, world.name, placed) for phrase in phrases)


def _is_done(activity: ActionWords, people: Sequence[Person]) -> bool:
    """Tell whether an activity is that of who is seen first, or of two together."""
    together = len(people) > 1 and any("{other}" in phrase for phrase in activity.phrases)
    return together or not activity.by or (bool(people) and people[0].noun == activity.by)


def sayable(phrases: Sequence[str], without: Sequence[str]) -> tuple[str, ...]:
    """Return the phrases that may be said."""
    return tuple(phrase for phrase in phrases if not speaks_of(without, phrase))


def _framing(shot: Shot, *, n_people: int) -> str:
    """Return how people are framed, so that it fits what they do and which way they go."""
    if shot.size == "extreme close":
        return FRAMING_DETAIL[shot.detail]
    moving = shot.action not in STILL
    told = dict(FRAMING)
    if moving:
        told |= FRAMING_MOVING
    if n_people > 1:
        told |= FRAMING_BOTH_MOVING if moving else FRAMING_BOTH
    if shot.way == "away from us":
        told |= FRAMING_BEHIND
    return told[shot.size]


def _names(people: Sequence[Person]) -> dict[str, str]:
    """Return what stands for the first of the people, and for the other."""
    return pronouns(people[:1]) | {"other": people[1].noun if len(people) > 1 else ""}


def _beside(phrase: str, company: str, people: Sequence[Person]) -> str:
    """Return where the other of two is, unless a phrase says it."""
    return f", {company}" if len(people) > 1 and "{other}" not in phrase else ""


def _placed(phrase: str, place: str, placed: str) -> str:
    """Return a phrase with its place: "rides {there}, reins loose", "swims past {a place}"."""
    if "{place}" in phrase:
        return phrase.replace("{place}", place)
    doing, comma, besides = phrase.partition(",")
    return f"{doing} {placed}".rstrip() + f"{comma}{besides}"
