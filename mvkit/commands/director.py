"""What the director knows and would do: director rules, director plan."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from mvkit.commands.plans import tell_plan, tell_reasons, tell_shots, tell_why
from mvkit.commands.terminal import SeedOption, console, tell_indented
from mvkit.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from mvkit.commands.rows import ShownRow
    from mvkit.director import Knowledge
    from mvkit.schema import Analysis, Brief

WIDE = 132
"""From so many columns on, each field of a row has a column of its own."""
STYLES = {"changed": "yellow", "yours": "green", "left out": "red"}

app = typer.Typer(
    no_args_is_help=True, help="What the director knows, and what it would make of a song."
)


@app.command()
def rules(
    row_id: Annotated[str, typer.Argument(help="Tell this row in full.")] = "",
    theme: Annotated[str, typer.Option(help="Only one theme: pacing, camera, ...")] = "",
    decides: Annotated[str, typer.Option(help="Only rules that decide this: shot_s, ...")] = "",
    search: Annotated[str, typer.Option(help="Only rows in which this stands.")] = "",
    own: Annotated[bool, typer.Option("--own", help="Only what your own file says.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them for programs.")] = False,
) -> None:
    """List what the director knows: when it holds, what it does, why, and who says so."""
    from mvkit.commands.rows import list_rows

    rows = list_rows()
    if row_id:
        found = [_named(row_id, rows)]
    else:
        found = _filtered(rows, theme=theme, decides=decides, search=search, own=own)
    if as_json:
        print(json.dumps([row.as_json() for row in found], indent=2, ensure_ascii=False))
    elif row_id:
        _tell_row(found[0])
    else:
        _tell_rows(found)
        if own:
            _tell_own_entries()


@app.command()
def plan(
    song: Annotated[Path, typer.Argument(help="MP3, WAV or FLAC; at most 10 MiB and 10 min.")],
    prompt: Annotated[str, typer.Argument(help="What the film shall show; 50-500 characters.")],
    lyrics: Annotated[Path | None, typer.Option(help="An .lrc, .srt or .txt file.")] = None,
    seed: SeedOption = 1,
    pace: Annotated[float, typer.Option(help="2 cuts twice as fast.", min=0.25, max=4)] = 1.0,
    world: Annotated[str, typer.Option(help="The film's home, by its id: forest.")] = "",
    palette: Annotated[str, typer.Option(help="Its colours, by their id: palette_ember.")] = "",
    without: Annotated[
        list[str] | None, typer.Option(help="Leave a row out, by its id; repeatable.")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Tell the rules behind each shot.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the plan here, as JSON.")] = None,
) -> None:
    """Plan a film and tell it, shot by shot; nothing is filmed, and nothing is kept."""
    from mvkit.analysis.intake import check_song
    from mvkit.director import load_knowledge, plan_video
    from mvkit.director.choices import pick
    from mvkit.files import write_whole
    from mvkit.providers import carries_shots_on
    from mvkit.run import draft_brief

    _check_target(out)
    knowledge = load_knowledge()
    _check_without(without or (), knowledge)
    knowledge = knowledge.without(without or ())
    if world:
        pick(knowledge.worlds, world, kind="world")
    if palette:
        pick(knowledge.palettes, palette, kind="palette")
    kind = check_song(song).kind
    brief = draft_brief(song=song, kind=kind, prompt=prompt, lyrics=lyrics, seed=seed)
    analysis = _heard(song, brief, lyrics)
    planned = plan_video(
        brief,
        analysis,
        pace=pace,
        world=world,
        palette=palette,
        long_takes=carries_shots_on(brief.video),
        knowledge=knowledge,
    )
    if brief.planner != "director":
        console.print(f"{escape(brief.planner)} would write over this draft of the director.")
    tell_plan(planned, analysis)
    if why:
        tell_why(planned)
        tell_reasons(planned, knowledge)
    else:
        tell_shots(planned)
    if out is not None:
        write_whole(out, planned.to_json())
        console.print(f"The plan is in {escape(str(out))}", soft_wrap=True)


def _heard(song: Path, brief: Brief, lyrics: Path | None) -> Analysis:
    """Hear a song, and keep nothing of it."""
    from mvkit.analysis import analyze_song
    from mvkit.settings import get_settings

    with tempfile.TemporaryDirectory() as folder:
        return analyze_song(
            song,
            job_id=brief.job_id,
            folder=Path(folder),
            lyrics=lyrics,
            beat_model=get_settings().beat_model,
        )


def _check_target(out: Path | None) -> None:
    """Raise, before any work, where a plan cannot be written."""
    if out is not None and (out.suffix != ".json" or not out.resolve().parent.is_dir()):
        raise InvalidInput(
            f"--out is {out}, expected a name that ends in .json, in a folder that exists.",
            reason="BAD_TARGET",
        )


def _check_without(ids: Iterable[str], knowledge: Knowledge) -> None:
    """Raise if there is no such row, or none that films can do without."""
    from mvkit.director.knowledge.own_checks import NEEDED
    from mvkit.director.knowledge.own_file import ROWS, expected

    tables = {row.id: name for name in ROWS for row in getattr(knowledge, name)}
    for row_id in ids:
        if row_id not in tables:
            near = expected(row_id, tables, "ids that `mvkit director rules` lists")
            raise NotFound(f"--without {row_id}: there is no such row; {near}.")
        if tables[row_id] in NEEDED:
            raise InvalidInput(
                f"--without {row_id}: this is one of [[{tables[row_id]}]], which films need; "
                "expected a row of other tables.",
                reason="NEEDED_ROW",
            )


def _named(row_id: str, rows: Sequence[ShownRow]) -> ShownRow:
    from mvkit.director.knowledge.own_file import expected

    by_id = {row.id: row for row in rows}
    if row_id not in by_id:
        near = expected(row_id, by_id, "ids that `mvkit director rules` lists")
        raise NotFound(f"There is no row '{row_id}'; {near}.")
    return by_id[row_id]


def _filtered(
    rows: Sequence[ShownRow], *, theme: str, decides: str, search: str, own: bool
) -> list[ShownRow]:
    from mvkit.director.knowledge.own_file import expected
    from mvkit.director.rules import DECISIONS, MEASURES

    for value, kind, known in (
        (theme, "theme", sorted({row.theme for row in rows})),
        (decides, "decision", [*DECISIONS, *MEASURES]),
    ):
        if value and value not in known:
            near = expected(value, known, f"{kind}s")
            raise InvalidInput(f"There is no {kind} '{value}'; {near}.", reason="NO_ROW")
    return [
        row
        for row in rows
        if (not theme or row.theme == theme)
        and (not decides or decides in row.decides)
        and row.speaks_of(search)
        and (row.origin != "ours" if own else row.origin != "left out")
    ]


def _tell_rows(rows: Sequence[ShownRow]) -> None:
    tell = _tell_wide if console.width >= WIDE else _tell_narrow
    for theme, group in groupby(rows, key=lambda row: row.theme):
        console.print(Text(f"{theme}\n", style="bold"))
        tell(list(group))
    counts = Counter(row.origin for row in rows if row.origin != "ours")
    told = ", ".join(f"{n} {origin}" for origin, n in counts.items())
    n_rows = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    console.print(f"{n_rows}: {told}" if told else n_rows, highlight=False)


def _tell_own_entries() -> None:
    """Tell what the user's file adds to the vocabulary, which has no ids."""
    from mvkit.commands.rows import list_own_entries

    for table, called in list_own_entries():
        console.print(Text(f"{table}: {called}"), soft_wrap=True)


def _tell_wide(rows: Iterable[ShownRow]) -> None:
    from mvkit.commands.rows import does_of, weight_of, when_of

    columns = (
        *(Column("id", no_wrap=True), Column("when", ratio=3)),
        *(Column("then", ratio=5), Column("weight", justify="right", width=6)),
        *(Column("advice", ratio=5), Column("source", ratio=4)),
    )
    table = Table(*columns, box=SIMPLE_HEAD, expand=True, padding=(0, 1, 1, 0))
    for row in rows:
        told = when_of(row), does_of(row), weight_of(row), *_said(row)
        table.add_row(_marked(row), *map(Text, told))
    console.print(table)


def _tell_narrow(rows: Iterable[ShownRow]) -> None:
    from mvkit.commands.rows import does_of, weight_of, when_of

    for row in rows:
        advice, source = _said(row)
        when, weight = when_of(row), weight_of(row)
        console.print(_marked(row))
        tell_indented(f"when {when}" if when else "")
        for line in does_of(row).splitlines():
            tell_indented(line)
        tell_indented(f"weight {weight}" if weight not in ("", "1") else "")
        tell_indented(advice)
        tell_indented(source, style="dim")
        console.print()


def _said(row: ShownRow) -> tuple[str, str]:
    return row.fields["advice"], row.fields["source"]


def _marked(row: ShownRow) -> Text:
    text = Text(row.id, style=STYLES.get(row.origin, ""))
    return text if row.origin == "ours" else text.append(f" ({row.origin})")


def _tell_row(row: ShownRow) -> None:
    """Tell all fields of a row; of one that the user changed, what ours says, too."""
    whose = {
        "ours": f"in {row.theme}.toml",
        "changed": f"in {row.theme}.toml, changed by {row.own_file}",
        "yours": f"yours, in {row.own_file}",
        "left out": f"in {row.theme}.toml, left out by {row.own_file or 'you'}",
    }
    console.print(Text(f"{row.id}: one of [[{row.table}]], {whose[row.origin]}"), soft_wrap=True)
    columns = [Column(), Column("now", ratio=1)]
    columns += [Column("ours", ratio=1)] if row.before else []
    table = Table(*columns, box=SIMPLE_HEAD, show_header=bool(row.before), expand=True)
    before, now = row.texts(row.before), row.texts(row.fields)
    for name in before | now:
        ours = before.get(name, "") if before.get(name) != now.get(name) else ""
        cells = (name, now.get(name, ""), ours)
        table.add_row(*map(Text, cells[: len(columns)]))
    console.print(table)
