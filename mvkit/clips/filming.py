"""Filming all clips of a run at the same time, and gathering what came out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from mvkit.clips.keyframes import Keyframes
from mvkit.clips.shoot import Shoot
from mvkit.errors import Cancelled, GenerationFailed
from mvkit.providers.base import VideoModel
from mvkit.schema import MIN_CLIPS, Analysis, Brief, Clip, Clips, Plan, Prompts, References
from mvkit.settings import get_settings
from mvkit.soundtrack import soundtrack


def film_clips(
    folder: Path,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    references: References,
    prompts: Prompts,
    model: VideoModel,
    fallback: VideoModel | None = None,
    stand_in: VideoModel | None = None,
    keyframes: Keyframes | None = None,
    at_once: int = 0,
    missing: Literal["film", "fail"] = "film",
) -> Clips:
    """Gather all clips, filming those that are not there yet.

    Parameters
    ----------
    folder : Path
        The run folder; clips go to ``clips/``.
    brief, analysis, plan, references, prompts
        The artefacts of the stages before.
    model : VideoModel
        Who films.
    fallback, stand_in : VideoModel, optional
        Who films the clips that the model cannot make, and those that the fallback cannot either.
    keyframes : Keyframes, optional
        Who paints the pictures that clips start from, for models that want them.
    at_once : int
        How many clips to film at the same time, at most; 0 means as the settings say. The model
        may allow fewer.
    missing : {'film', 'fail'}
        Whether to film what is not there, or to count it as failed: where others have filmed.

    Raises
    ------
    GenerationFailed
        If fewer than three clips could be filmed (all of them, where fewer were planned), or the
        disk is full.
    BudgetExceeded, Cancelled
        If filming was stopped; what is filmed is kept.
    """
    started_s = time.monotonic()
    shoot = Shoot(
        folder,
        brief=brief,
        analysis=analysis,
        plan=plan,
        references=references,
        prompts=prompts,
        model=model,
        fallback=fallback,
        stand_in=stand_in,
        keyframes=keyframes,
    )
    if missing == "film":
        with ThreadPoolExecutor(max_workers=1) as beside:
            beside.submit(soundtrack, folder / brief.song_file)  # if it fails, the composer tells
            clips = _film_all(shoot, at_once=at_once or get_settings().clips_at_once)
        took_s = time.monotonic() - started_s
    else:
        clips = [shoot.found(index) for index in range(shoot.n_clips)]
        took_s = sum(clip.generation_time for clip in clips)  # of work, by whoever filmed
    _check_enough(clips)
    n_good = sum(clip.status == "success" for clip in clips)
    return Clips(
        job_id=brief.job_id,
        clips=tuple(clips),
        total_clips=len(clips),
        successful_clips=n_good,
        failed_clips=len(clips) - n_good,
        total_cost=sum(clip.cost for clip in clips),
        total_generation_time=round(took_s, 3),
    )


def _film_all(shoot: Shoot, *, at_once: int) -> list[Clip]:
    """Film every clip; an error stops the filming once the clips begun are done.

    Clips that go on in one shot are filmed one after the other.
    """
    stopped = threading.Event()

    def film(index: int) -> Clip:
        if stopped.is_set():
            raise Cancelled(f"Clip {index} was not begun: another one stopped the filming.")
        try:
            return shoot.film(index)
        except BaseException:
            stopped.set()
            raise

    def film_in_turn(indices: Iterable[int]) -> list[Clip]:
        return [film(index) for index in indices]

    shoot.slates.forget_stale()
    with ThreadPoolExecutor(max_workers=min(at_once, shoot.parallel)) as pool:
        # Clips are begun in order, so the error that stops the filming is met before those of
        # the clips that it kept from being begun.
        return [clip for clips in pool.map(film_in_turn, shoot.in_turn()) for clip in clips]


def _check_enough(clips: Sequence[Clip]) -> None:
    good = [clip for clip in clips if clip.status == "success"]
    needed = min(MIN_CLIPS, len(clips))
    if len(good) < needed:
        why = next(clip.error for clip in clips if clip.status == "failed")
        raise GenerationFailed(
            f"Only {len(good)} of {len(clips)} clips could be filmed, expected at least {needed}. "
            f"The first failure: {why} Start the run again to try the missing ones; what is filmed "
            "is kept. Should it fail again, choose another model with MVKIT_VIDEO, or name one in "
            "MVKIT_VIDEO_FALLBACK or MVKIT_STAND_IN that films what the first cannot.",
            reason="TOO_FEW_CLIPS",
        )
