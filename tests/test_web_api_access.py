"""Who may see what: every route of the API, asked by everybody who must not be answered.

The routes are read from the API itself, so that one that is added is asked here too, or fails for
want of an owner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import nbformat
import pytest
import schemathesis
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from nbformat.v4 import new_code_cell, new_notebook
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from mvkit.jobs.table import list_jobs
from mvkit.run import Run
from mvkit.schema import Artefact
from mvkit.settings import get_settings
from mvkit.web import accounts, drafts
from mvkit.web.api import make_api
from mvkit.web.api.identity import OWNER_RULES
from mvkit.web.closer_look import CLICKS
from mvkit.web.drafts import Draft

from .api_makers import PASSWORD, PROMPT, SONG, Person, add_job, new_person, set_environment
from .doc_examples import read_examples

SECRET = "ada-only-7f3a"
FILE = "clips/000.mp4"
PUBLIC = {
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("HEAD", "/openapi.json"),
    ("POST", "/auth/register"),
    ("POST", "/auth/login"),
    ("POST", "/auth/reset-password"),
    ("POST", "/auth/reset-password/confirm"),
    ("POST", "/auth/cookie"),
}
"""What anybody may ask: nothing of it is about a person who has not shown who they are."""

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""What schemathesis holds against the OpenAPI document."""

BODIES: dict[str, Any] = {
    "/auth/change-password": {"old": PASSWORD, "new": "a password of somebody else"},
    "/auth/login": {"name": "ada", "password": PASSWORD},
    "/estimate": {"duration_s": 60},
    "/jobs/{job_id}/clips/{clip_index}": {"visual_description": "Nothing."},
    "/jobs/{job_id}/clips/{clip_index}/lock": {"locked": True},
    "/jobs/{job_id}/clips/{clip_index}/take": {"take": 1},
    "/jobs/{job_id}/palette": {"colours": ["#112233", "#445566", "#778899"]},
}
"""What would be done, if it were allowed."""


@dataclass(frozen=True)
class Route:
    """A path and a method that the API answers to."""

    method: str
    path: str

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def is_of_a_job(self) -> bool:
        return "{job_id}" in self.path


@dataclass(frozen=True)
class World:
    """Two people, and what belongs to one of them."""

    ada: Person
    bob: Person
    eve: Person
    run: Run
    draft: Draft
    client: TestClient

    def ask(self, route: Route, headers: dict[str, str]) -> httpx.Response:
        """Ask a route about Ada's job."""
        address = route.path.replace("{job_id}", self.run.job_id)
        address = address.replace("{draft_id}", self.draft.draft_id)
        address = address.replace("{name:path}", FILE).replace("{clip_index}", "0")
        if route.path == "/upload-audio":
            files = {"audio_file": ("x.wav", SONG)}
            wish = {"user_prompt": PROMPT}
            return self.client.post(address, files=files, data=wish, headers=headers)
        body = BODIES.get(route.path) if route.changes else None
        return self.client.request(route.method, address, json=body, headers=headers)

    def state(self) -> tuple[Any, ...]:
        """Return all that a stranger might have changed."""
        files = {
            str(path): path.read_bytes() for path in self.run.folder.rglob("*") if path.is_file()
        }
        return (
            files,
            list_jobs(),
            accounts.list_accounts(),
            accounts.who(self.ada.token, kind="api"),
        )


def routes_of(api: FastAPI) -> dict[Route, Dependant | None]:
    """Return every route of an API, documented or not, and what it depends on."""
    return {
        Route(method, context.path): getattr(context, "dependant", None)
        for context in iter_route_contexts(api.routes)
        for method in context.methods
    }


ROUTES = list(routes_of(make_api()))
PRIVATE = [route for route in ROUTES if (route.method, route.path) not in PUBLIC]


def asks_for_an_owner(dependant: Dependant | None) -> bool:
    if dependant is None:
        return False
    return dependant.call in OWNER_RULES or any(map(asks_for_an_owner, dependant.dependencies))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("world")


@pytest.fixture(scope="module")
def made(home: Path) -> World:
    """The world, made once: whoever changes it fails."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MVKIT_RUNS_DIR", str(home / "runs"))
        get_settings.cache_clear()
        people = [new_person(name) for name in ("ada", "bob", "eve")]
        run = add_job(home, user="ada", title=SECRET, artefacts=secret_plan(), files=secret_files())
        run.tell("message", text=SECRET, stage="plan")
        draft = drafts.save(SONG, user="ada")
        (draft.folder / CLICKS).write_bytes(SECRET.encode())
    return World(*people, run, draft, TestClient(make_api()))


@pytest.fixture
def world(made: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    set_environment(monkeypatch, MVKIT_RUNS_DIR=str(home / "runs"))
    before = made.state()
    yield made
    assert made.state() == before


def secret_plan() -> tuple[Artefact, ...]:
    examples = read_examples()
    plan = examples["plan"].model_copy(update={"treatment": SECRET})
    return examples["analysis"], plan


def secret_files() -> dict[str, bytes]:
    notebook = nbformat.writes(new_notebook(cells=[new_code_cell(SECRET)])).encode()
    names = (FILE, "clips/000.jpg", "clips/000.json", "video.mp4", "thumbnail.jpg")
    return {"notebooks/01_analysis.ipynb": notebook} | dict.fromkeys(names, SECRET.encode())


def of_nobody(_: World) -> dict[str, str]:
    return {}


def garbage(_: World) -> dict[str, str]:
    return {"Authorization": "Bearer garbage", "Cookie": "mvkit_login=garbage"}


def another_scheme(world: World) -> dict[str, str]:
    return {"Authorization": f"Basic {world.ada.token}"}


def signed(world: World, *, key: str = "", algorithm: str = "HS256", **changes: Any) -> str:
    """Return Ada's token with something about it changed, signed with our key or another."""
    claims = jwt.decode(world.ada.token, options={"verify_signature": False})
    return jwt.encode(claims | changes, key or accounts.signing_key(), algorithm=algorithm)


def expired(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(world, exp=int(time.time()) - 10)}"}


def forged(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(world, key='some_key' * 8)}"}


def unsigned(world: World) -> dict[str, str]:
    token = jwt.encode(
        jwt.decode(world.ada.token, options={"verify_signature": False}), None, algorithm="none"
    )
    return {"Authorization": f"Bearer {token}"}


def renamed(world: World) -> dict[str, str]:
    """Bob's login under Ada's name."""
    bobs = jwt.decode(world.bob.token, options={"verify_signature": False})
    return {"Authorization": f"Bearer {signed(world, sid=bobs['sid'])}"}


def cookie_as_token(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.ada.cookie}"}


def token_as_cookie(world: World) -> dict[str, str]:
    return {"Cookie": f"mvkit_login={world.ada.token}"}


NOBODY = (
    *(of_nobody, garbage, another_scheme, expired, forged, unsigned, renamed),
    *(cookie_as_token, token_as_cookie),
)


@pytest.mark.parametrize("shown", NOBODY, ids=lambda shown: shown.__name__)
def test_who_does_not_show_who_they_are_gets_nothing(
    world: World, shown: Callable[[World], dict[str, str]]
) -> None:
    for route in PRIVATE:
        answer = world.ask(route, shown(world))
        assert answer.status_code == 401, route
        assert answer.headers["www-authenticate"] == "Bearer"
        assert SECRET not in answer.text


def test_somebody_elses_job_is_as_absent_as_one_that_never_was(world: World) -> None:
    """To the letter, so that nobody can tell which ids there are."""
    never_was = "00000000-0000-4000-8000-000000000000"
    for route in PRIVATE:
        if not route.is_of_a_job:
            continue
        for headers in (world.bob.bearer, world.bob.page):
            if route.changes and headers == world.bob.page:
                continue
            answer = world.ask(route, headers)
            assert answer.status_code == 404, route
            assert SECRET not in answer.text
            elsewhere = Route(route.method, route.path.replace("{job_id}", never_was))
            absent = world.ask(elsewhere, headers)
            assert (answer.status_code, answer.content) == (absent.status_code, absent.content)


def test_what_is_no_job_shows_others_nothing(world: World) -> None:
    for path in ("/jobs", "/models", "/docs", "/openapi.json"):
        answer = world.client.get(path, headers=world.bob.bearer)
        assert answer.status_code == 200
        assert SECRET not in answer.text
        assert world.run.job_id not in answer.text


def test_the_cookie_of_a_page_reads_and_never_changes(world: World) -> None:
    for route in PRIVATE:
        answer = world.ask(route, world.ada.page)
        assert (answer.status_code == 401) == route.changes, route


def test_its_owner_is_answered_everywhere(world: World) -> None:
    """Or the rest of this file would prove nothing."""
    for route in PRIVATE:
        if not route.changes:
            answer = world.ask(route, world.ada.bearer)
            assert answer.status_code == 200, route
            is_told = route.is_of_a_job and route.method == "GET"
            assert not is_told or SECRET in answer.text or route.path.endswith("/files"), route


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8502"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_what_the_page_of_another_site_sends_changes_nothing(
    world: World, foreign: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even with a token; and without logins, where everybody may do everything."""
    for auth in ("on", "off"):
        monkeypatch.setenv("MVKIT_AUTH", auth)
        get_settings.cache_clear()
        for route in ROUTES:
            if route.changes:
                answer = world.ask(route, world.ada.bearer | foreign)
                assert answer.status_code == 403, route
                assert answer.json()["error"]["reason"] == "FOREIGN_SITE"


def test_pages_of_ours_and_programs_are_let_through(world: World) -> None:
    for ours in ("http://testserver", "http://localhost:8501", None):
        headers = world.ada.bearer | (
            {"Origin": ours, "Sec-Fetch-Site": "same-origin"} if ours else {}
        )
        answer = world.ask(Route("POST", "/estimate"), headers)
        assert answer.status_code == 200


def test_no_route_lacks_an_owner_rule() -> None:
    for route, dependant in routes_of(make_api()).items():
        is_public = (route.method, route.path) in PUBLIC
        assert asks_for_an_owner(dependant) != is_public, route


def test_a_route_that_forgets_its_owner_would_be_found() -> None:
    api = make_api()
    router = APIRouter()

    @router.get("/jobs/{job_id}/leak")
    def leak(job_id: str) -> str:
        return job_id

    api.include_router(router)
    forgotten = [
        route
        for route, dependant in routes_of(api).items()
        if not asks_for_an_owner(dependant) and (route.method, route.path) not in PUBLIC
    ]
    assert forgotten == [Route("GET", "/jobs/{job_id}/leak")]


def test_a_login_that_ends_is_over_with_the_next_request(world: World) -> None:
    login = accounts.log_in("eve", PASSWORD, kind=accounts.API)
    bearer = {"Authorization": f"Bearer {login.token}"}
    assert world.client.get("/jobs", headers=bearer).status_code == 200
    assert world.client.post("/auth/logout", headers=bearer).status_code == 204
    assert world.client.get("/jobs", headers=bearer).status_code == 401
    assert world.client.get("/jobs", headers=world.eve.bearer).status_code == 200


def test_without_logins_everybody_is_the_user_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_AUTH", "off")
    get_settings.cache_clear()
    mine, others = add_job(tmp_path), add_job(tmp_path, user="ada")
    client = TestClient(make_api())
    assert [job["job_id"] for job in client.get("/jobs").json()["jobs"]] == [mine.job_id]
    assert client.get(f"/jobs/{others.job_id}").status_code == 404


# Whatever is asked


@pytest.mark.slow
def test_the_api_keeps_to_its_description_whatever_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests right and wrong, made up from the OpenAPI document, about a job that there is."""
    limits = {"MVKIT_SUBMISSIONS_PER_HOUR": "9999", "MVKIT_QUEUED_PER_USER": "9999"}
    set_environment(monkeypatch, MVKIT_AUTH="off", **limits)
    document = schemathesis.openapi.from_asgi("/openapi.json", make_api())
    for found in document.get_all_operations():
        run = add_job(tmp_path, state="planned", artefacts=secret_plan(), files=secret_files())
        for mode in GenerationMode:
            hold_to_promises(found.ok(), mode, run=run)


def hold_to_promises(
    operation: schemathesis.APIOperation, mode: GenerationMode, *, run: Run
) -> None:
    """Ask one route a few times, half of them about a job that there is."""

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_real=booleans())
    def hold(case: schemathesis.Case, is_real: bool) -> None:
        if is_real and "job_id" in case.path_parameters:
            case.path_parameters["job_id"] = run.job_id
        case.call_and_validate(checks=PROMISES)

    hold()
