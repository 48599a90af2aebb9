"""mvkit turns a song and a prompt into a finished, beat-synchronised music video.

==========================  =====================================================================
name                        what it does
==========================  =====================================================================
:func:`make_video`          the whole chain, from a song and a prompt to a film
:func:`batch`               many films, from a table, a grid or a folder of songs
:func:`reshape`             a finished film in another shape, planned and bought once
:func:`analyze_song`        stage 01: hear beats, bars, sections, key, mood
:func:`plan_video`          stage 02: a director's treatment and shot list
:func:`make_references`     stage 03: one picture per scene and per character
:func:`write_prompts`       stage 04: one prompt per clip
:func:`film_clips`          stage 05: film every clip
:func:`compose_video`       stage 06: cut, join, lay the song under, verify
:class:`Run`                a run folder and the artefacts in it
:func:`image_model`         who paints references
:func:`video_model`         who films clips
==========================  =====================================================================

The artefacts (:class:`Brief` to :class:`Video`) are frozen pydantic models, see
:mod:`mvkit.schema`. Names load when they are first used, so that ``import mvkit`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mvkit.analysis import analyze_song
    from mvkit.batches import batch
    from mvkit.chain import make_video
    from mvkit.clips import film_clips
    from mvkit.director import plan_video
    from mvkit.prompts import write_prompts
    from mvkit.providers import image_model, video_model
    from mvkit.references import make_references
    from mvkit.run import Run
    from mvkit.schema import Analysis, Brief, Clips, Plan, Prompts, References, Video
    from mvkit.siblings import reshape
    from mvkit.video import compose_video

_HOME_OF = {
    "Analysis": "mvkit.schema",
    "Brief": "mvkit.schema",
    "Clips": "mvkit.schema",
    "Plan": "mvkit.schema",
    "Prompts": "mvkit.schema",
    "References": "mvkit.schema",
    "Run": "mvkit.run",
    "Video": "mvkit.schema",
    "analyze_song": "mvkit.analysis",
    "batch": "mvkit.batches",
    "compose_video": "mvkit.video",
    "film_clips": "mvkit.clips",
    "image_model": "mvkit.providers",
    "make_references": "mvkit.references",
    "make_video": "mvkit.chain",
    "plan_video": "mvkit.director",
    "reshape": "mvkit.siblings",
    "video_model": "mvkit.providers",
    "write_prompts": "mvkit.prompts",
}

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Brief",
    "Clips",
    "Plan",
    "Prompts",
    "References",
    "Run",
    "Video",
    "analyze_song",
    "batch",
    "compose_video",
    "film_clips",
    "image_model",
    "make_references",
    "make_video",
    "plan_video",
    "reshape",
    "video_model",
    "write_prompts",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mvkit' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
