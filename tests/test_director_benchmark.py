"""The director's benchmark: every measure can fail, and every goal that is missed is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from benchmarks.director import songs
from benchmarks.director.chance import Share, covered_share, is_near, met_by_chance
from benchmarks.director.goals import Film, Line, histograms, judge
from benchmarks.director.layout import Column, Part, Still, sheet_of
from benchmarks.director.measures import FilmMeasures, measure_film
from benchmarks.director.rhythm import Lengths, cut_density, rate_by_energy
from mvkit.director import plan_video
from mvkit.schema import Analysis, ClipScript, Plan, Shot
from mvkit.schema.analysis import Moment
from mvkit.schema.plan import Accent, Grade

from .steady_songs import JOB, make_brief, steady_song

SONG = steady_song()
BEAT_S = 0.5
FLASHES_S = (0.1, 0.4, 0.7, 1.0, 1.2)


@cache
def plan() -> Plan:
    return plan_video(make_brief(seed=3), SONG)


@cache
def measured() -> FilmMeasures:
    return measure_film(plan(), SONG)


def with_clips(change: Callable[[ClipScript], ClipScript]) -> Plan:
    return plan().model_copy(update={"clip_scripts": tuple(map(change, plan().clip_scripts))})


def with_shots(change: Callable[[Shot], Shot]) -> Plan:
    return with_clips(
        lambda clip: clip.model_copy(update={"shots": tuple(map(change, clip.shots))})
    )


def moved(by_s: float) -> FilmMeasures:
    """Measure the film with all its cuts moved."""

    def move(time_s: float) -> float:
        return time_s if time_s in (0.0, SONG.duration) else time_s + by_s

    shifted = with_shots(
        lambda shot: shot.model_copy(update={"start": move(shot.start), "end": move(shot.end)})
    )
    return measure_film(shifted, SONG)


def film(measures: FilmMeasures | None = None, **changes: object) -> Film:
    usual = Film("song", 0, SONG.duration, 0.1, measures or sound(), repeatable=True)
    return replace(usual, **changes)  # type: ignore[arg-type]


def sound() -> FilmMeasures:
    """Return a film that reaches every goal, also those that one film may miss by chance."""
    steady = Lengths(("close",) * 4 + ("extreme wide",) * 4, (1.0, 1.1, 1.2, 1.3, 2.0, 2.5, 3, 4))
    return replace(
        measured(), within=(0.0,), between=(0.1,), pearson=0.5, spearman=0.5, lengths=steady
    )


def missed(*films: Film) -> set[str]:
    return {line.name for line in judge(films) if line.met is False}


# --- Measures -------------------------------------------------------------------------------


def test_a_plan_of_the_director_reaches_every_goal() -> None:
    found = measured()
    assert found.coverage == 1.0
    assert found.on_beats.found == found.sections_cut.found == 1.0
    assert found.on_beats.chance < 0.06
    assert found.broken == 0
    assert found.faults == ()
    assert missed(film()) == set()


def test_cuts_off_the_beat_are_found() -> None:
    """An eighth of a second late is on no beat; a thousandth of a second is."""
    assert moved(0.125).on_beats.found == 0.0
    assert moved(0.001).on_beats.found == 1.0
    assert missed(film(moved(0.125))) >= {
        "cuts within 10 ms of a beat",
        "section starts with a cut",
    }


def test_cuts_a_beat_late_are_on_beats_but_on_no_downbeat() -> None:
    late = moved(BEAT_S)
    assert late.on_beats.found > 0.95  # a cut on the last beat is now after it
    assert late.sections_cut.found == 0.0
    assert late.on_downbeats.found < measured().on_downbeats.found / 2
    never = replace(sound(), on_downbeats=replace(late.on_downbeats, n=0))
    assert missed(film(never)) == {"cuts on downbeats"}


def test_beats_that_are_not_true_are_told_from_those_that_are() -> None:
    beats_s = SONG.beat_timestamps
    true = measure_film(plan(), SONG, true_beats_s=beats_s).on_true_beats
    wrong = measure_film(plan(), SONG, true_beats_s=[t + BEAT_S / 2 for t in beats_s])
    assert true.found == 1.0
    assert true.chance == pytest.approx(0.4, abs=0.02)
    assert wrong.on_true_beats.found == 0.0
    assert "cuts within 100 ms of a true beat" in missed(film(wrong))


@pytest.mark.parametrize("n_shown", [0, 2])
def test_time_with_no_shot_or_with_two_is_not_covered(n_shown: int) -> None:
    """A shot ends a second early, or the one after it starts a second early."""
    clip = next(clip for clip in plan().clip_scripts if len(clip.shots) > 1)
    early, late = clip.shots[:2]
    if n_shown == 0:
        early = early.model_copy(update={"end": early.end - 1})
    else:
        late = late.model_copy(update={"start": late.start - 1})
    changed = clip.model_copy(update={"shots": (early, late, *clip.shots[2:])})
    found = measure_film(with_clips(lambda one: changed if one is clip else one), SONG)
    assert found.coverage == pytest.approx(1 - 1 / SONG.duration, abs=1e-5)
    assert "coverage, least" in missed(film(replace(sound(), coverage=found.coverage)))


def test_shots_that_look_alike_break_continuity() -> None:
    alike = with_shots(lambda shot: shot.model_copy(update={"size": "medium"}))
    found = measure_film(alike, SONG)
    assert found.broken > found.neighbours / 2
    assert "continuity" in found.faults
    assert missed(film(found)) >= {
        "neighbours that break continuity",
        "checks that plans do not pass",
    }


def test_cut_rate_follows_energy_or_runs_against_it() -> None:
    """Shots of a second where it is loud and of four where it is quiet; and the other way round."""
    with_energy, against_it = [0.0], [0.0]
    for section in SONG.song_structure:
        for edges_s, quick in ((with_energy, "high"), (against_it, "low")):
            step_s = 1.0 if section.energy == quick else 4.0
            while edges_s[-1] + step_s <= section.end:
                edges_s.append(edges_s[-1] + step_s)
    assert min(rate_by_energy(with_energy, SONG)) > 0.6
    assert max(rate_by_energy(against_it, SONG)) < -0.2
    assert str(rate_by_energy([0.0, 10.0], steady_song(form=(("verse", "low", 8),)))[0]) == "nan"
    wrong = replace(sound(), pearson=-0.2, spearman=-0.2)
    assert any("Spearman" in name for name in missed(film(wrong)))


def test_a_shot_counts_by_the_share_of_it_inside_a_window() -> None:
    density = cut_density([0.0, 2.0, 4.0, 5.0], [(0.0, 4.0), (3.0, 5.0)])
    assert density.tolist() == [0.5, 0.75]


def test_shots_a_minute_are_told_by_section() -> None:
    by_section = measured().shots_by_section
    assert sum(n for n, _ in by_section.values()) == pytest.approx(len(plan().whole_shots()))
    assert sum(seconds for _, seconds in by_section.values()) == pytest.approx(SONG.duration)


def test_lengths_of_neighbours_agree_or_alternate() -> None:
    steady = Lengths(("wide",) * 8, (1.0, 1.1, 1.2, 2.0, 2.1, 4.0, 4.1, 4.2))
    jumping = Lengths(("wide",) * 8, (1.0, 4.0) * 4)
    assert steady.of_neighbours > 0.8
    assert jumping.of_neighbours < -0.9
    assert jumping.log_spread == pytest.approx(0.693, abs=0.001)
    wrong = replace(sound(), lengths=jumping)
    assert "log lengths of neighbours, correlation" in missed(film(wrong))


def test_close_shots_that_are_longer_are_found() -> None:
    wrong = Lengths(("extreme wide", "close", "extreme wide", "close"), (1.0, 3.0, 2.0, 3.5))
    assert "the widest longer than the closest" in missed(film(replace(sound(), lengths=wrong)))


def test_palette_steps_are_told_apart_by_where_they_are() -> None:
    """Darker choruses are steps between parts; every second clip darker is one inside them."""
    dark = Grade(lightness=0.6)

    def shaded(is_dark: Callable[[ClipScript], bool]) -> FilmMeasures:
        changed = with_clips(
            lambda clip: clip.model_copy(update={"grade": dark if is_dark(clip) else Grade()})
        )
        return measure_film(changed, SONG)

    by_part = shaded(lambda clip: clip.section == "chorus")
    assert sum(by_part.within) < 0.1 < max(by_part.between)
    flickering = shaded(lambda clip: clip.clip_index % 2 == 0)
    assert min(flickering.within) > 0.1
    assert "palette step from section to section" in missed(film(replace(by_part, between=(0.0,))))


def test_clips_in_the_same_words_are_counted() -> None:
    same = with_clips(lambda clip: clip.model_copy(update={"visual_description": "The same."}))
    found = measure_film(same, SONG)
    assert found.told_alike == found.n_clips - 1


def test_flashes_are_counted_within_any_second() -> None:
    """Four within a second are too many, wherever the second starts; the fifth comes later."""
    shot = max(plan().whole_shots(), key=lambda shot: shot.length_s)
    flashes = [Accent(time=shot.start + at_s, kind="flash", strength=1) for at_s in FLASHES_S]
    flashing = with_shots(
        lambda one: one.model_copy(update={"accents": flashes if one.start == shot.start else ()})
    )
    found = measure_film(flashing, SONG)
    assert found.flashes == 4
    assert "most flashes in a second" in missed(film(replace(sound(), flashes=4)))


def test_choruses_are_told_with_their_places_and_cut_rates() -> None:
    """The song has three of them."""
    found = measured().choruses
    assert len(found) == 3
    assert {place for place, _ in found} <= {scene.id for scene in plan().scenes}
    in_all, seconds = measured().shots_by_section["chorus"]
    assert sum(rate for _, rate in found) / 3 == pytest.approx(60 * in_all / seconds)


def test_drops_without_a_cut_are_found() -> None:
    """One on a cut, one in the middle of a shot."""
    first, second = plan().whole_shots()[1:3]
    times_s = (first.start, (second.start + second.end) / 2)
    drops = tuple(Moment(time=time_s, kind="drop", strength=1) for time_s in times_s)
    found = measure_film(plan(), SONG.model_copy(update={"moments": drops}))
    assert found.moments_cut.found == 0.5
    missing = replace(sound(), moments_cut=replace(found.moments_cut, n=0))
    assert "drops and breaks with a cut" in missed(film(missing))


# --- Chance ---------------------------------------------------------------------------------


def test_chance_is_the_share_of_time_around_the_marks() -> None:
    """What overlaps counts once, what lies outside not at all."""
    assert covered_share([1.0, 3.0], within_s=0.5, duration_s=10.0) == pytest.approx(0.2)
    assert covered_share([1.0, 1.5], within_s=0.5, duration_s=10.0) == pytest.approx(0.15)
    assert covered_share([0.0, 10.0], within_s=0.5, duration_s=10.0) == pytest.approx(0.1)
    assert is_near(1.4, [1.0, 3.0], within_s=0.5)
    assert not is_near(2.0, [1.0, 3.0], within_s=0.5)


def test_a_moment_is_met_by_chance_the_likelier_the_more_cuts_there_are() -> None:
    assert met_by_chance(1, within_s=0.5, duration_s=10.0) == pytest.approx(0.1)
    assert met_by_chance(2, within_s=0.5, duration_s=10.0) == pytest.approx(0.19)


def test_shares_are_pooled_by_what_they_count() -> None:
    both = Share(1, 2, 0.5) + Share(3, 8, 1.5)
    assert both.found == 0.4
    assert both.chance == 0.2


# --- Goals ----------------------------------------------------------------------------------


def test_slow_refused_and_unsteady_films_are_missed_goals() -> None:
    assert missed(film(cpu_s=3.0)) == {"plan time per 3 min, worst, CPU s"}
    assert missed(film(), replace(film(), measures=None)) == {"films planned"}
    assert missed(film(repeatable=False)) == {"planned the same again"}
    assert judge([film(measures=None)])[0].met is not None


def test_nothing_planned_is_a_missed_goal() -> None:
    nothing = Film("song", 0, 60.0, 0.1, None, refused="why")
    assert judge([nothing]) == [Line("films planned", "0 of 1", goal="all", met=False)]


def test_what_was_chosen_is_counted() -> None:
    found = histograms([measured(), measured()])
    assert found["formats"].total() == 2
    assert found["sizes"].total() == 2 * len(plan().whole_shots())
    assert found["transitions"].total() == 2 * len(plan().transitions)


def test_two_wishes_filmed_shot_by_shot_alike_are_a_missed_goal() -> None:
    """The same shots in another place are the same film; others are not."""
    other = replace(sound(), framings=(("close", "high", "pan"),) * len(sound().framings))
    same = missed(film(), film(wish=1))
    assert same == {"same song, two wishes: time in the same framing"}
    assert missed(film(), film(other, wish=1)) == set()


def test_films_of_opposite_songs_are_held_against_each_other() -> None:
    """Colours, worlds and pace of one wish, for a sad song and a merry one."""
    sad = replace(sound(), mood=(0.1, 0.2))
    dark = tuple(("#000000",) * 5 for _ in sad.palettes)
    merry = replace(sad, mood=(0.9, 0.9), palettes=dark, worlds={"elsewhere": 1.0})
    (told,) = (
        line.found
        for line in judge([film(sad), film(merry, song="other")])
        if "opposite" in line.name
    )
    assert "worlds shared 0%" in told
    assert "pace 0%" in told
    assert "colours 0.000" not in told


# --- Songs and sheets -----------------------------------------------------------------------


def test_a_song_is_heard_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words are given to the ear as lines; another file of its name is heard anew."""
    given = []

    def hear(song: Path, *, job_id: str, lyrics: Path | None) -> Analysis:
        given.append(lyrics.read_text() if lyrics else "")
        return SONG.model_copy(update={"job_id": JOB})

    monkeypatch.setattr(songs, "ear", SimpleNamespace(analyze_song=hear))
    song, kept = tmp_path / "one.mp3", tmp_path / "heard"
    song.write_bytes(b"a song")
    words = [[1.0, 1.3, "Hello"], [1.4, 1.9, "there"], [70.0, 70.5, "Again"]]
    truth = f'{{"kind": "exact", "beats": [[1.0, 1], [0.5, 4]], "lyrics_words": {words}}}'
    song.with_suffix(".json").write_text(truth.replace("'", '"'))
    (first,), (again,) = (songs.songs_in(tmp_path, analyses=kept) for _ in range(2))
    assert first.analysis == again.analysis
    assert first.true_beats_s == (0.5, 1.0)
    assert given == ["[00:01.00]Hello there\n[01:10.00]Again\n"]
    song.write_bytes(b"another")
    songs.songs_in(tmp_path, analyses=kept)
    assert len(given) == 2


def test_a_sheet_holds_every_still_of_every_film() -> None:
    """As many columns as films, as high as the longest; a still is where its row and place say."""
    red = Still(Image.new("RGB", (256, 144), "#FF0000"), "0.0 wide")
    blue = Still(Image.new("RGB", (256, 144), "#0000FF"), "0.1 close")
    colours = ("#112233", "#445566", "#778899")
    long = Column("long", "", colours, (Part("verse", colours, (red, red, blue)),))
    short = Column("short", "", colours, (Part("verse", colours, (blue,)),))
    one, two = (sheet_of(films, across=2) for films in ([short], [long, short]))
    assert two.width == 2 * one.width
    assert two.height > one.height
    counted = {colour: n for n, colour in two.getcolors(two.width * two.height) or []}
    assert counted[255, 0, 0] == counted[0, 0, 255] == 2 * 256 * 144
