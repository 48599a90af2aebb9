"""There is one picture or sound per artefact, drawn from the artefact alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from mvkit import figures
from mvkit.figures.lanes import START_MS
from mvkit.figures.transitions import Course, Strip
from mvkit.schema import Accent, Act, Analysis, Artefact, Grade, Key, Plan, References, Span
from mvkit.schema.analysis import SectionType

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


@pytest.fixture
def told(plan: Plan) -> Plan:
    """A plan with a story: two acts, a middle clip of its own colours, a beat that is answered."""
    first, second, third = plan.clip_scripts
    beat = Accent(time=5.0, kind="flash", strength=0.5)
    shot = second.shots[0].model_copy(update={"accents": (beat,)})
    graded = {"grade": Grade(lead=1, saturation=1.2), "shots": (shot, *second.shots[1:])}
    acts = (
        Act(start=0.0, end=4.0, name="setup", story="A <b>quiet</b> street."),
        Act(start=4.0, end=12.0, name="climax", story="It sings.", rules=("chorus_pays_off",)),
    )
    scripts = (first, second.model_copy(update=graded), third)
    changes = {"clip_scripts": scripts, "acts": acts, "genre": "synth_pop"}
    return Plan.model_validate(plan.model_copy(update=changes).model_dump())


def traces_of(figure: figures.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def seconds(times: Any) -> list[float]:
    """Return dates of a timeline, as milliseconds, in seconds of the song."""
    return [(time - START_MS) / 1000 for time in times]


def test_every_shot_is_drawn_where_it_plays(plan: Plan) -> None:
    traces = traces_of(figures.plan_figure(plan))
    starts = [start for scene in plan.scenes for start in seconds(traces[scene.id].x)]
    assert sorted(starts) == [0.0, 4.0, 6.0, 8.0, 10.0]


def test_a_shot_tells_its_rules_or_their_sentences(plan: Plan) -> None:
    """The ids are there for whoever looks them up in the tables."""
    rule = plan.clip_scripts[0].shots[0].rules[0]
    for reasons, expected in ((None, rule), ({rule: "So it is."}, "So it is.")):
        traces = figures.plan_figure(plan, reasons=reasons).data
        assert expected in str([trace.hovertext for trace in traces])


@pytest.mark.parametrize("page", ["notebook", "storyboard"])
def test_the_story_is_told_over_the_shots(page: str, analysis: Analysis, told: Plan) -> None:
    """Acts as bands, the palette of each part, and beats that are answered as marks."""
    figure = (
        figures.plan_figure(told)
        if page == "notebook"
        else figures.storyboard_figure(analysis, told, reasons={"chorus_pays_off": "It pays off."})
    )
    acts, palette, accents = (traces_of(figure)[name] for name in ("act", "palette", "accent"))
    assert (list(acts.text), seconds(acts.x)) == (["setup", "climax"], [0.0, 4.0])
    assert "A &lt;b&gt;quiet&lt;/b&gt; street." in acts.hovertext[0]
    assert ("It pays off." in acts.hovertext[1]) == (page == "storyboard")
    assert (seconds(accents.x), list(accents.marker.symbol)) == ([5.0], ["star"])
    assert sorted(set(seconds(palette.x))) == [0.0, 4.0, 8.0]
    assert palette.marker.color[0] == told.style.color_palette[0]
    if page == "notebook":
        assert figure.layout.title.text.startswith("synth pop, narrative, ")


def test_the_palette_s_colours_fill_their_lane_the_leading_one_widest(told: Plan) -> None:
    palette = traces_of(figures.plan_figure(told))["palette"]
    n_colours = len(told.style.color_palette)
    heights, bases = (np.array(values)[:n_colours] for values in (palette.y, palette.base))
    assert heights == pytest.approx([2 * heights[1], *[heights[1]] * (n_colours - 1)], abs=1e-3)
    assert bases[:-1] == pytest.approx(bases[1:] + heights[1:], abs=1e-3)


def test_clips_of_one_palette_are_one_part(told: Plan) -> None:
    """Neighbours of one grade join; another grade has its own colours, another leading one."""
    first, second, third = figures.palette_parts(told)
    assert first.palette == third.palette == told.style.color_palette
    assert second.palette != first.palette
    assert [part.span.start for part in (first, second, third)] == [0.0, 4.0, 8.0]
    scripts = [script.model_copy(update={"grade": Grade()}) for script in told.clip_scripts]
    [whole] = figures.palette_parts(told.model_copy(update={"clip_scripts": tuple(scripts)}))
    assert (whole.span.start, whole.span.end) == (0.0, 12.0)


def test_a_plan_without_a_story_has_no_acts(analysis: Analysis, plan: Plan, told: Plan) -> None:
    """Plans of earlier versions look as they did, and take no room for what they lack."""
    fields = plan.model_dump(exclude={"acts"})
    for shot in (shot for script in fields["clip_scripts"] for shot in script["shots"]):
        shot["accents"] = ()
    storyless = Plan.model_validate(fields)
    old, new = (figures.storyboard_figure(analysis, one) for one in (storyless, told))
    assert "act" not in traces_of(old)
    assert not traces_of(old)["accent"].x
    assert old.layout.height < new.layout.height


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


@pytest.fixture
def eventful(analysis: Analysis) -> Analysis:
    """An analysis with a drop and a break."""
    moments = [
        {"time": 4.0, "kind": "drop", "strength": 0.9},
        {"time": 8.0, "kind": "break", "strength": 0.4},
    ]
    return Analysis.model_validate(analysis.model_dump() | {"moments": moments})


def waveform_of(analysis: Analysis) -> figures.Figure:
    return figures.waveform_figure(
        [0.2, 1.0, 0.5],
        duration_s=analysis.duration,
        sections=analysis.song_structure,
        beats_s=analysis.beat_timestamps,
        downbeats_s=analysis.downbeat_timestamps,
        moments=analysis.moments,
    )


def test_every_kind_of_section_has_a_colour_of_its_own() -> None:
    assert set(figures.SECTION_COLOURS) == set(get_args(SectionType))
    assert len(set(figures.SECTION_COLOURS.values())) == len(figures.SECTION_COLOURS)


def test_drops_and_breaks_are_marked_where_they_are(eventful: Analysis) -> None:
    """On the waveform as on the curves; a song without any has no mark."""
    mark = traces_of(waveform_of(eventful))["moment"]
    assert list(mark.x) == [4.0, 8.0]
    assert [told.split()[0] for told in mark.hovertext] == ["drop", "break"]
    assert len(set(mark.marker.symbol)) == 2
    curves = traces_of(figures.beats_figure(eventful))
    assert (list(curves["drop"].x), list(curves["break"].x)) == ([4.0], [8.0])
    calm = eventful.model_copy(update={"moments": ()})
    assert "moment" not in traces_of(waveform_of(calm))


def test_what_the_ear_goes_by_stays_light(analysis: Analysis) -> None:
    """Matrices as large as a portrait has them are drawn in less than a picture takes."""
    rng = np.random.default_rng(0)
    similarity = figures.similarity_figure(
        rng.integers(0, 256, (160, 160), dtype=np.uint8),
        edges_s=np.linspace(0, 12, 161).tolist(),
        sections=analysis.song_structure,
    )
    tempogram = figures.tempogram_figure(
        rng.integers(0, 256, (130, 240), dtype=np.uint8),
        tempi_bpm=np.geomspace(40, 240, 130).tolist(),
        step_s=0.05,
        tempo_bpm=100.0,
    )
    for figure in (similarity, tempogram):
        assert len(str(figure._repr_mimebundle_())) < 100_000


def test_the_similarity_is_cut_where_sections_begin(analysis: Analysis) -> None:
    """Once across and once upright for each edge; a strip of all sections along either side."""
    figure = figures.similarity_figure(
        np.zeros((2, 2), np.uint8), edges_s=(0.0, 5.0, 12.0), sections=analysis.song_structure
    )
    starts = [section.start for section in analysis.song_structure]
    edges = traces_of(figure)["section edges"]
    assert set(edges.y[::3]) | set(edges.x[::3]) == {0.0, *starts[1:]}
    strips = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(strip.base) for strip in strips] == [starts, starts]


@pytest.mark.parametrize(
    ("tempo_bpm", "drawn"), [(100.0, ["50", "100.0", "200"]), (150.0, ["75", "150.0"])]
)
def test_the_chosen_tempo_and_its_octaves_are_lines(tempo_bpm: float, drawn: list[str]) -> None:
    """As far as the tempogram reaches; only the chosen one is solid."""
    figure = figures.tempogram_figure(
        np.zeros((3, 4), np.uint8),
        tempi_bpm=(40.0, 100.0, 240.0),
        step_s=0.5,
        tempo_bpm=tempo_bpm,
    )
    notes = figure.layout.annotations
    assert [note.text for note in notes] == drawn
    assert [round(10**note.y) for note in notes] == [round(float(text)) for text in drawn]
    solid = [line.y0 for line in figure.layout.shapes if line.line.dash == "solid"]
    assert solid == [tempo_bpm]


@pytest.mark.parametrize(
    ("mode", "scale"),
    [("major", "C# Eb F F# Ab Bb C"), ("minor", "C# Eb E F# Ab A B")],
)
def test_the_scale_of_the_key_stands_out_among_the_pitches(mode: str, scale: str) -> None:
    """The tonic in one colour, its scale in another, the rest in a third."""
    key = Key.model_validate({"tonic": "C#", "mode": mode, "confidence": 0.5})
    [bars] = figures.key_figure(key, [0.1] * 12).data
    colour_of = dict(zip(bars.x, bars.marker.color, strict=True))
    tonic, second, *others = scale.split()
    assert len(set(bars.marker.color)) == 3
    assert [name for name in bars.x if colour_of[name] == colour_of[tonic]] == [tonic]
    in_scale = {name for name in bars.x if colour_of[name] == colour_of[second]}
    assert in_scale == {second, *others}


def test_the_mood_is_a_point_on_the_plane_of_its_words(analysis: Analysis) -> None:
    mood = analysis.mood
    figure = figures.mood_figure(mood)
    point = traces_of(figure)["song"]
    assert (point.x, point.y) == ((mood.valence,), (mood.arousal,))
    words = {word for trace in figure.data for word in trace.text or ()}
    assert words == {"energetic", "calm", "dark", "bright"}


def test_a_player_holds_its_sound() -> None:
    assert 'src="data:audio/mpeg;base64,c291bmQ="' in figures.player(b"sound")


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


# --- Transitions ------------------------------------------------------------------------------


def strip_of(shape: tuple[int, int], *, why: str = "So it is.") -> Strip:
    pictures = [np.full((*shape, 3), level, np.uint8) for level in (10, 120, 240)]
    return Strip(pictures, length_s=0.4, why=why)


def test_a_transition_is_a_strip_whose_picture_on_the_beat_is_framed() -> None:
    strips = {"wipe": strip_of((90, 160)), "push": strip_of((90, 160))}
    figure = figures.transitions_figure(strips, title="Day gives way to night")
    pictures = figure.layout.images
    assert [picture.x for picture in pictures[:3]] == sorted({picture.x for picture in pictures})
    assert len({picture.y for picture in pictures}) == len(strips)
    for middle, frame in zip((pictures[1], pictures[4]), figure.layout.shapes, strict=True):
        assert ((frame.x0 + frame.x1) / 2, frame.y0) == pytest.approx((middle.x, middle.y))
    told = figure.data[0].hovertext
    assert told[:3] == (
        "wipe, 0.20 s before the beat",
        "wipe, on the beat",
        "wipe, 0.20 s after the beat",
    )


@pytest.mark.parametrize("shape", [(90, 160), (160, 90), (120, 120)])
def test_pictures_of_any_shape_keep_it_and_do_not_overlap(shape: tuple[int, int]) -> None:
    figure = figures.transitions_figure({"wipe": strip_of(shape)}, title="")
    (first, second, _), layout = figure.layout.images, figure.layout
    assert first.sizey / first.sizex == pytest.approx(shape[0] / shape[1])
    assert second.x - first.x > first.sizex
    assert first.y + first.sizey < layout.yaxis.range[0]
    assert layout.xaxis.range == (0, layout.width)
    assert layout.yaxis.range[0] == layout.height - layout.margin.t


def test_reasons_for_a_transition_are_shown_as_text() -> None:
    """Rows of the knowledge may be a user's own."""
    figure = figures.transitions_figure({"wipe": strip_of((9, 16), why="<b>why")}, title="")
    table = figures.transitions_table({"wipe": ["<b>why"]})
    for shown in (figure.layout.annotations[-1].text, table.data[0].cells["values"][1][0]):
        assert "&lt;b&gt;why" in shown


def test_every_transition_has_a_panel_with_its_two_pictures_and_its_light() -> None:
    """On the same clock, named once."""
    half = np.array([0.5, 0.5])
    course = Course(times_s=np.array([-0.2, 0.2]), going=half, coming=half, light=half)
    kinds = ["cut", "wipe", "push", "whip", "zoom", "spin"]
    figure = figures.courses_figure(dict.fromkeys(kinds, course))
    assert [note.text for note in figure.layout.annotations] == kinds
    assert len({trace.xaxis for trace in figure.data}) == len(kinds)
    assert len(figure.data) == 3 * len(kinds)
    assert sum(trace.showlegend for trace in figure.data) == 3


def test_transitions_are_counted_in_the_film_that_is_given(plan: Plan) -> None:
    kind = plan.transitions[0].type
    n_times = sum(joint.type == kind for joint in plan.transitions)
    reasons = {kind: ["So it is."], "film burn": ["Old film burns.", "It is hot."]}
    alone, counted = (figures.transitions_table(reasons, plan=p).data[0] for p in (None, plan))
    assert len(alone.cells["values"]) == 2
    assert list(counted.cells["values"][-1]) == [f"{n_times} ×", ""]
    marked, plain = counted.cells.fill.color[0]
    assert marked != plain
    assert set(alone.cells.fill.color[0]) == {plain}
