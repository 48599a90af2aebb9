"""Neon signs sticking out from the walls, and lanterns strung across the street."""

from __future__ import annotations

from math import sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import f32, i32, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate, select, smoothstep
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.neon_city.dress import STREET_M, Colours

__all__ = ["Lanterns", "Signs", "paint_signs"]

_SLOT_M = 3.4
_N_KINDS = 256  # the signs repeat after 256 slots, nearly a kilometre
_SLOTS_AHEAD = 30
_STRING_GAP_M = 9.0
_STRINGS_AHEAD = 7


class Signs:
    """The signs of one street: upright boards and wide ones, at most one per slot along z.

    Parameters
    ----------
    seed
        Another seed hangs other signs.
    """

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        n = _N_KINDS
        self._seed = seed % 1000
        self._side = np.where(random.random(n) < 0.5, -1.0, 1.0)
        self._offset_m = random.random(n) * (_SLOT_M - 0.8)
        self._foot_m = random.uniform(3.9, 8.6, n)
        upright = random.random(n) < 0.66
        self._wide_m = np.where(upright, random.uniform(0.75, 1.2, n), random.uniform(1.7, 2.6, n))
        self._tall_m = np.where(upright, random.uniform(2.6, 5.4, n), random.uniform(0.8, 1.2, n))
        self._neon = random.integers(0, 3, n)
        self._nature = random.random(n)  # what it follows, and whether it flickers
        self._there = random.random(n) < 0.74

    def project(
        self,
        projection: Projection,
        colours: Colours,
        *,
        fog: float,
        pulse: Pulse,
        t_s: float,
        in_mirror: bool,
    ) -> NDArray[np.float32]:
        """Project the signs around the camera, or their mirror images, far ones first.

        Returns
        -------
        numpy.ndarray
            (n, 16): left and right column; rows of top left, top right, bottom left, bottom
            right; linear colour; gain; share of fog; seed; height by width; lean of the edges;
            depth of the left edge by that of the right; row of the ground.
        """
        base = int(projection.camera.z_m // _SLOT_M)
        slots = np.arange(base - _SLOTS_AHEAD, base + _SLOTS_AHEAD)
        slots = slots[self._there[slots % _N_KINDS]]
        k = slots % _N_KINDS
        z_m = slots * _SLOT_M + self._offset_m[k]
        wall_m = self._side[k] * (STREET_M - 0.25)
        ends = [
            projection.to_px(x, 0.0, z_m)
            for x in (wall_m - self._side[k] * self._wide_m[k], wall_m)
        ]
        ahead = (ends[0][2] > 0.6) & (ends[1][2] > 0.6)
        swap = ends[0][0] > ends[1][0]
        (left, left_row, left_m), (right, right_row, right_m) = (
            [np.where(swap, b, a) for a, b in zip(*pair, strict=True)]
            for pair in ((ends[0], ends[1]), (ends[1], ends[0]))
        )
        left_scale, right_scale = projection.px_per_m(left_m), projection.px_per_m(right_m)
        heard = np.array([pulse.kick, pulse.snare, pulse.bass])[(3 * self._nature[k]).astype(int)]
        broken = np.sin(t_s * 31 + slots) * np.sin(t_s * 7.3 + slots) > 0.4
        broken &= self._nature[k] > 0.93
        gain = 2.1 * (0.75 + 0.8 * heard) * np.where(broken, 0.2, 1.0)
        neon = np.array([colours.neon_a, colours.neon_b, colours.neon_c])[self._neon[k]]
        depth_m = 0.5 * (left_m + right_m)
        lean = np.full(len(k), -sin(projection.camera.roll_rad))
        rest = (gain, 1 - np.exp(-depth_m * fog), k + self._seed, self._tall_m[k] / self._wide_m[k],
                lean, left_scale / right_scale, 0.5 * (left_row + right_row))  # fmt: skip
        seen = ahead & (right > 0) & (left < projection.width_px)
        top_m = self._foot_m[k] + self._tall_m[k]
        low_m = self._foot_m[k]
        if in_mirror:
            top_m, low_m = -low_m, -top_m
        top = (left_row - top_m * left_scale, right_row - top_m * right_scale)
        low = (left_row - low_m * left_scale, right_row - low_m * right_scale)
        table = np.column_stack([left, right, *top, *low, neon, *rest])[seen]
        order = np.argsort(-depth_m[seen], kind="stable")
        return np.ascontiguousarray(table[order], np.float32)


class Lanterns:
    """Strings of lanterns across the street.

    Parameters
    ----------
    seed
        Another seed strings them elsewhere.
    """

    def __init__(self, seed: int) -> None:
        self._chance = np.random.default_rng(seed + 5).random((64, 3))

    def project(
        self,
        projection: Projection,
        colours: Colours,
        *,
        fog: float,
        pulse: Pulse,
        t_s: float,
        in_mirror: bool,
    ) -> NDArray[np.float32]:
        """Return the lanterns, or their mirror images, as dots."""
        base = int(projection.camera.z_m // _STRING_GAP_M)
        strings = np.arange(base - _STRINGS_AHEAD, base + _STRINGS_AHEAD + 1)
        chance = self._chance[strings % len(self._chance)]
        strings, chance = strings[chance[:, 0] < 0.6], chance[chance[:, 0] < 0.6]
        row = np.arange(9)
        sway = 0.06 * np.sin(t_s * 1.1 + strings[:, None] + 0.7 * row)
        x_m = (row - 4) / 4 * (STREET_M - 0.4) + sway
        z_m = (strings * _STRING_GAP_M + 4.0 * chance[:, 1])[:, None] + 0.0 * x_m
        y_m = 5.6 + 0.05 * x_m**2 + 1.2 * chance[:, 1:2]
        lamps = np.array([colours.warm, colours.neon_a])[(chance[:, 2] > 0.6).astype(int)]
        blink = 0.8 + 0.6 * np.where(row % 2, float(pulse.hat), float(pulse.snare))
        x_px, y_px, depth_m = projection.to_px(x_m, -y_m if in_mirror else y_m, z_m)
        light = lamps[:, None] * (blink * np.exp(-depth_m * fog))[..., None]
        radius = np.maximum(0.13 * projection.px_per_m(depth_m), 0.8)
        dots = np.dstack([x_px, y_px, radius, light, np.zeros_like(x_px)])
        return dots[(depth_m > 1.5) & (depth_m < 60)].astype(np.float32)


@kernel
def paint_signs(canvas: Canvas, signs: NDArray[np.float32], haze: RGB) -> None:
    """Paint boards that stick out from the walls; columns as :meth:`Signs.project` returns."""
    _, height, width = canvas.shape
    one = f32(1)
    for k in range(signs.shape[0]):
        left = signs[k, 0]
        right = signs[k, 1]
        top_l = signs[k, 2]
        top_r = signs[k, 3]
        low_l = signs[k, 4]
        low_r = signs[k, 5]
        gain = signs[k, 9]
        fog = signs[k, 10]
        seed = i32(signs[k, 11])
        shape = signs[k, 12]  # height by width of the board
        lean = signs[k, 13]
        ratio = signs[k, 14]  # depth of the right edge by that of the left
        wide = max(right - left, f32(0.5))
        n_glyphs = max(np.floor(shape * f32(0.95) + f32(0.5)), one)
        begin = pixel(min(top_l, top_r), height)
        end = pixel(max(low_l, low_r) + f32(2), height)
        ground = signs[k, 15]  # row of the street below: the edges lean about it
        blurred = saturate((f32(44) - wide) * f32(1 / 30))
        for y in range(begin, end):
            shift = lean * (f32(y) - ground)
            x0 = pixel(left + shift, width)
            x1 = pixel(right + shift + f32(2), width)
            row_r = canvas[0, y, x0:x1]
            row_g = canvas[1, y, x0:x1]
            row_b = canvas[2, y, x0:x1]
            for x in range(x1 - x0):
                share = (f32(x + x0) + f32(0.5) - left - shift) / wide
                top = mix(top_l, top_r, share)
                tall = max(mix(low_l, low_r, share) - top, one)
                # Perspective: equal steps on the board are not equal on the screen.
                fx = share / max(share + (one - share) * ratio, f32(1e-3))
                fy = (f32(y) + f32(0.5) - top) / tall
                edge_x = min(share, one - share) * wide
                edge_y = min(fy, one - fy) * tall
                inner = min(min(fx, one - fx), min(fy, one - fy) * shape)
                cover = saturate(edge_x + f32(0.5)) * saturate(edge_y + f32(0.5))
                tube = smoothstep(f32(0.035), f32(0.02), abs(inner - f32(0.075)))
                halo = smoothstep(f32(0.14), f32(0), abs(inner - f32(0.075)))
                cell = fy * n_glyphs * f32(1.04) - f32(0.02)
                row = i32(np.floor(cell))
                gx = (fx - f32(0.2)) * f32(5 / 0.6)
                gy = (fraction(cell) - f32(0.12)) * f32(5 / 0.76)
                inside = select(gx > f32(0)) * select(gx < f32(5))
                inside *= select(gy > f32(0)) * select(gy < f32(5))
                column = i32(np.floor(gx))
                line = i32(np.floor(gy))
                # Strokes across and down a grid of 5 x 5 read as characters.
                across = hash_2d(i32(line + i32(i32(row * i32(17)) + seed)), i32(3))
                down = hash_2d(i32(column + i32(i32(row * i32(29)) + seed)), i32(5))
                spot = hash_2d(i32(i32(column * i32(7)) + line), i32(i32(row * i32(31)) + seed))
                ink = max(
                    select(spot > f32(0.55))
                    * max(select(across > f32(0.45)), select(down > f32(0.5))),
                    select(across > f32(0.45)) * select(down > f32(0.5)),
                )
                ink = mix(ink * inside, f32(0.3), blurred)
                light = (f32(0.07) + f32(0.9) * tube + f32(0.22) * halo + f32(1.15) * ink) * gain
                white = ink * f32(0.3)
                row_r[x] = mix(
                    row_r[x],
                    mix(mix(signs[k, 6], one, white) * light, haze[0], fog),
                    cover,
                )
                row_g[x] = mix(
                    row_g[x],
                    mix(mix(signs[k, 7], one, white) * light, haze[1], fog),
                    cover,
                )
                row_b[x] = mix(
                    row_b[x],
                    mix(mix(signs[k, 8], one, white) * light, haze[2], fog),
                    cover,
                )
