"""The players: a film or a clip as a plain ``<video>`` that the API feeds.

The browser asks the API for the file, whole or in ranges, and the API sees to it that its owner
asks. The server never holds a film in memory, and nobody else's player can come to show it.

A player goes on playing for as long as its HTML stays the same, so the HTML changes only with
the footage: its address carries when the file was written.
"""

from __future__ import annotations

import html
from urllib.parse import quote

FILES_URL = "/api/v1/jobs/{job_id}/files/{name}"


def file_url(job_id: str, name: str, *, written_at_s: float = 0.0) -> str:
    """Return where the API serves a file of a run.

    Parameters
    ----------
    job_id, name : str
        The run, and the file's path inside it (``clips/003.mp4``).
    written_at_s : float
        When the file was last written, in seconds since the epoch, so that a browser does not
        take it for an earlier one of the same name; 0 where it never changes.
    """
    url = FILES_URL.format(job_id=quote(job_id, safe=""), name=quote(name))
    return f"{url}?v={written_at_s:.3f}" if written_at_s else url


def film_player(
    job_id: str,
    video: str = "video.mp4",
    *,
    poster: str = "thumbnail.jpg",
    label: str = "The film",
    written_at_s: float = 0.0,
) -> str:
    """Return the player of a finished film, as HTML: with sound, and seeking.

    Parameters
    ----------
    job_id : str
        The run.
    video, poster : str
        Files of the run: what is played, and the picture that is shown until then.
    label : str
        What the film is called, for those who do not see it.
    written_at_s : float
        When the film was written; see :func:`file_url`.
    """
    source = file_url(job_id, video, written_at_s=written_at_s)
    still = file_url(job_id, poster, written_at_s=written_at_s)
    return (
        f'<video class="mv-film" controls playsinline preload="metadata" poster="{still}" '
        f'src="{source}" aria-label="{html.escape(label)}"></video>'
    )


def clip_player(
    job_id: str,
    video: str,
    *,
    poster: str = "",
    label: str = "A clip",
    aspect: str = "16:9",
    written_at_s: float = 0.0,
) -> str:
    """Return the player of one clip, as HTML: silent, round and round, nothing loaded before.

    Parameters
    ----------
    job_id : str
        The run.
    video, poster : str
        Files of the run; without a poster the browser shows the first picture.
    label : str
        What the clip is called, for those who do not see it.
    aspect : {'16:9', '1:1', '9:16'}
        Shape of the picture.
    written_at_s : float
        When the clip was written; see :func:`file_url`.
    """
    source = file_url(job_id, video, written_at_s=written_at_s)
    still = f'poster="{file_url(job_id, poster, written_at_s=written_at_s)}" ' if poster else ""
    return (
        f'<video controls muted loop playsinline preload="{"none" if poster else "metadata"}" '
        f'{still}src="{source}" style="aspect-ratio: {aspect.replace(":", " / ")}" '
        f'aria-label="{html.escape(label)}"></video>'
    )
