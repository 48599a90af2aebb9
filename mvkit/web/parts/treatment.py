"""What the director has in mind: the film in a few sentences, its story, and its palettes."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mvkit.figures import palette_parts
from mvkit.schema import Act, Plan, Span
from mvkit.web.parts.amounts import clock

_GLIMPSE_S = 1.0
"""So briefly an act may have its neighbour's colours, where a cut comes early, and not tell it."""


def treatment(plan: Plan) -> str:
    """Return the director's summary, treatment, palette and acts, as HTML."""
    return (
        f'<p class="mv-treatment">{html.escape(plan.video_summary)}</p>'
        f'<p class="mv-muted">{html.escape(plan.treatment)}</p>'
        f'<div class="mv-row">{palette(plan.style.color_palette)}'
        f'<span class="mv-muted mv-small">{html.escape(plan.style.visual_style)}</span></div>'
        f"{story(plan)}"
    )


def story(plan: Plan) -> str:
    """Return the film's acts, each with the colours of its parts, as HTML; none of an old plan."""
    acts = "".join(_act(act, plan) for act in plan.acts)
    return f'<ol class="mv-acts" aria-label="Acts">{acts}</ol>' if acts else ""


def kind_of_film(plan: Plan) -> str:
    """Return what kind of film it is and to what kind of song: ``narrative · synth pop``."""
    told = (plan.format, plan.genre.replace("_", " "))
    return " · ".join(html.escape(word) for word in told if word)


def _act(act: Act, plan: Plan) -> str:
    parts = [part for part in palette_parts(plan) if _shared_s(part.span, act) > _GLIMPSE_S]
    strips = "".join(f'<i style="background: {_blend(part.palette)}"></i>' for part in parts)
    return (
        f'<li class="mv-act"><span class="mv-act__colours" aria-hidden="true">{strips}</span>'
        f'<b>{act.name}</b> <span class="mv-muted mv-small mv-number">{clock(act.start)}</span>'
        f"<p>{html.escape(act.story)}</p></li>"
    )


def _shared_s(one: Span, other: Span) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _blend(colours: Sequence[str]) -> str:
    """Return a palette as stripes in CSS, the leading colour twice as wide as the others."""
    share = 100 / (len(colours) + 1)
    edges = [0.0, *(share * (n + 2) for n in range(len(colours)))]
    stripes = (
        f"{html.escape(colour)} {low:.1f}% {high:.1f}%"
        for colour, (low, high) in zip(colours, pairwise(edges), strict=True)
    )
    return f"linear-gradient(to right, {', '.join(stripes)})"


def palette(colours: Iterable[str]) -> str:
    """Return colours side by side, as HTML."""
    swatches = "".join(
        f'<i class="mv-swatch" style="background: {html.escape(colour)}" '
        f'title="{html.escape(colour)}"></i>'
        for colour in colours
    )
    return f'<span class="mv-swatches" role="img" aria-label="Palette">{swatches}</span>'
