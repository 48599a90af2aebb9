"""Hearing the words of a song over OpenAI's protocol: OpenAI itself, Groq, speaches and others.

The song is sent as what speech models listen to anyway: 16 kHz, one channel; three minutes are
1.4 MB. Most is asked for first: words and segments with their times, then segments, then text
alone, until the service takes the format; which one that was is remembered. A service may take a
format and not keep to it: words that do not come are a capability that is missing, not silence.

What is paid for is kept in the run folder as ``transcript.json``, and not asked for again.

Contents
--------
OpenAITranscriber
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from mvkit import ffmpeg
from mvkit.analysis.intake import song_kind
from mvkit.errors import InvalidInput
from mvkit.files import sha256_of
from mvkit.ledger import Account, open_account
from mvkit.providers.base import Segment, Transcript, Word
from mvkit.providers.metered import ask_once
from mvkit.providers.openai.model import Ladder, OpenAIModel
from mvkit.providers.openai.transcription_models import Tells, find_hearing, warnings_for
from mvkit.run import Run

logger = logging.getLogger(__name__)

TRANSCRIPT_FILE = "transcript.json"
MORE_THAN_THE_SONG_S = 1.0
"""Encoders pad; what is billed may be so much longer than what is heard."""
ENCODING = ("-ac", "1", "-ar", "16000", "-c:a", "libmp3lame", "-b:a", "64k", "-f", "mp3", "pipe:1")
ENCODE_TIMEOUT_S = 120.0

FORMATS: dict[Tells, dict[str, Any]] = {
    "words": {
        "response_format": "verbose_json",
        "timestamp_granularities": ["word", "segment"],
    },
    "segments": {"response_format": "verbose_json"},
    "text": {"response_format": "json"},
}
REFUSES_FORMAT = (400, 415, 422, 501)


class OpenAITranscriber(OpenAIModel):
    """A speech model behind OpenAI's protocol; a :class:`mvkit.providers.base.Transcriber`.

    Parameters
    ----------
    model : str
        The service's name for it: ``whisper-1``.
    run : Run, optional
        Whose account pays and whose folder keeps the answer; a free model needs none.
    timeout_s : float, optional
        How long an answer is waited for.

    Raises
    ------
    InvalidInput
        If no model is named, there is no key, nobody knows the price, or nobody pays it.
    """

    EXAMPLE = "whisper-1"
    TIMEOUT_S = 180.0
    LOCAL_TIMEOUT_S = 900.0  # a small machine takes as long as the song

    def __init__(
        self, model: str, *, run: Run | None = None, timeout_s: float | None = None
    ) -> None:
        super().__init__(model, timeout_s=timeout_s)
        self._hearing = find_hearing(model, self._service)
        if self._hearing.usd_per_minute and run is None:
            raise InvalidInput(
                f"{self.name} costs money, and there is no run to pay from; name one, as in "
                f"transcriber({self.name!r}, run=run).",
                reason="NO_RUN",
            )
        self._run = run
        self._ladder = Ladder(_formats_for(self._hearing.tells), refusals=REFUSES_FORMAT)
        for warning in warnings_for(model, self._service, today=date.today()):
            logger.warning(warning)

    def most_usd(self, duration_s: float) -> Decimal:
        """Return what a song can cost at most; 0 if the model is free."""
        return self._hearing.usd(duration_s + MORE_THAN_THE_SONG_S)

    def transcribe(self, song: Path, *, duration_s: float, language: str = "") -> Transcript:
        """Listen to a song, once; see :class:`mvkit.providers.base.Transcriber`.

        Raises
        ------
        InvalidInput
            If the key or the model's name is wrong.
        BudgetExceeded
            If it could pass the job's limit.
        RateLimited, ProviderFailed, OutcomeUnknown
            If no transcript came.
        """

        def call() -> tuple[bytes, Decimal]:
            body = self._ask(_encoded(song), language=language)
            cost_usd = self._cost_usd(body, duration_s)
            self._read(body, cost_usd=cost_usd)  # an answer that cannot be read is not kept
            return body, cost_usd

        most_usd = self.most_usd(duration_s)
        if not most_usd or self._run is None:
            return self._read(call()[0])
        body = ask_once(
            _account_of(self._run, duration_s),
            item=TRANSCRIPT_FILE,
            identity=self._identity(song, language),
            model=self.name,
            most_usd=most_usd,
            path=self._run.folder / TRANSCRIPT_FILE,
            call=call,
            unanswered_s=self._timeout_s + ENCODE_TIMEOUT_S,
        )
        return self._read(body)

    def _identity(self, song: Path, language: str) -> str:
        facts = [self.name, self._service.url, sha256_of(song), language, ENCODING]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def _ask(self, sound: bytes, *, language: str) -> bytes:
        """Ask for the most that the service takes."""
        asked: dict[str, Any] = {"model": self._model, "file": ("song.mp3", sound, "audio/mpeg")}
        if language:
            asked["language"] = language
        with self._asking() as client:
            transcriptions = client.audio.transcriptions.with_raw_response
            raw = self._ladder.descend(
                lambda tells: transcriptions.create(**asked, **FORMATS[tells])
            )
            return bytes(raw.http_response.content)

    def _cost_usd(self, body: bytes, duration_s: float) -> Decimal:
        """Return what an answer costs: by the length that the service says it heard."""
        try:
            heard_s = _Reply.model_validate_json(body).heard_s()
        except ValidationError:
            heard_s = None
        return self._hearing.usd(duration_s if heard_s is None else heard_s)

    def _read(self, body: bytes, *, cost_usd: Decimal = Decimal()) -> Transcript:
        try:
            reply = _Reply.model_validate_json(body)
        except ValidationError as error:
            raise self._unreadable(cost_usd=cost_usd) from error
        return reply.transcript(self.name)


class _Word(BaseModel):
    word: str
    start: float = Field(allow_inf_nan=False)
    end: float = Field(allow_inf_nan=False)


class _Segment(BaseModel):
    text: str
    start: float = Field(allow_inf_nan=False)
    end: float = Field(allow_inf_nan=False)
    no_speech_prob: float | None = None
    avg_logprob: float | None = None


class _Usage(BaseModel):
    seconds: float | None = None


class _Reply(BaseModel):
    """What is read of an answer; anything else may be in it."""

    text: str
    language: str | None = None
    duration: float | None = None
    usage: _Usage | None = None
    words: tuple[_Word, ...] | None = None
    segments: tuple[_Segment, ...] | None = None

    def heard_s(self) -> float | None:
        """Return the length that the service says it heard, if that can be one."""
        told = self.usage.seconds if self.usage else None
        return told if told is not None and math.isfinite(told) and told >= 0 else None

    def transcript(self, model: str) -> Transcript:
        """Return what was heard; an empty list beside text is a capability that is missing."""
        words = None if self.text.strip() and not self.words else self.words
        segments = None if self.text.strip() and not self.segments else self.segments
        return Transcript(
            model=model,
            text=self.text,
            language=self.language or "",
            words=None if words is None else tuple(_words(words)),
            segments=None if segments is None else tuple(_segments(segments)),
        )


def _words(words: Iterable[_Word]) -> Iterator[Word]:
    for each in words:
        yield Word(text=each.word, start_s=each.start, end_s=max(each.start, each.end))


def _segments(segments: Iterable[_Segment]) -> Iterator[Segment]:
    for each in segments:
        # Servers that do not know say 0 for both; a model is never that sure.
        is_told = bool(each.no_speech_prob or each.avg_logprob)
        yield Segment(
            text=each.text,
            start_s=each.start,
            end_s=max(each.start, each.end),
            no_speech=each.no_speech_prob if is_told else None,
            mean_log_probability=each.avg_logprob if is_told else None,
        )


def _formats_for(tells: Tells | None) -> tuple[Tells, ...]:
    everything: tuple[Tells, ...] = ("words", "segments", "text")
    return everything if tells is None else everything[everything.index(tells) :]


def _encoded(song: Path) -> bytes:
    """Return a song as it is sent."""
    with song.open("rb") as file:
        arguments = [*ffmpeg.pinned_input(song_kind(song)), *ENCODING]
        return ffmpeg.run(arguments, stdin=file, timeout_s=ENCODE_TIMEOUT_S, capture=True)


def _account_of(run: Run, duration_s: float) -> Account:
    """Return the account of a run that is not analysed yet; one that is open stays as it is."""
    return open_account(run.job_id, song_s=duration_s)
