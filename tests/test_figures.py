"""There is one picture or sound per artefact, drawn from the artefact alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mvkit import figures
from mvkit.schema import Analysis, Artefact, References

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
