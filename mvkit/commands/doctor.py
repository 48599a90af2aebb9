"""What will be used, what is missing, and how to get it: doctor."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from mvkit.commands.terminal import console

if TYPE_CHECKING:
    from mvkit.doctor import Diagnosis

app = typer.Typer()


@app.command()
def doctor(
    online: Annotated[
        bool, typer.Option(help="Ask the services of the chosen models too; nothing is bought.")
    ] = False,
    json: Annotated[bool, typer.Option(help="Print it as JSON.")] = False,
    warm: Annotated[bool, typer.Option(help="Compile now what is compiled once.")] = False,
) -> None:
    """Tell who will make films, what is missing, and how to get it."""
    from mvkit.doctor import examine

    if warm:
        from mvkit.warm import warm_up

        warm_up()
    found = examine(online=online)
    if json:
        print(found.model_dump_json(indent=2))
    else:
        _tell(found)
    if not found.works:
        raise typer.Exit(1)


def _tell(found: Diagnosis) -> None:
    console.print(_roles(found))
    console.print(_machine(found))
    for heading, sentences in (("Problems", found.problems), ("Good to know", found.notes)):
        if sentences:
            console.print(f"{heading}:")
            for sentence in sentences:
                console.print(f"- {escape(sentence)}", soft_wrap=True, highlight=False)
    console.print("Films can be made." if found.works else "Films cannot be made like this.")


def _roles(found: Diagnosis) -> Table:
    table = Table(
        "role",
        Column("who", overflow="fold"),
        "a minute of song",
        Column("chosen by", overflow="fold"),
        "works",
    )
    for report in found.roles:
        table.add_row(
            report.role,
            escape(report.name or "nobody"),
            _price(report.usd_per_minute) if report.name else "",
            escape(report.why),
            _verdict(bool(report.problems)) if report.name else "",
        )
    return table


def _machine(found: Diagnosis) -> Table:
    table = Table("machine", "found", "works")
    for report in found.machine:
        table.add_row(report.part, escape(report.found), _verdict(bool(report.problems)))
    return table


def _price(usd: Decimal | None) -> str:
    if usd is None:
        return ""
    return f"about ${usd:.3f}" if usd else "free"


def _verdict(has_problems: bool) -> str:
    return "NO" if has_problems else "yes"
