"""The nebula: soft, and always of the same form.

It is worked out once on a dome (:func:`nebula`) and coloured at half the size.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, store_row
from mvkit.studio.kit.dome import Dome
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, saturate, sine, smoothstep
from mvkit.studio.kit.noise import fbm3, fbm5
from mvkit.studio.kit.rgb import add_light, mix_rgb, scale_rgb
from mvkit.studio.kit.sky import heading
from mvkit.studio.kit.view import View
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.space.dress import (
    PLANET_AZIMUTH,
    PLANET_RADIUS,
    PLANET_SLOPE,
    Colours,
    Hour,
)

__all__ = ["nebula", "paint_void"]


_LOW, _HIGH = -0.3, 1.9  # slopes of the dome
_ROWS, _COLUMNS = 420, 1500


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
            far = np.sqrt(f32(aside * aside + above * above)) - f32(PLANET_RADIUS)
            halo = exponential(-max(far, f32(0)) * f32(16)) * hour.limb
            colour = add_light(colour, colours.planet, f32(halo * f32(0.045)))
            red[x] = colour[0]
            green[x] = colour[1]
            blue[x] = colour[2]
        store_row(soft, y, red, green, blue)
