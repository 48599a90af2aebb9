"""The stills model films a picture: shots that differ, smooth moves, in time with the music."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mvkit.errors import ProviderFailed
from mvkit.footage import is_final_form, keyframes_in
from mvkit.providers.base import ClipRequest
from mvkit.providers.stills import StillsCamera
from mvkit.schema import Analysis, Artefact, Plan, Prompts
from mvkit.studio import Music, TakeAccent, TakeShot
from mvkit.studio.still import StillTake, film_still
from mvkit.studio.still.framing import SHOT_ZOOMS, ShotPlan, plan_paths
from mvkit.studio.still.moves import FASTEST, MOVES, SLOWEST
from mvkit.studio.still.path import Sheet
from mvkit.studio.still.subject import Place, Subject, find_subject
from mvkit.timing import FPS

WIDTH_PX, HEIGHT_PX = 192, 108
CENTRED = Subject(Place(0.5, 0.5), Place(0.8, 0.3), np.ones((4, 4), np.float32))
QUIET = Music(np.array([90.0, 91.0]), np.array([90.0, 94.0]))

Frames = NDArray[np.float32]
"""Luma planes, shape ``(frames, height, width)``."""


def textured(width_px: int = 384, height_px: int = 216, *, seed: int = 1) -> NDArray[np.uint8]:
    """Return a picture with detail everywhere, of a few pixels' size."""
    noise = np.random.default_rng(seed).random((height_px, width_px, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return np.asarray(cv2.normalize(soft, None, 40, 215, cv2.NORM_MINMAX), np.uint8)


def take(move: str = "static", *, seconds: float = 1.0, **changes: object) -> StillTake:
    """Return a take of one wide shot in quiet music."""
    plain = StillTake(
        picture=textured(),
        shots=(TakeShot(0.0, seconds, size="wide", move=move),),
        music=QUIET,
        start_s=0.0,
        n_frames=round(seconds * FPS),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def filmed(asked: StillTake) -> Frames:
    return np.stack([planes[:HEIGHT_PX].astype(np.float32) for planes in film_still(asked)])


def motions(frames: Frames) -> NDArray[np.float64]:
    """Return from frame to frame how far the content goes right and down, in px, and its growth.

    Least squares on the brightness gradient (Lucas and Kanade, 1981), good below two pixels.
    """
    height, width = frames.shape[1:]
    y, x = np.mgrid[0:height, 0:width] - np.array([height / 2, width / 2])[:, None, None]
    found = []
    for before, after in itertools.pairwise(cv2.GaussianBlur(f, (0, 0), 1.5) for f in frames):
        down, right = np.gradient((before + after) / 2)
        slopes = np.stack([right, down, right * x + down * y])[:, 4:-4, 4:-4].reshape(3, -1)
        change = (before - after)[4:-4, 4:-4].ravel()
        found.append(np.linalg.solve(slopes @ slopes.T, slopes @ change))
    return np.array(found)


@pytest.fixture
def filming(examples: dict[str, Artefact], tmp_path: Path) -> ClipRequest:
    """A clip of a second and a half, with its keyframe."""
    keyframe = tmp_path / "000.keyframe.png"
    Image.fromarray(textured(300, 300)).save(keyframe)
    plan = cast("Plan", examples["plan"])
    return ClipRequest(
        prompt=cast("Prompts", examples["prompts"]).clip_prompts[0],
        script=plan.clip_scripts[0],
        scene=plan.scenes[0],
        characters=plan.characters,
        style=plan.style,
        analysis=cast("Analysis", examples["analysis"]),
        frames=range(45),
        handover_frames=(30,),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        keyframe=keyframe,
    )


def test_a_clip_comes_in_final_form_for_nothing(filming: ClipRequest, tmp_path: Path) -> None:
    """Size, length and hand-overs are as asked, whatever shape the keyframe has."""
    target = tmp_path / "000.mp4"
    delivery = StillsCamera().film(filming, target)
    assert is_final_form(target, n_frames=45, width_px=WIDTH_PX, height_px=HEIGHT_PX)
    assert {0, 30} <= keyframes_in(target)
    assert delivery.cost_usd == 0
    assert StillsCamera.wants_keyframe
    assert StillsCamera.films_final_form


def no_picture(_folder: Path) -> None:
    return None


def broken_picture(folder: Path) -> Path:
    path = folder / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n, and then nothing")
    return path


@pytest.mark.parametrize("keyframe", [no_picture, broken_picture, lambda folder: folder / "gone"])
def test_without_a_picture_it_says_who_paints_one(
    keyframe: Callable[[Path], Path | None], filming: ClipRequest, tmp_path: Path
) -> None:
    """No second attempt helps where there is no picture to film."""
    asked = replace(filming, keyframe=keyframe(tmp_path))
    with pytest.raises(ProviderFailed, match="MVKIT_IMAGE") as failure:
        StillsCamera().film(asked, tmp_path / "000.mp4")
    assert failure.value.reason == "KEYFRAME"
    assert not failure.value.retryable


def test_the_same_take_is_the_same_film() -> None:
    """Every byte follows from the take; another seed goes another way."""
    once, again, other = (filmed(take("track", seconds=0.5, seed=seed)) for seed in (3, 3, 4))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("move", ["pan", "track"])
def test_a_sideways_move_goes_one_way_evenly_and_slowly(move: str) -> None:
    """Measured on the frames: no step back, no jerk, the speed of a hand."""
    frames = filmed(take(move))
    steps = motions(frames)[:, 0]
    steps *= np.sign(steps.sum())
    per_second = steps * FPS / WIDTH_PX
    assert (steps > 0).all()
    assert SLOWEST * 0.5 < per_second.mean() < FASTEST * 1.4
    assert np.abs(np.diff(steps)).max() < 0.35 * steps.mean()


def test_moves_go_where_their_words_say() -> None:
    """Content grows when the camera pushes in, shrinks when it pulls out, sinks under a crane."""
    names = ("push in", "pull out", "static", "crane")
    ways = {name: motions(filmed(take(name))).sum(axis=0) for name in names}
    assert ways["push in"][2] > 0.03
    assert ways["pull out"][2] < -0.03
    assert np.abs(ways["static"]).max() < 1.0
    assert ways["crane"][1] > 2.0


def test_what_is_near_passes_faster_on_a_track() -> None:
    """The lower part of a picture is nearer, so a camera on rails sees it move more."""
    frames = filmed(take("track"))
    third = HEIGHT_PX // 3
    far, near = (motions(part)[:, 0].sum() for part in (frames[:, :third], frames[:, -third:]))
    assert abs(near) > abs(far) + 0.7
    assert near * far > 0


def test_the_picture_throbs_on_downbeats_alone_in_a_calm_song() -> None:
    """The frames that come closest are those of the downbeats."""
    energy = np.full(9, 0.5, np.float32)
    music = Music(np.arange(0, 8, 0.5), np.array([0.5, 2.5, 4.5]), {"energy": energy}, rate_hz=1.0)
    growths = motions(filmed(take(seconds=3.0, music=music)))[:, 2]
    closer = np.flatnonzero(growths > 0.003) + 1
    arrivals = [frame for frame in closer if frame + 1 not in closer]
    assert arrivals == [15, 75]


@pytest.mark.parametrize("grey", [70, 170])
def test_light_never_flashes(grey: int) -> None:
    """Even in a fast and furious song the frame's luminance changes by less than a tenth."""
    picture = np.full((90, 160, 3), grey, np.uint8)
    music = Music.steady(tempo_bpm=200, energy=1.0)
    frames = filmed(take(seconds=1.5, picture=picture, music=music))
    luminance = ((frames.mean(axis=(1, 2)) - 16) / 219) ** 2.4
    third = FPS // 3
    changes = [np.ptp(luminance[k : k + third]) for k in range(luminance.size - third)]
    assert max(changes) < 0.1


def test_rain_falls_before_a_picture_of_rain() -> None:
    """The air is that of the scene, and it moves though the picture stands."""
    clear, wet = (filmed(take(seconds=0.2, weather=weather)) for weather in ("clear", "rain"))
    falling = wet - clear
    assert falling.max() > 15
    assert np.abs(falling[0] - falling[-1]).max() > 15


def plans(*shots: tuple[str, str]) -> list[ShotPlan]:
    return [
        ShotPlan(size, "eye level", move, index % 3 != 2, index + np.arange(60) / FPS, 1.0)
        for index, (size, move) in enumerate(shots)
    ]


@pytest.mark.parametrize("size", SHOT_ZOOMS)
def test_neighbouring_shots_are_never_framed_alike(size: str) -> None:
    """Shots of one size would else be the same picture again and again."""
    sheet = Sheet(1280, 720, 16 / 9)
    shots = plans(*((size, move) for move in MOVES for _ in range(3)))
    paths = plan_paths(shots, sheet=sheet, subject=CENTRED, seed=5)
    for before, after in itertools.pairwise(paths):
        assert after.likeness(0, before, -1, aspect=sheet.aspect) <= 0.6


@pytest.mark.parametrize("shape_px", [(1280, 720), (1024, 1024), (2000, 500)])
@pytest.mark.parametrize("aspect", [16 / 9, 9 / 16])
def test_the_camera_never_leaves_the_picture(shape_px: tuple[int, int], aspect: float) -> None:
    """Whatever moves over whatever shape of picture into whatever shape of film."""
    sheet = Sheet(*shape_px, aspect)
    corner = replace(CENTRED, place=Place(0.05, 0.97))
    shots = plans(*itertools.product(SHOT_ZOOMS, MOVES))
    for path in plan_paths(shots, sheet=sheet, subject=corner, seed=2):
        assert (np.abs(path.x) + path.half_width(aspect) <= sheet.width / 2 + 1e-6).all()
        assert (np.abs(path.y) + path.half_height(aspect) <= sheet.height / 2 + 1e-6).all()


def test_sizes_decide_how_much_is_seen() -> None:
    """From wide to close the camera comes closer, by about what an editor expects."""
    sheet = Sheet(1280, 720, 16 / 9)
    asked = plans(("wide", "static"), ("close", "static"))
    wide, close = plan_paths(asked, sheet=sheet, subject=CENTRED, seed=1)
    assert 1.0 <= wide.zoom[0] < 1.2
    assert 1.5 < close.zoom[0] / wide.zoom[0] < 2.0


@pytest.mark.parametrize("x", [0.3, 0.7])
def test_the_subject_is_what_differs_from_the_rest(x: float) -> None:
    """A figure of another colour is found where it stands."""
    picture = textured(320, 180) // 3 + np.array([20, 60, 110], np.uint8)
    cv2.ellipse(picture, (round(x * 320), 100), (14, 50), 0, 0, 360, (210, 60, 50), -1)
    found = find_subject(picture).place
    assert found.x == pytest.approx(x, abs=0.06)
    assert found.y == pytest.approx(100 / 180, abs=0.12)


def with_accent(kind: str) -> StillTake:
    """Return a take of a second with an accent after half of it."""
    shot = TakeShot(0.0, 1.0, size="wide", move="static", accents=(TakeAccent(0.5, kind),))
    return take(shots=(shot,))


@pytest.mark.parametrize("kind", ["punch", "flash", "shake"])
def test_a_picture_answers_an_accent_on_its_frame(kind: str) -> None:
    """The step into that frame is far greater than those half a second before."""
    frames = filmed(with_accent(kind))
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
    assert steps[14] > 2 * steps[:14].max()
    assert np.array_equal(frames[:15], filmed(take())[:15])


def test_a_punch_comes_closer_at_once_and_eases_back() -> None:
    """By a few percent; what eases back never goes on the wrong side."""
    growths = motions(filmed(with_accent("punch")))[:, 2]
    assert 0.015 < growths[14] < 0.06
    assert (growths[15:21] < 0).all()


def test_an_accent_s_flash_is_as_gentle_on_a_picture_as_a_downbeat_s() -> None:
    """A still picture is one bright area: the frame changes by less than a tenth of white."""
    grey = np.full((90, 160, 3), 170, np.uint8)
    levels = (filmed(replace(with_accent("flash"), picture=grey)).mean(axis=(1, 2)) - 16) / 219
    assert levels[15] == levels.max() > levels[14] + 0.01
    assert np.ptp(levels**2.4) < 0.1
