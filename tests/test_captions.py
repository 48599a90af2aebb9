"""Sung lines as captions: short enough, early enough, and no faster than they can be read."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from pydantic import ValidationError

from mvkit.captions import (
    GAP_S,
    READABLE_LETTERS_PER_S,
    ROW_LETTERS,
    SHORTEST_S,
    caption_lines,
    in_rows,
    reading_speed,
)
from mvkit.director import plan_video, with_captions
from mvkit.errors import InvalidInput
from mvkit.orthography import n_columns, sung_words
from mvkit.schema import Analysis, Aspect, Brief, Caption, LyricLine, Plan
from mvkit.timing import tidy_s

from .steady_songs import make_brief, steady_song

LONG = (
    "we are made of light and of everything that we have ever been and that is why nobody "
    "who hears it tonight goes home before the rain has found the river"
)
SONG_S = 60.0


def line(text: str, at_s: float, end_s: float | None = None, **more: object) -> LyricLine:
    return LyricLine.model_validate({"text": text, "timestamp": at_s, "end": end_s, **more})


def captions(*lines: LyricLine, aspect: Aspect = "16:9", kind: str = "lyrics") -> list[Caption]:
    return [*caption_lines(lines, duration_s=SONG_S, aspect=aspect, kind=kind)]  # type: ignore[arg-type]


# Wording and times


@pytest.mark.parametrize("aspect", [*ROW_LETTERS])
def test_a_caption_has_two_rows_at_most_and_no_word_is_lost(aspect: Aspect) -> None:
    shown = captions(line(LONG, 2.0, 14.0), line("the end", 20.0), aspect=aspect)
    rows = [row for caption in shown for row in caption.text.split("\n")]
    assert max(map(len, rows)) <= ROW_LETTERS[aspect]
    assert max(caption.text.count("\n") for caption in shown) <= 1
    assert " ".join(rows).split() == f"{LONG} the end".split()


def test_rows_are_of_about_the_same_length() -> None:
    assert in_rows("one two three four five six seven eight", row_letters=24) == (
        "one two three four\nfive six seven eight"
    )
    assert in_rows("it fits", row_letters=24) == "it fits"


CHINESE = "我们都是光做成的，也是一切曾经有过的东西！所以今晚没有人会在雨水找到河流之前回家。"
JAPANESE = "きっと君は「来ない」と言ったけれど、ずっとここで待っているよ、ラララ、雨が止むまで。"
THAI = "เราทุกคนเกิดมาจากแสงและจากทุกสิ่งที่เราเคยเป็นคืนนี้จึงไม่มีใครกลับบ้านก่อนที่ฝนจะพบแม่น้ำ"


@pytest.mark.parametrize("aspect", [*ROW_LETTERS])
@pytest.mark.parametrize("text", [CHINESE, JAPANESE, THAI], ids=["zh", "ja", "th"])
def test_lines_without_spaces_break_at_letters(aspect: Aspect, text: str) -> None:
    """No row begins with what closes or belongs to the letter before, none ends with an opening."""
    shown = captions(line(text, 2.0, 14.0), aspect=aspect)
    rows = [row for caption in shown for row in caption.text.split("\n")]
    assert "".join(rows) == text
    assert max(map(n_columns, rows)) <= ROW_LETTERS[aspect]
    assert max(caption.text.count("\n") for caption in shown) == 1
    for row in rows:
        assert unicodedata.category(row[0]) not in ("Pe", "Po", "Mn", "Lm")
        assert row[0] not in "っゃゅょะาำ"
        assert row[-1] not in "「เแโใไ"


def test_lines_without_spaces_break_at_a_space_if_they_have_one() -> None:
    phrases = ["君の名前を呼ぶ", "僕の小さな声が届くまで"]
    assert in_rows(" ".join(phrases), row_letters=24).split("\n") == phrases


def test_wide_letters_take_twice_as_long_to_read() -> None:
    wide, narrow = captions(line("雨" * 17, 4.0, 4.5), line("a" * 17, 30.0, 30.1))
    assert wide.length_s == pytest.approx(2.0)
    assert narrow.length_s == pytest.approx(1.0)


def test_karaoke_of_a_line_without_spaces_goes_letter_by_letter() -> None:
    (shown,) = captions(line("雨が、 stop だ", 2.0, 4.0), kind="karaoke")
    widths = [3, 5, 5, 3]
    begins = [2.0 + 2.0 * sum(widths[:n]) / 16 for n in range(5)]
    assert shown.words_at == pytest.approx(begins, abs=1e-5)
    timed = line("雨が、 stop だ", 2.0, 4.0, words_at=[2.0, 2.5, 3.0, 3.5])
    assert captions(timed, kind="karaoke")[0].words_at == (2.0, 2.5, 3.0, 3.5, 4.0)
    for caption in captions(line(CHINESE, 2.0, 20.0), aspect="9:16", kind="karaoke"):
        assert caption.start == pytest.approx(caption.words_at[0] - 0.1)


def test_the_last_word_of_a_line_without_an_end_is_not_drawn_out() -> None:
    (shown,) = captions(line("hello world", 2.0, words_at=[2.0, 9.0]), kind="karaoke")
    assert shown.words_at == (2.0, 9.0, 10.0)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (" oh  my love! ", ["oh", "my", "love!"]),
        ("我爱你，「真的」吗？", ["我", "爱", "你，", "「真", "的」", "吗？"]),
        ("きゃっとラーメン", ["きゃっ", "と", "ラー", "メ", "ン"]),
        ("เป็นน้ำ", ["เป็", "น", "น้ำ"]),
        ("I愛you so", ["I", "愛", "you", "so"]),
        ("사랑해 너를", ["사랑해", "너를"]),
    ],
)
def test_what_is_sung_one_after_the_other(text: str, parts: list[str]) -> None:
    assert sung_words(text) == parts


def test_a_word_longer_than_a_row_stays_whole() -> None:
    assert captions(line("a " + "o" * 60, 1.0))[0].text == "a\n" + "o" * 60


def test_a_caption_is_seen_a_tenth_of_a_second_before_it_is_heard() -> None:
    shown = captions(line("hello", 4.0, 6.0), line("there", 0.05, 0.9))
    assert shown[0].start == 3.9
    assert captions(line("there", 0.05, 2.0))[0].start == 0.0


def test_the_picture_is_free_for_two_frames_between_captions() -> None:
    shown = captions(*(line(f"line number {n}", 2.0 * n, 2.0 * n + 2.0) for n in range(8)))
    gaps_s = [tidy_s(later.start - sooner.end) for sooner, later in pairwise(shown)]
    assert gaps_s == [pytest.approx(GAP_S, abs=1e-5)] * 7


def test_a_caption_stays_until_it_can_have_been_read() -> None:
    quick = "so many words in one short breath, and then a rest"
    shown = captions(line(quick, 4.0, 4.5), line("later", 30.0, 30.1))
    assert reading_speed(shown[0]) == pytest.approx(READABLE_LETTERS_PER_S, rel=0.01)
    assert shown[1].length_s == pytest.approx(SHORTEST_S, abs=1e-5)


def test_a_caption_never_outlasts_the_song_or_the_next_line() -> None:
    shown = captions(line("one", 1.0, 20.0), line("two", 3.0), line("three", 59.0, 70.0))
    assert shown[0].end < 3.0
    assert shown[1].end < 9.0
    assert shown[2].end == SONG_S


def test_lines_that_begin_together_are_one_caption() -> None:
    assert [caption.text for caption in captions(line("you", 1.0), line("me", 1.1))] == ["you me"]


def test_lines_after_the_end_are_left_out() -> None:
    assert captions(line("late", SONG_S + 1.0)) == []


def test_karaoke_knows_when_each_word_is_sung() -> None:
    """By the times that were heard; where there are none, by the words' lengths."""
    heard = line("oh my love", 2.0, 4.0, words_at=[2.0, 2.5, 3.5])
    assert captions(heard, kind="karaoke")[0].words_at == (2.0, 2.5, 3.5, 4.0)
    guessed = captions(line("oh my loved ones", 2.0, 4.0), kind="karaoke")[0].words_at
    assert guessed == (2.0, *(tidy_s(2.0 + 2.0 * n / 17) for n in (3, 6, 12)), 4.0)


def test_each_part_of_a_long_karaoke_line_begins_with_its_own_word() -> None:
    shown = captions(line(LONG, 2.0, 14.0), kind="karaoke")
    assert len(shown) == 2
    for caption in shown:
        assert caption.start == pytest.approx(caption.words_at[0] - 0.1)
    assert shown[0].words_at[-1] == shown[1].words_at[0]


def test_karaoke_without_a_time_for_each_word_is_refused() -> None:
    with pytest.raises(ValidationError, match="2 words have 1 times, expected 3"):
        Caption(kind="karaoke", text="oh my", start=0.0, end=1.0, words_at=(0.0,))


# What a plan writes over its pictures


@pytest.fixture(scope="module")
def song() -> Analysis:
    lines = tuple(line(f"line number {n}", 2.0 + 4.0 * n, 5.0 + 4.0 * n) for n in range(8))
    return steady_song().model_copy(update={"lyrics": lines})


@pytest.fixture(scope="module")
def bare(song: Analysis) -> Plan:
    return plan_video(make_brief(), song)


def kinds(plan: Plan) -> list[str]:
    return [caption.kind for caption in plan.captions]


def titled(title: str = "Into the Night") -> Brief:
    return make_brief().model_copy(update={"title": title})


def test_nothing_is_written_unless_somebody_asks(bare: Plan, song: Analysis) -> None:
    plan = with_captions(bare, titled(), song)
    assert plan == bare


def test_all_that_is_asked_for_is_written(bare: Plan, song: Analysis) -> None:
    plan = with_captions(
        bare,
        titled(),
        song,
        lyrics="karaoke",
        title_card=True,
        end_credits="Into the Night / The Walkers / https://walkers.example",
        watermark="a draft",
    )
    assert kinds(plan) == [*(["karaoke"] * 8), "title", "credits", "watermark"]
    title, end, mark = plan.captions[8:]
    assert title.text == "Into the Night"
    assert end.text == "Into the Night\nThe Walkers\nhttps://walkers.example"
    assert end.end == mark.end == song.duration
    assert mark.start == 0.0
    assert plan.notes == bare.notes


def test_the_title_goes_on_a_downbeat(bare: Plan, song: Analysis) -> None:
    (title,) = with_captions(bare, titled(), song, title_card=True).captions
    assert title.start == song.beat_timestamps[0]
    assert title.end in song.downbeat_timestamps
    assert 2.0 < title.length_s <= 4.5


def test_what_cannot_be_written_is_told(bare: Plan, song: Analysis) -> None:
    silent = song.model_copy(update={"lyrics": ()})
    plan = with_captions(bare, titled(" "), silent, lyrics="lyrics", title_card=True)
    assert plan.captions == ()
    assert [note.split(" ")[0] for note in plan.notes[len(bare.notes) :]] == ["No", "The"]
    foreign = with_captions(bare, titled("夜の中へ"), song, title_card=True)
    assert foreign.captions == ()
    assert "MVKIT_FONT" in foreign.notes[-1]


def test_lines_too_fast_to_be_read_are_told(bare: Plan, song: Analysis) -> None:
    fast = tuple(line("twenty-four letters long", n / 2) for n in range(10, 20))
    plan = with_captions(bare, titled(), song.model_copy(update={"lyrics": fast}), lyrics="lyrics")
    assert plan.notes[-1] == "9 sung lines come faster than most people read."


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"lyrics": "loud"}, "captions is 'loud'"),
        ({"end_credits": "x" * 201}, "end_credits has 201"),
        ({"watermark": "x" * 61}, "watermark has 61"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(
    bare: Plan, song: Analysis, choice: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        with_captions(bare, titled(), song, **choice)  # type: ignore[arg-type]


def test_a_clip_knows_what_is_written_over_it(bare: Plan) -> None:
    caption = Caption(kind="lyrics", text="here", start=1.0, end=2.0)
    plan = bare.model_copy(update={"captions": (caption,)})
    assert plan.captions_in(range(30)) == ()
    assert plan.captions_in(range(31)) == (caption,)
    assert plan.captions_in(range(59, 90)) == (caption,)
    assert plan.captions_in(range(60, 90)) == ()
