"""What the films of a batch that are still to be made will take, told before any is submitted."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from mvkit import index
from mvkit.batches.checks import Wish
from mvkit.schema import Record


class Quote(Record):
    """What is to be expected.

    Attributes
    ----------
    n_new, n_known : int
        Films to be submitted, and films that were submitted before.
    song_s : float
        Length of the new films together, in seconds.
    usd : Decimal
        What they typically cost; failures that are billed come on top.
    work_s : float or None
        How long they are worked on together, judged by films that the same models have made here;
        None where there is none of one of them.
    """

    n_new: int
    n_known: int
    song_s: float
    usd: Decimal
    work_s: float | None


def quote(new: Sequence[Wish], *, n_known: int) -> Quote:
    """Say what films will take.

    Parameters
    ----------
    new : sequence of Wish
        Those that are to be submitted.
    n_known : int
        How many were submitted before.
    """
    return Quote(
        n_new=len(new),
        n_known=n_known,
        song_s=sum(wish.song_s for wish in new),
        usd=sum((wish.usd for wish in new), Decimal()),
        work_s=_work_s(new, speeds(index.list_runs())) if new else 0.0,
    )


def speeds(runs: Iterable[index.RunRow]) -> dict[str, float]:
    """Return how many seconds a second of song is worked on, by who films: the median of runs."""
    known = defaultdict(list)
    for run in runs:
        if run.state == "finished" and run.song_s and run.worked_s:
            known[run.video].append(run.worked_s / run.song_s)
    return {video: statistics.median(ratios) for video, ratios in known.items()}


def _work_s(wishes: Sequence[Wish], speed: Mapping[str, float]) -> float | None:
    each_s = [speed[wish.brief.video] * wish.song_s for wish in wishes if wish.brief.video in speed]
    return sum(each_s) if len(each_s) == len(wishes) else None
