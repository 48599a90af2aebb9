"""What shines: moving beams, their lamps, the pool of the follow spot."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.figure import Actor
from mvkit.studio.kit.canvas import Canvas, pixel, store_row
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, saturate, smoothstep
from mvkit.studio.kit.noise import value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.view import View, ray
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.concert_stage.dress import DECK_M, TRUSS_M, Colours

__all__ = ["Lights", "add_pool", "paint_beams", "paint_mist"]


_N_TRUSS_LAMPS = 8


class Lights:
    """The lamps of the show: eight in the truss, four on the floor, a follow spot.

    Parameters
    ----------
    seed
        Another seed swings them otherwise.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def beams(
        self,
        projection: Projection,
        colours: Colours,
        *,
        pulse: Pulse,
        actor: Actor | None,
        to_stage: bool,
    ) -> NDArray[np.float32]:
        """Aim the lamps by the beat and project them: a table for :func:`paint_beams`."""
        count, beat = float(pulse.beat_count), max(0.6 * float(pulse.beat), float(pulse.snare))
        tints = (np.array(colours.beam_a), np.array(colours.beam_b))
        rows = []
        for i, lamp in enumerate(_truss_lamps(to_stage)):
            swing = 0.55 * sin(count * pi / 8 + 0.9 * i)
            swing += 0.3 * sin(count * pi / 16 + self._seed)
            gain = (0.55 + 0.75 * beat) * (1.35 if (int(count) + i) % 4 == 0 else 1.0)
            tip = (lamp[0] + 6.0 * sin(swing), TRUSS_M - 6.0 * cos(swing), lamp[2] - 1.5)
            tint = tints[_colour_of_lamp(i, count)]
            rows.append(_beam(projection, lamp, tip, 0.10, tint * gain))
        for i in range(4):
            side, outer = (-1 if i < 2 else 1), i % 2
            swing = side * (0.25 + 0.35 * outer) + 0.35 * sin(count * pi / 4 + outer)
            foot = (side * (4.6 + 1.5 * outer), DECK_M + 0.1, 4.2 if to_stage else -14.0)
            tip = (foot[0] - 5 * sin(swing), foot[1] + 5 * cos(swing), foot[2])
            gain = 0.35 + 0.6 * max(float(pulse.high), float(pulse.hat))
            rows.append(_beam(projection, foot, tip, 0.08, tints[outer] * gain))
        if actor and to_stage:
            lamp = (actor.x_m + 0.8, TRUSS_M + 2.5, -1.5)
            feet = (actor.x_m, DECK_M, actor.z_m + 0.1)
            rows.append(_beam(projection, lamp, feet, 0.22, np.array([0.42, 0.39, 0.357])))
        return np.array([row for row in rows if row], np.float32).reshape(-1, 9)

    def lamps(
        self, projection: Projection, colours: Colours, *, pulse: Pulse, to_stage: bool
    ) -> NDArray[np.float32]:
        """Return the glow of the lamps in the truss as dots."""
        dots = new_dots(_N_TRUSS_LAMPS)
        for i, lamp in enumerate(_truss_lamps(to_stage)):
            x_px, y_px, depth_m = projection.to_px(*lamp)
            if depth_m < 0.5:
                continue
            tint = np.array(
                (colours.beam_a, colours.beam_b)[_colour_of_lamp(i, float(pulse.beat_count))]
            )
            hit = max(0.6 * float(pulse.beat), float(pulse.snare))
            light = tint * (0.8 + 1.2 * hit) + 0.25
            dots[i] = (x_px, y_px, 0.20 * projection.px_per_m(depth_m), *light, 0.0)
        return dots


def _truss_lamps(to_stage: bool) -> list[tuple[float, float, float]]:
    """Return the places of the lamps: over the deck, or over the crowd when filmed from it."""
    z_m = 2.6 if to_stage else -9.0
    return [(-6.3 + 1.8 * i, TRUSS_M - 0.4, z_m) for i in range(_N_TRUSS_LAMPS)]


def _colour_of_lamp(index: int, beat_count: float) -> int:
    """Return 0 or 1: neighbours differ, and they swap every four beats."""
    return (index + int(beat_count // 4) + 1) % 2


def _beam(
    projection: Projection,
    lamp: tuple[float, float, float],
    tip: tuple[float, float, float],
    half_m: float,
    light: NDArray[np.floating],
) -> tuple[float, ...]:
    """Project a beam to a row for :func:`paint_beams`; empty if the lamp is behind the camera."""
    x_px, y_px, depth_m = projection.to_px(*lamp)
    if depth_m < 0.5:
        return ()
    tip_x, tip_y, _ = projection.to_px(*tip)
    length = max(float(np.hypot(tip_x - x_px, tip_y - y_px)), 1.0)
    half_px = half_m * projection.px_per_m(depth_m)
    return (x_px, y_px, (tip_x - x_px) / length, (tip_y - y_px) / length, half_px, 0.055, *light)


@kernel
def paint_beams(
    canvas: Canvas, beams: NDArray[np.float32], bass: Scalar, density: Scalar, t_s: Scalar
) -> None:
    """Add beams of light in haze, in place.

    ``beams`` is (n, 9): lamp's column and row, direction (unit vector), half width at the lamp
    and its growth per pixel, linear colour; all in pixels.
    """
    _, height, width = canvas.shape
    one = f32(1)
    unit = one / f32(height)
    for k in range(beams.shape[0]):
        ox = beams[k, 0]
        oy = beams[k, 1]
        dx = beams[k, 2]
        dy = beams[k, 3]
        start = beams[k, 4]
        growth = beams[k, 5]
        colour_r = beams[k, 6]
        colour_g = beams[k, 7]
        colour_b = beams[k, 8]
        # |across| < reach * (start + growth * along) bounds each row's part.
        reach = f32(2.1)
        for y in range(height):
            ry = f32(y) + f32(0.5) - oy
            slope = abs(dy) if abs(dy) > f32(0.12) else f32(0.12)
            along_row = abs(ry) / slope
            span = (reach * (start + growth * along_row) + f32(2)) / slope
            middle = ox + (ry * dx / (dy if abs(dy) > f32(0.12) else f32(0.12)))
            begin = pixel(middle - span, width)
            end = pixel(middle + span + one, width)
            if end <= begin or ry * dy < -span:
                continue
            row_r = canvas[0, y, begin:end]
            row_g = canvas[1, y, begin:end]
            row_b = canvas[2, y, begin:end]
            for x in range(end - begin):
                rx = f32(x + begin) + f32(0.5) - ox
                along = rx * dx + ry * dy
                across = abs(rx * dy - ry * dx)
                half = start + growth * max(along, f32(0))
                q = across / half
                haze = value_noise(
                    (rx + ox) * unit * f32(3.1) + t_s * f32(0.14),
                    (ry + oy) * unit * f32(3.7) - t_s * f32(0.06),
                )
                core = exponential(-q * q * f32(1.9)) * saturate((reach - q) * f32(2))
                fall = exponential(-along * unit * f32(1.1)) * saturate(
                    along * f32(0.25) + f32(0.3)
                )
                light = core * fall * (f32(0.35) + f32(1.0) * haze) * (f32(0.75) + f32(0.35) * bass)
                light *= (start / half + f32(0.25)) * density
                row_r[x] += colour_r * light
                row_g[x] += colour_g * light
                row_b[x] += colour_b * light


@kernel
def paint_mist(soft: Canvas, view: View, colours: Colours, pulse: Pulse, t_s: Scalar) -> None:
    """Paint fog that rolls over deck and hall, on a layer of half the size with a mask."""
    _, height, width = soft.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    swell = f32(0.30) + f32(0.10) * pulse.bass
    for y in range(height):
        for x in range(width):
            _, up, _, across = ray(view, x, y, width, height)
            bank = value_noise(across * f32(2.1) + t_s * f32(0.11), up * f32(4) - t_s * f32(0.05))
            wisp = value_noise(across * f32(5.3) - t_s * f32(0.17), up * f32(11) + t_s * f32(0.09))
            cloud = f32(0.65) * bank + f32(0.35) * wisp
            low = exponential(-max(up + f32(0.12), f32(0)) * f32(4))
            cover[x] = saturate(
                f32(0.10) + f32(0.75) * low * smoothstep(f32(0.15), f32(0.8), cloud)
            )
            tint = mix_rgb(colours.led_a, colours.beam_b, saturate(f32(0.5) + across * f32(0.6)))
            light = add_light(scale_rgb(colours.haze, f32(1.3)), tint, swell * cloud)
            red[x] = light[0]
            green[x] = light[1]
            blue[x] = light[2]
        store_row(soft, y, red, green, blue)
        for x in range(width):
            soft[3, y, x] = cover[x]


@kernel
def add_pool(
    canvas: Canvas, x_px: Scalar, y_px: Scalar, radius_px: Scalar, flat: Scalar, light: RGB
) -> None:
    """Add the ellipse that a follow spot throws on the deck, in place."""
    _, height, width = canvas.shape
    tall = max(radius_px * flat, f32(1))
    begin = pixel(x_px - radius_px * f32(1.5), width)
    end = pixel(x_px + radius_px * f32(1.5) + f32(1), width)
    for y in range(pixel(y_px - tall * f32(1.5), height), pixel(y_px + tall * f32(1.5), height)):
        v = (f32(y) + f32(0.5) - y_px) / tall
        for plane in range(3):
            out = canvas[plane, y, begin:end]
            for x in range(end - begin):
                u = (f32(x + begin) + f32(0.5) - x_px) / radius_px
                q = u * u + v * v
                out[x] += light[plane] * smoothstep(f32(1.6), f32(0.3), q)
