"""``mvkit director``: what is known can be read, and tried on a song, at the terminal."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mvkit import analysis, commands
from mvkit.__main__ import app
from mvkit.analysis import intake
from mvkit.commands.plans import tell_plan, tell_why
from mvkit.commands.rows import does_of, list_rows
from mvkit.commands.terminal import console
from mvkit.director import load_knowledge, plan_video
from mvkit.errors import MvkitError
from mvkit.schema import Plan
from mvkit.schema.plan import Accent
from mvkit.settings import get_settings

from .conftest import ROOT
from .steady_songs import WISH, make_brief, steady_song

OWN = """
off = ["soft_dissolves"]
[[rules]]
id = "pace_chorus"
then.shot_s = 0.9
[[rules]]
id = "my_bridge"
when = { section = ["bridge"], sung = false }
then.move = { static = 6, pan = 0, others = 0.2 }
weight = 1.5
advice = "The camera holds its breath."
[[things]]
name = "kite"
phrase = "a paper kite"
words = ["kite"]
"""


def director(*arguments: str, columns: int = 80) -> Result:
    result = CliRunner().invoke(app, ["director", *arguments], env={"COLUMNS": str(columns)})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rules(*arguments: str) -> list[dict[str, Any]]:
    return list(json.loads(director("rules", *arguments, "--json").stdout))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    monkeypatch.setenv("MVKIT_KNOWLEDGE", str(path))
    get_settings.cache_clear()
    return path


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a song that was heard already."""
    monkeypatch.setattr(intake, "check_song", lambda _: SimpleNamespace(kind="wav"))
    monkeypatch.setitem(vars(analysis), "analyze_song", lambda *_, **__: steady_song())
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    return tmp_path / "song.wav"


def test_all_rows_are_listed_by_theme() -> None:
    """Every row stands under the file it is in."""
    listed = rules()
    assert {row["id"] for row in listed} == {row.id for row in load_knowledge().rows()}
    folder = Path(str(files("mvkit.director.knowledge")))
    for row in listed:
        assert f'id = "{row["id"]}"' in (folder / f"{row['theme']}.toml").read_text("utf-8")
    assert all(row["origin"] == "ours" for row in listed)


@pytest.mark.parametrize("columns", [80, 200])
def test_rows_are_told_in_words_at_any_width(columns: int) -> None:
    told = director("rules", "--theme", "pacing", columns=columns).stdout
    assert max(map(len, told.splitlines())) <= columns
    rows = rules("--theme", "pacing")
    for row in rows:
        assert row["id"] in told
    assert f"{len(rows)} rows" in told
    words = " ".join(told.split())
    assert "section chorus" in words
    assert "energy below 0.4" in words


@pytest.mark.parametrize("columns", [80, 200])
def test_all_rows_are_told_at_once(columns: int) -> None:
    """Whatever kind they are of, each says what it does."""
    told = director("rules", columns=columns).stdout
    assert f"{sum(1 for _ in load_knowledge().rows())} rows" in told
    if columns == 80:
        for row in list_rows():
            assert f"\n{row.id}\n" in told
            assert does_of(row) or row.table in ("principles", "spelling", "genres"), row.id


def test_every_row_is_told_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that it says stands there; sentences stand in lines of their own."""
    listed = list_rows()
    monkeypatch.setattr("mvkit.commands.rows.list_rows", lambda: listed)
    for row in listed:
        with console.capture() as captured:
            commands.director.rules(row.id)
        told = "".join(captured.get().split())
        for text in row.texts(row.fields).values():
            assert text.split()[0] in told
        assert row.table != "motifs" or ".," not in told


def test_rows_are_filtered() -> None:
    for row in rules("--decides", "shot_s", "--search", "CHORUS"):
        assert "shot_s" in row["then"]
        assert "chorus" in str(row).lower()
    assert {row["theme"] for row in rules("--theme", "light")} == {"light"}
    assert rules("--search", "no row says this") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pace_chors"], "no row 'pace_chors'; near it are pace_chorus"),
        (["--theme", "pacin"], "no theme 'pacin'; near it is pacing"),
        (["--decides", "shots"], "no decision 'shots'; near it"),
    ],
)
def test_what_there_is_not_is_told_with_what_is_near(arguments: list[str], told: str) -> None:
    with pytest.raises(MvkitError) as refusal:
        director("rules", *arguments)
    assert told in refusal.value.message


def test_own_rows_are_told_apart(own: Path) -> None:
    """What is changed, added, left out, and what is no row."""
    told = {row["id"]: row["origin"] for row in rules("--own")}
    assert told == {"pace_chorus": "changed", "my_bridge": "yours", "soft_dissolves": "left out"}
    assert "soft_dissolves" not in {row["id"] for row in rules()}
    shown = director("rules", "--own").stdout
    assert "my_bridge (yours)" in shown
    assert "when section bridge, not sung" in shown
    assert "move: static ×6, pan never, others ×0.2" in shown
    assert "weight 1.5" in shown
    assert "things: kite" in shown


def test_a_row_is_told_in_full_beside_what_ours_says(own: Path) -> None:
    changed = director("rules", "pace_chorus").stdout
    assert "in pacing.toml, changed by mine.toml" in changed
    (line,) = (line for line in changed.splitlines() if "then.shot_s" in line)
    assert line.split()[1] == "0.9"
    assert len(line.split()) == 3
    assert "left out by mine.toml" in director("rules", "soft_dissolves").stdout
    assert "yours, in mine.toml" in director("rules", "my_bridge").stdout


def test_a_plan_is_told_and_nothing_is_written(
    song: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    told = director("plan", str(song), WISH).stdout
    assert set(tmp_path.rglob("*")) == before
    assert max(map(len, told.splitlines())) <= 80
    for words in ("chorus", "neon city", "Understood of the wish", "0:00.0"):
        assert words in told


def test_the_story_and_what_is_seen_beside_the_frame_are_told() -> None:
    """Acts and what returns; which way somebody walks; beats that a shot answers."""
    heard = steady_song()
    planned = plan_video(make_brief(), heard)
    first = planned.clip_scripts[0]
    accent = Accent(time=first.shots[0].start, kind="flash", strength=0.5)
    walks = {"action": "walk", "direction": "left to right", "accents": (accent,)}
    shot = first.shots[0].model_copy(update={**walks, "characters": ("somebody",)})
    script = first.model_copy(update={"shots": (shot, *first.shots[1:])})
    notes = {"motif": "A candle returns.", "notes": ("Nothing was found.",)}
    scripts = (script, *planned.clip_scripts[1:])
    planned = planned.model_copy(update={**notes, "clip_scripts": scripts})
    with console.capture() as captured:
        tell_plan(planned, heard)
        tell_why(planned)
    told = " ".join(captured.get().split())
    for words in (planned.motif, *planned.notes, *(act.name for act in planned.acts)):
        assert words in told
    assert "walk left to right, flash at" in told


def test_a_plan_is_written_where_it_is_asked_for(song: Path, tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    director("plan", str(song), WISH, "--seed", "5", "--world", "forest", "--out", str(target))
    plan = Plan.from_json(target.read_text("utf-8"))
    assert plan.scenes[0].world == "forest"
    told = director("plan", str(song), WISH, "--seed", "5", "--world", "forest").stdout
    assert " ".join(plan.treatment.split()) in " ".join(told.split())


def test_rules_behind_shots_are_told_and_can_be_left_out(song: Path) -> None:
    told = director("plan", str(song), WISH, "--why").stdout
    assert "pace_chorus" in told
    less = director(
        "plan", str(song), WISH, "--why", "--without", "pace_chorus", "--without", "pace_calm"
    ).stdout
    assert "pace_chorus" not in less
    assert "pace_calm" not in less


def test_own_rows_are_tried_at_once(song: Path, own: Path) -> None:
    told = " ".join(director("plan", str(song), WISH, "--why").stdout.split())
    assert "goes by mine.toml: it changes pace_chorus, adds my_bridge" in told
    assert "The camera holds its breath." in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--out", "no/such/folder/plan.json"], "in a folder that exists"),
        (["--out", "song.wav"], "ends in .json"),
        (["--without", "pace_chors"], "no such row; near it are pace_chorus"),
        (["--without", "by_hand"], "one of [[principles]], which films need"),
        (["--world", "moon"], "no world 'moon'"),
        (["--palette", "octarine"], "no palette 'octarine'"),
    ],
)
def test_what_cannot_be_is_told_before_the_song_is_heard(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    """There is no song at all: nobody looked for it yet."""
    with pytest.raises(MvkitError) as refusal:
        director("plan", str(tmp_path / "none.wav"), WISH, *arguments)
    assert told in refusal.value.message


def test_the_commands_of_the_docs_work(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand there, on a song of that name."""
    monkeypatch.chdir(song.parent)
    song.rename("song.mp3")
    pages = [ROOT / "README.md", ROOT / "docs" / "director.md"]
    told = "\n".join(page.read_text("utf-8") for page in pages)
    lines = dict.fromkeys(re.findall(r"^mvkit director (.*)$", told, re.M))
    assert {line.split()[0] for line in lines} == {"rules", "plan"}
    for line in lines:
        assert director(*shlex.split(line, comments=True)).stdout
