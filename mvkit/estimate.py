"""What a film will cost, told before anything is asked for.

Before a song is analysed nobody knows its clips; how many there will be follows from its length.
Where cuts fall on bars and clips last 4 to 8 s (:mod:`mvkit.analysis.boundaries`), songs of 70 to
174 beats per minute are cut into clips of 6.1 s on average, from 4.8 to 7.0 s by song. Services
sell whole seconds, or 5 s and 10 s and nothing between, so a clip is priced at several lengths
around the mean: at the mean alone, everything that is sold by 5 s would seem to cost 10 s.

Contents
--------
Estimate, estimate      what a film costs, by the names of its models
Rates, rates_of         what one picture and one clip cost
estimate_at             what a film costs, by its rates
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from mvkit.providers import paid_image_model, paid_video_model
from mvkit.schema import MIN_CLIPS

TYPICAL_CLIP_S = 6.0
TYPICAL_PICTURES = 5
"""Four places (home, the release, elsewhere, home again later) and one person."""
LENGTHS = (Decimal("0.7"), Decimal("0.85"), Decimal(1), Decimal("1.15"), Decimal("1.3"))
"""Lengths of clips as shares of their mean: 4 to 8 s around 6 s."""
MS = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a film takes, as far as can be told from its song's length.

    Attributes
    ----------
    n_pictures : int
        References: places and people.
    n_clips : int
        All clips of the film, whoever films them.
    usd : Decimal
        What it typically costs in all.
    n_keyframes : int
        Pictures that clips start from, one for each clip whose model cannot do without.
    """

    n_pictures: int
    n_clips: int
    usd: Decimal
    n_keyframes: int = 0


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What the parts of a film mostly cost.

    Attributes
    ----------
    picture_usd : Decimal
        One picture, a reference or a keyframe.
    clip_usd : callable
        One clip, by its length in seconds.
    wants_keyframe : bool
        Whether each clip has to start from a picture.
    """

    picture_usd: Decimal
    clip_usd: Callable[[float], Decimal]
    wants_keyframe: bool = False


def free(_seconds: float) -> Decimal:
    """Return what a clip of a free model costs."""
    return Decimal()


def rates_of(*, image: str, video: str) -> Rates:
    """Return what pictures and clips of two models mostly cost; free models cost nothing.

    Raises
    ------
    InvalidInput
        If no provider has one of the names.
    """
    painter, camera = paid_image_model(image), paid_video_model(video)
    picture_usd = painter.typical_usd(seconds=0.0) if painter else Decimal()
    if camera is None:
        return Rates(picture_usd=picture_usd, clip_usd=free)
    return Rates(
        picture_usd=picture_usd,
        clip_usd=lambda seconds: camera.typical_usd(seconds=seconds),
        wants_keyframe=camera.wants_keyframe,
    )


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
    return estimate_at(rates_of(image=image, video=video), song_s=song_s)


def estimate_at(
    rates: Rates, *, song_s: float, clip_s: float = TYPICAL_CLIP_S, n_free_clips: int = 0
) -> Estimate:
    """Estimate what a film will cost at some rates.

    Parameters
    ----------
    rates : Rates
        What its parts cost.
    song_s : float
        Length of the song in seconds.
    clip_s : float
        Length of its clips on average, in seconds.
    n_free_clips : int
        How many of its clips are filmed for nothing.
    """
    n_clips = count_clips(song_s, clip_s=clip_s)
    n_paid = max(0, n_clips - n_free_clips)
    n_keyframes = n_paid if rates.wants_keyframe else 0
    pictures_usd = (TYPICAL_PICTURES + n_keyframes) * rates.picture_usd
    return Estimate(
        n_pictures=TYPICAL_PICTURES,
        n_clips=n_clips,
        usd=pictures_usd + n_paid * _mean_clip_usd(rates, mean_s=song_s / n_clips),
        n_keyframes=n_keyframes,
    )


def count_clips(song_s: float, *, clip_s: float = TYPICAL_CLIP_S) -> int:
    """Return how many clips a song is mostly cut into, where they last so long on average."""
    return max(MIN_CLIPS, math.ceil(song_s / clip_s))


def _mean_clip_usd(rates: Rates, *, mean_s: float) -> Decimal:
    mean = Decimal(mean_s)
    each_usd = (rates.clip_usd(float((share * mean).quantize(MS))) for share in LENGTHS)
    return sum(each_usd, Decimal()) / len(LENGTHS)
