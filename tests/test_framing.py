"""Foreign clips of another shape: the window finds the subject and stays; padded, all is seen."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mvkit.footage import Picture, fit, read_frames
from mvkit.footage.framing import small_size, subject_place
from mvkit.schema import Framing

from .film_makers import write_strange

WIDE_PX, TALL_PX = (320, 180), (108, 192)
SUBJECT_PX = 44
N_FRAMES = 40


def scene(left_px: int, frame: int, *, size_px: tuple[int, int] = WIDE_PX) -> Picture:
    """Paint soft dim ground, and on it a bright textured square that bobs up and down."""
    width_px, height_px = size_px
    ground = np.random.default_rng(1).normal(70, 25, (height_px // 20 + 1, width_px // 20 + 1))
    picture = np.full((height_px * 3 // 2, width_px), 128, np.uint8)
    picture[:height_px] = cv2.resize(ground, size_px, interpolation=cv2.INTER_CUBIC).clip(20, 120)
    tiles = np.random.default_rng(2).integers(150, 236, (11, 11)).repeat(4, 0).repeat(4, 1)
    top_px = round(height_px / 2 - SUBJECT_PX / 2 + 12 * np.sin(frame / 6))
    picture[top_px : top_px + SUBJECT_PX, left_px : left_px + SUBJECT_PX] = tiles
    return picture


def fitted(
    folder: Path, pictures: list[Picture], framing: Framing, *, size_px: tuple[int, int] = TALL_PX
) -> list[Picture]:
    source = write_strange(folder / "source.mp4", pictures)
    width_px, height_px = size_px
    fit(
        source,
        folder / "clip.mp4",
        n_frames=len(pictures),
        width_px=width_px,
        height_px=height_px,
        framing=framing,
    )
    return [picture.copy() for picture in read_frames(folder / "clip.mp4")]


def bright_columns(picture: Picture) -> np.ndarray:
    """Return the columns in which the subject is seen."""
    luma = picture[: picture.shape[0] * 2 // 3]
    return np.flatnonzero((luma > 140).sum(axis=0) > 10)


@pytest.mark.parametrize("left_px", [10, 70, 200, 268])
def test_the_window_finds_a_subject_at_the_side_and_stays(tmp_path: Path, left_px: int) -> None:
    """All of it is seen, in the middle where the picture is long enough, and nothing jumps."""
    shown = fitted(tmp_path, [scene(left_px, n) for n in range(N_FRAMES)], "subject")
    seen = [bright_columns(picture) for picture in shown]
    scale = TALL_PX[1] / WIDE_PX[1]
    assert all(len(columns) >= SUBJECT_PX * scale - 3 for columns in seen)
    assert np.ptp([columns[0] for columns in seen]) <= 1
    middle_px = (seen[0][0] + seen[0][-1]) / 2
    wanted_px = (left_px + SUBJECT_PX / 2) * scale
    reach_px = WIDE_PX[0] * scale - TALL_PX[0] / 2
    if TALL_PX[0] / 2 < wanted_px < reach_px:
        assert middle_px == pytest.approx(TALL_PX[0] / 2, abs=20)


def test_centred_the_same_subject_is_lost(tmp_path: Path) -> None:
    shown = fitted(tmp_path, [scene(268, n) for n in range(4)], "centre")
    assert not any(len(bright_columns(picture)) for picture in shown)


def test_a_subject_is_found_above_and_below_in_a_wider_film(tmp_path: Path) -> None:
    tall = [np.vstack([scene(30, n)[:180].T, np.full((160, 180), 128, np.uint8)]) for n in range(9)]
    shown = fitted(tmp_path, tall, "subject", size_px=(256, 144))
    assert all(len(bright_columns(picture)) > 0 for picture in shown)


def test_what_moves_counts_more_than_what_stands() -> None:
    """Two squares alike, one of them bobbing."""
    width_px, height_px = small_size(16 / 9, 9 / 16)
    pictures = []
    for frame in range(6):
        picture = np.full((height_px, width_px), 60, np.uint8)
        picture[20:28, 8:16] = 200
        top_px = 20 + frame % 2 * 6
        picture[top_px : top_px + 8, width_px - 16 : width_px - 8] = 200
        pictures.append(picture)
    assert subject_place(pictures, film_shape=9 / 16) > 0.8


def test_pictures_without_a_subject_are_shown_from_their_middle() -> None:
    width_px, height_px = small_size(16 / 9, 9 / 16)
    grey = np.full((height_px, width_px), 90, np.uint8)
    assert subject_place([grey, grey], film_shape=9 / 16) == pytest.approx(0.5, abs=0.02)


def test_padded_the_whole_picture_is_seen_before_a_darker_ground(tmp_path: Path) -> None:
    """White borders tell where the picture ends: all four are there, and nothing is squeezed."""
    bordered = scene(140, 0)
    luma = bordered[: WIDE_PX[1]]
    luma[:8], luma[-8:], luma[:, :8], luma[:, -8:] = 235, 235, 235, 235
    (picture,) = fitted(tmp_path, [bordered], "pad")
    luma = picture[: TALL_PX[1]]
    rows = np.flatnonzero((luma > 200).mean(axis=1) > 0.9)
    height_px = TALL_PX[0] * WIDE_PX[1] / WIDE_PX[0]
    assert rows[-1] - rows[0] + 1 == pytest.approx(height_px, abs=3)
    assert (rows[0] + rows[-1]) / 2 == pytest.approx((TALL_PX[1] - 1) / 2, abs=1.5)
    assert (luma[rows[0] : rows[-1], 0] > 190).all()
    assert (luma[rows[0] : rows[-1], -1] > 190).all()
    ground = luma[: rows[0] - 2]
    assert 16 < ground.mean() < 0.6 * luma[rows[0] : rows[-1]].mean()
    assert np.abs(np.diff(ground.astype(int), axis=1)).max() <= 6  # blurred


@pytest.mark.parametrize("framing", ["subject", "pad"])
def test_clips_of_the_films_shape_stay_as_they_are(tmp_path: Path, framing: Framing) -> None:
    """To the byte, and nobody looks for a subject."""
    pictures = [scene(268, n) for n in range(6)]
    source = write_strange(tmp_path / "source.mp4", pictures)
    made = []
    for how in ("centre", framing):
        target = tmp_path / f"{how}.mp4"
        fit(source, target, n_frames=6, width_px=256, height_px=144, framing=how)
        made.append(target.read_bytes())
    assert made[0] == made[1]
