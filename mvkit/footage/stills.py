"""Single pictures of footage that we wrote.

Stills to look at in numbers are small, and taken at keyframes, which decode at once and are the
sharpest pictures there are.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray
from PIL import Image

from mvkit.errors import MediaFailed
from mvkit.files import write_whole
from mvkit.footage.reading import frame_of, n_frames_in, open_footage, seek

POSTER_LONG_SIDE_PX = 640
POSTER_QUALITY = 82


def still_before(
    file: Any, stream: Any, frame: int, *, long_side_px: int
) -> tuple[int, NDArray[np.uint8]]:
    """Return the number and the picture of the keyframe at or before a frame, scaled down.

    Parameters
    ----------
    file, stream
        As :func:`mvkit.footage.open_footage` gives them.
    frame : int
        Number of a frame in the file.
    long_side_px : int
        The picture's longer side, at most.
    """
    seek(file, stream, frame)
    picture = next(file.decode(stream))
    scale = min(1.0, long_side_px / max(picture.width, picture.height))
    small = picture.reformat(
        width=round(picture.width * scale),
        height=round(picture.height * scale),
        format="rgb24",
        interpolation=Interpolation.AREA,
    )
    return frame_of(picture, stream), small.to_ndarray()


def write_frame(footage: Path, frame: int, target: Path) -> None:
    """Write one picture of a clip as a PNG, every pixel of it.

    Parameters
    ----------
    frame : int
        Its number in the file.

    Raises
    ------
    MediaFailed
        If the footage cannot be read.
    """
    with open_footage(footage) as (file, stream):
        seek(file, stream, frame)
        pictures = (each for each in file.decode(stream) if frame_of(each, stream) >= frame)
        picture = next(pictures, None)
        if picture is None:
            raise MediaFailed(f"{footage.name} has no frame {frame}; film it again.")
        rgb = picture.to_ndarray(format="rgb24")
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG")
    write_whole(target, buffer.getvalue())


def write_poster(footage: Path, target: Path) -> None:
    """Write the picture that stands for a clip until it is played, as a JPEG.

    Raises
    ------
    MediaFailed
        If the footage cannot be read.
    """
    middle = n_frames_in(footage) // 2
    with open_footage(footage) as (file, stream):
        _, rgb = still_before(file, stream, middle, long_side_px=POSTER_LONG_SIDE_PX)
    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=POSTER_QUALITY)
    write_whole(target, buffer.getvalue())
