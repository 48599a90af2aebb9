"""The gate: who may knock, what is closed, and what every answer says to browsers."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from mvkit.settings import get_settings, local_user
from mvkit.web import accounts
from mvkit.web.gate import MOST_UPLOAD_BYTES, USER_HEADER, Gate
from mvkit.web.visitor import COOKIE

UPLOAD = "/_stcore/upload_file/8c5f/1"
OURS = "http://localhost:8501"
SOCKET = "ws://localhost:8501/_stcore/stream"


async def answer(request: Request) -> PlainTextResponse:
    body = await request.body()
    own = {"content-security-policy": "sandbox"} if request.url.path == "/own" else {}
    return PlainTextResponse(f"{len(body)} bytes", headers=own)


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(socket.headers.getlist(USER_HEADER))
    await socket.close()


def door(url: str = OURS, *, caller: str = "192.0.2.7") -> TestClient:
    """Return a client of an app that answers everything, behind the gate."""
    everything = Route("/{path:path}", answer, methods=["GET", "POST", "PUT"])
    app = Starlette(
        routes=[WebSocketRoute("/_stcore/stream", greet), everything],
        middleware=[Middleware(Gate)],
    )
    return TestClient(app, base_url=url, client=(caller, 50_000))


@pytest.fixture
def login() -> str:
    accounts.register("ada", "quiet lamps in the rain", email="ada@example.org")
    return accounts.log_in("ada", "quiet lamps in the rain", kind=accounts.PAGE).token


def names_told(client: TestClient, headers: dict[str, str]) -> list[str]:
    with client.websocket_connect(SOCKET, headers=headers) as socket:
        names: list[str] = socket.receive_json()
        return names


@pytest.mark.parametrize(
    "host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "192.168.1.5", "films.example.org"]
)
def test_our_names_and_numbers_are_answered(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number cannot be pointed elsewhere by a foreign name server."""
    monkeypatch.setenv("MVKIT_PUBLIC_URL", "https://films.example.org")
    get_settings.cache_clear()
    assert door().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "films.example.org", "[::1", "", "evil.test."]
)
def test_foreign_names_are_refused(host: str) -> None:
    """DNS rebinding: a site points its own name at this machine to read along."""
    refused = door().get("/", headers={"host": host})
    assert refused.status_code == 421
    assert refused.json()["error"]["reason"] == "HOST"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/_stcore/bidi-components/x.js",
        "/_stcore/script-health-check",
        "/media/8c5f.mp4",
        "/component/x/index.html",
    ],
)
def test_what_nobody_needs_is_closed(path: str) -> None:
    assert door().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/library", "/static/js/index.js", "/_stcore/health"])
def test_what_pages_need_is_open(path: str) -> None:
    assert door().get(path).status_code == 200


def test_every_answer_tells_browsers_to_keep_others_out() -> None:
    """Refusals, too; scripts only from our files, frames nowhere."""
    client = door()
    for reply in (client.get("/"), client.get("/media/x"), client.put(UPLOAD)):
        policy = dict(
            part.strip().split(" ", 1)
            for part in reply.headers["content-security-policy"].split(";")
        )
        assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
        assert re.fullmatch(r"'self'( 'sha256-[\w+/]+=*')*", policy["script-src"])
        assert "http" not in policy["connect-src"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert "microphone=()" in reply.headers["permissions-policy"]


def test_a_host_cannot_write_into_the_policy() -> None:
    refused = door().get("/", headers={"host": "localhost; script-src *"})
    assert "script-src *" not in refused.headers["content-security-policy"]


def test_an_answer_with_a_policy_of_its_own_keeps_it() -> None:
    assert door().get("/own").headers["content-security-policy"] == "sandbox"


def test_nobody_uploads_without_a_login(login: str) -> None:
    """A session's id is in the upload's address, and no secret."""
    client = door()
    refused = client.put(UPLOAD, content=b"song")
    assert (refused.status_code, refused.json()["error"]["reason"]) == (401, "TOKEN")
    client.cookies.set(COOKIE, login)
    assert client.put(UPLOAD, content=b"song").text == "4 bytes"
    accounts.log_out(login)
    assert client.put(UPLOAD, content=b"song").status_code == 401


@pytest.mark.parametrize("chunked", [False, True], ids=["length told", "chunked"])
def test_no_more_is_taken_than_a_song(login: str, chunked: bool) -> None:
    client = door()
    client.cookies.set(COOKIE, login)

    def put(n_bytes: int) -> int:
        body = b"x" * n_bytes
        return client.put(UPLOAD, content=iter([body]) if chunked else body).status_code

    assert put(MOST_UPLOAD_BYTES) == 200
    assert put(MOST_UPLOAD_BYTES + 1) == 413


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://localhost:3000", "http://["]
)
def test_pages_of_other_sites_change_nothing(origin: str) -> None:
    """A page on another port of this machine is another site, though its cookies are ours."""
    client = door()
    refused = client.post("/", headers={"origin": origin})
    assert (refused.status_code, refused.json()["error"]["reason"]) == (403, "FOREIGN_SITE")
    assert client.get("/", headers={"origin": origin}).status_code == 200
    with pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)):
        names_told(client, {"origin": origin})


def test_a_browser_that_calls_a_request_foreign_is_believed() -> None:
    assert door().post("/", headers={"sec-fetch-site": "same-site"}).status_code == 403


@pytest.mark.parametrize("origin", [OURS, "https://films.example.org"])
def test_our_own_pages_are_let_through(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also behind a proxy that tells us another host than browsers see."""
    monkeypatch.setenv("MVKIT_PUBLIC_URL", "https://films.example.org")
    get_settings.cache_clear()
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    assert door().post("/", headers=headers).status_code == 200
    assert names_told(door(), headers) == []


def test_streamlit_is_told_whose_socket_it_is_by_us_alone(login: str) -> None:
    """Whoever sends the header themselves is nobody."""
    client = door()
    assert names_told(client, {USER_HEADER: "ada"}) == []
    cookie = {"cookie": f"{COOKIE}={login}"}
    assert names_told(client, {USER_HEADER: "bob", **cookie}) == ["ada"]
    accounts.log_out(login)
    assert names_told(client, cookie) == []


def test_without_logins_only_this_machine_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVKIT_AUTH", "off")
    get_settings.cache_clear()
    assert door(caller="127.0.0.1").put(UPLOAD, content=b"song").status_code == 200
    assert names_told(door(caller="::1"), {}) == [local_user()]
    for client in (door(), door("http://192.168.1.5", caller="127.0.0.1")):
        refused = client.get("/")
        assert (refused.status_code, refused.json()["error"]["reason"]) == (403, "LOCAL_ONLY")
