"""The explorer: two treatments side by side, planned anew whenever something changes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from IPython.display import HTML, Audio, DisplayHandle

from mvkit.analysis.intake import decode
from mvkit.director import load_knowledge
from mvkit.errors import GenerationFailed, InvalidInput, NotFound
from mvkit.estimate import Rates
from mvkit.explorer import Explorer, HeardSong, Side, find_song, group_rules
from mvkit.explorer.side import cost_of, count_rules, cuts_s
from mvkit.explorer.song import DEMO_PROMPT, RATE_HZ
from mvkit.explorer.themes import OTHER
from mvkit.figures import SIZES, Figure
from mvkit.figures.director import (
    correlation,
    cut_rate,
    rhythm_figure,
    shots_figure,
    tell_agreement,
    treatments_figure,
)
from mvkit.figures.director.tables import MOST_TABLE_PX
from mvkit.grading import graded_palette
from mvkit.run import Run
from mvkit.schema import Span

from .conftest import ROOT
from .song_makers import noise, written
from .steady_songs import WISH, Form, make_brief, steady_song

FORM: Form = (
    ("intro", "low", 2),
    ("verse", "medium", 8),
    ("chorus", "high", 8),
    ("outro", "low", 4),
)
OTHER_WISH = "Two dancers in white spin through a desert at noon until the storm takes them away."
RULE = "chorus_pays_off"


@pytest.fixture(scope="module")
def song() -> HeardSong:
    analysis = steady_song(form=FORM)
    silence = np.zeros(round(analysis.duration * RATE_HZ), dtype=np.float32)
    return HeardSong(title="Steady", brief=make_brief(), analysis=analysis, mono=silence)


@pytest.fixture
def sides(song: HeardSong) -> Explorer:
    return Explorer(song, left=Side(prompt=WISH), right=Side(prompt=OTHER_WISH))


def bars_named(figure: Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def test_rules_that_are_off_are_named_nowhere(song: HeardSong) -> None:
    """And the film is cut otherwise, since they spoke before."""
    knowledge = load_knowledge()
    off = frozenset(rule.id for rule in group_rules(knowledge)["rhythm"])
    whole = Side(prompt=WISH).plan(song, knowledge)
    without = Side(prompt=WISH, off=off).plan(song, knowledge)
    assert off & set(count_rules(whole))
    assert not off & set(count_rules(without))
    assert cuts_s(without) != cuts_s(whole)


def test_what_cannot_be_used_is_refused_and_changes_nothing(sides: Explorer) -> None:
    before = dict(sides.sides), dict(sides.plans)
    for changes in ({"prompt": "too short"}, {"off": frozenset({"no_such_rule"})}, {"pace": 9.0}):
        with pytest.raises(InvalidInput):
            sides.change("left", **changes)
    with pytest.raises(InvalidInput):
        sides.go_to("a coda")
    with pytest.raises(InvalidInput):
        sides.hire(image="studio", video="nobody:at-all")
    assert (dict(sides.sides), dict(sides.plans)) == before
    assert sides.told("left")["cost"] == "free"


def test_a_change_plans_one_side_anew_and_shows_it(sides: Explorer) -> None:
    """What follows is drawn again, once per change."""
    drawn = []
    sides.follow(lambda: drawn.append(sides.plans["right"]))
    left, right = sides.plans["left"], sides.plans["right"]
    sides.change("right", seed=2)
    assert drawn[0] is right
    assert drawn[1] is sides.plans["right"] is not right
    assert sides.plans["left"] is left
    sides.go_to(next(iter(sides.stretches)))
    assert len(drawn) == 3


def test_cuts_are_counted_wherever_they_are(song: HeardSong, sides: Explorer) -> None:
    """The rate over the whole song gives back the number of cuts."""
    plan, step_s = sides.plans["left"], 0.25
    rate = cut_rate(plan, np.arange(0.0, song.analysis.duration, step_s))
    counted = rate.sum() * step_s / 60
    assert counted == pytest.approx(len(plan.whole_shots()), rel=0.1)


def test_the_rate_does_not_fall_at_the_ends_of_a_film(song: HeardSong, sides: Explorer) -> None:
    """An even film is cut evenly to its first and its last second."""
    plan, end_s = sides.plans["left"], song.analysis.duration
    shots = [
        plan.clip_scripts[0].shots[0].model_copy(update={"start": float(s), "end": s + 1.0})
        for s in range(int(end_s))
    ]
    whole = plan.clip_scripts[0].model_copy(update={"end": float(int(end_s)), "shots": shots})
    even = plan.model_copy(update={"clip_scripts": (whole,)})
    rate = cut_rate(even, np.arange(0.0, int(end_s), 0.5))
    assert rate == pytest.approx(np.full(len(rate), 60.0))


def test_what_energy_that_hardly_changes_says_is_not_told(sides: Explorer) -> None:
    """Nor what a few bars say."""
    analysis, plan = sides.song.analysis, sides.plans["left"]
    assert tell_agreement(plan, analysis).startswith("r = ")
    energy = tuple(0.5 + 0.1 * (value - 0.5) for value in analysis.curves.energy)
    flat = analysis.model_copy(
        update={"curves": analysis.curves.model_copy(update={"energy": energy})}
    )
    assert tell_agreement(plan, flat) == "the energy hardly changes"
    bars = analysis.model_copy(update={"downbeat_timestamps": analysis.downbeat_timestamps[:8]})
    assert tell_agreement(plan, bars) == "too short to tell"


def test_a_shot_list_is_as_tall_as_its_texts(sides: Explorer) -> None:
    """Longer reasons need more lines, up to a height at which the list is scrolled."""
    span = sides.stretches[next(iter(sides.stretches))]
    heights = [
        shots_figure(
            sides.plans, span=span, reasons=dict.fromkeys(sides.reasons, "why " * n)
        ).layout.height
        for n in (2, 40, 400)
    ]
    assert heights[0] < heights[1] <= heights[2] <= MOST_TABLE_PX + 8


def test_the_tips_of_the_notebook_change_the_film(song: HeardSong) -> None:
    """Another kind of film is made of the bundled wish; without its rule, no chorus leaves home."""
    notebook = (ROOT / "notebooks" / "explore_director.ipynb").read_text("utf-8")
    knowledge = load_knowledge()
    for seed in (1, 2):
        wish = f"{DEMO_PROMPT} A dance video."
        assert Side(prompt=wish, seed=seed).plan(song, knowledge).format == "dance"
        whole, without = (
            Side(prompt=wish, seed=seed, off=frozenset(off)).plan(song, knowledge)
            for off in ((), (RULE,))
        )
        left, stayed = (
            {script.scenes[0] for script in plan.clip_scripts if script.section == "chorus"}
            for plan in (whole, without)
        )
        assert whole.scenes[0].id in stayed - left
    assert "A dance video." in notebook
    assert f"`{RULE}` off keeps choruses at home" in notebook


def test_a_curve_that_does_not_move_agrees_with_none() -> None:
    rising = np.linspace(0.0, 1.0, 9)
    assert correlation(np.ones(9), rising) == 0.0
    assert correlation(2 * rising, rising) == pytest.approx(1.0)


def test_each_cut_clicks(song: HeardSong, tmp_path: Path) -> None:
    """In a silent song there is sound at the cuts of the stretch, and nowhere else."""
    span, times_s = Span(start=5.0, end=9.0), [4.0, 5.5, 7.25, 9.0]
    path = tmp_path / "clicks.mp3"
    path.write_bytes(song.with_clicks(times_s, span))
    level = np.abs(decode(path, rate_hz=RATE_HZ, n_channels=1))
    loud_s = np.flatnonzero(level > 0.1) / RATE_HZ
    for inside_s in (0.5, 2.25):
        assert np.abs(loud_s - inside_s).min() < 0.06
    assert all(min(abs(s - 0.5), abs(s - 2.25)) < 0.1 for s in loud_s)


def test_a_film_costs_its_pictures_and_its_clips(sides: Explorer) -> None:
    plan = sides.plans["left"]
    rates = Rates(
        picture_usd=Decimal(1), clip_usd=lambda s: Decimal(round(s * 1000)), wants_keyframe=True
    )
    n_pictures = len(plan.scenes) + len(plan.characters) + len(plan.clip_scripts)
    filmed_ms = sum(round(script.length_s * 1000) for script in plan.clip_scripts)
    assert cost_of(plan, rates) == n_pictures + filmed_ms


def test_every_rule_has_one_theme() -> None:
    """No decision is without a theme."""
    knowledge = load_knowledge()
    groups = group_rules(knowledge)
    assert OTHER not in groups
    assert sorted(rule.id for rules in groups.values() for rule in rules) == sorted(
        rule.id for rule in knowledge.rules
    )


def test_the_timeline_shows_each_shot_in_the_colour_of_its_place(sides: Explorer) -> None:
    plans = sides.plans
    figure = treatments_figure(sides.song.analysis, plans, reasons=sides.reasons)
    colour_of: dict[str, set[str]] = {}
    for plan, shots in zip(plans.values(), bars_named(figure, "shot"), strict=True):
        rows = [(script, shot) for script in plan.clip_scripts for shot in script.shots]
        assert len(shots.x) == len(rows)
        for (script, shot), colour, height, told in zip(
            rows, shots.marker.color, shots.y, shots.hovertext, strict=True
        ):
            colour_of.setdefault(script.scenes[0], set()).add(colour)
            assert f"{shot.size}" in told
            assert height == min(
                h for (_, s), h in zip(rows, shots.y, strict=True) if s.size == shot.size
            )
        closest = min(rows, key=lambda row: SIZES.index(row[1].size))
        assert shots.y[rows.index(closest)] == max(shots.y)
    assert all(len(colours) == 1 for colours in colour_of.values())


def test_the_strip_shows_the_palette_of_each_part(sides: Explorer) -> None:
    figure = treatments_figure(sides.song.analysis, sides.plans)
    for plan, strip in zip(sides.plans.values(), bars_named(figure, "palette"), strict=True):
        first = plan.clip_scripts[0]
        palette = graded_palette(plan.style.color_palette, first.grade)
        assert tuple(strip.marker.color[: len(palette)]) == palette


def test_the_rhythm_is_told_beside_the_energy(sides: Explorer) -> None:
    figure = rhythm_figure(sides.song.analysis, sides.plans)
    energy, left, right = figure.data
    assert (energy.yaxis, left.yaxis) == ("y2", None)
    assert left.name.startswith("left, r = ")
    assert right.name.startswith("right, r = ")


def test_what_differs_is_marked(sides: Explorer) -> None:
    (table,) = sides.numbers().data
    topics, left, right = table.cells.values
    fills = table.cells.fill.color[1]
    for told, other, fill in zip(left, right, fills, strict=True):
        assert (told != other) == (fill != table.cells.fill.color[0])
    assert set(topics) >= {"places", "cuts on beats", "cutting follows energy", "cost"}


# --- The panel -------------------------------------------------------------------------------


def all_of(widget: widgets.Widget, kind: type[widgets.Widget]) -> Iterator[Any]:
    if isinstance(widget, kind):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from all_of(child, kind)


def row_of(rule: str, panel: widgets.Widget) -> widgets.HBox:
    return next(
        box
        for box in all_of(panel, widgets.HBox)
        if any(rule in text.value for text in box.children if isinstance(text, widgets.HTML))
    )


def test_writing_another_wish_plans_another_film(sides: Explorer) -> None:
    panel = sides.panel()
    _, right = all_of(panel, widgets.Textarea)
    right.value = WISH
    assert sides.sides["right"].prompt == WISH
    assert sides.plans["right"].clip_scripts == sides.plans["left"].clip_scripts
    right.value = "no"
    assert sides.sides["right"].prompt == WISH
    assert any("50 to 500 characters" in text.value for text in all_of(panel, widgets.HTML))


def test_what_is_to_know_of_a_film_is_told_beside_it(sides: Explorer) -> None:
    """As text, whatever was wished."""
    notes = ("Only models that paint from words are told of <kites>.",)
    sides.plans["left"] = sides.plans["left"].model_copy(update={"notes": notes})
    told = [text.value for text in all_of(sides.panel(), widgets.HTML)]
    assert sum("told of &lt;kites&gt;." in value for value in told) == 1


def test_a_tick_turns_a_rule_off_and_tells_what_became_of_it(sides: Explorer) -> None:
    panel = sides.panel()
    row = row_of(RULE, panel)
    _, right = all_of(row, widgets.Checkbox)
    right.value = False
    assert sides.sides["right"].off == {RULE}
    assert not sides.sides["left"].off
    assert "0 right" in next(all_of(row, widgets.HTML)).value
    copy = next(button for button in all_of(panel, widgets.Button) if "Copy" in button.description)
    copy.click()
    assert sides.sides["right"] == sides.sides["left"]
    assert right.value


def test_a_film_that_cannot_do_without_a_rule_keeps_it(
    sides: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tick goes back, and the reason is told."""
    panel = sides.panel()
    left, _ = all_of(row_of(RULE, panel), widgets.Checkbox)

    def refuse(name: str, **changes: object) -> None:
        raise GenerationFailed("Two wide shots in a row.")

    monkeypatch.setattr(sides, "change", refuse)
    left.value = False
    assert left.value
    assert any("Two wide shots in a row." in text.value for text in all_of(panel, widgets.HTML))


def test_models_and_sections_are_chosen(sides: Explorer) -> None:
    panel = sides.panel()
    chosen = {control.description: control for control in all_of(panel, widgets.Dropdown)}
    chosen["Films"].value = "replicate:prunaai/p-video@base-720p"
    assert sides.told("left")["cost"].startswith("about $")
    assert any(sides.told("left")["cost"] in text.value for text in all_of(panel, widgets.HTML))
    chosen["Section"].value = next(name for name in sides.stretches if name.startswith("verse"))
    assert sides.stretch.startswith("verse")


# --- The notebook ----------------------------------------------------------------------------


def test_the_notebook_runs_by_itself_and_shows_its_pictures(
    song: HeardSong, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the newest run's song, when nothing is chosen."""
    path = written(noise(song.analysis.duration), tmp_path / "song.wav")
    brief = make_brief(title="Noise").model_copy(update={"song_file": "song.wav"})
    Run.create(brief, song=path).write(song.analysis)
    shown: list[object] = []
    monkeypatch.setattr(DisplayHandle, "display", lambda _, thing: shown.append(thing))
    names: dict[str, Any] = {}
    notebook = nbformat.read(ROOT / "notebooks" / "explore_director.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names["off"] = RULE
    assert [type(thing) for thing in shown] == [Figure, Figure, Figure, Figure, HTML]
    explorer = names["explorer"]
    assert explorer.song.title == "Noise"
    assert explorer.sides["left"].prompt == WISH
    assert explorer.sides["right"].off == {RULE}
    assert isinstance(explorer.clicks(explorer.plans["left"], 0.0, 2.0), Audio)


def test_a_song_without_a_title_is_called_by_its_wish(song: HeardSong, tmp_path: Path) -> None:
    """Rather than by an id that nobody knows."""
    path = written(noise(1.0), tmp_path / "song.wav")
    brief = make_brief().model_copy(update={"song_file": "song.wav"})
    untitled = song.analysis.metadata.model_copy(update={"title": ""})
    run = Run.create(brief, song=path)
    run.write(song.analysis.model_copy(update={"metadata": untitled}))
    assert WISH.startswith(find_song(str(run.folder)).title.removesuffix(" ..."))


def test_a_song_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_song(str(tmp_path / "nothing.mp3"))
