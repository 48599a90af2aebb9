"""The report as one page of HTML: what was measured, told in sentences, figures and pictures.

The page needs nothing else: stills, style and Plotly are inside it. Each part begins with what was
found in a sentence, and ends with how it was measured and what it does not tell.

Contents
--------
report_page
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from mvkit.figures import report as drawn
from mvkit.figures.base import SECTION_COLOURS, Figure, data_url
from mvkit.figures.page import figure_place, whole_page
from mvkit.report.legibility import WANTED
from mvkit.report.measure import Measured
from mvkit.run import Run
from mvkit.schema import Analysis, Brief, Plan, Video
from mvkit.schema.report import Agreement, Likeness, Report, ShotMeasures

STYLE = Path(__file__).with_name("page.css")
POSTER_LONG_SIDE_PX = 1280
SIGNIFICANT = 0.05
"""What chance makes more often than this is not told as found."""
TOLD_APART = 0.6


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
            _cutting(report, analysis),
            _sections(report),
            _lengths(report),
            _motion(report),
            _meant(report),
            _colours(report),
            _likeness(report),
            _captions(report),
            _safety(report, video),
            _making(report, video),
            _shots(report, stills, is_tall=video.height_px > video.width_px),
            "</main>",
        ]
    )
    return whole_page(
        body, title=f"{title}: the film's report", style=STYLE.read_text("utf-8"), has_figures=True
    )


# The top


def _hero(run: Run, title: str, brief: Brief, plan: Plan, video: Video) -> str:
    poster = run.folder / video.thumbnail_url  # the poster has the title on it already
    image = f"url({_poster(poster)})" if poster.is_file() else "none"
    kind = " · ".join(filter(None, (plan.genre.replace("_", " "), plan.format, "film report")))
    facts = " · ".join(
        (
            _clock(video.duration),
            f"{video.width_px} × {video.height_px}",
            f"{len(plan.clip_scripts)} clips",
            plan.style.visual_style,
            plan.style.mood,
        )
    )
    return (
        f'<div class="hero" style="background-image: {image}"><div class="hero__inner">'
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
            _percent(cutting.on_beats.n, cutting.n_cuts),
            "of cuts on a beat",
            f"{cutting.on_beats.by_chance:.0%} by chance",
        ),
        (
            _signed(report.motion_by_energy),
            "motion with energy",
            _correlated(report.motion_by_energy, of="shots"),
        ),
        (
            _signed(cutting.rate_by_energy),
            "cutting with energy",
            _correlated(cutting.rate_by_energy, of="pairs of bars"),
        ),
        (f"{lengths.median_s:.1f} s", "median shot", _usual(report)),
        (_percent(n_seen, n_meant), "of what was meant is seen", f"{chance:.0%} by chance"),
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


# The parts


def _cutting(report: Report, analysis: Analysis) -> str:
    cutting = report.cutting
    finding = (
        f"{_all(cutting.on_beats.n, cutting.n_cuts)} changes of picture lie on a beat, where "
        f"{cutting.on_beats.by_chance:.0%} would by chance; "
        f"{cutting.on_downbeats.n} of {cutting.n_cuts} on the first beat of a bar "
        f"({cutting.on_downbeats.by_chance:.0%} by chance). "
        f"{_follows('The rate of cuts', cutting.rate_by_energy, of='pairs of bars')}"
    )
    return _part(
        "Cut to the beat",
        finding,
        _figure(drawn.pulse_figure(report, analysis)),
        how=f"{cutting.n_seen} of {cutting.n_cuts} changes were seen on their very frame in the "
        "decoded film; a change counts as on the beat within a thirtieth of a second. By chance is "
        "the share of all frames that lie as near to one. Whether the beats are the song's own, "
        "the analysis can only believe.",
    )


def _sections(report: Report) -> str:
    n_open = sum(section.opens_with_cut for section in report.sections)
    empty = [section.type for section in report.sections if section.n_shots < 1]
    told = f" {_listed(empty)} have less than a shot of their own." if empty else ""
    finding = (
        f"All {len(report.sections)} parts of the song are covered; "
        f"{n_open} of {len(report.sections)} begin with a new picture.{told}"
    )
    rows = [
        (
            _key(SECTION_COLOURS[section.type]) + section.type,
            f"{_clock(section.start)}–{_clock(section.end)}",
            f"{section.energy_share:.2f}",
            f"{section.n_shots:.1f}",
            f"{section.mean_shot_s:.1f} s",
            f"{section.n_shots * 60 / section.length_s:.0f}",
            f"{section.motion:.0%}/s",
            _mark(section.opens_with_cut),
        )
        for section in report.sections
    ]
    columns = ("part", "time", "energy", "shots", "mean length", "shots a min", "motion", "new")
    return _part("Part by part", finding, _table(columns, rows))


def _lengths(report: Report) -> str:
    lengths = report.lengths
    strayed = lengths.furthest_frames
    as_planned = "as planned" if strayed == 0 else f"up to {strayed} frames off the plan"
    finding = (
        f"{len(report.shots)} shots from {lengths.shortest_s:.1f} to {lengths.longest_s:.1f} s, "
        f"the median {lengths.median_s:.2f} s (planned {lengths.planned_median_s:.2f} s); every "
        f"cut that can be seen is {as_planned}."
    )
    norms = "".join(
        f"<p>Usual here are <b>{norm.shot_s:g} s</b>: {html.escape(norm.advice)} "
        f'<span class="muted">({html.escape(norm.source)})</span></p>'
        for norm in lengths.norms
    )
    unknown = "<p>The director knows no usual length for films of this kind.</p>"
    return _part(
        "How long shots are",
        finding,
        norms or unknown,
        _figure(drawn.lengths_figure(report)),
        how="What is usual is one rule of several that set the pace; energy, tempo and the part "
        "of the song speak too, so a film is not wrong to differ from it.",
    )


def _motion(report: Report) -> str:
    return _part(
        "Motion and energy",
        _follows("The motion in the shots", report.motion_by_energy, of="shots"),
        _figure(drawn.following_figure(report)),
        how="Motion is the mean speed of all pixels by dense optical flow, ten times a second, in "
        "shares of the picture's width. Rain and lights that flicker count as people do; a close "
        "shot moves more than a wide one of the same.",
    )


def _meant(report: Report) -> str:
    clear = [meant for meant in report.meant if meant.beyond_chance >= drawn.CLEAR]
    better = f" on {_listed([drawn.TOPICS[m.topic] for m in clear])}" if clear else ""
    finding = (
        f"Clearly more of what the director meant is seen than if the shots were shuffled{better}"
        if clear
        else "On no topic is clearly more seen of what the director meant than if the shots were "
        "shuffled"
    )
    return _part(
        "What was meant, and what is seen",
        f"{finding}.",
        _figure(drawn.meant_figure(report)),
        how="Each shot's plan says how the camera moves, and how its part is to be lighter, "
        "richer or warmer than the film; that is held against what was measured. The camera is "
        "what most of the picture does in common, so a face that fills it passes for the camera. "
        "Green is two standard deviations above chance, red as far below; few shots, and what "
        "nearly every shot has, leave a bar grey. "
        "How large people are in the picture is not measured: the sizes are told as they were "
        "meant. The shots themselves are at the end of this page.",
    )


def _colours(report: Report) -> str:
    apart = report.neighbours_apart
    steps = "" if apart is None else f"A shot is {apart:.2f} from the one before, and "
    shares = [shot.look.palette_share for shot in report.shots]
    chances = [shot.look.palette_by_chance for shot in report.shots]
    finding = (
        f"{steps}{report.film_apart:.2f} from the film as a whole in its colours (0 alike, 1 "
        f"nothing in common). {sum(shares) / len(shares):.0%} of the colour lies near the "
        f"palette's hues, which are {sum(chances) / len(chances):.0%} of all hues."
    )
    furthest = max(report.shots, key=lambda shot: shot.look.from_film)
    return _part(
        "Colours",
        finding[0].upper() + finding[1:] if steps else f"The shots are on average {finding}",
        _figure(drawn.colours_figure(report)),
        f"<p>Furthest from the rest is the shot at {_clock(furthest.start)} "
        f"({html.escape(_words(furthest.place))}), {furthest.look.from_film:.2f}.</p>",
        how="Distances are Hellinger's, of histograms in CIE L*a*b*, without the frames of "
        "transitions. A new place is meant to look different; a small distance is unity, not "
        "merit.",
    )


def _likeness(report: Report) -> str:
    places = [like for like in report.likeness if like.of == "place"]
    [people] = [like for like in report.likeness if like.of == "people"]
    finding = " ".join([*map(_tell_place, places), _tell_people(people)])
    can_draw = any(like.told_apart is not None for like in report.likeness)
    return _part(
        "Places and people",
        finding,
        _figure(drawn.likeness_figure(report)) if can_draw else "",
        how="Compared are statistics of pictures: histograms of colour, and where edges run which "
        "way. They tell whether a place keeps its look from shot to shot. They know no faces: "
        "whether somebody is recognised, only an eye can say.",
    )


def _tell_place(like: Likeness) -> str:
    if like.told_apart is None:
        return f"By {like.by} there is nothing to compare: all shots, or none, share a place."
    strong = like.told_apart >= TOLD_APART
    return (
        f"By {like.by}, two shots of one place are {'' if strong else 'hardly '}more alike than "
        f"two of different places: in {like.told_apart:.0%} of comparisons, 50% by chance "
        f"({like.n_same} and {like.n_other} pairs)."
    )


def _tell_people(like: Likeness) -> str:
    if like.told_apart is None:
        return (
            "Whether people stay the same cannot be asked: no place shows them both with and "
            "without each other."
        )
    return (
        f"The same people in the same place are more alike in {like.told_apart:.0%} of "
        f"comparisons ({like.n_same} and {like.n_other} pairs), weak evidence at best."
    )


def _captions(report: Report) -> str:
    title = "Words over the picture"
    if not report.captions:
        return _part(title, "Not applicable: nothing is written over this film.")
    read = [caption for caption in report.captions if caption.kind != "watermark"]
    n_clear = sum(caption.contrast >= WANTED for caption in read)
    n_throughout = sum(caption.weakest >= WANTED for caption in read)
    finding = (
        f"{_all(n_clear, len(read))} captions have a contrast of {WANTED:g} to 1 or more as a "
        f"whole, {n_throughout} of them in every part."
    )
    return _part(
        title,
        finding,
        _figure(drawn.captions_figure(report, wanted=WANTED)),
        how="The contrast ratio of WCAG 2.2 between letters and what is around them, halo "
        "included, read from the film at the middle of each caption; large text needs 3 to 1. "
        "Karaoke is half sung there, and what is not yet sung is dimmer by intent. A watermark is "
        "drawn but not counted.",
    )


def _safety(report: Report, video: Video) -> str:
    n_passed = sum(check.passed for check in video.checks)
    if report.flashes_passed is None:
        told = "Flashes were not counted by the version that made this film."
    else:
        verdict = "within" if report.flashes_passed else "beyond"
        told = f"Flashes: {report.flashes}, {verdict} what is safe for photosensitive viewers."
    rows = [
        (
            html.escape(check.name),
            html.escape(check.found),
            html.escape(check.expected),
            _mark(check.passed),
        )
        for check in video.checks
    ]
    table = _table(("check", "found", "expected", ""), rows)
    return _part(
        "Flashes and checks",
        f"{told} {n_passed} of {len(video.checks)} checks of the finished file passed.",
        f"<details><summary>All checks</summary>{table}</details>",
    )


def _making(report: Report, video: Video) -> str:
    worked_s = sum(stage.worked_s for stage in report.stages)
    longest = max(report.stages, key=lambda stage: stage.worked_s, default=None)
    most = f", most of it on {longest.name}" if longest else ""
    finding = (
        f"{_clock(video.duration)} of film took {_clock(worked_s)} of work{most}, and cost "
        f"${report.cost_usd:.2f}: ${report.cost_usd_per_min:.2f} a minute."
    )
    return _part(
        "Time and money",
        finding,
        _figure(drawn.making_figure(report)),
        how="Of each stage the last time that it ran; money is all that was ever spent on it.",
    )


def _shots(report: Report, stills: Sequence[str], *, is_tall: bool) -> str:
    cards = "".join(_card(shot, still) for shot, still in zip(report.shots, stills, strict=True))
    return _part(
        "Shot by shot",
        "What each shot was to be, and what was found.",
        f'<div class="shots{" shots--tall" if is_tall else ""}">{cards}</div>',
    )


def _card(shot: ShotMeasures, still: str) -> str:
    swatches = "".join(f'<i style="background: {colour}"></i>' for colour in shot.look.swatches)
    verdicts = "".join(
        f"<li>{_mark(verdict.is_seen)}<span>{html.escape(verdict.meant)}</span>"
        f"<span>{html.escape(verdict.found)}</span></li>"
        for verdict in shot.verdicts
    )
    where = ", ".join(filter(None, (_words(shot.place), _words(" and ".join(shot.people)))))
    return (
        f'<article class="shot"><img src="{still}" alt="" loading="lazy">'
        f'<div class="shot__text"><div class="swatches">{swatches}</div>'
        f'<div class="shot__head"><span>{html.escape(shot.size)}, {html.escape(shot.action)}</span>'
        f"<span>{shot.start:.1f} s · {shot.end - shot.start:.1f} s</span></div>"
        f'<div class="shot__place">{html.escape(where)}</div>'
        f"<p>{html.escape(shot.idea)}</p><ul>{verdicts}</ul></div></article>"
    )


# What parts are made of


def _part(title: str, finding: str, *content: str, how: str = "") -> str:
    told = (
        f"<details><summary>How this was measured</summary><p>{html.escape(how)}</p></details>"
        if how
        else ""
    )
    return (
        f'<section><h2>{html.escape(title)}</h2><p class="finding">{html.escape(finding)}</p>'
        f"{''.join(content)}{told}</section>"
    )


def _figure(figure: Figure) -> str:
    [bundle] = figure._repr_mimebundle_().values()
    return figure_place(bundle)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are HTML."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def _key(colour: str) -> str:
    return f'<span class="key" style="background: {colour}"></span>'


def _mark(is_good: bool) -> str:
    kind, sign = ("good", "✓") if is_good else ("bad", "✗")
    return f'<span class="{kind}">{sign}</span>'


def _usual(report: Report) -> str:
    norms = report.lengths.norms
    return f"usual {norms[0].shot_s:g} s" if norms else "no usual length known"


def _follows(what: str, found: Agreement, *, of: str) -> str:
    """Return in a sentence whether something follows the energy of the song."""
    if found.r is None or found.p is None:
        return (
            f"{what} cannot be held against the energy of the song: {found.n} {of} are too few, "
            "or one of the two never changes."
        )
    clear = "follows" if found.r > 0 else "goes against"
    how = clear if found.p <= SIGNIFICANT else "has no clear tie to"
    return (
        f"{what} {how} the energy of the song: rank correlation {found.r:+.2f} over {found.n} "
        f"{of}, as strong by chance in {_rarely(found.p)} of cases."
    )


def _rarely(share: float) -> str:
    return "less than 1%" if share < 0.01 else f"{share:.0%}"


def _signed(found: Agreement) -> str:
    return "–" if found.r is None else f"{found.r:+.2f}"


def _correlated(found: Agreement, *, of: str) -> str:
    by_chance = "" if found.p is None else f", {_rarely(found.p)} by chance"
    return f"rank correlation of {found.n} {of}{by_chance}"


def _percent(n: int, of: int) -> str:
    return f"{n / of:.0%}" if of else "–"


def _all(n: int, of: int) -> str:
    return f"All {of}" if n == of and of > 1 else f"{n} of {of}"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _words(name: str) -> str:
    return name.replace("_", " ")


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(round(time_s), 60)
    return f"{minutes}:{seconds:02d}"
