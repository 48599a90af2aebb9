"""A plan as people read it at the terminal.

Contents
--------
tell_plan, tell_shots, tell_why, tell_reasons
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from mvkit.commands.terminal import INDENT, console, minutes, tell_indented

if TYPE_CHECKING:
    from mvkit.director import Knowledge
    from mvkit.schema import Act, Analysis, ClipScript, Plan, Shot


def tell_plan(planned: Plan, analysis: Analysis) -> None:
    """Tell what is decided for the film as a whole, and what was understood of the wish."""
    n_shots = len(planned.whole_shots())
    kind = ", ".join(filter(None, (planned.format, planned.genre.replace("_", " "))))
    console.print(
        f"{minutes(analysis.duration)} of song at {analysis.bpm:.0f} bpm; {kind}; "
        f"{len(planned.clip_scripts)} clips, "
        f"{n_shots} shots of {analysis.duration / n_shots:.1f} s",
        highlight=False,
    )
    for text in filter(None, (planned.treatment, planned.motif)):
        console.print(Text(f"\n{text}"))
    if planned.acts:
        console.print(_acts(planned.acts))
    if planned.understood:
        console.print(Text("\nUnderstood of the wish:"))
        for topic, words in planned.understood.items():
            console.print(Text(f"- {topic.replace('_', ' ')}: {', '.join(words)}"))
    if planned.notes:
        console.print(Text("\nTo know:"))
    for note in planned.notes:
        console.print(Text(f"- {note}"))


def _acts(acts: Iterable[Act]) -> Table:
    table = Table("at", "act", Column("story", ratio=1), box=SIMPLE_HEAD, expand=True)
    for act in acts:
        table.add_row(_time(act.start), act.name, Text(act.story))
    return table


def tell_shots(planned: Plan) -> None:
    """Tell the shots, a line each."""
    at, length = Column("at", justify="right"), Column("s", justify="right")
    columns = at, length, "part", Column("where", ratio=3), Column("shot", ratio=7)
    table = Table(*columns, box=SIMPLE_HEAD, expand=True)
    for script in planned.clip_scripts:
        for shot in script.shots:
            where, how = _entry(planned, script) if shot is script.shots[0] else ("", "")
            part = script.section if where else ""
            told = Text(_shot(shot) + how)
            table.add_row(_time(shot.start), f"{shot.length_s:.1f}", part, Text(where), told)
    console.print(table)


def tell_why(planned: Plan) -> None:
    """Tell the shots with the rules behind them: of the film, of each clip, of each shot."""
    scripts = planned.clip_scripts
    everywhere = [
        rule for rule in scripts[0].rules if all(rule in script.rules for script in scripts)
    ]
    console.print("\nWhole film")
    tell_indented(", ".join(everywhere), style="dim")
    for script in scripts:
        where, how = _entry(planned, script)
        console.print(Text(f"\n{script.section}, {where}{how}"), soft_wrap=True)
        own = [rule for rule in script.rules if rule not in everywhere]
        tell_indented(", ".join((*own, *_behind_entry(planned, script))), style="dim")
        for shot in script.shots:
            told = f"{_time(shot.start)}  {shot.length_s:.1f} s  {_shot(shot)}"
            tell_indented(told, indent=INDENT // 2)
            tell_indented(", ".join(shot.rules), style="dim")


def _shot(shot: Shot) -> str:
    angle = "" if shot.angle == "eye level" else f", {shot.angle} angle"
    does = f", {shot.action}" if shot.characters else ", nobody"
    way = f" {shot.way}" if shot.way else ""
    accents = "".join(f", {accent.kind} at {_time(accent.time)}" for accent in shot.accents)
    return f"{shot.size}, {shot.move}{angle}{does}{way}{accents}"


def _entry(planned: Plan, script: ClipScript) -> tuple[str, str]:
    """Return where a clip plays, and how it begins, unless by a plain cut."""
    where = script.scenes[0].replace("_", " ")
    if planned.goes_on(script.clip_index):
        return where, " (the shot goes on)"
    kind = planned.transitions[script.clip_index - 1].type if script.clip_index else "cut"
    return where, "" if kind == "cut" else f" (after a {kind})"


def _behind_entry(planned: Plan, script: ClipScript) -> tuple[str, ...]:
    """Return the rules behind the transition into a clip."""
    return planned.transitions[script.clip_index - 1].rules if script.clip_index else ()


def tell_reasons(planned: Plan, knowledge: Knowledge) -> None:
    """Tell the advice of every row that spoke, with how often it did."""
    named = Counter(
        rule
        for script in planned.clip_scripts
        for rules in (script.rules, *(shot.rules for shot in script.shots))
        for rule in rules
    )
    named.update(rule for step in planned.transitions for rule in step.rules)
    named.update(rule for act in planned.acts for rule in act.rules)
    advice = {row.id: row.advice for row in knowledge.rows()}
    row_id = Column("row", overflow="fold", ratio=3)
    times = Column("times", justify="right")
    table = Table(row_id, times, Column("advice", ratio=7), box=SIMPLE_HEAD, expand=True)
    for rule, n in named.most_common():
        table.add_row(Text(rule), str(n), Text(advice[rule]))
    console.print(table)


def _time(time_s: float) -> str:
    """Return a time as minutes, seconds and tenths: "1:03.5"."""
    tenths = round(10 * time_s)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"
