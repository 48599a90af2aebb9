"""Mails: one plain text to one person, over the SMTP server of the settings.

``smtp://user:password@host:587`` begins in the clear and encrypts where the server offers it
(STARTTLS); ``smtps://`` is encrypted from the first byte. Certificates are checked. A password is
never sent in the clear, except to this very machine. In the URL, signs such as ``@`` and ``/`` in a
password are written ``%40`` and ``%2F``.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from mvkit.errors import GenerationFailed, InvalidInput
from mvkit.settings import get_settings

TIMEOUT_S = 10.0
"""How long the server may take for each step."""
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def can_send() -> bool:
    """Whether the settings name a server."""
    return bool(get_settings().smtp_url.get_secret_value())


def send_mail(to: str, *, subject: str, text: str) -> None:
    """Send a mail, and return once the server has taken it.

    Raises
    ------
    InvalidInput
        Reason ``SMTP_URL``: the setting names no server.
    GenerationFailed
        Reason ``MAIL``: the server cannot be reached or does not take it.
    """
    url = _server()
    mail = _write(to, subject=subject, text=text, sender=_sender(url))
    try:
        with _connect(url) as server:
            _introduce(server, url)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise GenerationFailed(
            f"The mail server {url.hostname} did not take a mail: {error}. Look at smtp_url.",
            reason="MAIL",
        ) from error


def _server() -> SplitResult:
    url = urlsplit(get_settings().smtp_url.get_secret_value())
    try:
        is_whole = url.scheme in PORTS and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number
        is_whole = False
    if not is_whole:
        raise InvalidInput(
            "smtp_url is not of the form smtp://user:password@host:587 (or smtps://...:465). "
            "Mend it, or leave it empty to send no mails.",
            reason="SMTP_URL",
        )
    return url


def _sender(url: SplitResult) -> str:
    user = unquote(url.username or "mvkit")
    return get_settings().mail_from or (user if "@" in user else f"{user}@{url.hostname}")


def _write(to: str, *, subject: str, text: str, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("<> ") or "localhost")
    mail["Auto-Submitted"] = "auto-generated"  # holiday replies do not answer it (RFC 3834)
    mail.set_content(text)
    return mail


def _connect(url: SplitResult) -> smtplib.SMTP:
    assert url.hostname is not None
    port = url.port or PORTS[url.scheme]
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(url.hostname, port, timeout=TIMEOUT_S, context=context)
    return smtplib.SMTP(url.hostname, port, timeout=TIMEOUT_S)


def _introduce(server: smtplib.SMTP, url: SplitResult) -> None:
    """Encrypt where that is offered, and log in where the URL says as whom."""
    server.ehlo()
    is_safe = url.scheme == "smtps" or url.hostname in LOOPBACK
    if url.scheme == "smtp" and server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        is_safe = True
    if not url.username:
        return
    if not is_safe:
        raise smtplib.SMTPException("it offers no encryption, and a password is not sent without")
    server.login(unquote(url.username), unquote(url.password or ""))
