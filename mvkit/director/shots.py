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
from dataclasses import dataclass, replace
from typing import TypeVar

from mvkit.director.facts import SIZES, Facts
from mvkit.director.knowledge import Filming, Knowledge
from mvkit.director.pacing import Cutting
from mvkit.director.rules import ANGLES, DECISIONS, EDGES, MOVES, Choice, Edge, chances, choose
from mvkit.director.treatment import Take
from mvkit.schema import Shot
from mvkit.schema.plan import Action, Angle, Move, ShotSize

OptionT = TypeVar("OptionT", bound=str)
REPEATED_MOVE = 0.3
"""Factor on the chance of the move of the shot before."""
WISHED_ACTION = 2.5
"""Factor on the chance of an action that the wish names."""
WISHED_FILMING = 4.0
"""Factor on the chance of a size, an angle or a move that the wish asks for."""
LONGEST_TAKE_S = 9.0
"""A shot that goes on across the edge of a clip is no longer than this; so long are clips."""
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
class Composed:
    """The shots of a clip, and whether the first goes on from the clip before (``kept``)."""

    shots: tuple[Shot, ...]
    edge: Choice[Edge]

    @property
    def people(self) -> frozenset[str]:
        """Who is seen in it."""
        return frozenset(name for shot in self.shots for name in shot.characters)


@dataclass
class Camera:
    """The camera, which remembers its last shot.

    Parameters
    ----------
    film_end_s : float
        End of the film in seconds.
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
    last_shot : Shot or None
        The last shot.
    last : Composed or None
        The last clip.
    """

    film_end_s: float
    character_ids: tuple[str, ...]
    wished_actions: tuple[Action, ...]
    knowledge: Knowledge
    rng: random.Random
    filming: tuple[Filming, ...] = ()
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
        last = self.last
        if edge.value == "kept" and last is not None:
            kept = self._composed((self._kept(*cutting.spans[0]),), take, cutting, edge=edge)
            if kept.people == last.people:
                return self._remember(kept)
            self.last_shot = last.shots[-1]
        return self._remember(self._composed((), take, cutting, edge=CUT_AT_EDGE))

    def _choose_edge(self, take: Take, cutting: Cutting, rng: random.Random) -> Choice[Edge]:
        """Choose whether the next clip begins with a cut, or goes on in the last shot."""
        passage, (_, end_s) = take.passage, cutting.spans[0]
        new_part = take.arrival or passage.place_in_section == 0
        ending = passage.end_s == self.film_end_s  # a film ends on a shot composed for it
        choice = choose(self.knowledge.rules, "edge", EDGES, take.facts, rng=rng)
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

    def _kept(self, start_s: float, end_s: float) -> Shot:
        """Return the last shot as it goes on."""
        assert self.last_shot is not None  # whoever keeps it has shot it
        self.last_shot = self.last_shot.model_copy(update={"start": start_s, "end": end_s})
        return self.last_shot

    def _shot(self, take: Take, start_s: float, end_s: float) -> Shot:
        rules, rng = self.knowledge.rules, self.rng
        facts = self._facts(take, start_s, end_s)
        size = choose(rules, "size", SIZES, facts, rng=rng, factors=self._steps(facts))
        facts = replace(facts, size=size.value)
        angle = choose(rules, "angle", ANGLES, facts, rng=rng, factors=self._angles())
        move = choose(rules, "move", MOVES, facts, rng=rng, factors=self._moves())
        figure = choose(rules, "figure", DECISIONS["figure"], facts, rng=rng)
        options = take.world.actions
        action = choose(rules, "action", options, facts, rng=rng, factors=self._actions(facts))
        reasons = (size, angle, move, figure, action)
        self.last_shot = Shot(
            start=start_s,
            end=end_s,
            size=size.value,
            angle=angle.value,
            move=move.value,
            action=action.value,
            characters=self.character_ids if figure.value == "shown" else (),
            rules=tuple(dict.fromkeys(rule for reason in reasons for rule in reason.rules)),
        )
        return self.last_shot

    def _facts(self, take: Take, start_s: float, end_s: float) -> Facts:
        enters = take.arrival and start_s == take.passage.start_s
        return replace(
            take.facts,
            progress=take.passage.progress_at((start_s + end_s) / 2),
            shot_s=end_s - start_s,
            first=start_s == 0,
            last=end_s == self.film_end_s,
            arrival=enters,
            scene_change=enters,
            section_change=take.passage.place_in_section == 0 and start_s == take.passage.start_s,
            after_empty=self.last_shot is not None and not self.last_shot.characters,
        )

    def _steps(self, facts: Facts) -> dict[ShotSize, float]:
        """Return how a size's chance depends on its step from the last one, and on the wish."""
        wished = _favoured(size for way in self.filming for size in way.sizes)
        if self.last_shot is None:
            return wished
        before, names = self.last_shot.size, DECISIONS["step"]
        by_step = chances(self.knowledge.rules, "step", names, facts)
        return {
            size: by_step[names[min(size_step(before, size), 2)]] * wished.get(size, 1.0)
            for size in SIZES
        }

    def _angles(self) -> dict[Angle, float]:
        return _favoured(angle for way in self.filming for angle in way.angles)

    def _moves(self) -> dict[Move, float]:
        factors: dict[Move, float] = _favoured(move for way in self.filming for move in way.moves)
        if self.last_shot is not None:
            move = self.last_shot.move
            factors[move] = REPEATED_MOVE * factors.get(move, 1.0)
        return factors

    def _actions(self, facts: Facts) -> dict[Action, float]:
        """Return what favours an action besides the rules: the wish, and what is being done."""
        factors: dict[Action, float] = dict.fromkeys(self.wished_actions, WISHED_ACTION)
        if self.last_shot is not None and not facts.arrival:
            by_hold = chances(self.knowledge.rules, "hold", DECISIONS["hold"], facts)
            before = self.last_shot.action
            factors[before] = factors.get(before, 1.0) * by_hold["same"] / by_hold["changed"]
        return factors
