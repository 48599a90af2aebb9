"""The film in a real browser: whoever jumps to a time sees the frame of that time."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from fastapi import FastAPI
from playwright.sync_api import Page

from mvkit.schema import FRAME_SIZES_PX
from mvkit.video import compose_video

from .api_makers import add_job, api, serving
from .browser import a_desktop, a_shared_chromium
from .film_makers import (
    HEIGHT_PX,
    STAMP_Y_PX,
    WIDTH_PX,
    make_analysis,
    make_brief,
    make_clips,
    make_plan,
    read_stamp,
    write_clicks,
    write_clips,
)

__all__ = ["a_desktop", "a_shared_chromium", "api"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EDGES_S = [0.0, 2.0, 4.5, 6.0, 8.0, 10.0]
JOINS = [("cut", 0.0), ("crossfade", 0.4), ("fade", 0.4), ("cut", 0.0)]
SHOTS_S = {1: [3.0], 3: [6.7]}
PROBES = {
    **{0: (0, 0), 1: (0, 1)},
    **{59: (0, 59), 60: (1, 0), 61: (1, 1)},  # a cut between clips
    **{89: (1, 29), 90: (1, 30), 91: (1, 31)},  # a cut inside one
    **{128: (1, 68), 141: (2, 12)},  # on either side of a crossfade of twelve frames
    **{173: (2, 44), 186: (3, 12)},  # and of a fade
    **{200: (3, 26), 201: (3, 27), 239: (3, 65), 240: (4, 0)},
    **{298: (4, 58), 299: (4, 59)},  # the last
}
"""By frame of the film, the clip that is seen and which of its frames."""
OPEN = """async address => {
    const film = document.createElement("video")
    film.id = "film"
    film.muted = true
    film.src = address
    document.body.replaceChildren(film)
    await new Promise((done, failed) => { film.onloadeddata = done; film.onerror = failed })
    const type = 'video/mp4; codecs="avc1.640028, mp4a.40.2"'
    return [film.canPlayType(type), film.duration, film.videoWidth, film.videoHeight]
}"""
LOOK = """async ([time_s, y]) => {
    const film = document.getElementById("film")
    const sought = new Promise(done => film.onseeked = done)
    film.currentTime = time_s
    await sought
    // It says so up to a moment before the frame is on screen.
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
    const canvas = new OffscreenCanvas(film.videoWidth, film.videoHeight)
    const brush = canvas.getContext("2d")
    brush.drawImage(film, 0, 0)
    const row = brush.getImageData(0, y, film.videoWidth, 1).data
    return Array.from({ length: film.videoWidth }, (_, x) => row[4 * x])
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished film of five clips, small, with every kind of change in it."""
    folder = tmp_path_factory.mktemp("run")
    plan = make_plan(EDGES_S, JOINS, shots_s=SHOTS_S)
    write_clips(folder, plan)
    write_clicks(folder / "song.wav", EDGES_S[-1], [0.5, 5.0])
    parts = {"analysis": make_analysis(EDGES_S[-1]), "plan": plan, "clips": make_clips(plan)}
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))
        compose_video(folder, brief=make_brief(), **parts)  # type: ignore[arg-type]
    return folder / "video.mp4"


def seen_at(page: Page, frame: int) -> tuple[int, int]:
    """Jump into the middle of a frame's time, and read what is on screen then."""
    grey = page.evaluate(LOOK, [(frame + 0.5) / 30, STAMP_Y_PX + 8])
    luma = 16 + 219 / 255 * np.array(grey)
    return read_stamp(np.tile(luma, (HEIGHT_PX, 1)))


def test_whoever_jumps_to_a_time_sees_its_frame(
    tmp_path: Path, film: Path, api: FastAPI, desktop: Page
) -> None:
    """Forwards and backwards, at cuts and beside them: all of them, exactly."""
    run = add_job(tmp_path, files={"video.mp4": film.read_bytes()})
    with serving(api) as url:
        desktop.goto(f"{url}/jobs/{run.job_id}")
        playable, *facts = desktop.evaluate(OPEN, f"{url}/jobs/{run.job_id}/files/video.mp4")
        assert playable == "probably"
        assert facts == [10.0, WIDTH_PX, HEIGHT_PX]
        order = Random(0).sample(sorted(PROBES), len(PROBES))
        assert {frame: seen_at(desktop, frame) for frame in order} == PROBES
