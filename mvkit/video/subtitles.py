"""The lyrics as subtitles (SubRip).

A line stays until it has been sung, or the next one begins; where the end of a line is not known,
for at most five seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from mvkit.schema import LyricLine

MAX_LINE_S = 5.0
MIN_LINE_S = 0.2


def to_srt(lyrics: Sequence[LyricLine], *, duration_s: float) -> str:
    """Write lyrics as the text of an SRT file.

    Parameters
    ----------
    lyrics : sequence of LyricLine
        Sung lines, ascending in time.
    duration_s : float
        Length of the song in seconds; no line outlasts it.
    """
    blocks: list[str] = []
    for line, following in zip_longest(lyrics, lyrics[1:]):
        next_s = following.timestamp if following else duration_s
        end_s = min(line.end or line.timestamp + MAX_LINE_S, next_s, duration_s)
        end_s = max(end_s, min(line.timestamp + MIN_LINE_S, duration_s))
        if end_s > line.timestamp:
            span = f"{_clock(line.timestamp)} --> {_clock(end_s)}"
            blocks.append(f"{len(blocks) + 1}\n{span}\n{_one_line(line.text)}\n")
    return "\n".join(blocks)


def _clock(time_s: float) -> str:
    seconds, milliseconds = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d},{milliseconds:03d}"


def _one_line(text: str) -> str:
    """Keep a line's text from ending its block, or being read as a time."""
    return " ".join(text.split()).replace("-->", "→")
