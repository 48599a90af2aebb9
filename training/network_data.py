"""What the network is shown: excerpts of songs made at random, sung and talked over, and worn.

A song is kept as the mel spectrum that the ear hears; all else is done to that, so that no
excerpt is ever the same twice: other sounds over it, drums softened, rooms, squeezing, hiss, and
ranges of frequency that are not there. What remains should be what music has in common.

Contents
--------
Heard, hear_song, hear_other, load_heard, wear, Excerpts
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.ndimage import gaussian_filter1d

from mvkit.analysis.network import STEP_FRAMES, network_input
from mvkit.analysis.onsets import ONSET_RATE_HZ, hear_onsets
from training.formless import make_formless
from training.songs import make_song
from training.timbres import RATE_HZ, Samples

FloatArray = NDArray[np.float32]

EXCERPT_FRAMES = 2000
PEAK_STEPS = 0.7  # deviation of the bell that a beat is told by
OTHERS_SING = 0.4  # share of other sounds that are singing
FIRST_SEED = 2_000_000  # beyond the songs that the ear is fitted to and judged on
OTHERS_OVER_SONGS, OVER_SHARE = 200, 0.7
BLANK_SHARE = 0.06  # of the excerpts have no beat


@dataclass(frozen=True)
class Heard:
    """The mel magnitudes of a sound, and where its beats and bars are, in seconds."""

    log_mel: NDArray[np.float16]
    beats_s: NDArray[np.float64]
    downbeats_s: NDArray[np.float64]


def hear_song(seed: int) -> Heard:
    """Return what is heard of a song made at random."""
    song = make_song(seed)
    log_mel = hear_onsets(song.mono).log_mel.astype(np.float16)
    return Heard(log_mel, song.beats_s, song.downbeats_s)


def hear_other(seed: int) -> Heard:
    """Return what is heard of a sound without a beat: singing, speech, knocks, noise."""
    rng = np.random.default_rng([seed, 505])
    mono = _singing(rng) if rng.random() < OTHERS_SING else make_formless(seed, length_s=26.0)[1]
    none = np.zeros(0)
    return Heard(hear_onsets(mono).log_mel.astype(np.float16), none, none)


def load_heard(
    hear: Callable[[int], Heard], seeds: Iterable[int], cache: Path | None
) -> list[Heard]:
    """Return what is heard under many seeds; what the cache folder has is not heard again."""
    found = []
    for seed in seeds:
        known = cache / f"{hear.__name__}-{seed}.pickle" if cache else None
        if known and known.is_file():
            found.append(pickle.loads(known.read_bytes()))
            continue
        found.append(hear(seed))
        if known:
            known.write_bytes(pickle.dumps(found[-1]))
    return found


def _singing(rng: np.random.Generator, *, length_s: float = 26.0) -> Samples:
    """Return a voice that slides from note to note through changing vowels, never in time."""
    n_samples = round(length_s * RATE_HZ)
    steps, pitch = [0.0], int(rng.integers(50, 72))
    times_s, pitches, loud = [0.0], [pitch], [0.0]
    while steps[-1] < length_s:
        held_s = 0.1 + rng.exponential(0.35)
        pitch = int(np.clip(pitch + rng.integers(-4, 5), 45, 80))
        level = rng.uniform(0.4, 1.0) * float(rng.random() > 0.15)
        onset_s = rng.uniform(0.02, 0.08)
        times_s += [steps[-1] + onset_s, steps[-1] + 0.8 * held_s, steps[-1] + held_s]
        pitches += [pitch, pitch, pitch]
        loud += [level, 0.8 * level, 0.2 * level]
        steps.append(steps[-1] + held_s)
    at_s = np.arange(n_samples) / RATE_HZ
    wobble = rng.uniform(0, 0.4) * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * at_s)
    pitch_hz = 440 * 2 ** ((np.interp(at_s, times_s, pitches) + wobble - 69) / 12)
    buzz = signal.sawtooth(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ)
    breath = rng.uniform(0.02, 0.2) * rng.standard_normal(n_samples)
    vowels = np.zeros(n_samples)
    for _ in range(3):
        centre_hz = float(np.exp(rng.uniform(np.log(300), np.log(3500))))
        mouth = signal.butter(
            1, [0.8 * centre_hz, 1.25 * centre_hz], "band", fs=RATE_HZ, output="sos"
        )
        opened = np.interp(at_s, steps, rng.random(len(steps)))
        vowels += opened * signal.sosfilt(mouth, buzz + breath)
    sung = vowels * np.interp(at_s, times_s, loud)
    for start_s in steps[:-1]:
        if rng.random() < 0.4:
            start, length = round(start_s * RATE_HZ), round(rng.uniform(0.02, 0.1) * RATE_HZ)
            room = max(0, n_samples - start)
            hiss = rng.standard_normal(length) * np.hanning(length)
            sung[start : start + length] += 0.1 * np.diff(hiss, prepend=0.0)[:room]
    return np.asarray(0.5 * sung / (np.abs(sung).max() + 1e-9), dtype=np.float32)


class Excerpts:
    """Draws batches of worn excerpts and what should be told of them."""

    def __init__(self, songs: Sequence[Heard], others: Sequence[Heard], *, seed: int) -> None:
        self.songs, self.others = songs, others
        self.rng = np.random.default_rng(seed)

    def batch(self, size: int) -> tuple[FloatArray, FloatArray]:
        """Return inputs, shape (size, n_mels, n_frames), and targets, shape (size, 2, n_steps)."""
        pairs = [self._one() for _ in range(size)]
        mels, targets = (np.stack(each) for each in zip(*pairs, strict=True))
        return network_input(mels), targets

    def _one(self) -> tuple[FloatArray, FloatArray]:
        rng = self.rng
        source = self.others if rng.random() < BLANK_SHARE else self.songs
        heard = source[rng.integers(len(source))]
        pace = float(np.exp(rng.uniform(-0.16, 0.16))) if rng.random() < 0.3 else 1.0
        mel, start = _cut(heard, rng, pace=pace)
        target = _targets(heard, start, pace)
        return _worn(mel, self._other(), rng), target

    def _other(self) -> FloatArray | None:
        if self.rng.random() > 0.6:
            return None
        return _cut(self.others[self.rng.integers(len(self.others))], self.rng)[0]


def _cut(heard: Heard, rng: np.random.Generator, *, pace: float = 1.0) -> tuple[FloatArray, int]:
    """Return the magnitudes of a random excerpt, filled up with silence, and its first frame."""
    n_frames = heard.log_mel.shape[1]
    n_cut = round(EXCERPT_FRAMES * pace)
    start = int(rng.integers(0, max(1, n_frames - n_cut + 1)))
    frames = start + np.round(np.arange(EXCERPT_FRAMES) * pace).astype(int)
    mel = np.expm1(heard.log_mel[:, frames[frames < n_frames]].astype(np.float32))
    return np.pad(mel, ((0, 0), (0, EXCERPT_FRAMES - mel.shape[1]))), start


def _targets(heard: Heard, start: int, pace: float) -> FloatArray:
    """Return bells at the beats and at the downbeats, shape (2, n_steps)."""
    steps = np.arange(EXCERPT_FRAMES // STEP_FRAMES)
    told = np.zeros((2, len(steps)), dtype=np.float32)
    for row, times_s in enumerate((heard.beats_s, heard.downbeats_s)):
        for place in (times_s * ONSET_RATE_HZ - start) / STEP_FRAMES / pace:
            near = slice(max(0, int(place) - 3), max(0, int(place) + 5))
            bell = np.exp(-0.5 * ((steps[near] - place) / PEAK_STEPS) ** 2)
            told[row, near] = np.maximum(told[row, near], bell)
    return told


def wear(log_mel: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return log magnitudes of a song as the network is shown them: sung over, worn."""
    mel = np.expm1(log_mel).astype(np.float32)
    other = hear_other(FIRST_SEED + int(rng.integers(OTHERS_OVER_SONGS))).log_mel
    n_times = 1 + mel.shape[1] // other.shape[1]
    over = np.expm1(np.tile(other, (1, n_times))[:, : mel.shape[1]].astype(np.float32))
    return np.log1p(_worn(mel, over if rng.random() < OVER_SHARE else None, rng)).astype(float)


def _worn(mel: FloatArray, other: FloatArray | None, rng: np.random.Generator) -> FloatArray:
    """Return magnitudes as another room, singer, mixer and copy might have left them."""
    n_mels = len(mel)
    if rng.random() < 0.25:
        mel = np.roll(mel, int(rng.integers(-4, 5)), axis=0)
    if rng.random() < 0.25:
        mel = gaussian_filter1d(mel, rng.uniform(0.5, 3.0), axis=1)
    if rng.random() < 0.25:
        mel = _undrummed(mel, rng)
    if other is not None:
        gain = 10 ** (rng.uniform(-15, 6) / 20)
        mel = mel + gain * other * (mel.mean() / (other.mean() + 1e-6))
    if rng.random() < 0.3:
        fade = np.exp(-6.9 / (rng.uniform(0.2, 1.2) * ONSET_RATE_HZ))
        wet = signal.lfilter([1 - fade], [1, -fade], mel, axis=1)
        mel = mel + rng.uniform(0.1, 1.0) * wet.astype(np.float32)
    tone = np.interp(np.arange(n_mels), np.linspace(0, n_mels - 1, 5), rng.normal(0, 6.0, 5))
    mel = mel * (10 ** (tone / 20)).astype(np.float32)[:, None]
    if rng.random() < 0.4:
        level = gaussian_filter1d(mel.mean(axis=0), rng.uniform(1.0, 20.0))
        mel = mel * (level / (level.mean() + 1e-6) + 0.1) ** -rng.uniform(0.2, 0.8)
    hiss = 10 ** rng.uniform(-3.5, -0.7) * mel.mean()
    mel = mel + 2 * hiss * rng.random(mel.shape, dtype=np.float32)
    if rng.random() < 0.3:
        mel[rng.integers(n_mels // 2, n_mels) :] *= 0.01
    if rng.random() < 0.3:
        mel[: rng.integers(1, n_mels // 3)] *= 0.02
    if rng.random() < 0.3:
        low = int(rng.integers(0, n_mels))
        mel[low : low + int(rng.integers(4, 16))] *= 0.05
    if rng.random() < 0.15:
        start = int(rng.integers(0, EXCERPT_FRAMES))
        mel[:, start : start + int(rng.integers(50, 400))] *= rng.uniform(0.0, 0.3)
    return mel.astype(np.float32)


def _undrummed(mel: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Hold back what is far above its surroundings in time: strokes, not tones."""
    around = gaussian_filter1d(mel, 12.0, axis=1)
    ceiling = rng.uniform(1.0, 2.0) * around
    return np.minimum(mel, ceiling + rng.uniform(0.0, 0.3) * mel)
