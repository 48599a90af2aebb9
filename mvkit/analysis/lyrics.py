"""Lyrics from a file: LRC, SRT, or plain text.

Which of the three it is, is seen from the text, not from the file's name. LRC and SRT carry
times, LRC also those of words; plain text has none and is spread evenly over the sung sections. The
text is UTF-8, UTF-16 with a byte order mark, or else taken for Windows-1252, which reads any bytes.

Contents
--------
read_lyrics
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from mvkit.analysis.word_times import word_starts
from mvkit.errors import InvalidInput, NotFound
from mvkit.schema import LyricLine, Section
from mvkit.timing import tidy_s

MAX_BYTES = 256 * 1024
MAX_LINE_CHARACTERS = 400
SUNG_SECTIONS = ("verse", "pre-chorus", "chorus")

LRC_CLOCK = r"(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)"
LRC_TIME = re.compile(rf"\[{LRC_CLOCK}\]")
LRC_LINE_TIMES = re.compile(rf"(?:\[{LRC_CLOCK}\]\s*)+")
LRC_WORD_TIME = re.compile(rf"[<\[]{LRC_CLOCK}[>\]]")
LRC_OFFSET = re.compile(r"^\s*\[offset:\s*([+-]?\d{1,7})\s*\]\s*$", re.IGNORECASE | re.MULTILINE)
SRT_TIMES = re.compile(
    r"^\s*(\d{1,3}):(\d{2}):(\d{2}[.,]\d{1,3})\s*-->\s*(\d{1,3}):(\d{2}):(\d{2}[.,]\d{1,3})"
)
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
HEADING = re.compile(r"^\[[^\[\]]*\]$")


@dataclass(frozen=True)
class _Cue:
    """Text and when it is sung; its end and its words where the file says so."""

    text: str
    start_s: float
    end_s: float | None = None
    words_at_s: tuple[float, ...] = ()


def read_lyrics(
    path: Path, *, sections: Sequence[Section], duration_s: float
) -> tuple[LyricLine, ...]:
    """Read a lyrics file.

    Parameters
    ----------
    path : Path
        An LRC, SRT or plain text file of at most 256 KiB.
    sections : sequence of Section
        Of the song; plain text is spread over those that are sung.
    duration_s : float
        Length of the song; lines that start after it are left out.

    Returns
    -------
    tuple of LyricLine
        In the order in which they are sung; empty for a file without words.

    Raises
    ------
    InvalidInput
        If the file is too large, no text, a line is longer than 400 characters, or all of its
        times lie after the song's end.
    NotFound
        If there is no such file.
    """
    text = _read_text(path)
    if any(SRT_TIMES.match(line) for line in text.splitlines()):
        cues = list(_srt_cues(text))
    elif LRC_TIME.search(text):
        cues = list(_lrc_cues(text))
    else:
        cues = list(_spread(_plain_lines(text), sections))
    heard = [cue for cue in cues if cue.start_s < duration_s]
    if cues and not heard:
        raise InvalidInput(
            f"All lyrics start after the song's end at {duration_s:.0f} s; "
            "they seem to belong to another song.",
            reason="LYRICS",
        )
    return tuple(_line(cue, duration_s) for cue in sorted(heard, key=lambda cue: cue.start_s))


def has_times(path: Path) -> bool:
    """Whether a lyrics file says when its lines are sung, as LRC and SRT do."""
    text = _read_text(path)
    return bool(LRC_TIME.search(text)) or any(SRT_TIMES.match(row) for row in text.splitlines())


def check_lyrics(path: Path, *, duration_s: float) -> tuple[LyricLine, ...]:
    """Read a lyrics file before the song's sections are known.

    The lines are those of :func:`read_lyrics`, but plain text is spread over the whole song.

    Raises
    ------
    InvalidInput
        As :func:`read_lyrics`, and if there are no words.
    NotFound
        If there is no such file.
    """
    whole = Section(type="verse", start=0.0, end=duration_s, energy="medium", energy_share=0.5)
    lines = read_lyrics(path, sections=(whole,), duration_s=duration_s)
    if not lines:
        raise InvalidInput(
            "The lyrics hold no words; expected text, an .lrc or an .srt file.", reason="LYRICS"
        )
    return lines


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise NotFound(f"There is no file {path.name!r}; expected lyrics as .lrc, .srt or .txt.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidInput(
            f"The lyrics file is larger than {MAX_BYTES // 1024} KiB; expected text only.",
            reason="LYRICS",
        )
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise InvalidInput(
            "The lyrics file is not text; expected .lrc, .srt or .txt in UTF-8.", reason="LYRICS"
        )
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _lrc_cues(text: str) -> Iterator[_Cue]:
    """Read LRC; an empty line ends the one before, times of words that come later are wrong."""
    offset = LRC_OFFSET.search(text)
    earlier_s = int(offset.group(1)) / 1000 if offset else 0.0
    read = (cue for line in text.splitlines() for cue in _lrc_line(line, earlier_s))
    cues = sorted(read, key=lambda cue: (cue.start_s, cue.text))
    for cue, following in zip_longest(cues, cues[1:]):
        if following and cue.words_at_s and cue.words_at_s[-1] >= following.start_s:
            cue = replace(cue, end_s=None, words_at_s=())
        if following and not following.text and cue.end_s is None:
            cue = replace(cue, end_s=following.start_s)
        if cue.text:
            yield cue


def _lrc_line(line: str, earlier_s: float) -> Iterator[_Cue]:
    """Yield a line of LRC once for each time before it.

    Times inside it are those of its words when it is sung for the first time, or whichever time
    they are nearest to.
    """
    line = _clean(line)
    head = LRC_LINE_TIMES.search(line)
    if not head:
        return
    parts = LRC_WORD_TIME.split(line[: head.start()] + line[head.end() :])
    texts, minutes, seconds = parts[::3], parts[1::3], parts[2::3]
    times_s = [_seconds("0", *clock) for clock in zip(minutes, seconds, strict=True)]
    starts_s = [_seconds("0", *clock) for clock in LRC_TIME.findall(head.group())]
    first_s = min(starts_s, key=lambda start_s: abs(start_s - times_s[0])) if times_s else 0.0
    text = " ".join("".join(texts).split())
    for start_s in starts_s:
        later_s = start_s - first_s
        sung_s = [start_s, *(time_s + later_s for time_s in times_s)]
        sung_s = [max(0.0, time_s - earlier_s) for time_s in sung_s]
        words_at_s = word_starts(text, [*zip(texts, sung_s, strict=True)]) if times_s else ()
        ends = bool(words_at_s) and not texts[-1].strip()
        yield _Cue(text, sung_s[0], sung_s[-1] if ends else None, words_at_s)


def _srt_cues(text: str) -> Iterator[_Cue]:
    """Read SRT: the lines below a pair of times, up to an empty one."""
    lines = iter(text.splitlines())
    for line in lines:
        times = SRT_TIMES.match(line)
        if not times:
            continue
        words = []
        for spoken in lines:
            if not spoken.strip():
                break
            words.append(MARKUP.sub("", spoken))
        shown = _clean(" ".join(words))
        if shown:
            hours, minutes, seconds, *end = times.groups()
            yield _Cue(shown, _seconds(hours, minutes, seconds), _seconds(*end))


def _plain_lines(text: str) -> list[str]:
    """Return the sung lines of plain text: no empty ones, no headings such as [Chorus]."""
    lines = [_clean(line) for line in text.splitlines()]
    return [line for line in lines if line and not HEADING.match(line)]


def _spread(lines: Sequence[str], sections: Sequence[Section]) -> Iterator[_Cue]:
    """Give lines even shares of the sung sections' time."""
    sung = [part for part in sections if part.type in SUNG_SECTIONS] or list(sections)
    sung_s = sum(part.length_s for part in sung)
    for index, line in enumerate(lines):
        left_s = sung_s * index / len(lines)
        for part in sung:
            if left_s < part.length_s:
                yield _Cue(line, part.start + left_s)
                break
            left_s -= part.length_s


def _seconds(hours: str, minutes: str, seconds: str) -> float:
    return int(hours) * 3600 + int(minutes) * 60 + float(re.sub("[,:]", ".", seconds))


def _clean(text: str) -> str:
    """Return text in Unicode's composed form, without control characters, spaces made single."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in composed)
    return " ".join(visible.split())


def _line(cue: _Cue, duration_s: float) -> LyricLine:
    if len(cue.text) > MAX_LINE_CHARACTERS:
        raise InvalidInput(
            f"A line of the lyrics has {len(cue.text)} characters, at most {MAX_LINE_CHARACTERS} "
            f"can be used; break it up: {cue.text[:40]!r}...",
            reason="LYRICS",
        )
    ends_after_start = cue.end_s is not None and cue.end_s > cue.start_s
    end_s = min(cue.end_s, duration_s) if ends_after_start and cue.end_s is not None else None
    all_heard = bool(cue.words_at_s) and cue.words_at_s[-1] < duration_s
    return LyricLine(
        text=cue.text,
        timestamp=tidy_s(cue.start_s),
        end=None if end_s is None else tidy_s(end_s),
        words_at=cue.words_at_s if all_heard else (),
    )
