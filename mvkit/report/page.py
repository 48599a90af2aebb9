"""The report as one page of HTML: what was measured, told in sentences, figures and pictures.

The page needs nothing else: stills, style and Plotly are inside it. Each part begins with what was
found in a sentence, and ends with how it was measured and what it does not tell.

Contents
--------
report_page
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from mvkit.figures.base import data_url
from mvkit.figures.page import whole_page
from mvkit.report import parts
from mvkit.report.measure import Measured
from mvkit.report.wording import clock, correlated, percent, signed, usual
from mvkit.run import Run
from mvkit.schema import Analysis, Brief, Plan, Video
from mvkit.schema.report import Report

STYLE = Path(__file__).with_name("page.css")
POSTER_LONG_SIDE_PX = 1280


def report_page(run: Run, measured: Measured) -> str:
    """Return the page of a film that was measured."""
    report = measured.report
    brief, video = run.brief, run.read(Video)
    analysis, plan = run.read(Analysis), run.read(Plan)
    title = brief.title or "Untitled film"
    stills = [data_url(Image.fromarray(still)) for still in measured.stills]
    body = "\n".join(
        [
            _hero(run, title, brief, plan, video),
            "<main>",
            *(f'<p class="note">{html.escape(note)}</p>' for note in report.notes),
            _tiles(report, video),
            _reel(report, stills),
            parts.cutting_part(report, analysis),
            parts.sections_part(report),
            parts.lengths_part(report),
            parts.motion_part(report),
            parts.meant_part(report),
            parts.colours_part(report),
            parts.likeness_part(report),
            parts.captions_part(report),
            parts.safety_part(report, video),
            parts.making_part(report, video),
            parts.shots_part(report, stills, is_tall=video.height_px > video.width_px),
            "</main>",
        ]
    )
    return whole_page(
        body, title=f"{title}: the film's report", style=STYLE.read_text("utf-8"), has_figures=True
    )


def _hero(run: Run, title: str, brief: Brief, plan: Plan, video: Video) -> str:
    poster = run.folder / video.thumbnail_url  # the poster has the title on it already
    image = f"url({_poster(poster)})" if poster.is_file() else "none"
    shape = "hero hero--tall" if video.height_px > video.width_px else "hero"
    kind = " · ".join(filter(None, (plan.genre.replace("_", " "), plan.format, "film report")))
    facts = " · ".join(
        (
            clock(video.duration),
            f"{video.width_px} × {video.height_px}",
            f"{len(plan.clip_scripts)} clips",
            plan.style.visual_style,
            plan.style.mood,
        )
    )
    return (
        f'<div class="{shape}" style="background-image: {image}"><div class="hero__inner">'
        f'<div class="hero__text"><div class="hero__kind">{html.escape(kind)}</div>'
        f"<h1>{html.escape(title)}</h1>"
        f"<blockquote>{html.escape(brief.prompt)}</blockquote>"
        f'<p class="hero__facts">{html.escape(facts)}</p></div></div></div>'
    )


def _poster(path: Path) -> str:
    with Image.open(path) as image:
        picture = image.convert("RGB")
        picture.thumbnail((POSTER_LONG_SIDE_PX, POSTER_LONG_SIDE_PX))
        return data_url(picture)


def _tiles(report: Report, video: Video) -> str:
    cutting, lengths = report.cutting, report.lengths
    n_seen = sum(meant.n_seen for meant in report.meant)
    n_meant = sum(meant.n_meant for meant in report.meant)
    chance = sum(m.by_chance * m.n_meant for m in report.meant) / max(n_meant, 1)
    worked_s = sum(stage.worked_s for stage in report.stages)
    place = report.likeness[0]
    tiles = [
        (
            percent(cutting.on_beats.n, cutting.n_cuts),
            "of cuts on a beat",
            f"{cutting.on_beats.by_chance:.0%} by chance",
        ),
        (
            signed(report.motion_by_energy),
            "motion with energy",
            correlated(report.motion_by_energy, of="shots"),
        ),
        (
            signed(cutting.rate_by_energy),
            "cutting with energy",
            correlated(cutting.rate_by_energy, of="pairs of bars"),
        ),
        (f"{lengths.median_s:.1f} s", "median shot", usual(report)),
        (percent(n_seen, n_meant), "of what was meant is seen", f"{chance:.0%} by chance"),
        (
            "–" if place.told_apart is None else f"{place.told_apart:.2f}",
            "places keep their colours",
            "0.5 by chance, 1 always",
        ),
        (
            {True: "safe", False: "too many", None: "–"}[report.flashes_passed],
            "flashes",
            report.flashes or "not counted when it was made",
        ),
        (
            f"${report.cost_usd_per_min:.2f}",
            "a minute of film",
            f"{worked_s * 60 / video.duration:.0f} s of work for it",
        ),
    ]
    cells = (
        f'<div class="tile"><b>{html.escape(number)}</b><span>{html.escape(name)}</span>'
        f"<small>{html.escape(beside)}</small></div>"
        for number, name, beside in tiles
    )
    return f'<div class="tiles">{"".join(cells)}</div>'


def _reel(report: Report, stills: Sequence[str]) -> str:
    """Lay the shots side by side, each as wide as it is long."""
    pictures = (
        f'<img src="{still}" alt="" title="{shot.start:.1f} s" '
        f'style="flex-grow: {shot.end - shot.start:.2f}">'
        for shot, still in zip(report.shots, stills, strict=True)
    )
    return f'<div class="reel">{"".join(pictures)}</div>'
