"""The colours of a foreign picture, and the filters that make them the film's.

Numbers for colours are those of ITU-T H.273, as in every file and in ffmpeg.

What a file does not say is taken as players take it: a picture in HD is bt709, a smaller one
bt601. In standard range only the matrix is changed: what else differs between the two, players
leave alone. Wide and high-range colours are brought to linear light and to the film's primaries;
what shines brighter than white paper is held back, so that paper stays white and lamps glow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

GBR, BT709, UNSAID, BT601, BT2020, DCI_P3, DISPLAY_P3 = 0, 1, 2, 6, 9, 11, 12
PQ, HLG = 16, 18
WIDE_PRIMARIES = (BT2020, DCI_P3, DISPLAY_P3)
SD_LONG_SIDE_PX, SD_SHORT_SIDE_PX = 1279, 576
"""A picture beyond one of these is HD."""
WHITE_NITS = 203
"""How bright high-range pictures show white paper (ITU-R BT.2408)."""
PEAK = 5
"""Light up to so many times white is told apart, as most is mastered for 1000 nits."""
KNEE = 0.7
"""What is darker than this share of white keeps its brightness."""


@dataclass(frozen=True, kw_only=True)
class Colours:
    """What the numbers of a picture mean.

    Attributes
    ----------
    primaries, transfer, matrix : int
        As in ITU-T H.273, none of them unsaid.
    """

    primaries: int
    transfer: int
    matrix: int

    @classmethod
    def of(cls, picture: Any) -> Self:
        """Return a decoded picture's colours, guessed where they are not said."""
        transfer = picture.color_trc if picture.color_trc in (PQ, HLG) else BT709
        usual = BT601
        if BT2020 in (picture.color_primaries, picture.colorspace) or transfer != BT709:
            usual = BT2020
        elif _is_hd(picture):
            usual = BT709
        return cls(
            primaries=_or(usual, picture.color_primaries),
            transfer=transfer,
            matrix=_or(usual, picture.colorspace),
        )

    @property
    def high_range(self) -> bool:
        """Whether they go beyond white."""
        return self.transfer in (PQ, HLG)

    @property
    def wide(self) -> bool:
        """Whether they go beyond what the film can show."""
        return self.high_range or self.primaries in WIDE_PRIMARIES

    def told(self) -> str:
        """Return the filter that tells ffmpeg what the colours are."""
        return (
            f"setparams=color_primaries={self.primaries}:color_trc={self.transfer}"
            f":colorspace={self.matrix}"
        )

    def to_film(self) -> list[str]:
        """Return the filters that bring wide colours into bt709."""
        # Approximate, HLG would be taken channel by channel, and colours would turn shrill.
        to_light = f"zscale=transfer=linear:npl={WHITE_NITS}:agamma=false"
        held_back = f"tonemap=mobius:param={KNEE}:peak={PEAK}:desat=0"
        return [
            *(to_light, "format=gbrpf32le", "zscale=primaries=bt709"),
            *([held_back] if self.high_range else []),
            "zscale=transfer=bt709:matrix=bt709:range=tv",
        ]


def _or(usual: int, said: int) -> int:
    return usual if said == UNSAID else said


def _is_hd(picture: Any) -> bool:
    short_px, long_px = sorted((int(picture.width), int(picture.height)))
    return long_px > SD_LONG_SIDE_PX or short_px > SD_SHORT_SIDE_PX
