"""The call sheet: what is to be filmed, clip by clip, and what each clip depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mvkit.footage import LEAD_FRAMES
from mvkit.providers.base import ClipRequest
from mvkit.schema import Analysis, Brief, ClipPrompt, Plan, Prompts, References, Shot
from mvkit.timing import frame_at


def call_sheet(
    folder: Path,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    references: References,
    prompts: Prompts,
) -> tuple[ClipRequest, ...]:
    """Return one request per clip, each with its identity.

    Parameters
    ----------
    folder : Path
        The run folder, which holds the reference pictures.
    brief, analysis, plan, references, prompts
        The artefacts of the stages before.
    """
    makers = (brief.video, brief.image)
    sound = _sound_digest(analysis)
    pictures = {picture.image_url: picture.sha256 for picture in references.pictures}
    shots = plan.whole_shots()
    return tuple(
        _identified(
            _request(folder, brief=brief, analysis=analysis, plan=plan, shots=shots, prompt=prompt),
            facts=(makers, sound, [pictures.get(url) for url in _picture_urls(prompt)]),
        )
        for prompt in prompts.clip_prompts
    )


def _request(
    folder: Path,
    *,
    brief: Brief,
    analysis: Analysis,
    plan: Plan,
    shots: Sequence[Shot],
    prompt: ClipPrompt,
) -> ClipRequest:
    script = plan.clip_scripts[prompt.clip_index]
    width_px, height_px = brief.frame_size_px
    own = [n for n, shot in enumerate(shots) if shot.start < script.end and script.start < shot.end]
    return ClipRequest(
        prompt=prompt,
        script=script,
        first_shot=own[0],
        before_s=script.start - shots[own[0]].start,
        after_s=shots[own[-1]].end - script.end,
        follows=prompt.clip_index - 1 if plan.goes_on(prompt.clip_index) else None,
        scene=next(scene for scene in plan.scenes if scene.id == script.scenes[0]),
        characters=tuple(who for who in plan.characters if who.id in script.characters),
        style=plan.style,
        analysis=analysis,
        frames=plan.filmed_frames(prompt.clip_index),
        handover_frames=_handover_frames(plan, prompt.clip_index),
        width_px=width_px,
        height_px=height_px,
        bands=folder / analysis.bands_url if analysis.bands_url else None,
        keyframe=folder / prompt.scene_reference_url if prompt.scene_reference_url else None,
        references=tuple(folder / url for url in _picture_urls(prompt)),
        quality=brief.quality,
        framing=brief.framing,
        captions=plan.captions_in(plan.filmed_frames(prompt.clip_index)),
    )


def _handover_frames(plan: Plan, clip_index: int) -> tuple[int, ...]:
    """Return where transitions end and begin inside a clip, its inner cuts, and the lead to each.

    The composer copies what lies between transitions, and a picture that changes all at once
    looks best, and costs least, as a frame of its own. Who verifies the film enters it shortly
    before each change.
    """
    frames = plan.filmed_frames(clip_index)
    cuts = [frame_at(shot.start) for shot in plan.clip_scripts[clip_index].shots[1:]]
    if clip_index > 0:
        cuts.append(plan.filmed_frames(clip_index - 1).stop)
    if clip_index + 1 < len(plan.clip_scripts):
        cuts.append(plan.filmed_frames(clip_index + 1).start)
    inside = {cut - frames.start - lead for cut in cuts for lead in (0, LEAD_FRAMES)}
    return tuple(sorted(frame for frame in inside if 0 < frame < len(frames)))


def _identified(request: ClipRequest, *, facts: object) -> ClipRequest:
    """Return a request with the digest of all that its footage depends on.

    How far its shots reach into the clips beside it is left out: a change there films this clip
    no second time. So are the words over it, its quality and its framing: they are no reason to
    buy it again.
    """
    told = [request.prompt, request.script, request.scene, *request.characters, request.style]
    size = (request.width_px, request.height_px, request.frames, request.handover_frames)
    facts_of = [
        part.model_dump(mode="json", exclude={"locked"}, exclude_defaults=True) for part in told
    ]
    text = json.dumps([facts_of, repr((size, facts))])
    return replace(request, identity=hashlib.sha256(text.encode()).hexdigest())


def _sound_digest(analysis: Analysis) -> str:
    """Return the digest of what a clip may dance to."""
    parts = tuple(section.start for section in analysis.song_structure)
    heard = (analysis.beat_timestamps, analysis.downbeat_timestamps, analysis.curves, parts)
    return hashlib.sha256(repr(heard).encode()).hexdigest()


def _picture_urls(prompt: ClipPrompt) -> tuple[str, ...]:
    """Return the reference pictures that a clip may start from."""
    return (*filter(None, [prompt.scene_reference_url]), *prompt.character_reference_urls)
