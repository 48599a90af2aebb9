"""Times are rounded in one place, once, and never drift."""

from __future__ import annotations

import pytest

from mvkit import timing


@pytest.mark.parametrize(
    ("time_s", "frame"),
    [(0.0, 0), (0.5, 15), (1 / 60, 1), (0.016, 0), (99.95, 2999), (600.0, 18000)],
)
def test_a_time_belongs_to_its_nearest_frame(time_s: float, frame: int) -> None:
    assert timing.frame_at(time_s) == frame


def test_halves_always_round_upward() -> None:
    """Python's own rounding would send every second half frame down."""
    assert [timing.frame_at((n + 0.5) / 30) for n in range(6)] == [1, 2, 3, 4, 5, 6]


def test_frames_and_seconds_agree_for_ten_minutes() -> None:
    assert all(timing.frame_at(timing.seconds_at(n)) == n for n in range(18001))


def test_a_film_has_at_least_one_frame() -> None:
    assert timing.n_frames_of(0.001) == 1
    assert timing.n_frames_of(185.3) == 5559


def test_nearest_takes_the_earlier_of_two_equals() -> None:
    assert timing.nearest(1.5, [1.0, 2.0]) == 1.0
    assert timing.nearest(9.0, [1.0, 2.0]) == 2.0
    assert timing.nearest(-1.0, [1.0, 2.0]) == 1.0


def test_nearest_refuses_an_empty_grid() -> None:
    with pytest.raises(ValueError, match="empty grid"):
        timing.nearest(1.0, [])
