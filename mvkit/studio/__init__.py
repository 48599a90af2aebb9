"""The offline film studio: worlds, a recurring person, a camera, light; all on the processor.

The studio paints clips and reference pictures with compiled loops, without models, network or
graphics card. What it paints is a function of its arguments alone: same take, same bytes.

Contents
--------
Take, TakeShot, TakeAccent, TakeWords, Tone, paint_frames
    A clip: yuv420p frames on the song's frame grid (:mod:`mvkit.studio.take`).
paint_still
    Its first frame alone.
paint_picture
    A reference still of a place or a person (:mod:`mvkit.studio.picture`).
FigureSheet
    A person (:mod:`mvkit.studio.figure`).
Music, Pulse
    The song as numbers per instant (:mod:`mvkit.studio.music`).
WORLDS
    The places (:mod:`mvkit.studio.worlds`); one file each.

Beneath: :mod:`~mvkit.studio.camera` (framing and moves), :mod:`~mvkit.studio.accents` (beats that
the picture answers), :mod:`~mvkit.studio.light` (film development), :mod:`~mvkit.studio.colour` (a
plan's palette in a world's roles), :mod:`~mvkit.studio.kit` (how to write a loop that fills a frame
in milliseconds).
"""

from __future__ import annotations

from mvkit.studio.figure import FigureSheet
from mvkit.studio.light import Tone
from mvkit.studio.music import Music, Pulse
from mvkit.studio.picture import paint_picture
from mvkit.studio.shot import TakeAccent, TakeShot, TakeWords
from mvkit.studio.take import Take, paint_frames, paint_still
from mvkit.studio.worlds import WORLDS

__all__ = [
    "WORLDS",
    "FigureSheet",
    "Music",
    "Pulse",
    "Take",
    "TakeAccent",
    "TakeShot",
    "TakeWords",
    "Tone",
    "paint_frames",
    "paint_picture",
    "paint_still",
]
