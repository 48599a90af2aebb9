"""Shoals of fish, which turn at the bars and glitter as they do."""

from __future__ import annotations

from math import floor, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import mix, saturate, sine, smoothstep
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.underwater.dress import Colours, Sea

__all__ = ["Shoals", "paint_fish"]

Table = NDArray[np.floating[Any]]

_N_SILVER, _N_GAUDY = 110, 14
_TURN_BEATS = 8.0  # a shoal swims one way for so long
_CELL_M = 16.0  # the shoals accompany the camera from cell to cell of the sea


class Shoals:
    """Knows where every fish is at any beat.

    Parameters
    ----------
    seed
        Another seed is other fish.
    colours, sea
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, sea: Sea) -> None:
        random = np.random.default_rng(seed + 23)
        n = _N_SILVER + _N_GAUDY
        self._chance = random.random((n, 5))
        # A lens-shaped cloud of fish; the gaudy ones swim closer to the sand, scattered.
        offset = random.normal(size=(n, 3)) * np.array([1.5, 0.42, 1.1])
        offset[_N_SILVER:] = random.uniform(-1, 1, (_N_GAUDY, 3)) * np.array([4.5, 0.45, 4.0])
        self._offset = offset
        self._gaudy = np.arange(n) >= _N_SILVER
        self._length_m = np.where(
            self._gaudy, 0.16 + 0.12 * self._chance[:, 0], 0.17 + 0.07 * self._chance[:, 0]
        )
        self._colours, self._sea = colours, sea

    def project(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return the fish ahead, far ones first, for :func:`paint_fish`."""
        beats = float(pulse.beat_count)
        x, y, z = self._places(projection.camera, beats, t_s)
        later = self._places(projection.camera, beats + 0.12, t_s + 0.06)
        way_x, way_y, way_z = later[0] - x, later[1] - y, later[2] - z
        speed = np.maximum(np.sqrt(way_x**2 + way_y**2 + way_z**2), 1e-4)
        tail_x, tail_y, tail_z = (
            place - self._length_m * way / speed
            for place, way in zip((x, y, z), (way_x, way_y, way_z), strict=True)
        )
        head = projection.to_px(x, y, z)
        tail = projection.to_px(tail_x, tail_y, tail_z)
        depth = head[2]
        length_px = self._length_m * projection.px_per_m(depth)
        fish = np.empty((len(x), 13), np.float32)
        fish[:, 0], fish[:, 1] = 0.5 * (head[0] + tail[0]), 0.5 * (head[1] + tail[1])
        fish[:, 2], fish[:, 3] = 0.5 * (head[0] - tail[0]), 0.5 * (head[1] - tail[1])
        fish[:, 4] = length_px * np.where(self._gaudy, 0.24, 0.15)
        fish[:, 5] = 9.0 * t_s + 40 * self._chance[:, 1]
        fish[:, 6:9] = self._paint(pulse, way_x, way_z)
        clear = np.exp(-float(self._sea.fog) * depth)
        fish[:, 9] = clear * np.clip((depth - 1.0) / 1.0, 0, 1)
        fish[:, 10] = self._gaudy
        fish[:, 11] = float(self._sea.daylight)
        fish[:, 12] = length_px
        seen = (depth > 1.0) & (length_px > 1.5) & (fish[:, 9] > 0.03)
        order = np.argsort(-depth[seen], kind="stable")
        return np.ascontiguousarray(fish[seen][order])

    def _places(self, camera: Camera, beats: float, t_s: float) -> tuple[Table, Table, Table]:
        """Return x, y, z of the heads: each fish turns a little after the one before it."""
        chance = self._chance
        delay = 0.16 * self._offset[:, 0] + 0.5 * chance[:, 2]
        swing, drift = _to_and_fro((beats - delay) / _TURN_BEATS)
        cell_x = _CELL_M * floor(camera.x_m / _CELL_M + 0.5)
        cell_z = _CELL_M * floor(camera.z_m / _CELL_M + 0.5)
        lane = np.where(self._gaudy, 0.0, 1.0)
        bob = 0.12 * np.sin(1.1 * t_s + 30 * chance[:, 3])
        x = cell_x + self._offset[:, 0] + (2.2 + 2.6 * lane) * swing
        x = x + 0.10 * np.sin(0.9 * t_s + 20 * chance[:, 4])
        z = cell_z + self._offset[:, 2] + 3.0 * lane + 2.2 * drift
        y = np.where(self._gaudy, 0.75, 2.55) + self._offset[:, 1] + bob + 0.35 * lane * drift
        return x, np.maximum(y, 0.25), z

    def _paint(self, pulse: Pulse, way_x: Table, way_z: Table) -> Table:
        """Return the light of each fish: silver flashes while it turns, and on the beat."""
        _, water, light, _, _, coral_a, coral_b, glow = (np.array(c) for c in self._colours)
        silver = 0.35 * water + 0.65 * light
        own = np.where((self._chance[:, 3] < 0.5)[:, None], coral_a, coral_b)
        own = np.where((self._chance[:, 3] < 0.2)[:, None], light, own)
        turning = np.abs(way_z) / np.maximum(np.hypot(way_x, way_z), 1e-4)
        beat = float(pulse.beat) * (0.15 + 0.85 * float(pulse.energy))
        flash = np.clip(0.7 * turning + 0.55 * beat * (self._chance[:, 4] > 0.45), 0, 1)
        day = float(self._sea.daylight)
        fish = np.where(self._gaudy[:, None], 1.5 * day * own, day * silver)
        gleam = 0.9 * (0.35 + day) * flash[:, None] * light
        alight = float(self._sea.alight) * (0.12 + 0.6 * float(pulse.hat)) * 0.5
        return fish + np.where(self._gaudy[:, None], 0.12, 0.5) * gleam + alight * glow


def _to_and_fro(legs: Table) -> tuple[Table, Table]:
    """Return a place in -1..1 that is crossed evenly, turning quickly at its ends, and a drift.

    ``legs`` counts the crossings; the drift moves sideways through each turn, so that a fish
    swims a curve.
    """
    phase = legs % 2.0
    line = np.where(phase < 1.0, 2 * phase - 1, 3 - 2 * phase)
    swing = line * (1.12 - 0.12 * line**2)
    return swing, 0.5 * np.sin(pi * legs) + 0.25 * np.sin(0.37 * pi * legs)


@kernel
def paint_fish(canvas: Canvas, fish: NDArray[np.float32], deep: RGB) -> None:
    """Draw fish, in place.

    Parameters
    ----------
    canvas
        The picture.
    fish
        A row is the middle (x, y) and the half way to the nose in pixels, half height, phase of
        the tail, light (3), opacity, whether it is a gaudy one, daylight, full length.
    deep
        Colour of the backs.
    """
    _, height, width = canvas.shape
    for k in range(fish.shape[0]):
        mx = fish[k, 0]
        my = fish[k, 1]
        ax = fish[k, 2]
        ay = fish[k, 3]
        tall = max(fish[k, 4], f32(0.5))
        # Seen from the front a fish is as long as it is thick.
        seen = np.sqrt(ax * ax + ay * ay + f32(1e-6))
        half = max(seen, tall * f32(0.4))
        cos_a = ax / seen
        sin_a = ay / seen
        flip = f32(1) if cos_a >= f32(0) else f32(-1)
        wag = sine(fish[k, 5]) * tall * f32(0.35) * (seen / max(fish[k, 12] * f32(0.5), f32(1)))
        gaudy = fish[k, 10]
        opacity = fish[k, 9]
        reach_x = half * abs(cos_a) * f32(1.1) + tall * f32(1.3) + f32(1)
        reach_y = half * abs(sin_a) * f32(1.1) + tall * f32(1.3) + f32(1)
        x0 = pixel(mx - reach_x, width)
        x1 = pixel(mx + reach_x + f32(1), width)
        soft = f32(0.7) / tall
        for y in range(pixel(my - reach_y, height), pixel(my + reach_y + f32(1), height)):
            py = f32(y) + f32(0.5) - my
            out_r = canvas[0, y]
            out_g = canvas[1, y]
            out_b = canvas[2, y]
            for x in range(x0, x1):
                px = f32(x) + f32(0.5) - mx
                s = (px * cos_a + py * sin_a) / half
                back = saturate(-s)
                t = ((py * cos_a - px * sin_a) * flip - wag * back * back) / tall
                # Body: a lens, blunt at the nose; tail: a fork behind it; a fin on the back.
                nose = saturate((f32(1) - s) * f32(1.6))
                stem = saturate((s + f32(0.72)) * f32(0.95))
                body = np.sqrt(nose) * stem * (f32(1.35) - f32(0.35) * stem)
                fork = saturate((f32(-0.55) - s) * f32(2.4)) * saturate((s + f32(1.06)) * f32(30))
                notch = saturate((f32(-0.82) - s) * f32(3.4))
                tail = min((fork * f32(0.95) - abs(t)), abs(t) - notch * f32(0.6))
                fin = smoothstep(f32(0.55), f32(0.1), abs(s + f32(0.05))) * (
                    f32(0.28) + f32(0.22) * gaudy
                )
                upper = body + fin * (f32(1) if t < f32(0) else f32(0.45))
                cover = max(
                    saturate((upper - abs(t)) / soft + f32(0.5)),
                    saturate(tail / soft + f32(0.5)) * saturate((f32(-0.4) - s) * f32(9)),
                )
                cover = cover * opacity * saturate((f32(1.08) - abs(s)) * half)
                # Dark back, bright belly; stripes on the gaudy ones; an eye.
                belly = smoothstep(f32(-0.55), f32(0.25), t)
                stripe = smoothstep(f32(-0.2), f32(0.25), sine(f32(s * f32(9) + f32(0.8))))
                tone = mix(f32(0.22) + f32(0.85) * belly, f32(0.5) + f32(0.6) * belly, gaudy)
                pale = gaudy * stripe * f32(0.75)
                ex = (s - f32(0.66)) * half
                ey = (t + f32(0.16)) * tall
                eye = saturate(f32(1.2) - np.sqrt(ex * ex + ey * ey) / (tall * f32(0.17)))
                tone = tone * (f32(1) - f32(0.9) * eye)
                r = mix(fish[k, 6] * tone, deep[0] * f32(0.35), pale)
                g = mix(fish[k, 7] * tone, deep[1] * f32(0.35), pale)
                b = mix(fish[k, 8] * tone, deep[2] * f32(0.35), pale)
                out_r[x] = mix(out_r[x], r, cover)
                out_g[x] = mix(out_g[x], g, cover)
                out_b[x] = mix(out_b[x], b, cover)
