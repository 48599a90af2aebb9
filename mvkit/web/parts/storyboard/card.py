"""A clip of a storyboard on a card: its picture, what is seen in it, and why."""

from __future__ import annotations

import html
from collections.abc import Iterable

from mvkit.director.knowledge import BY_HAND
from mvkit.figures import place_colours
from mvkit.grading import graded_palette
from mvkit.jobs.storyboard import Storyboard, Take
from mvkit.schema import Clip, ClipScript, Scene, Shot, Transition
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.clip_card import clip_name
from mvkit.web.parts.filming import filmed_chip, filming
from mvkit.web.parts.player import clip_player, file_url
from mvkit.web.parts.storyboard.craft import place_words, reasons


def script_card(board: Storyboard, script: ClipScript) -> str:
    """Return the card of a clip, as HTML; the same for as long as nothing changes about it."""
    scene = scene_of(board, script)
    colour = place_colours(board.plan)[scene.id]
    return (
        f'<article class="mv-script" style="--place: {colour}">'
        f'<div class="mv-script__picture">{clip_picture(board, script)}</div>'
        f'<p class="mv-card__title">{clip_name(script)}'
        f'<span class="mv-muted mv-small mv-number">{clock(script.start)} – {clock(script.end)}'
        f" · {script.section}</span></p>"
        f'<div class="mv-row">{_chips(board, script)}</div>'
        f"{_sung(script)}"
        f'<p class="mv-script__words">{html.escape(script.visual_description)}</p>'
        f'<p class="mv-script__place mv-small">{html.escape(place_words(scene))}'
        f"{_light(script)}</p>"
        f'<ol class="mv-script__shots" aria-label="Shots">{"".join(map(_shot, script.shots))}</ol>'
        f"{_joint(board, script)}{clip_filming(board, script)}{_why(board, script)}</article>"
    )


def clip_picture(board: Storyboard, script: ClipScript) -> str:
    """Return what a clip looks like, as HTML: its footage, else a sketch, else its colours."""
    job = board.job
    take = _take(board, script)
    if take.video and script.clip_index not in board.to_film:
        return clip_player(
            job.job_id,
            take.video,
            poster=take.poster,
            label=f"{clip_name(script)}: {script.visual_description}",
            aspect=board.brief.aspect,
            written_at_s=job.updated_at_s,
        )
    shape = f"aspect-ratio: {board.brief.aspect.replace(':', ' / ')}"
    sketch = board.sketches.get(script.clip_index, "")
    if sketch:
        return (
            f'<img src="{file_url(job.job_id, sketch)}" alt="" loading="lazy" style="{shape}">'
            '<span class="mv-script__kind">sketch</span>'
        )
    graded = graded_palette(board.plan.style.color_palette, script.grade)
    colours = html.escape(", ".join(graded[:3]))
    return f'<div class="mv-script__blank" style="{shape}; --colours: {colours}"></div>'


def clip_filming(board: Storyboard, script: ClipScript) -> str:
    """Return how a clip was filmed, as HTML; nothing if it is not, or of other words."""
    clip, take = _filmed(board, script), _take(board, script)
    if clip is None:
        return ""
    job_id = board.job.job_id
    keyframe = (
        file_url(job_id, take.keyframe, written_at_s=board.job.updated_at_s)
        if take.keyframe
        else ""
    )
    return filming(clip, keyframe=keyframe)


def scene_of(board: Storyboard, script: ClipScript) -> Scene:
    """Return where a clip plays."""
    return next(scene for scene in board.plan.scenes if scene.id == script.scenes[0])


def is_edited(board: Storyboard, script: ClipScript) -> bool:
    """Whether somebody changed what the director wrote for a clip, or the way into it."""
    joint = _joint_into(board, script)
    return BY_HAND in script.rules or (joint is not None and BY_HAND in joint.rules)


def _chips(board: Storyboard, script: ClipScript) -> str:
    index = script.clip_index
    takes = board.takes[index]
    stands_out = "lamp" if len(board.to_film) < len(board.plan.clip_scripts) else ""
    chips = [("to film", stands_out) if index in board.to_film else ("filmed", "good")]
    clip = _filmed(board, script)
    if len(takes) > 1:
        chips.append((f"take {script.take} of {len(takes)}", ""))
    if is_edited(board, script):
        chips.append(("edited", ""))
    if script.locked:
        chips.append(("locked", ""))
    return "".join(
        f'<span class="mv-chip{f" mv-chip--{kind}" if kind else ""}">{words}</span>'
        for words, kind in chips
    ) + (filmed_chip(clip) if clip else "")


def _take(board: Storyboard, script: ClipScript) -> Take:
    """Return the take that is used of a clip."""
    return next(take for take in board.takes[script.clip_index] if take.number == script.take)


def _filmed(board: Storyboard, script: ClipScript) -> Clip | None:
    """Return the record of a clip whose footage shows what the plan says now."""
    return None if script.clip_index in board.to_film else _take(board, script).clip


def _sung(script: ClipScript) -> str:
    if not script.lyrics_context:
        return ""
    return f'<p class="mv-script__sung">{html.escape(script.lyrics_context)}</p>'


def _light(script: ClipScript) -> str:
    return f"; {html.escape(script.lighting)}" if script.lighting else ""


def _shot(shot: Shot) -> str:
    who = shot.action if shot.characters else "nobody"
    kinds = dict.fromkeys(accent.kind for accent in shot.accents)
    words = " · ".join((shot.size, shot.angle, shot.move, who, *kinds))
    return f'<li>{words}<span class="mv-list__end mv-number">{shot.length_s:.1f} s</span></li>'


def _joint(board: Storyboard, script: ClipScript) -> str:
    """Return how the clip before gives way to this one."""
    joint = _joint_into(board, script)
    if joint is None:
        return ""
    length = f", {joint.duration:.1f} s," if joint.duration else ""
    return (
        f'<p class="mv-script__joint mv-small">{joint.type}{length} from clip '
        f"{script.clip_index}</p>"
    )


def _joint_into(board: Storyboard, script: ClipScript) -> Transition | None:
    return board.plan.transitions[script.clip_index - 1] if script.clip_index else None


def _why(board: Storyboard, script: ClipScript) -> str:
    """Return the director's reasons, folded up."""
    parts = {"The clip": reasons(script.rules)}
    if joint := _joint_into(board, script):
        parts["The way in"] = list(dict.fromkeys((joint.rationale, *reasons(joint.rules))))
    for number, shot in enumerate(script.shots, start=1):
        parts[f"Shot {number}"] = reasons(shot.rules)
    told = "".join(
        f"<dt>{name}</dt><dd>{_sentences(sentences)}</dd>"
        for name, sentences in parts.items()
        if sentences
    )
    return (
        '<details class="mv-script__why"><summary>Why</summary>'
        f'<dl tabindex="0">{told}</dl></details>'
    )


def _sentences(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)
