"""Laser beams: fans of thin lines in the haze that step to another figure on kick and snare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import exponential, saturate
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.club.dress import Colours

__all__ = ["add_lasers", "laser_beams"]

_LAMPS_M = ((-2.3, 3.0, 6.2), (2.3, 3.0, 6.2), (-7.6, 3.9, 1.5), (7.6, 3.9, 1.5))
_AIMS = (0.0, 0.0, 1.5708, -1.5708)  # direction of a fan's middle; 0 leaves the booth
_N_BEAMS = 9
_LENGTH_M = 16.0
_NEAR_M = 0.35
_FIGURES = (  # how wide a fan is spread, how it rises, and how it is bent
    (0.95, 0.06, 0.00),
    (0.35, 0.14, 0.05),
    (1.15, 0.03, 0.10),
    (0.60, 0.20, -0.06),
    (0.80, 0.10, 0.12),
    (0.15, 0.16, 0.00),
)


def laser_beams(
    projection: Projection,
    colours: Colours,
    *,
    pulse: Pulse,
    t_s: float,
    smoke: float,
    seed: int,
) -> NDArray[np.float32]:
    """Return the beams of an instant as rows for :func:`add_lasers`.

    A figure lasts a beat; the two fans of the booth swap theirs, those of the side walls join in
    intense parts.
    """
    energy, beats = float(pulse.energy), float(pulse.beat_count)
    step = int(np.floor(beats + 1e-4))
    joined = energy > 0.55
    lamps = np.arange(4 if joined else 2)
    figures = np.array([_FIGURES[(step + seed + 3 * i) % len(_FIGURES)] for i in lamps])
    spread, rise, bend = figures.T[:, :, None]
    i, share = lamps[:, None], np.linspace(-1.0, 1.0, _N_BEAMS)
    yaw = np.array(_AIMS)[i] + 0.5 * spread * share
    yaw = yaw + 0.10 * np.sin(0.9 * t_s + 2.0 * i) + 0.12 * (2 * (i % 2) - 1)
    up = rise + bend * (share**2 - 0.4) + 0.03 * np.sin(0.6 * t_s + i)
    hits = np.where((step + lamps) % 2 == 0, float(pulse.kick), float(pulse.snare))
    gain = (0.30 + 0.25 * energy + 0.55 * hits) * (0.6 + 0.4 * smoke)
    gain = gain * np.where(lamps < 2, 1.0, min((energy - 0.55) / 0.2, 1.0))
    tints = np.array([colours.laser, colours.laser, colours.tube_a, colours.tube_a])[lamps]
    light = np.repeat(tints * gain[:, None], _N_BEAMS, axis=0)
    start = np.repeat(np.array(_LAMPS_M)[lamps], _N_BEAMS, axis=0)
    way = np.stack([np.sin(yaw), up, -np.cos(yaw)], axis=-1).reshape(-1, 3) * _LENGTH_M
    return _projected(projection, np.stack([start, start + way], axis=1), light)


def _projected(
    projection: Projection, ends_m: NDArray[np.float64], light: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return beams (n, 2 ends, 3) in pixels with their light, cut where they pass the lens."""
    depth = np.asarray(projection.depth_m(ends_m[..., 0], ends_m[..., 2]))
    seen = (depth > _NEAR_M).any(axis=1)
    ends_m, depth, light = ends_m[seen], depth[seen], light[seen]
    gap = depth[:, ::-1] - depth
    share = np.where(depth < _NEAR_M, (_NEAR_M - depth) / np.where(gap == 0, 1.0, gap), 0.0)
    ends_m = ends_m + share[..., None] * (ends_m[:, ::-1] - ends_m)
    x_px, y_px, depth = projection.to_px(ends_m[..., 0], ends_m[..., 1], ends_m[..., 2])
    half = np.clip(0.006 * projection.px_per_m(depth), 0.6, 0.004 * projection.height_px)
    ends = np.stack([x_px, y_px, half], axis=-1).reshape(-1, 6)
    return np.concatenate([ends, light], axis=1).astype(np.float32)


@kernel
def add_lasers(canvas: Canvas, beams: NDArray[np.float32]) -> None:
    """Add beams to a picture, in place: a hot core in a faint glow.

    ``beams`` is (n, 9): x, y and half width at the lamp, the same at the other end, linear colour.
    """
    _, height, width = canvas.shape
    for k in range(beams.shape[0]):
        ax = beams[k, 0]
        ay = beams[k, 1]
        dx = beams[k, 3] - ax
        dy = beams[k, 4] - ay
        thin = beams[k, 2]
        grow = beams[k, 5] - thin
        red = beams[k, 6]
        green = beams[k, 7]
        blue = beams[k, 8]
        length2 = max(dx * dx + dy * dy, f32(1))
        per_length2 = f32(1) / length2
        length = np.sqrt(length2)
        reach = max(thin, thin + grow) * f32(5) + f32(1)
        steep = max(abs(dy), f32(1e-3))
        level = abs(dy) < f32(0.5)
        left = min(ax, ax + dx) - reach
        right = max(ax, ax + dx) + reach
        first = pixel(min(ay, ay + dy) - reach, height)
        for y in range(first, pixel(max(ay, ay + dy) + reach + f32(1), height)):
            ry = f32(y) + f32(0.5) - ay
            middle = ax + ry * dx / (dy if steep > f32(1e-3) else f32(1e-3))
            span = reach * length / steep
            begin = pixel(left if level else max(left, middle - span), width)
            end = pixel(right if level else min(right, middle + span + f32(1)), width)
            row_r = canvas[0, y, begin:end]
            row_g = canvas[1, y, begin:end]
            row_b = canvas[2, y, begin:end]
            for x in range(end - begin):
                rx = f32(x + begin) + f32(0.5) - ax
                along = (rx * dx + ry * dy) * per_length2
                off = abs(rx * dy - ry * dx) / length
                half = thin + grow * saturate(along)
                q = off / half
                core = exponential(-q * q * f32(1.2)) + f32(0.10) * saturate(
                    f32(1.2) - q * f32(0.24)
                )
                inside = saturate(along * f32(60)) * saturate((f32(1) - along) * f32(6))
                light = core * inside * (f32(0.35) + f32(0.65) * exponential(-along * f32(2.2)))
                row_r[x] += red * light
                row_g[x] += green * light
                row_b[x] += blue * light
