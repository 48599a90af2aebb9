"""What a model must be able to do: paint, film or listen, for nothing or for money."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Protocol, TypeVar

from mvkit.providers.base.requests import ClipRequest, Delivery, PictureRequest
from mvkit.providers.base.transcript import Transcript

R = TypeVar("R", contravariant=True)


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

    @property
    def wants_keyframe(self) -> bool:
        """Whether its clips start from a picture, which is then painted for each of them."""
        ...

    @property
    def goes_on(self) -> bool:
        """Whether it can go on in the shot in which the clip before ends.

        Who films in final form sees the whole shot in the script; the others start from the last
        picture of the clip before.
        """
        ...

    def film(self, request: ClipRequest, target: Path) -> Delivery:
        """Film a clip and save it as an MP4 file.

        Raises
        ------
        ProviderFailed
            If no clip came; ``retryable`` says whether another attempt may help.
        """
        ...


class Transcriber(Protocol):
    """Hears the words that are sung."""

    name: str

    def transcribe(self, song: Path, *, duration_s: float, language: str = "") -> Transcript:
        """Listen to a song.

        Parameters
        ----------
        song : Path
            An MP3, WAV or FLAC.
        duration_s : float
            Its length.
        language : str
            What is sung in, as ISO 639-1 (``en``); empty to have the model find out.

        Raises
        ------
        ProviderFailed
            If no transcript came; ``retryable`` says whether another attempt may help.
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
    wants_keyframe: bool
    """Whether its clips start from a picture; False for who paints."""
    goes_on: bool
    """Whether it can go on from the last picture of the clip before; False for who paints."""

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
