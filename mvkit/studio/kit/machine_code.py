"""Machine code kept on disk: shared by processes, and renewed when anything in it changes.

Numba keeps what it compiles beside the module, but two things are left to its user. Its index is
read, changed and written without a lock: processes that compile a function for different types
at the same time may take each other's code, and crash. And it compiles a function anew when that
function's own file changes, not when one that is inlined into it does, so that code from before
an upgrade goes on running. :class:`MachineCode` mends both.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import CodeType, ModuleType
from typing import Any

import numpy as np
from numba.core.caching import FunctionCache
from numba.core.registry import CPUDispatcher

__all__ = ["MachineCode", "written"]

log = logging.getLogger("mvkit.studio")

LOCK_FILE = "machine_code.lock"
PLAIN = (bool, int, float, str, tuple, np.generic)
"""Values that a compiled function takes from its module, and keeps."""


class MachineCode(FunctionCache):  # type: ignore[misc]
    """What numba has compiled of one function, for any process and as long as it holds."""

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for one signature, while no other process does.

        On a full disk it is used all the same, and compiled again by the next process.
        """
        try:
            os.makedirs(self.cache_path, exist_ok=True)
            with open(os.path.join(self.cache_path, LOCK_FILE), "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                super().save_overload(sig, data)
        except OSError as error:
            log.warning("Machine code of %s is not kept: %s", self._name, error)

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), written(self._py_func))


@cache
def written(function: Callable[..., Any]) -> str:
    """Return a digest of a function as it is written, with every function compiled into it."""
    digest = hashlib.sha256()
    for code in _codes(function.__code__):
        constants = [value for value in code.co_consts if not isinstance(value, CodeType)]
        digest.update(code.co_code + repr(constants).encode())
        for name, value in _named(code, function.__globals__):
            if isinstance(value, CPUDispatcher) and value.py_func is not function:
                digest.update(written(value.py_func).encode())
            elif isinstance(value, PLAIN):
                digest.update(f"{name}={value!r}".encode())
            elif isinstance(value, type):
                digest.update(f"{name}={getattr(value, '_fields', ())}".encode())
    return digest.hexdigest()


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code and those that stand inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _named(code: CodeType, module: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a code names in its own module, and in the modules that it names there."""
    for name in code.co_names:
        value = module.get(name)
        yield name, value
        if isinstance(value, ModuleType):
            yield from ((of, getattr(value, of, None)) for of in code.co_names)
