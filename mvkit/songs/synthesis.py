"""Give instruments their raw material: oscillators, noise, envelopes and filters.

Conventions: a signal is a float32 array, ``(n,)`` when mono and ``(n, 2)`` when stereo, with full
scale at ±1. Everything is deterministic: what sounds random is drawn from a generator whose seed
is named. Oscillators are band-limited, so no pitch aliases.

Contents: `Tone` (what an instrument is asked to play), `saw`, `square`, `supersaw`, `sine`,
`white_noise`, `glide`, `adsr`, `decay`, `filtered`, `swept_lowpass`, `stereo`, `to_stereo`,
`silence`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal

Samples = NDArray[np.float32]
FilterKind = Literal["lowpass", "highpass", "bandpass"]

TABLE_SIZE = 4096
SWEEP_BLOCK = 128  # samples between two settings of a moving filter: 2.9 ms at 44.1 kHz


@dataclass(frozen=True)
class Tone:
    """Ask an instrument for one sound.

    Attributes
    ----------
    pitch_midi : float
        MIDI note number (69 is A4, 440 Hz). Drums take it as a tuning, in an octave of their own;
        cymbals and claps ignore it.
    length_s : float
        How long the key is held; the release comes on top.
    velocity : float
        0 to 1: how bright and hard it sounds. Loudness is the player's business, not ours.
    rate_hz : int
        Samples per second.
    variation : int
        Which of an instrument's slightly different takes to use (round robin).
    """

    pitch_midi: float
    length_s: float
    velocity: float = 0.8
    rate_hz: int = 44_100
    variation: int = 0

    @property
    def pitch_hz(self) -> float:
        """Fundamental frequency in equal temperament, A4 = 440 Hz."""
        return float(440.0 * 2.0 ** ((self.pitch_midi - 69.0) / 12.0))

    def pitch_hz_above(self, lowest_hz: float) -> float:
        """Return the pitch, moved by octaves to lie within one octave above `lowest_hz`."""
        octaves = np.ceil(np.log2(lowest_hz / self.pitch_hz))
        return float(self.pitch_hz * 2.0**octaves)

    def times_s(self, length_s: float) -> NDArray[np.float64]:
        """Return the time of each sample of a sound that lasts `length_s`."""
        return np.arange(max(1, round(length_s * self.rate_hz))) / self.rate_hz


Instrument = Callable[[Tone], Samples]


@lru_cache(maxsize=256)
def _saw_table(n_harmonics: int) -> Samples:
    """One period of a sawtooth with `n_harmonics` partials, its first sample again at the end."""
    spectrum = np.zeros(TABLE_SIZE // 2 + 1, dtype=complex)
    order = np.arange(1, n_harmonics + 1)
    spectrum[1 : n_harmonics + 1] = -1j * TABLE_SIZE / (np.pi * order)
    period = np.fft.irfft(spectrum, TABLE_SIZE)
    return np.append(period, period[0]).astype(np.float32)


def saw(phase: NDArray[np.float64], *, highest_hz: float, rate_hz: int) -> Samples:
    """Read a band-limited sawtooth at `phase`.

    Parameters
    ----------
    phase : NDArray
        Phase in periods; whole parts are ignored.
    highest_hz : float
        Highest fundamental reached: fixes how many partials stay below Nyquist.
    rate_hz : int
        Samples per second.

    Returns
    -------
    Samples
        Same shape as `phase`, full scale about ±1.
    """
    n_harmonics = int(np.clip(0.45 * rate_hz / highest_hz, 1, TABLE_SIZE // 4))
    table = _saw_table(n_harmonics)
    position = (phase - np.floor(phase)) * TABLE_SIZE
    index = position.astype(np.int32)
    fraction = (position - index).astype(np.float32)
    return np.asarray(table[index] * (1.0 - fraction) + table[index + 1] * fraction)


def square(phase: NDArray[np.float64], *, highest_hz: float, rate_hz: int) -> Samples:
    """Read a band-limited square wave at `phase`: two sawtooths half a period apart; see `saw`."""
    rising = saw(phase, highest_hz=highest_hz, rate_hz=rate_hz)
    return rising - saw(phase + 0.5, highest_hz=highest_hz, rate_hz=rate_hz)


def supersaw(
    tone: Tone,
    n_samples: int,
    *,
    n_voices: int = 5,
    detune_cents: float = 12.0,
    width: float = 1.0,
) -> Samples:
    """Play several detuned sawtooths at once, spread from left to right.

    Parameters
    ----------
    tone : Tone
        Pitch, rate and variation (which fixes the voices' starting phases).
    n_samples : int
        Length of the sound.
    n_voices : int
        Number of sawtooths.
    detune_cents : float
        Distance of the outermost voices from the pitch, in hundredths of a semitone.
    width : float
        0 (all in the middle) to 1 (outermost voices hard left and right).

    Returns
    -------
    Samples
        Stereo, shape ``(n, 2)``.
    """
    times_s = np.arange(n_samples) / tone.rate_hz
    generator = np.random.default_rng([n_voices, round(tone.pitch_midi), tone.variation])
    spread = np.linspace(-1.0, 1.0, n_voices) if n_voices > 1 else np.zeros(1)
    places = width * np.where(np.arange(n_voices) % 2 == 0, spread, -spread)
    chorus = silence(n_samples)
    highest_hz = tone.pitch_hz * 2.0 ** (detune_cents / 1200.0)
    for offset, place, start in zip(spread, places, generator.random(n_voices), strict=True):
        pitch_hz = tone.pitch_hz * 2.0 ** (offset * detune_cents / 1200.0)
        voice = saw(times_s * pitch_hz + start, highest_hz=highest_hz, rate_hz=tone.rate_hz)
        chorus += to_stereo(voice, pan=float(place))
    return chorus / np.float32(np.sqrt(n_voices))


def silence(n_samples: int) -> Samples:
    """Return stereo silence, laid out in memory as `stereo` does."""
    return np.zeros((n_samples, 2), dtype=np.float32, order="F")


def sine(phase: NDArray[np.float64]) -> Samples:
    """Return the sine of `phase`, which counts periods."""
    turn = (phase - np.floor(phase)).astype(np.float32)
    return np.asarray(np.sin(np.float32(2.0 * np.pi) * turn))


def glide(start_hz: float, end_hz: float, fall_s: float, times_s: NDArray[np.float64]) -> Samples:
    """Play a sine that falls exponentially from one pitch to another, as drums do."""
    bend = (start_hz - end_hz) * fall_s * (1.0 - np.exp(-times_s / fall_s))
    return sine(end_hz * times_s + bend)


def white_noise(n_samples: int, *seed: int) -> Samples:
    """Draw white noise with unit variance from a generator with this seed."""
    return np.random.default_rng(list(seed)).standard_normal(n_samples, dtype=np.float32)


def adsr(
    tone: Tone, *, attack_s: float, decay_s: float, sustain: float, release_s: float
) -> Samples:
    """Shape a sound by attack, decay, sustain and release.

    The attack is linear, the decay exponential, the release a parabola that ends at zero exactly;
    nothing jumps, so nothing clicks.

    Returns
    -------
    Samples
        Gains from 0 to 1, as long as the tone is held plus its release.
    """
    times_s = tone.times_s(tone.length_s + release_s)
    rise = np.minimum(times_s / attack_s, 1.0)
    fall = sustain + (1.0 - sustain) * np.exp(-np.maximum(times_s - attack_s, 0.0) / decay_s)
    let_go = np.clip(1.0 - (times_s - tone.length_s) / release_s, 0.0, 1.0) ** 2
    return (rise * fall * let_go).astype(np.float32)


def decay(times_s: NDArray[np.float64], decay_s: float, *, attack_s: float = 0.0005) -> Samples:
    """Return gains that rise within `attack_s` and die away exponentially, zero at the last."""
    last_s = times_s[-1]
    ending = np.clip((last_s - times_s) / (0.1 * last_s + 1e-9), 0.0, 1.0)
    gains = np.minimum(times_s / attack_s, 1.0) * np.exp(-times_s / decay_s) * ending
    return np.asarray(gains, dtype=np.float32)


def filtered(
    samples: Samples,
    kind: FilterKind,
    edge_hz: float | tuple[float, float],
    *,
    rate_hz: int,
    order: int = 2,
) -> Samples:
    """Pass the samples through a Butterworth filter, along the first axis."""
    highest_hz = 0.49 * rate_hz
    edges_hz = np.minimum(edge_hz, highest_hz)
    sections = signal.butter(order, edges_hz, kind, fs=rate_hz, output="sos")
    return np.asarray(signal.sosfilt(sections.astype(np.float32), samples, axis=0))


def swept_lowpass(
    samples: Samples, cutoff_hz: ArrayLike, *, rate_hz: int, resonance: float = 0.8
) -> Samples:
    """Pass the samples through a low-pass filter whose cutoff moves.

    The biquad is R. Bristow-Johnson's ("Cookbook formulae for audio EQ biquad filter
    coefficients", W3C note 2021), set anew every `SWEEP_BLOCK` samples with its state kept.

    Parameters
    ----------
    samples : Samples
        Mono or stereo.
    cutoff_hz : array_like, shape (n,)
        Cutoff at every sample.
    rate_hz : int
        Samples per second.
    resonance : float
        Q of the filter: 0.7 is flat, 3 rings.

    Returns
    -------
    Samples
        Same shape as `samples`.
    """
    cutoffs_hz = np.asarray(cutoff_hz)[::SWEEP_BLOCK]
    angle = 2.0 * np.pi * np.clip(cutoffs_hz, 20.0, 0.45 * rate_hz) / rate_hz
    alpha = np.sin(angle) / (2.0 * resonance)
    gain = (1.0 - np.cos(angle)) / 2.0
    feed = np.stack([gain, 2.0 * gain, gain], axis=1) / (1.0 + alpha)[:, None]
    back = np.stack([1.0 + alpha, -2.0 * np.cos(angle), 1.0 - alpha], axis=1)
    back /= (1.0 + alpha)[:, None]
    # Double precision: a low cutoff puts the poles where single precision is no longer stable.
    state = np.zeros((2, *samples.shape[1:]))
    output = np.empty_like(samples)
    for block, (b, a) in enumerate(zip(feed, back, strict=True)):
        span = slice(block * SWEEP_BLOCK, (block + 1) * SWEEP_BLOCK)
        output[span], state = signal.lfilter(b, a, samples[span], axis=0, zi=state)
    return output


def to_stereo(samples: Samples, *, pan: float = 0.0) -> Samples:
    """Place a sound between left (-1) and right (+1) with constant power.

    A stereo sound is balanced: the side turned away from becomes quieter.
    """
    angle = (pan + 1.0) * np.pi / 4.0
    left, right = np.float32(np.sqrt(2.0)) * np.array([np.cos(angle), np.sin(angle)], np.float32)
    if samples.ndim == 1:
        return stereo(left * samples, right * samples)
    return stereo(left * samples[:, 0], right * samples[:, 1])


def stereo(left: Samples, right: Samples) -> Samples:
    """Join two channels to shape ``(n, 2)``, each contiguous in memory: far quicker to mix."""
    return np.stack([left, right]).T
