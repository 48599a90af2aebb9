"""The typeface of all writing in a film: signs that hang in a world, captions over the picture.

The bundled one is Roboto Bold (Apache licence 2.0, beside it), which covers Latin, Greek and
Cyrillic; any other script needs a font file of the user's own, named in the setting ``font``.

Contents
--------
face, can_write, missing_letters
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from mvkit.errors import InvalidInput

BUNDLED_FONT = Path(__file__).parent / "Roboto-Bold.ttf"
TRIAL_SIZE_PX = 32
"""Size at which letters are compared with the empty box."""


@lru_cache(maxsize=16)
def face(font: Path | None = None, *, size_px: int) -> ImageFont.FreeTypeFont:
    """Return a font at a size.

    Parameters
    ----------
    font : Path, optional
        A TrueType or OpenType file; None is the bundled one.
    size_px : int
        Height of a line without its leading, about.

    Raises
    ------
    InvalidInput
        If the file is no font.
    """
    try:
        return ImageFont.truetype(str(font or BUNDLED_FONT), size_px)
    except OSError as error:
        raise InvalidInput(f"{font} is no font that can be read: {error}") from error


def can_write(text: str, font: Path | None = None) -> bool:
    """Return whether a font has every letter of a text; None is the bundled font.

    Raises
    ------
    InvalidInput
        If the file is no font.
    """
    return not missing_letters(text, font)


def missing_letters(text: str, font: Path | None = None) -> str:
    """Return the letters of a text that a font does not have: it draws them as its empty box.

    Raises
    ------
    InvalidInput
        If the file is no font.
    """
    trial = face(font, size_px=TRIAL_SIZE_PX)
    box = bytes(trial.getmask("\uffff"))
    return "".join(
        letter
        for letter in dict.fromkeys(text)
        if not letter.isspace() and bytes(trial.getmask(letter)) == box
    )
