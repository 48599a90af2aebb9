"""The director: plans of many songs, seeds and wishes hold to the grammar of film."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from mvkit.director import check_plan, load_knowledge, plan_video
from mvkit.director.facts import SIZES
from mvkit.director.pacing import shortest_shot_s
from mvkit.director.transitions import USUAL_S
from mvkit.errors import InvalidInput
from mvkit.schema import Analysis, Plan, Shot

from .steady_songs import POP, STORY, Form, make_brief, steady_song, tiny_song

WISHES = {
    "neon_city": "A young woman walks through rainy neon streets at night, lonely but hopeful.",
    "desert_road": "A nostalgic road trip on a desert highway at golden hour, a man in a jacket.",
    "concert_stage": "A singer in a stadium concert in front of a huge crowd, euphoric and loud.",
    "forest": "A girl in a white dress wanders in a foggy forest at dawn, peaceful and soft.",
    "ocean_moon": "Standing on the beach, a lone figure watches the ocean under a full moon.",
    "hex_tunnel": "An endless geometric tunnel of light, psychedelic, a dancer floating in it.",
}
UNPLACED = "Something strange and beautiful that moves with the music and never stops at all."
LOUD: Form = (("verse", "high", 8), ("chorus", "high", 16), ("verse", "high", 8))
SONG = steady_song()
QUIET: Form = (("intro", "low", 8), ("verse", "low", 16), ("outro", "low", 8))


def shots_of(plan: Plan) -> list[Shot]:
    return [shot for script in plan.clip_scripts for shot in script.shots]


def mean_shot_s(plan: Plan, section: str = "") -> float:
    lengths_s = [
        shot.length_s
        for script in plan.clip_scripts
        if script.section == section or not section
        for shot in script.shots
    ]
    return sum(lengths_s) / len(lengths_s)


@pytest.mark.parametrize("tempo_bpm", [60.0, 74.5, 96.0, 120.0, 143.0, 174.0, 200.0])
@pytest.mark.parametrize("beats_per_bar", [2, 3, 4])
def test_plans_are_sound_at_every_tempo(tempo_bpm: float, beats_per_bar: int) -> None:
    """Clips cover the song, cuts lie on beats, shots are long enough, neighbours differ."""
    for seed, form in enumerate((POP, LOUD, QUIET)):
        song = steady_song(tempo_bpm, beats_per_bar=beats_per_bar, form=form)
        plan = plan_video(make_brief(seed=seed), song)
        shots, beats_s = shots_of(plan), set(song.beat_timestamps)
        assert (shots[0].start, shots[-1].end) == (0.0, song.duration)
        assert all(before.end == after.start for before, after in pairwise(shots))
        assert all(shot.start in beats_s for shot in shots[1:])
        assert min(shot.length_s for shot in shots) >= shortest_shot_s(tempo_bpm) - 1e-6
        assert all(check.passed for check in check_plan(plan, song))


@pytest.mark.parametrize("seed", range(8))
def test_neighbouring_shots_of_one_place_change_size(seed: int) -> None:
    """A cut between two shots of one size in one place would look like a mistake."""
    plan = plan_video(make_brief(seed=seed), steady_song())
    seen = [(script, shot) for script in plan.clip_scripts for shot in script.shots]
    steps = [
        abs(SIZES.index(before.size) - SIZES.index(after.size))
        for (clip, before), (next_clip, after) in pairwise(seen)
        if clip.scenes == next_clip.scenes
        and (clip is next_clip or not plan.goes_on(next_clip.clip_index))
    ]
    assert min(steps) >= 1
    assert sum(step >= 2 for step in steps) > len(steps) / 2


@pytest.mark.parametrize("seed", range(8))
def test_film_opens_on_the_place_and_pulls_out_at_the_end(seed: int) -> None:
    """The first shot is wide, the last one wide and receding with the person in it."""
    first, *_, last = shots_of(plan_video(make_brief(seed=seed), steady_song()))
    assert first.size in ("extreme wide", "wide")
    assert last.size in ("extreme wide", "wide")
    assert last.move == "pull out"
    assert last.characters


def test_places_are_entered_wide() -> None:
    """Whoever arrives somewhere sees where they are."""
    entered: list[str] = []
    for seed in range(6):
        scripts = plan_video(make_brief(seed=seed), SONG).clip_scripts
        entered += [
            after.shots[0].size
            for before, after in pairwise(scripts)
            if before.scenes != after.scenes
        ]
    wide = [size for size in entered if size in ("extreme wide", "wide", "medium wide")]
    assert len(wide) > 0.85 * len(entered) > 0


def test_most_first_shots_show_the_place_without_the_person() -> None:
    """Establishing comes before meeting somebody."""
    song = steady_song()
    firsts = [shots_of(plan_video(make_brief(seed=seed), song))[0] for seed in range(10)]
    assert sum(not shot.characters for shot in firsts) >= 6


def test_choruses_are_cut_faster_than_verse_intro_and_bridge() -> None:
    """The cutting follows the energy of the song."""
    plans = [plan_video(make_brief(STORY, seed=seed), steady_song()) for seed in range(5)]

    def mean_s(section: str) -> float:
        return sum(mean_shot_s(plan, section) for plan in plans) / len(plans)

    assert mean_s("chorus") < 0.8 * mean_s("verse")
    assert mean_s("chorus") < 0.6 * mean_s("bridge")
    assert mean_s("intro") > 4.0


def test_shots_are_as_long_as_in_real_music_videos() -> None:
    """Loud songs average 1-2.5 s a shot, quiet ones more than 3.5 s."""
    loud = plan_video(make_brief(), steady_song(128, form=LOUD, arousal=0.8))
    quiet = plan_video(make_brief(), steady_song(72, form=QUIET, arousal=0.2))
    assert 1.0 < mean_shot_s(loud) < 2.5
    assert mean_shot_s(quiet) > 3.5


def test_most_cuts_fall_on_downbeats() -> None:
    """Cuts prefer the first beat of the bar, and the middle of the bar before other beats."""
    song = steady_song(128, form=LOUD)
    places = [
        song.beat_timestamps.index(shot.start) % 4
        for seed in range(4)
        for shot in shots_of(plan_video(make_brief(seed=seed), song))[1:]
    ]
    assert places.count(0) > 0.6 * len(places)
    assert places.count(2) >= places.count(1) + places.count(3)


def test_pace_cuts_faster_and_slower() -> None:
    """A higher pace makes shorter shots; the clips stay as they are."""
    song = steady_song()
    slow, normal, fast = (plan_video(make_brief(), song, pace=pace) for pace in (0.5, 1.0, 2.0))
    assert mean_shot_s(slow) > mean_shot_s(normal) > mean_shot_s(fast)
    assert [s.end for s in slow.clip_scripts] == [s.end for s in fast.clip_scripts]


@pytest.mark.parametrize("pace", [0.0, -1.0, 99.0, float("nan")])
def test_refuses_a_pace_out_of_range(pace: float) -> None:
    with pytest.raises(InvalidInput, match=r"pace is .* expected 0.25 to 4"):
        plan_video(make_brief(), steady_song(), pace=pace)


@pytest.mark.parametrize("world", WISHES)
def test_home_is_the_place_of_the_wish(world: str) -> None:
    """The film starts where the wish says, and its verses stay there mostly."""
    plan = plan_video(make_brief(WISHES[world]), steady_song())
    worlds = {scene.id: scene.world for scene in plan.scenes}
    verses = [s for s in plan.clip_scripts if s.section == "verse"]
    assert worlds[plan.clip_scripts[0].scenes[0]] == world
    assert sum(worlds[s.scenes[0]] == world for s in verses) > len(verses) / 2


@pytest.mark.parametrize("seed", range(6))
def test_film_has_two_to_four_places_that_contrast(seed: int) -> None:
    """Choruses and bridge are not where the verses are, and every scene is used."""
    wish = "The story of somebody strange and quiet who never gives up, come what may."
    plan = plan_video(make_brief(wish, seed=seed), steady_song(arousal=seed / 6))
    scenes_of = {
        section: {s.scenes[0] for s in plan.clip_scripts if s.section == section}
        for section in ("verse", "chorus", "bridge")
    }
    assert 2 <= len(plan.scenes) <= 4
    assert scenes_of["chorus"] - scenes_of["verse"]
    assert not scenes_of["bridge"] & scenes_of["verse"]
    assert {s.scenes[0] for s in plan.clip_scripts} == {scene.id for scene in plan.scenes}


def test_scene_changes_at_part_starts_or_on_short_visits() -> None:
    """A part plays in its place; a visit elsewhere lasts one clip and goes to another world."""
    plan = plan_video(make_brief(UNPLACED), steady_song(form=(("verse", "medium", 48),)))
    scenes = [script.scenes[0] for script in plan.clip_scripts]
    assert len(set(scenes)) >= 2
    assert all(
        before == home or after == home for before, after in pairwise(scenes) for home in scenes[:1]
    )


def test_second_place_of_the_wish_is_where_choruses_pay_off() -> None:
    """Both places asked for are seen; the one to perform in takes the choruses."""
    wish = "On a concert stage and in a misty forest, a girl sings about what she has lost."
    plan = plan_video(make_brief(wish), steady_song())
    worlds = {scene.id: scene.world for scene in plan.scenes}
    chorus = next(s for s in plan.clip_scripts if s.section == "chorus")
    assert worlds[plan.clip_scripts[0].scenes[0]] == "forest"
    assert worlds[chorus.scenes[0]] == "concert_stage"


def test_mood_chooses_the_place_where_the_wish_names_none() -> None:
    """A dark calm song goes to quieter places than a bright one with drive."""
    knowledge = load_knowledge()

    def mean_arousal(valence: float, arousal: float) -> float:
        homes = []
        for seed in range(6):
            song = steady_song(valence=valence, arousal=arousal)
            plan = plan_video(make_brief(UNPLACED, seed=seed), song)
            homes.append(knowledge.world(plan.scenes[0].world).arousal)
        return sum(homes) / len(homes)

    assert mean_arousal(0.3, 0.1) < mean_arousal(0.6, 0.9)


def test_a_place_is_chosen_that_can_show_the_weather_of_the_wish() -> None:
    """Where no place is named, snow falls where snow can fall."""
    wish = "Snow falls and falls, everything is quiet and bright, and nothing else happens."
    knowledge = load_knowledge()
    homes = [plan_video(make_brief(wish, seed=seed), SONG).scenes[0] for seed in range(8)]
    assert all(home.weather == "snow" for home in homes)
    able = sum("snow" in knowledge.world(home.world).weathers for home in homes)
    assert able >= 7


def test_time_and_weather_of_the_wish_are_kept() -> None:
    wish = "It snows on an empty forest at dusk, and a man in a long coat walks and walks."
    home = plan_video(make_brief(wish), steady_song()).scenes[0]
    assert (home.world, home.time_of_day, home.weather) == ("forest", "dusk", "snow")
    assert "in falling snow" in home.description


def test_colours_of_the_wish_lead_the_palette() -> None:
    """Named colours come first; a colour of clothes belongs to the person."""
    wish = "A city in turquoise and gold, and a woman with a crimson umbrella on her way home."
    plan = plan_video(make_brief(wish), steady_song())
    knowledge = load_knowledge()
    assert plan.style.color_palette[:2] == tuple(
        knowledge.colour(name).hex for name in ("turquoise", "gold")
    )
    (person,) = plan.characters
    assert person.accent == knowledge.colour("crimson").hex
    assert person.prop == "umbrella"
    assert "a crimson umbrella" in person.description


@pytest.mark.parametrize(
    ("words", "n_colours"),
    [("white", 4), ("white and black", 3), ("red and teal", 3), ("red, teal, gold, pink, mint", 6)],
)
def test_any_number_of_wished_colours_makes_a_palette(words: str, n_colours: int) -> None:
    """Two or more are kept pure: nothing but white goes with them."""
    plan = plan_video(
        make_brief(f"A long street painted in {words}, filmed in one slow look."), SONG
    )
    assert len(plan.style.color_palette) == n_colours
    assert len(set(plan.style.color_palette)) == n_colours


def test_palette_follows_the_mood() -> None:
    """Bright lively songs get lighter, more saturated colours than dark calm ones."""

    def mean_lightness(valence: float, arousal: float) -> float:
        song = steady_song(valence=valence, arousal=arousal, form=QUIET)
        plans = [plan_video(make_brief(UNPLACED, seed=seed), song) for seed in range(6)]
        colours = [colour for plan in plans for colour in plan.style.color_palette]
        return sum(sum(bytes.fromhex(colour[1:])) for colour in colours) / len(colours)

    assert mean_lightness(0.9, 0.7) > 1.2 * mean_lightness(0.2, 0.2)


def test_character_looks_as_described() -> None:
    """What the studio draws and what a model reads are the same clothes."""
    words = {"coat": "coat", "dress": "dress", "jacket": "jacket"}
    for seed in range(12):
        wish = "Somebody is dancing through a city at night, and the lights follow every step."
        (person,) = plan_video(make_brief(wish, seed=seed), steady_song()).characters
        assert words[person.outfit] in person.description
        assert {"long": "long hair", "short": "short", "bun": "bun"}[
            person.hair
        ] in person.description
        assert ("umbrella" in person.description) == (person.prop == "umbrella")


def test_nobody_is_seen_where_the_wish_wants_nobody() -> None:
    wish = "Only the ocean at night, no people, calm waves and slow light from far away."
    plan = plan_video(make_brief(wish), steady_song())
    assert plan.characters == ()
    assert all(not shot.characters for shot in shots_of(plan))


def actions_by_part(wish: str) -> dict[str, list[str]]:
    """Return what people do in six films of a wish, by part of the song."""
    done: dict[str, list[str]] = {"verse": [], "chorus": [], "outro": []}
    for seed in range(6):
        plan = plan_video(make_brief(wish, seed=seed), steady_song(arousal=0.6))
        worlds = {scene.id: scene.world for scene in plan.scenes}
        for script in plan.clip_scripts:
            for shot in script.shots:
                staging = load_knowledge().world(worlds[script.scenes[0]]).staging
                assert shot.action in staging  # nobody walks on a stage
                if shot.characters and script.section in done:
                    done[script.section].append(shot.action)
    return done


def share_of(done: list[str], *actions: str) -> float:
    return sum(map(done.count, actions)) / len(done)


def test_stories_are_walked_and_performances_danced_and_sung() -> None:
    """In a story one is on the way in verses, and still at the end; choruses are performed."""
    story = actions_by_part("The story of somebody strange who never gives up, all day long.")
    assert share_of(story["verse"], "walk") > 0.5
    assert share_of(story["outro"], "stand") > 0.5
    assert share_of(story["chorus"], "dance", "sing", "cheer") > 0.25
    performance = actions_by_part("A performance video in which strange things happen to light.")
    assert share_of(performance["chorus"], "dance", "sing", "cheer") > 0.7


def test_wished_action_is_done_more_often() -> None:
    """Who asks for dancing sees dancing."""

    def share(verb: str) -> float:
        wish = f"A woman {verb} through a city street at dusk, and nobody is there to see her."
        plans = (plan_video(make_brief(wish, seed=seed), steady_song()) for seed in range(8))
        actions = [shot.action for plan in plans for shot in shots_of(plan) if shot.characters]
        return actions.count("dance") / len(actions)

    assert share("is dancing") > 1.2 * share("goes")


def test_loud_songs_cut_and_quiet_songs_dissolve() -> None:
    loud = plan_video(make_brief(), steady_song(form=LOUD)).transitions
    quiet = plan_video(make_brief(), steady_song(80, form=QUIET)).transitions
    assert sum(t.type == "cut" for t in loud) >= 0.9 * len(loud)
    assert sum(t.type == "crossfade" for t in quiet) >= 0.4 * len(quiet)


def test_crossfades_and_fades_last_half_a_second() -> None:
    assert USUAL_S["crossfade"] == USUAL_S["fade"] == 0.5
    assert USUAL_S["cut"] == 0.0


def test_effects_between_pictures_are_rare() -> None:
    kinds = [
        transition.type
        for seed in range(4)
        for form in (POP, LOUD, QUIET)
        for transition in plan_video(make_brief(seed=seed), steady_song(form=form)).transitions
    ]
    showy = [kind for kind in kinds if kind not in ("cut", "crossfade", "fade", "luma dissolve")]
    assert len(showy) <= 0.12 * len(kinds)


def test_music_that_leaps_up_is_cut() -> None:
    """No dissolve blunts the start of a chorus."""
    for seed in range(6):
        plan = plan_video(make_brief(seed=seed), steady_song())
        starts = [
            transition
            for transition, before, after in zip(
                plan.transitions, plan.clip_scripts, plan.clip_scripts[1:], strict=False
            )
            if before.section != "chorus" and after.section == "chorus"
        ]
        assert {transition.type for transition in starts} == {"cut"}


def test_transitions_last_as_usual_and_fades_close_parts() -> None:
    """Fades stand between parts only."""
    for seed in range(6):
        plan = plan_video(make_brief(seed=seed), steady_song(80, form=QUIET))
        for transition in plan.transitions:
            assert transition.duration == USUAL_S[transition.type]
            sections = {
                plan.clip_scripts[i].section for i in (transition.from_clip, transition.to_clip)
            }
            assert transition.type != "fade" or len(sections) == 2


def test_a_clip_edge_beside_a_section_start_moves_onto_it() -> None:
    """Boundaries follow the song's parts where they are near, and never by more than 2 s."""
    song = steady_song(form=(("verse", "medium", 6), ("chorus", "high", 6)), clip_s=6.0)
    start_s = song.song_structure[1].start
    fields = song.model_dump()
    late = [1.5 * (0 < b["end"] - start_s < 3) for b in fields["clip_boundaries"]]
    assert not any(late)
    edges = [0.0, 6.4, start_s + 1.0, 18.4, song.duration]
    fields["clip_boundaries"] = [
        {"start": a, "end": b, "duration": b - a} for a, b in pairwise(edges)
    ]
    plan = plan_video(make_brief(), Analysis.model_validate(fields))
    assert plan.clip_scripts[2].start == start_s
    assert [s.start for s in plan.clip_scripts[:2]] == [0.0, 6.4]


def test_same_seed_same_plan_other_seed_other_plan() -> None:
    """Planning is a function of brief and song; the seed varies what is seen."""
    song = steady_song()
    plans = [plan_video(make_brief(seed=seed), song) for seed in (1, 1, 2)]
    assert plans[0] == plans[1]
    compositions = [
        [(shot.size, shot.move, shot.action) for shot in shots_of(plan)] for plan in plans
    ]
    assert compositions[0] != compositions[2]


def test_other_wishes_and_other_songs_make_other_films() -> None:
    song = steady_song()
    films = [
        plan_video(make_brief(), song),
        plan_video(make_brief(WISHES["forest"]), song),
        plan_video(make_brief(), steady_song(96)),
    ]
    assert len({film.video_summary for film in films}) == 2
    assert len({film.treatment for film in films}) == 3
    assert len({film.content_digest() for film in films}) == 3


def test_every_decision_names_rules_that_exist() -> None:
    """Each clip, each shot and each transition tells why."""
    known = {row.id for row in load_knowledge().rows()}
    plan = plan_video(make_brief(), steady_song())
    reasons = [
        *(script.rules for script in plan.clip_scripts),
        *(shot.rules for shot in shots_of(plan)),
        *(transition.rules for transition in plan.transitions),
    ]
    assert all(reasons)
    assert {rule for rules in reasons for rule in rules} <= known


def test_clips_are_told_in_sentences_none_like_another() -> None:
    """Each description names who or what is seen, and ends like a sentence."""
    for wish in WISHES.values():
        plan = plan_video(make_brief(wish), steady_song())
        told = [script.visual_description for script in plan.clip_scripts]
        assert len(set(told)) == len(told)
        for script in plan.clip_scripts:
            texts = (script.visual_description, script.motion, script.camera_angle)
            assert all(text[0].isupper() and "{" not in text for text in texts)
            assert script.visual_description.endswith(".")
            assert 8 <= len(script.visual_description.split()) <= 90
            assert script.shots[0].size in script.camera_angle.lower()


def test_summary_and_treatment_read_like_prose() -> None:
    """They name the wish, the places and the song, and leave no placeholder."""
    for wish in (
        *WISHES.values(),
        UNPLACED,
        "No people at all, just the sea and its waves under a moon.",
    ):
        plan = plan_video(make_brief(wish), steady_song(117))
        assert wish.rstrip(".") in plan.video_summary
        assert "117 BPM" in plan.treatment
        for text in (plan.video_summary, plan.treatment):
            assert text[0].isupper()
            assert text.endswith(".")
            assert not set("{}") & set(text)
            assert "  " not in text


def test_lyrics_reach_the_clips_that_sing_them() -> None:
    """A line is quoted where it starts, and what it sings of becomes a picture."""
    song = steady_song(lyrics=[(18.5, "I see the lights"), (19.0, "shining bright")])
    scripts = plan_video(make_brief(), song).clip_scripts
    (sung,) = [script for script in scripts if script.lyrics_context]
    assert sung.start <= 18.5 < sung.end
    assert sung.lyrics_context == "I see the lights / shining bright"
    assert "motif_light" in sung.rules
    light = next(row for row in load_knowledge().motifs if row.id == "motif_light")
    told = [text.split("{")[0] for text in (*light.literal, *light.metaphor)]
    assert any(text in sung.visual_description for text in told)


def test_lyrics_lead_the_bridge_to_the_place_they_sing_of() -> None:
    """Among the places left, the one in the words is near at hand."""

    def n_forests(lyrics: list[tuple[float, str]]) -> int:
        song = steady_song(lyrics=lyrics, valence=0.3, arousal=0.6)
        plans = (plan_video(make_brief(seed=seed), song) for seed in range(12))
        return sum("forest" in {scene.world for scene in plan.scenes} for plan in plans)

    assert n_forests([(20.0, "take me to the forest"), (30.0, "deep in the woods")]) > n_forests([])


@pytest.mark.parametrize(("n_clips", "clip_s"), [(1, 1.0), (2, 0.5), (3, 0.4), (3, 0.1)])
def test_songs_of_a_second_are_planned(n_clips: int, clip_s: float) -> None:
    """Clips too short for anything are whole shots, joined by cuts."""
    song = tiny_song(n_clips, clip_s=clip_s)
    plan = plan_video(make_brief(), song)
    assert [len(script.shots) for script in plan.clip_scripts] == [1] * n_clips
    assert all(transition.type == "cut" for transition in plan.transitions)
    assert shots_of(plan)[0].size in ("extreme wide", "wide")


def test_one_part_without_a_beat_inside_a_clip_is_one_shot() -> None:
    """A song whose beats end early still has its last clips planned."""
    song = steady_song(form=(("verse", "medium", 4),), tail_s=20.0, clip_s=4.0)
    plan = plan_video(make_brief(), song)
    assert plan.clip_scripts[-1].end == song.duration


def test_three_minutes_are_planned_in_a_second() -> None:
    load_knowledge()
    song = steady_song(128, form=tuple((kind, energy, 2 * bars) for kind, energy, bars in POP))
    assert song.duration > 180
    started_s = time.process_time()
    plan_video(make_brief(), song)
    assert time.process_time() - started_s < 1.0
