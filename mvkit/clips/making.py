"""Having a model film one clip, once, and bringing what it delivers into final form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mvkit.clips.room import stop_if_full
from mvkit.errors import GenerationFailed, MvkitError
from mvkit.footage import Fit, fit, n_frames_in, write_poster
from mvkit.providers.base import ClipRequest, Delivery, VideoModel
from mvkit.timing import FPS

LENGTH_TOLERANCE_S = 2.0
"""How far off a clip's length may be before it is told (product document, module 7)."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """Footage in final form: who delivered it, how long it was, and what was done to it."""

    delivery: Delivery
    delivered_s: float
    how: Literal["exact", "trimmed", "looped"]


def make_clip(request: ClipRequest, model: VideoModel, footage: Path) -> Made:
    """Have a model film a clip, once, and bring what it delivers into final form."""
    target = footage if model.films_final_form else footage.with_suffix(".source.mp4")
    try:
        delivery = model.film(request, target)
        done = fitted(target, footage, request)
        write_poster(footage, footage.with_suffix(".jpg"))
    except MvkitError as error:
        stop_if_full(error)
        raise
    return Made(delivery=delivery, delivered_s=done.delivered_s, how=done.how)


def _checked(footage: Path, request: ClipRequest) -> Fit:
    """Make sure that footage which needs no fitting has the length that was asked for."""
    n_frames, found = len(request.frames), n_frames_in(footage)
    if found != n_frames:
        raise GenerationFailed(
            f"Clip {request.script.clip_index} has {found} frames, expected {n_frames}.",
            reason="CLIP_LENGTH",
        )
    return Fit(how="exact", delivered_s=n_frames / FPS)


def fitted(source: Path, footage: Path, request: ClipRequest) -> Fit:
    """Bring what a model delivered into the form of the film, unless it is there already."""
    if source == footage:
        return _checked(footage, request)
    return fit(
        source,
        footage,
        n_frames=len(request.frames),
        width_px=request.width_px,
        height_px=request.height_px,
        handover_frames=request.handover_frames,
        captions=request.captions,
        first_frame=request.frames.start,
        quality=request.quality,
        framing=request.framing,
    )


def length_note(delivered_s: float, target_s: float) -> str:
    """Return what is to be said of a clip whose length is far from what was wanted, if it is."""
    if delivered_s < target_s - LENGTH_TOLERANCE_S:
        return f"Only {delivered_s:.1f} s of {target_s:.1f} s were delivered; they are repeated."
    if delivered_s > target_s + LENGTH_TOLERANCE_S:
        return f"Of {delivered_s:.1f} s that were delivered, {target_s:.1f} s are used."
    return ""
