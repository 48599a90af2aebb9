"""A plan told as a screenplay: what a language model is shown of the draft.

Contents
--------
as_screenplay
"""

from __future__ import annotations

from mvkit.director.screenplay.shape import (
    MAX_CHARS_PER_WORD,
    MAX_PASSAGE_WORDS,
    MAX_STORY_WORDS,
    ActSketch,
    CharacterSketch,
    ClipSketch,
    SceneSketch,
    Screenplay,
    ShotSketch,
    StyleSketch,
)
from mvkit.schema import ClipScript, Plan, Shot


def as_screenplay(draft: Plan) -> Screenplay:
    """Return a plan as a screenplay: an example to start from."""
    starts_s = [script.start for script in draft.clip_scripts]
    return Screenplay(
        summary=_first_words(draft.video_summary, MAX_STORY_WORDS),
        treatment=_first_words(draft.treatment, MAX_STORY_WORDS),
        format=draft.format,
        acts=tuple(
            ActSketch(
                name=act.name,
                first_clip=starts_s.index(act.start),
                story=_first_words(act.story, MAX_PASSAGE_WORDS),
            )
            for act in draft.acts
        ),
        motif=_first_words(draft.motif, MAX_PASSAGE_WORDS),
        style=StyleSketch.model_validate(draft.style.model_dump()),
        characters=tuple(
            CharacterSketch.model_validate(character.model_dump(exclude={"seed"}))
            for character in draft.characters
        ),
        scenes=tuple(SceneSketch.model_validate(scene.model_dump()) for scene in draft.scenes),
        clips=tuple(_sketch(script, draft) for script in draft.clip_scripts),
    )


def _first_words(text: str, most: int) -> str:
    return " ".join(word[:MAX_CHARS_PER_WORD] for word in text.split()[:most])


def _sketch(script: ClipScript, draft: Plan) -> ClipSketch:
    return ClipSketch(
        clip_index=script.clip_index,
        description=script.visual_description,
        mood=draft.style.mood,
        lighting=script.lighting,
        scene=script.scenes[0],
        characters=script.characters,
        shots=tuple(_shot_sketch(shot) for shot in script.shots),
        rules=(),
    )


def _shot_sketch(shot: Shot) -> ShotSketch:
    return ShotSketch(
        size=shot.size,
        angle=shot.angle,
        move=shot.move,
        action=shot.action,
        peopled=bool(shot.characters),
    )
