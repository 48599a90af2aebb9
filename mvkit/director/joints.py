"""How the shots of a clip that was changed fit those beside it.

Whoever changes a clip, by hand or by a screenplay, leaves its neighbours as they are: what would
look like a mistake at the cut is mended in the clip itself.

Contents
--------
straightened, stepped
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mvkit.director.directions import crosses
from mvkit.director.facts import SIZES
from mvkit.director.shots import size_step
from mvkit.schema import Shot


def straightened(
    shots: Sequence[Shot], *, before: Shot | None = None, after: Shot | None = None
) -> tuple[Shot, ...]:
    """Return shots without ways that turn back in a cut.

    Parameters
    ----------
    shots : sequence of Shot
        Of one clip.
    before, after : Shot, optional
        The neighbours' shots beside it, where they are in the same place.
    """
    kept: list[Shot] = []
    for shot, following in pairwise([*shots, after]):
        assert shot is not None  # only the last may be missing
        last = kept[-1] if kept else before
        turns = _turns(last, shot) or (following is after and _turns(shot, following))
        kept.append(shot.model_copy(update={"direction": None}) if turns else shot)
    return tuple(kept)


def stepped(
    shots: Sequence[Shot], *, before: Shot | None = None, after: Shot | None = None, reason: str
) -> tuple[Shot, ...]:
    """Return shots whose first and last differ in size from those beside them.

    Parameters
    ----------
    shots, before, after
        As for :func:`straightened`.
    reason : str
        Rule that a shot names whose size was changed.
    """
    mended = list(shots)
    for index, beside in ((0, before), (-1, after)):
        if beside is None or mended[index].size != beside.size:
            continue
        inner = mended[1:2] if index == 0 else mended[-2:-1]
        other = [after] if len(mended) == 1 and index == 0 and after else []
        taken = {shot.size for shot in (beside, *inner, *other)}
        free = [size for size in SIZES if size not in taken]
        size = min(free, key=lambda size: size_step(size, beside.size))
        mended[index] = mended[index].model_copy(update={"size": size, "rules": (reason,)})
    return tuple(mended)


def _turns(before: Shot | None, after: Shot | None) -> bool:
    """Tell whether a cut between two shots of one place turns people back."""
    ways = (before.way if before else None, after.way if after else None)
    return ways[0] is not None and ways[1] is not None and crosses(ways[0], ways[1])
