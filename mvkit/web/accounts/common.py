"""Passwords that are tried first: well-known words dressed up, and walks over the keyboard.

A guesser does not begin with random letters but with ``Password2024!``: the tops of all leaked
lists are a few words with digits behind them, letters swapped for digits, the whole said twice, or
neighbouring keys. NIST SP 800-63B-4, 3.1.1.2, asks to refuse what is "commonly used, expected, or
compromised"; so instead of a list of millions, ``common.toml`` holds the words and the walks, and
this module knows the ways to dress them.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("common.toml")
WALK_SHORTEST = 3
STRANGE_MOST = 2
"""How many characters may be strewn into walks before they are something else."""
DIFFERENT_LEAST = 5
"""Ten characters of which fewer differ are as good as none."""

_UNSWAPPED = str.maketrans("0134578@$!|", "oieastbasil")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SIGNS = re.compile(r"[\W\d_]+")


def is_common(password: str) -> bool:
    """Whether a password is one that is tried first."""
    plain = password.casefold()
    return (
        len(set(plain)) < DIFFERENT_LEAST
        or _is_walked(plain)
        or not _words().isdisjoint(_undressed(plain))
    )


def _undressed(plain: str) -> set[str]:
    """Return the words a password may be made from: without edges, swaps, signs and repeats."""
    bare = _EDGES.sub("", plain)
    words = {bare, bare.translate(_UNSWAPPED), plain.translate(_UNSWAPPED)}
    words |= {_SIGNS.sub("", word) for word in words}
    return words | {_unit(word) for word in words}


def _unit(text: str) -> str:
    """Return what a text says again and again: ``abcabc`` says ``abc``."""
    return text[: (text + text).find(text, 1)]


def _is_walked(plain: str) -> bool:
    """Whether a password is hardly more than walks: ``abcde12345``, ``12345678910``."""
    start = n_strange = 0
    while start < len(plain):
        n_steps = _steps(plain[start:])
        n_strange += not n_steps
        start += n_steps or 1
    return n_strange <= STRANGE_MOST


def _steps(text: str) -> int:
    """Return how many characters at the beginning of a text are one walk; 0 if too few are."""
    for n_steps in range(len(text), WALK_SHORTEST - 1, -1):
        if any(text[:n_steps] in way for way in _ways()):
            return n_steps
    return 0


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def _words() -> frozenset[str]:
    return frozenset(word for theme in _read()["words"].values() for word in theme.split())


@cache
def _ways() -> tuple[str, ...]:
    return tuple(way for walk in _read()["walks"] for way in (2 * walk, 2 * walk[::-1]))
