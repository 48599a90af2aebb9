"""The person of the offline studio: actions, dances, looks, close-ups."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import pi

import numpy as np
import pytest

from mvkit.studio import FigureSheet, Music
from mvkit.studio.camera import Camera, frame_subject
from mvkit.studio.figure import (
    DANCES,
    DETAILS,
    POSES,
    Actor,
    FigureLight,
    FigurePainter,
    dance_style,
)
from mvkit.studio.figure.cones import project_cones
from mvkit.studio.figure.hand import GRIPS
from mvkit.studio.figure.model import Material, Model
from mvkit.studio.figure.pose import GAITS_M, LOWERED_M, Skeleton, pose
from mvkit.studio.figure.pose.playing import HAT_M, SNARE_M, STOOL_M
from mvkit.studio.figure.rig import Part, rig
from mvkit.studio.figure.screen import View
from mvkit.studio.figure.sheet import BEARDS, GLASSES, HAIR_STYLES, HATS, OUTFITS, SHAPES
from mvkit.studio.kit.canvas import new_canvas

WIDTH, HEIGHT = 160, 120
MUSIC = Music.steady(tempo_bpm=120, duration_s=60, energy=0.7)
LIGHT = FigureLight()


def painted(
    actor: Actor, *, size: str = "medium", t_s: float = 3.1, camera: Camera | None = None
) -> np.ndarray:
    """Return a canvas that was NaN outside and is now the person on grey."""
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = 0.2
    start = camera or frame_subject(
        size=size, angle="eye level", x_m=0, z_m=4, lowered_m=actor.lowered_m
    )
    projection = start.projection(WIDTH, HEIGHT)
    FigurePainter().draw(canvas, actor, projection, LIGHT, pulse=MUSIC.at(t_s))
    return canvas


# --- actions -------------------------------------------------------------------------------------


def test_a_running_foot_hardly_slides() -> None:
    """While the sole of a runner is flat it goes back as fast as the runner ahead."""
    places = []
    for beats in np.arange(0.1, 0.3, 0.05):
        joints = pose("run", beats=float(beats))
        foot = min(joints.feet, key=lambda one: one.ball[1] + one.heel[1])
        places.append(foot.ball[2] + GAITS_M["run"] * beats)
    assert np.ptp(places) < 0.02


def test_turning_goes_once_around_in_four_beats() -> None:
    """After four beats the person faces the same way again, after two the other."""

    def facing(beats: float) -> float:
        return pose("turn", beats=beats).pelvis_turn

    assert facing(6.0) - facing(2.0) == pytest.approx(2 * pi, abs=1e-6)
    assert facing(4.0) - facing(2.0) == pytest.approx(pi, abs=1e-6)
    steps = [facing(b + 0.1) - facing(b) for b in np.arange(0, 4, 0.1)]
    assert min(steps) > 0


@pytest.mark.parametrize("seat_m", [0.0, 0.35, 0.45, 0.6])
def test_who_sits_is_on_the_seat_with_the_feet_on_the_ground(seat_m: float) -> None:
    """Hips a hand above the seat, soles on the ground, limbs unstretched."""
    joints = pose("sit", beats=2.3, seat_m=seat_m)
    assert joints.pelvis[1] == pytest.approx(seat_m + 0.115)
    for hip, knee, foot in zip(joints.hips, joints.knees, joints.feet, strict=True):
        assert abs(foot.heel[1]) < 0.01
        assert abs(foot.ball[1]) < 0.05
        assert np.linalg.norm(knee - hip) == pytest.approx(0.425, abs=0.01)
        assert np.linalg.norm(foot.ankle - knee) == pytest.approx(0.415, abs=0.03)
        assert knee[1] > 0.2


@pytest.mark.parametrize("action", sorted(LOWERED_M))
def test_a_seated_head_is_as_low_as_told(action: str) -> None:
    """`LOWERED_M` tells cameras where the head is."""
    lowered = pose("stand", beats=1.0).head[1] - pose(action, beats=1.0).head[1]
    assert lowered == pytest.approx(LOWERED_M[action], abs=0.08)


def test_a_seat_brings_the_head_up_again() -> None:
    """The taller the seat, the less a camera goes down."""
    low, high = (Actor(FigureSheet(), "sit", seat_m=seat).lowered_m for seat in (0.0, 0.45))
    assert low - high == pytest.approx(0.45)


def test_drumsticks_strike_on_the_beat() -> None:
    """The right stick is down on each half beat, the left one on beats two and four."""

    def tips(beats: float) -> tuple[np.ndarray, np.ndarray]:
        left, right = pose("play drums", beats=beats, energy=0.8).tips
        assert left is not None
        assert right is not None
        return left, right

    for half in (2.0, 2.5, 3.0, 3.5):
        assert tips(half)[1][1] == pytest.approx(HAT_M[1] + 0.025, abs=0.01)
        assert tips(half + 0.25)[1][1] > HAT_M[1] + 0.05
    for back in (1.0, 3.0, 5.0):
        assert tips(back)[0][1] == pytest.approx(SNARE_M[1] + 0.02, abs=0.01)
        assert tips(back + 1.0)[0][1] > SNARE_M[1] + 0.10
    assert pose("play drums", beats=0.0).pelvis[1] > STOOL_M


def test_a_guitarists_left_hand_stays_on_the_neck() -> None:
    """The neck's axis runs through the left hand at any time, the strumming hand is at the body."""
    for beats in np.arange(0, 16, 0.3):
        frames = rig(pose("play guitar", beats=float(beats), energy=0.9))
        origin, _, neck, _ = frames[Part.GUITAR]
        hand = frames[Part.HAND, 0] + 0.075 * frames[Part.HAND, 2] - origin
        off = hand - neck * (hand @ neck)
        assert np.linalg.norm(off) < 0.04
        assert 0.25 < hand @ neck < 0.62
        strumming = frames[Part.HAND + 1, 0] + 0.08 * frames[Part.HAND + 1, 2] - origin
        assert np.linalg.norm(strumming) < 0.26


@pytest.mark.parametrize("action", POSES)
def test_every_hand_has_a_shape_and_turns_smoothly(action: str) -> None:
    """Shapes of hands are known, and palms do not flip between two frames."""
    last = None
    for beats in np.arange(0.02, 9, 1 / 15):
        joints = pose(action, beats=float(beats), energy=0.9)
        assert set(joints.grips) <= set(GRIPS)
        palms = rig(joints)[[Part.HAND, Part.HAND + 1], 3]
        if last is not None:
            assert (palms * last).sum(1).min() > 0.45
        last = palms


@pytest.mark.parametrize("action", POSES)
def test_parts_keep_right_angles(action: str) -> None:
    """Bones, hands and head have axes at right angles: nothing is sheared."""
    frames = rig(pose(action, beats=3.3, energy=0.8))
    for part in [*range(Part.PELVIS, Part.HAIR), Part.GUITAR]:
        _, right, along, ahead = frames[part]
        for a, b in ((right, along), (along, ahead), (ahead, right)):
            assert abs(a @ b) < 1e-6 * max(np.linalg.norm(a) * np.linalg.norm(b), 1)


# --- dances --------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", DANCES)
@pytest.mark.parametrize("energy", [0.2, 1.0])
def test_a_dance_is_smooth_and_keeps_its_bones(style: str, energy: float) -> None:
    """No joint jumps, no bone stretches, no foot sinks into the ground."""
    last = None
    for beats in np.arange(0, 17, 1 / 15):
        joints = pose("dance", beats=float(beats), energy=energy, dance=style)
        points = np.array([*joints.wrists, *joints.elbows, *joints.knees, joints.head])
        for hip, knee, foot in zip(joints.hips, joints.knees, joints.feet, strict=True):
            assert np.linalg.norm(knee - hip) == pytest.approx(0.425, abs=0.01)
            assert np.linalg.norm(foot.ankle - knee) == pytest.approx(0.415, abs=0.03)
            assert min(foot.heel[1], foot.ball[1], foot.toe[1]) > -0.012
        if last is not None:
            assert np.abs(points - last).max() < 0.24
        last = points


@pytest.mark.parametrize("style", DANCES)
def test_a_dance_repeats_with_the_beat_not_with_the_clock(style: str) -> None:
    """The lowest or highest point of the hips comes back every beat or every few beats."""
    hips = [
        pose("dance", beats=b, energy=0.8, dance=style).pelvis[1] for b in np.arange(8, 12, 0.125)
    ]
    assert np.ptp(hips) > 0.008
    again = [
        pose("dance", beats=b, energy=0.8, dance=style).pelvis[1] for b in np.arange(16, 20, 0.125)
    ]
    assert np.allclose(hips, again, atol=1e-6)


def test_dances_differ() -> None:
    """At the same beat two styles have their hands elsewhere."""
    hands = [
        np.array(
            [pose("dance", beats=b, energy=0.7, dance=style).wrists for b in (1.2, 2.7, 5.4, 9.1)]
        )
        for style in DANCES
    ]
    for a in range(len(hands)):
        for b in range(a):
            assert np.abs(hands[a] - hands[b]).max() > 0.15


def test_calm_songs_sway_and_drops_jump() -> None:
    """The dance follows the energy, and the seed decides among those that suit."""
    calm = {dance_style(0.2, seed) for seed in range(12)}
    drop = {dance_style(0.95, seed) for seed in range(12)}
    assert calm <= {"sway", "flow"}
    assert "jump" in drop
    assert not calm & drop
    assert {dance_style(e, s) for e in np.linspace(0, 1, 21) for s in range(6)} == set(DANCES)


def test_an_unknown_dance_is_the_first() -> None:
    """Words that are no dance do not stop a film."""
    a, b = (pose("dance", beats=2.2, dance=word).wrists for word in ("gavotte", "step"))
    assert np.array_equal(a, b)


# --- faces ---------------------------------------------------------------------------------------


def test_lids_blink_now_and_then_and_eyes_look_around() -> None:
    """Eyes are open most of the time, close fully at times, and do not stare."""
    faces = [pose("stand", beats=float(b)).face for b in np.arange(0, 120, 0.05)]
    blinks = np.array([face.blink for face in faces])
    assert 0.03 < (blinks > 0.5).mean() < 0.2
    assert blinks.max() > 0.95
    gaze = np.array([face.gaze_right for face in faces])
    assert np.ptp(gaze) > 0.2
    assert np.abs(gaze).max() < 0.4


def test_a_singer_forms_syllables() -> None:
    """The mouth opens and closes, rounds and widens, without jumps."""
    mouth = np.array(
        [pose("sing", beats=float(b), energy=0.8).face[:2] for b in np.arange(0, 32, 1 / 15)]
    )
    assert np.ptp(mouth[:, 0]) > 0.5
    assert mouth[:, 1].min() < -0.3
    assert mouth[:, 1].max() > 0.5
    assert np.abs(np.diff(mouth, axis=0)).max() < 0.75


# --- looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("hair_style", HAIR_STYLES),
        ("outfit", OUTFITS),
        ("hat", HATS),
        ("glasses", GLASSES),
        ("shape", SHAPES),
    ],
)
def test_every_word_of_a_sheet_looks_different(field: str, words: tuple[str, ...]) -> None:
    """Each choice paints, and no two paint the same."""
    actor = Actor(FigureSheet(hair_style="short", build=0.5), "stand", facing_rad=pi - 0.4)
    pictures = [
        painted(replace(actor, sheet=replace(actor.sheet, **{field: word}))) for word in words
    ]
    for picture in pictures:
        assert np.isfinite(picture).all()
        assert picture.min() >= 0
    for a in range(len(pictures)):
        for b in range(a):
            assert np.abs(pictures[a] - pictures[b]).max() > 0.02


def test_beards_are_men_s_and_the_accent_stays() -> None:
    """Invented people keep the accent that they were given; only men wear beards."""
    people = [FigureSheet.from_seed(seed, accent="#20ff80") for seed in range(60)]
    assert {one.accent for one in people} == {"#20ff80"}
    assert all(one.is_man for one in people if one.beard != "none")
    assert {one.beard for one in people} == set(BEARDS)
    assert {one.is_man for one in people} == {True, False}
    assert len({one.hat for one in people}) == len(HATS)


def test_an_old_sheet_has_no_new_things() -> None:
    """A sheet made of the first fields wears neither hat nor glasses."""
    sheet = FigureSheet("long", "coat", "#17100f", "#e0ac88", "#1b1e2b", "#ff4d6d", 1.72, 0.2, True)
    assert (sheet.hat, sheet.glasses, sheet.beard) == ("none", "none", "none")
    assert not sheet.is_man
    assert FigureSheet(build=0.9).is_man
    assert not FigureSheet(build=0.9, shape="woman").is_man


@pytest.mark.parametrize("action", POSES)
@pytest.mark.parametrize("turn", [0.0, 1.6, 3.1])
def test_every_action_paints_from_every_side(action: str, turn: float) -> None:
    """Finite light everywhere, and somebody in the middle of the frame."""
    actor = Actor(FigureSheet(), action, facing_rad=pi - turn)
    picture = painted(actor, size="wide")
    assert np.isfinite(picture).all()
    changed = np.abs(picture - 0.2).max(axis=0) > 0.01
    assert 0.01 < changed.mean() < 0.6
    assert changed[:, WIDTH // 3 : 2 * WIDTH // 3].sum() > 0.35 * changed.sum()


# --- close-ups -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DETAILS)
@pytest.mark.parametrize("action", ["stand", "walk", "sing", "dance", "play drums", "sit"])
def test_a_detail_is_where_it_is_drawn(name: str, action: str) -> None:
    """An extreme close-up (0.3 m high) at the place of a detail shows the person in its middle."""
    actor = Actor(FigureSheet(), action, x_m=2.0, ground_m=0.4, z_m=7.0, facing_rad=pi - 0.3)
    x_m, y_m, z_m = actor.detail_m(name, MUSIC.at(3.1))
    back_m, frame_m = 1.0, 0.3
    camera = Camera(x_m=x_m, y_m=y_m, z_m=z_m - back_m, lens=frame_m / back_m, focus_m=back_m)
    picture = painted(actor, camera=camera)
    assert np.isfinite(picture).all()
    middle = picture[:, HEIGHT // 3 : 2 * HEIGHT // 3, WIDTH // 3 : 2 * WIDTH // 3]
    assert (np.abs(middle - 0.2).max(axis=0) > 0.01).mean() > 0.3


def test_eyes_are_drawn_only_on_the_side_of_the_face() -> None:
    """From behind, a change of the colour of the eyes changes nothing; from the front it does."""
    for facing, expected in ((pi, True), (0.0, False)):
        pictures = [
            painted(Actor(FigureSheet(eyes=eyes), "stand", facing_rad=facing), size="close")
            for eyes in ("#ff0000", "#0000ff")
        ]
        assert bool((pictures[0] != pictures[1]).any()) == expected


def test_a_coming_person_does_not_pop() -> None:
    """More detail comes in without a jump when somebody walks towards the camera."""
    pictures = []
    for z_m in np.arange(1.2, 5.0, 0.02):
        camera = Camera(y_m=1.2, z_m=4.0 - z_m, lens=0.7, focus_m=z_m)
        pictures.append(painted(Actor(FigureSheet(), "stand"), camera=camera))
    steps = np.array([np.abs(a - b).mean() for a, b in pairwise(pictures)])
    for index in range(3, len(steps) - 3):
        assert steps[index] < 2.5 * np.median(steps[index - 3 : index + 4])


# --- from model to screen ------------------------------------------------------------------------


@pytest.mark.parametrize("facing_rad", [pi, 0.7])
def test_solids_lie_where_a_camera_sees_their_ends(facing_rad: float) -> None:
    """The projected ends are those of `Projection.to_px`, in a rolled camera, too."""
    actor = Actor(FigureSheet(), "dance", 0.3, 0.1, 4.2, facing_rad)
    camera = replace(frame_subject(size="wide", angle="high", x_m=0, z_m=4), roll_rad=0.2)
    projection = camera.projection(WIDTH, HEIGHT)
    joints = actor.joints(MUSIC.at(3.1))
    frames = rig(joints)
    model = Model(level=0)
    model.add(Part.HEAD, (0.05, 0.1, 0.02), (0, -0.1, 0), 0.03, 0.02, Material(0.5, 0.5, 0.5))
    place_m = (actor.x_m, actor.ground_m, actor.z_m)
    screen = project_cones(model.table(1.0), frames, View.of(projection, place_m, actor.facing_rad))
    for end, local in enumerate(((0.05, 0.1, 0.02), (0, -0.1, 0))):
        place = frames[Part.HEAD, 0] + np.array(local) @ frames[Part.HEAD, 1:]
        x_px, y_px, _ = projection.to_px(*actor.world_m(place))
        assert screen[0, 3 * end : 3 * end + 2] == pytest.approx((x_px, y_px), abs=1e-2)


def test_a_reflection_takes_the_pose_that_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing somebody and their reflection poses them once."""
    posed = []

    def counted(joints: Skeleton, *, skirt_m: float) -> np.ndarray:
        posed.append(joints)
        return rig(joints, skirt_m=skirt_m)

    monkeypatch.setattr("mvkit.studio.figure.actor.rig", counted)
    canvas = np.full_like(new_canvas(WIDTH, HEIGHT), 0.2)
    projection = frame_subject(size="wide", angle="low", x_m=0, z_m=4).projection(WIDTH, HEIGHT)
    painter, pulse = FigurePainter(), MUSIC.at(3.1)
    for mirror in (False, True):
        painter.draw(canvas, Actor(FigureSheet()), projection, LIGHT, pulse=pulse, mirror=mirror)
    assert len(posed) == 1


@pytest.mark.parametrize("action", ["stand", "cheer"])
def test_a_shirt_is_smooth_from_arm_to_arm(action: str) -> None:
    """In soft light a plain shirt has no hard edge: solids melt into each other."""
    canvas = np.full_like(new_canvas(240, 240), 0.02)
    camera = frame_subject(size="close", angle="eye level", x_m=0, z_m=4)
    projection = camera.projection(240, 240)
    actor, pulse = Actor(FigureSheet(outfit="tee", shape="man"), action), MUSIC.at(3.1)
    FigurePainter().draw(canvas, actor, projection, LIGHT, pulse=pulse)
    breast = actor.joints(pulse).chest + np.array([0, -0.06, 0])
    x_px, y_px, _ = projection.to_px(*actor.world_m(breast))
    row = canvas[0, int(y_px), int(x_px) - 40 : int(x_px) + 40]
    assert (np.abs(np.diff(row)) / row[1:]).max() < 0.15


def test_an_umbrella_seen_from_below_is_behind_the_face() -> None:
    """The eyes are as bright under it as without it; only what is over the head is covered."""
    camera = frame_subject(size="close", angle="low", x_m=0, z_m=4)
    bare = Actor(FigureSheet(), "stand")
    x_px, y_px, _ = camera.projection(WIDTH, HEIGHT).to_px(*bare.detail_m("eyes", MUSIC.at(3.1)))
    face = np.s_[:, round(y_px) - 4 : round(y_px) + 5, round(x_px) - 3 : round(x_px) + 4]
    plain = painted(bare, camera=camera)
    under = painted(replace(bare, sheet=FigureSheet(umbrella=True)), camera=camera)
    assert np.abs(under[face] - plain[face]).mean() < 0.05
    assert np.abs(under[:, :8] - plain[:, :8]).mean() > 0.05
