"""The song is encoded for films once, and again only if it changes."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf

from mvkit.errors import MediaFailed
from mvkit.soundtrack import soundtrack

from .film_makers import write_clicks


def song_at(folder: Path, *, duration_s: float = 2.0) -> Path:
    return write_clicks(folder / "song.wav", duration_s, [0.5, 1.5])


def test_the_soundtrack_is_the_whole_song_as_aac(tmp_path: Path) -> None:
    with av.open(str(soundtrack(song_at(tmp_path)))) as file:
        [stream] = file.streams
        assert (stream.codec_context.codec.name, stream.rate) == ("aac", 48_000)
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0, abs=0.001)


@pytest.mark.parametrize(
    ("rate_hz", "suffix"), [(44_100, "wav"), (44_100, "mp3"), (32_000, "mp3"), (44_100, "flac")]
)
def test_every_packet_begins_where_the_one_before_ends(
    tmp_path: Path, rate_hz: int, suffix: str
) -> None:
    """Whatever the song's own rate: no sample is lost or told twice."""
    song = tmp_path / f"song.{suffix}"
    sf.write(song, np.random.default_rng(0).normal(0.0, 0.1, round(6.37 * rate_hz)), rate_hz)
    with av.open(str(soundtrack(song))) as file:
        starts = [packet.pts for packet in file.demux(audio=0) if packet.pts is not None]
    assert {later - sooner for sooner, later in pairwise(starts)} == {1024}


def test_the_song_is_encoded_once(tmp_path: Path) -> None:
    song = song_at(tmp_path)
    first = soundtrack(song)
    inode = first.stat().st_ino
    assert soundtrack(song) == first
    assert first.stat().st_ino == inode


def test_another_song_in_its_place_has_another_soundtrack(tmp_path: Path) -> None:
    song = song_at(tmp_path)
    first = soundtrack(song)
    song_at(tmp_path, duration_s=3.0)
    second = soundtrack(song)
    assert second != first
    assert not first.exists()
    os.utime(song, ns=(1, 1))
    assert soundtrack(song) != second


def test_what_is_no_song_leaves_nothing_behind(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    with pytest.raises(MediaFailed):
        soundtrack(song)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [song]
