"""The report on worlds: what their frames cost, beside the goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from rich.table import Table

from benchmarks.director.films import console
from benchmarks.director.goals import Line
from benchmarks.studio.frames import SHOTS, Cost, SetUp, encode_ms, frame_cost, set_ups
from benchmarks.studio.goals import line_of
from benchmarks.studio.reference import REFERENCE_MS, as_on_reference, reference_ms

__all__ = ["WorldCosts", "judge_worlds", "measure_world", "report_worlds"]


@dataclass(frozen=True)
class WorldCosts:
    """What a world's frames cost.

    Attributes
    ----------
    costs : dict
        Of every set-up, in milliseconds as measured; the world's own time and weather first.
    encode_ms : float
        To encode a frame at the film's size.
    reference_ms : float
        What the reference frame cost in the same minute, between them: whoever else is at work
        slows down both.
    """

    world: str
    costs: dict[SetUp, Cost]
    encode_ms: float
    reference_ms: float

    @property
    def usual(self) -> list[Cost]:
        """At the world's own time of day, in its own weather."""
        return list(self.costs.values())[: len(SHOTS)]

    @property
    def worst(self) -> tuple[SetUp, Cost]:
        """The set-up whose frames cost most."""
        return max(self.costs.items(), key=lambda item: item[1].painted_ms)

    def as_on_reference(self, found_ms: float) -> float:
        """Return a time as it would be on the machine that the goals are meant for."""
        return as_on_reference(found_ms, reference_now_ms=self.reference_ms)


def report_worlds(worlds: Sequence[str]) -> list[Line]:
    """Measure worlds, print what each costs, and return the report."""
    measured = []
    for world in worlds:
        measured.append(measure_world(world))
        console.print(_told(measured[-1]), style="dim")
    console.print(_table(measured))
    return judge_worlds(measured)


def measure_world(world: str) -> WorldCosts:
    """Measure every set-up of a world, and the reference between them."""
    costs, references_ms = {}, []
    for set_up in set_ups(world):
        references_ms.append(reference_ms())
        costs[set_up] = frame_cost(set_up)
    return WorldCosts(world, costs, encode_ms(world), mean(references_ms))


def judge_worlds(measured: Sequence[WorldCosts]) -> list[Line]:
    """Return the report on all worlds."""
    usual = [one.as_on_reference(mean(c.painted_ms for c in one.usual)) for one in measured]
    worst = [one.as_on_reference(one.worst[1].painted_ms) for one in measured]
    now_ms = mean(one.reference_ms for one in measured)
    return [
        Line("reference frame here, ms", f"{now_ms:.2f}", goal=f"({REFERENCE_MS:g} meant)"),
        line_of("mean_ms", mean(usual)),
        line_of("worst_ms", max(worst)),
    ]


def _told(one: WorldCosts) -> str:
    painted_ms = mean(cost.painted_ms for cost in one.usual)
    return f"{one.world}: {painted_ms:.1f} ms, {painted_ms / one.reference_ms:.1f} reference frames"


def _table(measured: Sequence[WorldCosts]) -> Table:
    table = Table(
        *("world", "render", "post", "convert", "encode", "render + post", "in references"),
        *("worst", "where"),
        title="CPU ms per frame, as on the machine that the goals are meant for",
    )
    for one in sorted(measured, key=lambda costs: -costs.worst[1].painted_ms):
        table.add_row(one.world, *_row(one))
    return table


def _row(one: WorldCosts) -> list[str]:
    means_ms = [
        mean(getattr(cost, name) for cost in one.usual)
        for name in ("render_ms", "post_ms", "convert_ms")
    ]
    painted_ms = means_ms[0] + means_ms[1]
    set_up, worst = one.worst
    found_ms = (*means_ms, one.encode_ms, painted_ms)
    return [
        *(f"{one.as_on_reference(found):.1f}" for found in found_ms),
        f"{painted_ms / one.reference_ms:.2f}",
        f"{one.as_on_reference(worst.painted_ms):.1f}",
        str(set_up),
    ]
