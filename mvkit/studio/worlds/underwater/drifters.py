"""What drifts in the water: jellyfish, bubbles, plankton."""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.figure import Actor
from mvkit.studio.kit.canvas import Canvas, pixel
from mvkit.studio.kit.jit import f32, kernel
from mvkit.studio.kit.maths import cosine, exponential, mix, saturate, smoothstep
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.kit.sprites import new_dots
from mvkit.studio.music import Pulse
from mvkit.studio.worlds.underwater.dress import SURFACE_M, Colours, Sea

__all__ = ["Drifters", "add_bubbles", "add_jellies"]

Table = NDArray[np.floating[Any]]

_N_JELLIES, _N_ARMS, _ARM_JOINTS = 12, 9, 9
_N_VENTS, _BEATS_UP = 7, 9
_N_SPECKS = 150
_CELL_M = 13.0


class Drifters:
    """Lists what drifts around a camera.

    Parameters
    ----------
    seed
        Another seed is another sea.
    colours, sea
        How the world is dressed.
    """

    def __init__(self, seed: int, colours: Colours, sea: Sea) -> None:
        random = np.random.default_rng(seed + 41)
        self._jelly = random.random((_N_JELLIES, 6))
        self._vent = random.random((64, 6))
        self._speck = random.random((_N_SPECKS, 6))
        self._colours, self._sea = colours, sea

    def jellies(
        self, projection: Projection, pulse: Pulse, t_s: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the bells for :func:`add_jellies`, far ones first, and their arms as strokes."""
        camera, chance = projection.camera, self._jelly
        beats = float(pulse.beat_count) + chance[:, 0]
        lattice = np.stack([chance[:, 1], chance[:, 2]], axis=1) * _CELL_M
        here = np.array([camera.x_m, camera.z_m])
        # Each belongs to the cell of a lattice that is nearest to the camera.
        x, z = (lattice + _CELL_M * np.round((here - lattice) / _CELL_M)).T
        # A stroke of the bell lifts it; between strokes it sinks a little.
        lift = 0.10 * np.exp(-3.0 * (beats % 1.0)) * (beats % 1.0) * 6
        y = 1.5 + 2.4 * chance[:, 3] + lift + 0.35 * np.sin(0.21 * t_s + 6.3 * chance[:, 4])
        x = x + 0.6 * np.sin(0.13 * t_s + 6.3 * chance[:, 5])
        column, row, depth = projection.to_px(x, y, z)
        scale = projection.px_per_m(depth)
        size = (0.17 + 0.20 * chance[:, 4]) * (1 + 0.35 * float(self._sea.alight))
        glow = self._glow(pulse, chance[:, 5])
        clear = np.exp(-0.8 * float(self._sea.fog) * depth)
        fade = np.clip((depth - 2.2) / 1.2, 0, 1) * np.clip((_CELL_M - depth) / 3, 0, 1)
        tint = np.where((chance[:, 0] < 0.5)[:, None], self._colours.glow, self._colours.coral_b)
        light = tint * (glow * clear * fade)[:, None]
        bells = np.empty((_N_JELLIES, 8), np.float32)
        bells[:, 0], bells[:, 1], bells[:, 2] = column, row, size * scale
        bells[:, 3] = beats % 1.0
        bells[:, 4:7] = light
        bells[:, 7] = 0.25 * np.sin(0.3 * t_s + 5 * chance[:, 2])
        seen = (depth > 1.5) & (light.max(axis=1) > 0.004)
        arms = self._arms(bells[seen], chance[seen], t_s)
        order = np.argsort(-depth[seen], kind="stable")
        return np.ascontiguousarray(bells[seen][order]), arms

    def _glow(self, pulse: Pulse, chance: Table) -> Table:
        """Return the light of jellyfish: lit through by day, at night answering the hats."""
        alight = float(self._sea.alight)
        own = alight * (0.75 + 1.1 * float(pulse.hat) * (0.4 + 0.6 * chance))
        return np.asarray(own + 0.5 * (1 - alight))

    def _arms(self, bells: NDArray[np.float32], chance: Table, t_s: float) -> NDArray[np.float32]:
        """Return arms trailing below the bells, as strokes in pixels."""
        arm = (np.arange(_N_ARMS) - (_N_ARMS - 1) / 2) / (_N_ARMS / 2)
        share = np.linspace(0.0, 1.0, _ARM_JOINTS)[:, None]
        tables = [np.empty((0, 10), np.float32)]
        for bell, own in zip(bells, chance, strict=True):
            size = float(bell[2])
            long = (1.9 + 1.3 * np.sin(3.1 * arm + 9 * own[1])) * size
            wave = np.sin(1.7 * t_s + 5 * own[4] + 2.3 * arm - 5.0 * share)
            x = bell[0] + size * (0.72 * arm * (1 - 0.35 * share) + 0.20 * wave * share)
            x = x + bell[7] * size * share
            y = bell[1] + 0.12 * size + long * share
            table = np.empty((_ARM_JOINTS - 1, _N_ARMS, 10), np.float32)
            table[..., 0], table[..., 1] = x[:-1], y[:-1]
            table[..., 3], table[..., 4] = x[1:], y[1:]
            thick = 0.035 * size * (1.1 - share)
            table[..., 2], table[..., 5] = thick[:-1], thick[1:]
            table[..., 6:9] = 1.1 * bell[4:7]
            table[..., 9] = 0.5 * (1 - share[1:])
            tables.append(table.reshape(-1, 10))
        return np.concatenate(tables)

    def bubbles(
        self, projection: Projection, pulse: Pulse, actor: Actor | None
    ) -> NDArray[np.float32]:
        """Return bubbles: a handful from some place in the sand with each beat; and breath.

        A row is x, y and radius in pixels, and its light.
        """
        camera = projection.camera
        beats = float(pulse.beat_count)
        born = np.repeat(floor(beats) - np.arange(_BEATS_UP), _N_VENTS)
        nth = np.tile(np.arange(_N_VENTS), _BEATS_UP)
        chance = self._vent[(born.astype(int) * 7 + nth) % len(self._vent)]
        age = beats - born - 0.5 * chance[:, 0] * (nth > 0)
        # The place changes with the beat; all bubbles of a beat rise close together.
        place = self._vent[born.astype(int) % len(self._vent)]
        lattice = np.stack([place[:, 0], place[:, 1]], axis=1) * 7.0
        here = np.array([camera.x_m, camera.z_m]) + 4.0 * np.array(
            [np.sin(camera.yaw_rad), np.cos(camera.yaw_rad)]
        )
        x, z = (lattice + 7.0 * np.round((here - lattice) / 7.0)).T
        wobble = np.sin(5 * age + 20 * chance[:, 2])
        x = x + 0.22 * (chance[:, 3] - 0.5) + 0.05 * wobble
        z = z + 0.22 * (chance[:, 4] - 0.5)
        y = 0.08 + age * (0.42 + 0.22 * chance[:, 5])
        radius = 0.012 + 0.026 * chance[:, 1] ** 2 + 0.002 * age
        light = np.where((age > 0) & (y < SURFACE_M), 1.0, 0.0) * np.clip(_BEATS_UP - age, 0, 1)
        light = light * (0.55 + 0.8 * float(pulse.kick) * np.exp(-0.8 * np.maximum(age, 0)))
        tables = [np.stack([x, y, z, radius, light], axis=1)]
        tables += [self._breath(person, beats) for person in (actor.people if actor else ())]
        x, y, z, radius, light = np.concatenate(tables).T
        column, row, depth = projection.to_px(x, y, z)
        clear = np.exp(-float(self._sea.fog) * depth) * np.clip((depth - 0.5) / 0.5, 0, 1)
        bubbles = np.stack(
            [column, row, radius * projection.px_per_m(depth), light * clear], axis=1
        )
        seen = (depth > 0.5) & (bubbles[:, 3] > 0.02)
        return np.ascontiguousarray(bubbles[seen], np.float32)

    def _breath(self, person: Actor, beats: float) -> Table:
        """Return a chain of bubbles rising from a person's mouth, one breath in four beats."""
        n = 16
        chance = self._vent[:n]
        age = (beats - 4 * np.floor(beats / 4)) - 0.09 * np.arange(n)
        older = np.where(age < 0, age + 4, age)
        top = person.ground_m + 1.52 * person.sheet.height_m / 1.72 - person.lowered_m
        ahead = 0.13 + 0.02 * chance[:, 0]
        x = person.x_m + ahead * np.sin(person.facing_rad) + 0.07 * (chance[:, 1] - 0.5) * older
        x = x + 0.03 * np.sin(6 * older + 9 * chance[:, 2])
        z = person.z_m + ahead * np.cos(person.facing_rad) + 0.07 * (chance[:, 3] - 0.5) * older
        y = top + 0.45 * older * (0.8 + 0.4 * chance[:, 4])
        radius = 0.004 + 0.011 * chance[:, 5] ** 2
        light = np.clip(4 * (4 - older), 0, 1) * np.clip(8 * older, 0, 1)
        return np.stack([x, y, z, radius, light], axis=1)

    def specks(self, projection: Projection, pulse: Pulse, t_s: float) -> NDArray[np.float32]:
        """Return specks floating by: dust in the light by day, at night glowing plankton."""
        chance, camera = self._speck, projection.camera
        near = 0.35 + chance[:, 4] ** 2
        unit = projection.height_px / 576
        drift = 0.02 * t_s * (0.3 + chance[:, 2]) + 0.02 * np.sin(0.6 * t_s + 20 * chance[:, 3])
        across = camera.yaw_rad / max(camera.lens, 0.2) + 0.05 * camera.x_m
        x = (chance[:, 0] + drift + near * across) % 1.0
        y = (chance[:, 1] - 0.6 * drift + 0.015 * np.sin(0.8 * t_s + 30 * chance[:, 5])) % 1.0
        alight = float(self._sea.alight)
        twinkle = 0.5 + 0.5 * np.sin((1 + 2 * chance[:, 3]) * t_s + 50 * chance[:, 2])
        hat = float(pulse.hat) * (0.3 + 0.7 * float(pulse.energy)) * (chance[:, 5] > 0.4)
        by_night = alight * (0.10 + 0.5 * twinkle**3 + 1.5 * hat)
        by_day = (1 - alight) * (0.03 + 0.06 * twinkle + 0.10 * float(pulse.high))
        dots = new_dots(len(chance))
        dots[:, 0], dots[:, 1] = x * projection.width_px, y * projection.height_px
        dots[:, 2] = (0.6 + 1.5 * near * (1 + 0.3 * alight)) * unit
        light = alight * np.array(self._colours.glow) + (1 - alight) * np.array(self._colours.light)
        dots[:, 3:6] = (by_night + by_day)[:, None] * light
        large = chance[:, 4] > 0.96
        dots[:, 2] = np.where(large, (3 + 5 * chance[:, 5]) * unit, dots[:, 2])
        dots[:, 3:6] *= np.where(large, 0.12, 1.0)[:, None]
        dots[:, 6] = large
        return dots


@kernel
def add_jellies(canvas: Canvas, bells: NDArray[np.float32]) -> None:
    """Add translucent bells, in place.

    Parameters
    ----------
    canvas
        The picture.
    bells
        A row is x, y of the rim's middle and the half width in pixels, phase of the stroke,
        light (3), lean.
    """
    _, height, width = canvas.shape
    for k in range(bells.shape[0]):
        size = max(bells[k, 2], f32(1))
        # The bell closes quickly on the beat and opens slowly.
        shut = exponential(f32(bells[k, 3] * f32(-3.5))) * f32(0.24)
        wide = size * (f32(1.08) - shut)
        tall = size * (f32(0.82) + shut * f32(1.2))
        lean = bells[k, 7]
        x0 = pixel(bells[k, 0] - wide * f32(1.6), width)
        x1 = pixel(bells[k, 0] + wide * f32(1.6), width)
        y0 = pixel(bells[k, 1] - tall * f32(1.2), height)
        y1 = pixel(bells[k, 1] + tall * f32(0.4), height)
        for y in range(y0, y1):
            v = (bells[k, 1] - f32(y) - f32(0.5)) / tall
            out_r = canvas[0, y]
            out_g = canvas[1, y]
            out_b = canvas[2, y]
            for x in range(x0, x1):
                u = (f32(x) + f32(0.5) - bells[k, 0]) / wide + lean * v * f32(0.3)
                high = max(v, f32(0))
                r2 = u * u + high * high
                dome = saturate((f32(1) - r2) * f32(7))
                # Below the rim: a short scalloped skirt.
                hem = f32(0.10) + f32(0.05) * cosine(f32(u * f32(22)))
                skirt = smoothstep(-hem - f32(0.1), -hem + f32(0.06), v)
                inside = dome * skirt
                rim = saturate(f32(1) - abs(r2 - f32(0.86)) * f32(5.5)) * skirt
                lip = exponential(f32(-v * v * f32(160))) * saturate((f32(1) - u * u) * f32(6))
                ribs = f32(0.5) + f32(0.5) * cosine(
                    f32(u * f32(16) / (f32(1.15) - f32(0.5) * high))
                )
                du = abs(abs(u) - f32(0.24))
                dv = v - f32(0.42)
                heart = exponential(f32(-(du * du * f32(60) + dv * dv * f32(34))))
                glow = exponential(f32(-(u * u + (v - f32(0.3)) * (v - f32(0.3))) * f32(3)))
                glow = glow * saturate(f32(1.35) - np.sqrt(u * u + v * v))
                light = (
                    inside * (f32(0.20) + f32(0.14) * ribs)
                    + rim * f32(0.55)
                    + lip * skirt * f32(0.5)
                    + heart * dome * f32(0.75)
                    + glow * f32(0.10)
                )
                veil = f32(1) - inside * f32(0.25)
                out_r[x] = out_r[x] * veil + light * bells[k, 4]
                out_g[x] = out_g[x] * veil + light * bells[k, 5]
                out_b[x] = out_b[x] * veil + light * bells[k, 6]


@kernel
def add_bubbles(canvas: Canvas, bubbles: NDArray[np.float32], light: RGB) -> None:
    """Add bubbles, in place: bright rims, a glint above, a second one inside below."""
    _, height, width = canvas.shape
    for k in range(bubbles.shape[0]):
        radius = max(bubbles[k, 2], f32(0.7))
        gain = bubbles[k, 3] * saturate(bubbles[k, 2] * f32(1.5))
        flat = f32(1.12)  # a rising bubble is pressed flat
        soft = f32(1) / radius
        reach = radius * f32(1.2) + f32(1.5)
        x0 = pixel(bubbles[k, 0] - reach, width)
        x1 = pixel(bubbles[k, 0] + reach + f32(1), width)
        y0 = pixel(bubbles[k, 1] - reach, height)
        y1 = pixel(bubbles[k, 1] + reach + f32(1), height)
        for y in range(y0, y1):
            v = (f32(y) + f32(0.5) - bubbles[k, 1]) * soft * flat
            for plane in range(3):
                own = light[plane] * gain
                out = canvas[plane, y]
                for x in range(x0, x1):
                    u = (f32(x) + f32(0.5) - bubbles[k, 0]) * soft
                    r = np.sqrt(u * u + v * v + f32(1e-6))
                    inside = saturate((f32(1) - r) * radius + f32(0.5))
                    rim = smoothstep(f32(0.45), f32(1), r) * inside
                    gx = u + f32(0.32)
                    gy = v + f32(0.42)
                    glint = exponential(f32(-(gx * gx + gy * gy) * f32(16)))
                    below = saturate(v) * rim
                    lit = rim * rim * f32(0.35) + glint * inside * f32(1.1) + below * f32(0.35)
                    out[x] = mix(out[x], out[x] * f32(0.88), inside) + own * lit
