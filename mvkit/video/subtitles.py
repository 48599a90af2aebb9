"""The lyrics as subtitles (SubRip) for players, set as captions on the pictures are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mvkit.captions import caption_lines
from mvkit.schema import Caption, LyricLine


def to_srt(lyrics: Sequence[LyricLine], *, duration_s: float) -> str:
    """Write lyrics as the text of an SRT file.

    Rows, times and reading speed are those of :func:`mvkit.captions.caption_lines`; whatever the
    film's shape, rows are as long as those of a wide one, since players write them small.

    Parameters
    ----------
    lyrics : sequence of LyricLine
        Sung lines, ascending in time.
    duration_s : float
        Length of the song in seconds; no line outlasts it.
    """
    captions = caption_lines(lyrics, duration_s=duration_s, aspect="16:9")
    return "\n".join(_blocks(captions))


def _blocks(captions: Sequence[Caption]) -> Iterator[str]:
    for number, caption in enumerate(captions, start=1):
        # What a line says must not be read as a time.
        text = caption.text.replace("-->", "→")
        yield f"{number}\n{_clock(caption.start)} --> {_clock(caption.end)}\n{text}\n"


def _clock(time_s: float) -> str:
    seconds, milliseconds = divmod(round(time_s * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d},{milliseconds:03d}"
