"""Images of the song: what returns through the film, and what a lyric line is seen as.

The *leitmotif* is one image for one theme, which comes small, grows, and is fulfilled: once in each
chorus. Of one chorus it is seen grown, of two small and fulfilled. What a motif is, and what it
stands for, is data (``knowledge/motifs.toml``).

Contents
--------
STAGES, stage_of, stage_told, choose_motif, tell_motif
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable

from mvkit.director.knowledge import Knowledge, Motif
from mvkit.director.prose.words import sentence
from mvkit.director.themes import themes_in
from mvkit.director.wish import Wish, speaks_of

STAGES = (1, 2, 3)
"""A leitmotif is first seen, has grown, is fulfilled."""
NEARNESS = 7.0
"""How steeply the chance of a motif falls with its distance on the scale of feelings."""
MIN_LINES = 2
"""A theme of the lyrics is one that so many lines share."""
FAREST = 0.4
"""So far from the film's pleasantness, 0-1, a theme of the lyrics is no motif for it."""


def stage_of(occurrence: float, *, final: bool) -> int:
    """Return the stage of the leitmotif in a chorus: the first, one between, the last.

    The only chorus of a song shows the image grown: what nobody saw small cannot be fulfilled.
    """
    if occurrence < 2:
        return STAGES[1] if final else STAGES[0]
    return STAGES[-1] if final else STAGES[1]


def stage_told(motif: Motif, description: str) -> int | None:
    """Return at which stage a description shows a motif; None if it does not show it so."""
    told = zip(STAGES, motif.development, strict=True)
    return next((stage for stage, sentence in told if sentence in description), None)


def choose_motif(
    wish: Wish,
    lines: Iterable[str],
    *,
    valence: float,
    arousal: float,
    knowledge: Knowledge,
    rng: random.Random,
    outdoors: bool = True,
) -> Motif | None:
    """Choose the film's leitmotif.

    Parameters
    ----------
    wish : Wish
        What the prompt asks for. A theme of its own words comes first, rather one that the song
        shares; what must not be seen is never chosen.
    lines : iterable of str
        The lyrics; the commonest of their themes that suits the feeling comes second.
    valence, arousal : float
        The feeling of the film, 0-1; a motif that suits it is drawn where no words call one.
    knowledge : Knowledge
        The motifs.
    rng : random.Random
        Where the dice come from.
    outdoors : bool
        Whether it is seen under the open sky, which some images need.

    Returns
    -------
    Motif or None
        None if the wish forbids them all.
    """
    possible = (motif for motif in knowledge.motifs if outdoors or not motif.outdoors)
    allowed = [motif for motif in possible if _may_be_seen(motif, wish)]
    ids = {motif.id for motif in allowed}
    sung = Counter(motif.id for line in lines for motif in themes_in(line, knowledge))
    wished = [motif for motif in wish.motifs if motif.id in ids]
    if wished:
        return max(wished, key=lambda motif: sung[motif.id])
    common = [
        motif
        for motif in allowed
        if sung[motif.id] >= MIN_LINES and abs(motif.valence - valence) <= FAREST
    ]
    if common:
        return max(common, key=lambda motif: sung[motif.id])
    weights = [
        math.exp(-NEARNESS * math.dist((motif.valence, motif.arousal), (valence, arousal)))
        for motif in allowed
    ]
    return rng.choices(allowed, weights)[0] if allowed else None


def tell_motif(motif: Motif, n_times: int = len(STAGES)) -> str:
    """Return what returns through the film, and how it changes.

    Parameters
    ----------
    motif : Motif
        The leitmotif.
    n_times : int
        How often the film shows it, from 1.
    """
    small, grown, fulfilled = motif.development
    meant = motif.image if _names_its_theme(motif) else f"{motif.image}, for {motif.name}"
    if n_times == 1:
        return f"An image is seen once: {meant}. {grown}"
    steps = [
        f"at first {_inside(small)}",
        f"then {_inside(grown)}",
        f"in the end {_inside(fulfilled)}",
    ]
    told = steps if n_times > 2 else steps[::2]
    return f"An image returns: {meant}. {sentence('; '.join(told))}"


def _may_be_seen(motif: Motif, wish: Wish) -> bool:
    told = (motif.image, *motif.development)
    return not any(speaks_of(wish.unsayable, text) for text in told)


def _names_its_theme(motif: Motif) -> bool:
    """Tell whether the image is called like the theme, and so says nothing by standing for it."""
    return motif.name.split()[-1] in motif.image


def _inside(text: str) -> str:
    """Return a sentence as a part of another one."""
    return text[:1].lower() + text[1:].rstrip(".")
