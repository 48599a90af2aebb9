"""The edits: what a person changed in the plan, kept beside it and applied over it.

The plan on disk stays as the director wrote it. ``edits.json`` holds scripts, places and
transitions that replace or join the plan's, so that every later stage reads one plan: the one
in effect. A change that alters what is filmed is a new *take* once the clip has been filmed, so
that people can go back to the one before.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mvkit.schema.base import HexColour, Record, Slug
from mvkit.schema.plan import (
    Action,
    Angle,
    ClipScript,
    Move,
    Plan,
    Scene,
    ShotSize,
    TimeOfDay,
    Transition,
    TransitionType,
    Weather,
)

EDITS_FILE = "edits.json"


class ShotChange(Record):
    """What a person wants changed in one shot; None leaves it as it is."""

    size: ShotSize | None = None
    angle: Angle | None = None
    move: Move | None = None
    action: Action | None = None


class ClipChange(Record):
    """What a person wants changed in one clip; None leaves it as it is.

    Attributes
    ----------
    visual_description : str or None
        What is seen, in one sentence or a few.
    shots : tuple of ShotChange or None
        One for each shot of the clip, in order.
    world, time_of_day, weather
        Where it plays; words are found for it.
    transition : str or None
        How the clip before gives way to this one.
    """

    visual_description: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200)]
        | None
    ) = None
    shots: tuple[ShotChange, ...] | None = None
    world: Slug | None = None
    time_of_day: TimeOfDay | None = None
    weather: Weather | None = None
    transition: TransitionType | None = None


class Edits(Record):
    """What was changed in one plan.

    Attributes
    ----------
    version : int
        Counts the changes; who makes one says which version they saw.
    plan_digest : str
        Content digest of the plan they were made for: over another plan they say nothing.
    scenes : tuple of Scene
        Places that the plan does not have.
    scripts : tuple of ClipScript
        Takes of clips, by their numbers; one of the plan's number 1 replaces it.
    takes : dict
        Which take of a clip is used, where it is not the first.
    transitions : tuple of Transition
        In place of the plan's that lead to the same clips.
    color_palette : tuple of str or None
        In place of the plan's.
    locked : tuple of int
        Clips whose footage stays as it is.
    """

    schema_version: Literal[1] = 1
    version: int = Field(default=0, ge=0)
    plan_digest: str
    scenes: tuple[Scene, ...] = ()
    scripts: tuple[ClipScript, ...] = ()
    takes: dict[int, int] = Field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    color_palette: tuple[HexColour, ...] | None = Field(default=None, min_length=3, max_length=6)
    locked: tuple[int, ...] = ()

    def takes_of(self, plan: Plan, clip_index: int) -> dict[int, ClipScript]:
        """Return the takes of a clip by number; ``plan`` is the plan as the director wrote it."""
        first = plan.clip_scripts[clip_index]
        edited = {s.take: s for s in self.scripts if s.clip_index == clip_index}
        return dict(sorted({first.take: first, **edited}.items()))

    def apply(self, plan: Plan) -> Plan:
        """Return the plan in effect.

        Parameters
        ----------
        plan : Plan
            The plan as the director wrote it; one these edits were not made for is returned
            unchanged.

        Raises
        ------
        ValidationError
            If the edits make no plan: a transition longer than its clips, say.
        """
        if plan.content_digest() != self.plan_digest:
            return plan
        scripts = [self._script(plan, index) for index in range(len(plan.clip_scripts))]
        used = {scene for script in scripts for scene in script.scenes}
        changed = {transition.to_clip: transition for transition in self.transitions}
        style = {"color_palette": self.color_palette} if self.color_palette else {}
        return Plan.model_validate(
            {
                **plan.model_dump(),
                "scenes": [
                    *plan.scenes,
                    *(scene for scene in self.scenes if scene.id in used),
                ],
                "clip_scripts": scripts,
                "transitions": [changed.get(old.to_clip, old) for old in plan.transitions],
                "style": plan.style.model_copy(update=style),
            }
        )

    def _script(self, plan: Plan, clip_index: int) -> ClipScript:
        takes = self.takes_of(plan, clip_index)
        chosen = takes[self.takes.get(clip_index, 1)]
        return chosen.model_copy(update={"locked": clip_index in self.locked})
