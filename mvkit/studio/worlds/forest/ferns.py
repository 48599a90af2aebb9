"""Ferns as strokes: bent fronds with leaflets to both sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import cosine, exponential, mix, sine
from mvkit.studio.kit.view import View
from mvkit.studio.worlds.forest.dress import Air, Colours

__all__ = ["frond_strokes"]

_N_FRONDS = 5
_N_LEAFLETS = 10


@inline
def _place(
    view: View, x: Scalar, y: Scalar, z: Scalar, width: int, height: int
) -> tuple[Scalar, Scalar, Scalar]:
    """Return column, row and pixels per metre of a point in front of the camera."""
    dx = x - view.x_m
    dz = z - view.z_m
    depth = max(f32(dx * view.sin_yaw + dz * view.cos_yaw), f32(0.1))
    scale = f32(height) / (view.lens * depth)
    across = (dx * view.cos_yaw - dz * view.sin_yaw) * scale
    up = (y - view.y_m) * scale
    column = f32(width) * f32(0.5) + across * view.cos_roll + up * view.sin_roll
    row = view.horizon * f32(height) - up * view.cos_roll + across * view.sin_roll
    return f32(column), f32(row), f32(scale)


@kernel
def frond_strokes(
    ferns: NDArray[np.float32],
    view: View,
    colours: Colours,
    air: Air,
    nod: Scalar,
    t_s: Scalar,
    width: int,
    height: int,
) -> NDArray[np.float32]:
    """Return ferns as strokes of :mod:`mvkit.studio.kit.strokes`: bent stems with leaflets.

    A row of ``ferns`` is x, z, size, turn, wildness, opacity; ``nod`` 1 bows their tips.
    """
    strokes = np.empty((ferns.shape[0] * _N_FRONDS * _N_LEAFLETS * 3, 10), np.float32)
    n = 0
    leaf, sun, air_light = colours.fern, colours.sun, colours.haze_low
    for k in range(ferns.shape[0]):
        x = ferns[k, 0]
        z = ferns[k, 1]
        size = ferns[k, 2]
        depth = (x - view.x_m) * view.sin_yaw + (z - view.z_m) * view.cos_yaw
        lost = f32(1) - exponential(f32(-max(depth, f32(0)) * air.fog))
        for frond in range(_N_FRONDS):
            turn = f32(f32(frond) * f32(6.2831853 / _N_FRONDS) + ferns[k, 3])
            length = size * (f32(0.8) + f32(0.4) * sine(f32(turn * f32(3) + ferns[k, 4])))
            out_x = sine(turn)
            out_z = cosine(turn)
            sway = f32(0.06) * length * sine(f32(t_s * f32(1.3) + turn + ferns[k, 4]))
            dip = f32(0.10) * nod * length
            last_px, last_py, scale = _place(view, x, f32(0), z, width, height)
            for joint in range(1, _N_LEAFLETS + 1):
                share = f32(joint) * f32(1 / _N_LEAFLETS)
                out = length * share * (f32(0.95) - f32(0.12) * share * share)
                sx = f32(x + out * out_x + sway * share * share)
                sz = f32(z + out * out_z)
                sy = f32(length * share * (f32(1.15) - f32(0.75) * share * np.sqrt(share)))
                sy = max(f32(sy - dip * share * share), f32(0))
                px, py, scale = _place(view, sx, sy, sz, width, height)
                wide = f32(0.27) * length * sine(f32(f32(3.1416) * min(f32(0.12) + share, f32(1))))
                wide = max(wide, f32(0.02) * length)
                for part in range(3):
                    side = f32(part - 1)
                    if part == 1:
                        strokes[n, 0] = last_px
                        strokes[n, 1] = last_py
                        strokes[n, 3] = px
                        strokes[n, 4] = py
                        strokes[n, 2] = f32(0.006) * scale
                        strokes[n, 5] = f32(0.004) * scale
                    else:
                        tip_x = f32(sx + side * wide * out_z + f32(0.5) * wide * out_x)
                        tip_z = f32(sz - side * wide * out_x + f32(0.5) * wide * out_z)
                        tip = _place(view, tip_x, f32(sy - f32(0.25) * wide), tip_z, width, height)
                        strokes[n, 0] = px
                        strokes[n, 1] = py
                        strokes[n, 3] = tip[0]
                        strokes[n, 4] = tip[1]
                        strokes[n, 2] = f32(0.018) * scale * (f32(1.1) - share)
                        strokes[n, 5] = f32(0.002) * scale
                    # Backlit: leaves that lie across the light glow, the others are dark.
                    tone = f32(0.22) + f32(0.55) * share + f32(0.22) * side * out_x
                    through = (
                        f32(0.05) * air.glow * share * max(out_z * f32(0.5) + f32(0.5), f32(0))
                    )
                    for plane in range(3):
                        light = leaf[plane] * max(tone, f32(0.1)) + sun[plane] * through
                        strokes[n, 6 + plane] = mix(light, air_light[plane] * f32(0.5), lost)
                    strokes[n, 9] = ferns[k, 5]
                    n += 1
                last_px = px
                last_py = py
    return strokes
