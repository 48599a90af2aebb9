"""A closer look at what was heard in a draft, made when somebody asks, by a process of its own.

``python -m mvkit.web.closer_look portrait|clicks SONG HEARD TARGET`` reads the beats from HEARD
and writes the song's portrait as JSON, or the song with clicks on its beats as MP3. Both stay with
the draft.

Contents
--------
portrait_of, click_track_of, write_portrait, write_click_track
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from mvkit.analysis.click_track import click_track
from mvkit.analysis.intake import CHECK_RATE_HZ, Samples, decode
from mvkit.analysis.portrait import Portrait, portray
from mvkit.errors import GenerationFailed, InvalidArtefact
from mvkit.files import write_whole
from mvkit.processes import environment_for, run_aside
from mvkit.web.heard import Heard, Music

if TYPE_CHECKING:
    from mvkit.web.drafts import Draft

PORTRAIT, CLICKS = "portrait.json", "clicks.mp3"
TIMEOUT_S = 60.0
PATIENCE_S = 90.0
"""How long a page waits, others' turns before it counted."""
NICENESS = 5
"""Above those who listen ahead: somebody waits for it."""


def portrait_of(draft: Draft, *, heard: Path) -> Portrait:
    """Return the portrait of a draft's song, made first if nobody has; that takes seconds.

    One that another version of us has made is made anew.

    Parameters
    ----------
    draft : Draft
        Whose music was heard.
    heard : Path
        Where it is written.

    Raises
    ------
    GenerationFailed
        If it cannot be made, or not soon.
    """
    target = draft.folder / PORTRAIT
    path = _made("portrait", draft, heard=heard, target=target)
    try:
        return Portrait.model_validate_json(path.read_bytes())
    except ValidationError:
        target.unlink(missing_ok=True)
    path = _made("portrait", draft, heard=heard, target=target)
    return Portrait.model_validate_json(path.read_bytes())


def click_track_of(draft: Draft, *, heard: Path) -> Path:
    """Return a draft's song with clicks as an MP3 file; see :func:`portrait_of`."""
    return _made("clicks", draft, heard=heard, target=draft.folder / CLICKS)


def write_portrait(song: Path, heard: Path, target: Path) -> None:
    """Write what a song looks like to the ear.

    Raises
    ------
    InvalidArtefact
        If no music was heard yet.
    """
    mono, music, duration_s = _song(song, heard)
    portrait = portray(mono, downbeats_s=music.downbeats_s, duration_s=duration_s)
    write_whole(target, portrait.model_dump_json())


def write_click_track(song: Path, heard: Path, target: Path) -> None:
    """Write a song with clicks on its beats; see :func:`write_portrait`."""
    mono, music, _ = _song(song, heard)
    sound = click_track(
        mono, rate_hz=CHECK_RATE_HZ, beats_s=music.beats_s, downbeats_s=music.downbeats_s
    )
    write_whole(target, sound)


def _made(what: str, draft: Draft, *, heard: Path, target: Path) -> Path:
    if not target.is_file():
        paths = [str(path.resolve()) for path in (draft.song, heard, target)]
        maker = run_aside(
            ["mvkit.web.closer_look", what, *paths],
            environment=environment_for(draft.draft_id),
            timeout_s=TIMEOUT_S,
            niceness=NICENESS,
        )
        maker.join(PATIENCE_S)
        if maker.is_alive() and not target.is_file():
            raise GenerationFailed(
                "The closer look is not ready yet, as much else is being made; look again in a "
                "minute.",
                reason="NO_LOOK_YET",
            )
    if not target.is_file():
        raise GenerationFailed(
            "There is no closer look at this song; the film can still be made.", reason="NO_LOOK"
        )
    return target


def _song(song: Path, heard: Path) -> tuple[Samples, Music, float]:
    found = Heard.model_validate_json(heard.read_bytes())
    if found.music is None:
        raise InvalidArtefact("No beats were heard yet, expected some. Listen to the song first.")
    mono = decode(song, rate_hz=CHECK_RATE_HZ, n_channels=1)
    return mono, found.music, found.duration_s


WRITERS = {"portrait": write_portrait, "clicks": write_click_track}

if __name__ == "__main__":
    WRITERS[sys.argv[1]](*map(Path, sys.argv[2:5]))
