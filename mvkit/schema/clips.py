"""The clips: what was filmed."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from mvkit.schema.analysis import Analysis
from mvkit.schema.base import Artefact, Record, Seconds
from mvkit.schema.brief import Brief
from mvkit.schema.plan import Plan
from mvkit.schema.prompts import Prompts
from mvkit.schema.references import References

MIN_CLIPS = 3
"""A film needs this many clips, unless it was planned with fewer."""


class Clip(Record):
    """One clip, in final form.

    Attributes
    ----------
    video_url : str
        Path inside the run folder; empty where the clip failed.
    actual_duration, target_duration, duration_diff : float
        Seconds delivered by the model, seconds wanted, and their difference.
    first_frame, n_frames : int
        The film's frames the clip covers, its halves of transitions included.
    fit : str
        What was done to the delivered footage to fill the target.
    sha256 : str
        Digest of the footage.
    made_from : str
        Digest of what the clip was filmed from.
    keyframe_url : str
        Path of the picture it started from, inside the run folder; empty where there was none.
    model : str
        Who filmed.
    error : str
        Why the clip failed, or why it was not the chosen model that filmed it.
    notes : tuple of str
        What else is worth knowing, as sentences.
    cost : float
        What it cost in US dollars, its keyframe included.
    """

    clip_index: int = Field(ge=0)
    video_url: str
    actual_duration: Seconds
    target_duration: Seconds
    duration_diff: float
    status: Literal["success", "failed"]
    fit: Literal["exact", "trimmed", "looped"] = "exact"
    first_frame: int = Field(ge=0)
    n_frames: int = Field(ge=0)
    model: str
    provider_id: str = ""
    cost: float
    retry_count: int
    generation_time: float
    error: str = ""
    sha256: str = ""
    made_from: str = ""
    keyframe_url: str = ""
    notes: tuple[str, ...] = ()


class Clips(Artefact):
    """All clips of the film."""

    stage: ClassVar[str] = "clips"
    reads = (Brief, Analysis, Plan, References, Prompts)

    clips: tuple[Clip, ...] = Field(min_length=1)
    total_clips: int
    successful_clips: int
    failed_clips: int
    total_cost: float
    total_generation_time: float

    def files(self) -> tuple[str, ...]:
        """Return the footage of the clips that came out."""
        return tuple(clip.video_url for clip in self.clips if clip.status == "success")
