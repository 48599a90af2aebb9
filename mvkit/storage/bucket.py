"""The objects below one prefix of an S3-compatible store, through obstore.

A put is whole or not at all, also where a large file goes in parts, and what a put has answered
every later reader sees (S3 is strongly consistent). What obstore raises becomes an error of ours
that says what was found and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, TYPE_CHECKING

from obstore.exceptions import BaseError, PreconditionError
from obstore.store import S3Store

from mvkit.errors import GenerationFailed, InvalidInput, NotFound
from mvkit.storage.base import StoredFile

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

CHUNK_BYTES = 1 << 20
RETRIES: RetryConfig = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}
"""How obstore repeats what got no answer: over some three seconds where nobody listens."""
CLIENT: ClientConfig = {
    "timeout": timedelta(minutes=10),  # one request, its body included
    "read_timeout": timedelta(seconds=30),  # while a body stands still
    "allow_http": True,  # where the endpoint was given as http://, and only there
}

_REFUSED = re.compile(r"status code: 40[13]\b")  # obstore has classes for it, but not from lists
_URL = re.compile(r"s3://[A-Za-z0-9][A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/?")


class ChangedMeanwhileError(Exception):
    """An object is no longer what it was when it was listed."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An object, and the tag by which its content is known."""

    file: StoredFile
    e_tag: str


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """An object on its way."""

    chunks: Iterator[bytes]
    e_tag: str
    modified_at_s: float


class Bucket:
    """The objects below a prefix.

    Parameters
    ----------
    url : str
        ``s3://bucket`` or ``s3://bucket/prefix``. Keys and endpoint come from the usual ``AWS_*``
        variables.

    Raises
    ------
    InvalidInput
        If the URL is none, or the variables are not complete. All methods raise it too, where the
        bucket is missing or closed to us, and GenerationFailed where the store does not answer.
    """

    def __init__(self, url: str) -> None:
        if not _URL.fullmatch(url):
            raise InvalidInput(
                f"The setting 'store' is {url.rsplit('@')[-1]!r}; expected s3://bucket or "
                "s3://bucket/prefix, or nothing to keep runs in runs_dir. Endpoint and keys "
                "belong into the AWS_* variables.",
                reason="SETTINGS",
            )
        self.url = url.rstrip("/")
        try:
            self._store = S3Store.from_url(self.url, client_options=CLIENT, retry_config=RETRIES)
        except (BaseError, ValueError) as error:
            raise InvalidInput(
                f"The store {url} cannot be opened: {_first_words(error)}. Check the AWS_* "
                "variables.",
                reason="SETTINGS",
            ) from error

    def folders(self) -> list[str]:
        """Return the first parts of all keys that have more than one."""
        with self._told("folder"):
            return list(self._store.list_with_delimiter()["common_prefixes"])

    def listed(self, folder: str) -> dict[str, Listed]:
        """Return all objects below a folder, by their names in it."""
        with self._told(folder):
            found = [meta for page in self._store.list(folder) for meta in page]
        listed = [_as_listed(meta, below=f"{folder}/") for meta in found]
        return {each.file.name: each for each in sorted(listed, key=lambda each: each.file.name)}

    def get(self, key: str, *, e_tag: str = "") -> Fetched:
        """Fetch an object.

        Parameters
        ----------
        e_tag : str, optional
            What the object must be.

        Raises
        ------
        NotFound
            If there is no such object.
        ChangedMeanwhileError
            If it is no longer what it must be, or no longer there.
        """
        with self._told(key):
            try:
                found = self._store.get(key, options={"if_match": e_tag} if e_tag else {})
            except (PreconditionError, FileNotFoundError) as error:
                if e_tag:
                    raise ChangedMeanwhileError from error
                raise
        return Fetched(
            chunks=self._told_chunks(key, found.stream(min_chunk_size=CHUNK_BYTES)),
            e_tag=str(found.meta["e_tag"]),
            modified_at_s=found.meta["last_modified"].timestamp(),
        )

    def e_tag(self, key: str) -> str:
        """Return the tag of an object.

        Raises
        ------
        NotFound
            If there is no such object.
        """
        with self._told(key):
            return str(self._store.head(key)["e_tag"])

    def put(self, key: str, file: IO[bytes]) -> str:
        """Put a file; return its tag."""
        with self._told(key):
            return str(self._store.put(key, file)["e_tag"])

    def delete(self, keys: list[str]) -> None:
        """Delete objects; those that are not there are no matter."""
        with self._told("object"):
            self._store.delete(keys)

    def _told_chunks(self, key: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        with self._told(key):
            yield from chunks

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Raise what the store says as an error of ours."""
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            if _REFUSED.search(str(error)):
                raise InvalidInput(
                    f"{self.url} does not let us in: {_first_words(error)}. Check "
                    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what that key may do.",
                    reason="STORE_ACCESS",
                ) from error
            if "NoSuchBucket" in str(error):
                raise InvalidInput(
                    f"The bucket of {self.url} does not exist. Make it, or mend the setting "
                    "'store'.",
                    reason="STORE",
                ) from error
            if isinstance(error, FileNotFoundError):
                raise NotFound(f"There is no {what} in {self.url}.") from error
            raise GenerationFailed(
                f"The store {self.url} failed: {_first_words(error)}. What is on this machine is "
                "kept. Check that the store runs and that AWS_ENDPOINT_URL leads to it, then "
                "try again.",
                reason="STORE",
            ) from error


def _as_listed(meta: ObjectMeta, *, below: str) -> Listed:
    file = StoredFile(
        name=meta["path"].removeprefix(below),
        n_bytes=meta["size"],
        disk_bytes=meta["size"],
        modified_at_s=meta["last_modified"].timestamp(),
    )
    return Listed(file=file, e_tag=str(meta["e_tag"]))


def _first_words(error: Exception) -> str:
    """Return what an error of obstore says, without its report for developers."""
    words = " ".join(re.split(r"\n|: ?<\?xml", str(error))[0].split()).rstrip(":.")
    code = re.search(r"<Code>(\w+)</Code>", str(error))
    return f"{words} ({code[1]})" if code else words
