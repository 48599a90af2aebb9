"""Numbers that were fitted, read from ``weights.toml``.

They were fitted to songs made at random (``python -m training.ear``), never to recordings or to
songs that the analysis is measured on; the file's first lines tell how many songs, and how well
the fit does on songs left out.

Contents
--------
fitted
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from mvkit.analysis.sound import FloatArray


def fitted(table: str, names: Sequence[str]) -> FloatArray:
    """Return the weights of a table in the order of their names.

    Parameters
    ----------
    table : str
        Dotted path of the table, such as ``"bars.4/4"``.
    names : sequence of str
        What it holds: all of it, and nothing else.

    Returns
    -------
    ndarray, shape (len(names), n), as many columns as each name has weights

    Raises
    ------
    KeyError
        If the file was fitted to other features.
    """
    values = _weights()
    for part in table.split("."):
        values = values[part]
    if set(values) != set(names):
        odd = sorted(set(values) ^ set(names))
        raise KeyError(f"weights.toml [{table}] differs from the features in {odd}: fit them anew")
    return np.array([np.atleast_1d(values[name]) for name in names], dtype=float)


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    return tomllib.loads((files("mvkit.analysis") / "weights.toml").read_text("utf-8"))
