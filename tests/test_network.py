"""The network that hears beats and bars."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.analysis.network import (
    DILATIONS,
    STEP_FRAMES,
    Pulse,
    hear_pulse,
    network_input,
    tell,
)
from mvkit.analysis.onsets import ONSET_RATE_HZ, hear_onsets
from mvkit.analysis.sound import RATE_HZ

N_MELS = 48
Samples = NDArray[np.float32]


def pulse_of(mono: Samples) -> Pulse:
    return hear_pulse(hear_onsets(mono).log_mel)


def metronome(step_s: float, *, n_beats: int) -> tuple[NDArray[np.float64], Samples]:
    """Return the times of ticks, and how they sound."""
    rng = np.random.default_rng(0)
    times_s = 0.4 + step_s * np.arange(n_beats)
    mono = np.zeros(round((times_s[-1] + 1.0) * RATE_HZ), dtype=np.float32)
    tick = np.exp(-np.arange(800) / 120) * rng.standard_normal(800)
    for time_s in times_s:
        start = round(time_s * RATE_HZ)
        mono[start : start + len(tick)] += 0.3 * tick.astype(np.float32)
    return times_s, mono


def at(curve: NDArray[np.float64], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the highest value within two frames of each time."""
    frames = np.round(times_s * ONSET_RATE_HZ).astype(int)
    return np.max([curve[frames + off] for off in range(-2, 3)], axis=0)


@pytest.mark.parametrize("bpm", [90.0, 125.0])
def test_a_metronome_is_heard_on_its_beats(bpm: float) -> None:
    """Each tick is a beat, and nothing between two ticks is."""
    times_s, mono = metronome(60 / bpm, n_beats=32)
    beat = pulse_of(mono).beat
    inner_s = times_s[8:-4]
    assert np.median(at(beat, inner_s)) > 0.5
    assert at(beat, inner_s + 30 / bpm).max() < 0.2


def test_no_beat_is_heard_in_silence_or_noise() -> None:
    """Where nothing begins, nothing is told."""
    noise = 0.1 * np.random.default_rng(0).standard_normal(12 * RATE_HZ).astype(np.float32)
    for mono in (np.zeros(12 * RATE_HZ, dtype=np.float32), noise):
        pulse = pulse_of(mono)
        assert pulse.beat.max() < 0.35
        assert pulse.downbeat.max() < 0.35


def test_loudness_and_length_do_not_matter() -> None:
    """A soft copy is heard alike, and the curves are as long as the onsets, however short."""
    _, mono = metronome(0.5, n_beats=12)
    assert np.allclose(pulse_of(mono).beat, pulse_of(0.05 * mono).beat, atol=0.01)
    for n_samples in (1, 500, 10_001, 22_050):
        onsets = hear_onsets(mono[:n_samples])
        pulse = hear_pulse(onsets.log_mel)
        assert len(pulse.beat) == len(pulse.downbeat) == onsets.n_frames


def test_input_does_not_depend_on_tone_control() -> None:
    """Raising a band leaves it as it was: each is seen against its own surroundings."""
    rng = np.random.default_rng(1)
    mel = rng.exponential(1.0, (N_MELS, 1200)).astype(np.float32)
    raised = mel.copy()
    raised[10] *= 4
    assert np.abs(network_input(raised)[10] - network_input(mel)[10]).mean() < 0.1


def test_the_forward_pass_is_the_network() -> None:
    """Layer by layer, written out with loops, the same comes out."""
    rng = np.random.default_rng(2)
    shapes = {"front1": (3, 1, 5, 5), "front2": (4, 3, 4, 3), "enter": (5, 16, 1)}
    shapes |= {f"wide.{i}": (5, 5, 5) for i in range(len(DILATIONS))}
    shapes |= {f"mixed.{i}": (5, 5, 1) for i in range(len(DILATIONS))}
    shapes["leave"] = (2, 5, 1)
    weights = {}
    for name, shape in shapes.items():
        weights[f"{name}.weight"] = (0.3 * rng.standard_normal(shape)).astype(np.float32)
        weights[f"{name}.bias"] = rng.standard_normal(shape[0]).astype(np.float32)
    levelled = rng.standard_normal((N_MELS, 61)).astype(np.float32)
    assert tell(levelled, weights) == pytest.approx(written_out(levelled, weights), abs=1e-3)


def written_out(levelled: Samples, weights: dict[str, Samples]) -> NDArray[np.float64]:
    def elu(heard: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(heard > 0, heard, np.exp(np.minimum(heard, 0)) - 1)

    def front(
        heard: NDArray[np.float64], layer: str, edge: int, strides: tuple[int, int]
    ) -> NDArray[np.float64]:
        kernel, bias = weights[f"{layer}.weight"].astype(float), weights[f"{layer}.bias"]
        n_high, n_long = kernel.shape[2:]
        padded = np.pad(heard, ((0, 0), (edge, edge), (n_long // 2, n_long // 2)))
        bands = range(0, padded.shape[1] - n_high + 1, strides[0])
        steps = range(0, padded.shape[2] - n_long + 1, strides[1])
        told = np.zeros((len(kernel), len(bands), len(steps)))
        for (row, band), (column, step) in product(enumerate(bands), enumerate(steps)):
            seen = padded[:, band : band + n_high, step : step + n_long]
            told[:, row, column] = (kernel * seen).sum(axis=(1, 2, 3)) + bias
        return told

    def along(heard: NDArray[np.float64], layer: str, dilation: int) -> NDArray[np.float64]:
        kernel, bias = weights[f"{layer}.weight"].astype(float), weights[f"{layer}.bias"]
        reach = kernel.shape[2] // 2 * dilation
        padded = np.pad(heard, ((0, 0), (reach, reach)))
        seen = [padded[:, step : step + 2 * reach + 1 : dilation] for step in range(heard.shape[1])]
        return np.array([(kernel * each).sum(axis=(1, 2)) + bias for each in seen]).T

    heard = elu(front(levelled[None].astype(float), "front1", 1, (3, STEP_FRAMES)))
    heard = elu(front(heard, "front2", 0, (4, 1)))
    heard = elu(along(heard.reshape(-1, heard.shape[2]), "enter", 1))
    for number, dilation in enumerate(DILATIONS):
        heard = heard + along(elu(along(heard, f"wide.{number}", dilation)), f"mixed.{number}", 1)
    return along(elu(heard), "leave", 1)
