"""Wishes in German, French and Spanish: their commonest words, put into English.

A text is held to be of another language by its small words, as songs are. Words that nobody
translates stay as they are, and so does a text in English.

Contents
--------
in_english
"""

from __future__ import annotations

from functools import lru_cache

from mvkit.director.knowledge import Knowledge, Translation
from mvkit.director.lexicon import Call, Forms, Lexicon, Match, plain_words
from mvkit.director.themes import FOREIGN, MIN_FOREIGN

FEWEST_TRANSLATED = 2
"""A text without small words is of another language if so many words are."""
SMALL_ABROAD = {
    **dict.fromkeys(("der", "die", "das", "den", "dem", "des"), "the"),
    **dict.fromkeys(("le", "la", "les", "el", "los", "las", "l"), "the"),
    **dict.fromkeys(("ein", "eine", "einen", "einem", "einer", "eines", "un", "une", "una"), "a"),
    **dict.fromkeys(("in", "im", "ins", "dans", "en"), "in"),
    **dict.fromkeys(("auf", "sur", "sobre"), "on"),
    **dict.fromkeys(("von", "vom", "de", "du", "del", "d"), "of"),
    **dict.fromkeys(("und", "et", "y"), "and"),
    **dict.fromkeys(("mit", "avec", "con"), "with"),
    **dict.fromkeys(("aber", "mais", "pero"), "but"),
    **dict.fromkeys(("ohne", "sans", "sin"), "without"),
    **dict.fromkeys(("kein", "keine", "keinen", "keiner", "pas", "aucun", "ninguna"), "no"),
    **dict.fromkeys(("nicht", "nie", "nunca", "jamais"), "not"),
    **dict.fromkeys(("zwei", "deux", "dos"), "two"),
    **dict.fromkeys(("drei", "trois", "tres"), "three"),
    **dict.fromkeys(("vier", "quatre", "cuatro"), "four"),
    **dict.fromkeys(("funf", "cinq", "cinco"), "five"),
    **dict.fromkeys(("er", "il"), "he"),
    **dict.fromkeys(("sie", "elle", "ella"), "she"),
    **dict.fromkeys(("ich", "je", "yo"), "i"),
    **dict.fromkeys(("ist", "sind", "est", "sont", "es", "son", "esta"), "is"),
    **dict.fromkeys(("durch", "travers"), "through"),
}
"""Their small words; only read in texts of those languages."""
ENDINGS = (
    *(("en", ""), ("em", ""), ("er", ""), ("es", ""), ("e", ""), ("n", ""), ("s", "")),
    *(("x", ""), ("t", "en"), ("t", "n"), ("e", "er"), ("ent", "er"), ("nt", "r"), ("et", "en")),
    *(("a", "o"), ("as", "o"), ("os", "o"), ("a", "ar"), ("an", "ar"), ("e", "ir"), ("end", "en")),
    *(("ando", "ar"), ("iendo", "er"), ("ant", "er"), ("end", "en"), ("ende", "en")),
)
FEWEST_LETTERS = 3


def in_english(text: str, knowledge: Knowledge) -> str:
    """Return a text with what is understood of its German, French or Spanish words in English."""
    words = plain_words(text)
    reading = _lexicon(knowledge.abroad).read(text)
    found = {match.at: match for match in (*reading.matches, *reading.denied)}
    n_small = len(FOREIGN.intersection(words))
    if n_small < MIN_FOREIGN and (len(found) < FEWEST_TRANSLATED or _is_english(words, knowledge)):
        return text
    colours = {name for row in knowledge.colours for name in (row.name, *row.words)}
    told: list[str] = []
    before: Match[Translation] | None = None
    at = 0
    while at < len(words):
        match = found.get(at)
        english = match.call.called.english if match else SMALL_ABROAD.get(words[at], words[at])
        if match and english in colours and before and before.end == at:
            told.insert(len(told) - 1, english)  # *un paraguas rojo*, *une robe rouge*
        else:
            told.append(english)
        before = match
        at = match.end if match else at + 1
    return " ".join(told)


def _is_english(words: list[str], knowledge: Knowledge) -> bool:
    """Tell whether most words of a text are English ones of the vocabulary."""
    reading = knowledge.lexicon.read(" ".join(words))
    known = sum(match.end - match.at for match in {m.at: m for m in reading.matches}.values())
    return 2 * known >= len(words) or not {"the", "of", "and", "with", "is"}.isdisjoint(words)


@lru_cache(maxsize=8)
def _lexicon(rows: tuple[Translation, ...]) -> Lexicon[Translation]:
    calls = (Call(tuple(plain_words(words)), row) for row in rows for words in row.words)
    return Lexicon(calls, mends_slips=False, forms=_forms)


def _forms(word: str) -> Forms:
    """Return a word and what it may be a form of: *verschneiten*, *roja*, *bailando*."""
    found = [word]
    for ending, replacement in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= FEWEST_LETTERS:
            found.append(stem + replacement)
    return tuple(dict.fromkeys(found))
