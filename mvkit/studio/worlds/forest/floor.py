"""The forest floor: moss, leaves, a trodden path, light in strips."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas, double_row, lay_row
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import arctan2, exponential, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, resolved, value_noise
from mvkit.studio.kit.rgb import RGB, add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.view import View, horizon_band, ray
from mvkit.studio.worlds.forest.air import haze
from mvkit.studio.worlds.forest.dress import PATH, Air, Colours

__all__ = ["paint_floor", "roughen_floor"]

_LEAF_M = 0.12
_SIZE_1, _RATE_1, _PHASE_1 = PATH[0]
_SIZE_2, _RATE_2, _PHASE_2 = PATH[1]


@inline
def _path(z: Scalar) -> Scalar:
    """Return x of the path's middle, as :func:`~mvkit.studio.worlds.forest.dress.path_x`."""
    first = f32(_SIZE_1) * sine(f32(z * f32(_RATE_1) + f32(_PHASE_1)))
    return f32(first + f32(_SIZE_2) * sine(f32(z * f32(_RATE_2) + f32(_PHASE_2))))


@inline
def _floor(x: Scalar, z: Scalar, long: Scalar, air: Air, colours: Colours) -> RGB:
    """Return the forest floor: moss and leaves, a trodden path, light in long strips."""
    leaf, soil, sun = colours.leaf, colours.soil, colours.sun
    patch = fbm3(f32(x * f32(0.55) + air.seed), f32(z * f32(0.5)))
    tuft = value_noise(f32(x * f32(3.1)), f32(z * f32(2.6))) * resolved(f32(0.4), long)
    litter = value_noise(f32(x * f32(11)), f32(z * f32(9))) * resolved(f32(0.12), long)
    moss = smoothstep(f32(0.42), f32(0.6), f32(patch + f32(0.25) * (tuft - f32(0.5))))
    off = abs(f32(x - _path(z)))
    trodden = smoothstep(f32(1.25), f32(0.35), f32(off + (patch - f32(0.5)) * f32(1.2)))
    colour = mix_rgb(soil, scale_rgb(leaf, f32(0.55)), f32(moss * (f32(1) - f32(0.8) * trodden)))
    tone = f32(0.35) + f32(0.45) * tuft + f32(0.45) * litter + f32(0.3) * trodden
    # The sun is low behind the trees: their shadows and the light between run towards it.
    across = f32(x - z * air.azimuth)
    strip = value_noise(f32(across * f32(0.9)), f32(z * f32(0.07)))
    fleck = value_noise(f32(x * f32(1.3)), f32(z * f32(0.9)))
    light = smoothstep(f32(0.45), f32(0.75), f32(strip * f32(0.7) + fleck * f32(0.35)))
    return add_light(
        scale_rgb(colour, tone), sun, f32(light * air.glow * (f32(0.05) + f32(0.10) * tone))
    )


@kernel
def paint_floor(canvas: Canvas, view: View, colours: Colours, air: Air) -> None:
    """Lay the floor over the air below the horizon."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    cover = np.empty(width, np.float32)
    px = view.lens / f32(height)
    band_0, _ = horizon_band(view, width, height)
    for y in range(band_0, height):
        for x in range(width):
            dx, up, dz, across = ray(view, x, y, width, height)
            depth = view.y_m / max(-up, f32(0.004))
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            ground = _floor(
                f32(view.x_m + dx * depth), f32(view.z_m + dz * depth), long, air, colours
            )
            slope = f32(up / np.sqrt(f32(1) + across * across))
            lost = f32(1) - exponential(f32(-depth * (air.fog + air.mist)))
            ground = mix_rgb(ground, haze(arctan2(dx, dz), slope, air, colours), lost)
            red[x] = ground[0]
            green[x] = ground[1]
            blue[x] = ground[2]
            cover[x] = saturate(-up / px + f32(0.5))
        lay_row(canvas, y, red, green, blue, cover)


@kernel
def roughen_floor(canvas: Canvas, view: View) -> None:
    """Give the enlarged floor its grain back: leaves, twigs and blades of grass near by.

    Where they are seen at all they are some pixels wide: every other column is enough.
    """
    _, height, width = canvas.shape
    rough = np.empty((width + 1) // 2, np.float32)
    gain = np.empty(width, np.float32)
    px = view.lens / f32(height)
    _, first = horizon_band(view, width, height)
    for y in range(first, height):
        nearest = view.y_m / max((f32(y + 1) / f32(height) - view.horizon) * view.lens, f32(0.01))
        lean = f32(1) - abs(view.sin_roll) * f32(2)
        if nearest * nearest * px * lean > f32(_LEAF_M) * max(view.y_m, f32(0.2)):
            continue
        for x in range(rough.size):
            dx, up, dz, _ = ray(view, 2 * x, y, width, height)
            depth = min(view.y_m / max(-up, f32(0.01)), f32(60))
            gx = view.x_m + dx * depth
            gz = view.z_m + dz * depth
            long = f32(depth * depth * px / max(view.y_m, f32(0.2)))
            blade = value_noise(f32(gx * f32(22) + gz * f32(9)), f32(gz * f32(22) - gx * f32(9)))
            leaf = value_noise(f32(gx * f32(8) - gz * f32(5)), f32(gz * f32(8) + gx * f32(5)))
            uneven = (blade - f32(0.5)) * resolved(f32(0.05), long) * f32(0.75)
            uneven = uneven + (leaf - f32(0.5)) * resolved(f32(_LEAF_M), long) * f32(0.6)
            rough[x] = max(f32(1) + uneven, f32(0.25))
        double_row(rough, gain)
        for plane in range(3):
            line = canvas[plane, y]
            for x in range(width):
                line[x] *= gain[x]
