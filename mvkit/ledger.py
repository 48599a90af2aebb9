"""The money of one run: what was spent on what.

``ledger.jsonl`` in the run folder holds one line per thing a model made, with its cost in US
dollars as a decimal string. Offline films cost nothing and have their lines all the same, so that
every picture and clip can be traced to what made it. A thing is booked once, however often its
stage is gathered.
"""

from __future__ import annotations

from decimal import Decimal
from functools import singledispatch

from mvkit.run import Run, append_line, read_lines
from mvkit.schema import Artefact, Clips, References

LEDGER_FILE = "ledger.jsonl"


def book(run: Run, artefact: Artefact) -> tuple[float, float]:
    """Write what an artefact cost into the run's ledger, as far as it is not there yet.

    Returns
    -------
    cost_usd, total_usd : float
        What this artefact cost in all, and what the run has cost so far.
    """
    path = run.path(LEDGER_FILE)
    booked = {(row["item"], row["made"]) for row in read_lines(path)}
    rows = _rows(artefact)
    for row in rows:
        if (row["item"], row["made"]) not in booked:
            append_line(path, {"stage": artefact.stage, **row})
    cost_usd = sum((Decimal(row["cost_usd"]) for row in rows), Decimal())
    return float(cost_usd), float(total_usd(run))


def total_usd(run: Run) -> Decimal:
    """Return what a run has cost so far."""
    rows = read_lines(run.folder / LEDGER_FILE)
    return sum((Decimal(row["cost_usd"]) for row in rows), Decimal())


@singledispatch
def _rows(_artefact: Artefact) -> list[dict[str, str]]:
    return []


@_rows.register
def _(references: References) -> list[dict[str, str]]:
    return [
        _row(picture.image_url, made=picture.sha256, model=picture.model, cost=picture.cost)
        for picture in references.pictures
    ]


@_rows.register
def _(clips: Clips) -> list[dict[str, str]]:
    return [
        _row(clip.video_url, made=clip.sha256, model=clip.model, cost=clip.cost)
        for clip in clips.clips
        if clip.status == "success"
    ]


def _row(item: str, *, made: str, model: str, cost: float) -> dict[str, str]:
    return {"item": item, "made": made, "model": model, "cost_usd": f"{Decimal(str(cost)):.4f}"}
