"""What a person changes in one clip, said as consistently as the director says it.

A change of shots is told in the clip's sentences on motion and angles, a change of place in a
scene, and both in what is seen, unless somebody put that into words of their own: those stand as
they are. The rules that a change overrides are no reasons any more; ``by_hand`` is one instead.

Contents
--------
Revision, revise_clip
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from mvkit.director.casting import cast_of
from mvkit.director.choices import pick
from mvkit.director.imagery import stage_told
from mvkit.director.joints import stepped, straightened
from mvkit.director.knowledge import (
    BY_HAND,
    CHOSEN_PLACE,
    OWN_WORDS,
    Knowledge,
    Motif,
    load_knowledge,
)
from mvkit.director.places import dressed
from mvkit.director.prose import ClipWriter, Script, tell_angles, tell_motion
from mvkit.director.transitions import USUAL_S
from mvkit.director.wish import recall_wish
from mvkit.errors import InvalidInput
from mvkit.schema import ClipChange, ClipScript, Plan, Scene, Shot, ShotChange, Transition
from mvkit.schema.plan import TransitionType
from mvkit.timing import frame_at, seconds_at

RATIONALE = "Chosen by hand."
OptionT = TypeVar("OptionT", bound=str)


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What a change makes of a clip.

    Attributes
    ----------
    script : ClipScript
        The clip as it is filmed now, in place of the plan's; the same if that does not change.
    scene : Scene or None
        Where it plays, if that is a place which the plan does not have.
    transition : Transition or None
        How the clip before gives way to it, if that changes.
    """

    script: ClipScript
    scene: Scene | None
    transition: Transition | None


def revise_clip(
    plan: Plan, clip_index: int, change: ClipChange, *, knowledge: Knowledge | None = None
) -> Revision:
    """Change one clip of a plan.

    Parameters
    ----------
    plan : Plan
        The plan in effect.
    clip_index : int
        Which clip.
    change : ClipChange
        What is wanted; what is None or as it was leaves the clip as it is. A world that does not
        offer the clip's time of day or weather is dressed in its own.
    knowledge : Knowledge, optional
        What the director knows; by default all of it.

    Raises
    ------
    InvalidInput
        If there is no such clip (``NO_CLIP``) or world (``NO_WORLD``), or if the world, the shots
        or the transition cannot be as wanted (``CHANGE``), saying what is possible.
    """
    knowledge = knowledge or load_knowledge()
    if not 0 <= clip_index < len(plan.clip_scripts):
        raise InvalidInput(
            f"There is no clip {clip_index}; the film has clips 0 to {len(plan.clip_scripts) - 1}.",
            reason="NO_CLIP",
        )
    before = plan.clip_scripts[clip_index]
    scene = _scene(plan, before, change, knowledge)
    script = _with_shots(before, change, knowledge)
    script = _with_place(script, scene, knowledge)
    script = _fitting(script, plan, before, mends_sizes=change.shots is None)
    script = _with_words(script, before, change.visual_description, plan, scene, knowledge)
    return Revision(
        script=script,
        scene=None if scene in plan.scenes else scene,
        transition=_transition(plan, clip_index, change.transition),
    )


def _scene(plan: Plan, script: ClipScript, change: ClipChange, knowledge: Knowledge) -> Scene:
    """Return where the clip shall play: a place of the plan if it has this one."""
    here = next(scene for scene in plan.scenes if scene.id == script.scenes[0])
    if not (change.world or change.time_of_day or change.weather):
        return here
    place = knowledge.place_of(here)
    world = pick(knowledge.worlds, change.world, kind="world") if change.world else place
    # What the wish asked for stays where it is, even if the world does not offer it.
    stays = world.id == place.id
    times = (*world.times, here.time_of_day) if stays else world.times
    weathers = (*world.weathers, here.weather) if stays else world.weathers
    time = _offered(change.time_of_day, here.time_of_day, times, place=world.name)
    weather = _offered(change.weather, here.weather, weathers, place=world.name)
    wanted = (world.id, time, weather)
    for scene in (here, *plan.scenes):
        if (knowledge.place_of(scene).id, scene.time_of_day, scene.weather) == wanted:
            return scene
    return dressed(world, time=time, weather=weather, knowledge=knowledge)


def _offered(
    asked: OptionT | None, now: OptionT, offered: tuple[OptionT, ...], *, place: str
) -> OptionT:
    """Return what is asked for; else what is now, if the place offers it, else its own."""
    if asked is None:
        return now if now in offered else offered[0]
    if asked not in offered:
        possible = ", ".join(dict.fromkeys(offered))
        raise InvalidInput(
            f"There is no {asked} in {place}; choose one of {possible}.", reason="CHANGE"
        )
    return asked


def _with_shots(script: ClipScript, change: ClipChange, knowledge: Knowledge) -> ClipScript:
    """Return a script with its shots changed, and how they are told."""
    if change.shots is None:
        return script
    if len(change.shots) != len(script.shots):
        raise InvalidInput(
            f"Clip {script.clip_index + 1} has {len(script.shots)} shots, but changes of "
            f"{len(change.shots)} are given; give one for each shot, in order.",
            reason="CHANGE",
        )
    pairs = zip(script.shots, change.shots, strict=True)
    shots = tuple(_changed_shot(shot, wanted, knowledge) for shot, wanted in pairs)
    if shots == script.shots:
        return script
    told = _with_told(script, shots)
    return told.model_copy(update={"rules": _joined(script.rules, BY_HAND)})


def _changed_shot(shot: Shot, wanted: ShotChange, knowledge: Knowledge) -> Shot:
    changed = shot.model_copy(update=wanted.model_dump(exclude_none=True))
    if changed == shot:
        return shot
    overruled = {
        rule.id for rule in knowledge.rules if rule.id in shot.rules and not rule.favours(changed)
    }
    return changed.model_copy(update={"rules": _joined(shot.rules, BY_HAND, without=overruled)})


def _with_place(script: ClipScript, scene: Scene, knowledge: Knowledge) -> ClipScript:
    """Return a script that plays in a scene."""
    if scene.id == script.scenes[0]:
        return script
    overruled = {CHOSEN_PLACE} | {place.id for place in (*knowledge.worlds, *knowledge.locations)}
    overruled |= {rule.id for rule in knowledge.rules if "place" in rule.then}
    place = knowledge.place_of(scene)
    rules = _joined(script.rules, place.id, BY_HAND, without=overruled)
    return script.model_copy(update={"scenes": (scene.id,), "rules": rules})


def _fitting(
    script: ClipScript, plan: Plan, before: ClipScript, *, mends_sizes: bool
) -> ClipScript:
    """Return a changed script whose shots fit those beside it in the same place.

    Sizes that somebody chose by hand stay as they are.
    """
    if script == before:
        return script
    index = script.clip_index
    beside = [
        plan.clip_scripts[i] if 0 <= i < len(plan.clip_scripts) else None
        for i in (index - 1, index + 1)
    ]
    earlier, later = (
        other.shots[at] if other and other.scenes == script.scenes else None
        for other, at in zip(beside, (-1, 0), strict=True)
    )
    shots = script.shots
    if mends_sizes and script.scenes != before.scenes:
        shots = stepped(shots, before=earlier, after=later, reason=BY_HAND)
    shots = straightened(shots, before=earlier, after=later)
    return script if shots == script.shots else _with_told(script, shots)


def _with_told(script: ClipScript, shots: tuple[Shot, ...]) -> ClipScript:
    """Return a script with other shots, told as they are."""
    return script.model_copy(
        update={
            "shots": shots,
            "motion": tell_motion(shots, script.beat_intensity),
            "camera_angle": tell_angles(shots),
        }
    )


def _with_words(
    script: ClipScript,
    before: ClipScript,
    words: str | None,
    plan: Plan,
    scene: Scene,
    knowledge: Knowledge,
) -> ClipScript:
    """Return a script that tells what is seen: in a person's own words, else in the director's."""
    motifs = {motif.id for motif in knowledge.motifs}
    if words is not None and words != before.visual_description:
        rules = _joined(script.rules, BY_HAND, OWN_WORDS, without=motifs)
        return script.model_copy(update={"visual_description": words, "rules": rules})
    retold = script.scenes != before.scenes or _told(script.shots) != _told(before.shots)
    if OWN_WORDS in script.rules or not retold:
        return script
    told = _tell(script, plan, scene, knowledge)
    rules = _joined(script.rules, *told.rules, without=motifs)
    return script.model_copy(update={"visual_description": told.visual_description, "rules": rules})


def _told(shots: Iterable[Shot]) -> tuple[str, str] | None:
    """Return what a description says of the shots: how the first with a person shows them."""
    return next(((shot.size, shot.action) for shot in shots if shot.characters), None)


def _tell(script: ClipScript, plan: Plan, scene: Scene, knowledge: Knowledge) -> Script:
    """Describe a clip as the director would, like no other clip of the film."""
    index = script.clip_index
    others = [other for other in plan.clip_scripts if other.clip_index != index]
    before = plan.clip_scripts[index]
    shown = _motif_of(before, knowledge)
    writer = ClipWriter(
        cast_of(plan, knowledge),
        knowledge,
        random.Random(f"{index} {scene.id} {_told(script.shots)}"),
        told={other.visual_description for other in others},
        last_motif=_motif_of(plan.clip_scripts[index - 1], knowledge) if index > 0 else None,
        without=plan.avoid,
        wish=recall_wish(plan, knowledge),
        leitmotif=shown,
    )
    return writer.write(
        scene,
        script.shots,
        lyrics=script.lyrics_context,
        level=script.beat_intensity,
        image=_image_of(shown, before) if shown else "none",
        stage=stage_told(shown, before.visual_description) if shown else None,
        theme=shown,
    )


def _image_of(motif: Motif, script: ClipScript) -> str:
    """Return how a clip shows a motif: at its word, or as a metaphor."""
    openings = (text.split("{")[0] for text in motif.literal)
    shown = any(text and text in script.visual_description for text in openings)
    return "literal" if shown else "metaphor"


def _motif_of(script: ClipScript, knowledge: Knowledge) -> Motif | None:
    """Return the motif that a clip shows."""
    return next((motif for motif in knowledge.motifs if motif.id in script.rules), None)


def _transition(plan: Plan, to_clip: int, kind: TransitionType | None) -> Transition | None:
    """Return a transition of the director's usual length, or as long as the shots allow."""
    if kind is None:
        return None
    if to_clip == 0:
        raise InvalidInput(
            "Nothing leads to the film's first clip; choose a transition for a later one.",
            reason="CHANGE",
        )
    if kind == plan.transitions[to_clip - 1].type:
        return None
    room_s = _room_s(plan, to_clip)
    if kind != "cut" and room_s == 0:
        raise InvalidInput(
            f"The shots around the start of clip {to_clip + 1} are too short for a {kind}; "
            "choose a cut.",
            reason="CHANGE",
        )
    return Transition(
        from_clip=to_clip - 1,
        to_clip=to_clip,
        type=kind,
        duration=min(USUAL_S[kind], room_s),
        rationale=RATIONALE,
        rules=(BY_HAND,),
    )


def _room_s(plan: Plan, to_clip: int) -> float:
    """Return how long a transition into a clip can be: less than the shots on its two sides."""
    shots = (plan.clip_scripts[to_clip - 1].shots[-1], plan.clip_scripts[to_clip].shots[0])
    n_frames = min(frame_at(shot.end) - frame_at(shot.start) for shot in shots)
    return 2 * seconds_at((n_frames - 1) // 2)


def _joined(
    rules: Iterable[str], *more: str, without: Iterable[str] = frozenset()
) -> tuple[str, ...]:
    """Return reasons, each once, but for those that hold no more."""
    dropped = frozenset(without)
    return tuple(dict.fromkeys((*(rule for rule in rules if rule not in dropped), *more)))
