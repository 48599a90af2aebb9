"""A small network's opinion on where beats and bars begin.

It sees the mel spectrum of the onsets, each band against its own surroundings so that neither
loudness nor tone control matters: a convolutional front end, then dilated convolutions over time,
wide enough for several bars, after Böck and Davies, "Deconstruct, analyse, reconstruct: how to
improve tempo, beat, and downbeat estimation" (ISMIR 2020). It was trained by
``python -m training.network`` on music made at random alone, and its weights lie beside this file.

Contents
--------
DILATIONS, FRONT_STRIDES, STEP_FRAMES, Pulse, hear_pulse, tell, network_input
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.special import expit

from mvkit.analysis.sound import FloatArray

Weights = Mapping[str, NDArray[np.float32]]

STEP_FRAMES = 2  # of the onsets to one step of the network
SURROUNDINGS_FRAMES = 801
FRONT_STRIDES = (3, 4)  # bands to one, at each convolution of the front end
DILATIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
SHARPNESS, TYPICAL_INPUT = 3.0, 1.2


def network_input(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return magnitudes, shape (..., n_mels, n_frames), against what is around them."""
    around = uniform_filter1d(mel, SURROUNDINGS_FRAMES, axis=-1, mode="nearest")
    floor = 0.05 * around.mean(axis=-2, keepdims=True)
    floor += 0.02 * mel.mean(axis=(-2, -1), keepdims=True) + 1e-6
    levelled: NDArray[np.float32] = np.log1p(SHARPNESS * mel / (around + floor)) - TYPICAL_INPUT
    return levelled.astype(np.float32)


@dataclass(frozen=True)
class Pulse:
    """How likely a beat and a bar begin at each moment, ``n`` frames at ``ONSET_RATE_HZ``.

    Attributes
    ----------
    beat, downbeat : ndarray, shape (n,)
        0-1.
    """

    beat: FloatArray
    downbeat: FloatArray


def hear_pulse(log_mel: FloatArray) -> Pulse:
    """Return what the network hears in log magnitudes, shape (48, n) (`Onsets.log_mel`)."""
    n_frames = log_mel.shape[1]
    odds = tell(network_input(np.expm1(log_mel).astype(np.float32)), _weights())
    told = expit(odds.astype(float))
    places = np.arange(n_frames) / STEP_FRAMES
    beat, downbeat = (np.interp(places, np.arange(told.shape[1]), row) for row in told)
    return Pulse(beat, downbeat)


def tell(levelled: NDArray[np.float32], weights: Weights) -> NDArray[np.float32]:
    """Return the log odds of beats and downbeats, shape (2, n_steps)."""
    by_first, by_second = FRONT_STRIDES
    heard = _elu(_front(levelled[None], weights, "front1", edge=1, strides=(by_first, STEP_FRAMES)))
    heard = _elu(_front(heard, weights, "front2", edge=0, strides=(by_second, 1)))
    heard = _elu(_dense(heard.reshape(-1, heard.shape[-1]), weights, "enter"))
    for number, dilation in enumerate(DILATIONS):
        wide = _elu(_dilated(heard, weights, f"wide.{number}", dilation))
        heard = heard + _dense(wide, weights, f"mixed.{number}")
    return _dense(_elu(heard), weights, "leave")


def _front(
    heard: NDArray[np.float32],
    weights: Weights,
    layer: str,
    *,
    edge: int,
    strides: tuple[int, int],
) -> NDArray[np.float32]:
    """Convolve channels over bands and frames, so many bands of silence at either edge."""
    kernel = weights[f"{layer}.weight"]
    n_out, n_channels, n_high, n_long = kernel.shape
    reach = n_long // 2
    padded = np.pad(heard, ((0, 0), (edge, edge), (reach, reach)))
    seen = sliding_window_view(padded, (n_high, n_long), axis=(1, 2))[
        :, :: strides[0], :: strides[1]
    ]
    n_bands, n_steps = seen.shape[1:3]
    told = np.zeros((n_out, n_bands * n_steps), dtype=np.float32)
    for band in range(n_high):
        for frame in range(n_long):
            part = seen[:, :, :, band, frame].reshape(n_channels, -1)
            told += kernel[:, :, band, frame] @ part
    told += weights[f"{layer}.bias"][:, None]
    return told.reshape(n_out, n_bands, n_steps)


def _dilated(
    heard: NDArray[np.float32], weights: Weights, layer: str, dilation: int
) -> NDArray[np.float32]:
    """Convolve channels over five steps, so many apart."""
    n_steps = heard.shape[1]
    padded = np.pad(heard, ((0, 0), (2 * dilation, 2 * dilation)))
    kernel = weights[f"{layer}.weight"]
    told = np.repeat(weights[f"{layer}.bias"][:, None], n_steps, axis=1)
    for tap in range(5):
        start = tap * dilation
        told += kernel[:, :, tap] @ padded[:, start : start + n_steps]
    return told


def _dense(heard: NDArray[np.float32], weights: Weights, layer: str) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = weights[f"{layer}.weight"][:, :, 0] @ heard
    return mixed + weights[f"{layer}.bias"][:, None]


def _elu(heard: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(heard > 0, heard, np.expm1(np.minimum(heard, 0)))


@lru_cache(maxsize=1)
def _weights() -> dict[str, NDArray[np.float32]]:
    with (files("mvkit.analysis") / "network.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}
