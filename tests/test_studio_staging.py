"""Staging: two people in a frame, which way they walk, and moves that answer the music."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import cos, sin

import numpy as np
import pytest

from mvkit.studio import WORLDS, FigureSheet, Music, Take, TakeShot
from mvkit.studio.camera import frame_subject, move
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.kit.lens import smear
from mvkit.studio.staging import Staged, Staging
from mvkit.studio.take import open_world
from mvkit.studio.worlds import Setting
from mvkit.studio.worlds.base import WAYS, Mark

WIDTH, HEIGHT = 320, 180
MUSIC = Music.steady(tempo_bpm=120, duration_s=30, energy=0.8)
ROOM_FOR_TWO = ("extreme wide", "wide", "medium wide", "medium")
COMPANION = FigureSheet(hair_style="short", outfit="jacket", height_m=1.82)


def take_of(shot: TakeShot, *, world: str = "forest", seed: int = 1) -> Take:
    return Take(
        world=world,
        palette=(),
        shots=(shot,),
        music=MUSIC,
        start_s=0.0,
        n_frames=1,
        sheet=FigureSheet(),
        companion=COMPANION,
        width_px=WIDTH,
        height_px=HEIGHT,
        seed=seed,
    )


def staged(shot: TakeShot, *, world: str = "forest", t_s: float = 2.0, seed: int = 1) -> Staged:
    take = take_of(shot, world=world, seed=seed)
    place = open_world(world, WIDTH, HEIGHT, Setting(seed=seed))
    return Staging(take, place).at(t_s, frame=round(30 * t_s))


def shot(action: str = "stand", size: str = "wide", **changes: object) -> TakeShot:
    return TakeShot(0, 4, size, "eye level", "static", action, **changes)


@pytest.mark.parametrize("size", ROOM_FOR_TWO)
@pytest.mark.parametrize("action", ["stand", "walk", "dance"])
@pytest.mark.parametrize("seed", [1, 2])
def test_two_people_are_in_the_frame_side_by_side(action: str, size: str, seed: int) -> None:
    """Both heads are seen, apart from each other."""
    found = staged(shot(action, size, has_companion=True), seed=seed)
    assert found.actor
    assert found.actor.companion
    assert found.actor.companion.sheet == COMPANION
    projection = found.camera.projection(WIDTH, HEIGHT)
    heads = [projection.to_px(one.x_m, one.ground_m + 1.5, one.z_m) for one in found.actor.people]
    assert all(0.02 * WIDTH < x_px < 0.98 * WIDTH for x_px, _, _ in heads)
    apart = abs(heads[0][0] - heads[1][0])
    assert apart > 0.25 * float(projection.px_per_m(heads[0][2]))


def test_somebody_is_alone_unless_the_shot_has_a_companion() -> None:
    found = staged(shot())
    assert found.actor
    assert found.actor.companion is None
    assert staged(shot(has_figure=False, has_companion=True)).actor is None


def test_two_who_stand_together_turn_to_each_other() -> None:
    """Each face is turned to where the other is, as the camera sees it."""
    for seed in range(6):
        found = staged(shot(has_companion=True), world="neon_city", seed=seed)
        assert found.actor
        one, other = found.actor, found.actor.companion
        assert other
        yaw = found.camera.yaw_rad
        right = np.array([cos(yaw), -sin(yaw)])
        gap = float(right @ np.array([other.x_m - one.x_m, other.z_m - one.z_m]))
        looks = [
            float(right @ np.array([sin(who.facing_rad), cos(who.facing_rad)]))
            for who in (one, other)
        ]
        assert (looks[0] - looks[1]) * gap > 0


@pytest.mark.parametrize("way", WAYS)
def test_a_mark_is_filmed_so_that_who_walks_goes_the_asked_way(way: str) -> None:
    mark = Mark(facing_rad=0.7).seen_going(way)
    yaw = mark.camera_yaw_rad
    ahead = np.array([sin(0.7), cos(0.7)])
    across = float(np.array([cos(yaw), -sin(yaw)]) @ ahead)
    away = float(np.array([sin(yaw), cos(yaw)]) @ ahead)
    expected = {"left to right": 1, "right to left": -1}
    if way in expected:
        assert across * expected[way] > 0.8
    else:
        assert away == pytest.approx(1.0 if way == "away from us" else -1.0)


@pytest.mark.parametrize("world", [name for name, world in WORLDS.items() if world.ways])
def test_worlds_film_walkers_the_ways_that_they_offer(world: str) -> None:
    for way in WORLDS[world].ways:
        found = staged(shot("walk", way=way), world=world)
        assert found.actor
        turned = found.camera.yaw_rad - found.actor.facing_rad - WAYS[way]
        assert cos(turned) > 0.95


def test_most_worlds_film_walkers_from_several_sides() -> None:
    assert sum(len(world.ways) >= 2 for world in WORLDS.values()) > len(WORLDS) / 2


@pytest.mark.parametrize("size", ["medium wide", "medium", "close"])
def test_an_umbrella_never_hides_the_face_from_above(size: str) -> None:
    """A close camera stays level with somebody under an umbrella."""
    high = TakeShot(0, 4, size, "high", "static", "stand")
    level, without = (
        Staging(
            replace(take_of(high), sheet=FigureSheet(umbrella=umbrella)),
            open_world("forest", WIDTH, HEIGHT, Setting()),
        ).at(2.0, frame=60)
        for umbrella in (True, False)
    )
    assert level.camera.y_m < without.camera.y_m


@pytest.mark.parametrize("size", ["close", "medium close"])
@pytest.mark.parametrize("action", ["sing", "stand", "dance"])
def test_a_close_shot_shows_the_face_wherever_the_person_looks(size: str, action: str) -> None:
    """From behind there is a stage's best view, and somebody who looks out over a valley."""
    behind = 0
    for world, seed in product(("concert_stage", "mountain", "underwater"), range(8)):
        close, wide = (
            staged(shot(action, each), world=world, seed=seed) for each in (size, "wide")
        )
        seen = [cos(s.actor.facing_rad - s.camera.yaw_rad) for s in (close, wide) if s.actor]
        assert seen[0] < 0.25
        behind += seen[1] > 0.25
    assert behind


# --- moves ----------------------------------------------------------------------------------------

START = frame_subject(size="medium", angle="eye level", x_m=0.0, z_m=6.0)


def test_a_whip_pan_runs_in_from_aside_and_rests() -> None:
    """Its picture is smeared while it runs, and only then."""
    path = [
        move("whip pan", START, progress=t / 4, t_s=t, pulse=MUSIC.at(t), shot_s=4.0)
        for t in (0.0, 0.1, 0.25, 0.5, 3.0)
    ]
    turned = [abs(camera.yaw_rad - START.yaw_rad) for camera in path]
    assert turned[0] > 0.4 > turned[1] > turned[2]
    assert turned[3] == turned[4] == 0.0
    assert path[0].smear > path[1].smear > 0
    assert path[3].smear == 0.0


def test_a_beat_push_comes_closer_on_the_beat() -> None:
    on, off = (
        move("beat push", START, progress=0.5, t_s=t, pulse=MUSIC.at(t)) for t in (2.0, 2.45)
    )
    assert on.lens < 0.985 * off.lens


def test_smear_blurs_sideways_only_and_keeps_the_light() -> None:
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = 0.0
    canvas[:, 80:100, 150:170] = 1.0
    smear(canvas, 0.2)
    assert canvas[0].sum() == pytest.approx(400, rel=0.02)
    columns = np.nonzero(canvas[0].max(axis=0) > 0.01)[0]
    rows = np.nonzero(canvas[0].max(axis=1) > 0.01)[0]
    assert columns.size > 50
    assert rows.size == 20


def test_a_camera_at_rest_smears_nothing() -> None:
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = np.random.default_rng(1).random(canvas.shape)
    before = canvas.copy()
    smear(canvas, 0.0)
    assert np.array_equal(canvas, before)


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_has_an_umbrella_up_under_a_roof(world: str) -> None:
    take = take_of(shot("stand", has_companion=True), world=world)
    rainy = FigureSheet(umbrella=True)
    take = replace(take, sheet=rainy, companion=rainy)
    place = open_world(world, WIDTH, HEIGHT, Setting(seed=1))
    actor = Staging(take, place).at(2.0, frame=60).actor
    assert actor
    assert actor.companion
    expected = world not in ("train", "room", "club", "concert_stage")
    assert [person.has_umbrella for person in actor.people] == [expected, expected]
