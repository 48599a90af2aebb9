"""The acts of a film in words.

Contents
--------
tell_acts
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from random import Random

from mvkit.director.casting import Cast
from mvkit.director.knowledge import Knowledge
from mvkit.director.prose import sentence, tell_change
from mvkit.director.prose.acting import Acting
from mvkit.director.prose.decks import Decks
from mvkit.director.prose.words import tidy
from mvkit.director.treatment import Take, Treatment
from mvkit.director.wish import Wish
from mvkit.schema import Act, Scene
from mvkit.schema.plan import ActName

NO_DEED = "nothing"
"""What the wish wants to see done where it names nothing that can be told."""
FULFILLED: ActName = "climax"
"""The act that tells the deed in another way, if there is one."""


def tell_acts(
    treatment: Treatment, *, cast: Cast, knowledge: Knowledge, wish: Wish
) -> tuple[Act, ...]:
    """Return the film's acts, each told where most of it plays, if that is somewhere else.

    Parameters
    ----------
    treatment : Treatment
        The clips, with their acts.
    cast : Cast
        Who is seen.
    knowledge : Knowledge
        The phrases.
    wish : Wish
        Whose first deed the acts tell.
    """
    return tuple(_Teller(cast, wish, knowledge).tell(treatment.takes))


@dataclass(frozen=True)
class _Teller:
    """Who tells the acts, in the order of the film."""

    cast: Cast
    wish: Wish
    knowledge: Knowledge

    def tell(self, takes: Sequence[Take]) -> Iterator[Act]:
        """Yield the acts of a film."""
        before: Scene | None = None
        for name, grouped in groupby(takes, key=lambda take: take.facts.act):
            of_act = list(grouped)
            where, _ = Counter(take.scene for take in of_act).most_common(1)[0]
            placed = tell_change(self.knowledge, before, where)
            yield self._act(name, of_act, where, placed)
            before = where

    def _act(self, name: str, takes: Sequence[Take], where: Scene, placed: str) -> Act:
        doing = self._doing(name, where, placed)
        facts = takes[0].facts
        phrase = self.knowledge.phrase("act", facts if doing else replace(facts, wished=NO_DEED))
        person, companion = self.cast.person, self.cast.companion
        seen = bool(self.cast.characters)
        story = phrase.text.format(
            person=person.noun if seen else "the light",
            and_other=f"and {companion.noun}" if companion else "",
            with_other=f"with {companion.noun}" if companion else "",
            placed=placed,
            doing=doing,
        )
        return Act.model_validate(
            {
                "name": name,
                "start": takes[0].passage.start_s,
                "end": takes[-1].passage.end_s,
                "story": sentence(tidy(story)),
                "rules": (phrase.id,),
            }
        )

    def _doing(self, name: str, where: Scene, placed: str) -> str:
        """Return what the wish wants to see done, in another way towards the end."""
        decks = Decks(Random(0))
        acting = Acting(self.wish, self.wish.unsayable, self.knowledge, decks, decks.rng)
        seen = [one for one in (self.cast.person, self.cast.companion) if one]
        people = seen if self.cast.characters else ()
        deeds = acting.deeds(self.knowledge.place_of(where), people, placed)
        if not deeds:
            return ""
        return deeds[-1] if name == FULFILLED else deeds[0]
