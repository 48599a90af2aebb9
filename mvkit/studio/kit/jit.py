"""The two decorators every compiled function of the studio uses, and the scalar types.

A world paints about 600 000 pixels thirty times a second on one core. That is possible only
when the compiler turns the inner loop over ``x`` into vector instructions, and it does so only
for a certain shape of code. The rules (each is worth a factor of 2 to 20):

1. *Everything is 32 bits wide.* A bare ``0.5`` or an ``int32 * int32`` widens the expression to
   64 bits, halves the vector and may even change the result of a hash. Hence every literal is
   written ``f32(0.5)`` and every integer operation is wrapped: ``i32(a + b)``.
2. *No branches on pixels.* ``a if condition else b`` becomes a select; ``if`` ends vectorisation.
3. *No library calls.* ``math.sin`` is a call per pixel; :mod:`mvkit.studio.kit.maths` has
   polynomials.
4. *Small functions are inlined* (:func:`inline`), whole-frame loops are :func:`kernel`.
5. *Parameters are scalars, tuples and named tuples*, never arrays read inside the loop over
   ``x``: an array might overlap the canvas, and the compiler must assume that it does.
6. *Rows are computed into scratch arrays* and stored in a loop of their own; where two columns
   are stored for each one computed, both are stored in the same loop.
7. *Loops start at zero.* Over part of a row, take a view ``row[begin:end]`` and count from 0:
   an index that might be negative is wrapped around by numba, which ends vectorisation. Slice
   single rows only: of ``rows[:, begin:end]`` the compiler no longer knows that a row is dense.
8. *Divisors and indices are clamped.* ``fastmath`` assumes that no NaN exists and indexing is
   unchecked.

``nogil`` lets several takes be painted by threads of one process. The machine code is kept beside
the module (:mod:`mvkit.studio.kit.machine_code`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from mvkit.studio.kit.machine_code import MachineCode

__all__ = ["Scalar", "f32", "i32", "inline", "kernel", "u32"]

Function = TypeVar("Function", bound=Callable[..., Any])

Scalar = np.float32
"""Type of every number that a kernel computes with."""

# Short, because each literal of a kernel carries one of them (rule 1).
f32 = np.float32
i32 = np.int32
u32 = np.uint32

_OPTIONS = {"fastmath": True, "nogil": True, "error_model": "numpy"}


def kernel(function: Function) -> Function:
    """Compile a whole-frame loop: released from the GIL, kept on disk."""
    return _kept(function, **_OPTIONS)


def inline(function: Function) -> Function:
    """Compile a small function that is always inlined into the kernel calling it."""
    return _kept(function, forceinline=True, **_OPTIONS)


def _kept(function: Function, **options: Any) -> Function:
    compiled = numba.njit(**options)(function)
    # What ``cache=True`` sets to a cache of numba's own.
    compiled._cache = MachineCode(function)
    return cast(Function, compiled)
