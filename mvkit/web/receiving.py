"""How much of a request is taken in, whatever its headers promise."""

from __future__ import annotations

from starlette.types import Message, Receive


def at_most(n_bytes: int, receive: Receive, *, refusal: Exception) -> Receive:
    """Return a ``receive`` that fails once more than so many bytes of a body have come.

    Parameters
    ----------
    refusal : Exception
        What is raised then.
    """
    n_come = 0

    async def counted() -> Message:
        nonlocal n_come
        message = await receive()
        n_come += len(message.get("body", b""))
        if n_come > n_bytes:
            raise refusal
        return message

    return counted
