"""Words as they are compared: without case, accents and punctuation, small numbers spelt out.

Contents
--------
spelt, spelt_words
"""

from __future__ import annotations

import re
import unicodedata

from mvkit.orthography import is_unspaced

SIGN = re.compile(r"[^\w\s]|_")
INNER_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
NUMBERS = dict(
    enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
    )
)
"""Models write digits where lyrics have words; songs seldom count further."""


def spelt(text: str) -> str:
    """Return a text as it is compared: ``Don't STOP, 2!`` is ``dont stop two``."""
    joined = INNER_APOSTROPHE.sub("", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(sign for sign in joined if not unicodedata.combining(sign))
    words = SIGN.sub(" ", bare).split()
    return " ".join(_in_words(word) for word in words)


def spelt_words(text: str) -> list[str]:
    """Return the words of a text as they are compared; of unspaced scripts, the characters."""
    return [
        part for word in spelt(text).split() for part in (word if is_unspaced(word) else [word])
    ]


def _in_words(word: str) -> str:
    small = word.isascii() and word.isdecimal() and len(word) <= 2
    return NUMBERS.get(int(word), word) if small else word
