"""Sound without a beat: noise, drones, speech, stray knocks, notes and chords out of any time.

What is told about the beats of such sound has to be told without confidence.

Contents
--------
make_formless
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from training.timbres import RATE_HZ, Samples, random_kit, random_voice

KINDS = ("noise", "drone", "speech", "knocks", "notes", "swells", "chords")
PAUSES_S = {
    "speech": (0.14, 0.07),
    "knocks": (0.6, 0.05),
    "notes": (0.5, 0.1),
    "chords": (0.6, 0.25),
}
"""Between events in the mean, besides the least."""


def make_formless(seed: int, *, length_s: float = 20.0) -> tuple[str, Samples]:
    """Return a kind of sound and an example of it at 22 050 Hz."""
    rng = np.random.default_rng([seed, 404])
    kind = KINDS[seed % len(KINDS)]
    n_samples = round(length_s * RATE_HZ)
    if kind == "noise":
        sound = rng.standard_normal(n_samples)
    elif kind == "drone":
        hum_hz = 440 * 2 ** ((rng.integers(36, 72) - 69) / 12)
        sound = np.sin(2 * np.pi * hum_hz * np.arange(n_samples) / RATE_HZ)
        if rng.random() < 0.6:
            sound = random_voice(rng, "pad").note(int(rng.integers(36, 72)), length_s)[:n_samples]
    elif kind == "swells":
        slow = np.interp(np.arange(n_samples), np.linspace(0, n_samples, 12), rng.random(12))
        sound = slow * rng.standard_normal(n_samples)
    else:
        sound = _strewn(rng, kind, n_samples)
    hiss = rng.choice([0.0, 10 ** rng.uniform(-4, -2)])
    sound = sound + hiss * rng.standard_normal(len(sound))
    return kind, np.asarray(0.5 * sound / np.abs(sound).max(), dtype=np.float32)


def _strewn(rng: np.random.Generator, kind: str, n_samples: int) -> Samples:
    """Return events at random moments: after a pause, another, never in time."""
    kit, voice = random_kit(rng), random_voice(rng, "struck")
    sound = np.zeros(n_samples, dtype=np.float32)
    pause_s, least_s = PAUSES_S[kind]
    time_s = rng.uniform(0, 1)
    while (start := round(time_s * RATE_HZ)) < n_samples - 1:
        if kind == "speech":
            event = _syllable(rng)
            time_s += 0.7 * float(rng.random() < 0.12)  # takes a breath
        elif kind == "knocks":
            event = kit.stroke(str(rng.choice(["tom", "rim", "snare", "hat"])), 0)
        else:
            n_notes = int(rng.integers(2, 5)) if kind == "chords" else 1
            length_s = rng.uniform(0.2, 1.5)
            pitches = rng.choice(np.arange(48, 80), n_notes, replace=False)
            event = np.sum([voice.note(int(pitch), length_s) for pitch in pitches], axis=0)
        room = n_samples - start
        sound[start : start + len(event)] += np.float32(rng.uniform(0.3, 1)) * event[:room]
        time_s += least_s + rng.exponential(pause_s)
    return sound


def _syllable(rng: np.random.Generator) -> Samples:
    """Return a buzz through a moving mouth, with some hiss before it."""
    length = round(rng.uniform(0.08, 0.3) * RATE_HZ)
    times_s = np.arange(length) / RATE_HZ
    pitch_hz = rng.uniform(90, 220) * (1 + rng.uniform(-0.15, 0.15) * times_s / times_s[-1])
    buzz = signal.sawtooth(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ)
    centre_hz = rng.uniform(400, 2200)
    mouth = signal.butter(1, [0.7 * centre_hz, 1.4 * centre_hz], "band", fs=RATE_HZ, output="sos")
    shape = np.sin(np.pi * np.linspace(0, 1, length)) ** 0.7
    hiss = np.exp(-times_s / 0.02) * rng.standard_normal(length) * rng.choice([0.0, 0.3])
    return np.asarray(signal.sosfilt(mouth, buzz) * shape + hiss, dtype=np.float32)
