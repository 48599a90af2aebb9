"""The colours of pictures: how light and colourful, which hues, and how alike.

All in CIE L*a*b* (D65): L* from 0, black, to 100, white; a* from green to red; b* from blue to
yellow. Two shots are as far apart as their histograms of colour (Hellinger's distance): 0 where
they are the same, 1 where they have no colour in common.

Contents
--------
Lab, lab_of, lightness_of, histogram, apart, look_of
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from mvkit.report.viewing import RGB
from mvkit.schema.base import HexColour
from mvkit.schema.report import Look

BINS = (8, 12, 12)
RANGES = ((0.0, 100.0), (-90.0, 90.0), (-90.0, 90.0))
SOFTNESS_BINS = 0.6
"""So that a shade more light is not another colour altogether."""
N_SWATCHES = 4
NEAR_HUE = np.deg2rad(25.0)
LEAST_CHROMA = 8.0
"""With less a colour is seen as grey."""

Lab = NDArray[np.float32]
Histogram = NDArray[np.float64]


def lab_of(picture: RGB) -> Lab:
    """Return a picture in L*a*b*, smaller by half: colours need fewer pixels than movement."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB), np.float32)


def lightness_of(picture: RGB) -> float:
    """Return the mean L* of a picture, 0-100."""
    return float(lab_of(picture)[..., 0].mean())


def histogram(pixels: Lab) -> Histogram:
    """Return how often each colour is seen; the shares add up to 1."""
    counts, _ = np.histogramdd(pixels.reshape(-1, 3), bins=BINS, range=RANGES)
    soft: Histogram = gaussian_filter(counts, SOFTNESS_BINS)
    return soft / max(float(soft.sum()), 1e-9)


def apart(one: Histogram, other: Histogram) -> float:
    """Return Hellinger's distance of two histograms, 0-1."""
    return float(np.sqrt(np.clip(1.0 - np.sqrt(one * other).sum(), 0.0, 1.0)))


def look_of(
    pixels: Lab, *, palette: Sequence[HexColour], before: Histogram | None, film: Histogram
) -> Look:
    """Describe the colours of a shot.

    Parameters
    ----------
    pixels : ndarray
        The shot's pixels in L*a*b*, last axis of length 3.
    palette : sequence of str
        The colours that the plan gives it.
    before, film : ndarray
        Colours of the shot before, None for the first, and of the whole film.
    """
    flat = pixels.reshape(-1, 3)
    own = histogram(flat)
    share, by_chance = _palette_share(flat, palette)
    return Look(
        lightness=round(float(flat[:, 0].mean()), 2),
        chroma=round(float(_chroma(flat).mean()), 2),
        warmth=round(float(flat[:, 2].mean()), 2),
        contrast=round(float(flat[:, 0].std()), 2),
        swatches=_swatches(flat),
        palette_share=round(share, 4),
        palette_by_chance=round(by_chance, 4),
        from_previous=None if before is None else round(apart(own, before), 4),
        from_film=round(apart(own, film), 4),
    )


def _palette_share(pixels: Lab, palette: Sequence[HexColour]) -> tuple[float, float]:
    """Return the share of colour near a palette's hues, and the share of all hues that is near."""
    tones = [tone for tone in map(_lab_of_hex, palette) if _chroma(tone) >= LEAST_CHROMA]
    if not tones:
        return 0.0, 0.0
    hues = np.array([np.arctan2(tone[2], tone[1]) for tone in tones])
    circle = np.linspace(-np.pi, np.pi, 720, endpoint=False)
    by_chance = float(_is_near(circle, hues).mean())
    chroma = _chroma(pixels)
    weight = np.where(chroma >= LEAST_CHROMA, chroma, 0.0)
    if weight.sum() == 0.0:
        return 0.0, by_chance
    near = _is_near(np.arctan2(pixels[:, 2], pixels[:, 1]), hues)
    return float(min((weight * near).sum() / weight.sum(), 1.0)), by_chance


def _is_near(angles: NDArray[np.floating], hues: NDArray[np.floating]) -> NDArray[np.bool_]:
    turn = np.angle(np.exp(1j * (angles[:, None] - hues[None, :])))
    return np.asarray((np.abs(turn) <= NEAR_HUE).any(axis=1))


def _chroma(pixels: Lab) -> NDArray[np.float32]:
    return np.asarray(np.hypot(pixels[..., 1], pixels[..., 2]), np.float32)


def _swatches(pixels: Lab) -> tuple[HexColour, ...]:
    """Return the main colours, by k-means with a fixed start: the spread of lightness."""
    step = max(1, len(pixels) // 4000)
    some = np.ascontiguousarray(pixels[::step], np.float32)
    order = np.argsort(some[:, 0])
    starts = np.arange(len(some)) * N_SWATCHES // len(some)
    labels = np.empty((len(some), 1), np.int32)
    labels[order, 0] = starts
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, labels, centres = cv2.kmeans(
        some, N_SWATCHES, labels, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS
    )
    counts = np.bincount(labels[:, 0], minlength=N_SWATCHES)
    ranked = sorted(range(N_SWATCHES), key=lambda n: -counts[n])
    return tuple(_hex_of(centres[n]) for n in ranked)


def _hex_of(tone: Lab) -> HexColour:
    rgb = cv2.cvtColor(tone.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_LAB2RGB)[0, 0]
    return "#" + "".join(f"{round(255 * float(np.clip(part, 0, 1))):02X}" for part in rgb)


def _lab_of_hex(colour: HexColour) -> Lab:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255.0
    return np.asarray(cv2.cvtColor(rgb.reshape(1, 1, 3), cv2.COLOR_RGB2LAB)[0, 0], np.float32)
