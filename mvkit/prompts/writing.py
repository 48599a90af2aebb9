"""Stage 04 itself: one prompt per clip, with its seed, its pictures and what it must not show."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

from mvkit.prompts.checks import faults_of
from mvkit.prompts.style import QUALITY, style_keywords, style_sentence
from mvkit.prompts.text import prompt_text
from mvkit.schema import (
    Brief,
    Character,
    ClipPrompt,
    ClipScript,
    Plan,
    PromptMetadata,
    Prompts,
    References,
    Scene,
)
from mvkit.schema.dialect import Dialect
from mvkit.timing import seconds_at

NEGATIVE = (
    "blurry, low quality, distorted faces, extra limbs, flicker, text, captions, watermark, logo"
)
NEGATIVE_UNPEOPLED = "people, person, crowd"


def write_prompts(
    brief: Brief,
    plan: Plan,
    references: References,
    *,
    dialect: Dialect | None = None,
    quality: str = QUALITY,
    negative: str = NEGATIVE,
) -> Prompts:
    """Write one prompt per clip.

    Parameters
    ----------
    brief : Brief
        The wish, for its seed.
    plan : Plan
        What is seen in each clip.
    references : References
        Pictures that the prompts point to, where they exist.
    dialect : Dialect, optional
        How the model that films wants to be told; see :func:`mvkit.providers.dialects.dialect_of`.
        Without one, prompts have the structure of the product document.
    quality : str
        Closes every style sentence.
    negative : str
        What no clip may show, separated by commas.

    Returns
    -------
    Prompts
        Each of fewer than 200 words. ``duration`` covers the clip's halves of transitions; the
        seed is the same for all first takes of one scene with the same people.

    Raises
    ------
    InvalidArtefact
        If style and people alone leave no room for what is seen.
    """
    started_s = time.perf_counter()
    film = _Film(
        brief=brief,
        plan=plan,
        references=references,
        dialect=dialect or Dialect(),
        style=style_sentence(plan.style, quality=quality),
        negative=negative,
    )
    prompts = tuple(_clip_prompt(script, film) for script in plan.clip_scripts)
    return Prompts(
        job_id=brief.job_id,
        clip_prompts=prompts,
        total_clips=len(prompts),
        generation_time=time.perf_counter() - started_s,
    )


@dataclass(frozen=True, kw_only=True)
class _Film:
    """What all prompts of a film have in common."""

    brief: Brief
    plan: Plan
    references: References
    dialect: Dialect
    style: str
    negative: str


def _clip_prompt(script: ClipScript, film: _Film) -> ClipPrompt:
    plan, style, dialect = film.plan, film.style, film.dialect
    scene = next(scene for scene in plan.scenes if scene.id == script.scenes[0])
    people = [person for person in plan.characters if person.id in script.characters]
    text = prompt_text(script, plan=plan, scene=scene, people=people, style=style, dialect=dialect)
    faults = faults_of(
        text, style=style, people=people, action=script.visual_description, dialect=dialect
    )
    places, portraits = _pictures(film.references)
    return ClipPrompt(
        clip_index=script.clip_index,
        prompt=text,
        negative_prompt=_negative(film, peopled=bool(people)),
        duration=seconds_at(len(plan.filmed_frames(script.clip_index))),
        scene_reference_url=places.get(scene.id),
        character_reference_urls=tuple(
            portraits[person.id] for person in people if person.id in portraits
        ),
        seed=_seed(film.brief, scene, people, take=script.take),
        metadata=PromptMetadata(
            word_count=len(text.split()),
            style_keywords=style_keywords(plan.style),
            scene_id=scene.id,
            character_ids=tuple(person.id for person in people),
            validated=not faults,
        ),
    )


def _negative(film: _Film, *, peopled: bool) -> str:
    """Return what must not be seen: what never should, what the wish forbids, and people.

    It is told to all who can be told; where it is too long, what is usual goes first.
    """
    usual = film.negative.split(", ")
    forbidden = [words for words in film.plan.avoid if words not in usual]
    told = [*usual, *forbidden, *([] if peopled else NEGATIVE_UNPEOPLED.split(", "))]
    most = film.dialect.characters
    while most and len(", ".join(told)) > most:
        del told[0]
    return ", ".join(told)


def _pictures(references: References) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pictures of scenes and of characters; none where too many are missing."""
    if references.status == "text_only":
        return {}, {}
    places = {picture.scene_id: picture.image_url for picture in references.scene_references}
    people = {
        picture.character_id: picture.image_url for picture in references.character_references
    }
    return places, people


def _seed(brief: Brief, scene: Scene, people: Iterable[Character], *, take: int) -> int:
    """Return a seed that depends on the brief's seed, the scene, the people and the take alone."""
    again = [f"take {take}"] if take > 1 else []
    names = " ".join([str(brief.seed), scene.id, *(person.id for person in people), *again])
    return int.from_bytes(hashlib.sha256(names.encode()).digest()[:4], "big") % 2**31
