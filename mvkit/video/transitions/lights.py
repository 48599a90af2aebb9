"""Transitions in which light or damage hides the change: flash, light leak, film burn, glitch."""

from __future__ import annotations

from functools import lru_cache
from math import pi, sin

import cv2
import numpy as np

from mvkit.footage import Picture
from mvkit.video.transitions.mixes import crossfade, cut, passed
from mvkit.video.transitions.planes import WHITE, Cover, Tint, full, laid_over, planes_of

__all__ = ["film_burn", "flash", "glitch", "light_leak"]

AMBER: Tint = (186, 62, 160)
EMBER: Tint = (104, 84, 206)
PEACH: Tint = (214, 98, 146)
FLASH = 0.8
"""How white a flash is at its height; more than one in a transition there never is."""
BURN_EDGE = 0.10
GLITCH_BANDS = 22
GLITCH_FRINGE = 0.012
GLITCH_SHIFT = 0.10
"""How far a torn band is displaced, as a share of the frame's width."""


def flash(going: Picture, coming: Picture, weight: float) -> Picture:
    """Cut in a burst of white that is gone as fast as it came."""
    shown = cut(going, coming, weight)
    burst = (1.0 - abs(2.0 * weight - 1.0)) ** 2
    return crossfade(shown, full(shown, WHITE), FLASH * burst) if burst else shown


def light_leak(going: Picture, coming: Picture, weight: float) -> Picture:
    """Dissolve while warm light that has found a way into the camera drifts over the picture."""
    mixed = crossfade(going, coming, weight)
    strength = sin(pi * weight)
    if weight in (0.0, 1.0):
        return mixed
    height, width = planes_of(going)[0].shape
    shape = max(height // 12, 2), max(width // 12, 2)
    wide = strength * _leak(shape, 1.35 * weight - 0.25, 0.42)
    narrow = strength * _leak(shape, 1.5 * weight - 0.2, 0.2)
    warm = laid_over(mixed, full(mixed, AMBER), 0.75 * wide)
    return laid_over(warm, full(mixed, PEACH), 0.9 * narrow)


def film_burn(going: Picture, coming: Picture, weight: float) -> Picture:
    """Let the film melt before the lamp: holes grow, glowing at their rims."""
    height, width = planes_of(going)[0].shape
    field = _melting((max(height // 4, 2), max(width // 4, 2)))
    strength = sin(pi * weight)
    shown = laid_over(going, coming, passed(field, weight, BURN_EDGE))
    if weight in (0.0, 1.0):
        return shown
    ahead = field - weight * (1.0 + BURN_EDGE)
    scorched = np.exp(-((ahead / 0.20) ** 2)) * (ahead > -BURN_EDGE)
    glowing = np.exp(-(((ahead + 0.4 * BURN_EDGE) / 0.065) ** 2))
    burnt = laid_over(shown, full(shown, EMBER), _cover(0.85 * strength * scorched))
    return laid_over(burnt, full(shown, PEACH), _cover(strength**0.5 * glowing))


def glitch(going: Picture, coming: Picture, weight: float) -> Picture:
    """Tear the picture into bands that jump aside, until they are those of the other."""
    strength = 1.0 - abs(2.0 * weight - 1.0)
    if strength == 0.0:
        return cut(going, coming, weight)
    chance = np.random.default_rng(round(1000 * weight))
    edges = [0.0, *np.sort(chance.random(GLITCH_BANDS - 1)), 1.0]
    arrived = chance.random(GLITCH_BANDS) < np.clip((weight - 0.25) / 0.5, 0.0, 1.0)
    shifts = GLITCH_SHIFT * strength * chance.normal(size=GLITCH_BANDS)
    shifts *= chance.random(GLITCH_BANDS) < 0.7
    fringe = GLITCH_FRINGE * strength
    shown = np.empty_like(going)
    asides = (0.0, fringe, -fringe)
    for out, old, new, aside in zip(
        planes_of(shown), planes_of(going), planes_of(coming), asides, strict=True
    ):
        height, width = out.shape
        rows = [round(edge * height) for edge in edges]
        for band in range(GLITCH_BANDS):
            part = slice(rows[band], rows[band + 1])
            source = new if arrived[band] else old
            out[part] = np.roll(source[part], round((shifts[band] + aside) * width), axis=1)
    return shown


def _leak(shape: tuple[int, int], middle: float, reach: float) -> Cover:
    """Return a leaning, uneven curtain of light whose middle is at a share of the width."""
    height, width = shape
    down = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None]
    across = np.linspace(0.0, 1.0, width, dtype=np.float32)[None, :]
    bend = 0.10 * np.sin(4.0 * down + 9.0 * middle) + 0.25 * (down - 0.5)
    light = np.exp(-(((across - middle - bend) / reach) ** 2))
    return _cover(light * (0.75 + 0.25 * np.sin(6.0 * down + 5.0 * middle)))


@lru_cache(maxsize=4)
def _melting(shape: tuple[int, int]) -> Cover:
    """Return when each place burns through, 0-1; as much of the picture at any time."""
    height, width = shape
    chance = np.random.default_rng(1895)
    field = np.zeros(shape, np.float32)
    for n_cells, amount in ((3, 1.0), (7, 0.55), (16, 0.28), (40, 0.12)):
        cells = chance.random((max(n_cells * height // width, 2), n_cells), np.float32)
        field += amount * cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    ranks = np.empty(field.size, np.float32)
    ranks[np.argsort(field, axis=None)] = np.linspace(0.0, 1.0, field.size, dtype=np.float32)
    return ranks.reshape(shape)


def _cover(light: Cover) -> Cover:
    return np.asarray(np.clip(light, 0.0, 1.0), np.float32)
