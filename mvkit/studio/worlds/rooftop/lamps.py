"""Small lights: strings of bulbs over the parapets, beacons on towers, stars, an aeroplane."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.rooftop.dress import HALF_M, Air, Colours
from mvkit.studio.worlds.rooftop.steelwork import POLE_TOP_M, POLES_M

__all__ = ["Lamps"]

Table = NDArray[np.floating[Any]]

_BEACON_RED = np.array([1.0, 0.10, 0.06])
_BULBS_PER_SPAN = 11
_SAG_M = 0.75
_N_STARS = 420
_SKY_M = 4000.0


class Lamps:
    """Lists the small lights of the world.

    Parameters
    ----------
    seed
        Another seed is another sky.
    colours, air
        How the world is dressed.
    beacons_m
        x, z, foot and head of the masts on towers, (n, 4).
    """

    def __init__(self, seed: int, colours: Colours, air: Air, beacons_m: Table) -> None:
        self._colours, self._air, self._beacons_m = colours, air, beacons_m
        self._star = np.random.default_rng(seed + 31).random((_N_STARS, 5))
        place = np.linspace(0, 1, _BULBS_PER_SPAN + 1)
        spans = pairwise(POLES_M)
        along = np.concatenate([a + (b - a) * place[:-1] for a, b in spans])
        sag = np.tile(4 * place[:-1] * (1 - place[:-1]), len(POLES_M) - 1)
        edge = np.full(len(along), HALF_M - 0.25)
        self._bulb_x = np.concatenate([along, edge, -along, -edge])
        self._bulb_z = np.concatenate([edge, -along, -edge, along])
        self._bulb_sag = np.tile(sag, 4)
        x, z, foot, head = beacons_m.T
        steel = 0.35 * np.array(colours.tower)
        self.masts = world_strokes((x, foot, z, 0.7), (x, head, z, 0.25), steel)

    def _hung(self, t_s: float) -> tuple[Table, Table, Table]:
        """Return where the bulbs hang, swaying a little."""
        sway = 0.05 * np.sin(0.9 * t_s + 0.35 * (self._bulb_x + self._bulb_z))
        y = POLE_TOP_M - 0.1 - _SAG_M * self._bulb_sag
        return self._bulb_x + sway * self._bulb_sag, y, self._bulb_z + sway * self._bulb_sag

    def wires(self, t_s: float) -> Table:
        """Return the wires between the bulbs, as strokes."""
        x, y, z = self._hung(t_s)
        steel = 0.25 * np.array(self._colours.tower)
        end_x, end_y, end_z = (np.roll(part, -1) for part in (x, y, z))
        return world_strokes((x, y, z, 0.012), (end_x, end_y, end_z, 0.012), steel)

    def bulbs(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return the bulbs: a glow runs along them with the beat, every fourth kicks."""
        x, y, z = self._hung(t_s)
        index = np.arange(len(x))
        run = (float(pulse.beat_count) - index / 8) % 1.0
        energy = float(pulse.energy)
        light = 0.9 + 1.1 * energy * np.exp(-3.5 * run)
        light = light + 1.4 * energy * float(pulse.kick) * (index % 4 == 0)
        gain = 0.05 * float(self._air.daylight) + float(self._air.lamps)
        dots = _dots(projection, (x, y, z), 0.05, 1.1)
        dots[:, 3:6] *= (gain * light)[:, None] * np.array(self._colours.window)
        if self._air.wet < 0.5:  # a dry roof with a few puddles shows too little of them
            return dots
        shine = _dots(projection, (x, -y, z), 0.30, 3.0)
        shine[:, 3:6] *= (0.05 * float(self._air.wet) ** 2 * gain * light)[:, None]
        shine[:, 3:6] *= np.array(self._colours.window)
        return np.concatenate([shine, dots])

    def beacons(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the red lights on the masts, swelling once every two beats, one after another."""
        x, z, foot, head = self._beacons_m.T
        phase = (float(pulse.beat_count) / 2 + 0.37 * np.arange(len(x))) % 1.0
        swell = np.clip(1 - np.abs(phase - 0.3) / 0.3, 0, 1) ** 2
        far = np.hypot(x, z)
        clear = np.exp(-float(self._air.haze) * far)
        day = 0.25 + 0.75 * float(self._air.lamps)
        tables = []
        for y, share in ((head, 1.0), (0.5 * (foot + head), 0.5)):
            dots = _dots(projection, (x, y, z), 1.1, 1.3)
            dots[:, 3:6] *= (2.6 * share * day * clear * (0.15 + swell))[:, None] * _BEACON_RED
            tables.append(dots)
        return np.concatenate(tables)

    def stars(self, projection: Projection, t_s: float) -> NDArray[np.float32]:
        """Return twinkling stars all around, few of them bright."""
        azimuth = 2 * np.pi * self._star[:, 0]
        slope = 0.06 + 1.3 * self._star[:, 1]
        camera = projection.camera
        place = (
            camera.x_m + _SKY_M * np.sin(azimuth),
            camera.y_m + _SKY_M * slope,
            camera.z_m + _SKY_M * np.cos(azimuth),
        )
        twinkle = 0.8 + 0.2 * np.sin(t_s * (1 + 4 * self._star[:, 3]) + 50 * self._star[:, 4])
        light = (0.06 + 0.9 * self._star[:, 2] ** 7) * twinkle * np.clip(slope * 3 - 0.1, 0, 1)
        dots = _dots(projection, place, 0.0, 0.85)
        white = 0.5 + 0.5 * np.array(self._colours.orb)
        dots[:, 3:6] *= (float(self._air.stars) * light)[:, None] * white
        return dots

    def aeroplane(self, projection: Projection, t_s: float) -> NDArray[np.float32]:
        """Return an aeroplane far away, crossing the sky in a minute and a half."""
        way = (t_s / 90.0) % 1.0
        camera = projection.camera
        angle = 2.2 * (way - 0.5) + 0.3
        far = 2500.0
        x = camera.x_m + far * np.array([np.sin(angle), np.sin(angle + 0.006)])
        z = camera.z_m + far * np.array([np.cos(angle), np.cos(angle + 0.006)])
        y = np.array([1.0, 1.0]) * (camera.y_m + far * (0.30 + 0.10 * way))
        dots = _dots(projection, (x, y, z), 0.0, 1.2)
        blink = max(0.0, np.cos(2 * np.pi * t_s / 1.3)) ** 8
        gain = 1.2 * float(self._air.lamps) * np.exp(-float(self._air.haze) * 400)
        dots[0, 3:6] *= gain * (0.25 + blink)
        dots[1, 3:6] *= gain * 0.5 * _BEACON_RED
        return dots


def _dots(
    projection: Projection, place_m: tuple[Table, Table, Table], radius_m: float, least_px: float
) -> NDArray[np.float32]:
    """Return dots of light 1 at places; those behind the camera are dark and tiny."""
    column, row, depth = projection.to_px(*place_m)
    scale = projection.height_px / 576
    dots = new_dots(len(column))
    ahead = depth > 0.5
    dots[:, 0] = np.where(ahead, column, -100.0)
    dots[:, 1] = np.where(ahead, row, -100.0)
    size = np.maximum(radius_m * projection.px_per_m(depth), least_px * scale)
    dots[:, 2] = np.where(ahead, np.minimum(size, 40 * scale), 0.3)
    dots[:, 3:6] = ahead[:, None]
    return dots
