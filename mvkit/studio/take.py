"""A take: one place, one person at most, one or more shots, painted frame by frame.

Frame ``k`` of a take is the picture at ``start_s + k / 30`` seconds of the song. Everything in
it is a function of that time, the beat and the progress of its shot, so any frame can be
painted alone, and takes that follow each other in one place go on where the other ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mvkit.errors import InvalidInput
from mvkit.studio.figure import FigureSheet
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.kit.lens import smear
from mvkit.studio.light import UNTONED, Darkroom, Tone, to_rgb, to_yuv420
from mvkit.studio.music import Music
from mvkit.studio.shot import TakeShot, flash_seldom
from mvkit.studio.staging import Staging
from mvkit.studio.worlds import WORLDS, Setting, World
from mvkit.timing import FPS, frame_at

__all__ = ["Take", "open_world", "paint_frames", "paint_still"]


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
    font
        A font file for words that the bundled one cannot write.
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
    font: Path | None = None

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
    staging = Staging(take, world)
    darkroom = Darkroom(take.width_px, take.height_px)
    canvas = new_canvas(take.width_px, take.height_px)
    look = world.look.toned(take.tone)
    if any(shot.flashes for shot in take.shots):  # the director's, instead of the studio's own
        look = replace(look, flash=0.0)
    first_frame = frame_at(take.start_s)
    for k in range(take.n_frames):
        t_s, frame = take.start_s + k / FPS, first_frame + k
        pulse = take.music.at(t_s)
        camera, actor, answer, world.sign = staging.at(t_s, frame=frame)
        world.render(canvas, t_s=t_s, pulse=pulse, camera=camera, actor=actor)
        smear(canvas, camera.smear)
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
