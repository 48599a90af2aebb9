"""A chain of tiny notebooks: each writes the artefact of its stage from the docs, in no time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mvkit.chain import STAGES
from mvkit.notebook import no_iri_grammar
from mvkit.run import Run, draft_brief
from mvkit.schema.brief import OptionValue
from mvkit.settings import get_settings

from .conftest import ROOT

with no_iri_grammar():
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
PARAMETERS = 'run_dir: str = ""  # run folder\nword: str = ""  # any text\nn: int = 1  # any number'
WRITE = """
from mvkit.run import Run
from tests.doc_examples import short_examples

run = Run.open(run_dir)
artefact = short_examples()["{stage}"].model_copy(update={{"job_id": run.job_id}})
for name in artefact.files():
    run.path(name).write_bytes(b"made")
run.write(artefact)
"""


def write_notebook(folder: Path, name: str, *sources: str) -> None:
    """Write a notebook with a parameters cell and the given cells."""
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    cells = [parameters, *(new_code_cell(source) for source in sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six notebooks that write the artefacts of the docs."""
    folder = tmp_path / "note {books}"  # braces must not reach a format string
    folder.mkdir()
    for stage in STAGES:
        source = WRITE.format(stage=stage.name)
        write_notebook(folder, f"{stage.number:02d}_{stage.name}", source)
    monkeypatch.setenv("MVKIT_NOTEBOOKS_DIR", str(folder))
    get_settings.cache_clear()
    return folder


def new_run(tmp_path: Path, **options: dict[str, OptionValue]) -> Run:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, options=options)
    return Run.create(brief, song=song)


@pytest.fixture
def gathering_notebooks(notebooks: Path) -> Path:
    """The tiny notebooks, but clips are really filmed, by others, and gathered."""
    shutil.copy(ROOT / "notebooks" / "05_clips.ipynb", notebooks)
    return notebooks
