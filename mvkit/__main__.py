"""The command line: ``python -m mvkit demo | make | serve | submit | ...``."""

from __future__ import annotations

import logging
import signal
import sys

import typer

from mvkit.commands import batches, director, doctor, films, jobs, reports, service, users
from mvkit.commands.terminal import complain
from mvkit.errors import MvkitError

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A song and a prompt in; a finished, beat-synchronised music video out.",
)
for theme in (films, batches, reports, jobs, service, doctor):
    app.registered_commands += theme.app.registered_commands
app.add_typer(users.app, name="user")
app.add_typer(director.app, name="director")


def main() -> None:
    """Run the command line; tell what stopped it in a sentence, without a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as tidy an end as Ctrl-C
    try:
        app(prog_name="mvkit")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # The notebook's client was cut off in mid-word and would complain at length.
            logging.disable(logging.CRITICAL)
            complain("CANCELLED", "Stopped. Give the same command again to go on from here.")
        raise
    except MvkitError as error:
        complain(error.code, error.message)
        sys.exit(1)
    except OSError as error:
        complain("GENERATION_ERROR", f"{error}. Mend it and give the same command again.")
        sys.exit(1)


if __name__ == "__main__":
    main()
