"""Writing footage in final form: pictures in, a file that appears whole, or not at all, out."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from mvkit.errors import MediaFailed
from mvkit.footage.encoding import open_encoder
from mvkit.footage.light import LightMeter
from mvkit.footage.overlay import Overlay
from mvkit.schema import Caption, Quality
from mvkit.settings import get_settings
from mvkit.timing import FPS

Picture = NDArray[np.uint8]
"""A yuv420p picture: uint8, shape ``(height * 3 / 2, width)``."""

LEAD_FRAMES = 10
"""Footage can be entered so many frames before its picture changes all at once.

Who looks for the change in the film begins there, instead of decoding half a clip.
"""


class FootageWriter:
    """Write pictures as footage in final form; the file appears whole, or not at all.

    Behind the pictures it tells how light they are (:mod:`mvkit.footage.light`).

    Parameters
    ----------
    path : Path
        The file to make; it replaces one that is there.
    width_px, height_px : int
        Size of the film, both even. Pictures of another size are scaled (Lanczos).
    handover_frames : collection of int
        Frames, beside the first, that can be joined to other footage.
    captions : sequence of Caption
        What is written over the pictures, at times of the film.
    first_frame : int
        The film's frame that the first picture is, for captions to know.
    quality : {'draft', 'standard', 'high'}
        How finely it is encoded; only footage of one quality can be joined.
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
        captions: Sequence[Caption] = (),
        first_frame: int = 0,
        quality: Quality = "standard",
        threads: int = 1,
    ) -> None:
        self.path = path
        self.n_frames = 0
        self._draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        self._size_px = width_px, height_px
        self._handover_frames = frozenset(handover_frames)
        self._overlay = Overlay(
            captions,
            width_px=width_px,
            height_px=height_px,
            first_frame=first_frame,
            font=get_settings().font,
        )
        self._quality = quality
        self._threads = threads
        self._scaler = VideoReformatter()
        self._light = LightMeter()

    def __enter__(self) -> Self:
        width_px, height_px = self._size_px
        with _told_as_media_failure(self.path):
            self._file, self._stream = open_encoder(
                str(self._draft),
                width_px=width_px,
                height_px=height_px,
                quality=self._quality,
                threads=self._threads,
            )
        return self

    def write(self, picture: Picture) -> None:
        """Add one picture, of any size; its memory may be used again afterwards."""
        self._light.measure(picture)
        frame = self._finished(picture)
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
            self._light.append_to(self._draft)
            with self._draft.open("rb") as written:
                os.fsync(written.fileno())
            self._draft.replace(self.path)

    def _finished(self, picture: Picture) -> Any:
        """Return a picture in the film's size, with what is written over it."""
        frame = self._scaled(av.VideoFrame.from_numpy_buffer(picture, format="yuv420p"))
        if self._overlay.covers(self.n_frames):
            if picture.shape == (frame.height * 3 // 2, frame.width):
                frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            self._overlay.burn(self.n_frames, frame)
        return frame

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
