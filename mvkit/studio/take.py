"""A take: one place, one person at most, one or more shots, painted frame by frame.

Frame ``k`` of a take is the picture at ``start_s + k / 30`` seconds of the song. Everything in
it is a function of that time, the beat and the progress of its shot, so any frame can be
painted alone, and takes that follow each other in one place go on where the other ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.errors import InvalidInput
from mvkit.studio.accents import Answer, answer_at
from mvkit.studio.camera import Camera, frame_subject, move, struck
from mvkit.studio.figure import Actor, FigureSheet
from mvkit.studio.figure.pose import GAITS_M
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.light import UNTONED, Darkroom, Tone, to_rgb, to_yuv420
from mvkit.studio.music import Music, Pulse
from mvkit.studio.shot import TakeShot, flash_seldom
from mvkit.studio.worlds import WORLDS, Mark, Setting, World
from mvkit.timing import FPS, frame_at

__all__ = ["Take", "open_world", "paint_frames", "paint_still"]

# Without a person a place is shown as a place: every size one or two steps wider.
_SCENIC_SIZE = {
    "close": "medium wide",
    "medium close": "medium wide",
    "medium": "wide",
    "medium wide": "wide",
}

_BESIDE_M = 0.74  # from one person to who is with them
_BEHIND_M = 0.2
_TURNED_RAD = 0.35  # by which two who stand together turn to each other
_BESIDE = {"sing": "dance"}  # what the companion does; otherwise the same
_ROOM_AHEAD = {"left to right": -1.0, "right to left": 1.0}


@dataclass(frozen=True, eq=False)
class Take:
    """Everything that determines a clip, to the byte.

    Parameters
    ----------
    world
        Key of :data:`~mvkit.studio.worlds.WORLDS`.
    palette
        Three to six hex colours, most important first.
    shots
        In order; the first also covers what is before it, the last what is after it. Flashes
        that follow too soon on another are left out.
    music
        Beats and curves of the whole song.
    start_s, n_frames
        Time of the first frame in the song, and how many there are.
    sheet, companion
        The person, and who is with them in some shots, or None.
    time_of_day, weather
        Words of `TIMES_OF_DAY` and `WEATHERS`; "" is the world's own.
    width_px, height_px
        Even; any shape.
    seed
        Another seed is another street of the same kind.
    first_shot
        Number of the first shot in the film: neighbours put the person on opposite sides.
    tone
        How its light differs from the world's.
    """

    world: str
    palette: tuple[str, ...]
    shots: tuple[TakeShot, ...]
    music: Music
    start_s: float
    n_frames: int
    sheet: FigureSheet | None = None
    companion: FigureSheet | None = None
    time_of_day: str = ""
    weather: str = ""
    width_px: int = 1024
    height_px: int = 576
    seed: int = 0
    first_shot: int = 0
    tone: Tone = UNTONED

    def __post_init__(self) -> None:
        """Check what cannot be painted, and refuse what must not be."""
        if not self.shots:
            raise InvalidInput("A take has no shots; at least one is needed.")
        if self.width_px % 2 or self.height_px % 2 or min(self.width_px, self.height_px) < 16:
            raise InvalidInput(
                f"A take is {self.width_px}x{self.height_px} px; both have to be even, 16 at least."
            )
        object.__setattr__(self, "shots", flash_seldom(self.shots))


def paint_frames(take: Take) -> Iterator[NDArray[np.uint8]]:
    """Paint a take, frame by frame.

    Parameters
    ----------
    take
        What to paint.

    Yields
    ------
    numpy.ndarray
        ``(height * 3 / 2, width)`` uint8: planes Y, U, V of yuv420p, BT.709 limited range.

    Raises
    ------
    InvalidInput
        If the world is not known.
    """
    for packed in _developed(take):
        yield to_yuv420(packed)


def paint_still(take: Take) -> NDArray[np.uint8]:
    """Paint the first frame of a take.

    Returns
    -------
    numpy.ndarray
        (height, width, 3) uint8, red, green, blue.

    Raises
    ------
    InvalidInput
        If the world is not known.
    """
    return to_rgb(next(_developed(take)))


def _developed(take: Take) -> Iterator[NDArray[np.int32]]:
    """Yield a take's frames as packed pixels; each is overwritten by the next."""
    setting = Setting(take.palette, take.time_of_day, take.weather, take.seed)
    world = open_world(take.world, take.width_px, take.height_px, setting)
    darkroom = Darkroom(take.width_px, take.height_px)
    canvas = new_canvas(take.width_px, take.height_px)
    look = world.look.toned(take.tone)
    if any(shot.flashes for shot in take.shots):  # the director's, instead of the studio's own
        look = replace(look, flash=0.0)
    first_frame = frame_at(take.start_s)
    for k in range(take.n_frames):
        t_s, frame = take.start_s + k / FPS, first_frame + k
        pulse = take.music.at(t_s)
        camera, actor, answer = _stage(take, world, t_s=t_s, frame=frame, pulse=pulse)
        world.render(canvas, t_s=t_s, pulse=pulse, camera=camera, actor=actor)
        yield darkroom.develop(canvas, look, pulse=pulse, frame=frame, lift=answer.lift)


def open_world(name: str, width_px: int, height_px: int, setting: Setting) -> World:
    """Build a world by its name.

    Raises
    ------
    InvalidInput
        If there is no such world.
    """
    if name not in WORLDS:
        known = ", ".join(sorted(WORLDS))
        raise InvalidInput(f"The studio has no world {name!r}; it has {known}.")
    return WORLDS[name](width_px, height_px, setting)


def _stage(
    take: Take, world: World, *, t_s: float, frame: int, pulse: Pulse
) -> tuple[Camera, Actor | None, Answer]:
    """Return camera and person of a frame, and what its accents do to it."""
    starts = [frame_at(shot.start_s) for shot in take.shots]
    index = max(sum(start <= frame for start in starts) - 1, 0)
    shot = take.shots[index]
    sheet = take.sheet if shot.has_figure else None
    variation = _variation(take.seed, starts[index])
    mark = world.mark(pulse=pulse, action=shot.action if sheet else "walk", variation=variation)
    if shot.way in world.ways and shot.action in GAITS_M:
        mark = mark.seen_going(shot.way)
    # Neighbouring shots put the person on opposite sides, so that no cut looks like a mistake.
    side = 1.0 if (take.first_shot + index + take.seed) % 2 else -1.0
    actor = _actor(sheet, shot.action, mark) if sheet else None
    if actor and take.companion and shot.has_companion:
        actor = _accompanied(actor, take.companion, mark, side)
    middle_x_m, middle_z_m = _middle(actor, mark)
    start = frame_subject(
        size=shot.size if sheet else _SCENIC_SIZE.get(shot.size, "extreme wide"),
        angle=shot.angle,
        x_m=middle_x_m,
        z_m=middle_z_m,
        ground_m=mark.ground_m,
        height_m=sheet.height_m if sheet else 1.72,
        yaw_rad=mark.camera_yaw_rad,
        headroom_m=actor.headroom_m if actor else 0.0,
        lowered_m=actor.lowered_m if actor else 0.0,
        third=_third(actor, shot, side, variation),
        aspect=take.width_px / take.height_px,
    )
    duration_s = max(shot.end_s - shot.start_s, 1 / FPS)
    progress = (t_s - shot.start_s) / duration_s
    camera = move(shot.move, start, progress=progress, t_s=t_s, pulse=pulse)
    answer = answer_at(shot.accents, frame=frame, music=take.music)
    return struck(world.confine(camera), answer), actor, answer


def _actor(sheet: FigureSheet, action: str, mark: Mark) -> Actor:
    return Actor(
        sheet=sheet,
        action=action,
        x_m=mark.x_m,
        ground_m=mark.ground_m,
        z_m=mark.z_m,
        facing_rad=mark.facing_rad,
        seat_m=mark.seat_m,
    )


def _accompanied(actor: Actor, sheet: FigureSheet, mark: Mark, side: float) -> Actor:
    """Return a person with somebody beside them; two who stay on the spot turn to each other."""
    going = actor.action in GAITS_M
    line = actor.facing_rad if going else mark.camera_yaw_rad  # they stand across it
    away = 1.0 if cos(actor.facing_rad - mark.camera_yaw_rad) > 0 else -1.0
    turn = 0.0 if going else side * away * _TURNED_RAD
    companion = Actor(
        sheet=sheet,
        action=_BESIDE.get(actor.action, actor.action),
        x_m=actor.x_m + side * _BESIDE_M * cos(line) - _BEHIND_M * sin(line),
        ground_m=actor.ground_m,
        z_m=actor.z_m - side * _BESIDE_M * sin(line) - _BEHIND_M * cos(line),
        facing_rad=actor.facing_rad - turn,
        seat_m=actor.seat_m,
    )
    return replace(actor, facing_rad=actor.facing_rad + turn, companion=companion)


def _middle(actor: Actor | None, mark: Mark) -> tuple[float, float]:
    """Return what the camera aims at: the person, or the middle between two."""
    people = actor.people if actor else (mark,)
    n_people = len(people)
    return sum(one.x_m for one in people) / n_people, sum(one.z_m for one in people) / n_people


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
