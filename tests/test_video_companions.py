"""What goes with the film: stills, subtitles, and the cut list."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from opentimelineio import adapters
from PIL import Image

from mvkit.footage import FootageWriter
from mvkit.schema import LyricLine
from mvkit.video.edl import to_edl
from mvkit.video.otio import to_otio
from mvkit.video.pictures import best_picture, contact_sheet, poster, take_stills, thumbnail
from mvkit.video.subtitles import to_srt
from mvkit.video.timeline import lay_out

from .film_makers import HEIGHT_PX, WIDTH_PX, make_clips, make_plan, stamped, write_clip

EDIT = re.compile(
    r"(\d{3})  (\w+) +(\w+) +(C|(?:D   |W001) \d{3}) +" + " ".join([r"(\d\d:\d\d:\d\d:\d\d)"] * 4)
)


def line(text: str, at_s: float, end_s: float | None = None) -> LyricLine:
    return LyricLine(text=text, timestamp=at_s, end=end_s)


def film_of(folder: Path, looks: list[np.ndarray]) -> Path:
    """Write a film that shows each picture for a second."""
    path = folder / "film.mp4"
    cuts = range(0, 30 * len(looks), 30)
    with FootageWriter(
        path, width_px=WIDTH_PX, height_px=HEIGHT_PX, handover_frames=cuts
    ) as footage:
        for look in looks:
            for _ in range(30):
                footage.write(look)
    return path


def bgr(blue: int, green: int, red: int) -> np.ndarray:
    """Paint a colour as bt709 says it is in limited range."""
    r, g, b = red / 255, green / 255, blue / 255
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    picture = np.full((HEIGHT_PX * 3 // 2, WIDTH_PX), round(16 + 219 * luma), np.uint8)
    chroma = picture[HEIGHT_PX:].reshape(2, -1)
    chroma[0] = round(128 + 224 * (b - luma) / 1.8556)
    chroma[1] = round(128 + 224 * (r - luma) / 1.5748)
    return picture


def test_stills_show_each_clip_in_its_own_colours(tmp_path: Path) -> None:
    looks = [bgr(30, 40, 220), bgr(40, 200, 60), bgr(210, 70, 50)]
    stills = take_stills(film_of(tmp_path, looks), make_plan([0.0, 1.0, 2.0, 3.0]))
    assert [still.frame for still in stills] == [0, 30, 60]
    for still, colour in zip(stills, [(220, 40, 30), (60, 200, 40), (50, 70, 210)], strict=True):
        assert np.abs(still.rgb.reshape(-1, 3).mean(0) - colour).max() < 3


def test_a_still_is_never_from_the_clip_before(tmp_path: Path) -> None:
    """Stills are keyframes at or before the middle; a clip begins with one."""
    film = write_clip(tmp_path / "film.mp4", 1, 200, handover_frames={55, 130})
    plan = make_plan([0.0, 55 / 30, 130 / 30, 200 / 30])
    assert [still.frame for still in take_stills(film, plan)] == [0, 55, 130]


def test_the_contact_sheet_has_a_captioned_still_per_clip(tmp_path: Path) -> None:
    plan = make_plan([float(second) for second in range(10)])
    looks = [bgr(30, 40, 220)] * 9
    sheet = np.asarray(contact_sheet(take_stills(film_of(tmp_path, looks), plan)))
    red = (sheet[:, :, 0] > 180) & (sheet[:, :, 1] < 90)
    n_stills = cv2.connectedComponents(red.astype(np.uint8))[0] - 1
    captions = (sheet.min(2) > 150).sum()
    assert n_stills == 9
    assert captions > 9 * 50
    assert sheet.shape[1] <= 1700


def test_the_thumbnail_is_the_sharpest_still_of_a_chorus(tmp_path: Path) -> None:
    sharp, sharper = stamped(1, 0), stamped(2, 0)
    sharp[:HEIGHT_PX] = cv2.GaussianBlur(sharp[:HEIGHT_PX], (0, 0), 3)
    film = film_of(tmp_path, [sharper, bgr(9, 9, 99), sharp])
    for sections, shown in ((["verse", "chorus", "chorus"], sharp), (["verse"] * 3, sharper)):
        plan = make_plan([0.0, 1.0, 2.0, 3.0], sections=sections)
        picture = np.asarray(best_picture(film, take_stills(film, plan)).convert("L"), float)
        expected = (shown[:HEIGHT_PX].astype(float) - 16) * 255 / 219
        assert np.abs(picture - expected).mean() < 4


def test_the_thumbnail_is_small_and_keeps_its_shape() -> None:
    assert thumbnail(Image.new("RGB", (1080, 1920))).size == (720, 1280)
    assert thumbnail(Image.new("RGB", (256, 144))).size == (256, 144)


def test_the_poster_is_the_picture_with_the_title_over_it() -> None:
    picture = Image.new("RGB", (960, 540), "#405060")
    pixels = np.asarray(poster(picture, "Into the Night"))
    white = (pixels > 240).all(axis=2)
    rows, columns = np.nonzero(white)
    assert 20 < rows.min() < rows.max() < 150
    assert abs(columns.min() + columns.max() - 960) < 8
    assert (pixels[200:] == (0x40, 0x50, 0x60)).all()


@pytest.mark.parametrize("title", ["", "  ", "夜の中へ"])
def test_a_title_that_cannot_be_written_is_left_out(title: str) -> None:
    picture = Image.new("RGB", (320, 180), "#405060")
    assert poster(picture, title) is picture


def test_subtitles_end_when_the_line_does_or_the_next_begins() -> None:
    lyrics = [line("one", 1.0), line("two", 3.25, 4.5), line("three", 60.0), line("four", 3661.0)]
    assert to_srt(lyrics, duration_s=3662.5) == (
        "1\n00:00:00,900 --> 00:00:03,083\none\n\n"
        "2\n00:00:03,150 --> 00:00:04,750\ntwo\n\n"
        "3\n00:00:59,900 --> 00:01:05,250\nthree\n\n"
        "4\n01:01:00,900 --> 01:01:02,500\nfour\n"
    )


def test_long_subtitles_have_two_rows_of_42_letters_at_most_and_lose_no_word() -> None:
    long = "we are made of light and of everything that we have ever been " * 3
    blocks = to_srt([line(long, 1.0, 20.0)], duration_s=30.0).split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == ["1", "2", "3"]
    rows = [block.strip().split("\n")[2:] for block in blocks]
    assert max(map(len, rows)) == 2
    assert max(len(row) for block in rows for row in block) <= 42
    assert " ".join(row for block in rows for row in block).split() == long.split()


def test_a_lyric_cannot_pass_for_a_subtitle_of_its_own() -> None:
    sly = "one\n\n2\n00:00:00,000 --> 00:00:09,000\nfree beer"
    text = to_srt([line(sly, 1.0)], duration_s=9.0)
    assert text.count("-->") == 1
    assert text.split("\n\n") == [text]


def test_lines_outside_the_song_or_at_the_same_time_do_not_break_it() -> None:
    text = to_srt([line("a", 1.0), line("b", 1.0), line("late", 12.0)], duration_s=9.0)
    assert text.count("-->") == 1
    assert "a b" in text
    assert "late" not in text


def test_the_cut_list_covers_the_film_without_a_gap() -> None:
    joins = [("cut", 0.0), ("crossfade", 0.5), ("fade", 0.5)]
    plan = make_plan([0.0, 2.0, 4.0, 6.0, 8.0], joins, shots_s={0: [1.0]})
    pieces = lay_out(plan, n_frames=240)
    text = to_edl(pieces, plan=plan, title="A\nB  C\u2603", song_file="song.mp3")
    assert text.startswith("TITLE: A B C\nFCM: NON-DROP FRAME\n")
    edits = [match.groups() for match in map(EDIT.match, text.splitlines()) if match]
    assert edits == [
        ("001", "CLIP000", "V", "C", *codes(0, 60), *codes(0, 60)),
        ("002", "CLIP001", "V", "C", *codes(0, 52), *codes(60, 112)),
        ("003", "CLIP001", "V", "C", *codes(52, 52), *codes(112, 112)),
        ("003", "CLIP002", "V", "D    016", *codes(0, 60), *codes(112, 172)),
        ("004", "CLIP002", "V", "C", *codes(60, 60), *codes(172, 172)),
        ("004", "BL", "V", "D    008", *codes(0, 8), *codes(172, 180)),
        ("005", "BL", "V", "C", *codes(0, 0), *codes(180, 180)),
        ("005", "CLIP003", "V", "D    008", *codes(8, 68), *codes(180, 240)),
        ("006", "SONG", "AA", "C", *codes(0, 240), *codes(0, 240)),
    ]
    assert "* LOC: 00:00:01:00 RED     wide" in text
    assert "* FROM CLIP NAME: 001.mp4\n* TO CLIP NAME: 002.mp4" in text


def test_the_cut_list_names_what_the_format_has_no_word_for() -> None:
    joins = [("wipe", 0.4), ("whip", 0.4), ("crossfade", 0.4)]
    plan = make_plan([0.0, 2.0, 4.0, 6.0, 8.0], joins)
    text = to_edl(lay_out(plan, n_frames=240), plan=plan, title="", song_file="song.mp3")
    edits = [match.groups() for match in map(EDIT.match, text.splitlines()) if match]
    assert [edit[3] for edit in edits if edit[3] != "C"] == ["W001 012", "D    012", "D    012"]
    assert text.count("* EFFECT NAME") == 1
    assert "* EFFECT NAME: WHIP\n* FROM CLIP NAME: 001.mp4" in text


def codes(first: int, end: int) -> tuple[str, str]:
    """Write two frames of the first seconds as time codes."""
    return tuple(f"00:00:{n // 30:02d}:{n % 30:02d}" for n in (first, end))  # type: ignore[return-value]


@pytest.mark.parametrize(("title", "told"), [("", "MVKIT"), ("x" * 90, "x" * 70)])
def test_the_cut_lists_title_is_short_and_never_empty(title: str, told: str) -> None:
    plan = make_plan([0.0, 1.0])
    text = to_edl(lay_out(plan, n_frames=30), plan=plan, title=title, song_file="song.mp3")
    assert text.splitlines()[0] == f"TITLE: {told}"


def test_the_timeline_opens_in_an_editor_as_the_film_was_cut() -> None:
    joins = [("cut", 0.0), ("whip", 0.4), ("crossfade", 0.4)]
    plan = make_plan([0.0, 2.0, 4.0, 6.0, 8.0], joins, shots_s={2: [5.0]})
    clips = make_clips(plan).clips[:3]  # the last was not filmed
    text = to_otio(
        lay_out(plan, n_frames=240), plan=plan, clips=clips, title="Blöcke", song_file="song.mp3"
    )
    timeline = adapters.read_from_string(text, "otio_json")
    assert (timeline.name, timeline.duration().to_frames()) == ("Blöcke", 240)
    picture, sound = timeline.tracks
    parts = [(type(part).__name__, part.name) for part in picture]
    assert parts == [
        *(("Clip", "000"), ("Clip", "001"), ("Transition", "whip"), ("Clip", "002")),
        *(("Transition", "crossfade"), ("Clip", "003")),
    ]
    shown = [picture.range_of_child(clip) for clip in picture.find_clips()]
    starts = [span.start_time.to_frames() for span in shown]
    assert starts == [0, 60, 120, 180]
    first_source = [clip.source_range.start_time.to_frames() for clip in picture.find_clips()]
    assert first_source == [0, 0, 6, 6]
    assert picture[2].transition_type == "Custom_Transition"
    assert picture[4].transition_type == "SMPTE_Dissolve"
    assert picture[3].media_reference.target_url == "clips/002.mp4"
    assert picture[3].media_reference.available_range.duration.to_frames() == 72
    assert picture[5].media_reference.is_missing_reference
    assert [marker.marked_range.start_time.to_frames() for marker in picture[3].markers] == [36]
    assert sound[0].media_reference.target_url == "song.mp3"
