"""One side of a comparison: what a film is planned from, and what can be counted of its plan.

Contents
--------
Side
    Prompt, seed, pace, world, palette, and the rules left out.
count_rules
    How often each rule spoke.
tell_numbers, cuts_s, cost_of
    A plan in numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from mvkit.director import Knowledge, plan_video
from mvkit.errors import InvalidInput
from mvkit.estimate import Rates
from mvkit.explorer.song import HeardSong
from mvkit.figures.director import place_names, tell_agreement
from mvkit.schema import Analysis, Brief, ClipScript, Plan, Shot, Transition
from mvkit.schema.plan import Act

NEAR_S = 0.02
"""A cut that is so near to a beat is on it: less than a frame."""
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one side is planned from.

    Attributes
    ----------
    prompt : str
        The wish, 50-500 characters.
    seed : int
        Another seed gives another film of the same wish.
    pace : float
        How fast it is cut, 0.25-4.
    world, palette : str
        Ids; empty for the director's own choice.
    off : frozenset of str
        Ids of rules that the director has to do without.
    """

    prompt: str
    seed: int = 1
    pace: float = 1.0
    world: str = ""
    palette: str = ""
    off: frozenset[str] = field(default=frozenset())

    def plan(self, song: HeardSong, knowledge: Knowledge) -> Plan:
        """Plan the film of a song.

        Raises
        ------
        InvalidInput
            If the prompt is too short or too long, or a rule, a world or a palette is not known.
        GenerationFailed
            If the plan does not pass its checks.
        """
        known = {row.id for row in knowledge.rows()}
        if unknown := sorted(self.off - known):
            raise InvalidInput(
                f"There is no rule {', '.join(unknown)}; `mvkit director rules` lists them."
            )
        return plan_video(
            self._brief(song.brief),
            song.analysis,
            pace=self.pace,
            world=self.world,
            palette=self.palette,
            knowledge=knowledge.without(self.off) if self.off else knowledge,
        )

    def _brief(self, brief: Brief) -> Brief:
        shortest, longest = 50, 500
        if not shortest <= len(self.prompt.strip()) <= longest:
            raise InvalidInput(
                f"A prompt has {shortest} to {longest} characters, this one "
                f"{len(self.prompt.strip())}."
            )
        return Brief.model_validate(
            brief.model_dump() | {"prompt": self.prompt, "seed": self.seed, "options": {}}
        )


def count_rules(plan: Plan) -> Counter[str]:
    """Return in how many places of a plan each rule is named: clips, shots, transitions, acts."""
    shots = [shot for script in plan.clip_scripts for shot in script.shots]
    rows: tuple[Act | ClipScript | Shot | Transition, ...]
    rows = (*plan.acts, *plan.clip_scripts, *shots, *plan.transitions)
    return Counter(rule for row in rows for rule in row.rules)


def tell_numbers(plan: Plan, analysis: Analysis, *, usd: Decimal) -> dict[str, str]:
    """Return what can be counted of a plan, by topic, in words."""
    shots, cuts = plan.whole_shots(), cuts_s(plan)
    lengths_s = np.array([shot.length_s for shot in shots])
    return {
        "format": plan.format,
        "places": "; ".join(place_names(plan).values()),
        "people": "; ".join(person.description for person in plan.characters) or "nobody",
        "clips, shots": f"{len(plan.clip_scripts)}, {len(shots)}",
        "length of shots": f"median {np.median(lengths_s):.1f} s, "
        f"{lengths_s.min():.1f} to {lengths_s.max():.1f} s",
        "cuts a minute": f"{60 * len(cuts) / analysis.duration:.1f}",
        "cuts on beats": _share(cuts, analysis.beat_timestamps),
        "cuts on downbeats": _share(cuts, analysis.downbeat_timestamps),
        "cutting follows energy": tell_agreement(plan, analysis),
        "rules that spoke": str(len(count_rules(plan))),
        "cost": tell_usd(usd),
    }


def tell_usd(usd: Decimal) -> str:
    """Return an estimated amount in words."""
    if not usd:
        return "free"
    return f"about ${usd:.2f}" if usd >= CENT else f"under ${CENT}"


def cuts_s(plan: Plan) -> list[float]:
    """Return where one shot gives way to another, in seconds."""
    return [shot.start for shot in plan.whole_shots()[1:]]


def cost_of(plan: Plan, rates: Rates) -> Decimal:
    """Return what a plan mostly costs to film: its places, its people and each of its clips."""
    n_pictures = len(plan.scenes) + len(plan.characters)
    n_pictures += len(plan.clip_scripts) if rates.wants_keyframe else 0
    clips_usd = (rates.clip_usd(script.length_s) for script in plan.clip_scripts)
    return n_pictures * rates.picture_usd + sum(clips_usd, Decimal())


def _share(cuts: Sequence[float], grid_s: Sequence[float]) -> str:
    """Return how many cuts lie on a grid of ascending times, as a percentage."""
    if not cuts:
        return "no cuts"
    return f"{sum(_is_on(grid_s, cut_s) for cut_s in cuts) / len(cuts):.0%}"


def _is_on(grid_s: Sequence[float], time_s: float) -> bool:
    index = bisect_left(grid_s, time_s)
    return any(abs(near_s - time_s) < NEAR_S for near_s in grid_s[max(0, index - 1) : index + 1])
