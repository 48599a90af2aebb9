"""The brief: what the user wishes, copied into the run folder and never changed afterwards."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Annotated, ClassVar, Literal, TypedDict

from pydantic import Field, StringConstraints

from mvkit.schema.base import Artefact, Slug

Aspect = Literal["16:9", "1:1", "9:16"]
Quality = Literal["draft", "standard", "high"]
Framing = Literal["subject", "centre", "pad"]
OptionValue = bool | int | float | str

MAX_TITLE = 200
TRACK_NUMBER = re.compile(r"^(?:0\d{1,2}[\s.)-]+|\d{1,3}(?:[.)]\s*|\s+-\s+))(?=\S)")

FRAME_SIZES_PX: dict[Aspect, tuple[int, int]] = {
    "16:9": (1920, 1080),
    "1:1": (1080, 1080),
    "9:16": (1080, 1920),
}
"""Width and height of the finished film."""


def option_value(text: str) -> OptionValue:
    """Read a notebook parameter as people write it: a JSON scalar, or text where it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, OptionValue) else text


def title_of(name: str) -> str:
    """Return the title that a file's name suggests: ``01_neon-rain.mp3`` is Neon rain."""
    stem = PurePath(name).stem
    spaced = re.sub(r"[\s_]+" if " " in stem else r"[\s_-]+", " ", stem)
    title = TRACK_NUMBER.sub("", spaced).strip()
    return (title[:1].upper() + title[1:])[:MAX_TITLE]


class Choices(TypedDict, total=False):
    """What a user may choose beside song and prompt; what is left out, mvkit chooses.

    Attributes
    ----------
    title : str
        Title of the song; by default what its file is called.
    aspect : {'16:9', '1:1', '9:16'}
        Shape of the picture.
    quality : {'draft', 'standard', 'high'}
        How finely the film is encoded: 2.5, 5 or 10 Mbit/s.
    framing : {'subject', 'centre', 'pad'}
        How clips of another shape fill the picture: cropped to where the subject is, cropped
        evenly, or whole before a blurred enlargement of themselves.
    seed : int
        Another seed gives another film of the same wish.
    image, video : str
        Who paints the references and films the clips, as ``provider`` or ``provider:model``; by
        default as the settings say.
    planner, transcriber : str
        Who plans the film, and who hears the words that are sung; likewise.
    options : dict
        Notebook parameters by stage: ``{"plan": {"pace": 1.2}}``.
    """

    title: str
    aspect: Aspect
    quality: Quality
    framing: Framing
    seed: int
    image: str
    video: str
    planner: str
    transcriber: str
    options: dict[str, dict[str, OptionValue]]


class Brief(Artefact):
    """The user's wish; see :class:`Choices` for what else it may say.

    Attributes
    ----------
    prompt : str
        What the film shall show, in the user's words, 50-500 characters.
    song_file : str
        Name of the song inside the run folder (``song.mp3``).
    song_sha256 : str
        Digest of the song's bytes.
    lyrics_file : str
        Name of a supplied lyrics file inside the run folder; empty if none was given.
    """

    stage: ClassVar[str] = "brief"

    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=50, max_length=500)]
    title: Annotated[str, StringConstraints(max_length=MAX_TITLE)] = ""
    song_file: Literal["song.flac", "song.mp3", "song.wav"]
    song_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    lyrics_file: Literal["", "lyrics.lrc", "lyrics.srt", "lyrics.txt"] = ""
    lyrics_sha256: str = ""
    aspect: Aspect = "16:9"
    quality: Quality = "standard"
    framing: Framing = "subject"
    seed: int = Field(default=1, ge=0, lt=2**31)
    image: str = "studio"
    video: str = "studio"
    planner: str = "director"
    transcriber: str = ""
    options: dict[Slug, dict[Slug, OptionValue]] = Field(default_factory=dict)

    @property
    def frame_size_px(self) -> tuple[int, int]:
        """Width and height of the finished film in pixels."""
        return FRAME_SIZES_PX[self.aspect]
