"""The transitions of a film: each encoded once, and kept until what it is made of changes.

A transition is named by the digest of the packets it is made from, so that a film that is cut
again makes only those anew whose clips have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import cv2

from mvkit.errors import MediaFailed
from mvkit.footage import decoder_setup, packets_from, read_frames
from mvkit.video.join import Strip, encode_strip
from mvkit.video.reels import FilmForm, Reel
from mvkit.video.timeline import Blend, Take
from mvkit.video.transitions import blend

ENCODERS_AT_ONCE = 2
DIGEST_LETTERS = 24


def render_blends(
    pieces: Iterable[Take | Blend], reels: Sequence[Reel], room: Path, *, form: FilmForm
) -> dict[int, Strip]:
    """Encode the transitions that are not there yet, and remove those that are needed no more.

    Parameters
    ----------
    pieces : iterable of Take and Blend
        The film, from its first frame to its last.
    reels : sequence of Reel
        One per clip.
    room : Path
        Folder where transitions are kept.
    form : FilmForm
        Size and quality of the film.

    Returns
    -------
    dict of int to Strip
        By the clip that goes; a transition that could not be made is left out.
    """
    blends = [piece for piece in pieces if isinstance(piece, Blend)]
    with ThreadPoolExecutor(ENCODERS_AT_ONCE) as pool:
        made = pool.map(lambda piece: _render_blend(piece, reels, room, form=form), blends)
        strips = {piece.from_clip: strip for piece, strip in zip(blends, made, strict=True)}
    kept = {clip: strip for clip, strip in strips.items() if strip}
    _remove_others(room, {strip.path for strip in kept.values()})
    return kept


def _render_blend(
    piece: Blend, reels: Sequence[Reel], room: Path, *, form: FilmForm
) -> Strip | None:
    going, coming = (reels[piece.from_clip + n].path for n in (0, 1))
    try:
        digest = _digest(piece, going, coming, form=form)
        kept = room / f"transition_{piece.from_clip:03d}-{digest}.mp4"
        if kept.is_file():
            return Strip(kept, range(len(piece.film)))
        pictures = blend(
            piece.kind,
            read_frames(going, first_frame=piece.tail.start),
            read_frames(coming, first_frame=piece.head.start),
            n_frames=len(piece.film),
        )
        return encode_strip(pictures, kept, form=form)
    except (MediaFailed, ValueError, av.error.FFmpegError, cv2.error):
        return None


def _digest(piece: Blend, going: Path, coming: Path, *, form: FilmForm) -> str:
    """Return the digest of all that a transition is made of."""
    told = (piece.kind, len(piece.film), piece.tail, piece.head)
    digest = hashlib.sha256(repr(told).encode() + decoder_setup(**form.asked()))
    for path, frames in ((going, piece.tail), (coming, piece.head)):
        for frame, packet in packets_from(path, first_frame=frames.start):
            if frame >= frames.stop:
                break
            digest.update(bytes(packet))
    return digest.hexdigest()[:DIGEST_LETTERS]


def _remove_others(room: Path, needed: Collection[Path]) -> None:
    for kept in room.glob("transition_*"):
        if kept not in needed:
            kept.unlink(missing_ok=True)
