"""The cut list (CMX 3600), for going on in a video editor.

One event per clip on the picture track; a dissolve is the second line of its event, a fade two
dissolves by way of black, a wipe the format's first; what the format has no word for is a dissolve
with its name beside it. The song is one event on both sound tracks. Inner shots are told as
locators. Time codes are non-drop at 30 frames per second; sources count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mvkit.schema import Plan
from mvkit.timing import FPS, frame_at
from mvkit.video.timeline import Blend, Take

MAX_TITLE = 70
BLACK = "BL"
CUT, DISSOLVE, WIPE = "C", "D", "W001"
NAMED = frozenset({"crossfade", "wipe"})
"""Transitions that the format has a code of its own for."""


def to_edl(pieces: Sequence[Take | Blend], *, plan: Plan, title: str, song_file: str) -> str:
    """Write the film's pieces as the text of an EDL.

    Parameters
    ----------
    pieces : sequence of Take and Blend
        The film, from its first frame to its last.
    plan : Plan
        The plan, for the inner shots.
    title : str
        Title of the film; line breaks and signs beyond ASCII are left out.
    song_file : str
        Name of the song.
    """
    whole = range(pieces[-1].film.stop)
    song = [f"{'SONG':<8} AA    {_edit(CUT, whole, whole)}", f"* FROM CLIP NAME: {song_file}"]
    lines = [f"TITLE: {_plain(title)}", "FCM: NON-DROP FRAME"]
    for number, event in enumerate([*_picture_events(pieces, plan), song], start=1):
        lines += ["", *(line if line[0] == "*" else f"{number:03d}  {line}" for line in event)]
    return "\n".join(lines) + "\n"


def _picture_events(pieces: Sequence[Take | Blend], plan: Plan) -> Iterator[list[str]]:
    """Yield the lines of each event, without their numbers."""
    blend: Blend | None = None
    for piece in pieces:
        if isinstance(piece, Blend):
            blend = piece
            continue
        events = [_cut(piece, plan)] if blend is None else _join(blend, piece, plan)
        events[-1] += _locators(plan, piece.clip_index)
        yield from events
        blend = None


def _cut(take: Take, plan: Plan) -> list[str]:
    line = _line(_reel(take.clip_index), CUT, take.source, take.film)
    return [line, f"* FROM CLIP NAME: {_file(plan, take.clip_index)}"]


def _join(blend: Blend, take: Take, plan: Plan) -> list[list[str]]:
    return _fade(blend, take, plan) if blend.kind == "fade" else [_dissolve(blend, take, plan)]


def _dissolve(blend: Blend, take: Take, plan: Plan) -> list[str]:
    source = range(blend.head.start, take.source.stop)
    film = range(blend.film.start, take.film.stop)
    code = WIPE if blend.kind == "wipe" else DISSOLVE
    effect = [] if blend.kind in NAMED else [f"* EFFECT NAME: {blend.kind.upper()}"]
    return [
        _line(_reel(blend.from_clip), CUT, _no_frames(blend.tail.start), _no_frames(film.start)),
        _line(_reel(take.clip_index), f"{code:<4} {len(blend.film):03d}", source, film),
        *effect,
        f"* FROM CLIP NAME: {_file(plan, blend.from_clip)}",
        f"* TO CLIP NAME: {_file(plan, take.clip_index)}",
    ]


def _fade(blend: Blend, take: Take, plan: Plan) -> list[list[str]]:
    half = len(blend.film) // 2
    start, middle = blend.film.start, blend.film.start + half
    length = f"{DISSOLVE:<4} {half:03d}"
    source = range(blend.head.start + half, take.source.stop)
    return [
        [
            _line(_reel(blend.from_clip), CUT, _no_frames(blend.tail.start), _no_frames(start)),
            _line(BLACK, length, range(half), range(start, middle)),
            f"* FROM CLIP NAME: {_file(plan, blend.from_clip)}",
        ],
        [
            _line(BLACK, CUT, _no_frames(0), _no_frames(middle)),
            _line(_reel(take.clip_index), length, source, range(middle, take.film.stop)),
            f"* TO CLIP NAME: {_file(plan, take.clip_index)}",
        ],
    ]


def _locators(plan: Plan, clip_index: int) -> list[str]:
    shots = plan.clip_scripts[clip_index].shots[1:]
    return [f"* LOC: {_timecode(frame_at(shot.start))} RED     {shot.size}" for shot in shots]


def _line(reel: str, transition: str, source: range, film: range) -> str:
    return f"{reel:<8} V     {_edit(transition, source, film)}"


def _edit(transition: str, source: range, film: range) -> str:
    codes = (source.start, source.stop, film.start, film.stop)
    return f"{transition:<8} {' '.join(map(_timecode, codes))}"


def _timecode(frame: int) -> str:
    seconds, frames = divmod(frame, FPS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"


def _no_frames(at: int) -> range:
    return range(at, at)


def _reel(clip_index: int) -> str:
    return f"CLIP{clip_index:03d}"


def _file(plan: Plan, clip_index: int) -> str:
    return f"{plan.clip_scripts[clip_index].slate}.mp4"


def _plain(title: str) -> str:
    words = title.encode("ascii", "ignore").decode().split()
    return " ".join(words)[:MAX_TITLE] or "MVKIT"
