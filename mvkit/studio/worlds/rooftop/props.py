"""What stands on the roof: parapets, water tank, stair house, vents, a neon sign, shadows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure import Actor
from mvkit.studio.figure.pose import UP
from mvkit.studio.kit.facets import box_m, facets_m
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.worlds.rooftop.dress import (
    HALF_M,
    HOUSE_M,
    PARAPET_M,
    SIGN_M,
    TANK_M,
    Air,
    Colours,
)
from mvkit.studio.worlds.rooftop.light import Light
from mvkit.studio.worlds.rooftop.steelwork import Steelwork

__all__ = ["SEAT_M", "Props"]

Table = NDArray[np.floating[Any]]

SEAT_M = 0.46
"""Height of the bench."""

_PIECES = 6  # of each parapet; a multiple of the grooves' distance
_SHADES_M = (
    (0.7, -0.4, 2.5, 1.3, 0.0, 1.4),
    (-1.7, 0.9, 0.9, 0.9, 0.0, 1.0),
    (-1.2, -1.5, 0.5, 0.5, 0.0, 0.7),
    (14.6, -9.6, 1.6, 2.6, 0.0, 1.3),
    (15.0, -16.0, 2.2, 1.6, 0.0, 1.5),
    (-15.2, -8.6, 1.8, 2.8, 0.0, 0.5),
    (9.4, 15.9, 1.1, 1.1, 0.0, 1.3),
    (*HOUSE_M, 5.6, 4.8, 0.0, 3.3),
    (*SIGN_M, 2.0, 0.8, 1.6, 5.3),
    (*TANK_M, 3.3, 3.3, 2.9, 6.8),
)
"""What casts a shadow: x and z of its middle, width, depth, height of its foot and of its top."""

_BOLT = ((0.2, 2.6), (-0.75, 1.15), (-0.05, 1.15), (-0.35, 0.0), (0.75, 1.6), (0.05, 1.6))


class Props:
    """Lists what stands on the roof, in metres.

    Parameters
    ----------
    seed
        Another seed is another roof.
    colours, air
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, air: Air) -> None:
        self._colours, self._air = colours, air
        self._light = Light(colours, air)
        steel = Steelwork(seed, colours, self._light)
        self.parapet = self._parapet()
        self.poles = steel.poles()
        self.facets = np.concatenate(
            [self._tank(), self._house(), self._machines(), self._sign_board()]
        )
        self.strokes = steel.standing()
        self._bolt = self._neon()
        self.shadows = self._cast_shadows()

    def bench(self, actor: Actor) -> Table:
        """Return the bench on which a person sits, wide enough for two."""
        place = (actor.x_m, 0.0, actor.z_m)
        wood = 1.3 * self._light.on_box(np.array(self._colours.roof) * [1.15, 0.95, 0.75])
        seat = box_m(
            (place[0], SEAT_M - 0.07, place[2]),
            (2.5, 0.07, 0.5),
            wood,
            turn_rad=actor.facing_rad,
        )
        across = np.array([np.cos(actor.facing_rad), 0.0, -np.sin(actor.facing_rad)])
        legs = [
            box_m(
                tuple(np.array(place) + side * across),
                (0.12, SEAT_M - 0.07, 0.4),
                0.6 * wood,
                turn_rad=actor.facing_rad,
            )
            for side in (-0.95, 0.95)
        ]
        return np.concatenate([seat, *legs])

    def neon(self, gain: float) -> Table:
        """Return the tubes of the neon sign, shining, as strokes."""
        tubes = self._bolt.copy()
        tubes[:, 8:11] *= gain
        return tubes

    def _neon(self) -> Table:
        """Return the tubes of the neon sign, a bolt of lightning, as strokes."""
        points = np.array([*_BOLT, _BOLT[0]]) * 1.15
        across = np.array([1.0, -1.0]) / np.sqrt(2)  # faces the middle of the roof
        x = SIGN_M[0] + points[:, 0] * across[0] + 0.15
        z = SIGN_M[1] + points[:, 0] * across[1] + 0.15
        y = points[:, 1] + 2.0
        light = np.array(self._colours.neon)
        return world_strokes((x[:-1], y[:-1], z[:-1], 0.045), (x[1:], y[1:], z[1:], 0.045), light)

    def _parapet(self) -> Table:
        """Return the inner walls of the four parapets and their copings."""
        shades = self._light.on_box(np.array(self._colours.roof) * 0.85)
        coping = self._light.on_box(np.array(self._colours.roof) * 1.3)[4]
        wide = PARAPET_M * UP
        lamps = float(self._air.lamps)
        bulbs = 0.5 * lamps * np.array(self._colours.window) * np.array(self._colours.roof)
        tables = []
        for side, angle in enumerate((0.0, np.pi / 2, np.pi, -np.pi / 2)):
            out = np.array([np.sin(angle), 0.0, np.cos(angle)])
            right = np.array([np.cos(angle), 0.0, -np.sin(angle)])
            # A wall that faces inwards is lit as the opposite wall of a box, and by the bulbs.
            light = shades[(2, 3, 0, 1)[side]] + bulbs
            # In pieces, so that the boxes around them in the frame stay small.
            start = HALF_M * (2 * np.arange(_PIECES) / _PIECES - 1)[:, None] * right
            corner, step = HALF_M * out + start, 2 * HALF_M / _PIECES * right
            tables.append(
                facets_m(corner, step, wide, 0.7 * light, light, groove_m=1.2, groove_depth=0.35)
            )
            lip = corner + (PARAPET_M - 0.14) * UP - 0.06 * out
            tables.append(facets_m(lip, step, 0.14 * UP, 1.25 * light))
            top = lip + 0.14 * UP
            tables.append(facets_m(top, step, 0.42 * out, coping))
            beyond = HALF_M * (out + right) + PARAPET_M * UP - 0.06 * out
            tables.append(facets_m(beyond, 0.4 * right, 0.42 * out, coping))
        return np.concatenate(tables)

    def _tank(self) -> Table:
        """Return the water tank: a barrel of staves with a pointed lid."""
        x, z = TANK_M
        n, radius, low, high = 14, 1.75, 3.1, 6.3
        angle = 2 * np.pi * np.arange(n) / n
        corner = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], axis=1)
        after = np.roll(corner, -1, axis=0)
        foot = np.array([x, low, z]) + radius * after
        across = radius * (corner - after)
        middle = np.arctan2((corner + after)[:, 0], (corner + after)[:, 2])
        wood = np.array(self._colours.roof) * [1.2, 0.85, 0.62]
        light = self._light.on_round(wood, middle)
        staves = facets_m(
            foot, across, [0.0, high - low, 0.0], 0.8 * light, light,
            groove_m=0.8, groove_depth=0.55, groove_up=1.0,
        )  # fmt: skip
        brim = np.array([x, high, z]) + 1.12 * radius * after
        tip = np.array([x, high + 1.15, z])
        rise = tip - (brim + 0.5 * 1.12 * across)
        lid = facets_m(brim, 1.12 * across, rise, 0.55 * light + 0.1 * light.mean(0), taper=1.0)
        under = self._light.on_box(wood * 0.5)
        deck = box_m((x, low - 0.22, z), (3.6, 0.22, 3.6), under)
        return np.concatenate([staves, lid, deck])

    def _house(self) -> Table:
        """Return the stair house; light falls out of its door."""
        x, z = HOUSE_M
        stone = np.array(self._colours.roof) * 0.95
        walls = box_m((x, 0.0, z), (5.4, 3.1, 4.6), self._light.on_box(stone))
        brim = box_m((x, 3.1, z), (5.8, 0.18, 5.0), self._light.on_box(stone * 1.2))
        front = z - 2.31
        light = float(self._air.lamps) * np.array(self._colours.window)
        wood = 0.3 * self._light.on_box(stone)[0]
        door = facets_m(
            [x + 0.2, 0.0, front], [1.1, 0.0, 0.0], [0.0, 2.1, 0.0],
            0.5 * light + wood, 0.9 * light + wood,
        )  # fmt: skip
        return np.concatenate([walls, brim, door])

    def _machines(self) -> Table:
        """Return air conditioners, vents and a skylight."""
        metal = np.array(self._colours.roof) * 0.9 + 0.06
        dull = self._light.on_box(metal)
        dark = self._light.on_box(metal * 0.5)
        glow = float(self._air.lamps) * 0.55 * np.array(self._colours.window)
        grille = {"groove_m": 0.11, "groove_depth": 0.6, "groove_up": 1.0}
        tables = [
            box_m((0.7, 0.15, -0.4), (2.5, 1.25, 1.3), dull, **grille),
            box_m((0.7, 0.0, -0.4), (2.3, 0.15, 1.1), dark),
            box_m((-1.7, 0.0, 0.9), (0.7, 0.9, 0.7), dull),
            box_m((-1.7, 0.9, 0.9), (1.0, 0.16, 1.0), dark),
            box_m((-1.2, 0.0, -1.5), (0.5, 0.7, 0.5), dull),
            box_m((14.6, 0.2, -9.6), (1.6, 1.1, 2.6), dull, **grille),
            box_m((15.0, 0.0, -16.0), (2.2, 1.5, 1.6), dull, **grille),
            box_m((-15.2, 0.0, -8.6), (1.8, 0.5, 2.8), dark),
            box_m((9.4, 0.0, 15.9), (1.1, 1.3, 1.1), dull, **grille),
        ]
        pane = facets_m([-16.0, 0.52, -9.9], [1.6, 0.0, 0.0], [0.0, 0.0, 2.6], glow + 0.2 * dull[4])
        return np.concatenate([*tables, pane])

    def _cast_shadows(self) -> Table:
        """Return the shadows that sun or moon cast on the roof, as dark facets."""
        air = self._air
        away = -np.array([np.sin(float(air.azimuth)), 0.0, np.cos(float(air.azimuth))])
        # Under a closed cover of clouds only the foot of things is dark.
        per_m = 0.3 if air.clouds > 0.99 else min(1.0 / max(float(air.slope), 0.05), 3.0)
        dark = min(0.62 * float(air.sunlight) + 0.12, 0.6)
        tables = []
        for x, z, wide, deep, low, high in _SHADES_M:
            right, ahead = np.array([wide / 2, 0.0, 0.0]), np.array([0.0, 0.0, deep / 2])
            foot = np.array([x, 0.012, z]) + low * per_m * away
            sweep = (high - low) * per_m * away
            # The edges that face away from the light sweep the shadow.
            for out, along in ((right, ahead), (-right, ahead), (ahead, right), (-ahead, right)):
                if out @ away > 1e-6:
                    tables.append(_lying(foot + out - along, 2 * along, sweep, dark))
            if low > 0:
                tables.append(_lying(foot - right - ahead, 2 * right, 2 * ahead, dark))
        return np.concatenate(tables)

    def _sign_board(self) -> Table:
        """Return the dark board behind the neon bolt."""
        x, z = SIGN_M
        dark = self._light.on_box(np.array(self._colours.tower) * 0.5)
        return box_m((x, 1.6, z), (2.9, 3.7, 0.16), dark, turn_rad=-3 * np.pi / 4 + np.pi)


def _lying(origin: Table, along: Table, sweep: Table, opacity: float) -> Table:
    """Return a black facet that lies on the roof and faces up."""
    if np.cross(sweep, along)[1] < 0:
        along, sweep = sweep, along
    return facets_m(origin, along, sweep, [0.0, 0.0, 0.0], opacity=opacity)
