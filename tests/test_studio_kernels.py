"""Every kernel of the studio has become vector instructions: the machine code is read.

A literal without ``f32()``, a branch or one pointer too many ends vectorisation, and a frame takes
ten times as long without anything else telling so.
"""

from __future__ import annotations

import importlib
import pkgutil
import platform
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

import mvkit.studio
from mvkit.studio import WORLDS, FigureSheet, Music, Take, TakeShot, paint_frames
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.kit.lens import Defocus
from mvkit.studio.still import StillTake, film_still

WIDTH_PX, HEIGHT_PX = 160, 90
MUSIC = Music.steady(tempo_bpm=120, duration_s=30, energy=0.9)
SHEET = FigureSheet(umbrella=True)
SHOTS = (
    TakeShot(0, 4, "wide", "eye level", "static", "walk", has_companion=True),
    TakeShot(4, 8, "close", "low angle", "static", "sing"),
)
FEATURES = str(numba.core.codegen.get_host_cpu_features())


def any_of(*codes: int) -> bytes:
    """Return a pattern for one byte."""
    return b"[" + b"".join(re.escape(bytes([code])) for code in codes) + b"]"


# Plus, minus, times, least, most of packed singles of 256 bits and more, and fused ones, as bytes.
PLAIN = any_of(0x58, 0x59, 0x5C, 0x5D, 0x5F)
FUSED = any_of(*(base + off for base in (0x90, 0xA0, 0xB0) for off in (8, 10, 12, 14)))
EVEX, VEX_2, VEX_3 = b"\x62.", b"\xc5", b"\xc4"
WIDE_EVEX = any_of(*(code for code in range(256) if 0x20 <= code & 0x60 < 0x60))
PACKED = re.compile(
    b"|".join(
        (
            EVEX + any_of(*range(0x04, 0x80, 8)) + WIDE_EVEX + PLAIN,
            EVEX + any_of(*range(0x05, 0x80, 8)) + WIDE_EVEX + FUSED,
            VEX_2 + any_of(*range(0x04, 0x100, 8)) + PLAIN,
            VEX_3 + any_of(*range(0x01, 0x100, 0x20)) + any_of(*range(0x04, 0x80, 8)) + PLAIN,
            VEX_3 + any_of(*range(0x02, 0x100, 0x20)) + any_of(*range(0x05, 0x80, 8)) + FUSED,
        )
    ),
    re.DOTALL,
)
LEAST_PACKED = 8

# What draws a few small things, a few pixels of a row at a time, or moves pixels about.
SPARSE = frozenset(
    {"add_dots", "add_rain", "add_snow", "darken_ground", "draw_strokes", "waver", "hide_walls"}
    | {"add_bubbles", "add_jellies", "paint_fish", "sprinkle", "_project"}
)
# What runs once for a world, not for each of its frames.
ONCE = frozenset({"stone_heights", "_dig", "_condense"})
SEEDS = range(4)  # from which the set-ups of a place follow

pytestmark = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64") or "+avx2" not in FEATURES,
    reason="the processor has other vectors",
)


@cache
def painted() -> dict[str, Any]:
    """Return all kernels of the studio by name, after everything has been painted once."""
    for world in WORLDS:
        own = [one for name, one in kernels() if name.startswith(f"mvkit.studio.worlds.{world}.")]
        for each in takes(world):
            if not all(one.signatures for one in own):
                paint(each)
    for weather in ("rain", "snow", "fog", ""):
        next(iter(film_still(still(weather))))
    whole = new_canvas(WIDTH_PX, 4 * (HEIGHT_PX // 4))  # whole blocks are shrunk by a kernel
    whole[:] = 0.5
    Defocus(whole.shape[2], whole.shape[1]).blur(whole, whole, 0.005)
    return dict(kernels())


def paint(take: Take) -> None:
    """Paint a frame of a wide shot, and one of a close shot."""
    for start_s in (1.0, 5.0):
        next(iter(paint_frames(replace(take, start_s=start_s))))


def takes(world: str) -> Iterator[Take]:
    """Yield a world at all its times and in all its weathers, then in other set-ups."""
    kind = WORLDS[world]
    dresses = [(time, kind.weathers[0]) for time in kind.dresses]
    dresses += [("", weather) for weather in kind.weathers[1:]]
    for seed, (time_of_day, weather) in enumerate(dresses):
        yield take(world, time_of_day, weather, seed=seed)
    for seed in SEEDS:
        yield take(world, seed=seed)


def take(world: str, time_of_day: str = "", weather: str = "", *, seed: int) -> Take:
    return Take(
        world=world,
        palette=(),
        shots=SHOTS,
        music=MUSIC,
        start_s=0.0,
        n_frames=1,
        sheet=SHEET,
        companion=SHEET,
        time_of_day=time_of_day,
        weather=weather,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        seed=seed,
    )


def still(weather: str) -> StillTake:
    picture = np.random.default_rng(1).integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    return StillTake(
        picture, SHOTS, MUSIC, 1.0, 1, weather=weather, width_px=WIDTH_PX, height_px=HEIGHT_PX
    )


def kernels() -> Iterator[tuple[str, Any]]:
    """Yield the compiled functions of the studio that are not inlined, each from its own module."""
    for module in pkgutil.walk_packages(mvkit.studio.__path__, "mvkit.studio."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            compiled = isinstance(thing, CPUDispatcher) and not thing.targetoptions.get(
                "forceinline"
            )
            if compiled and thing.py_func.__module__ == module.name:
                yield f"{module.name}.{name}", thing


def machine_code(kernel: Any) -> bytes:
    """Return the machine code of a kernel that has run, as it is kept on disk."""
    function = kernel.py_func
    stem = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}"
    kept = Path(kernel.stats.cache_path).glob(f"{stem}-{function.__code__.co_firstlineno}.*.nbc")
    newest = max(kept, key=lambda path: path.stat().st_mtime)
    return newest.read_bytes()


def test_every_kernel_of_the_studio_is_vectorised() -> None:
    """Wide packed arithmetic is found in the machine code of each; one that never ran is told."""
    slow = SPARSE | ONCE
    found = {name: one for name, one in painted().items() if name.split(".")[-1] not in slow}
    unused = [name for name, one in found.items() if not one.signatures]
    assert not unused
    packed = {name: len(PACKED.findall(machine_code(one))) for name, one in found.items()}
    scalar = {name: n for name, n in packed.items() if n < LEAST_PACKED}
    assert not scalar
    assert len(packed) > 25


def test_the_pattern_finds_what_the_assembly_shows() -> None:
    """A row brightened is a few packed multiplications; one that adds up doubles is none."""

    def brighten(row: np.ndarray, gain: np.float32) -> None:
        for x in range(row.size):
            row[x] = row[x] * gain + gain

    row = np.ones(64, np.float32)
    counts = []
    for precise in (False, True):
        fresh = numba.njit(fastmath=True, error_model="numpy", nogil=True)(brighten)
        fresh(row.astype(np.float64) if precise else row, np.float32(2))
        (signature,) = fresh.signatures
        counts.append(
            len(PACKED.findall(fresh.overloads[signature].library._get_compiled_object()))
        )
    assert counts[0] > 2
    assert counts[1] == 0
