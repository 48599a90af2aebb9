"""What a film costs, stage by stage: seconds, seconds per second of song, peak memory.

Run it as ``python benchmarks/chain.py [SONG ...]``; without songs it films the bundled one. With
``--warm`` the bundled song is filmed once before, which compiles the studio's kernels. Memory is
the largest sum over the job's processes, sampled twice a second.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from mvkit import make_video
from mvkit.commands.films import DEMO_PROMPT
from mvkit.processes import JOB_VARIABLE
from mvkit.run import Run, Status
from mvkit.schema import Video
from mvkit.settings import get_settings
from mvkit.songs import write_demo_song

MIB = 2**20
console = Console()


@dataclass
class Meter:
    """Watches a job from outside: CPU time and memory by stage."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mib: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _job_id: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    def show(self, status: Status) -> None:
        """Note which stage is at work."""
        self._stage, self._job_id = status.stage, status.job_id

    def sample(self) -> None:
        """Sample memory and CPU time until told to stop."""
        while not self._stop.wait(0.5):
            processes = job_processes(self._job_id)
            mib = sum(rss for rss, _ in processes) / MIB
            self.peak_mib[self._stage] = max(self.peak_mib.get(self._stage, 0.0), mib)
            busiest_s = max((cpu_s for _, cpu_s in processes), default=0.0)
            self.cpu_s[self._stage] = max(self.cpu_s.get(self._stage, 0.0), busiest_s)

    def stop(self) -> None:
        """End sampling."""
        self._stop.set()


def job_processes(job_id: str) -> list[tuple[int, float]]:
    """Return resident bytes and CPU seconds of a job's processes, the coordinator included."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.pid == os.getpid() or process.environ().get(JOB_VARIABLE) == job_id
            if ours and job_id:
                times = process.cpu_times()
                cpu_s = 0.0 if process.pid == os.getpid() else times.user + times.system
                found.append((process.memory_info().rss, cpu_s))
        except psutil.Error:
            continue
    return found


def measure(song: Path, *, title: str) -> None:
    """Film a song and print what it cost."""
    meter = Meter()
    sampler = threading.Thread(target=meter.sample)
    sampler.start()
    started_s = time.monotonic()
    try:
        run = make_video(song, DEMO_PROMPT, title=title, fresh=True, watch=meter.show)
    finally:
        meter.stop()
        sampler.join()
    report(run, meter, title=title, took_s=time.monotonic() - started_s)


def report(run: Run, meter: Meter, *, title: str, took_s: float) -> None:
    """Print one table."""
    video = run.read(Video)
    song_s = video.duration
    table = Table("stage", "seconds", "s / s of song", "CPU s", "peak MiB", title=title)
    for event in run.events():
        if event.get("status") != "finished":
            continue
        stage, stage_s = event["stage"], event["duration"]
        table.add_row(
            stage,
            f"{stage_s:.2f}",
            f"{stage_s / song_s:.3f}",
            f"{meter.cpu_s.get(stage, 0.0):.1f}",
            f"{meter.peak_mib.get(stage, 0.0):.0f}",
        )
    table.add_section()
    table.add_row("all", f"{took_s:.2f}", f"{took_s / song_s:.3f}", "", "")
    console.print(table)
    seen = [cut for cut in video.cuts if cut.found_frame is not None]
    exact = sum(cut.found_frame == cut.frame for cut in seen)
    console.print(
        f"{song_s:.1f} s of song, {video.n_frames} frames, {len(video.cuts)} cuts: "
        f"{exact} exact of {len(seen)} seen; {video.file_size_mb:.1f} MB, "
        f"{video.bitrate_kbps} kbit/s, drift {video.sync_drift * 1000:.1f} ms"
    )


def main(
    songs: Annotated[
        list[Path] | None, typer.Argument(help="Songs; none: the bundled one.")
    ] = None,
    warm: Annotated[bool, typer.Option(help="Film the bundled song once before.")] = False,
) -> None:
    """Measure what films cost."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MVKIT_RUNS_DIR"] = str(Path(folder) / "runs")
        get_settings.cache_clear()
        bundled = Path(folder) / "bundled.flac"
        write_demo_song(bundled)
        if warm:
            measure(bundled, title="bundled song, to warm up")
        for song in songs or [bundled]:
            measure(song, title=song.stem)


if __name__ == "__main__":
    typer.run(main)
