"""A screenplay laid over the director's draft: its words and choices, the draft's times.

Contents
--------
as_screenplay, faults_of, stage
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from mvkit.director.knowledge import CHOSEN_PALETTE, Knowledge
from mvkit.director.prose import tell_angles, tell_motion
from mvkit.director.screenplay.shape import (
    MAX_AT_ONCE,
    MAX_CHARS_PER_WORD,
    MAX_STORY_WORDS,
    CharacterSketch,
    ClipSketch,
    SceneSketch,
    Screenplay,
    ShotSketch,
    StyleSketch,
)
from mvkit.schema import Character, ClipScript, Plan, Scene, Shot, Style

BY_SCREENPLAY = "by_screenplay"
"""Id of the principle that decisions of a screenplay name."""


def as_screenplay(draft: Plan) -> Screenplay:
    """Return a plan as a screenplay: an example to start from."""
    return Screenplay(
        summary=_first_words(draft.video_summary),
        treatment=_first_words(draft.treatment),
        style=StyleSketch.model_validate(draft.style.model_dump()),
        characters=tuple(
            CharacterSketch.model_validate(character.model_dump(exclude={"seed"}))
            for character in draft.characters
        ),
        scenes=tuple(SceneSketch.model_validate(scene.model_dump()) for scene in draft.scenes),
        clips=tuple(_sketch(script, draft) for script in draft.clip_scripts),
    )


def _first_words(text: str) -> str:
    return " ".join(word[:MAX_CHARS_PER_WORD] for word in text.split()[:MAX_STORY_WORDS])


def _sketch(script: ClipScript, draft: Plan) -> ClipSketch:
    return ClipSketch(
        clip_index=script.clip_index,
        description=script.visual_description,
        mood=draft.style.mood,
        scene=script.scenes[0],
        characters=script.characters,
        shots=tuple(
            ShotSketch(
                size=shot.size,
                angle=shot.angle,
                move=shot.move,
                action=shot.action,
                peopled=bool(shot.characters),
            )
            for shot in script.shots
        ),
        rules=(),
    )


def faults_of(
    screenplay: Screenplay, draft: Plan, *, knowledge: Knowledge, home: str = ""
) -> list[str]:
    """Return what keeps a screenplay from being laid over a draft, a sentence each.

    Parameters
    ----------
    home : str
        Id of the world that somebody chose for the film; empty if nobody did.
    """
    worlds = {world.id for world in knowledge.worlds}
    places = {scene.id for scene in screenplay.scenes}
    people = {character.id for character in screenplay.characters}
    return [
        *_doubles("scenes", (scene.id for scene in screenplay.scenes)),
        *_doubles("characters", (character.id for character in screenplay.characters)),
        *_unknown("scenes name the worlds", (s.world for s in screenplay.scenes), worlds),
        *_unknown("clips name the scenes", (c.scene for c in screenplay.clips), places),
        *_unknown(
            "clips name the characters",
            (name for clip in screenplay.clips for name in clip.characters),
            people,
        ),
        *_choice_faults(screenplay, draft, home=home),
        *_clip_faults(screenplay, draft),
    ]


def _doubles(kind: str, ids: Iterable[str]) -> Iterator[str]:
    double = sorted(name for name, n in Counter(ids).items() if n > 1)
    if double:
        yield f"two {kind} have the id {', '.join(double)}"


def _unknown(what: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    unknown = sorted(set(names) - known)
    if unknown:
        yield f"{what} {', '.join(unknown)}, expected some of {', '.join(sorted(known))}"


def _choice_faults(screenplay: Screenplay, draft: Plan, *, home: str) -> Iterator[str]:
    """Yield what goes against a person's own choice."""
    if screenplay.characters and not draft.characters:
        yield "there are characters, but the user wants nobody to be seen"
    seen = {clip.scene for clip in screenplay.clips}
    if home and not any(scene.world == home and scene.id in seen for scene in screenplay.scenes):
        yield f"no clip plays in {home}, the world that the user chose"


def _clip_faults(screenplay: Screenplay, draft: Plan) -> Iterator[str]:
    found = [clip.clip_index for clip in screenplay.clips]
    n_clips = len(draft.clip_scripts)
    if found != list(range(n_clips)):
        yield f"the clips are numbered {found}, expected 0 to {n_clips - 1}, each once, in order"
        return
    for clip, script in zip(screenplay.clips, draft.clip_scripts, strict=True):
        if len(clip.shots) != len(script.shots):
            yield (
                f"clip {clip.clip_index} has {len(clip.shots)} shots, expected "
                f"{len(script.shots)}, as the draft has cuts"
            )
        if len(clip.characters) > MAX_AT_ONCE:
            yield f"clip {clip.clip_index} has more than {MAX_AT_ONCE} characters"


def stage(
    screenplay: Screenplay,
    draft: Plan,
    *,
    planner: str,
    knowledge: Knowledge,
    with_shots: bool = True,
) -> Plan:
    """Lay a screenplay over a draft.

    Parameters
    ----------
    screenplay : Screenplay
        One without :func:`faults_of` its own.
    draft : Plan
        Whose times, cuts and transitions stand.
    planner : str
        Who wrote the screenplay.
    knowledge : Knowledge
        The rules.
    with_shots : bool
        Whether sizes, angles and moves are the screenplay's; else they are the draft's.

    Raises
    ------
    ValidationError
        If the result is no plan.
    """
    scripts = tuple(
        _script(script, clip, screenplay, knowledge, with_shots=with_shots)
        for script, clip in zip(draft.clip_scripts, screenplay.clips, strict=True)
    )
    played = {script.scenes[0] for script in scripts}
    cast = {name for script in scripts for name in script.characters}
    return Plan.model_validate(
        {
            **dict(draft),
            "planner": planner,
            "video_summary": screenplay.summary,
            "treatment": screenplay.treatment,
            "style": _style(screenplay, draft),
            "scenes": [_scene(scene) for scene in screenplay.scenes if scene.id in played],
            "characters": [
                _character(character, seed=_seed(draft) + index)
                for index, character in enumerate(screenplay.characters)
                if character.id in cast
            ],
            "clip_scripts": scripts,
        }
    )


def _style(screenplay: Screenplay, draft: Plan) -> Style:
    """Return the screenplay's style; colours that somebody chose stay."""
    told = screenplay.style.model_dump()
    if CHOSEN_PALETTE in draft.understood:
        told["color_palette"] = draft.style.color_palette
    return Style.model_validate(told)


def _scene(sketch: SceneSketch) -> Scene:
    return Scene.model_validate(sketch.model_dump())


def _character(sketch: CharacterSketch, *, seed: int) -> Character:
    return Character.model_validate({**sketch.model_dump(), "seed": seed})


def _seed(draft: Plan) -> int:
    """Return the seed of the first person's pictures."""
    return draft.characters[0].seed if draft.characters else 1


def _script(
    script: ClipScript,
    clip: ClipSketch,
    screenplay: Screenplay,
    knowledge: Knowledge,
    *,
    with_shots: bool,
) -> ClipScript:
    pairs = zip(script.shots, clip.shots, strict=True)
    shots = tuple(
        _shot(shot, sketch, clip, knowledge, as_told=with_shots) for shot, sketch in pairs
    )
    world = next(scene.world for scene in screenplay.scenes if scene.id == clip.scene)
    return ClipScript.model_validate(
        {
            **dict(script),
            "visual_description": f"{clip.description.rstrip('. ')}. The mood is {clip.mood}.",
            "motion": tell_motion(shots, script.beat_intensity),
            "camera_angle": tell_angles(shots),
            "characters": tuple(dict.fromkeys(name for s in shots for name in s.characters)),
            "scenes": (clip.scene,),
            "shots": shots,
            "rules": _reasons(script, clip, world, knowledge),
        }
    )


def _reasons(
    script: ClipScript, clip: ClipSketch, world: str, knowledge: Knowledge
) -> tuple[str, ...]:
    """Return why a clip is as it is: the cuts are the director's, the rest is the screenplay's.

    Names of rules that there are not are no reasons.
    """
    cutting = {rule.id for rule in knowledge.rules if "shot_s" in rule.then}
    known = {rule.id for rule in knowledge.rules}
    kept = (rule for rule in script.rules if rule in cutting)
    followed = (rule for rule in clip.rules if rule in known)
    return tuple(dict.fromkeys((BY_SCREENPLAY, world, *followed, *kept)))


def _shot(
    shot: Shot, sketch: ShotSketch, clip: ClipSketch, knowledge: Knowledge, *, as_told: bool
) -> Shot:
    """Return a shot of the draft as the screenplay has it; its times stay."""
    told = {"size": sketch.size, "angle": sketch.angle, "move": sketch.move}
    changed = shot.model_copy(
        update={
            **(told if as_told else {}),
            "action": sketch.action,
            "characters": clip.characters if sketch.peopled else (),
        }
    )
    if changed == shot:
        return shot
    favouring = {rule.id for rule in knowledge.rules if rule.favours(changed)}
    kept = (rule for rule in shot.rules if rule in favouring)
    return changed.model_copy(update={"rules": (BY_SCREENPLAY, *kept)})
