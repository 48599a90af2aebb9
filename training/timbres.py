"""Sounds with random colours: a drum kit, tones, and the room and the master they go through.

Signals are mono float32 arrays at ``RATE_HZ``. They need not be beautiful, only unlike each other.

Contents
--------
Kit, Voice, random_kit, random_voice, finished
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.ndimage import maximum_filter1d, uniform_filter1d

Samples = NDArray[np.float32]
Maker = Callable[[], Samples]

RATE_HZ = 22_050
N_TAKES = 3  # of each stroke, so that no two in a row are the same
TABLE_SIZE = 2048


@dataclass(frozen=True)
class Kit:
    """Drums: for each name a few takes of one stroke."""

    takes: dict[str, list[Samples]]

    def stroke(self, name: str, number: int) -> Samples:
        """Return the take for the so many-th stroke."""
        takes = self.takes[name]
        return takes[number % len(takes)]


def random_kit(rng: np.random.Generator) -> Kit:
    """Return a kit of its own sound."""
    makers = {
        "kick": _kick_maker(rng),
        "snare": _snare_maker(rng),
        "clap": _noise_maker(rng, (700, 1500), (4000, 9000), (0.05, 0.15), attack_s=0.002),
        "rim": _noise_maker(rng, (1200, 2500), (3000, 6000), (0.01, 0.03), attack_s=0.0005),
        "hat": _noise_maker(rng, (4500, 8000), (10_000, 10_900), (0.012, 0.05), attack_s=0.0005),
        "open": _noise_maker(rng, (4000, 7000), (10_000, 10_900), (0.1, 0.3), attack_s=0.001),
        "ride": _noise_maker(rng, (3000, 6000), (8000, 10_900), (0.15, 0.5), attack_s=0.0005),
        "shaker": _noise_maker(rng, (3000, 6000), (8000, 10_900), (0.02, 0.06), attack_s=0.02),
        "crash": _noise_maker(rng, (1500, 3500), (9000, 10_900), (0.5, 1.0), attack_s=0.001),
        "tom": _tom_maker(rng, 90.0, 220.0),
        "surdo": _tom_maker(rng, 55.0, 80.0),
    }
    return Kit({name: [make() for _ in range(N_TAKES)] for name, make in makers.items()})


def _times_s(length_s: float) -> NDArray[np.float64]:
    return np.arange(max(8, round(length_s * RATE_HZ))) / RATE_HZ


def _shaped(sound: NDArray[np.float64]) -> Samples:
    fade = np.minimum(1.0, np.arange(len(sound))[::-1] / 200.0)
    return np.asarray(sound * fade / (np.abs(sound).max() + 1e-9), dtype=np.float32)


def _kick_maker(rng: np.random.Generator) -> Maker:
    tune_hz, drop_hz = rng.uniform(38, 70), rng.uniform(40, 220)
    drop_s, decay_s = rng.uniform(0.01, 0.05), rng.uniform(0.06, 0.35)
    click, drive = rng.uniform(0.0, 0.6), rng.uniform(0.5, 3.0)

    def make() -> Samples:
        t = _times_s(min(0.6, 3.5 * decay_s))
        phase = tune_hz * t + drop_hz * drop_s * (1 - np.exp(-t / drop_s))
        body = np.sin(2 * np.pi * phase) * np.exp(-t / decay_s)
        beater = click * rng.standard_normal(len(t)) * np.exp(-t / 0.004)
        return _shaped(np.tanh(drive * (body + beater)) * np.minimum(1.0, t / 0.001))

    return make


def _snare_maker(rng: np.random.Generator) -> Maker:
    tune_hz, wires = rng.uniform(140, 260), rng.uniform(0.4, 2.0)
    shell_s, wires_s = rng.uniform(0.03, 0.12), rng.uniform(0.04, 0.2)
    band = signal.butter(
        1, [rng.uniform(500, 1500), rng.uniform(5000, 10_000)], "band", fs=RATE_HZ, output="sos"
    )

    def make() -> Samples:
        t = _times_s(min(0.5, 4 * max(shell_s, wires_s)))
        shell = np.sin(2 * np.pi * (tune_hz * t + 2 * np.exp(-t / 0.01))) * np.exp(-t / shell_s)
        noise = signal.sosfilt(band, rng.standard_normal(len(t))) * np.exp(-t / wires_s)
        return _shaped((shell + wires * noise) * np.minimum(1.0, t / 0.001))

    return make


def _tom_maker(rng: np.random.Generator, low_hz: float, high_hz: float) -> Maker:
    tune_hz, decay_s = rng.uniform(low_hz, high_hz), rng.uniform(0.08, 0.3)

    def make() -> Samples:
        t = _times_s(3 * decay_s)
        body = np.sin(2 * np.pi * (tune_hz * t - 0.03 * tune_hz * np.exp(-t / 0.04)))
        skin = 0.2 * rng.standard_normal(len(t)) * np.exp(-t / 0.01)
        return _shaped((body * np.exp(-t / decay_s) + skin) * np.minimum(1.0, t / 0.001))

    return make


def _noise_maker(
    rng: np.random.Generator,
    low_hz: tuple[float, float],
    high_hz: tuple[float, float],
    decay_s: tuple[float, float],
    *,
    attack_s: float,
) -> Maker:
    edges_hz = [rng.uniform(*low_hz), rng.uniform(*high_hz)]
    fall_s = rng.uniform(*decay_s)
    band = signal.butter(2, edges_hz, "band", fs=RATE_HZ, output="sos")

    def make() -> Samples:
        t = _times_s(attack_s + 4 * fall_s)
        noise = signal.sosfilt(band, rng.standard_normal(len(t)))
        return _shaped(noise * np.exp(-t / fall_s) * np.minimum(1.0, t / attack_s))

    return make


@dataclass
class Voice:
    """A tuned instrument: two wave tables, bright and dull, the bright one dying sooner.

    Attributes
    ----------
    slope : float
        How fast overtones fall off: 1 is a saw, 3 nearly a sine.
    odd : float
        Level of the even overtones, 0-1.
    attack_s, decay_s, release_s : float
        Envelope; a decay of 0 sustains.
    bright_s : float
        How long the bright colour lasts.
    detune : float
        Of a second oscillator, as a share of the pitch; 0 is none.
    breath : float
        Noise in the attack.
    vibrato : float
        Share of the pitch.
    """

    slope: float
    odd: float
    attack_s: float
    decay_s: float
    release_s: float
    bright_s: float
    detune: float
    breath: float
    vibrato: float
    _notes: dict[tuple[int, int], Samples] = field(default_factory=dict)
    _tables: dict[tuple[int, bool], Samples] = field(default_factory=dict)

    def note(self, pitch_midi: int, length_s: float) -> Samples:
        """Return a note that is held so long."""
        length = max(0.04, round(length_s * 25) / 25)
        known = (pitch_midi, round(length * 25))
        if known not in self._notes:
            self._notes[known] = self._sound(pitch_midi, length)
        return self._notes[known]

    def _sound(self, pitch_midi: int, length_s: float) -> Samples:
        t = _times_s(length_s + self.release_s)
        pitch_hz = 440.0 * 2 ** ((pitch_midi - 69) / 12)
        phase = pitch_hz * t
        if self.vibrato:
            phase = phase + self.vibrato * pitch_hz / 34.0 * np.sin(34.0 * t) * np.minimum(t, 1.0)
        sound = self._wave(phase, pitch_hz, bright=False).astype(np.float64)
        sound += self._wave(phase, pitch_hz, bright=True) * np.exp(-t / self.bright_s)
        if self.detune:
            sound += self._wave(phase * (1 + self.detune) + 0.3, pitch_hz, bright=False)
        if self.breath:
            noise = np.random.default_rng(pitch_midi).standard_normal(len(t))
            sound += self.breath * noise * np.exp(-t / 0.012)
        sound *= np.minimum(1.0, t / self.attack_s)
        if self.decay_s:
            sound *= np.exp(-t / self.decay_s)
        sound *= np.clip(1 - (t - length_s) / self.release_s, 0.0, 1.0) ** 2
        return np.asarray(0.4 * sound, dtype=np.float32)

    def _wave(self, phase: NDArray[np.float64], pitch_hz: float, *, bright: bool) -> Samples:
        n_partials = int(np.clip(9500 // pitch_hz, 1, 40))
        if not bright:
            n_partials = min(n_partials, 8)
        if (n_partials, bright) not in self._tables:
            self._tables[n_partials, bright] = self._table(n_partials, bright)
        return self._tables[n_partials, bright][
            ((phase % 1.0) * TABLE_SIZE).astype(np.int32) % TABLE_SIZE
        ]

    def _table(self, n_partials: int, bright: bool) -> Samples:
        order = np.arange(1, n_partials + 1)
        level = order ** -(self.slope if bright else self.slope + 0.8)
        level[1::2] *= 1 - self.odd
        turns = np.arange(TABLE_SIZE) / TABLE_SIZE
        wave = np.sin(2 * np.pi * order[:, None] * turns + order[:, None] ** 2).T @ level
        return np.asarray(wave / (np.abs(wave).max() + 1e-9), dtype=np.float32)


def random_voice(rng: np.random.Generator, kind: str) -> Voice:
    """Return an instrument: ``bass``, ``struck`` (dies away), ``sung`` or ``pad``."""
    attack_s = {
        "bass": rng.uniform(0.002, 0.02),
        "struck": rng.uniform(0.001, 0.012),
        "sung": rng.uniform(0.01, 0.07),
        "pad": rng.uniform(0.04, 0.25),
    }[kind]
    dies = kind == "struck" or (kind == "bass" and rng.random() < 0.6)
    return Voice(
        slope=rng.uniform(1.0, 2.6),
        odd=rng.choice([0.0, 0.0, 0.9]),
        attack_s=attack_s,
        decay_s=rng.uniform(0.15, 1.2) if dies else 0.0,
        release_s=rng.uniform(0.03, 0.4 if kind in ("pad", "struck") else 0.12),
        bright_s=rng.uniform(0.03, 0.4) if kind != "pad" else 2.0,
        detune=rng.choice([0.0, rng.uniform(0.001, 0.008)]),
        breath=rng.choice([0.0, rng.uniform(0.05, 0.4)]) if kind in ("struck", "bass") else 0.0,
        vibrato=rng.uniform(0.0, 0.008) if kind == "sung" else 0.0,
    )


def finished(mix: NDArray[np.float32], rng: np.random.Generator, *, beat_s: float) -> Samples:
    """Return the mix in a random room, with random tone control, squeezing, hiss and level."""
    mix = mix / (np.sqrt(np.mean(mix**2)) + 1e-9)
    if rng.random() < 0.7:
        mix = mix + rng.uniform(0.05, 0.5) * _room(mix, rng)
    if rng.random() < 0.2:
        mix = _echoed(mix, round(beat_s * rng.choice([0.5, 0.75, 1.0]) * RATE_HZ), rng)
    if rng.random() < 0.5:
        low_hz, high_hz = rng.uniform(20, 160), rng.uniform(3500, 10_500)
        band = signal.butter(1, [low_hz, high_hz], "band", fs=RATE_HZ, output="sos")
        mix = signal.sosfilt(band, mix)
    if rng.random() < 0.6:
        mix = _squeezed(mix, rng.uniform(0.2, 0.8))
    drive = rng.uniform(0.1, 0.8)
    mix = np.tanh(drive * mix) / drive
    mix = mix + 10 ** rng.uniform(-4.5, -2.0) * rng.standard_normal(len(mix))
    return np.asarray(rng.uniform(0.2, 0.9) * mix / (np.abs(mix).max() + 1e-9), dtype=np.float32)


def _room(mix: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    t = _times_s(rng.uniform(0.2, 1.0))
    fall = np.exp(-6.9 * t / t[-1])
    answer = rng.standard_normal(len(t)) * fall
    answer /= np.sqrt((answer**2).sum())
    wet: NDArray[np.float32] = signal.oaconvolve(mix, answer)[: len(mix)]
    return wet


def _echoed(mix: NDArray[np.float32], lag: int, rng: np.random.Generator) -> NDArray[np.float32]:
    level, echoed = rng.uniform(0.1, 0.35), mix.copy()
    for number in (1, 2):
        echoed[number * lag :] += level**number * mix[: -number * lag]
    return echoed


def _squeezed(mix: NDArray[np.float32], amount: float) -> NDArray[np.float32]:
    """Make loud moments softer, as a compressor does."""
    step = 64
    level = np.abs(mix[: len(mix) // step * step]).reshape(-1, step).max(axis=1)
    held = uniform_filter1d(maximum_filter1d(level, 31), 31)
    gain = (held / (held.mean() + 1e-9) + 0.2) ** -amount
    return mix * np.interp(np.arange(len(mix)), np.arange(len(gain)) * step, gain)
