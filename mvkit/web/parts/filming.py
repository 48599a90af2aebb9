"""How a clip was filmed: by whom, from which picture, and what else is worth knowing.

Contents
--------
filmed_chip     who filmed it instead of the chosen model, on a chip
filming         the picture it starts from, its notes, and why it was not the chosen model
"""

from __future__ import annotations

import html

from mvkit.schema import Clip
from mvkit.settings import get_settings


def filmed_chip(clip: Clip) -> str:
    """Return a chip that says who filmed a clip, as HTML; nothing if the chosen model did."""
    if clip.status == "failed" or not clip.error:
        return ""
    name = html.escape(_short(clip.model))
    words = f"stand-in: {name}" if _is_stand_in(clip) else f"filmed by {name} instead"
    return f'<span class="mv-chip" title="{html.escape(clip.error)}">{words}</span>'


def filming(clip: Clip, *, keyframe: str) -> str:
    """Return what else is to be said of how a clip was filmed, as HTML; mostly nothing.

    Parameters
    ----------
    clip : Clip
        Its record.
    keyframe : str
        Where the picture is that it starts from; empty if there is none.
    """
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in clip.notes)
    parts = (
        _start(keyframe) if keyframe else "",
        f'<ul class="mv-filming__notes">{notes}</ul>' if notes else "",
        _why(clip) if clip.status == "success" and clip.error else "",
    )
    told = "".join(parts)
    return f'<div class="mv-filming">{told}</div>' if told else ""


def _start(keyframe: str) -> str:
    return (
        '<figure class="mv-filming__start"><figcaption>starts from</figcaption>'
        f'<a href="{keyframe}" target="_blank">'
        f'<img src="{keyframe}" loading="lazy" alt="The picture it starts from"></a></figure>'
    )


def _why(clip: Clip) -> str:
    """Return why another model filmed; a chip's tooltip is nothing for fingers."""
    return (
        '<details class="mv-filming__why"><summary>Why not the chosen model</summary>'
        f"<p>{html.escape(clip.error)}</p>"
        f"<p>{html.escape(clip.model)} filmed it.</p></details>"
    )


def _is_stand_in(clip: Clip) -> bool:
    """Whether a clip was filmed by the settings' stand-in, of whatever size."""
    stand_in = get_settings().stand_in
    return bool(stand_in) and clip.model.partition(":")[0] == stand_in.partition(":")[0]


def _short(model: str) -> str:
    """Return a model's own name: ``p-video`` for ``replicate:prunaai/p-video@draft-720p``."""
    return model.partition("@")[0].rpartition("/")[2]
