"""Where the music drops in or breaks off: the few moments at which everything changes.

A drop is a sudden gain of force that lasts, after something quieter; a break is a sudden loss. The
force of a moment is how loud its bands are, the low end above all: what makes a drop is that the
bass comes in, however loud the build-up before it was (Yadati et al., "Detecting drops in
electronic dance music", ISMIR 2014). The mean over a few bars after a moment is held against that
over as many before, and the same over one bar, which a slow swell does not pass.

Contents
--------
hear_moments
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from scipy.signal import find_peaks

from mvkit.analysis.bands import BANDS_RATE_HZ, Bands
from mvkit.analysis.sound import FloatArray
from mvkit.schema.analysis import Moment

BAND_WEIGHTS = {"bass": 0.7, "mid": 0.2, "high": 0.1}
BAR_S = (1.2, 3.0)
LASTING_BARS = 4

LEAST_CHANGE, FULL_CHANGE = 0.16, 0.5  # of force, 0-1
SUDDEN_SHARE = 0.65  # of a lasting change that is there within a bar
SILENT_FORCE = 0.05
APART_S = 8.0
MOST = 8


def hear_moments(bands: Bands, downbeats_s: Sequence[float]) -> tuple[Moment, ...]:
    """Return the drops and breaks of a song, in order; a song that goes its way has none.

    Parameters
    ----------
    bands : Bands
        Of the whole song.
    downbeats_s : sequence of float
        Its bars; a moment is at one of them.
    """
    downbeats = np.asarray(downbeats_s)
    force = _force(bands)
    sounding = np.flatnonzero(force > SILENT_FORCE)
    if len(downbeats) < 2 or len(sounding) < 2:
        return ()
    force, begins_s = force[sounding[0] : sounding[-1]], sounding[0] / BANDS_RATE_HZ
    bar = round(float(np.clip(np.median(np.diff(downbeats)), *BAR_S)) * BANDS_RATE_HZ)
    lasting, sudden = _change(force, LASTING_BARS * bar), _change(force, bar)
    found = [
        *_moments("drop", lasting, sudden, bar=bar),
        *_moments("break", -lasting, -sudden, bar=bar),
    ]
    strongest = sorted(found, key=lambda moment: moment.strength)[-MOST:]
    at_downbeats = (_snapped(moment, downbeats, begins_s=begins_s) for moment in strongest)
    return tuple(sorted(at_downbeats, key=lambda moment: moment.time))


def _force(bands: Bands) -> FloatArray:
    levels = np.array([getattr(bands, name) for name in BAND_WEIGHTS], dtype=float)
    force: FloatArray = np.array(list(BAND_WEIGHTS.values())) @ levels
    return force


def _change(force: FloatArray, reach: int) -> FloatArray:
    """Return the mean over so many frames from each on, less that over as many before it.

    Near the ends, where there are not as many, it is 0.
    """
    change = np.zeros(len(force))
    if len(force) >= 2 * reach:
        total = np.concatenate([[0.0], np.cumsum(force)])
        means = (total[reach:] - total[:-reach]) / reach
        change[reach : len(force) - reach + 1] = means[reach:] - means[:-reach]
    return change


def _moments(
    kind: Literal["drop", "break"], lasting: FloatArray, sudden: FloatArray, *, bar: int
) -> Iterator[Moment]:
    """Yield where a change is greatest, lasts, and comes at once."""
    peaks, _ = find_peaks(lasting, height=LEAST_CHANGE, distance=round(APART_S * BANDS_RATE_HZ))
    for peak in peaks:
        around = sudden[max(0, peak - bar // 4) : peak + bar // 4]
        if around.max() >= SUDDEN_SHARE * lasting[peak]:
            strength = min(1.0, float(lasting[peak]) / FULL_CHANGE)
            yield Moment(time=peak / BANDS_RATE_HZ, kind=kind, strength=round(strength, 3))


def _snapped(moment: Moment, downbeats_s: FloatArray, *, begins_s: float) -> Moment:
    """Return a moment at the downbeat next to it; its time is counted from where sound begins."""
    away_s = np.abs(downbeats_s - begins_s - moment.time)
    return moment.model_copy(update={"time": float(downbeats_s[np.argmin(away_s)])})
