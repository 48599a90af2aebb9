"""Runs beside one another: which are chosen, what is told of them, as a table and in pictures."""

from __future__ import annotations

import csv
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import nbformat
import pytest
from PIL import Image

from mvkit.batches.roll import Member, Roll, folder_of, write_roll
from mvkit.errors import InvalidInput, NotFound
from mvkit.figures import lineup as figures
from mvkit.figures.lineup.words import MOST_DRAWN
from mvkit.lineup import choose, export, line_up
from mvkit.run import Run, Status, draft_brief
from mvkit.schema import Analysis, Artefact, Clips, Plan, Prompts, References, Video
from mvkit.schema.lineup import Film

from .conftest import ROOT

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
DRAWN = (
    figures.lineup_table,
    figures.rhythms_figure,
    figures.palettes_figure,
    figures.makings_figure,
    figures.endings_figure,
)


def film(folder: Path, examples: dict[str, Artefact], **wish: Any) -> Run:
    """Make a finished run of the docs' artefacts."""
    run = started(folder, **wish)
    for kind in (Analysis, Plan, References, Prompts, Clips, Video):
        artefact = examples[kind.stage]
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
        run.tell("stage_update", stage=kind.stage, status="started")
        run.tell("stage_update", stage=kind.stage, status="finished", duration=2.0)
    Image.new("RGB", (64, 36), "red").save(run.path(run.read(Video).contact_sheet_url))
    run.path("video.mp4").write_bytes(b"a film")
    end(run, state="finished", stage="video")
    return run


def started(folder: Path, **wish: Any) -> Run:
    song = folder / "song.wav"
    song.write_bytes(b"RIFF")
    return Run.create(draft_brief(song=song, kind="wav", **{"prompt": PROMPT} | wish), song=song)


def end(run: Run, **told: Any) -> None:
    run.set_status(Status(job_id=run.job_id, updated_at=1.0, **told))


@pytest.fixture
def films(tmp_path: Path, examples: dict[str, Artefact]) -> dict[str, Run]:
    """Two films that differ in their seed, and a run that failed."""
    runs = {
        "first": film(tmp_path, examples, title="Neon"),
        "second": film(tmp_path, examples, title="Neon", seed=2),
        "failed": started(tmp_path, title="<b>Rain</b>", seed=3),
    }
    reason = {"error": "The model is <busy>.", "code": "GENERATION_ERROR", "reason": "PROVIDER"}
    end(runs["failed"], state="failed", stage="references", error=reason)
    return runs


def ids(rows: Any) -> list[str]:
    return [row.job_id for row in rows]


# --- Choosing ---------------------------------------------------------------------------------


def test_all_runs_are_chosen_the_oldest_first(films: dict[str, Run]) -> None:
    assert ids(choose()) == [run.job_id for run in films.values()]


def test_the_newest_are_kept_where_there_are_too_many(films: dict[str, Run]) -> None:
    assert ids(choose(newest=2)) == [films["second"].job_id, films["failed"].job_id]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"genre": "pop"}, ["first", "second"]),
        ({"genre": "jazz"}, []),
        ({"text": "NEON-LIT"}, ["first", "second", "failed"]),
        ({"text": "rain</b>"}, ["failed"]),
        ({"where": "seed > 1 AND state = 'finished'"}, ["second"]),
        ({"where": "seed = 1 OR seed = 2 -- by chance", "text": "neon"}, ["first", "second"]),
        ({"where": "seed = 1 OR true", "genre": "jazz"}, []),
    ],
)
def test_runs_fulfil_all_that_is_asked_for(
    films: dict[str, Run], asked: dict[str, str], found: list[str]
) -> None:
    assert ids(choose(**asked)) == [films[name].job_id for name in found]  # type: ignore[arg-type]


def test_runs_are_chosen_by_the_beginning_of_their_ids(films: dict[str, Run]) -> None:
    assert ids(choose(runs=[films["second"].job_id[:13]])) == [films["second"].job_id]
    with pytest.raises(NotFound, match="begins with 'zz'"):
        choose(runs=["zz"])


def test_a_batch_stands_in_the_order_of_its_roll(films: dict[str, Run]) -> None:
    order = [films["second"].job_id, films["first"].job_id]
    folder_of("mine").mkdir(parents=True)
    members = tuple(Member(key=str(n), job_id=job_id) for n, job_id in enumerate(order))
    write_roll(Roll(name="mine", members=members))
    assert ids(choose(batch="mine")) == order
    assert ids(choose(batch="mine", where="seed = 1")) == order[1:]


def test_a_batch_without_films_has_none(films: dict[str, Run]) -> None:
    folder_of("empty").mkdir(parents=True)
    assert choose(batch="empty") == ()


def test_a_batch_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFound, match="There is no batch nobodys"):
        choose(batch="nobodys")


def test_a_condition_that_is_wrong_is_told(films: dict[str, Run]) -> None:
    with pytest.raises(InvalidInput, match="tempo"):
        choose(where="tempo > 3")


# --- What is told -----------------------------------------------------------------------------


def test_a_film_is_told_in_numbers(films: dict[str, Run]) -> None:
    first = line_up(choose())[0]
    assert (first.number, first.name, first.genre) == (1, "1 Neon", "pop")
    assert (first.tempo_bpm, first.song_s, first.key) == (120.0, 12.0, "A minor")
    assert (first.n_cuts, first.n_on_beat, first.warnings) == (4, 4, "")
    assert first.plan
    assert first.n_shots == len(first.plan.whole_shots()) > 3
    assert first.median_shot_s
    assert 0.5 < first.median_shot_s < 6.0
    assert (first.clips_s, first.worked_s) == (2.0, 12.0)


def test_a_film_tells_what_it_differs_in_and_nothing_else(
    tmp_path: Path, examples: dict[str, Artefact], films: dict[str, Run]
) -> None:
    film(tmp_path, examples, title="Neon", seed=2, options={"plan": {"pace": 1.4}})
    assert [one.differs for one in line_up(choose(where="title = 'Neon'"))] == [
        "seed 1",
        "seed 2",
        "seed 2, plan.pace 1.4",
    ]


def test_films_of_several_wishes_tell_how_theirs_begins(tmp_path: Path) -> None:
    started(tmp_path)
    started(tmp_path, prompt="A dancer alone in an empty hall, red light, until the crowd arrives.")
    assert [film.differs for film in line_up(choose())] == [
        'wish "A lone figure walks through ..."',
        'wish "A dancer alone in an ..."',
    ]


def test_a_run_that_failed_or_is_damaged_stands_in_the_lineup(films: dict[str, Run]) -> None:
    films["second"].path("plan.json").write_text("{")
    _, second, failed = line_up(choose())
    assert (second.state, second.plan, second.n_shots) == ("damaged", None, None)
    assert second.analysis is not None
    assert (failed.state, failed.reason, failed.analysis) == ("failed", "PROVIDER", None)


# --- Exports ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_an_export_holds_a_row_for_each_film(
    films: dict[str, Run], tmp_path: Path, ending: str
) -> None:
    path = export(line_up(choose()), tmp_path / "new" / f"films.{ending}")
    asked = f"SELECT title, seed, bpm_, created_at, state FROM '{path}'".replace(
        "bpm_", "tempo_bpm"
    )
    rows = duckdb.sql(asked).fetchall()
    assert [(title, seed, bpm) for title, seed, bpm, *_ in rows] == [
        ("Neon", 1, 120.0),
        ("Neon", 2, 120.0),
        ("<b>Rain</b>", 3, None),
    ]
    assert all(isinstance(created_at, datetime) for *_, created_at, _ in rows)
    assert [state for *_, state in rows] == ["finished", "finished", "failed"]


def test_an_export_of_no_film_has_its_columns(tmp_path: Path) -> None:
    (header,) = csv.reader(export((), tmp_path / "none.csv").read_text().splitlines())
    assert header[:3] == ["number", "job_id", "created_at"]
    assert not {"analysis", "plan", "sheet"} & {*header}


def test_an_export_to_another_format_is_refused_and_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "films.xlsx"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match=r"films\.xlsx; expected .*\.parquet"):
        export((), path)
    assert path.read_text() == "mine"


# --- Figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_figures_draw_any_lineup(films: dict[str, Run], draw: Any) -> None:
    """None at all, too; and what people wrote is no markup."""
    assert json.loads(draw(()).to_json())["layout"]["height"] > 50
    drawn = draw(line_up(choose())).to_json()
    assert "<b>" not in drawn.replace("\\u003c", "<")
    assert "<busy>" not in drawn.replace("\\u003c", "<")


def test_the_rhythm_steps_where_the_plan_cuts(films: dict[str, Run]) -> None:
    lineup = line_up(choose())
    (first, second) = [
        trace
        for trace in figures.rhythms_figure(lineup).data
        if trace.type == "scatter" and trace.text is not None
    ]
    assert lineup[0].plan
    assert list(first.x[:-1]) == [shot.start for shot in lineup[0].plan.whole_shots()]
    assert max(first.y) > 0.8
    assert max(second.y) == pytest.approx(max(first.y) - 1)


def test_stages_are_told_for_a_second_of_song(films: dict[str, Run]) -> None:
    clips = next(
        bar for bar in figures.makings_figure(line_up(choose())).data if bar.name == "clips"
    )
    assert list(clips.x) == pytest.approx([2.0 / 12.0, 2.0 / 12.0])


def test_films_are_counted_by_genre_and_by_how_they_ended(films: dict[str, Run]) -> None:
    bars = {
        bar.name: dict(zip(bar.y, bar.x, strict=True))
        for bar in figures.endings_figure(line_up(choose())).data
    }
    assert bars == {"finished": {"pop": 2, "no genre": 0}, "provider": {"pop": 0, "no genre": 1}}


def test_more_films_than_can_be_drawn_are_told(films: dict[str, Run]) -> None:
    lineup = line_up(choose(genre="pop"))
    many = [one.model_copy(update={"number": n}) for n in range(1, 20) for one in lineup]
    figure = figures.rhythms_figure(many)
    assert len(figure.layout.yaxis.ticktext) == MOST_DRAWN
    assert "8 more are not drawn" in figure.layout.xaxis.title.text
    assert figures.sheets(many).count("<img") == MOST_DRAWN


def test_contact_sheets_hold_their_pictures(films: dict[str, Run]) -> None:
    shown = figures.sheets(line_up(choose()))
    assert shown.count('src="data:image/jpeg;base64,') == 2
    assert re.findall(r"<b>(.*?)</b>", shown) == ["1 Neon", "2 Neon"]
    assert "no contact sheet" in figures.sheets(())


# --- The notebook -----------------------------------------------------------------------------


@pytest.mark.parametrize("is_empty", [False, True], ids=["of films", "of none"])
def test_the_notebook_shows_any_lineup(
    tmp_path: Path,
    examples: dict[str, Artefact],
    capsys: pytest.CaptureFixture[str],
    is_empty: bool,
) -> None:
    if not is_empty:
        film(tmp_path, examples)
    names: dict[str, Any] = {}
    shown = []
    for cell in nbformat.read(ROOT / "notebooks" / "genre_report.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            *lines, last = cell.source.splitlines()
            is_figure = last.startswith(("figures.", "HTML("))
            exec("\n".join(lines if is_figure else [*lines, last]), names)
            if is_figure:
                shown.append(eval(last, names))
            if "parameters" in cell.metadata.get("tags", ()):
                names["export_to"] = str(tmp_path / "films.csv")
    assert len(shown) == 6
    assert ("`make genres` makes eight" in capsys.readouterr().out) == is_empty
    assert (tmp_path / "films.csv").read_text().count("\n") == (1 if is_empty else 2)


def test_a_film_is_what_its_export_tells() -> None:
    """Every field is a column, but for what stands behind them."""
    assert {*Film.model_fields} - {"analysis", "plan", "sheet"} == {
        name for name, *_ in duckdb.sql(f"DESCRIBE FROM '{export((), Path('all.csv'))}'").fetchall()
    }
