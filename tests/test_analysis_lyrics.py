"""Lyrics from files of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvkit.analysis.lyrics import read_lyrics
from mvkit.errors import InvalidInput, NotFound
from mvkit.schema import LyricLine, Section

SECTIONS = [
    Section(start=0, end=10, type="intro", energy="low", energy_share=0.2),
    Section(start=10, end=30, type="verse", energy="medium", energy_share=0.5),
    Section(start=30, end=40, type="bridge", energy="low", energy_share=0.3),
    Section(start=40, end=60, type="chorus", energy="high", energy_share=0.9),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose name says nothing."""
    return tmp_path / "words"


def lines_of(file: Path, text: str | bytes) -> list[tuple[float, str]]:
    return [(line.timestamp, line.text) for line in read(file, text)]


def read(file: Path, text: str | bytes) -> tuple[LyricLine, ...]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_lyrics(file, sections=SECTIONS, duration_s=60.0)


def test_lrc_lines_come_in_order_of_time(file: Path) -> None:
    """Tags are no lyrics, fractions may have one to three digits."""
    text = "[ti:Song]\n[ar:Nobody]\n[00:12.5]second\n[0:05]first\n[00:40.125]third\n"
    assert lines_of(file, text) == [(5.0, "first"), (12.5, "second"), (40.125, "third")]


def test_lrc_repeats_a_line_for_each_of_its_times(file: Path) -> None:
    """A chorus is written once and sung twice."""
    text = "[00:10.00][00:50.00]chorus\n[00:20.00]verse\n"
    assert lines_of(file, text) == [(10.0, "chorus"), (20.0, "verse"), (50.0, "chorus")]


def test_lrc_offset_word_times_and_pauses_are_understood(file: Path) -> None:
    """An offset shifts, an empty line ends the one before, times within words go."""
    text = "[offset:+500]\n[00:10.00]<00:10.00>one <00:10.50>two\n[00:14.00]\n[00:20.00]three\n"
    lines = read(file, text)
    assert [(line.timestamp, line.end, line.text) for line in lines] == [
        (9.5, 13.5, "one two"),
        (19.5, None, "three"),
    ]


def words_of(file: Path, text: str) -> list[tuple[str, tuple[float, ...], float | None]]:
    return [(line.text, line.words_at, line.end) for line in read(file, text)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<00:12.00> Hello <00:12.50> world", ("Hello world", (12.0, 12.5), None)),
        ("<00:12.00>Hello <00:12.50>world<00:13.25>", ("Hello world", (12.0, 12.5), 13.25)),
        ("Hello <00:12.50>world", ("Hello world", (12.0, 12.5), None)),
        ("Hello [00:12.50]world[00:13.25]", ("Hello world", (12.0, 12.5), 13.25)),
        ("<00:12.00>Hel<00:12.20>lo <00:12.50>world", ("Hello world", (12.0, 12.5), None)),
        ("<00:12.00>a b <00:13.00>c<00:14.00>", ("a b c", (12.0, 12.5, 13.0), 14.0)),
        ("<00:12.00>a<00:12.40> <00:12.50>b<00:12.90>", ("a b", (12.0, 12.5), 12.9)),
        ("<00:12.00>君の<00:13.00>名<00:14.00>", ("君の名", (12.0, 12.5, 13.0), 14.0)),
    ],
)
def test_lrc_times_of_words_are_kept(
    file: Path, text: str, line: tuple[str, tuple[float, ...], float | None]
) -> None:
    """Of words, of syllables, of several words; also where the last one ends."""
    assert words_of(file, f"[00:12.00]{text}\n[00:16.00]next") == [line, ("next", (), None)]


@pytest.mark.parametrize(
    "text",
    [
        "<00:12.00>one <00:13.00>two <00:12.50>three",
        "<00:11.00>one <00:11.50>two <00:12.00>three",
        "<00:12.00>one <00:13.00>two <00:17.00>three<00:17.50>",
        "<00:12.00>one <00:13.00>two three",
    ],
    ids=["decreasing", "before the line", "after the next line", "not for every word"],
)
def test_times_of_words_that_cannot_be_are_left_out(file: Path, text: str) -> None:
    """The line is sung when it says."""
    lines = read(file, f"[00:12.00]{text}\n[00:16.00]next")
    assert (lines[0].text, lines[0].timestamp) == ("one two three", 12.0)
    assert (lines[0].words_at, lines[0].end) == ((), None)


def test_times_of_words_follow_the_offset_and_each_repeat_of_the_line(file: Path) -> None:
    """They are written for one of the times before the line."""
    text = "[offset:-500]\n[00:40.00][00:10.00]<00:10.00>one <00:10.50>two<00:11.00>\n"
    lines = read(file, text)
    assert [(line.timestamp, line.words_at, line.end) for line in lines] == [
        (10.5, (10.5, 11.0), 11.5),
        (40.5, (40.5, 41.0), 41.5),
    ]


def test_words_after_the_songs_end_have_no_times(file: Path) -> None:
    assert words_of(file, "[00:59.00]<00:59.00>one <01:01.00>two") == [("one two", (), None)]


def test_srt_has_starts_and_ends_and_loses_its_markup(file: Path) -> None:
    """Two shown lines are one sung line."""
    text = (
        "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\nthere\r\n\r\n"
        "2\r\n00:00:04.000 --> 00:00:05.250\r\n{\\an8}again < and >\r\n\r\n"
    )
    lines = read(file, text)
    assert [(line.timestamp, line.end, line.text) for line in lines] == [
        (1.5, 3.0, "Hello there"),
        (4.0, 5.25, "again < and >"),
    ]


def test_plain_text_is_spread_over_verses_and_choruses(file: Path) -> None:
    """Four lines share the forty sung seconds, headings are no lyrics."""
    text = "[Verse 1]\none\ntwo\n\n[Chorus]\nthree\nfour\n"
    assert lines_of(file, text) == [(10, "one"), (20, "two"), (40, "three"), (50, "four")]


def test_plain_text_without_sung_sections_uses_the_whole_song(file: Path) -> None:
    """A song that is all intro still gets its words."""
    file.write_text("one\ntwo")
    lines = read_lyrics(file, sections=SECTIONS[:1], duration_s=10.0)
    assert [line.timestamp for line in lines] == [0.0, 5.0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(file: Path, encoding: str) -> None:
    """Accents survive."""
    assert lines_of(file, "[00:01.00]Été à Noël, Größe".encode(encoding)) == [
        (1.0, "Été à Noël, Größe")
    ]


def test_control_characters_and_spare_spaces_go(file: Path) -> None:
    """What is shown on screen and given to models is clean text."""
    assert lines_of(file, "[00:01.00]  a\x1b[2J\x07\t b  ") == [(1.0, "a [2J b")]


def test_lines_after_the_end_are_left_out(file: Path) -> None:
    """A line at 59 s stays, one at 61 s goes; an end is never after the song's."""
    text = "1\n00:00:59,000 --> 00:01:05,000\nin\n\n2\n00:01:01,000 --> 00:01:05,000\nout\n"
    assert [(line.text, line.end) for line in read(file, text)] == [("in", 60.0)]


def test_an_empty_file_is_an_instrumental(file: Path) -> None:
    """No words, no lines, no error."""
    assert read(file, "\n \n") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 401, "401 characters"),
        (b"abc\0def", "not text"),
        (b"x\n" * 200_000, "larger than"),
        ("[05:00.00]late", "another song"),
    ],
    ids=["long line", "binary", "huge", "of another song"],
)
def test_unusable_lyrics_are_refused(file: Path, text: str | bytes, said: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(InvalidInput, match=said):
        read(file, text)


def test_hostile_text_stays_text(file: Path) -> None:
    """Nothing in a line is taken for anything but words."""
    hostile = "'; DROP TABLE jobs;-- <script>{{7*7}}</script> $(id) ../../x"
    assert lines_of(file, f"[00:01.00]{hostile}") == [(1.0, hostile)]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path without a file is not found."""
    with pytest.raises(NotFound):
        read_lyrics(tmp_path / "none.lrc", sections=SECTIONS, duration_s=60.0)
