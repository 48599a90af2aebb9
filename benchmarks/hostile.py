"""How the door answers files that mean harm: damaged songs, and a folder of worse.

Run it as ``python -m benchmarks.hostile [FOLDER] --mutants 1000``. Mutants are good songs with bits
flipped, parts cut out, repeated or swapped with those of other songs, sizes that lie, and chunks
put in that name other files. FOLDER, if given, holds files and a ``manifest.json`` that says for
each name what is ``expect``ed: ``accept``, ``reject`` or ``either``. Each file is looked at in a
process of its own, as an upload is: it must come to a song or to a refusal with its reason, never
to a crash, within 2 s and 300 MB, decoder included; tags must be read or left. Nothing but the file
itself may be opened in its folder, and every ffmpeg must be pinned to its one kind of song and its
pipe.
"""

from __future__ import annotations

import ctypes
import io
import json
import multiprocessing
import os
import resource
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import numpy as np
import soundfile
import typer
from rich.console import Console
from rich.table import Table

from mvkit import ffmpeg
from mvkit.analysis.intake import check_song
from mvkit.analysis.tags import read_tags
from mvkit.errors import RefusedSong
from tests.song_makers import RATE_HZ, clicks, times_of

MOST_S, MOST_MB = 2.0, 300.0
GIVEN_UP_S = 90.0
SONG_S = 5.0
TITLE, ARTIST = "Neon Rain", "Mira & the Lamps"
KINDS = ("mp3", "wav", "flac")
DECOY = "decoy.wav"
"""A good song beside each mutant, which nobody may open."""

IN_OPEN, IN_NONBLOCK = 0x20, 0o4000
EVENT = struct.Struct("iIII")
console = Console(width=110)

Rng = np.random.Generator
Mutation = Callable[[bytearray, Rng], bytes | bytearray]


def main(
    folder: Annotated[Path | None, typer.Argument(help="Folder of files and manifest.")] = None,
    mutants: Annotated[int, typer.Option(help="How many damaged songs.", min=0)] = 1000,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 1,
) -> None:
    """Look at hostile files."""
    verdicts = [*look_at_folder(folder)] if folder else []
    verdicts += look_at_mutants(mutants, seed=seed)
    report(verdicts)
    raise typer.Exit(any(verdict.wrong for verdict in verdicts))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one file was answered.

    Attributes
    ----------
    answer : str
        ``accepted``, the reason of the refusal, or what went wrong.
    wrong : tuple of str
        What should not have been.
    """

    name: str
    answer: str
    took_s: float = 0.0
    peak_mb: float = 0.0
    wrong: tuple[str, ...] = ()


# --- What is looked at -----------------------------------------------------------------------


def tagged_song(kind: str, *, title: str = TITLE, artist: str = ARTIST) -> bytes:
    """Return a little song with tags."""
    memory = io.BytesIO()
    mono = clicks(times_of(120, SONG_S), SONG_S)
    with soundfile.SoundFile(
        memory, "w", samplerate=RATE_HZ, channels=1, format=kind.upper()
    ) as file:
        file.title, file.artist = title, artist
        file.write(mono)
    return memory.getvalue()


def mutants_of(songs: Sequence[bytes], *, n: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged songs, each with a name that says how it came about."""
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        data = bytearray(songs[number % len(songs)])
        names = rng.choice(list(MUTATIONS), size=rng.integers(1, 3))
        for name in names:
            data = bytearray(MUTATIONS[name](data, rng))
        yield f"{number:04}-{'-'.join(names)}", bytes(data)


def flip(data: bytearray, rng: Rng) -> bytearray:
    for place in rng.integers(0, len(data), rng.integers(1, 65)) if data else ():
        data[place] ^= 1 << rng.integers(8)
    return data


def scramble(data: bytearray, rng: Rng) -> bytearray:
    for place in rng.integers(0, min(len(data), 160), rng.integers(1, 17)) if data else ():
        data[place] = rng.integers(256)
    return data


def cut(data: bytearray, rng: Rng) -> bytearray:
    return data[: rng.integers(len(data) + 1)]


def behead(data: bytearray, rng: Rng) -> bytearray:
    return data[rng.integers(len(data) + 1) :]


def repeat(data: bytearray, rng: Rng) -> bytearray:
    start, end = sorted(rng.integers(0, len(data) + 1, 2))
    return data[:end] + data[start:]


def lie(data: bytearray, rng: Rng) -> bytearray:
    """Write an impossible size where headers have their sizes."""
    place = int(rng.integers(0, 64))
    size = rng.choice([0, 1, 0x7F, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF])
    data[place : place + 4] = int(size).to_bytes(4, rng.choice(["little", "big"]))
    return data


def put_in(data: bytearray, rng: Rng) -> bytearray:
    """Put a chunk in somewhere: noise, silence, a header that lies, a list of other files."""
    size = int(rng.choice([0, 8, 0xFFFFFFFF])).to_bytes(4, "little")
    chunks = (
        rng.bytes(rng.integers(1, 4096)),
        bytes(65_536),
        b"LIST" + size + b"INFOINAM" + size + b"title",
        b"id3 " + size + b"ID3\x04\0\x40\x7f\x7f\x7f\x7fTIT2\x7f\x7f\x7f\x7f\0\0\x01\xff",
        b"ID3\x03\0\0\0\0\x0f\x76APIC\0\0\x0f\x6c\0\0\0image/png\0\3\0\x89PNG" + rng.bytes(2000),
        b"\x84\xff\xff\xff" + size + b"TITLE=" + rng.bytes(40),
        b"#EXTM3U\n#EXTINF:9,\n" + DECOY.encode() + b"\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile 'file:" + DECOY.encode() + b"'\n",
    )
    place = int(rng.choice([0, 12, 36, rng.integers(len(data) + 1)]))
    return data[:place] + chunks[rng.integers(len(chunks))] + data[place:]


def graft(data: bytearray, rng: Rng) -> bytearray:
    """Put the tail of another song behind the head of this one."""
    other = tagged_song(rng.choice(KINDS))
    return data[: rng.integers(len(data) + 1)] + other[rng.integers(len(other)) :]


MUTATIONS: dict[str, Mutation] = {
    each.__name__: each for each in (flip, scramble, cut, behead, repeat, lie, put_in, graft)
}


# --- Looking ---------------------------------------------------------------------------------


def look_at_folder(folder: Path) -> Iterator[Verdict]:
    """Yield how each file of a manifest is answered."""
    expected = json.loads((folder / "manifest.json").read_text())
    for name, entry in sorted(expected.items()):
        yield look_apart(folder / name, expect=entry["expect"])


def look_at_mutants(n: int, *, seed: int) -> Iterator[Verdict]:
    """Yield how damaged songs are answered."""
    songs = [tagged_song(kind) for kind in KINDS]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / DECOY).write_bytes(songs[1])
        for name, data in mutants_of(songs, n=n, seed=seed):
            mutant = Path(folder) / name
            mutant.write_bytes(data)
            yield look_apart(mutant)
            mutant.unlink()


def look_apart(path: Path, *, expect: str = "either") -> Verdict:
    """Look at a file in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_look_and_send, args=(path, expect, theirs))
    process.start()
    theirs.close()
    try:
        if ours.poll(GIVEN_UP_S):
            verdict: Verdict = ours.recv()
            return verdict
        return Verdict(name=path.name, answer="hangs", wrong=(f"over {GIVEN_UP_S:.0f} s",))
    except EOFError:
        process.join()
        return Verdict(name=path.name, answer="crash", wrong=(f"exit {process.exitcode}",))
    finally:
        process.kill()
        process.join()


def _look_and_send(path: Path, expect: str, to: Connection) -> None:
    verdict = look(path, expect=expect)
    over = {
        f"took {verdict.took_s:.1f} s": verdict.took_s > MOST_S,
        f"took {verdict.peak_mb:.0f} MB": verdict.peak_mb > MOST_MB,
    }
    limits = tuple(what for what, is_so in over.items() if is_so)
    to.send(replace(verdict, wrong=(*verdict.wrong, *limits)))


def look(path: Path, *, expect: str = "either") -> Verdict:
    """Look at a file as the door does, watching what is opened meanwhile."""
    started_s = time.perf_counter()
    with watched(path.parent) as opened, commands() as run:
        answer = _answer(path)
    took_s = time.perf_counter() - started_s
    peak_mb = sum(
        resource.getrusage(who).ru_maxrss / 1000
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    foreign = sorted(opened - {path.name})
    wrong = {
        f"expected to {expect}": expect == "accept" and answer != "accepted",
        "expected to be refused": expect == "reject" and answer == "accepted",
        answer: answer.startswith("raises"),
        f"opened {', '.join(foreign)}": bool(foreign),
        "an ffmpeg not pinned": not all(map(is_pinned, run)),
    }
    return Verdict(
        name=path.name,
        answer=answer,
        took_s=took_s,
        peak_mb=peak_mb,
        wrong=tuple(what for what, is_so in wrong.items() if is_so),
    )


def _answer(path: Path) -> str:
    try:
        check_song(path)
        read_tags(path)
    except RefusedSong as refusal:
        return refusal.reason
    except Exception as error:  # what should not be, whatever it is
        return f"raises {type(error).__name__}: {error}"
    return "accepted"


@contextmanager
def commands() -> Iterator[list[list[str]]]:
    """Collect how ffmpeg is called."""
    run: list[list[str]] = []
    command = ffmpeg._command

    def noted(arguments: Sequence[str]) -> list[str]:
        run.append(command(arguments))
        return run[-1]

    with patch.object(ffmpeg, "_command", noted):
        yield run


def is_pinned(command: Sequence[str]) -> bool:
    """Whether an ffmpeg can open nothing but one kind of song from its pipe."""
    source, _, target = " ".join(command).partition(" -i ")
    return (
        target.startswith("pipe:0 -map 0:a:0 ")
        and target.endswith(" pipe:1")
        and any(
            source.endswith(
                f" -f {kind} -format_whitelist {kind} -codec_whitelist {ffmpeg.CODECS[kind]}"
                " -protocol_whitelist pipe"
            )
            for kind in KINDS
        )
    )


@contextmanager
def watched(folder: Path) -> Iterator[set[str]]:
    """Collect the names of the files in a folder that anybody opens (inotify(7))."""
    opened: set[str] = set()
    libc = ctypes.CDLL(None, use_errno=True)
    with ExitStack() as stack:
        watcher = libc.inotify_init1(IN_NONBLOCK)
        stack.callback(os.close, watcher)
        if libc.inotify_add_watch(watcher, os.fsencode(folder), IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "cannot watch", str(folder))
        yield opened
        opened.update(_names_in(watcher))


def _names_in(watcher: int) -> Iterator[str]:
    while True:
        try:
            events = os.read(watcher, 65_536)
        except BlockingIOError:
            return
        while events:
            *_, n_bytes = EVENT.unpack_from(events)
            name = events[EVENT.size : EVENT.size + n_bytes].rstrip(b"\0")
            if name:  # or the folder itself
                yield os.fsdecode(name)
            events = events[EVENT.size + n_bytes :]


# --- Telling ---------------------------------------------------------------------------------


def report(verdicts: Sequence[Verdict]) -> None:
    """Print the answers, what took longest and most, and all that is wrong."""
    if not verdicts:
        return
    table = Table("answer", "files", "longest", "most memory")
    counted = Counter(verdict.answer for verdict in verdicts)
    for answer, n_files in counted.most_common():
        those = [verdict for verdict in verdicts if verdict.answer == answer]
        longest_s = max(verdict.took_s for verdict in those)
        most_mb = max(verdict.peak_mb for verdict in those)
        table.add_row(answer, str(n_files), f"{longest_s:.2f} s", f"{most_mb:.0f} MB")
    console.print(table)
    slowest = max(verdicts, key=lambda verdict: verdict.took_s)
    largest = max(verdicts, key=lambda verdict: verdict.peak_mb)
    console.print(f"longest: {slowest.name}, {slowest.took_s:.2f} s")
    console.print(f"most memory: {largest.name}, {largest.peak_mb:.0f} MB")
    for verdict in verdicts:
        if verdict.wrong:
            console.print(f"[red]{verdict.name}[/red] ({verdict.answer}): {verdict.wrong}")
    console.print(f"{sum(bool(v.wrong) for v in verdicts)} of {len(verdicts)} files went wrong")


if __name__ == "__main__":
    typer.run(main)
