"""All that was found, as tables, beside the goals."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from benchmarks.compose.trial import Step, Trial
from benchmarks.director.goals import Line
from mvkit.timing import FPS

__all__ = ["goals_table", "judge", "steps_table"]

FILM_S = 180
"""Goals in CPU seconds are for a film of three minutes; of a shorter one they are a share."""
MOST_CPU_S = 10.0
MOST_REAL_TIME = 0.1
MOST_TO_NORMALISE, MOST_OF_ALL = 1.2, 1.4
"""Times that x264 alone takes for the same pictures."""
MOST_MIB = 400.0
MOST_SOUND_OFF_MS = 1.0
LONGEST_REDO_S = 8.0


def steps_table(trial: Trial) -> Table:
    """Return a line per step."""
    table = Table(
        *("step", "CPU s", "wall s", "x x264 alone", "peak MiB", "frames right", "VMAF", "kbit/s")
    )
    whole = Step("    all three", trial.whole)
    again = Step("one clip again", trial.redone.cost)
    ours = (trial.normalised, trial.sound, trial.composed, whole, again)
    for step in (*ours, trial.bare, *trial.rivals):
        table.add_row(*_told(step, trial))
    return table


def judge(trial: Trial) -> list[Line]:
    """Return what was found beside what has to be reached."""
    final, redone, length = trial.composed.cost, trial.redone, trial.seconds / FILM_S
    bare_s, whole = trial.bare.cost.cpu_s, trial.whole
    normalising = trial.normalised.cost.cpu_s / bare_s
    frames = trial.composed.frames
    assert frames is not None
    mixed = f"{frames.mixed_right} of {frames.mixed}; luma at most {frames.worst:.1f} off"
    off_ms = max(map(abs, trial.sound_off_ms.values()))
    return [
        Line("this machine, x slower than the reference", f"{trial.slowness:.1f}"),
        _at_most("final step, CPU s", final.cpu_s, MOST_CPU_S * length),
        _at_most("final step, s / s of song", final.wall_s / trial.seconds, MOST_REAL_TIME, ".3f"),
        _at_most("normalising, x x264 alone", normalising, MOST_TO_NORMALISE, ".2f"),
        _at_most("all three, x x264 alone", whole.cpu_s / bare_s, MOST_OF_ALL, ".2f"),
        _at_most("memory, MiB, the largest of them", whole.peak_mib, MOST_MIB, ".0f"),
        _all("frames right", frames.right, trial.seconds * FPS),
        Line("    in transitions and at seams", mixed),
        _at_most(f"sound off, worst of {_places(trial)}, ms", off_ms, MOST_SOUND_OFF_MS, ".3f"),
        _at_most("one clip again, s", redone.cost.wall_s, LONGEST_REDO_S),
        _all("    its frames right", redone.frames.right, redone.frames.n_frames),
        _at_most("    packets changed elsewhere", redone.changed_elsewhere, 0, ".0f"),
    ]


def goals_table(lines: list[Line]) -> Table:
    """Return the goals, and whether they are met."""
    table = Table("measure", "found", "goal", "")
    marks = {None: "", True: "[green]met", False: "[bold red]missed"}
    for line in lines:
        table.add_row(line.name, line.found, line.goal, marks[line.met])
    return table


def _told(step: Step, trial: Trial) -> Iterator[str]:
    yield step.name
    yield f"{step.cost.cpu_s:.1f}"
    yield f"{step.cost.wall_s:.1f}"
    yield f"{step.cost.cpu_s / trial.bare.cost.cpu_s:.2f}"
    yield f"{step.cost.peak_mib:.0f}"
    yield f"{step.frames.right} of {step.frames.n_frames}" if step.frames else ""
    yield f"{step.vmaf:.1f}" if step.vmaf else ""
    yield f"{step.kbps:.0f}" if step.kbps else ""


def _places(trial: Trial) -> str:
    return ", ".join(str(place_s) for place_s in trial.sound_off_ms) + " s"


def _at_most(name: str, found: float, most: float, form: str = ".1f") -> Line:
    return Line(name, format(found, form), goal=f"<= {most:.3g}", met=found <= most)


def _all(name: str, found: int, expected: int) -> Line:
    return Line(name, f"{found} of {expected}", goal="all", met=found == expected)
