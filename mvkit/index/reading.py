"""The rows of one run, from what its folder says.

A file that cannot be read is *damage*: it is told, and all the rest of the run is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from mvkit.errors import NotFound
from mvkit.index.records import (
    LATEST_S,
    Analysis,
    Booking,
    Brief,
    Clips,
    Error,
    Event,
    Plan,
    RunFiles,
    Status,
    Video,
    Vote,
)
from mvkit.index.scan import LEDGER_FILE
from mvkit.index.tables import ClipRow, CostRow, Row, RunRow, StageRow, VoteRow
from mvkit.run import EVENTS_FILE, STATUS_FILE, Run
from mvkit.schema.vote import VOTES_FILE, topics_between

ENDS = ("finished", "error")
"""What is told of a stage when it ends."""


def read_run(folder: Path) -> list[Row]:
    """Return all rows of a run; none if it is gone."""
    files = RunFiles(folder)
    try:
        created_at_s = (folder / "brief.json").stat().st_mtime
    except OSError:
        return []
    plan = files.artefact("plan", Plan)
    status = _status(folder, files)
    stages = _stage_rows(folder.name, files.lines(EVENTS_FILE, Event), state=status.state)
    costs = _cost_rows(folder.name, files.lines(LEDGER_FILE, Booking))
    clips = _clip_rows(folder.name, files.artefact("clips", Clips), plan)
    run = RunRow(
        job_id=folder.name,
        created_at=_when(created_at_s),
        stage=status.stage,
        genre=plan.genre if plan else "",
        n_clips=len(plan.clip_scripts) if plan else None,
        worked_s=round(sum(row.duration_s or 0.0 for row in stages if row.status == "finished"), 2),
        cost_usd=sum((row.cost_usd for row in costs), Decimal()),
        **_wish(files),
        **_song(files),
        **_film(files),
        **_end(status, files),
    )
    return [run, *stages, *clips, *costs]


def read_votes(runs_dir: Path) -> list[Row]:
    """Return a row for each vote; lines that cannot be read are left out."""
    files = RunFiles(runs_dir)
    return [_vote_row(vote) for vote in files.lines(VOTES_FILE, Vote)]


def _vote_row(vote: Vote) -> VoteRow:
    sides = {"left": vote.left.job_id, "right": vote.right.job_id}
    return VoteRow(
        voted_at=None if vote.time is None else _when(vote.time),
        voter=vote.voter,
        left_id=vote.left.job_id,
        right_id=vote.right.job_id,
        preferred=vote.preferred,
        preferred_id=sides.get(vote.preferred, ""),
        differs=", ".join(topics_between(vote.left.made, vote.right.made)),
    )


def _status(folder: Path, files: RunFiles) -> Status:
    status = files.whole(STATUS_FILE, Status) or Status(state="waiting")
    if status.state == "running":  # only a worker's lock tells whether it still is
        return status.model_copy(update={"state": state_now(folder)})
    return status


def state_now(folder: Path) -> str:
    """Return the state of a run that is said to be running; one that is gone has stopped."""
    try:
        return Run(folder).status.state
    except NotFound:
        return "stopped"


def _wish(files: RunFiles) -> dict[str, Any]:
    brief = files.artefact("brief", Brief)
    return brief.model_dump() if brief else {}


def _song(files: RunFiles) -> dict[str, Any]:
    analysis = files.artefact("analysis", Analysis)
    if analysis is None:
        return {}
    n_sections = len(analysis.song_structure)
    return {"bpm": analysis.bpm, "song_s": analysis.duration, "n_sections": n_sections}


def _film(files: RunFiles) -> dict[str, Any]:
    video = files.artefact("video", Video)
    if video is None:
        return {}
    film = files.folder / video.video_url
    place = f"{files.folder.name}/{video.video_url}" if film.is_file() else ""
    return {
        "n_cuts": len(video.cuts),
        "n_on_beat": sum(cut.on_beat for cut in video.cuts),
        "n_warnings": sum(not check.passed for check in video.checks),
        "film": place,
    }


def _end(status: Status, files: RunFiles) -> dict[str, Any]:
    """Return the state of a run and what is wrong with it; to be asked last."""
    if files.damage:
        return {"state": "damaged", "reason": "DAMAGED", "error": " ".join(files.damage)}
    wrong = status.error or Error()
    return {"state": status.state, "reason": wrong.reason, "error": wrong.error}


@dataclass
class _Attempt:
    """One time that a stage was begun; ``end`` is what told that it ended, if anything did."""

    stage: str
    number: int
    started_s: float
    end: Event | None = None


def _stage_rows(job_id: str, events: Iterator[Event], *, state: str) -> list[StageRow]:
    attempts: list[_Attempt] = []
    for event in events:
        told = event.status if event.event == "stage_update" else event.event
        if told != "started" and told not in ENDS:
            continue
        same = [attempt for attempt in attempts if attempt.stage == event.stage]
        is_open = bool(same) and same[-1].end is None
        if told == "started" or (told == "finished" and not is_open):
            started_s = event.time - event.duration
            same.append(_Attempt(event.stage, len(same) + 1, started_s))
            attempts.append(same[-1])
            is_open = True
        if told in ENDS and is_open:
            same[-1].end = event
    rows = [_stage_row(job_id, attempt) for attempt in attempts]
    if state == "running" and rows and rows[-1].status == "stopped":
        rows[-1] = rows[-1]._replace(status="running")
    return rows


def _stage_row(job_id: str, attempt: _Attempt) -> StageRow:
    row = StageRow(
        job_id=job_id,
        stage=attempt.stage,
        attempt=attempt.number,
        status="stopped",
        started_at=_when(attempt.started_s),
    )
    end = attempt.end
    if end is None:
        return row
    if end.event == "stage_update":
        return row._replace(status="finished", duration_s=end.duration)
    duration_s = round(end.time - attempt.started_s, 3)
    return row._replace(status="failed", duration_s=duration_s, reason=end.reason)


def _clip_rows(job_id: str, filmed: Clips | None, plan: Plan | None) -> list[ClipRow]:
    scripts = {script.clip_index: script for script in plan.clip_scripts} if plan else {}
    worlds = {scene.id: scene.world for scene in plan.scenes} if plan else {}
    rows = []
    for clip in filmed.clips if filmed else ():
        script = scripts.get(clip.clip_index)
        scene = script.scenes[0] if script else ""
        rows.append(
            ClipRow(
                job_id=job_id,
                clip=clip.clip_index,
                status=clip.status,
                section=script.section if script else "",
                scene=scene,
                world=worlds.get(scene, ""),
                model=clip.model,
                n_frames=clip.n_frames,
                target_s=clip.target_duration,
                delivered_s=clip.actual_duration,
                fit=clip.fit,
                generation_s=clip.generation_time,
                retries=clip.retry_count,
                cost_usd=clip.cost,
                error=clip.error,
            )
        )
    return rows


def _cost_rows(job_id: str, bookings: Iterator[Booking]) -> list[CostRow]:
    """Return a row for each order: the sum of its lines, and what the last of them says."""
    orders: dict[str | int, CostRow] = {}
    for number, line in enumerate(bookings):
        key = line.entry or number
        row = CostRow(
            job_id=job_id,
            stage=line.stage,
            item=line.item,
            model=line.model,
            cost_usd=line.cost_usd,
            state=line.state,
            provider_id=line.provider_id,
            booked_at=None if line.time is None else _when(line.time),
        )
        if key in orders:
            first = orders[key]
            total_usd = first.cost_usd + row.cost_usd
            row = row._replace(cost_usd=total_usd, booked_at=first.booked_at)
        orders[key] = row
    return list(orders.values())


def _when(time_s: float) -> datetime:
    """Return a time since the epoch in the time of this machine."""
    return datetime.fromtimestamp(min(max(time_s, 0.0), LATEST_S))
