"""Which English words look like slips of the vocabulary, and are none.

A word beside one of the vocabulary (*place* beside *palace*) is read as that only if it is not
ordinary. Only ordinary words that could be misread are kept, as a table of the knowledge.

Contents
--------
ordinary_words, spelling_table
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from mvkit.director.knowledge import Knowledge
from mvkit.director.lexicon import MIN_SLIP_LETTERS, stems

HEADING = """\
# English words that are a slip away from a word of the vocabulary, and yet are no slips of it: what
# of a list of common words could be misread. After the vocabulary has grown, make it anew:
# python -m benchmarks.director ordinary WORDS

[[spelling]]
"""
LINE_CHARS = 96


def ordinary_words(words: Iterable[str], knowledge: Knowledge) -> tuple[str, ...]:
    """Return which words could be misread; not those of which a stem is there."""
    long = {word for word in words if len(word) >= MIN_SLIP_LETTERS and word.isalpha()}
    misread = set(knowledge.lexicon.slips_to(long))
    return tuple(sorted(word for word in misread if misread.isdisjoint(stems(word)[1:])))


def spelling_table(words: Iterable[str]) -> str:
    """Return the file of the table."""
    listed = ", ".join(f'"{word}"' for word in words)
    indent = "    "
    rows = textwrap.fill(listed, LINE_CHARS, initial_indent=indent, subsequent_indent=indent)
    return f"{HEADING}ordinary = [\n{rows},\n]\n"
