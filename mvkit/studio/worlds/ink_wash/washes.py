"""The wet part of the painting: sky, disc, brushed circle, mountains, mist and their mirror."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, Row, store_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    cosine,
    exponential,
    fraction,
    mix,
    power_of_2,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import fbm3, value_noise
from mvkit.studio.kit.rgb import mix_rgb
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.tables import look_up
from mvkit.studio.kit.view import View, horizon_band
from mvkit.studio.worlds.ink_wash.dress import Colours, Hour
from mvkit.studio.worlds.ink_wash.paper import TOP_SLOPE

__all__ = ["Brush", "lay_washes", "press_on_paper"]

Table = NDArray[np.float32]
_TURN = 6.2831853


class Brush(NamedTuple):
    """What the song does to the washes.

    Attributes
    ----------
    ink
        Density of all ink, 1 as rubbed.
    drawn
        How much of the circle around the disc is drawn, 0..1; the rest of the last one fades.
    ripple
        How much the water moves, 0..1.
    glow
        Breath of the halo around the disc, around 1.
    """

    ink: Scalar
    drawn: Scalar
    ripple: Scalar
    glow: Scalar


@inline
def _circle(aside: Scalar, above: Scalar, radius: Scalar, drawn: Scalar) -> Scalar:
    """Return the ink of a circle drawn with a wide half-dry brush, as far as it is drawn."""
    reach = np.sqrt(f32(aside * aside + above * above)) + f32(1e-5)
    # From the lower left, clockwise.
    share = fraction(f32(arctan2(aside, above) * f32(1 / _TURN) + f32(0.62)))
    wander = f32(0.022) * sine(f32(share * f32(7) + f32(1))) + f32(0.045) * share
    press = smoothstep(f32(0), f32(0.10), share) * (f32(1.25) - f32(0.85) * share)
    half = radius * (f32(0.05) + f32(0.125) * press)
    off = (reach - radius * (f32(0.985) + wander)) / half
    hair = value_noise(f32(off * f32(6.5)), f32(share * f32(7) + off))
    fine = value_noise(f32(off * f32(17)), f32(share * f32(13)))
    dry = smoothstep(f32(0.15), f32(1.0), share)
    paint = f32(0.55) * hair + f32(0.45) * fine + f32(0.30)
    bristle = smoothstep(dry * f32(0.85) - f32(0.12), dry * f32(0.85) + f32(0.16), paint)
    band = smoothstep(f32(1.05), f32(0.70), abs(f32(off + f32(0.30) * (hair - f32(0.5)))))
    # The bristles neither set down nor lift off all at once.
    tip = f32(drawn * f32(1.06)) - f32(0.05) * hair - f32(0.02) * off * off
    new = smoothstep(f32(0), f32(0.025), tip - share)
    old = (f32(1) - new) * (f32(1) - drawn) * (f32(1) - drawn)
    begun = smoothstep(f32(0), f32(0.02), f32(share - f32(0.03) * fine))
    return f32(band * bristle * (new + old) * begun * (f32(0.75) + f32(0.45) * hair))


@inline
def _disc(aside: Scalar, above: Scalar, hour: Hour, glow: Scalar) -> Scalar:
    """Return the pigment of sun or moon, gathered at its wet edge, and its halo."""
    reach = np.sqrt(f32(aside * aside + above * above))
    pool = fbm3(f32(aside * f32(16) + f32(7)), f32(above * f32(16)))
    edge = hour.radius + (pool - f32(0.5)) * f32(0.012)
    wet = smoothstep(edge + f32(0.006), edge - f32(0.006), reach)
    rim = smoothstep(edge - f32(0.035), edge, reach)
    pigment = wet * (f32(0.80) + f32(0.25) * rim + f32(0.40) * (pool - f32(0.5)))
    halo = exponential(f32(-max(reach - hour.radius, f32(0)) * f32(8))) * f32(0.15)
    return f32(pigment + halo * glow * (f32(1) - wet))


@inline
def _columns_around(azimuths: Row, azimuth: Scalar, reach: Scalar) -> tuple[int, int]:
    """Return the columns (first, end) that look less than ``reach`` aside from a direction."""
    first = azimuths.size
    end = 0
    for x in range(azimuths.size):
        if abs(azimuths[x] - azimuth) < reach:
            first = min(first, x)
            end = x + 1
    return min(first, end), end


@kernel
def lay_washes(
    canvas: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    brush: Brush,
    far: Table,
    near: Table,
    hidden: Table,
    t_s: Scalar,
) -> None:
    """Paint sky, mountains and water over the whole canvas."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    azimuths = np.empty(width, np.float32)
    slopes = np.empty(width, np.float32)
    column = np.empty(width, np.float32)
    column_near = np.empty(width, np.float32)
    row = np.empty(width, np.float32)
    far_ink = np.empty(width, np.float32)
    near_ink = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    pigment = np.zeros(width, np.float32)
    ring = np.zeros(width, np.float32)
    line = np.zeros(width, np.float32)
    paper, wash, lake = colours.paper, colours.wash, colours.lake
    ink, distance, disc = colours.ink, colours.distance, colours.disc
    px = view.lens / f32(height)
    # The last column of the tables is their first one again.
    span = f32(far.shape[1]) - f32(1)
    per_turn = span * f32(1 / _TURN)
    last_column = span - f32(0.01)
    last_row = f32(far.shape[0]) - f32(1.01)
    rows_per_slope = last_row / f32(TOP_SLOPE)
    band_0, _ = horizon_band(view, width, height)
    big = hour.radius * f32(2.1)
    for y in range(height):
        wet = y >= band_0
        level = (view.horizon * f32(height) - f32(y)) * px
        tilt = abs(view.sin_roll) * f32(width) * px
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            azimuths[x] = azimuth
            slopes[x] = slope
            red[x] = f32(0)
            line[x] = f32(0)
            pigment[x] = f32(0)
            ring[x] = f32(0)
        if wet:
            for x in range(width):
                below = select(slopes[x] < f32(0))
                depth = min(view.y_m / max(-slopes[x], f32(0.004)), f32(90))
                gx = view.x_m + sine(azimuths[x]) * depth
                gz = view.z_m + cosine(azimuths[x]) * depth
                calm = saturate(f32(12) / depth)
                sway = value_noise(f32(gx * f32(0.7)), f32(gz * f32(1.1) - t_s * f32(0.6)))
                red[x] = (sway - f32(0.5)) * below * brush.ripple * calm
                streak = value_noise(f32(gx * f32(0.50) + t_s * f32(0.06)), f32(gz * f32(0.62)))
                streak = f32(0.66) * streak + f32(0.34) * value_noise(
                    f32(gx * f32(1.7)), f32(gz * f32(2.3) - t_s * f32(0.25))
                )
                thread = smoothstep(f32(0.60), f32(0.84), streak) * calm
                line[x] = thread * below
        for x in range(width):
            stretch = f32(1.12) if slopes[x] < f32(0) else f32(1)
            mirrored = abs(slopes[x]) * stretch + red[x] * f32(0.10)
            place = f32(azimuths[x] + red[x] * f32(0.05) + f32(0.5 * _TURN)) * per_turn
            shifted = place + view.x_m * f32(0.012) * per_turn
            shifted = shifted - span * np.floor(shifted / span)
            column[x] = min(max(place, f32(0)), last_column)
            column_near[x] = min(max(shifted, f32(0)), last_column)
            row[x] = min(max((f32(TOP_SLOPE) - mirrored) * rows_per_slope, f32(0)), last_row)
        for x in range(width):
            far_ink[x] = look_up(far, column[x], row[x])
        for x in range(width):
            near_ink[x] = look_up(near, column_near[x], row[x])
        for x in range(width):
            cover[x] = look_up(hidden, column_near[x], row[x])
        if abs(abs(level) - hour.slope) < big * f32(2.2) + tilt:
            for x in range(width):
                aside = f32(azimuths[x] - hour.azimuth + red[x] * f32(0.35))
                above = f32(abs(slopes[x]) - hour.slope + red[x] * f32(0.25))
                pigment[x] = _disc(aside, above, hour, brush.glow)
        if (
            level > hour.slope - big * f32(1.3) - tilt
            and level < hour.slope + big * f32(1.6) + tilt
        ):
            first, end = _columns_around(azimuths, hour.azimuth, big * f32(1.4))
            azimuth_there = azimuths[first:end]
            slope_there = slopes[first:end]
            part = ring[first:end]
            for x in range(part.size):
                aside = f32(azimuth_there[x] - hour.azimuth)
                part[x] = _circle(aside, f32(slope_there[x] - hour.slope), big, brush.drawn)
        for x in range(width):
            slope = slopes[x]
            up = abs(slope)
            below = smoothstep(px, -px, slope)
            # Mist drifts in long bands before the far range and thins the foot of the near one.
            drift = f32(azimuths[x] * f32(2.2) + t_s * f32(0.030))
            band = value_noise(drift, f32(up * f32(9) + f32(3)))
            bare = smoothstep(f32(0.30), f32(0.85), band) * hour.mist
            bare = bare * exponential(f32(up * f32(-2.5)))
            mirror = mix(f32(1), f32(0.5) * exponential(f32(up * f32(-1.5))), below)
            mountain = far_ink[x] * (f32(1) - cover[x]) + near_ink[x]
            mountain = mountain * (f32(1) - bare) * mirror
            mountain = (mountain + line[x] * f32(0.42)) * brush.ink
            # Bare paper over the water's far edge, the lake's tone towards the viewer.
            tone = exponential(f32(-up / hour.wash)) * (f32(1) - below)
            base = mix_rgb(paper, wash, f32(f32(0.75) * tone))
            base = mix_rgb(base, lake, f32(below * saturate(up * f32(4)) * f32(0.60)))
            hides = saturate(f32(1.1) - f32(1.2) * cover[x]) * mix(f32(1), f32(0.40), below)
            base = mix_rgb(base, disc, saturate(f32(pigment[x] * hour.disc * hides)))
            cast = mix_rgb(distance, ink, saturate(f32(near_ink[x] * f32(1.6) + line[x])))
            base = mix_rgb(base, cast, f32(f32(1) - power_of_2(f32(f32(-1.9) * mountain))))
            stroke = ring[x] * (f32(1) - f32(0.8) * cover[x]) * (f32(1) - below)
            base = mix_rgb(base, ink, f32(f32(1) - power_of_2(f32(f32(-4) * stroke * brush.ink))))
            red[x] = base[0]
            green[x] = base[1]
            blue[x] = base[2]
        store_row(canvas, y, red, green, blue)


@kernel
def press_on_paper(canvas: Canvas, grain: Table) -> None:
    """Let the grain of the paper through everything that is painted, in place."""
    for plane in range(3):
        for y in range(canvas.shape[1]):
            line = canvas[plane, y]
            tooth = grain[y]
            for x in range(canvas.shape[2]):
                line[x] = max(line[x], f32(0)) * tooth[x]
