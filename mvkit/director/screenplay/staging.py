"""A screenplay laid over the director's draft: its words and choices, the draft's times.

Contents
--------
stage
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from mvkit.director.joints import stepped, straightened
from mvkit.director.knowledge import CHOSEN_PALETTE, Knowledge
from mvkit.director.prose import tell_angles, tell_motion
from mvkit.director.rules import Rule, holds
from mvkit.director.screenplay.craft import STANDING
from mvkit.director.screenplay.shape import ClipSketch, SceneSketch, Screenplay, ShotSketch
from mvkit.schema import Act, Character, ClipScript, Grade, Plan, Scene, Shot, Style

BY_SCREENPLAY = "by_screenplay"
"""Id of the principle that decisions of a screenplay name."""


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
        One in which :func:`mvkit.director.screenplay.faults.faults_of` finds nothing.
    draft : Plan
        Whose times, cuts and transitions stand.
    planner : str
        Who wrote the screenplay.
    knowledge : Knowledge
        The rules.
    with_shots : bool
        Whether the shots are the screenplay's; else they are the draft's, in the screenplay's
        places and with its people.

    Raises
    ------
    ValidationError
        If the result is no plan.
    """
    staging = _Staging(screenplay, draft, knowledge)
    scripts: list[ClipScript] = []
    for script, clip in zip(draft.clip_scripts, screenplay.clips, strict=True):
        last = scripts[-1] if scripts else None
        told = staging.shots(script, clip) if with_shots else _own_shots(script, clip, last)
        before = _beside(last, clip)
        scripts.append(staging.script(script, clip, straightened(told, before=before)))
    played = {script.scenes[0] for script in scripts}
    return Plan.model_validate(
        {
            **dict(draft),
            "planner": planner,
            "video_summary": screenplay.summary,
            "treatment": screenplay.treatment,
            "format": screenplay.format,
            "acts": tuple(_acts(screenplay, draft)),
            "motif": screenplay.motif,
            "style": staging.style,
            "scenes": [_scene(scene) for scene in screenplay.scenes if scene.id in played],
            "characters": _cast(screenplay, draft, scripts),
            "clip_scripts": tuple(scripts),
        }
    )


def _acts(screenplay: Screenplay, draft: Plan) -> Iterator[Act]:
    """Yield the acts, each from its first clip to where the next begins."""
    scripts = draft.clip_scripts
    starts_s = [scripts[act.first_clip].start for act in screenplay.acts]
    spans = pairwise([*starts_s, scripts[-1].end])
    for act, (start_s, end_s) in zip(screenplay.acts, spans, strict=True):
        yield Act(start=start_s, end=end_s, name=act.name, story=act.story, rules=(BY_SCREENPLAY,))


def _scene(sketch: SceneSketch) -> Scene:
    return Scene.model_validate(sketch.model_dump())


def _cast(screenplay: Screenplay, draft: Plan, scripts: list[ClipScript]) -> tuple[Character, ...]:
    """Return who is seen in any clip; each has pictures of another seed."""
    seen = {name for script in scripts for name in script.characters}
    first_seed = draft.characters[0].seed if draft.characters else 1
    return tuple(
        Character.model_validate({**sketch.model_dump(), "seed": first_seed + index})
        for index, sketch in enumerate(screenplay.characters)
        if sketch.id in seen
    )


def _people(clip: ClipSketch) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clip.characters))


@dataclass(frozen=True)
class _Staging:
    """Where the clips of a draft become those of a screenplay."""

    screenplay: Screenplay
    draft: Plan
    knowledge: Knowledge

    @cached_property
    def style(self) -> Style:
        """The screenplay's style; colours that somebody chose stay."""
        told = self.screenplay.style.model_dump()
        if CHOSEN_PALETTE in self.draft.understood:
            told["color_palette"] = self.draft.style.color_palette
        return Style.model_validate(told)

    @cached_property
    def _scenes(self) -> dict[str, SceneSketch]:
        return {scene.id: scene for scene in self.screenplay.scenes}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.knowledge.rules}

    def script(self, script: ClipScript, clip: ClipSketch, shots: tuple[Shot, ...]) -> ClipScript:
        """Return a clip with the screenplay's words and these shots."""
        return ClipScript.model_validate(
            {
                **dict(script),
                "visual_description": f"{clip.description.rstrip('. ')}. The mood is {clip.mood}.",
                "motion": tell_motion(shots, script.beat_intensity),
                "camera_angle": tell_angles(shots),
                "characters": tuple(dict.fromkeys(name for s in shots for name in s.characters)),
                "scenes": (clip.scene,),
                "lighting": clip.lighting,
                "grade": self._grade(script.grade),
                "shots": shots,
                "rules": self._reasons(script, clip),
            }
        )

    def shots(self, script: ClipScript, clip: ClipSketch) -> tuple[Shot, ...]:
        """Return a clip's shots as the screenplay has them; their times stay."""
        pairs = zip(script.shots, clip.shots, strict=True)
        return tuple(self._shot(shot, sketch, clip) for shot, sketch in pairs)

    def _shot(self, shot: Shot, sketch: ShotSketch, clip: ClipSketch) -> Shot:
        changed = shot.model_copy(
            update={
                **sketch.model_dump(exclude={"peopled"}),
                "characters": _people(clip) if sketch.peopled else (),
            }
        )
        if changed == shot:
            return shot
        kept = (name for name in shot.rules if self._stands(name, changed, clip))
        return changed.model_copy(update={"rules": (BY_SCREENPLAY, *kept)})

    def _stands(self, name: str, shot: Shot, clip: ClipSketch) -> bool:
        """Tell whether a rule of the draft still speaks for what a shot has become."""
        rule, scene = self._rules.get(name), self._scenes[clip.scene]
        if rule is None:
            return False
        if "accent" in rule.then:  # beats are answered as the draft has it
            return True
        now = {
            "format": self.screenplay.format,
            "world": scene.world,
            "time_of_day": scene.time_of_day,
            "weather": scene.weather,
            "size": shot.size,
        }
        met = (holds(wanted, now[fact]) for fact, wanted in rule.when.items() if fact in now)
        return rule.favours(shot) and all(met)

    def _reasons(self, script: ClipScript, clip: ClipSketch) -> tuple[str, ...]:
        """Return why a clip is as it is: what stands is the director's, the rest the screenplay's.

        Names of rules that there are not are no reasons.
        """
        known = {name: self._rules[name] for name in script.rules if name in self._rules}
        kept = (name for name, rule in known.items() if _decides_what_stands(rule))
        followed = (name for name in clip.rules if name in self._rules)
        world = self._scenes[clip.scene].world
        return tuple(dict.fromkeys((BY_SCREENPLAY, world, *followed, *kept)))

    def _grade(self, grade: Grade) -> Grade:
        """Return a grade for the screenplay's colours; the accent stays the accent."""
        palettes = (self.draft.style.color_palette, self.style.color_palette)
        n_before, n_after = map(len, palettes)
        lead = n_after - 1 if grade.lead == n_before - 1 else min(grade.lead, n_after - 1)
        return grade.model_copy(update={"lead": lead})


def _decides_what_stands(rule: Rule) -> bool:
    return not STANDING.isdisjoint(rule.then)


def _own_shots(script: ClipScript, clip: ClipSketch, last: ClipScript | None) -> tuple[Shot, ...]:
    """Return the draft's shots of a clip with the screenplay's people.

    Where the screenplay stays in the place of the clip before, the first shot may have to be seen
    from another distance.
    """
    people, shown = _people(clip), any(shot.characters for shot in script.shots)
    shots = tuple(
        shot.model_copy(update={"characters": people if shot.characters or not shown else ()})
        for shot in script.shots
    )
    return stepped(shots, before=_beside(last, clip), reason=BY_SCREENPLAY)


def _beside(last: ClipScript | None, clip: ClipSketch) -> Shot | None:
    """Return the shot before a clip, if it plays in the same place."""
    return last.shots[-1] if last and last.scenes == (clip.scene,) else None
