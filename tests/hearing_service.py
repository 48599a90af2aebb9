"""A speech service that speaks OpenAI's protocol, with the failures of real ones; and speech.

It keeps books of its own: ``billed_s`` holds the seconds of each song it answered, whatever mvkit
believes. ``with hearing_service() as service``; then ``service.script("429", "ok")`` for the next
calls and ``service.reply`` for what it hears.

The speech is that of the audible captchas in the package ``captcha``: spoken digits.
"""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from mvkit.providers.base import Word

from .openai_server import Handler, Server, fails, serving

SLOW_S = 1.5
SONG_S = 8.0
REPLY: dict[str, Any] = {
    "task": "transcribe",
    "language": "english",
    "duration": SONG_S,
    "text": "Run away with the rain",
    "words": [
        {"word": word, "start": 1.0 + index * 0.5, "end": 1.4 + index * 0.5}
        for index, word in enumerate(["Run", "away", "with", "the", "rain"])
    ],
    "segments": [
        {
            "id": 0,
            "seek": 0,
            "start": 1.0,
            "end": 3.5,
            "text": " Run away with the rain.",
            "tokens": [1],
            "temperature": 0.0,
            "avg_logprob": -0.3,
            "compression_ratio": 1.1,
            "no_speech_prob": 0.05,
        }
    ],
    "usage": {"type": "duration", "seconds": 8},
}
CAPTCHA_RATE_HZ, SONG_RATE_HZ = 8000, 16000


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A call as it came in."""

    fields: dict[str, list[str]]
    sound: bytes


@dataclass
class HearingService:
    """The service as a test sees it; ``refuses`` are response formats that it does not know."""

    url: str = ""
    reply: dict[str, Any] = field(default_factory=lambda: dict(REPLY))
    refuses: set[str] = field(default_factory=set)
    heard: list[Heard] = field(default_factory=list)
    billed_s: list[float] = field(default_factory=list)
    scripted: list[str] = field(default_factory=list)

    def script(self, *modes: str) -> None:
        self.scripted += modes


@contextmanager
def hearing_service() -> Iterator[HearingService]:
    """Run the service on this machine while the block lasts."""
    service = HearingService()
    with serving(_Handler, service) as service.url:
        yield service


def speak(rows: str, path: Path, *, pause_s: float = 0.9) -> list[list[Word]]:
    """Save rows of spoken digits as a song, and return when each of them is spoken.

    Parameters
    ----------
    rows : str
        ``"1234 5678"``: rows of digits, with a longer pause between rows.
    """
    sound = [np.zeros(CAPTCHA_RATE_HZ // 2)]
    truth: list[list[Word]] = []
    for row in rows.split():
        truth.append([])
        for digit in row:
            start_s = sum(map(len, sound)) / CAPTCHA_RATE_HZ
            spoken = _digit(digit)
            end_s = start_s + len(spoken) / CAPTCHA_RATE_HZ
            truth[-1].append(Word(text=digit, start_s=start_s, end_s=end_s))
            sound += [spoken, np.zeros(int(0.15 * CAPTCHA_RATE_HZ))]
        sound.append(np.zeros(int(pause_s * CAPTCHA_RATE_HZ)))
    mono = np.concatenate(sound)
    finer = np.interp(np.arange(2 * len(mono)) / 2, np.arange(len(mono)), mono)
    soundfile.write(path, finer.astype(np.float32), SONG_RATE_HZ)
    return truth


def _digit(digit: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    name = str(files("captcha").joinpath("data", digit, "default.wav"))
    with wave.open(name) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.uint8)
    return (samples.astype(float) - 128.0) / 128.0


class _Handler(Handler):
    server: Server[HearingService]

    def answer(self) -> None:
        service = self.server.state
        heard = self._read()
        service.heard.append(heard)
        mode = service.scripted.pop(0) if service.scripted else "ok"
        if heard.fields["response_format"][0] in service.refuses:
            self.tell(400, {"error": {"message": "response_format is not supported"}})
        elif fails(mode):
            self.fail(mode)
        else:
            self._answer(mode)

    def _read(self) -> Heard:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[str, list[str]] = {}
        sound = b""
        for part in BytesParser().parsebytes(head + self.body()).get_payload():
            assert isinstance(part, Message)
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if name == "file":
                sound = content
            else:
                fields.setdefault(name, []).append(content.decode())
        return Heard(fields=fields, sound=sound)

    def _answer(self, mode: str) -> None:
        service = self.server.state
        service.billed_s.append(SONG_S)
        if mode == "slow":
            time.sleep(SLOW_S)
        if mode == "html":
            self.send(200, b"<html>Welcome</html>", kind="text/html")
        elif mode == "wrong":
            self.tell(200, {"unexpected": [1, 2, 3]})
        else:
            self.tell(200, service.reply, cut=mode == "half")
