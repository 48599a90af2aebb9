"""A network's opinion on the beats, where the user has one: a model for onnxruntime.

The form of the files is that of Beat This! (Foscarin, Schlüter and Widmer, "Beat This! Accurate
beat tracking without DBN postprocessing", ISMIR 2024; code and weights under the MIT licence), of
which several conversions to ONNX are published: in goes a log-mel spectrogram of 128 bands at 50
frames a second, shape (1, n_frames, 128), out come the log odds of a beat and of a downbeat in each
frame. Long songs are heard in windows of half a minute, as the network was trained.

mvkit brings no weights of others, and downloads nothing while a film is made.

Contents
--------
BeatModel, ModelBeats, find_beat_model
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter
from scipy.special import expit, log_expit

from mvkit.analysis.downbeats import Bars, bars_of
from mvkit.analysis.intake import Samples
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import filtered_magnitudes, mel_bank
from mvkit.analysis.tempo import MAX_TEMPO_BPM, MIN_TEMPO_BPM
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.schema.analysis import Metre

WINDOW, HOP, N_MELS, MEL_RANGE_HZ = 1024, 441, 128, (30.0, 11_000.0)
LOG_GAIN, MARGIN_FRAMES = 1000.0, 2
FRAME_RATE_HZ = 50.0
"""How the network's spectrogram is made; beyond both ends it sees the sound mirrored."""
CHUNK_FRAMES, BORDER_FRAMES = 1500, 6
"""What is heard at a time, and how much of it at either end is not believed."""
PEAK_FRAMES = 7  # 70 ms to either side
LEAST_BEATS = 4  # fewer tell nothing of a song
STEPS_AROUND = 9  # of which the usual one is the median
TOUCH_FRAMES = 5  # a downbeat may be told two frames beside its beat

METRES: tuple[Metre, ...] = ("2/4", "3/4", "4/4")


@dataclass(frozen=True)
class ModelBeats:
    """What a network heard.

    Attributes
    ----------
    times_s : ndarray, shape (n,)
        Where a beat is likelier than none, ascending; may be empty.
    odds, down_odds : ndarray, shape (n_frames,)
        Log odds of a beat and of a downbeat, at ``FRAME_RATE_HZ``.
    """

    times_s: FloatArray
    odds: FloatArray
    down_odds: FloatArray

    @property
    def confidence(self) -> float:
        """How likely its beats are right, by its own account; there must be some."""
        return float(expit(self.odds[_frames(self.times_s, self.odds)]).mean())

    @property
    def can_be_counted(self) -> bool:
        """Whether its beats make a tempo within our range."""
        if len(self.times_s) < LEAST_BEATS:
            return False
        step_s = float(np.median(np.diff(self.counted_s())))
        return 60.0 / MAX_TEMPO_BPM <= step_s <= 60.0 / MIN_TEMPO_BPM

    def counted_s(self) -> FloatArray:
        """Return its beats, those that it left out too, halved or doubled into our range.

        There must be at least ``LEAST_BEATS``; out of less than four nothing is left out.
        """
        beats_s = _bridged(self.times_s)
        while np.median(np.diff(beats_s)) > 60.0 / MIN_TEMPO_BPM:
            beats_s = np.sort(np.concatenate([beats_s, (beats_s[:-1] + beats_s[1:]) / 2]))
        while np.median(np.diff(beats_s)) < 60.0 / MAX_TEMPO_BPM and len(beats_s) > LEAST_BEATS:
            halves = (beats_s[0::2], beats_s[1::2])
            beats_s = max(halves, key=lambda half: self.odds[_frames(half, self.odds)].mean())
        return beats_s

    def bars_at(self, beats_s: FloatArray) -> Bars:
        """Return the bars of given beats: of all ways to count, the likeliest."""
        likely = maximum_filter1d(self.down_odds, TOUCH_FRAMES)[_frames(beats_s, self.down_odds)]
        is_first, is_not = log_expit(likely)[:, None], log_expit(-likely)[:, None]
        return bars_of(
            {
                metre: np.concatenate([is_first, *[is_not] * (int(metre[0]) - 1)], axis=1)
                for metre in METRES
            }
        )


class BeatModel:
    """A network that hears beats.

    Parameters
    ----------
    path : Path
        Its file; see :func:`find_beat_model`.

    Raises
    ------
    InvalidInput
        ``NO_WEIGHTS`` if onnxruntime cannot read the file.
    """

    def __init__(self, path: Path) -> None:
        self._session = _load(path)
        self._name = path.name

    def hear(self, mono: Samples) -> ModelBeats:
        """Return the beats that the network hears in a signal at ``RATE_HZ``.

        Raises
        ------
        ProviderFailed
            If the network does not take such spectrograms, or does not answer with two curves.
        """
        spectrogram = _spectrogram(mono)
        odds = np.full((2, len(spectrogram)), -np.inf)
        for start in reversed(_chunk_starts(len(spectrogram))):  # the earlier of two is believed
            heard = self._run(_chunk(spectrogram, start))[:, BORDER_FRAMES:-BORDER_FRAMES]
            first = start + BORDER_FRAMES
            odds[:, first : first + heard.shape[1]] = heard
        is_peak = (odds[0] == maximum_filter1d(odds[0], PEAK_FRAMES)) & (odds[0] > 0)
        peaks = np.flatnonzero(is_peak)
        apart = peaks[np.diff(peaks, prepend=-PEAK_FRAMES) > 1]
        return ModelBeats(apart / FRAME_RATE_HZ, odds[0], odds[1])

    def _run(self, chunk: NDArray[np.float32]) -> FloatArray:
        """Return the log odds of beats and downbeats in each frame, shape (2, n_frames)."""
        try:
            told = self._session.run(None, {self._session.get_inputs()[0].name: chunk[None]})
        except Exception as error:  # its kinds of failure have no class in common
            raise self._stranger(f"it refuses the spectrogram: {error}") from error
        names = [output.name for output in self._session.get_outputs()]
        curves = dict(zip(names, told, strict=True))
        shapes, shape = {name: np.shape(curve) for name, curve in curves.items()}, (1, len(chunk))
        if any(shapes.get(name) != shape for name in ("beat", "downbeat")):
            raise self._stranger(f"it answers {shapes}, expected beat and downbeat {shape}")
        return np.array([curves["beat"][0], curves["downbeat"][0]], dtype=float)

    def _stranger(self, why: str) -> ProviderFailed:
        return ProviderFailed(
            f"{self._name} is no network that mvkit can hear beats with: {why}. Give a conversion "
            "of Beat This! to ONNX, or leave MVKIT_BEAT_MODEL empty.",
            retryable=False,
        )


def find_beat_model(name: str) -> Path:
    """Return the file of a network.

    Parameters
    ----------
    name : str
        Path of an ``.onnx`` file; a leading ``~`` is one's home.

    Raises
    ------
    InvalidInput
        ``NOT_INSTALLED`` if onnxruntime is not, ``NO_WEIGHTS`` if there is no such file.
    """
    if find_spec("onnxruntime") is None:
        raise InvalidInput(
            "MVKIT_BEAT_MODEL needs onnxruntime, which is not installed; "
            "`pip install -r requirements-neural.txt` installs it.",
            reason="NOT_INSTALLED",
        )
    path = Path(name).expanduser()
    if not path.is_file():
        raise InvalidInput(
            f"There is no file {name}; expected a network that hears beats, as .onnx. Set "
            "MVKIT_BEAT_MODEL to one, or leave it empty for mvkit's own ear.",
            reason="NO_WEIGHTS",
        )
    return path


@cache
def _load(path: Path) -> Any:
    """Return a session, loaded once."""
    import onnxruntime

    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # its kinds of failure have no class in common
        raise InvalidInput(
            f"{path.name} cannot be read as a network: {error}. Expected an .onnx file.",
            reason="NO_WEIGHTS",
        ) from error


def _spectrogram(mono: Samples) -> NDArray[np.float32]:
    """Return the log-mel spectrogram, shape (n_frames, N_MELS)."""
    mirrored = np.pad(mono, MARGIN_FRAMES * HOP, mode="reflect")
    bank = mel_bank(WINDOW, N_MELS, MEL_RANGE_HZ)
    framed = filtered_magnitudes(mirrored, window=WINDOW, hop=HOP, bank=bank)
    magnitudes = framed[:, MARGIN_FRAMES:-MARGIN_FRAMES].T / np.sqrt(WINDOW)
    logged: NDArray[np.float32] = np.log1p(LOG_GAIN * magnitudes).astype(np.float32)
    return logged


def _chunk_starts(n_frames: int) -> list[int]:
    """Return where chunks begin: their inner parts cover the song, and the last ends with it."""
    step = CHUNK_FRAMES - 2 * BORDER_FRAMES
    starts = list(range(-BORDER_FRAMES, n_frames - BORDER_FRAMES, step))
    if n_frames > step:
        starts[-1] = n_frames + BORDER_FRAMES - CHUNK_FRAMES
    return starts


def _chunk(spectrogram: NDArray[np.float32], start: int) -> NDArray[np.float32]:
    """Return the frames from a start on, with silent ones where the song has none."""
    stop = min(start + CHUNK_FRAMES, len(spectrogram) + BORDER_FRAMES)
    inner = spectrogram[max(0, start) : stop]
    missing = (max(0, -start), max(0, stop - len(spectrogram)))
    return np.pad(inner, (missing, (0, 0)))


def _bridged(beats_s: FloatArray) -> FloatArray:
    """Fill gaps of several steps evenly."""
    steps_s = np.diff(beats_s)
    usual_s = median_filter(steps_s, STEPS_AROUND, mode="nearest")
    n_steps = np.maximum(1, np.round(steps_s / usual_s)).astype(int)
    parts = [
        np.linspace(start_s, stop_s, n, endpoint=False)
        for start_s, stop_s, n in zip(beats_s[:-1], beats_s[1:], n_steps, strict=True)
    ]
    return np.concatenate([*parts, beats_s[-1:]])


def _frames(times_s: FloatArray, curve: FloatArray) -> NDArray[np.intp]:
    return np.clip(np.round(times_s * FRAME_RATE_HZ), 0, len(curve) - 1).astype(np.intp)
