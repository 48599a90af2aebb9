"""The film as a whole: its kind, its acts, its arc of colour and light, its answers to the beat."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from mvkit.director import Wish, load_knowledge, plan_video, read_wish
from mvkit.director.accents import Answers, without_strobe
from mvkit.director.acts import acts_of
from mvkit.director.casting import choose_cast
from mvkit.director.facts import Facts
from mvkit.director.formats import choose_kind
from mvkit.director.grid import Grid
from mvkit.director.hearing import hear_passages
from mvkit.director.knowledge import Knowledge
from mvkit.director.pacing import clip_edges_s
from mvkit.director.rules import Rule
from mvkit.director.story import tell_acts
from mvkit.director.treatment import write_treatment
from mvkit.grading import graded_palette, has_hue, palette_distance
from mvkit.schema import Accent, Analysis, Grade, Plan, Shot
from mvkit.schema.analysis import SectionType

from .steady_songs import STORY, Form, make_brief, steady_song

KNOWLEDGE = load_knowledge()
SONG = steady_song()
LONG = "and it goes on for as long as the song does"
TEAL = "A teal and amber night, and somebody who is on the way to somebody else."


def shots_of(plan: Plan) -> list[Shot]:
    return [shot for script in plan.clip_scripts for shot in script.shots]


def form_of(*types: SectionType) -> Form:
    return tuple((kind, "high" if kind == "chorus" else "medium", 4) for kind in types)


# --- acts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("types", "acts"),
    [
        (
            ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro"),
            ("setup", "setup", "rise", "rise", "rise", "turn", "climax", "release"),
        ),
        (("verse", "chorus", "verse", "chorus"), ("setup", "rise", "rise", "climax")),
        (("chorus", "verse", "chorus"), ("setup", "setup", "climax")),
        (("verse", "verse", "verse", "verse"), ("setup", "setup", "setup", "climax")),
        (
            ("intro", "instrumental", "breakdown", "instrumental", "outro"),
            ("setup", "rise", "turn", "climax", "release"),
        ),
        (
            ("intro", "verse", "instrumental", "verse", "chorus", "outro"),
            ("setup", "setup", "rise", "rise", "climax", "release"),
        ),
        (("verse",), ("setup",)),
        (("outro",), ("setup",)),
    ],
)
def test_acts_follow_the_form(types: tuple[SectionType, ...], acts: tuple[str, ...]) -> None:
    """Setup until the first payoff, climax with the last, a turn where the song breaks."""
    assert acts_of(steady_song(form=form_of(*types)).song_structure) == acts


def test_acts_cover_the_film_and_are_told_in_sentences() -> None:
    """Each act has its own story, on the edges of clips."""
    plan = plan_video(make_brief(), SONG)
    assert [act.name for act in plan.acts] == ["setup", "rise", "turn", "climax", "release"]
    edges_s = {script.start for script in plan.clip_scripts}
    assert all(act.start in edges_s for act in plan.acts)
    assert len({act.story for act in plan.acts}) == 5
    assert all(act.story[0].isupper() and act.story.endswith(".") for act in plan.acts)
    assert not any("{" in act.story for act in plan.acts)


def acts_in(wish: str, **song: object) -> dict[str, str]:
    """Return the story of each act of a film."""
    analysis = steady_song(**song)  # type: ignore[arg-type]
    asked = read_wish(wish, KNOWLEDGE)
    film = write_treatment(
        hear_passages(analysis, clip_edges_s(analysis)),
        analysis,
        wish=asked,
        lyrics=Wish(),
        knowledge=KNOWLEDGE,
        rng=random.Random(1),
        kind_rng=random.Random(1),
    )
    cast = choose_cast(
        asked,
        film.facts,
        accent=KNOWLEDGE.colour("crimson"),
        knowledge=KNOWLEDGE,
        seed=1,
        rng=random.Random(1),
    )
    acts = tell_acts(film, cast=cast, knowledge=KNOWLEDGE, wish=asked)
    return {act.name: act.story for act in acts}


def test_acts_name_both_people_and_what_the_wish_wants_done() -> None:
    """In the setup, and in other words in the climax."""
    acts = acts_in("The story of a man and a woman who search in a forest at night")
    for name in ("setup", "rise", "turn", "climax", "release"):
        assert "the man" in acts[name].lower()
        assert "the woman" in acts[name]
    assert "search" in acts["setup"]
    assert "searching" in acts["climax"]
    assert acts["setup"] != acts["climax"]


def test_acts_of_a_glad_film_miss_nothing_and_of_a_sad_one_do() -> None:
    for wish in ("The story of a woman on a beach", "The story of a couple in a kitchen"):
        glad, sad = (" ".join(acts_in(wish, valence=v).values()) for v in (0.9, 0.1))
        assert not {"missing", "alone", "lost"} & set(re.findall(r"\w+", glad))
        assert {"missing", "alone"} & set(re.findall(r"\w+", sad))


def test_a_place_is_told_once_as_long_as_the_film_stays_there() -> None:
    wish = "The story of a woman in a kitchen"
    acts = " ".join(acts_in(wish).values())
    assert acts.count("in a kitchen") == 1
    for seed in range(4):
        plan = plan_video(make_brief(f"{wish}, {LONG}", seed=seed), SONG)
        assert plan.treatment.count("a kitchen") <= 2


def test_nothing_is_said_of_words_that_nobody_knows() -> None:
    """Of lines and voices only where the song's words are known."""
    for lyrics, speaks in (((), False), ([(4.0, "la la")], True)):
        song = steady_song(lyrics=lyrics)
        wish = "A performance video of a singer on a stage"
        plan = plan_video(make_brief(f"{wish}, {LONG}"), song)
        text = " ".join((plan.treatment, *(act.story for act in plan.acts)))
        assert bool({"line", "voice"} & set(re.findall(r"\w+", text))) == speaks


def test_a_treatment_says_first_what_kind_of_film_it_is_to_which_song() -> None:
    """With as many choruses as there are."""
    one = steady_song(form=form_of("verse", "chorus", "verse"), genre="rock", valence=0.9)
    plan = plan_video(make_brief(f"A dance film with a woman in a hall, {LONG}"), one)
    assert plan.treatment.startswith("A dance film to a steady rock song in C minor at 120 BPM, ")
    assert "the verses follow the woman" in plan.treatment.lower()
    assert "the chorus opens up" in plan.treatment
    empty = plan_video(make_brief(f"An abstract film of waves, no people, {LONG}"), SONG)
    assert empty.treatment.startswith("An abstract film to a steady song")
    assert not {"person", "faces", "figure", "follow"} & set(
        re.findall(r"\w+", empty.treatment.partition("light,")[0])
    )


# --- kinds of film --------------------------------------------------------------------------------


def kinds(wish: str, song: Analysis, *, n: int = 40, **facts: object) -> Counter[str]:
    asked = read_wish(wish, KNOWLEDGE)
    known = replace(Facts(), **facts)  # type: ignore[arg-type]
    return Counter(
        choose_kind(asked, song, known, knowledge=KNOWLEDGE, rng=random.Random(seed)).format
        for seed in range(n)
    )


def test_a_wish_that_names_its_format_gets_it() -> None:
    told = {
        "A dance film in an empty hall": "dance",
        "The story of a lost letter": "narrative",
        "An abstract film of lines": "abstract",
    }
    for wish, kind in told.items():
        assert set(kinds(wish, SONG)) == {kind}


def test_the_genre_is_the_wish_s_else_the_one_that_was_heard() -> None:
    heard = steady_song(genre="rock")
    plain, named = "Somebody walks home", "A hip hop video in the street"
    rng = random.Random(1)
    genres = [
        choose_kind(read_wish(wish, KNOWLEDGE), song, Facts(), knowledge=KNOWLEDGE, rng=rng).genre
        for wish, song in ((plain, heard), (named, heard), (plain, SONG))
    ]
    assert [genre.id if genre else "" for genre in genres] == ["rock", "hip_hop", ""]


def test_films_without_people_neither_perform_nor_dance() -> None:
    found = kinds("Waves, nobody is there", SONG, peopled=False)
    assert not {"performance", "dance"} & set(found)


# --- colour and light -----------------------------------------------------------------------------


def test_all_clips_of_a_part_share_its_grade_and_parts_differ() -> None:
    """Colours are nearer inside a part than from part to part."""
    plan = plan_video(make_brief(), SONG)
    by_part: dict[float, set[Grade]] = {}
    for script in plan.clip_scripts:
        part = next(s for s in SONG.song_structure if s.start <= script.start + 0.01 < s.end)
        by_part.setdefault(part.start, set()).add(script.grade)
    assert all(len(grades) == 1 for grades in by_part.values())
    grades = [next(iter(grades)) for grades in by_part.values()]
    verse, chorus = grades[1], grades[2]
    assert chorus.saturation > 1.2 * verse.saturation
    assert chorus.lightness > verse.lightness
    palettes = [graded_palette(plan.style.color_palette, grade) for grade in (verse, chorus)]
    assert palette_distance(*palettes) > 0.05


def test_the_last_chorus_is_the_most_colourful() -> None:
    plan = plan_video(make_brief(), SONG)
    choruses = [script for script in plan.clip_scripts if script.section == "chorus"]
    assert choruses[-1].grade.saturation == max(s.grade.saturation for s in plan.clip_scripts)
    assert choruses[0].grade.lead == choruses[-1].grade.lead


def test_a_chorus_is_led_by_another_colour_than_its_verse_and_never_by_a_grey() -> None:
    leads: dict[str, set[str]] = {"verse": set(), "chorus": set()}
    n_differ = 0
    for seed in range(8):
        plan = plan_video(make_brief(TEAL, seed=seed), SONG)
        palette = plan.style.color_palette
        lead = {s.section: palette[s.grade.lead] for s in plan.clip_scripts}
        n_differ += lead["chorus"] != lead["verse"]
        for section, own in leads.items():
            own.add(lead[section])
    assert n_differ >= 5
    assert all(has_hue(colour) for own in leads.values() for colour in own)


def test_a_sad_climax_is_cold_and_a_glad_one_warm() -> None:
    def warmth(valence: float) -> float:
        plan = plan_video(make_brief(), steady_song(valence=valence))
        last = max(a for a, act in enumerate(plan.acts) if act.name == "climax")
        start_s = plan.acts[last].start
        return next(s.grade.warmth for s in plan.clip_scripts if s.start == start_s)

    assert warmth(0.1) < 0 < warmth(0.9)


def test_a_neutral_grade_changes_nothing_and_a_grade_what_it_says() -> None:
    palette = ("#C04040", "#4060C0", "#808080")
    assert graded_palette(palette, Grade()) == palette
    assert graded_palette(palette, Grade(lead=1, lightness=1.01))[0][1:3] < "60"
    (darker, *_) = graded_palette(palette, Grade(lightness=0.6))
    assert sum(bytes.fromhex(darker[1:])) < sum(bytes.fromhex(palette[0][1:]))
    red, _, blue = bytes.fromhex(graded_palette(palette, Grade(warmth=1))[2][1:])
    assert red > blue
    (lighter, *_) = graded_palette(("#00E5FF",), Grade(lightness=1.25))
    assert bytes.fromhex(lighter[1:])[0] < 160  # light, yet cyan


# --- the beat -------------------------------------------------------------------------------------


def test_beats_are_told_by_their_place_in_bar_and_phrase() -> None:
    song = steady_song(form=(("verse", "medium", 8), ("chorus", "high", 4)))
    grid, beats_s = Grid(song), song.beat_timestamps
    told = [grid.on_beat(Facts(), beat_s).beat for beat_s in beats_s[:5]]
    assert told == ["downbeat", "other", "half bar", "upbeat", "downbeat"]
    starts = [i for i, t in enumerate(beats_s) if grid.on_beat(Facts(), t).phrase_start]
    assert starts == [0, 16, 32]
    before = [i for i, t in enumerate(beats_s) if grid.on_beat(Facts(), t).before_phrase]
    assert before == [15, 31]


def test_a_drop_inside_a_clip_is_cut_on() -> None:
    """The picture changes where the music drops in, whatever the pace."""
    form: Form = (("instrumental", "medium", 16),)
    bars_s = steady_song(form=form).downbeat_timestamps
    drops_s = [bars_s[i] for i in (4, 7, 11)]
    song = steady_song(form=form, moments=[(time_s, "drop") for time_s in drops_s], clip_s=9.0)
    for seed in range(4):
        cuts_s = {shot.start for shot in shots_of(plan_video(make_brief(seed=seed), song))}
        assert set(drops_s) <= cuts_s


def test_cuts_come_a_beat_early_now_and_then() -> None:
    """Most lie on downbeats, some on the last beat before a phrase, few on other weak beats."""
    song = steady_song(form=(("verse", "high", 64),), clip_s=8.0)
    grid = Grid(song)
    edges_s = {boundary.start for boundary in song.clip_boundaries}
    cuts = [
        grid.on_beat(Facts(), shot.start)
        for seed in range(6)
        for shot in shots_of(plan_video(make_brief(seed=seed), song, pace=1.2))
        if shot.start not in edges_s
    ]
    early = [cut for cut in cuts if cut.before_phrase]
    on_bar = [cut for cut in cuts if cut.beat in ("downbeat", "half bar")]
    assert 0.01 < len(early) / len(cuts) < 0.25
    assert len(on_bar) > 0.7 * len(cuts)


def test_long_loud_shots_answer_beats_and_calm_ones_do_not() -> None:
    """Accents lie on beats, clear of both cuts, and never more than the limits allow."""

    def accents(energy: float, end_s: float) -> list[float]:
        facts = replace(Facts(), energy=energy, arousal=energy, shot_s=end_s - 10.4)
        found, rules = Answers(Grid(SONG), KNOWLEDGE, "dice").of(facts, 10.4, end_s)
        assert bool(found) == bool(rules)
        return [accent.time for accent in found]

    loud = accents(0.9, 18.4)
    assert loud
    assert loud == sorted(loud)
    assert set(loud) <= set(SONG.beat_timestamps)
    assert loud[0] > 10.8
    assert loud[-1] < 18.0
    assert len(loud) <= KNOWLEDGE.limit("accents_per_shot")
    assert not accents(0.1, 18.4)
    assert not accents(0.9, 11.2)


def flash(time_s: float) -> Accent:
    return Accent(time=time_s, kind="flash", strength=1.0)


def test_flashes_that_would_be_too_many_in_a_second_are_left_out() -> None:
    """Also with those of the shot before; other accents stay."""
    push = Accent(time=0.9, kind="punch", strength=0.5)
    accents = [flash(0.2), flash(0.5), flash(0.8), push, flash(1.1), flash(1.6)]
    kept = without_strobe(accents, most_per_s=3)
    assert [accent.time for accent in kept] == [0.2, 0.5, 0.8, 0.9, 1.6]
    assert without_strobe([flash(1.1)], most_per_s=1, before=[flash(0.5)]) == ()


def limited(**limits: float) -> Knowledge:
    """Return the knowledge with other limits, in which every beat flashes."""
    rows = tuple(row.model_copy(update={"most": limits[row.of]}) for row in KNOWLEDGE.limits)
    others = tuple(rule for rule in KNOWLEDGE.rules if "accent" not in rule.then)
    told = {"id": "all", "advice": "Flash.", "source": "a test of ours"}
    always = Rule.model_validate({**told, "then": {"accent": {"flash": 1, "others": 0}}})
    return KNOWLEDGE.model_copy(update={"limits": rows, "rules": (*others, always)})


def test_limits_hold_in_a_shot_in_a_minute_and_in_a_second() -> None:
    """Where rules would answer every beat, the limits say how many, and the strongest stay."""
    generous = {"flashes_per_s": 99.0, "accents_per_shot": 99.0, "accents_per_min": 99.0}
    song = steady_song(190.0, form=(("chorus", "high", 40),))
    facts = replace(Facts(), energy=0.9)

    def given(seconds: list[tuple[float, float]], **limits: float) -> list[float]:
        answers = Answers(Grid(song), limited(**generous | limits), "dice")
        return [a.time for start_s, end_s in seconds for a in answers.of(facts, start_s, end_s)[0]]

    one, two = [(1.0, 6.0)], [(1.0, 6.0), (6.0, 11.0)]
    assert len(given(one)) > 10
    strongest = given(one, accents_per_shot=3.0)
    assert len(strongest) == 3
    assert set(strongest) <= set(song.downbeat_timestamps)
    assert len(given(two, accents_per_min=16.0)) == 16
    times_s = given(one, flashes_per_s=2.0)
    assert max(sum(t <= other < t + 1 for other in times_s) for t in times_s) == 2
    assert given(one)[0] - 1.0 > 0.44  # the cut is the first answer


# --- what returns ---------------------------------------------------------------------------------


def test_choruses_often_open_with_the_same_picture() -> None:
    """A refrain is seen as well as heard: more alike than the openings of verses."""

    def alike(section: str) -> float:
        n_alike = n = 0
        for seed in range(8):
            plan = plan_video(make_brief(seed=seed), SONG)
            starts_s = {part.start for part in SONG.song_structure if part.type == section}
            openings = [s.shots[0] for s in plan.clip_scripts if s.start in starts_s]
            for shot in openings[1:]:
                n += 1
                n_alike += (shot.size, shot.move) == (openings[0].size, openings[0].move)
        return n_alike / n

    assert alike("chorus") > 0.4 > alike("verse")


def test_the_last_chorus_is_cut_faster_than_the_first() -> None:
    lengths_s: dict[int, list[float]] = {0: [], -1: []}
    song = steady_song(form=(("verse", "medium", 4), *[("chorus", "high", 16)] * 2))
    choruses = [part for part in song.song_structure if part.type == "chorus"]
    for seed in range(8):
        shots = shots_of(plan_video(make_brief(seed=seed), song))
        for which, own in lengths_s.items():
            part = choruses[which]
            own += [s.length_s for s in shots if part.start <= s.start < part.end]
    first, last = (sum(own) / len(own) for own in lengths_s.values())
    assert last < 0.92 * first


# --- screen direction -----------------------------------------------------------------------------


def test_nobody_turns_back_in_a_cut() -> None:
    """In one place the way across the frame stays until a neutral shot allows another."""
    ways = Counter()
    for seed in range(8):
        plan = plan_video(make_brief(STORY, seed=seed), SONG)
        last: dict[str, str] = {}
        for script in plan.clip_scripts:
            for shot in script.shots:
                if shot.way:
                    pair = {last.get(script.scenes[0]), shot.way}
                    assert pair != {"left to right", "right to left"}
                    last[script.scenes[0]] = shot.way
                    ways[shot.way] += 1
    assert len(ways) == 4
    assert ways["left to right"] > ways["right to left"]


def test_a_close_camera_goes_before_who_walks() -> None:
    """From behind it would see the back of a head."""

    def share(*sizes: str) -> float:
        plans = [plan_video(make_brief(STORY, seed=seed), SONG) for seed in range(8)]
        shots = [shot for plan in plans for shot in shots_of(plan) if shot.size in sizes]
        ways = [shot.way for shot in shots if shot.way]
        return ways.count("away from us") / len(ways)

    assert share("close", "medium close") < 0.5 * share("wide", "medium wide", "medium")


def test_the_way_is_told_in_the_motion_of_the_clip() -> None:
    plan = plan_video(make_brief(STORY, seed=2), SONG)
    told = [s.motion for s in plan.clip_scripts if any(shot.way for shot in s.shots)]
    assert told
    assert all("walking " in motion or "running " in motion for motion in told)


def test_swung_songs_cut_more_often_on_the_backbeat() -> None:
    """Beats two and four of the bar."""

    def share(swing: float) -> float:
        song = steady_song(form=(("verse", "high", 48),), clip_s=8.0, swing=swing)
        grid = Grid(song)
        plans = [plan_video(make_brief(seed=seed), song, pace=1.4) for seed in range(5)]
        beats = [grid.on_beat(Facts(), s.start).beat for plan in plans for s in shots_of(plan)]
        return sum(beat in ("other", "upbeat") for beat in beats) / len(beats)

    assert share(0.66) > 1.3 * share(0.5)


# --- two people -----------------------------------------------------------------------------------


def test_two_people_are_seen_alone_and_together() -> None:
    """Each has a look of their own, and shots of their own; a sad film ends with one."""
    wish = "A man and a woman walk through a city at night, looking for each other."
    seen: Counter[tuple[str, ...]] = Counter()
    for seed in range(4):
        plan = plan_video(make_brief(wish, seed=seed), SONG)
        first, second = plan.characters
        assert (first.id, second.id) == ("protagonist", "companion")
        assert first.description != second.description
        seen.update(shot.characters for shot in shots_of(plan) if shot.characters)
    assert set(seen) == {("protagonist",), ("companion",), ("protagonist", "companion")}
    assert seen["protagonist",] > seen["companion",]
