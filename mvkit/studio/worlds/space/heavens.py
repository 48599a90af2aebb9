"""The sky of the moon: nebula, stars, the ringed planet, a second moon, shooting stars.

The nebula is soft and never changes its form: it is worked out once on a dome (:func:`nebula`)
and coloured at half the size. Planet and rings are sharp and painted at full size.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.dome import Dome
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, fbm5, hash_1d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.space.dress import PLANET_AZIMUTH, PLANET_SLOPE, Colours, Hour

__all__ = ["Stars", "meteors", "nebula", "paint_planet", "paint_void", "sun_dots"]

_LOW, _HIGH = -0.3, 1.9  # slopes of the dome
_ROWS, _COLUMNS = 420, 1500
_RADIUS = 0.20  # of the planet, as a tangent
_TILT = 0.36  # of the rings, in the frame
_OPENING = 0.24  # of the rings' ellipse
_MOON_AZIMUTH, _MOON_SLOPE, _MOON_RADIUS = -0.56, 0.26, 0.032
_N_STARS = 5200
_FAR_M = 5000.0


@lru_cache(maxsize=4)
def nebula(seed: int) -> Dome:
    """Return the nebula as a dome: glow, cloud, dark dust, and light at its edges."""
    picture = np.empty((_ROWS, _COLUMNS, 4), np.float32)
    _condense(picture, np.float32(seed % 61 * 3.1 + 0.5))
    return Dome(picture, low=_LOW, high=_HIGH)


@kernel
def _condense(picture: NDArray[np.float32], seed: Scalar) -> None:
    rows, columns, _ = picture.shape
    for y in range(rows):
        slope = f32(_HIGH - (_HIGH - _LOW) * (y + 0.5) / rows)
        for x in range(columns):
            azimuth = f32((x + 0.5) / columns * 2 * pi - pi)
            # Around a circle, so that the picture closes behind the camera.
            u = f32(sine(f32(azimuth)) * f32(1.9) + seed)
            v = f32(sine(f32(azimuth + f32(1.5708))) * f32(1.3) + slope * f32(2.2))
            bend_u = fbm3(f32(u * f32(1.7) + f32(9)), f32(v * f32(1.7) + seed))
            bend_v = fbm3(f32(u * f32(1.7) + seed), f32(v * f32(1.7) + f32(21)))
            u = f32(u + bend_u * f32(1.5))
            v = f32(v + bend_v * f32(1.5))
            gas = fbm5(f32(u * f32(1.5)), f32(v * f32(1.5)))
            wisp = fbm5(f32(u * f32(3.9) + f32(4)), f32(v * f32(3.9)))
            ridge = f32(1) - abs(wisp - f32(0.5)) * f32(3.2)
            # A river of light leans across the sky, brightest before the camera.
            off = (slope - f32(0.30) + f32(0.36) * sine(f32(azimuth + f32(0.25)))) * f32(2.4)
            river = exponential(-off * off)
            body = smoothstep(f32(0.34), f32(0.78), gas) * (f32(0.25) + f32(0.9) * river)
            picture[y, x, 0] = body * (f32(0.45) + f32(0.75) * max(ridge, f32(0)))
            second = smoothstep(f32(0.40), f32(0.72), f32(bend_u + f32(0.35) * (wisp - f32(0.5))))
            picture[y, x, 1] = second * (f32(0.2) + f32(0.8) * river) * body * f32(1.4)
            lane = fbm5(f32(u * f32(2.6) + f32(31)), f32(v * f32(2.6) + f32(7)))
            picture[y, x, 2] = smoothstep(f32(0.52), f32(0.68), lane) * (f32(0.3) + river)
            edge = max(ridge, f32(0)) * body
            picture[y, x, 3] = edge * edge * edge * f32(1.2)


def paint_void(
    canvas: Canvas,
    dome: Dome,
    view: View,
    colours: Colours,
    hour: Hour,
    pulse: Pulse,
    *,
    end: int,
) -> None:
    """Paint black sky and nebula down to row ``end``."""
    _, height, width = canvas.shape
    rows = min((end + 1) // 2 + 1, height // 2)
    gas = dome.seen(view, width // 2, height // 2, first=0, end=rows)
    soft = np.empty((3, rows, width // 2), np.float32)
    _colour(soft, gas, view, colours, hour, pulse, height // 2)
    for plane, out in zip(soft, canvas[:, : 2 * rows], strict=True):
        cv2.resize(plane, (width, 2 * rows), dst=out, interpolation=cv2.INTER_LINEAR)


@kernel
def _colour(
    soft: Canvas,
    gas: NDArray[np.float32],
    view: View,
    colours: Colours,
    hour: Hour,
    pulse: Pulse,
    height: int,
) -> None:
    """Colour the gas: it swells with the bass, its edges shine with mids and highs."""
    _, rows, width = soft.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    body = np.empty(width, np.float32)
    cloud = np.empty(width, np.float32)
    dark = np.empty(width, np.float32)
    edge = np.empty(width, np.float32)
    per_rows = f32(0.3) + f32(0.7) * pulse.energy
    swell = hour.nebula * (f32(0.45) + per_rows * (f32(0.35) * pulse.bass + f32(0.3) * pulse.mid))
    shine = hour.nebula * (f32(0.3) + per_rows * (f32(0.9) * pulse.high + f32(0.5) * pulse.mid))
    veil = saturate(hour.dust * f32(26))
    haze = add_light(scale_rgb(colours.regolith, f32(0.30)), colours.glow, f32(0.06))
    for y in range(rows):
        for x in range(width):
            body[x] = gas[y, x, 0]
            cloud[x] = gas[y, x, 1]
            dark[x] = gas[y, x, 2]
            edge[x] = gas[y, x, 3]
        for x in range(width):
            azimuth, slope = heading(view, x, y, width, height)
            thin = f32(1) - f32(0.75) * saturate(dark[x])
            colour = scale_rgb(colours.void, f32(0.6))
            colour = add_light(colour, colours.glow, f32(body[x] * swell * thin * f32(0.34)))
            colour = add_light(colour, colours.cloud, f32(cloud[x] * swell * thin * f32(0.62)))
            hot = mix_rgb(colours.cloud, colours.star, f32(0.45))
            colour = add_light(colour, hot, f32(edge[x] * shine * thin * f32(0.5)))
            low = exponential(-max(slope + f32(0.07), f32(0)) * f32(5)) * veil
            colour = mix_rgb(colour, haze, f32(low * f32(0.9)))
            # Light that the planet's air throws around it.
            aside = azimuth - f32(PLANET_AZIMUTH)
            above = slope - f32(PLANET_SLOPE)
            far = np.sqrt(f32(aside * aside + above * above)) - f32(_RADIUS)
            halo = exponential(-max(far, f32(0)) * f32(16)) * hour.limb
            colour = add_light(colour, colours.planet, f32(halo * f32(0.045)))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(soft, y, red, green, blue)


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
    rings = _box(projection, PLANET_AZIMUTH, PLANET_SLOPE, 2.32 * _RADIUS, end=end)
    disc = _box(projection, PLANET_AZIMUTH, PLANET_SLOPE, _RADIUS, end=end)
    _paint_planet(canvas, view, colours, hour, np.float32(t_s), rings, disc)


_Box = tuple[int, int, int, int]
"""First row, row after the last, first column, column after the last."""


def _box(projection: Projection, azimuth: float, slope: float, radius: float, *, end: int) -> _Box:
    """Return the box of pixels around a disc in the sky; empty where it is out of the frame."""
    reach = 1.05 * radius
    azimuths = azimuth + reach * np.array([-1.0, -1.0, 1.0, 1.0, 0.0, 0.0])
    slopes = slope + reach * np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    x_px, y_px, depth_m = _far(projection, azimuths, slopes)
    if depth_m.max() < 0.2 * _FAR_M:
        return 0, 0, 0, 0
    width, height = projection.width_px, min(end, projection.height_px)
    if depth_m.min() < 0.2 * _FAR_M:  # it passes the camera's side: whole rows are safe
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
                u = f32((azimuth - f32(PLANET_AZIMUTH)) * f32(1 / _RADIUS))
                v = f32((slope - f32(PLANET_SLOPE)) * f32(1 / _RADIUS))
                colour, solid = _planet(u, v, colours, hour, t_s)
                disc_r[x] = colour[0]
                disc_g[x] = colour[1]
                disc_b[x] = colour[2]
                disc_cover[x] = solid
        for x in range(span):
            azimuth, slope = heading(view, x + box[2], y, width, height)
            u = f32((azimuth - f32(PLANET_AZIMUTH)) * f32(1 / _RADIUS))
            v = f32((slope - f32(PLANET_SLOPE)) * f32(1 / _RADIUS))
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


class Stars:
    """Thousands of stars, few of them bright, crowded along the river of light.

    Parameters
    ----------
    seed
        Another seed is another sky.
    colours
        Their tints lie between ``star`` and the nebula's colours.
    """

    def __init__(self, seed: int, colours: Colours) -> None:
        rng = np.random.default_rng(seed + 41)
        self._azimuth = rng.uniform(-pi, pi, _N_STARS)
        spread = rng.standard_normal(_N_STARS) * 0.22
        river = 0.30 - 0.36 * np.sin(self._azimuth + 0.25) + spread
        anywhere = rng.uniform(-0.2, 1.7, _N_STARS)
        self._slope = np.where(rng.random(_N_STARS) < 0.45, river, anywhere)
        self._light = 0.05 + 0.030 * np.minimum(rng.random(_N_STARS) ** -0.85, 70.0)
        tint = rng.random((_N_STARS, 1)) ** 2.5
        hue = np.where(rng.random((_N_STARS, 1)) < 0.5, [colours.glow], [colours.sun])
        self._colour = (1 - 0.6 * tint) * np.array(colours.star) + 0.6 * tint * hue
        self._rate = rng.uniform(0.5, 3.0, _N_STARS)

    def dots(
        self, projection: Projection, gain: float, hat: float, t_s: float
    ) -> NDArray[np.float32]:
        """Return the stars in the frame; a few of them answer the hats."""
        x_px, y_px, depth_m = _far(projection, self._azimuth, self._slope)
        seen = (depth_m > 0) & (np.abs(x_px - projection.width_px / 2) < projection.width_px / 2)
        seen &= (y_px > -4) & (y_px < projection.height_px)
        dots = new_dots(int(seen.sum()))
        light, rate = self._light[seen], self._rate[seen]
        twinkle = 0.9 + 0.1 * np.sin(rate * t_s * 2 + 50 * rate) + 0.5 * hat * (rate > 2.7)
        scale = projection.height_px / 576
        radius = (0.62 + 0.28 * np.minimum(light, 1.6)) * max(scale, 0.7)
        dots[:, 0], dots[:, 1] = x_px[seen], y_px[seen]
        dots[:, 2] = radius
        dots[:, 3:6] = (1.5 * gain * light * twinkle)[:, None] * self._colour[seen]
        return dots


def sun_dots(projection: Projection, colours: Colours, hour: Hour) -> NDArray[np.float32]:
    """Return the sun's disc with its glare, as dots; nothing where it is out of the sky."""
    x_px, y_px, depth_m = _far(projection, np.array([hour.azimuth]), np.array([hour.slope]))
    if hour.disc <= 0 or depth_m[0] <= 0:
        return new_dots(0)
    dots = new_dots(3)
    dots[:, 0], dots[:, 1] = x_px[0], y_px[0]
    dots[:, 2] = np.array([0.017, 0.05, 0.22]) / projection.camera.lens * projection.height_px
    light = float(hour.disc) * np.array([1.0, 0.10, 0.018])
    dots[:, 3:6] = light[:, None] * np.array(colours.sun)
    dots[0, 6] = 1.0
    return dots


def meteors(projection: Projection, pulse: Pulse, seed: int) -> NDArray[np.float32]:
    """Return the shooting star that a snare lights, as strokes: a new one with every beat."""
    beat = int(np.floor(pulse.beat_count))
    chance = np.random.default_rng((seed % 2**32, beat % 2**32)).random(5)
    light = float(pulse.snare) * (0.25 + 0.75 * float(pulse.energy))
    height, width = projection.height_px, projection.width_px
    length = (0.16 + 0.14 * chance[2]) * height
    angle = 0.35 + 0.5 * chance[3]
    way = np.array([np.cos(angle) * (1 if chance[4] < 0.5 else -1), np.sin(angle)])
    start = np.array([(0.15 + 0.7 * chance[0]) * width, (0.02 + 0.22 * chance[1]) * height])
    head = start + way * (0.1 + 0.34 * float(pulse.beat_phase)) * height
    share = np.linspace(0, 1, 9)
    along = head - way * length * share[:, None]
    strokes = np.zeros((8, 10), np.float32)
    strokes[:, 0:2], strokes[:, 3:5] = along[:-1], along[1:]
    radius = 0.0021 * height * (1 - share) ** 0.7
    strokes[:, 2], strokes[:, 5] = radius[:-1], radius[1:]
    strokes[:, 6:9] = 2.2
    strokes[:, 9] = light * (1 - share[:-1]) ** 1.5
    return strokes


def _far(
    projection: Projection, azimuth: NDArray[np.float64], slope: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return where directions are in the frame, as columns, rows and depths."""
    camera = projection.camera
    x_m = camera.x_m + _FAR_M * np.sin(azimuth)
    z_m = camera.z_m + _FAR_M * np.cos(azimuth)
    return projection.to_px(x_m, camera.y_m + _FAR_M * slope, z_m)
