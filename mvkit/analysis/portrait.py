"""What a song looks like to the ear, small enough to be drawn: for people, not for later stages.

Bars that sound alike, tempi that explain each moment, pitch classes, and how loud it is. All of it
is on the analysis's way already, but not kept by it: an analysis is read by every stage, and none
needs this. Matrices are pooled to what a screen can show and kept in bytes.

Contents
--------
Grid, Portrait, portray, envelope
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from mvkit.analysis.intake import Samples
from mvkit.schema import Record
from mvkit.schema.base import Seconds, Share

N_POINTS = 600
MOST_BARS, MOST_TEMPI, MOST_STEPS = 160, 130, 240


class Grid(Record):
    """A matrix of shares, 0-1, in 255 steps.

    Attributes
    ----------
    n_rows : int
        Its height.
    data : str
        The steps row by row, a byte each, in Base64.
    """

    n_rows: int = Field(ge=1)
    data: str

    @classmethod
    def of(cls, shares: NDArray[Any]) -> Self:
        """Keep a matrix; what lies outside 0-1 is cut off."""
        steps = np.round(255 * np.clip(shares, 0.0, 1.0)).astype(np.uint8)
        return cls(n_rows=len(steps), data=base64.b64encode(steps.tobytes()).decode())

    @property
    def levels(self) -> NDArray[np.uint8]:
        """The steps, 0-255, shape (n_rows, n_columns)."""
        steps = np.frombuffer(base64.b64decode(self.data), dtype=np.uint8)
        return steps.reshape(self.n_rows, -1)


class Portrait(Record):
    """What the ear goes by.

    Attributes
    ----------
    similarity : Grid
        How alike any two bars sound, from 0 for nothing in common; neighbours of long songs are
        pooled.
    bar_edges_s : tuple of float
        Where each of its rows begins, and where the last ends.
    tempogram : Grid
        How well each tempo explains each moment.
    tempi_bpm : tuple of float
        Of its rows, ascending.
    step_s : float
        Seconds from one of its columns to the next, the first at 0 s.
    pitch_classes : tuple of float
        How much each sounds, from C: the least, which is noise, at 0, the most at 1.
    """

    similarity: Grid
    bar_edges_s: tuple[Seconds, ...]
    tempogram: Grid
    tempi_bpm: tuple[float, ...]
    step_s: float
    pitch_classes: tuple[Share, ...]


def portray(mono: Samples, *, downbeats_s: Sequence[float], duration_s: float) -> Portrait:
    """Return what a song looks like.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        The song at :data:`mvkit.analysis.sound.RATE_HZ`.
    downbeats_s : sequence of float
        Where its bars begin, at least one.
    duration_s : float
        Where it ends.
    """
    from mvkit.analysis.onsets import hear_onsets
    from mvkit.analysis.similarity import bar_similarity
    from mvkit.analysis.spectra import hear_spectra
    from mvkit.analysis.tempo import GRID_BPM, STEP_S, hear_tempogram

    spectra = hear_spectra(mono)
    bars_s = np.array(downbeats_s, dtype=float)
    similarity = bar_similarity(spectra, bars_s, duration_s)
    bars = _pools(len(bars_s), MOST_BARS)
    pulse = hear_tempogram(hear_onsets(mono).strength).pulse
    tempi, steps = _pools(len(pulse), MOST_TEMPI), _pools(pulse.shape[1], MOST_STEPS)
    loudest = spectra.chroma.max(axis=0) + 1e-9
    chroma = (spectra.chroma / loudest).mean(axis=1)
    chroma -= chroma.min()
    return Portrait(
        similarity=Grid.of(_pooled(similarity, bars, bars)),
        bar_edges_s=(*bars_s[bars].tolist(), duration_s),
        tempogram=Grid.of(_pooled(pulse, tempi, steps)),
        tempi_bpm=tuple(np.round(GRID_BPM[tempi], 2).tolist()),
        step_s=STEP_S * pulse.shape[1] / len(steps),
        pitch_classes=tuple(np.round(chroma / (chroma.max() + 1e-9), 3).tolist()),
    )


def envelope(samples: Samples, *, n_points: int = N_POINTS) -> tuple[float, ...]:
    """Return how loud each stretch of a song is, the loudest at 1.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        The song, mono.
    n_points : int
        How many stretches; fewer, if there are fewer samples.
    """
    starts = np.linspace(0, len(samples), min(n_points, len(samples)), endpoint=False, dtype=int)
    peaks = np.maximum.reduceat(np.abs(samples), starts)
    return tuple(np.round(peaks / max(float(peaks.max()), 1e-9), 3).tolist())


def _pools(n: int, most: int) -> NDArray[np.intp]:
    """Return where each of at most so many even stretches of ``n`` things begins."""
    n_pools = min(n, most)
    return np.arange(n_pools) * n // n_pools


def _pooled(
    matrix: NDArray[Any], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[Any]:
    """Return the highest value of each pool of a matrix, so that no thin line is lost."""
    highest: NDArray[Any] = np.maximum.reduceat(
        np.maximum.reduceat(matrix, rows, axis=0), columns, axis=1
    )
    return highest
