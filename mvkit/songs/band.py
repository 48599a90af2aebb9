"""The players of other bands: piano, double bass, guitars, accordion, saxophone, cymbals.

They keep to the rules of `mvkit.songs.instruments`.

Contents: strings (`piano`, `upright_bass`, `power_chord`, `lead_guitar`), wind (`accordion`,
`saxophone`), electronic (`growl_bass`, `long_bass`, `slow_pad`), drums (`ride`, `brush`, `rim`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mvkit.songs.instruments import cymbal, peak_normalised
from mvkit.songs.synthesis import (
    Samples,
    Tone,
    adsr,
    decay,
    filtered,
    glide,
    saw,
    sine,
    stereo,
    supersaw,
    swept_lowpass,
    white_noise,
)

POWER_CHORD = (0, 7, 12)  # semitones: the third would only growl through distortion
N_PARTIALS = 24


def piano(tone: Tone) -> Samples:
    """Play a piano: its stiff strings sound partials a little too high; the highest die first."""
    envelope = adsr(tone, attack_s=0.002, decay_s=3.0, sustain=0.0, release_s=0.25)
    times_s = np.arange(envelope.size) / tone.rate_hz
    fall_s = 2.4 * (261.6 / tone.pitch_hz) ** 0.5
    strings = _string(tone, times_s, tilt=1.9 - 0.7 * tone.velocity, fall_s=fall_s, stiffness=3e-4)
    hammer = filtered(
        white_noise(times_s.size, 67, tone.variation), "lowpass", 900.0, rate_hz=tone.rate_hz
    )
    mono = peak_normalised((strings + 0.05 * hammer * decay(times_s, 0.02)) * envelope)
    place = np.clip((tone.pitch_midi - 60.0) / 60.0, -0.4, 0.4)  # low strings to the left
    return stereo(mono * np.float32(0.8 - place), mono * np.float32(0.8 + place)) * 0.8


def upright_bass(tone: Tone) -> Samples:
    """Play a plucked double bass: a warm string and the finger that leaves it."""
    envelope = adsr(tone, attack_s=0.004, decay_s=0.9, sustain=0.15, release_s=0.07)
    times_s = np.arange(envelope.size) / tone.rate_hz
    string = _string(tone, times_s, tilt=1.5, fall_s=0.9, damping=0.35)
    finger = white_noise(times_s.size, 71, tone.variation) * decay(times_s, 0.006)
    thump = filtered(finger, "bandpass", (200.0, 1_800.0), rate_hz=tone.rate_hz)
    return peak_normalised((string + 0.25 * tone.velocity * thump) * envelope)


def power_chord(tone: Tone) -> Samples:
    """Play root, fifth and octave on a distorted guitar, doubled left and right."""
    takes = (replace(tone, variation=2 * tone.variation + side) for side in (0, 1))
    return stereo(*(_distorted(take, POWER_CHORD, drive=7.0) for take in takes)) * 0.9


def lead_guitar(tone: Tone) -> Samples:
    """Play one long, singing note on a distorted guitar."""
    return _distorted(tone, (0,), drive=4.0)


def accordion(tone: Tone) -> Samples:
    """Play a musette accordion: three reeds, two of them a little out of tune."""
    envelope = adsr(tone, attack_s=0.035, decay_s=0.4, sustain=0.85, release_s=0.07)
    reeds = supersaw(tone, envelope.size, n_voices=3, detune_cents=9.0, width=0.6)
    body = filtered(reeds, "lowpass", 1_600.0 + 3_200.0 * tone.velocity, rate_hz=tone.rate_hz)
    return 0.6 * body * envelope[:, None]


def saxophone(tone: Tone) -> Samples:
    """Play a saxophone: a reed that opens with the breath, scooped, with a late vibrato."""
    envelope = adsr(tone, attack_s=0.03, decay_s=0.3, sustain=0.8, release_s=0.08)
    times_s = np.arange(envelope.size) / tone.rate_hz
    reed = saw(
        _sung_phase(tone, times_s, vibrato_hz=5.0),
        highest_hz=1.03 * tone.pitch_hz,
        rate_hz=tone.rate_hz,
    )
    breath = white_noise(times_s.size, 73, tone.variation) * np.float32(0.03)
    opening_hz = 700.0 + 2_600.0 * tone.velocity * np.minimum(times_s / 0.06, 1.0)
    horn = swept_lowpass(reed + breath, opening_hz, rate_hz=tone.rate_hz, resonance=1.3)
    return peak_normalised(np.tanh(1.5 * horn) * envelope)


def growl_bass(tone: Tone) -> Samples:
    """Play the bass of drum and bass: detuned saws that beat against each other over a sine."""
    envelope = adsr(tone, attack_s=0.006, decay_s=0.8, sustain=0.85, release_s=0.05)
    times_s = np.arange(envelope.size) / tone.rate_hz
    teeth = supersaw(tone, envelope.size, n_voices=3, detune_cents=22.0, width=0.3)
    wobble_hz = 420.0 + 900.0 * tone.velocity * (0.5 - 0.5 * np.cos(2 * np.pi * 2.9 * times_s))
    mouth = swept_lowpass(teeth, wobble_hz, rate_hz=tone.rate_hz, resonance=1.8)
    sub = sine(times_s * tone.pitch_hz)[:, None]
    return peak_normalised(np.tanh(1.6 * (0.7 * mouth + 0.7 * sub)) * envelope[:, None])


def long_bass(tone: Tone) -> Samples:
    """Play the long bass drum of hip-hop as a bass: a driven sine that falls to its pitch."""
    envelope = adsr(tone, attack_s=0.003, decay_s=0.7, sustain=0.35, release_s=0.08)
    times_s = np.arange(envelope.size) / tone.rate_hz
    body = glide(2.2 * tone.pitch_hz, tone.pitch_hz, 0.012, times_s)
    return peak_normalised(np.tanh(2.2 * body * envelope))


def slow_pad(tone: Tone) -> Samples:
    """Play a pad that takes two seconds to come and to go."""
    envelope = adsr(tone, attack_s=2.0, decay_s=3.0, sustain=0.9, release_s=2.0)
    chorus = supersaw(tone, envelope.size, n_voices=5, detune_cents=4.0)
    soft = filtered(chorus, "lowpass", 500.0 + 1_300.0 * tone.velocity, rate_hz=tone.rate_hz)
    return 0.7 * soft * envelope[:, None]


def ride(tone: Tone) -> Samples:
    """Play a ride cymbal: a ping of the stick over a wash."""
    times_s = tone.times_s(0.9)
    wash = cymbal(tone, 0.9, fall_s=0.28, edge_hz=5_000.0)
    ping = sum(sine(times_s * ping_hz) for ping_hz in (3_170.0, 4_310.0, 5_730.0))
    return peak_normalised(wash + 0.35 * tone.velocity * ping * decay(times_s, 0.06))


def brush(tone: Tone) -> Samples:
    """Play a snare drum with brushes: a soft swish that swells and goes."""
    times_s = tone.times_s(0.26)
    wires = filtered(
        white_noise(times_s.size, 79, tone.variation),
        "bandpass",
        (1_500.0, 9_000.0),
        rate_hz=tone.rate_hz,
    )
    return peak_normalised(wires * decay(times_s, 0.075, attack_s=0.012))


def rim(tone: Tone) -> Samples:
    """Play the stick across the rim of the snare drum: a dry knock."""
    times_s = tone.times_s(0.12)
    wood = glide(1_900.0, 1_650.0, 0.01, times_s) + 0.6 * sine(times_s * 820.0)
    stick = white_noise(times_s.size, 83, tone.variation) * decay(times_s, 0.004)
    return peak_normalised(wood * decay(times_s, 0.02) + 0.3 * stick)


def _string(
    tone: Tone,
    times_s: NDArray[np.float64],
    *,
    tilt: float,
    fall_s: float,
    damping: float = 0.2,
    stiffness: float = 0.0,
) -> Samples:
    """Sum the partials of a struck or plucked string.

    Partial k sounds at ``k f0 sqrt(1 + stiffness k^2)`` and falls ``1 + damping (k - 1)`` times as
    fast as the first: N. H. Fletcher and T. D. Rossing, "The Physics of Musical Instruments"
    (1998), ch. 12.
    """
    order = np.arange(1, N_PARTIALS + 1)
    pitches_hz = tone.pitch_hz * order * np.sqrt(1.0 + stiffness * order**2)
    total = np.zeros(times_s.size, dtype=np.float32)
    for k, pitch_hz in zip(order, pitches_hz, strict=True):
        if pitch_hz < 0.45 * tone.rate_hz:
            strength = np.sin(np.pi * k / 7.3) / k**tilt  # struck at a seventh of its length
            fall = np.exp(-times_s * (1.0 + damping * (k - 1)) / fall_s).astype(np.float32)
            total += np.float32(strength) * sine(times_s * pitch_hz) * fall
    return total


def _distorted(tone: Tone, intervals: tuple[int, ...], *, drive: float) -> Samples:
    """Drive strings into a valve amplifier, and hear it through its loudspeaker."""
    envelope = adsr(tone, attack_s=0.003, decay_s=1.2, sustain=0.7, release_s=0.06)
    times_s = np.arange(envelope.size) / tone.rate_hz
    strings = np.zeros(envelope.size, dtype=np.float32)
    for number, interval in enumerate(intervals):
        string = replace(tone, pitch_midi=tone.pitch_midi + interval)
        phase = _sung_phase(string, times_s, vibrato_hz=5.6 if len(intervals) == 1 else 0.0)
        detune = 1.0 + 0.0015 * np.cos(2.1 * tone.variation + number)
        highest_hz = 1.03 * string.pitch_hz
        strings += saw(detune * phase, highest_hz=highest_hz, rate_hz=tone.rate_hz)
    thin = filtered(strings * envelope, "highpass", 80.0, rate_hz=tone.rate_hz)
    driven = np.tanh(drive * (0.4 + 0.6 * tone.velocity) * thin)
    bite = filtered(driven, "bandpass", (1_800.0, 4_500.0), rate_hz=tone.rate_hz, order=1)
    # Whatever is lopsided leaves the amplifier with an offset, which no loudspeaker plays.
    speaker = filtered(driven + 1.2 * bite, "bandpass", (80.0, 5_500.0), rate_hz=tone.rate_hz)
    return peak_normalised(speaker * np.minimum(times_s / 0.004, 1.0) * np.sqrt(envelope))


def _sung_phase(
    tone: Tone, times_s: NDArray[np.float64], *, vibrato_hz: float
) -> NDArray[np.float64]:
    """Return the phase of a note that is approached from below and trembles once it stands."""
    grown = np.clip((times_s - 0.2) / 0.3, 0.0, 1.0)
    vibrato = 0.005 * grown * np.sin(2.0 * np.pi * vibrato_hz * times_s)
    scoop = -0.015 * np.exp(-times_s / 0.02) if vibrato_hz else 0.0
    phase: NDArray[np.float64] = np.cumsum(1.0 + vibrato + scoop) * tone.pitch_hz / tone.rate_hz
    return phase
