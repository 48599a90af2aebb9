"""The parts of the page: what was found in a sentence, then a figure, then how it was measured."""

from __future__ import annotations

import html
from collections.abc import Sequence

from mvkit.figures import report as drawn
from mvkit.figures.base import SECTION_COLOURS
from mvkit.report.legibility import WANTED
from mvkit.report.markup import figure, key, mark, part, table
from mvkit.report.wording import all_of, clock, follows, listed, words
from mvkit.schema import Analysis, Video
from mvkit.schema.report import Likeness, Report, ShotMeasures

TOLD_APART = 0.6
"""From here on pairs are said to be more alike, and not hardly so."""


def cutting_part(report: Report, analysis: Analysis) -> str:
    """Tell how the film is cut to the song."""
    cutting = report.cutting
    finding = (
        f"{all_of(cutting.on_beats.n, cutting.n_cuts)} changes of picture lie on a beat, where "
        f"{cutting.on_beats.by_chance:.0%} would by chance; "
        f"{cutting.on_downbeats.n} of {cutting.n_cuts} on the first beat of a bar "
        f"({cutting.on_downbeats.by_chance:.0%} by chance). "
        f"{follows('The rate of cuts', cutting.rate_by_energy, of='pairs of bars')}"
    )
    return part(
        "Cut to the beat",
        finding,
        figure(drawn.pulse_figure(report, analysis)),
        how=f"{cutting.n_seen} of {cutting.n_cuts} changes were seen on their very frame in the "
        "decoded film; a change counts as on the beat within a thirtieth of a second. By chance is "
        "the share of all frames that lie as near to one. Whether the beats are the song's own, "
        "the analysis can only believe.",
    )


def sections_part(report: Report) -> str:
    """Tell what each part of the song shows."""
    n_open = sum(section.opens_with_cut for section in report.sections)
    empty = [section.type for section in report.sections if section.n_shots < 1]
    told = f" {listed(empty)} have less than a shot of their own." if empty else ""
    finding = (
        f"All {len(report.sections)} parts of the song are covered; "
        f"{n_open} of {len(report.sections)} begin with a new picture.{told}"
    )
    rows = [
        (
            key(SECTION_COLOURS[section.type]) + section.type,
            f"{clock(section.start)}–{clock(section.end)}",
            f"{section.energy_share:.2f}",
            f"{section.n_shots:.1f}",
            f"{section.mean_shot_s:.1f} s",
            f"{section.n_shots * 60 / section.length_s:.0f}",
            f"{section.motion:.0%}/s",
            mark(section.opens_with_cut),
        )
        for section in report.sections
    ]
    columns = ("part", "time", "energy", "shots", "mean length", "shots a min", "motion", "new")
    return part("Part by part", finding, table(columns, rows))


def lengths_part(report: Report) -> str:
    """Tell how long shots are."""
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
    return part(
        "How long shots are",
        finding,
        norms or unknown,
        figure(drawn.lengths_figure(report)),
        how="What is usual is one rule of several that set the pace; energy, tempo and the part "
        "of the song speak too, so a film is not wrong to differ from it.",
    )


def motion_part(report: Report) -> str:
    """Tell whether motion follows energy."""
    return part(
        "Motion and energy",
        follows("The motion in the shots", report.motion_by_energy, of="shots"),
        figure(drawn.following_figure(report)),
        how="Motion is the mean speed of all pixels by dense optical flow, ten times a second, in "
        "shares of the picture's width. Rain and lights that flicker count as people do; a close "
        "shot moves more than a wide one of the same.",
    )


def meant_part(report: Report) -> str:
    """Tell how much of what was meant is seen."""
    clear = [drawn.TOPICS[m.topic] for m in report.meant if m.beyond_chance >= drawn.CLEAR]
    finding = (
        f"What the director meant is clearly seen more often than in shuffled shots for "
        f"{len(clear)} of {len(report.meant)} topics{f': {listed(clear)}' if clear else ''}."
    )
    return part(
        "What was meant, and what is seen",
        finding,
        figure(drawn.meant_figure(report)),
        how="Each shot's plan says how the camera moves, and how its part is to be lighter, "
        "richer or warmer than the film; that is held against what was measured. The camera is "
        "what most of the picture does in common, so a face that fills it passes for the camera. "
        "Green is two standard deviations above chance, red as far below; few shots, and what "
        "nearly every shot has, leave a bar grey. "
        "How large people are in the picture is not measured: the sizes are told as they were "
        "meant. The shots themselves are at the end of this page.",
    )


def colours_part(report: Report) -> str:
    """Tell the colours of the film, and how far shots are apart in them."""
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
    return part(
        "Colours",
        finding[0].upper() + finding[1:] if steps else f"The shots are on average {finding}",
        figure(drawn.colours_figure(report)),
        f"<p>Furthest from the rest is the shot at {clock(furthest.start)} "
        f"({html.escape(words(furthest.place))}), {furthest.look.from_film:.2f}.</p>",
        how="Distances are Hellinger's, of histograms in CIE L*a*b*, without the frames of "
        "transitions. A new place is meant to look different; a small distance is unity, not "
        "merit.",
    )


def likeness_part(report: Report) -> str:
    """Tell whether places and people keep their look."""
    places = [like for like in report.likeness if like.of == "place"]
    [people] = [like for like in report.likeness if like.of == "people"]
    finding = " ".join([*map(_tell_place, places), _tell_people(people)])
    can_draw = any(like.told_apart is not None for like in report.likeness)
    return part(
        "Places and people",
        finding,
        figure(drawn.likeness_figure(report)) if can_draw else "",
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


def captions_part(report: Report) -> str:
    """Tell how well captions can be read."""
    title = "Words over the picture"
    if not report.captions:
        return part(title, "Not applicable: nothing is written over this film.")
    read = [caption for caption in report.captions if caption.kind != "watermark"]
    n_clear = sum(caption.contrast >= WANTED for caption in read)
    n_throughout = sum(caption.weakest >= WANTED for caption in read)
    finding = (
        f"{all_of(n_clear, len(read))} captions have a contrast of {WANTED:g} to 1 or more as a "
        f"whole, {n_throughout} of them in every part."
    )
    return part(
        title,
        finding,
        figure(drawn.captions_figure(report, wanted=WANTED)),
        how="The contrast ratio of WCAG 2.2 between letters and what is around them, halo "
        "included, read from the film at the middle of each caption; large text needs 3 to 1. "
        "Karaoke is half sung there, and what is not yet sung is dimmer by intent. A watermark is "
        "drawn but not counted.",
    )


def safety_part(report: Report, video: Video) -> str:
    """Tell of flashes, and of all that was checked in the file."""
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
            mark(check.passed),
        )
        for check in video.checks
    ]
    checks = table(("check", "found", "expected", ""), rows)
    return part(
        "Flashes and checks",
        f"{told} {n_passed} of {len(video.checks)} checks of the finished file passed.",
        f"<details><summary>All checks</summary>{checks}</details>",
    )


def making_part(report: Report, video: Video) -> str:
    """Tell what the film took."""
    worked_s = sum(stage.worked_s for stage in report.stages)
    longest = max(report.stages, key=lambda stage: stage.worked_s, default=None)
    most = f", most of it on {longest.name}" if longest else ""
    finding = (
        f"{clock(video.duration)} of film took {clock(worked_s)} of work{most}, and cost "
        f"${report.cost_usd:.2f}: ${report.cost_usd_per_min:.2f} a minute."
    )
    return part(
        "Time and money",
        finding,
        figure(drawn.making_figure(report)),
        how="Of each stage the last time that it ran; money is all that was ever spent on it.",
    )


def shots_part(report: Report, stills: Sequence[str], *, is_tall: bool) -> str:
    """Tell each shot: what it was to be, and what was found."""
    cards = "".join(_card(shot, still) for shot, still in zip(report.shots, stills, strict=True))
    return part(
        "Shot by shot",
        "What each shot was to be, and what was found.",
        f'<div class="shots{" shots--tall" if is_tall else ""}">{cards}</div>',
    )


def _card(shot: ShotMeasures, still: str) -> str:
    swatches = "".join(f'<i style="background: {colour}"></i>' for colour in shot.look.swatches)
    verdicts = "".join(
        f"<li>{mark(verdict.is_seen)}<span>{html.escape(verdict.meant)}</span>"
        f"<span>{html.escape(verdict.found)}</span></li>"
        for verdict in shot.verdicts
    )
    where = ", ".join(filter(None, (words(shot.place), words(" and ".join(shot.people)))))
    return (
        f'<article class="shot"><img src="{still}" alt="" loading="lazy">'
        f'<div class="shot__text"><div class="swatches">{swatches}</div>'
        f'<div class="shot__head"><span>{html.escape(shot.size)}, {html.escape(shot.action)}</span>'
        f"<span>{shot.start:.1f} s · {shot.end - shot.start:.1f} s</span></div>"
        f'<div class="shot__place">{html.escape(where)}</div>'
        f"<p>{html.escape(shot.idea)}</p><ul>{verdicts}</ul></div></article>"
    )
