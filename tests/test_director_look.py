"""A home place and a palette that somebody chose hold for the film, whatever else suggests."""

from __future__ import annotations

import pytest

from mvkit.director import (
    check_plan,
    list_palettes,
    list_worlds,
    load_knowledge,
    plan_video,
    read_wish,
)
from mvkit.director.choices import with_choices
from mvkit.errors import InvalidInput
from mvkit.schema import Plan

from .steady_songs import make_brief, steady_song

SONG = steady_song()
WORLDS = [world.id for world in list_worlds()]
PALETTES = {palette.id: palette for palette in list_palettes()}
COLOURED = "A woman with a crimson umbrella in a city of turquoise and gold, neon everywhere."


def home_of(plan: Plan) -> str:
    """Return the world in which the film begins."""
    worlds = {scene.id: scene.world for scene in plan.scenes}
    return worlds[plan.clip_scripts[0].scenes[0]]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seed", range(3))
def test_a_chosen_world_is_home_whatever_the_wish_names(world: str, seed: int) -> None:
    """The film begins there, and its verses mostly play there."""
    plan = plan_video(make_brief(seed=seed), SONG, world=world)
    worlds = {scene.id: scene.world for scene in plan.scenes}
    verses = [s for s in plan.clip_scripts if s.section == "verse"]
    assert home_of(plan) == world
    assert sum(worlds[s.scenes[0]] == world for s in verses) > len(verses) / 2
    assert all(check.passed for check in check_plan(plan, SONG))


def test_a_place_of_the_wish_is_seen_besides_the_chosen_home() -> None:
    """Words still count: the city that is wished for takes the choruses."""
    plan = plan_video(make_brief(), SONG, world="forest")
    assert {"forest", "neon_city"} <= {scene.world for scene in plan.scenes}


def test_time_and_weather_of_the_wish_come_along_to_the_chosen_home() -> None:
    wish = "It rains at night, and somebody walks and walks without ever looking back again."
    home = plan_video(make_brief(wish), SONG, world="ocean_moon").scenes[0]
    assert (home.world, home.time_of_day, home.weather) == ("ocean_moon", "night", "rain")


@pytest.mark.parametrize("palette", PALETTES)
def test_a_chosen_palette_is_the_films_whatever_colours_the_wish_names(palette: str) -> None:
    """Its colours and no others, in their order."""
    style = plan_video(make_brief(COLOURED), SONG, palette=palette).style
    assert style.color_palette == PALETTES[palette].colours


def test_clothes_keep_the_colour_that_the_wish_gives_them() -> None:
    """A crimson umbrella stays crimson in a film of other colours."""
    (person,) = plan_video(make_brief(COLOURED), SONG, palette="palette_deep_water").characters
    assert person.accent == load_knowledge().colour("crimson").hex


def test_choices_name_rules_of_their_own() -> None:
    """Who reads the plan sees which decisions were somebody's own, and finds them told."""
    plan = plan_video(make_brief(), SONG, world="forest", palette="palette_ember")
    told = {row.id: row.advice for row in load_knowledge().rows()}
    worlds = {scene.id: scene.world for scene in plan.scenes}
    for script in plan.clip_scripts:
        assert "chosen_palette" in script.rules
        assert ("chosen_place" in script.rules) == (worlds[script.scenes[0]] == "forest")
    assert "somebody chose" in told["chosen_place"]
    assert "somebody chose" in told["chosen_palette"]
    assert plan.understood["chosen_place"] == ("an old forest",)
    assert plan.understood["chosen_palette"] == ("ember",)


def test_without_choices_nothing_is_named_chosen() -> None:
    plan = plan_video(make_brief(), SONG)
    named = {rule for script in plan.clip_scripts for rule in script.rules}
    assert not {rule for rule in named | set(plan.understood) if rule.startswith("chosen")}


def test_choices_leave_the_cutting_as_it_is() -> None:
    """Another palette changes colours, not what is filmed."""
    usual = plan_video(make_brief(), SONG)
    coloured = plan_video(make_brief(), SONG, palette="palette_ember")
    assert [s.shots for s in usual.clip_scripts] == [s.shots for s in coloured.clip_scripts]
    assert usual.scenes == coloured.scenes


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"world": "moon_base"}, r"no world 'moon_base'; choose one of .*forest.*hex_tunnel"),
        ({"palette": "octarine"}, r"no palette 'octarine'; choose one of .*palette_ember"),
    ],
)
def test_unknown_choices_are_refused_naming_the_known_ones(
    choice: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        plan_video(make_brief(), SONG, **choice)  # type: ignore[arg-type]


def test_an_empty_choice_is_none() -> None:
    wish = read_wish("a city", load_knowledge())
    assert with_choices(wish, world="", palette="", knowledge=load_knowledge()) == wish


def test_lists_hold_what_a_page_needs() -> None:
    """Ids to choose by, names to read, colours to see, and all of what the director knows."""
    knowledge = load_knowledge()
    assert [world.id for world in knowledge.worlds] == WORLDS
    assert list(PALETTES) == [palette.id for palette in knowledge.palettes]
    for palette in PALETTES.values():
        assert palette.name
        assert palette.advice
        assert 3 <= len(palette.colours) <= 6
        assert all(len(colour) == 7 and colour[0] == "#" for colour in palette.colours)
