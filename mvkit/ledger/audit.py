"""The audit copy: what a run has cost, line by line, in its folder."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import singledispatch
from typing import Any

from mvkit.files import append_line, read_lines
from mvkit.ledger.account import find_account
from mvkit.ledger.table import ZERO, Entry
from mvkit.run import Run
from mvkit.schema import Artefact, Clips, References

LEDGER_FILE = "ledger.jsonl"


def book(run: Run, artefact: Artefact) -> tuple[float, float]:
    """Write what an artefact cost into the run's ledger file, as far as it is not there yet.

    What was bought is told by the job's account, if it has one; the artefact tells the rest.

    Returns
    -------
    cost_usd, total_usd : float
        What the artefact's stage has cost so far, and what the run has.
    """
    has_account = copy_account(run)
    path = run.path(LEDGER_FILE)
    booked = {(row["item"], row["made"]) for row in read_lines(path)}
    for row in _rows(artefact):
        is_told = (row["item"], row["made"]) in booked
        is_bought = has_account and Decimal(row["cost_usd"]) > 0
        if not (is_told or is_bought):
            append_line(path, {"stage": artefact.stage, **row})
    stage_usd = _sum(row for row in read_lines(path) if row["stage"] == artefact.stage)
    return float(stage_usd), float(total_usd(run))


def copy_account(run: Run) -> bool:
    """Copy what the entries of a run's account have cost into its ledger file, each once.

    An entry that has cost something else since gets a line with the difference.

    Returns
    -------
    bool
        Whether the run has an account.
    """
    account = find_account(run.job_id)
    if account is None:
        return False
    path = run.path(LEDGER_FILE)
    lines = [row for row in read_lines(path) if "entry" in row]
    for entry in account.entries():
        told = [row for row in lines if row["entry"] == entry.tag]
        due_usd = entry.cost_usd - _sum(told)
        if due_usd or (entry.state in ("settled", "lost") and not told):
            append_line(path, _entry_row(entry, due_usd=due_usd))
    return True


def total_usd(run: Run) -> Decimal:
    """Return what a run has cost so far, as its ledger file tells."""
    return _sum(read_lines(run.folder / LEDGER_FILE))


def _sum(rows: Iterable[dict[str, Any]]) -> Decimal:
    return sum((Decimal(row["cost_usd"]) for row in rows), ZERO)


def _entry_row(entry: Entry, *, due_usd: Decimal) -> dict[str, str]:
    stage = entry.item.partition("/")[0]  # a stage's files lie in a folder of its name
    row = _row(entry.item, made=entry.made, model=entry.model, cost_usd=due_usd)
    order = {"entry": entry.tag, "state": entry.state, "provider_id": entry.provider_id}
    return {"stage": stage, **row, **order}


@singledispatch
def _rows(_artefact: Artefact) -> list[dict[str, str]]:
    return []


@_rows.register
def _(references: References) -> list[dict[str, str]]:
    return [
        _row(picture.image_url, made=picture.sha256, model=picture.model, cost_usd=picture.cost)
        for picture in references.pictures
    ]


@_rows.register
def _(clips: Clips) -> list[dict[str, str]]:
    return [
        _row(clip.video_url, made=clip.sha256, model=clip.model, cost_usd=clip.cost)
        for clip in clips.clips
        if clip.status == "success"
    ]


def _row(item: str, *, made: str, model: str, cost_usd: Decimal | float) -> dict[str, str]:
    cost = f"{Decimal(str(cost_usd)):.6f}"
    return {"item": item, "made": made, "model": model, "cost_usd": cost}
