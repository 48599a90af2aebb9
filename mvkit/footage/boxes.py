"""The outermost boxes of an MP4 (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Box:
    """One box: its type, and where in the file its content lies."""

    kind: str
    start_byte: int
    end_byte: int


def boxes(path: Path) -> Iterator[Box]:
    """Yield a file's outermost boxes, in order; the last may be cut off, or not be a box at all."""
    with path.open("rb") as file:
        at = 0
        n_file = file.seek(0, 2)
        while file.seek(at) < n_file and len(header := file.read(8)) == 8:
            n_bytes, start = int.from_bytes(header[:4], "big"), at + 8
            if n_bytes == 1:
                n_bytes, start = int.from_bytes(file.read(8), "big"), at + 16
            end = at + n_bytes if n_bytes else n_file  # 0: it goes on to the end of the file
            yield Box(header[4:].decode("latin-1"), start, min(end, n_file))
            if end < start:
                return
            at = end
