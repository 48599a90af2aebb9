"""There is one picture or sound per artefact, drawn from the artefact alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mvkit import figures
from mvkit.figures.lanes import START_MS
from mvkit.schema import Analysis, Artefact, Plan, References, Span

from .film_makers import make_analysis, make_plan

FIGURES: dict[str, Callable[[Any], figures.Figure]] = {
    "analysis": figures.beats_figure,
    "plan": figures.plan_figure,
    "prompts": figures.prompts_figure,
    "clips": figures.clips_figure,
    "video": figures.cuts_figure,
}


@pytest.mark.parametrize("stage", FIGURES)
def test_a_figure_puts_only_its_data_into_a_notebook(
    stage: str, examples: dict[str, Artefact]
) -> None:
    bundle = FIGURES[stage](examples[stage])._repr_mimebundle_()
    assert list(bundle) == ["application/vnd.plotly.v1+json"]
    (figure,) = bundle.values()
    assert figure["data"]
    assert len(str(bundle)) < 100_000


def test_every_check_is_listed(examples: dict[str, Artefact]) -> None:
    (table,) = figures.checks_figure(examples["video"]).data  # type: ignore[arg-type]
    assert list(table.cells["values"][0]) == ["frame count"]


def test_beats_and_downbeats_are_drawn_apart(examples: dict[str, Artefact]) -> None:
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    drawn = {trace.name: len(trace.x) for trace in figures.beats_figure(analysis).data}
    assert (drawn["beat"], drawn["downbeat"]) == (18, 6)


def test_every_shot_is_drawn_where_it_plays(examples: dict[str, Artefact]) -> None:
    drawn = figures.plan_figure(examples["plan"]).data  # type: ignore[arg-type]
    assert sorted(start for trace in drawn for start in trace.base) == [0.0, 4.0, 6.0, 8.0, 10.0]


@pytest.fixture
def analysis(examples: dict[str, Artefact]) -> Analysis:
    found = examples["analysis"]
    assert isinstance(found, Analysis)
    return found


@pytest.fixture
def plan(examples: dict[str, Artefact]) -> Plan:
    found = examples["plan"]
    assert isinstance(found, Plan)
    return found


def traces_of(figure: figures.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def seconds(times: Any) -> list[float]:
    """Return dates of a timeline, as milliseconds, in seconds of the song."""
    return [(time - START_MS) / 1000 for time in times]


def test_the_timeline_has_each_shot_where_it_plays_in_its_place_s_colour(
    analysis: Analysis, plan: Plan
) -> None:
    figure = figures.storyboard_figure(analysis, plan)
    for scene in plan.scenes:
        trace = traces_of(figure)[scene.id]
        scripts = [script for script in plan.clip_scripts if script.scenes == (scene.id,)]
        shots = [(script, shot) for script in scripts for shot in script.shots]
        assert seconds(trace.x) == [shot.start for _, shot in shots]
        assert [width / 1000 for width in trace.width] == [shot.length_s for _, shot in shots]
        assert list(trace.customdata) == [script.clip_index for script, _ in shots]
        assert trace.marker.color == figures.place_colours(plan)[scene.id]


def test_a_closer_shot_is_a_taller_block(analysis: Analysis, plan: Plan) -> None:
    blocks: dict[str, float] = {}
    traces = traces_of(figures.storyboard_figure(analysis, plan))
    for scene in plan.scenes:
        for height, told in zip(traces[scene.id].y, traces[scene.id].hovertext, strict=True):
            blocks[told.split("<br>")[1].split(",")[0]] = height
    sizes = [size for size in figures.SIZES if size in blocks]
    assert len(sizes) >= 3
    heights = [blocks[size] for size in sizes]
    assert heights == sorted(heights, reverse=True)


def test_every_boundary_says_how_its_clips_join(analysis: Analysis, plan: Plan) -> None:
    mark = traces_of(figures.storyboard_figure(analysis, plan))["transition"]
    assert seconds(mark.x) == [script.start for script in plan.clip_scripts[1:]]
    kinds = [transition.type for transition in plan.transitions]
    assert [told.startswith(f"<b>{k}") for told, k in zip(mark.hovertext, kinds, strict=True)]
    assert len(set(mark.marker.symbol)) == len(set(kinds))


def test_sections_beats_and_words_lie_on_the_same_clock(analysis: Analysis, plan: Plan) -> None:
    traces = traces_of(figures.storyboard_figure(analysis, plan))
    assert seconds(traces["section"].x) == [s.start for s in analysis.song_structure]
    assert seconds(traces["lyrics"].x) == [line.timestamp for line in analysis.lyrics]
    drawn = list(traces["downbeat"].x[::3])
    assert seconds(drawn) == list(analysis.downbeat_timestamps)


def test_a_shot_tells_its_reasons_where_they_are_known(analysis: Analysis, plan: Plan) -> None:
    why = {"intro_establishes": "The intro shows <where> we are."}
    figure = figures.storyboard_figure(analysis, plan, reasons=why)
    told = str([trace.hovertext for trace in figure.data])
    assert "The intro shows &lt;where&gt; we are." in told
    assert "<where>" not in told


def test_sung_words_are_shown_as_text(plan: Plan) -> None:
    line = {"timestamp": 1.0, "end": 2.0, "text": "<b onclick=alert(1)>la la</b>"}
    analysis = make_analysis(12.0, lyrics=[line])
    (told,) = traces_of(figures.storyboard_figure(analysis, plan))["lyrics"].hovertext
    assert "&lt;b onclick=alert(1)&gt;" in told


def test_the_timeline_shows_the_span_that_is_asked_for(analysis: Analysis, plan: Plan) -> None:
    whole = figures.storyboard_figure(analysis, plan)
    part = figures.storyboard_figure(analysis, plan, span=Span(start=4.0, end=8.0))
    assert seconds(whole.layout.xaxis.range) == [0.0, 12.0]
    assert seconds(part.layout.xaxis.range) == [4.0, 8.0]


def test_the_timeline_of_a_long_song_stays_light() -> None:
    """Ten minutes of energy are drawn by their peaks, and no trace is drawn per beat or shot."""
    curve = [0.0] * 18_000
    curve[9_000] = 1.0
    curves = {"rate_hz": 30.0, **dict.fromkeys(("bass", "mid", "high", "onset", "energy"), curve)}
    analysis = make_analysis(600.0).model_dump() | {"curves": curves}
    plan = make_plan(
        [6.0 * n for n in range(101)], shots_s={n: [6.0 * n + 3.0] for n in range(100)}
    )
    figure = figures.storyboard_figure(Analysis.model_validate(analysis), plan)
    energy = traces_of(figure)["energy"]
    assert len(energy.x) <= 1000
    assert seconds([energy.x[int(np.argmax(energy.y))]]) == [300.0]
    assert len(figure.data) < 12
    assert len(figure.to_json()) < 300_000


def test_clicks_sound_exactly_on_the_beats(examples: dict[str, Artefact]) -> None:
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    rate_hz = 8000
    sound = figures.clicks(analysis, np.zeros(12 * rate_hz, np.float32), rate_hz=rate_hz)
    loud = np.abs(sound) > 1e-3
    starts = [n for n in np.flatnonzero(loud) if not loud[max(0, n - 200) : n].any()]
    heard = np.array(starts) / rate_hz
    assert np.allclose(heard, analysis.beat_timestamps, atol=0.001)


def test_clicks_stop_with_an_excerpt(examples: dict[str, Artefact]) -> None:
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    assert len(figures.clicks(analysis, np.zeros(8000, np.float32), rate_hz=8000)) == 8000


def test_the_gallery_holds_its_pictures_and_escapes_words(
    tmp_path: Path, examples: dict[str, Artefact]
) -> None:
    references = examples["references"]
    assert isinstance(references, References)
    (tmp_path / "references").mkdir()
    for reference in (*references.scene_references, *references.character_references):
        Image.new("RGB", (32, 32), "red").save(tmp_path / reference.image_url)
    place = references.scene_references[0].model_copy(update={"prompt_used": "<script>x"})
    hostile = references.model_copy(
        update={"scene_references": (place, references.scene_references[1])}
    )
    page = figures.gallery(hostile, tmp_path)
    assert page.count("data:image/jpeg;base64,") == 3
    assert "&lt;script&gt;x" in page
    assert "<script" not in page
