"""What a plan must hold to, whoever made it.

The schema already guarantees that clips, shots and transitions fit each other. These checks hold
the plan against the song, and against the grammar of film. Each returns what it found and
expected, as a :class:`mvkit.schema.Check`.

Contents
--------
check_plan, require_sound_plan
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from mvkit.director.directions import crosses
from mvkit.director.pacing import MAX_SHIFT_S, shortest_shot_s
from mvkit.director.shots import differs
from mvkit.errors import GenerationFailed
from mvkit.schema import Analysis, Check, ClipScript, Plan, Shot
from mvkit.timing import FPS, frame_at

SAME_TIME_S = 1e-3
MOST_FLASHES_PER_S = 3
"""More in any one second can cause seizures (WCAG 2.3.1; ITU-R BT.1702)."""
MAX_TOLD = 4
"""So many findings are told, the others counted."""


def check_plan(
    plan: Plan, analysis: Analysis, *, known_rules: Collection[str] | None = None
) -> tuple[Check, ...]:
    """Check a plan against the song.

    Parameters
    ----------
    plan : Plan
        The plan.
    analysis : Analysis
        The song it is for.
    known_rules : collection of str, optional
        Ids that the plan may name as its reasons; not checked where it is not given.

    Returns
    -------
    tuple of Check
        coverage, boundaries, cuts_on_beats, shot_lengths, continuity, screen_direction,
        handles, flashes, rules_known.
    """
    checks = (
        _check(
            "coverage",
            _coverage_faults(plan, analysis),
            f"{len(analysis.clip_boundaries)} clips that cover {analysis.duration} s",
        ),
        _check(
            "boundaries",
            _boundary_faults(plan, analysis),
            f"clip edges on beats, within {MAX_SHIFT_S:g} s of the analysis",
        ),
        _check("cuts_on_beats", _cut_faults(plan, analysis), "cuts inside clips exactly on beats"),
        _check(
            "shot_lengths",
            _length_faults(plan, analysis),
            f"shots of {shortest_shot_s(analysis.bpm):.2f} s at least, or whole clips",
        ),
        _check("continuity", _continuity_faults(plan), "neighbouring shots that differ in size"),
        _check("screen_direction", _direction_faults(plan), "walks that do not turn back in a cut"),
        _check("handles", _handle_faults(plan), "soft transitions shorter than their shots"),
        _check(
            "flashes", _flash_faults(plan), f"at most {MOST_FLASHES_PER_S} flashes in any second"
        ),
    )
    if known_rules is None:
        return checks
    unknown = _named_rules(plan) - set(known_rules)
    faults = (f"the rule {rule} is not known" for rule in sorted(unknown))
    return (*checks, _check("rules_known", faults, "rules of the knowledge"))


def require_sound_plan(
    plan: Plan, analysis: Analysis, *, known_rules: Collection[str] | None = None
) -> None:
    """Raise unless a plan passes all checks.

    Raises
    ------
    GenerationFailed
        With reason ``UNSOUND_PLAN``, naming every check that failed, what was found and expected.
    """
    failed = [
        f"{check.name}: found {check.found}, expected {check.expected}"
        for check in check_plan(plan, analysis, known_rules=known_rules)
        if not check.passed
    ]
    if failed:
        raise GenerationFailed(
            f"The plan does not fit the song. {'; '.join(failed)}. Plan again with another seed, "
            "or mend the plan.",
            reason="UNSOUND_PLAN",
        )


def _check(name: str, faults: Iterator[str], expected: str) -> Check:
    found = list(faults)
    more = [f"{len(found) - MAX_TOLD} more"] if len(found) > MAX_TOLD else []
    told = ", ".join(found[:MAX_TOLD] + more) or "no fault"
    return Check(name=name, passed=not found, found=told, expected=expected)


def _coverage_faults(plan: Plan, analysis: Analysis) -> Iterator[str]:
    scripts = plan.clip_scripts
    if len(scripts) != len(analysis.clip_boundaries):
        yield f"{len(scripts)} clips"
    if abs(scripts[-1].end - analysis.duration) > SAME_TIME_S:
        yield f"an end at {scripts[-1].end} s"


def _boundary_faults(plan: Plan, analysis: Analysis) -> Iterator[str]:
    """Yield edges that moved too far or off the beat; one that did not move is right."""
    beats_s = set(analysis.beat_timestamps)
    for script, boundary in zip(plan.clip_scripts[1:], analysis.clip_boundaries[1:], strict=False):
        shift_s = abs(script.start - boundary.start)
        if shift_s > MAX_SHIFT_S:
            yield f"clip {script.clip_index} moved by {shift_s:.2f} s"
        elif shift_s > SAME_TIME_S and script.start not in beats_s:
            yield f"clip {script.clip_index} moved to {script.start} s, off the beat"


def _cut_faults(plan: Plan, analysis: Analysis) -> Iterator[str]:
    beats_s = set(analysis.beat_timestamps)
    for script in plan.clip_scripts:
        for shot in script.shots[1:]:
            if shot.start not in beats_s:
                yield f"a cut at {shot.start} s in clip {script.clip_index}"


def _length_faults(plan: Plan, analysis: Analysis) -> Iterator[str]:
    shortest_s = shortest_shot_s(analysis.bpm)
    for script in plan.clip_scripts:
        for shot in script.shots:
            if len(script.shots) > 1 and shot.length_s < shortest_s - SAME_TIME_S:
                yield f"a shot of {shot.length_s:.2f} s in clip {script.clip_index}"


def _continuity_faults(plan: Plan) -> Iterator[str]:
    seen: list[tuple[ClipScript, Shot]] = [
        (script, shot) for script in plan.clip_scripts for shot in script.shots
    ]
    for (clip, before), (next_clip, after) in pairwise(seen):
        if clip is not next_clip and plan.goes_on(next_clip.clip_index):
            continue
        if not differs(before, after, same_scene=clip.scenes == next_clip.scenes):
            yield f"two {after.size} shots in a row at {after.start} s"


def _direction_faults(plan: Plan) -> Iterator[str]:
    """Yield cuts inside one place at which people turn back."""
    seen = [(script.scenes, shot) for script in plan.clip_scripts for shot in script.shots]
    for (place, before), (next_place, after) in pairwise(seen):
        ways = (before.way, after.way)
        if place == next_place and ways[0] and ways[1] and crosses(ways[0], ways[1]):
            yield f"from {ways[0]} to {ways[1]} at {after.start} s"


def _handle_faults(plan: Plan) -> Iterator[str]:
    """Yield soft transitions that would reach across a whole shot."""
    for transition in plan.transitions:
        before = plan.clip_scripts[transition.from_clip].shots[-1]
        after = plan.clip_scripts[transition.to_clip].shots[0]
        for shot in (before, after):
            n_frames = frame_at(shot.end) - frame_at(shot.start)
            if 2 * transition.half_frames >= n_frames:
                yield f"a {transition.type} over a shot of {n_frames / FPS:.2f} s"


def _flash_faults(plan: Plan) -> Iterator[str]:
    flashes_s = [
        accent.time
        for script in plan.clip_scripts
        for shot in script.shots
        for accent in shot.accents
        if accent.kind == "flash"
    ]
    for first_s in flashes_s:
        n_flashes = sum(first_s <= time_s < first_s + 1.0 for time_s in flashes_s)
        if n_flashes > MOST_FLASHES_PER_S:
            yield f"{n_flashes} flashes in the second from {first_s} s"


def _named_rules(plan: Plan) -> set[str]:
    scripts = plan.clip_scripts
    named = [script.rules for script in scripts]
    named += [shot.rules for script in scripts for shot in script.shots]
    named += [act.rules for act in plan.acts]
    named += [transition.rules for transition in plan.transitions]
    return {rule for rules in named for rule in rules}
