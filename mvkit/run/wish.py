"""A wish, written down: with it a run begins."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Unpack

from pydantic import ValidationError

from mvkit.errors import InvalidInput
from mvkit.files import sha256_of
from mvkit.schema import Brief, Choices
from mvkit.schema.base import explain
from mvkit.schema.brief import title_of
from mvkit.settings import get_settings

ROLES = {"image", "video", "planner", "transcriber"}
"""Who does what, as a brief names it and settings default it."""


def draft_brief(
    *,
    song: Path,
    kind: str,
    prompt: str,
    lyrics: Path | None = None,
    job_id: str = "",
    **choices: Unpack[Choices],
) -> Brief:
    """Write down a wish.

    Parameters
    ----------
    song : Path
        The song, already checked; unless a title is chosen, the film is called after its file.
    kind : {'flac', 'mp3', 'wav'}
        What the song's bytes are, whatever its name says.
    prompt : str
        50-500 characters.
    lyrics : Path, optional
        An ``.lrc``, ``.srt`` or ``.txt`` file.
    job_id : str, optional
        The run's id (uuid4), where it was chosen before; by default a new one.
    **choices
        What else was chosen; see :class:`mvkit.schema.Choices`.

    Raises
    ------
    InvalidInput
        If the wish does not hold to the brief's contract.
    """
    if lyrics and not lyrics.is_file():
        raise InvalidInput(f"There is no lyrics file {lyrics}.", reason="NO_LYRICS")
    try:
        return Brief(
            job_id=job_id or str(uuid.uuid4()),
            song_file=f"song.{kind}",
            song_sha256=sha256_of(song),
            lyrics_file=f"lyrics{lyrics.suffix.lower()}" if lyrics else "",
            lyrics_sha256=sha256_of(lyrics) if lyrics else "",
            prompt=prompt,
            **{
                "title": title_of(song.name),
                **get_settings().model_dump(include=ROLES),
                **choices,
            },
        )
    except ValidationError as error:
        raise InvalidInput(
            explain(error, source="The wish", advice="Change it and try again."), reason="BRIEF"
        ) from error
