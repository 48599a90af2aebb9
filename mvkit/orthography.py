"""How scripts are written: with or without spaces, narrow or wide, and what may begin a row.

Chinese, Japanese, Thai and Lao put no spaces between words. Their rows may break at any letter, but
none begins with a sign that closes or lengthens what stands before it, and none ends with one that
opens (JIS X 4051; W3C, Requirements for Japanese, Chinese and Thai text layout).

Contents
--------
sung_parts, sung_words, n_columns, is_unspaced
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
"""Thai, Lao, Japanese and Chinese are written without spaces between words."""
WIDE_SIGNS = re.compile("[\u3000-\u303f\uff00-\uff65]")
"""Their punctuation, beside which rows may break as beside their letters."""
LEAN_BACK = {"Pe", "Pf", "Po", "Pd", "Mn", "Mc", "Me", "Lm", "Cf"}
LEAN_BACK_LETTERS = frozenset("ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ～ะาำๅະາຳ")
"""By Unicode's categories and one by one: closing signs, marks, small kana, vowels written after
their consonant. None of them begins a row."""
LEAN_ON = {"Ps", "Pi"}
LEAN_ON_LETTERS = frozenset("เแโใไເແໂໃໄ")
"""Opening signs, and vowels written before their consonant. None of them ends a row."""
WIDE = {"W", "F"}
NO_WIDTH = {"Mn", "Me", "Cf"}


def sung_parts(text: str) -> list[str]:
    """Cut a text into what is sung one after the other: words, or letters where no spaces are.

    Parameters
    ----------
    text : str
        Without spaces at its beginning.

    Returns
    -------
    list of str
        Each part with the spaces after it; together they are the text.
    """
    cuts = [n for n, pair in enumerate(pairwise(text), start=1) if _may_part(*pair)]
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)]) if start < end]


def sung_words(text: str) -> list[str]:
    """Return the parts of :func:`sung_parts` without spaces; for most scripts, the words."""
    return [part.strip() for part in sung_parts(text.strip())]


def n_columns(text: str) -> int:
    """Return how wide a text is in narrow letters; wide ones count double (UAX 11)."""
    return sum(map(_width, text))


def is_unspaced(text: str) -> bool:
    """Whether a text is in a script without spaces between words."""
    return bool(UNSPACED.search(text))


def _may_part(before: str, after: str) -> bool:
    """Whether another part may begin between two letters."""
    if before.isspace() or after.isspace():
        return before.isspace() and not after.isspace()
    leans_back = after in LEAN_BACK_LETTERS or unicodedata.category(after) in LEAN_BACK
    leans_on = before in LEAN_ON_LETTERS or unicodedata.category(before) in LEAN_ON
    unspaced = any(UNSPACED.match(sign) or WIDE_SIGNS.match(sign) for sign in (before, after))
    return unspaced and not leans_back and not leans_on


def _width(sign: str) -> int:
    if unicodedata.category(sign) in NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in WIDE else 1
