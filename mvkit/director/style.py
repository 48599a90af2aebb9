"""What holds the film together: its colours, its light, its way of being filmed.

Contents
--------
Look, choose_look
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from mvkit.director.facts import Facts
from mvkit.director.knowledge import CHOSEN_PALETTE, Colour, Knowledge, Palette, World
from mvkit.director.wish import Wish
from mvkit.schema import Style

WHITE = "white"
MIN_COLOURS = 3
MAX_WISHED = 5
N_OTHERS = 2
"""So many colours stand between a single wished one and the palette's accent."""
MAX_STYLE_WORDS = 16
MAX_FILMING_WORDS = 25
"""No prompt has room for more."""
SUITS_BONUS = 0.25
"""By how much a palette that suits the home place seems nearer, on the scale of feelings."""
CALLED_BONUS = 1.0
"""The same for a palette that the wish calls: enough to win over any feeling."""
SHARED_BONUS = 0.25
"""The same for each colour that the wish names and the palette holds."""


@dataclass(frozen=True)
class Look:
    """The style of a film, its colours by name, and the rules behind it.

    Attributes
    ----------
    accent : Colour
        For the person: one that stands out from the rest.
    """

    style: Style
    colours: tuple[Colour, ...]
    accent: Colour
    rules: tuple[str, ...]


def choose_look(
    wish: Wish, facts: Facts, *, home: World, knowledge: Knowledge, rng: random.Random
) -> Look:
    """Choose the film's style.

    Parameters
    ----------
    wish : Wish
        What the prompt asks for; colours that it names, else those of a style that it names, lead
        the palette, unless one was chosen.
    facts : Facts
        Feeling of the film, and its home's set.
    home : World
        The home place, which gives the visual style unless the wish names one.
    knowledge : Knowledge
        Palettes, colours and phrases.
    rng : random.Random
        Where the dice come from.
    """
    wished = () if wish.palette else wish.colours or _of_styles(wish, knowledge)
    palette = wish.palette or _palette(wish, facts, knowledge, rng)
    colours = _with_wished(wished, palette, knowledge)
    mood = knowledge.phrase("mood", facts)
    lighting = knowledge.phrase("lighting", facts)
    filming = knowledge.phrase("cinematography", facts)
    style = Style(
        color_palette=tuple(colour.hex for colour in colours),
        visual_style=_visual_style(wish, home),
        mood=mood.text,
        lighting=next((one.lighting for one in wish.styles if one.lighting), lighting.text),
        cinematography=_fitting(
            (filming.text, *(way.phrase for way in wish.filming)), MAX_FILMING_WORDS
        ),
    )
    accent = wished[-1] if len(wished) > 1 else colours[-1]
    chosen_by = (CHOSEN_PALETTE,) if wish.palette else ()
    rules = (*chosen_by, palette.id, mood.id, lighting.id, filming.id)
    return Look(style, colours, accent, rules)


def _of_styles(wish: Wish, knowledge: Knowledge) -> tuple[Colour, ...]:
    """Return the colours of the styles that a wish names."""
    return tuple(knowledge.colour(name) for style in wish.styles for name in style.colours)


def _visual_style(wish: Wish, home: World) -> str:
    """Return the style that the wish names, else home's, with era, filming and season."""
    styles = [style.phrase for style in wish.styles] or [home.look]
    eras = (era.phrase for era in wish.eras)
    ways = (way.phrase for way in wish.filming)
    seasons = (season.phrase for season in wish.seasons)
    return _fitting((*styles, *eras, *ways, *seasons), MAX_STYLE_WORDS)


def _fitting(phrases: Sequence[str], most_words: int) -> str:
    """Join phrases, the first and as many others as there is room for."""
    kept = [phrases[0]]
    for phrase in phrases[1:]:
        if len(" ".join([*kept, phrase]).split()) <= most_words:
            kept.append(phrase)
    return ", ".join(kept)


def _palette(wish: Wish, facts: Facts, knowledge: Knowledge, rng: random.Random) -> Palette:
    """Draw one of the two palettes nearest to the feeling; one that is called comes first."""
    named = {colour.name for colour in wish.colours}

    def distance(palette: Palette) -> float:
        return (
            math.dist((palette.valence, palette.arousal), (facts.valence, facts.arousal))
            - SUITS_BONUS * (facts.world in palette.suits)
            - CALLED_BONUS * (palette in wish.palettes)
            - SHARED_BONUS * len(named & set(palette.colours))
        )

    nearest_two = sorted(knowledge.palettes, key=distance)[:2]
    if wish.palettes or named:
        return nearest_two[0]
    return rng.choices(nearest_two, [2, 1])[0]


def _with_wished(
    wished: Sequence[Colour], palette: Palette, knowledge: Knowledge
) -> tuple[Colour, ...]:
    """Return a palette's colours after those of the wish.

    One wished colour leads a shortened palette. Two or more are a palette of their own: only
    white goes with them, since any other hue would be one that nobody asked for.
    """
    own = [knowledge.colour(name) for name in palette.colours]
    if not wished:
        return tuple(own)
    if len(wished) == 1:
        others = [colour for colour in own if colour not in wished]
        return tuple(dict.fromkeys((*wished, *others[:N_OTHERS], others[-1])))
    colours = dict.fromkeys((*wished[:MAX_WISHED], knowledge.colour(WHITE), *own))
    return tuple(colours)[: max(len(wished[:MAX_WISHED]) + 1, MIN_COLOURS)]
