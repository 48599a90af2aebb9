"""streamlit-authenticator's forms over our accounts.

``Authenticate`` draws the forms for logging in and registering; whom it asks and where it keeps a
login are controllers. Ours ask :mod:`mvkit.web.accounts` and keep nothing: the package's own store
is a file without a lock, and its cookie can be read by scripts and ended by nobody.

The forms are drawn by one call each, which returns a login once the form was sent and was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from streamlit_authenticator import Authenticate

from mvkit.errors import InvalidInput
from mvkit.web import accounts
from mvkit.web.accounts import Login
from mvkit.web.accounts.passwords import LONGEST, SHORTEST
from mvkit.web.visitor import caller_address

NAME_OR_EMAIL, NAME, EMAIL = "Name or e-mail address", "Name", "E-mail address"
PASSWORD, AGAIN = "Password", "Password again"
LOGIN_FIELDS = {"Username": NAME_OR_EMAIL, "Password": PASSWORD, "Login": "Log in"}
REGISTER_FIELDS = {  # it asks for first and last name besides, which the style hides
    "Email": EMAIL,
    "Username": NAME,
    "Password": PASSWORD,
    "Repeat password": AGAIN,
    "Register": "Make the account",
}
PASSWORD_HELP = f"{SHORTEST} to {LONGEST} characters of any kind. A few words are best."


def draw_login(*, title: str) -> Login | None:
    """Draw the login form; return the login that was made with it just now.

    Raises
    ------
    Unauthorized, RateLimited
        As :func:`mvkit.web.accounts.log_in`.
    """
    forms = _Forms()
    forms.login(fields={"Form name": title, **LOGIN_FIELDS}, key="login")
    return forms.authentication_controller.made


def draw_registration(*, title: str) -> Login | None:
    """Draw the form that makes an account; return the login of the account made just now.

    Raises
    ------
    InvalidInput, RateLimited
        As :func:`mvkit.web.accounts.register`; and if the passwords differ, reason ``PASSWORD``.
    """
    forms = _Forms()
    fields = {"Form name": title, **REGISTER_FIELDS}
    forms.register_user(fields=fields, captcha=False, password_hint=False, key="register")
    return forms.authentication_controller.made


class _Forms(Authenticate):  # type: ignore[misc]  # the package is not typed
    """The package's forms, with our controllers instead of its own."""

    def __init__(self) -> None:
        # Not the package's: it would set up its store, and put its cookie's frame into the page.
        self.attrs = {"login_sleep_time": 0, "password_instructions": PASSWORD_HELP}
        self.path = None
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Controller()


@dataclass
class _Controller:
    """Asks our accounts what a form was sent with."""

    made: Login | None = None

    def login(self, name_or_email: str, password: str, *_: Any, **__: Any) -> bool:
        """Log in, as the login form asks."""
        address = caller_address()
        self.made = accounts.log_in(name_or_email, password, kind=accounts.PAGE, address=address)
        return True

    def register_user(
        self, _first: str, _last: str, email: str, name: str, password: str, again: str, *_: Any
    ) -> tuple[str, str, str]:
        """Make an account and log in, as the registration form asks."""
        if password != again:
            _refuse("The two passwords differ. Type them again.")
        address = caller_address()
        account = accounts.register(name, password, email=email, address=address)
        self.made = accounts.log_in(name, password, kind=accounts.PAGE, address=address)
        return account.email, account.name, account.name


class _NoCookie:
    """Keeps nothing: the cookie is set by the API (:func:`mvkit.web.pages.login.enter`)."""

    def get_cookie(self) -> None:
        """Return no login: visitors with a cookie are not shown these forms."""

    def set_cookie(self) -> None:
        """Set none."""


def _refuse(message: str) -> NoReturn:
    raise InvalidInput(message, reason="PASSWORD")
