"""What frames of a world cost, step by step: render, post, convert, encode."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from benchmarks.studio.reference import HEIGHT_PX, N_TIMES, WIDTH_PX
from mvkit.footage import FootageWriter
from mvkit.studio import FigureSheet, Music, Take, TakeShot, paint_frames
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.light import Darkroom, to_yuv420
from mvkit.studio.staging import Staging
from mvkit.studio.take import open_world
from mvkit.studio.worlds import WORLDS, Setting

__all__ = ["SHOTS", "Cost", "Shot", "encode_ms", "frame_cost", "set_ups"]

Result = TypeVar("Result")

MUSIC = Music.steady(tempo_bpm=120, duration_s=60, energy=0.8)
FILM_WIDTH_PX, FILM_HEIGHT_PX = 1920, 1080
SEED = 3
SHOT_S = 8.0
MOMENTS_S = (1.1, 2.73, 4.0, 6.4)
N_ENCODED = 24


class Shot(NamedTuple):
    """A shot as a plan would ask for it."""

    size: str
    action: str
    move: str
    has_companion: bool = False

    def __str__(self) -> str:
        return f"{self.size}, {self.action}{' of two' if self.has_companion else ''}"


SHOTS = (
    Shot("wide", "walk", "push in"),
    Shot("medium", "sing", "orbit"),
    Shot("extreme wide", "walk", "pan right"),
    Shot("medium wide", "dance", "handheld", has_companion=True),
)


class SetUp(NamedTuple):
    """A world at a time of day, in a weather, in a shot."""

    world: str
    time_of_day: str
    weather: str
    shot: Shot

    def __str__(self) -> str:
        return f"{self.time_of_day}, {self.weather}, {self.shot}"


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of a frame."""

    render_ms: float
    post_ms: float
    convert_ms: float

    @property
    def painted_ms(self) -> float:
        """What the goals are about."""
        return self.render_ms + self.post_ms


def set_ups(world: str) -> Iterator[SetUp]:
    """Yield all that a world offers, its own time and weather first."""
    kind = WORLDS[world]
    for time_of_day, weather, shot in product(kind.dresses, kind.weathers, SHOTS):
        yield SetUp(world, time_of_day, weather, shot)


def frame_cost(set_up: SetUp) -> Cost:
    """Return what a frame of a set-up costs: the mean of some moments, each at its quickest."""
    take = _take(set_up, n_frames=1)
    setting = Setting((), set_up.time_of_day, set_up.weather, SEED)
    world = open_world(set_up.world, WIDTH_PX, HEIGHT_PX, setting)
    staging = Staging(take, world)
    darkroom, canvas = Darkroom(WIDTH_PX, HEIGHT_PX), new_canvas(WIDTH_PX, HEIGHT_PX)

    def steps_s(t_s: float) -> tuple[float, float, float]:
        pulse, frame = MUSIC.at(t_s), round(30 * t_s)
        camera, actor, _, world.sign = staging.at(t_s, frame=frame)
        _, render_s = _timed(
            lambda: world.render(canvas, t_s=t_s, pulse=pulse, camera=camera, actor=actor)
        )
        packed, post_s = _timed(
            lambda: darkroom.develop(canvas, world.look, pulse=pulse, frame=frame)
        )
        _, convert_s = _timed(lambda: to_yuv420(packed))
        return render_s, post_s, convert_s

    steps_s(0.0)  # kernels are loaded before anything is timed
    least_s = [np.min([steps_s(t_s) for _ in range(N_TIMES)], axis=0) for t_s in MOMENTS_S]
    render_ms, post_ms, convert_ms = 1e3 * np.mean(least_s, axis=0)
    return Cost(float(render_ms), float(post_ms), float(convert_ms))


def encode_ms(world: str) -> float:
    """Return what it costs to scale a frame of a world to the film's size and to encode it."""
    set_up = next(set_ups(world))
    frames = list(paint_frames(_take(set_up, n_frames=N_ENCODED)))
    with tempfile.TemporaryDirectory() as folder:
        started_s = time.process_time()
        with FootageWriter(
            Path(folder) / "clip.mp4", width_px=FILM_WIDTH_PX, height_px=FILM_HEIGHT_PX
        ) as writer:
            for frame in frames:
                writer.write(frame)
        return 1e3 * (time.process_time() - started_s) / N_ENCODED


def _take(set_up: SetUp, *, n_frames: int) -> Take:
    size, action, move, has_companion = set_up.shot
    shot = TakeShot(0.0, SHOT_S, size, "eye level", move, action, has_companion=has_companion)
    return Take(
        world=set_up.world,
        palette=(),
        shots=(shot,),
        music=MUSIC,
        start_s=1.0,
        n_frames=n_frames,
        sheet=FigureSheet(),
        companion=FigureSheet.from_seed(SEED),
        time_of_day=set_up.time_of_day,
        weather=set_up.weather,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        seed=SEED,
    )


def _timed(step: Callable[[], Result]) -> tuple[Result, float]:
    started_s = time.process_time()
    result = step()
    return result, time.process_time() - started_s
