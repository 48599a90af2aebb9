"""The shelf: every model there is, ours and the user's, and finding one by its name.

A table ``[models."replicate:owner/name"]`` in ``mvkit.toml`` adds a model, or changes single values
of one that is known. Tables are merged value by value, except those that only make sense whole: a
variant's ``usd``, and where figures come from.

Contents
--------
load_entries, load_own_entries, list_offers, offers_of, find_offer
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from mvkit.errors import InvalidInput
from mvkit.providers.catalog.entry import Entry, Role
from mvkit.providers.catalog.offer import Offer
from mvkit.providers.tables import read_table
from mvkit.settings import SETTINGS_FILE, get_settings

N_NEAR = 5
ELSEWHERE = ("openai:", "diffusers:")
"""Models that talk and listen, and models of this machine: their tables are read elsewhere."""
WHOLE_TABLES = frozenset({"usd", "dialect_from", "inputs_from", "prices_from", "times_from"})
"""Tables that are replaced, not merged: a price by the clip does not add to one by the second."""


def load_entries() -> tuple[Entry, ...]:
    """Return every model, ours first, as the user's settings change them.

    Raises
    ------
    InvalidInput
        Naming the model and the field of the settings that cannot be used.
    """
    theirs = {
        name: _own_prices(table)
        for name, table in get_settings().models.items()
        if not name.startswith(ELSEWHERE)
    }
    tables = _merged(_own_tables(), theirs)
    return tuple(_entry(name, table) for name, table in tables.items())


def load_own_entries() -> tuple[Entry, ...]:
    """Return the models of the catalogue, whatever the user's settings say."""
    return tuple(_entry(name, table) for name, table in _own_tables().items())


def list_offers(*, role: Role | None = None) -> tuple[Offer, ...]:
    """Return every variant of every model, of one role or of all."""
    wanted = (entry for entry in load_entries() if role in (None, entry.role))
    return tuple(offer for entry in wanted for offer in offers_of(entry))


def offers_of(entry: Entry) -> tuple[Offer, ...]:
    """Return every variant of a model."""
    return tuple(_offer(entry, variant) for variant in entry.variants)


def find_offer(name: str, *, role: Role) -> Offer:
    """Return an offer by its name.

    Parameters
    ----------
    name : str
        ``replicate:owner/name``, for the first variant, or ``replicate:owner/name@variant``.
    role : {'image', 'video'}
        What it shall do.

    Raises
    ------
    InvalidInput
        If there is none of this name for the role (``UNKNOWN_MODEL``), with those near it; or if
        the user's own entries cannot be used.
    """
    model, _, variant = name.partition("@")
    entries = {entry.name: entry for entry in load_entries() if entry.role == role}
    entry = entries.get(model)
    if entry is None:
        raise _unknown_model(model, list(entries), role=role)
    if variant and variant not in entry.variants:
        raise InvalidInput(
            f"{model} has no variant '{variant}'; expected one of {', '.join(entry.variants)}.",
            reason="UNKNOWN_MODEL",
        )
    return _offer(entry, variant or next(iter(entry.variants)))


def _offer(entry: Entry, variant: str) -> Offer:
    return Offer(f"{entry.name}@{variant}", entry, entry.variants[variant])


def _unknown_model(name: str, known: list[str], *, role: Role) -> InvalidInput:
    by_short_name = {each.rpartition("/")[2]: each for each in known}
    close = get_close_matches(name.rpartition("/")[2], by_short_name, n=N_NEAR, cutoff=0.5)
    near = [by_short_name[each] for each in close] or known
    return InvalidInput(
        f"No model for the role '{role}' is called {name}; near it are {', '.join(near)}. Set "
        f'MVKIT_{role.upper()} to one of them, or add a table [models."{name}"] to '
        f"{SETTINGS_FILE.name}.",
        reason="UNKNOWN_MODEL",
    )


@cache
def _own_tables() -> Mapping[str, Any]:
    text = (files(__package__) / "catalog.toml").read_text(encoding="utf-8")
    tables: Mapping[str, Any] = tomllib.loads(text)["models"]
    return tables


def _merged(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return our tables with the user's values in their places, at any depth."""
    merged = dict(ours)
    for name, value in theirs.items():
        old = merged.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping) and name not in WHOLE_TABLES:
            value = _merged(old, value)
        merged[name] = value
    return merged


def _own_prices(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a user's table; where it has a price and does not say whose, the price is theirs."""
    variants = table.get("variants")
    each = variants.values() if isinstance(variants, Mapping) else ()
    sets_price = any(isinstance(variant, Mapping) and "usd" in variant for variant in each)
    return ({"prices_from": {}} if sets_price else {}) | dict(table)


def _entry(name: str, table: Mapping[str, Any]) -> Entry:
    host, _, model = name.partition(":")
    return read_table(Entry, {"host": host, "id": model, **table}, name=name)
