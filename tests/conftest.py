"""What the tests share: example artefacts from the docs, and a runs folder of their own."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from mvkit import settings
from mvkit.schema import Artefact

from .doc_examples import ROOT, read_examples

__all__ = ["ROOT"]

KEYS = (
    *("OPENAI_API_KEY", "OPENAI_BASE_URL", "REPLICATE_API_TOKEN", "REPLICATE_BASE_URL"),
    "COMFYUI_URL",
)


def pytest_configure() -> None:
    """Let what tests start be interrupted: in the background Ctrl-C is off, and inherited so."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collectstart() -> None:
    """Look for no garbage while tests are imported: what is loaded then stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but not in what was imported."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files, so that at the end no process waits for another."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def examples() -> dict[str, Artefact]:
    return read_examples()


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """Let Streamlit look for components once, not in all installed packages at each page."""
    with pytest.MonkeyPatch.context() as patch:
        found = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", found)
        yield


@pytest.fixture(autouse=True)
def runs_dir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """Give each test a runs folder of its own, and settings that nothing outside changes."""
    if not request.node.get_closest_marker("live"):
        for name in KEYS:
            monkeypatch.delenv(name, raising=False)
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(f"MVKIT_{name.upper()}", raising=False)
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(tmp_path / "runs"))
    settings.get_settings.cache_clear()
    yield tmp_path / "runs"
    settings.get_settings.cache_clear()
