"""Accounts and entries as the database keeps them, and how an entry goes from state to state."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from mvkit.database import METADATA, Usd, writing

ZERO = Decimal()
TAGS = uuid.uuid5(uuid.NAMESPACE_URL, "mvkit:ledger")
"""Namespace of the tags that mark our orders."""

State = Literal["reserved", "placed", "settled", "released", "lost"]

OPEN: tuple[State, ...] = ("reserved", "placed")
"""The states of orders that are not decided, for which money is set aside."""
BEFORE: dict[State, tuple[State, ...]] = {
    "placed": ("reserved", "lost"),
    "settled": ("reserved", "placed"),
    "released": ("reserved", "lost"),
    "lost": ("reserved",),
}
"""The states from which each state can be reached."""


@dataclass(frozen=True, kw_only=True)
class Balance:
    """How an account stood when it was read."""

    limit_usd: Decimal
    held_usd: Decimal
    spent_usd: Decimal

    @property
    def left_usd(self) -> Decimal:
        """What may still be reserved; a bill above its worst case can leave less than nothing."""
        return max(self.limit_usd - self.held_usd - self.spent_usd, ZERO)

    @property
    def unspent_usd(self) -> Decimal:
        """What could be reserved if all that is set aside came back."""
        return max(self.limit_usd - self.spent_usd, ZERO)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One order, as it stood when it was read.

    Attributes
    ----------
    item : str
        What is bought: a path inside the run folder.
    identity : str
        Digest of everything the item depends on.
    attempt : int
        From 1; each order of the same item and identity has a number of its own.
    most_usd : Decimal
        What the order can cost at the very most.
    cost_usd : Decimal
        What it has cost: zero until it is settled or lost.
    provider_id : str
        The service's id for the order, once that is known.
    tag : str
        Our mark on the order, made of job, item, identity and attempt.
    made : str
        SHA-256 of what was delivered; empty if nothing was.
    created_at_s, updated_at_s : float
        Seconds since the epoch.
    """

    id: int
    job_id: str
    item: str
    identity: str
    attempt: int
    model: str
    state: State
    most_usd: Decimal
    cost_usd: Decimal
    provider_id: str
    tag: str
    made: str
    created_at_s: float
    updated_at_s: float

    @property
    def held_usd(self) -> Decimal:
        """What is set aside for it."""
        return self.most_usd if self.state in OPEN else ZERO


ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("job_id", sa.String, primary_key=True),
    *(sa.Column(field.name, Usd, nullable=False) for field in fields(Balance)),
    sa.CheckConstraint("held_usd >= 0 AND spent_usd >= 0", name="accounts_are_not_negative"),
)

_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "str": sa.String,
    "State": sa.String,
    "int": sa.Integer,
    "float": sa.Double,
    "Decimal": Usd,
}

ENTRIES = sa.Table(
    "ledger",
    METADATA,
    *(
        sa.Column(
            field.name, _TYPES[str(field.type)], primary_key=field.name == "id", nullable=False
        )
        for field in fields(Entry)
    ),
    sa.UniqueConstraint("job_id", "item", "identity", "attempt"),
)


def balance_of(connection: sa.Connection, job_id: str) -> Balance | None:
    """Return the balance of a job's account, or None if it has none."""
    columns = [ACCOUNTS.c[field.name] for field in fields(Balance)]
    query = sa.select(*columns).where(ACCOUNTS.c.job_id == job_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Balance(**row)


def entries_where(
    connection: sa.Connection, *where: sa.ColumnElement[bool], locked: bool = False
) -> list[Entry]:
    """Return entries, oldest first; locked ones do not change until the transaction ends."""
    query = sa.select(ENTRIES).where(*where).order_by(ENTRIES.c.id)
    if locked:  # SQLite lets one writer in at a time anyhow
        query = query.with_for_update()
    return [Entry(**row) for row in connection.execute(query).mappings()]


def insert_entry(
    connection: sa.Connection,
    *,
    job_id: str,
    item: str,
    identity: str,
    attempt: int,
    model: str,
    most_usd: Decimal,
) -> Entry:
    """Write a new entry down, reserved.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        If this attempt has an entry.
    """
    now_s = time.time()
    tag = uuid.uuid5(TAGS, json.dumps([job_id, item, identity, attempt]))
    row: dict[str, Any] = {
        "job_id": job_id,
        "item": item,
        "identity": identity,
        "attempt": attempt,
        "model": model,
        "state": "reserved",
        "most_usd": most_usd,
        "cost_usd": ZERO,
        "provider_id": "",
        "tag": str(tag),
        "made": "",
        "created_at_s": now_s,
        "updated_at_s": now_s,
    }
    (number,) = connection.execute(sa.insert(ENTRIES).values(row).returning(ENTRIES.c.id)).one()
    return Entry(id=number, **row)


def move(entry: Entry, state: State, **changes: Any) -> Entry:
    """Bring an entry into a state, and its account with it.

    Returns
    -------
    Entry
        The entry as it is now; unchanged if the state cannot be reached from where it is.
    """
    with writing() as connection:
        same = ENTRIES.c.id == entry.id
        (now,) = entries_where(connection, same, locked=True)
        if now.state not in BEFORE[state]:
            return now
        changes |= {"state": state, "updated_at_s": time.time()}
        moved = replace(now, **changes)
        connection.execute(sa.update(ENTRIES).where(same).values(changes))
        connection.execute(
            sa.update(ACCOUNTS)
            .where(ACCOUNTS.c.job_id == now.job_id)
            .values(
                held_usd=ACCOUNTS.c.held_usd + sa.literal(moved.held_usd - now.held_usd, Usd),
                spent_usd=ACCOUNTS.c.spent_usd + sa.literal(moved.cost_usd - now.cost_usd, Usd),
            )
        )
    return moved


def dollars(usd: Decimal) -> str:
    """Return an amount for people: ``$1.50``, and ``$0.0045`` where cents do not tell all."""
    cents = usd.quantize(Decimal("0.01"))
    return f"${cents}" if cents == usd else f"${usd.normalize():f}"
