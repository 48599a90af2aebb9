"""What a film will cost, told before anything is asked for.

Before a song is analysed nobody knows its clips; how many there will be follows from its length.
Where cuts fall on bars and clips last 4 to 8 s (:mod:`mvkit.analysis.boundaries`), songs of 70 to
174 beats per minute are cut into clips of 6.1 s on average, from 4.8 to 7.0 s by song. Services
sell whole seconds, or 5 s and 10 s and nothing between, so a clip is priced at several lengths
around the mean: at the mean alone, everything that is sold by 5 s would seem to cost 10 s.

A language model that plans is told the song clip by clip and answers clip by clip; who listens is
paid by the song's length.

Contents
--------
Estimate, estimate      what a film costs, by the names of its models
Rates, rates_of         what its parts cost: pictures, clips, planning, hearing
estimate_at             what a film costs, by its rates
Roles, roles_of         who does what
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from mvkit.errors import InvalidInput
from mvkit.providers import paid_image_model, paid_video_model, video_model
from mvkit.providers.planners import DIRECTOR, plan_price
from mvkit.providers.transcribers import NOBODY, hearing_price
from mvkit.schema import MIN_CLIPS, Brief
from mvkit.settings import Settings

TYPICAL_SONG_S = 180.0
TYPICAL_CLIP_S = 6.0
TYPICAL_PICTURES = 5
"""Four places (home, the release, elsewhere, home again later) and one person."""
LENGTHS = (Decimal("0.7"), Decimal("0.85"), Decimal(1), Decimal("1.15"), Decimal("1.3"))
"""Lengths of clips as shares of their mean: 4 to 8 s around 6 s."""
READ_TOKENS, READ_TOKENS_PER_CLIP = 6500, 205
"""What a language model is told: counted for songs of 18 to 96 clips."""
WRITTEN_TOKENS, WRITTEN_TOKENS_PER_CLIP = 3000, 220
"""What it writes: its thinking, and a screenplay that tells of a clip a third more than our draft,
which was counted likewise."""
MS = Decimal("0.001")


class Roles(TypedDict):
    """Who does what, as in the settings."""

    image: str
    video: str
    planner: str
    transcriber: str


def roles_of(chosen: Brief | Settings, *, lyrics: Path | None = None) -> Roles:
    """Return who does what for a film; nobody listens where lyrics come with their times.

    Raises
    ------
    InvalidInput
        If the lyrics cannot be read.
    """
    return Roles(
        image=chosen.image,
        video=chosen.video,
        planner=chosen.planner,
        transcriber=heard_by(chosen.transcriber, lyrics),
    )


def heard_by(transcriber: str, lyrics: Path | None) -> str:
    """Return who listens to a song, if anybody; see :func:`roles_of`."""
    from mvkit.analysis.lyrics import has_times

    return NOBODY if transcriber and lyrics and has_times(lyrics) else transcriber


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
    planning_usd, hearing_usd : Decimal
        What of it is for the plan, and for hearing the words.
    """

    n_pictures: int
    n_clips: int
    usd: Decimal
    n_keyframes: int = 0
    planning_usd: Decimal = Decimal()
    hearing_usd: Decimal = Decimal()

    @property
    def filming_usd(self) -> Decimal:
        """What of it is for pictures and clips."""
        return self.usd - self.planning_usd - self.hearing_usd


def free(_amount: float) -> Decimal:
    """Return what a clip, a plan or a song costs that costs nothing."""
    return Decimal()


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
    planning_usd : callable
        The plan, by its number of clips.
    hearing_usd : callable
        The words, by the length of the song in seconds.
    """

    picture_usd: Decimal = Decimal()
    clip_usd: Callable[[float], Decimal] = free
    wants_keyframe: bool = False
    planning_usd: Callable[[int], Decimal] = free
    hearing_usd: Callable[[float], Decimal] = free


def rates_of(
    *, image: str, video: str, planner: str = DIRECTOR, transcriber: str = NOBODY
) -> Rates:
    """Return what the parts of a film mostly cost; who is free costs nothing.

    Raises
    ------
    InvalidInput
        If no provider has one of the names, or nobody knows a price.
    """
    painter, camera = paid_image_model(image), paid_video_model(video)
    return Rates(
        picture_usd=painter.typical_usd(seconds=0.0) if painter else Decimal(),
        clip_usd=(lambda seconds: camera.typical_usd(seconds=seconds)) if camera else free,
        wants_keyframe=wants_keyframe(video),
        planning_usd=planning_rate(planner),
        hearing_usd=hearing_price(transcriber),
    )


def wants_keyframe(video: str) -> bool:
    """Tell whether each clip of a model starts from a picture; yes where nobody can tell here.

    Raises
    ------
    InvalidInput
        If no provider has this name.
    """
    if camera := paid_video_model(video):
        return camera.wants_keyframe
    try:
        return video_model(video).wants_keyframe
    except InvalidInput:  # who films has what it needs, and this machine may not
        return True


def planning_rate(planner: str) -> Callable[[int], Decimal]:
    """Return what a plan mostly costs, by its number of clips.

    Raises
    ------
    InvalidInput
        If no provider has this name, or nobody knows the price.
    """
    price = plan_price(planner)
    return lambda n_clips: price(
        READ_TOKENS + READ_TOKENS_PER_CLIP * n_clips,
        WRITTEN_TOKENS + WRITTEN_TOKENS_PER_CLIP * n_clips,
    )


def estimate(
    *,
    image: str,
    video: str,
    song_s: float,
    planner: str = DIRECTOR,
    transcriber: str = NOBODY,
) -> Estimate:
    """Estimate what a film will cost; free models cost nothing.

    Failures that are billed and parts that are made again come on top.

    Parameters
    ----------
    image, video, planner, transcriber : str
        Names of the models, as in the settings; see :func:`roles_of`.
    song_s : float
        Length of the song in seconds.

    Raises
    ------
    InvalidInput
        If no provider has one of the names, or nobody knows a price.
    """
    rates = rates_of(image=image, video=video, planner=planner, transcriber=transcriber)
    return estimate_at(rates, song_s=song_s)


def estimate_at(rates: Rates, *, song_s: float, clip_s: float = TYPICAL_CLIP_S) -> Estimate:
    """Estimate what a film will cost at some rates.

    Parameters
    ----------
    rates : Rates
        What its parts cost.
    song_s : float
        Length of the song in seconds.
    clip_s : float
        Length of its clips on average, in seconds.
    """
    n_clips = count_clips(song_s, clip_s=clip_s)
    n_keyframes = n_clips if rates.wants_keyframe else 0
    pictures_usd = (TYPICAL_PICTURES + n_keyframes) * rates.picture_usd
    clips_usd = n_clips * _mean_clip_usd(rates, mean_s=song_s / n_clips)
    planning_usd, hearing_usd = rates.planning_usd(n_clips), rates.hearing_usd(song_s)
    return Estimate(
        n_pictures=TYPICAL_PICTURES,
        n_clips=n_clips,
        usd=pictures_usd + clips_usd + planning_usd + hearing_usd,
        n_keyframes=n_keyframes,
        planning_usd=planning_usd,
        hearing_usd=hearing_usd,
    )


def count_clips(song_s: float, *, clip_s: float = TYPICAL_CLIP_S) -> int:
    """Return how many clips a song is mostly cut into, where they last so long on average."""
    return max(MIN_CLIPS, math.ceil(song_s / clip_s))


def _mean_clip_usd(rates: Rates, *, mean_s: float) -> Decimal:
    mean = Decimal(mean_s)
    each_usd = (rates.clip_usd(float((share * mean).quantize(MS))) for share in LENGTHS)
    return sum(each_usd, Decimal()) / len(LENGTHS)
