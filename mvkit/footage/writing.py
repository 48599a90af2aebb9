"""Writing footage in final form.

The encoder is x264 in its fastest preset, with the three tools switched back on that pay for
themselves: deblocking, CABAC and the 8x8 transform (which makes the profile High). At 5000 kbit/s
that looks better than *veryfast* without them, at a third of the time.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from mvkit.errors import MediaFailed
from mvkit.timing import FPS

Picture = NDArray[np.uint8]
"""A yuv420p picture: uint8, shape ``(height * 3 / 2, width)``."""

BIT_RATE = 5_000_000
"""Bits per second aimed at."""
MAX_GROUP_FRAMES = 60
"""A file can be entered at least every so many frames."""
LEAD_FRAMES = 10
"""Footage can be entered so many frames before its picture changes all at once.

Who looks for the change in the film begins there, instead of decoding half a clip.
"""
ENCODER_OPTIONS = {
    "preset": "ultrafast",
    "profile": "high",
    "maxrate": "7500k",
    "bufsize": "10000k",
    "forced-idr": "1",
    "x264-params": "deblock=0,0:cabac=1:8x8dct=1",
}
BT709 = 1
LIMITED_RANGE = 1


class FootageWriter:
    """Write pictures as footage in final form; the file appears whole, or not at all.

    Parameters
    ----------
    path : Path
        The file to make; it replaces one that is there.
    width_px, height_px : int
        Size of the film, both even. Pictures of another size are scaled (Lanczos).
    handover_frames : collection of int
        Frames, beside the first, that can be joined to other footage.
    threads : int
        How many threads the encoder and the scaler may use. Bytes may differ with it.

    Examples
    --------
    >>> with FootageWriter(path, width_px=1920, height_px=1080) as footage:  # doctest: +SKIP
    ...     for picture in pictures:
    ...         footage.write(picture)
    """

    def __init__(
        self,
        path: Path,
        *,
        width_px: int,
        height_px: int,
        handover_frames: Collection[int] = (),
        threads: int = 1,
    ) -> None:
        self.path = path
        self.n_frames = 0
        self._draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        self._size_px = width_px, height_px
        self._handover_frames = frozenset(handover_frames)
        self._threads = threads
        self._scaler = VideoReformatter()

    def __enter__(self) -> Self:
        width_px, height_px = self._size_px
        with _told_as_media_failure(self.path):
            self._file, self._stream = _open_encoder(
                str(self._draft), width_px=width_px, height_px=height_px, threads=self._threads
            )
        return self

    def write(self, picture: Picture) -> None:
        """Add one picture, of any size; its memory may be used again afterwards."""
        frame = self._scaled(av.VideoFrame.from_numpy_buffer(picture, format="yuv420p"))
        frame.pts = self.n_frames
        frame.time_base = Fraction(1, FPS)
        handed_over = self.n_frames in self._handover_frames
        frame.pict_type = PictureType.I if handed_over else PictureType.NONE
        with _told_as_media_failure(self.path):
            self._file.mux(self._stream.encode(frame))
        self.n_frames += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            with suppress(av.error.FFmpegError):  # on a full disk the file cannot be ended either
                self._file.close()
            self._draft.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self.n_frames == 0:
            raise MediaFailed(
                f"No picture was written to {self.path.name}; expected at least one.",
                reason="NO_PICTURE",
            )
        with _told_as_media_failure(self.path):
            self._file.mux(self._stream.encode(None))
            self._file.close()
            with self._draft.open("rb") as written:
                os.fsync(written.fileno())
            self._draft.replace(self.path)

    def _scaled(self, frame: Any) -> Any:
        width_px, height_px = self._size_px
        return self._scaler.reformat(
            frame,
            width=width_px,
            height=height_px,
            interpolation=Interpolation.LANCZOS,
            threads=self._threads,
        )


@contextmanager
def _told_as_media_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except (av.error.FFmpegError, OSError) as error:
        raise MediaFailed(
            f"{path.name} could not be written: {error}. Look at the space left on the disk.",
            reason="WRITE",
        ) from error


@cache
def decoder_setup(*, width_px: int, height_px: int) -> bytes:
    """Return the decoder configuration that all footage of a size has in common.

    Files whose configuration (``extradata``) is equal can be joined by copying their packets.
    """
    buffer = BytesIO()
    file, stream = _open_encoder(buffer, width_px=width_px, height_px=height_px, threads=1)
    frame = av.VideoFrame(width_px, height_px, "yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, FPS)
    file.mux([*stream.encode(frame), *stream.encode(None)])
    file.close()
    buffer.seek(0)
    with av.open(buffer) as footage:
        return bytes(footage.streams.video[0].codec_context.extradata)


def _open_encoder(
    target: str | BytesIO, *, width_px: int, height_px: int, threads: int
) -> tuple[Any, Any]:
    """Open a file with its one stream, set up for final form."""
    on_disk = isinstance(target, str)
    options = {"movflags": "faststart"} if on_disk else {}
    file = av.open(target, "w", format="mp4", options=options)
    stream = file.add_stream("libx264", rate=FPS, options=ENCODER_OPTIONS)
    stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
    stream.bit_rate = BIT_RATE
    codec = stream.codec_context
    codec.gop_size, codec.max_b_frames = MAX_GROUP_FRAMES, 0
    codec.thread_count = threads
    codec.sample_aspect_ratio = Fraction(1, 1)
    codec.color_primaries = codec.color_trc = codec.colorspace = BT709
    codec.color_range = LIMITED_RANGE
    return file, stream
