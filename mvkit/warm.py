"""Compile once what runs compiled: ``python -m mvkit.warm``, a minute or two on a new machine.

Machine code is kept on disk. Whatever starts many processes on a new machine does this first, or
each would compile the same; and while the song of a first film is heard, what every world needs
is compiled beside it (:func:`warm_aside`), before anything is painted.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from mvkit.processes import environment_for, run_aside
from mvkit.settings import ROOT

N_COMPILED = 60
"""The studio compiles more functions than this; with fewer on disk, it has not done so yet."""
ASIDE = "--aside"
ASIDE_WORLD = "field"
LONGEST_S = 300.0
MOST_PROCESSES = 4
_aside: list[threading.Thread] = []


def n_compiled() -> int:
    """Return how many functions of the studio are kept as machine code."""
    kept = os.environ.get("NUMBA_CACHE_DIR")
    folder = kept or ROOT / "mvkit" / "studio"
    return sum(name.endswith(".nbi") for _, _, names in os.walk(folder) for name in names)


def warm_aside(job_id: str) -> None:
    """Compile beside other work what every world needs, unless it was.

    Parameters
    ----------
    job_id : str
        For whose sake.
    """
    if n_compiled() < N_COMPILED:
        environment = environment_for(job_id)
        _aside.append(
            run_aside(["mvkit.warm", ASIDE], environment=environment, timeout_s=LONGEST_S)
        )


def await_warmth() -> None:
    """Wait for what is compiled aside; nothing may be painted before."""
    while _aside:
        _aside.pop().join()


def warm_up(*, n_processes: int | None = None) -> None:
    """Compile everything: first what every world needs, then the worlds side by side.

    Parameters
    ----------
    n_processes : int
        How many processes share the worlds; by default as many as there are processors, to
        :data:`MOST_PROCESSES`.
    """
    from mvkit.studio import WORLDS

    n_processes = n_processes or min(MOST_PROCESSES, os.cpu_count() or 1)
    compile_world(ASIDE_WORLD)
    worlds = [world for world in WORLDS if world != ASIDE_WORLD]
    with ProcessPoolExecutor(n_processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(compile_world, worlds))


def compile_world(world: str) -> None:
    """Paint a world, small; librosa is compiled as it is imported."""
    # A compiler makes millions of objects, and none that the collector would have to find.
    gc.disable()
    import librosa.core.audio
    import librosa.core.pitch
    import librosa.util.utils  # noqa: F401 - compiles itself

    from mvkit.studio import FigureSheet, paint_picture

    paint_picture(
        world=world,
        palette=("#101828", "#804848", "#c8a860", "#e0e4f0"),
        time_of_day="night",
        weather="",
        sheet=FigureSheet.from_seed(1, accent="#c8a860", umbrella=True),
        width_px=320,
        height_px=180,
        seed=1,
    )
    gc.collect()


if __name__ == "__main__":
    if ASIDE in sys.argv:
        compile_world(ASIDE_WORLD)
    else:
        warm_up()
