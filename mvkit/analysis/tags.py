"""What a song calls itself: title and artist, from the tags in the file.

Read here are ID3 (id3.org, versions 1 and 2.2 to 2.4), RIFF INFO and Vorbis comments (RFC 9639,
section 8.6), in one walk over the file, however many fields there are; readers that keep each field
can be kept busy for minutes. Pictures are stepped over. What comes out is text for showing, never
for a path: one line, without invisible signs, of bounded length. A tag that is broken, packed or
encrypted is no tag.

Contents
--------
Tags, read_tags
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from mvkit.analysis.containers import SongKind, flac_blocks, read_format, riff_chunks
from mvkit.analysis.intake import read_song

MAX_CHARACTERS = 120
MOST = 4096  # bytes of a field that are looked at

FIELDS = {
    **dict.fromkeys((b"TIT2", b"TT2", b"INAM", b"TITLE"), "title"),
    **dict.fromkeys((b"TPE1", b"TP1", b"IART", b"ARTIST"), "artist"),
}
"""What the fields are called in ID3, RIFF and Vorbis comments."""
ID3_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
ID3_UNSYNCHRONISED, ID3_EXTENDED = 0x80, 0x40
ID3_PACKED = 0x0C  # frames that are compressed or encrypted, in 2.4
ID3_HAS_LENGTH = 0x01
ID3_OLD_BYTES = 128
VORBIS_COMMENT = 4
JOINERS = "\u200c\u200d"  # scripts and emoji need them; other format characters only deceive

Field = tuple[bytes, str]


@dataclass(frozen=True)
class Tags:
    """What a file says of its song; empty where it says nothing."""

    title: str = ""
    artist: str = ""


def read_tags(song: Path) -> Tags:
    """Return title and artist of a song.

    Raises
    ------
    RefusedSong, NotFound
        If it is no song; see :func:`mvkit.analysis.intake.song_kind`.
    """
    data = read_song(song)
    found: dict[str, str] = {}
    with suppress(
        struct.error, IndexError, ValueError
    ):  # the tag breaks off; what came before counts
        for name, value in READERS[read_format(data).kind](data):
            shown = _shown(value)
            if shown:
                found.setdefault(FIELDS[name], shown)
            if len(found) == len(fields(Tags)):
                break
    return Tags(**found)


# --- Where fields are ------------------------------------------------------------------------


def _mp3_fields(data: bytes) -> Iterator[Field]:
    yield from _id3_fields(data)
    old = data[-ID3_OLD_BYTES:]  # of version 1: fields of 30 letters at the end of the file
    if old[:3] == b"TAG":
        yield b"TIT2", _eight_bit_text(old[3:33])
        yield b"TPE1", _eight_bit_text(old[33:63])


def _id3_fields(data: bytes) -> Iterator[Field]:
    """Yield the fields of the ID3v2 tag that some bytes begin with."""
    if data[:3] != b"ID3":
        return
    version, flags = data[3], data[5]
    tag = data[10 : 10 + _synchsafe(data, 6)]
    if flags & ID3_UNSYNCHRONISED and version < 4:
        tag = tag.replace(b"\xff\0", b"\xff")
    name_bytes, head_bytes = (3, 6) if version == 2 else (4, 10)
    offset = _id3_extension(tag, version) if flags & ID3_EXTENDED and version > 2 else 0
    while offset + head_bytes <= len(tag) and tag[offset]:
        name = tag[offset : offset + name_bytes]
        n_bytes, start = _id3_size(tag, offset, version), offset + head_bytes
        if name in FIELDS:
            how = tag[offset + 9] if version == 4 else 0
            start += 4 if how & ID3_HAS_LENGTH else 0
            if not how & ID3_PACKED:
                yield name, _id3_text(tag[start : min(offset + head_bytes + n_bytes, start + MOST)])
        offset += head_bytes + n_bytes


def _id3_extension(tag: bytes, version: int) -> int:
    return _synchsafe(tag, 0) if version == 4 else 4 + _big_endian(tag, 0, 4)


def _id3_size(tag: bytes, offset: int, version: int) -> int:
    """Return the size of a frame; some writers of 2.4 keep to the numbers of 2.3."""
    if version == 2:
        return _big_endian(tag, offset + 3, 3)
    is_plain = version == 3 or any(byte & 0x80 for byte in tag[offset + 4 : offset + 8])
    return _big_endian(tag, offset + 4, 4) if is_plain else _synchsafe(tag, offset + 4)


def _id3_text(body: bytes) -> str:
    """Return the text of a frame; of several values, all."""
    text = body[1:].decode(ID3_ENCODINGS[body[0]], "replace")
    return text.rstrip("\0").replace("\0", ", ")


def _wav_fields(data: bytes) -> Iterator[Field]:
    for name, start, n_bytes in riff_chunks(data, start=12):
        if name == b"LIST" and data[start : start + 4] == b"INFO":
            yield from _info_fields(data[start : start + n_bytes])
        elif name in (b"id3 ", b"ID3 "):
            yield from _id3_fields(data[start : start + n_bytes])


def _info_fields(chunk: bytes) -> Iterator[Field]:
    for name, start, n_bytes in riff_chunks(chunk, start=4):
        if name in FIELDS:
            yield name, _eight_bit_text(chunk[start : start + min(n_bytes, MOST)])


def _eight_bit_text(body: bytes) -> str:
    """Return text that is UTF-8, or in the letters of whoever wrote it."""
    body = body.partition(b"\0")[0]
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _flac_fields(data: bytes) -> Iterator[Field]:
    for kind, start, n_bytes in flac_blocks(data):
        if kind == VORBIS_COMMENT:
            yield from _vorbis_fields(data[start : start + n_bytes])


def _vorbis_fields(block: bytes) -> Iterator[Field]:
    (vendor_bytes,) = struct.unpack_from("<I", block)
    offset = 4 + vendor_bytes + 4  # behind the number of comments: their end shows as well
    while offset + 4 <= len(block):
        (n_bytes,) = struct.unpack_from("<I", block, offset)
        name, _, value = block[offset + 4 : offset + 4 + min(n_bytes, MOST)].partition(b"=")
        if name.upper() in FIELDS:
            yield name.upper(), value.decode("utf-8", "replace")
        offset += 4 + n_bytes


READERS: dict[SongKind, Callable[[bytes], Iterator[Field]]] = {
    "mp3": _mp3_fields,
    "wav": _wav_fields,
    "flac": _flac_fields,
}


def _synchsafe(data: bytes, offset: int) -> int:
    """Return a number of four bytes that hold seven bits each."""
    first, second, third, fourth = data[offset : offset + 4]
    return first << 21 | second << 14 | third << 7 | fourth


def _big_endian(data: bytes, offset: int, n_bytes: int) -> int:
    return int.from_bytes(data[offset : offset + n_bytes], "big")


# --- What is shown of them -------------------------------------------------------------------


def _shown(text: str) -> str:
    """Return a text as one short line that shows all it holds."""
    line = " ".join("".join(map(_visible, unicodedata.normalize("NFC", text))).split())
    return line[:MAX_CHARACTERS].rstrip()


def _visible(character: str) -> str:
    """Return a character that shows, a space for one that parts words, nothing for the others."""
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category.startswith("C") and character not in JOINERS else character
