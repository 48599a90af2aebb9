"""The encoders of footage: each does what final form asks for, or is not used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mvkit.footage import ENCODERS, is_final_form, keyframes_in, read_frames, trouble_with
from mvkit.footage.encoding import X264, Encoder, _usable
from mvkit.schema import FRAME_SIZES_PX
from mvkit.settings import get_settings
from mvkit.video import compose_video
from mvkit.video.timeline import Take, lay_out

from .film_makers import (
    HEIGHT_PX,
    WIDTH_PX,
    make_analysis,
    make_brief,
    make_clips,
    make_plan,
    read_stamp,
    write_clicks,
    write_clip,
    write_clips,
)

SIZE = {"width_px": WIDTH_PX, "height_px": HEIGHT_PX}
Choose = Callable[[str], None]


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Iterator[Choose]:
    """Choose an encoder, as a user does."""

    def chosen(name: str) -> None:
        monkeypatch.setenv("MVKIT_ENCODER", name)
        get_settings.cache_clear()
        _usable.cache_clear()

    yield chosen
    _usable.cache_clear()


@pytest.fixture
def card(choose: Choose, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose an encoder that works, and whose packets fit no other's."""
    other = Encoder("libx264", {**X264.options, "x264-params": "deblock=0,0:cabac=0:8x8dct=1"})
    monkeypatch.setitem(ENCODERS, "nvenc", other)
    choose("nvenc")


@pytest.mark.parametrize("name", [*ENCODERS])
def test_whatever_encoder_is_chosen_footage_is_in_final_form(
    choose: Choose, tmp_path: Path, name: str
) -> None:
    choose(name)
    clip = write_clip(tmp_path / "clip.mp4", 3, 20, handover_frames={7})
    assert is_final_form(clip, n_frames=20, **SIZE)
    assert {0, 7} <= keyframes_in(clip)
    assert [read_stamp(picture) for picture in read_frames(clip)] == [(3, n) for n in range(20)]


def test_x264_works_everywhere() -> None:
    assert trouble_with(X264) == ""


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        (Encoder("h264_of_nobody", {}), "card or driver"),
        (Encoder("libx264", {**X264.options, "x264-params": "8x8dct=0"}), "profile High"),
        (Encoder("libx264", {**X264.options, "bf": "2", "b_strategy": "0"}), "in their order"),
    ],
)
def test_an_encoder_that_does_not_do_as_it_is_told_is_not_used(
    choose: Choose,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    wrong: Encoder,
    trouble: str,
) -> None:
    monkeypatch.setitem(ENCODERS, "nvenc", wrong)
    by_x264 = write_clip(tmp_path / "x264.mp4", 3, 20)
    choose("nvenc")
    with caplog.at_level(logging.WARNING, "mvkit.footage"):
        fallen_back = write_clip(tmp_path / "clip.mp4", 3, 20)
    assert fallen_back.read_bytes() == by_x264.read_bytes()
    [warning] = caplog.messages
    assert trouble in warning
    assert "x264 encodes instead" in warning


def test_what_another_encoder_wrote_has_to_be_fitted(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    before = write_clip(tmp_path / "before.mp4", 3, 20)
    request.getfixturevalue("card")
    after = write_clip(tmp_path / "after.mp4", 3, 20)
    assert [is_final_form(clip, n_frames=20, **SIZE) for clip in (before, after)] == [False, True]


def test_a_film_of_clips_by_two_encoders_is_exact(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As when a run is cut again on another machine, or with another setting."""
    monkeypatch.setitem(FRAME_SIZES_PX, "16:9", (WIDTH_PX, HEIGHT_PX))
    plan = make_plan([0.0, 1.0, 2.0, 3.0], [("cut", 0.0), ("crossfade", 0.4)])
    write_clips(tmp_path, plan)
    request.getfixturevalue("card")
    write_clip(tmp_path / "clips/000.mp4", 0, len(plan.filmed_frames(0)))
    write_clicks(tmp_path / "song.wav", 3.0, [1.0])
    analysis, clips = make_analysis(3.0), make_clips(plan)
    compose_video(tmp_path, brief=make_brief(), analysis=analysis, plan=plan, clips=clips)
    seen = [read_stamp(picture) for picture in read_frames(tmp_path / "video.mp4")]
    takes = [piece for piece in lay_out(plan, n_frames=90) if isinstance(piece, Take)]
    for take in takes:
        assert [seen[n] for n in take.film] == [(take.clip_index, n) for n in take.source]
    assert len(takes) == 3
