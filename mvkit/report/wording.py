"""How numbers are told: shares, times, and whether something is more than chance."""

from __future__ import annotations

from collections.abc import Sequence

from mvkit.schema.report import Agreement, Report

SIGNIFICANT = 0.05
"""What chance makes more often than this is not told as found."""


def usual(report: Report) -> str:
    """Return how long shots usually are in such films."""
    norms = report.lengths.norms
    return f"usual {norms[0].shot_s:g} s" if norms else "no usual length known"


def follows(what: str, found: Agreement, *, of: str) -> str:
    """Return in a sentence whether something follows the energy of the song."""
    if found.r is None or found.p is None:
        return (
            f"{what} cannot be held against the energy of the song: {found.n} {of} are too few, "
            "or one of the two never changes."
        )
    clear = "follows" if found.r > 0 else "goes against"
    how = clear if found.p <= SIGNIFICANT else "has no clear tie to"
    return (
        f"{what} {how} the energy of the song: rank correlation {found.r:+.2f} over {found.n} "
        f"{of}, as strong by chance in {rarely(found.p)} of cases."
    )


def rarely(share: float) -> str:
    """Return a share that may be tiny."""
    return "less than 1%" if share < 0.01 else f"{share:.0%}"


def signed(found: Agreement) -> str:
    """Return a correlation with its sign."""
    return "–" if found.r is None else f"{found.r:+.2f}"


def correlated(found: Agreement, *, of: str) -> str:
    """Return what a correlation is of, and how likely chance makes it."""
    by_chance = "" if found.p is None else f", {rarely(found.p)} by chance"
    return f"rank correlation of {found.n} {of}{by_chance}"


def percent(n: int, of: int) -> str:
    """Return a share in percent; a dash of nothing."""
    return f"{n / of:.0%}" if of else "–"


def all_of(n: int, of: int) -> str:
    """Return how many of how many."""
    return f"All {of}" if n == of and of > 1 else f"{n} of {of}"


def listed(names: Sequence[str]) -> str:
    """Return names as one phrase."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def words(name: str) -> str:
    """Return an id as words."""
    return name.replace("_", " ")


def clock(time_s: float) -> str:
    """Return a time as minutes and seconds."""
    minutes, seconds = divmod(round(time_s), 60)
    return f"{minutes}:{seconds:02d}"
