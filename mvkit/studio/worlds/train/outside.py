"""The land that passes outside: sky, mountains, towns, trees, the track's masts, tunnels.

Everything stands in planes along the track, further away the slower it passes. Skylines are
a matter of the column of the frame alone, so they are computed once a frame.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mvkit.studio.kit.canvas import Canvas, pixel, store_row
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, fraction, mix, saturate, select, smoothstep
from mvkit.studio.kit.noise import fbm3, hash_2d, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, grey, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import starlight
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.train.dress import BEAT_M, Colours, Hour, Ride
from mvkit.studio.worlds.train.wall import pane_rows

__all__ = ["BORE_M", "in_tunnel", "paint_outside"]

BORE_M = 2.7
"""From the middle of the carriage to the wall of a tunnel."""

# Other lateral distances, and the height of the land against the carriage's floor.
_PEAKS_M, _HILLS_M, _TREES_M, _LAMPS_M, _BUSHES_M, _MAST_M = 3000, 620, 85, 30, 8, 4.6
_GROUND_M = -2.4
_SMEAR_M = 0.25  # half the way in which a frame is exposed

# There is a tunnel in every so many beats, and it lasts so many.
_TUNNEL_EVERY, _TUNNEL_FROM, _TUNNEL_BEATS = 96.0, 40.0, 10.0


@inline
def in_tunnel(z: Scalar) -> Scalar:
    """Return how much a place on the line lies in a tunnel; 0..1, sharp at the portals."""
    beats = fraction(f32(z * f32(1 / BEAT_M / _TUNNEL_EVERY))) * f32(_TUNNEL_EVERY)
    into = (beats - f32(_TUNNEL_FROM)) * f32(BEAT_M)
    left = f32(_TUNNEL_BEATS * BEAT_M) - into
    return saturate(f32(into * f32(1.2))) * saturate(f32(left * f32(1.2)))


@inline
def _sky(
    azimuth: Scalar, slope: Scalar, sunward: Scalar, hour: Hour, colours: Colours, t_s: Scalar
) -> RGB:
    """Return sky, clouds, stars and sun or moon in a direction."""
    up = max(slope, f32(0))
    colour = mix_rgb(colours.sky, colours.horizon, exponential(f32(up * f32(-3.6))))
    wide = exponential(f32((sunward - f32(1)) * f32(5))) * f32(0.30)
    close = exponential(f32((sunward - f32(1)) * f32(90))) * f32(0.55)
    reach = f32(f32(1) / (up + f32(0.16)))
    cloud = fbm3(
        f32(azimuth * reach * f32(0.8) + hour.seed + t_s * f32(0.012)), f32(reach * f32(1.7))
    )
    cover = smoothstep(f32(0.62 - 0.25) + f32(0.25) * (f32(1) - hour.clouds), f32(0.78), cloud)
    cover = cover * hour.clouds * smoothstep(f32(0.015), f32(0.12), up)
    lit = f32(f32(0.35) + f32(1.6) * (wide + close) * hour.glow)
    cloudy = mix_rgb(colours.sky, colours.horizon, f32(0.55))
    cloudy = add_light(scale_rgb(cloudy, f32(0.75)), colours.horizon, lit * f32(0.5))
    colour = mix_rgb(colour, cloudy, cover * f32(0.8))
    disc = smoothstep(f32(0.9992), f32(0.9996), sunward) * hour.disc
    stars = starlight(azimuth, slope, t_s) * hour.stars * (f32(1) - cover)
    colour = add_light(colour, grey(f32(1)), stars * f32(0.9))
    warm = mix_rgb(colours.horizon, grey(f32(1)), f32(0.45))
    return add_light(
        colour, warm, f32((wide + close) * hour.glow + disc * (f32(1) - f32(0.7) * cover))
    )


@inline
def _lights(z: Scalar, y: Scalar, cell_z: Scalar, cell_y: Scalar, fine: Scalar, share: Scalar,
            seed: Scalar) -> tuple[Scalar, Scalar]:  # fmt: skip
    """Return the light of scattered small lamps on a plane, and the chance that tints it."""
    across = f32(z / cell_z)
    up = f32(y / cell_y)
    ix = i32(np.floor(across))
    iy = i32(np.floor(up))
    chance = hash_2d(i32(ix + i32(seed)), iy)
    place = hash_2d(iy, i32(ix + i32(31)))
    off_z = (fraction(across) - f32(0.25) - f32(0.5) * place) * cell_z
    off_y = (fraction(up) - f32(0.3) - f32(0.4) * fraction(f32(place * f32(17)))) * cell_y
    size = max(f32(0.11) * cell_y, fine)
    spot = exponential(f32(-(off_z * off_z + off_y * off_y) / (size * size)))
    faint = (f32(0.11) * cell_y) / size
    return f32(spot * faint * select(chance < share)), place


@inline
def _ground(z: Scalar, x: Scalar, depth: Scalar, hour: Hour, colours: Colours) -> RGB:
    """Return fields beside the track: plots far off, streaks where they rush by."""
    plot = value_noise(f32(z * f32(0.012)), f32(x * f32(0.03) + f32(9)))
    furrow = value_noise(f32(z * f32(0.10)), f32(x * f32(1.1)))
    near = exponential(f32(x * f32(-0.06)))
    tone = f32(0.55) + f32(0.75) * plot + (furrow - f32(0.5)) * f32(0.8) * near
    colour = scale_rgb(mix_rgb(colours.land, colours.horizon, f32(0.10) * plot), tone)
    ballast = smoothstep(f32(4.2), f32(2.8), x)
    colour = mix_rgb(colour, scale_rgb(grey(f32(0.16)), f32(0.7) + f32(0.6) * furrow), ballast)
    colour = mix_rgb(colour, grey(f32(0.40) + f32(0.2) * plot), hour.snow * f32(0.85))
    lost = f32(1) - exponential(f32(-depth * hour.fog * f32(3)))
    return mix_rgb(scale_rgb(colour, hour.land), scale_rgb(colours.horizon, f32(0.8)), lost)


class _Look(NamedTuple):
    """A direction, as the planes along the track see it."""

    up: Scalar
    slope: Scalar
    sunward: Scalar
    side: Scalar
    per_x: Scalar  # way of the ray for each metre sideways
    rise: Scalar  # height gained for each metre sideways
    along: Scalar  # way along the track for each metre sideways
    fine: Scalar  # size of a pixel for each metre sideways
    inward: Scalar  # how far the camera is from the carriage's middle, towards this side
    azimuth: Scalar
    dz: Scalar
    aside: Scalar


@inline
def _look(
    view: View, ride: Ride, hour: Hour, x: int, y: int, width: int, height: int, px: Scalar
) -> _Look:
    """Return the direction through a pixel, rocked with the carriage."""
    dx, up, dz, across = ray(view, x, y, width, height)
    up = f32(up + ride.heave + ride.lean * dz)
    level2 = f32(1) + across * across
    per_length = f32(1) / np.sqrt(level2 + up * up)
    sunward = f32((dx * hour.sun_x + up * hour.sun_y + dz * hour.sun_z) * per_length)
    side = f32(1) if dx > f32(0) else f32(-1)
    aside = max(abs(dx), f32(0.015))
    per_x = f32(1) / aside
    return _Look(
        up, f32(up / np.sqrt(level2)), sunward, side, per_x, f32(up * per_x), f32(dz * per_x),
        f32(px * per_x), f32(side * view.x_m), arctan2(dx, dz), dz, aside,
    )  # fmt: skip


@inline
def _haze(look: _Look, hour: Hour, colours: Colours) -> RGB:
    """Return the colour of the air far off, brighter towards the sun."""
    near_sun = exponential(f32((look.sunward - f32(1)) * f32(7))) * hour.glow * f32(0.5)
    return scale_rgb(colours.horizon, f32(f32(0.8) + near_sun))


@inline
def _under(top: Scalar, high: Scalar, soft: Scalar) -> Scalar:
    """Return the cover of what reaches up to ``top``, with an edge so soft."""
    return saturate(f32((top - high) / soft + f32(0.5)))


@inline
def _far_land(
    colour: RGB, look: _Look, y_m: Scalar, at: Scalar, peak: Scalar, hill: Scalar, town: Scalar,
    colours: Colours, hour: Hour,
) -> RGB:  # fmt: skip
    """Put mountains, and hills with the lights of towns, before a colour."""
    haze = _haze(look, hour, colours)
    far = f32(_PEAKS_M) - look.inward
    high = f32(y_m + look.rise * far)
    lost = f32(1) - exponential(f32(-far * look.per_x * hour.fog * f32(0.55)))
    gully = value_noise(f32(look.along * f32(60) + at * f32(0.02)), f32(look.rise * f32(130)))
    stone = scale_rgb(mix_rgb(colours.land, colours.sky, f32(0.5)), f32(0.6) + f32(0.6) * gully)
    snowy = saturate(f32((high - f32(200)) * f32(0.006)) + gully - f32(0.5))
    stone = mix_rgb(stone, grey(f32(0.6)), snowy * f32(0.6))
    stone = mix_rgb(scale_rgb(stone, hour.land), haze, lost * f32(0.9))
    cover = _under(peak, high, look.fine * far) * smoothstep(f32(-30), f32(-5), high)
    colour = mix_rgb(colour, stone, cover)

    far = f32(_HILLS_M) - look.inward
    high = f32(y_m + look.rise * far)
    lost = f32(1) - exponential(f32(-far * look.per_x * hour.fog))
    z = f32(look.along * far + at)
    patch = value_noise(f32(z * f32(0.02)), f32(high * f32(0.08)))
    tone = hour.land * (f32(0.45) + f32(0.5) * patch)
    slopes = mix_rgb(scale_rgb(colours.land, tone), grey(f32(0.6) * tone), hour.snow * f32(0.8))
    foot = smoothstep(f32(-14), f32(-2), high)
    cover = _under(hill, high, look.fine * far) * foot
    colour = mix_rgb(colour, mix_rgb(slopes, haze, lost), cover)
    low = smoothstep(f32(30), f32(-2), high) * foot
    spot, tint = _lights(
        f32(z + look.side * f32(5000)), high, f32(7), f32(4.5),
        f32(look.fine * far * f32(0.8)), town * low * f32(0.75), hour.seed,
    )  # fmt: skip
    lamp = mix_rgb(colours.town, colours.accent, select(tint > f32(0.86)))
    glow = town * foot * exponential(f32(-abs(high - f32(4)) * f32(0.05))) * f32(0.12)
    light = spot * f32(6) * hour.towns * (f32(0.25) + tint) * (f32(1) - lost)
    colour = add_light(colour, lamp, light)
    return add_light(colour, colours.town, glow * hour.towns)


@inline
def _middle_land(
    colour: RGB, look: _Look, y_m: Scalar, at: Scalar, tree: Scalar, colours: Colours, hour: Hour
) -> RGB:
    """Put trees, and the street lamps of a road beside the track, before a colour."""
    far = f32(_TREES_M) - look.inward
    high = f32(y_m + look.rise * far)
    lost = f32(1) - exponential(f32(-far * look.per_x * hour.fog * f32(1.6)))
    z = f32(look.along * far + at)
    leaf = value_noise(f32(z * f32(0.5)), f32(high * f32(0.9)))
    green = scale_rgb(colours.land, hour.land * (f32(0.22) + f32(0.4) * leaf))
    green = mix_rgb(green, grey(hour.land * f32(0.6)), hour.snow * f32(0.55) * leaf)
    green = mix_rgb(green, _haze(look, hour, colours), lost)
    foot = smoothstep(f32(_GROUND_M - 0.6), f32(_GROUND_M + 0.5), high)
    colour = mix_rgb(colour, green, _under(tree, high, look.fine * far + f32(0.5)) * foot)

    far = f32(_LAMPS_M) - look.inward
    high = f32(y_m + look.rise * far)
    z = f32((look.along * far + at) * f32(1 / BEAT_M) + f32(0.21))
    lit = select(hash_2d(i32(np.floor(z)), i32(look.side)) < f32(0.6)) * hour.towns
    off_z = max(abs(fraction(z) - f32(0.5)) * f32(BEAT_M) - f32(_SMEAR_M), f32(0))
    off_y = high - f32(3.6)
    q = off_z * off_z + off_y * off_y
    post = saturate((f32(0.16) - off_z) * f32(6)) * select(off_y < f32(0))
    post = post * select(high > f32(_GROUND_M)) * f32(0.22)
    beam = exponential(f32(q * f32(-7))) * f32(3.2) + exponential(f32(q * f32(-0.35))) * f32(0.16)
    return add_light(scale_rgb(colour, f32(1) - post), colours.town, beam * lit)


@inline
def _near_land(
    colour: RGB, look: _Look, y_m: Scalar, at: Scalar, bush: Scalar, mast: Scalar, wire: Scalar,
    colours: Colours, hour: Hour,
) -> RGB:  # fmt: skip
    """Put what rushes by before a colour: bushes, masts with their wires, tunnels."""
    far = f32(_BUSHES_M) - look.inward
    high = f32(y_m + look.rise * far)
    leaves = scale_rgb(colours.land, hour.land * f32(0.30))
    leaves = mix_rgb(leaves, grey(hour.land * f32(0.5)), hour.snow * f32(0.6))
    cover = _under(bush, high, look.fine * far + f32(0.35)) * f32(0.85)
    colour = mix_rgb(colour, leaves, cover)

    far = f32(_MAST_M) - look.inward
    high = f32(y_m + look.rise * far)
    steel = scale_rgb(colours.land, hour.land * f32(0.25))
    colour = mix_rgb(colour, steel, saturate(mast) * f32(0.9))
    thin = look.fine * far + f32(0.02)
    line = saturate(f32(1) - abs(high - wire) / thin)
    line += saturate(f32(1) - abs(high - f32(4.1)) / thin)
    colour = mix_rgb(colour, steel, saturate(line * f32(0.03) / thin) * f32(0.8))

    # The wall of a tunnel, close by, with a lamp for each beat.
    far = f32(BORE_M) - look.inward
    high = f32(y_m + look.rise * far)
    z = f32(look.along * far + at)
    off_z = (fraction(f32(z * f32(1 / BEAT_M) + f32(0.5))) - f32(0.5)) * f32(BEAT_M)
    past = max(abs(off_z) - f32(2) * f32(_SMEAR_M), f32(0))
    off_y = high - f32(2.0)
    q = past * past + off_y * off_y * f32(4)
    shine = exponential(f32(np.sqrt(q + f32(0.01)) * f32(-1.1)))
    streak = value_noise(f32(z * f32(0.13)), f32(high * f32(9)))
    cable = saturate(f32(1) - abs(abs(high - f32(1.2)) - f32(0.06)) * f32(24)) * f32(0.5)
    tone = (f32(0.012) + f32(0.16) * shine) * (f32(0.6) + f32(0.8) * streak)
    concrete = mix_rgb(scale_rgb(colours.lamp, tone), grey(tone * f32(0.6)), f32(0.5))
    concrete = scale_rgb(concrete, f32(1) - cable)
    concrete = add_light(concrete, colours.lamp, exponential(f32(q * f32(-26))) * f32(3))
    return mix_rgb(colour, concrete, in_tunnel(z))


@kernel
def paint_outside(canvas: Canvas, view: View, colours: Colours, hour: Hour, ride: Ride) -> None:
    """Paint the land as the windows show it; rows that show none of it stay black."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    peaks = np.empty(width, np.float32)
    hills = np.empty(width, np.float32)
    trees = np.empty(width, np.float32)
    bushes = np.empty(width, np.float32)
    masts = np.empty(width, np.float32)
    towns = np.empty(width, np.float32)
    wires = np.empty(width, np.float32)
    px = view.lens / f32(height)
    at = f32(view.z_m + ride.travel_m)
    for x in range(width):
        dx, _, dz, _ = ray(view, x, 0, width, height)
        side = f32(1) if dx > f32(0) else f32(-1)
        along = f32(dz / max(abs(dx), f32(0.015)))
        off = side * (hour.seed + f32(400))
        inward = side * view.x_m
        z = f32(along * (f32(_PEAKS_M) - inward) + at)
        ridge = fbm3(f32(z * f32(1 / 1100) + off), f32(3))
        sharp = abs(value_noise(f32(z * f32(1 / 330) + off), f32(8)) - f32(0.5))
        peaks[x] = f32(90) + f32(620) * ridge * ridge - f32(120) * sharp
        z = f32(along * (f32(_HILLS_M) - inward) + at)
        hills[x] = f32(-6) + f32(75) * fbm3(f32(z * f32(1 / 210) + off), f32(5))
        built = value_noise(f32(z * f32(1 / 420) + off), f32(1))
        towns[x] = smoothstep(f32(0.40), f32(0.70), built)
        z = f32(along * (f32(_TREES_M) - inward) + at)
        wood = smoothstep(f32(0.38), f32(0.66), value_noise(f32(z * f32(1 / 70) + off), f32(2)))
        crown = fbm3(f32(z * f32(0.17)), f32(4) + side)
        trees[x] = f32(-3.4) + wood * (f32(4.4) + f32(11) * crown)
        z = f32(along * (f32(_BUSHES_M) - inward) + at)
        clump = smoothstep(f32(0.5), f32(0.75), value_noise(f32(z * f32(0.05) + off), f32(6)))
        clump = clump * value_noise(f32(z * f32(0.45)), f32(7))
        bushes[x] = f32(_GROUND_M + 0.2) + f32(2.6) * clump
        z = f32(along * (f32(_MAST_M) - inward) + at)
        beside = abs(fraction(f32(z * f32(1 / BEAT_M) + f32(0.5))) - f32(0.5)) * f32(BEAT_M)
        soft = f32(_SMEAR_M + 0.05) + abs(along) * f32(_MAST_M) * px
        masts[x] = saturate((f32(0.10) + soft - beside) / soft) * f32(0.10 / _SMEAR_M)
        wires[x] = f32(3.9) - f32(0.55) * (f32(1) - beside * beside * f32(4 / BEAT_M / BEAT_M))
    first, last = pane_rows(view, width, height)
    level, end = horizon_band(view, width, height)
    rock = f32(abs(ride.heave) + abs(ride.lean))
    level = pixel(f32(level) - rock / px, height)
    end = pixel(f32(end) + rock / px, height)
    hilly = pixel(f32(end) + f32(0.045) / px, height)
    wooded = pixel(f32(end) + f32(0.16) / px, height)
    canvas[:] = f32(0)
    for y in range(first, last):
        for x in range(width):
            red[x] = f32(0)
            green[x] = f32(0)
            blue[x] = f32(0)
        if y < end:
            for x in range(width):
                look = _look(view, ride, hour, x, y, width, height, px)
                colour = _sky(look.azimuth, look.slope, look.sunward, hour, colours, ride.t_s)
                red[x] = colour[0]
                green[x] = colour[1]
                blue[x] = colour[2]
        if y >= level:
            for x in range(width):
                look = _look(view, ride, hour, x, y, width, height, px)
                depth = (view.y_m - f32(_GROUND_M)) / max(-look.up, f32(0.004))
                field = _ground(
                    f32(look.dz * depth + at), f32(look.aside * depth + look.inward), f32(depth),
                    hour, colours,
                )  # fmt: skip
                cover = saturate(-look.up / px + f32(0.5))
                red[x] = mix(red[x], field[0], cover)
                green[x] = mix(green[x], field[1], cover)
                blue[x] = mix(blue[x], field[2], cover)
        if y < hilly:
            for x in range(width):
                look = _look(view, ride, hour, x, y, width, height, px)
                colour = _far_land(
                    (red[x], green[x], blue[x]), look, view.y_m, at, peaks[x], hills[x], towns[x],
                    colours, hour,
                )  # fmt: skip
                red[x] = colour[0]
                green[x] = colour[1]
                blue[x] = colour[2]
        if y < wooded:
            for x in range(width):
                look = _look(view, ride, hour, x, y, width, height, px)
                colour = _middle_land(
                    (red[x], green[x], blue[x]), look, view.y_m, at, trees[x], colours, hour
                )
                red[x] = colour[0]
                green[x] = colour[1]
                blue[x] = colour[2]
        for x in range(width):
            look = _look(view, ride, hour, x, y, width, height, px)
            colour = _near_land(
                (red[x], green[x], blue[x]), look, view.y_m, at, bushes[x], masts[x], wires[x],
                colours, hour,
            )  # fmt: skip
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(canvas, y, red, green, blue)
