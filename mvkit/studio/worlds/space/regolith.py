"""The ground of the moon: dust, craters, rocks and a trail of footprints, lit by a low sun."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, lay_row, store_row
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, mix, saturate, smoothstep
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.relief import Relief, Traced, cast_shadow, read_surface
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sculpt import cast_light, openness, rough_tile, stone_heights
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.space.dress import Colours, Hour

__all__ = ["moonscape", "paint_ground"]

_SIZE = 1024
_PERIOD_M = 44.0
_CELL_M = _PERIOD_M / _SIZE
_LEVEL_M = 2.6  # half width of the level strip on which a person walks

Tile = NDArray[np.float32]


@lru_cache(maxsize=3)
def moonscape(seed: int, azimuth: float, slope: float) -> Relief:
    """Return the ground for a direction of the sun.

    Its surface is: light of the sun, openness to the sky, brightness of the dust, rock.
    """
    rng = np.random.default_rng(seed + 29)
    x_m = ((np.arange(_SIZE) + 0.5) * _CELL_M).astype(np.float32)
    off_m = np.minimum(x_m, _PERIOD_M - x_m)[None, :]
    uneven = np.clip((off_m - 0.5 * _LEVEL_M) / (4 * _LEVEL_M), 0, 1) ** 1.5
    height = 0.75 * uneven * rough_tile(rng, _SIZE, fall=2.2)
    _dig(height, _craters(rng), np.float32(_CELL_M))
    height += (0.012 + 0.02 * uneven) * rough_tile(rng, _SIZE, fall=1.1, lowest=12)
    dust = height.copy()
    stone_heights(height, _stones(rng), np.float32(_CELL_M))
    _tread(height, _CELL_M)
    rock = np.clip((height - dust) / 0.03, 0, 1)
    tone = 1 + 0.13 * rough_tile(rng, _SIZE, fall=1.0, lowest=3)
    light = cast_light(height, _CELL_M, azimuth=azimuth, slope=slope)
    light += 0.06 * cast_light(dust, _CELL_M, azimuth=azimuth, slope=slope)
    surface = np.stack([light, openness(height, _CELL_M, radius_m=0.7), tone, rock], axis=2)
    return Relief(
        height,
        surface,
        period_m=_PERIOD_M,
        brow_m=9.0,
        bend=0.0016,
        reach_m=120.0,
    )


def _craters(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return craters as (n, 3): x, z and radius in metres; big ones stay off the strip."""
    radius = np.concatenate([rng.uniform(2.4, 4.6, 5), 0.18 * rng.random(190) ** -0.62])
    radius = np.minimum(radius, 4.6)
    x, z = rng.random((2, radius.size)) * _PERIOD_M
    clear = _LEVEL_M * (radius > 0.3) + 1.25 * radius
    x = np.clip(x, clear, _PERIOD_M - clear)
    return np.stack([x, z, radius], axis=1).astype(np.float32)


def _stones(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return stones as :func:`stone_heights` takes them: pebbles anywhere, boulders farther off."""
    radius = np.minimum(0.055 * rng.random(520) ** -0.55, 1.3)
    x, z = rng.random((2, radius.size)) * _PERIOD_M
    clear = np.where(radius > 0.12, 1.6 + 4.5 * radius, 0.3)
    x = np.clip(x, clear, _PERIOD_M - clear)
    tall = radius * rng.uniform(0.5, 1.1, radius.size)
    return np.stack([x, z, radius, tall, rng.random(radius.size)], axis=1).astype(np.float32)


@kernel
def _dig(height_m: Tile, craters: NDArray[np.float32], cell_m: Scalar) -> None:
    """Dig craters: a bowl with a raised rim that runs out."""
    size = height_m.shape[0]
    for k in range(craters.shape[0]):
        radius = craters[k, 2] / cell_m
        reach = int(radius * f32(2.2)) + 1
        middle_x = int(craters[k, 0] / cell_m)
        middle_z = int(craters[k, 1] / cell_m)
        for j in range(-reach, reach + 1):
            for i in range(-reach, reach + 1):
                r = np.sqrt(f32(i * i + j * j)) / radius
                bowl = min(r * r * f32(0.34) - f32(0.28), f32(0.07))
                out = f32(0.07) * exponential(-(r - f32(1)) * f32(3.2)) if r > f32(1) else bowl
                out = out * smoothstep(f32(2.2), f32(1.6), r)
                height_m[(middle_z + j) % size, (middle_x + i) % size] += out * craters[k, 2]


def _tread(height_m: Tile, cell_m: float) -> None:
    """Press a trail of bootprints, with the ribs of the soles, into the strip."""
    size = height_m.shape[0]
    n_steps = 70
    step = np.arange(n_steps)[:, None, None]
    j = np.arange(-6, 7)[None, :, None]
    i = np.arange(-4, 5)[None, None, :]
    r = (i * cell_m / 0.075) ** 2 + (j * cell_m / 0.17) ** 2
    sole = np.where(j % 2 == 0, -0.012, -0.022)
    print_m = np.where(r < 1, sole, 0.006 * np.maximum(1.9 - r, 0))
    middle_x = ((0.75 + np.where(step % 2 == 0, 0.11, -0.11)) / cell_m).astype(int)
    middle_z = (step * size / n_steps).astype(int)
    height_m[(middle_z + j) % size, (middle_x + i) % size] += print_m.astype(np.float32)


@kernel
def _shade(
    canvas: Canvas,
    depth_m: Tile,
    skyline: Tile,
    surface: NDArray[np.uint8],
    first: int,
    view: View,
    colours: Colours,
    hour: Hour,
    person: RGB,
    planetshine: Scalar,
    sun_x: Scalar,
    sun_z: Scalar,
) -> None:
    """Shade the traced ground over what is painted so far."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    light = np.empty(width, np.float32)
    sky = np.empty(width, np.float32)
    tone = np.empty(width, np.float32)
    rock = np.empty(width, np.float32)
    away = np.empty(width, np.float32)
    clear_to = f32(np.max(skyline))
    px = view.lens / f32(height)
    sun = scale_rgb(colours.sun, hour.sun)
    fill = add_light(scale_rgb(colours.planet, f32(0.5)), colours.glow, f32(0.35))
    fill = scale_rgb(fill, f32(hour.fill * planetshine))
    haze = add_light(scale_rgb(colours.regolith, f32(0.28)), colours.glow, f32(0.05))
    for y in range(first, height):
        read_surface(surface[y - first], light, sky, tone, rock)
        for x in range(width):
            away[x] = depth_m[y - first, x]
        for x in range(width):
            dx, _, dz, _ = ray(view, x, y, width, height)
            gx = f32(view.x_m + dx * away[x])
            gz = f32(view.z_m + dz * away[x])
            long = f32(away[x] * px * f32(2))
            fine = value_noise(f32(gx * f32(31) + gz * f32(11)), f32(gz * f32(31) - gx * f32(11)))
            clod = value_noise(f32(gx * f32(9) - gz * f32(5)), f32(gz * f32(9) + gx * f32(5)))
            grain = (fine - f32(0.5)) * resolved(f32(0.035), long) * f32(0.5)
            grain = grain + (clod - f32(0.5)) * resolved(f32(0.12), long) * f32(0.3)
            dark = cast_shadow(gx - person[0], gz - person[1], sun_x, sun_z, person[2], f32(0.1))
            lit = light[x] * (f32(1) - f32(0.92) * dark) * (f32(1) + f32(1.2) * grain)
            albedo = tone[x] * (f32(0.75) + grain) * mix(f32(1), f32(0.72), rock[x])
            ambient = sky[x] * sky[x]
            r = colours.regolith[0] * albedo * (sun[0] * lit + fill[0] * ambient)
            g = colours.regolith[1] * albedo * (sun[1] * lit + fill[1] * ambient)
            b = colours.regolith[2] * albedo * (sun[2] * lit + fill[2] * ambient)
            lost = f32(1) - exponential(-away[x] * hour.dust)
            colour = mix_rgb((f32(r), f32(g), f32(b)), haze, f32(lost))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if f32(y) >= clear_to:
            store_row(canvas, y, red, green, blue)
            continue
        for x in range(width):
            sky[x] = saturate(f32(y + 1) - skyline[x])
        lay_row(canvas, y, red, green, blue, sky)


def paint_ground(
    canvas: Canvas,
    traced: Traced,
    view: View,
    colours: Colours,
    hour: Hour,
    *,
    person: RGB,
    planetshine: Scalar,
) -> None:
    """Paint the ground over the sky.

    Parameters
    ----------
    canvas
        The picture so far.
    traced
        The ground as the camera sees it.
    view, colours, hour
        Camera, colours, light.
    person
        Place (x, z) of the person and length of their shadow, 0 for none.
    planetshine
        How bright planet and nebula are now.
    """
    sun = np.float32(np.sin(hour.azimuth)), np.float32(np.cos(hour.azimuth))
    first, depth_m, skyline, surface = traced
    _shade(
        canvas, depth_m, skyline, surface, first, view, colours, hour, person, planetshine, *sun
    )  # fmt: skip
