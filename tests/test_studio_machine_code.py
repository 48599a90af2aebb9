"""Machine code on disk: processes share it without harm, and nothing old goes on running."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache

from mvkit.studio.kit.jit import kernel
from mvkit.studio.kit.machine_code import LOCK_FILE

from .conftest import ROOT

TYPES = ("int16", "int32", "int64", "uint8", "uint16", "uint32", "float32", "float64")
READY = "ready"
PART = """
from mvkit.studio.kit.jit import inline

STEP = {step}

@inline
def grown(x):
    return x {sign} STEP
"""
WHOLE = """
import sys
import numpy as np
import {part}
from mvkit.studio.kit.jit import kernel

@kernel
def shout(x):
    return {part}.grown(x)

input("ready")
for name in sys.argv[1:]:
    print("\\n" + name, shout(np.dtype(name).type(40)), end="")
print()
print(sum(shout.stats.cache_misses.values()))
"""


def write(folder: Path, *, step: int = 2, sign: str = "+") -> None:
    (folder / "part.py").write_text(PART.format(step=step, sign=sign))
    (folder / "whole.py").write_text(WHOLE.format(part="part"))


def start(folder: Path, *types: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "whole.py", *types],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answers(*processes: subprocess.Popen[str]) -> list[list[str]]:
    """Wait until all have begun, let them go on at once, and return what each said."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.read(len(READY)) == READY
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0].split("\n")[1:-1] for process in processes]
    assert not any(process.returncode for process in processes)
    return told


def test_processes_may_compile_a_function_for_many_types_at_once(tmp_path: Path) -> None:
    write(tmp_path)
    half = len(TYPES) // 2
    at_once = [start(tmp_path, *TYPES[:half]), start(tmp_path, *TYPES[half:])]
    answers(*at_once)
    ((*values, n_compiled),) = answers(start(tmp_path, *TYPES))
    assert {value.split()[1] for value in values} <= {"42", "42.0"}
    assert n_compiled == "0"  # each found its own


def test_who_keeps_machine_code_waits_for_who_does(tmp_path: Path) -> None:
    write(tmp_path)
    kept = tmp_path / "__pycache__"
    kept.mkdir()
    with open(kept / LOCK_FILE, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = start(tmp_path, "int32")
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate("\n", timeout=4)
        assert not list(kept.glob("*.nb[ci]"))
    process.communicate(timeout=60)
    assert list(kept.glob("*.nbc"))


def test_a_kernel_is_compiled_anew_when_what_is_inlined_into_it_changes(tmp_path: Path) -> None:
    write(tmp_path)
    assert answers(start(tmp_path, "int32")) == [["int32 42", "1"]]
    first = (tmp_path / "whole.py").stat()
    for change, answer in (({}, 42), ({"sign": "*"}, 80), ({"step": 3}, 43)):
        write(tmp_path, **change)  # type: ignore[arg-type]
        os.utime(tmp_path / "whole.py", ns=(first.st_atime_ns, first.st_mtime_ns))
        n_compiled = len(change)
        assert answers(start(tmp_path, "int32")) == [[f"int32 {answer}", str(n_compiled)]]


def test_a_full_disk_keeps_nothing_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FunctionCache, "save_overload", refuse)

    @kernel
    def doubled(x: int) -> int:
        return x + x

    assert doubled(21) == 42
    assert "No space left" in caplog.text
