"""Flashes are counted as the rules for photosensitive viewers count them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.errors import MediaFailed
from mvkit.footage import FootageWriter, read_frames, read_light
from mvkit.video.flashes import most_flashes

DARK, BRIGHT = 60, 200


def light(levels: list[int], *, parts: int = 144) -> NDArray[np.uint8]:
    """Return the light of a film whose first parts have these levels, the others none."""
    film = np.full((len(levels), 144), DARK, np.uint8)
    film[:, :parts] = np.array(levels, np.uint8)[:, None]
    return film.reshape(-1, 9, 16)


def flashing(n_flashes: int, *, every: int, low: int = DARK, high: int = BRIGHT) -> list[int]:
    return [low] * 20 + ([high] * 2 + [low] * (every - 2)) * n_flashes + [low] * 60


@pytest.mark.parametrize("n_flashes", [1, 2, 3, 4])
def test_each_pair_of_opposite_changes_is_a_flash(n_flashes: int) -> None:
    worst = most_flashes(light(flashing(n_flashes, every=6)))
    assert (worst.n_flashes, worst.start_frame) == (n_flashes, 20)


def test_only_flashes_of_one_second_count_together() -> None:
    assert most_flashes(light(flashing(10, every=30))).n_flashes == 1
    assert most_flashes(light(flashing(10, every=10))).n_flashes == 3
    assert most_flashes(light(flashing(10, every=9))).n_flashes == 4


def test_the_second_that_flashes_most_is_found() -> None:
    levels = flashing(1, every=6) + flashing(3, every=6) + flashing(2, every=6)
    worst = most_flashes(light(levels))
    assert (worst.n_flashes, worst.start_frame) == (3, 106)


def test_a_quarter_of_the_picture_has_to_flash() -> None:
    levels = flashing(4, every=6)
    assert most_flashes(light(levels, parts=35)).n_flashes == 0
    assert most_flashes(light(levels, parts=36)).n_flashes == 4


def test_small_changes_and_changes_between_bright_pictures_are_none() -> None:
    """A tenth of white in linear light; nothing counts where the darker one is above 0.8."""
    assert most_flashes(light(flashing(4, every=6, low=16, high=90))).n_flashes == 0
    assert most_flashes(light(flashing(4, every=6, low=16, high=105))).n_flashes == 4
    assert most_flashes(light(flashing(4, every=6, low=217, high=235))).n_flashes == 0


def test_a_slow_change_of_light_is_no_flash() -> None:
    up = [*range(20, 230)]
    assert most_flashes(light(up + up[::-1])).n_flashes <= 1
    assert most_flashes(light([DARK] * 30)).n_flashes == 0


def test_footage_tells_how_light_its_pictures_are(tmp_path: Path) -> None:
    """To a step of what is decoded from it, part by part, at any size."""
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, width_px=320, height_px=180) as footage:
        for n in range(12):
            picture = np.full((90 * 3 // 2, 160), 128, np.uint8)
            picture[:90] = np.linspace(30, 200, 160)[None, :] - n
            footage.write(picture)
    told = read_light(path)
    assert told.shape == (12, 9, 16)
    for n, decoded in enumerate(read_frames(path)):
        parts = decoded[:180].reshape(9, 20, 16, 20).mean(axis=(1, 3))
        assert np.abs(parts - told[n]).max() < 2.5


def test_a_file_that_does_not_tell_its_light_says_so(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with FootageWriter(path, width_px=160, height_px=90) as footage:
        footage.write(np.full((135, 160), 128, np.uint8))
    path.write_bytes(path.read_bytes().split(b"uuid")[0][:-4])
    assert len([*read_frames(path)]) == 1
    with pytest.raises(MediaFailed, match=r"clip\.mp4 does not tell how light it is"):
        read_light(path)
