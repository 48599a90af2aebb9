"""How far a film is: its six stages, and a bar for all of them.

The stages are read from the events of the run. They go in order, so that whatever comes after
the one at work still waits, even if an earlier attempt had come further.

Contents
--------
StageProgress, follow_stages    how each stage stands
stage_list, bar                 as HTML
WORK                            what each stage does, in plain words
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from mvkit.chain import STAGES
from mvkit.web.parts.amounts import lasting

StageState = Literal["waiting", "running", "done", "kept", "stopped"]

WORK = {
    "analysis": "Hearing the song",
    "plan": "Planning the shots",
    "references": "Painting people and places",
    "prompts": "Writing prompts",
    "clips": "Filming",
    "video": "Cutting the film",
}
"""What each stage does."""


@dataclass(frozen=True, kw_only=True)
class StageProgress:
    """How one stage stands.

    Attributes
    ----------
    name : str
        The stage's noun.
    duration_s : float or None
        How long it took when it was last done.
    started_at_s : float or None
        When it last began, in seconds since the epoch.
    """

    name: str
    state: StageState = "waiting"
    duration_s: float | None = None
    started_at_s: float | None = None

    @property
    def work(self) -> str:
        """What it does, in plain words."""
        return WORK[self.name]


def follow_stages(
    events: Iterable[Mapping[str, Any]], *, is_running: bool
) -> tuple[StageProgress, ...]:
    """Return how the stages stand after some events.

    Parameters
    ----------
    events : iterable of mapping
        The events of a run, oldest first.
    is_running : bool
        Whether somebody works on the run now; if not, a stage that has begun has stopped.
    """
    stages = {stage.name: StageProgress(name=stage.name) for stage in STAGES}
    for event in events:
        if event.get("event") == "stage_update" and event.get("stage") in stages:
            _follow(stages, event)
        elif event.get("event") == "error":
            _stop(stages)
    if not is_running:
        _stop(stages)
    return tuple(stages.values())


def stage_list(stages: Iterable[StageProgress]) -> str:
    """Return the stages as a list, as HTML."""
    lines = "".join(
        f'<li class="mv-stage mv-stage--{stage.state}"><span>{stage.work}</span>'
        f'<span class="mv-stage__state">{_told(stage)}</span></li>'
        for stage in stages
    )
    return f'<ol class="mv-stages" aria-label="Stages">{lines}</ol>'


def bar(percent: float, *, label: str = "Progress") -> str:
    """Return a bar that is filled to so many percent, as HTML."""
    return (
        f'<div class="mv-bar" role="progressbar" aria-label="{label}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent:.0f}"><i style="width: {percent:.1f}%"></i>'
        "</div>"
    )


def _follow(stages: dict[str, StageProgress], event: Mapping[str, Any]) -> None:
    name = event["stage"]
    match event.get("status"):
        case "started":
            _wait_after(stages, name)
            stages[name] = StageProgress(
                name=name, state="running", started_at_s=float(event["time"])
            )
        case "finished":
            stages[name] = replace(stages[name], state="done", duration_s=event.get("duration"))
        case "kept":
            _wait_after(stages, name)
            stages[name] = replace(stages[name], state="kept")


def _wait_after(stages: dict[str, StageProgress], name: str) -> None:
    """Have the stages after one wait; how long they took is remembered, should they be kept."""
    names = list(stages)
    for later in names[names.index(name) + 1 :]:
        stages[later] = replace(stages[later], state="waiting")


def _stop(stages: dict[str, StageProgress]) -> None:
    for stage in stages.values():
        if stage.state == "running":
            stages[stage.name] = replace(stage, state="stopped")


def _told(stage: StageProgress) -> str:
    is_over = stage.state in ("done", "kept") and stage.duration_s is not None
    return f"{stage.state} · {lasting(stage.duration_s or 0.0)}" if is_over else stage.state
