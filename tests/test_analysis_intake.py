"""The door: what is let in, what is refused, and why."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks import hostile
from mvkit import ffmpeg
from mvkit.analysis import intake
from mvkit.analysis.intake import MAX_BYTES, check_song, decode, song_blocks, song_kind
from mvkit.errors import NotFound, RefusedSong
from mvkit.loudness import true_peak_db

from .song_makers import (
    RATE_HZ,
    chunk,
    clicks,
    encoded,
    pcm,
    times_of,
    wav,
    wav_format,
)

SONG = clicks(times_of(120, 4.0), 4.0)
SONG_PCM = pcm(SONG)
SONG_MP3, SONG_FLAC, SONG_WAV = (encoded(SONG, kind) for kind in ("mp3", "flac", "wav"))

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
MP3_FRAME_OF_72_MS = b"\xff\xe3\x18\xc4" + bytes(68)


def id3(body: bytes, *, size: int | None = None) -> bytes:
    """Return an ID3v2 tag."""
    n_bytes = len(body) if size is None else size
    return b"ID3\x04\0\0" + bytes(n_bytes >> shift & 127 for shift in (21, 14, 7, 0)) + body


def flac_that_promises(n_samples: int) -> bytes:
    """Return the FLAC with another number of samples in its header."""
    packed = int.from_bytes(SONG_FLAC[18:26], "big") >> 36 << 36 | n_samples
    return SONG_FLAC[:18] + packed.to_bytes(8, "big") + SONG_FLAC[26:]


def float_wav(samples: np.ndarray) -> bytes:
    data = samples.astype("<f4").tobytes()
    return wav(wav_format(tag=3, bits=32), chunk(b"data", data))


def many_zeros_of(n_seconds: int) -> np.ndarray:
    return np.zeros(n_seconds * RATE_HZ, dtype=np.float32)


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "EMPTY_FILE"),
    "one byte": (b"R", "NOT_AUDIO"),
    "text": (b"just some words\n" * 400, "NOT_AUDIO"),
    "web page": (b"<!doctype html><script>alert(1)</script>" * 50, "NOT_AUDIO"),
    "noise with false headers": (np.random.default_rng(7).bytes(65536), "NOT_AUDIO"),
    "all zero": (bytes(200_000), "NOT_AUDIO"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "NOT_AUDIO"),
    "zip": (b"PK\x03\x04" + bytes(5000), "NOT_AUDIO"),
    "playlist of a file": (PLAYLIST.format("file:///etc/passwd").encode(), "NOT_AUDIO"),
    "playlist of a page": (PLAYLIST.format("http://127.0.0.1:9/").encode(), "NOT_AUDIO"),
    "list of parts": (b"ffconcat version 1.0\nfile 'song.wav'\n", "NOT_AUDIO"),
    "magic only": (b"fLaC", "NOT_AUDIO"),
    "tag larger than the file": (id3(bytes(100), size=200_000_000) + SONG_MP3, "NOT_AUDIO"),
    "tag with an impossible size": (b"ID3\x04\0\0\xff\xff\xff\xff" + SONG_MP3, "NOT_AUDIO"),
    "ogg": (encoded(SONG, "ogg"), "UNSUPPORTED_CONTAINER"),
    "aiff": (encoded(SONG, "aiff"), "UNSUPPORTED_CONTAINER"),
    "mp4": (b"\0\0\0\x18ftypM4A " + bytes(60), "UNSUPPORTED_CONTAINER"),
    "rf64": (encoded(SONG, "rf64"), "UNSUPPORTED_CONTAINER"),
    "wav without format": (wav(chunk(b"data", SONG_PCM)), "NOT_AUDIO"),
    "wav with half a format": (wav(chunk(b"fmt ", b"\1\0")), "NOT_AUDIO"),
    "wav with a huge chunk first": (
        wav(chunk(b"junk", bytes(16), size=0xFFFFFFF0), wav_format(), chunk(b"data", SONG_PCM)),
        "NOT_AUDIO",
    ),
    "wav of no bits": (wav(wav_format(bits=0), chunk(b"data", SONG_PCM)), "NOT_AUDIO"),
    "wav of no sound": (wav(wav_format(), chunk(b"data", b"")), "NO_AUDIO_DATA"),
    "wav of 0 Hz": (
        wav(wav_format(rate_hz=0), chunk(b"data", SONG_PCM)),
        "UNSUPPORTED_SAMPLE_RATE",
    ),
    "wav of 1 Hz": (
        wav(wav_format(rate_hz=1), chunk(b"data", SONG_PCM)),
        "UNSUPPORTED_SAMPLE_RATE",
    ),
    "wav of no channels": (
        wav(wav_format(n_channels=0), chunk(b"data", SONG_PCM)),
        "UNSUPPORTED_LAYOUT",
    ),
    "wav of 64 channels": (
        wav(wav_format(n_channels=64), chunk(b"data", SONG_PCM)),
        "UNSUPPORTED_LAYOUT",
    ),
    "compressed wav": (wav(wav_format(tag=0x2000), chunk(b"data", SONG_PCM)), "UNSUPPORTED_CODEC"),
    "mp3 of one frame": (MP3_FRAME_OF_72_MS, "DAMAGED"),
    "an hour in 3.6 MB": (MP3_FRAME_OF_72_MS * 50_000, "TOO_LONG"),
    "half a second": (encoded(SONG[: RATE_HZ // 2], "wav"), "TOO_SHORT"),
    "flac cut off": (SONG_FLAC[: len(SONG_FLAC) * 2 // 5], "TRUNCATED"),
    "flac that promises 18 days": (flac_that_promises((1 << 36) - 1), "TRUNCATED"),
    "wav cut off": (SONG_WAV[: len(SONG_WAV) // 2], "TRUNCATED"),
    "no numbers": (float_wav(np.full(2 * RATE_HZ, np.nan)), "INVALID_SAMPLES"),
    "far too loud": (float_wav(SONG * 1e30), "INVALID_SAMPLES"),
    "silence": (encoded(many_zeros_of(3), "wav"), "SILENT"),
    "a constant": (encoded(many_zeros_of(3) + np.float32(0.9), "wav"), "SILENT"),
    "a byte too many": (SONG_WAV + bytes(MAX_BYTES + 1 - len(SONG_WAV)), "FILE_TOO_LARGE"),
}

ACCEPTED: dict[str, tuple[bytes, str]] = {
    "wav": (SONG_WAV, "wav"),
    "flac": (SONG_FLAC, "flac"),
    "mp3": (SONG_MP3, "mp3"),
    "24 bit": (encoded(SONG, "wav", subtype="PCM_24"), "wav"),
    "float": (float_wav(SONG), "wav"),
    "exactly as large as allowed": (SONG_WAV + bytes(MAX_BYTES - len(SONG_WAV)), "wav"),
    "many chunks before the sound": (
        wav(wav_format(), chunk(b"LIST", b"INFOabcd") * 10_000, chunk(b"data", SONG_PCM)),
        "wav",
    ),
    "written to a pipe": (
        wav(wav_format(), chunk(b"data", SONG_PCM, size=0xFFFFFFFF)),
        "wav",
    ),
    "web page in a tag": (
        wav(wav_format(), chunk(b"LIST", b"<script>"), chunk(b"data", SONG_PCM)),
        "wav",
    ),
    "broken cover": (id3(b"APIC\0\0\x10\0\0\0\0image/png\0\3\0" + bytes(4000)) + SONG_MP3, "mp3"),
    "zip behind it": (SONG_MP3 + b"PK\x03\x04" + bytes(5000), "mp3"),
    "mp3 cut off": (SONG_MP3[: len(SONG_MP3) * 3 // 4], "mp3"),
    "unknown number of samples": (flac_that_promises(0), "flac"),
}


N_FIELDS = 100_000
MANY_FRAMES = b"".join(b"TXXX\0\0\0\x08\0\0\3%06x\0" % number for number in range(N_FIELDS))
MANY_COMMENTS = struct.pack("<II", 0, N_FIELDS) + b"".join(
    b"\x08\0\0\0%06x=v" % number for number in range(N_FIELDS)
)
MANY_INFOS = b"INFO" + b"".join(
    struct.pack("<4sI2s", b"%04x" % (number % 65536), 2, b"v") for number in range(N_FIELDS)
)
MANY_TAGS: dict[str, bytes] = {
    "mp3": id3(MANY_FRAMES) + SONG_MP3,
    "wav": SONG_WAV[:12] + chunk(b"LIST", MANY_INFOS) + SONG_WAV[12:],
    "flac": SONG_FLAC[:42]
    + b"\x04"
    + len(MANY_COMMENTS).to_bytes(3, "big")
    + MANY_COMMENTS
    + SONG_FLAC[42:],
}


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A file whose name says nothing true."""
    return tmp_path / "upload.mp3"


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_no_usable_song_is_refused_with_its_reason(
    upload: Path, data: bytes, reason: str
) -> None:
    """Each hostile or useless file gets the refusal that helps its owner."""
    upload.write_bytes(data)
    with pytest.raises(RefusedSong) as refusal:
        check_song(upload)
    assert refusal.value.reason == reason
    assert len(refusal.value.message) > 30


@pytest.mark.parametrize(("data", "kind"), ACCEPTED.values(), ids=ACCEPTED)
def test_an_unusual_but_sound_file_is_let_in(upload: Path, data: bytes, kind: str) -> None:
    """Odd tags, sizes and endings do not keep a playable song out."""
    upload.write_bytes(data)
    song = check_song(upload)
    assert (song.kind, song.n_bytes) == (kind, len(data))
    assert 2.5 < song.duration_s < 4.2
    assert song_kind(upload) == kind


def test_a_playlist_cannot_fetch_its_neighbour(tmp_path: Path) -> None:
    """A list that names a good song beside it is refused, not followed."""
    (tmp_path / "song.wav").write_bytes(SONG_WAV)
    upload = tmp_path / "upload.mp3"
    upload.write_text(PLAYLIST.format("song.wav"))
    with pytest.raises(RefusedSong, match="NOT_AUDIO"):
        decode(upload, rate_hz=RATE_HZ, n_channels=1)


def test_a_playlist_with_a_song_behind_it_gives_only_the_song(tmp_path: Path) -> None:
    """Of a polyglot file, only its own sound is decoded."""
    (tmp_path / "long.wav").write_bytes(encoded(clicks(times_of(90, 9.0), 9.0), "wav"))
    upload = tmp_path / "upload.mp3"
    upload.write_bytes(PLAYLIST.format("long.wav").encode() + SONG_MP3)
    assert check_song(upload).duration_s == pytest.approx(4.0, abs=0.15)


@pytest.mark.parametrize(("n_channels", "shape"), [(1, (88_200,)), (2, (88_200, 2))])
def test_decoding_gives_the_rate_and_channels_asked_for(
    upload: Path, n_channels: int, shape: tuple[int, ...]
) -> None:
    """Four seconds at 22 050 Hz, whatever the file has, as loud as it was."""
    upload.write_bytes(SONG_WAV)
    samples = decode(upload, rate_hz=RATE_HZ, n_channels=n_channels)
    assert samples.shape == shape
    assert samples.dtype == np.float32
    power = np.sum(samples.astype(float) ** 2)
    assert power == pytest.approx(np.sum(SONG.astype(float) ** 2), rel=0.01)


def test_decoding_keeps_time(upload: Path) -> None:
    """A sample stays where it was: WAV and FLAC to the sample."""
    for data in (SONG_WAV, SONG_FLAC):
        upload.write_bytes(data)
        decoded = decode(upload, rate_hz=RATE_HZ, n_channels=1)
        assert np.abs(decoded - SONG).max() < 1e-3


def test_a_few_broken_samples_become_silence(upload: Path) -> None:
    """A float file with some NaN and infinity is repaired."""
    broken = SONG.copy()
    broken[1000:2000] = np.nan
    broken[3000:3100] = np.inf
    upload.write_bytes(float_wav(broken))
    assert np.isfinite(decode(upload, rate_hz=RATE_HZ, n_channels=1)).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_answered_never_crashes(tmp_path: Path, seed: int) -> None:
    """Mutants end in a song or in a refusal, and make nobody open the song beside them."""
    songs = [hostile.tagged_song(kind) for kind in hostile.KINDS]
    (tmp_path / hostile.DECOY).write_bytes(SONG_WAV)
    for name, data in hostile.mutants_of(songs, n=10, seed=seed):
        mutant = tmp_path / name
        mutant.write_bytes(data)
        assert not hostile.look(mutant).wrong


def test_the_watch_notices_a_foreign_file(tmp_path: Path) -> None:
    """What the mutants are watched with would tell if one were opened."""
    (tmp_path / "secret").write_text("?")
    with hostile.watched(tmp_path) as opened:
        (tmp_path / "secret").read_text()
    assert opened == {"secret"}


def test_an_ffmpeg_that_may_open_more_is_noticed() -> None:
    """The pins are looked at one by one."""
    pinned = ["ffmpeg", *ffmpeg.pinned_input("wav"), "-f", "f32le", "pipe:1"]
    assert hostile.is_pinned(pinned)
    for loose in ("-protocol_whitelist", "-format_whitelist", "-codec_whitelist"):
        place = pinned.index(loose)
        assert not hostile.is_pinned([*pinned[:place], *pinned[place + 2 :]])
    assert not hostile.is_pinned([part.replace("pipe:0", "song.wav") for part in pinned])


@pytest.mark.parametrize("kind", MANY_TAGS)
def test_tags_without_end_do_not_keep_the_door_busy(upload: Path, kind: str) -> None:
    """A hundred thousand fields are stepped over: a decoder would compare each with each."""
    upload.write_bytes(MANY_TAGS[kind])
    started_s = time.process_time(), os.times().children_user
    assert check_song(upload).kind == kind
    assert time.process_time() - started_s[0] + os.times().children_user - started_s[1] < 1.5


def test_a_decoder_that_does_not_end_makes_the_song_damaged(
    upload: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another try would take as long: it is the file that is refused."""
    monkeypatch.setattr(intake, "DECODE_TIMEOUT_S", 0.0)
    upload.write_bytes(SONG_WAV)
    with pytest.raises(RefusedSong, match="DAMAGED"):
        check_song(upload)


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac"])
def test_tags_change_nothing_in_what_is_heard(upload: Path, kind: str) -> None:
    """To the sample, with tags or without."""
    heard = []
    for data in (hostile.tagged_song(kind), hostile.tagged_song(kind, title="T" * 99, artist="A")):
        upload.write_bytes(data)
        heard.append(decode(upload, rate_hz=RATE_HZ, n_channels=1))
    assert np.array_equal(*heard)


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac"])
def test_a_song_comes_in_blocks_as_its_file_has_it(upload: Path, kind: str) -> None:
    """Second by second, the same samples as at once."""
    upload.write_bytes({"mp3": SONG_MP3, "wav": SONG_WAV, "flac": SONG_FLAC}[kind])
    blocks = list(song_blocks(upload))
    assert [block.shape for block in blocks[:4]] == [(RATE_HZ, 1)] * 4
    whole = decode(upload, rate_hz=RATE_HZ, n_channels=1)
    assert np.array_equal(np.concatenate(blocks)[:, 0], whole)


def test_the_peak_between_the_samples_is_found() -> None:
    """A tone sampled beside its peaks has -6 dBTP, not the -9 of its samples.

    The tolerances are those of EBU Tech 3341, case 15 and on.
    """
    place = np.arange(48_000)
    fade = np.minimum(1, np.minimum(place, place[::-1]) / 2000)
    tone = (0.5 * fade * np.sin(np.pi * (place / 2 + 0.25))).astype(np.float32)[:, None]
    assert 20 * np.log10(tone.max()) < -9
    for pieces in ([tone], [tone[:777], tone[777:790], tone[790:]]):
        assert -6.4 < true_peak_db(pieces) < -5.8
    assert true_peak_db([0 * tone]) == -120.0


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path without a file is not found, and neither is a folder."""
    for path in (tmp_path / "none.mp3", tmp_path):
        with pytest.raises(NotFound):
            check_song(path)


def test_ten_minutes_are_the_limit(upload: Path) -> None:
    """Ten minutes pass; a second more does not."""
    for n_seconds, fits in ((600, True), (601, False)):
        quiet = np.zeros(n_seconds * 8000, dtype="<i2")
        quiet[::400] = 3000
        upload.write_bytes(wav(wav_format(rate_hz=8000), chunk(b"data", quiet.tobytes())))
        if fits:
            assert check_song(upload).duration_s == pytest.approx(600, abs=0.01)
        else:
            with pytest.raises(RefusedSong, match="TOO_LONG"):
                check_song(upload)


def test_looking_at_an_upload_loads_no_analysis() -> None:
    """The web process can check songs without librosa and scipy."""
    program = (
        "import sys, mvkit.analysis.intake;"
        "heavy = {'librosa', 'scipy', 'numba', 'aubio'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_channels_that_cancel_each_other_out_are_no_silence(tmp_path: Path) -> None:
    """A channel turned upside down leaves nothing in the middle: one of the two is heard then."""
    song = tmp_path / "song.wav"
    song.write_bytes(encoded(np.stack([SONG, -SONG], axis=1), "wav"))
    check_song(song)
    np.testing.assert_allclose(decode(song, rate_hz=RATE_HZ, n_channels=1), SONG, atol=1e-4)


def test_channels_are_mixed(tmp_path: Path) -> None:
    """What sounds on one side alone is half as loud in the middle."""
    song = tmp_path / "song.wav"
    song.write_bytes(encoded(np.stack([SONG, 0 * SONG], axis=1), "wav"))
    np.testing.assert_allclose(decode(song, rate_hz=RATE_HZ, n_channels=1), SONG / 2, atol=1e-4)
