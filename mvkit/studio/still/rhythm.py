"""What the song does to a picture: how close, how bright, how glowing it is at an instant.

A picture is one bright area as a whole, so its light must not flash: its brightness changes by
less than a tenth of white, which photosensitivity guidelines do not count as a flash at all
(WCAG 2.3.1), and only a strong downbeat or an accent goes that far, at most twice a second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.accents import MOST_LIFT, Answer
from mvkit.studio.music import Music

__all__ = ["Throb", "throb_at"]

_ATTACK_S, _RELEASE_S = 0.07, 0.24
_THROB = 0.018  # how much closer a downbeat comes, at full energy
_BEAT_SHARE, _BEAT_ENERGY = 0.35, 0.5  # other beats, where the song is intense enough
_LIFT, _FLASH = 0.05, 0.22  # how much a downbeat and a flash brighten the middle tones
_FLASHING = _LIFT + _FLASH  # how much the strongest flash of an accent does
_GLOW, _BEAT_GLOW = 0.22, 0.3


class Throb(NamedTuple):
    """How the song shapes one frame.

    Attributes
    ----------
    closer
        Factor on the zoom, at least 1.
    aside, down
        How far the view has swayed right and down, in widths of the frame; never past what
        coming closer leaves of the picture around it.
    gain
        Brightness of the middle tones, at least 1; black and white stay.
    glow
        How much of the glow around bright parts is seen.
    """

    closer: float
    aside: float
    down: float
    gain: float
    glow: float


def throb_at(music: Music, t_s: float, answer: Answer, *, flashes: bool, aspect: float) -> Throb:
    """Return what the song does to the frame at a time.

    Parameters
    ----------
    music, t_s
        The song and the time.
    answer
        What the shot's accents do.
    flashes
        Whether a strong downbeat flashes by itself.
    aspect
        Width of the frame by its height.
    """
    pulse = music.at(t_s)
    energy = float(pulse.energy)
    downbeat = _swell(music.downbeat_times_s, t_s)
    beat = _swell(music.beat_times_s, t_s) * _BEAT_SHARE
    beat *= max(energy - _BEAT_ENERGY, 0.0) / (1.0 - _BEAT_ENERGY)
    throb = _THROB * (0.25 + 0.75 * energy) * max(downbeat, beat)
    aside, down = answer.aside / aspect, -answer.down / aspect
    room = 2 * max(abs(aside), aspect * abs(down))
    lift = _LIFT * energy * downbeat + _FLASH * float(pulse.flash) * flashes
    return Throb(
        closer=max(1.0 + throb, answer.closer) * (1.0 + room),
        aside=aside,
        down=down,
        gain=1.0 + max(lift, _FLASHING * answer.lift / MOST_LIFT),
        glow=_GLOW + _BEAT_GLOW * energy * float(pulse.beat),
    )


def _swell(times_s: NDArray[np.float64], t_s: float) -> float:
    """Return 1 at each of the times, rising to it softly and falling more slowly."""
    index = int(np.searchsorted(times_s, t_s, side="right"))
    since_s = t_s - float(times_s[index - 1]) if index > 0 else np.inf
    until_s = float(times_s[index]) - t_s if index < times_s.size else np.inf
    falling = np.exp(-since_s / _RELEASE_S) if np.isfinite(since_s) else 0.0
    rising = 0.5 + 0.5 * np.cos(np.pi * min(until_s / _ATTACK_S, 1.0))
    return float(max(falling, rising))
