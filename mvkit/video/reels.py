"""The reels: one file per clip of the plan, in final form, covering its filmed frames.

Clips usually arrive so. One that does not is brought into final form here; one that failed, or
cannot be read, is filled with the footage of its neighbour, so that the film has no hole.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mvkit.errors import GenerationFailed, InvalidArtefact, MediaFailed
from mvkit.footage import Fit, fit, is_final_form
from mvkit.schema import MIN_CLIPS, Clip, Clips, Plan


@dataclass(frozen=True)
class Reel:
    """The footage that stands for one clip of the plan.

    Attributes
    ----------
    path : Path
        Footage in final form, of exactly the clip's filmed frames.
    fit : {'exact', 'trimmed', 'looped'}
        What was done to the delivered footage to fill them.
    filmed_for : int
        The clip it was filmed for: another one where this clip is missing.
    """

    path: Path
    fit: Literal["exact", "trimmed", "looped"]
    filmed_for: int


@dataclass(frozen=True)
class FilmSize:
    """Width and height of a film in pixels, both even."""

    width_px: int
    height_px: int

    def __str__(self) -> str:
        return f"{self.width_px}x{self.height_px}"


def gather_reels(
    folder: Path, scratch: Path, *, plan: Plan, clips: Clips, size: FilmSize
) -> tuple[Reel, ...]:
    """Collect one reel per clip of the plan.

    Parameters
    ----------
    folder : Path
        The run folder.
    scratch : Path
        Folder for the reels that have to be made.
    size : FilmSize
        Size of the film.

    Raises
    ------
    GenerationFailed
        If fewer than :data:`mvkit.schema.MIN_CLIPS` clips can be used, or fewer than planned
        where the plan has not as many.
    InvalidArtefact
        If there are clips that the plan does not know.
    """
    lengths = [len(plan.filmed_frames(script.clip_index)) for script in plan.clip_scripts]
    strangers = [clip.clip_index for clip in clips.clips if clip.clip_index >= len(lengths)]
    if strangers:
        raise InvalidArtefact(
            f"clips.json has clip {strangers[0]}, the plan only {len(lengths)} clips. "
            "Film the clips of this plan."
        )
    filmed: dict[int, Reel] = {}
    troubles: list[str] = []
    for clip in clips.clips:
        try:
            reel = _own_reel(folder, scratch, clip, n_frames=lengths[clip.clip_index], size=size)
            filmed[clip.clip_index] = reel
        except MediaFailed as error:
            troubles.append(f"clip {clip.clip_index}: {error.message}")
    _check_enough(len(filmed), n_planned=len(lengths), troubles=troubles)
    return tuple(
        filmed.get(index) or _stand_in(scratch, filmed, index, n_frames=n_frames, size=size)
        for index, n_frames in enumerate(lengths)
    )


def _own_reel(folder: Path, scratch: Path, clip: Clip, *, n_frames: int, size: FilmSize) -> Reel:
    if clip.status == "failed" or not clip.video_url:
        raise MediaFailed(clip.error or "it was not filmed")
    path = folder / clip.video_url
    if is_final_form(path, n_frames=n_frames, width_px=size.width_px, height_px=size.height_px):
        return Reel(path, clip.fit, clip.clip_index)
    target = scratch / f"reel_{clip.clip_index:03d}.mp4"
    return Reel(target, _fit(path, target, n_frames=n_frames, size=size).how, clip.clip_index)


def _stand_in(
    scratch: Path, filmed: dict[int, Reel], index: int, *, n_frames: int, size: FilmSize
) -> Reel:
    """Fill a missing clip with the footage of the one before it, or else after it."""
    before = [other for other in filmed if other < index]
    neighbour = filmed[max(before) if before else min(filmed)]
    target = scratch / f"reel_{index:03d}.mp4"
    done = _fit(neighbour.path, target, n_frames=n_frames, size=size)
    return Reel(target, done.how, neighbour.filmed_for)


def _fit(source: Path, target: Path, *, n_frames: int, size: FilmSize) -> Fit:
    return fit(source, target, n_frames=n_frames, width_px=size.width_px, height_px=size.height_px)


def _check_enough(n_filmed: int, *, n_planned: int, troubles: list[str]) -> None:
    needed = min(MIN_CLIPS, n_planned)
    if n_filmed < needed:
        raise GenerationFailed(
            f"Only {n_filmed} of {n_planned} clips can be used, expected at least {needed} "
            f"({'; '.join(troubles) or 'the others are missing'}). Film the clips again.",
            reason="TOO_FEW_CLIPS",
        )
