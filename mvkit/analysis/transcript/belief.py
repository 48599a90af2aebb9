"""What of a transcript can be believed.

Speech models invent words where nobody speaks: Whisper fills silence and instrumental passages
with phrases from the subtitles that it was trained on, and repeats itself in loops (Koenecke et
al., "Careless Whisper", FAccT 2024; Radford et al., "Robust speech recognition via large-scale
weak supervision", 2022, §4.5, has the thresholds for its own confidence). Singers repeat
themselves too, so that a phrase heard again is no proof; one heard over and over is cut short.

Contents
--------
believable, finds_no_voice, only_guesses
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from mvkit.analysis.transcript.phrases import segment_of
from mvkit.analysis.transcript.spelling import spelt
from mvkit.orthography import is_unspaced
from mvkit.providers.base import Segment, Transcript, Word
from mvkit.schema import Curves

NO_SPEECH, GUESSED_LOG_PROBABILITY = 0.6, -1.0
"""Whisper's own: a segment is silent where both are passed (Radford et al.)."""
SURELY_NO_SPEECH = 0.9
"""Above this a model that is sure of its words is not believed either."""
QUIET = 0.08
"""Level of the voice's range that nobody sings below: some 36 dB under the song's loud moments."""
MOST_WORDS_PER_S = 10.0
"""Fast rap has seven; words that follow each other faster were never heard."""
MOST_REPEATS, MOST_SAME_WORDS = 4, 8
"""Of one phrase, and of a single word, in a row; what follows is a loop."""
LONGEST_LOOP = 12
"""Words that a loop within a segment may have."""

SOUND_MARK = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫♬]+")
"""Descriptions of sound, as subtitles have them: ``[Music]``, ``(upbeat music)``, ``♪``."""
NEVER_SUNG = re.compile(
    r"\b(thank(s| you)( so much| very much)? for (watching|listening|viewing)"
    r"|(please )?(like and )?subscribe( to)?( my| the| our)?( channel)?"
    r"|subtitles?( created| made)? by|subtitled by|transcribed by|captions? by|captioning by"
    r"|amara org|see you (in the )?next (video|time)"
    r"|untertitel|sous titres|sottotitoli|subtítulos)\b"
)
SAID_TO_SILENCE = frozenset(
    {"you", "thank you", "thanks", "bye", "bye bye", "okay", "ok", "so", "the end", "music", "oh"}
)
"""Whole phrases that are sung, but that are also what a model hears in noise."""
DOUBTED_NO_SPEECH = 0.4


def believable(transcript: Transcript, curves: Curves) -> Transcript:
    """Return a transcript without what nobody sang.

    Parameters
    ----------
    transcript : Transcript
        As the model gave it.
    curves : Curves
        Of the song.
    """
    if transcript.segments is None:
        words = transcript.words
        return replace(transcript, words=_heard(words, curves), text=_unmarked(transcript.text))
    segments = [replace(each, text=_unmarked(each.text)) for each in transcript.segments]
    sung = [segment for segment in segments if _is_sung(segment, curves)]
    kept = _without_loops(sung)
    words = transcript.words
    if words is not None:
        words = tuple(word for word in words if not segments or segment_of(word, segments) in kept)
    kept = [replace(each, text=_once(each.text)) for each in kept]
    text = " ".join(segment.text.strip() for segment in kept)
    return replace(transcript, segments=tuple(kept), words=_heard(words, curves), text=text)


def finds_no_voice(transcript: Transcript) -> bool:
    """Whether a model that listened for phrases says that nobody sings or speaks.

    A model that told no phrases at all has not said so.
    """
    return transcript.segments is not None and all(
        segment.no_speech is not None and segment.no_speech >= NO_SPEECH
        for segment in transcript.segments
    )


def only_guesses(transcript: Transcript) -> bool:
    """Whether a model was guessing, by its own account, most of the time.

    So does one that does not know the language: it hears something in its own.
    """
    told = [
        (segment.mean_log_probability, max(segment.end_s - segment.start_s, 0.0))
        for segment in transcript.segments or ()
        if segment.mean_log_probability is not None
    ]
    sureness = sum(log_probability * length_s for log_probability, length_s in told)
    return sureness < GUESSED_LOG_PROBABILITY * sum(length_s for _, length_s in told)


def _is_sung(segment: Segment, curves: Curves) -> bool:
    spoken = spelt(segment.text)
    if not spoken or NEVER_SUNG.search(spoken):
        return False
    no_speech = segment.no_speech or 0.0
    sureness = segment.mean_log_probability
    guessed = sureness is not None and sureness < GUESSED_LOG_PROBABILITY
    if no_speech >= SURELY_NO_SPEECH or (no_speech >= NO_SPEECH and guessed):
        return False
    if spoken in SAID_TO_SILENCE and no_speech >= DOUBTED_NO_SPEECH:
        return False
    length_s = max(segment.end_s - segment.start_s, 0.0)
    if len(spoken.split()) > 1 + MOST_WORDS_PER_S * length_s:
        return False
    return not _is_quiet(segment.start_s, segment.end_s, curves)


def _without_loops(segments: Iterable[Segment]) -> list[Segment]:
    repeats = groupby(segments, key=lambda segment: spelt(segment.text))
    return [segment for _, same in repeats for segment in list(same)[:MOST_REPEATS]]


def _heard(words: Iterable[Word] | None, curves: Curves) -> tuple[Word, ...] | None:
    """Return words without those in silence and without descriptions of sound."""
    if words is None:
        return None
    bare = (replace(word, text=_unmarked(word.text)) for word in words)
    sung = [w for w in bare if spelt(w.text) and not _is_quiet(w.start_s, w.end_s, curves)]
    return tuple(sung[place] for place in _out_of_loops([spelt(word.text) for word in sung]))


def _once(text: str) -> str:
    """Return a text whose loops are cut short."""
    words = list(text) if is_unspaced(text) else text.split()
    kept = [words[place] for place in _out_of_loops([spelt(word) for word in words])]
    return ("" if is_unspaced(text) else " ").join(kept)


def _out_of_loops(spoken: Sequence[str]) -> list[int]:
    """Return the places of words but for those that only go on with a loop."""
    kept: list[int] = []
    for place in range(len(spoken)):
        kept.append(place)
        for length in range(1, LONGEST_LOOP + 1):
            n_words = length * (1 + (MOST_SAME_WORDS if length == 1 else MOST_REPEATS))
            tail = [spoken[at] for at in kept[-n_words:]]
            if len(tail) == n_words and tail[length:] == tail[:-length]:
                del kept[-length:]
                break
    return kept


def _is_quiet(start_s: float, end_s: float, curves: Curves) -> bool:
    """Whether the range of voices (150-2000 Hz) is empty all the while."""
    first = max(0, int(start_s * curves.rate_hz))
    last = max(first + 1, int(end_s * curves.rate_hz) + 1)
    return max(curves.mid[first:last], default=0.0) < QUIET


def _unmarked(text: str) -> str:
    """Return a text without descriptions of sound."""
    return SOUND_MARK.sub("", text)
