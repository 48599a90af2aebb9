"""What a model must be able to do, whoever runs it.

A stage asks for a picture or a clip and tells everything it knows about it; a model takes what it
can use. A text-to-video service reads the prompt and the keyframe; our own studio reads the script
and dances to the analysis. What a model can do is declared, never assumed.

Contents
--------
PictureRequest, ClipRequest, Delivery, ImageModel, VideoModel, PaidModel, deliver
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol, TypeVar

from mvkit.errors import MvkitError
from mvkit.schema import Analysis, Character, ClipPrompt, ClipScript, Scene, Style

R = TypeVar("R", contravariant=True)
T = TypeVar("T")

ATTEMPTS = 3
BACKOFF_S = (2.0, 4.0, 8.0)
"""Waiting times between attempts, from the product document; up to a quarter longer by chance."""


@dataclass(frozen=True, kw_only=True)
class PictureRequest:
    """One picture: of a place, of a person, or of both: the keyframe that a clip starts from.

    Attributes
    ----------
    negative_prompt : str
        What it must not show, for models that can be told so.
    scene, character : Scene or None, Character or None
        What is shown; at least one of them is given.
    references : tuple of Path
        Pictures of what it shows, the place first, for models that take some.
    identity : str
        Digest of everything the picture depends on. Under one identity a job buys once.
    """

    prompt: str
    width_px: int
    height_px: int
    seed: int
    style: Style
    negative_prompt: str = ""
    scene: Scene | None = None
    character: Character | None = None
    references: tuple[Path, ...] = ()
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class ClipRequest:
    """One clip.

    Attributes
    ----------
    frames : range
        The film's frames the clip must cover, numbered from the song's first sample.
    handover_frames : tuple of int
        Frames of the clip, from 0, that can be decoded without those before: where transitions
        end and begin, and inner cuts.
    scene, characters
        Where the clip plays, and everybody who may be seen in it.
    keyframe : Path or None
        The picture to start from.
    references : tuple of Path
        Pictures of the place and of who is seen, the place first.
    identity : str
        Digest of everything the clip depends on. Under one identity a job buys once.
    """

    prompt: ClipPrompt
    script: ClipScript
    scene: Scene
    characters: tuple[Character, ...]
    style: Style
    analysis: Analysis
    frames: range
    handover_frames: tuple[int, ...]
    width_px: int
    height_px: int
    keyframe: Path | None = None
    references: tuple[Path, ...] = ()
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a model says of its work."""

    model: str
    cost_usd: Decimal = Decimal()
    provider_id: str = ""


class ImageModel(Protocol):
    """Paints pictures."""

    name: str
    parallel: int
    """How many requests it can work on at the same time."""

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        """Paint a picture and save it as a PNG file.

        Raises
        ------
        ProviderFailed
            If no picture came; ``retryable`` says whether another attempt may help.
        """
        ...


class VideoModel(Protocol):
    """Films clips."""

    name: str
    parallel: int
    """How many requests it can work on at the same time."""
    films_final_form: bool
    """Whether what it delivers needs no fitting: right size, rate, length and hand-overs."""

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip and save it as an MP4 file.

        Raises
        ------
        ProviderFailed
            If no clip came; ``retryable`` says whether another attempt may help.
        """
        ...


class PaidModel(Protocol[R]):
    """Makes something for money, in two steps: it takes an order, and delivers later.

    The two steps are apart so that an order's id is stored before anybody waits for it; whoever
    comes back after a crash asks for that id and never orders twice. All of money, storing and
    asking again is in :mod:`mvkit.providers.purchase`; a model only talks to its service.
    """

    name: str
    parallel: int
    """How many orders it takes at the same time."""

    def most_usd(self, request: R) -> Decimal:
        """Return what the order can cost at the very most."""
        ...

    def typical_usd(self, *, seconds: float) -> Decimal:
        """Return what an order mostly costs, for an estimate before there is any request.

        Parameters
        ----------
        seconds : float
            Length of the clip; 0 for a picture.
        """
        ...

    def submit(self, request: R, *, tag: str) -> str:
        """Place an order, once, marked with a tag of ours; return the service's id for it.

        Raises
        ------
        ProviderFailed
            If the service has certainly not taken the order.
        OutcomeUnknown
            If it may have: the request was sent, and no answer came.
        """
        ...

    def find(self, request: R, *, tag: str, since_s: float, known: Collection[str]) -> str:
        """Return the service's id of an order that was sent; empty if the service has none.

        Parameters
        ----------
        request
            What was ordered, for services that keep no tags.
        tag : str
            The mark it was sent with.
        since_s : float
            When it was sent, at the earliest, in seconds since the epoch.
        known : collection of str
            Ids of other orders of the job, which it cannot be.
        """
        ...

    def collect(self, provider_id: str, target: Path) -> Delivery:
        """Wait for an order and save what was made; its cost is what the service billed.

        Raises
        ------
        ProviderFailed
            If the order failed, with what it cost all the same. Its reason is ``GONE`` where the
            service no longer keeps what it made.
        OutcomeUnknown
            If the service did not answer; the order stands and is asked for again.
        """
        ...


def deliver(
    work: Callable[[], T], *, seed: int, sleep: Callable[[float], None] = time.sleep
) -> tuple[T, int]:
    """Have a model work, again after a pause where that may help; the one owner of retries.

    Parameters
    ----------
    work : callable
        Does one attempt.
    seed : int
        Seeds the jitter of the pauses.
    sleep : callable
        Waits, in seconds.

    Returns
    -------
    result, n_retries

    Raises
    ------
    MvkitError
        What the last attempt raised.
    """
    jitter = random.Random(seed)
    for attempt in range(ATTEMPTS):
        try:
            return work(), attempt
        except MvkitError as error:
            if not error.retryable or attempt == ATTEMPTS - 1:
                raise
        sleep(BACKOFF_S[attempt] * (1.0 + jitter.random() / 4))
    raise AssertionError("unreachable: the last attempt returns or raises")
