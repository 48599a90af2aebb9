"""ffmpeg is limited in time, heard when it complains, and gone when it is done."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from mvkit import ffmpeg
from mvkit.errors import MediaFailed, TimedOut, tells_full_disk

ENDLESS = ["-f", "lavfi", "-i", "color=size=320x180", "-f", "rawvideo", "pipe:1"]


def running() -> list[str]:
    """Return the ffmpegs that this process has started and that still run."""
    return [each.name() for each in psutil.Process().children() if "ffmpeg" in each.name()]


def test_a_failure_quotes_what_went_wrong(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed, match="an error: Error opening input: No such file"):
        ffmpeg.run(["-i", str(tmp_path / "missing.mp4"), "-f", "null", "-"])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("cut_off.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isommp41\0\1\0\0mdat", "moov atom not found"),
        ("page.mp4", b"<!doctype html><title>Not found</title>" * 20, "moov atom not found"),
        ("empty.mp4", b"", "moov atom not found"),
        ("cut_off.webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01", "File ended prematurely"),
    ],
    ids=["cut off", "web page", "empty", "webm"],
)
def test_what_is_no_film_is_told_by_its_cause(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    """Not by what ffmpeg adds to every failure."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MediaFailed, match=f"with an error: {why}"):
        ffmpeg.run(["-i", f"file:{tmp_path / name}", "-f", "null", "-"])


def test_a_failure_tells_nobody_where_files_lie(tmp_path: Path) -> None:
    target = tmp_path / "no such folder" / "film.mp4"
    with pytest.raises(MediaFailed, match=r"Error opening output film\.mp4: No such") as failure:
        ffmpeg.run(["-f", "lavfi", "-i", "color=size=16x16:duration=1", str(target)])
    assert str(tmp_path) not in failure.value.message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(MediaFailed) as failure:
        ffmpeg.run([*ENDLESS[:4], "-frames:v", "1", "-f", "mp4", "/dev/full"])
    assert tells_full_disk(failure.value.message)


def test_a_run_that_does_not_end_is_stopped() -> None:
    endless = ["-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"]
    with pytest.raises(TimedOut, match="within 1 s"):
        ffmpeg.run(endless, timeout_s=1.0)


def test_what_is_not_read_to_its_end_is_stopped_with_the_block() -> None:
    with ffmpeg.open_pipe(ENDLESS) as pipe:
        assert len(pipe.read(1000)) == 1000
        assert running()
    assert not running()


def test_an_error_in_the_block_stops_the_run_too() -> None:
    with pytest.raises(KeyError), ffmpeg.open_pipe(ENDLESS):
        raise KeyError
    assert not running()


def test_a_pipe_that_fails_quotes_what_went_wrong(tmp_path: Path) -> None:
    arguments = ["-i", str(tmp_path / "missing.mp4"), "-f", "rawvideo", "pipe:1"]
    with (
        pytest.raises(MediaFailed, match="No such file"),
        ffmpeg.open_pipe(arguments) as pipe,
    ):
        pipe.read()


@pytest.mark.timeout(20)
def test_many_complaints_do_not_block_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a pipe holds."""
    talkative = tmp_path / "ffmpeg"
    talkative.write_text("#!/bin/sh\nhead -c 300000 /dev/zero >&2\necho done\n")
    talkative.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "executable", lambda: str(talkative))
    with ffmpeg.open_pipe([]) as pipe:
        assert pipe.read() == b"done\n"
