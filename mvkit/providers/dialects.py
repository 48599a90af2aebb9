"""How the model of a film wants to be told, by the model's name."""

from __future__ import annotations

from mvkit.providers.catalog import load_entries
from mvkit.schema.dialect import Dialect


def dialect_of(name: str) -> Dialect:
    """Return how a model wants to be told what to film, or to paint.

    The studio, models of this machine, and all that nobody has described are told in the structure
    of the product document.

    Parameters
    ----------
    name : str
        ``provider`` or ``provider:model``, as in ``brief.video``.

    Raises
    ------
    InvalidInput
        If the user's own entries in the settings cannot be used.
    """
    model = name.partition("@")[0]
    entries = {entry.name: entry for entry in load_entries()}
    return entries[model].dialect if model in entries else Dialect()
