"""How light each part of each picture of a clip is: measured as it is written, kept in its file.

Whether a film flashes is asked of every one of its pictures, and to decode them all would take
longer than to join the film. So each clip carries its light behind its pictures, in a box of our
own that players skip (``uuid``; ISO/IEC 14496-12, 11.1).

Contents
--------
Light, LightMeter, read_light
"""

from __future__ import annotations

import uuid
import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mvkit.errors import MediaFailed
from mvkit.footage.boxes import boxes

ROWS, COLUMNS = 9, 16
"""Into so many parts a picture is divided."""
EVERY_PX = 4
"""Every fourth pixel of every fourth row tells the mean of a part well enough."""
MARK = uuid.uuid5(uuid.NAMESPACE_OID, "mvkit light 1").bytes

Light = NDArray[np.uint8]
"""Mean luma of each part: uint8, shape ``(n_frames, 9, 16)``; 16 is black, 235 white."""


class LightMeter:
    """Measures pictures, one after the other."""

    def __init__(self) -> None:
        self._measured: list[Light] = []

    def measure(self, picture: NDArray[np.uint8]) -> None:
        """Measure a yuv420p picture of any size."""
        luma = picture[: len(picture) * 2 // 3 : EVERY_PX, ::EVERY_PX]
        parts = cv2.resize(luma, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
        self._measured.append(np.asarray(parts, np.uint8))

    def append_to(self, path: Path) -> None:
        """Put what was measured behind the last box of a file."""
        content = MARK + zlib.compress(np.stack(self._measured).tobytes())
        with path.open("ab") as file:
            file.write((8 + len(content)).to_bytes(4, "big") + b"uuid" + content)


def read_light(path: Path) -> Light:
    """Return the light that a file in final form carries.

    Raises
    ------
    MediaFailed
        If it carries none (``NO_LIGHT``), as one written by an earlier version.
    """
    with path.open("rb") as file:
        for box in boxes(path):
            file.seek(box.start_byte)
            if box.kind == "uuid" and file.read(len(MARK)) == MARK:
                packed = file.read(box.end_byte - file.tell())
                return np.frombuffer(zlib.decompress(packed), np.uint8).reshape(-1, ROWS, COLUMNS)
    raise MediaFailed(f"{path.name} does not tell how light it is.", reason="NO_LIGHT")
