"""Stage 03: one picture per scene and per character.

The pictures hold the film together: paid video models start from them, and a person sees at a
glance where the film plays and who is in it. They are painted at the same time, as many as the
model allows. A picture that fails is left out and named; if fewer than half succeed, the status
says so and the prompts go on with text alone (product document, module 5).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from mvkit.errors import BudgetExceeded, Cancelled, MvkitError
from mvkit.files import sha256_of
from mvkit.providers.base import ImageModel, PictureRequest, deliver, picture_identity
from mvkit.schema import (
    Brief,
    Character,
    CharacterReference,
    Plan,
    Reference,
    References,
    ReferencesMetadata,
    Scene,
    SceneReference,
)

FOLDER = "references"
NEGATIVE = "blurry, low quality, deformed, extra limbs, text, captions, watermark, logo"
"""What no picture may show."""
NEGATIVE_OF_PLACES = f"{NEGATIVE}, people, person, crowd"
NEGATIVE_OF_PEOPLE = f"{NEGATIVE}, several people, cropped, cut off, cluttered background"


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One picture to be made: its file name and what to ask for."""

    name: str
    request: PictureRequest


def make_references(
    folder: Path, *, brief: Brief, plan: Plan, model: ImageModel, size_px: int = 1024
) -> References:
    """Paint one picture per scene and per character.

    Parameters
    ----------
    folder : Path
        The run folder; pictures go to ``references/``.
    brief, plan
        The wish and the plan.
    model : ImageModel
        Who paints.
    size_px : int
        Width and height of each picture.

    The status is ``success``, ``partial`` (at least half are there) or ``text_only``.

    Raises
    ------
    BudgetExceeded, Cancelled
        If painting was stopped; what is bought is kept.
    """
    started_s = time.monotonic()
    (folder / FOLDER).mkdir(exist_ok=True)
    orders = _orders(brief, plan, size_px=size_px)
    with ThreadPoolExecutor(max_workers=model.parallel) as pool:
        outcomes = list(pool.map(lambda order: _paint(folder, order, model), orders))
    made = [outcome for outcome in outcomes if isinstance(outcome, Reference)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, str)]
    return _references(
        made, failures, job_id=brief.job_id, size_px=size_px, took_s=time.monotonic() - started_s
    )


def _orders(brief: Brief, plan: Plan, *, size_px: int) -> list[_Order]:
    places = [
        _Order(
            name=f"scene_{scene.id}",
            request=PictureRequest(
                prompt=_scene_prompt(scene, plan),
                negative_prompt=", ".join((NEGATIVE_OF_PLACES, *plan.avoid)),
                width_px=size_px,
                height_px=size_px,
                seed=brief.seed + index,
                style=plan.style,
                scene=scene,
            ),
        )
        for index, scene in enumerate(plan.scenes)
    ]
    people = [
        _Order(
            name=f"char_{character.id}",
            request=PictureRequest(
                prompt=_character_prompt(character, plan),
                negative_prompt=", ".join((NEGATIVE_OF_PEOPLE, *plan.avoid)),
                width_px=size_px,
                height_px=size_px,
                seed=character.seed,
                style=plan.style,
                character=character,
            ),
        )
        for character in plan.characters
    ]
    return places + people


def _scene_prompt(scene: Scene, plan: Plan) -> str:
    when = f"{scene.time_of_day}, {scene.weather} weather"
    return f"{scene.description}, {when}, {_look(plan)}, empty of people, establishing view"


def _character_prompt(character: Character, plan: Plan) -> str:
    return f"{character.description}, full figure, plain backdrop, {_look(plan)}"


def _look(plan: Plan) -> str:
    colours = ", ".join(plan.style.color_palette)
    return f"{plan.style.visual_style}, {plan.style.lighting}, palette {colours}"


def _paint(folder: Path, order: _Order, model: ImageModel) -> Reference | str:
    """Return the finished reference, or a sentence that says why there is none."""
    started_s = time.monotonic()
    target = folder / FOLDER / f"{order.name}.png"
    identity = picture_identity(order.request, model=model.name)
    request = replace(order.request, identity=identity)
    try:
        delivery, _ = deliver(lambda: model.paint(request, target), seed=request.seed)
    except (BudgetExceeded, Cancelled):  # no other picture would come out either
        raise
    except MvkitError as error:
        return f"{order.name}: {error.message}"
    common = {
        "image_url": f"{FOLDER}/{target.name}",
        "prompt_used": request.prompt,
        "generation_time": round(time.monotonic() - started_s, 3),
        "cost": float(delivery.cost_usd),
        "model": delivery.model,
        "seed": request.seed,
        "sha256": sha256_of(target),
    }
    if request.scene:
        return SceneReference.model_validate({**common, "scene_id": request.scene.id})
    assert request.character is not None
    return CharacterReference.model_validate({**common, "character_id": request.character.id})


def _references(
    made: Sequence[Reference], failures: Sequence[str], *, job_id: str, size_px: int, took_s: float
) -> References:
    enough = len(made) >= len(failures)
    scenes = tuple(ref for ref in made if isinstance(ref, SceneReference))
    people = tuple(ref for ref in made if isinstance(ref, CharacterReference))
    return References(
        job_id=job_id,
        scene_references=scenes,
        character_references=people,
        total_references=len(made),
        total_generation_time=round(took_s, 3),
        total_cost=sum(ref.cost for ref in made),
        status="success" if not failures else "partial" if enough else "text_only",
        metadata=ReferencesMetadata(
            dimensions=f"{size_px}x{size_px}",
            scenes_generated=len(scenes),
            characters_generated=len(people),
            failures=tuple(failures),
        ),
    )
