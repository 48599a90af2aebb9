"""The money of one run: what was spent on what.

``ledger.jsonl`` in the run folder holds one line per thing a model made, with its cost in US
dollars as a decimal string. Offline films cost nothing and have their lines all the same, so that
every picture and clip can be traced to what made it.
"""

from __future__ import annotations

import json
import time
from decimal import Decimal
from functools import singledispatch

from mvkit.run import Run
from mvkit.schema import Artefact, Clips, References

LEDGER_FILE = "ledger.jsonl"


def book(run: Run, artefact: Artefact) -> tuple[float, float]:
    """Write what an artefact cost into the run's ledger.

    Returns
    -------
    cost_usd, total_usd : float
        What this artefact cost, and what the run has cost so far.
    """
    rows = [
        {"time": round(time.time(), 3), "stage": artefact.stage, **row} for row in _rows(artefact)
    ]
    with run.path(LEDGER_FILE).open("a", encoding="utf-8") as ledger:
        ledger.writelines(json.dumps(row) + "\n" for row in rows)
    cost_usd = sum((Decimal(row["cost_usd"]) for row in _rows(artefact)), Decimal())
    return float(cost_usd), float(total_usd(run))


def total_usd(run: Run) -> Decimal:
    """Return what a run has cost so far."""
    path = run.folder / LEDGER_FILE
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return sum((Decimal(json.loads(line)["cost_usd"]) for line in lines), Decimal())


@singledispatch
def _rows(_artefact: Artefact) -> list[dict[str, str]]:
    return []


@_rows.register
def _(references: References) -> list[dict[str, str]]:
    pictures = (*references.scene_references, *references.character_references)
    return [_row(item=p.image_url, model=p.model, cost=p.cost) for p in pictures]


@_rows.register
def _(clips: Clips) -> list[dict[str, str]]:
    return [_row(item=f"clip {c.clip_index}", model=c.model, cost=c.cost) for c in clips.clips]


def _row(*, item: str, model: str, cost: float) -> dict[str, str]:
    return {"item": item, "model": model, "cost_usd": f"{Decimal(str(cost)):.4f}"}
