"""The ridge under the feet: a trodden path, turf, stones; its flanks sink into the mist."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, lay_row, store_row
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, saturate, smoothstep
from mvkit.studio.kit.noise import resolved, value_noise
from mvkit.studio.kit.relief import Relief, Traced, cast_shadow, read_surface
from mvkit.studio.kit.rgb import RGB, mix_rgb, scale_rgb
from mvkit.studio.kit.sculpt import cast_light, openness, rough_tile, stone_heights
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.mountain.dress import BEND, BROW_M, PERIOD_M, Colours, Hour, path_x

__all__ = ["crest", "paint_crest"]

_SIZE = 1024
_CELL_M = PERIOD_M / _SIZE
_LEVEL_M, _EDGE_M = 1.3, 4.6  # half widths: of what is level, and of the ridge's top

Tile = NDArray[np.float32]


@lru_cache(maxsize=3)
def crest(seed: int, azimuth: float, slope: float) -> Relief:
    """Return the ridge for a direction of the sun.

    Its surface is: light of the sun, openness to the sky, path (over 1) or turf, bare stone.
    """
    rng = np.random.default_rng(seed + 61)
    x_m = ((np.arange(_SIZE) + 0.5) * _CELL_M).astype(np.float32)
    x_m = np.where(x_m > PERIOD_M / 2, x_m - PERIOD_M, x_m)
    middle = np.array([path_x(z) for z in (np.arange(_SIZE) + 0.5) * _CELL_M], np.float32)
    waver = 0.5 * rough_tile(rng, _SIZE, fall=1.6, lowest=2)
    off_m = np.abs(x_m[None, :] - middle[:, None])
    out = np.clip((off_m - _LEVEL_M) / 3.0, 0, 1)
    edge = np.maximum(off_m + waver * out - _EDGE_M, 0)
    uneven = np.clip((off_m - 0.6 * _LEVEL_M) / 2.5, 0, 1)
    height = 0.22 * uneven * rough_tile(rng, _SIZE, fall=1.7, lowest=2)
    height += (0.012 + 0.03 * uneven) * rough_tile(rng, _SIZE, fall=0.9, lowest=14)
    height -= 0.07 * out**2 + 0.5 * np.minimum(edge, 1.5) ** 2 + 3.2 * np.maximum(edge - 1.5, 0)
    trodden = off_m + 0.22 * rough_tile(rng, _SIZE, fall=1.2, lowest=5)
    path = np.clip((0.62 - trodden) / 0.22, 0, 1)
    height -= 0.03 * path
    ground = height.copy()
    stone_heights(height, _stones(rng), np.float32(_CELL_M))
    stone = np.clip((height - ground) / 0.025, 0, 1)
    crag = rough_tile(rng, _SIZE, fall=1.3, lowest=3)
    stone = np.maximum(stone, np.clip((edge - 0.7 + 0.7 * crag) / 0.8, 0, 1))
    turf = np.clip(0.5 + 0.22 * rough_tile(rng, _SIZE, fall=1.1, lowest=4), 0, 1)
    light = cast_light(height, _CELL_M, azimuth=azimuth, slope=slope)
    surface = np.stack(
        [
            light,
            openness(height, _CELL_M, radius_m=0.45),
            np.where(path > 0.03, 1 + path, turf),
            stone,
        ],
        axis=2,
    )
    return Relief(
        height,
        surface,
        period_m=PERIOD_M,
        brow_m=BROW_M,
        bend=BEND,
        reach_m=26.0,
    )


def _stones(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return stones as :func:`stone_heights` takes them: pebbles on the path, more beside it."""
    radius = np.minimum(0.03 * rng.random(900) ** -0.6, 0.46)
    z = rng.random(radius.size) * PERIOD_M
    aside = rng.normal(0, 1.0, radius.size) * 2.4
    clear = np.where(radius > 0.07, 0.75 + 5.5 * radius, 0.0)
    aside = np.sign(aside) * np.maximum(np.abs(aside), clear)
    x = np.array([path_x(place) for place in z]) + aside
    tall = radius * rng.uniform(0.45, 0.95, radius.size)
    return np.stack([x, z, radius, tall, rng.random(radius.size)], axis=1).astype(np.float32)


def paint_crest(
    canvas: Canvas,
    traced: Traced,
    view: View,
    colours: Colours,
    hour: Hour,
    *,
    person: RGB,
    snowed: Scalar,
) -> None:
    """Paint the ridge over the vista.

    Parameters
    ----------
    canvas
        The picture so far.
    traced
        The ridge as the camera sees it.
    view, colours, hour
        Camera, colours, light.
    person
        Place (x, z) of the person and length of their shadow, 0 for none.
    snowed
        How much snow lies, 0..1.
    """
    sun = np.float32(np.sin(hour.azimuth)), np.float32(np.cos(hour.azimuth))
    first, depth_m, skyline, surface = traced
    _shade(canvas, depth_m, skyline, surface, first, view, colours, hour, person, snowed, *sun)


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
    snowed: Scalar,
    sun_x: Scalar,
    sun_z: Scalar,
) -> None:
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    light = np.empty(width, np.float32)
    open_sky = np.empty(width, np.float32)
    kind = np.empty(width, np.float32)
    stone = np.empty(width, np.float32)
    away = np.empty(width, np.float32)
    clear_to = f32(np.max(skyline))
    px = view.lens / f32(height)
    # A low sun only skims the ground; the eye that adapts to it sees it brighter.
    gain = f32(1) + f32(0.16) / max(hour.slope, f32(0.09))
    sun = scale_rgb(colours.sun, f32(hour.sun * gain))
    fog_light = f32(f32(0.35) + f32(0.4) * hour.sun)
    sky = scale_rgb(mix_rgb(colours.upper, colours.zenith, f32(0.4)), f32(hour.sky * f32(1.9)))
    earth = mix_rgb(colours.rock, colours.grass, f32(0.25))
    turf = scale_rgb(colours.grass, f32(0.85))
    rock = scale_rgb(colours.rock, f32(0.95))
    mist = mix_rgb(colours.horizon, colours.upper, f32(0.5))
    mist = mix_rgb(scale_rgb(mist, f32(0.7)), scale_rgb(colours.fog, fog_light), f32(0.5))
    for y in range(first, height):
        read_surface(surface[y - first], light, open_sky, kind, stone)
        for x in range(width):
            away[x] = depth_m[y - first, x]
        for x in range(width):
            dx, up, dz, _ = ray(view, x, y, width, height)
            gx = f32(view.x_m + dx * away[x])
            gy = f32(view.y_m + up * away[x])
            gz = f32(view.z_m + dz * away[x])
            long = f32(away[x] * px * f32(2))
            blade = value_noise(f32(gx * f32(34) + gz * f32(12)), f32(gz * f32(34) - gx * f32(12)))
            clod = value_noise(
                f32(gx * f32(7) - gz * f32(5)), f32(gz * f32(7) + gx * f32(5) + gy * f32(9))
            )
            fine = (blade - f32(0.5)) * resolved(f32(0.03), long)
            rough = (clod - f32(0.5)) * resolved(f32(0.15), long)
            path = saturate(kind[x] - f32(1))
            dry = saturate(kind[x] * f32(1.2) - f32(0.1) + rough * f32(0.6))
            grass = mix_rgb(scale_rgb(turf, f32(0.55)), turf, dry)
            ground = mix_rgb(grass, earth, smoothstep(f32(0.0), f32(0.5), path))
            ground = mix_rgb(ground, rock, stone[x])
            lies = smoothstep(f32(0.75), f32(1.0), open_sky[x] + rough * f32(0.3)) * snowed
            lies = lies * (f32(1) - f32(0.6) * path)
            ground = mix_rgb(ground, colours.snow, f32(lies))
            dark = cast_shadow(gx - person[0], gz - person[1], sun_x, sun_z, person[2], f32(0.25))
            lit = light[x] * (f32(1) - f32(0.85) * dark)
            tone = f32(1) + fine * f32(0.9) + rough * f32(0.55)
            ambient = open_sky[x] * open_sky[x]
            r = ground[0] * tone * (sun[0] * lit + sky[0] * ambient)
            g = ground[1] * tone * (sun[1] * lit + sky[1] * ambient)
            b = ground[2] * tone * (sun[2] * lit + sky[2] * ambient)
            # The flanks go down into the mist.
            deep = smoothstep(f32(-2.5), f32(-12), gy + f32(1.2) * rough)
            lost = f32(1) - exponential(-away[x] * hour.mist) * (f32(1) - deep)
            colour = mix_rgb((f32(r), f32(g), f32(b)), mist, f32(lost))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        if f32(y) >= clear_to:
            store_row(canvas, y, red, green, blue)
            continue
        for x in range(width):
            light[x] = saturate(f32(y + 1) - skyline[x])
        lay_row(canvas, y, red, green, blue, light)
