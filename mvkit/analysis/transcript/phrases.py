"""The words of a transcript with their times, whatever the model has told of them.

A phrase is words that the model gave together. Words that have no times of their own get shares of
their phrase by the length of their spelling, which follows the number of their sounds.

Contents
--------
Phrase, phrases_of, spread, segment_of
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import Literal

from mvkit.analysis.lyrics import SUNG_SECTIONS
from mvkit.orthography import is_unspaced
from mvkit.providers.base import Segment, Transcript, Word
from mvkit.schema import Section

Phrase = tuple[Word, ...]
"""Words that belong together, in order."""
How = Literal["words", "segments", "text"]

LETTERS_OF_A_GAP = 1
"""What the space before a word counts for, in letters."""


def phrases_of(
    transcript: Transcript, *, sections: Sequence[Section], duration_s: float
) -> tuple[list[Phrase], How]:
    """Return what was heard, phrase by phrase, and what its times come from.

    Parameters
    ----------
    transcript : Transcript
        With what is believed of it.
    sections : sequence of Section
        Of the song: text without any times lies in its verses and choruses.
    duration_s : float
        Length of the song; nothing is sung after it.

    Returns
    -------
    phrases : list of tuple of Word
        In order, within the song, none of them empty.
    how : {'words', 'segments', 'text'}
    """
    how: How = "text"
    phrases: list[Phrase] = []
    if transcript.words:
        how = "words"
        phrases = _grouped(_in_order(transcript.words), transcript.segments or ())
    elif transcript.segments is not None or transcript.words is not None:
        how = "segments"
        phrases = [_evenly(segment) for segment in transcript.segments or ()]
    elif transcript.text.strip():
        phrases = [spread(transcript.text, _sung_spans(sections))]
    inside = (tuple(_within(phrase, duration_s)) for phrase in phrases)
    return [phrase for phrase in inside if phrase], how


def spread(text: str, spans_s: Sequence[tuple[float, float]]) -> Phrase:
    """Give the words of a text shares of some spans of time, by their length.

    Parameters
    ----------
    text : str
        Not empty.
    spans_s : sequence of (float, float)
        Start and end of each span, ascending.
    """
    words = list(text) if is_unspaced(text) else text.split()
    words = [word for word in words if word.strip()]
    letters = [0, *accumulate(len(word) + LETTERS_OF_A_GAP for word in words)]
    total_s = sum(end_s - start_s for start_s, end_s in spans_s)
    edges_s = [_along(spans_s, total_s * n / letters[-1]) for n in letters]
    return tuple(
        Word(text=word, start_s=start_s, end_s=max(start_s, end_s))
        for word, start_s, end_s in zip(words, edges_s, edges_s[1:], strict=False)
    )


def segment_of(word: Word, segments: Sequence[Segment]) -> Segment:
    """Return the segment that a word belongs to: the one that is nearest to its middle.

    Times of words and of segments are found in different ways, and may differ by some tenths.
    """
    middle_s = (word.start_s + word.end_s) / 2
    return min(segments, key=lambda each: max(each.start_s - middle_s, middle_s - each.end_s))


def _along(spans_s: Sequence[tuple[float, float]], passed_s: float) -> float:
    """Return the time at which so many seconds of the spans have passed."""
    for start_s, end_s in spans_s:
        if passed_s < end_s - start_s:
            return start_s + passed_s
        passed_s -= end_s - start_s
    return spans_s[-1][1]


def _evenly(segment: Segment) -> Phrase:
    has_text = bool(segment.text.strip())
    return spread(segment.text, [(segment.start_s, segment.end_s)]) if has_text else ()


def _sung_spans(sections: Sequence[Section]) -> list[tuple[float, float]]:
    sung = [part for part in sections if part.type in SUNG_SECTIONS] or sections
    return [(part.start, part.end) for part in sung]


def _in_order(words: Sequence[Word]) -> list[Word]:
    return sorted(words, key=lambda word: word.start_s)


def _grouped(words: Sequence[Word], segments: Sequence[Segment]) -> list[Phrase]:
    """Put words together that follow each other in the same segment."""
    if not segments:
        return [tuple(words)]
    groups = groupby(words, key=lambda word: segment_of(word, segments))
    return [tuple(group) for _, group in groups]


def _within(phrase: Phrase, duration_s: float) -> Iterator[Word]:
    for word in phrase:
        if 0.0 <= word.start_s < duration_s:
            end_s = min(max(word.end_s, word.start_s), duration_s)
            yield Word(text=word.text, start_s=word.start_s, end_s=end_s)
