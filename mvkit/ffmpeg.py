"""The pinned ffmpeg: the one place that starts it.

The binary comes with pip (imageio-ffmpeg's static build), so no system package decides what a
song sounds like. Foreign media are opened with demuxer, codecs and protocols pinned, so that a
playlist dressed up as a song cannot make ffmpeg open another file. Every run is niced, limited in
time, and dies with the process that started it.

Contents
--------
CODECS, pinned_input, executable, run, open_pipe
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from mvkit.errors import MediaFailed, TimedOut, tells_full_disk
from mvkit.processes import child_setup
from mvkit.settings import get_settings

CODECS: dict[str, str] = {
    "mp3": "mp3,mp3float",
    "wav": "pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le",
    "flac": "flac",
}
"""The only codecs ffmpeg may use for each kind of song."""
SPEAKER = re.compile(r"^(\[[^\[\]]+ @ 0x[0-9a-f]+\] ?)+")
"""Which of its parts speaks, by an address in its memory."""
AFTERMATH = re.compile(
    r"^\s*Last message repeated|^Error (opening|parsing|splitting|sending) |^Task finished"
    r"|^Terminating thread|^Nothing was written|^Could not open encoder|^Conversion failed"
)
"""What it says only because something else went wrong before."""


@cache
def executable() -> str:
    """Return the path of the pinned ffmpeg."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def pinned_input(kind: str) -> list[str]:
    """Return the options that let ffmpeg read one kind of song from a pipe, and nothing else.

    Parameters
    ----------
    kind : {'mp3', 'wav', 'flac'}
        What the file's first bytes say it is.
    """
    return [
        *("-f", kind, "-format_whitelist", kind, "-codec_whitelist", CODECS[kind]),
        *("-protocol_whitelist", "pipe", "-i", "pipe:0", "-map", "0:a:0"),
    ]


def run(
    arguments: Sequence[str],
    *,
    stdin: IO[bytes] | None = None,
    timeout_s: float = 600.0,
    capture: bool = False,
) -> bytes:
    """Run ffmpeg to its end.

    Parameters
    ----------
    arguments : sequence of str
        Everything after the program's name; never text that a user wrote.
    stdin : file, optional
        What ffmpeg reads as ``pipe:0``.
    timeout_s : float
        Seconds after which it is killed.
    capture : bool
        Whether to return what ffmpeg writes to ``pipe:1``.

    Raises
    ------
    MediaFailed
        If ffmpeg ends with an error; the message quotes the line that says why.
    TimedOut
        If it takes longer than ``timeout_s``.
    """
    try:
        done = subprocess.run(
            _command(arguments),
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=timeout_s,
            preexec_fn=child_setup(niceness=get_settings().niceness),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimedOut(
            f"ffmpeg did not end within {timeout_s:.0f} s; the file may be damaged."
        ) from error
    if done.returncode != 0:
        raise MediaFailed(_complaint(done.stderr, arguments), reason="FFMPEG")
    return done.stdout or b""


@contextmanager
def open_pipe(arguments: Sequence[str], *, source: Path | None = None) -> Iterator[IO[bytes]]:
    """Run ffmpeg and read what it writes to ``pipe:1`` while it works.

    The run ends with the block, whether or not everything was read.

    Parameters
    ----------
    arguments : sequence of str
        Everything after the program's name; never text that a user wrote.
    source : Path, optional
        File that ffmpeg reads as ``pipe:0``.

    Raises
    ------
    MediaFailed
        If ffmpeg ends with an error before its output was closed.
    """
    with ExitStack() as opened:
        stdin = opened.enter_context(source.open("rb")) if source else subprocess.DEVNULL
        # In a file: a pipe that nobody reads meanwhile would block a talkative run.
        complaints = opened.enter_context(TemporaryFile())
        process = opened.enter_context(
            subprocess.Popen(
                _command(arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=complaints,
                preexec_fn=child_setup(niceness=get_settings().niceness),
            )
        )
        opened.callback(process.kill)
        assert process.stdout is not None
        yield process.stdout
        if process.stdout.read(1):
            process.kill()
        if process.wait() > 0:
            complaints.seek(0)
            raise MediaFailed(_complaint(complaints.read(), arguments), reason="FFMPEG")


def _command(arguments: Sequence[str]) -> list[str]:
    return [executable(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments]


def _complaint(stderr: bytes, arguments: Sequence[str]) -> str:
    """Quote what went wrong first, or that the disk is full, which comes after much else."""
    text = _without_folders(stderr.decode("utf-8", "replace"), arguments)
    lines = [SPEAKER.sub("", line) for line in text.strip().splitlines()]
    causes = [line for line in lines if not AFTERMATH.match(line)]
    told = [*filter(tells_full_disk, lines), *causes, *lines, "nothing on its error output"]
    return f"ffmpeg stopped with an error: {told[0].strip()}"


def _without_folders(text: str, arguments: Sequence[str]) -> str:
    """Name the files that ffmpeg was given without saying where they lie."""
    places = (argument.removeprefix("file:") for argument in arguments)
    for place in sorted(filter(os.path.isabs, places), key=len, reverse=True):
        text = text.replace(place, Path(place).name)
    return text
