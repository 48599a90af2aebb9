"""Where things are: paths under which the API answers, wherever it is mounted."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request


class Links:
    """The addresses of a job.

    Parameters
    ----------
    root : str
        Where the API is mounted; ``/api/v1``.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def job(self, job_id: str, what: str = "") -> str:
        """Return the address of a job, or of something about it."""
        return f"{self.root}/jobs/{job_id}{what and '/'}{what}"

    def file(self, job_id: str, name: str) -> str:
        """Return the address of a file of a run."""
        return self.job(job_id, f"files/{quote(name)}")


async def links_of(request: Request) -> Links:
    """Return the addresses as the client of a request sees them."""
    return Links(request.scope.get("root_path", ""))


LinksHere = Annotated[Links, Depends(links_of)]
