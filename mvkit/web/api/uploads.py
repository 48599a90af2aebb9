"""Songs come in: one form with the song, the wish, and what else may be said."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from mvkit.analysis import intake, lyrics
from mvkit.database import reading
from mvkit.errors import InvalidInput, RateLimited
from mvkit.jobs import client
from mvkit.jobs.limits import check_submission
from mvkit.jobs.table import Job
from mvkit.schema import Choices
from mvkit.web.api.bodies import Form, receive_form
from mvkit.web.api.errors import problems
from mvkit.web.api.identity import Writer
from mvkit.web.api.jobs import standing
from mvkit.web.api.links import LinksHere
from mvkit.web.api.models.jobs import JobStatus, Wish
from mvkit.web.api.threads import decode, look

SONG, LYRICS = "audio_file", "lyrics_file"
MOST_AT_ONCE = 10
"""How many songs one user may send at the same time: each takes room until it is refused or in."""
RETRY_AFTER_S = 5.0
_under_way: Counter[str] = Counter()

FORM = {
    "type": "object",
    "required": [SONG, "user_prompt"],
    "properties": {
        SONG: {
            "type": "string",
            "format": "binary",
            "description": "MP3, WAV or FLAC; at most 10 MiB, 1 s to 10 min.",
        },
        LYRICS: {
            "type": "string",
            "format": "binary",
            "description": "LRC, SRT or plain text; at most 256 KiB.",
        },
        **Wish.model_json_schema(mode="validation")["properties"],
    },
    "additionalProperties": False,
}

router = APIRouter(tags=["jobs"])


@router.post(
    "/upload-audio",
    status_code=201,
    responses=problems(401, 403, 408, 413, 415, 429),
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}
    },
)
async def upload_audio(
    request: Request, response: Response, user: Writer, links: LinksHere
) -> JobStatus:
    """Submit a song and what its film shall show; the answer says where to watch it happen."""
    await look(_check_may_submit, user)  # before anything is taken in
    with _one_of_few(user), tempfile.TemporaryDirectory(prefix="mvkit-upload-") as folder:
        form = await receive_form(
            request,
            folder=Path(folder),
            files={SONG: intake.MAX_BYTES, LYRICS: lyrics.MAX_BYTES},
            fields=Wish.model_fields,
        )
        wish = _wish_of(form)
        job = await decode(_submit, form, wish, user)
    answer = await look(standing, job, links)
    response.headers["Location"] = answer.urls.status
    return answer


@contextmanager
def _one_of_few(user: str) -> Iterator[None]:
    """Hold one of the few uploads that a user may send at the same time."""
    if _under_way[user] >= MOST_AT_ONCE:
        raise RateLimited(
            f"{MOST_AT_ONCE} songs of yours are on their way already. Wait until one has come.",
            reason="UPLOADS",
            retry_after_s=RETRY_AFTER_S,
        )
    _under_way[user] += 1
    try:
        yield
    finally:
        _under_way[user] -= 1
        if not _under_way[user]:
            del _under_way[user]


def _check_may_submit(user: str) -> None:
    with reading() as connection:
        check_submission(connection, user, n_bytes=0)


def _wish_of(form: Form) -> Wish:
    if SONG not in form.files:
        raise InvalidInput(f"The form has no song; send it as {SONG}.", reason="NO_SONG")
    try:
        return Wish.model_validate(form.fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _submit(form: Form, wish: Wish, user: str) -> Job:
    return client.submit(
        form.files[SONG],
        wish.user_prompt,
        user=user,
        lyrics=_checked_lyrics(form.files.get(LYRICS)),
        budget_usd=wish.budget_usd,
        plan_first=wish.plan_first,
        **_choices(wish),
    )


def _choices(wish: Wish) -> Choices:
    """Return what was chosen; who is not named is the settings' to name."""
    choices: Choices = {
        "title": wish.title,
        "aspect": wish.aspect,
        "quality": wish.quality,
        "framing": wish.framing,
        "seed": wish.seed,
        "options": wish.options,
    }
    if wish.image:
        choices["image"] = wish.image
    if wish.video:
        choices["video"] = wish.video
    if wish.planner:
        choices["planner"] = wish.planner
    if wish.transcriber:
        choices["transcriber"] = wish.transcriber
    return choices


def _checked_lyrics(path: Path | None) -> Path | None:
    """Return the lyrics, if any were sent and they can be read; a form may send an empty file.

    What they are is seen from their text, so their name is of no matter.
    """
    if path is None or path.stat().st_size == 0:
        return None
    lyrics.check_lyrics(path, duration_s=intake.MAX_SECONDS)
    return path.rename(path.with_suffix(".txt"))
