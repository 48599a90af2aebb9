"""Downloads come from public places only, whole, of the right kind and size, or not at all."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mvkit.errors import OutcomeUnknown, ProviderFailed
from mvkit.providers import downloads
from mvkit.providers.downloads import fetch, is_public, kind_of

CLIP = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
Answer = Callable[["_Handler"], None]


class _Handler(BaseHTTPRequestHandler):
    """Answers as the test has said."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))
        self.server.answers[self.path](self)

    def send(self, content: bytes, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        told = {"Content_Length": str(len(content)), **headers}
        for name, value in told.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the other side has closed."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(server: _Server) -> Iterator[_Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[_Server]:
    with serving(_Server()) as server:
        yield server


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at any attempt to connect."""

    def connect(*_: object) -> None:
        raise AssertionError("connected to an address that is not public")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", connect)


def get(server: _Server, path: str, target: Path, **changes: Any) -> str:
    wanted = {"most_bytes": 1_000_000, "kinds": ("mp4", "webm"), "timeout_s": 10.0, **changes}
    return fetch(f"{server.origin}{path}", target, own_origin=server.origin, **wanted)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "mp4"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", None),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm", "webm"),
        (b"\x1aE\xdf\xa3\xa3B\x86\x81\1B\x82\x88matroska", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
        (b"RIFF\x10\0\0\0WEBPVP8L", "webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"GIF89a\1\0\1\0", "gif"),
        (b"<!DOCTYPE html><html>", None),
        (b"#EXTM3U\n", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str | None) -> None:
    assert kind_of(head) == kind


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_are_told_from_others(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.0.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::127.0.0.1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"),
    ],
)
def test_addresses_of_own_machines_and_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/a.mp4", "file:///etc/passwd", "ftp://1.1.1.1/a", "data:,x", "", "/a"),
        *("https://127.0.0.1/", "https://localhost/", "https://0.0.0.0/", "https://2130706433/"),
        *("https://0x7f.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://10.0.0.1/"),
        *("https://169.254.169.254/latest/meta-data", "https://1.1.1.1@127.0.0.1/"),
        *("https://user:word@1.1.1.1/", "https://[fe80::1]/", "https://100.64.0.1/"),
        *("https:///a.mp4", "https://1.1.1.1:99999/", "http://1.1.1.1:1/"),
    ],
)
def test_what_is_not_public_https_is_never_connected_to(url: str, tmp_path: Path) -> None:
    with pytest.raises(ProviderFailed) as refusal:
        fetch(url, tmp_path / "a.mp4", most_bytes=10, kinds=["mp4"], timeout_s=1.0)
    assert refusal.value.reason == "UNSAFE_ADDRESS"
    assert not refusal.value.retryable


@pytest.mark.usefixtures("offline")
def test_one_private_address_among_several_is_enough_to_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to("1.1.1.1", "10.0.0.7"))
    with pytest.raises(ProviderFailed, match=r"files\.example, which is 10\.0\.0\.7"):
        fetch(
            "https://files.example/a.mp4",
            tmp_path / "a.mp4",
            most_bytes=10,
            kinds=["mp4"],
            timeout_s=1.0,
        )


def test_a_whole_file_of_the_right_kind_is_saved(server: _Server, tmp_path: Path) -> None:
    server.answers["/a.mp4"] = lambda handler: handler.send(CLIP)
    target = tmp_path / "a.mp4"
    assert get(server, "/a.mp4", target) == "mp4"
    assert target.read_bytes() == CLIP
    assert list(tmp_path.iterdir()) == [target]
    assert "Authorization" not in server.seen[0]
    assert "Cookie" not in server.seen[0]


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/a",
        "http://127.0.0.1:9/",
        "//169.254.169.254/",
        "file:///a",
    ],
)
def test_a_redirect_is_checked_like_any_address(
    server: _Server, tmp_path: Path, location: str
) -> None:
    server.answers["/a.mp4"] = lambda handler: handler.send(b"", status=302, Location=location)
    with pytest.raises(ProviderFailed) as refusal:
        get(server, "/a.mp4", tmp_path / "a.mp4")
    assert refusal.value.reason == "UNSAFE_ADDRESS"
    assert len(server.seen) == 1


def test_a_redirect_to_a_place_that_may_be_asked_is_followed(
    server: _Server, tmp_path: Path
) -> None:
    server.answers["/a.mp4"] = lambda handler: handler.send(b"", status=307, Location="b.mp4")
    server.answers["/b.mp4"] = lambda handler: handler.send(CLIP)
    assert get(server, "/a.mp4", tmp_path / "a.mp4") == "mp4"


def test_redirects_end(server: _Server, tmp_path: Path) -> None:
    server.answers["/a.mp4"] = lambda handler: handler.send(b"", status=302, Location="/a.mp4")
    with pytest.raises(ProviderFailed, match="more than 5 redirects"):
        get(server, "/a.mp4", tmp_path / "a.mp4")
    assert len(server.seen) == 6


def send_without_length(handler: _Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(CLIP)


def send_html(handler: _Handler) -> None:
    handler.send(b"<!DOCTYPE html>" + bytes(500), Content_Type="video/mp4")


@pytest.mark.parametrize(
    ("answer", "changes", "reason"),
    [
        (lambda handler: handler.send(CLIP), {"most_bytes": 1000}, "TOO_BIG"),
        (lambda handler: handler.send(b"", Content_Length=str(10**12)), {}, "TOO_BIG"),
        (send_without_length, {"most_bytes": 1000}, "TOO_BIG"),
        (lambda handler: handler.send(CLIP, Content_Encoding="gzip"), {}, "WRONG_KIND"),
        (lambda handler: handler.send(PNG), {}, "WRONG_KIND"),
        (lambda handler: handler.send(b""), {}, "WRONG_KIND"),
        (send_html, {}, "WRONG_KIND"),
        (lambda handler: handler.send(b"", status=404), {}, "GONE"),
        (lambda handler: handler.send(b"", status=410), {}, "GONE"),
    ],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(
    server: _Server, tmp_path: Path, answer: Answer, changes: dict[str, Any], reason: str
) -> None:
    server.answers["/a.mp4"] = answer
    with pytest.raises(ProviderFailed) as refusal:
        get(server, "/a.mp4", tmp_path / "a.mp4", **changes)
    assert refusal.value.reason == reason
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert list(tmp_path.iterdir()) == []


def send_half(handler: _Handler) -> None:
    handler.send(CLIP[: len(CLIP) // 2], Content_Length=str(len(CLIP)))
    handler.close_connection = True


def reset(handler: _Handler) -> None:
    handler.send(CLIP[:5000], Content_Length=str(len(CLIP)))
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)  # close with a reset
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    os.close(handler.connection.detach())


def drip(handler: _Handler) -> None:
    handler.send(CLIP[:64], Content_Length=str(len(CLIP)))
    for place in range(64, len(CLIP)):
        handler.wfile.write(CLIP[place : place + 1])
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (send_half, {}),
        (reset, {}),
        (drip, {"timeout_s": 0.2}),
        (lambda handler: handler.send(b"", status=503), {}),
        (lambda handler: handler.send(b"", status=403), {}),
    ],
)
def test_what_broke_off_can_be_asked_for_again(
    server: _Server, tmp_path: Path, answer: Answer, changes: dict[str, Any]
) -> None:
    """The file may still come: what was made is not given up."""
    server.answers["/a.mp4"] = answer
    with pytest.raises(OutcomeUnknown) as failure:
        get(server, "/a.mp4", tmp_path / "a.mp4", **changes)
    assert failure.value.reason == "NO_DOWNLOAD"
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_can_be_asked_again(tmp_path: Path) -> None:
    server = _Server()
    server.server_close()
    with pytest.raises(OutcomeUnknown, match=r"127\.0\.0\.1 failed"):
        get(server, "/a.mp4", tmp_path / "a.mp4")


# A name, its address and its certificate


@contextmanager
def secure(folder: Path, *, name: str) -> Iterator[tuple[_Server, ssl.SSLContext]]:
    """Run a server with a certificate for a name; yield it and who trusts that."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(certificate.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "key.pem")
    server = _Server()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server):
        yield server, ssl.create_default_context(cafile=str(folder / "key.pem"))


def resolving_to(*addresses: str) -> Callable[..., list[Any]]:
    def getaddrinfo(_host: str, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return getaddrinfo


@pytest.mark.parametrize(("certified", "comes"), [("files.example", True), ("evil.example", False)])
def test_the_address_that_was_checked_is_connected_to_and_must_prove_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certified: str, comes: bool
) -> None:
    """A name is looked up once; the second answer, of somebody who rebinds it, is never heard."""
    lookups: list[str] = []
    resolve = resolving_to("127.0.0.1")

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[Any]:
        lookups.append(host)
        if host == "127.0.0.1" or len(lookups) == 1:  # an address resolves to itself
            return resolve(host, port)
        raise AssertionError("the name was looked up again")

    with secure(tmp_path, name=certified) as (server, trusting):
        server.answers["/a.mp4"] = lambda handler: handler.send(CLIP)
        monkeypatch.setattr(downloads, "_tls", lambda: trusting)
        monkeypatch.setattr(downloads, "is_public", lambda _: True)
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        url = f"https://files.example:{server.server_address[1]}/a.mp4"
        wanted: dict[str, Any] = {"most_bytes": 10**6, "kinds": ("mp4",), "timeout_s": 5.0}
        if comes:
            assert fetch(url, tmp_path / "a.mp4", **wanted) == "mp4"
            assert server.seen[0]["Host"] == url.split("/")[2]
        else:
            with pytest.raises(OutcomeUnknown, match="certificate"):
                fetch(url, tmp_path / "a.mp4", **wanted)
            assert server.seen == []
    assert lookups[0] == "files.example"
