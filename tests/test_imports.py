"""Who may import whom, read from the source; and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mvkit

from .conftest import ROOT

VOCABULARY = {"captions", "crash", "errors", "files", "grading", "schema", "settings"}
VOCABULARY |= {"orthography", "timing", "typeface"}
SHARED = VOCABULARY | {"ffmpeg", "footage", "processes", "run", "soundtrack"}
STAGES = {"clips", "director", "prompts", "references", "video"}
RUNNING = SHARED | {"database", "kernels", "ledger", "notebook", "progress"}
MAY_IMPORT = {
    **dict.fromkeys(VOCABULARY, VOCABULARY),
    **{name: SHARED | {"providers.base", "providers.chat"} for name in STAGES},
    "analysis": SHARED | {"loudness", "providers.base", "storage.bucket"},
    "loudness": VOCABULARY,
    "processes": VOCABULARY,
    "ffmpeg": VOCABULARY | {"processes"},
    "footage": VOCABULARY | {"ffmpeg", "processes"},
    "soundtrack": VOCABULARY | {"ffmpeg"},
    "run": VOCABULARY,
    "database": VOCABULARY,
    "ledger": VOCABULARY | {"database", "run"},
    "storage": VOCABULARY | {"run"},
    "retention": VOCABULARY | {"run", "storage"},
    "index": VOCABULARY | {"run"},
    "notebook": RUNNING,
    "preflight": VOCABULARY | {"providers"},
    "chain": RUNNING | {"analysis", "preflight", "providers.collecting", "warm"},
    "jobs": RUNNING
    | {"analysis", "chain", "clips", "director", "estimate", "preflight", "prompts"}
    | {"providers", "purse", "retention", "siblings", "sketches", "storage"},
    "sketches": RUNNING | {"clips", "prompts", "providers", "storage"},
    "web": RUNNING
    | {"analysis", "ballot", "chain", "director", "estimate", "figures", "index", "jobs"}
    | {"providers", "purse", "report", "retention", "siblings", "storage"},
    "lineup": VOCABULARY | {"batches.roll", "index", "run"},
    "ballot": VOCABULARY | {"jobs.table", "lineup.makings", "storage"},
    "batches": RUNNING
    | {"analysis", "chain", "director.knowledge", "estimate", "index", "jobs", "preflight"}
    | {"providers", "purse", "storage"},
    "siblings": RUNNING | {"chain", "clips", "director", "providers"},
    "report": SHARED | {"director.knowledge", "figures", "ledger"},
    "figures": {"grading", "schema"},
    "explorer": VOCABULARY
    | {"analysis", "director", "estimate", "figures", "footage", "providers.catalog", "run"}
    | {"songs", "studio", "video.transitions"},
    "songs": VOCABULARY | {"loudness"},
    "studio": VOCABULARY,
    "warm": VOCABULARY | {"processes", "studio"},
}
MODULES = sorted((ROOT / "mvkit").rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Return the modules of ours that a file imports, without the package's name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "mvkit":
            found |= {f"mvkit.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.removeprefix("mvkit.") for name in found if name.startswith("mvkit.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_import_only_what_their_place_allows(path: Path) -> None:
    """Stages meet through files, never through each other."""
    home = path.relative_to(ROOT / "mvkit").parts[0].removesuffix(".py")
    allowed = MAY_IMPORT.get(home)
    if allowed is None:
        return
    for name in imports_of(path):
        parts = name.split(".")
        assert parts[0] == home or parts[0] in allowed or ".".join(parts[:2]) in allowed, (
            f"{path.name} imports mvkit.{name}; {home} may import {sorted(allowed)}"
        )


def test_public_names_are_sorted_complete_and_load() -> None:
    assert sorted(mvkit.__all__) == mvkit.__all__
    assert set(mvkit.__all__) == set(mvkit._HOME_OF)
    for name in mvkit.__all__:
        assert getattr(mvkit, name) is not None
        assert name in (mvkit.__doc__ or "") or name[0].isupper()


def test_importing_mvkit_loads_nothing_heavy() -> None:
    """A command that prints help must not wait for librosa."""
    code = "import sys, mvkit, mvkit.run, mvkit.settings; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not {"av", "cv2", "librosa", "numba", "numpy", "papermill", "plotly"} & set(loaded)
