"""What the first bytes of a song file say: kind, rate, channels, promised length, where sound is.

Nothing is decoded here and no header is believed further than needed: a header decides only
whether the file is worth decoding, and where in it the sound lies. A decoder is given nothing else:
half a million tags keep it busy for minutes. The name of a file is never looked at. All sizes come
from the file itself, so every read is checked against its end.

Contents
--------
AudioFormat, read_format
riff_chunks, flac_blocks    where the parts of a file are, for who reads tags
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mvkit.errors import RefusedSong

SongKind = Literal["mp3", "wav", "flac"]

MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 192_000
MAX_CHANNELS = 8

WAV_PCM, WAV_FLOAT, WAV_EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
WAV_BITS = {WAV_PCM: (8, 16, 24, 32), WAV_FLOAT: (32, 64)}
WAV_STREAMED_SIZES = (0, 0xFFFFFFFF)  # what writers to a pipe leave in the size field

FLAC_ONLY_BLOCK = b"\x80\0\0\x22"  # head of a STREAMINFO with no other block behind it

FOREIGN_MAGIC = (b"OggS", b"RF64", b"FORM", b"\x30\x26\xb2\x75", b"\x1a\x45\xdf\xa3")
"""Ogg, RF64, AIFF, ASF (WMA) and Matroska; MP4 has ``ftyp`` four bytes in."""

MP3_SEARCH_BYTES = 4096  # encoders pad between the tag and the first frame
MP3_FRAMES_IN_A_ROW = 5  # noise holds single false headers, but no rows of them
MP3_TAIL_BYTES = 128  # an ID3v1 tag behind the last frame
MP3_KBPS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates of layer III by version bits (3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5)."""
MP3_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True)
class AudioFormat:
    """What a song's header says.

    Attributes
    ----------
    kind : {'mp3', 'wav', 'flac'}
        The container, by its first bytes.
    rate_hz, n_channels : int
        Sample rate and number of channels, within what can be used.
    promised_s : float or None
        Length in seconds that the header promises, where it promises one.
    head : bytes
        The header as a decoder needs it, without tags and pictures.
    sound_at : int
        Offset from which the rest of the file belongs behind that header.
    """

    kind: SongKind
    rate_hz: int
    n_channels: int
    promised_s: float | None
    head: bytes
    sound_at: int


def read_format(data: bytes) -> AudioFormat:
    """Read a song's header.

    Parameters
    ----------
    data : bytes
        The whole file.

    Raises
    ------
    RefusedSong
        If this is no MP3, WAV or FLAC, or one whose header makes no sense or asks for more than
        is supported.
    """
    if not data:
        raise RefusedSong("The file is empty; expected an MP3, WAV or FLAC.", reason="EMPTY_FILE")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _read_wav(data)
    if data[:4] == b"fLaC":
        return _read_flac(data)
    if data[:4] in FOREIGN_MAGIC or data[4:8] == b"ftyp":
        raise RefusedSong(
            "The file is in another audio format; only MP3, WAV and FLAC files can be used. "
            "Export it as one of these.",
            reason="UNSUPPORTED_CONTAINER",
        )
    return _read_mp3(data)


def _not_audio(found: str) -> RefusedSong:
    return RefusedSong(
        f"{found} Choose an MP3, WAV or FLAC file that plays, or export it again.",
        reason="NOT_AUDIO",
    )


def _check_layout(rate_hz: int, n_channels: int) -> None:
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise RefusedSong(
            f"The sample rate is {rate_hz} Hz; {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz can be used. "
            "Export the song at 44100 Hz.",
            reason="UNSUPPORTED_SAMPLE_RATE",
        )
    if not 1 <= n_channels <= MAX_CHANNELS:
        raise RefusedSong(
            f"The file has {n_channels} channels; 1 to {MAX_CHANNELS} can be used. "
            "Export the song in stereo.",
            reason="UNSUPPORTED_LAYOUT",
        )


# --- WAV -------------------------------------------------------------------------------------


class _WavFormat(NamedTuple):
    tag: int
    n_channels: int
    rate_hz: int
    block_bytes: int
    bits: int


def _read_wav(data: bytes) -> AudioFormat:
    format_at, format_bytes, sound_at, sound_bytes = _wav_parts(data)
    sound = _wav_format(data, format_at, format_bytes)
    _check_layout(sound.rate_hz, sound.n_channels)
    if sound.tag not in WAV_BITS:
        raise RefusedSong(
            "This WAV file is compressed; expected plain samples. Export it as PCM, 16 or 24 bit.",
            reason="UNSUPPORTED_CODEC",
        )
    whole_samples = sound.block_bytes == sound.n_channels * sound.bits // 8
    if sound.bits not in WAV_BITS[sound.tag] or not whole_samples:
        raise _not_audio("This WAV file has an impossible sample size.")
    if len(data) - sound_at < sound.block_bytes:
        raise RefusedSong(
            "This WAV file has a header but no sound. Export it again.", reason="NO_AUDIO_DATA"
        )
    seconds = sound_bytes / sound.block_bytes / sound.rate_hz
    return AudioFormat(
        kind="wav",
        rate_hz=sound.rate_hz,
        n_channels=sound.n_channels,
        promised_s=None if sound_bytes in WAV_STREAMED_SIZES else seconds,
        head=data[:12] + data[format_at - 8 : format_at + format_bytes + format_bytes % 2],
        sound_at=sound_at - 8,
    )


def _wav_parts(data: bytes) -> tuple[int, int, int, int]:
    """Return offset and size of the format and of the samples, which come after it."""
    found = (0, 0)
    for name, start, n_bytes in riff_chunks(data, start=12):
        if name == b"fmt " and found == (0, 0):
            found = (start, n_bytes)
        if name == b"data":
            return (*found, start, n_bytes)
    return (*found, len(data), 0)


def riff_chunks(data: bytes, *, start: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, offset and claimed size of the chunks that follow each other in a RIFF file."""
    while start + 8 <= len(data):
        n_bytes = _u32(data, start + 4)
        yield data[start : start + 4], start + 8, n_bytes
        start += 8 + n_bytes + n_bytes % 2


def _wav_format(data: bytes, start: int, n_bytes: int) -> _WavFormat:
    if start == 0:
        raise _not_audio("This WAV file has no usable format header.")
    if n_bytes < 16 or start + 16 > len(data):
        raise _not_audio("This WAV file has a format header that is cut off.")
    tag, n_channels, rate_hz, _, block_bytes, bits = struct.unpack_from("<HHIIHH", data, start)
    if tag == WAV_EXTENSIBLE and n_bytes >= 40 and start + 26 <= len(data):
        (tag,) = struct.unpack_from("<H", data, start + 24)
    return _WavFormat(tag, n_channels, rate_hz, block_bytes, bits)


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


# --- FLAC ------------------------------------------------------------------------------------


def _read_flac(data: bytes) -> AudioFormat:
    """Read STREAMINFO, which must come first (RFC 9639, section 8.2)."""
    if len(data) < 42 or data[4] & 0x7F:
        raise _not_audio("This FLAC file is cut off in its header.")
    packed = int.from_bytes(data[18:26], "big")
    rate_hz, n_channels = packed >> 44, (packed >> 41 & 0b111) + 1
    n_samples = packed & (1 << 36) - 1
    _check_layout(rate_hz, n_channels)
    *_, (_, last_at, last_bytes) = flac_blocks(data)
    return AudioFormat(
        kind="flac",
        rate_hz=rate_hz,
        n_channels=n_channels,
        promised_s=n_samples / rate_hz if n_samples else None,
        head=b"fLaC" + FLAC_ONLY_BLOCK + data[8:42],
        sound_at=last_at + last_bytes,
    )


def flac_blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, offset and claimed size of the blocks of metadata in a FLAC file."""
    offset, is_last = 4, False
    while not is_last and offset + 4 <= len(data):
        is_last, kind = bool(data[offset] & 0x80), data[offset] & 0x7F
        n_bytes = int.from_bytes(data[offset + 1 : offset + 4], "big")
        yield kind, offset + 4, n_bytes
        offset += 4 + n_bytes


# --- MP3 -------------------------------------------------------------------------------------


class _Mp3Frame(NamedTuple):
    version: int
    rate_hz: int
    n_channels: int
    n_bytes: int


def _read_mp3(data: bytes) -> AudioFormat:
    tags_end = _skip_id3(data)
    for start in range(tags_end, min(tags_end + MP3_SEARCH_BYTES, len(data))):
        frames, end = _mp3_run(data, start)
        to_the_end = start == tags_end and abs(end - len(data)) <= MP3_TAIL_BYTES
        if len(frames) == MP3_FRAMES_IN_A_ROW or (frames and to_the_end):
            first = frames[0]
            _check_layout(first.rate_hz, first.n_channels)
            return AudioFormat(
                kind="mp3",
                rate_hz=first.rate_hz,
                n_channels=first.n_channels,
                promised_s=None,
                head=b"",
                sound_at=start,
            )
    raise _not_audio("This is not an MP3, WAV or FLAC file.")


def _skip_id3(data: bytes) -> int:
    """Return where the ID3v2 tags at the front end (id3.org, section 3.1)."""
    offset = 0
    while data[offset : offset + 3] == b"ID3" and offset + 10 <= len(data):
        size = data[offset + 6 : offset + 10]
        if any(byte & 0x80 for byte in size):
            raise _not_audio("This MP3 file has a broken tag.")
        has_footer = bool(data[offset + 5] & 0x10)
        n_bytes = size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]
        offset += 10 + n_bytes + 10 * has_footer
    if offset > len(data):
        raise _not_audio("This MP3 file has a tag larger than the file.")
    return offset


def _mp3_run(data: bytes, start: int) -> tuple[list[_Mp3Frame], int]:
    """Return the first like frames that follow each other from an offset, and where they end."""
    frames: list[_Mp3Frame] = []
    offset = start
    while len(frames) < MP3_FRAMES_IN_A_ROW:
        frame = _mp3_frame(data, offset)
        if frame is None or (frames and frame[:2] != frames[0][:2]):
            break
        frames.append(frame)
        offset += frame.n_bytes
    return frames, offset


def _mp3_frame(data: bytes, offset: int) -> _Mp3Frame | None:
    """Return the layer III frame whose header is at an offset, if one is there."""
    if offset + 4 > len(data) or data[offset] != 0xFF or data[offset + 1] & 0xE0 != 0xE0:
        return None
    _, second, third, fourth = data[offset : offset + 4]
    version, layer = second >> 3 & 0b11, second >> 1 & 0b11
    rate_index, kbps_index, padding = third >> 2 & 0b11, third >> 4, third >> 1 & 1
    if version == 1 or layer != 1 or kbps_index in (0, 15) or rate_index == 3:
        return None
    rate_hz = MP3_RATES_HZ[version][rate_index]
    samples_per_byte = 144_000 if version == 3 else 72_000
    n_bytes = samples_per_byte * MP3_KBPS[version][kbps_index] // rate_hz + padding
    return _Mp3Frame(version, rate_hz, 1 if fourth >> 6 == 3 else 2, n_bytes)
