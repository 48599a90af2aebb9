"""The whole story in a real browser: from the door to the film on disk, large and small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mvkit.analysis.intake import check_song
from mvkit.footage import n_frames_in
from mvkit.timing import FPS

from .browser import (  # noqa: F401 - fixtures among them
    a_chromium,
    a_window,
    fill_in,
    keep_picture,
    log_in,
    overhear,
    page_server,
    register,
    wait_until_drawn,
)
from .song_makers import clicks, encoded, times_of

SONG_S = 6.0
WORDS = "She lifts one hand into the light and stands quite still."
WORK_MS = 180_000
"""How long a small film may take on a machine that does other things, too."""


@pytest.mark.browser
@pytest.mark.slow
def test_a_song_becomes_a_film_in_the_browser(tmp_path: Path, window: Page) -> None:
    song = tmp_path / "02_Six-Seconds.mp3"
    song.write_bytes(encoded(clicks(times_of(120.0, SONG_S), SONG_S), "mp3"))
    with page_server(tmp_path, with_worker=True, video="studio:144", niceness="0") as server:
        heard = overhear(window, server)
        register(window, server, "ada")
        window.get_by_role("button", name="Log out", exact=True).click()
        expect(window.get_by_role("button", name="Log in")).to_be_visible()
        log_in(window, server, "ada", path="/create")

        drop(window, song)
        expect(window.get_by_role("button", name="Plan first")).to_be_disabled()
        window.get_by_role("button", name="City in the rain").click()
        expect(window.get_by_text("free", exact=True).first).to_be_visible()
        keep_picture(window, "story-1-create")
        window.get_by_role("button", name="Plan first").click()

        window.wait_for_url(re.compile("/watch"))
        window.get_by_role("button", name="See the storyboard").click(timeout=WORK_MS)
        change_the_second_clip(window)
        keep_picture(window, "story-2-storyboard")
        window.get_by_role("button", name="Approve and make the film").click()

        window.wait_for_url(re.compile("/watch"))
        clip = window.locator(".st-key-clips video").first
        expect(clip).to_be_visible(timeout=WORK_MS)
        keep_picture(window, "story-3-filming")
        expect(window.get_by_role("link", name="Download MP4")).to_be_visible(timeout=WORK_MS)
        play_to_the_end(window)
        keep_picture(window, "story-4-film")
        with window.expect_download() as download:
            window.get_by_role("link", name="Download MP4").click()
        download.value.save_as(tmp_path / "film.mp4")
        assert n_frames_in(tmp_path / "film.mp4") == round(check_song(song).duration_s * FPS)

        window.goto(server.url + "/library")
        expect(window.get_by_text("Six Seconds").first).to_be_visible()
        keep_picture(window, "story-5-films")
        window.goto(server.url + "/account")
        window.get_by_role("button", name="Log out", exact=True).click()
        expect(window.get_by_role("button", name="Log in")).to_be_visible()
        assert heard.foreign == []
        assert heard.complaints == []


def drop(page: Page, song: Path) -> None:
    """Drop a song, and wait until it has been heard."""
    place = page.locator("input[type=file]").first
    place.wait_for(state="attached")
    wait_until_drawn(page)
    place.set_input_files(song)
    expect(page.get_by_text("120 bpm")).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_label("Title")).to_have_value("Six Seconds")


def change_the_second_clip(page: Page) -> None:
    """Write down something else for a clip, and see it on its card."""
    page.get_by_role("button", name="Edit").nth(1).click()
    fill_in({page.get_by_role("textbox", name="What is seen"): WORDS})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(WORDS).first).to_be_visible()
    expect(page.get_by_text("edited", exact=True).first).to_be_visible()


def play_to_the_end(page: Page) -> None:
    """Seek close to the film's end, and play what is left."""
    length_s = page.locator("video.mv-film").evaluate(
        """async film => {
            film.muted = true
            if (film.readyState < 1) await new Promise(done => film.onloadedmetadata = done)
            film.currentTime = film.duration - 1.5
            await new Promise(done => film.onseeked = done)
            const ended = new Promise(done => film.onended = done)
            await film.play()
            await ended
            return film.duration
        }"""
    )
    assert length_s == pytest.approx(SONG_S, abs=0.1)
