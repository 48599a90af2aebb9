"""From linear light to the picture: lens, film and the encoder's planes.

A world paints light without bounds; :class:`Darkroom` turns it into what a screen shows:
bloom around lamps, chromatic aberration on a hit, vignette, a filmic curve, tints, contrast,
grain, letterbox and fade. The result is packed as one int32 per pixel (``b | g << 8 | r << 16``,
BGRX in memory), from which :func:`to_yuv420` makes the planes that the encoder takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.kit.jit import Scalar, f32, i32, kernel
from mvkit.studio.kit.maths import mix, saturate
from mvkit.studio.kit.noise import hash_2d
from mvkit.studio.kit.rgb import RGB
from mvkit.studio.music import Pulse

__all__ = ["UNTONED", "Darkroom", "Look", "Tone", "to_rgb", "to_yuv420"]

# Takes are the unit of parallel work; threads inside OpenCV would only fight over the cores.
cv2.setNumThreads(1)

_LIGHTNESS_POWER = 1.5  # lightness is about the cube root of light; palettes do their part, too
_WARM_LIGHT = (0.2, 0.0, -0.28)  # by how much warmth brightens red, green and blue


@dataclass(frozen=True)
class Tone:
    """How a part of the film differs in light from its world's look.

    Parameters
    ----------
    lightness, saturation
        Factors; 1 leaves the look as it is.
    warmth
        From -1, cooler, to 1, warmer.
    """

    lightness: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0


UNTONED = Tone()


@dataclass(frozen=True)
class Look:
    """How a world's light is developed.

    Parameters
    ----------
    exposure, balance
        Gain before the filmic curve, and that of red, green and blue besides.
    bloom, bloom_knee, halation
        Glow around lamps: its amount, the level where it sets in, and the extra red of film.
    vignette
        Darkening towards the corners, 0 none.
    grain
        Film grain; also dithers gradients. Above 0.012 it eats the bit rate of the encoder.
    aberration
        Colour fringes at the frame's edge on a strong hit, as a share of the distance.
    contrast, saturation
        1 leaves the picture as it is.
    shadow_tint, highlight_tint
        Red, green, blue added to the darks and the brights.
    flash
        Extra exposure of a downbeat's flash, as a share.
    letterbox
        Share of the frame's height taken by black bars.
    """

    exposure: float = 1.2
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    bloom: float = 0.6
    bloom_knee: float = 0.8
    halation: float = 0.08
    vignette: float = 0.35
    grain: float = 0.01
    aberration: float = 0.0024
    contrast: float = 1.05
    saturation: float = 1.05
    shadow_tint: tuple[float, float, float] = (0.0, 0.0, 0.0)
    highlight_tint: tuple[float, float, float] = (0.0, 0.0, 0.0)
    flash: float = 0.22
    letterbox: float = 0.0

    def toned(self, tone: Tone) -> Look:
        """Return the look as a part of the film has it."""
        red, green, blue = (1.0 + tone.warmth * share for share in _WARM_LIGHT)
        return replace(
            self,
            exposure=self.exposure * tone.lightness**_LIGHTNESS_POWER,
            saturation=self.saturation * tone.saturation,
            balance=(red, green, blue),
        )


class _Grade(NamedTuple):
    """A look at one frame, as float32 for the kernel."""

    exposure: RGB
    bloom: Scalar
    halation: Scalar
    vignette: Scalar
    grain: Scalar
    aberration: Scalar
    contrast: Scalar
    saturation: Scalar
    shadow_tint: RGB
    highlight_tint: RGB
    fade: Scalar
    bar_px: Scalar


@kernel
def _gather_highlights(canvas: Canvas, small: NDArray[np.float32], knee: Scalar) -> None:
    """Average 4x4 blocks and keep what lies above the knee, softly; ``small`` is (h, w, 3)."""
    height = small.shape[0]
    width = small.shape[1]
    block = np.empty(width, np.float32)
    for plane in range(3):
        for y in range(height):
            for x in range(width):
                total = f32(0)
                for j in range(4):
                    for i in range(4):
                        total += canvas[plane, y * 4 + j, x * 4 + i]
                block[x] = total * f32(1 / 16)
            for x in range(width):
                level = max(block[x], f32(0))
                small[y, x, plane] = min(level * level / (level + knee), f32(12))


@kernel
def _develop(
    canvas: Canvas,
    bloom: NDArray[np.float32],
    packed: NDArray[np.int32],
    grade: _Grade,
    frame: int,
) -> None:
    """Fill ``packed`` from the canvas and its bloom."""
    _, height, width = canvas.shape
    red = np.empty(width, np.float32)
    green = np.empty(width, np.float32)
    blue = np.empty(width, np.float32)
    glow_r = np.empty(width, np.float32)
    glow_g = np.empty(width, np.float32)
    glow_b = np.empty(width, np.float32)
    middle_x = f32(width) * f32(0.5)
    middle_y = f32(height) * f32(0.5)
    # The longer half side is 1, so a vignette reaches the same corners in any format.
    per_half = f32(1) / max(middle_x, middle_y)
    seed = i32(frame)
    seed_1 = i32(seed * i32(131))
    seed_2 = i32(seed * i32(977))
    seed_3 = i32(seed * i32(57))
    seed_4 = i32(seed * i32(331))
    one = f32(1)
    bar = i32(grade.bar_px)
    shift = grade.aberration
    last = f32(width - 2)
    exposure = grade.exposure
    tint_s = grade.shadow_tint
    tint_h = grade.highlight_tint
    for y in range(height):
        if y < bar or y >= height - bar:
            for x in range(width):
                packed[y, x] = i32(0)
            continue
        fy = (f32(y) + f32(0.5) - middle_y) * per_half
        if shift > f32(1e-4):
            dy = (f32(y) - middle_y) * shift
            row_r = canvas[0, min(max(i32(f32(y) + dy + f32(0.5)), 0), height - 1)]
            row_b = canvas[2, min(max(i32(f32(y) - dy + f32(0.5)), 0), height - 1)]
            for x in range(width):
                place = min(max(f32(x) + (f32(x) - middle_x) * shift, f32(0)), last)
                i = i32(place)
                red[x] = mix(row_r[i], row_r[i32(i + i32(1))], place - f32(i))
            for x in range(width):
                place = min(max(f32(x) - (f32(x) - middle_x) * shift, f32(0)), last)
                i = i32(place)
                blue[x] = mix(row_b[i], row_b[i32(i + i32(1))], place - f32(i))
        else:
            for x in range(width):
                red[x] = canvas[0, y, x]
            for x in range(width):
                blue[x] = canvas[2, y, x]
        for x in range(width):
            green[x] = canvas[1, y, x]
        for x in range(width):
            glow_r[x] = bloom[y, x, 0]
        for x in range(width):
            glow_g[x] = bloom[y, x, 1]
        for x in range(width):
            glow_b[x] = bloom[y, x, 2]
        for x in range(width):
            fx = (f32(x) + f32(0.5) - middle_x) * per_half
            corner = one / (one + grade.vignette * (fx * fx + fy * fy))
            corner = corner * corner
            r = (red[x] + glow_r[x] * (grade.bloom + grade.halation)) * (corner * exposure[0])
            g = (green[x] + glow_g[x] * grade.bloom) * (corner * exposure[1])
            b = (blue[x] + glow_b[x] * grade.bloom) * (corner * exposure[2])
            # A lamp burns out towards white instead of clipping to a pure hue.
            burn = saturate((max(r, max(g, b)) - one) * f32(0.12))
            level = (r + g + b) * f32(1 / 3)
            r = max(mix(r, level, burn), f32(0))
            g = max(mix(g, level, burn), f32(0))
            b = max(mix(b, level, burn), f32(0))
            # Filmic curve (K. Narkowicz's fit of ACES, 2016), then gamma 2.
            r = r * (f32(2.51) * r + f32(0.03)) / (r * (f32(2.43) * r + f32(0.59)) + f32(0.14))
            g = g * (f32(2.51) * g + f32(0.03)) / (g * (f32(2.43) * g + f32(0.59)) + f32(0.14))
            b = b * (f32(2.51) * b + f32(0.03)) / (b * (f32(2.43) * b + f32(0.59)) + f32(0.14))
            r = np.sqrt(r)
            g = np.sqrt(g)
            b = np.sqrt(b)
            level = r * f32(0.3) + g * f32(0.59) + b * f32(0.11)
            r = mix(level, r, grade.saturation)
            g = mix(level, g, grade.saturation)
            b = mix(level, b, grade.saturation)
            dark = (one - level) * (one - level)
            bright = level * level
            r = r + dark * tint_s[0] + bright * tint_h[0]
            g = g + dark * tint_s[1] + bright * tint_h[1]
            b = b + dark * tint_s[2] + bright * tint_h[2]
            r = mix(f32(0.45), r, grade.contrast)
            g = mix(f32(0.45), g, grade.contrast)
            b = mix(f32(0.45), b, grade.contrast)
            noise = hash_2d(i32(i32(x) + seed_1), i32(i32(y) + seed_2))
            noise = noise + hash_2d(i32(i32(x) - seed_3), i32(i32(y) + seed_4)) - one
            noise = noise * grade.grain * (f32(1.15) - level)
            red[x] = saturate((r + noise) * grade.fade) * f32(255) + f32(0.5)
            green[x] = saturate((g + noise) * grade.fade) * f32(255) + f32(0.5)
            blue[x] = saturate((b + noise) * grade.fade) * f32(255) + f32(0.5)
        out = packed[y]
        for x in range(width):
            low = i32(i32(blue[x]) | i32(i32(green[x]) << i32(8)))
            out[x] = i32(low | i32(i32(red[x]) << i32(16)))


class Darkroom:
    """Develops canvases of one size; owns the buffers, so one per thread.

    Parameters
    ----------
    width_px, height_px
        Size of the frames.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._width_px = width_px
        self._height_px = height_px
        self._small = np.empty((max(height_px // 4, 1), max(width_px // 4, 1), 3), np.float32)
        self._packed = np.empty((height_px, width_px), np.int32)

    def develop(
        self,
        canvas: Canvas,
        look: Look,
        *,
        pulse: Pulse,
        frame: int,
        fade: float = 1.0,
        lift: float = 0.0,
    ) -> NDArray[np.int32]:
        """Develop one frame.

        Parameters
        ----------
        canvas
            Linear light (3, height, width).
        look
            The world's look.
        pulse
            The song at this frame: its flash and its hits.
        frame
            Number of the frame in the song; seeds the grain.
        fade
            1 full picture, 0 black.
        lift
            Extra exposure of an accent, as a share; a flash of the song is not added to it.

        Returns
        -------
        numpy.ndarray
            Packed pixels (height, width), int32; overwritten by the next call.
        """
        _gather_highlights(canvas, self._small, np.float32(look.bloom_knee))
        _develop(canvas, self._bloom(), self._packed, self._grade(look, pulse, fade, lift), frame)
        return self._packed

    def _bloom(self) -> NDArray[np.float32]:
        """Blur the highlights at three widths, working at a 4th and a 16th of the size."""
        height, width = self._height_px, self._width_px
        near = cv2.GaussianBlur(self._small, (0, 0), 1.6)
        tiny = (max(width // 16, 1), max(height // 16, 1))
        far = cv2.GaussianBlur(cv2.resize(near, tiny, interpolation=cv2.INTER_AREA), (0, 0), 2.2)
        far = cv2.addWeighted(far, 0.6, cv2.GaussianBlur(far, (0, 0), 6), 0.6, 0)
        size = (self._small.shape[1], self._small.shape[0])
        glow = cv2.addWeighted(
            near, 0.45, cv2.resize(far, size, interpolation=cv2.INTER_CUBIC), 0.75, 0
        )
        return np.asarray(cv2.resize(glow, (width, height), interpolation=cv2.INTER_LINEAR))

    def _grade(self, look: Look, pulse: Pulse, fade: float, lift: float) -> _Grade:
        f = np.float32
        hit = max(float(pulse.onset) - 0.6, 0.0) / 0.4 * float(pulse.energy)
        exposure = look.exposure * (1 + max(look.flash * float(pulse.flash), lift))
        return _Grade(
            exposure=_rgb(look.balance, exposure),
            bloom=f(look.bloom),
            halation=f(look.halation),
            vignette=f(look.vignette),
            grain=f(look.grain),
            aberration=f(look.aberration * hit),
            contrast=f(look.contrast),
            saturation=f(look.saturation),
            shadow_tint=_rgb(look.shadow_tint),
            highlight_tint=_rgb(look.highlight_tint),
            fade=f(fade),
            bar_px=f(look.letterbox * self._height_px / 2),
        )


def _rgb(levels: tuple[float, float, float], gain: float = 1.0) -> RGB:
    red, green, blue = (np.float32(gain * level) for level in levels)
    return red, green, blue


@kernel
def _fill_yuv(
    packed: NDArray[np.int32], luma: NDArray[np.uint8], chroma: NDArray[np.uint8]
) -> None:
    """Fill the planes of yuv420p; ``chroma`` is (2, height/2, width/2)."""
    height, width = packed.shape
    low = i32(255)
    for y in range(height):
        row = packed[y]
        out = luma[y]
        for x in range(width):
            p = row[x]
            b = f32(i32(p & low))
            g = f32(i32(i32(p >> i32(8)) & low))
            r = f32(i32(i32(p >> i32(16)) & low))
            out[x] = np.uint8(
                i32(f32(16.5) + f32(0.18259) * r + f32(0.61423) * g + f32(0.06201) * b)
            )
    for y in range(height // 2):
        upper = packed[2 * y]
        lower = packed[2 * y + 1]
        out_u = chroma[0, y]
        out_v = chroma[1, y]
        for x in range(width // 2):
            p0 = upper[2 * x]
            p1 = upper[2 * x + 1]
            p2 = lower[2 * x]
            p3 = lower[2 * x + 1]
            # Channels of four pixels are added side by side inside one integer: each sum
            # needs 10 bits, so green is added apart from red and blue.
            magenta = i32(0x00FF00FF)
            rb = i32(i32(i32(p0 & magenta) + i32(p1 & magenta)) + i32(p2 & magenta))
            rb = i32(rb + i32(p3 & magenta))
            gs = i32(i32(i32(p0 >> i32(8)) & low) + i32(i32(p1 >> i32(8)) & low))
            gs = i32(i32(gs + i32(i32(p2 >> i32(8)) & low)) + i32(i32(p3 >> i32(8)) & low))
            b = f32(i32(rb & i32(0xFFFF))) * f32(0.25)
            r = f32(i32(rb >> i32(16))) * f32(0.25)
            g = f32(gs) * f32(0.25)
            u = f32(128.5) - f32(0.10064) * r - f32(0.33857) * g + f32(0.43922) * b
            v = f32(128.5) + f32(0.43922) * r - f32(0.39894) * g - f32(0.04027) * b
            out_u[x] = np.uint8(i32(u))
            out_v[x] = np.uint8(i32(v))


def to_yuv420(packed: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the planes Y, U, V of packed pixels, stacked as ``(height * 3 / 2, width)``.

    BT.709 matrix, limited range (luma 16..235), chroma averaged over 2x2 pixels. Width and
    height have to be even.
    """
    height, width = packed.shape
    planes = np.empty((height * 3 // 2, width), np.uint8)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    _fill_yuv(packed, planes[:height], chroma)
    return planes


def to_rgb(packed: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return packed pixels as (height, width, 3) red, green, blue."""
    height, width = packed.shape
    bgrx = packed.view(np.uint8).reshape(height, width, 4)
    return np.ascontiguousarray(bgrx[:, :, 2::-1])
