"""Who may log in: user add, list, disable, enable, reset."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from mvkit.commands.terminal import console

NameArgument = Annotated[str, typer.Argument(help="What they log in with.")]

app = typer.Typer(no_args_is_help=True, help="Add, list, disable and enable those who may log in.")


@app.command()
def add(
    name: NameArgument,
    email: Annotated[str, typer.Option(help="Where links to reset the password go.")] = "",
    link: Annotated[bool, typer.Option(help="Let them choose the password by a link.")] = False,
) -> None:
    """Make an account; asks for its password, or prints a link to set it."""
    from mvkit.web import accounts

    password = secrets.token_urlsafe() if link else _asked_password()
    account = accounts.register(name, password, email=email, trusted=True)
    console.print(f"{account.name} may log in")
    if link:
        reset(account.name)


@app.command("list")
def list_() -> None:
    """List all accounts."""
    from mvkit.web import accounts

    table = Table("name", "e-mail", "since", "state")
    for account in accounts.list_accounts():
        table.add_row(
            escape(account.name),
            escape(account.email),
            f"{datetime.fromtimestamp(account.created_at_s):%Y-%m-%d}",
            "disabled" if account.disabled else "enabled",
        )
    console.print(table)


@app.command()
def disable(name: NameArgument) -> None:
    """Shut an account: all its logins end at once; its films stay."""
    from mvkit.web import accounts

    accounts.set_disabled(name, True)
    console.print(f"{escape(name)} is logged out everywhere and cannot log in")


@app.command()
def enable(name: NameArgument) -> None:
    """Open a disabled account again."""
    from mvkit.web import accounts

    accounts.set_disabled(name, False)
    console.print(f"{escape(name)} may log in")


@app.command()
def reset(name: NameArgument) -> None:
    """Print a link that sets a new password, once, within 30 minutes."""
    from mvkit.web import accounts

    console.print(escape(accounts.make_reset(name)), soft_wrap=True)


def _asked_password() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
