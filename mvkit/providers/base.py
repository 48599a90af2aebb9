"""What a model must be able to do, whoever runs it.

A stage asks for a picture or a clip and tells everything it knows about it; a model takes what it
can use. A text-to-video service reads the prompt and the keyframe; our own studio reads the script
and dances to the analysis. What a model can do is declared, never assumed.

Contents
--------
PictureRequest, ClipRequest, Delivery, ImageModel, VideoModel, PaidModel, deliver, picture_identity,
Word, Segment, Transcript, Transcriber
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol, TypeVar

from mvkit.errors import MvkitError, RateLimited
from mvkit.files import sha256_of
from mvkit.schema import (
    Analysis,
    Caption,
    Character,
    ClipPrompt,
    ClipScript,
    Framing,
    Quality,
    Scene,
    Style,
)

R = TypeVar("R", contravariant=True)
T = TypeVar("T")

ATTEMPTS = 3
BACKOFF_S = (2.0, 4.0, 8.0)
"""Waiting times between attempts, from the product document; up to a quarter longer by chance."""
LONGEST_WAIT_S = 120.0
"""So long services may have us wait, for one thing, before that is a failure."""


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
    clip : ClipRequest or None
        The clip that starts from it, for models that see how it will be filmed.
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
    clip: ClipRequest | None = None
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
        end and begin, inner cuts, and shortly before each.
    scene, characters
        Where the clip plays, and everybody who may be seen in it.
    first_shot : int
        Number of the clip's first shot in the film.
    before_s, after_s : float
        How long its first shot has gone on before the clip, and how long its last goes on after
        it, in the clips beside it; 0 but for shots that are longer than a clip.
    follows : int or None
        The clip whose last shot its first one continues.
    bands : Path or None
        The song's envelopes of drums, as the analysis left them.
    keyframe : Path or None
        The picture to start from.
    references : tuple of Path
        Pictures of the place and of who is seen, the place first.
    quality : {'draft', 'standard', 'high'}
        How finely it is encoded in final form.
    framing : {'subject', 'centre', 'pad'}
        How it comes into final form if it is delivered in another shape.
    captions : tuple of Caption
        What is written over it, at times of the film, once it has been filmed.
    identity : str
        Digest of everything that decides what is filmed. Under one identity a job buys once.
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
    first_shot: int = 0
    before_s: float = 0.0
    after_s: float = 0.0
    follows: int | None = None
    bands: Path | None = None
    keyframe: Path | None = None
    references: tuple[Path, ...] = ()
    quality: Quality = "standard"
    framing: Framing = "subject"
    captions: tuple[Caption, ...] = ()
    identity: str = ""

    @property
    def made_from(self) -> str:
        """Digest of all that its footage depends on: what is filmed, and how it is finished."""
        framed = "" if self.framing == "subject" else f" {self.framing}"
        if not self.captions and self.quality == "standard" and not framed:
            return self.identity
        written = json.dumps([caption.model_dump(mode="json") for caption in self.captions])
        finished = f"{self.identity} {self.quality} {written}{framed}"
        return hashlib.sha256(finished.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a model says of its work."""

    model: str
    cost_usd: Decimal = Decimal()
    provider_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word that was heard, and when; one that lasts no time at all is possible."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A phrase that was heard, and how sure the model is of it, where it says so.

    Attributes
    ----------
    no_speech : float or None
        Probability that nobody speaks or sings, 0-1.
    mean_log_probability : float or None
        Of the phrase's tokens; near 0 is sure, below -1 is guessing.
    """

    text: str
    start_s: float
    end_s: float
    no_speech: float | None = None
    mean_log_probability: float | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What a model heard somebody sing.

    Attributes
    ----------
    model : str
        Who heard it, as in the settings.
    text : str
        All of it.
    language : str
        As the model names it (``en``, ``english``); empty where it does not.
    words, segments : tuple or None
        With their times, in order. None where the model has not told any, which says nothing
        about the song; an empty tuple where it listened for them and heard none.
    """

    model: str
    text: str
    language: str = ""
    words: tuple[Word, ...] | None = None
    segments: tuple[Segment, ...] | None = None

    @property
    def has_words(self) -> bool:
        """Whether the model told the times of words."""
        return self.words is not None


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


def picture_identity(request: PictureRequest, *, model: str) -> str:
    """Return the digest of all that a picture depends on, the bytes of its references included.

    Parameters
    ----------
    model : str
        Name of the model that paints it.
    """
    shown = [part for part in (request.scene, request.character, request.style) if part]
    facts = [
        *(model, request.prompt, request.negative_prompt, request.seed),
        *(request.width_px, request.height_px),
        [part.model_dump(mode="json") for part in shown],
        [sha256_of(path) for path in request.references],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def deliver(
    work: Callable[[], T], *, seed: int, sleep: Callable[[float], None] = time.sleep
) -> tuple[T, int]:
    """Have a model work, again after a pause where that may help; the one owner of retries.

    A service that says when to ask again is obeyed: that is no attempt of the three, but all such
    waiting together is no longer than `LONGEST_WAIT_S`.

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
    n_failures, patience_s = 0, LONGEST_WAIT_S
    for n_retries in itertools.count():
        try:
            return work(), n_retries
        except MvkitError as error:
            pause_s = BACKOFF_S[min(n_failures, len(BACKOFF_S) - 1)]
            if isinstance(error, RateLimited) and error.retry_after_s is not None:
                pause_s = max(pause_s, error.retry_after_s)
                patience_s -= pause_s
            else:
                n_failures += 1
            if not error.retryable or n_failures == ATTEMPTS or patience_s < 0:
                raise
        sleep(pause_s * (1.0 + jitter.random() / 4))
    raise AssertionError("unreachable: the last attempt returns or raises")
