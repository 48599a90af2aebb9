"""aubio's opinion on the beats: a second pair of ears.

aubio follows the beat causally, by Davies and Plumbley, "Context-dependent beat tracking of
musical audio" (IEEE TASLP 15, 2007): another method than ours, so its agreement says something.
It is licensed under the GPL; this module is the only one that imports it.

Contents
--------
SecondOpinion, hear_with_aubio
"""

from __future__ import annotations

from dataclasses import dataclass

import aubio
import numpy as np

from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import RATE_HZ, FloatArray

WINDOW, HOP = 1024, 512


@dataclass(frozen=True)
class SecondOpinion:
    """What aubio heard.

    Attributes
    ----------
    beats_s : ndarray
        Beat times in seconds; may be empty.
    bpm : float
        Tempo in beats per minute, 0 if it heard none.
    """

    beats_s: FloatArray
    bpm: float


def hear_with_aubio(mono: Samples) -> SecondOpinion:
    """Return aubio's beats of a signal at ``RATE_HZ``."""
    tracker = aubio.tempo("default", WINDOW, HOP, RATE_HZ)
    mono = np.ascontiguousarray(mono, dtype=np.float32)
    beats_s = [
        tracker.get_last_s()
        for start in range(0, len(mono) - HOP + 1, HOP)
        if tracker(mono[start : start + HOP])[0]
    ]
    steps_s = np.diff(beats_s)
    bpm = 60.0 / float(np.median(steps_s)) if len(steps_s) else 0.0
    return SecondOpinion(np.array(beats_s, dtype=float), bpm)
