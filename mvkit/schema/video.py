"""The video: the finished film, and the proof that it is what was planned."""

from __future__ import annotations

from typing import ClassVar, Literal

from mvkit.schema.analysis import Analysis
from mvkit.schema.base import Artefact, Record, Seconds
from mvkit.schema.brief import Brief
from mvkit.schema.clips import Clips
from mvkit.schema.plan import Plan, TransitionType


class Cut(Record):
    """One planned change of picture, and where it was found in the decoded film.

    Attributes
    ----------
    frame : int
        First frame of the new picture; the middle of a transition.
    kind : str
        ``shot`` inside a clip, else the transition between two clips.
    found_frame : int or None
        Where the change was seen; None where the pictures on both sides are too alike to tell.
    on_beat : bool
        Whether a beat falls on this frame, give or take one.
    """

    frame: int
    time: Seconds
    kind: Literal["shot"] | TransitionType
    found_frame: int | None
    on_beat: bool


class Check(Record):
    """One thing that was verified."""

    name: str
    passed: bool
    found: str
    expected: str


class Video(Artefact):
    """The finished film.

    Attributes
    ----------
    sync_drift : float
        Largest distance in seconds between picture and sound, at the start or the end.
    """

    stage: ClassVar[str] = "video"
    reads = (Brief, Analysis, Plan, Clips)

    video_url: str
    thumbnail_url: str
    poster_url: str = ""
    contact_sheet_url: str
    subtitles_url: str = ""
    duration: Seconds
    audio_duration: Seconds
    n_frames: int
    width_px: int
    height_px: int
    sync_drift: float
    clips_used: int
    clips_trimmed: int
    clips_looped: int
    transitions_applied: int
    file_size_mb: float
    bitrate_kbps: int
    composition_time: float
    cost: float
    status: Literal["success"]
    cuts: tuple[Cut, ...]
    checks: tuple[Check, ...]

    def files(self) -> tuple[str, ...]:
        """Return the film and what goes with it."""
        pictures = (self.thumbnail_url, self.poster_url, self.contact_sheet_url)
        return tuple(name for name in (self.video_url, *pictures, self.subtitles_url) if name)
