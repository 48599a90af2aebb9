"""From what a frame sees to the encoder's planes: glow, brightness, vignette, grain.

Pictures of several models come together on one film stock: the same falling light towards the
corners, the same soft halo around what is bright, the same grain. All of it is done on the planes
Y, U, V, since a picture is graded already and only wants to be lit.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.kit.jit import Scalar, f32, i32, inline, kernel
from mvkit.studio.kit.maths import saturate
from mvkit.studio.still.plate import GRID_PX, Exposure, Field, drawn_out
from mvkit.studio.still.rhythm import Throb

__all__ = ["Film", "Halo"]

_VIGNETTE = 0.16
_GRAIN = 1.7  # standard deviation in 8-bit steps, in the darks
_GRAIN_TILE_PX = 64  # the tile of grain is so much larger than a frame, to be laid anywhere
_HALO_PX = 192
_MEAN_GLOW = 0.07  # share of white that the glow adds to a picture at most
_KNEE = 0.42  # brightness above which things glow


class Halo:
    """The glow around what is bright in a picture, as wide as a lens and a mist filter make it.

    Parameters
    ----------
    picture
        Red, green, blue; uint8, shape ``(height, width, 3)``.
    """

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        scale = _HALO_PX / max(picture.shape[:2])
        size = tuple(max(round(length * scale), 8) for length in picture.shape[1::-1])
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        bright = np.clip((small.max(axis=2, keepdims=True) - _KNEE) / (1 - _KNEE), 0, 1)
        lamps = small * bright**1.6
        narrow = cv2.GaussianBlur(lamps, (0, 0), 0.016 * _HALO_PX)
        wide = cv2.GaussianBlur(lamps, (0, 0), 0.06 * _HALO_PX)
        glow = 0.55 * narrow + 0.75 * wide
        # A picture that is bright all over has no lamps: it would only turn milky.
        glow *= min(1.0, _MEAN_GLOW / max(float(glow.mean()), 1e-6))
        red, green, blue = cv2.split(glow)
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        self._planes = luma, (blue - luma) / 1.8556, (red - luma) / 1.5748

    def at(self, x: Field, y: Field) -> tuple[Field, ...]:
        """Return the glow's planes at places given in shares of the picture: Y 0..1, U, V."""
        height, width = self._planes[0].shape
        places = x * np.float32(width) - np.float32(0.5), y * np.float32(height) - np.float32(0.5)
        return tuple(
            cv2.remap(plane, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for plane in self._planes
        )


@kernel
def _develop_luma(
    luma: Field,
    glow: Field,
    air: NDArray[np.uint8],
    grain: NDArray[np.int8],
    out: NDArray[np.uint8],
    glow_share: Scalar,
    gain: Scalar,
    vignette: Scalar,
    grain_step: Scalar,
) -> None:
    """Fill the luma plane."""
    height, width = luma.shape
    level = np.empty(width, np.float32)
    added = np.empty(width, np.float32)
    noise = np.empty(width, np.float32)
    corner = np.empty(width, np.float32)
    middle_y = f32(height) * f32(0.5)
    per_half = f32(1) / max(f32(width) * f32(0.5), middle_y)
    one = f32(1)
    for y in range(height):
        _fill_corner(corner, (f32(y) + f32(0.5) - middle_y) * per_half, per_half, vignette)
        row = luma[y]
        for x in range(width):
            level[x] = row[x]
        row = glow[y]
        for x in range(width):
            added[x] = saturate(row[x] * glow_share)
        row_air = air[y]
        for x in range(width):
            added[x] = added[x] + f32(row_air[x]) * f32(1 / 255) * (one - added[x])
        row_grain = grain[y]
        for x in range(width):
            noise[x] = f32(row_grain[x]) * grain_step
        for x in range(width):
            bright = saturate((level[x] - f32(16)) * f32(1 / 219)) * corner[x]
            # Light is added as on a second exposure: white stays white.
            bright = bright + added[x] * (one - bright)
            bright = bright * gain / (one + (gain - one) * bright)
            value = f32(16.5) + bright * f32(219) + noise[x] * (f32(1.15) - bright)
            level[x] = min(max(value, f32(16)), f32(235))
        row_out = out[y]
        for x in range(width):
            row_out[x] = np.uint8(i32(level[x]))


@kernel
def _develop_chroma(
    chroma: Field,
    glow: Field,
    out: NDArray[np.uint8],
    glow_share: Scalar,
    gain: Scalar,
    vignette: Scalar,
) -> None:
    """Fill one chroma plane."""
    height, width = chroma.shape
    value = np.empty(width, np.float32)
    corner = np.empty(width, np.float32)
    middle_y = f32(height) * f32(0.5)
    per_half = f32(1) / max(f32(width) * f32(0.5), middle_y)
    for y in range(height):
        _fill_corner(corner, (f32(y) + f32(0.5) - middle_y) * per_half, per_half, vignette)
        row = chroma[y]
        for x in range(width):
            value[x] = (row[x] - f32(128)) * corner[x] * gain + f32(128.5)
        row = glow[y]
        for x in range(width):
            lit = value[x] + row[x] * glow_share * f32(224)
            value[x] = min(max(lit, f32(16)), f32(240))
        row_out = out[y]
        for x in range(width):
            row_out[x] = np.uint8(i32(value[x]))


@inline
def _fill_corner(corner: Field, fy: Scalar, per_half: Scalar, vignette: Scalar) -> None:
    """Fill a row with how much light reaches it: less and less towards the corners."""
    middle_x = f32(corner.size) * f32(0.5)
    for x in range(corner.size):
        fx = (f32(x) + f32(0.5) - middle_x) * per_half
        corner[x] = f32(1) / (f32(1) + vignette * (fx * fx + fy * fy))


class Film:
    """Develops the frames of a clip; owns the grain, so one per thread.

    Parameters
    ----------
    width_px, height_px
        Size of the frames, both even.
    seed
        Another seed is another roll of film.
    """

    def __init__(self, width_px: int, height_px: int, *, seed: int) -> None:
        self._size_px = width_px, height_px
        self._seed = seed % 2**32
        shape = height_px + _GRAIN_TILE_PX, width_px + _GRAIN_TILE_PX
        noise = np.random.default_rng(self._seed).standard_normal(shape, np.float32)
        clumped = cv2.GaussianBlur(noise, (0, 0), 0.0006 * max(width_px, height_px) + 0.1)
        clumped *= 32 / clumped.std()
        self._grain = np.clip(clumped, -127, 127).astype(np.int8)

    def develop(
        self,
        exposure: Exposure,
        glow: tuple[Field, ...],
        air: NDArray[np.uint8],
        throb: Throb,
        *,
        frame: int,
    ) -> NDArray[np.uint8]:
        """Develop one frame.

        Parameters
        ----------
        exposure
            What it sees.
        glow
            Planes of the glow at the nodes of the grid.
        air
            What floats before the lens, 255 is white; of the frame's size.
        throb
            What the song does to it.
        frame
            Number of the frame in the song; seeds the grain.

        Returns
        -------
        numpy.ndarray
            ``(height * 3 / 2, width)`` uint8: planes of yuv420p, BT.709 limited range.
        """
        width, height = self._size_px
        planes = np.empty((height * 3 // 2, width), np.uint8)
        share, gain = np.float32(throb.glow), np.float32(throb.gain)
        _develop_luma(
            *(exposure.luma, drawn_out(glow[0], width, height, step_px=GRID_PX), air),
            *(self._laid_grain(frame), planes[:height]),
            *(share, gain, np.float32(_VIGNETTE), np.float32(_GRAIN / 32)),
        )
        half = width // 2, height // 2
        chroma = planes[height:].reshape(2, half[1], half[0])
        sources = (exposure.blue, exposure.red)
        for source, halo, out in zip(sources, glow[1:], chroma, strict=True):
            drawn = drawn_out(halo, *half, step_px=GRID_PX // 2)
            # Colours follow the brightness by half, or a lift would make them garish.
            _develop_chroma(source, drawn, out, share, np.sqrt(gain), np.float32(_VIGNETTE))
        return planes

    def _laid_grain(self, frame: int) -> NDArray[np.int8]:
        rng = np.random.default_rng((self._seed, frame))
        left, top = rng.integers(0, _GRAIN_TILE_PX, 2)
        width, height = self._size_px
        return self._grain[top : top + height, left : left + width]
