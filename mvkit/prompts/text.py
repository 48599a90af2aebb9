"""The text of one prompt: its parts in a model's order, and within what it reads.

Style and people are never shortened. Of the rest, what matters most is taken first, as long as
there is room, and always whole: only an action that is too long by itself loses its last clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mvkit.errors import InvalidArtefact
from mvkit.prompts.light import light_sentences
from mvkit.prompts.sentences import closed, listed, sentences_of, whole_clauses
from mvkit.schema import Character, ClipScript, Plan, Scene
from mvkit.schema.dialect import Dialect, Part

MIN_SCENE_WORDS = 12
"""So many words at least must be left for what is seen."""
BY_WEIGHT: tuple[Part, ...] = ("avoid", "camera", "angle", "place", "light", "details")
"""What is told after the action, as far as there is room: what matters most first."""


def prompt_text(
    script: ClipScript,
    *,
    plan: Plan,
    scene: Scene,
    people: Sequence[Character],
    style: str,
    dialect: Dialect,
) -> str:
    """Return what is seen, who, where, how it is filmed, and the style.

    Parameters
    ----------
    script : ClipScript
        The clip.
    plan : Plan
        For the film's colours, and for what must not be seen.
    scene, people
        Where it plays, and who is in it.
    style : str
        The sentence that all prompts share.
    dialect : Dialect
        Order and limits.

    Raises
    ------
    InvalidArtefact
        If style and people alone leave no room for what is seen.
    """
    action, *details = sentences_of(script.visual_description)
    wanted: Mapping[Part, Iterable[str]] = {
        "avoid": _avoidance(plan, dialect),
        "camera": [script.motion],
        "angle": [script.camera_angle],
        "place": [scene.description],
        "light": light_sentences(script, plan.style.color_palette),
        "details": details,
    }
    told: dict[Part, list[str]] = {part: [] for part in dialect.order}
    told["people"] = [closed(person.description) for person in people]
    told["style"] = [closed(style)]
    _require_room(_joined(told), dialect, clip_index=script.clip_index)

    def fits(sentence: str) -> bool:
        return dialect.fits(f"{_joined(told)} {sentence}")

    told["action"] = [whole_clauses(action, fits)]
    for part in BY_WEIGHT:
        for sentence in map(closed, wanted[part]):
            if fits(sentence):
                told[part].append(sentence)
    return _joined(told)


def _joined(told: Mapping[Part, Iterable[str]]) -> str:
    return " ".join(sentence for part in told.values() for sentence in part if sentence)


def _avoidance(plan: Plan, dialect: Dialect) -> tuple[str, ...]:
    """Return what must not be seen as a sentence, for a model that is told so."""
    if not plan.avoid or dialect.negative != "sentence":
        return ()
    return (f"Avoid generating any {listed(plan.avoid, by='or')}",)


def _require_room(fixed: str, dialect: Dialect, *, clip_index: int) -> None:
    room = dialect.words_left(fixed)
    if room < MIN_SCENE_WORDS:
        raise InvalidArtefact(
            f"The style and the people of clip {clip_index} leave {max(room, 0)} words of "
            f"{dialect.words} for what is seen, expected {MIN_SCENE_WORDS} at least. Shorten "
            "style or characters in the plan."
        )
