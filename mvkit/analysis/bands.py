"""Six envelopes a hundred times a second: what drums and parts of the picture follow one by one.

Kick, snare and hat are how strongly hits start in their ranges, after what sounds on has been taken
away: the median over a moment's surroundings in time, which a tone fills and a hit does not
(Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010; his median along
frequency is left out, since a kick is narrow). Bass, mid and high are levels, as in
:mod:`mvkit.analysis.curves`. A typical loud moment of each is 1; what is hardly there in a song
stays low.

Frame ``i`` is at ``i / BANDS_RATE_HZ`` seconds. On disk the envelopes are bytes, 255 for 1, as
arrays of a ``.npz`` file.

Contents
--------
BANDS_FILE, BANDS_RATE_HZ, Bands, hear_bands, write_bands, read_bands
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from mvkit.analysis.curves import LOUD_PERCENTILE, LOUDNESS_POWER, band_loudness
from mvkit.analysis.intake import Samples
from mvkit.analysis.onsets import (
    HOP,
    MEL_RANGE_HZ,
    N_MELS,
    ONSET_RATE_HZ,
    WINDOW,
    mel_centres_hz,
)
from mvkit.analysis.sound import RATE_HZ, FloatArray
from mvkit.analysis.spectra import filtered_magnitudes, mel_bank
from mvkit.errors import InvalidArtefact, NotFound
from mvkit.files import write_whole

Envelope = NDArray[np.float32]

BANDS_FILE = "analysis.bands.npz"
BANDS_RATE_HZ = 100.0
N_STEPS = 255

TONE_FRAMES = 31  # 0.3 s: what sounds for less than half of that is a hit
KICK_HZ, BODY_HZ, WIRES_HZ, HAT_HZ = (30, 120), (150, 500), (1500, 6000), (6000, 10_500)
HIT_PERCENTILE = 99.0
FAINT_SHARE = 0.15  # of the whole's loudness: a band that is quieter is not stretched to 1


@dataclass(frozen=True)
class Bands:
    """Envelopes at ``BANDS_RATE_HZ``, each of shape (n,) in 0-1.

    Attributes
    ----------
    kick, snare, hat : ndarray of float32
        How strongly a hit starts around each moment.
    bass, mid, high : ndarray of float32
        Level below 150 Hz, to 2 kHz, and above.
    """

    kick: Envelope
    snare: Envelope
    hat: Envelope
    bass: Envelope
    mid: Envelope
    high: Envelope


NAMES = tuple(field.name for field in fields(Bands))


def hear_bands(mono: Samples) -> Bands:
    """Return the envelopes of a signal at ``RATE_HZ``.

    Parameters
    ----------
    mono : ndarray, shape (n,)
        The song.
    """
    duration_s = len(mono) / RATE_HZ
    envelopes = [*_hits(mono), *_levels(mono)]
    return Bands(*(_at_rate(envelope, duration_s) for envelope in envelopes))


def write_bands(path: Path, bands: Bands) -> None:
    """Write envelopes, whole; the same envelopes give the same bytes."""
    steps = {name: np.round(N_STEPS * getattr(bands, name)).astype(np.uint8) for name in NAMES}
    memory = io.BytesIO()
    np.savez_compressed(memory, **steps)
    write_whole(path, memory.getvalue())


def read_bands(path: Path) -> Bands:
    """Read envelopes.

    Raises
    ------
    NotFound
        If there is no such file.
    InvalidArtefact
        If it does not hold six envelopes of one length.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            steps = [arrays[name] for name in NAMES]
    except FileNotFoundError as error:
        raise NotFound(f"There is no {path.name}; hear the song again.") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise _broken(path, found=str(error)) from error
    if {(step.dtype, step.shape) for step in steps} != {(np.dtype(np.uint8), (steps[0].size,))}:
        raise _broken(path, found="arrays of another kind")
    return Bands(*(step.astype(np.float32) / N_STEPS for step in steps))


def _broken(path: Path, *, found: str) -> InvalidArtefact:
    return InvalidArtefact(
        f"{path.name} holds {found}; expected {', '.join(NAMES)} as bytes, one length for all. "
        "Hear the song again."
    )


def _hits(mono: Samples) -> FloatArray:
    """Return the onset strength of kick, snare and hat, shape (3, n)."""
    mel = filtered_magnitudes(
        mono, window=WINDOW, hop=HOP, bank=mel_bank(WINDOW, N_MELS, MEL_RANGE_HZ)
    )
    tones = median_filter(mel, size=(1, TONE_FRAMES))
    struck = np.maximum(0.0, mel - tones)
    kick, body, wires, hat = (
        _rise(_mean_in(struck, band_hz) ** LOUDNESS_POWER)
        for band_hz in (KICK_HZ, BODY_HZ, WIRES_HZ, HAT_HZ)
    )
    # Hits that raise their range by less than the loudness of the whole are not stretched to 1.
    whole = float(np.percentile(_mean_in(mel, MEL_RANGE_HZ) ** LOUDNESS_POWER, LOUD_PERCENTILE))
    strengths = (kick, np.sqrt(body * wires), hat)
    return np.array([_scaled(each, HIT_PERCENTILE, whole) for each in strengths])


def _rise(loudness: FloatArray) -> FloatArray:
    """Return how much something grows around each frame."""
    rise = np.zeros_like(loudness)
    rise[1:-1] = np.maximum(0.0, loudness[2:] - loudness[:-2])
    return rise


def _mean_in(mel: FloatArray, band_hz: tuple[float, float]) -> FloatArray:
    centres_hz = mel_centres_hz()
    inside = (centres_hz >= band_hz[0]) & (centres_hz < band_hz[1])
    mean: FloatArray = mel[inside].mean(axis=0)
    return mean


def _levels(mono: Samples) -> FloatArray:
    """Return the loudness of bass, mid and high, shape (3, n)."""
    loudness = band_loudness(mono)
    whole = (loudness ** (2 / LOUDNESS_POWER)).sum(axis=0) ** (LOUDNESS_POWER / 2)
    least = FAINT_SHARE * float(np.percentile(whole, LOUD_PERCENTILE))
    return np.array([_scaled(band, LOUD_PERCENTILE, least) for band in loudness])


def _scaled(values: FloatArray, percentile: float, least: float) -> FloatArray:
    """Return values with a loud moment at 1; the loud moment counts as no lower than ``least``."""
    loud = max(float(np.percentile(values, percentile)), least, 1e-9)
    scaled: FloatArray = np.clip(values / loud, 0.0, 1.0)
    return scaled


def _at_rate(values: FloatArray, duration_s: float) -> Envelope:
    times_s = np.arange(int(duration_s * BANDS_RATE_HZ)) / BANDS_RATE_HZ
    at_times = np.interp(times_s * ONSET_RATE_HZ, np.arange(len(values)), values)
    return at_times.astype(np.float32)
