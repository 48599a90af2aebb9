"""What the parts of a song are for, told from parts that are written down."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mvkit.analysis.kinds import HeardPart, name_parts
from mvkit.schema import LyricLine

BAR_S = 2.0
QUIET, SOFT, FULL, LOUD = -32.0, -24.0, -19.0, -14.0


def song_of(*parts: tuple[str, int, float]) -> list[HeardPart]:
    """Return parts of a letter, a number of bars and a level in decibels."""
    heard: list[HeardPart] = []
    letters = [letter for letter, _, _ in parts]
    for letter, n_bars, level in parts:
        start_s = heard[-1].end_s if heard else 0.0
        levels = (level, level - 4, level - 2, 1.5 * level - 4, 2.0 + 0.04 * level)
        end_s = start_s + n_bars * BAR_S
        heard.append(HeardPart(start_s, end_s, n_bars, letters.index(letter), levels))
    return heard


POP = song_of(
    ("A", 4, QUIET), ("B", 8, SOFT), ("P", 4, FULL), ("C", 8, LOUD), ("B", 8, SOFT),
    ("P", 4, FULL), ("C", 8, LOUD), ("D", 8, SOFT), ("C", 8, LOUD), ("E", 4, QUIET),
)  # fmt: skip


def lines_in(parts: Sequence[HeardPart], texts: Sequence[str]) -> list[LyricLine]:
    """Return four lines for each part that has a text; the same text is the same words."""
    return [
        LyricLine(text=f"{text} {line}", timestamp=part.start_s + (line + 0.5) * part.length_s / 4)
        for part, text in zip(parts, texts, strict=True)
        for line in range(4)
        if text
    ]


def test_the_usual_form_of_a_pop_song_is_told() -> None:
    """What rises before each chorus is a pre-chorus, what comes once and late is a bridge."""
    assert name_parts(POP) == (
        *("intro", "verse", "pre-chorus", "chorus", "verse", "pre-chorus", "chorus"),
        *("bridge", "chorus", "outro"),
    )


def test_a_breakdown_is_where_the_force_drops_before_it_comes_back() -> None:
    """Between two loud parts, a stretch far below all others is no verse."""
    song = song_of(
        ("A", 8, FULL), ("B", 16, FULL), ("C", 16, LOUD), ("D", 8, QUIET - 6),
        ("C", 16, LOUD), ("A", 8, SOFT),
    )  # fmt: skip
    kinds = name_parts(song)
    assert kinds[3] == "breakdown"
    assert kinds[2] == kinds[4] == "chorus"


def test_words_that_come_again_mark_the_chorus() -> None:
    """Two parts that sound as loud: the one that repeats its words is the chorus."""
    song = song_of(*[("A", 8, FULL), ("B", 8, FULL)] * 3)
    for words, chorus in (("xaxbxc", 0), ("axbxcx", 1)):
        kinds = name_parts(song, lines_in(song, list(words)))
        assert kinds[chorus::2] == ("chorus",) * 3
        assert "chorus" not in kinds[1 - chorus :: 2]


def test_a_part_without_words_is_instrumental() -> None:
    """In a song with words, what nobody sings in the middle is no verse."""
    song = song_of(
        ("A", 8, SOFT), ("B", 8, LOUD), ("A", 8, SOFT), ("B", 8, LOUD), ("A", 8, FULL),
        ("B", 8, LOUD),
    )  # fmt: skip
    lines = lines_in(song, ["one", "again", "two", "again", "", "again"])
    assert name_parts(song, lines)[4] == "instrumental"
    assert name_parts(song)[4] != "chorus"


def test_a_few_lines_say_nothing() -> None:
    """Three lines at the end do not make the rest of a song instrumental."""
    lines = [LyricLine(text=f"hey {n}", timestamp=120.0 + n) for n in range(3)]
    assert name_parts(POP, lines) == name_parts(POP)


@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_short_songs_have_kinds(n_parts: int) -> None:
    """One part is a verse; two and three have a kind each."""
    song = song_of(*[("A", 8, SOFT), ("B", 8, LOUD), ("C", 8, SOFT)][:n_parts])
    assert len(name_parts(song)) == n_parts
    if n_parts == 1:
        assert name_parts(song) == ("verse",)
