"""What people change in a clip comes out as a plan the director could have made."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import cycle, product
from typing import get_args

import pytest

from mvkit.director import (
    Revision,
    check_plan,
    list_worlds,
    load_knowledge,
    plan_video,
    revise_clip,
)
from mvkit.director.casting import cast_of
from mvkit.director.transitions import USUAL_S
from mvkit.errors import InvalidInput
from mvkit.schema import Analysis, ClipChange, Edits, Plan, Scene, Shot, ShotChange
from mvkit.schema.plan import Action, TransitionType

from .steady_songs import Form, make_brief, steady_song, tiny_song

QUIET: Form = (("intro", "low", 6), ("verse", "low", 12), ("outro", "low", 6))
LOUD: Form = (("verse", "high", 8), ("chorus", "high", 12))
EMPTY = "Only the ocean at night, no people, calm waves and slow light from far away."
SNOW = "It snows on a desert highway at dusk, and a man in a long coat walks and walks on."
SUNG = [(2.0 + 3 * i, "tears of rain and fire in the night") for i in range(12)]
SONGS: dict[str, Callable[[], Analysis]] = {
    "pop": lambda: steady_song(lyrics=SUNG),
    "quiet": lambda: steady_song(76, form=QUIET),
    "loud": lambda: steady_song(150, form=LOUD),
    "tiny": tiny_song,
}
SHORT = steady_song(76, form=(("verse", "low", 4),))
WISHES = {"pop": None, "quiet": EMPTY, "loud": SNOW, "tiny": None}
TRANSITIONS: tuple[TransitionType, ...] = get_args(TransitionType)
ACTIONS: tuple[Action, ...] = get_args(Action)
WORLDS = list_worlds()
KNOWN_RULES = {row.id for row in load_knowledge().rows()}


@cache
def film(name: str) -> tuple[Plan, Analysis]:
    """Return a plan and its song."""
    song, wish = SONGS[name](), WISHES[name]
    return plan_video(make_brief(wish) if wish else make_brief(), song), song


def applied(plan: Plan, revision: Revision) -> Plan:
    """Return the plan in effect, as it is read from the run folder."""
    edits = Edits(
        plan_digest=plan.content_digest(),
        scenes=(revision.scene,) if revision.scene else (),
        scripts=(revision.script,),
        transitions=(revision.transition,) if revision.transition else (),
    )
    return Edits.model_validate_json(edits.model_dump_json()).apply(plan)


def scene_of(plan: Plan, clip_index: int) -> Scene:
    name = plan.clip_scripts[clip_index].scenes[0]
    return next(scene for scene in plan.scenes if scene.id == name)


def faults(plan: Plan, song: Analysis) -> set[str]:
    checks = check_plan(plan, song, known_rules=KNOWN_RULES)
    return {check.name for check in checks if not check.passed}


def changes_of_shot(plan: Plan, clip_index: int, **first: str) -> tuple[ShotChange, ...]:
    """Change the first shot of a clip, and leave the others."""
    n_others = len(plan.clip_scripts[clip_index].shots) - 1
    return (ShotChange.model_validate(first), *[ShotChange()] * n_others)


def clip_where(plan: Plan, holds: Callable[[Shot], bool]) -> int:
    """Return the first clip whose first shot is like this, the film's first one left out."""
    return next(s.clip_index for s in plan.clip_scripts[1:] if holds(s.shots[0]))


@pytest.mark.parametrize("name", SONGS)
def test_any_place_and_transition_makes_a_sound_plan(name: str) -> None:
    """In each clip, all worlds and all transitions pass the checks.

    Two shots of one size may come to stand side by side where a clip moves to its neighbour's
    place: that is what was asked for.
    """
    plan, song = film(name)
    ways = list(zip(WORLDS, cycle(TRANSITIONS), strict=False))
    for index, (world, kind) in product(range(len(plan.clip_scripts)), ways):
        change = ClipChange(world=world.id, transition=kind if index else None)
        revised = applied(plan, revise_clip(plan, index, change))
        around = {s.scenes for s in revised.clip_scripts[max(index - 1, 0) : index + 2 : 2]}
        joins = revised.clip_scripts[index].scenes in around
        assert faults(revised, song) <= ({"continuity"} if joins else set())
        assert scene_of(revised, index).world == world.id
        assert index == 0 or revised.transitions[index - 1].type == kind
        others = [s for s in revised.clip_scripts if s.clip_index != index]
        assert others == [s for s in plan.clip_scripts if s.clip_index != index]
        assert revised.clip_scripts[index].visual_description not in {
            other.visual_description for other in others
        }


@pytest.mark.parametrize("name", SONGS)
def test_any_action_can_be_done_in_any_place(name: str) -> None:
    """Where a place has no words of its own for it, there are general ones.

    All worlds x actions, in one clip after the other.
    """
    plan, song = film(name)
    clips = cycle(range(len(plan.clip_scripts)))
    for index, (world, action) in zip(clips, product(WORLDS, ACTIONS)):  # noqa: B905 - a cycle
        shots = tuple(ShotChange(action=action) for _ in plan.clip_scripts[index].shots)
        revision = revise_clip(plan, index, ClipChange(world=world.id, shots=shots))
        assert {shot.action for shot in revision.script.shots} == {action}
        assert faults(applied(plan, revision), song) <= {"continuity"}


@pytest.mark.parametrize("name", SONGS)
def test_what_is_as_it_was_changes_nothing(name: str) -> None:
    """No change, and one that says what is already so, leave the plan as it is."""
    plan, _ = film(name)
    for script in plan.clip_scripts:
        scene = scene_of(plan, script.clip_index)
        said = ClipChange(
            visual_description=script.visual_description,
            shots=tuple(
                ShotChange(size=s.size, angle=s.angle, move=s.move, action=s.action)
                for s in script.shots
            ),
            world=scene.world,
            time_of_day=scene.time_of_day,
            weather=scene.weather,
            transition=plan.transitions[script.clip_index - 1].type if script.clip_index else None,
        )
        for change in (ClipChange(), said):
            revision = revise_clip(plan, script.clip_index, change)
            assert revision == Revision(script=script, scene=None, transition=None)


def test_the_directors_own_sentences_come_out_for_his_own_shots() -> None:
    """Motion and angles are told as the director tells them: there and back is no change."""
    plan, _ = film("pop")
    for script in plan.clip_scripts:
        index, shot = script.clip_index, script.shots[0]
        other = "orbit" if shot.move != "orbit" else "pan"
        there = revise_clip(plan, index, ClipChange(shots=changes_of_shot(plan, index, move=other)))
        changed = applied(plan, there)
        assert other in changed.clip_scripts[index].motion.lower()
        back = ClipChange(shots=changes_of_shot(plan, index, move=shot.move))
        script_back = revise_clip(changed, index, back).script
        assert (script_back.motion, script_back.camera_angle) == (
            script.motion,
            script.camera_angle,
        )


def test_changed_shots_are_told_in_every_sentence() -> None:
    """Size and action in what is seen, move in the motion, size and angle in the angle."""
    plan, _ = film("pop")
    index = clip_where(plan, lambda shot: bool(shot.characters) and shot.size != "close")
    shots = changes_of_shot(plan, index, size="close", angle="low", move="handheld", action="cheer")
    script = revise_clip(plan, index, ClipChange(shots=shots)).script
    assert "Close on her, the woman" in script.visual_description
    assert "both arms" in script.visual_description
    assert script.motion.startswith("Handheld camera")
    assert script.camera_angle.startswith("Close shot, low angle")


def test_camera_alone_leaves_what_is_seen_as_it_is_told() -> None:
    plan, _ = film("pop")
    change = ClipChange(shots=changes_of_shot(plan, 2, angle="high", move="crane"))
    before, after = plan.clip_scripts[2], revise_clip(plan, 2, change).script
    assert after.visual_description == before.visual_description
    assert after.shots[0].rules != before.shots[0].rules


def test_reasons_stay_only_where_they_still_hold() -> None:
    """A rule for wide shots is no reason of a close one; one for the move still is."""
    plan, _ = film("pop")
    knowledge = load_knowledge()
    index = clip_where(plan, lambda shot: shot.size in ("wide", "extreme wide"))
    change = ClipChange(shots=changes_of_shot(plan, index, size="close"))
    before, after = plan.clip_scripts[index].shots[0], revise_clip(plan, index, change).script
    shot = after.shots[0]
    rules = {rule.id: rule for rule in knowledge.rules}
    for rule in before.rules:
        speaks = any(
            rules[rule].chance_of(decision, getattr(shot, decision)) > 1
            for decision in ("size", "angle", "move", "action")
        )
        assert (rule in shot.rules) == (speaks or "figure" in rules[rule].then)
    assert set(before.rules) - set(shot.rules)
    assert shot.rules[-1] == "by_hand"
    assert "by_hand" in after.rules


def test_another_place_brings_its_own_words_and_reason() -> None:
    """Scene, description and rules are the new world's, and nothing of the old one's is left."""
    plan, _ = film("pop")
    knowledge = load_knowledge()
    index = 3
    old = knowledge.world(scene_of(plan, index).world)
    new = knowledge.world("desert_road")
    revision = revise_clip(plan, index, ClipChange(world=new.id, time_of_day="day"))
    assert revision.scene is not None
    assert "high white sun" in revision.scene.description
    phrases = (*new.views, *(p for told in new.staging.values() for p in told))
    told = revision.script.visual_description.lower()
    assert any(phrase.lower() in told for phrase in phrases)
    assert any(detail.lower() in told for detail in new.details)
    assert not any(detail.lower() in told for detail in old.details)
    assert "in daylight" in told
    assert {new.id, "by_hand"} <= set(revision.script.rules)
    assert not {old.id, "verse_narrates"} & set(revision.script.rules)


def test_a_place_that_the_plan_has_is_used_again() -> None:
    """No second scene is made, and painted, for the same place."""
    plan, _ = film("pop")
    index = next(i for i in range(len(plan.clip_scripts)) if scene_of(plan, i) != plan.scenes[0])
    home = plan.scenes[0]
    change = ClipChange(world=home.world, time_of_day=home.time_of_day, weather=home.weather)
    revision = revise_clip(plan, index, change)
    assert revision.scene is None
    assert revision.script.scenes == (home.id,)
    named = home.model_copy(update={"id": "the_old_street", "description": "Where they met."})
    plan = plan.model_copy(update={"scenes": (*plan.scenes[1:], named)})
    assert revise_clip(plan, index, change).script.scenes == ("the_old_street",)


def test_scenes_are_called_for_what_they_are() -> None:
    """The same place has one name in all clips and takes; another light is another scene."""
    plan, _ = film("quiet")
    dawn, again, night = (
        revise_clip(plan, index, ClipChange(world="forest", time_of_day=time)).scene
        for index, time in ((0, "dawn"), (2, "dawn"), (2, "night"))
    )
    assert dawn == again
    assert dawn is not None
    assert night is not None
    assert dawn.id != night.id


def test_time_and_weather_are_kept_where_the_new_place_offers_them() -> None:
    plan, _ = film("pop")  # rain at night
    shore = revise_clip(plan, 1, ClipChange(world="ocean_moon")).scene
    tunnel = revise_clip(plan, 1, ClipChange(world="hex_tunnel")).scene
    assert shore is not None
    assert (shore.time_of_day, shore.weather) == ("night", "rain")
    assert tunnel is not None
    assert (tunnel.time_of_day, tunnel.weather) == ("night", "clear")


def test_what_the_wish_asked_for_stays_in_its_place() -> None:
    """Snow on the desert highway, which never has any, survives another time of day."""
    plan, _ = film("loud")
    assert (scene_of(plan, 0).world, scene_of(plan, 0).weather) == ("desert_road", "snow")
    scene = revise_clip(plan, 0, ClipChange(time_of_day="night")).scene
    assert scene is not None
    assert (scene.time_of_day, scene.weather) == ("night", "snow")


def test_own_words_are_taken_literally_and_kept() -> None:
    """They stand through later changes of place and shots, which are told around them."""
    plan, song = film("pop")
    words = "She holds up a photograph of the two of them, and the wind takes it."
    first = revise_clip(plan, 3, ClipChange(visual_description=words, world="forest"))
    assert first.script.visual_description == words
    assert {"own_words", "by_hand"} <= set(first.script.rules)
    plan = applied(plan, first)
    change = ClipChange(
        world="desert_road", shots=changes_of_shot(plan, 3, size="close", move="orbit")
    )
    second = revise_clip(plan, 3, change)
    assert second.script.visual_description == words
    assert second.script.motion != first.script.motion
    assert faults(applied(plan, second), song) <= {"continuity"}


def test_a_motif_of_the_lyrics_stays_while_the_director_tells_the_clip() -> None:
    """In another place the picture for the words is kept; own words drop it and its reason."""
    plan, _ = film("pop")
    motifs = {motif.id for motif in load_knowledge().motifs}
    seen = set()
    for script in plan.clip_scripts:
        index, motif = script.clip_index, motifs & set(script.rules)
        seen |= motif
        moved = revise_clip(plan, index, ClipChange(world="forest")).script
        told = revise_clip(plan, index, ClipChange(visual_description="Nothing but fog.")).script
        assert motifs & set(moved.rules) == motif
        assert not motifs & set(told.rules)
    assert len(seen) > 1


def test_no_clip_is_told_like_another() -> None:
    """What another clip says already is said in other words."""
    plan, _ = film("pop")
    change = ClipChange(world="forest")
    words = revise_clip(plan, 3, change).script.visual_description
    said = plan.clip_scripts[5].model_copy(update={"visual_description": words})
    scripts = (*plan.clip_scripts[:5], said, *plan.clip_scripts[6:])
    repeating = plan.model_copy(update={"clip_scripts": scripts})
    assert revise_clip(repeating, 3, change).script.visual_description != words


def test_transitions_by_hand_say_so_and_last_as_usual() -> None:
    plan, _ = film("pop")
    for index in range(1, len(plan.clip_scripts)):
        for kind in TRANSITIONS:
            new = revise_clip(plan, index, ClipChange(transition=kind)).transition
            if kind == plan.transitions[index - 1].type:
                assert new is None
                continue
            assert new is not None
            assert (new.from_clip, new.to_clip, new.type) == (index - 1, index, kind)
            assert new.duration == USUAL_S[kind]
            assert (new.rationale, new.rules) == ("Chosen by hand.", ("by_hand",))


def test_transitions_are_shortened_to_fit_short_shots() -> None:
    """Clips of 12 frames leave room for 5 frames on each side."""
    plan, _ = film("tiny")
    new = revise_clip(plan, 1, ClipChange(transition="crossfade")).transition
    assert new is not None
    assert new.half_frames == 5
    assert 2 * new.half_frames < 12


def test_a_transition_without_room_is_refused() -> None:
    plan = plan_video(make_brief(), tiny_song(4, clip_s=0.07))
    with pytest.raises(InvalidInput, match="too short for a fade; choose a cut"):
        revise_clip(plan, 2, ClipChange(transition="fade"))


def test_a_revision_is_a_function_of_plan_and_change() -> None:
    """The same change of the same plan always reads the same."""
    plan, _ = film("pop")
    change = ClipChange(world="forest", transition="crossfade")
    assert revise_clip(plan, 4, change) == revise_clip(plan, 4, change)
    other_job = plan.model_copy(update={"job_id": "00000000-0000-4000-8000-000000000009"})
    assert revise_clip(plan, 4, change) == revise_clip(other_job, 4, change)


def test_take_and_lock_are_the_callers_business() -> None:
    plan, _ = film("pop")
    script = plan.clip_scripts[1].model_copy(update={"take": 3, "locked": True})
    scripts = (plan.clip_scripts[0], script, *plan.clip_scripts[2:])
    plan = plan.model_copy(update={"clip_scripts": scripts})
    revised = revise_clip(plan, 1, ClipChange(world="forest")).script
    assert (revised.take, revised.locked) == (3, True)


def test_everybody_is_known_again_from_their_description() -> None:
    """Who is filmed is called in a changed clip what they are called in the others."""
    knowledge = load_knowledge()
    for person in knowledge.people:
        if person.kind == "nobody" or not person.phrase:  # a pair, or whoever says *I*
            continue
        wish = f"In a city at night {person.phrase} walks and walks on, on and on and on."
        for seed in range(3):
            plan = plan_video(make_brief(wish, seed=seed), SHORT)
            assert cast_of(plan, knowledge).person == person


def test_somebody_the_director_does_not_know_is_called_by_their_part() -> None:
    plan, _ = film("pop")
    stranger = plan.characters[0].model_copy(
        update={"description": "Ein Mensch im Mantel", "role": "main character"}
    )
    plan = plan.model_copy(update={"characters": (stranger,)})
    assert cast_of(plan, load_knowledge()).person.noun == "the main character"


@pytest.mark.parametrize(
    ("index", "change", "reason", "told"),
    [
        (99, {}, "NO_CLIP", "no clip 99; the film has clips 0 to"),
        (-1, {}, "NO_CLIP", "no clip -1"),
        (1, {"world": "moon_base"}, "NO_WORLD", "choose one of neon_city, .*forest"),
        (1, {"world": "neon_city", "time_of_day": "day"}, "CHANGE", "night, dusk, dawn"),
        (1, {"world": "hex_tunnel", "weather": "snow"}, "CHANGE", "a tunnel of light.*clear, fog"),
        (1, {"shots": [{}] * 40}, "CHANGE", r"Clip 2 has \d+ shots, but changes of 40"),
        (1, {"shots": []}, "CHANGE", r"Clip 2 has \d+ shots, but changes of 0"),
        (0, {"transition": "cut"}, "CHANGE", "film's first clip"),
    ],
)
def test_what_cannot_be_is_refused_saying_what_can(
    index: int, change: dict[str, object], reason: str, told: str
) -> None:
    plan, _ = film("pop")
    with pytest.raises(InvalidInput, match=told) as refusal:
        revise_clip(plan, index, ClipChange.model_validate(change))
    assert refusal.value.reason == reason


def test_a_third_person_of_a_screenplay_can_be_told_and_their_role_is_only_words() -> None:
    """A screenplay may bring in more people than we do, and call them as it likes."""
    plan, _ = film("pop")
    script = next(s for s in plan.clip_scripts if s.characters)
    stranger = plan.characters[0].model_copy(
        update={"id": "stranger", "description": "Kdosi v plášti", "role": "ghost {x}"}
    )
    second = plan.characters[0].model_copy(update={"id": "second"})
    shots = tuple(
        shot.model_copy(update={"characters": ("stranger",) if shot.characters else ()})
        for shot in script.shots
    )
    changed = script.model_copy(update={"shots": shots, "characters": ("stranger",)})
    scripts = tuple(changed if s is script else s for s in plan.clip_scripts)
    cast = (*plan.characters, second, stranger)
    plan = plan.model_copy(update={"characters": cast, "clip_scripts": scripts})
    change = ClipChange(shots=tuple(ShotChange(action="dance") for _ in shots))
    told = revise_clip(plan, script.clip_index, change).script.visual_description
    assert "the ghost x" in told.lower()


def test_a_clip_that_moves_into_its_neighbours_place_fits_their_shots() -> None:
    """No two sizes alike and nobody turning back at the cuts around it."""
    for name in ("pop", "loud"):
        plan, song = film(name)
        for index, script in enumerate(plan.clip_scripts):
            here = next(s for s in plan.scenes if s.id == script.scenes[0])
            for scene in plan.scenes:
                if scene.world == here.world:
                    continue
                change = ClipChange(
                    world=scene.world, time_of_day=scene.time_of_day, weather=scene.weather
                )
                changed = applied(plan, revise_clip(plan, index, change))
                checks = {check.name: check for check in check_plan(changed, song)}
                assert checks["continuity"].passed, checks["continuity"].found
                assert checks["screen_direction"].passed, checks["screen_direction"].found
