"""What kind of film it is: performance, narrative, concept, dance or abstract.

The five are those that writers on music video tell apart (C. Vernallis, *Experiencing Music Video*,
2004; D. Railton and P. Watson, *Music Video and the Politics of Representation*, 2011). Which of
them a film is depends on the kind of music, on its words, and on what the wish asks for.

Contents
--------
Kind, choose_kind
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from mvkit.director.facts import Facts
from mvkit.director.knowledge import Genre, Knowledge
from mvkit.director.rules import DECISIONS, choose
from mvkit.director.wish import Wish
from mvkit.schema import Analysis
from mvkit.schema.plan import Format

WISHED_FORMAT = "wished_format"
"""Id of the principle that a film names whose format the wish names."""
MOODS_APART = 0.3
"""A wish is of another mood than the song if their arousal differs by more, 0-1."""
FORMATS: tuple[Format, ...] = DECISIONS["format"]  # type: ignore[assignment]


@dataclass(frozen=True)
class Kind:
    """Genre and format of a film, and the rules that chose the format."""

    genre: Genre | None
    format: Format
    rules: tuple[str, ...]

    def facts(self, facts: Facts) -> Facts:
        """Return facts of a film of this kind."""
        return replace(facts, genre=self.genre.id if self.genre else "", format=self.format)


def choose_kind(
    wish: Wish, analysis: Analysis, facts: Facts, *, knowledge: Knowledge, rng: random.Random
) -> Kind:
    """Choose genre and format.

    Parameters
    ----------
    wish : Wish
        A genre or a format that it names is the film's.
    analysis : Analysis
        The song; its genre counts where the wish names none.
    facts : Facts
        The feeling of the film, whether words are known, and whether anybody is seen.
    knowledge : Knowledge
        Genres and rules.
    rng : random.Random
        Where the dice come from.
    """
    genre = _genre(wish, analysis, knowledge)
    known = replace(facts, genre=genre.id if genre else "")
    choice = choose(knowledge.about("format"), "format", FORMATS, known, rng=rng)
    if wish.formats:
        return Kind(genre, wish.formats[0], (WISHED_FORMAT,))
    return Kind(genre, choice.value, choice.rules)


def _genre(wish: Wish, analysis: Analysis, knowledge: Knowledge) -> Genre | None:
    """Return the genre that the wish names, else the one that was heard.

    What was heard is a guess: a wish of quite another mood than the song's is not filmed by it.
    """
    if wish.genres:
        return wish.genres[0]
    apart = [abs(feeling.arousal - analysis.mood.arousal) for feeling in wish.feelings]
    if apart and min(apart) > MOODS_APART:
        return None
    return next((genre for genre in knowledge.genres if analysis.genre in genre.heard), None)
