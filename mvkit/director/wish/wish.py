"""What a text asks for.

Contents
--------
Worn, Carried, Wish
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from mvkit.director.knowledge import (
    ActionWords,
    Colour,
    Era,
    Feeling,
    Filming,
    Garment,
    Genre,
    Motif,
    NamedStyle,
    Palette,
    Person,
    Season,
    Thing,
    Vocable,
    World,
)
from mvkit.schema.plan import Action, Format, TimeOfDay, Weather

ACTIVE = 3
"""So many activities tell a story."""
PERFORMED: frozenset[Action] = frozenset({"stand", "walk", "dance", "sing", "cheer"})
"""What anybody does in any film, and is no deed of a story."""
BEFORE_MACHINES = frozenset(
    {
        *("prehistoric", "ancient", "viking", "medieval", "feudal Japan", "renaissance"),
        *("17th century", "18th century", "19th century", "victorian", "wild west"),
    }
)
MACHINES = (
    *("phone", "telephone", "receiver", "screen", "radio", "microphone", "record", "headlights"),
    *("headlight", "car", "bicycles", "mirror ball", "neon", "confetti"),
)
"""What was not there in those eras."""


@dataclass(frozen=True)
class Worn:
    """A garment of the wish.

    Attributes
    ----------
    garment, colour : Garment, Colour or None
        What it is, and its colour if one is named.
    by : int
        Who wears it, of those whom the film follows.
    """

    garment: Garment
    colour: Colour | None
    by: int


@dataclass(frozen=True)
class Carried:
    """A thing that somebody carries: ``by`` tells who, of those whom the film follows."""

    thing: Thing
    by: int


@dataclass(frozen=True)
class Wish:
    """What a text asks for; whatever it does not mention is empty.

    Attributes
    ----------
    worlds : tuple of World
        Places, the one most called first.
    called_by : dict
        By the id of a place, the word that called it.
    colours : tuple of Colour
        For the film, in the order in which they are named.
    accent : Colour or None
        For the person.
    later : str or None
        The time of day with which it ends, if it names two.
    activities : tuple of ActionWords
        What those do whom the film follows, in the order in which it is named.
    undone : tuple of str
        What only others do, in the words of the vocabulary.
    people : tuple of Person
        Everybody who is named; of two of a kind, both.
    worn : tuple of Worn
        What they wear and carry.
    carried : tuple of Carried
        What else they carry.
    crowds : tuple of str
        Whom it names in numbers: *five girls*.
    things : tuple of Thing
        Animals, objects and wind, told in the colour that the wish gives them.
    motifs : tuple of Motif
        What it is about.
    styles, eras, seasons, filming
        What it shall look like, when it plays, and how it is filmed.
    genres : tuple of Genre
        Kinds of music that it speaks of.
    formats : tuple of str
        Kinds of film that it speaks of, the first named first.
    without : tuple of str
        What must not be seen, in the words of the text; *people* if nobody shall be.
    unwanted : tuple
        What is known of that.
    peopled : bool
        False where the text wants nobody to be seen.
    home : World or None
        The place that somebody chose for the film, besides what the text says.
    palette : Palette or None
        The palette that somebody chose.
    understood : dict
        The words that were understood, by what they are about; and what was chosen.
    missed : tuple of str
        Words that seem to say something and were not understood.
    """

    worlds: tuple[World, ...] = ()
    time_of_day: TimeOfDay | None = None
    later: TimeOfDay | None = None
    weather: Weather | None = None
    activities: tuple[ActionWords, ...] = ()
    undone: tuple[str, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    colours: tuple[Colour, ...] = ()
    palettes: tuple[Palette, ...] = ()
    motifs: tuple[Motif, ...] = ()
    accent: Colour | None = None
    people: tuple[Person, ...] = ()
    worn: tuple[Worn, ...] = ()
    carried: tuple[Carried, ...] = ()
    crowds: tuple[str, ...] = ()
    things: tuple[Thing, ...] = ()
    styles: tuple[NamedStyle, ...] = ()
    eras: tuple[Era, ...] = ()
    seasons: tuple[Season, ...] = ()
    filming: tuple[Filming, ...] = ()
    genres: tuple[Genre, ...] = ()
    formats: tuple[Format, ...] = ()
    without: tuple[str, ...] = ()
    unwanted: tuple[Vocable, ...] = ()
    peopled: bool = True
    home: World | None = None
    palette: Palette | None = None
    called_by: dict[str, str] = field(default_factory=dict, compare=False)
    understood: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missed: tuple[str, ...] = field(default=(), compare=False)

    @property
    def person(self) -> Person | None:
        """Whom the film follows first, if anybody is named."""
        return self.people[0] if self.people else None

    @property
    def followed(self) -> tuple[Person, ...]:
        """Whom the film follows: one person, or two; one of many has no companion."""
        if not self.people or self.people[0].group:
            return self.people[:1]
        return tuple(person for person in self.people if not person.group)[:2]

    @property
    def actions(self) -> tuple[Action, ...]:
        """What is done, as near as the studio can draw it."""
        return tuple(dict.fromkeys(self.drawn_as(activity) for activity in self.activities))

    def drawn_as(self, activity: ActionWords) -> Action:
        """Return what the studio draws of an activity, with the thing that it is done with."""
        drawn = (
            activity.drawn[thing.name] for thing in self.things if thing.name in activity.drawn
        )
        return next(drawn, activity.value)

    @property
    def garments(self) -> tuple[Garment, ...]:
        """What is worn and carried, each once."""
        return tuple({worn.garment.phrase: worn.garment for worn in self.worn}.values())

    @property
    def unsayable(self) -> tuple[str, ...]:
        """What no description may speak of: what is denied, and what its era did not have."""
        early = any(era.name in BEFORE_MACHINES for era in self.eras)
        return (*self.without, *(MACHINES if early else ()))

    @property
    def tells_story(self) -> bool:
        """Whether two people do something, much happens, or a story is asked for."""
        doing = sum(1 for one in self.activities if one.name or one.value not in PERFORMED)
        return (
            "narrative" in self.formats or doing >= ACTIVE or (len(self.followed) > 1 and doing > 0)
        )

    @property
    def pace(self) -> float:
        """How much faster than usual the film shall be cut."""
        return math.prod(way.pace for way in self.filming)
