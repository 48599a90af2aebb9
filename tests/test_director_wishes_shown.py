"""What is understood of a wish has an effect: on places, people, pictures, prompts and camera."""

from __future__ import annotations

from collections import Counter

import pytest

from mvkit.director import check_plan, load_knowledge, plan_video, revise_clip
from mvkit.director.wish import speaks_of
from mvkit.prompts import style_sentence, write_prompts
from mvkit.schema import ClipChange, Plan, Prompts, References

from .steady_songs import make_brief, steady_song

SONG = steady_song()
CASTLE = "An old castle in winter, a knight in black armour waits with his dog, medieval, noir."


def planned(wish: str, seed: int = 7) -> Plan:
    plan = plan_video(make_brief(wish, seed=seed), SONG)
    assert all(check.passed for check in check_plan(plan, SONG))
    return plan


def prompts_of(plan: Plan, wish: str) -> Prompts:
    brief = make_brief(wish)
    nothing = References.model_validate(
        {
            "job_id": brief.job_id,
            "scene_references": [],
            "character_references": [],
            "total_references": 0,
            "total_generation_time": 0.0,
            "total_cost": 0.0,
            "status": "text_only",
            "metadata": {
                "dimensions": "64x64",
                "scenes_generated": 0,
                "characters_generated": 0,
            },
        }
    )
    return write_prompts(brief, plan, nothing)


def test_a_place_that_the_studio_cannot_paint_is_told_to_models() -> None:
    """The scene describes a castle with its dog, and plays in a world that stands for it."""
    plan = planned(CASTLE)
    home = plan.scenes[0]
    assert home.id.startswith("castle_")
    assert home.world == "mountain"
    assert "castle" in home.description
    assert home.description.endswith("with a dog")
    for script in plan.clip_scripts:
        if script.scenes[0] == home.id:
            assert " ridge" not in script.visual_description
    told = [p.prompt for p in prompts_of(plan, CASTLE).clip_prompts]
    assert any("castle" in prompt for prompt in told)
    assert "cannot paint a castle: its own pictures show a mountain ridge" in plan.notes[0]
    assert "a dog" in plan.notes[1]


def test_an_unpaintable_place_stays_when_its_clip_is_changed() -> None:
    """Another time of day shows the same castle; another world leaves it."""
    plan = planned(CASTLE)
    evening = revise_clip(plan, 0, ClipChange(time_of_day="dawn"))
    assert evening.scene is not None
    assert evening.scene.id.startswith("castle_dawn")
    elsewhere = revise_clip(plan, 0, ClipChange(world="ocean_moon"))
    assert "castle" not in elsewhere.script.rules
    assert not elsewhere.script.scenes[0].startswith("castle")


def test_style_era_and_season_are_in_the_style_sentence() -> None:
    style = style_sentence(planned(CASTLE).style)
    assert "film noir" in style
    assert "in the Middle Ages" in style
    assert "in winter" in style


def test_a_style_without_colour_has_none() -> None:
    """Black and white lead the palette, as if they had been named as colours."""
    style = planned("A man walks through a forest in black and white, on and on and on.").style
    knowledge = load_knowledge()
    greys = tuple(knowledge.colour(name).hex for name in ("black", "white", "slate"))
    assert style.color_palette[:3] == greys


def test_what_must_not_be_seen_reaches_every_negative_prompt_and_no_description() -> None:
    """Neither clips nor places speak of it."""
    wish = "A woman walks through a city at night, no neon, no signs, no dragons, no text at all."
    for seed in range(3):
        plan = planned(wish, seed)
        assert plan.avoid == ("neon", "signs", "dragons", "text")
        assert not any(speaks_of(plan.avoid, s.visual_description) for s in plan.clip_scripts)
        assert not any(speaks_of(plan.avoid, s.description) for s in plan.scenes[:1])
    for prompt in prompts_of(plan, wish).clip_prompts:
        words = prompt.negative_prompt.split(", ")
        assert {"neon", "signs", "dragons"} <= set(words)
        assert words.count("text") == 1


@pytest.mark.parametrize("seed", range(4))
def test_times_weathers_and_places_that_are_not_wanted_are_not_seen(seed: int) -> None:
    """Not the night, not fog and not the desert, neither at home nor elsewhere."""
    plan = planned("An old forest, but not at night, no fog, no desert, a woman walks.", seed)
    knowledge = load_knowledge()
    assert all(scene.weather != "fog" and scene.world != "desert_road" for scene in plan.scenes)
    outdoors = [scene for scene in plan.scenes if knowledge.world(scene.world).outdoors]
    assert all(scene.time_of_day != "night" for scene in outdoors)


def test_the_camera_does_what_the_wish_asks_for() -> None:
    """Close-ups are closer, low angles lower, fast cuts faster than without the wish."""
    plain = "A woman walks through the forest and looks at the light, on and on and on"

    def shots(more: str) -> list[tuple[str, str]]:
        plans = [planned(f"{plain}{more}.", seed) for seed in range(3)]
        return [(s.size, s.angle) for p in plans for c in p.clip_scripts for s in c.shots]

    usual, wished = shots(""), shots(", close-ups, low angle")
    near, before = Counter(s for s, _ in wished), Counter(s for s, _ in usual)
    assert near["close"] / len(wished) > 1.3 * before["close"] / len(usual)
    low, low_before = (sum(a == "low" for _, a in some) / len(some) for some in (wished, usual))
    assert low > 1.3 * low_before
    assert len(shots(", fast cuts")) > len(usual) > len(shots(", long takes"))


def test_a_wish_that_names_nothing_new_has_no_notes() -> None:
    assert planned("A woman walks through the rain in a neon city at night, alone.").notes == ()


def test_a_plan_says_what_was_not_understood() -> None:
    """Nothing at all, or some words; nobody has to guess."""
    none = planned("Asdf qwer zxcv hjkl, asdf again and again, asdf qwer and qwer.").notes
    assert none == (
        "Nothing of the wish was understood; everything follows the song.",
        "Not understood: Asdf, qwer, zxcv, hjkl.",
    )
    some = planned("Lola walks through a forest at night, alone, and looks at a quokka, sad.").notes
    assert some == ("Not understood: Lola, quokka.",)


def test_the_users_own_noun_is_told_to_models() -> None:
    """A laundromat is no petrol station: neither in scenes nor clips nor notes."""
    plan = planned("A lonely woman waits in a laundromat at midnight until dawn comes, sad.")
    assert plan.scenes[0].id == "shop_as_laundromat_night_clear"
    assert plan.scenes[0].description.startswith("A laundromat under bright tubes")
    assert any("in a laundromat" in script.visual_description for script in plan.clip_scripts)
    assert plan.notes[0].startswith("The studio cannot paint a laundromat: its own pictures show")
    assert plan.scenes[-1].time_of_day == "dawn"
    other = revise_clip(plan, 0, ClipChange(time_of_day="dusk"))
    assert other.scene is not None
    assert other.scene.description.startswith("A laundromat")


def test_nobody_wears_a_coat_in_summer_and_lanterns_are_carried() -> None:
    plan = planned("An old man with a lantern walks through a forest in high summer, at night.")
    (person,) = plan.characters
    assert "coat" not in person.description
    assert person.description.endswith("carrying a lantern")
    assert not any("lantern" in scene.description for scene in plan.scenes)
