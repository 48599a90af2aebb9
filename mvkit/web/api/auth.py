"""Accounts over HTTP: register, log in and out, forget a password, change it."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request, Response

from mvkit.settings import get_settings
from mvkit.web import accounts
from mvkit.web.api.bodies import SmallBodyRoute
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import Writer, WritingCaller
from mvkit.web.api.models.accounts import (
    Credentials,
    PasswordChange,
    Registered,
    Registration,
    Reset,
    ResetWish,
    Ticket,
    Token,
)
from mvkit.web.api.models.base import Told
from mvkit.web.visitor import COOKIE

router = APIRouter(prefix="/auth", tags=["accounts"], route_class=SmallBodyRoute)


@router.post("/register", status_code=201, responses=problems(403, 409, 413, 429))
def register(wish: Registration, request: Request) -> Registered:
    """Make an account."""
    made = accounts.register(
        wish.name, wish.password, email=wish.email, address=_address_of(request)
    )
    return Registered(name=made.name, email=made.email)


@router.post("/login", responses=problems(401, 403, 413, 429))
def log_in(shown: Credentials, request: Request) -> Token:
    """Return a token for the API."""
    login = accounts.log_in(
        shown.name, shown.password, kind=accounts.API, address=_address_of(request)
    )
    return Token(access_token=login.token, user=login.user, expires_at=login.expires_at_s)


@router.post("/logout", status_code=204, responses=problems(401, 403, 413))
def log_out(user: Writer, caller: WritingCaller) -> None:  # noqa: ARG001 - whoever is logged in
    """End the login of the token that is shown, at once and everywhere."""
    accounts.log_out(caller.token)


@router.post("/change-password", status_code=204, responses=problems(401, 403, 413, 429))
def change_password(wish: PasswordChange, user: Writer) -> None:
    """Change the password; all logins end, this one too."""
    accounts.change_password(user, wish.old, wish.new)


@router.post("/reset-password", status_code=202, responses=problems(403, 413, 429))
def ask_reset(wish: ResetWish, request: Request) -> Told:
    """Send a link by mail that sets a new password; the answer is the same for everybody."""
    accounts.ask_reset(wish.name, address=_address_of(request))
    return Told(message="If there is such an account, a link is on its way to its address.")


@router.post("/reset-password/confirm", status_code=204, responses=problems(401, 403, 413, 429))
def reset_password(reset: Reset) -> None:
    """Set a new password with the token of the link; all logins end."""
    accounts.reset_password(reset.token, reset.password)


@router.post("/cookie", status_code=204, responses=problems(401, 403, 413))
def set_cookie(shown: Ticket, response: Response) -> None:
    """Exchange the ticket of a page for its cookie."""
    login = accounts.redeem_ticket(shown.ticket)
    response.set_cookie(
        COOKIE,
        login.token,
        max_age=max(0, int(login.expires_at_s - time.time())),
        path="/",
        secure=get_settings().public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )


def _address_of(request: Request) -> str:
    return request.client.host if request.client else ""
