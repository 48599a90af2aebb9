"""What a take is told of its shots: framing, action, and the beats that the picture answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from mvkit.timing import FPS, frame_at

__all__ = ["FLASH_GAP_S", "TakeAccent", "TakeShot", "TakeWords", "flash_seldom"]

FLASH_GAP_S = 0.5
"""Flashes of a take lie so far apart at least.

Photosensitivity guidelines allow three in any second (WCAG 2.3.1). A take knows nothing of the
one before it, so each keeps to two a second: where they meet, there are three at most.
"""


@dataclass(frozen=True)
class TakeAccent:
    """A beat that the picture answers.

    Parameters
    ----------
    time_s
        When, in the song; the answer sets in on the frame nearest to it.
    kind
        ``punch``, ``flash`` or ``shake``.
    strength
        0..1.
    until_s
        By when the picture is as it would have been: the end of its shot in this take.
    """

    time_s: float
    kind: str
    strength: float = 1.0
    until_s: float = inf


@dataclass(frozen=True)
class TakeWords:
    """Words that hang in the world while they are sung.

    Parameters
    ----------
    text
        What is written.
    start_s, end_s
        Absolute times in the song.
    """

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class TakeShot:
    """What is seen between two cuts.

    Parameters
    ----------
    start_s, end_s
        Absolute times in the song. The cut is on the frame nearest to ``start_s``.
    size, angle, move
        Words of :data:`~mvkit.studio.camera.SHOT_SIZES`, `ANGLES` and `MOVES`.
    action
        What the person does, a word of :data:`~mvkit.studio.figure.POSES`.
    has_figure, has_companion
        Whether the person is in it, and who is with them.
    detail
        What an extreme close shot shows: ``eyes``, ``hands`` or ``feet``.
    way
        Which way a walking person goes across the frame, a key of
        :data:`~mvkit.studio.worlds.base.WAYS`; "" leaves it to the world.
    accents
        Beats inside it that the picture answers.
    words
        Words that hang in the world, or None.
    """

    start_s: float
    end_s: float
    size: str = "wide"
    angle: str = "eye level"
    move: str = "push in"
    action: str = "walk"
    has_figure: bool = True
    has_companion: bool = False
    detail: str = "eyes"
    way: str = ""
    accents: tuple[TakeAccent, ...] = ()
    words: TakeWords | None = None

    @property
    def flashes(self) -> bool:
        """Whether one of its accents is a flash."""
        return any(accent.kind == "flash" for accent in self.accents)


def flash_seldom(shots: Sequence[TakeShot]) -> tuple[TakeShot, ...]:
    """Return the shots without the flashes that come too soon after another, whoever asks."""
    flashes = [a for shot in shots for a in shot.accents if a.kind == "flash"]
    kept: list[TakeAccent] = []
    for flash in sorted(flashes, key=lambda accent: accent.time_s):
        gap = frame_at(flash.time_s) - frame_at(kept[-1].time_s) if kept else inf
        if gap >= FLASH_GAP_S * FPS:
            kept.append(flash)
    return tuple(
        replace(shot, accents=tuple(a for a in shot.accents if a.kind != "flash" or a in kept))
        for shot in shots
    )
