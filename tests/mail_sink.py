"""A mail server to test with: it takes what it is sent, and keeps it.

It speaks just enough SMTP for a client that introduces itself, encrypts (STARTTLS, or from the
first byte), logs in and sends.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
import ipaddress
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Encryption = Literal["none", "starttls", "tls"]


class MailSink:
    """A server on a port of its own, while the ``with`` block lasts.

    Parameters
    ----------
    certificate : Path, optional
        A file of :func:`make_certificate`, for a server that encrypts.
    delay_s : float
        How long it takes before it says its first word.
    refuses : bool
        Whether it turns down every recipient.
    """

    def __init__(
        self,
        *,
        encryption: Encryption = "none",
        certificate: Path | None = None,
        delay_s: float = 0.0,
        refuses: bool = False,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.logins: list[tuple[str, str, bool]] = []
        """Name, password, and whether they came encrypted."""
        self.n_callers = 0
        self._encryption = encryption
        self._delay_s = delay_s
        self._refuses = refuses
        self._context = _server_context(certificate) if certificate else None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        context = self._context if self._encryption == "tls" else None
        start = asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10.0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.n_callers += 1
        try:
            await asyncio.sleep(self._delay_s)
            await self._answer_all(reader, writer)
        except (OSError, asyncio.CancelledError):  # the client, or the test, has gone
            pass
        finally:
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    writer.write(self._greeting(writer))
                case "STARTTLS":
                    writer.write(b"220 go\r\n")
                    await writer.drain()
                    assert self._context is not None
                    await writer.start_tls(self._context)
                case "AUTH":
                    self._log_in(rest, encrypted=_is_encrypted(writer))
                    writer.write(b"235 welcome\r\n")
                case "RCPT":
                    writer.write(b"550 nobody here\r\n" if self._refuses else b"250 ok\r\n")
                case "DATA":
                    writer.write(b"354 go on\r\n")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    self.mails.append(message_from_bytes(data[:-3], policy=policy.default))
                    writer.write(b"250 kept\r\n")
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                case _:
                    writer.write(b"250 ok\r\n")

    def _greeting(self, writer: asyncio.StreamWriter) -> bytes:
        offers = ["sink", "AUTH PLAIN"]
        if self._encryption == "starttls" and not _is_encrypted(writer):
            offers.append("STARTTLS")
        lines = [f"250-{offer}\r\n" for offer in offers]
        return "".join([*lines, "250 8BITMIME\r\n"]).encode()

    def _log_in(self, rest: str, *, encrypted: bool) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.logins.append((user, password, encrypted))


def make_certificate(file: Path) -> Path:
    """Write a key and a certificate for this machine, which speaks for itself alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def _server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _is_encrypted(writer: asyncio.StreamWriter) -> bool:
    return writer.get_extra_info("ssl_object") is not None
