"""Thin steel on the roof: poles, the tank's legs and ladder, mast and aerials, pipes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.worlds.rooftop.dress import HALF_M, MAST_M, SIGN_M, TANK_M, Colours
from mvkit.studio.worlds.rooftop.light import Light

__all__ = ["POLES_M", "POLE_TOP_M", "Steelwork"]

Table = NDArray[np.floating[Any]]

POLES_M = (-17.6, -8.8, 0.0, 8.8, 17.6)
"""Places of the poles along each parapet; lamps hang between them."""

POLE_TOP_M = 3.5
"""Height of the poles."""


class Steelwork:
    """Lists thin things on the roof as strokes, in metres.

    Parameters
    ----------
    seed
        Another seed turns the aerials another way.
    colours, light
        How the world is dressed, and the light on things.
    """

    def __init__(self, seed: int, colours: Colours, light: Light) -> None:
        self._rng = np.random.default_rng(seed + 21)
        self._colours, self._light = colours, light

    def standing(self) -> Table:
        """Return everything but the poles along the parapets."""
        return np.concatenate([self._tank_frame(), self._aerials(), self._sign_frame()])

    def poles(self) -> Table:
        """Return the poles along the parapets that carry the lamps."""
        steel = self._light.on_box(np.array(self._colours.tower) * 0.8)[0]
        along = np.array(POLES_M)
        edge = np.full(len(along), HALF_M - 0.25)
        x = np.concatenate([along, edge, along, -edge])
        z = np.concatenate([edge, along, -edge, along])
        return world_strokes((x, 0.0, z, 0.035), (x, POLE_TOP_M, z, 0.03), steel)

    def _tank_frame(self) -> Table:
        """Return legs and braces under the water tank, its ladder and its pipe."""
        x, z = TANK_M
        steel = self._light.on_box(np.array(self._colours.tower) * 0.4)[1]
        a = np.array([-1.35, 1.35, 1.35, -1.35])
        b = np.array([-1.35, -1.35, 1.35, 1.35])
        c, d = np.roll(a, -1), np.roll(b, -1)
        legs = world_strokes((x + a, 0.0, z + b, 0.10), (x + a, 2.95, z + b, 0.10), steel)
        braces = [
            world_strokes((x + a, low, z + b, 0.035), (x + c, high, z + d, 0.035), steel)
            for low, high in ((0.2, 2.8), (2.8, 0.2), (1.5, 1.5))
        ]
        rung = np.arange(0.4, 6.2, 0.35)
        rail = np.array([-0.22, 0.22])
        ladder = [
            world_strokes(
                (x - 1.85, 0.2, z + rail, 0.025), (x - 1.85, 6.4, z + rail, 0.025), steel
            ),
            world_strokes(
                (x - 1.85, rung, z - 0.22, 0.018), (x - 1.85, rung, z + 0.22, 0.018), steel
            ),
        ]
        pipe = world_strokes((x, 0.0, z, 0.11), (x, 3.0, z, 0.11), 0.8 * steel)
        return np.concatenate([legs, *braces, *ladder, pipe])

    def _aerials(self) -> Table:
        """Return a mast with stays, television aerials and chimney pipes."""
        steel = self._light.on_box(np.array(self._colours.tower) * 0.6)[3]
        x, z = MAST_M
        mast = world_strokes((x, 0.0, z, 0.09), (x, 9.5, z, 0.03), steel)
        stay_x, stay_z = x + np.array([-2.6, 2.4, 0.2]), z + np.array([1.2, 1.6, -3.0])
        stays = world_strokes((x, 7.4, z, 0.012), (stay_x, 0.0, stay_z, 0.012), steel)
        rungs = np.array([5.2, 6.4, 7.6, 8.6])
        cross = world_strokes(
            (x - 0.5, rungs, z - 0.3, 0.025), (x + 0.5, rungs, z + 0.3, 0.025), steel
        )
        parts = [mast, stays, cross]
        for px, pz, foot, head in (
            (-12.0, 12.2, 3.2, 6.8),
            (-15.0, 14.6, 3.2, 5.6),
            (16.9, 6.0, 0.9, 4.4),
        ):
            parts.append(world_strokes((px, foot, pz, 0.035), (px, head, pz, 0.025), steel))
            bar = np.linspace(-0.75, 0.75, 7)
            turn = self._rng.uniform(0, np.pi)
            sin_t, cos_t = np.sin(turn), np.cos(turn)
            boom = (px - 0.8 * sin_t, head - 0.2, pz - 0.8 * cos_t, 0.02)
            parts.append(
                world_strokes(boom, (px + 0.8 * sin_t, head - 0.2, pz + 0.8 * cos_t, 0.02), steel)
            )
            half = 0.5 - 0.22 * (bar + 0.75)
            at_x, at_z = px + bar * sin_t, pz + bar * cos_t
            parts.append(
                world_strokes(
                    (at_x - half * cos_t, head - 0.2, at_z + half * sin_t, 0.012),
                    (at_x + half * cos_t, head - 0.2, at_z - half * sin_t, 0.012),
                    steel,
                )
            )
        pipe_x, pipe_z = np.array([-0.4, 0.2, 1.9]), np.array([1.6, 1.7, 1.1])
        top = np.array([1.3, 1.0, 1.5])
        parts.append(world_strokes((pipe_x, 0.0, pipe_z, 0.09), (pipe_x, top, pipe_z, 0.09), steel))
        parts.append(
            world_strokes(
                (pipe_x - 0.1, top, pipe_z, 0.13), (pipe_x + 0.1, top, pipe_z, 0.13), steel
            )
        )
        return np.concatenate(parts)

    def _sign_frame(self) -> Table:
        """Return the legs of the neon sign."""
        x, z = SIGN_M
        steel = self._light.on_box(np.array(self._colours.tower) * 0.5)[0]
        aside = np.array([-0.7, 0.7])
        foot = (x + aside, 0.0, z - aside, 0.07)
        return np.concatenate(
            [
                world_strokes(foot, (x + aside, 1.6, z - aside, 0.07), steel),
                world_strokes(
                    (x + aside, 1.6, z - aside, 0.05),
                    (x + aside - 1.3, 0.0, z - aside - 1.3, 0.05),
                    steel,
                ),
            ]
        )
