"""One film in figures.

Conventions: a *cut* is a moment at which one shot gives way to the next, also where they dissolve;
a shot that goes on from clip to clip is one shot. Every share comes with its *chance*: what as many
cuts at random times would reach.

Contents
--------
FilmMeasures, measure_film
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from benchmarks.director.chance import Share, covered_share, met_by_chance, n_near
from benchmarks.director.rhythm import Lengths, cut_density, rate_by_energy
from mvkit.director import check_plan
from mvkit.director.facts import SIZES
from mvkit.director.shots import differs
from mvkit.grading import graded_palette, palette_distance
from mvkit.schema import Analysis, ClipScript, Plan, Shot
from mvkit.schema.plan import Grade
from mvkit.timing import tidy_s

ON_BEAT_S = 0.010
AT_SECTION_S = 0.050
NEAR_TRUE_BEAT_S = 0.100
"""As AutoMV's sample was measured: 29 % of its cuts, 25 % by chance."""
N_MOMENTS = 8
"""So many moments stand for a film where its colours are compared with another's."""
N_FRAMINGS = 60
"""The same, where it is compared shot by shot."""


@dataclass(frozen=True)
class FilmMeasures:
    """A film in figures.

    Attributes
    ----------
    coverage : float
        Share of the song's time during which there is one shot, and not two.
    on_beats, on_downbeats, on_sections : Share
        Cuts within 10 ms of a beat or a downbeat, within 50 ms of the start of a section.
    sections_cut : Share
        Starts of sections with a cut within 50 ms.
    moments_cut : Share
        Drops and breaks with a cut within 50 ms.
    on_true_beats : Share
        Cuts within 100 ms of a beat that is known to be one; of nothing where none are.
    pearson, spearman : float
        Correlation of cut rate and energy over windows of four bars; NaN of short songs.
    shots_by_section : mapping of str to (float, float)
        By kind of section: shots, in parts where they reach beyond it, and seconds.
    neighbours, broken : int
        Pairs of neighbouring shots, and those whose cut is not seen as one.
    faults : tuple of str
        Checks that the plan does not pass.
    flashes : int
        The most flashes within any second.
    choruses : tuple of (str, float)
        Where each chorus plays for the most part, and its shots a minute.
    within, between : tuple of float
        Palette distances of neighbouring clips of one section, and of two.
    n_clips, told_alike : int
        Clips, and those described in the same words as an earlier one.
    n_places : int
        Places that are seen.
    at_home : float
        Share of the time spent in the world of the first place, which is the wish's if it names
        one.
    worlds : mapping of str to float
        Share of the time spent in each world of the studio.
    palettes : tuple of tuple of str
        The colours seen at moments spread evenly over the film.
    framings : tuple of (str, str, str)
        Size, angle and move at moments spread evenly over the film.
    mood : (float, float)
        The song's valence and arousal, 0-1.
    seen : mapping of str to Counter
        How often what was chosen: sizes, angles, moves, actions, accents, transitions.
    """

    coverage: float
    on_beats: Share
    on_downbeats: Share
    on_sections: Share
    sections_cut: Share
    moments_cut: Share
    on_true_beats: Share
    pearson: float
    spearman: float
    shots_by_section: Mapping[str, tuple[float, float]]
    lengths: Lengths
    neighbours: int
    broken: int
    faults: tuple[str, ...]
    flashes: int
    choruses: tuple[tuple[str, float], ...]
    within: tuple[float, ...]
    between: tuple[float, ...]
    n_clips: int
    told_alike: int
    n_places: int
    at_home: float
    worlds: Mapping[str, float]
    palettes: tuple[tuple[str, ...], ...]
    framings: tuple[tuple[str, str, str], ...]
    mood: tuple[float, float]
    genre: str
    format: str
    seen: Mapping[str, Counter[str]]


def measure_film(
    plan: Plan, analysis: Analysis, *, true_beats_s: Sequence[float] = ()
) -> FilmMeasures:
    """Measure a film.

    Parameters
    ----------
    plan : Plan
        The film.
    analysis : Analysis
        The song as the director heard it.
    true_beats_s : sequence of float
        The song's beats where they are known to be true, ascending, in seconds.
    """
    shots = plan.whole_shots()
    cuts_s = [shot.start for shot in shots[1:]]
    edges_s = [*(shot.start for shot in shots), shots[-1].end]
    pearson, spearman = rate_by_energy(edges_s, analysis)
    pairs = list(_neighbours(plan))
    within, between = _palette_steps(plan, analysis)
    worlds = _worlds(plan)
    told = [script.visual_description for script in plan.clip_scripts]
    return FilmMeasures(
        coverage=_coverage(plan, analysis),
        on_beats=_near(cuts_s, analysis.beat_timestamps, ON_BEAT_S, analysis),
        on_downbeats=_near(cuts_s, analysis.downbeat_timestamps, ON_BEAT_S, analysis),
        on_sections=_near(cuts_s, _section_starts_s(analysis), AT_SECTION_S, analysis),
        sections_cut=_met(_section_starts_s(analysis), cuts_s, analysis),
        moments_cut=_met([moment.time for moment in analysis.moments], cuts_s, analysis),
        on_true_beats=(
            _near(cuts_s, true_beats_s, NEAR_TRUE_BEAT_S, analysis)
            if true_beats_s
            else Share(0, 0, 0.0, 0.0)
        ),
        pearson=pearson,
        spearman=spearman,
        shots_by_section=_shots_by_section(edges_s, analysis),
        lengths=Lengths(tuple(shot.size for shot in shots), tuple(shot.length_s for shot in shots)),
        neighbours=len(pairs),
        broken=sum(not differs(one, other, same_scene=alike) for one, other, alike in pairs),
        faults=tuple(check.name for check in check_plan(plan, analysis) if not check.passed),
        flashes=_most_flashes(shots),
        choruses=tuple(_choruses(plan, analysis, edges_s)),
        within=within,
        between=between,
        n_clips=len(told),
        told_alike=len(told) - len(set(told)),
        n_places=len({script.scenes for script in plan.clip_scripts}),
        at_home=worlds[plan.scenes[0].world],
        worlds=worlds,
        palettes=tuple(_palettes(plan)),
        framings=tuple(_framings(shots)),
        mood=(analysis.mood.valence, analysis.mood.arousal),
        genre=plan.genre,
        format=plan.format,
        seen=_seen(plan, shots),
    )


def _near(
    cuts_s: Sequence[float], marks_s: Sequence[float], within_s: float, analysis: Analysis
) -> Share:
    n = len(cuts_s)
    beats_s = analysis.beat_timestamps
    chance = covered_share(marks_s, within_s=within_s, duration_s=analysis.duration)
    on_any_beat = n_near(beats_s, marks_s, within_s=within_s) / len(beats_s)
    return Share(n_near(cuts_s, marks_s, within_s=within_s), n, n * chance, n * on_any_beat)


def _section_starts_s(analysis: Analysis) -> list[float]:
    return [section.start for section in analysis.song_structure[1:]]


def _met(moments_s: Sequence[float], cuts_s: Sequence[float], analysis: Analysis) -> Share:
    """Return at how many moments of the song there is a cut."""
    n = len(moments_s)
    chance = met_by_chance(len(cuts_s), within_s=AT_SECTION_S, duration_s=analysis.duration)
    on_beats = 1 - (1 - 1 / len(analysis.beat_timestamps)) ** len(cuts_s)
    met = n_near(moments_s, sorted(cuts_s), within_s=AT_SECTION_S)
    return Share(met, n, n * chance, n * on_beats)


def _coverage(plan: Plan, analysis: Analysis) -> float:
    """Return the share of the song's time with exactly one shot; also time beyond it counts off."""
    shots = [shot for script in plan.clip_scripts for shot in script.shots]
    moments_s = {0.0, analysis.duration, *(s.start for s in shots), *(s.end for s in shots)}
    covered_s = 0.0
    for start_s, end_s in pairwise(sorted(moments_s)):
        n_shown = sum(shot.start <= start_s and end_s <= shot.end for shot in shots)
        covered_s += (end_s - start_s) * (n_shown == 1) * (1 if end_s <= analysis.duration else -1)
    return tidy_s(covered_s / analysis.duration)


def _shots_by_section(
    edges_s: Sequence[float], analysis: Analysis
) -> dict[str, tuple[float, float]]:
    sections = analysis.song_structure
    spans_s = [(section.start, section.end) for section in sections]
    by_kind: dict[str, tuple[float, float]] = {}
    for section, rate in zip(sections, cut_density(edges_s, spans_s), strict=True):
        shots, seconds = by_kind.get(section.type, (0.0, 0.0))
        n_shots = float(rate) * section.length_s
        by_kind[section.type] = (shots + n_shots, seconds + section.length_s)
    return by_kind


def _neighbours(plan: Plan) -> Iterator[tuple[Shot, Shot, bool]]:
    """Yield neighbouring shots with a cut between them, and whether they share a place."""
    seen: list[tuple[ClipScript, Shot]] = [
        (script, shot) for script in plan.clip_scripts for shot in script.shots
    ]
    for (clip, before), (next_clip, after) in pairwise(seen):
        if clip is next_clip or not plan.goes_on(next_clip.clip_index):
            yield before, after, clip.scenes == next_clip.scenes


def _palette_steps(plan: Plan, analysis: Analysis) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return palette distances of neighbouring clips, within sections and from one to the next."""
    palette = plan.style.color_palette
    within: list[float] = []
    between: list[float] = []
    for one, other in pairwise(plan.clip_scripts):
        step = _palette_step(palette, one.grade, other.grade)
        (within if _section_of(one, analysis) == _section_of(other, analysis) else between).append(
            step
        )
    return tuple(within), tuple(between)


@lru_cache(maxsize=20_000)
def _palette_step(palette: tuple[str, ...], one: Grade, other: Grade) -> float:
    if one == other:
        return 0.0
    return palette_distance(graded_palette(palette, one), graded_palette(palette, other))


def _section_of(script: ClipScript, analysis: Analysis) -> int:
    middle_s = (script.start + script.end) / 2
    return sum(section.start <= middle_s for section in analysis.song_structure)


def _most_flashes(shots: Sequence[Shot]) -> int:
    """Return how many flashes there are within any second, both its ends included."""
    times_s = sorted(a.time for shot in shots for a in shot.accents if a.kind == "flash")
    return max((sum(0 <= t - start_s <= 1 for t in times_s) for start_s in times_s), default=0)


def _choruses(
    plan: Plan, analysis: Analysis, edges_s: Sequence[float]
) -> Iterator[tuple[str, float]]:
    for section in analysis.song_structure:
        if section.type != "chorus":
            continue
        seconds = dict.fromkeys((scene.id for scene in plan.scenes), 0.0)
        for script in plan.clip_scripts:
            inside_s = min(script.end, section.end) - max(script.start, section.start)
            seconds[script.scenes[0]] += max(inside_s, 0.0)
        rate = cut_density(edges_s, [(section.start, section.end)])[0]
        yield max(seconds, key=lambda scene: seconds[scene]), 60 * float(rate)


def _worlds(plan: Plan) -> dict[str, float]:
    worlds = {scene.id: scene.world for scene in plan.scenes}
    shares = dict.fromkeys(worlds.values(), 0.0)
    for script in plan.clip_scripts:
        shares[worlds[script.scenes[0]]] += script.length_s / plan.clip_scripts[-1].end
    return shares


def _palettes(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Yield the colours at some moments of the film."""
    clips = plan.clip_scripts
    for n in range(N_MOMENTS):
        time_s = clips[-1].end * (n + 0.5) / N_MOMENTS
        clip = next((clip for clip in clips if time_s < clip.end), clips[-1])
        yield graded_palette(plan.style.color_palette, clip.grade)


def _framings(shots: Sequence[Shot]) -> Iterator[tuple[str, str, str]]:
    ends_s = [shot.end for shot in shots]
    for n in range(N_FRAMINGS):
        time_s = ends_s[-1] * (n + 0.5) / N_FRAMINGS
        shot = shots[min(bisect_right(ends_s, time_s), len(shots) - 1)]
        yield shot.size, shot.angle, shot.move


def _seen(plan: Plan, shots: Sequence[Shot]) -> dict[str, Counter[str]]:
    n_shown: Counter[str] = Counter(dict.fromkeys(SIZES, 0))
    n_shown.update(shot.size for shot in shots)
    return {
        "sizes": n_shown,
        "angles": Counter(shot.angle for shot in shots),
        "moves": Counter(shot.move for shot in shots),
        "actions": Counter(shot.action for shot in shots if shot.characters),
        "people": Counter("shown" if shot.characters else "empty" for shot in shots),
        "accents": Counter(accent.kind for shot in shots for accent in shot.accents),
        "transitions": Counter(transition.type for transition in plan.transitions),
    }
