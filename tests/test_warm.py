"""What is compiled once is not compiled again."""

from __future__ import annotations

from pathlib import Path

import numba

from mvkit.warm import warm_up

from .conftest import ROOT


def machine_code() -> dict[Path, float]:
    """Return the studio's compiled kernels as they are kept, and since when."""
    return {path: path.stat().st_mtime for path in (ROOT / "mvkit" / "studio").rglob("*.nbc")}


def test_who_warms_up_again_finds_everything_compiled() -> None:
    assert not numba.config.CACHE_DIR  # or it would lie elsewhere
    warm_up()
    compiled = machine_code()
    assert len(compiled) > 50
    warm_up()
    assert machine_code() == compiled
