"""The wet street."""

from __future__ import annotations

import numpy as np

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, kernel
from mvkit.studio.kit.maths import exponential, fraction, mix, saturate, select, sine, smoothstep
from mvkit.studio.kit.noise import hash_2d, value_noise
from mvkit.studio.kit.view import View, ray
from mvkit.studio.worlds.neon_city.dress import Air, Colours

__all__ = ["paint_ground"]


@kernel
def paint_ground(
    canvas: Canvas, mirror: Canvas, view: View, colours: Colours, air: Air, t_s: Scalar,
    first_row: int,
) -> None:  # fmt: skip
    """Lay the wet street over the mirror image that the walls left below the horizon."""
    _, height, width = canvas.shape
    n_rows = mirror.shape[1]
    one = f32(1)
    dull = np.empty(width, np.float32)
    shiny = np.empty(width, np.float32)
    from_x = np.empty(width, np.int32)
    from_y = np.empty(width, np.int32)
    street = np.empty(width, np.float32)
    distance = np.empty(width, np.float32)
    unit = one / f32(height)
    last_x = f32(width - 1)
    last_y = f32(n_rows - 1)
    lowest = f32(0.004)
    for y in range(first_row, height):
        row = f32(y - first_row)
        for x in range(width):
            dx, dy, dz, _ = ray(view, x, y, width, height)
            down = max(-dy, lowest)
            depth = view.y_m / down
            gx = view.x_m + dx * depth
            gz = view.z_m + dz * depth
            aside = abs(gx)
            detail = one / (one + depth * f32(0.06))
            kerb_side = smoothstep(f32(4.42), f32(4.48), aside)
            patch = value_noise(gx * f32(0.7) + f32(40), gz * f32(0.33))
            patch += sine(gx * f32(4.1) + sine(gz * f32(1.9))) * sine(gz * f32(2.7)) * f32(0.09)
            puddle = smoothstep(f32(0.44), f32(0.60), patch) * (one - kerb_side * f32(0.55))
            grain = hash_2d(i32(np.floor(gx * f32(80))), i32(np.floor(gz * f32(80))))
            grain = mix(f32(0.5), grain, saturate(f32(1.6) - depth * view.lens * unit * f32(90)))
            # Ripples push the mirror image about, more where the asphalt is rough.
            rough = one - puddle
            near = f32(0.25) + detail
            wave = value_noise(gx * f32(6) + t_s * f32(1.3), gz * f32(3.1) - t_s * f32(2.1))
            heave = value_noise(gx * f32(4) - t_s, gz * f32(5) + t_s * f32(1.7)) - f32(0.5)
            push_x = (wave - f32(0.5)) * (f32(0.007) + f32(0.016) * rough) * near * f32(height)
            push_y = heave * (f32(0.016) + f32(0.045) * rough) * near * f32(height)
            from_x[x] = i32(min(max(f32(x) + push_x, f32(0)), last_x))
            from_y[x] = i32(min(max(row + push_y, f32(0)), last_y))
            glance = f32(0.2) + f32(0.8) * saturate(one - down * f32(1.8))
            shiny[x] = glance * mix(f32(0.30), f32(0.95), puddle) * air.wet
            shiny[x] = shiny[x] * (one - f32(0.75) * air.snow)
            street[x] = smoothstep(f32(6.5), f32(6.46), aside)
            slab = smoothstep(f32(0.06), f32(0.02), abs(fraction(gz * f32(0.8)) - f32(0.5)))
            slab = max(slab, smoothstep(f32(0.05), f32(0.02), abs(fraction(aside) - f32(0.5))))
            dash = smoothstep(f32(0.09), f32(0.06), aside) * select(
                fraction(gz * f32(0.16)) < f32(0.5)
            )
            kerb = smoothstep(f32(0.10), f32(0.02), abs(aside - f32(4.45)))
            tone = (f32(0.016) + f32(0.022) * grain) * (one + kerb_side * f32(0.9))
            tone *= one - f32(0.5) * slab * kerb_side * detail
            tone += dash * f32(0.16) * (f32(0.5) + f32(0.5) * grain) + kerb * f32(0.05)
            flakes = air.snow * smoothstep(f32(0.62), f32(0.40), patch)
            tone = mix(tone, f32(0.5) + f32(0.06) * grain, flakes)
            dull[x] = tone * (f32(0.45) + f32(0.9) * saturate(aside * f32(0.15)))
            distance[x] = (one - exponential(-depth * air.fog)) * f32(0.8)
        for plane in range(3):
            lamp = colours.haze[plane] * f32(3.2) + colours.neon_a[plane] * f32(0.22) + f32(0.03)
            lamp = lamp + colours.sky[plane] * air.daylight * f32(4)
            lamp = lamp + air.snow * (f32(0.05) + colours.cool[plane] * f32(0.06))
            veil = colours.haze[plane]
            out = canvas[plane, y]
            image = mirror[plane]
            for x in range(width):
                value = dull[x] * lamp + image[from_y[x], from_x[x]] * shiny[x]
                out[x] = mix(out[x], mix(value, veil, distance[x]), street[x])
