"""What belongs to the walkway: beams, posts, lanterns, canoes, a bench; and their mirror images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.figure import Actor
from mvkit.studio.kit.facets import box_m, facets_m
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.worlds.aurora_lake.dress import (
    DECK_M,
    HALF_M,
    HEAD_M,
    HEAD_X_M,
    Air,
    Colours,
)

__all__ = ["LAMP_GAP_M", "LAMP_X_M", "LAMP_Z_M", "SEAT_M", "Jetty", "is_head"]

Table = NDArray[np.floating[Any]]

SEAT_M = 0.45
"""Height of the bench."""

LAMP_X_M = (HALF_M + 0.05, HEAD_M[0] - 0.12)
"""How far beside the middle the lanterns stand: on the walkway, and on the head."""

LAMP_Z_M = (4.0, -0.35)
"""Where a lantern stands along the walkway, and on the head."""

LAMP_GAP_M = 13.0
"""From one lantern to the next along the walkway."""

_POST_GAP_M = LAMP_GAP_M / 4
_LAMP_TOP_M = DECK_M + 1.5
_REACH_M = 4 * LAMP_GAP_M
_CANOE_GAP_M = 3 * LAMP_GAP_M


def is_head(camera: Camera) -> bool:
    """Tell the jetty that ends from the endless walkway."""
    return camera.x_m > HEAD_X_M / 2


class Jetty:
    """Lists what stands on and beside the planks, in metres.

    Everything is listed once around the origin, of the walkway (0) and of the head (1); the
    walkway repeats, so what a camera sees is that list moved along it.

    Parameters
    ----------
    colours, air
        How the world is dressed.
    """

    def __init__(self, colours: Colours, air: Air) -> None:
        self._colours, self._air = colours, air
        places = [_walkway_places(), _head_places()]
        self._beams = [self._build_beams(at_head=False), self._build_beams(at_head=True)]
        self._posts = [self._build_posts(*place, up=1.0, share=1.0) for place in places]
        self._mirrored = [self._build_posts(*place, up=-1.0, share=0.45) for place in places]
        self._flames = [
            np.stack([x, 0 * x + _LAMP_TOP_M + 0.14, z], axis=1) for _, _, x, z in places
        ]
        self._canoe = self._build_canoe()

    def facets(self, camera: Camera, light: RGB, t_s: float) -> Table:
        """Return beams and canoes with their mirror images."""
        head = int(is_head(camera))
        beams = _moved(self._beams[head], camera)
        boat = self._canoe.copy()
        image = np.arange(len(boat)) >= len(boat) // 2
        boat[:, 1] += np.where(image, -0.012, 0.012) * np.sin(1.1 * t_s)
        x, z = (HEAD_X_M + HEAD_M[0] + 0.95, -0.4) if head else (HALF_M + 0.8, 9.0)
        tables = [beams]
        for k in (0,) if head else (0, 1):
            shift = (
                0.0 if head else (np.floor((camera.z_m - 4.0) / _CANOE_GAP_M) + k) * _CANOE_GAP_M
            )
            one = boat.copy()
            one[:, 0] += x
            one[:, 2] += z + shift
            tables.append(one)
        table = np.concatenate(tables)
        table[:, 10:16] *= np.tile(np.array(light), 2)
        return table

    def posts(self, camera: Camera, light: RGB, *, mirrored: bool) -> Table:
        """Return the posts in the water and those of the lanterns, as strokes."""
        head = int(is_head(camera))
        table = _moved((self._mirrored if mirrored else self._posts)[head], camera)
        table[:, 8:11] *= np.array(light)
        return table

    def lanterns(self, camera: Camera) -> Table:
        """Return the places of the lanterns' flames, (n, 3)."""
        return _moved(self._flames[int(is_head(camera))], camera)

    def bench(self, actor: Actor, light: RGB) -> Table:
        """Return the bench on which a person sits, wide enough for two."""
        wood = 1.1 * np.array(self._colours.wood) * np.array(light)
        shades = wood * np.array([[0.7], [0.6], [0.7], [0.6], [1.0]])
        turn = actor.facing_rad
        across = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        foot = np.array([actor.x_m, actor.ground_m, actor.z_m])
        seat = foot + np.array([0.0, SEAT_M - 0.08, 0.0])
        tables = [box_m(tuple(seat), (2.3, 0.08, 0.42), shades, turn_rad=turn)]
        for side in (-0.85, 0.85):
            block = tuple(foot + side * across)
            tables.append(box_m(block, (0.24, SEAT_M - 0.08, 0.34), 0.7 * shades, turn_rad=turn))
        return np.concatenate(tables)

    def _build_beams(self, *, at_head: bool) -> Table:
        """Return the sides of the planks and their mirror images."""
        low, high = DECK_M - 0.24, DECK_M
        wood = 0.55 * np.array(self._colours.wood)
        runs = [(HALF_M, -_REACH_M, _REACH_M)]
        if at_head:
            runs = [(HALF_M, -_REACH_M, -HEAD_M[1]), (HEAD_M[0], -HEAD_M[1], 0.0)]
        tables = []
        for half, near, far in runs:
            edges = np.linspace(near, far, max(int((far - near) // 6), 1) + 1)
            z, step = edges[:-1], np.diff(edges)
            zero = 0 * z
            for bottom, top, share in ((low, high, 1.0), (-high, -low, 0.4)):
                up = [0.0, top - bottom, 0.0]
                right = np.stack([zero + half, zero + bottom, z], axis=1)
                left = np.stack([zero - half, zero + bottom, z + step], axis=1)
                tables.append(facets_m(right, np.stack([zero, zero, step], 1), up, share * wood))
                tables.append(facets_m(left, np.stack([zero, zero, -step], 1), up, share * wood))
                if at_head:
                    for across, z_end in ((2 * half, far), (-2 * half, near)):
                        corner = [0.5 * across, bottom, z_end]
                        tables.append(facets_m(corner, [-across, 0.0, 0.0], up, 0.9 * share * wood))
        return np.concatenate(tables)

    def _build_posts(
        self, x: Table, z: Table, lamp_x: Table, lamp_z: Table, *, up: float, share: float
    ) -> Table:
        """Return posts with snow on their heads, and the lanterns' posts and roofs."""
        wood = 0.5 * np.array(self._colours.wood)
        cap = wood + (np.array(self._colours.snow) - wood) * (0.15 + 0.8 * float(self._air.snow))
        top, lamp = DECK_M + 0.42, _LAMP_TOP_M
        pieces = (
            (x, z, 0.0, top, 0.0, 0.10, 0.095, wood),
            (x, z, top - 0.02, top + 0.03, 0.0, 0.09, 0.075, cap),
            (lamp_x, lamp_z, 0.1, lamp, 0.0, 0.05, 0.04, wood),
            (lamp_x, lamp_z, lamp + 0.02, lamp + 0.02, 0.09, 0.03, 0.03, 0.5 * wood),
            (lamp_x, lamp_z, lamp + 0.27, lamp + 0.36, 0.0, 0.09, 0.02, 0.5 * wood),
        )
        return np.concatenate(
            [
                world_strokes((a - w, up * low, b, r0), (a + w, up * high, b, r1), share * paint)
                for a, b, low, high, w, r0, r1, paint in pieces
            ]
        )

    def _build_canoe(self) -> Table:
        """Return a canoe along z around its middle: both sides out and in, and the thwarts."""
        n_pieces, half_m = 18, 2.2
        s = np.linspace(-1, 1, n_pieces + 1)
        beam = 0.42 * np.clip(1 - np.abs(s) ** 2.2, 0, 1) + 0.01
        rim = 0.27 + 0.20 * np.abs(s) ** 3
        z = half_m * s
        hull = np.array(self._colours.wood) * [1.5, 0.8, 0.6]
        inner = np.array(self._colours.wood) * 0.5
        tables = []
        for side in (-1.0, 1.0):
            gunwale = np.stack([side * beam, rim, z], axis=1)
            water = np.stack([side * 0.82 * beam, 0 * z, z * 0.97], axis=1)
            foot, head = (water, gunwale) if side > 0 else (water[::-1], gunwale[::-1])
            # A strip's middle is exact; its ends lie on those of its neighbours.
            low, high = 0.5 * (foot[:-1] + foot[1:]), 0.5 * (head[:-1] + head[1:])
            across = 1.04 * np.diff(0.5 * (foot + head), axis=0)
            corner, up = low - 0.5 * across, high - low
            tables.append(facets_m(corner, across, up, 0.5 * hull, 1.1 * hull))
            tables.append(facets_m(corner + across, -across, up, 0.35 * inner, 0.9 * inner))
        for at in (-0.9, 0.15, 1.0):
            width = 2 * 0.42 * (1 - abs(at / half_m) ** 2.6)
            origin = [-width / 2, 0.25, at - 0.11]
            tables.append(
                facets_m(
                    origin, [width, 0.0, 0.0], [0.0, 0.0, 0.22], 1.2 * np.array(self._colours.wood)
                )
            )
        boat = np.concatenate(tables)
        image = boat.copy()
        image[:, [1, 4, 7]] *= -1
        # In the image the other side of each plank is turned to the eye.
        image[:, 0:3] += image[:, 3:6]
        image[:, 3:6] *= -1
        image[:, 10:16] *= 0.35
        return np.concatenate([boat, image])


def _walkway_places() -> tuple[Table, Table, Table, Table]:
    """Return x and z of posts and lanterns around the origin of the walkway."""
    along = np.arange(-16, 17) * _POST_GAP_M
    x = np.repeat([HALF_M + 0.06, -HALF_M - 0.06], len(along))
    lamp_z = np.arange(-4, 5) * LAMP_GAP_M + LAMP_Z_M[0]
    return x, np.tile(along, 2), np.full(len(lamp_z), LAMP_X_M[0]), lamp_z


def _head_places() -> tuple[Table, Table, Table, Table]:
    """Return x and z of posts and lanterns of the jetty with a head."""
    half, length = HEAD_M
    along = -length - _POST_GAP_M * np.arange(1, 12)
    x = np.concatenate([[-half, half, -half, half], 0 * along + HALF_M, 0 * along - HALF_M])
    z = np.concatenate([[-0.12, -0.12, 0.1 - length, 0.1 - length], along, along])
    return x, z, np.array([LAMP_X_M[1]]), np.array([LAMP_Z_M[1]])


def _moved(table: Table, camera: Camera) -> Table:
    """Return facets, strokes or points, listed around an origin, where a camera sees them."""
    table = table.copy()
    if is_head(camera):
        columns, shift = [0], HEAD_X_M
    else:
        columns, shift = [2], float(np.floor(camera.z_m / LAMP_GAP_M) * LAMP_GAP_M)
    if table.shape[1] == 12:  # strokes have two ends
        columns = [columns[0], columns[0] + 4]
    table[:, columns] += shift
    return table
