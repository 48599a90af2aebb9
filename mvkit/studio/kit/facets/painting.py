"""Facets painted: plain paint from foot to head, with grooves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, inline, kernel
from mvkit.studio.kit.maths import fraction, mix, saturate
from mvkit.studio.kit.rgb import RGB

LANES = 16
"""Short rows are computed in whole vectors of at least this length: what is left over of a row
would be computed one by one, and take longer than all the rest."""


@inline
def on_facet(fx: Scalar, line: RGB, slope: RGB) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Return where on a facet a pixel is.

    Parameters
    ----------
    fx
        Column.
    line, slope
        Numerators and denominator at column 0 of the row, and their steps from column to column.

    Returns
    -------
    tuple
        ``u`` and ``v`` in metres, how fast each changes from column to column, and the inverse
        of the depth, not above 0 where the facet lies behind the camera.
    """
    w = line[2] + slope[2] * fx
    per_w = f32(1) / max(w, f32(1e-7))
    u = (line[0] + slope[0] * fx) * per_w
    v = (line[1] + slope[1] * fx) * per_w
    return u, v, f32((slope[0] - u * slope[2]) * per_w), f32((slope[1] - v * slope[2]) * per_w), w


@inline
def _narrowed(
    begin: Scalar, end: Scalar, value: Scalar, step: Scalar, rise: Scalar
) -> tuple[Scalar, Scalar]:
    """Narrow a row to the columns where a linear function is not below 0, and a pixel more.

    ``step`` and ``rise`` are its changes from column to column and from row to row.
    """
    value = value + f32(2) * (abs(step) + abs(rise))
    edge = -value / (step if step != f32(0) else f32(1))
    begin = max(begin, edge) if step > f32(0) else begin
    end = min(end, edge) if step < f32(0) else end
    return begin, end


@kernel
def paint_facets(canvas: Canvas, facets: NDArray[np.float32]) -> None:
    """Paint facets in plain paint with grooves, the table's first row first, in place.

    Parameters
    ----------
    canvas
        The picture.
    facets
        (n, 28), columns `FACET_COLUMNS`.
    """
    width = canvas.shape[2]
    red = np.empty(width + LANES, np.float32)
    green = np.empty(width + LANES, np.float32)
    blue = np.empty(width + LANES, np.float32)
    cover = np.empty(width + LANES, np.float32)
    half = f32(0.5)
    for k in range(facets.shape[0]):
        x0 = int(facets[k, 0])
        n = int(facets[k, 1]) - x0
        wide = facets[k, 4]
        tall = facets[k, 5]
        least = facets[k, 7]
        u_y = facets[k, 9]
        v_y = facets[k, 12]
        w_y = facets[k, 15]
        slope = (facets[k, 8], facets[k, 11], facets[k, 14])
        taper = facets[k, 17] / tall
        foot = (facets[k, 18], facets[k, 19], facets[k, 20])
        head = (facets[k, 21], facets[k, 22], facets[k, 23])
        groove = facets[k, 24]
        per_groove = f32(1) / max(groove, f32(0.01))
        deep = facets[k, 25]
        lying = facets[k, 26]
        opacity = facets[k, 27]
        # Solid neighbours overlap a little, lest light shines between them; shadows must not.
        margin = f32(0.8) if opacity > f32(0.99) else f32(0.58)
        per_tall = f32(1) / tall
        for y in range(int(facets[k, 2]), int(facets[k, 3])):
            fy = f32(y)
            line = (
                facets[k, 10] + u_y * fy + slope[0] * f32(x0),
                facets[k, 13] + v_y * fy + slope[1] * f32(x0),
                facets[k, 16] + w_y * fy + slope[2] * f32(x0),
            )
            begin = f32(0)
            end = f32(n)
            begin, end = _narrowed(begin, end, line[0], slope[0], u_y)
            begin, end = _narrowed(begin, end, line[1], slope[1], v_y)
            begin, end = _narrowed(
                begin, end, wide * line[2] - line[0], wide * slope[2] - slope[0], wide * w_y - u_y
            )
            begin, end = _narrowed(
                begin, end, tall * line[2] - line[1], tall * slope[2] - slope[1], tall * w_y - v_y
            )
            first = pixel(begin, n)
            m = pixel(end + f32(1), n) - first
            if m <= 0:
                continue
            whole = (m + LANES - 1) // LANES * LANES
            row_red = red[:whole]
            row_green = green[:whole]
            row_blue = blue[:whole]
            row_cover = cover[:whole]
            shift = f32(first)
            for x in range(whole):
                u, v, u_step, v_step, w = on_facet(f32(x) + shift, line, slope)
                per_w = f32(1) / max(w, f32(1e-7))
                fine_u = abs(u_step) + abs((u_y - u * w_y) * per_w) + f32(1e-5)
                fine_v = abs(v_step) + abs((v_y - v * w_y) * per_w) + f32(1e-5)
                aside = wide * half * (f32(1) - taper * v) - abs(u - wide * half)
                above = tall * half - abs(v - tall * half)
                per_u = f32(1) / fine_u
                per_v = f32(1) / fine_v
                edge = min(aside * per_u, above * per_v)
                seen = f32(1) if w > least else f32(0)
                row_cover[x] = saturate(edge + margin) * opacity * seen
                place = mix(u, v, lying) * per_groove
                off = half - abs(fraction(place) - half)
                sharp = mix(per_u, per_v, lying) * groove
                cut = saturate((f32(0.05) - off) * min(sharp, f32(25)) + half)
                cut = cut * saturate(sharp * f32(0.35) - f32(0.7))
                light = f32(1) - deep * cut
                high = saturate(v * per_tall)
                row_red[x] = mix(foot[0], head[0], high) * light
                row_green[x] = mix(foot[1], head[1], high) * light
                row_blue[x] = mix(foot[2], head[2], high) * light
            line_red = canvas[0, y, x0 + first : x0 + first + m]
            line_green = canvas[1, y, x0 + first : x0 + first + m]
            line_blue = canvas[2, y, x0 + first : x0 + first + m]
            for x in range(m):
                line_red[x] = mix(line_red[x], row_red[x], row_cover[x])
            for x in range(m):
                line_green[x] = mix(line_green[x], row_green[x], row_cover[x])
            for x in range(m):
                line_blue[x] = mix(line_blue[x], row_blue[x], row_cover[x])
