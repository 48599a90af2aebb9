"""Chrome: poles, the lounge's rail, straps that rock with the ride, posts of the doorways."""

from __future__ import annotations

import numpy as np

from mvkit.studio.camera import Camera
from mvkit.studio.figure import Actor
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.worlds.train.dress import (
    CARRIAGE_M,
    CEILING_M,
    HALF_M,
    LOUNGE_M,
    Colours,
    Hour,
    Ride,
)
from mvkit.studio.worlds.train.faces import Table
from mvkit.studio.worlds.train.furniture import PARTITION_M

__all__ = ["Fittings"]

_STRAP_GAP_M = 0.9
_POST_M = 0.62  # of the lounge's poles and bars, from the middle of the carriage
_REACH_M = LOUNGE_M - 0.15  # and how far along it to either side


class Fittings:
    """Lists the chrome of a train whose carriages are all alike.

    Parameters
    ----------
    colours, hour
        How the world is dressed.
    """

    def __init__(self, colours: Colours, hour: Hour) -> None:
        lamp = np.array(colours.lamp)
        self._lamps, self._day = float(hour.lamps), float(hour.daylight)
        steel, glint = 0.50 * (0.3 + 0.7 * lamp), 1.3 * lamp
        ends = np.array([-_REACH_M, _REACH_M])
        doors = np.array([PARTITION_M - CARRIAGE_M, PARTITION_M])
        rail_x, brace_z = HALF_M - 0.10, np.arange(-2.0, 3.0)
        tables = _rail(-rail_x, 0.98, steel, glint)
        tables.append(
            world_strokes((-rail_x, 0.98, brace_z, 0.011), (-HALF_M, 0.98, brace_z, 0.011), steel)
        )
        for side in (-1.0, 1.0):
            tables += _post(_POST_M * side, CEILING_M, ends, steel, glint)
            tables += _post(0.54 * side, 2.07, doors, steel, glint)
            # A bar along the ceiling, from which the straps hang.
            tables += _rail(_POST_M * side, 2.10, steel, glint)
        self._chrome = np.concatenate(tables)
        self._web = 0.35 * np.array(colours.seat)
        self._grip = 0.25 * np.array(colours.accent) + 0.25 * np.array(colours.panel)

    def strokes(self, camera: Camera, actor: Actor | None, ride: Ride) -> Table:
        """Return the chrome and the straps around a camera in metres, `STROKE_COLUMNS_M`.

        Parameters
        ----------
        camera
            Near what is listed.
        actor
            Who must not be hidden.
        ride
            The train now: its lamps, and how it rocks.
        """
        own = np.concatenate([self._chrome, self._straps(ride)])
        strokes = np.tile(own, (3, 1))
        middle = round(camera.z_m / CARRIAGE_M)
        shift = np.repeat(CARRIAGE_M * (middle + np.arange(-1, 2)), len(own))
        strokes[:, 2] += shift
        strokes[:, 6] += shift
        depth = (strokes[:, 2] - camera.z_m) * np.cos(camera.yaw_rad)
        depth = depth + (strokes[:, 0] - camera.x_m) * np.sin(camera.yaw_rad)
        strokes = strokes[(depth > 0) & (depth < 16.0)]
        strokes[:, 8:11] *= self._lamps * float(ride.lamps) + 0.45 * self._day
        strokes[:, 11] *= _presence(camera, actor, strokes)
        return strokes[strokes[:, 11] > 0.02]

    def _straps(self, ride: Ride) -> Table:
        """Return straps with their handles, swinging against the carriage."""
        z = np.tile(_STRAP_GAP_M * np.arange(-3, 4), 2)
        x = np.repeat([-_POST_M, _POST_M], 7)
        t_s = float(ride.t_s)
        swing = 0.07 * np.sin(2.6 * t_s + 0.35 * z) + 0.03 * np.sin(4.3 * t_s + 0.9 * z)
        swing_x = 0.5 * swing + 8.0 * float(ride.lean)
        knot = x + 0.16 * swing_x, 1.95, z + 0.16 * swing
        left = x + 0.26 * swing_x, 1.84, z + 0.26 * swing - 0.042
        right = x + 0.26 * swing_x, 1.84, z + 0.26 * swing + 0.042
        return np.concatenate(
            [
                world_strokes((x, 2.10, z, 0.010), (*knot, 0.010), self._web),
                world_strokes((*knot, 0.007), (*left, 0.007), self._grip),
                world_strokes((*knot, 0.007), (*right, 0.007), self._grip),
                world_strokes((*left, 0.009), (*right, 0.009), self._grip),
            ]
        )


def _post(x: float, top_m: float, z: Table, steel: Table, glint: Table) -> list[Table]:
    """Return upright bars: the tube, and the line of light along it."""
    lit = x - 0.006 * np.sign(x)
    return [
        world_strokes((x, 0.0, z, 0.017), (x, top_m, z, 0.017), steel),
        world_strokes((lit, 0.0, z, 0.005), (lit, top_m, z, 0.005), glint),
    ]


def _rail(x: float, y: float, steel: Table, glint: Table) -> list[Table]:
    """Return a bar along the lounge, in pieces, each of which may give way by itself."""
    ends = np.linspace(-_REACH_M, _REACH_M, 13)
    begin, end = ends[:-1], ends[1:]
    return [
        world_strokes((x, y, begin, 0.016), (x, y, end, 0.016), steel),
        world_strokes((x, y + 0.006, begin, 0.005), (x, y + 0.006, end, 0.005), glint),
    ]


def _presence(camera: Camera, actor: Actor | None, strokes: Table) -> Table:
    """Return how solid strokes are: none looms before the lens or crosses a person."""
    sin_yaw, cos_yaw = np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)
    dx = 0.5 * (strokes[:, 0] + strokes[:, 4]) - camera.x_m
    dz = 0.5 * (strokes[:, 2] + strokes[:, 6]) - camera.z_m
    depth, across = dx * sin_yaw + dz * cos_yaw, dx * cos_yaw - dz * sin_yaw
    solid = np.clip((np.hypot(dx, dz) - 1.3) / 0.6, 0, 1)
    # A rail at the wall gives way together with it.
    at_wall = (np.abs(strokes[:, 0]) > 1.0) & (strokes[:, 0] * camera.x_m > 0)
    solid = solid * (1 - at_wall * np.clip((abs(camera.x_m) - 0.6) / 0.2, 0, 1))
    for person in actor.people if actor else ():
        px, pz = person.x_m - camera.x_m, person.z_m - camera.z_m
        far, aside = max(px * sin_yaw + pz * cos_yaw, 0.5), px * cos_yaw - pz * sin_yaw
        off = np.abs(across - aside * np.maximum(depth, 0) / far)
        before = np.clip((far - depth) / 0.3, 0, 1)
        solid = solid * (1 - before * np.clip(2.2 - off / 0.35, 0, 1))
    return np.asarray(solid)
