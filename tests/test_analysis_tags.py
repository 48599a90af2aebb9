"""What a song calls itself."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hostile import ARTIST, KINDS, TITLE, tagged_song
from mvkit.analysis.tags import MAX_CHARACTERS, Tags, read_tags
from mvkit.errors import RefusedSong

from .song_makers import chunk, clicks, encoded, times_of

SONG = clicks(times_of(120, 1.5), 1.5)
PLAIN = {kind: encoded(SONG, kind) for kind in KINDS}
SOUND_OF_MP3 = PLAIN["mp3"][PLAIN["mp3"].index(b"\xff") :]
PICTURE = b"\0image/png\0\3\0" + bytes(100_000)


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes, *, version: int = 3, flags: bytes = b"\0\0") -> bytes:
    """Return a frame of an ID3 tag as a version has it."""
    if version == 2:
        return name + len(body).to_bytes(3, "big") + body
    size = synchsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
    return name + size + flags + body


def id3(*frames: bytes, version: int = 3, flags: int = 0) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body)) + body


def mp3(*frames: bytes, version: int = 3, flags: int = 0) -> bytes:
    return id3(*frames, version=version, flags=flags) + SOUND_OF_MP3


def wav(*chunks: bytes) -> bytes:
    return PLAIN["wav"] + b"".join(chunks)


def flac(*comments: bytes) -> bytes:
    """Return a FLAC with comments behind a picture."""
    listed = b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)
    vorbis = struct.pack("<I", 3) + b"lib" + struct.pack("<I", len(comments)) + listed
    blocks = ((6, PICTURE), (4, vorbis))
    packed = b"".join(bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in blocks)
    return PLAIN["flac"][:42] + packed + PLAIN["flac"][42:]


def info(**fields: bytes) -> bytes:
    chunks = (chunk(name.encode(), body + b"\0" * (len(body) % 2)) for name, body in fields.items())
    return chunk(b"LIST", b"INFO" + b"".join(chunks))


LATIN = "Café del Mar".encode("latin-1")
TAGGED: dict[str, tuple[bytes, Tags]] = {
    "none mp3": (SOUND_OF_MP3, Tags()),
    "none wav": (PLAIN["wav"], Tags()),
    "none flac": (PLAIN["flac"], Tags()),
    "latin-1": (mp3(frame(b"TIT2", b"\0" + LATIN)), Tags("Café del Mar")),
    "utf-16": (
        mp3(frame(b"TIT2", b"\1" + "雨".encode("utf-16")), frame(b"TPE1", b"\1\xfe\xff\x96\xe8")),
        Tags("雨", "雨"),
    ),
    "utf-16 without a mark": (
        mp3(frame(b"TPE1", b"\2" + "Мира".encode("utf-16-be"), version=4), version=4),
        Tags("", "Мира"),
    ),
    "2.2": (
        mp3(
            frame(b"PIC", PICTURE, version=2),
            frame(b"TT2", b"\0Rain\0", version=2),
            frame(b"TP1", b"\0Mira", version=2),
            version=2,
        ),
        Tags("Rain", "Mira"),
    ),
    "behind a cover": (
        mp3(frame(b"APIC", PICTURE), frame(b"TIT2", b"\3Rain\0")),
        Tags("Rain"),
    ),
    "several artists": (
        mp3(frame(b"TPE1", b"\3Mira\0Lamps\0", version=4), version=4),
        Tags("", "Mira, Lamps"),
    ),
    "sizes of 2.3 in 2.4": (
        mp3(b"TALB" + (200).to_bytes(4, "big") + bytes(202) + b"TIT2\0\0\0\5\0\0\3Rain", version=4),
        Tags("Rain"),
    ),
    "with its length before it": (
        mp3(frame(b"TIT2", synchsafe(5) + b"\3Rain", version=4, flags=b"\0\1"), version=4),
        Tags("Rain"),
    ),
    "unsynchronised": (
        mp3(
            frame(b"TIT2", b"\1\xff\0\xfeR\0a\0i\0n\0")[:7] + b"\x0b\0\0\1\xff\0\xfeR\0a\0i\0n\0",
            flags=0x80,
        ),
        Tags("Rain"),
    ),
    "extended header": (
        mp3(b"\0\0\0\6" + bytes(6), frame(b"TIT2", b"\3Rain"), flags=0x40),
        Tags("Rain"),
    ),
    "1": (
        SOUND_OF_MP3 + b"TAG" + b"Rain".ljust(30, b"\0") + b"Mira".ljust(30) + bytes(65),
        Tags("Rain", "Mira"),
    ),
    "1 behind 2": (
        mp3(frame(b"TIT2", b"\3Rain at Night")) + b"TAG" + b"Rain".ljust(125, b"\0"),
        Tags("Rain at Night"),
    ),
    "packed": (
        mp3(frame(b"TIT2", b"\3Rain", version=4, flags=b"\0\x08"), version=4),
        Tags(),
    ),
    "no such encoding": (
        mp3(frame(b"TPE1", b"\3Mira"), frame(b"TIT2", b"\x09Rain")),
        Tags("", "Mira"),
    ),
    "cut off": (mp3(frame(b"TPE1", b"\3Mira"), b"TIT2\0\0"), Tags("", "Mira")),
    "longer than it is": (mp3(b"TIT2\x7f\xff\xff\xff\0\0\3Rain"), Tags("Rain")),
    "riff": (wav(info(INAM=b"Rain", IART=b"Mira")), Tags("Rain", "Mira")),
    "riff in latin-1": (wav(info(INAM=LATIN)), Tags("Café del Mar")),
    "id3 in riff": (wav(chunk(b"id3 ", id3(frame(b"TIT2", b"\3Rain")))), Tags("Rain")),
    "riff that lies": (wav(chunk(b"LIST", b"INFOINAM\xff\xff\xff\xffRain")), Tags("Rain")),
    "vorbis": (flac(b"ALBUM=x", b"Title=Rain", b"ARTIST=Mira"), Tags("Rain", "Mira")),
    "vorbis with two artists": (flac(b"artist=Mira", b"artist=Lamps"), Tags("", "Mira")),
    "no vorbis": (flac(b"\xff" * 9, b"title"), Tags()),
    "only blanks": (flac(b"TITLE= \t\n", b"ARTIST=\x00\xe2\x80\xae"), Tags()),
    "control characters": (flac(b"TITLE=a\x00b\x1b[2J\r\nc\x7f"), Tags("a b [2J c")),
    "turned around": (flac("TITLE=\u202e3pm.exe\u2066\ufeff".encode()), Tags("3pm.exe")),
    "joined emoji": (flac("TITLE=👩\u200d🚀".encode()), Tags("👩\u200d🚀")),
    "composed": (flac("TITLE=Cafe\u0301".encode()), Tags("Café")),
    "endless": (flac(b"TITLE=" + b"x" * 1_000_000), Tags("x" * MAX_CHARACTERS)),
    "markup": (flac(b"TITLE=<b>&amp;${x}"), Tags("<b>&amp;${x}")),
}


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return tmp_path / "song"


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_program_wrote_is_read(song: Path, kind: str) -> None:
    """Tags as libsndfile and LAME write them."""
    song.write_bytes(tagged_song(kind))
    assert read_tags(song) == Tags(TITLE, ARTIST)


@pytest.mark.parametrize(("data", "tags"), TAGGED.values(), ids=TAGGED)
def test_title_and_artist_are_read_whatever_the_tag_is_like(
    song: Path, data: bytes, tags: Tags
) -> None:
    """Each way of writing tags is read; what is broken is left; what shows is one plain line."""
    song.write_bytes(data)
    assert read_tags(song) == tags


def test_what_is_no_song_has_no_tags(song: Path) -> None:
    """The door is the same as for sound."""
    song.write_bytes(b"TAG" + bytes(125))
    with pytest.raises(RefusedSong):
        read_tags(song)


def test_many_fields_take_no_longer_than_few(song: Path) -> None:
    """A hundred thousand titles, all blank, are read in one walk."""
    song.write_bytes(flac(*[b"TITLE= "] * 120_000))
    started_s = time.process_time()
    assert read_tags(song) == Tags()
    assert time.process_time() - started_s < 1.5


@pytest.mark.parametrize("seed", range(3))
def test_damage_in_a_tag_is_no_error(song: Path, seed: int) -> None:
    """Whatever a tag holds, there are tags or none."""
    rng = np.random.default_rng(seed)
    for data, _ in list(TAGGED.values()) * 5:
        damaged = bytearray(data)
        for place in rng.integers(12, 90, 6):
            damaged[place] = rng.integers(256)
        song.write_bytes(bytes(damaged))
        try:
            tags = read_tags(song)
        except RefusedSong:
            continue
        assert (tags.title + tags.artist).isprintable() or "\u200d" in tags.title
