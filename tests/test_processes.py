"""What runs beside the one at work is few, ends in time, and is told of when it fails."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mvkit import processes
from mvkit.database import database_file, get_database
from mvkit.processes import environment_for, run_aside

TAKE_AND_FREE = """
import numpy as np, psutil
def held_mib(): return psutil.Process().memory_info().rss >> 20
before = held_mib()
del (large := [np.ones(30 << 20, np.uint8)])[:]
pieces = [np.ones(8 << 20, np.uint8) for _ in range(20)]
kept = [b"x" * 100_000 for _ in range(20)]
pieces.clear()
print(held_mib() - before)
"""


def aside(statement: str, *, timeout_s: float = 30.0) -> threading.Thread:
    """Run a statement beside us."""
    arguments = ["timeit", "-n", "1", "-r", "1", statement]
    return run_aside(arguments, environment=os.environ, timeout_s=timeout_s)


def test_the_thread_ends_when_the_program_has(tmp_path: Path) -> None:
    target = tmp_path / "made"
    aside(f"open({str(target)!r}, 'w').write('here')").join(timeout=20.0)
    assert target.read_text() == "here"


def test_a_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    aside("raise SystemExit('no paint left')").join(timeout=20.0)
    assert "no paint left" in caplog.text


def test_what_takes_too_long_is_killed(caplog: pytest.LogCaptureFixture) -> None:
    started_s = time.monotonic()
    aside("import time; time.sleep(60)", timeout_s=0.5).join(timeout=20.0)
    assert time.monotonic() - started_s < 15.0
    assert "took longer" in caplog.text


def test_no_more_run_at_once_than_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_ASIDE", threading.Semaphore(1))
    note = f"open({str(tmp_path / 'log')!r}, 'a').write"
    work = "{note}('<'); import time; time.sleep(0.2); {note}('>'); {number}"
    threads = [aside(work.format(note=note, number=number)) for number in range(3)]
    for thread in threads:
        thread.join(timeout=30.0)
    assert (tmp_path / "log").read_text() == "<><><>"


def test_who_waits_for_its_turn_is_not_joined_by_its_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = threading.Semaphore(0)
    monkeypatch.setattr(processes, "_ASIDE", turn)
    note = f"open({str(tmp_path / 'log')!r}, 'a').write('x')"
    assert len({aside(note) for _ in range(5)}) == 1
    turn.release()
    aside(note).join(timeout=20.0)
    later = aside(note)  # what comes after its turn has begun is done anew
    turn.release()
    later.join(timeout=20.0)
    assert (tmp_path / "log").read_text() == "xx"


def test_the_password_of_the_mail_server_is_not_for_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_SMTP_URL", "smtp://ada:secret@mail.example")
    assert "secret" not in str(environment_for("1b4e28ba-2fa1-4d2e-883f-0016d3cca427"))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks the GNU C library")
def test_a_job_s_process_gives_memory_back() -> None:
    program = [sys.executable, "-c", TAKE_AND_FREE]
    told = subprocess.run(program, env=environment_for("job"), capture_output=True, check=True)
    assert int(told.stdout) < 50


def test_nobody_else_can_read_the_database() -> None:
    get_database()
    assert database_file().stat().st_mode & 0o077 == 0
