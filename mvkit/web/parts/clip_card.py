"""A clip of a film on a card: its player once it is filmed, till then what is known of it."""

from __future__ import annotations

import html

from mvkit.schema import Clip, ClipScript, Plan
from mvkit.web.parts.amounts import clock
from mvkit.web.parts.film import Film
from mvkit.web.parts.filming import filmed_chip, filming
from mvkit.web.parts.player import clip_player


def clip_card(film: Film, plan: Plan, script: ClipScript, *, is_filming: bool) -> str:
    """Return the card of a clip, as HTML; the same for as long as nothing happens to the clip.

    Parameters
    ----------
    film : Film
        The film.
    plan : Plan
        Its plan in effect.
    script : ClipScript
        The clip.
    is_filming : bool
        Whether clips are being filmed now.
    """
    clip = film.clip(script)
    tall = " mv-clip--tall" if film.brief.aspect == "9:16" else ""
    where = f"{clock(script.start)} to {clock(script.end)}"
    return (
        f'<article class="mv-card mv-clip{tall}">{_picture(film, plan, script, clip)}'
        f'<p class="mv-card__title">{clip_name(script)}'
        f'<span class="mv-muted mv-small mv-number">{where}</span></p>'
        f'<div class="mv-row">{_chips(script, clip, is_filming=is_filming)}</div>'
        f"{_told(script, clip)}"
        f"{filming(clip, keyframe=film.url(clip.keyframe_url)) if clip else ''}</article>"
    )


def clip_name(script: ClipScript) -> str:
    """Return what a clip is called; people count from one."""
    return f"Clip {script.clip_index + 1}"


def _picture(film: Film, plan: Plan, script: ClipScript, clip: Clip | None) -> str:
    """Return the clip's player, or the picture that comes nearest to it."""
    aspect = film.brief.aspect
    if clip is not None and clip.status == "success":
        poster = f"clips/{script.slate}.jpg"
        return clip_player(
            film.job.job_id,
            clip.video_url,
            poster=poster if poster in film.files else "",
            label=f"{clip_name(script)}: {script.visual_description}",
            aspect=aspect,
            written_at_s=film.written_at_s(f"clips/{script.slate}.json"),
        )
    shape = f"aspect-ratio: {aspect.replace(':', ' / ')}"
    still = film.url(_latest_sketch(film, script)) or _place(film, script)
    if still:
        return f'<img class="mv-clip__to-come" src="{still}" loading="lazy" alt="" style="{shape}">'
    colours = html.escape(", ".join(plan.style.color_palette[:3]))
    return (
        f'<div style="{shape}; opacity: 0.4; background: linear-gradient(135deg, {colours})"></div>'
    )


def _latest_sketch(film: Film, script: ClipScript) -> str:
    """Return the name of the clip's sketch that was painted last, or nothing if there is none."""
    names = (name for name in film.files if name.startswith(f"sketches/{script.clip_index:03d}-"))
    return max(names, key=film.written_at_s, default="")


def _place(film: Film, script: ClipScript) -> str:
    """Return where the picture of the place is that a clip plays in."""
    pictures = film.references.scene_references if film.references else ()
    urls = (
        film.url(picture.image_url) for picture in pictures if picture.scene_id in script.scenes
    )
    return next(urls, "")


def _chips(script: ClipScript, clip: Clip | None, *, is_filming: bool) -> str:
    chips = [f'<span class="mv-chip">{script.section}</span>']
    if clip is not None and clip.status == "failed":
        chips.append('<span class="mv-chip mv-chip--bad">failed</span>')
    elif clip is not None:
        chips.append(filmed_chip(clip))
    elif is_filming:
        chips.append('<span class="mv-chip mv-chip--busy">to come</span>')
    return "".join(chips)


def _told(script: ClipScript, clip: Clip | None) -> str:
    """Return what is seen in the clip or, where there is none, what went wrong."""
    failed = clip is not None and clip.status == "failed"
    text = html.escape(clip.error if clip and failed else script.visual_description)
    return f'<p class="mv-card__text mv-clip__told" title="{text}">{text}</p>'
