"""The song as the studio feels it: a few numbers at each instant.

:class:`Music` is made once per song from beat times and curves; :meth:`Music.at` gives the
:class:`Pulse` of one instant. A pulse depends on the absolute time alone, so that any frame can
be painted by itself and two neighbouring clips agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar

__all__ = ["CURVES", "DRUMS", "Music", "Pulse"]

CURVES = ("energy", "bass", "mid", "high", "onset")
"""Names of the curves that a song may bring, each between 0 and 1."""

DRUMS = ("kick", "snare", "hat")
"""Names of the envelopes of drums that a song may bring, each between 0 and 1."""

_BEAT_DECAY = 4.0  # per beat: a pulse has fallen to 2 % when the next one comes
_RISE_S, _FALL_S = 0.03, 0.3  # time constants of a peak meter's needle
_RING_S = 0.12  # time constant of a drum's hit
_FLASH_DECAY_S = 0.14
_FLASH_GAP_S = 0.5  # at most two a second; photosensitivity guidelines allow three (WCAG 2.3.1)
_FLASH_ENERGY = 0.7


class Pulse(NamedTuple):
    """The song at one instant, as float32 ready for kernels.

    Attributes
    ----------
    beat
        1 on a beat, decaying to 0 before the next.
    bass, mid, high
        Loudness of three bands, 0..1.
    onset
        Strength of the newest onset, decaying, 0..1.
    energy
        How intense this part of the song is, 0..1; changes over seconds.
    beat_phase, bar_phase
        Position inside the beat and the bar, 0..1.
    beat_count
        Beats since the song's first beat, as a continuous number.
    flash
        Full-frame light of a downbeat in an intense part, 0..1; at most two a second.
    kick, snare, hat
        The newest hit of each drum, decaying, 0..1.
    section_age_s
        How long ago the part of the song began that is heard: what changes with the parts may
        sweep in over the first second or two.
    section_count
        How many parts of the song have begun before it, a whole number.
    """

    beat: Scalar
    bass: Scalar
    mid: Scalar
    high: Scalar
    onset: Scalar
    energy: Scalar
    beat_phase: Scalar
    bar_phase: Scalar
    beat_count: Scalar
    flash: Scalar
    kick: Scalar
    snare: Scalar
    hat: Scalar
    section_age_s: Scalar
    section_count: Scalar


@dataclass(frozen=True, eq=False)
class Music:
    """Beats, bars and curves of a song.

    Parameters
    ----------
    beat_times_s
        Times of the beats, rising; fewer than two are replaced by a steady 120 BPM grid.
    downbeat_times_s
        Times of the first beats of the bars; without them, every fourth beat.
    curves
        Any of `CURVES`, sampled at ``rate_hz`` from the song's first sample. A missing band
        follows the beat; missing energy is 0.6 throughout.
    rate_hz
        Samples of the curves per second.
    drums
        Any of `DRUMS`, sampled at ``drums_rate_hz``. Without them the kick is heard on the odd
        beats of a bar, the snare on the even ones, the hat between them.
    drums_rate_hz
        Samples of the drums per second.
    section_times_s
        Where the parts of the song begin, rising.
    """

    beat_times_s: NDArray[np.float64]
    downbeat_times_s: NDArray[np.float64]
    curves: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    rate_hz: float = 30.0
    drums: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    drums_rate_hz: float = 100.0
    section_times_s: tuple[float, ...] = ()
    _flash_times_s: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Fill in a beat grid where the song has none, and choose the flashes."""
        beats = np.unique(np.asarray(self.beat_times_s, np.float64))
        if beats.size < 2:
            first_s = float(beats[0]) if beats.size else 0.0
            beats = np.asarray(first_s + 0.5 * np.arange(8), np.float64)
        downbeats = np.unique(np.asarray(self.downbeat_times_s, np.float64))
        if downbeats.size < 2:
            first = int(np.searchsorted(beats, downbeats[0])) if downbeats.size else 0
            downbeats = np.asarray(beats[first % 4 :: 4], np.float64)
        curves = {
            name: _needle(np.asarray(curve, np.float32), self.rate_hz)
            for name, curve in self.curves.items()
        }
        object.__setattr__(self, "beat_times_s", beats)
        object.__setattr__(self, "downbeat_times_s", downbeats)
        object.__setattr__(self, "curves", curves)
        drums = {
            name: _struck(np.asarray(drum, np.float32), self.drums_rate_hz)
            for name, drum in self.drums.items()
        }
        object.__setattr__(self, "drums", drums)
        object.__setattr__(self, "_flash_times_s", self._choose_flashes())

    @classmethod
    def steady(
        cls, *, tempo_bpm: float = 120.0, duration_s: float = 60.0, energy: float = 0.6
    ) -> Music:
        """Return music of an even beat in 4/4, for stills and tests."""
        beats = np.arange(0.0, max(duration_s, 4.0), 60.0 / tempo_bpm)
        return cls(beats, beats[::4], {"energy": np.full(2, energy, np.float32)}, rate_hz=1.0)

    def at(self, t_s: float) -> Pulse:
        """Return the pulse at a time of the song."""
        beat_count = _count(self.beat_times_s, t_s)
        beat_phase = beat_count % 1.0
        beat = float(np.exp(-_BEAT_DECAY * beat_phase))
        off_beat = float(np.exp(-_BEAT_DECAY * ((2 * beat_count + 0.5) % 1.0)))
        energy = self._curve("energy", t_s, 0.6)
        bar_phase = _count(self.downbeat_times_s, t_s) % 1.0
        odd = float(np.floor(4 * bar_phase + 1e-6) % 2 == 0)  # of a bar in four
        begun = [start_s for start_s in self.section_times_s if start_s <= t_s]
        numbers = (
            beat,
            self._curve("bass", t_s, 0.25 + 0.6 * beat),
            self._curve("mid", t_s, 0.5),
            self._curve("high", t_s, 0.6 * off_beat),
            self._curve("onset", t_s, beat),
            energy,
            beat_phase,
            bar_phase,
            beat_count,
            self._flash(t_s),
            self._drum("kick", t_s, odd * beat),
            self._drum("snare", t_s, (1.0 - odd) * beat),
            self._drum("hat", t_s, off_beat),
            t_s - begun[-1] if begun else max(t_s, 0.0),
            max(len(begun) - 1, 0),
        )
        return Pulse(*(np.float32(number) for number in numbers))

    def beat_length_s(self, t_s: float) -> float:
        """Return how long the beat lasts that is heard at a time."""
        index = int(np.searchsorted(self.beat_times_s, t_s, side="right")) - 1
        index = min(max(index, 0), self.beat_times_s.size - 2)
        return float(self.beat_times_s[index + 1] - self.beat_times_s[index])

    def _curve(self, name: str, t_s: float, default: float) -> float:
        """Read a curve between its samples; hold its ends."""
        return _read(self.curves.get(name), t_s * self.rate_hz, default)

    def _drum(self, name: str, t_s: float, default: float) -> float:
        """Read the envelope of a drum."""
        return _read(self.drums.get(name), t_s * self.drums_rate_hz, default)

    def _choose_flashes(self) -> NDArray[np.float64]:
        """Return the downbeats that may flash: intense parts only, never in quick succession."""
        chosen: list[float] = []
        for t_s in self.downbeat_times_s:
            spaced = not chosen or t_s - chosen[-1] >= _FLASH_GAP_S
            if spaced and self._curve("energy", float(t_s), 0.6) > _FLASH_ENERGY:
                chosen.append(float(t_s))
        return np.asarray(chosen, np.float64)

    def _flash(self, t_s: float) -> float:
        index = int(np.searchsorted(self._flash_times_s, t_s, side="right")) - 1
        if index < 0:
            return 0.0
        return float(np.exp(-(t_s - self._flash_times_s[index]) / _FLASH_DECAY_S))


def _read(curve: NDArray[np.float32] | None, place: float, default: float) -> float:
    """Return a curve between its samples, its ends held."""
    if curve is None or curve.size == 0:
        return default
    place = min(max(place, 0.0), curve.size - 1.0)
    index = min(int(place), max(curve.size - 2, 0))
    after = curve[min(index + 1, curve.size - 1)]
    value = curve[index] + (after - curve[index]) * (place - index)
    return float(min(max(value, 0.0), 1.0))


def _struck(drum: NDArray[np.float32], rate_hz: float) -> NDArray[np.float32]:
    """Let hits ring: up at once, down over about a fifth of a second, so that frames see each."""
    keep = float(np.exp(-1.0 / (rate_hz * _RING_S)))
    ringing = drum.copy()
    for index in range(1, ringing.size):
        ringing[index] = max(ringing[index], keep * ringing[index - 1])
    return ringing


def _needle(curve: NDArray[np.float32], rate_hz: float) -> NDArray[np.float32]:
    """Follow a curve as the needle of a peak meter does: up at once, down slowly.

    A level measured thirty times a second trembles; lights that followed it would flicker.
    """
    rise, fall = (1.0 - np.exp(-1.0 / (rate_hz * time_s)) for time_s in (_RISE_S, _FALL_S))
    followed = curve.copy()
    for index in range(1, followed.size):
        step = followed[index] - followed[index - 1]
        followed[index] = followed[index - 1] + (rise if step > 0 else fall) * step
    return followed


def _count(times_s: NDArray[np.float64], t_s: float) -> float:
    """Return how many of the times have passed, continuously; before the first it is negative."""
    index = int(np.searchsorted(times_s, t_s, side="right")) - 1
    index = min(max(index, 0), times_s.size - 2) if times_s.size > 1 else 0
    if times_s.size < 2:
        return float(t_s - times_s[0]) if times_s.size else t_s
    gap_s = max(float(times_s[index + 1] - times_s[index]), 1e-3)
    return index + float(t_s - times_s[index]) / gap_s
