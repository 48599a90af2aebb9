"""The films of a lineup: what each run tells of itself, in numbers and in artefacts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from mvkit import index
from mvkit.errors import InvalidArtefact, InvalidInput, NotFound
from mvkit.index import RunRow
from mvkit.lineup.makings import makings_of, told_apart
from mvkit.run import Run
from mvkit.schema import EDITS_FILE, Analysis, Artefact, Brief, Plan, Video
from mvkit.schema.lineup import Film
from mvkit.schema.report import Report
from mvkit.settings import get_settings

A = TypeVar("A", bound=Artefact)


def line_up(runs: Sequence[RunRow]) -> tuple[Film, ...]:
    """Return what runs tell of themselves, in the order given."""
    folders = [get_settings().runs_dir / run.job_id for run in runs]
    differing = told_apart([_makings(folder) for folder in folders])
    worked_s = _stages_s()
    return tuple(
        _film(run, folder, number=number, differs=differs, **worked_s.get(run.job_id, {}))
        for number, (run, folder, differs) in enumerate(
            zip(runs, folders, differing, strict=True), 1
        )
    )


def _film(run: RunRow, folder: Path, **told: Any) -> Film:
    same = {name: value for name, value in run._asdict().items() if name in Film.model_fields}
    return Film(
        **same | told | _of_song(folder) | _of_plan(folder) | _of_film(folder), tempo_bpm=run.bpm
    )


def _of_song(folder: Path) -> dict[str, Any]:
    analysis = _read(folder, Analysis)
    if analysis is None:
        return {}
    key = f"{analysis.key.tonic} {analysis.key.mode}"
    return {"analysis": analysis, "beats_per_bar": analysis.beats_per_bar, "key": key}


def _of_plan(folder: Path) -> dict[str, Any]:
    plan = _read(folder, Plan)
    if plan is None:
        return {}
    lengths_s = [shot.end - shot.start for shot in plan.whole_shots()]
    median_s = round(statistics.median(lengths_s), 3)
    return {"plan": plan, "n_shots": len(lengths_s), "median_shot_s": median_s}


def _of_film(folder: Path) -> dict[str, Any]:
    video, report = _read(folder, Video), _read(folder, Report)
    if video is None:
        return {}
    sheet = folder / video.contact_sheet_url
    return {
        "warnings": "; ".join(check.name for check in video.checks if not check.passed),
        "motion_by_energy": report.motion_by_energy.r if report else None,
        "sheet": sheet if sheet.is_file() else None,
    }


def _read(folder: Path, kind: type[A]) -> A | None:
    """Return an artefact; None where there is none that can be read, as the index then tells."""
    try:
        return Run(folder).read(kind)
    except (NotFound, InvalidArtefact, InvalidInput, OSError):
        return None


def _stages_s() -> dict[str, dict[str, float]]:
    """Return how long each stage of each run worked, over all its attempts that finished."""
    sql = (
        "SELECT job_id, stage, sum(duration_s) FROM stages WHERE status = 'finished' "
        "GROUP BY job_id, stage"
    )
    worked_s: dict[str, dict[str, float]] = {}
    for job_id, stage, duration_s in index.query(sql).rows:
        worked_s.setdefault(job_id, {})[f"{stage}_s"] = round(duration_s, 3)
    return worked_s


def _makings(folder: Path) -> dict[str, str]:
    """Return what made a film; nothing where its wish cannot be read."""
    brief, plan = _read(folder, Brief), _read(folder, Plan)
    if brief is None:
        return {}
    is_changed = (folder / EDITS_FILE).is_file()
    return makings_of(brief, notes=plan.notes if plan else (), changed_by_hand=is_changed)
