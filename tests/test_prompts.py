"""Prompts: short, alike where the film must hold together, and complete by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mvkit.director import plan_video
from mvkit.errors import InvalidArtefact
from mvkit.prompts import QUALITY, check_prompts, colour_name, style_sentence, write_prompts
from mvkit.providers.base import Delivery, PictureRequest
from mvkit.providers.catalog import load_entries
from mvkit.providers.dialects import dialect_of
from mvkit.references import make_references
from mvkit.schema import MAX_WORDS, Grade, Plan, Prompts, References
from mvkit.schema.dialect import PARTS, Dialect
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


def retold(**fields: Any) -> Plan:
    """Return the plan with the same words in all its clips."""
    return changed(clip_scripts=[script.model_dump() | fields for script in PLAN.clip_scripts])


def failed(prompts: Prompts, plan: Plan = PLAN, **options: Any) -> set[str]:
    return {check.name for check in check_prompts(prompts, plan, **options) if not check.passed}


def spoilt(clip_index: int, **fields: Any) -> Prompts:
    """Return prompts one of which is not as it was written."""
    prompts = written()
    clip_prompts = [
        prompt.model_copy(update=fields if prompt.clip_index == clip_index else {})
        for prompt in prompts.clip_prompts
    ]
    return prompts.model_copy(update={"clip_prompts": tuple(clip_prompts)})


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


def test_an_action_that_is_too_long_loses_its_last_clauses() -> None:
    """What is left of it ends where a clause ends."""
    prompts = written(retold(visual_description="She walks on and on and on, " * 40)).clip_prompts
    for prompt in prompts:
        assert 180 < prompt.metadata.word_count < MAX_WORDS
        assert prompt.prompt.startswith("She walks on and on and on, She walks")
        assert "and on. " in prompt.prompt
        assert prompt.metadata.validated


def test_an_endless_clause_is_left_out_and_told_by_its_check() -> None:
    """Nothing is cut in mid-sentence, and nobody claims that the prompt is complete."""
    plan = retold(visual_description="on and " * 160)
    prompts = written(plan)
    assert failed(prompts, plan) == {"action"}
    for prompt in prompts.clip_prompts:
        assert "on and" not in prompt.prompt
        assert not prompt.metadata.validated


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


# Style


@pytest.mark.parametrize(
    ("look", "told"),
    [
        ("neo-noir cyberpunk", "Neo-noir cyberpunk aesthetic with deep blue and"),
        ("film noir, in winter", "Film noir aesthetic, in winter, with deep blue and"),
        (
            "film noir with hard shadows, in the 1980s, in winter",
            "Film noir aesthetic with hard shadows, in the 1980s, in winter, with deep blue and",
        ),
        ("rough, washed-out grunge", "Rough, washed-out grunge aesthetic with deep blue and"),
        ("ink on rice paper", "Ink aesthetic on rice paper, with deep blue and"),
        ("a dreamy VHS look", "A dreamy VHS look with deep blue and"),
        ("western, filmed in slow motion", "Western aesthetic, filmed in slow motion, with deep"),
    ],
)
def test_style_is_told_as_a_person_would(look: str, told: str) -> None:
    """Season, era and detail follow the word aesthetic; none of them takes its place."""
    colours = ("#12264D", "#12264D", "#FF8A1F")
    style = PLAN.style.model_copy(update={"visual_style": look, "color_palette": colours})
    assert style_sentence(style).startswith(told)


# Light


def light_told(lighting: str = "", **grade: Any) -> str:
    """Return what a prompt says between the camera and the style."""
    style = PLAN.style.model_copy(update={"color_palette": ("#12264D", "#00FFFF", "#FF8A1F")})
    plan = retold(lighting=lighting, grade=Grade(**grade).model_dump())
    prompt = written(plan.model_copy(update={"style": style})).clip_prompts[0].prompt
    _, _, rest = prompt.partition(PLAN.clip_scripts[0].camera_angle + ".")
    return rest.partition(style_sentence(style))[0].strip()


@pytest.mark.parametrize(
    ("light", "told"),
    [
        ({}, ""),
        ({"lighting": "low sun, long shadows"}, "Low sun, long shadows."),
        ({"lightness": 0.8}, "Darker colours."),
        ({"lightness": 1.03, "warmth": 0.05}, ""),
        (
            {"lightness": 1.2, "warmth": -0.5, "saturation": 0.7, "lead": 2},
            "Brighter, cooler and more muted colours, led by orange.",
        ),
        ({"lead": 1}, "Colours led by cyan."),
        ({"lead": 5}, ""),
        (
            {"lighting": "moonlight from behind, a thin silver rim", "saturation": 1.3, "lead": 1},
            "Moonlight from behind, a thin silver rim. Richer colours, led by cyan.",
        ),
        (
            {"lighting": "one two three four five six seven eight, nine ten", "lightness": 1.5},
            "One two three four five six seven eight, nine ten. Brighter colours.",
        ),
        ({"lighting": "word " * 9 + "ten, " + "word " * 9}, "Word " + "word " * 8 + "ten."),
    ],
)
def test_a_clips_own_light_is_told_in_twelve_words(light: dict[str, Any], told: str) -> None:
    """Light first, then as much of the colours as there is room for; the style stays the same."""
    assert light_told(**light) == told
    assert len(told.split()) <= 12


# Dialects


def test_parts_come_in_the_order_that_a_model_likes() -> None:
    """The parts named first are first; the style and everything else is there all the same."""
    plain = written().clip_prompts
    veo = written(dialect=Dialect(first=("camera", "angle"))).clip_prompts
    for script, usual, told in zip(PLAN.clip_scripts, plain, veo, strict=True):
        assert told.prompt.startswith(f"{script.motion}. {script.camera_angle}. ")
        assert sorted(told.prompt.split()) == sorted(usual.prompt.split())
        assert told.seed == usual.seed


def test_a_dialect_names_no_part_twice_and_none_that_there_is_not() -> None:
    assert Dialect(first=("style", "light")).order == ("style", "light", *PARTS[:6], "avoid")
    for first in (("style", "style"), ("music",)):
        with pytest.raises(ValueError, match="first"):
            Dialect.model_validate({"first": first})


@pytest.mark.parametrize(
    ("limit", "n_words", "n_characters"),
    [
        ({"most_words": 85}, 85, 1200),
        ({"most_characters": 560}, 199, 560),
        ({"most_tokens": 160}, 199, 560),
    ],
)
def test_what_matters_least_goes_where_a_model_reads_little(
    limit: dict[str, int], n_words: int, n_characters: int
) -> None:
    """Whole sentences go; the action, the people and the style stay."""
    dialect = Dialect(**limit)
    prompts = written(dialect=dialect)
    assert not failed(prompts, dialect=dialect)
    whole = [prompt.prompt for prompt in written().clip_prompts]
    shortened = 0
    for script, prompt, before in zip(PLAN.clip_scripts, prompts.clip_prompts, whole, strict=True):
        assert len(prompt.prompt.split()) <= n_words
        assert len(prompt.prompt) <= n_characters
        assert prompt.prompt.startswith(script.visual_description.partition(". ")[0])
        kept = prompt.prompt.split(". ")
        assert all(sentence in before for sentence in kept)
        shortened += prompt.prompt != before
    assert shortened > len(whole) / 2


def test_a_model_that_reads_too_little_is_told_of() -> None:
    with pytest.raises(InvalidArtefact, match="of 40 for what is seen"):
        written(dialect=Dialect(most_words=40))


def test_what_is_forbidden_is_told_in_a_sentence_only_where_that_helps() -> None:
    """In a field of its own it always is; in the prompt for models whose guides say so."""
    plan = changed(avoid=("neon", "signs", "dragons"))
    for negative, told in (("field", False), ("none", False), ("sentence", True)):
        for prompt in written(plan, dialect=Dialect(negative=negative)).clip_prompts:
            sentence = "Avoid generating any neon, signs or dragons."
            assert prompt.prompt.endswith(sentence) == told
            assert ("dragons" in prompt.prompt) == told
            assert "neon, signs, dragons" in prompt.negative_prompt
    wishless = written(dialect=Dialect(negative="sentence")).clip_prompts
    assert not any("Avoid" in prompt.prompt for prompt in wishless)


def test_negative_prompts_keep_to_the_limit_too() -> None:
    """What is usual goes first, what the wish forbids stays."""
    avoided = tuple(f"thing number {index}" for index in range(60))
    dialect = Dialect(most_characters=1000)
    for prompt in written(changed(avoid=avoided), dialect=dialect).clip_prompts:
        assert 950 < len(prompt.negative_prompt) <= 1000
        assert "thing number 59" in prompt.negative_prompt


@pytest.mark.parametrize("name", [entry.name for entry in load_entries()][:13])
def test_prompts_for_every_model_pass_all_checks(name: str) -> None:
    """Also for one that takes no words: its prompts are in the file all the same."""
    dialect = dialect_of(name)
    plan = changed(avoid=("neon", "signs"))
    prompts = written(plan, dialect=dialect)
    assert not failed(prompts, plan, dialect=dialect)
    assert all(prompt.metadata.validated for prompt in prompts.clip_prompts)


# Checks


SEEN = next(p for p in written().clip_prompts if p.metadata.character_ids)
"""A prompt of a clip with somebody in it."""


@pytest.mark.parametrize(
    ("check", "fields"),
    [
        ("words", {"prompt": SEEN.prompt + " so" * 150}),
        ("style", {"prompt": SEEN.prompt.replace("4K", "8K")}),
        ("people", {"prompt": SEEN.prompt.replace(PLAN.characters[0].description, "Somebody")}),
        ("action", {"prompt": SEEN.prompt.partition(". ")[2]}),
        ("seeds", {"seed": 1}),
    ],
)
def test_checks_find_what_is_wrong(check: str, fields: dict[str, Any]) -> None:
    """Each is passed by what was written, and named where something is spoilt."""
    assert not failed(written())
    spoilt_prompts = spoilt(SEEN.clip_index, **fields)
    found = {c.name: c.found for c in check_prompts(spoilt_prompts, PLAN) if not c.passed}
    assert check in found
    assert f"clip {SEEN.clip_index}: " in found[check] or check == "seeds"


def test_limits_are_checked_for_the_model_that_is_told() -> None:
    assert failed(written(), dialect=Dialect(most_characters=500)) == {"limits"}


def test_another_take_has_another_seed_and_the_first_ones_share_theirs() -> None:
    """What is filmed anew shall look different; what was not, the same."""
    scripts = [script.model_dump() for script in PLAN.clip_scripts]
    again = changed(clip_scripts=[scripts[0] | {"take": 2}, *scripts[1:]])
    before, after = written().clip_prompts, written(again).clip_prompts
    assert after[0].seed != before[0].seed
    assert [prompt.seed for prompt in after[1:]] == [prompt.seed for prompt in before[1:]]
    assert not failed(written(again), again)


@dataclass
class Notebook:
    """A painter that only writes down what it is asked for."""

    name: str = "notebook"
    parallel: int = 1
    asked: list[PictureRequest] = field(default_factory=list)

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        self.asked.append(request)
        target.write_bytes(b"picture")
        return Delivery(model=self.name)


def test_the_portrait_of_a_character_has_its_seed(tmp_path: Path) -> None:
    painter = Notebook()
    make_references(tmp_path, brief=BRIEF, plan=PLAN, model=painter)
    portraits = {r.character.id: r.seed for r in painter.asked if r.character is not None}
    assert portraits == {person.id: person.seed for person in PLAN.characters}
    places = {r.scene.id: r.seed for r in painter.asked if r.scene is not None}
    assert len(set(places.values())) == len(PLAN.scenes)


# Colours


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
