"""A clip as it was delivered: what it is, and how ffmpeg is to decode it.

Foreign files are opened by the pinned ffmpeg only, in a process of its own. It writes the first
picture anew, without loss, and that one is looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import av

from mvkit import ffmpeg
from mvkit.errors import MediaFailed
from mvkit.footage.colours import Colours
from mvkit.timing import FPS

MAX_S = 120
"""Footage beyond this is never looked at."""
MAX_PIXELS = 8192 * 4320
"""Larger pictures could take all memory there is."""
CLOCK_TOLERANCE_S = 0.002
"""A picture this late still counts as on time: some containers keep whole milliseconds."""
CONTAINERS = "mov,mp4,matroska,webm"
CODECS = "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,mpeg4,prores"
HEAD_BYTES = 4096
"""In so many bytes, a file says what it is."""
EBML, SEGMENT, ALPHA_MODE = b"\x1aE\xdf\xa3", b"\x18S\x80g", b"S\xc0\x81\x01"
"""In Matroska and WebM: how files begin, where the film begins, and that parts are transparent."""
OTHERWISE = {
    b"GIF8": "it is a GIF",
    b"\x89PNG": "it is a PNG picture",
    b"\xff\xd8\xff": "it is a JPEG picture",
    b"RIFF": "it is a WebP picture or an AVI file",
    b"FLV": "it is a Flash film",
    b"<": "it is a web page",
    b"{": "it is a message in JSON",
}
"""What may be delivered in place of a clip, by its first bytes."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A clip as it was delivered.

    Attributes
    ----------
    path : Path
        The file.
    decoder : tuple of str
        Options that choose a decoder, where the usual one will not do.
    colours : Colours
        What the numbers of its pictures mean.
    has_alpha : bool
        Whether parts of its pictures are transparent.
    interlaced : bool
        Whether each of its pictures is woven from two.
    odd : bool
        Whether the last pixels of its rows or columns have to share their colour with nothing.
    shape : float
        Width over height of its first picture as it is shown.
    """

    path: Path
    decoder: tuple[str, ...]
    colours: Colours
    has_alpha: bool
    interlaced: bool
    odd: bool
    shape: float

    @classmethod
    def at(cls, path: Path) -> Self:
        """Look at a file.

        Raises
        ------
        MediaFailed
            If it is damaged, empty, or of a kind that is not expected.
        """
        decoder = _decoder(_head(path))
        # Level 1 knows no slices, for which very narrow pictures would be too narrow.
        one = ["-frames:v", "1", "-c:v", "ffv1", "-level", "1", "-f", "matroska", "pipe:1"]
        with told_by_name(path):
            copy = ffmpeg.run([*_input(path, decoder), *one], capture=True)
        with av.open(BytesIO(copy)) as file:
            picture = next(file.decode(video=0))
            pixel_shape = file.streams.video[0].sample_aspect_ratio or 1
        return cls(
            path=path,
            decoder=decoder,
            colours=Colours.of(picture),
            has_alpha=any(component.is_alpha for component in picture.format.components),
            interlaced=picture.interlaced_frame,
            odd=_is_odd(picture),
            shape=float(picture.width * pixel_shape / picture.height),
        )

    def at_30_fps(self, *filters: str) -> list[str]:
        """Return ffmpeg's arguments for the raw pictures that are on screen at each frame's time.

        Parameters
        ----------
        filters
            What is done to each of them besides.
        """
        unwoven = ["bwdif=mode=send_frame:deint=all"] if self.interlaced else []
        # Last, so that what stays on screen is made once; one picture may claim to stay for hours.
        on_time = [
            f"setpts=PTS-STARTPTS-{CLOCK_TOLERANCE_S}/TB",
            f"fps={FPS}:round=up",
            f"trim=end_frame={MAX_S * FPS}",
        ]
        chain = ",".join([*unwoven, *filters, *on_time])
        # A longer queue holds whole pictures, and makes nothing faster.
        raw = ["-f", "rawvideo", "-thread_queue_size", "1", "pipe:1"]
        return [*_input(self.path, self.decoder), "-vf", chain, *raw]


@contextmanager
def told_by_name(path: Path) -> Iterator[None]:
    """Tell of what ffmpeg could not do by the name of the clip."""
    try:
        yield
    except MediaFailed as error:
        raise undecodable(path, error.message.rstrip(".")) from error


def undecodable(path: Path, why: str) -> MediaFailed:
    """Return the error that says why a clip cannot be used, and what to do."""
    return MediaFailed(
        f"The clip {path.name} cannot be decoded: {why}. Expected a whole MP4, MOV, WebM or "
        "Matroska file with H.264, H.265, VP8, VP9, AV1, MPEG-4 or ProRes in it, of pictures up "
        "to 8192x4320; ask the model for the clip again.",
        reason="CLIP",
    )


def _head(path: Path) -> bytes:
    """Return how a file begins, if it may be a clip.

    Raises
    ------
    MediaFailed
        If it is something else, or cut off.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise undecodable(path, error.strerror or "it cannot be opened") from error
    if not head:
        raise undecodable(path, "it is empty")
    for beginning, what in OTHERWISE.items():
        if head.lstrip().startswith(beginning):
            raise undecodable(path, what)
    if head.startswith(EBML) and path.stat().st_size < _whole_bytes(head):
        raise undecodable(path, "it is cut off")  # ffmpeg would take what there is
    return head


def _whole_bytes(head: bytes) -> int:
    """Return how long a Matroska file says it is, 0 if it does not."""
    start = head.find(SEGMENT) + len(SEGMENT)
    first = int.from_bytes(head[start : start + 1])
    n_digits = 9 - first.bit_length()  # as EBML writes numbers (RFC 8794, 4)
    unsaid = (1 << 7 * n_digits) - 1
    n_bytes = int.from_bytes(head[start : start + n_digits]) & unsaid
    return 0 if n_bytes == unsaid else start + n_digits + n_bytes


def _is_odd(picture: Any) -> bool:
    subsampled = picture.format.chroma_width(2) < 2
    return subsampled and bool(picture.width % 2 or picture.height % 2)


def _decoder(head: bytes) -> tuple[str, ...]:
    """Return the options for a decoder that sees what is transparent: ffmpeg's own does not."""
    if not (head.startswith(EBML) and ALPHA_MODE in head):
        return ()
    return ("-c:v", "libvpx-vp9" if b"V_VP9" in head else "libvpx")


def _input(path: Path, decoder: tuple[str, ...]) -> list[str]:
    return [
        *("-threads", "1", "-filter_threads", "1"),  # whoever fits clips works on several at once
        *("-xerror", "-t", str(MAX_S), "-max_pixels", str(MAX_PIXELS)),
        *("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS),
        *("-codec_whitelist", CODECS, *decoder),
        *("-i", f"file:{path}", "-map", "0:V:0"),
    ]
