"""Compile once what runs compiled: ``python -m mvkit.warm``, half a minute on a new machine.

Numba keeps machine code on disk, but its index of it is not made for processes that compile the
same function for different types at the same time: they may take each other's code, and crash. So
whatever starts many processes on a new machine does this first, alone.
"""

from __future__ import annotations

import librosa.core.audio
import librosa.core.pitch
import librosa.util.utils  # noqa: F401 - compiles itself

from mvkit.studio import WORLDS, FigureSheet, paint_picture


def warm_up() -> None:
    """Paint each of the studio's worlds, small; librosa was compiled as it was imported."""
    for world in WORLDS:
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
    warm_up()
