"""What has to be reached: all goals in one table."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.director.goals import Line

__all__ = ["GOALS", "Goal", "line_of"]


@dataclass(frozen=True)
class Goal:
    """A figure that has to stay within a bound; ``form`` is how it is told."""

    name: str
    bound: float
    at_least: bool = False
    form: str = ".1f"


GOALS = {
    "mean_ms": Goal("render + post, mean of worlds, ms", 12.0),
    "worst_ms": Goal("render + post, worst of all, ms", 20.0),
    "cpu_s": Goal("a film, CPU s per minute of song, worst", 75.0, form=".0f"),
    "peak_mib": Goal("a film, peak memory, MiB, worst", 1024.0, form=".0f"),
    "over_chance": Goal("motion peaks on beats, by chance level, mean", 2.0, at_least=True),
}
"""Milliseconds are those of the machine that :mod:`benchmarks.studio.reference` names."""


def line_of(key: str, found: float, *, chance: str = "") -> Line:
    """Return the line of the report on a goal."""
    goal = GOALS[key]
    told = f"{'>=' if goal.at_least else '<='} {goal.bound:g}"
    met = found >= goal.bound if goal.at_least else found <= goal.bound
    return Line(goal.name, format(found, goal.form), chance, told, met=met)
