"""What the film is: its kind, its acts, and which clip is filmed in which place.

Each part of the song has its place; a long part looks at another one now and then.

Contents
--------
Take, Treatment, write_treatment, blended_feeling
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mvkit.director.acts import PAYOFFS, acts_of
from mvkit.director.facts import Facts
from mvkit.director.formats import Kind, choose_kind
from mvkit.director.hearing import Passage
from mvkit.director.knowledge import CHOSEN_PLACE, Knowledge, World
from mvkit.director.places import PLACES, Place, Setting, scout_places
from mvkit.director.rules import choose
from mvkit.director.wish import Wish
from mvkit.schema import Analysis, Scene

WISH_SHARE = 0.6
"""How much the moods of the wish count against those of the song."""
CLIPS_BETWEEN_VISITS = 2
VISIT_SHARE, ASKED_VISIT_SHARE = 0.7, 0.35
"""After so many clips in one place, how often a long part looks at another one; the latter where
the wish names the place."""


@dataclass(frozen=True)
class Take:
    """One clip: what is heard during it, and where it plays.

    Attributes
    ----------
    facts : Facts
        The clip as a whole, place and feeling included.
    arrival : bool
        Whether the clip before played in another scene.
    rules : tuple of str
        Why it plays there.
    """

    passage: Passage
    facts: Facts
    place: Place
    scene: Scene
    world: World
    arrival: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Treatment:
    """The kind of a film, and its places.

    Attributes
    ----------
    kind : Kind
        Genre and format.
    home : Scene
        The place that the wish asks for.
    facts : Facts
        The film as a whole: its feeling, and home.
    takes : tuple of Take
        One per clip.
    """

    kind: Kind
    home: Scene
    facts: Facts
    takes: tuple[Take, ...]

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """Scenes that are seen, in order of appearance."""
        return tuple(dict.fromkeys(take.scene for take in self.takes))

    def pays_off(self, take: Take) -> bool:
        """Tell whether a payoff of the song begins with a clip: where the film's motif returns.

        Payoffs are its choruses, or its instrumental parts where it has none.
        """
        sections = {each.facts.section for each in self.takes}
        payoff = next((kind for kind in PAYOFFS if kind in sections), "")
        return take.passage.place_in_section == 0 and take.facts.section == payoff

    def scene_of(self, place: Place) -> Scene | None:
        """Return the scene that stands for a place, or None if it is not seen."""
        return next((take.scene for take in self.takes if take.place == place), None)


def blended_feeling(analysis: Analysis, wish: Wish) -> tuple[float, float]:
    """Return valence and arousal of song and wish together, 0-1 each."""
    song = (analysis.mood.valence, analysis.mood.arousal)
    if not wish.feelings:
        return song
    n = len(wish.feelings)
    wished = (
        sum(feeling.valence for feeling in wish.feelings) / n,
        sum(feeling.arousal for feeling in wish.feelings) / n,
    )
    valence, arousal = (
        (1 - WISH_SHARE) * heard + WISH_SHARE * asked
        for heard, asked in zip(song, wished, strict=True)
    )
    return valence, arousal


def write_treatment(
    passages: Sequence[Passage],
    analysis: Analysis,
    *,
    wish: Wish,
    lyrics: Wish,
    knowledge: Knowledge,
    rng: random.Random,
    kind_rng: random.Random,
) -> Treatment:
    """Choose the kind of film, the places, and one place for each clip.

    Parameters
    ----------
    passages : sequence of Passage
        What is heard during each clip.
    analysis : Analysis
        The song.
    wish, lyrics : Wish
        What the prompt and the lyrics ask for.
    knowledge : Knowledge
        Worlds and rules.
    rng : random.Random
        Where the dice for places come from.
    kind_rng : random.Random
        Where those for the kind of film come from.
    """
    valence, arousal = blended_feeling(analysis, wish)
    known = [
        replace(
            passage.facts(analysis, valence=valence, arousal=arousal),
            peopled=wish.peopled,
            story=wish.tells_story,
            wished=next(iter(wish.actions), "nothing"),
            placed=bool(wish.worlds or wish.home),
            look=wish.styles[0].name if wish.styles else "",
        )
        for passage in passages
    ]
    kind = choose_kind(wish, analysis, known[0], knowledge=knowledge, rng=kind_rng)
    acts = acts_of(analysis.song_structure)
    facts = [
        replace(kind.facts(fact), act=acts[passage.section_index])
        for passage, fact in zip(passages, known, strict=True)
    ]
    places = scout_places(facts[0], wish=wish, lyrics=lyrics, knowledge=knowledge, rng=rng)
    takes: list[Take] = []
    chosen = _places_of_clips(passages, facts, places, knowledge, rng)
    for passage, fact, (place, rules) in zip(passages, facts, chosen, strict=True):
        scene, world = places[place].scene, places[place].world
        arrival = not takes or takes[-1].scene != scene
        placed = _placed(fact, scene)
        chosen_by = (CHOSEN_PLACE,) if world == wish.home else ()
        reasons = (*chosen_by, *rules, world.id)
        takes.append(Take(passage, placed, place, scene, world, arrival, reasons))
    home = places["home"].scene
    return Treatment(kind=kind, home=home, facts=_placed(facts[0], home), takes=tuple(takes))


def _placed(facts: Facts, scene: Scene) -> Facts:
    return replace(facts, world=scene.world, time_of_day=scene.time_of_day, weather=scene.weather)


def _places_of_clips(
    passages: Sequence[Passage],
    facts: Sequence[Facts],
    places: Mapping[Place, Setting],
    knowledge: Knowledge,
    rng: random.Random,
) -> list[tuple[Place, tuple[str, ...]]]:
    """Return each clip's place: one per part of the song, with visits in long parts.

    A visit leads to another world: the same one in another light would look like a mistake.
    """
    chosen: list[tuple[Place, tuple[str, ...]]] = []
    staying: tuple[Place, tuple[str, ...]] = ("home", ())
    n_stayed = 0
    for passage, fact in zip(passages, facts, strict=True):
        if passage.place_in_section == 0:
            choice = choose(knowledge.about("place"), "place", PLACES, fact, rng=rng)
            staying, n_stayed = (choice.value, choice.rules), 0
        here = places[staying[0]].world
        away = [place for place in PLACES if places[place].world is not here]
        is_last = passage.place_in_section == passage.n_in_section - 1
        share = ASKED_VISIT_SHARE if fact.placed else VISIT_SHARE
        if away and n_stayed >= CLIPS_BETWEEN_VISITS and not is_last and rng.random() < share:
            visit = choose(
                knowledge.about("place"), "place", away, replace(fact, visit=True), rng=rng
            )
            chosen.append((visit.value, visit.rules))
            n_stayed = 0
        else:
            chosen.append(staying)
            n_stayed += 1
    return chosen
