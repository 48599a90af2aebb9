"""What is decided for the film as a whole: its kind and places, its look, its people, its motif.

Contents
--------
Vision, envision
"""

from __future__ import annotations

from dataclasses import dataclass

from mvkit.director.casting import Cast, choose_cast
from mvkit.director.dice import Dice
from mvkit.director.hearing import hear_passages
from mvkit.director.imagery import choose_motif
from mvkit.director.knowledge import Knowledge, Motif
from mvkit.director.pacing import clip_edges_s
from mvkit.director.style import Look, choose_look
from mvkit.director.treatment import Treatment, write_treatment
from mvkit.director.wish import Wish, read_wish
from mvkit.schema import Analysis, Brief


@dataclass(frozen=True)
class Vision:
    """A film before its shots.

    Attributes
    ----------
    wish : Wish
        What it is made from.
    treatment : Treatment
        Its kind, its acts and its places, clip by clip.
    look : Look
        Its style.
    cast : Cast
        Who is seen.
    motif : Motif or None
        What returns through it, if anything does.
    """

    wish: Wish
    treatment: Treatment
    look: Look
    cast: Cast
    motif: Motif | None


def envision(
    wish: Wish, brief: Brief, analysis: Analysis, *, dice: Dice, knowledge: Knowledge
) -> Vision:
    """Decide what holds for the whole film.

    Parameters
    ----------
    wish : Wish
        What the prompt asks for.
    brief : Brief
        Whose seed the people's pictures have.
    analysis : Analysis
        The song.
    dice : Dice
        Those of the film.
    knowledge : Knowledge
        What the director knows.
    """
    lines = [line.text for line in analysis.lyrics]
    treatment = write_treatment(
        hear_passages(analysis, clip_edges_s(analysis)),
        analysis,
        wish=wish,
        lyrics=read_wish(". ".join(lines), knowledge),
        knowledge=knowledge,
        rng=dice.of("places"),
        kind_rng=dice.of("format"),
    )
    look = choose_look(
        wish,
        treatment.facts,
        home=knowledge.place_of(treatment.home),
        knowledge=knowledge,
        rng=dice.of("look"),
    )
    cast = choose_cast(
        wish,
        treatment.facts,
        accent=look.accent,
        colours=look.colours,
        knowledge=knowledge,
        seed=brief.seed,
        rng=dice.of("cast"),
    )
    payoffs = [take for take in treatment.takes if treatment.pays_off(take)]
    motif = choose_motif(
        wish,
        lines,
        outdoors=any(take.world.outdoors for take in payoffs),
        valence=treatment.facts.valence,
        arousal=treatment.facts.arousal,
        knowledge=knowledge,
        rng=dice.of("motif"),
    )
    return Vision(wish, treatment, look, cast, motif if payoffs else None)
