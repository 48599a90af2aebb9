"""From words that were heard to lines: truth made up here, then blurred as models blur it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from mvkit.analysis.transcript import SungLyrics, hear_lyrics
from mvkit.analysis.transcript.alignment import align
from mvkit.analysis.transcript.refrain import sung_again
from mvkit.analysis.transcript.spelling import spelt, spelt_words
from mvkit.providers.base import Segment, Transcript, Word
from mvkit.schema import Curves, LyricLine, Section

DURATION_S = 120.0
MOST_WRONG_S = 0.3
CHORUS = ("Run away with the neon rain", "Hold my hand through the night again")
SONG = (
    "Streetlights falling on the broken glass",
    "Every stranger is a face from the past",
    "I was counting all the trains going by",
    "You were writing your name on the sky",
    *CHORUS,
    "Morning never finds the corner of town",
    "Paper dragons in the gutter come down",
    *CHORUS,
    "Slow, slow, the river takes the sound",
    *CHORUS,
)
MISHEARD = {"neon": "neons", "counting": "countin", "dragons": "dragon", "strangers": "stranger"}


def sung(lines: Sequence[str], *, from_s: float = 10.0, pause_s: float = 1.2) -> list[list[Word]]:
    """Return the words of each line as they are sung, at the pace of their letters."""
    at_s, lines_of_words = from_s, []
    for line in lines:
        words = []
        for text in line.split():
            length_s = 0.06 * len(text) + 0.08
            words.append(Word(text=text, start_s=at_s, end_s=at_s + length_s))
            at_s += length_s + 0.04
        lines_of_words.append(words)
        at_s += pause_s
    return lines_of_words


def curves(*, silent_s: tuple[float, float] = (0.0, 0.0)) -> Curves:
    """Return the curves of a song that is loud but for one span."""
    times_s = [index / 10 for index in range(int(DURATION_S * 10))]
    level = tuple(0.0 if silent_s[0] <= t < silent_s[1] else 0.7 for t in times_s)
    return Curves(rate_hz=10.0, bass=level, mid=level, high=level, onset=level, energy=level)


SECTIONS = (
    Section(type="intro", start=0.0, end=8.0, energy="low", energy_share=0.2),
    Section(type="verse", start=8.0, end=60.0, energy="medium", energy_share=0.5),
    Section(type="outro", start=60.0, end=DURATION_S, energy="low", energy_share=0.2),
)


def hear(
    transcript: Transcript | None,
    *,
    written: Sequence[LyricLine] = (),
    silent_s: tuple[float, float] = (0.0, 0.0),
) -> SungLyrics:
    return hear_lyrics(
        transcript,
        sections=SECTIONS,
        curves=curves(silent_s=silent_s),
        duration_s=DURATION_S,
        written=written,
    )


def transcript(
    words: Sequence[Word] | None = None, segments: Sequence[Segment] | None = None, text: str = ""
) -> Transcript:
    return Transcript(
        model="made up",
        text=text or " ".join(part.text for part in words or segments or ()),
        words=None if words is None else tuple(words),
        segments=None if segments is None else tuple(segments),
    )


def written(lines: Sequence[str] = SONG) -> tuple[LyricLine, ...]:
    """Return lines as they are given without times: spread over the song."""
    step_s = DURATION_S / len(lines)
    return tuple(LyricLine(text=line, timestamp=index * step_s) for index, line in enumerate(lines))


def segment(text: str, start_s: float, end_s: float, **told: float) -> Segment:
    return Segment(text=text, start_s=start_s, end_s=end_s, **told)


def flat(lines: Sequence[Sequence[Word]]) -> list[Word]:
    return [word for line in lines for word in line]


def errors_s(lines: Sequence[LyricLine], truth: Sequence[Sequence[Word]]) -> list[float]:
    assert [line.text for line in lines] == [" ".join(w.text for w in words) for words in truth]
    pairs = zip(lines, truth, strict=True)
    return [abs(line.timestamp - words[0].start_s) for line, words in pairs]


# Lines from words


def test_lines_end_where_the_singer_pauses() -> None:
    truth = sung(SONG)
    lyrics = hear(transcript(flat(truth)))
    assert lyrics.state == "words"
    assert lyrics.have_times
    assert lyrics.flag == "lyrics_heard"
    assert max(errors_s(lyrics.lines, truth)) < 1e-6
    for line, words in zip(lyrics.lines, truth, strict=True):
        assert line.end == pytest.approx(words[-1].end_s)
        assert line.words_at == pytest.approx([word.start_s for word in words], abs=1e-5)


def test_letters_of_a_heard_line_without_spaces_have_times() -> None:
    """The model hears parts of several letters, and letters lie in them evenly."""
    parts = [("君の", 10.0, 11.0), ("名前", 11.0, 12.0), ("は", 12.0, 12.5)]
    heard = [Word(text=text, start_s=start_s, end_s=end_s) for text, start_s, end_s in parts]
    (line,) = hear(transcript(heard)).lines
    assert (line.text, line.words_at) == ("君の名前は", (10.0, 10.5, 11.0, 11.5, 12.0))


def test_lines_end_where_the_model_ends_a_phrase_though_nobody_pauses() -> None:
    truth = sung(SONG[:3], pause_s=0.0)
    segments = [
        segment(" ".join(w.text for w in words), words[0].start_s, words[-1].end_s)
        for words in truth
    ]
    lyrics = hear(transcript(flat(truth), segments))
    assert max(errors_s(lyrics.lines, truth)) < 1e-6


def test_words_a_little_outside_of_their_segment_still_belong_to_it() -> None:
    """Services find the times of words and of segments in different ways."""
    truth = sung(SONG[:3], pause_s=0.5)
    segments = [
        segment(" ".join(w.text for w in words), words[0].start_s + 0.3, words[-1].end_s - 0.3)
        for words in truth
    ]
    lyrics = hear(transcript(flat(truth), segments))
    assert max(errors_s(lyrics.lines, truth)) < 1e-6


def test_a_line_too_long_to_read_is_cut_at_its_sign_or_longest_pause() -> None:
    [words] = sung(["we were young and the world was ours, nothing left to break but the hours"])
    lines = hear(transcript(words)).lines
    assert [line.text for line in lines] == [
        "we were young and the world was ours,",
        "nothing left to break but the hours",
    ]


def test_scripts_without_spaces_are_joined_without_them() -> None:
    words = [
        Word(text=t, start_s=5 + i * 0.2, end_s=5.2 + i * 0.2) for i, t in enumerate("夜に駆ける")
    ]
    assert [line.text for line in hear(transcript(words)).lines] == ["夜に駆ける"]


def test_words_out_of_order_or_past_the_end_do_no_harm() -> None:
    truth = sung(SONG[:2])
    late = Word(text="late", start_s=DURATION_S + 1, end_s=DURATION_S + 2)
    lyrics = hear(transcript([late, *reversed(flat(truth))]))
    assert max(errors_s(lyrics.lines, truth)) < 1e-6


# Segments and bare text


def test_words_without_times_share_their_segment_by_length() -> None:
    truth = sung(SONG[:4], pause_s=0.0)
    segments = [
        segment(" ".join(map(str, SONG[i : i + 2])), truth[i][0].start_s, truth[i + 1][-1].end_s)
        for i in (0, 2)
    ]
    lyrics = hear(transcript(None, segments))
    assert lyrics.state == "segments"
    assert lyrics.flag == "lyrics_heard_by_segment"
    assert max(errors_s(lyrics.lines, truth)) < MOST_WRONG_S


def test_text_without_any_times_lies_in_the_sung_parts() -> None:
    lyrics = hear(transcript(text=". ".join(SONG)))
    assert lyrics.state == "text"
    assert all(8.0 <= line.timestamp < 60.0 for line in lyrics.lines)
    assert spelt(" ".join(line.text for line in lyrics.lines)) == spelt(" ".join(SONG))


# Alignment


def misheard(truth: Sequence[Sequence[Word]], dice: random.Random) -> list[Word]:
    """Return words as a model hears them: a fifth missing, as many invented, 0.1 s off."""
    heard = []
    for word in flat(truth):
        if dice.random() < 0.2:
            continue
        off_s = dice.uniform(-0.1, 0.1)
        text = MISHEARD.get(word.text.lower(), word.text)
        heard.append(Word(text=text, start_s=word.start_s + off_s, end_s=word.end_s + off_s))
        if dice.random() < 0.2:
            extra = dice.choice(["yeah", "oh", "the", "uh"])
            heard.append(Word(text=extra, start_s=word.end_s, end_s=word.end_s + 0.05))
    return heard


def test_written_lines_are_found_though_the_model_misses_adds_and_mishears() -> None:
    """Only where one of two same words is missing ("Slow, slow") nobody can tell which."""
    truth = sung(SONG)
    wrong_s: list[float] = []
    for seed in range(40):
        lyrics = hear(transcript(misheard(truth, random.Random(seed))), written=written())
        assert lyrics.state == "aligned"
        wrong_s += errors_s(lyrics.lines, truth)
    assert sum(wrong < MOST_WRONG_S for wrong in wrong_s) > 0.98 * len(wrong_s)
    assert max(wrong_s) < 0.7


def test_pauses_that_a_model_counts_to_the_next_word_are_taken_out_again() -> None:
    """Small models do so over music: each word begins where the one before it ends."""
    truth = sung(SONG)
    gapless, end_s = [], 9.0
    for word in flat(truth):
        gapless.append(replace(word, start_s=end_s))
        end_s = word.end_s
    lines = hear(transcript(gapless), written=written()).lines
    assert max(errors_s(lines, truth)) < MOST_WRONG_S
    for line, words in zip(lines, truth, strict=True):
        assert line.end == pytest.approx(words[-1].end_s)


def test_a_pause_that_is_counted_to_a_lines_first_word_is_taken_out_again() -> None:
    """Larger models do so only there."""
    truth = sung(SONG, pause_s=1.5)
    early = [[replace(first, start_s=first.start_s - 1.2), *others] for first, *others in truth]
    lines = hear(transcript(flat(early)), written=written()).lines
    assert max(errors_s(lines, truth)) < MOST_WRONG_S


def test_lines_that_nobody_heard_are_not_squeezed_before_a_word_heard_elsewhere() -> None:
    """The last words come right after the sixth line, which leaves the lines between no time."""
    truth = sung(SONG[:-2])
    stray = [
        replace(word, start_s=w.end_s + 0.1, end_s=w.end_s + 0.4)
        for word, w in zip(truth[-1][-2:], (truth[5][-1],) * 2, strict=True)
    ]
    lines = hear(transcript([*flat(truth[:6]), *stray]), written=written(SONG[:-2])).lines
    assert max(errors_s(lines[:6], truth[:6])) < MOST_WRONG_S
    assert max(errors_s(lines[6:], truth[6:])) < 4.0


def test_each_chorus_is_found_at_its_own_place() -> None:
    truth = sung(SONG, pause_s=2.5)
    lines = hear(transcript(flat(truth)), written=written()).lines
    starts_s = [line.timestamp for line in lines if line.text == CHORUS[0]]
    assert len(starts_s) == 3
    assert max(errors_s(lines, truth)) < 1e-6


def test_a_line_nobody_heard_lies_between_its_neighbours() -> None:
    truth = sung(SONG, pause_s=0.1)
    heard = flat([words for index, words in enumerate(truth) if index not in (3, 7)])
    lyrics = hear(transcript(heard), written=written())
    assert lyrics.state == "aligned"
    assert max(errors_s(lyrics.lines, truth)) < MOST_WRONG_S


def test_lines_unheard_at_both_ends_are_sung_at_the_pace_of_the_others() -> None:
    truth = sung(SONG, pause_s=0.0)
    lines = hear(transcript(flat(truth[1:-1])), written=written()).lines
    assert max(errors_s(lines, truth)) < 1.0
    assert [line.timestamp for line in lines] == sorted(line.timestamp for line in lines)


def test_a_chorus_that_was_heard_but_not_written_moves_no_other_line() -> None:
    truth = sung(SONG)
    kept = [index for index in range(len(SONG)) if index not in (8, 9)]
    lines = hear(transcript(flat(truth)), written=written([SONG[i] for i in kept])).lines
    assert max(errors_s(lines, [truth[i] for i in kept])) < MOST_WRONG_S


def test_words_are_aligned_by_segments_where_the_model_has_no_times_for_words() -> None:
    truth = sung(SONG)
    segments = [
        segment(" ".join(w.text for w in words), words[0].start_s, words[-1].end_s)
        for words in truth
    ]
    lyrics = hear(transcript(None, segments), written=written())
    assert lyrics.state == "aligned"
    assert max(errors_s(lyrics.lines, truth)) < MOST_WRONG_S


def test_numbers_and_spelling_do_not_matter() -> None:
    assert spelt("Don't STOP, 2 café!") == "dont stop two cafe"
    assert spelt_words("夜に 10") == ["夜", "に", "ten"]
    [words] = sung(["1 2 3 4"])
    lines = align(written(["One, two, three, four!"]), [tuple(words)], duration_s=DURATION_S)
    assert lines[0].timestamp == pytest.approx(words[0].start_s)
    assert lines[0].end == pytest.approx(words[-1].end_s)


def test_lyrics_of_another_song_stay_as_they_were() -> None:
    other = written(["Purple elephants juggle marmalade", "Quickly vexing jumbled quartz"])
    lyrics = hear(transcript(flat(sung(SONG))), written=other)
    assert lyrics.state == "missing"
    assert lyrics.lines == other
    assert not lyrics.have_times


def test_lyrics_stay_as_they_were_if_nobody_could_listen() -> None:
    lyrics = hear(None, written=written())
    assert (lyrics.lines, lyrics.state) == (written(), "missing")


# What comes again


def test_a_chorus_is_known_again_though_it_is_misheard_and_cut_otherwise() -> None:
    """Each time another word is wrong, and lines end elsewhere."""
    lines = [
        *("run away with the neon rain", "hold my hand through the night again"),
        *("streetlights falling on the broken glass", "every stranger is a face from the past"),
        *("run away when the neons rain hold", "my hand to the night again"),
        *("I was counting all the trains", "you were writing on the sky"),
    ]
    again = sung_again(lines, [0, 0, 1, 1, 2, 2, 3, 3])
    assert again == [True, True, False, False, True, True, False, False]


def test_lines_that_share_common_words_are_not_the_same() -> None:
    lines = ["I want you to know my name", "I want you to take me home", "I want you to let it go"]
    assert sung_again(lines, [0, 1, 2]) == [False] * 3


def test_a_line_that_comes_twice_in_one_part_is_not_sung_elsewhere() -> None:
    assert sung_again([CHORUS[0], CHORUS[0], SONG[0], "..."], [0, 0, 1, 1]) == [False] * 4


# What is not believed


@pytest.mark.parametrize(
    "invented",
    [
        "Thanks for watching!",
        "Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "[Music]",
        "♪ ♪",
        "(upbeat music)",
    ],
)
def test_what_subtitles_say_is_not_sung(invented: str) -> None:
    truth = sung(SONG[:2])
    segments = [
        *(segment(" ".join(w.text for w in ws), ws[0].start_s, ws[-1].end_s) for ws in truth),
        segment(invented, 100.0, 104.0, no_speech=0.1, mean_log_probability=-0.2),
    ]
    extra = [Word(text=t, start_s=101.0, end_s=101.5) for t in invented.split()]
    lyrics = hear(transcript([*flat(truth), *extra], segments))
    assert [line.text for line in lyrics.lines] == list(SONG[:2])


def test_nobody_sings_in_silence() -> None:
    truth = sung(SONG[:2])
    segments = [
        *(segment(" ".join(w.text for w in ws), ws[0].start_s, ws[-1].end_s) for ws in truth),
        segment("I will always be with you", 90.0, 94.0),
    ]
    heard = hear(transcript(None, segments), silent_s=(80.0, DURATION_S))
    assert max(line.timestamp for line in heard.lines) < 80.0
    assert len(hear(transcript(None, segments)).lines) > len(heard.lines)


def test_thank_you_is_sung_unless_the_model_doubts_that_anybody_speaks() -> None:
    sure = segment("Thank you", 30.0, 32.0, no_speech=0.1, mean_log_probability=-0.3)
    doubted = replace(sure, no_speech=0.5)
    assert len(hear(transcript(None, [sure])).lines) == 1
    assert hear(transcript(None, [doubted])).lines == ()


def test_a_loop_is_cut_short_and_a_chorus_is_not() -> None:
    loop = [segment("I love you", 20.0 + 2 * i, 22.0 + 2 * i) for i in range(20)]
    assert len(hear(transcript(None, loop)).lines) == 4
    chorus = [segment(SONG[i % 2], 20.0 + 4 * i, 23.0 + 4 * i) for i in range(20)]
    assert len(hear(transcript(None, chorus)).lines) == 20


def test_a_loop_within_a_phrase_is_cut_short_too() -> None:
    """Whisper may fill half a minute of music with one word."""
    loop = [Word(text="No,", start_s=20 + i / 4, end_s=20.2 + i / 4) for i in range(80)]
    after = Word(text="go", start_s=41.0, end_s=41.4)
    both = segment(" ".join(["No,"] * 80 + ["go"]), 20.0, 42.0)
    for told in (transcript([*loop, after], [both]), transcript(None, [both])):
        heard = " ".join(line.text for line in hear(told).lines)
        assert heard == " ".join(["No,"] * 8 + ["go"])


def test_a_phrase_is_sung_four_times_and_then_it_is_a_loop() -> None:
    sung_words = ["and", "I", "said", "hey", "you"] * 3 + ["and", "then", "you", "left"]
    for n_turns, kept in ((3, 3), (4, 4), (9, 4)):
        words = ["oh", "my", "love"] * n_turns + sung_words
        text = " ".join(words)
        heard = hear(transcript(None, [segment(text, 10.0, 60.0)])).lines
        spoken = " ".join(line.text for line in heard)
        assert spoken == " ".join(["oh", "my", "love"] * kept + sung_words)


def test_a_model_that_only_guesses_is_not_believed_but_can_tell_when_lines_are_sung() -> None:
    """One for English hears English in any song; what sounds alike is sung there all the same."""
    truth = sung(SONG)
    for sureness, state in ((-0.6, "words"), (-1.3, "missing")):
        told = transcript(
            flat(truth),
            [
                segment(
                    " ".join(w.text for w in words),
                    words[0].start_s,
                    words[-1].end_s,
                    mean_log_probability=sureness,
                )
                for words in truth
            ],
        )
        assert hear(told).state == state
        assert hear(told, written=written()).state == "aligned"


def test_words_faster_than_anybody_sings_are_not_believed() -> None:
    rushed = segment("far too many words in a moment for any singer to have sung", 50.0, 50.4)
    assert hear(transcript(None, [rushed])).lines == ()


# No words


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        (None, "missing"),
        (Transcript(model="m", text=""), "missing"),
        (Transcript(model="m", text="", words=()), "missing"),
        (Transcript(model="m", text="", words=(), segments=()), "instrumental"),
        (
            transcript((), [segment("you", 0, 30, no_speech=0.95, mean_log_probability=-1.2)]),
            "instrumental",
        ),
        (transcript(None, [segment("Thanks for watching", 0, 30)]), "missing"),
        (transcript(None, [segment("Thanks for watching", 0, 30, no_speech=0.2)]), "missing"),
    ],
)
def test_a_song_is_instrumental_only_if_a_model_listened_and_found_no_voice(
    heard: Transcript | None, state: str
) -> None:
    lyrics = hear(heard)
    assert (lyrics.lines, lyrics.state) == ((), state)
    assert (lyrics.flag == "words_missing") == (state == "missing")
