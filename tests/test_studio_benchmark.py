"""The studio's benchmark: it finds motion where it is, and names each goal that is missed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.director.chance import Share
from benchmarks.studio.filming import Filmed
from benchmarks.studio.films import judge_films
from benchmarks.studio.frames import Cost, set_ups
from benchmarks.studio.goals import GOALS
from benchmarks.studio.motion import motion, on_beats, peaks_s
from benchmarks.studio.reference import REFERENCE_MS, as_on_reference
from benchmarks.studio.worlds import WorldCosts, judge_worlds

BEATS_S = tuple(0.5 * beat for beat in range(1, 20))
N_FRAMES = 300


def pulsing(times_s: tuple[float, ...]) -> NDArray[np.uint8]:
    """Return small frames that brighten or darken at some times."""
    jumps = np.zeros(N_FRAMES)
    jumps[[round(30 * time_s) for time_s in times_s]] = 1
    level = 40 + 12 * (np.cumsum(jumps) % 2)
    return np.broadcast_to(level[:, None, None], (N_FRAMES, 9, 16)).astype(np.uint8)


def test_peaks_of_motion_are_found_on_their_frames() -> None:
    """Jumps on beats all count; jumps between them none; chance is told beside."""
    for offset_s, expected in ((0.0, 1.0), (0.2, 0.0)):
        curve = motion(pulsing(tuple(beat_s + offset_s for beat_s in BEATS_S)))
        share = on_beats(peaks_s(curve), BEATS_S, duration_s=10.0)
        assert share.of >= len(BEATS_S) - 1
        assert share.found == pytest.approx(expected, abs=0.1)
        assert share.chance == pytest.approx(0.19)


def test_a_cut_may_be_left_out() -> None:
    """Then it is as if nothing had happened there."""
    frames = pulsing((2.0, 5.0))
    assert peaks_s(motion(frames)).tolist() == [2.0, 5.0]
    assert peaks_s(motion(frames, cuts=(60,))).tolist() == [5.0]
    assert not peaks_s(motion(np.zeros((N_FRAMES, 9, 16), np.uint8))).size


def costs(painted_ms: float, *, reference_ms: float = REFERENCE_MS) -> WorldCosts:
    measured = {set_up: Cost(painted_ms - 3, 3.0, 0.2) for set_up in set_ups("hex_tunnel")}
    return WorldCosts("hex_tunnel", measured, 10.0, reference_ms)


def test_slow_worlds_miss_their_goals_and_slow_machines_do_not() -> None:
    """Times are told as they would be on the machine that the goals are meant for."""
    for measured, met in (
        (costs(9.0), True),
        (costs(21.0), False),
        (costs(21.0, reference_ms=3 * REFERENCE_MS), True),
    ):
        judged = [line.met for line in judge_worlds([measured]) if line.met is not None]
        assert judged == [met, met]
    assert as_on_reference(8.0, reference_now_ms=2 * REFERENCE_MS) == 4.0


def filmed(*, cpu_s: float = 40.0, peak_mib: float = 500.0, near: int = 60) -> Filmed:
    moves = Share(near, 100, by_chance=20.0)
    return Filmed(
        song="song",
        wish=0,
        duration_s=60.0,
        steps_s={"hear": 5.0, "film": cpu_s - 5.0},
        wall_s=30.0,
        peak_mib=peak_mib,
        moves=moves,
        moves_inside=moves,
        shots_s=(0.0,),
        folder=Path("film"),
    )


@pytest.mark.parametrize(
    ("film", "missed"),
    [
        (filmed(), []),
        (filmed(cpu_s=90.0), ["cpu_s"]),
        (filmed(peak_mib=3000.0), ["peak_mib"]),
        (filmed(near=21), ["over_chance"]),
    ],
)
def test_each_goal_of_a_film_can_be_missed(film: Filmed, missed: list[str]) -> None:
    lines = judge_films([film])
    assert [line.name for line in lines if line.met is False] == [GOALS[key].name for key in missed]
    assert judge_films([])[0].met is False
