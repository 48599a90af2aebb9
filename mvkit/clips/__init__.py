"""Stage 05: one clip per script, filmed in parallel, each made once.

::

    clips/
      NNN.mp4           the clip in final form
      NNN.json          its record: filmed or failed, and from what
      NNN.jpg           its poster
      NNN.keyframe.png  the picture it starts from, where its model starts from one
      NNN.source.mp4    what a model delivered, where that had to be brought into final form
      NNN.take2.*       another take of it

A clip is done when its record says so and carries the digest of its present inputs: an
interrupted stage goes on with the next clip, and a changed plan films only what changed. Clips
are independent, so any process may film any of them, and whoever films clip N writes only
``clips/NNN.*``. The record comes last: footage without one is filmed anew.

Contents
--------
film_clips    all clips of a run, at the same time
Shoot         one clip of a run after the other, as they are asked for
Keyframes     the pictures that clips start from
Slates        the clips as they are on disk

They load when they are first used: to look at what is on disk takes no decoder.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mvkit.clips.filming import film_clips
    from mvkit.clips.keyframes import Keyframes
    from mvkit.clips.shoot import Shoot
    from mvkit.clips.slates import Slates

_HOME_OF = {
    "Keyframes": "mvkit.clips.keyframes",
    "Shoot": "mvkit.clips.shoot",
    "Slates": "mvkit.clips.slates",
    "film_clips": "mvkit.clips.filming",
}

__all__ = ["Keyframes", "Shoot", "Slates", "film_clips"]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
