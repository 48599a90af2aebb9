"""Sentences: taking them apart, closing them, and keeping whole clauses of one that is too long."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

CLAUSE_END = re.compile(r"[,;:](?=\s)")


def sentences_of(text: str) -> list[str]:
    """Return a text's sentences."""
    return re.split(r"(?<=[.!?])\s+", text.strip())


def closed(text: str) -> str:
    """Return a text closed as a sentence is; its own words are left as they are."""
    text = text.rstrip(". ")
    return text if text.endswith(("!", "?")) else f"{text}."


def whole_clauses(sentence: str, fits: Callable[[str], bool]) -> str:
    """Return the sentence, or as many of its first clauses as fit; empty where none does."""
    ends = [match.start() for match in CLAUSE_END.finditer(sentence)]
    for end in (len(sentence), *reversed(ends)):
        kept = closed(sentence[:end])
        if fits(kept):
            return kept
    return ""


def listed(words: Iterable[str], *, by: str = "and") -> str:
    """Return words as a list in prose: ``red, green and blue``."""
    *most, last = words
    return f"{', '.join(most)} {by} {last}" if most else last
