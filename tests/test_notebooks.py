"""Every notebook has the same form: title, parameters, a few lines, a picture, what next."""

from __future__ import annotations

import ast
import re

import nbformat
import pytest

from mvkit.chain import STAGES
from mvkit.notebook import notebook_of

from .conftest import ROOT

NOTEBOOKS = [notebook_of(stage) for stage in STAGES]
EXPLORING = [
    *sorted((ROOT / "notebooks").glob("explore_*.ipynb")),
    ROOT / "notebooks" / "genre_report.ipynb",
]
SHOWS = re.compile(r"figures\.|explorer\.follow\(")
PARAMETER = re.compile(r"^\w+: (str|int|float|bool) = .+  # .+$")


@pytest.fixture(params=STAGES, ids=lambda stage: stage.name)
def stage(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    return request.param


@pytest.fixture(params=[*NOTEBOOKS, *EXPLORING], ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_the_title_says_what_is_read_and_written(stage) -> None:  # type: ignore[no-untyped-def]
    title = nbformat.read(notebook_of(stage), as_version=4).cells[0].source
    assert title.startswith(f"# {stage.number:02d} · {stage.name.capitalize()}")
    for read in stage.artefact.reads:
        assert f"`{read.file_name()}`" in title.split("**Writes**")[0]
    assert f"`{stage.artefact.file_name()}`" in title.split("**Writes**")[1]


def test_parameters_come_second_typed_and_commented(notebook) -> None:  # type: ignore[no-untyped-def]
    tagged = [
        i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])
    ]
    assert tagged == [1]
    lines = notebook.cells[1].source.splitlines()
    assert all(PARAMETER.match(line) for line in lines), lines
    assert lines[0].startswith(("run_dir: str", "song: str", "batch: str"))


def test_cells_are_short_and_define_nothing(notebook) -> None:  # type: ignore[no-untyped-def]
    for source in code_of(notebook):
        assert len(source.splitlines()) <= 12
        tree = ast.parse(source)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]


def test_only_mvkit_and_what_shows_things_is_imported(notebook) -> None:  # type: ignore[no-untyped-def]
    for node in ast.walk(ast.parse("\n".join(code_of(notebook)))):
        if isinstance(node, ast.ImportFrom):
            assert str(node.module).split(".")[0] in {"mvkit", "IPython"}
        elif isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"os"}


def test_it_shows_a_picture_or_sound_and_says_what_to_try_next(notebook) -> None:  # type: ignore[no-untyped-def]
    assert SHOWS.search("\n".join(code_of(notebook)))
    assert notebook.cells[-1].source.startswith("## What to try next")


def test_nothing_was_left_in_it_by_a_run(notebook) -> None:  # type: ignore[no-untyped-def]
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert not cell.get("execution_count")


def test_there_is_one_notebook_per_stage() -> None:
    numbered = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    assert numbered == NOTEBOOKS
