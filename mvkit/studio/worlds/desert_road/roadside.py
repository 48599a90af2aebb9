"""What stands beside the road: poles and wires, dry grass, reflectors; and dust in the air."""

from __future__ import annotations

from math import cos, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, Projection
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.kit.strokes import world_strokes
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.desert_road.dress import Colours, Hour

__all__ = ["Roadside"]

Table = NDArray[np.floating[Any]]

_N_PLACES = 512  # along the road, before they come again
_TUFT_GAP_M = 1.7
_N_BLADES = 11  # of a tuft, besides its shadow
_POLE_GAP_M = 26.0
_POLE_X_M = 8.2
_REFLECTOR_GAP_M = 9.0
_FRONT_M_PER_S = 70.0


class Roadside:
    """Lists what stands beside the road.

    Parameters
    ----------
    seed
        Another seed is another stretch of road.
    colours, hour
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, hour: Hour) -> None:
        self._colours = colours
        self._azimuth, self._glow = float(hour.azimuth), float(hour.glow)
        # One row of chances for each place along the road, which then repeats.
        self._chance = np.random.default_rng(seed + 11).random((_N_PLACES, 8))
        self._tufts, self._tuft_sizes_m = self._all_tufts()

    def strokes(self, camera: Camera, pulse: Pulse, t_s: float) -> Table:
        """Return grass, poles and wires around a camera, in metres."""
        return np.concatenate([self._scrub(camera, pulse, t_s), self._poles(camera, t_s)])

    def dust(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return dust floating before the lens, sparkling with the treble."""
        chance = self._chance[:60]
        dots = new_dots(len(chance))
        drift = t_s * 0.02 * (0.5 + chance[:, 2]) - 0.05 * projection.camera.x_m
        dots[:, 0] = ((chance[:, 0] + drift) % 1.0 * 1.1 - 0.05) * projection.width_px
        bob = 0.02 * np.sin(t_s * 0.8 + 9 * chance[:, 3])
        dots[:, 1] = (0.3 + 0.7 * chance[:, 1] + bob) * projection.height_px
        dots[:, 2] = (0.0016 + 0.003 * chance[:, 4]) * projection.height_px
        treble = max(float(pulse.high), float(pulse.hat))
        light = 0.06 + 0.22 * treble * (chance[:, 5] > 0.6)
        dots[:, 3:6] = light[:, None] * self._glow * np.array(self._colours.sun)
        return dots

    def _cells(self, camera: Camera, gap_m: float, n_cells: int) -> tuple[Table, Table]:
        """Return the z of evenly spaced places in view, and the chances that belong to them."""
        first = int((camera.z_m - 40.0 * abs(sin(camera.yaw_rad))) // gap_m)
        index = np.arange(first, first + n_cells)
        return index * gap_m, self._chance[index % len(self._chance)]

    def _poles(self, camera: Camera, t_s: float) -> Table:
        """Return telephone poles on the right and their swaying wires, as strokes."""
        z, chance = self._cells(camera, _POLE_GAP_M, 14)
        wood = 0.35 * np.array(self._colours.hills)
        foot = _POLE_X_M + 0.4 * (chance[:, 0] - 0.5)
        lean = 0.35 * (chance[:, 1] - 0.5)
        # Two arms; each carries a wire at both its ends: (arm or wire, pole).
        height_m = np.array([[7.7], [6.9]])
        half_m = np.array([[1.15], [0.85]])
        middle = foot + lean * height_m / 8.2
        knob_x = np.concatenate([middle - half_m, middle + half_m])
        knob_y = np.concatenate([height_m, height_m])
        return np.concatenate(
            [
                world_strokes((foot, 0.0, z, 0.15), (foot + lean, 8.2, z, 0.11), wood),
                world_strokes(
                    (middle - half_m - 0.1, height_m, z, 0.055),
                    (middle + half_m + 0.1, height_m, z, 0.055),
                    wood,
                ),
                world_strokes((knob_x, knob_y, z, 0.045), (knob_x, knob_y + 0.18, z, 0.045), wood),
                _wires(knob_x, knob_y + 0.18, z, t_s, wood),
            ]
        )

    def _scrub(self, camera: Camera, pulse: Pulse, t_s: float) -> Table:
        """Return tufts of dry grass beside the road, nodding with the snare, as strokes."""
        first_z_m, _ = self._cells(camera, _TUFT_GAP_M, 48)
        index = np.rint(first_z_m / _TUFT_GAP_M).astype(int) % _N_PLACES
        tufts = self._tufts[index]
        tufts[..., (2, 6)] += first_z_m[:, None, None]
        x, z = tufts[:, 0, 0], tufts[:, 0, 2]
        # Faint in the distance, so that none pops up, and before the lens, where it would loom.
        distance = np.hypot(x - camera.x_m, z - camera.z_m)
        seen = np.clip((70.0 - distance) / 25.0, 0.0, 1.0) * np.clip(distance / 3 - 1, 0.0, 1.0)
        tufts[..., 11] *= seen[:, None]
        gust = 0.05 * np.sin(1.7 * t_s + 0.4 * x) + 0.14 * float(pulse.snare)
        tufts[:, 1:, 4] += (gust * self._tuft_sizes_m[index])[:, None]
        return tufts[seen > 0].reshape(-1, tufts.shape[-1])

    def _all_tufts(self) -> tuple[Table, Table]:
        """Return the tufts of all places, (place, stroke, column) and their sizes.

        The first stroke of a tuft is its shadow; all are placed along the road as if their
        place were at z = 0.
        """
        chance = self._chance
        x = np.where(chance[:, 0] < 0.5, -1.0, 1.0) * (4.3 + 26.0 * chance[:, 1] ** 2)
        z = _TUFT_GAP_M * chance[:, 2]
        size = 0.22 + 0.5 * chance[:, 3] ** 2
        dark = 0.5 * np.array(self._colours.hills)
        straw = 0.5 * np.array(self._colours.sand) + 0.16 * self._glow * np.array(self._colours.sun)
        away_x, away_z = -3 * sin(self._azimuth) * size, -3 * cos(self._azimuth) * size
        shade = world_strokes(
            (x, 0.0, z, 0.22 * size), (x + away_x, 0.0, z + away_z, 0.1 * size), dark, 0.5
        )
        blade = np.arange(_N_BLADES)
        wild = chance[:, 4:][:, blade % 4]
        spread = ((blade - 5) / 5 + 0.3 * (wild - 0.5)) * size[:, None]
        length = size[:, None] * (0.7 + 0.5 * wild[:, ::-1]) - 0.35 * np.abs(spread)
        lit = np.where(blade % 3 == 0, 1.0, 0.6)[:, None]
        x, z = x[:, None], z[:, None]
        blades = world_strokes(
            (x + 0.15 * spread, 0.0, z, 0.028),
            (x + 0.8 * spread, length, z, 0.004),
            dark + lit * (straw - dark),
        )
        shape = (_N_PLACES, _N_BLADES, shade.shape[-1])
        return np.concatenate([shade[:, None], blades.reshape(shape)], axis=1), size

    def reflectors(self, projection: Projection, pulse: Pulse) -> NDArray[np.float32]:
        """Return the reflectors at the roadside: light runs along them with the beat."""
        first = int(projection.camera.z_m // _REFLECTOR_GAP_M) + 1
        index = np.repeat(np.arange(first, first + 22), 2)
        x_m = np.tile([-4.25, 4.25], 22)
        x_px, y_px, depth_m = projection.to_px(x_m, 0.55, index * _REFLECTOR_GAP_M)
        steps = float(pulse.beat_count) - 0.11 * index
        light = 0.12 + 1.5 * np.exp(-5.0 * (steps % 1.0)) * float(pulse.energy)
        # A new part of the song runs ahead along the road once.
        front_m = _FRONT_M_PER_S * float(pulse.section_age_s)
        ahead_m = index * _REFLECTOR_GAP_M - projection.camera.z_m
        light += 2.0 * np.exp(-(((ahead_m - front_m) / 16.0) ** 2)) * (0.4 + float(pulse.energy))
        dots = new_dots(44)
        dots[:, 0], dots[:, 1] = x_px, y_px
        dots[:, 2] = np.maximum(0.07 * projection.px_per_m(depth_m), 0.9)
        fade = np.exp(-0.012 * depth_m) * (depth_m > 0.6)
        dots[:, 3:6] = (light * fade)[:, None] * np.array(self._colours.sun)
        return dots


def _wires(x: Table, y: Table, z: Table, t_s: float, colour: Table) -> Table:
    """Return the wires from each knob (wire, pole) to the next pole's, sagging and swaying."""
    share = np.linspace(0.0, 1.0, 9)[:, None, None]
    sag = 4 * share * (1 - share)
    line_x = x[:, :-1] + (x[:, 1:] - x[:, :-1]) * share
    line_x = line_x + 0.12 * np.sin(1.1 * t_s + 0.05 * z[:-1]) * sag
    line_y = y - 0.8 * sag
    line_z = z[:-1] + (z[1:] - z[:-1]) * share
    start = (line_x[:-1], line_y[:-1], line_z[:-1], 0.014)
    end = (line_x[1:], line_y[1:], line_z[1:], 0.014)
    return world_strokes(start, end, colour)
