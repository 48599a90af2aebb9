"""The part of a picture that a shot sees, enlarged once, and seen anew through every frame.

A plate is made a third finer than the frames at their closest, from the picture by Lanczos, so
that between its pixels straight lines are good enough: reading between four pixels moves a
picture by any fraction of a pixel, evenly, in a fifth of the time of sharper filters.

Where each pixel of a frame lies on the plate is worked out for every 16th of them and drawn out
between: exact for pans, zooms and rolls, and finer than any relief is.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.studio.light import to_yuv420
from mvkit.studio.still.depth import Relief
from mvkit.studio.still.path import Path, Sheet

__all__ = ["Exposure", "Field", "Plate"]

Field = NDArray[np.float32]
"""Numbers over a frame, or over its grid."""

GRID_PX = 16
"""The grid has a node for every so many pixels, and one more beyond each edge of the frame."""
_FINENESS = 1.34
_MARGIN_PX = 6  # of the picture, around what is seen: the reach of Lanczos and then some
_CRISPNESS = 0.45  # unsharp mask of what has to be enlarged
_SETTLING = 2  # how often a place on the relief is looked up again where the last look ended


class Exposure(NamedTuple):
    """What a frame sees.

    Attributes
    ----------
    luma, blue, red
        Planes Y, U, V in 8-bit limited range, as float32; the latter two of half the size.
    x, y
        Where the nodes of the grid lie on the picture, in shares of it.
    """

    luma: Field
    blue: Field
    red: Field
    x: Field
    y: Field


class Plate:
    """What one shot sees of a picture.

    Parameters
    ----------
    picture
        Red, green, blue; uint8, shape ``(height, width, 3)``.
    sheet
        Its measures.
    relief
        How near its parts are.
    path
        The camera's path in the shot.
    width_px, height_px
        Size of the frames.
    """

    def __init__(
        self,
        picture: NDArray[np.uint8],
        *,
        sheet: Sheet,
        relief: Relief,
        path: Path,
        width_px: int,
        height_px: int,
    ) -> None:
        self._sheet, self._relief, self._path = sheet, relief, path
        self._size_px = width_px, height_px
        left, right, top, bottom = _seen_px(path, sheet)
        fineness = _FINENESS * float(path.zoom.max()) * width_px / sheet.px_per_span
        enlarged = _resampled(picture[top:bottom, left:right], fineness)
        height, width = enlarged.shape[:2]
        self._origin_px = left, top
        self._scale = width / (right - left), height / (bottom - top)
        planes = to_yuv420(cv2.cvtColor(enlarged, cv2.COLOR_RGB2BGRA).view(np.int32)[:, :, 0])
        chroma = planes[height:].reshape(2, height // 2, width // 2)
        self._luma = planes[:height].astype(np.float32)
        self._chroma = chroma.astype(np.float32)
        self._u, self._v = _grid(width_px, height_px)

    def expose(
        self, frame: int, *, closer: float, aside: float = 0.0, down: float = 0.0
    ) -> Exposure:
        """Return what a frame of the shot sees.

        Parameters
        ----------
        frame
            From 0.
        closer
            Factor on the path's zoom, at least 1.
        aside, down
            How far the frame is off the path, in its own widths.
        """
        x, y = self._places(frame, closer, aside, down)
        sheet = self._sheet
        x_px = (x + sheet.width / 2) * sheet.px_per_span
        y_px = (y + sheet.height / 2) * sheet.px_per_span
        on_plate = (
            ((x_px - self._origin_px[0]) * self._scale[0]).astype(np.float32),
            ((y_px - self._origin_px[1]) * self._scale[1]).astype(np.float32),
        )
        luma = self._read(self._luma, *on_plate, step_px=GRID_PX)
        half_x, half_y = on_plate[0] * np.float32(0.5), on_plate[1] * np.float32(0.5)
        blue, red = (
            self._read(plane, half_x, half_y, step_px=GRID_PX // 2) for plane in self._chroma
        )
        return Exposure(
            luma,
            blue,
            red,
            (x_px / sheet.width_px).astype(np.float32),
            (y_px / sheet.height_px).astype(np.float32),
        )

    def _places(
        self, frame: int, closer: float, aside: float, down: float
    ) -> tuple[NDArray[np.float64], ...]:
        """Return where the nodes of the grid lie on the picture, in spans."""
        path, sheet = self._path, self._sheet
        zoom = path.zoom[frame] * closer
        cos, sin = np.cos(path.roll_rad[frame]), np.sin(path.roll_rad[frame])
        u, v = self._u + aside, self._v + down
        across = (u * cos - v * sin) / zoom
        below = (u * sin + v * cos) / zoom
        x, y = path.x[frame] + across, path.y[frame] + below
        seen_x, seen_y = x, y
        for _ in range(_SETTLING):
            near = self._relief.at(
                (seen_x / sheet.width + 0.5).astype(np.float32),
                (seen_y / sheet.height + 0.5).astype(np.float32),
            )
            recede = 1.0 - path.swell[frame] * near
            seen_x = path.x[frame] + across * recede + path.shift_x[frame] / zoom * near
            seen_y = path.y[frame] + below * recede + path.shift_y[frame] / zoom * near
        return seen_x, seen_y

    def _read(self, plane: Field, x: Field, y: Field, *, step_px: int) -> Field:
        """Read a plane where the nodes of the grid say, and between them."""
        width, height = (length * step_px // GRID_PX for length in self._size_px)
        middle = np.float32(0.5)  # pixels are counted from the middle of the first
        columns, rows = (
            drawn_out(nodes - middle, width, height, step_px=step_px) for nodes in (x, y)
        )
        return np.asarray(
            cv2.remap(plane, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        )


def drawn_out(nodes: Field, width: int, height: int, *, step_px: int) -> Field:
    """Return what lies between the nodes of a grid, for each pixel of a plane.

    Parameters
    ----------
    nodes
        Values at the nodes.
    width, height
        Size of the plane.
    step_px
        How many of its pixels lie from node to node.
    """
    size = nodes.shape[1] * step_px, nodes.shape[0] * step_px
    drawn = cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(drawn[step_px : step_px + height, step_px : step_px + width])


def _grid(width_px: int, height_px: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the nodes lie in a frame, in its widths from its middle."""
    columns, rows = -(-width_px // GRID_PX), -(-height_px // GRID_PX)
    x = ((np.arange(-1, columns + 1) + 0.5) * GRID_PX - width_px / 2) / width_px
    y = ((np.arange(-1, rows + 1) + 0.5) * GRID_PX - height_px / 2) / width_px
    u, v = np.meshgrid(x, y)
    return u, v


def _seen_px(path: Path, sheet: Sheet) -> tuple[int, int, int, int]:
    """Return left, right, top, bottom of what a path sees, in pixels of the picture."""
    half_x, half_y = path.half_width(sheet.aspect), path.half_height(sheet.aspect)
    scale = sheet.px_per_span
    across = np.array([np.min(path.x - half_x), np.max(path.x + half_x)]) + sheet.width / 2
    down = np.array([np.min(path.y - half_y), np.max(path.y + half_y)]) + sheet.height / 2
    left, top = (int(low * scale) - _MARGIN_PX for low in (across[0], down[0]))
    right, bottom = (int(high * scale) + _MARGIN_PX for high in (across[1], down[1]))
    return max(left, 0), min(right, sheet.width_px), max(top, 0), min(bottom, sheet.height_px)


def _resampled(picture: NDArray[np.uint8], fineness: float) -> NDArray[np.uint8]:
    """Return a picture with so many pixels for each of its own, both sides even.

    Detail that frames cannot show is left out first: it would flicker.
    """
    height, width = picture.shape[:2]
    shown = fineness / _FINENESS
    if shown < 1.0:
        size = max(round(width * shown), 2), max(round(height * shown), 2)
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    size = max(2 * round(width * fineness / 2), 2), max(2 * round(height * fineness / 2), 2)
    enlarged = cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4)
    if shown > 1.0:
        soft = cv2.GaussianBlur(enlarged, (0, 0), 0.6 * fineness)
        amount = _CRISPNESS * min(shown - 1.0, 1.0)
        enlarged = cv2.addWeighted(enlarged, 1.0 + amount, soft, -amount, 0.0)
    return np.asarray(enlarged)
