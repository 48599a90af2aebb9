"""What it took to make a film: time and money, by stage.

Contents
--------
stages_of
"""

from __future__ import annotations

from collections import defaultdict

from mvkit.files import read_lines
from mvkit.ledger import LEDGER_FILE
from mvkit.run import Run
from mvkit.schema import ARTEFACTS
from mvkit.schema.report import StageMeasures


def stages_of(run: Run) -> tuple[StageMeasures, ...]:
    """Return each stage that ran, in order, with its last duration and all that it cost."""
    worked_s = {
        event["stage"]: float(event["duration"])
        for event in run.events()
        if event.get("event") == "stage_update" and event.get("status") == "finished"
    }
    cost_usd: dict[str, float] = defaultdict(float)
    for row in read_lines(run.folder / LEDGER_FILE):
        cost_usd[row["stage"]] += float(row["cost_usd"])
    names = [kind.stage for kind in ARTEFACTS]
    return tuple(
        StageMeasures(
            name=name,
            worked_s=worked_s.get(name, 0.0),
            cost_usd=round(cost_usd.get(name, 0.0), 6),
        )
        for name in names
        if name in worked_s or name in cost_usd
    )
