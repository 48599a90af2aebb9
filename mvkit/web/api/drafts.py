"""What pages play of a draft: its song with clicks, once that was made."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mvkit.storage.folder import Folder
from mvkit.web import drafts
from mvkit.web.api.files import CACHED, MEDIA_TYPES
from mvkit.web.api.identity import Reader
from mvkit.web.api.sending import OpenedFile
from mvkit.web.closer_look import CLICKS

router = APIRouter(prefix="/drafts/{draft_id}", include_in_schema=False)


@router.get(f"/{CLICKS}", response_class=Response)
def send_clicks(draft_id: str, user: Reader) -> Response:
    """Send a draft's song with clicks, whole or in ranges, to whom it belongs."""
    file = Folder(drafts.open(draft_id, user=user).folder).open(CLICKS)
    return OpenedFile(file, media_type=MEDIA_TYPES[".mp3"], headers=CACHED)
