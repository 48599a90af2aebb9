"""Northern lights: folded curtains that hang high over the land, in true perspective.

A curtain is a line over the land, high up, from which rays of light rise. Seen from the lake
every piece of that line has a direction, a height of its foot and of its upper end over the
horizon, and a brightness: the more it is seen from its edge, the more light lies in one
direction. Folds that cross each other simply add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import Scalar, f32, kernel
from mvkit.studio.kit.maths import exponential, saturate, smoothstep
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Pulse

__all__ = ["RAY_COLUMNS", "Curtains", "hang_curtains"]

Table = NDArray[np.floating[Any]]

RAY_COLUMNS = ("across_0", "across_1", "foot", "head", "light", "hem")
"""A piece of a curtain: its two sides and the height of foot and head, as tangents in the
camera's frame; its light, and how much its hem glows in the crown's colour."""

_N_PIECES = 480
# Middle of a curtain (x, z) in units of its height over the land, half its length, its turn
# about the upright axis (rad), how high its rays rise, and its light.
_BANDS = (
    (0.4, 4.4, 11.0, 0.22, 1.9, 1.0),
    (-1.4, 2.7, 5.0, -0.30, 2.0, 0.6),
    (1.8, 7.4, 15.0, -0.05, 1.8, 0.5),
    (0.0, -4.6, 10.0, 0.25, 1.9, 0.9),
    (5.2, 0.4, 7.0, 1.30, 1.9, 0.6),
    (-5.4, -0.6, 7.0, -1.75, 1.9, 0.6),
)
_SWEEP_S = 2.4


class Curtains:
    """The aurora of one sky.

    Parameters
    ----------
    seed
        Another seed is another aurora.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed + 41)
        # Smooth noise that repeats after 64 units, by which the light varies along a curtain.
        knots = rng.random(64)
        place = np.linspace(0, 64, 64 * 16, endpoint=False)
        low = place.astype(int)
        share = place - low
        share = share * share * (3 - 2 * share)
        self._noise = knots[low % 64] * (1 - share) + knots[(low + 1) % 64] * share
        # Curtains are the rows of tables whose columns are the places along them.
        self._phase = 2 * np.pi * rng.random((6, len(_BANDS), 1))
        self._bands = np.array(_BANDS).T[:, :, None]
        self._share = np.linspace(-1, 1, _N_PIECES + 1)
        self._place = self._share * self._bands[2]

    def rays(self, camera: Camera, aspect: float, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return the pieces of all curtains that a camera sees, columns `RAY_COLUMNS`.

        ``aspect`` is the width of the frame by its height.
        """
        middle_x, middle_z, _, turn, rise, gain = self._bands
        along, off = _line(self._place, self._phase + _unrolled(pulse), t_s)
        x = middle_x + along * np.cos(turn) + off * np.sin(turn)
        z = middle_z - along * np.sin(turn) + off * np.cos(turn)
        sin_yaw, cos_yaw = np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)
        ahead = x * sin_yaw + z * cos_yaw
        depth = np.maximum(ahead, 0.05)
        across = (x * cos_yaw - z * sin_yaw) / depth
        low = np.minimum(across[:, :-1], across[:, 1:])
        high = np.maximum(across[:, :-1], across[:, 1:])
        limit = 0.55 * aspect * camera.lens
        seen = (low < limit) & (high > -limit) & (np.minimum(ahead[:, :-1], ahead[:, 1:]) > 0.25)
        band, piece = np.nonzero(seen)
        low, high, depth = low[seen], high[seen], depth[:, :-1][seen]
        # The light of a piece by the angle it fills: more where it is seen from its edge.
        length = np.hypot(np.diff(x, axis=1)[seen], np.diff(z, axis=1)[seen])
        edge = length / np.maximum((high - low) * depth, 0.25 * length)
        light, height, hem, ragged = self._light(band, piece, pulse, t_s)
        strength = gain[band, 0] * light * np.minimum(edge, 4.0) ** 0.5
        foot = (1.0 + 0.16 * (ragged - 0.5)) / depth
        head = foot * (1.0 + (rise[band, 0] - 0.5) * height)
        return np.ascontiguousarray(
            np.stack([low, high, foot, head, strength, hem], axis=1), np.float32
        )

    def _light(
        self, band: NDArray[np.int64], piece: NDArray[np.int64], pulse: Pulse, t_s: float
    ) -> tuple[Table, Table, Table, Table]:
        """Return light, height, glow and height of the hem of pieces, as the song moves them."""
        energy, bass, mid = float(pulse.energy), float(pulse.bass), float(pulse.mid)
        s = self._share[piece]
        phase = self._phase[:, band, 0]
        place = s * self._bands[2, band, 0]
        noise_at = place + 3 * phase[4]
        broad = self._at(0.55 * noise_at - 0.10 * t_s)
        rays = self._at(5.5 * noise_at + 0.55 * t_s)
        fine = self._at(17.0 * noise_at - 0.8 * t_s)
        wave = 0.5 + 0.5 * np.cos(np.pi * float(pulse.beat_count) - 0.9 * place + phase[5])
        dance = energy * (0.25 + 0.75 * mid) * wave**3
        light = (0.07 + 1.1 * broad**2.2) * (0.22 + 0.85 * rays**1.5 + 0.35 * (fine - 0.5))
        light = np.maximum(light, 0.0) * (0.45 + 0.35 * energy + 0.35 * bass * energy + 0.8 * dance)
        # A new part of the song sweeps along the curtain.
        age = min(float(pulse.section_age_s) / _SWEEP_S, 1.0)
        front = np.exp(-(((s - (2.6 * age - 1.3)) / 0.22) ** 2)) * (1 - age)
        light = light * (1 + 1.6 * front) * np.cos(0.5 * np.pi * s) ** 0.5
        height = (0.55 + 0.75 * rays * broad + 0.25 * dance + 0.3 * front) * (0.8 + 0.3 * energy)
        hem = 0.10 + 0.9 * np.clip(dance + 0.5 * front + 0.3 * float(pulse.kick) * energy, 0, 1)
        return light, height, hem, 0.6 * rays + 0.4 * fine

    def _at(self, place: Table) -> Table:
        """Return the smooth noise at places."""
        at = (place * 16.0) % len(self._noise)
        low = at.astype(np.int64)
        after = self._noise[(low + 1) % len(self._noise)]
        return self._noise[low] + (after - self._noise[low]) * (at - low)


def _unrolled(pulse: Pulse) -> float:
    """Return how far the curtains have turned over: once with each part of the song."""
    age = min(float(pulse.section_age_s) / _SWEEP_S, 1.0)
    return 1.7 * (float(pulse.section_count) - 1.0 + age * age * (3 - 2 * age))


def _line(place: Table, phase: Table, t_s: float) -> tuple[Table, Table]:
    """Return the line of a curtain: along its length and off it, with slowly moving folds."""
    bend = 1.0 * np.sin(0.42 * place + phase[0] + 0.050 * t_s)
    fold = np.sin(1.3 * place + phase[1] - 0.11 * t_s)
    curl = np.sin(3.1 * place + phase[2] + 0.23 * t_s)
    frill = np.sin(7.3 * place + phase[3] - 0.5 * t_s)
    off = bend + 0.55 * fold + 0.16 * curl + 0.05 * frill
    along = place + 0.62 * np.cos(1.3 * place + phase[1] - 0.11 * t_s + 0.6)
    along = along + 0.26 * np.cos(3.1 * place + phase[2] + 0.23 * t_s) + 0.07 * frill
    return along, off


@kernel
def hang_curtains(
    sky: Canvas, rays: NDArray[np.float32], px: Scalar, body: RGB, crown: RGB
) -> None:
    """Add curtains to a sky, in place.

    Parameters
    ----------
    sky
        (3, columns, rows): rows count upwards from the horizon.
    rays
        Pieces of curtains, columns `RAY_COLUMNS`.
    px
        Size of a pixel at one metre.
    body, crown
        Light of the curtain and of its upper edge.
    """
    _, n_columns, n_rows = sky.shape
    middle = f32(n_columns) * f32(0.5)
    for k in range(rays.shape[0]):
        left = rays[k, 0] / px + middle
        right = rays[k, 1] / px + middle
        # A piece narrower than a column lends it a part of its light.
        share = min(right - left, f32(1))
        centre = f32(0.5) * (left + right)
        half = max(f32(0.5) * (right - left), f32(0.5))
        foot = rays[k, 2] / px
        per_tall = px / max(rays[k, 3] - rays[k, 2], f32(0.02))
        soft = f32(1) / max(f32(0.05) / per_tall, f32(1.2))
        light = rays[k, 4]
        hem = rays[k, 5]
        first = pixel(foot - f32(1.2) / soft, n_rows)
        last = pixel(foot + f32(2.6) / per_tall, n_rows)
        for column in range(
            pixel(centre - half, n_columns), pixel(centre + half + f32(1), n_columns)
        ):
            inside = min(f32(column) + f32(1), centre + half) - max(f32(column), centre - half)
            weight = max(inside, f32(0)) * share * light
            red = sky[0, column, first:last]
            green = sky[1, column, first:last]
            blue = sky[2, column, first:last]
            for i in range(last - first):
                up = f32(i) + (f32(first) + f32(0.5) - foot)
                v = max(up, f32(0)) * per_tall
                rise = smoothstep(f32(-1), f32(1.0), up * soft)
                window = saturate(f32(2.6) - v)
                glow = weight * rise * exponential(v * f32(-2.9)) * window
                high = weight * rise * exponential(v * f32(-1.0)) * saturate(v * f32(1.1)) * window
                rim = weight * hem * rise * exponential(v * f32(-16)) * f32(0.9)
                top = high * f32(0.55) + rim
                red[i] += glow * body[0] + top * crown[0]
                green[i] += glow * body[1] + top * crown[1]
                blue[i] += glow * body[2] + top * crown[2]
