"""The instruments of the band: each is a function from `Tone` to sound.

Every instrument returns a float32 array with its peak near 1, mono ``(n,)`` or stereo ``(n, 2)``,
that starts on its onset and ends in silence. Velocity changes the colour only; loudness is set in
the mix. Noise differs between a tone's variations, as no two strokes of a drummer are alike.

Contents: drums (`kick`, `snare`, `clap`, `closed_hat`, `open_hat`, `crash`, `tom`, `boom`), tuned
(`bass`, `sub_bass`, `pad`, `pluck`, `glass_keys`, `lead`), atmosphere (`riser`, `rain`); what more
instruments are built of (`cymbal`, `peak_normalised`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mvkit.songs.synthesis import (
    FilterKind,
    Samples,
    Tone,
    adsr,
    decay,
    filtered,
    glide,
    saw,
    sine,
    square,
    stereo,
    supersaw,
    swept_lowpass,
    to_stereo,
    white_noise,
)

# Frequencies of the six square waves whose mixture is the metal of the TR-808's cymbals, after
# K. J. Werner et al., "The TR-808 cymbal: a physically-informed, circuit-bendable, digital model"
# (ICMC 2014).
CYMBAL_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)


def kick(tone: Tone) -> Samples:
    """Play a bass drum: a driven sine that drops to its tuning, with a knock and a click."""
    times_s = tone.times_s(0.42)
    tuning_hz = tone.pitch_hz_above(41.0)
    body = glide(tuning_hz + 145.0, tuning_hz, 0.028, times_s) * decay(times_s, 0.16)
    knock = glide(1_400.0, 160.0, 0.004, times_s) * decay(times_s, 0.012)
    click = _burst(tone, times_s, "highpass", 2_500.0, 0.003)
    mixture = 1.5 * body + tone.velocity * (0.5 * knock + 0.25 * click)
    return peak_normalised(np.tanh(1.4 * mixture))


def snare(tone: Tone) -> Samples:
    """Play a snare drum with the gated room of the 1980s: a plateau of noise, cut off short."""
    times_s = tone.times_s(0.34)
    tuning_hz = tone.pitch_hz_above(170.0)
    shell = glide(1.7 * tuning_hz, tuning_hz, 0.02, times_s) * decay(times_s, 0.07)
    wires = _burst(tone, times_s, "bandpass", (1_200.0, 9_000.0), 0.07)
    gate = np.clip((0.2 - times_s) / 0.05, 0.0, 1.0) * np.minimum(times_s / 0.012, 1.0)
    noise = white_noise(times_s.size, 11, tone.variation)
    room = filtered(noise, "bandpass", (350.0, 5_000.0), rate_hz=tone.rate_hz)
    room *= gate * np.exp(-times_s / 0.3)
    return peak_normalised(np.tanh(1.44 * shell + 0.88 * tone.velocity * wires + 0.26 * room))


def clap(tone: Tone) -> Samples:
    """Play a hand clap: three quick bursts of noise and a short tail, wide."""
    times_s = tone.times_s(0.28)
    envelope = np.zeros_like(times_s)
    for start_s, fall_s in ((0.0, 0.006), (0.010, 0.006), (0.021, 0.075)):
        late_s = times_s - start_s
        envelope += np.where(late_s >= 0.0, np.exp(-np.maximum(late_s, 0.0) / fall_s), 0.0)
    envelope *= decay(times_s, 1.0, attack_s=0.001)
    noise = stereo(*(white_noise(times_s.size, 23, side, tone.variation) for side in (0, 1)))
    hands = filtered(noise, "bandpass", (900.0, 6_500.0), rate_hz=tone.rate_hz)
    return peak_normalised(hands * envelope[:, None])


def closed_hat(tone: Tone) -> Samples:
    """Play a closed hi-hat."""
    return cymbal(tone, 0.09, fall_s=0.018 + 0.02 * tone.velocity, edge_hz=7_500.0)


def open_hat(tone: Tone) -> Samples:
    """Play an open hi-hat."""
    return cymbal(tone, 0.36, fall_s=0.14, edge_hz=7_000.0)


def crash(tone: Tone) -> Samples:
    """Play a crash cymbal that rings for two seconds, different left and right."""
    takes = (replace(tone, variation=2 * tone.variation + side) for side in (0, 1))
    return stereo(*(cymbal(take, 2.4, fall_s=0.55, edge_hz=3_800.0) for take in takes))


def tom(tone: Tone) -> Samples:
    """Play an electronic tom at its pitch, falling by a fifth."""
    times_s = tone.times_s(0.45)
    body = glide(1.9 * tone.pitch_hz, tone.pitch_hz, 0.06, times_s) * decay(times_s, 0.15)
    skin = _burst(tone, times_s, "bandpass", (400.0, 4_000.0), 0.03)
    return peak_normalised(np.tanh(1.5 * body + 0.25 * tone.velocity * skin))


def boom(tone: Tone) -> Samples:
    """Play the deep impact that opens a new part."""
    times_s = tone.times_s(1.9)
    tuning_hz = tone.pitch_hz_above(32.0)
    body = glide(tuning_hz + 70.0, tuning_hz, 0.09, times_s) * decay(times_s, 0.5, attack_s=0.002)
    rumble = _burst(tone, times_s, "lowpass", 220.0, 0.25)
    return peak_normalised(np.tanh(1.3 * body + 0.5 * rumble))


def bass(tone: Tone) -> Samples:
    """Play a synthesiser bass: saw over a sine, its filter snapping shut, slightly driven."""
    envelope = adsr(tone, attack_s=0.003, decay_s=0.25, sustain=0.65, release_s=0.04)
    times_s = np.arange(envelope.size) / tone.rate_hz
    teeth = saw(times_s * tone.pitch_hz, highest_hz=tone.pitch_hz, rate_hz=tone.rate_hz)
    body = 0.75 * teeth + 0.7 * sine(times_s * tone.pitch_hz)
    cutoff_hz = 180.0 + 2_600.0 * tone.velocity**2 * np.exp(-times_s / 0.075)
    closing = swept_lowpass(body, cutoff_hz, rate_hz=tone.rate_hz, resonance=1.6)
    return peak_normalised(np.tanh(1.5 * closing * envelope))


def sub_bass(tone: Tone) -> Samples:
    """Play a round sine bass with a little warmth."""
    envelope = adsr(tone, attack_s=0.008, decay_s=0.6, sustain=0.8, release_s=0.06)
    times_s = np.arange(envelope.size) / tone.rate_hz
    return np.asarray(np.tanh(1.3 * sine(times_s * tone.pitch_hz) * envelope))


def pad(tone: Tone) -> Samples:
    """Play a wide, soft string machine: five detuned saws that swell in."""
    envelope = adsr(tone, attack_s=0.18, decay_s=1.5, sustain=0.8, release_s=0.45)
    chorus = supersaw(tone, envelope.size, n_voices=5, detune_cents=11.0)
    edge_hz = 1_200.0 + 2_600.0 * tone.velocity
    soft = filtered(chorus, "lowpass", edge_hz, rate_hz=tone.rate_hz)
    return 0.6 * soft * envelope[:, None]


def pluck(tone: Tone) -> Samples:
    """Play a short plucked synthesiser note whose filter closes at once."""
    envelope = adsr(tone, attack_s=0.002, decay_s=0.14, sustain=0.0, release_s=0.16)
    string = supersaw(tone, envelope.size, n_voices=2, detune_cents=6.0, width=0.5)
    times_s = np.arange(envelope.size) / tone.rate_hz
    cutoff_hz = 350.0 + (1_200.0 + 5_000.0 * tone.velocity) * np.exp(-times_s / 0.06)
    closing = swept_lowpass(string, cutoff_hz, rate_hz=tone.rate_hz, resonance=1.4)
    return 0.4 * closing * envelope[:, None]


def glass_keys(tone: Tone) -> Samples:
    """Play an electric piano of glass by frequency modulation.

    Two operator pairs, one for the body and one, fourteen times higher, for the tine: J. Chowning,
    "The synthesis of complex audio spectra by means of frequency modulation" (JAES 21, 1973).
    """
    envelope = adsr(tone, attack_s=0.002, decay_s=0.9, sustain=0.0, release_s=0.35)
    times_s = np.arange(envelope.size) / tone.rate_hz
    phase = times_s * tone.pitch_hz
    depth = (0.08 + 0.22 * tone.velocity) * np.exp(-times_s / 0.35)
    pure = sine(phase)
    body = sine(phase + depth * pure)
    tine_depth = 0.05 * tone.velocity * np.exp(-times_s / 0.09)
    tine = sine(phase + tine_depth * sine(14.0 * phase)) - pure
    sway = 0.25 * sine(4.2 * times_s)
    mono = (body + 1.2 * tine) * envelope * 0.8
    return stereo(mono * (1.0 + sway), mono * (1.0 - sway))


def lead(tone: Tone) -> Samples:
    """Play the singing lead: three saws, a filter that opens with velocity, a late vibrato."""
    envelope = adsr(tone, attack_s=0.008, decay_s=0.5, sustain=0.75, release_s=0.14)
    times_s = np.arange(envelope.size) / tone.rate_hz
    vibrato = 0.0035 * np.clip((times_s - 0.22) / 0.3, 0.0, 1.0) * np.sin(2 * np.pi * 5.3 * times_s)
    scoop = -0.012 * np.exp(-times_s / 0.018)
    phase = np.cumsum(1.0 + vibrato + scoop) * tone.pitch_hz / tone.rate_hz
    middle, left, right = (
        saw(detune * phase + start, highest_hz=1.02 * tone.pitch_hz, rate_hz=tone.rate_hz)
        for detune, start in ((1.0, 0.0), (1.0045, 0.37), (0.9955, 0.71))
    )
    raw = stereo(0.6 * middle + 0.4 * left, 0.6 * middle + 0.4 * right)
    cutoff_hz = 1_300.0 + 4_200.0 * tone.velocity * (0.35 + 0.65 * np.exp(-times_s / 0.25))
    return 0.8 * swept_lowpass(raw, cutoff_hz, rate_hz=tone.rate_hz) * envelope[:, None]


def riser(tone: Tone) -> Samples:
    """Play a wind that rises over the whole length of the tone and stops dead at its end."""
    times_s = tone.times_s(tone.length_s)
    progress = times_s / tone.length_s
    wind = stereo(*(white_noise(times_s.size, 31, side) for side in (0, 1)))
    opened = swept_lowpass(wind, 300.0 * 30.0**progress, rate_hz=tone.rate_hz, resonance=2.0)
    thin = filtered(opened, "highpass", 250.0, rate_hz=tone.rate_hz)
    swell = progress**2 * np.clip((tone.length_s - times_s) / 0.012, 0.0, 1.0)
    return peak_normalised(thin * swell[:, None])


def rain(tone: Tone) -> Samples:
    """Play steady rain: a hiss without lows, and single drops scattered left and right."""
    envelope = adsr(tone, attack_s=1.2, decay_s=1.0, sustain=1.0, release_s=1.5)
    generator = np.random.default_rng([41, tone.variation])
    hiss = stereo(*(white_noise(envelope.size, 43, side) for side in (0, 1)))
    shower = 0.05 * filtered(hiss, "bandpass", (1_500.0, 8_000.0), rate_hz=tone.rate_hz, order=1)
    drop_times_s = tone.times_s(0.03)
    last_start = envelope.size - drop_times_s.size
    for _ in range(round(14 * envelope.size / tone.rate_hz)):
        pitch_hz = generator.uniform(1_400.0, 4_200.0)
        drop = glide(pitch_hz, 1.25 * pitch_hz, 0.01, drop_times_s) * decay(drop_times_s, 0.006)
        start = int(generator.integers(0, max(1, last_start)))
        loudness = np.float32(0.35 * generator.random() ** 2)
        placed = to_stereo(loudness * drop, pan=generator.uniform(-1.0, 1.0))
        shower[start : start + drop.size] += placed[: shower.shape[0] - start]
    return shower * envelope[:, None]


def _burst(
    tone: Tone,
    times_s: NDArray[np.float64],
    kind: FilterKind,
    edge_hz: float | tuple[float, float],
    fall_s: float,
) -> Samples:
    """Return a short burst of filtered noise, the attack of a drum."""
    noise = white_noise(times_s.size, 7, tone.variation)
    coloured = filtered(noise, kind, edge_hz, rate_hz=tone.rate_hz)
    return coloured * decay(times_s, fall_s)


def cymbal(tone: Tone, length_s: float, *, fall_s: float, edge_hz: float) -> Samples:
    """Return noise and inharmonic metal above `edge_hz`, dying away."""
    times_s = tone.times_s(length_s)
    starts = np.random.default_rng([53, tone.variation]).random(len(CYMBAL_HZ))
    metal = np.zeros(times_s.size, dtype=np.float32)
    for square_hz, start in zip(CYMBAL_HZ, starts, strict=True):
        metal += square(times_s * square_hz + start, highest_hz=square_hz, rate_hz=tone.rate_hz)
    mixture = 0.5 * white_noise(times_s.size, 59, tone.variation) + 0.6 * metal
    bright = filtered(mixture, "highpass", edge_hz, rate_hz=tone.rate_hz, order=4)
    return peak_normalised(bright * decay(times_s, fall_s, attack_s=0.001))


def peak_normalised(samples: NDArray[np.floating]) -> Samples:
    """Scale a sound to a peak of 1."""
    return np.asarray(samples / (np.max(np.abs(samples)) + 1e-9), dtype=np.float32)
