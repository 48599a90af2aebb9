"""One stage's notebook, run by Papermill in a kernel of ours.

Parameters reach a notebook as source text, so only declared names and plain values get there.
The executed copy lies in the run folder, whether the stage ended well or not.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from mvkit.errors import (
    InvalidInput,
    MvkitError,
    StageFailed,
    TimedOut,
    disk_full,
    revive,
    tells_full_disk,
)
from mvkit.kernels import Kernel
from mvkit.progress import Stage
from mvkit.run import Run
from mvkit.schema import Analysis
from mvkit.schema.brief import OptionValue
from mvkit.settings import get_settings

KERNEL_START_TIMEOUT_S = 180
"""A kernel at low priority on a busy machine may take its time."""
RESERVED = frozenset({"run_dir", "film_missing"})
"""Parameters that only the chain may set."""
KERNEL_DIED = "KERNEL_DIED"
GRAMMAR = "rfc3987_syntax"
CLOUDS = ("papermill.s3", "pyarrow")
"""Where Papermill would keep notebooks; ours lie in the run folder."""


@contextmanager
def no_iri_grammar() -> Iterator[None]:
    """Import what reads notebooks in half the time.

    Its validator compiles a grammar of international addresses while it is imported, for more than
    a second, in every process; notebooks have none to check, and without the grammar it does not.
    """
    with _without(GRAMMAR):
        yield


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """Import as if modules were not installed that nobody has imported before."""
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment] # importing it raises ImportError
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


@cache
def _papermill() -> ModuleType:
    """Return Papermill, imported when it is first needed, and as quickly as may be."""
    with _without(GRAMMAR, *CLOUDS):
        papermill = import_module("papermill")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill


def notebook_of(stage: Stage) -> Path:
    """Return the path of a stage's notebook."""
    return get_settings().notebooks_dir / f"{stage.number:02d}_{stage.name}.ipynb"


def run_notebook(run: Run, stage: Stage, kernel: Kernel, **own: OptionValue) -> None:
    """Execute a stage's notebook; the executed copy stays in the run folder, failed or not.

    Parameters
    ----------
    **own
        Parameters that the chain itself sets, beside those of the brief.

    Raises
    ------
    MvkitError
        What stopped the notebook: the error raised in it, or one naming the cell.
    """
    papermill = _papermill()
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    options = run.brief.options.get(stage.name, {})
    executed = run.path("notebooks", notebook_of(stage).name)
    timeout_s = _timeout_s(run)
    try:
        papermill.execute_notebook(
            _as_format(notebook_of(stage)),
            _as_format(executed),
            parameters={"run_dir": str(run.folder), **plain(options, stage=stage), **own},
            km=kernel.manager,
            start_timeout=KERNEL_START_TIMEOUT_S,
            execution_timeout=timeout_s,
            progress_bar=False,
        )
    except PapermillExecutionError as error:
        raise _stage_error(error, stage=stage) from error
    except CellTimeoutError as error:
        raise TimedOut(
            f"Stage '{stage.name}' worked longer than {timeout_s:.0f} s on one cell; "
            f"see {executed.name}.",
            reason="STAGE_TIMEOUT",
        ) from error
    except (DeadKernelError, RuntimeError) as error:  # RuntimeError: it never answered
        raise StageFailed(
            f"The kernel of stage '{stage.name}' died ({error}); it was killed or ran out of "
            "memory. "
            "Start the run again to go on from here.",
            reason=KERNEL_DIED,
        ) from error
    if not run.is_current(stage.artefact):
        raise StageFailed(
            f"Notebook {executed.name} ended without writing {stage.artefact.file_name()}; "
            "its write cell must call run.write(...).",
            reason="NO_ARTEFACT",
        )


def plain(parameters: Mapping[str, OptionValue], *, stage: Stage) -> dict[str, OptionValue]:
    """Return parameters that are safe to hand to a notebook: declared names, plain values.

    Papermill writes parameters into the notebook as source text. It escapes plain JSON values;
    anything else, and undeclared names, could become code, so neither gets past here.

    Raises
    ------
    InvalidInput
        Naming the parameter and what is wrong with it.
    """
    declared = _declared(stage) - RESERVED if parameters else frozenset()
    unknown = sorted(set(parameters) - declared)
    if unknown:
        raise InvalidInput(
            f"Stage '{stage.name}' has no parameter {', '.join(map(repr, unknown))}; "
            f"it has {', '.join(sorted(declared)) or 'none'}.",
            reason="UNKNOWN_PARAMETER",
        )
    for name, value in parameters.items():
        if type(value) not in (bool, int, float, str):
            raise InvalidInput(
                f"Parameter '{name}' of stage '{stage.name}' is a {type(value).__name__}; "
                "expected a number, a truth value or text.",
                reason="BAD_PARAMETER",
            )
    try:
        text = json.dumps(dict(parameters), allow_nan=False, ensure_ascii=False)
        text.encode("utf-8")
    except ValueError as error:  # NaN, infinity, or half a surrogate pair
        raise InvalidInput(
            f"A parameter of stage '{stage.name}' cannot be written down: {error}.",
            reason="BAD_PARAMETER",
        ) from error
    return dict(parameters)


def _timeout_s(run: Run) -> int:
    """Return how long a cell may work: the setting, or three times the song if that is longer."""
    song_s = run.read(Analysis).duration if run.has(Analysis) else 0.0
    return math.ceil(max(get_settings().stage_timeout_s, 3.0 * song_s))


def _stage_error(error: Any, *, stage: Stage) -> MvkitError:
    """Return our error for a failed notebook: the one raised inside, or one naming the cell."""
    ours = revive(error.ename, re.sub(r"\x1b\[[0-9;]*m", "", error.evalue))
    if ours is not None:
        return ours
    if tells_full_disk(error.evalue):
        return disk_full(f"stage '{stage.name}'")
    cell = " ".join(error.source.split())[:80]
    return StageFailed(
        f"Stage '{stage.name}' stopped in cell [{error.exec_count}] (`{cell}`): "
        f"{error.ename}: {error.evalue}. See {notebook_of(stage).name} in the run folder.",
        reason="CELL_FAILED",
    )


def _declared(stage: Stage) -> frozenset[str]:
    """Return the names in a notebook's parameters cell."""
    return frozenset(_papermill().inspect_notebook(_as_format(notebook_of(stage))))


def _as_format(path: Path) -> str:
    """Return a path that survives Papermill's ``str.format`` of paths."""
    return str(path).replace("{", "{{").replace("}", "}}")
