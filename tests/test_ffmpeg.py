"""ffmpeg is limited in time, heard when it complains, and gone when it is done."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from mvkit import ffmpeg
from mvkit.errors import MediaFailed, TimedOut

ENDLESS = ["-f", "lavfi", "-i", "color=size=320x180", "-f", "rawvideo", "pipe:1"]


def running() -> list[str]:
    """Return the ffmpegs that this process has started and that still run."""
    return [each.name() for each in psutil.Process().children() if "ffmpeg" in each.name()]


def test_a_failure_quotes_the_last_complaint(tmp_path: Path) -> None:
    with pytest.raises(MediaFailed, match="No such file"):
        ffmpeg.run(["-i", str(tmp_path / "missing.mp4"), "-f", "null", "-"])


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


def test_a_pipe_that_fails_quotes_the_last_complaint(tmp_path: Path) -> None:
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
