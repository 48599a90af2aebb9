"""Downloads: what a service has made, fetched from where it says it is.

An address that comes from outside may name anything, so it is not trusted. Only ``https`` is asked,
only at public addresses, and the address that was checked is the one that is connected to: a name
that resolves differently a moment later (DNS rebinding) changes nothing. Every redirect is checked
again. No key of ours is sent. What comes is measured while it streams, and known by its first bytes
rather than by what its sender calls it; a file appears under its name only when it is whole.

The one exception is a service that the user runs on a machine of their own: where the service
itself is asked at ``http://127.0.0.1:5000``, it may hand out files from there, and from nowhere
else that is not public.

Contents
--------
Kind, fetch, kind_of, is_public
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal

import httpx

from mvkit.errors import OutcomeUnknown, ProviderFailed

Kind = Literal["mp4", "webm", "png", "jpeg", "webp", "gif"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REDIRECTS_MOST = 5
SILENCE_S = 20.0
"""So long a server may say nothing."""
HEAD_BYTES = 64
"""So many bytes tell what a file is."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 see them (RFC 6052)."""
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "mvkit"}
"""Compressed answers are not taken: a small one may be made to unpack into a very large one."""
GONE_STATUSES = (404, 410)


def fetch(
    url: str,
    target: Path,
    *,
    most_bytes: int,
    kinds: Collection[Kind],
    timeout_s: float,
    own_origin: str = "",
) -> Kind:
    """Download a file.

    Parameters
    ----------
    url : str
        Where it is said to be.
    target : Path
        Where it is saved, once it is whole.
    most_bytes : int
        How large it may be.
    kinds : collection of str
        What it may be.
    timeout_s : float
        How long all of it may take.
    own_origin : str
        Scheme, host and port (``http://127.0.0.1:5000``) that may be asked whatever they are: those
        of the service itself, where it runs on a machine of the user's.

    Returns
    -------
    str
        What it is.

    Raises
    ------
    ProviderFailed
        If another attempt would be no use: ``GONE`` where it is no longer kept, ``UNSAFE_ADDRESS``,
        ``TOO_BIG``, ``WRONG_KIND``.
    OutcomeUnknown
        If it did not come, or not all of it (``NO_DOWNLOAD``): it may come when asked again.
    """
    until_s = time.monotonic() + timeout_s
    try:
        with _open(url, own_origin=own_origin) as response, _beside(target) as file:
            return _save(response, file, most_bytes=most_bytes, kinds=kinds, until_s=until_s)
    except httpx.TransportError as error:
        what = str(error) or type(error).__name__
        raise _not_come(_host(url), f"broke off: {what.rstrip('.')}.") from error


def kind_of(head: bytes) -> Kind | None:
    """Return what a file is by its first 64 bytes; None for everything else."""
    if head[4:8] == b"ftyp":  # ISO 14496-12; still pictures share the container
        return None if head[8:12] in (b"avif", b"avis", b"heic", b"mif1") else "mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"\x1aE\xdf\xa3"):  # Matroska, of which WebM is one kind
        return "webm" if b"webm" in head else None
    marks: dict[bytes, Kind] = {
        b"\x89PNG\r\n\x1a\n": "png",
        b"\xff\xd8\xff": "jpeg",
        b"GIF87a": "gif",
        b"GIF89a": "gif",
    }
    return next((kind for mark, kind in marks.items() if head.startswith(mark)), None)


def is_public(address: Address) -> bool:
    """Tell whether an address can be reached by everybody: no private network, no own machine.

    An address that carries an IPv4 address inside (mapped, 6to4, Teredo, NAT64) is judged by that.
    """
    inner = _inner(address)
    if inner:
        return all(map(is_public, inner))
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not getattr(address, "is_site_local", False)


def _inner(address: Address) -> tuple[Address, ...]:
    """Return the IPv4 addresses inside an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)


@contextmanager
def _open(url: str, *, own_origin: str) -> Iterator[httpx.Response]:
    """Ask for a file, through its redirects; every address is checked."""
    with httpx.Client(trust_env=False, verify=_tls(), timeout=SILENCE_S, headers=HEADERS) as http:
        for _ in range(1 + REDIRECTS_MOST):
            response = http.send(_request(http, url, own_origin=own_origin), stream=True)
            try:
                if not response.has_redirect_location:
                    _refuse_failure(response.status_code, host=_host(url))
                    yield response
                    return
                url = str(httpx.URL(url).join(response.headers["Location"]))
            except httpx.InvalidURL as error:
                raise _unsafe("a redirect that is no address") from error
            finally:
                response.close()
    raise _unsafe(f"more than {REDIRECTS_MOST} redirects")


def _request(http: httpx.Client, url: str, *, own_origin: str) -> httpx.Request:
    """Return a request for an address that was checked, to be sent to exactly that address."""
    try:
        where = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _unsafe("no address") from error
    if own_origin and _origin(where) == _origin(httpx.URL(own_origin)):
        return http.build_request("GET", where)
    host, port = where.raw_host.decode(), where.port or 443
    if where.scheme != "https" or not host or where.userinfo or port > 65535:
        raise _unsafe(f"an address that is no plain https:// ({where.scheme or 'none'}://{host})")
    address = _checked_address(host, port)
    return http.build_request(
        "GET",
        where.copy_with(host=str(address)),
        headers={"Host": where.netloc.decode()},
        extensions={"sni_hostname": host},  # whose certificate is expected
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _checked_address(host: str, port: int) -> Address:
    """Look a name up; every address it has must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _not_come(host, "cannot be found.") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        if not is_public(address):
            raise _unsafe(f"{host}, which is {address} and not public")
    return addresses[0]


def _refuse_failure(status: int, *, host: str) -> None:
    if status in GONE_STATUSES:
        raise ProviderFailed(f"{host} no longer keeps what was made ({status}).", reason="GONE")
    if status != 200:
        raise _not_come(host, f"answered with status {status}, expected 200.")


def _save(
    response: httpx.Response,
    file: BinaryIO,
    *,
    most_bytes: int,
    kinds: Collection[Kind],
    until_s: float,
) -> Kind:
    """Write an answer into a file as it comes, unless it turns out to be something else."""
    host = response.request.headers["Host"]
    _refuse_encoding(response.headers.get("Content-Encoding", "identity"), host=host)
    told_bytes = response.headers.get("Content-Length", "")
    n_bytes, head = int(told_bytes) if told_bytes.isdecimal() else 0, b""
    _refuse_size(n_bytes, most_bytes, host=host)
    n_bytes = 0
    for chunk in response.iter_raw():
        n_bytes += len(chunk)
        _refuse_size(n_bytes, most_bytes, host=host)
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
            if len(head) == HEAD_BYTES:
                _wanted_kind(head, kinds, host=host)
        file.write(chunk)
        if time.monotonic() > until_s:
            raise _not_come(host, f"is too slow: {n_bytes} bytes came in the time there was.")
    return _wanted_kind(head, kinds, host=host)


def _refuse_encoding(encoding: str, *, host: str) -> None:
    if encoding.lower() != "identity":
        raise ProviderFailed(
            f"{host} sent a compressed file ({encoding}), expected a plain one.",
            reason="WRONG_KIND",
            retryable=False,
        )


def _refuse_size(n_bytes: int, most_bytes: int, *, host: str) -> None:
    if n_bytes > most_bytes:
        raise ProviderFailed(
            f"{host} sends more than {most_bytes / 1e6:.0f} MB, the most that is taken.",
            reason="TOO_BIG",
            retryable=False,
        )


def _wanted_kind(head: bytes, kinds: Collection[Kind], *, host: str) -> Kind:
    kind = kind_of(head)
    if kind is None or kind not in kinds:
        raise ProviderFailed(
            f"{host} sent {kind or 'something unknown'} (it begins {head[:12]!r}), expected "
            f"{' or '.join(sorted(kinds))}.",
            reason="WRONG_KIND",
            retryable=False,
        )
    return kind


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when all went well."""
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@cache
def _tls() -> ssl.SSLContext:
    """Return whom to trust, read once: certificates take a while to load."""
    return httpx.create_ssl_context(trust_env=False)


def _host(url: str) -> str:
    """Return what to call an address in a sentence; the rest of it may be a secret."""
    return httpx.URL(url).host


def _not_come(host: str, what: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"The download from {host} failed: it {what}", reason="NO_DOWNLOAD")


def _unsafe(what: str) -> ProviderFailed:
    return ProviderFailed(
        f"The service names {what} as the place of what it made; only public https addresses are "
        "asked.",
        reason="UNSAFE_ADDRESS",
        retryable=False,
    )
