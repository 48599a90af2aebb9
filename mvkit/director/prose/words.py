"""Putting words together.

Contents
--------
sentence, capital, listed, pronouns, tidy
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mvkit.director.knowledge import Person

GAP = re.compile(r" (?=[,.:;])")


def sentence(text: str) -> str:
    """Return a text as a sentence: with a capital letter and a full stop."""
    return capital(text.rstrip(".")) + "."


def capital(text: str) -> str:
    """Return a text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def listed(phrases: Sequence[str]) -> str:
    """Join sentences' parts: "a; b; and c"."""
    return "; ".join([*phrases[:-1], f"and {phrases[-1]}"]) if len(phrases) > 1 else phrases[0]


def pronouns(people: Sequence[Person]) -> dict[str, str]:
    """Return what stands for the people who are seen: "her", or "them" for two."""
    if len(people) != 1:
        return {"their": "their", "them": "them"}
    return {"their": people[0].possessive, "them": people[0].objective}


def tidy(text: str) -> str:
    """Return a text without the gaps that words leave which are not told."""
    return GAP.sub("", " ".join(text.split()))
