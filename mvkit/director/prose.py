"""The plan in words: what a model is told to film, and what a person reads of the film.

Sentences are put together from phrases of the knowledge. A phrase comes from a shuffled deck, so
that it returns only after all others, and no two clips are told alike.

Contents
--------
Script, ClipWriter, tell_motion, tell_angles, tell_summary, tell_lacks, tell_treatment
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mvkit.director.casting import Cast
from mvkit.director.knowledge import Knowledge, Motif, World
from mvkit.director.treatment import Treatment
from mvkit.director.wish import Wish, read_wish, speaks_of
from mvkit.schema import Analysis, Scene, Shot, Style
from mvkit.schema.base import Level
from mvkit.schema.plan import Action, Move, ShotSize

FRAMING: dict[ShotSize, str] = {
    "extreme wide": "tiny in the frame,",
    "wide": "small against the place,",
    "medium wide": "seen head to foot,",
    "medium": "seen from the waist up,",
    "medium close": "close enough to see {their} shoulders rise,",
    "close": "{their} face filling the frame,",
}
MOVEMENT: dict[Move, str] = {
    "static": "static camera",
    "push in": "{speed} push in",
    "pull out": "{speed} pull out",
    "track": "{speed} tracking shot alongside",
    "pan": "{speed} pan across the place",
    "tilt": "{speed} tilt upwards",
    "crane": "{speed} crane shot rising",
    "orbit": "{speed} orbit around the subject",
    "handheld": "handheld camera with a slight shake",
    "dolly": "{speed} dolly forward",
}
SPEEDS: dict[Level, str] = {"low": "slow", "medium": "smooth", "high": "fast"}
"""How a move is told at each level of energy."""
EMPTY = "The place lies empty"
"""A view of any place, where nothing else may be told."""
MAX_TOLD_SHOTS = 3
MAX_TRIES = 24
"""How often a clip is told anew until it is told like no other."""


@dataclass(frozen=True)
class Script:
    """The words of one clip, and the ids of the rows they come from."""

    visual_description: str
    motion: str
    camera_angle: str
    rules: tuple[str, ...]


@dataclass
class ClipWriter:
    """Writes the scripts of a film, one clip after the other, none like another."""

    cast: Cast
    knowledge: Knowledge
    rng: random.Random
    told: set[str] = field(default_factory=set)
    last_motif: Motif | None = None
    without: tuple[str, ...] = ()
    _decks: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def write(self, scene: Scene, shots: Sequence[Shot], *, lyrics: str, level: Level) -> Script:
        """Write what is seen in a clip, and how it is filmed.

        Parameters
        ----------
        scene : Scene
            Where it plays.
        shots : sequence of Shot
            What is seen.
        lyrics : str
            What is sung in it.
        level : str
            How intense it is.
        """
        motif = self._motif(lyrics) if self.cast.characters else None
        self.last_motif = motif
        description = self._description(scene, shots, motif)
        for _ in range(MAX_TRIES):
            if description not in self.told:
                break
            description = self._description(scene, shots, motif)
        self.told.add(description)
        return Script(
            visual_description=description,
            motion=tell_motion(shots, level),
            camera_angle=tell_angles(shots),
            rules=(motif.id,) if motif else (),
        )

    def _description(self, scene: Scene, shots: Sequence[Shot], motif: Motif | None) -> str:
        """Return sentences: who does what where, something that moves there, a motif."""
        world = self.knowledge.place_of(scene)
        seen = next((shot for shot in shots if shot.characters), None)
        empty = not shots[0].characters
        opening = (self._draw(self._allowed(world.views)) or EMPTY) if empty else ""
        acted = self._acted(world, seen) if seen else ""
        setting = self._setting(scene, world)
        sentences = [
            f"{opening}{setting}" if opening else "",
            acted if opening else f"{acted}{setting}",
            self._draw(self._allowed(world.details)),
            motif.sentence.format(**self._pronouns()) if motif else "",
        ]
        return " ".join(_sentence(text) for text in sentences if text)

    def _acted(self, world: World, shot: Shot) -> str:
        """Return what the person does: "small against the place, the woman walks ..."."""
        framing = FRAMING[shot.size].format(**self._pronouns())
        phrase = self._draw(self._staged(world, shot.action))
        return f"{framing} {self.cast.person.noun} {phrase}"

    def _staged(self, world: World, action: Action) -> tuple[str, ...]:
        """Return how one does it in a world; in general words where it has none for it."""
        (placed,) = self._allowed((world.placed,)) or ("there",)
        anywhere = f"{self.knowledge.action(action).phrase} {placed}"
        return self._allowed(world.staging.get(action, ())) or (anywhere,)

    def _setting(self, scene: Scene, world: World) -> str:
        """Return time and weather as they are seen: ", at night, in the rain"."""
        weather = self.knowledge.weather(scene.weather)
        if not world.outdoors:
            return f", {weather.indoors}" if weather.indoors else ""
        time = self.knowledge.time(scene.time_of_day)
        return "".join(f", {phrase}" for phrase in (time.phrase, weather.phrase) if phrase)

    def _motif(self, lyrics: str) -> Motif | None:
        """Return a picture for what the lyrics sing about, unless it was just seen."""
        motifs = read_wish(lyrics, self.knowledge).motifs if lyrics else ()
        fresh = (motif for motif in motifs if motif is not self.last_motif)
        return next((motif for motif in fresh if self._allowed((motif.sentence,))), None)

    def _allowed(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        """Return phrases that speak of nothing which must not be seen."""
        return tuple(phrase for phrase in phrases if not speaks_of(self.without, phrase))

    def _pronouns(self) -> dict[str, str]:
        person = self.cast.person
        return {"their": person.possessive, "them": person.objective}

    def _draw(self, phrases: tuple[str, ...]) -> str:
        """Return the next phrase of a shuffled deck; a new deck never starts with the last.

        Of no phrases, it is empty.
        """
        if not phrases:
            return ""
        deck = self._decks.get(phrases, [])
        if len(deck) < 2:
            rest = [phrase for phrase in phrases if phrase not in deck]
            self.rng.shuffle(rest)
            deck = deck + rest
        self._decks[phrases] = deck[1:]
        return deck[0]


def tell_summary(
    prompt: str, *, treatment: Treatment, cast: Cast, style: Style, knowledge: Knowledge
) -> str:
    """Return the film in a few sentences."""
    subject = cast.person.phrase if cast.characters else "the empty place itself"
    them = cast.person.objective if cast.characters else "the eye"
    opening = f"{subject} {_placed(knowledge, treatment.home)}, {style.mood}"
    turns = list(_turns(treatment, them, knowledge))
    told = " ".join(_sentence(text) for text in (opening, *([_listed(turns)] if turns else [])))
    wish = " ".join(prompt.split()).rstrip(".")
    return f"{told} Made from the wish: “{wish}”."


def tell_lacks(wish: Wish, scenes: Iterable[Scene], *, knowledge: Knowledge) -> tuple[str, ...]:
    """Return what the studio cannot paint of a wish, a sentence each."""
    places = {scene.id: knowledge.place_of(scene) for scene in scenes}.values()
    elsewhere = {place.name: place.set_id for place in places if place.set_id != place.id}
    told = [
        f"The studio cannot paint {name}: its own pictures show {knowledge.world(world).name} "
        "instead; models that paint from words are told of the place."
        for name, world in elsewhere.items()
    ]
    things = [thing.phrase for thing in wish.things if not (thing.people or thing.painted)]
    if things:
        told.append(f"Only models that paint from words are told of {', '.join(things)}.")
    return tuple(told)


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
    if elsewhere:
        yield f"once the way leads off to {knowledge.place_of(elsewhere).name}"
    if farewell and farewell != home:
        yield f"at the end we are back {_change(knowledge, home, farewell)}"


def tell_treatment(
    analysis: Analysis, *, treatment: Treatment, cast: Cast, style: Style, knowledge: Knowledge
) -> str:
    """Return how the film follows the song, part by part."""
    tempo = knowledge.phrase("tempo", treatment.facts).text
    key = f"{analysis.key.tonic} {analysis.key.mode}"
    opening = f"a {tempo} song in {key} at {analysis.bpm:.0f} BPM, {style.mood}"
    parts: dict[str, str] = {}
    for take in treatment.takes:
        section = take.facts.section
        if section not in parts:
            parts[section] = knowledge.phrase("purpose", take.facts).text.format(
                place=take.world.name,
                placed=_placed(knowledge, take.scene),
                person=cast.person.noun if cast.characters else "the eye",
            )
    return " ".join(
        _sentence(text)
        for text in (opening, _listed(list(parts.values())), style.lighting, style.cinematography)
    )


def tell_motion(shots: Sequence[Shot], level: Level) -> str:
    """Return how the camera moves during a clip, as fast as its energy wants."""
    speed = SPEEDS[level]
    moves = list(dict.fromkeys(MOVEMENT[shot.move].format(speed=speed) for shot in shots))
    return _capital(_then(moves))


def tell_angles(shots: Sequence[Shot]) -> str:
    """Return from how far and from where a clip is seen."""
    views = list(dict.fromkeys(f"{shot.size} shot, {_angle(shot)}" for shot in shots))
    return _capital(_then(views))


def _angle(shot: Shot) -> str:
    return "eye level" if shot.angle == "eye level" else f"{shot.angle} angle"


def _then(phrases: list[str]) -> str:
    """Join what follows in time; of many, the first ones and the last."""
    if len(phrases) > MAX_TOLD_SHOTS:
        phrases = [*phrases[: MAX_TOLD_SHOTS - 1], phrases[-1]]
    return ", then ".join(phrases)


def _listed(phrases: list[str]) -> str:
    """Join sentences' parts: "a; b; and c"."""
    return "; ".join([*phrases[:-1], f"and {phrases[-1]}"]) if len(phrases) > 1 else phrases[0]


def _placed(knowledge: Knowledge, scene: Scene) -> str:
    """Return where and when a scene plays: "on a quiet shore at night"."""
    world = knowledge.place_of(scene)
    phrase = knowledge.time(scene.time_of_day).phrase
    return f"{world.placed} {phrase}" if world.outdoors else world.placed


def _same_place(knowledge: Knowledge, one: Scene, other: Scene) -> bool:
    return knowledge.place_of(one).id == knowledge.place_of(other).id


def _change(knowledge: Knowledge, before: Scene, after: Scene) -> str:
    """Return how one world looks in another scene: "at dawn", else "in falling snow"."""
    if after.time_of_day != before.time_of_day:
        return knowledge.time(after.time_of_day).phrase
    return knowledge.weather(after.weather).phrase or "under a clear sky"


def _sentence(text: str) -> str:
    return _capital(text.rstrip(".")) + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
