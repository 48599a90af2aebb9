"""The offline studio: every world under every move, the figure, the light, the music."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numba
import numpy as np
import pytest

from mvkit.errors import InvalidInput
from mvkit.providers.base import ClipRequest
from mvkit.providers.takes import paint_sketch, shots_of
from mvkit.schema import Accent, Analysis, Artefact, Grade, Plan, Prompts
from mvkit.studio import (
    WORLDS,
    FigureSheet,
    Music,
    Take,
    TakeAccent,
    TakeShot,
    Tone,
    paint_frames,
    paint_picture,
)
from mvkit.studio.accents import Answer, answer_at
from mvkit.studio.camera import ANGLES, MOVES, SHOT_SIZES, Camera, frame_subject, move
from mvkit.studio.colour import hex_to_linear, tinted_palette
from mvkit.studio.figure import POSES, Actor
from mvkit.studio.figure.pose import STEP_M, pose
from mvkit.studio.figure.silhouette import paint_cones
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.light import Darkroom, Look, to_rgb, to_yuv420
from mvkit.studio.worlds import Setting

WIDTH, HEIGHT = 256, 144
MUSIC = Music.steady(tempo_bpm=120, duration_s=30, energy=0.8)
SHEET = FigureSheet(umbrella=True)
WARM = ("#ff8a2e", "#ffdf5a", "#ff4a2e")
COLD = ("#2e6bff", "#5affe4", "#8a4aff")


def take(world: str, *shots: TakeShot, **changes: object) -> Take:
    fixed = {
        "world": world,
        "palette": (),
        "shots": shots or (TakeShot(0, 4, "wide", "eye level", "push in", "walk"),),
        "music": MUSIC,
        "start_s": 0.0,
        "n_frames": 1,
        "sheet": SHEET,
        "width_px": WIDTH,
        "height_px": HEIGHT,
        "seed": 3,
    }
    return Take(**{**fixed, **changes})


def luma(frame: np.ndarray) -> np.ndarray:
    return frame[: frame.shape[0] * 2 // 3].astype(float)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(luma(a) - luma(b)).mean())


def mean_colour(frame: np.ndarray) -> np.ndarray:
    """Mean U and V of a frame, which tell its tint."""
    chroma = frame[frame.shape[0] * 2 // 3 :].reshape(2, -1)
    return chroma.astype(float).mean(axis=1)


# --- worlds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera_move", MOVES)
@pytest.mark.parametrize("world", WORLDS)
def test_every_world_is_a_picture_under_every_move(world: str, camera_move: str) -> None:
    """Frames have the right form, light without NaN, and are neither black nor burnt out."""
    shot = TakeShot(0, 4, "medium wide", "eye level", camera_move, "dance")
    for start_s in (0.1, 3.8):
        (frame,) = paint_frames(take(world, shot, start_s=start_s))
        assert frame.shape == (HEIGHT * 3 // 2, WIDTH)
        assert frame.dtype == np.uint8
        y = luma(frame)
        assert 22 < y.mean() < 190
        assert y.std() > 8
        assert (y > 232).mean() < 0.25
        assert y.min() >= 16
        assert y.max() <= 235


@pytest.mark.parametrize("world", WORLDS)
def test_light_is_finite_and_every_pixel_painted(world: str) -> None:
    """A canvas full of NaN comes back full of finite, non-negative light, from any viewpoint."""
    place = WORLDS[world](WIDTH, HEIGHT, Setting(seed=5))
    canvas = new_canvas(WIDTH, HEIGHT)
    actor = Actor(SHEET, "stand", z_m=4.0)
    for yaw in (0.0, 0.8, 2.0, 3.1, -1.5):
        for horizon in (-0.4, 0.5, 1.6):
            canvas[:] = np.nan
            camera = Camera(yaw_rad=yaw, horizon=horizon, roll_rad=0.03)
            place.render(canvas, t_s=2.0, pulse=MUSIC.at(2.0), camera=camera, actor=actor)
            assert np.isfinite(canvas).all()
            assert canvas.min() >= -1e-3


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_take_gives_the_same_bytes_and_any_frame_alone(world: str) -> None:
    """Frame 20 painted in its take equals frame 20 painted by itself."""
    whole = list(paint_frames(take(world, n_frames=21)))
    alone = next(iter(paint_frames(take(world, start_s=20 / 30))))
    assert np.array_equal(whole[20], alone)


def test_takes_painted_in_threads_do_not_disturb_each_other() -> None:
    """Takes of all worlds at the same time give the bytes they give one after the other."""
    takes = [take(world, n_frames=6) for world in WORLDS] * 2
    alone = [b"".join(frame.tobytes() for frame in paint_frames(one)) for one in takes]
    with ThreadPoolExecutor(3) as pool:
        together = list(
            pool.map(lambda one: b"".join(f.tobytes() for f in paint_frames(one)), takes)
        )
    assert together == alone


@pytest.mark.parametrize("world", WORLDS)
def test_a_palette_tints_the_picture_and_keeps_its_light(world: str) -> None:
    """A warm and a cold palette differ in tint, hardly in brightness."""
    shot = TakeShot(0, 4, "wide", "eye level", "static", "walk", has_figure=False)
    (warm,) = paint_frames(take(world, shot, palette=WARM))
    (cold,) = paint_frames(take(world, shot, palette=COLD))
    warm_u, warm_v = mean_colour(warm)
    cold_u, cold_v = mean_colour(cold)
    assert (warm_v - warm_u) - (cold_v - cold_u) > 6
    assert 0.6 < luma(warm).mean() / luma(cold).mean() < 1.67


def test_water_stays_water_in_a_palette_of_fire() -> None:
    """Nobody shall take the bottom of the sea for a desert."""
    shot = TakeShot(0.0, 8.0, "extreme wide", "eye level", "static", "walk", has_figure=False)
    (fire,) = paint_frames(take("underwater", shot, palette=WARM, time_of_day="day"))
    (sand,) = paint_frames(take("desert_road", shot, palette=WARM, time_of_day="day"))
    (water_u, water_v), (sand_u, sand_v) = mean_colour(fire), mean_colour(sand)
    assert water_u - water_v > sand_u - sand_v + 6


@pytest.mark.parametrize("world", WORLDS)
def test_a_cut_lands_on_its_frame(world: str) -> None:
    """The picture jumps on frame round(start x 30) and moves smoothly around it."""
    cut_s = 1.2345
    shots = (
        TakeShot(0, cut_s, "wide", "eye level", "push in", "dance"),
        TakeShot(cut_s, 4, "medium close", "eye level", "handheld", "sing"),
    )
    cut_frame = round(cut_s * 30)
    frames = list(paint_frames(take(world, *shots, start_s=1.0, n_frames=14)))
    steps = [difference(a, b) for a, b in pairwise(frames)]
    at_cut = steps.pop(cut_frame - 30 - 1)
    assert at_cut > 3 * max(steps)
    assert at_cut > 6


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_reacts_to_the_beat(world: str) -> None:
    """Everything else equal, the frame on a beat differs from that between two beats."""
    place = WORLDS[world](WIDTH, HEIGHT, Setting(seed=3))
    canvas = new_canvas(WIDTH, HEIGHT)
    mark = place.mark(pulse=MUSIC.at(2.0), action="stand", variation=0.0)
    camera = place.confine(
        frame_subject(
            size="wide",
            angle="eye level",
            x_m=mark.x_m,
            z_m=mark.z_m,
            ground_m=mark.ground_m,
            yaw_rad=mark.camera_yaw_rad,
        )
    )
    calm = MUSIC.at(2.49)._replace(beat=np.float32(0), onset=np.float32(0), bass=np.float32(0.1))
    loud = calm._replace(beat=np.float32(1), onset=np.float32(1), bass=np.float32(0.9))
    pictures = []
    for pulse in (calm, loud):
        place.render(canvas, t_s=2.0, pulse=pulse, camera=camera, actor=None)
        pictures.append(canvas.copy())
    change = np.abs(pictures[1] - pictures[0]).mean() / pictures[0].mean()
    assert change > 0.04


@pytest.mark.parametrize("world", WORLDS)
def test_motion_is_smooth(world: str) -> None:
    """Two neighbouring frames of a shot are closer than two a second apart."""
    frames = list(paint_frames(take(world, start_s=0.6, n_frames=31)))
    near = np.mean([difference(a, b) for a, b in pairwise(frames[:6])])
    assert near < 0.7 * difference(frames[0], frames[30])


@pytest.mark.parametrize("world", WORLDS)
def test_a_second_clip_goes_on_where_the_first_ended(world: str) -> None:
    """Frame 15 of one clip and frame 0 of a clip starting 15 frames later are the same."""
    shot = TakeShot(0, 3, "wide", "eye level", "track", "walk")
    first = list(paint_frames(take(world, shot, n_frames=16)))
    (second,) = paint_frames(take(world, shot, start_s=0.5))
    assert np.array_equal(first[15], second)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("size", [(144, 256), (144, 144), (250, 142)])
def test_any_shape_of_frame_works(world: str, size: tuple[int, int]) -> None:
    """Upright, square and odd-sized frames are painted at their own shape."""
    width, height = size
    (frame,) = paint_frames(take(world, width_px=width, height_px=height))
    assert frame.shape == (height * 3 // 2, width)
    assert luma(frame).std() > 6


@pytest.mark.parametrize("world", WORLDS)
def test_times_of_day_and_weather_change_the_picture(world: str) -> None:
    """Each time of day and weather that a world offers looks different; other words are its own."""
    kind = WORLDS[world]
    (usual,) = paint_frames(take(world))
    for option, words in (("time_of_day", tuple(kind.dresses)), ("weather", kind.weathers)):
        for word in words[1:]:
            (other,) = paint_frames(take(world, **{option: word}))
            assert difference(usual, other) > 0.7, f"{option} {word} looks like {words[0]}"
    (unknown,) = paint_frames(take(world, weather="plague"))
    assert np.array_equal(unknown, usual)


def test_an_unknown_world_is_refused_with_the_known_ones() -> None:
    """The message lists what there is."""
    with pytest.raises(InvalidInput, match="neon_city"):
        next(iter(paint_frames(take("atlantis"))))


def test_a_take_without_shots_or_with_odd_size_is_refused() -> None:
    """Both are told before anything is painted."""
    with pytest.raises(InvalidInput, match="no shots"):
        replace(take("neon_city"), shots=())
    with pytest.raises(InvalidInput, match="even"):
        replace(take("neon_city"), width_px=255)


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", [*WORLDS, None])
def test_reference_pictures_show_place_and_person(world: str | None) -> None:
    """A still has the asked size, and the person makes a difference to it."""
    size = {"width_px": 192, "height_px": 192}
    person = paint_picture(world=world, sheet=SHEET, **size)
    assert person.shape == (192, 192, 3)
    assert person.std() > 8
    other = paint_picture(world=world, sheet=FigureSheet.from_seed(8, accent="#20ff80"), **size)
    assert np.abs(person.astype(float) - other).mean() > 0.3


# --- camera --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SHOT_SIZES)
@pytest.mark.parametrize("angle", ANGLES)
def test_a_shot_size_frames_the_person(size: str, angle: str) -> None:
    """The head is inside the frame at every size; the feet are in wide shots, not in close ones."""
    camera = frame_subject(size=size, angle=angle, x_m=1.0, z_m=7.0, yaw_rad=0.4, third=0.2)
    projection = camera.projection(WIDTH, HEIGHT)
    x_px, head_px, _ = projection.to_px(1.0, 1.6, 7.0)
    _, feet_px, _ = projection.to_px(1.0, 0.0, 7.0)
    assert 0.03 * HEIGHT < head_px < 0.6 * HEIGHT
    assert WIDTH / 2 < x_px < 0.8 * WIDTH
    assert (feet_px < HEIGHT) == (size in ("extreme wide", "wide"))


@pytest.mark.parametrize("name", sorted(set(MOVES) - {"static"}))
def test_every_move_moves_and_keeps_the_person_in_frame(name: str) -> None:
    """From start to end the camera changes, gently, around a person who stays visible."""
    start = frame_subject(size="medium", angle="eye level", x_m=0.0, z_m=6.0)
    path = [
        move(name, start, progress=p, t_s=4 * p, pulse=MUSIC.at(4 * p))
        for p in np.linspace(0, 1, 120)
    ]
    assert path[0] != path[-1]
    for camera in path:
        x_px, y_px, depth_m = camera.projection(WIDTH, HEIGHT).to_px(0.0, 1.3, 6.0)
        assert depth_m > 0.4
        assert -0.1 * WIDTH < x_px < 1.1 * WIDTH
        assert -0.1 * HEIGHT < y_px < 1.1 * HEIGHT
    jumps = [abs(b.x_m - a.x_m) + abs(b.z_m - a.z_m) for a, b in pairwise(path)]
    assert max(jumps) < 0.05


def test_a_camera_turned_by_its_yaw_sees_what_its_projection_says() -> None:
    """The inverse of the projection is the kernels' ray: a point projects to where its ray is."""
    camera = Camera(x_m=1.0, y_m=1.7, z_m=-2.0, yaw_rad=0.5, horizon=0.4, lens=0.8, roll_rad=0.1)
    x_px, y_px, depth_m = camera.projection(WIDTH, HEIGHT).to_px(3.0, 2.5, 4.0)
    view = camera.view()
    u = (x_px - WIDTH / 2) / HEIGHT
    v = camera.horizon - y_px / HEIGHT
    across = (u * view.cos_roll - v * view.sin_roll) * view.lens
    up = (u * view.sin_roll + v * view.cos_roll) * view.lens
    seen = (
        camera.x_m + (across * view.cos_yaw + view.sin_yaw) * depth_m,
        camera.y_m + up * depth_m,
        camera.z_m + (view.cos_yaw - across * view.sin_yaw) * depth_m,
    )
    assert seen == pytest.approx((3.0, 2.5, 4.0), abs=1e-3)


# --- figure --------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", POSES)
def test_feet_stay_on_the_ground(action: str) -> None:
    """At any moment one foot touches the ground and none sinks into it."""
    for beats in np.arange(0, 8, 0.05):
        joints = pose(action, beats=float(beats), energy=1.0)
        soles = [min(foot.heel[1], foot.ball[1], foot.toe[1]) for foot in joints.feet]
        assert min(soles) > -0.012
        assert min(soles) < 0.03


@pytest.mark.parametrize("action", POSES)
def test_limbs_keep_their_length(action: str) -> None:
    """Bones neither stretch nor shrink while the person moves."""
    for beats in np.arange(0, 8, 0.11):
        joints = pose(action, beats=float(beats), energy=1.0)
        for hip, knee, foot in zip(joints.hips, joints.knees, joints.feet, strict=True):
            assert np.linalg.norm(knee - hip) == pytest.approx(0.425, abs=0.01)
            assert np.linalg.norm(foot.ankle - knee) == pytest.approx(0.415, abs=0.03)
        for a, b in zip(joints.shoulders, joints.elbows, strict=True):
            assert np.linalg.norm(b - a) == pytest.approx(0.275, abs=0.01)


def test_a_walking_foot_does_not_slide() -> None:
    """While a foot is flat on the ground it stands still in the world."""
    places = []
    for beats in np.arange(0.3, 0.7, 0.05):
        joints = pose("walk", beats=float(beats))
        flat = [f for f in joints.feet if max(f.heel[1], f.ball[1]) < 0.01]
        assert flat
        places.append(flat[0].ball[2] + STEP_M * beats)
    assert np.ptp(places) < 0.02


@pytest.mark.parametrize("action", POSES)
def test_poses_move_smoothly(action: str) -> None:
    """No joint jumps between two neighbouring frames, also where a dance figure changes."""
    last = None
    for beats in np.arange(0, 17, 1 / 15):
        joints = pose(action, beats=float(beats), energy=1.0)
        points = np.array([*joints.wrists, *joints.elbows, *joints.knees, joints.head])
        if last is not None:
            assert np.abs(points - last).max() < 0.2
        last = points


def test_a_sheet_from_a_seed_is_stable_and_seeds_differ() -> None:
    """Same seed, same person; a handful of seeds gives a handful of people."""
    assert FigureSheet.from_seed(4) == FigureSheet.from_seed(4)
    people = {FigureSheet.from_seed(seed) for seed in range(12)}
    assert len(people) > 8


# --- music, colour, light ------------------------------------------------------------------------


def test_the_pulse_follows_the_beats_of_a_song_that_breathes() -> None:
    """Beat 1 on each beat, phases between, bars from the downbeats."""
    beats = np.cumsum([0.5, 0.52, 0.48, 0.6, 0.5, 0.55, 0.45, 0.5])
    music = Music(beats, beats[[0, 4]])
    for index, t_s in enumerate(beats):
        pulse = music.at(float(t_s) + 1e-6)
        assert pulse.beat == pytest.approx(1, abs=1e-3)
        assert pulse.beat_count == pytest.approx(index, abs=1e-3)
    assert music.at(float(beats[3] + 0.25)).beat_phase == pytest.approx(0.5, abs=1e-3)
    assert music.at(float(beats[4]) + 1e-6).bar_phase == pytest.approx(0, abs=1e-3)
    assert music.at(-1.0).beat_count < 0
    assert music.at(99.0).beat_count > 7


@pytest.mark.parametrize("beats", [[], [0.7], [1.0, 1.0]])
def test_music_without_a_beat_still_has_a_finite_pulse(beats: list[float]) -> None:
    """A song without beats gets a steady grid instead of a crash."""
    pulse = Music(np.array(beats), np.array([])).at(3.3)
    assert all(np.isfinite(number) for number in pulse)


def test_flashes_are_rare_and_only_in_intense_parts() -> None:
    """At 200 BPM with a downbeat every beat there are three flashes a second at most."""
    beats = np.arange(0, 20, 60 / 200)
    energy = np.repeat([0.5, 1.0], 10)
    music = Music(beats, beats, {"energy": energy.astype(np.float32)}, rate_hz=1.0)
    flash = np.array([music.at(t).flash for t in np.arange(0, 20, 1 / 30)])
    rises = np.flatnonzero(np.diff(flash) > 0.2) / 30
    assert flash[: 9 * 30].max() == 0
    assert rises.size > 10
    assert all(((rises >= t) & (rises < t + 1)).sum() <= 3 for t in rises)


@pytest.mark.parametrize("world", WORLDS)
def test_a_flash_is_gentle(world: str) -> None:
    """A full flash brightens the frame by less than a third."""
    place = WORLDS[world](WIDTH, HEIGHT, Setting())
    canvas = new_canvas(WIDTH, HEIGHT)
    darkroom = Darkroom(WIDTH, HEIGHT)
    pulse = MUSIC.at(2.0)._replace(flash=np.float32(0))
    place.render(canvas, t_s=2.0, pulse=pulse, camera=Camera(), actor=None)
    dark = to_rgb(darkroom.develop(canvas, place.look, pulse=pulse, frame=0)).mean()
    lit = pulse._replace(flash=np.float32(1))
    bright = to_rgb(darkroom.develop(canvas, place.look, pulse=lit, frame=0)).mean()
    assert dark < bright < 1.33 * dark


def test_a_palette_keeps_each_roles_lightness() -> None:
    """Roles take the plan's hues but stay near their own luminance, whatever the plan brings."""
    defaults = ["#05060f", "#33194f", "#ff2d95", "#18d6ff", "#ffb46b"]
    luminance = np.array([0.2126, 0.7152, 0.0722])
    for plan in (WARM, COLD, ("#000000", "#ffffff", "#808080"), ("#00ff00",)):
        tinted = tinted_palette(defaults, plan)
        for default, colour in zip(defaults, tinted, strict=True):
            own = hex_to_linear(default) @ luminance
            assert np.array(colour) @ luminance == pytest.approx(own, rel=0.75, abs=0.02)
    assert tinted_palette(defaults, ()) == tinted_palette(defaults, [])


def test_yuv_planes_agree_with_the_standard() -> None:
    """White, black and the primaries land on the values of BT.709 limited range."""
    expected = {
        (255, 255, 255): (235, 128, 128),
        (0, 0, 0): (16, 128, 128),
        (255, 0, 0): (63, 102, 240),
        (0, 255, 0): (173, 42, 26),
        (0, 0, 255): (32, 240, 118),
    }
    for (r, g, b), (y, u, v) in expected.items():
        packed = np.full((4, 6), b | g << 8 | r << 16, np.int32)
        planes = to_yuv420(packed)
        assert planes.shape == (6, 6)
        chroma = planes[4:].reshape(2, -1)
        assert abs(int(planes[0, 0]) - y) <= 1
        assert abs(int(chroma[0, 0]) - u) <= 1
        assert abs(int(chroma[1, 0]) - v) <= 1


def test_development_is_smooth_in_the_darks() -> None:
    """A dark gradient has no bands: neighbouring columns never jump by more than two steps."""
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = np.linspace(0.0, 0.06, WIDTH, dtype=np.float32)
    look = Look(grain=0.01, vignette=0.0, bloom=0.0, halation=0.0)
    picture = to_rgb(Darkroom(WIDTH, HEIGHT).develop(canvas, look, pulse=MUSIC.at(0.3), frame=1))
    columns = picture.astype(float).mean(axis=(0, 2))
    assert np.abs(np.diff(columns)).max() < 2.0
    assert columns[-1] > columns[0] + 20


# --- accents -------------------------------------------------------------------------------------

CALM = Music(np.array([0.0, 0.5]), np.array([0.0]), {"energy": np.zeros(2, np.float32)})
OFF_BEAT_S = 0.4
ACCENT_FRAME = 12


def struck(kind: str = "", *, until_s: float = 3.0, music: Music = CALM, **changes: object) -> Take:
    """Return a take of a second and a half with an accent in a shot that stands still."""
    accents = (TakeAccent(OFF_BEAT_S, kind, 1.0, until_s),) if kind else ()
    shot = TakeShot(0, 3, "wide", "eye level", "static", "stand", accents=accents)
    size = {"width_px": 128, "height_px": 72}
    return take("desert_road", shot, n_frames=30, music=music, **size, **changes)


@pytest.mark.parametrize("kind", ["punch", "flash", "shake"])
def test_an_accent_is_seen_on_its_frame_and_dies_away(kind: str) -> None:
    """Before it nothing differs; it is strongest at once, and over within half a second."""
    plain, answered = (list(paint_frames(struck(k))) for k in ("", kind))
    changes = [difference(a, b) for a, b in zip(plain, answered, strict=True)]
    assert not any(changes[:ACCENT_FRAME])
    assert changes[ACCENT_FRAME] == max(changes) > 2
    assert not any(changes[ACCENT_FRAME + 15 :])
    steps = [difference(a, b) for a, b in pairwise(answered)]
    elsewhere = steps[: ACCENT_FRAME - 1] + steps[ACCENT_FRAME + 15 :]
    assert steps[ACCENT_FRAME - 1] > 3 * max(elsewhere)


def test_a_flash_only_ever_brightens() -> None:
    """By a good deal on its frame, and never below what the picture would have been."""
    plain, lit = (
        np.array([luma(frame).mean() - 16 for frame in paint_frames(struck(kind))])
        for kind in ("", "flash")
    )
    gains = lit / plain
    assert 1.1 < gains[ACCENT_FRAME] < 1.4
    assert gains.min() > 0.999
    assert gains[ACCENT_FRAME + 5] < 1 + 0.4 * (gains[ACCENT_FRAME] - 1)


@pytest.mark.parametrize("kind", ["punch", "flash", "shake"])
def test_an_accent_is_gone_when_its_shot_ends(kind: str) -> None:
    """So the next clip can go on in the shot without knowing of it; any frame stands alone."""
    cut_off = list(paint_frames(struck(kind, until_s=OFF_BEAT_S + 0.1)))
    plain = list(paint_frames(struck("")))
    assert not np.array_equal(cut_off[ACCENT_FRAME + 1], plain[ACCENT_FRAME + 1])
    assert np.array_equal(cut_off[ACCENT_FRAME + 3], plain[ACCENT_FRAME + 3])
    alone = replace(struck(kind), start_s=(ACCENT_FRAME + 4) / 30, n_frames=1)
    whole = list(paint_frames(struck(kind)))
    assert np.array_equal(next(iter(paint_frames(alone))), whole[ACCENT_FRAME + 4])


def test_a_stronger_accent_goes_further() -> None:
    """Between bounds, whatever strength is asked for."""
    for kind in ("punch", "flash", "shake"):
        weak, strong, absurd = (
            answer_at([TakeAccent(1.0, kind, strength)], frame=30, music=MUSIC)
            for strength in (0.0, 1.0, 9.0)
        )
        assert Answer() != weak != strong == absurd
    punch = answer_at([TakeAccent(1.0, "punch", 1.0)], frame=30, music=MUSIC)
    assert 1.02 <= punch.closer <= 1.05


def test_however_many_flashes_are_planned_few_are_lit() -> None:
    """Three in a second at most, also where two takes that know nothing of each other meet."""
    fast = Music.steady(tempo_bpm=240, duration_s=9, energy=1.0)
    lit_s: list[float] = []
    for start_s in (0.0, 1.95, 3.9):
        times_s = start_s + np.arange(0, 1.95, 1 / 15)
        accents = tuple(TakeAccent(float(t), "flash") for t in times_s)
        shots = (TakeShot(start_s, start_s + 1.95, accents=accents),)
        one = take("ocean_moon", *shots, music=fast)
        lit_s += [round(a.time_s * 30) / 30 for shot in one.shots for a in shot.accents]
    assert len(lit_s) > 9
    assert all(sum(t <= other < t + 1 for other in lit_s) <= 3 for t in lit_s)


def test_the_director_s_flashes_replace_those_of_the_song() -> None:
    """On the downbeat before an accent's flash the light is as on any other frame."""
    loud = Music(np.arange(0, 3, 0.3), np.array([0.3, 1.5]), {"energy": np.ones(2, np.float32)})
    own, planned = (list(paint_frames(struck(k, music=loud))) for k in ("", "flash"))
    assert luma(own[9]).mean() > 1.05 * luma(planned[9]).mean()


# --- grades --------------------------------------------------------------------------------------


def toned(world: str, **tone: float) -> np.ndarray:
    shot = TakeShot(0, 4, "wide", "eye level", "static", "walk")
    (frame,) = paint_frames(take(world, shot, palette=COLD, tone=Tone(**tone)))
    return frame


def colourfulness(frame: np.ndarray) -> float:
    """How far the pixels of a frame are from grey, in steps of chroma."""
    chroma = frame[frame.shape[0] * 2 // 3 :].reshape(2, -1).astype(float) - 128
    return float(np.hypot(*chroma).mean())


@pytest.mark.parametrize("world", WORLDS)
def test_a_grade_is_seen_and_the_place_is_known_again(world: str) -> None:
    """Lightness, saturation and warmth do what they are called, and leave the picture's forms."""
    plain = toned(world)
    dark, light = toned(world, lightness=0.8), toned(world, lightness=1.2)
    levels = [luma(frame).mean() - 16 for frame in (dark, plain, light)]
    assert levels[0] < 0.9 * levels[1] < 0.81 * levels[2] * 1.05
    pale, vivid = toned(world, saturation=0.7), toned(world, saturation=1.3)
    assert colourfulness(pale) < 0.85 * colourfulness(plain)
    assert colourfulness(vivid) > 1.12 * colourfulness(plain)
    cool, warm = toned(world, warmth=-0.8), toned(world, warmth=0.8)
    assert np.diff(mean_colour(warm))[0] > np.diff(mean_colour(cool))[0] + 4
    for graded in (dark, light, pale, vivid, cool, warm):
        assert np.corrcoef(luma(graded).ravel(), luma(plain).ravel())[0, 1] > 0.95


def test_another_leading_colour_leads() -> None:
    """The same colours in another order light the same place otherwise."""
    shot = TakeShot(0, 4, "wide", "eye level", "static", "walk", has_figure=False)
    tints = [
        mean_colour(next(iter(paint_frames(take("ocean_moon", shot, palette=palette)))))
        for palette in (WARM + COLD, COLD + WARM)
    ]
    assert np.abs(tints[0] - tints[1]).max() > 4


def test_a_plan_s_grade_and_accents_reach_the_picture(examples: dict[str, Artefact]) -> None:
    """Through the provider: the sketch of a darker part is darker, its shots have the accents."""
    plan, analysis, prompts = (examples[name] for name in ("plan", "analysis", "prompts"))
    assert isinstance(plan, Plan)
    assert isinstance(analysis, Analysis)
    assert isinstance(prompts, Prompts)
    script = plan.clip_scripts[1]
    beat = Accent(time=script.start + 0.5, kind="punch", strength=0.5)
    first = script.shots[0].model_copy(update={"accents": (beat,)})
    request = ClipRequest(
        prompt=prompts.clip_prompts[1],
        script=script.model_copy(update={"shots": (first, *script.shots[1:])}),
        scene=plan.scenes[0].model_copy(update={"time_of_day": "dusk"}),
        characters=plan.characters,
        style=plan.style,
        analysis=analysis,
        frames=plan.filmed_frames(1),
        handover_frames=(),
        width_px=WIDTH,
        height_px=HEIGHT,
        after_s=2.0,
    )
    (accent,) = shots_of(request)[0].accents
    assert (accent.time_s, accent.kind, accent.until_s) == (beat.time, "punch", first.end)
    dim = request.script.model_copy(update={"grade": Grade(lightness=0.7)})
    pictures = [paint_sketch(replace(request, script=s), height_px=90) for s in (script, dim)]
    assert pictures[1].mean() < 0.85 * pictures[0].mean()


# --- speed ---------------------------------------------------------------------------------------


@pytest.mark.skipif(
    "avx2" not in str(numba.core.codegen.get_host_cpu_features()).replace("+", ""),
    reason="the processor has no wide vectors",
)
def test_the_figure_kernel_is_vectorised() -> None:
    """The loop over a row became vector instructions: packed single precision, 256 bits or more."""
    fresh = numba.njit(fastmath=True, error_model="numpy", nogil=True)(paint_cones.py_func)
    actor_types = paint_cones.signatures or None
    if not actor_types:
        list(paint_frames(take("neon_city")))
        actor_types = paint_cones.signatures
    fresh.compile(actor_types[0])
    (assembly,) = fresh.inspect_asm().values()
    packed = re.findall(r"v(?:mul|add|fma\w*|fmadd\w*)ps\s.*[yz]mm", assembly)
    assert len(packed) > 60
