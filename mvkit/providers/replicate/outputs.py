"""What was made: where it is, and getting it from there.

Contents
--------
url_of, save_clip, save_picture
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from mvkit.errors import ProviderFailed
from mvkit.files import write_whole
from mvkit.providers import downloads
from mvkit.providers.replicate.service import Prediction

CLIP_MOST_BYTES = 200_000_000
PICTURE_MOST_BYTES = 50_000_000
PICTURE_MOST_PIXELS = 40_000_000
DOWNLOAD_S = 120.0


def url_of(made: Prediction) -> str:
    """Return where the first of what was made is: outputs are an address, or several.

    Raises
    ------
    ProviderFailed
        ``GONE`` if it is no longer kept, ``NOTHING`` if nothing was made.
    """
    if made.removed:
        raise ProviderFailed("The service no longer keeps what was made.", reason="GONE")
    output = made.output
    while output and not isinstance(output, str):
        if isinstance(output, Mapping):
            output = next(iter(output.values()))
        else:  # the client's FileOutput tells its address as a string
            output = output[0] if isinstance(output, Sequence) else str(output)
    if not output:
        raise ProviderFailed("It succeeded, and made nothing.", reason="NOTHING")
    return str(output)


def save_clip(url: str, target: Path, *, own_origin: str) -> None:
    """Download a clip as it is; errors as :func:`mvkit.providers.downloads.fetch` has them."""
    downloads.fetch(
        url,
        target,
        most_bytes=CLIP_MOST_BYTES,
        kinds=("mp4", "webm"),
        timeout_s=DOWNLOAD_S,
        own_origin=own_origin,
    )


def save_picture(url: str, target: Path, *, own_origin: str) -> None:
    """Download a picture and save it as PNG; errors as for `save_clip`."""
    downloaded = target.with_name(f".{target.name}.download")
    try:
        downloads.fetch(
            url,
            downloaded,
            most_bytes=PICTURE_MOST_BYTES,
            kinds=("png", "jpeg", "webp", "gif"),
            timeout_s=DOWNLOAD_S,
            own_origin=own_origin,
        )
        write_whole(target, _as_png(downloaded))
    finally:
        downloaded.unlink(missing_ok=True)


def _as_png(path: Path) -> bytes:
    """Return a picture as PNG, without transparency; it has to be whole, and of a usual size."""
    png = io.BytesIO()
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > PICTURE_MOST_PIXELS:
                raise ValueError(f"it has {picture.width} x {picture.height} pixels")
            picture.convert("RGB").save(png, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ProviderFailed(
            f"What was made is no picture that can be used: {str(error).rstrip('.')}.",
            reason="WRONG_KIND",
            retryable=False,
        ) from error
    return png.getvalue()
