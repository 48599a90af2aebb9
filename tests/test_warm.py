"""What is compiled once is not compiled again."""

from __future__ import annotations

import threading
from pathlib import Path

import numba
import pytest

from mvkit import warm
from mvkit.studio import WORLDS
from mvkit.warm import compile_world, warm_up

from .conftest import ROOT


def machine_code() -> dict[Path, float]:
    """Return the studio's compiled kernels as they are kept, and since when."""
    return {path: path.stat().st_mtime for path in (ROOT / "mvkit" / "studio").rglob("*.nbc")}


def test_who_warms_up_again_finds_everything_compiled() -> None:
    assert not numba.config.CACHE_DIR  # or it would lie elsewhere
    warm_up()
    compiled = machine_code()
    assert len(compiled) > 50
    for world in WORLDS:
        compile_world(world)
    assert machine_code() == compiled


def test_a_new_machine_compiles_while_the_song_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once; a machine that has compiled everything starts nothing."""
    started: list[list[str]] = []
    compiled: list[bool] = []

    def note(arguments: list[str], **_: object) -> threading.Thread:
        started.append(arguments)
        thread = threading.Thread(target=compiled.append, args=[True])
        thread.start()
        return thread

    monkeypatch.setattr(warm, "run_aside", note)
    monkeypatch.setattr(warm, "n_compiled", lambda: 0)
    warm.warm_aside("job")
    warm.await_warmth()
    assert compiled == [True]
    monkeypatch.setattr(warm, "n_compiled", lambda: warm.N_COMPILED)
    warm.warm_aside("job")
    assert started == [["mvkit.warm", "--aside"]]


def test_what_is_compiled_aside_is_a_world_that_there_is() -> None:
    assert warm.ASIDE_WORLD in WORLDS
