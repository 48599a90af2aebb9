"""Before anything is paid, each paid model is held against what its service says of it today."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mvkit import preflight
from mvkit.chain import STAGES, run_chain
from mvkit.errors import InvalidInput, ProviderFailed
from mvkit.jobs.attempt import Attempt, as_told
from mvkit.preflight import Part, check_models
from mvkit.providers import PAID_VIDEO_MODELS
from mvkit.run import Run, draft_brief
from mvkit.schema import Brief
from mvkit.settings import get_settings

from .cog_service import (
    CLIP_MODEL,
    COMMUNITY_MODEL,
    MODELS,
    PICTURE_MODEL,
    TOKEN,
    CogServer,
    ReplicateService,
    replicate_api,
)
from .job_makers import submit

CLIP, PICTURE = f"replicate:{CLIP_MODEL}@draft-720p", f"replicate:{PICTURE_MODEL}"
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a concert stage."
Inputs = dict[str, dict[str, Any] | None]


@contextmanager
def replicate_serving(**changes: Inputs) -> Iterator[ReplicateService]:
    """Run Replicate's API with models that only tell their inputs; None takes an input out.

    Parameters
    ----------
    **changes
        By role, ``clip`` or ``picture``: inputs that are different today.
    """
    names = {"clip": CLIP_MODEL, "picture": PICTURE_MODEL, "community": COMMUNITY_MODEL}
    models = {}
    for role, name in names.items():
        inputs = {**MODELS[name].inputs, **changes.get(role, {})}
        told = {field: schema for field, schema in inputs.items() if schema is not None}
        models[name] = cast("CogServer", SimpleNamespace(model=replace(MODELS[name], inputs=told)))
    with replicate_api(models) as service:
        yield service


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be remembered from the test before, and have a key."""
    monkeypatch.setattr(preflight, "_answers", {})
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda service: monkeypatch.setenv("REPLICATE_BASE_URL", service.url)


@pytest.fixture
def paid(tmp_path: Path) -> Brief:
    """A film that is painted and filmed for money."""
    return wish(tmp_path, image=PICTURE, video=CLIP)


def wish(folder: Path, **choices: Any) -> Brief:
    song = folder / "song.wav"
    song.write_bytes(b"RIFF")
    return draft_brief(song=song, kind="wav", prompt=PROMPT, **choices)


def asked(service: ReplicateService) -> list[str]:
    return sorted(call.path for call in service.asked("model"))


# What is told


def test_models_that_still_take_our_orders_are_asked_once(reach: Any, paid: Brief) -> None:
    """Whatever the number of jobs, while the answers are fresh."""
    with replicate_serving() as service:
        reach(service)
        assert check_models(paid) == ()
        assert asked(service) == [f"/v1/models/{PICTURE_MODEL}", f"/v1/models/{CLIP_MODEL}"]
        assert check_models(paid) == ()
        assert len(asked(service)) == 2
        assert service.asked("create") == []


def test_answers_are_not_trusted_for_ever(
    reach: Any, paid: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "KEPT_S", 0.0)
    with replicate_serving() as service:
        reach(service)
        check_models(paid)
        check_models(paid)
        assert len(asked(service)) == 4


def test_a_model_that_would_refuse_our_orders_stops_the_film(reach: Any, paid: Brief) -> None:
    """What has changed is told of all models, and what to do about each."""
    with replicate_serving(clip={"fps": None}, picture={"seed": {"type": "string"}}) as service:
        reach(service)
        with pytest.raises(InvalidInput) as stopped:
            check_models(paid)
    assert stopped.value.reason == "DRIFT"
    told = stopped.value.message
    assert f"replicate:{CLIP_MODEL} no longer takes 'fps'." in told
    assert f"replicate:{PICTURE_MODEL} now wants 'seed' to be of type string." in told
    assert f'[models."replicate:{CLIP_MODEL}"], or choose another model.' in told
    assert f'[models."replicate:{PICTURE_MODEL}"]' in told


def test_the_fallback_of_a_paid_film_is_looked_at_too(
    reach: Any, paid: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_VIDEO_FALLBACK", f"replicate:{COMMUNITY_MODEL}")
    get_settings.cache_clear()
    with replicate_serving(community={"sizing_strategy": None}) as service:
        reach(service)
        with pytest.raises(InvalidInput, match=f"{COMMUNITY_MODEL} no longer takes"):
            check_models(paid)


@pytest.mark.parametrize(
    "clip",
    [
        {"aspect_ratio": {"type": "string", "enum": ["16:9"]}},
        {"resolution": {"type": "string", "enum": ["720p"]}},
        {"camera": {"type": "string"}},
    ],
    ids=["other shapes", "another variant", "a new input"],
)
def test_what_a_film_does_not_order_may_change(reach: Any, paid: Brief, clip: Inputs) -> None:
    """A wide film in 720p needs neither tall pictures nor 1080p."""
    with replicate_serving(clip=clip) as service:
        reach(service)
        assert check_models(paid) == ()


def test_a_model_that_there_is_no_more_stops_the_film(reach: Any, paid: Brief) -> None:
    with replicate_serving() as service:
        reach(service)
        service.fault("model", status=404, content={"detail": "Not found."}, times=2)
        with pytest.raises(InvalidInput, match="does not serve") as stopped:
            check_models(paid)
        assert stopped.value.reason == "UNKNOWN_MODEL"


# What stops nothing


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 429},
        {"how": "drop"},
        {"content": b"<html>"},
        {"content": {"latest_version": {"id": "x", "openapi_schema": {}}}},
        {"content": {"latest_version": {"id": "x", "openapi_schema": {"components": []}}}},
    ],
    ids=lambda fault: "-".join(f"{name}" for name in fault),
)
def test_a_service_that_does_not_tell_is_no_drift(
    reach: Any, paid: Brief, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    """That is told and logged, and asked again for the next film; the orders will tell."""
    with replicate_serving() as service:
        reach(service)
        service.fault("model", times=2, **fault)
        notes = check_models(paid)
        assert len(notes) == 2
        assert f"Whether {PICTURE} still takes our orders could not be checked" in notes[0]
        assert [record.message for record in caplog.records] == list(notes)
        assert check_models(paid) == ()


def test_a_missing_key_stops_the_film_before_its_plan_is_paid(
    paid: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPLICATE_API_TOKEN")
    with pytest.raises(InvalidInput, match="REPLICATE_API_TOKEN"):
        check_models(paid)


def test_a_key_that_is_refused_stops_the_film(reach: Any, paid: Brief) -> None:
    with replicate_serving() as service:
        reach(service)
        service.fault("model", times=2, status=401)
        with pytest.raises(InvalidInput, match="does not accept the key"):
            check_models(paid)


def test_a_service_that_hangs_is_not_waited_for(
    paid: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All models together take no longer than one may."""
    over = threading.Event()
    monkeypatch.setattr(preflight, "CHECK_S", 0.1)
    monkeypatch.setitem(preflight.CHECKS, "replicate", lambda _: (str(over.wait(20.0)),))
    notes = check_models(paid)
    over.set()
    assert len(notes) == 2
    assert all("no answer came" in note for note in notes)


def test_a_film_that_costs_nothing_asks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for a fallback: that would never be asked to film."""
    monkeypatch.setenv("MVKIT_VIDEO_FALLBACK", CLIP)
    get_settings.cache_clear()
    monkeypatch.setitem(preflight.CHECKS, "replicate", lambda part: pytest.fail(part.name))
    assert check_models(wish(tmp_path)) == ()


# Other providers


def test_a_provider_takes_part_by_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those without one are not asked; what a check cannot tell is a note."""
    seen: list[Part] = []

    def look(part: Part) -> tuple[str, ...]:
        seen.append(part)
        if part.name == "toy:shy":
            raise ProviderFailed("The toy is shy.")
        return ("toy:car lost a wheel.", "Buy another.")

    monkeypatch.setitem(PAID_VIDEO_MODELS, "toy", cast("Any", lambda _: object()))
    assert check_models(wish(tmp_path, video="toy:car")) == ()
    monkeypatch.setitem(preflight.CHECKS, "toy", look)
    with pytest.raises(InvalidInput, match=r"toy:car lost a wheel\. Buy another\.$"):
        check_models(wish(tmp_path, video="toy:car"))
    assert seen == [Part(role="video", name="toy:car", aspect="16:9")]
    assert "The toy is shy." in check_models(wish(tmp_path, video="toy:shy"))[0]


# In a film


def test_a_film_that_drift_stops_has_ordered_nothing(reach: Any, tmp_path: Path) -> None:
    """No stage has begun, and the run says why in words."""
    run = Run.create(
        wish(tmp_path, image=PICTURE, video=CLIP),
        song=tmp_path / "song.wav",
    )
    with replicate_serving(clip={"fps": None}) as service:
        reach(service)
        with pytest.raises(InvalidInput, match="no longer takes 'fps'"):
            run_chain(run)
        assert service.asked("create") == []
    error = run.status.error
    assert error is not None
    assert (run.status.state, error["reason"]) == ("failed", "DRIFT")
    assert "Mend the entry in mvkit.toml" in str(error["error"])
    assert [event["event"] for event in run.events()] == ["error"]


def test_a_job_fails_by_drift_with_a_sentence_before_any_order(reach: Any, tmp_path: Path) -> None:
    """As its worker attempts it."""
    job = submit(tmp_path, image=PICTURE, video=CLIP)

    async def attempt() -> None:
        attempt = Attempt(job.job_id, 1)
        try:
            await attempt.do(lambda: attempt.run_stage(STAGES[0]))
        finally:
            await attempt.close()

    with replicate_serving(clip={"fps": None}) as service:
        reach(service)
        with pytest.raises(InvalidInput) as stopped:
            asyncio.run(attempt())
        assert service.asked("create") == []
    told = as_told(stopped.value)
    assert told["name"] == "InvalidInput"
    assert told["text"].startswith(f"DRIFT: replicate:{CLIP_MODEL} no longer takes 'fps'.")


def test_a_model_that_cannot_be_checked_is_told_in_the_film(
    reach: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The film goes on."""
    run = Run.create(wish(tmp_path, video=CLIP), song=tmp_path / "song.wav")

    def stop(*_: object, **__: object) -> None:
        raise ProviderFailed("That is far enough.")

    monkeypatch.setattr("mvkit.chain.run_notebook", stop)
    with replicate_serving() as service:
        reach(service)
        service.fault("model", status=503)
        with pytest.raises(ProviderFailed, match="far enough"):
            run_chain(run)
    [message] = [event for event in run.events() if event["event"] == "message"]
    assert f"Whether {CLIP} still takes our orders" in message["text"]
