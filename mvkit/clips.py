"""Stage 05: one clip per script, filmed in parallel, each made once.

``clips/NNN.mp4`` is the clip in final form and ``clips/NNN.json`` says that it is done, and from
what. A clip whose record carries the digest of its present inputs is kept: an interrupted stage
goes on with the next clip, and a changed plan films only what changed. Clips are independent, so
any process may film any of them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mvkit.errors import GenerationFailed, MvkitError
from mvkit.footage import fit, n_frames_in
from mvkit.providers.base import ClipRequest, Delivery, VideoModel, deliver
from mvkit.run import sha256_of, write_whole
from mvkit.schema import (
    MIN_CLIPS,
    Analysis,
    Brief,
    Clip,
    ClipPrompt,
    Clips,
    Plan,
    Prompts,
    References,
)
from mvkit.settings import get_settings
from mvkit.timing import FPS, frame_at

FOLDER = "clips"


def film_clips(
    folder: Path,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    references: References,
    prompts: Prompts,
    model: VideoModel,
    at_once: int = 0,
) -> Clips:
    """Film every clip that is not there yet.

    Parameters
    ----------
    folder : Path
        The run folder; clips go to ``clips/``.
    brief, analysis, plan, references, prompts
        The artefacts of the stages before.
    model : VideoModel
        Who films.
    at_once : int
        How many clips to film at the same time, at most; 0 means as the settings say. The model
        may allow fewer.

    Raises
    ------
    GenerationFailed
        If fewer than three clips could be filmed (all of them, where fewer were planned).
    """
    started_s = time.monotonic()
    (folder / FOLDER).mkdir(exist_ok=True)
    sound = _sound_digest(analysis)
    pictures = {picture.image_url: picture.sha256 for picture in references.pictures}
    orders = [
        _order(
            _request(folder, brief=brief, analysis=analysis, plan=plan, prompt=prompt),
            facts=(brief.video, sound, [pictures.get(url) for url in _picture_urls(prompt)]),
        )
        for prompt in prompts.clip_prompts
    ]
    for order in orders:
        if not _kept(folder, order):
            _record_path(folder, order).unlink(missing_ok=True)
    most = min(at_once or get_settings().clips_at_once, model.parallel)
    with ThreadPoolExecutor(max_workers=most) as pool:
        clips = list(pool.map(lambda order: _film(folder, order, model), orders))
    _check_enough(clips)
    n_good = sum(clip.status == "success" for clip in clips)
    return Clips(
        job_id=brief.job_id,
        clips=tuple(clips),
        total_clips=len(clips),
        successful_clips=n_good,
        failed_clips=len(clips) - n_good,
        total_cost=sum(clip.cost for clip in clips),
        total_generation_time=round(time.monotonic() - started_s, 3),
    )


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One clip to be made, and the digest of what it is made from."""

    request: ClipRequest
    made_from: str

    @property
    def index(self) -> int:
        return self.request.script.clip_index


def _request(
    folder: Path, *, brief: Brief, analysis: Analysis, plan: Plan, prompt: ClipPrompt
) -> ClipRequest:
    script = plan.clip_scripts[prompt.clip_index]
    width_px, height_px = brief.frame_size_px
    keyframe = prompt.scene_reference_url
    return ClipRequest(
        prompt=prompt,
        script=script,
        scene=next(scene for scene in plan.scenes if scene.id == script.scenes[0]),
        characters=tuple(who for who in plan.characters if who.id in script.characters),
        style=plan.style,
        analysis=analysis,
        frames=plan.filmed_frames(prompt.clip_index),
        handover_frames=_handover_frames(plan, prompt.clip_index),
        width_px=width_px,
        height_px=height_px,
        keyframe=folder / keyframe if keyframe else None,
    )


def _handover_frames(plan: Plan, clip_index: int) -> tuple[int, ...]:
    """Return where transitions end and begin inside a clip, and its inner cuts.

    The composer copies what lies between transitions, and a picture that changes all at once
    looks best, and costs least, as a frame of its own.
    """
    frames = plan.filmed_frames(clip_index)
    cuts = [frame_at(shot.start) for shot in plan.clip_scripts[clip_index].shots[1:]]
    if clip_index > 0:
        cuts.append(plan.filmed_frames(clip_index - 1).stop)
    if clip_index + 1 < len(plan.clip_scripts):
        cuts.append(plan.filmed_frames(clip_index + 1).start)
    inside = {cut - frames.start for cut in cuts}
    return tuple(sorted(frame for frame in inside if 0 < frame < len(frames)))


def _order(request: ClipRequest, *, facts: object) -> _Order:
    """Return a request with the digest of all that its footage depends on."""
    told = [request.prompt, request.script, request.scene, *request.characters, request.style]
    size = (request.width_px, request.height_px, request.frames, request.handover_frames)
    text = json.dumps([[part.model_dump(mode="json") for part in told], repr((size, facts))])
    return _Order(request=request, made_from=hashlib.sha256(text.encode()).hexdigest())


def _sound_digest(analysis: Analysis) -> str:
    """Return the digest of what a clip may dance to."""
    heard = (analysis.beat_timestamps, analysis.downbeat_timestamps, analysis.curves)
    return hashlib.sha256(repr(heard).encode()).hexdigest()


def _picture_urls(prompt: ClipPrompt) -> tuple[str, ...]:
    """Return the reference pictures that a clip may start from."""
    return (*filter(None, [prompt.scene_reference_url]), *prompt.character_reference_urls)


def _film(folder: Path, order: _Order, model: VideoModel) -> Clip:
    """Return the clip of an order: kept from before, filmed now, or failed and saying why."""
    kept = _kept(folder, order)
    if kept:
        return kept
    try:
        clip = _filmed(folder, order, model)
    except MvkitError as error:
        return _failed(order, model=model.name, error=error)
    write_whole(_record_path(folder, order), clip.model_dump_json(indent=1) + "\n")
    return clip


def _kept(folder: Path, order: _Order) -> Clip | None:
    record, footage = _record_path(folder, order), _footage_path(folder, order)
    if not (record.is_file() and footage.is_file()):
        return None
    try:
        clip = Clip.model_validate_json(record.read_bytes())
    except ValueError:  # written by an older version: film it anew
        return None
    return clip if clip.made_from == order.made_from else None


def _filmed(folder: Path, order: _Order, model: VideoModel) -> Clip:
    started_s = time.monotonic()
    request = order.request
    footage = _footage_path(folder, order)
    target = footage if model.films_final_form else footage.with_suffix(".source.mp4")

    def attempt() -> tuple[Delivery, str, float]:
        delivery = model.film(request, target)
        return delivery, *_fitted(target, footage, request)

    (delivery, how, delivered_s), n_retries = deliver(attempt, seed=request.prompt.seed)
    target_s = len(request.frames) / FPS
    return Clip(
        clip_index=order.index,
        video_url=f"{FOLDER}/{footage.name}",
        actual_duration=delivered_s,
        target_duration=target_s,
        duration_diff=round(delivered_s - target_s, 6),
        status="success",
        fit=how,
        first_frame=request.frames.start,
        n_frames=len(request.frames),
        model=delivery.model,
        provider_id=delivery.provider_id,
        cost=float(delivery.cost_usd),
        retry_count=n_retries,
        generation_time=round(time.monotonic() - started_s, 3),
        sha256=sha256_of(footage),
        made_from=order.made_from,
    )


def _fitted(source: Path, footage: Path, request: ClipRequest) -> tuple[str, float]:
    """Bring what was delivered into final form; return what was done and the length delivered."""
    n_frames = len(request.frames)
    if source == footage:
        found = n_frames_in(footage)
        if found != n_frames:
            raise GenerationFailed(
                f"Clip {request.script.clip_index} has {found} frames, expected {n_frames}.",
                reason="CLIP_LENGTH",
            )
        return "exact", n_frames / FPS
    done = fit(
        source,
        footage,
        n_frames=n_frames,
        width_px=request.width_px,
        height_px=request.height_px,
        handover_frames=request.handover_frames,
    )
    return done.how, done.delivered_s


def _failed(order: _Order, *, model: str, error: MvkitError) -> Clip:
    target_s = len(order.request.frames) / FPS
    return Clip(
        clip_index=order.index,
        video_url="",
        actual_duration=0.0,
        target_duration=target_s,
        duration_diff=-target_s,
        status="failed",
        first_frame=order.request.frames.start,
        n_frames=0,
        model=model,
        cost=0.0,
        retry_count=0,
        generation_time=0.0,
        error=error.message,
        made_from=order.made_from,
    )


def _check_enough(clips: Sequence[Clip]) -> None:
    good = [clip for clip in clips if clip.status == "success"]
    needed = min(MIN_CLIPS, len(clips))
    if len(good) < needed:
        why = next(clip.error for clip in clips if clip.status == "failed")
        raise GenerationFailed(
            f"Only {len(good)} of {len(clips)} clips could be filmed, expected at least {needed}. "
            f"The first failure: {why} Start the run again to try the missing ones.",
            reason="TOO_FEW_CLIPS",
        )


def _footage_path(folder: Path, order: _Order) -> Path:
    return folder / FOLDER / f"{order.index:03d}.mp4"


def _record_path(folder: Path, order: _Order) -> Path:
    return folder / FOLDER / f"{order.index:03d}.json"
