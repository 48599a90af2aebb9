"""Sung words in the pictures: which lines hang, where, and for how long."""

from __future__ import annotations

import pytest

from mvkit.director import plan_video
from mvkit.director.signs import LETTERS_PER_S, MAX_LETTERS, SHORTEST_S
from mvkit.schema import Analysis, LyricLine, Plan, Shot
from mvkit.settings import get_settings

from .steady_songs import make_brief, steady_song

FORM = (("verse", "medium", 16), ("chorus", "high", 16), ("verse", "medium", 16))


def song(*texts: str, every_s: float = 4.0) -> Analysis:
    lines = tuple(
        LyricLine(text=text, timestamp=1.0 + n * every_s, end=3.8 + n * every_s)
        for n, text in enumerate(texts)
    )
    return steady_song(form=FORM).model_copy(update={"lyrics": lines})


def signed(plan: Plan) -> list[Shot]:
    return [shot for script in plan.clip_scripts for shot in script.shots if shot.words]


def planned(analysis: Analysis, *, signs: bool = True) -> Plan:
    return plan_video(make_brief(), analysis, pace=0.6, signs=signs)


MANY = tuple(f"line number {n} goes here" for n in range(12))


def test_words_hang_only_where_somebody_asks_for_them() -> None:
    assert not signed(planned(song(*MANY), signs=False))
    assert signed(planned(song(*MANY)))


def test_signs_change_nothing_else_of_a_plan() -> None:
    with_words, without = planned(song(*MANY)), planned(song(*MANY), signs=False)
    bare = [
        script.model_copy(
            update={"shots": tuple(s.model_copy(update={"words": None}) for s in script.shots)}
        )
        for script in with_words.clip_scripts
    ]
    assert tuple(bare) == without.clip_scripts


def test_words_hang_inside_their_shot_long_enough_to_be_read() -> None:
    for shot in signed(planned(song(*MANY))):
        words = shot.words
        assert words
        assert shot.start <= words.start < words.end <= shot.end
        assert words.end - words.start >= max(SHORTEST_S, len(words.text) / LETTERS_PER_S) - 1e-6


def test_a_chorus_hangs_its_lines_and_a_verse_that_with_which_it_begins() -> None:
    analysis = song(*MANY)
    chorus = next(part for part in analysis.song_structure if part.type == "chorus")
    starts = [shot.words.start for shot in signed(planned(analysis)) if shot.words]
    inside = [start for start in starts if chorus.start <= start < chorus.end]
    assert len(inside) >= 2
    assert len([start for start in starts if start < chorus.start]) <= 1


@pytest.mark.parametrize("text", ["x" * (MAX_LETTERS + 1)])
def test_a_line_too_long_to_be_read_does_not_hang(text: str) -> None:
    assert not signed(planned(song(*(12 * [text]))))


def test_a_line_does_not_hang_beside_its_repetition() -> None:
    plan = planned(song(*(12 * ["the same again"])))
    assert len(signed(plan)) == 1


def test_scripts_that_the_bundled_font_lacks_need_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(song(*(f"こんにちは {n}" for n in range(12))))
    assert not signed(plan)
    assert any("MVKIT_FONT" in note for note in plan.notes)
    monkeypatch.setenv("MVKIT_FONT", "/fonts/some.ttf")
    get_settings.cache_clear()
    assert signed(planned(song(*(f"こんにちは {n}" for n in range(12)))))


def test_a_song_without_words_says_that_none_hang() -> None:
    assert any("No words" in note for note in planned(song()).notes)
