"""What is seen in a clip, in words.

Contents
--------
Script, ClipWriter
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mvkit.director.casting import Cast
from mvkit.director.knowledge import Knowledge, Motif, World
from mvkit.director.prose.acting import Acting, sayable
from mvkit.director.prose.decks import Decks
from mvkit.director.prose.views import tell_angles, tell_motion
from mvkit.director.prose.words import pronouns, sentence
from mvkit.director.themes import themes_in
from mvkit.director.wish import Wish, speaks_of
from mvkit.schema import Scene, Shot
from mvkit.schema.base import Level
from mvkit.schema.plan import Action, ShotSize

EMPTY = "The place lies empty"
"""A view of any place, where nothing else may be told."""
MAX_TRIES = 24
"""How often a clip is told anew until it is told like no other."""
FAR: frozenset[ShotSize] = frozenset({"extreme wide", "wide", "medium wide"})
INTIMATE = (
    *("eye", "cheek", "lips", "finger", "palm", "wrist", "neck", "jaw", "breath", "breathing"),
    *("lap", "sleeve", "smile", "gaze", "face", "fists"),
)
"""What nobody sees from far."""
HANDLED = ("palm", "finger", "hands", "fists")
"""What needs hands that are free."""
FREE: frozenset[Action] = frozenset({"stand", "walk"})
"""What leaves them free."""


@dataclass(frozen=True)
class Script:
    """The words of one clip, and the ids of the rows they come from."""

    visual_description: str
    motion: str
    camera_angle: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """An image that a clip shows, told by one of some sentences."""

    motif: Motif
    sentences: tuple[str, ...]


@dataclass
class ClipWriter:
    """Writes the scripts of a film, one clip after the other, none like another.

    Parameters
    ----------
    cast : Cast
        Who is filmed.
    knowledge : Knowledge
        The phrases.
    rng : random.Random
        Where the dice come from.
    told : set of str
        Descriptions of other clips.
    last_motif : Motif or None
        What the clip before shows.
    without : tuple of str
        What must not be said, besides what the wish denies.
    wish : Wish
        Whose activities are told, with its things.
    leitmotif : Motif or None
        What returns through the film.
    """

    cast: Cast
    knowledge: Knowledge
    rng: random.Random
    told: set[str] = field(default_factory=set)
    last_motif: Motif | None = None
    without: tuple[str, ...] = ()
    wish: Wish = field(default_factory=Wish)
    leitmotif: Motif | None = None
    _decks: Decks = field(init=False)
    _acting: Acting = field(init=False)

    def __post_init__(self) -> None:
        """Shuffle the decks."""
        self.without = tuple(dict.fromkeys((*self.without, *self.wish.unsayable)))
        self._decks = Decks(self.rng)
        self._acting = Acting(self.wish, self.without, self.knowledge, self._decks, self.rng)

    def write(
        self,
        scene: Scene,
        shots: Sequence[Shot],
        *,
        lyrics: str,
        level: Level,
        image: str = "metaphor",
        stage: int | None = None,
        theme: Motif | None = None,
    ) -> Script:
        """Write what is seen in a clip, and how it is filmed.

        Parameters
        ----------
        scene : Scene
            Where it plays.
        shots : sequence of Shot
            What is seen; the first with people tells who.
        lyrics : str
            What is sung in it.
        level : str
            How intense it is.
        image : str
            How that is seen: ``literal``, ``metaphor``, or ``none`` for not at all.
        stage : int, optional
            At which stage the leitmotif is seen, 1-3, in place of an image of the lyrics.
        theme : Motif, optional
            What the image is of, whatever is sung.
        """
        if stage and self.leitmotif:
            sentences = sayable((self.leitmotif.development[stage - 1],), self.without)
            picture = Picture(self.leitmotif, sentences) if sentences else None
        else:
            motifs = (theme,) if theme else self._fresh(themes_in(lyrics, self.knowledge))
            picture = self._image(motifs, image, shots)
        self.last_motif = picture.motif if picture else None
        description = self._description(scene, shots, picture)
        for _ in range(MAX_TRIES):
            if description not in self.told:
                break
            description = self._description(scene, shots, picture)
        self.told.add(description)
        return Script(
            visual_description=description,
            motion=tell_motion(shots, level),
            camera_angle=tell_angles(shots),
            rules=(picture.motif.id,) if picture else (),
        )

    def _fresh(self, motifs: Iterable[Motif]) -> tuple[Motif, ...]:
        """Return motifs that were not just seen."""
        last = self.last_motif.id if self.last_motif else ""
        return tuple(motif for motif in motifs if motif.id != last)

    def _image(self, motifs: Sequence[Motif], image: str, shots: Sequence[Shot]) -> Picture | None:
        """Return an image of the first motif that has one for what is seen."""
        if image == "none":
            return None
        for motif in motifs:
            kinds = (motif.literal, motif.metaphor)
            for sentences in kinds if image == "literal" else reversed(kinds):
                told = self._visible(sentences, shots)
                if told:
                    return Picture(motif, told)
        return None

    def _visible(self, sentences: tuple[str, ...], shots: Sequence[Shot]) -> tuple[str, ...]:
        """Return sentences that may be said: of people only as they are seen."""
        peopled = [shot for shot in shots if shot.characters]
        near = any(shot.size not in FAR for shot in peopled)
        free = all(shot.action in FREE for shot in peopled)
        hidden = (*(() if near else INTIMATE), *(() if free else HANDLED))
        return tuple(
            text
            for text in sayable(sentences, self.without)
            if "{the" not in text or (peopled and not speaks_of(hidden, text))
        )

    def _description(self, scene: Scene, shots: Sequence[Shot], picture: Picture | None) -> str:
        """Return sentences: who does what where, something that moves there, an image.

        Where the clip opens on the empty place, or shows it for longest, that is told first.
        """
        world = self.knowledge.place_of(scene)
        seen = next((shot for shot in shots if shot.characters), None)
        people = self.cast.people(seen.characters) if seen else ()
        peopled = bool(max(shots, key=lambda shot: shot.length_s).characters)
        opening = ""
        if not (shots[0].characters and peopled):
            opening = self._decks.draw(sayable(world.views, self.without)) or EMPTY
        time, weather = self._setting(scene, world)
        acted = ""
        if seen:
            when = "" if opening else f"{time and f' {time}'}{weather and f', {weather}'}"
            acted = self._acting.tell(world, seen, people, setting=when, framed=peopled)
        sentences = [
            ", ".join(part for part in (opening, time, weather) if part) if opening else "",
            acted,
            self._decks.draw(sayable(world.details, self.without)),
            self._decks.draw(picture.sentences).format(**pronouns(people[:1])) if picture else "",
        ]
        return " ".join(sentence(text) for text in sentences if text)

    def _setting(self, scene: Scene, world: World) -> tuple[str, str]:
        """Return time and weather as they are seen: "at night" and "in the rain"."""
        weather = self.knowledge.weather(scene.weather)
        if not world.outdoors:
            return "", weather.indoors
        return self.knowledge.time(scene.time_of_day).phrase, weather.phrase
