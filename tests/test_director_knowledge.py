"""What the director knows: tables that are whole, sourced, reachable, and refused when broken."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from mvkit.director import knowledge as knowledge_module
from mvkit.director import load_knowledge, plan_video
from mvkit.director.facts import Facts
from mvkit.director.rules import DECISIONS, Rule, chances, choose, measure
from mvkit.errors import InvalidArtefact
from mvkit.schema.analysis import SectionType

from .steady_songs import Form, make_brief, steady_song

FOLDER = Path(knowledge_module.__file__).parent
FILES = sorted(FOLDER.glob("*.toml"))
RULE = '[[rules]]\nid = "a_rule"\nadvice = "Do."\nsource = "Somebody"\n'

JOINTS = ("cut", "crossfade", "fade")


def make_rule(**fields: Any) -> Rule:
    return Rule(**{"id": "a_rule", "advice": "Do.", "source": "Somebody"} | fields)


def write(folder: Path, text: str) -> Path:
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_brings_rows_that_are_loaded(file: Path) -> None:
    """No file is dead: each of its tables is part of the knowledge."""
    knowledge = load_knowledge()
    tables = tomllib.loads(file.read_text("utf-8"))
    assert tables
    for name, rows in tables.items():
        assert rows
        loaded = [row.model_dump(mode="json") for row in getattr(knowledge, name)]
        keys = [key for key in ("id", "name", "value", "phrase") if key in rows[0]]
        for row in rows:
            assert any(all(seen[key] == row[key] for key in keys if key in row) for seen in loaded)


def test_rows_tell_advice_and_source() -> None:
    """Each row can be read by a person: a sentence, and where it was learned."""
    for row in load_knowledge().rows():
        assert row.advice.endswith(".")
        assert row.advice[0].isupper()
        assert len(row.source) >= 10


def test_ids_are_unique() -> None:
    ids = [row.id for row in load_knowledge().rows()]
    assert len(ids) == len(set(ids))


def test_every_decision_has_a_rule() -> None:
    """Nothing the director decides is left to the dice alone."""
    ruled = {decision for rule in load_knowledge().rules for decision in rule.then}
    assert set(DECISIONS) <= ruled


def test_every_moment_has_its_phrases() -> None:
    """Words are there for every part, tempo and feeling."""
    knowledge = load_knowledge()
    for section in get_args(SectionType):
        assert knowledge.phrase("purpose", Facts(section=section)).text
    for level in (0.0, 0.3, 0.5, 0.7, 1.0):
        for other in (0.0, 0.3, 0.5, 0.7, 1.0):
            facts = Facts(valence=level, arousal=other, tempo_bpm=60 + 140 * level)
            for kind in ("mood", "lighting", "cinematography", "tempo"):
                assert knowledge.phrase(kind, facts).text


def test_worlds_can_be_told_in_many_ways() -> None:
    """Enough phrases that neighbouring clips of one place need not repeat them."""
    for world in load_knowledge().worlds:
        assert {"stand", "dance", "sing"} <= set(world.staging)
        assert len(world.details) >= 5
        assert len(world.views) >= 3
        assert all(len(phrases) >= 2 for phrases in world.staging.values())
        assert "{luminary}" not in world.description.format(luminary="the sun")


def test_knowledge_from_another_folder_can_be_tried(tmp_path: Path) -> None:
    """A changed number changes the film."""
    for file in FILES:
        text = file.read_text("utf-8").replace("then.shot_s = 1.7", "then.shot_s = 6.0")
        (tmp_path / file.name).write_text(text, "utf-8")
    form: Form = (("verse", "high", 16),)
    slow = plan_video(make_brief(), steady_song(form=form), knowledge=load_knowledge(tmp_path))
    usual = plan_video(make_brief(), steady_song(form=form))
    assert sum(len(s.shots) for s in slow.clip_scripts) < sum(
        len(s.shots) for s in usual.clip_scripts
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[rules]", "rules.toml is not TOML"),
        ('[[rules]]\nid = "a_rule"\nadvice = "Do."\nthen.shot_s = 1.0', "source: Field required"),
        (RULE, "then: Field required"),
        (RULE + "then.shot_s = -1.0", "greater than 0"),
        (RULE + "then.size = { huge = 2 }", "decides size between huge; expected one of"),
        (RULE + "then.weather_of_tomorrow = { rain = 2 }", "decides weather_of_tomorrow"),
        (RULE + "then.speed = 1.0", "measures speed, expected one of shot_s"),
        (RULE + "when = { phase = true }\nthen.shot_s = 1.0", "asks for the fact phase"),
        (RULE + "when = { energy = true }\nthen.shot_s = 1.0", "expected min and max"),
        (RULE + 'when = { section = ["solo"] }\nthen.shot_s = 1.0', "section = solo"),
        (RULE + 'when = { world = ["moon_base"] }\nthen.shot_s = 1.0', "worlds moon_base"),
        ((RULE + "then.shot_s = 1.0\n") * 2, "ids used twice: a_rule"),
        (RULE + "then.shot_s = 1.0\n[[spells]]\nid = 1", "spells"),
    ],
)
def test_broken_knowledge_is_refused_with_the_reason(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidArtefact) as refusal:
        load_knowledge(write(tmp_path, text))
    assert told in str(refusal.value)


def test_palette_of_unknown_colours_is_refused(tmp_path: Path) -> None:
    palette = (
        '[[palettes]]\nid = "p"\nname = "p"\nadvice = "Do."\nsource = "Somebody"\n'
        'colours = ["octarine", "red", "blue"]\nvalence = 0.5\narousal = 0.5'
    )
    with pytest.raises(InvalidArtefact, match="p names the colours blue, octarine, red"):
        load_knowledge(write(tmp_path, palette))


def test_knowledge_with_other_rules_speaks_of_those() -> None:
    knowledge = load_knowledge()
    about_cuts = knowledge.about("cut")
    assert about_cuts
    assert all("cut" in rule.then for rule in about_cuts)
    assert set(knowledge.advice) == {row.id for row in knowledge.rows()}
    fewer = knowledge.model_copy(update={"rules": about_cuts[:1]})
    assert fewer.about("cut") == about_cuts[:1]
    assert fewer.about("size") == ()
    assert set(fewer.advice) == {row.id for row in fewer.rows()}


def test_conditions_hold_as_written() -> None:
    """Words mean one of them, ranges include their minimum only, flags mean what they say."""
    rule = make_rule(
        when={"section": ["verse", "bridge"], "energy": {"min": 0.4, "max": 0.6}, "sung": False},
        then={"shot_s": 2.0},
    )
    fits = Facts(section="bridge", energy=0.4, sung=False)
    assert rule.holds(fits)
    for other in (
        Facts(section="chorus", energy=0.4),
        Facts(section="verse", energy=0.6),
        Facts(section="verse", energy=0.39),
        Facts(section="verse", energy=0.5, sung=True),
    ):
        assert not rule.holds(other)


def test_chances_multiply_and_others_stands_for_the_rest() -> None:
    rules = [
        make_rule(then={"transition": {"cut": 3, "others": 0.5}}),
        make_rule(then={"transition": {"cut": 2, "fade": 0}}, weight=2.0),
        make_rule(then={"transition": {"cut": 100}}, when={"sung": True}),
    ]
    found = chances(rules, "transition", JOINTS, Facts())
    assert found == {"cut": 12.0, "crossfade": 0.5, "fade": 0.0}


def test_choice_follows_chances_and_names_who_favoured_it() -> None:
    rules = [
        make_rule(id="likes_cuts", then={"transition": {"cut": 3}}),
        make_rule(id="loves_cuts", then={"transition": {"cut": 5}}),
        make_rule(id="likes_fades", then={"transition": {"fade": 2, "crossfade": 0}}),
    ]
    rng = random.Random(0)
    drawn = [choose(rules, "transition", JOINTS, Facts(), rng=rng) for _ in range(300)]
    cuts = [choice for choice in drawn if choice.value == "cut"]
    assert 0.82 < len(cuts) / len(drawn) < 0.94  # 15 of 17
    assert {choice.value for choice in drawn} == {"cut", "fade"}
    assert cuts[0].rules == ("loves_cuts", "likes_cuts")


def test_where_everything_is_forbidden_everything_is_possible() -> None:
    """Contradicting rules must not stop a film."""
    rules = [make_rule(then={"transition": {"others": 0}})]
    rng = random.Random(0)
    drawn = {choose(rules, "transition", JOINTS, Facts(), rng=rng).value for _ in range(60)}
    assert drawn == set(JOINTS)


def test_measures_average_geometrically_by_weight() -> None:
    rules = [
        make_rule(id="short", then={"shot_s": 1.0}, weight=3.0),
        make_rule(id="long", then={"shot_s": 16.0}),
    ]
    found = measure(rules, "shot_s", Facts(), default=5.0)
    assert found.value == pytest.approx(2.0)
    assert found.rules == ("short", "long")
    assert measure([], "shot_s", Facts(), default=5.0).value == 5.0
