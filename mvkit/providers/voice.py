"""Where somebody sings or speaks, by a small detector that comes with faster-whisper (Silero VAD).

It hears some seconds of nearly every song that is sung, but seldom all of it, and next to nothing
in music that is not. Whisper is the opposite: over music alone it invents words without end, and
takes longer for them than for a song. So the detector tells whether a song is worth listening to,
and where Whisper has missed something; it never takes words away.

Contents
--------
find_voice, length_s, missed_spans
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mvkit.analysis.intake import Samples
from mvkit.providers.base import Word

VOICE_RATE_HZ = 16_000
VOICE = 0.2
"""Probability of a voice from which it counts; lower than for speech, as instruments cover it."""
LONG_S, LEAST_VOICE_S = 6.0, 1.0
"""Longer stretches without words are missed where a voice is heard in them for so long."""
BEFORE_S = 1.0
"""The detector comes late."""

Span = tuple[float, float]
"""Start and end in seconds."""


def find_voice(samples: Samples) -> list[Span]:
    """Return where a voice is heard, in order.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        The song at ``VOICE_RATE_HZ``.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(threshold=VOICE, speech_pad_ms=0)
    found = get_speech_timestamps(samples, options, sampling_rate=VOICE_RATE_HZ)
    return [(span["start"] / VOICE_RATE_HZ, span["end"] / VOICE_RATE_HZ) for span in found]


def length_s(spans: Sequence[Span]) -> float:
    """Return how long spans are together."""
    return sum(end_s - start_s for start_s, end_s in spans)


def missed_spans(
    voice: Sequence[Span], words: Sequence[Word], *, duration_s: float
) -> Iterator[Span]:
    """Yield where nothing was understood for a while though somebody sings, in order.

    Parameters
    ----------
    voice : sequence of Span
        Where a voice is heard.
    words : sequence of Word
        What was understood, in order.
    duration_s : float
        Length of the song.
    """
    edges = [(0.0, 0.0), *((word.start_s, word.end_s) for word in words), (duration_s, duration_s)]
    for (_, from_s), (until_s, _) in pairwise(edges):
        if until_s - from_s < LONG_S:
            continue
        sung = [(max(a, from_s), min(b, until_s)) for a, b in voice if a < until_s and b > from_s]
        if length_s(sung) >= LEAST_VOICE_S:
            yield max(from_s, sung[0][0] - BEFORE_S), until_s
