"""What each shot looks like: size, angle, move, action, and whether the person is in it.

Shots are composed in the order of the film, each with an eye on the one before, so that no two
neighbours look alike (:func:`differs`).

Contents
--------
Camera, Composed, size_step, differs, LONGEST_TAKE_S
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeVar

from mvkit.director.accents import Answers
from mvkit.director.directions import Ways
from mvkit.director.facts import SIZES, Facts
from mvkit.director.grid import Grid
from mvkit.director.knowledge import Filming, Knowledge
from mvkit.director.pacing import Cutting
from mvkit.director.rules import ANGLES, DECISIONS, EDGES, MOVES, Choice, Edge, chances, choose
from mvkit.director.treatment import Take
from mvkit.schema import Shot
from mvkit.schema.plan import GOING, Action, Angle, Move, ShotSize

OptionT = TypeVar("OptionT", bound=str)
REPEATED_MOVE = 0.3
"""Factor on the chance of the move of the shot before."""
WISHED_ACTION, WISHED_DEED = 4.0, 9.0
"""Factors on the chance of what the wish names: what anybody does, and what nobody does unasked."""
USUAL: frozenset[Action] = frozenset({"stand", "walk", "dance", "sing", "cheer"})
WISHED_FILMING = 4.0
"""Factor on the chance of a size, an angle or a move that the wish asks for."""
RHYME = 60.0
"""Factor on the chance of what a returning picture was: it wins unless a rule forbids it."""
LONGEST_TAKE_S = 9.0
"""A shot that goes on across the edge of a clip is no longer than this; so long are clips."""
PEOPLE = DECISIONS["who"]
WHO = PEOPLE[:2]
"""The two people of a film that has two; the last of :data:`PEOPLE` is both."""
NOBODY: Choice[str] = Choice("empty", ())
CUT_AT_EDGE: Choice[Edge] = Choice("cut", ())


def size_step(before: ShotSize, after: ShotSize) -> int:
    """Return how many steps of size lie between two shots."""
    return abs(SIZES.index(before) - SIZES.index(after))


def differs(before: Shot, after: Shot, *, same_scene: bool) -> bool:
    """Tell whether a cut between two shots is seen: another place, or another size."""
    return not same_scene or size_step(before.size, after.size) >= 1


def _favoured(options: Iterable[OptionT]) -> dict[OptionT, float]:
    return dict.fromkeys(options, WISHED_FILMING)


@dataclass(frozen=True)
class Rhyme:
    """A part's first opening shot that returns, and why."""

    opening: Shot
    why: Choice[str]


@dataclass(frozen=True)
class Composed:
    """The shots of a clip, and whether the first goes on from the clip before (``kept``)."""

    shots: tuple[Shot, ...]
    edge: Choice[Edge]

    @property
    def goes_on(self) -> bool:
        """Whether the clip begins in the last shot of the one before."""
        return self.edge.value == "kept"

    @property
    def people(self) -> frozenset[str]:
        """Who is seen in it."""
        return frozenset(name for shot in self.shots for name in shot.characters)


@dataclass
class Camera:
    """The camera, which remembers its last shot.

    Parameters
    ----------
    grid : Grid
        The song's beats.
    answers : Answers
        Which of them a shot answers.
    ways : Ways
        Which way people walk.
    character_ids : tuple of str
        Who can be shown; nobody where it is empty.
    wished_actions : tuple of str
        What the wish wants to see done.
    knowledge : Knowledge
        The rules.
    rng : random.Random
        Where the dice come from.
    filming : tuple of Filming
        How the wish wants it to be filmed.
    seen_ids : tuple of str
        Who is seen in the clip.
    openings : dict
        The shots with which parts opened for the first time, by their types.
    last_shot : Shot or None
        The last shot.
    last : Composed or None
        The last clip.
    """

    grid: Grid
    answers: Answers
    ways: Ways
    character_ids: tuple[str, ...]
    wished_actions: tuple[Action, ...]
    knowledge: Knowledge
    rng: random.Random
    filming: tuple[Filming, ...] = ()
    seen_ids: tuple[str, ...] = ()
    openings: dict[str, Shot] = field(default_factory=dict)
    last_shot: Shot | None = None
    last: Composed | None = None

    def shoot(
        self, take: Take, cutting: Cutting, *, edge_rng: random.Random | None = None
    ) -> Composed:
        """Compose the shots of the next clip.

        It may begin with the last shot, which goes on: once, and only if it shows the same people.

        Parameters
        ----------
        take, cutting
            The next clip.
        edge_rng : random.Random, optional
            Where the dice come from that choose between a cut and going on; by default it cuts.
        """
        edge = self._choose_edge(take, cutting, edge_rng) if edge_rng else CUT_AT_EDGE
        self.seen_ids, last = self._choose_people(take), self.last
        if edge.value == "kept" and last is not None:
            ways = dict(self.ways.last)
            kept = self._composed((self._kept(take, *cutting.spans[0]),), take, cutting, edge=edge)
            if kept.people == last.people:
                return self._remember(kept)
            self.last_shot, self.ways.last = last.shots[-1], ways
        return self._remember(self._composed((), take, cutting, edge=CUT_AT_EDGE))

    def _choose_edge(self, take: Take, cutting: Cutting, rng: random.Random) -> Choice[Edge]:
        """Choose whether the next clip begins with a cut, or goes on in the last shot."""
        passage, (_, end_s) = take.passage, cutting.spans[0]
        new_part = take.arrival or passage.place_in_section == 0
        # A film ends on a shot composed for it.
        ending = passage.end_s == self.grid.analysis.duration
        choice = choose(self.knowledge.about("edge"), "edge", EDGES, take.facts, rng=rng)
        if new_part or ending or self.last is None or self.last.edge.value == "kept":
            return CUT_AT_EDGE
        too_long = end_s - self.last.shots[-1].start > LONGEST_TAKE_S
        return CUT_AT_EDGE if too_long else choice

    def _composed(
        self, kept: tuple[Shot, ...], take: Take, cutting: Cutting, *, edge: Choice[Edge]
    ) -> Composed:
        spans = cutting.spans[len(kept) :]
        shots = (*kept, *(self._shot(take, start_s, end_s) for start_s, end_s in spans))
        return Composed(shots=shots, edge=edge)

    def _remember(self, composed: Composed) -> Composed:
        self.last = composed
        return composed

    def _choose_people(self, take: Take) -> tuple[str, ...]:
        """Choose who is seen in a clip: one of two people, or both."""
        if len(self.character_ids) < len(WHO):
            return self.character_ids
        who = choose(self.knowledge.about("who"), "who", PEOPLE, take.facts, rng=self.rng).value
        return self.character_ids if who == "both" else (self.character_ids[WHO.index(who)],)

    def _kept(self, take: Take, start_s: float, end_s: float) -> Shot:
        """Return the last shot as it goes on."""
        assert self.last_shot is not None  # whoever keeps it has shot it
        facts = replace(self._facts(take, start_s, end_s), size=self.last_shot.size)
        accents, _ = self.answers.of(facts, start_s, end_s)
        changes = {"start": start_s, "end": end_s, "accents": accents}
        self.last_shot = self.last_shot.model_copy(update=changes)
        return self.last_shot

    def _shot(self, take: Take, start_s: float, end_s: float) -> Shot:
        about, rng = self.knowledge.about, self.rng
        facts = self._facts(take, start_s, end_s)
        rhyme = self._choose_rhyme(facts)
        size = choose(
            about("size"), "size", SIZES, facts, rng=rng, factors=self._steps(facts, rhyme)
        )
        facts = replace(facts, size=size.value)
        angle = choose(about("angle"), "angle", ANGLES, facts, rng=rng, factors=self._angles(rhyme))
        move = choose(about("move"), "move", MOVES, facts, rng=rng, factors=self._moves(rhyme))
        figure = self._choose_figure(facts)
        options = tuple(dict.fromkeys((*take.world.actions, *self.wished_actions)))
        action = choose(
            about("action"), "action", options, facts, rng=rng, factors=self._actions(facts)
        )
        accents, answered = self.answers.of(facts, start_s, end_s)
        people = self.seen_ids if figure.value == "shown" else ()
        done = action.rules if people else ()
        way = None
        if people and action.value in GOING:
            way = self.ways.choose(replace(facts, move=move.value), take.scene.id, start_s)
        told = (size.rules, angle.rules, move.rules, figure.rules, done)
        more = (rhyme.why.rules if rhyme else (), way.rules if way else (), answered)
        self.last_shot = Shot(
            start=start_s,
            end=end_s,
            size=size.value,
            angle=angle.value,
            move=move.value,
            action=action.value,
            characters=people,
            direction=way.value if way else None,
            accents=accents,
            rules=tuple(dict.fromkeys(chain(*told, *more))),
        )
        if facts.section_change:
            self.openings.setdefault(facts.section, self.last_shot)
        return self.last_shot

    def _choose_figure(self, facts: Facts) -> Choice[str]:
        """Choose whether anybody is seen; nobody is where the film has nobody."""
        figures = DECISIONS["figure"]
        choice = choose(self.knowledge.about("figure"), "figure", figures, facts, rng=self.rng)
        return choice if self.seen_ids else NOBODY

    def _choose_rhyme(self, facts: Facts) -> Rhyme | None:
        """Choose whether a part that returns opens with the picture that it opened with."""
        opening = self.openings.get(facts.section)
        choice = choose(
            self.knowledge.about("rhyme"), "rhyme", DECISIONS["rhyme"], facts, rng=self.rng
        )
        if opening is None or not facts.section_change or choice.value == "new":
            return None
        return Rhyme(opening, choice)

    def _facts(self, take: Take, start_s: float, end_s: float) -> Facts:
        enters = take.arrival and start_s == take.passage.start_s
        return replace(
            self.grid.on_beat(take.facts, start_s),
            progress=take.passage.progress_at((start_s + end_s) / 2),
            shot_s=end_s - start_s,
            first=start_s == 0,
            last=end_s == self.grid.analysis.duration,
            arrival=enters,
            scene_change=enters,
            section_change=take.passage.place_in_section == 0 and start_s == take.passage.start_s,
            after_empty=self.last_shot is not None and not self.last_shot.characters,
        )

    def _steps(self, facts: Facts, rhyme: Rhyme | None) -> dict[ShotSize, float]:
        """Return how a size's chance depends on its step from the last one, and on the wish."""
        wished = _favoured(size for way in self.filming for size in way.sizes)
        if rhyme:
            wished[rhyme.opening.size] = RHYME
        if self.last_shot is None:
            return wished
        before, names = self.last_shot.size, DECISIONS["step"]
        by_step = chances(self.knowledge.about("step"), "step", names, facts)
        factors = {
            size: by_step[names[min(size_step(before, size), 2)]] * wished.get(size, 1.0)
            for size in SIZES
        }
        if not facts.scene_change:
            factors[before] = 0.0  # the grammar of cutting, whatever the rules: see differs
        return factors

    def _angles(self, rhyme: Rhyme | None) -> dict[Angle, float]:
        factors: dict[Angle, float] = _favoured(a for way in self.filming for a in way.angles)
        return factors | ({rhyme.opening.angle: RHYME} if rhyme else {})

    def _moves(self, rhyme: Rhyme | None) -> dict[Move, float]:
        factors: dict[Move, float] = _favoured(move for way in self.filming for move in way.moves)
        factors |= {rhyme.opening.move: RHYME} if rhyme else {}
        if self.last_shot is not None:
            move = self.last_shot.move
            factors[move] = REPEATED_MOVE * factors.get(move, 1.0)
        return factors

    def _actions(self, facts: Facts) -> dict[Action, float]:
        """Return what favours an action besides the rules: the wish, and what is being done."""
        factors: dict[Action, float] = {
            action: WISHED_ACTION if action in USUAL else WISHED_DEED
            for action in self.wished_actions
        }
        if self.last_shot is not None and not facts.arrival:
            by_hold = chances(self.knowledge.about("hold"), "hold", DECISIONS["hold"], facts)
            before = self.last_shot.action
            factors[before] = factors.get(before, 1.0) * by_hold["same"] / by_hold["changed"]
        return factors
