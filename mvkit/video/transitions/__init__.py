"""How one clip gives way to the next: one small function per kind of transition.

Each takes the picture that goes, the picture that comes, and a weight that rises from 0 (all of
the first) to 1 (all of the second); pictures are yuv420p arrays, mixed as the screen shows them,
without linearising, which is what a video editor's dissolve does. Whatever a transition does, at
weight 0.5 it changes over: that is the frame which falls on the beat.

To add one: its name in :data:`mvkit.schema.plan.TransitionType`, its function in one of the
modules here, one line in :data:`TRANSITIONS`, its usual length in
:data:`mvkit.director.transitions.USUAL_S` and rows of knowledge that ask for it.

Modules
-------
planes
    Luma and chroma of a picture, and covers that mix two pictures place by place.
mixes
    Both pictures stay where they are: dissolves, fades, wipe.
moves
    The frame itself moves: whip, push, zoom, spin.
lights
    Light or damage hides the change: flash, light leak, film burn, glitch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mvkit.footage import Picture
from mvkit.schema.plan import TransitionType
from mvkit.video.transitions.lights import film_burn, flash, glitch, light_leak
from mvkit.video.transitions.mixes import crossfade, cut, fade, fade_white, luma_dissolve, wipe
from mvkit.video.transitions.moves import push, spin, whip, zoom

__all__ = ["TRANSITIONS", "Mix", "blend", "weights"]

Mix = Callable[[Picture, Picture, float], Picture]

TRANSITIONS: dict[TransitionType, Mix] = {
    "cut": cut,
    "crossfade": crossfade,
    "fade": fade,
    "fade white": fade_white,
    "luma dissolve": luma_dissolve,
    "wipe": wipe,
    "push": push,
    "whip": whip,
    "zoom": zoom,
    "spin": spin,
    "flash": flash,
    "light leak": light_leak,
    "film burn": film_burn,
    "glitch": glitch,
}
"""The mixing function of each kind of transition."""


def weights(n_frames: int) -> list[float]:
    """Return the weight of the coming picture in each frame of a transition.

    The ramp is even and symmetric, 0 just before the first frame and 1 just after the last, so
    that the coming picture has the upper hand from the middle frame on.
    """
    return [(frame + 1) / (n_frames + 1) for frame in range(n_frames)]


def blend(
    kind: TransitionType, going: Iterable[Picture], coming: Iterable[Picture], *, n_frames: int
) -> Iterator[Picture]:
    """Yield the pictures of a transition.

    Raises
    ------
    ValueError
        If one of the two clips has fewer pictures left than the transition.
    """
    mix = TRANSITIONS[kind]
    pairs = zip(going, coming, strict=False)
    for frame, weight in enumerate(weights(n_frames)):
        pair = next(pairs, None)
        if pair is None:
            raise ValueError(f"a clip ended after {frame} of {n_frames} frames of a {kind}")
        yield mix(*pair, weight)
