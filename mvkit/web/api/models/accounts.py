"""Accounts: who somebody is, and what lets them in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mvkit.web.api.models.base import Answer, Asked, Line, Secret


class Registration(Asked):
    """A new account."""

    name: Line = Field(examples=["ada"])
    email: Line = Field(examples=["ada@example.org"])
    password: Secret = Field(examples=["correct horse battery staple"])


class Registered(Answer):
    """An account."""

    name: str
    email: str


class Credentials(Asked):
    """A name and a password."""

    name: Line = Field(description="Name or e-mail address.", examples=["ada"])
    password: Secret


class Token(Answer):
    """A login of the API: what to send as ``Authorization: Bearer ...``."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"
    user: str
    expires_at: float


class ResetWish(Asked):
    """Who has forgotten a password."""

    name: Line = Field(description="Name or e-mail address.", examples=["ada"])


class Reset(Asked):
    """A new password, and the token of the link that allows it."""

    token: Secret
    password: Secret


class PasswordChange(Asked):
    """A new password, and the one until now."""

    old: Secret
    new: Secret


class Ticket(Asked):
    """What a page was given after a login, to be exchanged for its cookie."""

    ticket: Secret
