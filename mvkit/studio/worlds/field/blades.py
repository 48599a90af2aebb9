"""Blades of grass, ears of wheat, poppies: each stands in the world and bends with the wind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.field.dress import Colours, Hour, gust, path_at
from mvkit.studio.worlds.field.meadow import PATH_HALF_M, ripeness

__all__ = ["BLADE_COLUMNS", "Patch", "draw_blades", "grow_blades"]

Table = NDArray[np.float32]

BLADE_COLUMNS = (
    "x", "y", "lean", "tall", "wide", "depth", "root_r", "root_g", "root_b",
    "tip_r", "tip_g", "tip_b", "opacity", "kind", "head", "soft",
)  # fmt: skip
"""Columns of a table of blades, in pixels but for the depth (m).

Root, sideways lean of the tip, height, half width; colours of root and tip; kind: 0 grass,
1 wheat, 2 poppy, 3 daisy; size of the ear or flower; softness of the edge.
"""

_X, _Y, _LEAN, _TALL, _WIDE, _DEPTH, _ROOT, _, _, _TIP, _, _, _OPACITY, _KIND, _HEAD, _SOFT = range(
    16
)
_N_COLUMNS = len(BLADE_COLUMNS)
_GRASS, _WHEAT, _POPPY, _DAISY = range(4)


class Patch(NamedTuple):
    """Which blades are asked for.

    Attributes
    ----------
    gap_m
        One blade at most stands in each square of this size.
    near_m, far_m
        Depths between which they stand; they fade in and out over a quarter of it.
    size
        Factor of width: sparse blades far away stand for several.
    nearest_m
        Blades at a smaller depth are left out at once.
    farthest_m
        Blades at a larger depth are left out at once.
    """

    gap_m: Scalar
    near_m: Scalar
    far_m: Scalar
    size: Scalar
    nearest_m: Scalar
    farthest_m: Scalar

    @classmethod
    def between(cls, near_m: float, far_m: float, *, gap_m: float, size: float) -> Patch:
        """Return the patch between two depths, all of it."""
        f = np.float32
        return cls(f(gap_m), f(near_m), f(far_m), f(size), f(0), f(far_m))


@inline
def _fade(depth: Scalar, patch: Patch) -> Scalar:
    """Return the opacity at a depth: no blade pops up or vanishes."""
    begin = saturate((depth - patch.near_m) / (f32(0.25) * patch.near_m + f32(0.1)))
    return begin * saturate((patch.far_m - depth) / (f32(0.25) * patch.far_m))


@kernel
def grow_blades(
    patch: Patch,
    view: View,
    colours: Colours,
    hour: Hour,
    wind: Scalar,
    t_s: Scalar,
    width: int,
    height: int,
    most: int,
) -> Table:
    """Return the blades of a patch in view, unsorted."""
    blades = np.empty((most, _N_COLUMNS), np.float32)
    n = 0
    gap = patch.gap_m
    half_wide = f32(0.5) * f32(width) / f32(height) * view.lens * f32(1.1)
    # The box around the part of the ground that is seen.
    reach = min(patch.far_m, patch.farthest_m)
    left_x = (view.sin_yaw - half_wide * view.cos_yaw) * reach
    right_x = (view.sin_yaw + half_wide * view.cos_yaw) * reach
    left_z = (view.cos_yaw + half_wide * view.sin_yaw) * reach
    right_z = (view.cos_yaw - half_wide * view.sin_yaw) * reach
    x0 = int(np.floor((view.x_m + min(min(left_x, right_x), f32(0)) - f32(0.5)) / gap))
    x1 = int(np.floor((view.x_m + max(max(left_x, right_x), f32(0)) + f32(0.5)) / gap)) + 1
    z0 = int(np.floor((view.z_m + min(min(left_z, right_z), f32(0)) - f32(0.5)) / gap))
    z1 = int(np.floor((view.z_m + max(max(left_z, right_z), f32(0)) + f32(0.5)) / gap)) + 1
    for iz in range(z0, z1):
        for ix in range(x0, x1):
            cell_x = (f32(ix) + f32(0.5)) * gap - view.x_m
            cell_z = (f32(iz) + f32(0.5)) * gap - view.z_m
            depth = cell_x * view.sin_yaw + cell_z * view.cos_yaw
            aside = cell_x * view.cos_yaw - cell_z * view.sin_yaw
            if depth < patch.near_m - gap or depth > patch.far_m + gap:
                continue
            if abs(aside) > half_wide * max(depth, f32(0.2)) + f32(0.5) or n >= most:
                continue
            chance = hash_2d(i32(ix), i32(iz))
            chance_2 = hash_2d(i32(iz), i32(ix + 71))
            chance_3 = hash_2d(i32(ix + 977), i32(iz - 31))
            x_m = (f32(ix) + chance) * gap
            z_m = (f32(iz) + chance_2) * gap
            from_x = x_m - view.x_m
            from_z = z_m - view.z_m
            depth = from_x * view.sin_yaw + from_z * view.cos_yaw
            aside = from_x * view.cos_yaw - from_z * view.sin_yaw
            fade = _fade(depth, patch)
            off = abs(x_m - path_at(z_m)) + f32(0.10) * (chance_3 - f32(0.5))
            if fade <= f32(0) or depth < patch.nearest_m or depth > patch.farthest_m:
                continue
            if off < f32(PATH_HALF_M):
                continue
            scale = f32(height) / (view.lens * depth)
            ripe = ripeness(x_m, z_m, hour.seed)
            bloom = value_noise(f32(x_m * f32(0.30) + hour.seed), f32(z_m * f32(0.22)))
            bloom = smoothstep(f32(0.45), f32(0.7), bloom)
            wave = gust(x_m, z_m, t_s)
            swing = sine(f32(t_s * (f32(3.1) + f32(2) * chance_2) + chance * f32(40)))
            bend = f32(0.10) + wind * (f32(0.75) * wave * wave + f32(0.07) * swing)
            bend = bend + f32(0.30) * (chance_3 - f32(0.5))
            dice = f32(chance * f32(53)) - np.floor(chance * f32(53))
            is_poppy = select(dice < hour.bloom * (f32(0.02) + f32(0.13) * bloom))
            is_daisy = select(dice > f32(1) - hour.bloom * f32(0.025)) * (f32(1) - ripe)
            is_wheat = select(chance_3 < f32(0.06) + f32(0.62) * ripe)
            kind = mix(f32(_GRASS), f32(_WHEAT), is_wheat)
            kind = mix(mix(kind, f32(_DAISY), is_daisy), f32(_POPPY), is_poppy)
            tall = f32(0.26) + f32(0.34) * chance_2 + f32(0.16) * ripe
            tall = tall * smoothstep(f32(0.1), f32(1.0), off - f32(PATH_HALF_M) + f32(0.45))
            tall = tall * (f32(1) - f32(0.20) * bend * bend)
            lean = bend * tall * view.cos_yaw
            level = view.horizon * f32(height)
            across = aside * scale
            drop = -view.y_m * scale
            blades[n, _X] = f32(width) * f32(0.5) + across * view.cos_roll + drop * view.sin_roll
            blades[n, _Y] = level - drop * view.cos_roll + across * view.sin_roll
            blades[n, _LEAN] = lean * scale
            blades[n, _TALL] = tall * scale
            stem = f32(0.0028) if kind > f32(0.5) else f32(0.0068)
            blades[n, _WIDE] = stem * patch.size * (f32(0.7) + f32(0.6) * chance) * scale
            blades[n, _DEPTH] = depth
            blades[n, _KIND] = kind
            head = f32(0.042) if kind > f32(_WHEAT) + f32(0.5) else f32(0.013)
            head = f32(0.019) if kind > f32(_POPPY) + f32(0.5) else head
            blades[n, _HEAD] = (
                head * (f32(0.75) + f32(0.5) * chance_3) * scale * np.sqrt(patch.size)
            )
            blades[n, _OPACITY] = fade
            blades[n, _SOFT] = f32(0.5)
            # Lit from behind: the light shines through what stands before the sun.
            around = arctan2(from_x, from_z) - hour.azimuth
            through = hour.glow * exponential(f32(around * around * f32(-1.2)))
            body = mix_rgb(
                colours.grass, colours.wheat, f32(ripe * (f32(0.45) + f32(0.5) * chance))
            )
            shine = f32(0.75) + f32(0.5) * chance_3 + f32(0.55) * (wave - f32(0.45)) * wind
            root = scale_rgb(body, f32(f32(0.30) * hour.light))
            tip = scale_rgb(body, f32(shine * hour.light))
            tip = add_light(tip, colours.sun, f32(through * (f32(0.06) + f32(0.16) * chance_2)))
            lost = f32(1) - exponential(f32(-depth * hour.haze))
            air = add_light(scale_rgb(colours.horizon, f32(0.75)), colours.sun, through * f32(0.2))
            root = mix_rgb(root, air, lost)
            tip = mix_rgb(tip, air, lost)
            for plane in range(3):
                blades[n, _ROOT + plane] = root[plane]
                blades[n, _TIP + plane] = tip[plane]
            n += 1
    return blades[:n]


@inline
def _ear(share: Scalar, head: Scalar, wobble: Scalar) -> Scalar:
    """Return half the width of an ear of wheat at a share of the stalk's height."""
    along = (share - f32(0.74)) * f32(3.85)
    ear = head * saturate(along * f32(4)) * saturate(f32(1.05) - f32(0.8) * along)
    return f32(ear * (f32(0.72) + f32(0.28) * wobble))


@kernel
def draw_blades(
    canvas: Canvas, blades: Table, order: NDArray[np.int64], colours: Colours, hour: Hour
) -> None:
    """Draw blades in an order, far ones first, in place."""
    _, height, width = canvas.shape
    for index in range(order.shape[0]):
        blade = blades[order[index]]
        x_px = blade[_X]
        y_px = blade[_Y]
        lean = blade[_LEAN]
        tall = max(blade[_TALL], f32(1))
        wide = blade[_WIDE]
        kind = blade[_KIND]
        head = blade[_HEAD]
        soft = blade[_SOFT]
        opacity = blade[_OPACITY]
        root_r = blade[_ROOT]
        root_g = blade[_ROOT + 1]
        root_b = blade[_ROOT + 2]
        rise_r = blade[_TIP] - root_r
        rise_g = blade[_TIP + 1] - root_g
        rise_b = blade[_TIP + 2] - root_b
        is_grass = kind < f32(0.5)
        is_wheat = abs(kind - f32(_WHEAT)) < f32(0.5)
        ripples = tall / max(head, f32(0.5))
        per_tall = f32(1) / tall
        per_soft = f32(0.5) / soft
        for y in range(pixel(y_px - tall, height), pixel(y_px + f32(1), height)):
            share = saturate((y_px - f32(y) - f32(0.5)) * per_tall)
            middle = x_px + lean * share * share
            half = wide
            if is_grass:
                half = wide * (f32(1.1) - share) * min(f32(0.5) + f32(2) * share, f32(1))
            elif is_wheat and share > f32(0.74):
                half = max(wide, _ear(share, head, sine(share * ripples)))
            seen = max(half, soft)
            tone = share * (f32(1.6) - f32(0.6) * share)
            red = root_r + rise_r * tone
            green = root_g + rise_g * tone
            blue = root_b + rise_b * tone
            # The tip is as soft as the sides; the root is lost between the others.
            ends = saturate((f32(1) - share) * tall * per_soft) * saturate(
                f32(0.1) + share * f32(6)
            )
            strength = opacity * half / seen * ends
            reach = seen + soft
            row_r = canvas[0, y]
            row_g = canvas[1, y]
            row_b = canvas[2, y]
            begin = pixel(middle - reach + f32(0.5), width)
            for x in range(begin, pixel(middle + reach + f32(0.5), width)):
                gap = reach - abs(f32(x) + f32(0.5) - middle)
                cover = saturate(gap * per_soft) * strength
                row_r[x] += (red - row_r[x]) * cover
                row_g[x] += (green - row_g[x]) * cover
                row_b[x] += (blue - row_b[x]) * cover
        if kind > f32(_WHEAT) + f32(0.5):
            _draw_flower(canvas, blade, x_px + lean, y_px - tall, colours, hour)


@inline
def _draw_flower(
    canvas: Canvas, blade: Table, x_px: Scalar, y_px: Scalar, colours: Colours, hour: Hour
) -> None:
    """Draw the head of a poppy, a cup with a dark heart, or of a daisy, in place."""
    _, height, width = canvas.shape
    radius = max(blade[_HEAD], f32(0.7))
    daisy = select(blade[_KIND] > f32(_POPPY) + f32(0.5))
    strength = blade[_OPACITY] * saturate(blade[_HEAD] / radius + f32(0.3))
    clear = exponential(f32(-blade[_DEPTH] * hour.haze))
    shine = clear * hour.light * (f32(0.85) + f32(0.5) * hour.glow)
    per_radius = f32(1) / radius
    soft = blade[_SOFT] * per_radius + f32(0.08)
    for y in range(pixel(y_px - f32(1.2) * radius, height), pixel(y_px + radius + f32(1), height)):
        v = (y_px - f32(y) - f32(0.5)) * per_radius * f32(1.2)
        for x in range(
            pixel(x_px - f32(1.3) * radius, width), pixel(x_px + f32(1.3) * radius + f32(1), width)
        ):
            u = (f32(x) + f32(0.5) - x_px) * per_radius
            r = np.sqrt(u * u + v * v)
            petal = f32(0.92) + f32(0.10) * sine(f32(5) * u + f32(4) * v)
            cover = saturate((petal - r) / soft + f32(0.5)) * strength
            heart = smoothstep(f32(0.34), f32(0.20), r)
            cup = f32(0.62) + f32(0.42) * saturate(v + f32(0.4)) + f32(0.12) * sine(u * f32(9))
            for plane in range(3):
                poppy = colours.poppy[plane] * cup * (f32(1) - f32(0.9) * heart)
                white = mix(colours.cloud[plane] * f32(0.85), colours.wheat[plane], heart)
                light = mix(poppy, white, daisy) * shine
                light = light + colours.sun[plane] * hour.glow * f32(0.05) * (f32(1) - heart)
                light = light + colours.horizon[plane] * f32(0.75) * (f32(1) - clear)
                canvas[plane, y, x] = mix(canvas[plane, y, x], light, cover)
