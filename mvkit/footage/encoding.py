"""The encoders that footage in final form can be written with.

x264 runs everywhere, in its fastest preset, with the three tools switched back on that pay for
themselves: deblocking, CABAC and the 8x8 transform (which makes the profile High). At 5000 kbit/s
that looks better than *veryfast* without them, at a third of the time.

The encoder of a graphics card can be asked for (``MVKIT_ENCODER``). It is tried before it is used:
one that is not there, or does not do as it is told, is left out with a warning, and x264 encodes.
All footage of a film comes from one encoder; what another one wrote is brought into final form
when the film is composed.

Contents
--------
BITS_PER_S, MAX_GROUP_FRAMES    what is the same for all of them
ENCODERS, trouble_with          what there is, and whether it works on this machine
open_encoder                    a file to write pictures to
decoder_setup                   what all footage of a size and quality tells its decoder
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any, get_args

import av
from av.video.frame import PictureType

from mvkit.schema import Quality
from mvkit.settings import Encoding, get_settings
from mvkit.timing import FPS

log = logging.getLogger("mvkit.footage")

BITS_PER_S: dict[Quality, int] = {
    "draft": 2_500_000,
    "standard": 5_000_000,
    "high": 10_000_000,
}
"""Aimed at. More bits are the cheapest way to a finer picture: at 10 Mbit/s x264's preset looks
better than *superfast*, and than *veryfast* at 8, which take 1.4 and 2.5 times as long."""
MAX_GROUP_FRAMES = 60
"""A file can be entered at least every so many frames."""
BT709 = 1
LIMITED_RANGE = 1
HIGH_PROFILE = 100
TRIAL_SIZE_PX = 640, 360
TRIAL_FRAMES, TRIAL_HANDOVER_FRAME = 12, 5


@dataclass(frozen=True)
class Encoder:
    """An H.264 encoder.

    Attributes
    ----------
    codec : str
        Its name in FFmpeg.
    options : mapping of str to str
        What makes it write final form.
    pixel_format : str
        What it takes pictures in.
    """

    codec: str
    options: Mapping[str, str] = field(hash=False)
    pixel_format: str = "yuv420p"


X264 = Encoder(
    "libx264",
    {
        "preset": "ultrafast",
        "profile": "high",
        "forced-idr": "1",
        "x264-params": "deblock=0,0:cabac=1:8x8dct=1",
    },
)
ENCODERS: dict[Encoding, Encoder] = {
    "x264": X264,
    "nvenc": Encoder(
        "h264_nvenc",
        {"preset": "p4", "profile": "high", "rc": "vbr", "forced-idr": "1", "delay": "0"},
    ),
    "qsv": Encoder(
        "h264_qsv",
        {"preset": "medium", "profile": "high", "forced_idr": "1", "async_depth": "1"},
        "nv12",
    ),
    "amf": Encoder(
        "h264_amf",
        {"usage": "transcoding", "profile": "high", "rc": "vbr_peak", "forced_idr": "1"},
        "nv12",
    ),
}
"""By the names of the setting: x264, and the encoders of NVIDIA, Intel and AMD cards."""
assert set(ENCODERS) == set(get_args(Encoding))


def open_encoder(
    target: str | BytesIO, *, width_px: int, height_px: int, quality: Quality, threads: int
) -> tuple[Any, Any]:
    """Open a file with its one stream, set up for final form by the encoder that is chosen.

    Raises
    ------
    av.error.FFmpegError
        If the file cannot be opened.
    """
    size = {"width_px": width_px, "height_px": height_px}
    return _open(target, _chosen(), **size, quality=quality, threads=threads)


def decoder_setup(*, width_px: int, height_px: int, quality: Quality = "standard") -> bytes:
    """Return the decoder configuration that all footage of a size and quality has in common.

    Files whose configuration (``extradata``) is equal can be joined by copying their packets.
    """
    return _decoder_setup(_chosen(), (width_px, height_px), quality)


@cache
def trouble_with(encoder: Encoder) -> str:
    """Return why an encoder cannot be used on this machine; empty if it can.

    It is made to write a few frames, with one on the way at which the file can be entered.
    """
    try:
        trial = _trial(encoder)
    except (av.error.FFmpegError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        return f"FFmpeg cannot open {encoder.codec} ({why}), so card or driver are missing"
    with av.open(trial) as file:
        stream = file.streams.video[0]
        packets = [packet for packet in file.demux(stream) if packet.size]
        times = [packet.pts * packet.time_base * FPS for packet in packets]
        setup = bytes(stream.codec_context.extradata or b"")
    entries = {n for n, packet in enumerate(packets) if packet.is_keyframe}
    if times != list(range(TRIAL_FRAMES)):
        return f"of {TRIAL_FRAMES} frames it wrote {len(times)}, or not in their order"
    if not {0, TRIAL_HANDOVER_FRAME} <= entries:
        return "it makes no keyframe where one is asked for"
    return "" if setup[1:2] == bytes([HIGH_PROFILE]) else "it does not write the profile High"


@cache
def _usable(name: Encoding) -> Encoder:
    """Return an encoder by its name, or x264 if it does not work here."""
    trouble = "" if name == "x264" else trouble_with(ENCODERS[name])
    if trouble:
        log.warning("The encoder %s does not work here: %s; x264 encodes instead.", name, trouble)
    return X264 if trouble else ENCODERS[name]


def _chosen() -> Encoder:
    return _usable(get_settings().encoder)


def _open(
    target: str | BytesIO,
    encoder: Encoder,
    *,
    width_px: int,
    height_px: int,
    quality: Quality,
    threads: int,
) -> tuple[Any, Any]:
    on_disk = isinstance(target, str)
    options = {"movflags": "faststart"} if on_disk else {}
    file = av.open(target, "w", format="mp4", options=options)
    bits_per_s = BITS_PER_S[quality]
    buffering = {"maxrate": str(bits_per_s * 3 // 2), "bufsize": str(bits_per_s * 2)}
    stream = file.add_stream(encoder.codec, rate=FPS, options={**encoder.options, **buffering})
    stream.width, stream.height, stream.pix_fmt = width_px, height_px, encoder.pixel_format
    stream.bit_rate = bits_per_s
    codec = stream.codec_context
    codec.gop_size, codec.max_b_frames = MAX_GROUP_FRAMES, 0
    codec.thread_count = threads
    codec.sample_aspect_ratio = Fraction(1, 1)
    codec.color_primaries = codec.color_trc = codec.colorspace = BT709
    codec.color_range = LIMITED_RANGE
    return file, stream


@cache
def _decoder_setup(encoder: Encoder, size_px: tuple[int, int], quality: Quality) -> bytes:
    with av.open(_grey(encoder, size_px, quality, n_frames=1)) as footage:
        return bytes(footage.streams.video[0].codec_context.extradata)


def _trial(encoder: Encoder) -> BytesIO:
    return _grey(encoder, TRIAL_SIZE_PX, "draft", n_frames=TRIAL_FRAMES)


def _grey(
    encoder: Encoder, size_px: tuple[int, int], quality: Quality, *, n_frames: int
) -> BytesIO:
    """Write a few pictures of one grey, which can be entered at the one for the trial."""
    width_px, height_px = size_px
    buffer = BytesIO()
    file, stream = _open(
        buffer, encoder, width_px=width_px, height_px=height_px, quality=quality, threads=1
    )
    frame = av.VideoFrame(width_px, height_px, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes([128]) * plane.buffer_size)
    frame.time_base = Fraction(1, FPS)
    for n in range(n_frames):
        frame.pts = n
        entered = n == TRIAL_HANDOVER_FRAME
        frame.pict_type = PictureType.I if entered else PictureType.NONE
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))
    file.close()
    buffer.seek(0)
    return buffer
