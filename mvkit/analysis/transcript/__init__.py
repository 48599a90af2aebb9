"""From what a model heard to the lines of the song.

A transcript is not lyrics: it has words without lines, or lines without words, it misses much of
what is sung and hears what nobody sang. Here it is doubted, cut into lines, and, where somebody
gave the lyrics without times, only used to find out when each line is sung.

Not to have heard any words is not the same as a song without words: that is said only where the
model listened for a voice and found none.

Contents
--------
listen                          have a model listen to a song
hear_lyrics, SungLyrics, State  the lines of the song, and where their times come from
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mvkit.analysis.transcript.alignment import align
from mvkit.analysis.transcript.belief import believable, finds_no_voice, only_guesses
from mvkit.analysis.transcript.lines import cut_lines
from mvkit.analysis.transcript.phrases import phrases_of
from mvkit.errors import BudgetExceeded, ProviderFailed, RateLimited
from mvkit.providers.base import Transcriber, Transcript, deliver
from mvkit.schema import Curves, LyricLine, Section

__all__ = ["FLAGS", "State", "SungLyrics", "hear_lyrics", "listen"]

logger = logging.getLogger(__name__)

State = Literal[
    "given", "spread", "words", "segments", "text", "aligned", "missing", "instrumental"
]
"""How the lines got their times: with the lyrics; spread over the song, as nobody listened; from
heard words; by length within heard segments, or within the song's sung parts; from aligning given
lyrics with what was heard; not at all, as no words were heard; or there are none to hear."""

FLAGS: dict[State, str] = {
    "words": "lyrics_heard",
    "segments": "lyrics_heard_by_segment",
    "text": "lyrics_heard_without_times",
    "aligned": "lyrics_aligned",
    "missing": "words_missing",
    "instrumental": "instrumental",
}


@dataclass(frozen=True)
class SungLyrics:
    """The lines of a song, in order, and where they come from."""

    lines: tuple[LyricLine, ...]
    state: State

    @property
    def flag(self) -> str:
        """What the analysis tells people about it; empty where nobody listened."""
        return FLAGS.get(self.state, "")

    @property
    def have_times(self) -> bool:
        """Whether the lines lie where they are sung; spread evenly they tell no choruses."""
        return self.state in ("given", "words", "segments", "aligned")


def listen(
    transcriber: Transcriber,
    song: Path,
    *,
    duration_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Transcript | None:
    """Have a model listen to a song, again where that may help.

    A film can be made without words: where they cannot be had or paid, a warning says why.

    Parameters
    ----------
    transcriber : Transcriber
        Who listens.
    song : Path
        The song.
    duration_s : float
        Its length.
    sleep : callable
        Waits, in seconds.

    Returns
    -------
    Transcript or None
        None where none came.

    Raises
    ------
    InvalidInput
        If the transcriber was chosen wrongly: without a key, with a name that nobody knows.
    """
    try:
        transcript, _ = deliver(
            lambda: transcriber.transcribe(song, duration_s=duration_s), seed=0, sleep=sleep
        )
    except (BudgetExceeded, ProviderFailed, RateLimited) as error:
        logger.warning("The words of the song are missing: %s", error.message)
        return None
    return transcript


def hear_lyrics(
    transcript: Transcript | None,
    *,
    sections: Sequence[Section],
    curves: Curves,
    duration_s: float,
    written: Sequence[LyricLine] = (),
) -> SungLyrics:
    """Return the lines of a song.

    Parameters
    ----------
    transcript : Transcript or None
        What a model heard; None where it could not be asked.
    sections, curves, duration_s
        Of the song: a phrase without times lies in the verses and choruses, and nobody is
        believed to sing in silence.
    written : sequence of LyricLine
        Lyrics that were given without times, spread over the song; they are aligned with what was
        heard, and stay as they are where that cannot be done.

    Returns
    -------
    SungLyrics
    """
    if transcript is None:
        return SungLyrics(tuple(written), "missing")
    heard = believable(transcript, curves)
    phrases, how = phrases_of(heard, sections=sections, duration_s=duration_s)
    if written:
        aligned = align(written, phrases, duration_s=duration_s) if how != "text" else ()
        return SungLyrics(aligned or tuple(written), "aligned" if aligned else "missing")
    if phrases and only_guesses(heard):
        return SungLyrics((), "missing")
    if phrases:
        return SungLyrics(cut_lines(phrases, duration_s=duration_s), how)
    return SungLyrics((), "instrumental" if finds_no_voice(transcript) else "missing")
