"""What parts of the page are made of: headings, tables, figures, signs."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from mvkit.figures.base import Figure
from mvkit.figures.page import figure_place


def part(title: str, finding: str, *content: str, how: str = "") -> str:
    """Return a part of the page; the content is HTML, the texts are not."""
    told = (
        f"<details><summary>How this was measured</summary><p>{html.escape(how)}</p></details>"
        if how
        else ""
    )
    return (
        f'<section><h2>{html.escape(title)}</h2><p class="finding">{html.escape(finding)}</p>'
        f"{''.join(content)}{told}</section>"
    )


def figure(drawn: Figure) -> str:
    """Return a figure's place."""
    [bundle] = drawn._repr_mimebundle_().values()
    return figure_place(bundle)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are HTML."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def key(colour: str) -> str:
    """Return a patch of a colour."""
    return f'<span class="key" style="background: {colour}"></span>'


def mark(is_good: bool) -> str:
    """Return a tick or a cross."""
    kind, sign = ("good", "✓") if is_good else ("bad", "✗")
    return f'<span class="{kind}">{sign}</span>'
