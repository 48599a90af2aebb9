"""Captions over the picture: legible, in the safe area, and gone without a trace."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.footage import FootageWriter, Overlay, read_frames
from mvkit.footage.typesetting import PLACES, safe_area_px, typeset
from mvkit.schema import FRAME_SIZES_PX, Aspect, Caption, CaptionKind

SIZES_PX = FRAME_SIZES_PX.copy()
GREY = 110
WORDS = "we are made of light\nand of the rain"


def caption(kind: CaptionKind = "lyrics", text: str = WORDS, **more: object) -> Caption:
    n_words = len(text.split())
    times = tuple(1.0 + n / 2 for n in range(n_words + 1)) if kind == "karaoke" else ()
    fields = {"kind": kind, "text": text, "start": 1.0, "end": 9.0, "words_at": times}
    return Caption.model_validate(fields | more)


def written(
    *captions: Caption, at_s: float = 4.0, aspect: Aspect = "16:9", grey: int = GREY
) -> NDArray[np.float64]:
    """Return the luma of a grey picture that something is written over."""
    width_px, height_px = SIZES_PX[aspect]
    picture = np.full((height_px * 3 // 2, width_px), 128, np.uint8)
    picture[:height_px] = grey
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    Overlay(captions, width_px=width_px, height_px=height_px).burn(round(30 * at_s), frame)
    return frame.to_ndarray(format="yuv420p")[:height_px].astype(float)


def box(luma: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is white."""
    rows, columns = np.nonzero(luma > 180)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("aspect", [*SIZES_PX])
@pytest.mark.parametrize("kind", [*PLACES])
@pytest.mark.parametrize("text", [WORDS, "W" * 42, "Привет, мир\nΚαλημέρα"])
def test_words_stand_inside_what_nothing_covers(
    aspect: Aspect, kind: CaptionKind, text: str
) -> None:
    width_px, height_px = SIZES_PX[aspect]
    left, top, right, bottom = safe_area_px(width_px=width_px, height_px=height_px)
    shown = caption(kind, text)
    found = box(written(shown, at_s=8.0, aspect=aspect))
    assert left <= found[0] + 1
    assert top <= found[1]
    assert found[2] <= right + 1
    assert found[3] <= bottom


@pytest.mark.parametrize("grey", [16, 110, 235])
def test_words_can_be_read_over_black_grey_and_white(grey: int) -> None:
    """White letters, and around them what is darker than 60 % of white."""
    luma = written(caption("lyrics", "IIIIIIII"), grey=grey)
    left, top, right, bottom = box(written(caption("lyrics", "IIIIIIII")))
    row = luma[(top + bottom) // 2, left:right]
    assert row.max() > 225
    assert row.min() < 16 + 0.6 * 219


def test_the_picture_beside_the_words_is_untouched() -> None:
    luma = written(caption())
    assert (luma[:800] == GREY).all()
    assert (luma[:, :300] == GREY).all()


def test_rows_are_centred() -> None:
    left, _, right, _ = box(written(caption()))
    assert abs((left + right) / 2 - 960) < 4


def test_words_appear_and_go_within_their_time() -> None:
    one = caption(start=1.0, end=2.0)
    levels = [written(one, at_s=n / 30).max() for n in range(25, 65)]
    shown = [n for n, level in zip(range(25, 65), levels, strict=True) if level > GREY + 5]
    assert shown == [*range(30, 60)]
    assert levels[8] > 225
    assert levels[31] > 225
    assert levels[5] < 180 > levels[34]


def test_a_word_of_karaoke_lights_up_when_it_is_sung() -> None:
    """From its left edge to its right, and the second row after the first."""
    line = caption("karaoke")
    sheet = typeset(line, width_px=1920, height_px=1080, font=None)
    heights = {word.top_px for word in sheet.words}
    assert len(heights) == 2

    def sung(at_s: float) -> list[bool]:
        luma = written(line, at_s=at_s)
        return [
            bool(
                luma[
                    sheet.top_px + word.top_px : sheet.top_px + word.bottom_px,
                    sheet.left_px + word.starts_px : sheet.left_px + word.ends_px,
                ].max()
                > 200
            )
            for word in sheet.words
        ]

    assert sung(1.1)[1:] == [False] * 8
    for n in range(1, 9):
        assert sung(1.0 + n / 2) == [True] * n + [False] * (9 - n)
    assert all(sung(6.0))


def test_hebrew_is_sung_from_right_to_left(tmp_path: Path) -> None:
    words = typeset(caption("karaoke", "אב גד"), width_px=1920, height_px=1080, font=None).words
    assert words[0].ends_px < words[0].starts_px
    assert words[1].starts_px < words[0].ends_px


def test_letters_of_a_line_without_spaces_are_sung_one_after_the_other() -> None:
    """They stand side by side, words with a space between them apart."""
    shown = Caption(
        kind="karaoke",
        text="雨が、\nstop だよ",
        start=1.0,
        end=9.0,
        words_at=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    )
    rain, ga, stop, da, yo = typeset(shown, width_px=1920, height_px=1080, font=None).words
    assert rain.ends_px == ga.starts_px
    assert ga.ends_px > ga.starts_px
    assert stop.top_px > rain.top_px
    assert stop.ends_px < da.starts_px < da.ends_px == yo.starts_px


def test_footage_carries_captions_at_the_times_of_the_film(tmp_path: Path) -> None:
    """The words are as sharp as the film is large, whatever size was painted."""
    picture = np.full((90 * 3 // 2, 160), 128, np.uint8)
    picture[:90] = GREY
    path = tmp_path / "clip.mp4"
    with FootageWriter(
        path, width_px=640, height_px=360, captions=[caption(end=1.5)], first_frame=20
    ) as footage:
        for _ in range(40):
            footage.write(picture)
    seen = [luma[:360].max() > 170 for luma in read_frames(path)]
    assert seen.index(True) in (10, 11, 12)
    assert not any(seen[:10])
    assert not any(seen[25:])
    assert (picture[:90] == GREY).all()


def test_a_picture_of_the_films_own_size_is_not_written_on(tmp_path: Path) -> None:
    picture = np.full((360 * 3 // 2, 640), 128, np.uint8)
    with FootageWriter(
        tmp_path / "clip.mp4", width_px=640, height_px=360, captions=[caption(start=0.0)]
    ) as footage:
        for _ in range(12):
            footage.write(picture)
    assert (picture == 128).all()
    *_, last = read_frames(tmp_path / "clip.mp4")
    assert last[:360].max() > 200
