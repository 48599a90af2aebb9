"""The reels: one file per clip of the plan, in final form, covering its filmed frames.

Clips usually arrive so. One that does not is brought into final form here; one that failed, or
cannot be read, or not in time, is filled with the footage of its neighbour, so that the film has
no hole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, TypedDict

from mvkit.errors import GenerationFailed, InvalidArtefact, MediaFailed, TimedOut
from mvkit.footage import fit, is_final_form
from mvkit.schema import MIN_CLIPS, Brief, Caption, Clip, Clips, Framing, Plan, Quality


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
    wrong_words : bool
        Whether captions of that other clip are on it.
    """

    path: Path
    fit: Literal["exact", "trimmed", "looped"]
    filmed_for: int
    wrong_words: bool = False


class FormAsked(TypedDict):
    """A film's form by the names of the arguments that take it."""

    width_px: int
    height_px: int
    quality: Quality


@dataclass(frozen=True)
class FilmForm:
    """Width and height of a film in pixels, both even, how finely it is encoded, and how framed."""

    width_px: int
    height_px: int
    quality: Quality = "standard"
    framing: Framing = "subject"

    @classmethod
    def of(cls, brief: Brief) -> Self:
        """Return the form that was wished for."""
        return cls(*brief.frame_size_px, brief.quality, brief.framing)

    def asked(self) -> FormAsked:
        """Return it as what is asked of who makes footage."""
        return FormAsked(width_px=self.width_px, height_px=self.height_px, quality=self.quality)


def gather_reels(
    folder: Path, scratch: Path, *, plan: Plan, clips: Clips, form: FilmForm
) -> tuple[Reel, ...]:
    """Collect one reel per clip of the plan.

    Parameters
    ----------
    folder : Path
        The run folder.
    scratch : Path
        Folder for the reels that have to be made.
    form : FilmForm
        Size and quality of the film, and its framing of pictures of other shapes.

    Raises
    ------
    GenerationFailed
        If fewer than :data:`mvkit.schema.MIN_CLIPS` clips can be used, or fewer than planned
        where the plan has not as many.
    InvalidArtefact
        If there are clips that the plan does not know.
    """
    n_planned = len(plan.clip_scripts)
    strangers = [clip.clip_index for clip in clips.clips if clip.clip_index >= n_planned]
    if strangers:
        raise InvalidArtefact(
            f"clips.json has clip {strangers[0]}, the plan only {n_planned} clips. "
            "Film the clips of this plan."
        )
    bench = _Bench(folder, scratch, plan, form)
    filmed: dict[int, Reel] = {}
    troubles: list[str] = []
    for clip in clips.clips:
        try:
            filmed[clip.clip_index] = bench.own(clip)
        except (MediaFailed, TimedOut) as error:
            troubles.append(f"clip {clip.clip_index}: {error.message}")
    _check_enough(len(filmed), n_planned=n_planned, troubles=troubles)
    return tuple(filmed.get(index) or bench.stand_in(filmed, index) for index in range(n_planned))


@dataclass(frozen=True)
class _Bench:
    """Where reels are made that are not there in final form."""

    folder: Path
    scratch: Path
    plan: Plan
    form: FilmForm

    def own(self, clip: Clip) -> Reel:
        """Return a clip's own footage, brought into final form if it is not."""
        if clip.status == "failed" or not clip.video_url:
            raise MediaFailed(clip.error or "it was not filmed")
        path = self.folder / clip.video_url
        n_frames = len(self.plan.filmed_frames(clip.clip_index))
        if is_final_form(path, n_frames=n_frames, **self.form.asked()):
            return Reel(path, clip.fit, clip.clip_index)
        made, how = self._fitted(path, clip.clip_index, self._captions(clip.clip_index))
        return Reel(made, how, clip.clip_index)

    def stand_in(self, filmed: Mapping[int, Reel], index: int) -> Reel:
        """Fill a missing clip with what was filmed for the one before it, or else after it.

        Footage that nothing wrong is written on goes first: what a model delivered, if that is
        still there, has no words on it.
        """
        before = sorted((other for other in filmed if other < index), reverse=True)
        after = sorted(other for other in filmed if other > index)
        wanted = self._captions(index)

        def has_wrong_words(other: int) -> bool:
            return not _delivered(filmed[other]) and bool(self._captions(other) - wanted)

        chosen = min([*before, *after], key=has_wrong_words)
        source = _delivered(filmed[chosen]) if self._captions(chosen) else None
        written = frozenset() if source else self._captions(chosen)
        made, how = self._fitted(source or filmed[chosen].path, index, wanted - written)
        return Reel(made, how, filmed[chosen].filmed_for, has_wrong_words(chosen))

    def _captions(self, index: int) -> frozenset[Caption]:
        return frozenset(self.plan.captions_in(self.plan.filmed_frames(index)))

    def _fitted(
        self, source: Path, index: int, captions: Collection[Caption]
    ) -> tuple[Path, Literal["exact", "trimmed", "looped"]]:
        frames = self.plan.filmed_frames(index)
        target = self.scratch / f"reel_{index:03d}.mp4"
        done = fit(
            source,
            target,
            n_frames=len(frames),
            **self.form.asked(),
            framing=self.form.framing,
            captions=sorted(captions, key=lambda caption: caption.start),
            first_frame=frames.start,
        )
        return target, done.how


def _delivered(reel: Reel) -> Path | None:
    """Return what a model delivered for a reel, if that is still beside it."""
    source = reel.path.with_suffix(".source.mp4")
    return source if source.is_file() else None


def _check_enough(n_filmed: int, *, n_planned: int, troubles: list[str]) -> None:
    needed = min(MIN_CLIPS, n_planned)
    if n_filmed < needed:
        raise GenerationFailed(
            f"Only {n_filmed} of {n_planned} clips can be used, expected at least {needed} "
            f"({'; '.join(troubles) or 'the others are missing'}). Film the clips again.",
            reason="TOO_FEW_CLIPS",
        )
