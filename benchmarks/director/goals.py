"""All films in figures, and what they have to reach.

Contents
--------
Film
    A film that was planned, or refused.
Line, judge
    One line of the report, with the goal where there is one; and all of them.
Histogram, histograms
    What was chosen how often.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, groupby, pairwise
from math import dist
from statistics import mean, median

import numpy as np

from benchmarks.director.apart import colours_apart, framed_alike, paces_apart, worlds_shared
from benchmarks.director.chance import Share
from benchmarks.director.measures import FilmMeasures
from mvkit.director.facts import SIZES

PER_SONG_S = 180.0
"""Times to plan are told per so many seconds of song."""
LONGEST_PLAN_S = 2.0
LEAST_CORRELATION = 0.3
"""Of cut rate with energy: Spearman's coefficient, the median of songs."""
MOST_FLASHES = 3
"""In any second: WCAG 2.3.1."""
OPPOSITE_MOODS, SIMILAR_MOODS = 0.5, 0.1
"""Distances of songs in valence and arousal, each 0-1."""
MOST_PAIRS = 1000
MOST_FRAMED_ALIKE = 0.05
"""Of the time of two films of one song: two directors may choose alike, but not shot by shot."""
FULL = 1 - 1e-6

Histogram = Counter[str]


@dataclass(frozen=True)
class Film:
    """A song planned with a wish.

    Attributes
    ----------
    measures : FilmMeasures or None
        Nothing of a film that the director refused to plan.
    refused : str
        Why.
    repeatable : bool or None
        Whether the plan was the same when it was made again; None where it was made once.
    """

    song: str
    wish: int
    duration_s: float
    cpu_s: float
    measures: FilmMeasures | None
    refused: str = ""
    repeatable: bool | None = None

    @property
    def cpu_s_per_song(self) -> float:
        """CPU seconds to plan it, per three minutes of song."""
        return self.cpu_s * PER_SONG_S / self.duration_s


@dataclass(frozen=True)
class Line:
    """One line of the report; ``met`` is None where nothing is required."""

    name: str
    found: str
    chance: str = ""
    goal: str = ""
    met: bool | None = None


def judge(films: Sequence[Film]) -> list[Line]:
    """Return the report on all films."""
    made = [film.measures for film in films if film.measures]
    if not made:
        return [Line("films planned", f"0 of {len(films)}", goal="all", met=False)]
    return [
        *_of_planning(films),
        *_of_beats(made),
        *_of_energy(films),
        *_of_lengths(made),
        *_of_continuity(made),
        *_of_choruses(made),
        *_of_colour(made),
        *_of_variety(films, made),
    ]


def histograms(made: Sequence[FilmMeasures]) -> dict[str, Histogram]:
    """Return what was chosen how often: shares of shots or clips, counted over all films."""
    found: dict[str, Histogram] = {
        "formats": Counter(film.format for film in made),
        "genres": Counter(film.genre or "none" for film in made),
        "places a film": Counter(str(film.n_places) for film in made),
    }
    for film in made:
        for name, counted in film.seen.items():
            found.setdefault(name, Counter()).update(counted)
    return found


def _of_planning(films: Sequence[Film]) -> Iterable[Line]:
    refused = sum(film.measures is None for film in films)
    yield Line("films planned", f"{len(films) - refused} of {len(films)}", "", "all", refused == 0)
    again = [film.repeatable for film in films if film.repeatable is not None]
    yield Line("planned the same again", f"{sum(again)} of {len(again)}", "", "all", met=all(again))
    times_s = [film.cpu_s_per_song for film in films if film.measures]
    typical_s, worst_s = median(times_s), max(times_s)
    yield Line("plan time per 3 min, median, CPU s", f"{typical_s:.2f}")
    yield _below("plan time per 3 min, worst, CPU s", worst_s, LONGEST_PLAN_S, form=".2f")


def _of_beats(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    coverage = min(film.coverage for film in made)
    yield _at_least("coverage, least", coverage, FULL, goal="100 %")
    on_beats = _sum(film.on_beats for film in made)
    yield _share("cuts within 10 ms of a beat", on_beats, least=0.99)
    worst = min(film.on_beats.found for film in made)
    yield Line("    of the worst film", f"{worst:.1%}")
    on_downbeats = _sum(film.on_downbeats for film in made)
    more = on_downbeats.found > max(on_downbeats.chance, on_downbeats.chance_on_beats)
    yield _share("cuts on downbeats", on_downbeats, met=more, goal="> chance")
    on_sections = _sum(film.on_sections for film in made)
    more = on_sections.found > max(on_sections.chance, on_sections.chance_on_beats)
    yield _share("cuts on section starts", on_sections, met=more, goal="> chance")
    yield _share("section starts with a cut", _sum(film.sections_cut for film in made), least=0.95)
    at_moments = _sum(film.moments_cut for film in made)
    if at_moments.of:
        more = at_moments.found > max(at_moments.chance, at_moments.chance_on_beats)
        yield _share("drops and breaks with a cut", at_moments, met=more, goal="> chance")
    on_true_beats = _sum(film.on_true_beats for film in made)
    if on_true_beats.of:
        more = on_true_beats.found > on_true_beats.chance
        yield _share("cuts within 100 ms of a true beat", on_true_beats, met=more, goal="> chance")


def _of_energy(films: Sequence[Film]) -> Iterable[Line]:
    for name in ("pearson", "spearman"):
        by_song = [
            median(known)
            for _, group in _by_song(films)
            if (known := [c for m in group if not math.isnan(c := getattr(m, name))])
        ]
        if by_song:
            low, middle, high = np.quantile(by_song, (0.25, 0.5, 0.75))
            found = f"{middle:+.2f} ({low:+.2f} to {high:+.2f})"
            label = f"cut rate by energy, {name.capitalize()}, median of songs (quartiles)"
            goal = f"> {LEAST_CORRELATION:g}"
            yield Line(label, found, "0", goal, met=bool(middle > LEAST_CORRELATION))


def _of_lengths(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    lengths_s = [length for film in made for length in film.lengths.lengths_s]
    yield Line("shots, mean and median, s", f"{mean(lengths_s):.2f}, {median(lengths_s):.2f}")
    spread = median(film.lengths.log_spread for film in made)
    skew = median(film.lengths.log_skew for film in made)
    yield Line("spread and skew of log length, a film", f"{spread:.2f}, {skew:+.2f}")
    known = [c for film in made if not math.isnan(c := film.lengths.of_neighbours)]
    if known:
        yield Line(
            "log lengths of neighbours, correlation",
            f"{median(known):+.2f}",
            "0",
            "> 0",
            met=median(known) > 0,
        )
    by_size = {size: found for size in SIZES if (found := _lengths_of(made, size))}
    for size, found in by_size.items():
        yield Line(f"    {size}, mean, s", f"{mean(found):.2f}")
    means_s = [mean(found) for found in by_size.values()]
    if len(means_s) > 1:
        longer = means_s[0] > means_s[-1]
        yield Line(
            "the widest longer than the closest", "yes" if longer else "no", "", "yes", longer
        )
    yield from _of_sections(made)


def _of_sections(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    totals: dict[str, tuple[float, float]] = {}
    for film in made:
        for kind, (shots, seconds) in film.shots_by_section.items():
            n, s = totals.get(kind, (0.0, 0.0))
            totals[kind] = (n + shots, s + seconds)
    for kind, (shots, seconds) in sorted(totals.items(), key=lambda row: row[1][0] / row[1][1]):
        yield Line(f"    {kind}, shots a minute", f"{60 * shots / seconds:.1f}")


def _of_continuity(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    broken, pairs = sum(film.broken for film in made), sum(film.neighbours for film in made)
    found = f"{broken} of {pairs}"
    yield Line("neighbours that break continuity", found, "", "0", met=broken == 0)
    faults = Counter(fault for film in made for fault in film.faults)
    told = ", ".join(f"{name} {n}" for name, n in faults.items()) or "none"
    yield Line("checks that plans do not pass", told, "", "none", met=not faults)
    flashes = max(film.flashes for film in made)
    goal = f"<= {MOST_FLASHES}"
    yield Line("most flashes in a second", f"{flashes}", "", goal, met=flashes <= MOST_FLASHES)
    n_clips, alike = sum(film.n_clips for film in made), sum(film.told_alike for film in made)
    yield Line("clips told in the words of another", f"{alike / n_clips:.1%}")


def _of_choruses(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    """Yield whether choruses return, and whether they grow."""
    pairs = [(film.choruses[0], film.choruses[-1]) for film in made if len(film.choruses) > 1]
    if pairs:
        back = mean(first[0] == last[0] for first, last in pairs)
        yield Line("last chorus where the first was", f"{back:.0%}")
        faster = mean(last[1] > first[1] for first, last in pairs)
        yield Line("last chorus cut faster than the first", f"{faster:.0%}", "50%")


def _of_colour(made: Sequence[FilmMeasures]) -> Iterable[Line]:
    within = [step for film in made for step in film.within]
    between = [step for film in made for step in film.between]
    if within and between:
        inside, across = mean(within), mean(between)
        yield Line("palette step inside a section", f"{inside:.3f}")
        yield Line(
            "palette step from section to section",
            f"{across:.3f}",
            f"{inside:.3f}",
            "> inside",
            met=across > inside,
        )


def _of_variety(films: Sequence[Film], made: Sequence[FilmMeasures]) -> Iterable[Line]:
    """Yield how far films are apart: in colours (Delta E OK), places and pace."""
    yield Line("places a film, mean", f"{mean(film.n_places for film in made):.1f}")
    yield Line("time at home, mean", f"{mean(film.at_home for film in made):.0%}")
    of_songs = [pair for _, group in _by_song(films) for pair in pairwise(group)]
    of_wishes = [pair for _, group in _by_wish(films) for pair in combinations(group, 2)]
    opposite = [(a, b) for a, b in of_wishes if dist(a.mood, b.mood) > OPPOSITE_MOODS]
    alike = [(a, b) for a, b in of_wishes if dist(a.mood, b.mood) < SIMILAR_MOODS]
    for name, pairs in (
        ("same song, two wishes", of_songs),
        ("same wish, songs of opposite mood", opposite),
        ("same wish, songs of like mood", alike),
    ):
        pairs = pairs[:: len(pairs) // MOST_PAIRS + 1]
        if pairs:
            colours = mean(colours_apart(a, b) for a, b in pairs)
            worlds = mean(worlds_shared(a, b) for a, b in pairs)
            pace = mean(paces_apart(a, b) for a, b in pairs)
            told = f"colours {colours:.3f}, worlds shared {worlds:.0%}, pace {pace:.0%}"
            yield Line(f"{name}: apart", told)
    framed = mean(framed_alike(a, b) for a, b in of_songs) if of_songs else 0.0
    by_chance = mean(framed_alike(a, b, shifted=True) for a, b in of_songs) if of_songs else 0.0
    yield Line(
        "same song, two wishes: time in the same framing",
        f"{framed:.0%}",
        f"{by_chance:.0%}",
        f"< {MOST_FRAMED_ALIKE:.0%}",
        met=framed < MOST_FRAMED_ALIKE,
    )


def _lengths_of(made: Sequence[FilmMeasures], size: str) -> list[float]:
    return [
        length_s
        for film in made
        for own, length_s in zip(film.lengths.sizes, film.lengths.lengths_s, strict=True)
        if own == size
    ]


def _by_song(films: Sequence[Film]) -> list[tuple[str, list[FilmMeasures]]]:
    return _grouped(films, lambda film: film.song)


def _by_wish(films: Sequence[Film]) -> list[tuple[str, list[FilmMeasures]]]:
    return _grouped(films, lambda film: f"{film.wish:03d}")


def _grouped(
    films: Sequence[Film], name_of: Callable[[Film], str]
) -> list[tuple[str, list[FilmMeasures]]]:
    ordered = sorted(films, key=name_of)
    return [
        (name, [film.measures for film in group if film.measures])
        for name, group in groupby(ordered, key=name_of)
    ]


def _sum(shares: Iterable[Share]) -> Share:
    return reduce(operator.add, shares)


def _share(
    name: str, share: Share, *, least: float = 0.0, goal: str = "", met: bool | None = None
) -> Line:
    on_beats = share.chance_on_beats
    chance = f"{share.chance:.1%}"
    if not math.isnan(on_beats) and not math.isclose(on_beats, 1.0):
        chance += f"; on any beat {on_beats:.1%}"
    if least:
        goal, met = f"{least:.0%}", share.found >= least
    return Line(name, f"{share.found:.1%}", chance, goal, met)


def _at_least(name: str, found: float, least: float, *, goal: str) -> Line:
    return Line(name, f"{found:.1%}", "", goal, met=found >= least)


def _below(name: str, found: float, most: float, *, form: str) -> Line:
    return Line(name, format(found, form), "", f"< {most:g}", met=found < most)
