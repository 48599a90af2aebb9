"""Place dry sounds in a room and let them breathe: hall, echo, and the pump of a side-chain.

Signals are stereo float32 arrays of shape ``(n, 2)``; every effect keeps the length.

Contents: `reverberated`, `echoed`, `duck_gains`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import ndimage, signal

from mvkit.songs.synthesis import Samples, filtered, silence, stereo, white_noise

PREDELAY_S = 0.018
# Reverberation time (60 dB) by band: highs die sooner, as in real rooms.
REVERB_BANDS = (((180.0, 700.0), 1.7), ((700.0, 3_000.0), 1.5), ((3_000.0, 9_000.0), 0.9))


@lru_cache(maxsize=2)
def _hall_response(rate_hz: int) -> Samples:
    """Impulse response of the hall: decaying noise per band, independent left and right.

    After J. A. Moorer, "About this reverberation business" (Computer Music Journal 3, 1979).
    """
    longest_s = max(decay_s for _, decay_s in REVERB_BANDS)
    times_s = np.arange(round(longest_s * rate_hz)) / rate_hz
    response = silence(times_s.size)
    for number, (band_hz, decay_s) in enumerate(REVERB_BANDS):
        noise = stereo(*(white_noise(times_s.size, 61, number, side) for side in (0, 1)))
        fall = np.exp(-np.log(1_000.0) * times_s / decay_s).astype(np.float32)
        response += filtered(noise, "bandpass", band_hz, rate_hz=rate_hz) * fall[:, None]
    build_up = np.minimum(times_s / 0.01, 1.0).astype(np.float32)
    response *= build_up[:, None]
    response /= np.sqrt(np.mean(np.sum(response**2, axis=0)))
    before = silence(round(PREDELAY_S * rate_hz))
    return np.concatenate([before, response])


def reverberated(samples: Samples, *, rate_hz: int) -> Samples:
    """Return what a hall of 1.7 s answers to the samples, without the samples themselves."""
    response = _hall_response(rate_hz)
    wet = signal.oaconvolve(samples, response, axes=0)[: samples.shape[0]]
    return np.asarray(wet, dtype=np.float32)


def echoed(
    samples: Samples, *, delay_s: float, rate_hz: int, feedback: float = 0.5, n_echoes: int = 6
) -> Samples:
    """Return echoes that bounce between left and right, each darker and softer than the last."""
    step = round(delay_s * rate_hz)
    wet = np.zeros_like(samples)
    repeat = filtered(samples.mean(axis=1), "bandpass", (250.0, 5_500.0), rate_hz=rate_hz)
    for number in range(1, n_echoes + 1):
        late = number * step
        if late >= samples.shape[0]:
            break
        near, far = (0, 1) if number % 2 else (1, 0)
        wet[late:, near] += repeat[:-late]
        wet[late:, far] += 0.25 * repeat[:-late]
        repeat = feedback * filtered(repeat, "lowpass", 3_800.0, rate_hz=rate_hz, order=1)
    return wet


def duck_gains(
    onsets_s: Sequence[float], *, n_samples: int, rate_hz: int, recover_s: float = 0.3
) -> Samples:
    """Return how far the kick pushes others down: 1 at each onset, back to 0 after `recover_s`.

    Parameters
    ----------
    onsets_s : sequence of float
        Times of the kicks.
    n_samples : int
        Length of the curve.
    rate_hz : int
        Samples per second.
    recover_s : float
        Time until a part is at full level again.

    Returns
    -------
    Samples
        Shape ``(n,)``, 0 to 1; a part with depth ``d`` is multiplied by ``1 - d * curve``.
    """
    curve = np.zeros(n_samples, dtype=np.float32)
    n_recover = round(recover_s * rate_hz)
    shape = (np.linspace(1.0, 0.0, n_recover) ** 1.6).astype(np.float32)
    for onset_s in onsets_s:
        start = round(onset_s * rate_hz)
        span = curve[start : start + n_recover]
        np.maximum(span, shape[: span.size], out=span)
    return np.asarray(ndimage.uniform_filter1d(curve, max(1, round(0.006 * rate_hz))))
