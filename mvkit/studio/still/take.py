"""A take filmed from one picture: shots cut out of it, a camera that moves over it, music.

Frame ``k`` of a take is the picture at ``start_s + k / 30`` seconds of the song. Everything in it
follows from that time, its shot and the seed: same take, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvkit.errors import InvalidInput
from mvkit.studio.accents import answer_at
from mvkit.studio.music import Music
from mvkit.studio.shot import TakeShot, flash_seldom
from mvkit.studio.still.air import Air
from mvkit.studio.still.depth import carve_relief
from mvkit.studio.still.film import Film, Halo
from mvkit.studio.still.framing import ShotPlan, plan_paths
from mvkit.studio.still.path import Path, Sheet
from mvkit.studio.still.plate import Plate
from mvkit.studio.still.rhythm import throb_at
from mvkit.studio.still.subject import find_subject
from mvkit.timing import FPS, frame_at

__all__ = ["StillTake", "film_still"]


@dataclass(frozen=True, eq=False)
class StillTake:
    """Everything that determines a clip filmed from a picture.

    Parameters
    ----------
    picture
        Red, green, blue; uint8, shape ``(height, width, 3)``; any size and shape.
    shots
        In order; the first also covers what is before it, the last what is after it. Flashes
        that follow too soon on another are left out.
    music
        Beats and curves of the whole song.
    start_s, n_frames
        Time of the first frame in the song, and how many there are.
    weather
        Weather of the scene; "" is clear.
    width_px, height_px
        Size of the film, both even.
    seed
        Chooses sides and directions.
    """

    picture: NDArray[np.uint8]
    shots: tuple[TakeShot, ...]
    music: Music
    start_s: float
    n_frames: int
    weather: str = ""
    width_px: int = 1920
    height_px: int = 1080
    seed: int = 0

    def __post_init__(self) -> None:
        """Check what cannot be filmed, and refuse what must not be."""
        if not self.shots:
            raise InvalidInput("A take has no shots; at least one is needed.")
        if min(self.picture.shape[:2]) < 16:
            height, width = self.picture.shape[:2]
            raise InvalidInput(f"The picture is {width}x{height} px; 16 at least are needed.")
        object.__setattr__(self, "shots", flash_seldom(self.shots))


def film_still(take: StillTake) -> Iterator[NDArray[np.uint8]]:
    """Film a take, frame by frame.

    Yields
    ------
    numpy.ndarray
        ``(height * 3 / 2, width)`` uint8: planes Y, U, V of yuv420p, BT.709 limited range.
    """
    subject = find_subject(take.picture)
    relief = carve_relief(take.picture, subject)
    halo = Halo(take.picture)
    height, width = take.picture.shape[:2]
    aspect = take.width_px / take.height_px
    sheet = Sheet(width, height, aspect)
    film = Film(take.width_px, take.height_px, seed=take.seed)
    air = Air(take.width_px, take.height_px, weather=take.weather, seed=take.seed)
    spans = _spans(take)
    plans = [_plan(take, shot, span) for shot, span in spans]
    paths = plan_paths(plans, sheet=sheet, subject=subject, seed=take.seed)
    flashes = not any(shot.flashes for shot in take.shots)  # by itself, if the director asks none
    for (shot, span), path in zip(spans, paths, strict=True):
        plate = Plate(
            take.picture,
            sheet=sheet,
            relief=relief,
            path=path,
            width_px=take.width_px,
            height_px=take.height_px,
        )
        for index, frame in enumerate(span):
            t_s, frame_of_song = _time_s(take, frame), frame_at(take.start_s) + frame
            answer = answer_at(shot.accents, frame=frame_of_song, music=take.music)
            throb = throb_at(take.music, t_s, answer, flashes=flashes, aspect=aspect)
            exposure = plate.expose(index, closer=throb.closer, aside=throb.aside, down=throb.down)
            yield film.develop(
                exposure,
                halo.at(exposure.x, exposure.y),
                air.at(t_s, take.music.at(t_s), aside=_aside(path, index)),
                throb,
                frame=frame_of_song,
            )


def _spans(take: StillTake) -> list[tuple[TakeShot, range]]:
    """Return the shots that are seen, each with its frames, counted from the take's first."""
    first = frame_at(take.start_s)
    cuts = [frame_at(shot.start_s) - first for shot in take.shots[1:]]
    edges = [0, *(min(max(cut, 0), take.n_frames) for cut in cuts), take.n_frames]
    spans = zip(take.shots, map(range, edges, edges[1:]), strict=True)
    return [(shot, span) for shot, span in spans if span]


def _plan(take: StillTake, shot: TakeShot, span: range) -> ShotPlan:
    t_s = np.array([_time_s(take, frame) for frame in span])
    energy = np.mean([take.music.at(float(t)).energy for t in t_s[:: FPS // 2]])
    return ShotPlan(
        size=shot.size,
        angle=shot.angle,
        move=shot.move,
        has_figure=shot.has_figure,
        t_s=t_s,
        energy=float(energy),
    )


def _time_s(take: StillTake, frame: int) -> float:
    return take.start_s + frame / FPS


def _aside(path: Path, frame: int) -> float:
    """Return how far the camera has gone to the right since the shot began, in frame widths."""
    gone = (path.x[frame] - path.x[0]) * path.zoom[frame] + path.shift_x[frame]
    return float(gone)
