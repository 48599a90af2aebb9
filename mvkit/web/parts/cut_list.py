"""Where a film changes its picture, and what was checked in the finished file, as tables."""

from __future__ import annotations

import html
from collections.abc import Iterable

from mvkit.schema import Video

INNER_CUT = "cut inside a clip"


def cut_table(video: Video) -> str:
    """Return every change of picture with its time, as HTML."""
    rows = [
        (
            f"{int(cut.time) // 60}:{cut.time % 60:05.2f}",
            str(cut.frame),
            INNER_CUT if cut.kind == "shot" else cut.kind,
            "on the beat" if cut.on_beat else "between beats",
        )
        for cut in video.cuts
    ]
    return table(("Time", "Frame", "Change", ""), rows)


def check_table(video: Video) -> str:
    """Return every check with what was found and expected, as HTML."""
    rows = [
        (check.name, check.found, check.expected, "passed" if check.passed else "failed")
        for check in video.checks
    ]
    return table(("Check", "Found", "Expected", ""), rows)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return texts in rows and columns, as HTML."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return f'<table class="mv-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
