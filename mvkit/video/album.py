"""The album: coarse pictures of a film that were seen before, kept for the next cut.

To decode a picture takes longer than to copy it a hundred times. A picture follows from its packet
and those before it since the keyframe: found under the digest of all these, it need not be decoded
again, and cannot be another one.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mvkit.files import write_whole

log = logging.getLogger("mvkit.video")

Coarse = NDArray[np.uint8]
DIGEST_BYTES = 20


def keys_of(packets: Iterable[bytes]) -> list[bytes]:
    """Return the key of each picture of a closed group, from the packets it follows from."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    keys = []
    for packet in packets:
        digest.update(packet)
        keys.append(digest.digest())
    return keys


class Album:
    """Coarse pictures by their keys, in a file; without a path, it keeps nothing.

    Parameters
    ----------
    path : Path, optional
        ``.npz`` file; one that is missing or damaged is an empty album.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept = _read(path) if path and path.is_file() else {}
        self._seen: dict[bytes, Coarse] = {}

    def find(self, key: bytes) -> Coarse | None:
        """Return the picture of a key, if it was seen before."""
        picture = self._kept.get(key)
        if picture is not None:
            self._seen[key] = picture
        return picture

    def add(self, key: bytes, picture: Coarse) -> None:
        """Keep a picture for the next time."""
        self._seen[key] = picture

    def save(self) -> None:
        """Write down what was found and added; what nobody asked for is thrown away."""
        if self._path is None or not self._seen:
            return
        keys = np.frombuffer(b"".join(self._seen), np.uint8).reshape(-1, DIGEST_BYTES)
        file = BytesIO()
        np.savez(file, keys=keys, pictures=np.stack([*self._seen.values()]))
        write_whole(self._path, file.getvalue())


def _read(path: Path) -> dict[bytes, Coarse]:
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            keys, pictures = kept["keys"], kept["pictures"]
        return {key.tobytes(): picture for key, picture in zip(keys, pictures, strict=True)}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        log.warning("%s is damaged and not used: %s", path.name, error)
        return {}
