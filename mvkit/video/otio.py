"""The edit as an OpenTimelineIO timeline, for going on in a video editor.

One track of clips with their transitions, one with the song. Every clip names its whole file, so
that an editor can draw a cut out into the halves of transitions that were filmed; inner shots are
markers. Kinds of transitions that the format has no word for are custom ones of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from opentimelineio import adapters, schema
from opentimelineio.opentime import RationalTime, TimeRange

from mvkit.schema import Clip, ClipScript, Plan
from mvkit.timing import FPS, frame_at
from mvkit.video.timeline import Blend, Take

__all__ = ["to_otio"]

DISSOLVES = frozenset({"crossfade", "luma dissolve"})


def to_otio(
    pieces: Sequence[Take | Blend],
    *,
    plan: Plan,
    clips: Sequence[Clip],
    title: str,
    song_file: str,
) -> str:
    """Write the film's edit as the JSON of an ``.otio`` file.

    Parameters
    ----------
    pieces : sequence of Take and Blend
        The film, from its first frame to its last.
    plan : Plan
        The plan, for names and inner shots.
    clips : sequence of Clip
        What was filmed; a clip that was not has no file.
    title : str
        Title of the film.
    song_file : str
        Name of the song.
    """
    n_frames = pieces[-1].film.stop
    files = {clip.clip_index: clip.video_url for clip in clips if clip.video_url}
    picture = schema.Track(name="picture", kind=schema.TrackKind.Video)
    for script in plan.clip_scripts:
        picture.append(_clip(script, plan, files.get(script.clip_index)))
        picture.extend(_transition(pieces, script.clip_index))
    sound = schema.Track(name="song", kind=schema.TrackKind.Audio)
    song = schema.ExternalReference(target_url=song_file, available_range=_range(0, n_frames))
    sound.append(
        schema.Clip(name=song_file, media_reference=song, source_range=_range(0, n_frames))
    )
    timeline = schema.Timeline(name=title or "mvkit", global_start_time=RationalTime(0, FPS))
    timeline.tracks.extend([picture, sound])
    text: str = adapters.write_to_string(timeline, "otio_json")
    return text


def _clip(script: ClipScript, plan: Plan, file: str | None) -> schema.Clip:
    """Return a clip from where it takes over to where it gives way, at the middles."""
    filmed = plan.filmed_frames(script.clip_index)
    first, end = frame_at(script.start), frame_at(script.end)
    media = schema.MissingReference()
    if file:
        media = schema.ExternalReference(target_url=file, available_range=_range(0, len(filmed)))
    clip = schema.Clip(
        name=script.slate,
        media_reference=media,
        source_range=_range(first - filmed.start, end - first),
        metadata={"mvkit": {"section": script.section, "scene": script.scenes[0]}},
    )
    for shot in script.shots[1:]:
        place = _range(frame_at(shot.start) - filmed.start, 1)
        clip.markers.append(schema.Marker(name=shot.size, marked_range=place))
    return clip


def _transition(pieces: Sequence[Take | Blend], from_clip: int) -> Iterator[schema.Transition]:
    """Yield the transition that leads out of a clip, unless it is a cut."""
    for piece in pieces:
        if isinstance(piece, Blend) and piece.from_clip == from_clip:
            half = RationalTime(len(piece.film) // 2, FPS)
            types = schema.TransitionTypes
            kind = types.SMPTE_Dissolve if piece.kind in DISSOLVES else types.Custom
            yield schema.Transition(
                name=piece.kind, transition_type=kind, in_offset=half, out_offset=half
            )


def _range(first: int, n_frames: int) -> TimeRange:
    return TimeRange(RationalTime(first, FPS), RationalTime(n_frames, FPS))
