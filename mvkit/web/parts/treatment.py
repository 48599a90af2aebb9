"""What the director has in mind: the film in a few sentences, and its palette."""

from __future__ import annotations

import html
from collections.abc import Iterable

from mvkit.schema import Plan


def treatment(plan: Plan) -> str:
    """Return the director's summary, treatment and palette, as HTML."""
    return (
        f'<p class="mv-treatment">{html.escape(plan.video_summary)}</p>'
        f'<p class="mv-muted">{html.escape(plan.treatment)}</p>'
        f'<div class="mv-row">{palette(plan.style.color_palette)}'
        f'<span class="mv-muted mv-small">{html.escape(plan.style.visual_style)}</span></div>'
    )


def palette(colours: Iterable[str]) -> str:
    """Return colours side by side, as HTML."""
    swatches = "".join(
        f'<i class="mv-swatch" style="background: {html.escape(colour)}" '
        f'title="{html.escape(colour)}"></i>'
        for colour in colours
    )
    return f'<span class="mv-swatches" role="img" aria-label="Palette">{swatches}</span>'
