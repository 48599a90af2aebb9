"""Words that the vocabulary does not have, read as the nearest that it has: *fjord* as *lake*.

Nearness is the cosine of what a sentence encoder of the user's makes of two phrases
(:mod:`mvkit.director.wish.sentence_model`), measured from what two phrases of the vocabulary have
in common on average, since encoders differ in that (Ethayarajh, "How contextual are contextualized
word representations?", EMNLP 2019). Words and short phrases that nobody understood are held against
all phrases of the vocabulary, the longest first. What they are nearest to is hinted at if it is a
place, a style, a feeling, an era, a season, a thing or a deed, and if no word of the text calls one
of its kind. Nobody is guessed: people, crowds and what they wear are named or not there.

The vectors of the vocabulary are kept in ``runs_dir/.cache/phrases``, by a digest of model and
vocabulary. A cache that does not work makes nobody fail: the vectors are made again, and a warning
says why.

Contents
--------
Kindred, with_kindred, NEAR
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mvkit.director.knowledge import (
    ActionWords,
    Era,
    Feeling,
    Knowledge,
    Motif,
    NamedStyle,
    Season,
    Thing,
    Vocable,
    World,
)
from mvkit.director.lexicon import HINT_SCORE, WORD_SCORE, Call, Match, Reading, stems
from mvkit.director.wish.sentence_model import SentenceModel, Vectors, find_sentence_model
from mvkit.director.wish.telling import tells
from mvkit.files import write_whole
from mvkit.settings import get_settings

NEAR = 0.5
"""Halfway from an average pair of phrases to the same one, or nearer. With all-MiniLM-L6-v2 that is
a cosine of 0.61. In 100 wishes it made 34 hints, of which 25 are what people would say, and just
below that every second is wrong. It errs with opposites, names and words that only look alike."""
MOST_WORDS = 3
"""Of a phrase that is held against others."""
GUESSED = (World, NamedStyle, Feeling, Era, Season, Thing, ActionWords)
"""What is hinted at, each at most once."""
FOLDER = ".cache/phrases"
KEPT = 8
"""How many vocabularies' vectors are kept; those of one take some megabytes."""
PRIVATE = 0o700
DIGEST_BYTES = 32
log = logging.getLogger("mvkit.director")


@dataclass(frozen=True)
class Kindred(Call[Vocable]):
    """A call by words that are not in the vocabulary, and ``near``, those that are."""

    near: str = ""

    @property
    def words(self) -> str:
        """Both, so that people see what was taken for what: "fjord ~ lake"."""
        return f"{super().words} ~ {self.near}"


class _Span(NamedTuple):
    """Neighbouring words of a text."""

    at: int
    words: tuple[str, ...]

    @property
    def covered(self) -> range:
        return range(self.at, self.at + len(self.words))


class _Guess(NamedTuple):
    """A span, the phrase it is nearest to, and how near."""

    span: _Span
    near: str
    nearness: float


def with_kindred(
    reading: Reading[Vocable], knowledge: Knowledge, *, sentence_model: str
) -> Reading[Vocable]:
    """Return a reading with what words hint at that nobody understood.

    Parameters
    ----------
    reading : Reading
        What the vocabulary says of a text.
    knowledge : Knowledge
        The vocabulary.
    sentence_model : str
        Folder of a sentence encoder.

    Raises
    ------
    InvalidInput
        If there is none, or what it needs is not installed.
    ProviderFailed
        If it is of another kind.
    """
    model = find_sentence_model(sentence_model)
    spans, calls = tuple(_spans(reading)), _calls(knowledge)
    if not spans or not calls:
        return reading
    guesses = _guesses(spans, tuple(calls), model)
    matches = (*reading.matches, *_hints(guesses, calls, reading))
    return replace(reading, matches=tuple(sorted(matches, key=lambda match: match.at)))


def _spans(reading: Reading[Vocable]) -> Iterator[_Span]:
    """Yield each one to three neighbouring words that nobody understood and that say something."""
    telling = {at for at in reading.unread if tells(reading.words[at])}
    for at in sorted(telling):
        for stop in range(at + 1, at + 1 + MOST_WORDS):
            if stop - 1 not in telling:
                break
            yield _Span(at, reading.words[at:stop])


def _calls(knowledge: Knowledge) -> dict[str, tuple[Call[Vocable], ...]]:
    """Return the vocabulary by phrase, without themes: those are no words for what is seen."""
    calls: dict[str, tuple[Call[Vocable], ...]] = {}
    for call in knowledge.lexicon.calls():
        if call.score == WORD_SCORE and not isinstance(call.called, Motif):
            calls[call.words] = (*calls.get(call.words, ()), call)
    return calls


def _guesses(spans: Sequence[_Span], phrases: Sequence[str], model: SentenceModel) -> list[_Guess]:
    """Return what each span is nearest to, if it is near: longest spans first, then nearest."""
    known = _phrase_vectors(phrases, model)
    usual = float(np.square(known.mean(axis=0)).sum())  # the mean cosine of any two of them
    cosines = model.encode([" ".join(span.words) for span in spans]) @ known.T
    nearness = (cosines - usual) / max(1 - usual, 1e-6)
    guesses = (
        _Guess(span, phrases[index], float(row[index]))
        for span, index, row in zip(spans, nearness.argmax(axis=1), nearness, strict=True)
    )
    near = (one for one in guesses if one.nearness >= NEAR and not _is_part(one.span, one.near))
    return sorted(near, key=lambda guess: (-len(guess.span.words), -guess.nearness))


def _is_part(span: _Span, phrase: str) -> bool:
    """Tell whether a span is a part of a phrase, and so needs the rest: *ball* of *disco ball*."""
    forms = {form for word in phrase.split() for form in stems(word)}
    return not any(forms.isdisjoint(stems(word)) for word in span.words)


def _hints(
    guesses: Sequence[_Guess],
    calls: Mapping[str, tuple[Call[Vocable], ...]],
    reading: Reading[Vocable],
) -> Iterator[Match[Vocable]]:
    """Yield the hints of guesses: each word is used once, and each kind hinted at once."""
    denied = [match.call.called for match in reading.denied]
    taken = {_kind(match.call.called) for match in reading.matches}
    used: set[int] = set()
    for guess in guesses:
        if used.isdisjoint(guess.span.covered):
            used.update(guess.span.covered)
            for call in calls[guess.near]:
                kind = _kind(call.called)
                if kind and kind not in taken and call.called not in denied:
                    taken.add(kind)
                    yield Match(guess.span.at, _kindred(guess, call.called))


def _kindred(guess: _Guess, called: Vocable) -> Kindred:
    return Kindred(guess.span.words, called, HINT_SCORE, near=guess.near)


def _kind(called: Vocable) -> type[Vocable] | None:
    """Return which of the kinds that are hinted at something is, if any."""
    if isinstance(called, Thing) and called.people:
        return None
    return next((kind for kind in GUESSED if isinstance(called, kind)), None)


# --- Vectors that are kept --------------------------------------------------------------------


def _phrase_vectors(phrases: Sequence[str], model: SentenceModel) -> Vectors:
    """Return the vectors of the vocabulary: those that are kept, or new ones, which then are."""
    made_of = json.dumps([model.digest, *phrases])
    name = f"{hashlib.sha256(made_of.encode()).hexdigest()}.vectors"
    path = get_settings().runs_dir / FOLDER / name
    try:
        content = _kept(path)
        if content:
            return np.frombuffer(content, dtype="<f4").reshape(len(phrases), -1)
    except OSError as error:
        log.warning("The vectors of the vocabulary are made again: %s", error)
    vectors = model.encode(phrases)
    try:
        _keep(path, vectors.astype("<f4").tobytes())
    except OSError as error:
        log.warning("The vectors of the vocabulary are not kept: %s", error)
    return vectors


def _kept(path: Path) -> bytes:
    """Return what a file holds behind its digest; nothing if it is missing or damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return b""
    digest, content = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else b""


def _keep(path: Path, content: bytes) -> None:
    """Write a file, and remove those that were written long before."""
    path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    write_whole(path, hashlib.sha256(content).digest() + content)
    files = sorted(path.parent.glob("*.vectors"), key=lambda file: file.stat().st_mtime_ns)
    for file in files[:-KEPT]:
        file.unlink(missing_ok=True)
