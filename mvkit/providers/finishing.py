"""Pictures that are painted here, written down in the film's final form."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mvkit.footage import FootageWriter, Picture
from mvkit.providers.base import ClipRequest


def write_pictures(pictures: Iterable[Picture], request: ClipRequest, target: Path) -> None:
    """Write the pictures of a clip, one a frame, so that nobody needs to fit them again."""
    with FootageWriter(
        target,
        width_px=request.width_px,
        height_px=request.height_px,
        handover_frames=request.handover_frames,
        captions=request.captions,
        first_frame=request.frames.start,
        quality=request.quality,
    ) as writer:
        for picture in pictures:
            writer.write(picture)
