"""The hall: tubes of light on walls and ceiling, hoops over the dance floor, the glossy floor."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.indoors import leave_hall
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import (
    arctan2,
    exponential,
    fraction,
    mix,
    saturate,
    select,
    sine,
    smoothstep,
)
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.rows import enlarge_row
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.club.dress import BALL_M, HALL, MIRRORED, Colours, Show

__all__ = ["paint_air", "paint_hall"]

_PITCH_M = 1.6  # from tube to tube
_LOWEST_HOOP_M = 3.4
_FARTHEST_M = 11.0  # of a hoop from a camera in the hall


@inline
def _specks(px: Scalar, py: Scalar, pz: Scalar, show: Show) -> Scalar:
    """Return the mirror ball's light on a place: a lattice of spots that wander around."""
    x = px - f32(BALL_M[0])
    y = py - f32(BALL_M[1])
    z = pz - f32(BALL_M[2])
    level = np.sqrt(x * x + z * z + f32(0.01))
    rise = arctan2(y, level) * f32(10)
    row = np.floor(rise)
    # Rows near the poles have fewer spots.
    count = np.floor(f32(46) * max(f32(1) - abs(row + f32(0.5)) * f32(0.054), f32(0.12)))
    turn = (arctan2(x, z) + show.spin) * count * f32(0.15915494)
    column = np.floor(turn)
    chance = hash_2d(i32(column - count * np.floor(column / max(count, f32(1)))), i32(row))
    u = turn - column - f32(0.5)
    v = rise - row - f32(0.5)
    wide = f32(0.12) + f32(0.09) * chance
    spot = smoothstep(wide, wide * f32(0.45), np.sqrt(u * u + v * v))
    far2 = x * x + y * y + z * z
    return f32(spot * (f32(0.25) + chance) / (f32(1) + f32(0.035) * far2))


@inline
def _sheet(
    view: View, dx: Scalar, dy: Scalar, dz: Scalar, way: Scalar, source_x: Scalar, bank: Scalar,
    show: Show,
) -> Scalar:  # fmt: skip
    """Return the light of a laser that sweeps a plane over the dancers' heads.

    The plane goes through a lamp over the booth; ``bank`` is its sideways slope. Seen along its
    edge it is a bright line, from below a ceiling of drifting smoke.
    """
    lamp_y = f32(3.1)
    lamp_z = f32(6.2)
    # Height above the plane is linear along the ray.
    start = view.y_m - lamp_y - show.tilt * (lamp_z - view.z_m) - bank * (view.x_m - source_x)
    step = dy + show.tilt * dz - bank * dx
    safe = step if abs(step) > f32(0.004) else f32(0.004)
    at = -start / safe
    qx = view.x_m + dx * at - source_x
    qz = lamp_z - view.z_m - dz * at
    reach = np.sqrt(qx * qx + qz * qz + f32(0.05))
    fan = smoothstep(f32(0.62), f32(0.50), abs(qx) / max(qz, f32(0.05)))
    here = fan * select(at > f32(0.05)) * select(at < way) * select(qz > f32(0.1))
    smoke = value_noise(qx * f32(1.3) + show.t_s * f32(0.5), qz * f32(1.3) + show.t_s * f32(0.22))
    fine = value_noise(qx * f32(3.7) - show.t_s * f32(0.3), qz * f32(3.7) + show.t_s * f32(0.7))
    smoke = smoothstep(f32(0.22), f32(0.85), smoke * f32(0.65) + fine * f32(0.4))
    # Single rays show within the sheet.
    rays = f32(0.65) + f32(0.35) * sine(qx / max(qz, f32(0.3)) * f32(95))
    thin = f32(0.05) / (abs(step) + f32(0.05))
    return f32(here * smoke * rays * (thin + f32(0.12)) * f32(7) / (reach + f32(2.5)))


@kernel
def paint_air(canvas: Canvas, view: View, colours: Colours, show: Show) -> None:
    """Fill a small canvas with what is soft: haze, the sheets of light, the ball's specks."""
    _, height, width = canvas.shape
    one = f32(1)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    # The sheets are over the camera; they fall by less than this towards the walls.
    below = i32((view.horizon + f32(0.12) / view.lens) * f32(height)) + i32(2)
    lit = show.sheet > f32(0)
    for y in range(height):
        for x in range(width):
            dx, dy, dz, across = ray(view, x, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, HALL)
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            pz = view.z_m + dz * way
            drift = value_noise(
                across * f32(2.1) + view.sin_yaw * f32(3) + show.t_s * f32(0.13),
                dy * f32(2.9) - show.t_s * f32(0.05),
            )
            billow = value_noise(
                across * f32(5.3) + view.sin_yaw * f32(8) - show.t_s * f32(0.17),
                dy * f32(6.7) + show.t_s * f32(0.08),
            )
            cloud = f32(0.35) + f32(0.75) * drift + f32(0.4) * (billow - f32(0.5))
            deep = one - exponential(way * f32(-0.13) * show.smoke)
            cloud *= f32(0.45) + f32(0.55) * show.smoke
            low = exponential(-abs(dy) * f32(1.6))
            colour = scale_rgb(colours.haze, cloud * deep * (f32(0.35) + f32(0.9) * low))
            # Tubes and hoops shine into the haze.
            colour = add_light(colour, colours.tube_a, show.tubes * cloud * deep * f32(0.020))
            up = exponential(-abs(dy - f32(0.42)) * f32(3.0))
            colour = add_light(colour, colours.tube_b, show.hoops * cloud * deep * up * f32(0.06))
            spots = _specks(px, py, pz, show) * (one - f32(0.45) * deep)
            floor = on_y * select(dy < f32(0))
            colour = add_light(colour, colours.ball, spots * (f32(0.24) + f32(0.04) * floor))
            # Walls are a little lighter near the tubes' middle height.
            wall = (one - on_y) * exponential(-abs(py - f32(2.2)) * f32(0.7)) * (one + on_x)
            colour = add_light(colour, colours.tube_b, wall * show.tubes * f32(0.006))
            red[x], green[x], blue[x] = colour
        for x in range(width if lit and y < below else 0):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, _, _ = leave_hall(view, dx, dy, dz, HALL)
            sheet = _sheet(view, dx, dy, dz, way, f32(-2.3), f32(0.05), show)
            sheet += _sheet(view, dx, dy, dz, way, f32(2.3), f32(-0.05), show)
            sheet *= show.sheet
            red[x] += colours.laser[0] * sheet
            green[x] += colours.laser[1] * sheet
            blue[x] += colours.laser[2] * sheet
        store_row(canvas, y, red, green, blue)


@inline
def _hoop(
    view: View, dx: Scalar, dy: Scalar, dz: Scalar, way: Scalar, at_1_m: Scalar,
    height_m: Scalar, radius_m: Scalar, spin: Scalar,
) -> Scalar:  # fmt: skip
    """Return the light of a level hoop over the dance floor, or of its mirror image."""
    up = f32(1) if dy > f32(0) else f32(-1)
    rise = max(abs(dy), f32(0.01))
    at = (height_m - up * view.y_m) / rise
    qx = view.x_m + dx * at
    qz = view.z_m + dz * at - f32(BALL_M[2])
    radius = np.sqrt(qx * qx + qz * qz + f32(1e-3))
    off = abs(radius - radius_m)
    size = at * at_1_m
    # Lying flat, a hoop would vanish from afar: the tube is as high as it is wide.
    thick = f32(0.035) * np.sqrt(f32(1) + f32(0.10) / (rise * rise)) + f32(0.7) * size / rise
    thick = min(thick, f32(0.5))
    core = smoothstep(thick * f32(1.5), thick * f32(0.5), off)
    halo = f32(0.012) / (off * off * (f32(0.15) + rise) + f32(0.05))
    side = (qx * sine(spin) + qz * sine(spin + f32(1.5708))) / radius
    part = f32(0.35) + f32(0.65) * smoothstep(f32(-0.2), f32(0.5), side)
    return f32((core * f32(1.6) + halo) * part * select(at < way * f32(1.02)))


@inline
def _mirrored(dy: Scalar) -> Scalar:
    """Return how much of the light the floor mirrors: more, the flatter one looks at it."""
    flat = saturate(f32(1) - max(-dy, f32(0.01)))
    return f32(f32(0.10) + f32(0.55) * flat * flat * flat)


@inline
def _may_show_hoops(view: View, y: int, width: int, height: int) -> bool | np.bool:
    """Tell whether a row looks steeply enough to meet a hoop before the walls."""
    _, dy_0, _, _ = ray(view, 0, y, width, height)
    _, dy_1, _, _ = ray(view, width - 1, y, width, height)
    up = max(dy_0, dy_1) * f32(_FARTHEST_M) > f32(_LOWEST_HOOP_M) - view.y_m
    return up or min(dy_0, dy_1) * f32(-_FARTHEST_M) > f32(_LOWEST_HOOP_M) + view.y_m


@kernel
def paint_hall(canvas: Canvas, air: Canvas, view: View, colours: Colours, show: Show) -> None:
    """Paint walls, ceiling, hoops and floor; ``air`` is the soft part, of half the size."""
    _, height, width = canvas.shape
    one = f32(1)
    at_1_m = view.lens / f32(height)
    between = np.empty(air.shape[2], np.float32)
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    for y in range(height):
        enlarge_row(air[0], y, between, red)
        enlarge_row(air[1], y, between, green)
        enlarge_row(air[2], y, between, blue)
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, on_x, on_y = leave_hall(view, dx, dy, dz, MIRRORED)
            px = view.x_m + dx * way
            py = view.y_m + dy * way
            pz = view.z_m + dz * way
            below = select(py < f32(0))
            down = max(-dy, f32(0.01))
            floor_x = view.x_m + dx * view.y_m / down
            floor_z = view.z_m + dz * view.y_m / down
            ripple = sine(floor_x * f32(11) + f32(2) * sine(floor_z * f32(7))) * below
            high = abs(py)
            size = way * at_1_m + below * f32(0.035)
            # Tubes stand on the walls and run along the ceiling, towards the booth.
            place = mix(px, pz, on_x) + ripple * f32(0.03)
            along = mix(high, pz, on_y)
            number = np.floor(place / f32(_PITCH_M))
            off = abs(fraction(place / f32(_PITCH_M)) - f32(0.5)) * f32(_PITCH_M)
            wave = sine(along * mix(f32(1.3), f32(0.55), on_y) - show.run + number * f32(1.05))
            lit = f32(0.07) + saturate(f32(1.25) * wave - f32(0.25)) * show.tubes
            body = mix(
                smoothstep(f32(0.35), f32(0.45), high) * smoothstep(f32(4.1), f32(4.0), high),
                smoothstep(f32(7.6), f32(7.4), abs(pz)),
                on_y,
            )
            thick = f32(0.028) + size * f32(0.7)
            core = smoothstep(thick * f32(1.5), thick * f32(0.6), off) * f32(0.028) / thick
            halo = f32(0.008) / (off * off + f32(0.035))
            tube = lit * body * (core * f32(2.6) + halo)
            second = select(fraction(number * f32(0.5)) > f32(0.25))
            tint = mix_rgb(colours.tube_a, colours.tube_b, second)
            gone = exponential(way * f32(-0.035) * show.smoke)
            colour = add_light(scale_rgb(colours.hall, f32(0.5)), tint, tube * gone)
            # The floor mirrors all this, more the flatter one looks; tiles have seams.
            mirror = _mirrored(dy)
            seam = min(abs(fraction(floor_x) - f32(0.5)), abs(fraction(floor_z) - f32(0.5)))
            fine = view.y_m / down * at_1_m
            joint = smoothstep(f32(0.008) + fine, f32(0.002), seam)
            joint *= saturate(f32(0.02) / max(fine, f32(1e-4)))
            mirror *= one - f32(0.6) * joint
            colour = scale_rgb(colour, mix(one, mirror, below))
            red[x] += colour[0]
            green[x] += colour[1]
            blue[x] += colour[2]
        for x in range(width if _may_show_hoops(view, y, width, height) else 0):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            way, _, _ = leave_hall(view, dx, dy, dz, MIRRORED)
            outer = _hoop(view, dx, dy, dz, way, at_1_m, f32(3.9), f32(3.3), show.spin)
            inner = _hoop(view, dx, dy, dz, way, at_1_m, f32(3.65), f32(2.5), -show.spin)
            inmost = _hoop(view, dx, dy, dz, way, at_1_m, f32(3.4), f32(1.7), show.spin)
            mirror = mix(one, _mirrored(dy), select(dy < f32(0))) * show.hoops
            colour = scale_rgb(colours.tube_b, (outer + inmost) * mirror)
            colour = add_light(colour, colours.tube_a, inner * mirror)
            red[x] += colour[0]
            green[x] += colour[1]
            blue[x] += colour[2]
        store_row(canvas, y, red, green, blue)
