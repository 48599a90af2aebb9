"""Language models are asked as their service can, billed for all they wrote, and never retried."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from mvkit.errors import InvalidInput, MvkitError, OutcomeUnknown, ProviderFailed, RateLimited
from mvkit.providers.chat import Question
from mvkit.providers.keys import base_url_of, key_of
from mvkit.providers.openai.chat import OpenAIChat
from mvkit.providers.openai.prices import list_models, read_usage, warnings_for
from mvkit.providers.openai.replies import extract_json
from mvkit.settings import Settings, get_settings

from . import chat_service as services
from .chat_service import BILL_USD, SLOW_S, ChatService, chat_service
from .openai_server import KEY, RETRY_AFTER_S


class Haiku(BaseModel):
    lines: tuple[str, ...]
    season: Literal["spring", "summer", "autumn", "winter"]


HAIKU = {"lines": ["An old silent pond", "A frog jumps"], "season": "spring"}
QUESTION = Question(
    instructions="You write haiku.",
    turns=("About a pond.",),
    shape=Haiku,
    most_output_tokens=2000,
)
Api = Literal["responses", "completions"]
APIS: tuple[Api, ...] = ("responses", "completions")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatService]:
    with chat_service() as service:
        service.answers = lambda _asked: json.dumps(HAIKU)
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield service


def luna(api: Api | None = None, **options: Any) -> OpenAIChat:
    return OpenAIChat("gpt-6-luna", api=api, **options)


def failure(model: OpenAIChat, kind: type[MvkitError] = MvkitError) -> MvkitError:
    with pytest.raises(kind) as caught:
        model.ask(QUESTION)
    assert KEY not in str(caught.value)
    return caught.value


# Answers


@pytest.mark.parametrize("api", APIS)
def test_answer_has_the_shape_and_costs_what_was_used(service: ChatService, api: Api) -> None:
    """Cached input is cheaper, and thinking is written like other output."""
    answer = luna(api).ask(QUESTION)
    assert json.loads(answer.text) == HAIKU
    assert answer.ending == "complete"
    assert (answer.input_tokens, answer.output_tokens) == (1000, 500)
    assert answer.cost_usd == BILL_USD == service.billed_usd


def test_openai_gets_a_strict_schema_in_its_responses_api(service: ChatService) -> None:
    luna("responses").ask(QUESTION)
    (asked,) = service.asked
    assert asked.path == "/v1/responses"
    assert asked.key == KEY
    assert asked.body["instructions"] == "You write haiku."
    assert asked.body["max_output_tokens"] == 2000
    assert asked.body["store"] is False
    chosen = asked.body["text"]["format"]
    assert (chosen["type"], chosen["strict"]) == ("json_schema", True)
    assert set(chosen["schema"]["required"]) == {"lines", "season"}
    assert chosen["schema"]["additionalProperties"] is False


def test_a_compatible_service_is_never_asked_for_responses(service: ChatService) -> None:
    """Most answer 404 there."""
    service.has_responses = False
    assert json.loads(luna().ask(QUESTION).text) == HAIKU
    assert [asked.path for asked in service.asked] == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("refused", "steps"),
    [
        (set(), ["json_schema"]),
        ({"json_schema"}, ["json_schema", "json_object"]),
        ({"json_schema", "json_object"}, ["json_schema", "json_object", "text"]),
    ],
)
def test_format_steps_down_to_what_a_service_knows(
    service: ChatService, refused: set[str], steps: list[str]
) -> None:
    """What worked is remembered; below the schema, words tell it."""
    service.refuses = refused
    service.usually = "fenced"
    model = luna()
    for _ in range(2):
        assert json.loads(model.ask(QUESTION).text) == HAIKU
    assert [asked.format for asked in service.asked] == [*steps, steps[-1]]
    assert ('"season"' in service.asked[-1].words) == (len(steps) > 1)
    assert len(service.bills) == 2


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("mode", "ending"),
    [
        ("truncated", "truncated"),
        ("malformed", "complete"),
        ("wrong_shape", "complete"),
        ("refusal", "refused"),
        ("filtered", "refused"),
    ],
)
def test_answers_that_are_no_use_are_billed_all_the_same(
    service: ChatService, api: Api, mode: str, ending: str
) -> None:
    service.script(mode)
    answer = luna(api).ask(QUESTION)
    assert answer.ending == ending
    assert answer.cost_usd == BILL_USD


@pytest.mark.parametrize("api", APIS)
def test_details_of_usage_may_be_missing(service: ChatService, api: Api) -> None:
    """Without them all input costs the full price."""
    service.script("no_details")
    answer = luna(api).ask(QUESTION)
    assert answer.cost_usd == (Decimal("0.10") * 1000 + Decimal("0.50") * 500) / 1_000_000


@pytest.mark.parametrize("api", APIS)
def test_an_answer_without_usage_costs_its_worst_case(service: ChatService, api: Api) -> None:
    service.script("no_usage")
    model = luna(api)
    answer = model.ask(QUESTION)
    assert answer.input_tokens is None
    assert answer.cost_usd == model.most_usd(QUESTION) > BILL_USD


def test_worst_case_is_above_what_long_questions_cost(service: ChatService) -> None:
    """Every token is a byte at least, in any language."""
    long = QUESTION.repeated("雨" * 1000, "Once more.")
    price = Decimal("0.125") / 1_000_000
    assert luna().most_usd(long) - luna().most_usd(QUESTION) >= 3000 * price


def test_no_answer_is_asked_for_that_is_longer_than_a_model_gives(service: ChatService) -> None:
    """The service would reject the question."""
    long = replace(QUESTION, most_output_tokens=30_000)
    OpenAIChat("gpt-4o-mini").ask(long)
    luna().ask(long)
    assert [asked.body["max_tokens"] for asked in service.asked] == [16_384, 30_000]


# Failures


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("mode", "kind", "reason", "retryable"),
    [
        ("401", InvalidInput, "BAD_KEY", False),
        ("403", InvalidInput, "KEY_NOT_ALLOWED", False),
        ("404", InvalidInput, "UNKNOWN_MODEL", False),
        ("429", RateLimited, "RATE_LIMITED", True),
        ("quota", ProviderFailed, "NO_CREDIT", False),
        ("402", ProviderFailed, "NO_CREDIT", False),
        ("504", OutcomeUnknown, "NO_ANSWER", False),
        ("reset", OutcomeUnknown, "NO_ANSWER", False),
        ("half", OutcomeUnknown, "NO_ANSWER", False),
    ],
)
def test_failures_are_told_once_in_our_words(
    service: ChatService,
    api: Api,
    mode: str,
    kind: type[MvkitError],
    reason: str,
    retryable: bool,
) -> None:
    """The client's own retries are off: one question is one request."""
    service.usually = mode
    error = failure(luna(api), kind)
    assert (error.reason, error.retryable) == (reason, retryable)
    assert len(service.asked) == 1
    if isinstance(error, RateLimited):
        assert error.retry_after_s == RETRY_AFTER_S


@pytest.mark.parametrize(("api", "n_asked"), [("responses", 1), ("completions", 3)])
def test_a_server_that_is_down_may_be_asked_again(
    service: ChatService, api: Api, n_asked: int
) -> None:
    """Where a 500 may mean an unknown format, simpler ones are tried first."""
    service.usually = "500"
    error = failure(luna(api), ProviderFailed)
    assert (error.reason, error.retryable) == ("SERVICE_DOWN", True)
    assert len(service.asked) == n_asked


def test_a_question_that_is_rejected_is_not_asked_again(service: ChatService) -> None:
    service.usually = "400"
    error = failure(luna("responses"), ProviderFailed)
    assert (error.reason, error.retryable) == ("REJECTED", False)
    assert "Too many tokens" in error.message


@pytest.mark.parametrize("api", APIS)
def test_a_service_that_is_slow_leaves_the_outcome_open(service: ChatService, api: Api) -> None:
    service.script("slow")
    started_s = time.monotonic()
    failure(luna(api, timeout_s=0.3), OutcomeUnknown)
    assert time.monotonic() - started_s < SLOW_S / 2


def test_a_service_that_is_not_there_was_certainly_not_asked(
    service: ChatService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    error = failure(luna(), ProviderFailed)
    assert not isinstance(error, OutcomeUnknown)
    assert (error.reason, error.retryable) == ("NOT_REACHED", True)


def test_a_response_that_failed_costs_nothing(service: ChatService) -> None:
    service.script("failed")
    error = failure(luna("responses"), ProviderFailed)
    assert isinstance(error, ProviderFailed)
    assert (error.reason, error.billed_usd, error.retryable) == ("NO_RESPONSE", 0, True)


def test_a_page_in_place_of_an_answer_names_the_address(service: ChatService) -> None:
    """A wrong base URL often leads to a web page."""
    service.usually = "html"
    error = failure(luna(), ProviderFailed)
    assert error.reason == "WRONG_ANSWER"
    assert "OPENAI_BASE_URL" in error.message


# Keys and addresses


def test_a_missing_key_is_one_sentence_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(
        InvalidInput, match=r"openai:gpt-6-luna needs a key .* OPENAI_API_KEY"
    ) as no:
        luna()
    assert no.value.reason == "NO_KEY"
    assert "https://platform.openai.com/api-keys" in no.value.message


def test_a_server_of_ones_own_needs_no_key(
    service: ChatService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert luna().ask(QUESTION).ending == "complete"


def test_keys_that_cannot_be_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk secret\nX-Evil: 1")
    with pytest.raises(InvalidInput) as bad:
        key_of("OPENAI_API_KEY", needed_by="openai:m")
    assert bad.value.reason == "BAD_KEY"
    assert "secret" not in str(bad.value)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("http://localhost:11434/v1", True),
        ("http://192.168.1.20:1234/v1", True),
        ("http://ollama:11434/v1", True),
        ("https://api.groq.com/openai/v1", True),
        ("http://api.groq.com/openai/v1", False),
        ("http://8.8.8.8/v1", False),
        ("file:///etc/passwd", False),
        ("api.groq.com", False),
        ("http://localhost:port/v1", False),
        ("http://[::1/v1", False),
    ],
)
def test_keys_travel_encrypted_beyond_ones_own_network(
    monkeypatch: pytest.MonkeyPatch, url: str, fine: bool
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    if fine:
        assert base_url_of("OPENAI_BASE_URL", default="https://x") == url
    else:
        with pytest.raises(InvalidInput, match="OPENAI_BASE_URL"):
            base_url_of("OPENAI_BASE_URL", default="https://x")


# Prices


def test_an_unknown_model_is_free_on_ones_own_machine(service: ChatService) -> None:
    model = OpenAIChat("llama3.2:3b")
    assert model.most_usd(QUESTION) == 0
    assert model.ask(QUESTION).cost_usd == 0


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://api.groq.com/openai/v1"])
def test_an_unknown_model_elsewhere_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(InvalidInput, match="input_usd_per_million") as unknown:
        OpenAIChat("gpt-99")
    assert unknown.value.reason == "NO_PRICE"
    assert '[models."openai:gpt-99"]' in unknown.value.message


def test_the_settings_file_prices_a_model(
    service: ChatService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its prices come before the listed ones."""
    prices = {"input_usd_per_million": 3.0, "output_usd_per_million": 15}
    settings = Settings(models={"openai:gpt-6-luna": prices})
    monkeypatch.setattr("mvkit.providers.openai.prices.get_settings", lambda: settings)
    assert luna().ask(QUESTION).cost_usd == Decimal("0.0105")


def test_a_misspelt_price_is_told(service: ChatService, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(models={"openai:mine": {"input": 3.0}})
    monkeypatch.setattr("mvkit.providers.openai.prices.get_settings", lambda: settings)
    with pytest.raises(InvalidInput, match="output_usd_per_million") as wrong:
        OpenAIChat("mine")
    assert wrong.value.reason == "SETTINGS"


def test_every_listed_price_has_a_source_and_a_date() -> None:
    assert get_settings().models == {}
    for model in list_models():
        assert model.source
        assert model.as_of >= date(2026, 1, 1)
        assert 0 < model.input_usd_per_million < model.output_usd_per_million


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ({}, None),
        ("many", None),
        ({"prompt_tokens": -1, "completion_tokens": 2}, None),
        ({"prompt_tokens": 10, "completion_tokens": 2}, (10, 2, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 40}, (10, 30, 0)),
        (
            {
                "input_tokens": 10,
                "output_tokens": 2,
                "input_tokens_details": {"cached_tokens": 99},
            },
            (10, 2, 10),
        ),
    ],
)
def test_usage_is_read_whatever_a_service_makes_of_it(
    usage: object, expected: tuple[int, int, int] | None
) -> None:
    """Thinking that stands beside the output shows in the total; nonsense is no usage."""
    found = read_usage(usage)
    assert (found and (found.input, found.output, found.cached)) == expected


@pytest.mark.parametrize(
    ("model", "today", "told"),
    [
        ("gpt-4o", date(2026, 11, 22), "will be shut down on 2027-01-14"),
        ("gpt-4o-2024-08-06", date(2026, 11, 22), "will be shut down on 2027-01-14"),
        ("gpt-4o", date(2027, 1, 14), "is no longer served since 2027-01-14"),
        ("gpt-4o", date(2026, 1, 1), ""),
        ("gpt-6-luna", date(2026, 11, 22), ""),
    ],
)
def test_models_that_go_are_warned_about_in_time(model: str, today: date, told: str) -> None:
    warnings = warnings_for(model, today)
    assert len(warnings) == bool(told)
    assert all(told in warning and "gpt-6-luna" in warning for warning in warnings)


# Taking JSON out of words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('Sure! {"a": {"b": 2}} Anything else?', '{"a": {"b": 2}}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('<think>{"a": "no, a longer one"}</think>{"a": 1}', '{"a": 1}'),
        ('{"example": 0} is wrong, {"a": [1, 2, 3, 4]} is right', '{"a": [1, 2, 3, 4]}'),
        ('{"a": {"b": 1}, "c": [', '{"a": {"b": 1}, "c": ['),
        ("no object at all", "no object at all"),
        ('{"a":' * 30_000, '{"a":' * 30_000),
    ],
)
def test_the_largest_object_is_taken_out_of_words(text: str, found: str) -> None:
    """What breaks off is left whole, so that its fault can be told."""
    assert extract_json(text) == found


def test_the_books_of_the_test_service_follow_its_price_list() -> None:
    luna_price = next(model for model in list_models() if model.name == "gpt-6-luna")
    usage = read_usage(services._usage("input_tokens", "output_tokens", "ok"))
    assert usage is not None
    assert luna_price.usd(usage) == BILL_USD


@pytest.mark.live
def test_openai_itself_answers_in_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """Needs OPENAI_API_KEY; costs a hundredth of a cent."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    answer = luna().ask(QUESTION)
    assert Haiku.model_validate_json(answer.text).lines
    assert 0 < answer.cost_usd < luna().most_usd(QUESTION)
