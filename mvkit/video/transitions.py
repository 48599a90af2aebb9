"""How one clip gives way to the next: one small function per kind of transition.

Each takes the picture that goes, the picture that comes, and a weight that rises from 0 (all of
the first) to 1 (all of the second); pictures are yuv420p arrays, mixed as the screen shows them,
without linearising, which is what a video editor's dissolve does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import cv2
import numpy as np

from mvkit.footage import Picture
from mvkit.schema.plan import TransitionType

BLACK_LUMA, NEUTRAL_CHROMA = 16, 128

Mix = Callable[[Picture, Picture, float], Picture]


def cut(going: Picture, coming: Picture, weight: float) -> Picture:
    """Show one picture, then the other."""
    return going if weight < 0.5 else coming


def crossfade(going: Picture, coming: Picture, weight: float) -> Picture:
    """Dissolve one picture into the other."""
    mixed: Picture = cv2.addWeighted(going, 1.0 - weight, coming, weight, 0.0)
    return mixed


def fade(going: Picture, coming: Picture, weight: float) -> Picture:
    """Fade one picture out to black, then the other in."""
    black = _black(going)
    if weight < 0.5:
        return crossfade(going, black, 2.0 * weight)
    return crossfade(black, coming, 2.0 * weight - 1.0)


TRANSITIONS: dict[TransitionType, Mix] = {"cut": cut, "crossfade": crossfade, "fade": fade}
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


def _black(like: Picture) -> Picture:
    black = np.full_like(like, NEUTRAL_CHROMA)
    black[: like.shape[0] * 2 // 3] = BLACK_LUMA
    return black
