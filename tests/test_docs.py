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


def heading_anchors(page: Path) -> set[str]:
    """Return what the headings of a page can be linked to as: lower case, hyphens, no marks."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_every_heading_that_is_linked_is_there(page: Path) -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]*)#([^)]+)\)", page.read_text("utf-8"))
    targets = [(page.parent / name if name else page, anchor) for name, anchor in links]
    assert [anchor for target, anchor in targets if anchor not in heading_anchors(target)] == []


def test_the_readme_is_read_in_ten_minutes() -> None:
    """At two hundred words a minute, tables and code included; and it leads to every page."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.split()) <= 2000
    assert [page.name for page in PAGES[1:] if f"](docs/{page.name})" not in text] == []
