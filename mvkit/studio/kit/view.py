"""The camera as kernels see it: a named tuple of float32, and the ray through a pixel.

World coordinates are metres: ``x`` to the right, ``y`` up from the ground, ``z`` ahead. The
film plane is kept vertical as with a shift lens, so upright lines stay upright: looking up or
down moves the horizon in the frame instead of tilting the camera.
"""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.kit.jit import Scalar, f32, inline

__all__ = ["View", "horizon_band", "ray"]


class View(NamedTuple):
    """A camera prepared for kernels.

    Attributes
    ----------
    x_m, y_m, z_m
        Position of the lens.
    sin_yaw, cos_yaw
        Direction: yaw 0 looks along +z, positive yaw turns to the right.
    horizon
        Height of the horizon in the frame: 0 top edge, 1 bottom edge; may lie outside.
    lens
        Height of the view at one metre, in metres: 1 is a normal lens, less is longer.
    sin_roll, cos_roll
        Roll about the middle of the horizon.
    """

    x_m: Scalar
    y_m: Scalar
    z_m: Scalar
    sin_yaw: Scalar
    cos_yaw: Scalar
    horizon: Scalar
    lens: Scalar
    sin_roll: Scalar
    cos_roll: Scalar


@inline
def ray(
    view: View, x: int, y: int, width: int, height: int
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Return the direction through a pixel's centre.

    Returns
    -------
    tuple
        ``(dx, dy, dz, across)``: the direction in the world, whose component along the optical
        axis is 1 (so a parameter along the ray *is* depth), and the sideways component in the
        camera's own frame.
    """
    unit = f32(1) / f32(height)
    u = (f32(x) + f32(0.5) - f32(width) * f32(0.5)) * unit
    v = view.horizon - (f32(y) + f32(0.5)) * unit
    across = f32((u * view.cos_roll - v * view.sin_roll) * view.lens)
    up = f32((u * view.sin_roll + v * view.cos_roll) * view.lens)
    dx = f32(across * view.cos_yaw + view.sin_yaw)
    dz = f32(view.cos_yaw - across * view.sin_yaw)
    return dx, up, dz, across


@inline
def horizon_band(view: View, width: int, height: int) -> tuple[int, int]:
    """Return the rows (first, end) that the horizon may cross: above is sky, below is ground."""
    middle = int(view.horizon * f32(height))
    margin = int(abs(view.sin_roll) * f32(width) * f32(0.55)) + 4
    return min(max(middle - margin, 0), height), min(max(middle + margin, 0), height)
