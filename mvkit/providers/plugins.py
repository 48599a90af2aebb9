"""Providers from outside: modules that register their own when they are imported.

Contents
--------
import_plugins
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from mvkit.errors import InvalidInput
from mvkit.settings import get_settings


def import_plugins() -> None:
    """Import the modules that the setting ``plugins`` names, each once.

    Raises
    ------
    InvalidInput
        ``PLUGIN`` if one cannot be imported.
    """
    _import(get_settings().plugins)


@cache
def _import(names: str) -> None:
    for name in filter(None, map(str.strip, names.split(","))):
        try:
            import_module(name)
        except ImportError as error:
            raise InvalidInput(
                f"The plugin {name} cannot be imported: {error}. Install it, or take it out of "
                "MVKIT_PLUGINS.",
                reason="PLUGIN",
            ) from error
