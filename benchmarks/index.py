"""What the index of runs costs at size, and whether it survives being killed.

Run it as ``python benchmarks/index.py``. It makes run folders like those of real films (songs of
one to five minutes; most finished, some failed, planned, waiting or damaged) in a temporary folder,
which takes about 300 kB a run, and prints how long the index takes. Then a smaller index is rebuilt
over and over and killed at random moments; after each kill it must be what it was before or what it
was to become, and a refresh must say what a rebuild says.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from mvkit import index
from mvkit.index.file import IndexFile
from mvkit.settings import ROOT, get_settings

EXAMPLE = re.compile(r"^## (\w+)\.json.*?```json\n(.*?)```", re.DOTALL | re.MULTILINE)
STAGES = ("analysis", "plan", "references", "prompts", "clips", "video")
ENDS = {"finished": 0.75, "failed": 0.1, "planned": 0.05, "stopped": 0.05, "waiting": 0.05}
"""How many runs end how."""
DAMAGED = 0.005
N_VARIANTS = 12
CURVES_RATE_HZ = 30
SETTLED_AFTER_S = 2.1
"""Until then, a file that was changed is looked at again."""
console = Console()

Files = dict[str, bytes]


def main(
    runs: Annotated[int, typer.Option(help="How many run folders.", min=20)] = 10_000,
    kills: Annotated[int, typer.Option(help="How many kills.", min=0)] = 20,
    kill_runs: Annotated[int, typer.Option(help="Run folders while killing.", min=20)] = 1000,
) -> None:
    """Measure the index of runs."""
    with tempfile.TemporaryDirectory() as folder:
        measure(use(Path(folder) / "many"), n_runs=runs)
        if kills:
            survive(use(Path(folder) / "few"), n_runs=kill_runs, n_kills=kills)


def use(runs_dir: Path) -> Path:
    """Make a folder the one where runs live."""
    runs_dir.mkdir()
    os.environ["MVKIT_RUNS_DIR"] = str(runs_dir)
    get_settings.cache_clear()
    return runs_dir


def measure(runs_dir: Path, *, n_runs: int) -> None:
    """Print how long the index takes."""
    job_ids = make_runs(runs_dir, n_runs=n_runs)
    time.sleep(SETTLED_AFTER_S)
    by_state = "SELECT state, count(*), sum(cost_usd), avg(worked_s) FROM runs GROUP BY state"
    by_section = "SELECT section, model, avg(generation_s), sum(retries) FROM clips GROUP BY ALL"
    table = Table("what", "seconds", "CPU seconds", title=f"{n_runs} runs")
    table.add_row("full rebuild", *times(index.rebuild, repeats=1))
    table.add_row("refresh, nothing changed", *times(index.refresh))
    changing = times(index.refresh, before=lambda: change(runs_dir, job_ids[:10]))
    table.add_row("refresh, 10 runs changed", *changing)
    time.sleep(SETTLED_AFTER_S)
    index.refresh()
    table.add_row("list_runs", *times(index.list_runs))
    table.add_row("list_runs, the newest 50", *times(lambda: index.list_runs(limit=50)))
    table.add_row("query: runs by state", *times(lambda: index.query(by_state)))
    table.add_row("query: clips by section", *times(lambda: index.query(by_section)))
    console.print(table)
    for name in ("runs", "stages", "clips", "costs"):
        console.print(index.query(f"SELECT count(*) FROM {name}").rows[0][0], name, end=", ")
    console.print(f"{index.refresh().stat().st_size / 1e6:.1f} MB")


def survive(runs_dir: Path, *, n_runs: int, n_kills: int) -> None:
    """Kill processes that write the index, and print what was found afterwards."""
    job_ids = make_runs(runs_dir, n_runs=n_runs)
    chance = random.Random(1)
    started_s = time.monotonic()
    elsewhere().wait()
    whole_s = time.monotonic() - started_s
    n_killed = n_whole = n_right = 0
    for _ in range(n_kills):
        change(runs_dir, chance.sample(job_ids, 5))
        n_killed += kill(elsewhere(), after_s=chance.uniform(0.3, 1.0) * whole_s)
        n_whole += IndexFile(runs_dir).is_whole()
        index.refresh()
        refreshed = everything()
        index.rebuild()
        n_right += refreshed == everything()
    console.print(
        f"{n_kills} rebuilds of {n_runs} runs, {n_killed} killed in the midst: index whole right "
        f"after {n_whole}, refreshed to what a rebuild says {n_right}"
    )


def elsewhere() -> subprocess.Popen[bytes]:
    """Start a process that rebuilds the index."""
    return subprocess.Popen([sys.executable, "-c", "from mvkit import index; index.rebuild()"])


def kill(process: subprocess.Popen[bytes], *, after_s: float) -> bool:
    """Kill a process after a while; return whether it was still at work."""
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def everything() -> list[list[tuple[Any, ...]]]:
    """Return all rows of all tables in a fixed order."""
    with IndexFile(get_settings().runs_dir.resolve()).opened() as tables:
        return [
            tables.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
            for name in ("runs", "stages", "clips", "costs", "models")
        ]


def times(
    work: Callable[[], object], *, repeats: int = 5, before: Callable[[], object] | None = None
) -> tuple[str, str]:
    """Return how long work takes, on the clock and of the processors; the quickest of a few."""
    found = []
    for _ in range(repeats):
        if before:
            before()
        start_s, start_cpu_s = time.monotonic(), time.process_time()
        work()
        found.append((time.monotonic() - start_s, time.process_time() - start_cpu_s))
    took_s, cpu_s = min(found)
    return f"{took_s:.3f}", f"{cpu_s:.3f}"


def change(runs_dir: Path, job_ids: list[str]) -> None:
    """Let something happen to runs."""
    for job_id in job_ids:
        with (runs_dir / job_id / "events.jsonl").open("a") as events:
            events.write(json.dumps({"time": time.time(), "event": "message"}) + "\n")


def make_runs(runs_dir: Path, *, n_runs: int) -> list[str]:
    """Make run folders; return their ids."""
    chance = random.Random(n_runs)
    variants = [variant(chance) for _ in range(N_VARIANTS)]
    job_ids = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(n_runs)]
    for job_id in job_ids:
        folder = runs_dir / job_id
        folder.mkdir()
        for name, content in run_files(job_id, chance.choice(variants), chance).items():
            (folder / name).write_bytes(content)
    return job_ids


def run_files(job_id: str, artefacts: dict[str, dict[str, Any]], chance: random.Random) -> Files:
    """Return the files of a run that has come to some end."""
    end = chance.choices(list(ENDS), list(ENDS.values()))[0]
    n_stages = {"finished": 6, "planned": 2, "waiting": 0}.get(end, chance.randrange(1, 6))
    made = ["brief", *STAGES[:n_stages]]
    files = {f"{name}.json": to_json({**artefacts[name], "job_id": job_id}) for name in made}
    files["events.jsonl"] = to_lines(events(STAGES[:n_stages], end, chance))
    files["ledger.jsonl"] = to_lines(bookings(artefacts["clips"])) if n_stages > 4 else b""
    if end == "finished":
        files["video.mp4"] = b"a film"
    files[".lock"] = b""
    if end != "waiting":
        state = "running" if end == "stopped" else end
        files["status.json"] = to_json({"job_id": job_id, "state": state, "updated_at": 1.0})
    if chance.random() < DAMAGED:
        files[f"{made[-1]}.json"] = files[f"{made[-1]}.json"][:100]
    return files


def variant(chance: random.Random) -> dict[str, dict[str, Any]]:
    """Return the artefacts of one song of one to five minutes, made from those of the docs."""
    text = (ROOT / "docs" / "artefacts.md").read_text("utf-8")
    found = {name: json.loads(body) for name, body in EXAMPLE.findall(text)}
    times = chance.randint(5, 25)  # as long as the example
    n_frames = int(times * found["analysis"]["duration"] * CURVES_RATE_HZ)
    analysis = found["analysis"]
    analysis["duration"] *= times
    for name in ("beat_timestamps", "beat_strengths", "downbeat_timestamps", "song_structure"):
        analysis[name] *= times
    for name in ("bass", "mid", "high", "onset", "energy"):
        analysis["curves"][name] = [round(chance.random(), 3) for _ in range(n_frames)]
    found["video"]["cuts"] *= times
    for stage, name in (("plan", "clip_scripts"), ("prompts", "clip_prompts"), ("clips", "clips")):
        found[stage][name] = [
            {**record, "clip_index": number}
            for number, record in enumerate(found[stage][name] * times)
        ]
    return found


def events(stages: tuple[str, ...], end: str, chance: random.Random) -> list[dict[str, Any]]:
    """Return what is told of a run: stages, progress while filming, and an error if it failed."""
    told: list[dict[str, Any]] = []
    for stage in stages:
        told.append({"event": "stage_update", "stage": stage, "status": "started"})
        if stage == "clips":
            told += [{"event": "progress", "progress": float(share)} for share in range(40, 85)]
        took_s = round(chance.uniform(0.1, 60), 3)
        told.append(
            {"event": "stage_update", "stage": stage, "status": "finished", "duration": took_s}
        )
    if end == "failed":
        told.append({"event": "error", "stage": stages[-1], "reason": "TOO_FEW_CLIPS"})
    return told


def bookings(clips: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a ledger."""
    return [
        {"stage": "clips", "item": clip["video_url"], "made": "0" * 64, "model": clip["model"]}
        | {"cost_usd": "0.120000", "entry": str(uuid.uuid4()), "state": "settled"}
        for clip in clips["clips"]
    ]


def to_json(value: dict[str, Any]) -> bytes:
    """Return JSON."""
    return json.dumps(value).encode()


def to_lines(records: list[dict[str, Any]]) -> bytes:
    """Return lines of JSON, with the time."""
    now_s = time.time()
    return b"".join(to_json({"time": now_s, **record}) + b"\n" for record in records)


if __name__ == "__main__":
    typer.run(main)
