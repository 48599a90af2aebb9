"""Frames as a film file at the model's own rate, for fitting into the film."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from mvkit.errors import MediaFailed

QUALITY = "10"
"""x264's CRF: the film is encoded once more, so this must not be seen."""
BT709 = 1
LIMITED_RANGE = 1


def write_reel(frames: Sequence[Any], target: Path, *, fps: float) -> None:
    """Write frames as an MP4 file, which appears whole or not at all.

    Parameters
    ----------
    frames : sequence
        Pictures (Pillow's, or arrays ``(height, width, 3)``: uint8, or floats 0-1), all of one
        size.
    fps : float
        Frames per second.

    Raises
    ------
    MediaFailed
        If there are none, or the file cannot be written.
    """
    if not len(frames):
        raise MediaFailed(
            f"The model delivered no frame for {target.name}; expected some.", reason="NO_PICTURE"
        )
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        _encode(frames, draft, fps=fps)
        draft.replace(target)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaFailed(
            f"{target.name} could not be written: {error}. Look at the space left on the disk.",
            reason="WRITE",
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _encode(frames: Sequence[Any], path: Path, *, fps: float) -> None:
    rate = Fraction(fps).limit_denominator(1001)
    height_px, width_px = (side_px - side_px % 2 for side_px in pixels_of(frames[0]).shape[:2])
    with av.open(str(path), "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=rate, options={"crf": QUALITY})
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        codec = stream.codec_context
        codec.color_primaries = codec.color_trc = codec.colorspace = BT709
        codec.color_range = LIMITED_RANGE
        for number, frame in enumerate(frames):
            pixels = np.ascontiguousarray(pixels_of(frame)[:height_px, :width_px])
            picture = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709
            )
            picture.pts, picture.time_base = number, 1 / rate
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))


def pixels_of(frame: Any) -> NDArray[np.uint8]:
    """Return a frame as RGB, uint8, shape ``(height, width, 3)``."""
    pixels = np.asarray(frame)
    if np.issubdtype(pixels.dtype, np.floating):
        pixels = np.clip(np.nan_to_num(pixels) * 255 + 0.5, 0, 255)
    return pixels[..., :3].astype(np.uint8)
