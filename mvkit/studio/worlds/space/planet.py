"""The ringed planet and a second moon, sharp and painted at full size."""

from __future__ import annotations

import numpy as np

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import arctan2, mix, saturate, smoothstep
from mvkit.studio.kit.noise import fbm3, hash_1d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.space.dress import (
    PLANET_AZIMUTH,
    PLANET_RADIUS,
    PLANET_SLOPE,
    Colours,
    Hour,
)
from mvkit.studio.worlds.space.stars import FAR_M, far

__all__ = ["paint_planet"]

_TILT = 0.36  # of the rings, in the frame
_OPENING = 0.24  # of the rings' ellipse
_MOON_AZIMUTH, _MOON_SLOPE, _MOON_RADIUS = -0.56, 0.26, 0.032


@inline
def _grooves(x: Scalar) -> Scalar:
    """Return smooth noise over a line."""
    cell = np.floor(x)
    t = f32(x - cell)
    return mix(
        hash_1d(i32(cell)), hash_1d(i32(i32(cell) + i32(1))), f32(t * t * (f32(3) - f32(2) * t))
    )


@inline
def _ring(q: Scalar) -> Scalar:
    """Return how dense the rings are at a distance in radii of the planet."""
    grooves = _grooves(f32(q * f32(38))) * f32(0.6) + _grooves(f32(q * f32(11))) * f32(0.55)
    inside = smoothstep(f32(1.28), f32(1.40), q) * smoothstep(f32(2.30), f32(2.22), q)
    gap = smoothstep(f32(0.025), f32(0.05), abs(q - f32(1.93)))
    return f32(inside * (f32(0.18) + f32(0.82) * gap) * (f32(0.25) + f32(0.75) * grooves))


@inline
def _planet(u: Scalar, v: Scalar, colours: Colours, hour: Hour, t_s: Scalar) -> tuple[RGB, Scalar]:
    """Return light and cover of the planet at a place in radii from its middle."""
    r2 = f32(u * u + v * v)
    nz = np.sqrt(max(f32(1) - r2, f32(0)))
    sunny = f32(u * hour.phase_x + v * hour.phase_y + nz * hour.phase_z)
    lit = smoothstep(f32(-0.06), f32(0.85), sunny)
    # Bands lie along the rings; storms fold them.
    tilt_c = f32(np.cos(_TILT))
    tilt_s = f32(np.sin(_TILT))
    along = f32(u * tilt_c + v * tilt_s)
    north = f32(v * tilt_c - u * tilt_s + nz * f32(_OPENING))
    turn = f32(arctan2(along, nz + f32(0.02)) * f32(1.1) + t_s * f32(0.008))
    storm = fbm3(f32(turn * f32(3.2)), f32(north * f32(11)))
    band = value_noise(f32(north * f32(7.5) + storm * f32(0.9)), f32(2))
    fine = value_noise(f32(north * f32(25) + storm * f32(2.2)), f32(turn * f32(1.2)))
    colour = mix_rgb(colours.planet, colours.band, smoothstep(f32(0.3), f32(0.7), band))
    tone = f32(0.72) + f32(0.5) * (fine - f32(0.3))
    colour = scale_rgb(colour, f32(tone * lit * f32(1.15) + f32(0.012)))
    edge = f32(1) - nz
    air = edge * edge * edge * saturate(f32(sunny * f32(1.8) + f32(0.45))) * hour.limb
    colour = add_light(colour, mix_rgb(colours.planet, colours.star, f32(0.4)), f32(air))
    return colour, saturate(f32((f32(1) - np.sqrt(r2)) * f32(120)))


def paint_planet(
    canvas: Canvas, projection: Projection, colours: Colours, hour: Hour, t_s: float, *, end: int
) -> None:
    """Paint second moon and planet with its rings over the sky, down to row ``end``."""
    view = projection.camera.view()
    ball = (_MOON_AZIMUTH, _MOON_SLOPE, _MOON_RADIUS)
    box = _box(projection, *ball, end=end)
    _paint_moon(canvas, view, colours, hour, box)
    rings = _box(projection, PLANET_AZIMUTH, PLANET_SLOPE, 2.32 * PLANET_RADIUS, end=end)
    disc = _box(projection, PLANET_AZIMUTH, PLANET_SLOPE, PLANET_RADIUS, end=end)
    _paint_planet(canvas, view, colours, hour, np.float32(t_s), rings, disc)


_Box = tuple[int, int, int, int]
"""First row, row after the last, first column, column after the last."""


def _box(projection: Projection, azimuth: float, slope: float, radius: float, *, end: int) -> _Box:
    """Return the box of pixels around a disc in the sky; empty where it is out of the frame."""
    reach = 1.05 * radius
    azimuths = azimuth + reach * np.array([-1.0, -1.0, 1.0, 1.0, 0.0, 0.0])
    slopes = slope + reach * np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    x_px, y_px, depth_m = far(projection, azimuths, slopes)
    if depth_m.max() < 0.2 * FAR_M:
        return 0, 0, 0, 0
    width, height = projection.width_px, min(end, projection.height_px)
    if depth_m.min() < 0.2 * FAR_M:  # it passes the camera's side: whole rows are safe
        return 0, height, 0, width
    rows = np.clip([y_px.min() - 2, y_px.max() + 2], 0, height).astype(int)
    columns = np.clip([x_px.min() - 2, x_px.max() + 2], 0, width).astype(int)
    return int(rows[0]), int(rows[1]), int(columns[0]), int(columns[1])


@kernel
def _paint_moon(canvas: Canvas, view: View, colours: Colours, hour: Hour, box: _Box) -> None:
    """Paint the second moon inside a box of pixels."""
    _, height, width = canvas.shape
    span = max(box[3] - box[2], 0)
    light = np.empty(span, np.float32)
    cover = np.empty(span, np.float32)
    per = f32(1 / _MOON_RADIUS)
    for y in range(box[0], box[1]):
        for x in range(span):
            azimuth, slope = heading(view, x + box[2], y, width, height)
            u = f32((azimuth - f32(_MOON_AZIMUTH)) * per)
            v = f32((slope - f32(_MOON_SLOPE)) * per)
            r2 = f32(u * u + v * v)
            facing = u * hour.phase_x + v * hour.phase_y
            facing = facing + hour.phase_z * np.sqrt(max(f32(1) - r2, f32(0)))
            plain = fbm3(f32(u * f32(2.6) + f32(5)), f32(v * f32(2.6)))
            light[x] = saturate(f32(facing * f32(1.6))) * (f32(0.15) + f32(0.8) * plain)
            cover[x] = saturate(f32((f32(1) - np.sqrt(r2)) * f32(18)))
        for plane in range(3):
            out = canvas[plane, y, box[2] : box[3]]
            own = colours.star[plane]
            for x in range(span):
                out[x] = mix(out[x], own * light[x], cover[x])


@kernel
def _paint_planet(
    canvas: Canvas,
    view: View,
    colours: Colours,
    hour: Hour,
    t_s: Scalar,
    box: _Box,
    disc: _Box,
) -> None:
    """Paint the planet inside its box and its rings inside theirs."""
    _, height, width = canvas.shape
    span = max(box[3] - box[2], 0)
    red = np.empty(span, np.float32)
    green = np.empty(span, np.float32)
    blue = np.empty(span, np.float32)
    cover = np.empty(span, np.float32)
    keep = np.empty(span, np.float32)
    tilt_c = f32(np.cos(_TILT))
    tilt_s = f32(np.sin(_TILT))
    ring_light = scale_rgb(mix_rgb(colours.planet, colours.star, f32(0.45)), f32(0.62))
    begin = max(disc[2] - box[2], 0)
    n_disc = max(min(disc[3] - box[2], span) - begin, 0)
    start = box[2] + begin
    for y in range(box[0], box[1]):
        for x in range(span):
            red[x] = f32(0)
            green[x] = f32(0)
            blue[x] = f32(0)
            cover[x] = f32(0)
        if y >= disc[0] and y < disc[1]:
            disc_r = red[begin : begin + n_disc]
            disc_g = green[begin : begin + n_disc]
            disc_b = blue[begin : begin + n_disc]
            disc_cover = cover[begin : begin + n_disc]
            for x in range(n_disc):
                azimuth, slope = heading(view, x + start, y, width, height)
                u = f32((azimuth - f32(PLANET_AZIMUTH)) * f32(1 / PLANET_RADIUS))
                v = f32((slope - f32(PLANET_SLOPE)) * f32(1 / PLANET_RADIUS))
                colour, solid = _planet(u, v, colours, hour, t_s)
                disc_r[x] = colour[0]
                disc_g[x] = colour[1]
                disc_b[x] = colour[2]
                disc_cover[x] = solid
        for x in range(span):
            azimuth, slope = heading(view, x + box[2], y, width, height)
            u = f32((azimuth - f32(PLANET_AZIMUTH)) * f32(1 / PLANET_RADIUS))
            v = f32((slope - f32(PLANET_SLOPE)) * f32(1 / PLANET_RADIUS))
            along = f32(u * tilt_c + v * tilt_s)
            across = f32((v * tilt_c - u * tilt_s) * f32(1 / _OPENING))
            q = np.sqrt(f32(along * along + across * across))
            dense = _ring(q) * (f32(1) - saturate(across * f32(4)) * cover[x])
            # The planet's shadow falls on the rings behind it, away from the sun.
            side = along * hour.phase_x
            shade = smoothstep(f32(1.0), f32(0.82), abs(f32(v + side * f32(0.3))))
            shade = shade * saturate(-side * f32(3)) * smoothstep(f32(2.1), f32(1.5), q)
            glow = dense * (f32(1) - f32(0.94) * shade) * (f32(0.55) + f32(0.22) * q)
            # Rings before the planet throw their own shadow a little below themselves.
            cast = smoothstep(f32(0.55), f32(0), abs(q - f32(1.75))) * saturate(-across - f32(0.2))
            hide = (f32(1) - f32(0.75) * dense) * (f32(1) - f32(0.45) * cast) * cover[x]
            red[x] = red[x] * hide + ring_light[0] * glow
            green[x] = green[x] * hide + ring_light[1] * glow
            blue[x] = blue[x] * hide + ring_light[2] * glow
            keep[x] = (f32(1) - cover[x]) * (f32(1) - f32(0.7) * dense)
        out_r = canvas[0, y, box[2] : box[3]]
        out_g = canvas[1, y, box[2] : box[3]]
        out_b = canvas[2, y, box[2] : box[3]]
        for x in range(span):
            out_r[x] = out_r[x] * keep[x] + red[x]
        for x in range(span):
            out_g[x] = out_g[x] * keep[x] + green[x]
        for x in range(span):
            out_b[x] = out_b[x] * keep[x] + blue[x]
