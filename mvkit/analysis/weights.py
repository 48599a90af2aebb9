"""Numbers that were fitted, read from ``weights.toml`` and its like.

They were fitted to songs made at random (``python -m training.ear``, ``python -m training.keys``),
never to recordings or to songs that the analysis is measured on; each file's first lines tell how
many songs, and how well the fit does on songs left out.

Contents
--------
fitted
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from mvkit.analysis.sound import FloatArray


def fitted(table: str, names: Sequence[str], *, file: str = "weights.toml") -> FloatArray:
    """Return the weights of a table in the order of their names.

    Parameters
    ----------
    table : str
        Dotted path of the table, such as ``"bars.4/4"``.
    names : sequence of str
        What it holds: all of it, and nothing else.
    file : str
        Where it stands, beside this module.

    Returns
    -------
    ndarray, shape (len(names), n), as many columns as each name has weights

    Raises
    ------
    KeyError
        If the file was fitted to other features.
    """
    values = _weights(file)
    for part in table.split("."):
        values = values[part]
    if set(values) != set(names):
        odd = sorted(set(values) ^ set(names))
        raise KeyError(f"{file} [{table}] differs from the features in {odd}: fit them anew")
    return np.array([np.atleast_1d(values[name]) for name in names], dtype=float)


@cache
def _weights(file: str) -> dict[str, Any]:
    return tomllib.loads((files("mvkit.analysis") / file).read_text("utf-8"))
