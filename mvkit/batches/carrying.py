"""Carrying a batch out: looked at as a whole, submitted film by film, watched to its end.

Whoever is cut off says the same again: what was submitted is found in the queue, and what is
missing is submitted (:mod:`mvkit.batches.roll`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from mvkit.batches.checks import CHOICES, Wish, check_rows, refusal
from mvkit.batches.checks import Watch as RowWatch
from mvkit.batches.quote import Quote, quote
from mvkit.batches.roll import (
    Member,
    Roll,
    carried_out_alone,
    folder_of,
    read_roll,
    usual_name,
    write_roll,
)
from mvkit.batches.rows import Row, read_rows
from mvkit.batches.standing import Standings, look
from mvkit.batches.summary import Ended, GenreSummary, by_genre, ended, write_summary
from mvkit.batches.workers import WORKER_LOG, Workers
from mvkit.errors import BudgetExceeded, MvkitError
from mvkit.jobs import client
from mvkit.jobs.table import is_known
from mvkit.ledger import usual_budget_usd
from mvkit.schema import Record
from mvkit.schema.brief import OptionValue
from mvkit.settings import local_user

LOOK_S = 1.0
"""How often films are looked at."""

Watch = Callable[[Standings], None]
"""Called with how all films stand, whenever they are looked at."""


class Batch(Record):
    """A batch that holds.

    Attributes
    ----------
    name : str
        Its folder is ``runs/batches/<name>``.
    wishes : tuple of Wish
        Its films.
    n_bad : int
        Rows that were left out.
    quote : Quote
        What those that are not submitted yet will take.
    """

    name: str
    wishes: tuple[Wish, ...]
    n_bad: int
    quote: Quote


class Outcome(Record):
    """How a batch ended.

    Attributes
    ----------
    folder : Path
        Where ``batch.csv`` and ``batch.json`` tell the same.
    films : tuple of Ended
        One for each row; ``pandas.DataFrame([film.model_dump() for film in films])`` is a table.
    """

    folder: Path
    films: tuple[Ended, ...]

    @property
    def succeeded(self) -> bool:
        """Whether there is a film of each row."""
        return all(film.succeeded for film in self.films)

    @property
    def genres(self) -> tuple[GenreSummary, ...]:
        """The films of each genre together."""
        return by_genre(self.films)


def prepare(
    source: Path,
    *,
    prompt: str = "",
    name: str = "",
    options: Mapping[str, Mapping[str, OptionValue]] | None = None,
    budget_usd: Decimal | None = None,
    total_budget_usd: Decimal | None = None,
    skip_bad: bool = False,
    watch: RowWatch | None = None,
) -> Batch:
    """Look at all rows of a batch, and say what it will take; nothing is submitted.

    The parameters are those of :func:`batch`; `watch` is called with how many rows are looked at,
    and how many there are.

    Raises
    ------
    InvalidInput
        If rows cannot be used (``ROWS``): all that is wrong, at once.
    BudgetExceeded
        If the films together may cost more than `total_budget_usd`.
    """
    rows = [_with_options(row, options or {}) for row in read_rows(source, prompt=prompt)]
    folder = source if source.is_dir() else source.parent
    wishes, faults = check_rows(rows, folder=folder, budget_usd=budget_usd, watch=watch)
    if faults and not (skip_bad and wishes):
        raise refusal(faults, n_rows=len(rows))
    if total_budget_usd is not None:
        _check_total(wishes, total_budget_usd)
    name = name or usual_name(source)
    roll = read_roll(name).enrolled(wishes)
    new = [wish for wish in wishes if not _was_submitted(roll.member(wish))]
    told = quote(new, n_known=len(wishes) - len(new))
    return Batch(name=name, wishes=wishes, n_bad=len(faults), quote=told)


def carry_out(
    batch: Batch,
    *,
    user: str = "",
    workers: int = 1,
    retry: bool = False,
    watch: Watch | None = None,
) -> Outcome:
    """Submit what is not submitted yet, wait until every film has ended, and write down how.

    The parameters are those of :func:`batch`.

    Raises
    ------
    InvalidInput
        If another process carries the batch out (``BUSY``).
    """
    folder = folder_of(batch.name)
    with carried_out_alone(batch.name), Workers.at_work(workers, folder / WORKER_LOG) as crew:
        roll = read_roll(batch.name).enrolled(batch.wishes)
        write_roll(roll)
        refused = _submit_missing(batch, roll, user=user or local_user())
        films = [(wish, roll.member(wish)) for wish in batch.wishes]
        write_roll(roll.marked({member.job_id for _, member in films} - refused.keys()))
        if retry:
            refused |= _retry_failed(films, user=user or local_user())
        told = ended(_wait(films, refused, crew, watch))
        write_summary(folder, told)
    return Outcome(folder=folder, films=told)


def batch(
    source: Path | str,
    *,
    prompt: str = "",
    name: str = "",
    user: str = "",
    options: Mapping[str, Mapping[str, OptionValue]] | None = None,
    budget_usd: Decimal | None = None,
    total_budget_usd: Decimal | None = None,
    workers: int = 1,
    retry: bool = False,
    skip_bad: bool = False,
    watch: Watch | None = None,
) -> Outcome:
    """Make many films, and go on past those that fail; called again, go on where it was cut off.

    Parameters
    ----------
    source : Path or str
        A table (``.csv``), a grid (``.toml``), or a folder of songs; see :mod:`mvkit.batches.rows`
        and :mod:`mvkit.batches.grid`.
    prompt : str
        What films show whose row does not say it.
    name : str
        What the batch is called; by default after its file.
    user : str
        Whose films they are; by default whoever uses this machine.
    options : mapping
        Parameters of notebooks by stage and name, for rows that do not say them.
    budget_usd : Decimal, optional
        What a film may cost whose row does not say it; by default as the settings say.
    total_budget_usd : Decimal, optional
        What all films together may cost.
    workers : int
        How many workers to start for the batch; with 0, those that run already make the films.
    retry : bool
        Whether films that failed before are tried again.
    skip_bad : bool
        Whether rows that cannot be used are left out; by default nothing is submitted then.
    watch : callable, optional
        Called with how all films stand, once a second.

    Returns
    -------
    Outcome
        How each film ended; also in the batch's folder.

    Raises
    ------
    InvalidInput
        If rows cannot be used (``ROWS``), or another process carries the batch out (``BUSY``).
    BudgetExceeded
        If the films together may cost more than `total_budget_usd`.
    """
    prepared = prepare(
        Path(source),
        prompt=prompt,
        name=name,
        options=options,
        budget_usd=budget_usd,
        total_budget_usd=total_budget_usd,
        skip_bad=skip_bad,
    )
    return carry_out(prepared, user=user, workers=workers, retry=retry, watch=watch)


def _with_options(row: Row, options: Mapping[str, Mapping[str, OptionValue]]) -> Row:
    """Return a row with the parameters that it does not say itself."""
    usual = {
        f"{stage}.{name}": value for stage, own in options.items() for name, value in own.items()
    }
    return row.model_copy(update={"cells": {**usual, **row.cells}})


def _check_total(wishes: Sequence[Wish], most_usd: Decimal) -> None:
    """Check that even if every film costs all it may, the batch stays within its budget."""
    paid = [wish for wish in wishes if wish.usd]
    limits_usd = [
        usual_budget_usd(wish.song_s) if wish.budget_usd is None else wish.budget_usd
        for wish in paid
    ]
    if (total_usd := sum(limits_usd, Decimal())) > most_usd:
        raise BudgetExceeded(
            f"{len(paid)} films may cost ${total_usd:.2f} together, more than ${most_usd:.2f}; "
            f"typically they cost ${sum(wish.usd for wish in paid):.2f}. Allow each film less "
            f"(--budget {most_usd / len(paid):.2f}), or make fewer."
        )


def _was_submitted(member: Member) -> bool:
    return member.was_submitted or is_known(member.job_id)


def _submit_missing(batch: Batch, roll: Roll, *, user: str) -> dict[str, MvkitError]:
    """Submit films that are not in the queue; return why some could not be, by job id."""
    refused: dict[str, MvkitError] = {}
    for wish in batch.wishes:
        member = roll.member(wish)
        if _was_submitted(member):
            continue
        choices = {name: getattr(wish.brief, name) for name in CHOICES}
        try:
            client.submit(
                wish.song,
                wish.brief.prompt,
                user=user,
                lyrics=wish.lyrics,
                budget_usd=wish.budget_usd,
                job_id=member.job_id,
                in_bulk=True,
                options=wish.brief.options,
                **choices,
            )
        except MvkitError as error:
            refused[member.job_id] = error
    return refused


def _retry_failed(films: Sequence[tuple[Wish, Member]], *, user: str) -> dict[str, MvkitError]:
    """Put failed and cancelled films into the queue again; return why some could not be."""
    refused: dict[str, MvkitError] = {}
    for standing in look(films, refused={}):
        if standing.state in ("failed", "cancelled"):
            try:
                client.retry(standing.job_id, user=user, in_bulk=True)
            except MvkitError as error:
                refused[standing.job_id] = error
    return refused


def _wait(
    films: Sequence[tuple[Wish, Member]],
    refused: Mapping[str, MvkitError],
    crew: Workers,
    watch: Watch | None,
) -> Standings:
    standings: Standings = ()
    while True:
        standings = look(films, refused=refused, before=standings)
        if watch:
            watch(standings)
        if all(standing.is_over for standing in standings):
            return standings
        crew.keep_up()
        time.sleep(LOOK_S)
