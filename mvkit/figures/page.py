"""A page of HTML with Plotly figures that needs nothing else: it opens without a network.

No script runs in it but the two that are put in here, named by their digests in its policy, so that
nothing a user or a model wrote can become one. What stands in the body must be escaped already.

Contents
--------
figure_place, whole_page
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from plotly.offline import get_plotlyjs

from mvkit.figures.look import DARK

USUAL_HEIGHT_PX = 450
DRAW = """
for (const place of document.querySelectorAll(".figure")) {
  const figure = JSON.parse(place.nextElementSibling.textContent);
  Plotly.newPlot(place, figure.data, figure.layout, {responsive: true, displaylogo: false});
}
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
{scripts}
</body>
</html>
"""


def figure_place(figure: Mapping[str, Any]) -> str:
    """Return a place for a figure, and its data, which a script of the page finds there.

    Parameters
    ----------
    figure : mapping
        ``data`` and ``layout``, as Plotly writes them in JSON.
    """
    layout = {**figure["layout"], "template": DARK}
    data = json.dumps({"data": figure["data"], "layout": layout}).replace("<", "\\u003c")
    height_px = int(layout.get("height", USUAL_HEIGHT_PX))
    return (
        f'<div class="figure" style="height: {height_px}px"></div>'
        f'<script type="application/json">{data}</script>'
    )


def whole_page(body: str, *, title: str, style: str, has_figures: bool) -> str:
    """Return a page.

    Parameters
    ----------
    body : str
        HTML, with a :func:`figure_place` for each figure.
    title : str
        What the page is called; any text.
    style : str
        Its style sheet.
    has_figures : bool
        Whether the scripts that draw them are needed; they have 5 MB.
    """
    scripts = (get_plotlyjs(), DRAW) if has_figures else ()
    return PAGE.format(
        policy=_policy(scripts),
        title=html.escape(title),
        style=style,
        body=body,
        scripts="".join(f"<script>{script}</script>\n" for script in scripts),
    )


def _policy(scripts: tuple[str, ...]) -> str:
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
