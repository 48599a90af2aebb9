"""What a film will cost, told before anything is asked for.

Before a song is analysed nobody knows its clips; how many there will be follows from its length.
Where cuts fall on bars and clips last 4 to 8 s (:mod:`mvkit.analysis.boundaries`), songs of 70 to
174 beats per minute are cut into clips of 6.1 s on average, from 4.8 to 7.0 s by song.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from mvkit.providers import paid_image_model, paid_video_model
from mvkit.schema import MIN_CLIPS

TYPICAL_CLIP_S = 6.0
TYPICAL_PICTURES = 5
"""Four places (home, the release, elsewhere, home again later) and one person."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a film takes, as far as can be told from its song's length."""

    n_pictures: int
    n_clips: int
    usd: Decimal


def estimate(*, image: str, video: str, song_s: float) -> Estimate:
    """Estimate what a film will cost; free models cost nothing.

    Failures that are billed and parts that are made again come on top.

    Parameters
    ----------
    image, video : str
        Names of the models, as in the settings.
    song_s : float
        Length of the song in seconds.

    Raises
    ------
    InvalidInput
        If no provider has one of the names.
    """
    n_clips = max(MIN_CLIPS, math.ceil(song_s / TYPICAL_CLIP_S))
    painter, camera = paid_image_model(image), paid_video_model(video)
    picture_usd = painter.typical_usd(seconds=0.0) if painter else Decimal()
    clip_usd = camera.typical_usd(seconds=song_s / n_clips) if camera else Decimal()
    return Estimate(
        n_pictures=TYPICAL_PICTURES,
        n_clips=n_clips,
        usd=TYPICAL_PICTURES * picture_usd + n_clips * clip_usd,
    )
