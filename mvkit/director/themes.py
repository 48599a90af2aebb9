"""What a text sings about: the themes of its words, in four languages.

English words are found in all their forms; of German, French and Spanish only the commonest words
of each theme are known.

Contents
--------
themes_in
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mvkit.director.knowledge import Knowledge, Motif
from mvkit.director.lexicon import Call, Lexicon, plain_words

SMALL = """
    der das und ich nicht ist ein eine im den dem dich mich dir mir du wir sie mit auf fur von
    mein meine dein deine wie auch noch durch uber ohne les des une et je tu il elle nous vous
    est ne pas que qui dans sur mon ma ton ta mes tes avec pour plus el los las una yo en por
    con mi su se lo como para del te le
"""
FOREIGN = frozenset(SMALL.split())
"""Commonest small words of the other languages, none of them English."""
MIN_FOREIGN = 2
"""A text with so many is not English: what looks so in it (*die*) means something else."""


def themes_in(text: str, knowledge: Knowledge) -> tuple[Motif, ...]:
    """Return the themes of a text, those with most words first, then as they come."""
    reading = _abroad(knowledge.motifs).read(text)
    found = {(match.at, match.call.called.id): match.call.called for match in reading.matches}
    if len(FOREIGN.intersection(reading.words)) < MIN_FOREIGN:
        for match in knowledge.lexicon.read(text).matches:
            if isinstance(match.call.called, Motif):
                found[match.at, match.call.called.id] = match.call.called
    counts = Counter(name for _, name in sorted(found))
    by_id = {motif.id: motif for motif in found.values()}
    return tuple(by_id[name] for name, _ in counts.most_common())


@lru_cache(maxsize=8)
def _abroad(motifs: tuple[Motif, ...]) -> Lexicon[Motif]:
    """Return the words of other languages; no slips are looked for in them."""
    calls = (Call(tuple(plain_words(phrase)), motif) for motif in motifs for phrase in motif.abroad)
    return Lexicon(calls, mends_slips=False)
