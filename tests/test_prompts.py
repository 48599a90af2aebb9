"""Prompts: short, alike where the film must hold together, and complete by themselves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from mvkit.director import plan_video
from mvkit.errors import InvalidArtefact
from mvkit.prompts import QUALITY, colour_name, style_sentence, write_prompts
from mvkit.schema import MAX_WORDS, Plan, Prompts, References
from mvkit.timing import FPS

from .steady_songs import JOB, make_brief, steady_song

BRIEF = make_brief("A woman with a red umbrella walks through a rainy city at night, hopeful.")
PLAN = plan_video(BRIEF, steady_song(80, clip_s=6.0))
PICTURE = {"prompt_used": "p", "generation_time": 0.0, "cost": 0.0, "model": "studio", "seed": 1}


def references_of(plan: Plan, *, painted: bool = True) -> References:
    """Return references for every scene and character, or none at all."""
    places = [
        {"scene_id": scene.id, "image_url": f"references/scene_{scene.id}.png"} | PICTURE
        for scene in plan.scenes
    ]
    people = [
        {"character_id": person.id, "image_url": f"references/char_{person.id}.png"} | PICTURE
        for person in plan.characters
    ]
    return References.model_validate(
        {
            "job_id": JOB,
            "scene_references": places if painted else [],
            "character_references": people if painted else [],
            "total_references": len(places + people) if painted else 0,
            "total_generation_time": 0.0,
            "total_cost": 0.0,
            "status": "success" if painted else "text_only",
            "metadata": {
                "dimensions": "1024x1024",
                "scenes_generated": len(places),
                "characters_generated": len(people),
            },
        }
    )


def written(plan: Plan = PLAN, **options: Any) -> Prompts:
    return write_prompts(BRIEF, plan, references_of(plan), **options)


def changed(**fields: Any) -> Plan:
    return Plan.model_validate(PLAN.model_dump() | fields)


def test_there_is_one_prompt_per_clip() -> None:
    prompts = written()
    assert prompts.total_clips == len(PLAN.clip_scripts)
    assert [p.clip_index for p in prompts.clip_prompts] == list(range(prompts.total_clips))
    assert all(p.metadata.validated for p in prompts.clip_prompts)


def test_prompts_have_fewer_than_200_words() -> None:
    for prompt in written().clip_prompts:
        assert prompt.metadata.word_count == len(prompt.prompt.split()) < MAX_WORDS


def test_the_style_is_said_in_the_same_words_in_every_prompt() -> None:
    """The same sentence, with visual style, colours, light and quality, closes each prompt."""
    style = style_sentence(PLAN.style)
    assert PLAN.style.visual_style in style.lower()
    assert PLAN.style.lighting in style
    assert f"cinematic lighting, {QUALITY}" in style
    assert all(p.prompt.endswith(f"{style}.") for p in written().clip_prompts)
    assert len({p.metadata.style_keywords for p in written().clip_prompts}) == 1


def test_people_are_described_word_for_word_where_they_are_seen() -> None:
    (person,) = PLAN.characters
    seen = [script for script in PLAN.clip_scripts if script.characters]
    assert seen
    for script, prompt in zip(PLAN.clip_scripts, written().clip_prompts, strict=True):
        assert (person.description in prompt.prompt) == bool(script.characters)
        assert prompt.metadata.character_ids == script.characters


def test_prompts_say_what_is_seen_and_how_it_is_filmed() -> None:
    """Description first, then the camera, as in the product document."""
    for script, prompt in zip(PLAN.clip_scripts, written().clip_prompts, strict=True):
        parts = (script.visual_description, script.motion, script.camera_angle)
        places = [prompt.prompt.index(part) for part in parts]
        assert places == sorted(places)
        assert places[0] == 0


def test_clips_without_people_ask_for_none() -> None:
    unseen = [
        prompt.negative_prompt
        for script, prompt in zip(PLAN.clip_scripts, written().clip_prompts, strict=True)
        if not script.characters
    ]
    assert unseen
    assert all("people" in negative for negative in unseen)
    assert all("blurry" in p.negative_prompt for p in written().clip_prompts)


def test_durations_cover_the_halves_of_transitions() -> None:
    """Two clips that dissolve into each other are each filmed longer than they are seen."""
    prompts = written().clip_prompts
    assert any(transition.half_frames for transition in PLAN.transitions)
    for index, prompt in enumerate(prompts):
        assert round(prompt.duration * FPS) == len(PLAN.filmed_frames(index))
    total = sum(round(prompt.duration * FPS) for prompt in prompts)
    overlaps = sum(2 * transition.half_frames for transition in PLAN.transitions)
    assert total - overlaps == len(PLAN.filmed_frames(0)) - len(PLAN.filmed_frames(0)) + round(
        PLAN.clip_scripts[-1].end * FPS
    )


def test_seeds_are_fixed_by_scene_and_people() -> None:
    """The same place with the same people starts from the same noise; others do not."""
    seeds: dict[tuple[Any, ...], set[int]] = {}
    for prompt in written().clip_prompts:
        key = (prompt.metadata.scene_id, prompt.metadata.character_ids)
        seeds.setdefault(key, set()).add(prompt.seed)
    assert len(seeds) >= 3
    assert all(len(found) == 1 for found in seeds.values())
    assert len(set.union(*seeds.values())) == len(seeds)
    other = write_prompts(make_brief(BRIEF.prompt, seed=2), PLAN, references_of(PLAN))
    assert other.clip_prompts[0].seed != written().clip_prompts[0].seed


def test_prompts_point_to_the_pictures_that_exist() -> None:
    for script, prompt in zip(PLAN.clip_scripts, written().clip_prompts, strict=True):
        assert prompt.scene_reference_url == f"references/scene_{script.scenes[0]}.png"
        assert len(prompt.character_reference_urls) == len(script.characters)
    bare = write_prompts(BRIEF, PLAN, references_of(PLAN, painted=False))
    assert all(prompt.scene_reference_url is None for prompt in bare.clip_prompts)
    assert not any(prompt.character_reference_urls for prompt in bare.clip_prompts)


def test_long_descriptions_are_shortened_style_and_people_never() -> None:
    """Further sentences go first, then the action is cut; the camera stays."""
    script = PLAN.clip_scripts[1].model_dump() | {
        "visual_description": "She walks on. " + "It shines and shines. " * 45
    }
    scripts = [s.model_dump() for s in PLAN.clip_scripts]
    prompt = written(changed(clip_scripts=[scripts[0], script, *scripts[2:]])).clip_prompts[1]
    assert prompt.prompt.startswith("She walks on.")
    assert PLAN.clip_scripts[1].motion in prompt.prompt
    assert style_sentence(PLAN.style) in prompt.prompt
    assert 150 < prompt.metadata.word_count < MAX_WORDS


def test_one_endless_sentence_is_cut_to_length() -> None:
    scripts = [s.model_dump() | {"visual_description": "on and " * 160} for s in PLAN.clip_scripts]
    for prompt in written(changed(clip_scripts=scripts)).clip_prompts:
        assert prompt.metadata.word_count < MAX_WORDS
        assert prompt.metadata.validated


def test_a_style_without_room_for_anything_else_is_refused() -> None:
    style = PLAN.style.model_dump() | {"visual_style": "very " * 190 + "fine"}
    with pytest.raises(InvalidArtefact, match=r"expected 12 at least. Shorten style"):
        written(changed(style=style))


def test_quality_and_negative_words_can_be_chosen() -> None:
    prompts = written(quality="shot on 16 mm film", negative="cartoon").clip_prompts
    assert all("shot on 16 mm film." in p.prompt for p in prompts)
    assert all(p.negative_prompt.startswith("cartoon") for p in prompts)


def test_prompts_are_equal_for_equal_inputs_and_differ_from_clip_to_clip() -> None:
    assert written().content_digest() == written().content_digest()
    prompts = written().clip_prompts
    assert all(a.prompt != b.prompt for a, b in pairwise(prompts))


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#FF0000", "red"),
        ("#FF8A1F", "orange"),
        ("#FFD92E", "yellow"),
        ("#00FFFF", "cyan"),
        ("#12264D", "deep blue"),
        ("#FFC3A0", "pale orange"),
        ("#7B3FE4", "violet"),
        ("#E5249B", "magenta"),
        ("#A3B899", "muted green"),
        ("#0B0D12", "black"),
        ("#C3CBD4", "pale blue"),
        ("#808080", "grey"),
        ("#FFFFFF", "white"),
        ("#000000", "black"),
    ],
)
def test_colours_are_called_as_people_call_them(colour: str, name: str) -> None:
    assert colour_name(colour) == name


def test_every_colour_has_a_name() -> None:
    levels = ("00", "33", "80", "CC", "FF")
    for red in levels:
        for green in levels:
            for blue in levels:
                assert colour_name(f"#{red}{green}{blue}")
