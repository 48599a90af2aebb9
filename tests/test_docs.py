"""What the README and the pages in docs/ name is there: settings, commands, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from mvkit.__main__ import app
from mvkit.settings import ENVIRONMENT_PREFIX, Settings

from .conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def commands() -> set[str]:
    return set(get_command(app).commands)  # type: ignore[attr-defined]  # a group has them


@pages
def test_every_setting_that_is_named_is_one(page: Path) -> None:
    named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+\b", page.read_text("utf-8")))
    settings = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert not named - settings


@pages
def test_every_command_that_is_named_is_one(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)mvkit ([a-z]+)\b", page.read_text("utf-8"), re.MULTILINE))
    assert not named - commands()


@pages
def test_every_file_that_is_linked_or_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = re.findall(r"\]\(((?!https?:|#)[^)#]+)", text)
    named = re.findall(r"`((?:mvkit|tests|docs|notebooks|benchmarks|training)/[\w./]+)`", text)
    assert [name for name in linked if not (page.parent / name).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []
