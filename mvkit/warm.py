"""Compile once what runs compiled: ``python -m mvkit.warm``, a minute on a new machine.

Numba keeps machine code on disk, but its index of it is not made for processes that compile the
same function for different types at the same time: they may take each other's code, and crash. So
whatever starts many processes on a new machine does this first, alone; and while the song of a
first film is heard, what every world needs is compiled beside it (:func:`warm_aside`), before
anything is painted.
"""

from __future__ import annotations

import os
import sys
import threading

from mvkit.processes import environment_for, run_aside
from mvkit.settings import ROOT

N_COMPILED = 60
"""The studio compiles more functions than this; with fewer on disk, it has not done so yet."""
ASIDE = "--aside"
ASIDE_WORLD = "field"
LONGEST_S = 300.0
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


def warm_up(*worlds: str) -> None:
    """Paint worlds, small; librosa is compiled as it is imported.

    Parameters
    ----------
    *worlds
        Which; all of them by default.
    """
    import librosa.core.audio
    import librosa.core.pitch
    import librosa.util.utils  # noqa: F401 - compiles itself

    from mvkit.studio import WORLDS, FigureSheet, paint_picture

    for world in worlds or WORLDS:
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


if __name__ == "__main__":
    warm_up(*([ASIDE_WORLD] if ASIDE in sys.argv else []))
