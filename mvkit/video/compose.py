"""Stage 06: clips, transitions and the song become the film.

What was filmed is copied, only transitions are encoded again, the song is laid under, and the
finished file is looked at and listened to before it counts as made.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mvkit.crash import crash_point
from mvkit.errors import MediaFailed
from mvkit.files import CUTTING_ROOM
from mvkit.footage import Light
from mvkit.schema import MIN_CLIPS, Analysis, Brief, Check, Clips, Plan, Video
from mvkit.soundtrack import soundtrack
from mvkit.timing import n_frames_of, tidy_s
from mvkit.video.blends import render_blends
from mvkit.video.edl import to_edl
from mvkit.video.join import Strip, cut_strips, light_of, write_film
from mvkit.video.otio import to_otio
from mvkit.video.pictures import (
    best_picture,
    contact_sheet,
    poster,
    take_stills,
    thumbnail,
)
from mvkit.video.reels import FilmForm, Reel, gather_reels
from mvkit.video.subtitles import to_srt
from mvkit.video.timeline import Blend, Take, lay_out, planned_changes
from mvkit.video.verify import Expected, Verified, kbps_of, verify_film

FILM = "video.mp4"
THUMBNAIL = "thumbnail.jpg"
POSTER = "poster.jpg"
CONTACT_SHEET = "contact_sheet.jpg"
SUBTITLES = "lyrics.srt"
CUT_LIST = "cuts.edl"
TIMELINE = "cuts.otio"
SCRATCH = ".video"
ALBUM = "album.npz"
JPEG_QUALITY = 88
BYTES_PER_MB = 1024 * 1024


@dataclass(frozen=True)
class _Assembly:
    """How a film was put together."""

    pieces: tuple[Take | Blend, ...]
    reels: tuple[Reel, ...]
    as_cuts: frozenset[int]
    """Transitions that could not be made and became simple cuts."""
    light: Light | None
    """Of every frame; None if a clip does not tell it."""


def compose_video(
    folder: Path, *, brief: Brief, analysis: Analysis, plan: Plan, clips: Clips
) -> Video:
    """Compose the film and verify it.

    Once the film has been verified, ``video.mp4``, ``thumbnail.jpg``, ``poster.jpg``,
    ``contact_sheet.jpg``, ``cuts.edl``, ``cuts.otio`` and, where there are lyrics, ``lyrics.srt``
    are put into the run folder.

    Parameters
    ----------
    folder : Path
        The run folder, with the song and the clips.
    brief, analysis, plan, clips
        The artefacts of the stages before.

    Raises
    ------
    GenerationFailed
        If there are too few clips.
    MediaFailed
        If composing failed twice.
    VerificationFailed
        If the film is not what was planned.
    InvalidArtefact
        If plan, clips and song do not belong together.
    """
    started_s = time.monotonic()
    n_frames = n_frames_of(analysis.duration)
    room = folder / CUTTING_ROOM
    with _scratch(folder) as scratch:
        assembly = _twice(
            lambda: _compose(
                folder, scratch, brief=brief, plan=plan, clips=clips, n_frames=n_frames
            ),
            room=room,
        )
        expected = Expected(
            n_frames=n_frames,
            duration_s=analysis.duration,
            form=FilmForm.of(brief),
            song=folder / brief.song_file,
            beats_s=analysis.beat_timestamps,
            changes=planned_changes(plan, as_cuts=assembly.as_cuts),
            unsearched=_unsure_clips(assembly.reels),
            light=assembly.light,
        )
        crash_point("film.joined")
        verified = verify_film(scratch / FILM, expected, album=room / ALBUM)
        _write_companions(scratch, assembly, brief=brief, analysis=analysis, plan=plan, clips=clips)
        _deliver(scratch, folder)
    return _record(
        assembly,
        verified,
        brief=brief,
        analysis=analysis,
        plan=plan,
        composition_time_s=time.monotonic() - started_s,
    )


def _compose(
    folder: Path, scratch: Path, *, brief: Brief, plan: Plan, clips: Clips, n_frames: int
) -> _Assembly:
    """Put the film together in the scratch folder, the sound beside the picture."""
    form = FilmForm.of(brief)
    pieces = lay_out(plan, n_frames=n_frames)
    room = folder / CUTTING_ROOM
    room.mkdir(exist_ok=True)
    with ThreadPoolExecutor(1) as pool:
        sound = pool.submit(soundtrack, folder / brief.song_file)
        reels = gather_reels(folder, scratch, plan=plan, clips=clips, form=form)
        blended = render_blends(pieces, reels, room, form=form)
        planned = {piece.from_clip for piece in pieces if isinstance(piece, Blend)}
        as_cuts = frozenset(planned - blended.keys())
        if as_cuts:
            pieces = lay_out(plan, n_frames=n_frames, as_cuts=as_cuts)
        strips = cut_strips(pieces, reels, blended, scratch, form=form)
        song = sound.result()
    write_film(strips, song, scratch / FILM)
    return _Assembly(pieces, reels, as_cuts, _light(strips))


def _light(strips: Sequence[Strip]) -> Light | None:
    """Return how light the film is, unless some of its clips were made by an earlier version."""
    try:
        return light_of(strips)
    except MediaFailed as error:
        if error.reason != "NO_LIGHT":
            raise
        return None


def _twice(compose: Callable[[], _Assembly], *, room: Path) -> _Assembly:
    """Compose, and if that fails once more, with nothing that was kept from earlier films."""
    try:
        return compose()
    except MediaFailed as first:
        shutil.rmtree(room, ignore_errors=True)
        try:
            return compose()
        except MediaFailed as second:
            raise MediaFailed(
                f"Composing failed twice. First: {first.message} Then: {second.message}",
                reason=second.reason,
            ) from second


def _write_companions(
    scratch: Path,
    assembly: _Assembly,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    clips: Clips,
) -> None:
    """Write what goes with the film: stills, the edit, subtitles."""
    stills = take_stills(scratch / FILM, plan)
    contact_sheet(stills).save(scratch / CONTACT_SHEET, quality=JPEG_QUALITY)
    best = best_picture(scratch / FILM, stills)
    thumbnail(best).save(scratch / THUMBNAIL, quality=JPEG_QUALITY)
    poster(best, brief.title).save(scratch / POSTER, quality=JPEG_QUALITY)
    names = {"title": brief.title, "song_file": brief.song_file}
    edl = to_edl(assembly.pieces, plan=plan, **names)
    (scratch / CUT_LIST).write_text(edl, encoding="ascii")
    timeline = to_otio(assembly.pieces, plan=plan, clips=clips.clips, **names)
    (scratch / TIMELINE).write_text(timeline, encoding="utf-8")
    if analysis.lyrics:
        srt = to_srt(analysis.lyrics, duration_s=analysis.duration)
        (scratch / SUBTITLES).write_text(srt, encoding="utf-8")


def _deliver(scratch: Path, folder: Path) -> None:
    """Move what was made into the run folder, the film last."""
    for name in (THUMBNAIL, POSTER, CONTACT_SHEET, CUT_LIST, TIMELINE, SUBTITLES, FILM):
        made = scratch / name
        if made.exists():
            with made.open("rb") as file:
                os.fsync(file.fileno())
            made.replace(folder / name)


def _record(
    assembly: _Assembly,
    verified: Verified,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    composition_time_s: float,
) -> Video:
    """Write down what was made and what was found."""
    facts = verified.facts
    fits = [reel.fit for reel in assembly.reels]
    return Video(
        job_id=brief.job_id,
        video_url=FILM,
        thumbnail_url=THUMBNAIL,
        poster_url=POSTER,
        contact_sheet_url=CONTACT_SHEET,
        subtitles_url=SUBTITLES if analysis.lyrics else "",
        duration=facts.picture_end_s,
        audio_duration=facts.sound_end_s - facts.sound_start_s,
        n_frames=n_frames_of(analysis.duration),
        width_px=facts.width_px,
        height_px=facts.height_px,
        sync_drift=tidy_s(verified.sync_drift_s),
        clips_used=len({reel.filmed_for for reel in assembly.reels}),
        clips_trimmed=fits.count("trimmed"),
        clips_looped=fits.count("looped"),
        transitions_applied=len(plan.transitions) - len(assembly.as_cuts),
        file_size_mb=round(facts.n_bytes / BYTES_PER_MB, 3),
        bitrate_kbps=kbps_of(facts),
        composition_time=round(composition_time_s, 3),
        cost=0.0,
        status="success",
        cuts=verified.cuts,
        checks=(*_tell(assembly, plan), *verified.checks),
    )


def _unsure_clips(reels: Sequence[Reel]) -> frozenset[int]:
    """Return the clips whose inner shots are not where they were planned."""
    return frozenset(
        index
        for index, reel in enumerate(reels)
        if reel.fit == "looped" or reel.filmed_for != index
    )


def _tell(assembly: _Assembly, plan: Plan) -> list[Check]:
    """Tell what was done about missing clips and transitions that could not be made."""
    filled = [
        f"clip {index} shows clip {reel.filmed_for}"
        + (" and its words" if reel.wrong_words else "")
        for index, reel in enumerate(assembly.reels)
        if reel.filmed_for != index
    ]
    n_clips, n_transitions = len(plan.clip_scripts), len(plan.transitions)
    made_cuts = [f"transition {index} became a cut" for index in sorted(assembly.as_cuts)]
    return [
        Check(
            name="clips",
            passed=True,
            found="; ".join([f"{n_clips - len(filled)} of {n_clips}", *filled]),
            expected=f"at least {min(MIN_CLIPS, n_clips)}",
        ),
        Check(
            name="transitions",
            passed=not assembly.as_cuts,
            found="; ".join([f"{n_transitions - len(made_cuts)} of {n_transitions}", *made_cuts]),
            expected=f"{n_transitions}",
        ),
    ]


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give an empty folder inside the run folder, and take it away at the end."""
    scratch = folder / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
