"""Staging: where the people of a take stand, where the camera is, and which words hang there.

Everything is a function of the shot and the instant, so that any frame can be staged by itself and
takes that follow each other in one place agree.
"""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mvkit.studio.accents import Answer, answer_at
from mvkit.studio.camera import Camera, frame_detail, frame_subject, move, struck
from mvkit.studio.colour import most_vivid
from mvkit.studio.figure import Actor, FigureSheet, dance_style
from mvkit.studio.figure.pose import GAITS_M
from mvkit.studio.lettering import Sign, set_letters
from mvkit.studio.shot import TakeShot, TakeWords
from mvkit.studio.worlds.base import Mark, World
from mvkit.timing import FPS, frame_at

if TYPE_CHECKING:
    from mvkit.studio.take import Take

__all__ = ["Staged", "Staging"]

# Without a person a place is shown as a place: every size one or two steps wider.
_SCENIC_SIZE = {
    "extreme close": "medium wide",
    "close": "medium wide",
    "medium close": "medium wide",
    "medium": "wide",
    "medium wide": "wide",
}
_ABOUT_A_FACE = ("close", "medium close")
_MAY_TURN = ("sing", "stand", "dance")
_BESIDE_M = 0.74  # from one person to who is with them
_BEHIND_M = 0.2
_TURNED_RAD = 0.35  # by which two who stand together turn to each other
# What the companion does, if not the same.
_BESIDE = {
    "sing": "dance",
    "play guitar": "sing",
    "play drums": "play guitar",
    "play keys": "sing",
}
_ROOM_AHEAD = {"left to right": -1.0, "right to left": 1.0}
_DETAIL_YAW_RAD = {"eyes": 0.3, "hands": 0.5, "feet": 1.1}  # from how far aside
_SIGN_BEHIND_M = 2.4  # from the person to the words
_EMPTY_ROOM = (0.5, 0.3, 0.74, 0.5)  # for words: middle across and down, width and height
_ROOM_ABOVE = (0.5, 0.17, 0.8, 0.3)  # over the head of somebody who is seen from far
_BESIDE_FROM_M = 2.2  # a frame less high has no room above a head
_NARROW = 0.5  # room in which a line is broken into short rows
_HEAD_M, _EDGE = 0.3, 0.03  # half of the room that a head takes, and that of the frame's edge
_SIGN_ON_S, _SIGN_OFF_S = 0.12, 0.35


class Staged(NamedTuple):
    """One frame of a take, ready to be painted."""

    camera: Camera
    actor: Actor | None
    answer: Answer
    sign: Sign | None


class Staging:
    """Stages the frames of a take.

    Parameters
    ----------
    take
        Its shots, people and music.
    world
        Where it plays.
    """

    def __init__(self, take: Take, world: World) -> None:
        self._take = take
        self._world = world
        self._starts = [frame_at(shot.start_s) for shot in take.shots]

    def at(self, t_s: float, *, frame: int) -> Staged:
        """Return who is where at a time, seen from where, in which words' light.

        Parameters
        ----------
        t_s
            Absolute time in the song.
        frame
            The frame of the song nearest to it.
        """
        take = self._take
        index = max(sum(start <= frame for start in self._starts) - 1, 0)
        shot = take.shots[index]
        start, actor = self._set_up(index, t_s)
        duration_s = max(shot.end_s - shot.start_s, 1 / FPS)
        progress = (t_s - shot.start_s) / duration_s
        pulse = take.music.at(t_s)
        camera = move(shot.move, start, progress=progress, t_s=t_s, pulse=pulse, shot_s=duration_s)
        answer = answer_at(shot.accents, frame=frame, music=take.music)
        camera = struck(self._world.confine(camera), answer)
        return Staged(camera, actor, answer, self._sign(index, t_s))

    def _set_up(self, index: int, t_s: float) -> tuple[Camera, Actor | None]:
        """Return the camera at the start of a shot's move, and the person before it."""
        take, world, shot = self._take, self._world, self._take.shots[index]
        sheet = world.dressed(take.sheet) if take.sheet and shot.has_figure else None
        variation = _variation(take.seed, self._starts[index])
        action = shot.action if sheet else "walk"
        mark = world.mark(pulse=take.music.at(t_s), action=action, variation=variation)
        if shot.way in world.ways and action in GAITS_M:
            mark = mark.seen_going(shot.way)
        # Neighbouring shots put the person on opposite sides: no cut looks like a mistake.
        side = 1.0 if (take.first_shot + index + take.seed) % 2 else -1.0
        if shot.size in _ABOUT_A_FACE and action in _MAY_TURN:
            mark = mark.facing_us(side)
        actor = self._actor(sheet, shot, mark) if sheet else None
        if actor and take.companion and shot.has_companion:
            actor = _accompanied(actor, world.dressed(take.companion), mark, side)
        third = _third(actor, shot, side, variation)
        aspect = take.width_px / take.height_px
        if actor and shot.size == "extreme close":
            return self._detail(shot, actor, side, aspect), actor
        x_m, z_m = _middle(actor, mark)
        camera = frame_subject(
            size=shot.size if sheet else _SCENIC_SIZE.get(shot.size, "extreme wide"),
            angle=_angle(shot, actor),
            x_m=x_m,
            z_m=z_m,
            ground_m=mark.ground_m,
            height_m=sheet.height_m if sheet else 1.72,
            yaw_rad=mark.camera_yaw_rad,
            headroom_m=actor.headroom_m if actor else 0.0,
            lowered_m=actor.lowered_m if actor else 0.0,
            third=third,
            aspect=aspect,
        )
        return camera, actor

    def _actor(self, sheet: FigureSheet, shot: TakeShot, mark: Mark) -> Actor:
        """Return the person on their mark; how they dance follows the part of the song."""
        pulse = self._take.music.at(shot.start_s)
        return Actor(
            sheet=sheet,
            action=shot.action,
            x_m=mark.x_m,
            ground_m=mark.ground_m,
            z_m=mark.z_m,
            facing_rad=mark.facing_rad,
            seat_m=mark.seat_m,
            dance=dance_style(float(pulse.energy), self._take.seed + int(pulse.section_count)),
        )

    def _detail(self, shot: TakeShot, actor: Actor, side: float, aspect: float) -> Camera:
        """Return the camera on a detail, which it follows as the person goes, not as it moves."""
        pulse = self._take.music.at(shot.start_s)
        yaw = actor.facing_rad + pi + side * _DETAIL_YAW_RAD[shot.detail]
        place = actor.detail_m(shot.detail, pulse)
        return frame_detail(shot.detail, place, yaw_rad=yaw, third=0.2 * side, aspect=aspect)

    def _sign(self, index: int, t_s: float) -> Sign | None:
        """Return the words that hang in a shot now.

        They hang where the frame has room for them in the middle of their time, and stay there
        while camera and people go on.
        """
        take, world, shot = self._take, self._world, self._take.shots[index]
        words = shot.words
        if words is None:
            return None
        power = _power(words, t_s, float(take.music.at(t_s).beat))
        if power <= 0:
            return None
        middle_s = (max(words.start_s, shot.start_s) + min(words.end_s, shot.end_s)) / 2
        camera, actor = self._set_up(index, middle_s)
        camera = world.confine(camera)
        aspect = take.width_px / take.height_px
        across, down, width, height = _room(camera, actor, aspect)
        letters = set_letters(
            words.text,
            tubes=world.lettering == "neon",
            narrow=width < _NARROW,
            font=take.font,
        )
        depth_m = camera.focus_m + _SIGN_BEHIND_M
        seen_m = camera.lens * depth_m
        aside_m = (across - 0.5) * aspect * seen_m
        sin_yaw, cos_yaw = sin(camera.yaw_rad), cos(camera.yaw_rad)
        return Sign(
            letters=letters,
            x_m=camera.x_m + depth_m * sin_yaw + aside_m * cos_yaw,
            y_m=camera.y_m + (camera.horizon - down) * seen_m,
            z_m=camera.z_m + depth_m * cos_yaw - aside_m * sin_yaw,
            yaw_rad=camera.yaw_rad,
            width_m=min(width * aspect, height * letters.aspect) * seen_m,
            colour=most_vivid(world.palette),
            style=world.lettering,
            power=power,
        )


def _room(camera: Camera, actor: Actor | None, aspect: float) -> tuple[float, float, float, float]:
    """Return where a frame has room for words: middle across and down, width and height."""
    if actor is None:
        return _EMPTY_ROOM
    if camera.seen_m > _BESIDE_FROM_M:
        return _ROOM_ABOVE
    projection = camera.projection(round(1000 * aspect), 1000)
    columns = [float(projection.to_px(one.x_m, 0.0, one.z_m)[0]) for one in actor.people]
    head = _HEAD_M / (camera.seen_m * aspect)
    before = min(columns) / (1000 * aspect) - head
    after = max(columns) / (1000 * aspect) + head
    left, right = (_EDGE, before) if before > 1 - after else (after, 1 - _EDGE)
    return (left + right) / 2, 0.34, max(right - left, 0.25), 0.56


def _power(words: TakeWords, t_s: float, beat: float) -> float:
    """Return how brightly words are lit: quickly on, slowly off, a little more on the beat."""
    on = min(max((t_s - words.start_s) / _SIGN_ON_S, 0.0), 1.0)
    off = min(max((words.end_s - t_s) / _SIGN_OFF_S, 0.0), 1.0)
    return on * off * (0.85 + 0.15 * beat)


def _accompanied(actor: Actor, sheet: FigureSheet, mark: Mark, side: float) -> Actor:
    """Return a person with somebody beside them; two who stay on the spot turn to each other."""
    going = actor.action in GAITS_M
    line = actor.facing_rad if going else mark.camera_yaw_rad  # they stand across it
    away = 1.0 if cos(actor.facing_rad - mark.camera_yaw_rad) > 0 else -1.0
    turn = 0.0 if going else side * away * _TURNED_RAD
    beside_m = _BESIDE_M * (1.6 if actor.action.startswith("play") else 1.0)
    companion = replace(
        actor,
        sheet=sheet,
        action=_BESIDE.get(actor.action, actor.action),
        x_m=actor.x_m + side * beside_m * cos(line) - _BEHIND_M * sin(line),
        z_m=actor.z_m - side * beside_m * sin(line) - _BEHIND_M * cos(line),
        facing_rad=actor.facing_rad - turn,
    )
    return replace(actor, facing_rad=actor.facing_rad + turn, companion=companion)


def _middle(actor: Actor | None, mark: Mark) -> tuple[float, float]:
    """Return what the camera aims at: the person, or the middle between two."""
    people = actor.people if actor else (mark,)
    n_people = len(people)
    return sum(one.x_m for one in people) / n_people, sum(one.z_m for one in people) / n_people


def _angle(shot: TakeShot, actor: Actor | None) -> str:
    """Return the angle of a shot; from above, an umbrella would hide whom it is about."""
    hidden = actor and actor.has_umbrella and shot.size not in ("extreme wide", "wide")
    return "eye level" if hidden and shot.angle == "high" else shot.angle


def _third(actor: Actor | None, shot: TakeShot, side: float, variation: float) -> float:
    """Return the place of the person across the frame; who crosses it has room ahead."""
    third = 0.14 + 0.22 * variation
    if actor and actor.companion:
        return 0.0
    if actor and actor.action in GAITS_M and shot.way in _ROOM_AHEAD:
        return _ROOM_AHEAD[shot.way] * third
    return side * third


def _variation(seed: int, start_frame: int) -> float:
    """Return a number in 0..1 that stays the same for a shot of the song, whoever paints it."""
    return float(np.random.default_rng((seed % 2**32, start_frame)).random())
