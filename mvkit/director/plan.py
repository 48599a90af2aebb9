"""Planning a film: from the wish and the song to what is seen at every moment.

The order is that of a director: read the wish, hear the song, choose the places, the look and the
person, cut and compose the shots, choose the transitions, write it all down, check it. Each step
throws dice of its own, seeded from the brief, so that a change in one leaves the others as they
were.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from mvkit.director.casting import Cast, choose_cast
from mvkit.director.checks import require_sound_plan
from mvkit.director.choices import with_choices
from mvkit.director.hearing import hear_passages, level_of
from mvkit.director.knowledge import Knowledge, load_knowledge
from mvkit.director.pacing import clip_edges_s, cut_take
from mvkit.director.prose import (
    ClipWriter,
    Script,
    tell_lacks,
    tell_summary,
    tell_treatment,
)
from mvkit.director.shots import Camera
from mvkit.director.style import Look, choose_look
from mvkit.director.transitions import choose_transitions
from mvkit.director.treatment import Take, Treatment, write_treatment
from mvkit.director.wish import PEOPLE, Wish, read_wish
from mvkit.errors import InvalidInput
from mvkit.schema import Analysis, Brief, ClipScript, Plan, Shot

PACE_RANGE = (0.25, 4.0)


def plan_video(
    brief: Brief,
    analysis: Analysis,
    *,
    pace: float = 1.0,
    world: str = "",
    palette: str = "",
    long_takes: bool = True,
    knowledge: Knowledge | None = None,
) -> Plan:
    """Plan the whole film.

    Parameters
    ----------
    brief : Brief
        The wish; the same seed gives the same plan.
    analysis : Analysis
        The song.
    pace : float
        How fast the film is cut, 0.25-4: 2 halves the lengths of shots, as far as beats allow.
    world : str
        Id of the world that is the film's home, in place of what the wish calls; other places
        may be seen too. See :func:`mvkit.director.list_worlds`.
    palette : str
        Id of the film's palette, in place of colours that the wish or the song suggest. See
        :func:`mvkit.director.list_palettes`.
    long_takes : bool
        Whether a shot may go on from clip to clip; not every camera can.
    knowledge : Knowledge, optional
        What the director knows; by default all of it.

    Raises
    ------
    InvalidInput
        If the pace is out of range, or the world or the palette is not known.
    InvalidArtefact
        If the knowledge does not hold to its contract.
    GenerationFailed
        If the plan does not pass its checks.
    """
    if not PACE_RANGE[0] <= pace <= PACE_RANGE[1]:
        raise InvalidInput(
            f"pace is {pace:g}, expected {PACE_RANGE[0]:g} to {PACE_RANGE[1]:g}, "
            "where 1 is the director's own."
        )
    knowledge = knowledge or load_knowledge()
    wish = with_choices(
        read_wish(brief.prompt, knowledge), world=world, palette=palette, knowledge=knowledge
    )
    pace = min(max(pace * wish.pace, PACE_RANGE[0]), PACE_RANGE[1])
    vision = _envision(wish, brief, analysis, knowledge)
    style, treatment, cast = vision.look.style, vision.treatment, vision.cast
    scripts = _write_scripts(vision, brief, analysis, knowledge, pace=pace, long_takes=long_takes)
    plan = Plan(
        job_id=brief.job_id,
        video_summary=tell_summary(
            brief.prompt, treatment=treatment, cast=cast, style=style, knowledge=knowledge
        ),
        treatment=tell_treatment(
            analysis, treatment=treatment, cast=cast, style=style, knowledge=knowledge
        ),
        understood=vision.wish.understood,
        avoid=tuple(words for words in vision.wish.without if words != PEOPLE),
        notes=tell_lacks(wish, treatment.scenes, knowledge=knowledge),
        characters=cast.characters,
        scenes=treatment.scenes,
        style=style,
        clip_scripts=scripts,
        transitions=choose_transitions(
            treatment.takes,
            kept={script.clip_index for script in scripts if script.continues},
            knowledge=knowledge,
            rng=_dice(brief, "transitions"),
        ),
    )
    require_sound_plan(plan, analysis, known_rules={row.id for row in knowledge.rows()})
    return plan


@dataclass(frozen=True)
class _Vision:
    """What is decided for the film as a whole."""

    wish: Wish
    treatment: Treatment
    look: Look
    cast: Cast


def _envision(wish: Wish, brief: Brief, analysis: Analysis, knowledge: Knowledge) -> _Vision:
    """Choose places, look and person."""
    treatment = write_treatment(
        hear_passages(analysis, clip_edges_s(analysis)),
        analysis,
        wish=wish,
        lyrics=read_wish(". ".join(line.text for line in analysis.lyrics), knowledge),
        knowledge=knowledge,
        rng=_dice(brief, "places"),
    )
    look = choose_look(
        wish,
        treatment.facts,
        home=knowledge.place_of(treatment.home),
        knowledge=knowledge,
        rng=_dice(brief, "look"),
    )
    cast = choose_cast(
        wish,
        treatment.facts,
        accent=look.accent,
        knowledge=knowledge,
        seed=brief.seed,
        rng=_dice(brief, "cast"),
    )
    return _Vision(wish, treatment, look, cast)


def _write_scripts(
    vision: _Vision,
    brief: Brief,
    analysis: Analysis,
    knowledge: Knowledge,
    *,
    pace: float,
    long_takes: bool,
) -> tuple[ClipScript, ...]:
    """Cut, compose and describe every clip, in the order of the film."""
    dice = _dice(brief, "cuts")
    camera = Camera(
        film_end_s=analysis.duration,
        character_ids=tuple(character.id for character in vision.cast.characters),
        wished_actions=vision.wish.actions,
        knowledge=knowledge,
        rng=_dice(brief, "shots"),
        filming=vision.wish.filming,
    )
    without = vision.wish.without
    writer = ClipWriter(vision.cast, knowledge, _dice(brief, "words"), without=without)
    edge_dice = _dice(brief, "edges")
    scripts = []
    for take in vision.treatment.takes:
        cutting = cut_take(take, analysis, knowledge=knowledge, pace=pace, rng=dice)
        composed = camera.shoot(take, cutting, edge_rng=edge_dice if long_takes else None)
        continues = composed.edge.value == "kept"
        reasons = (*take.rules, *vision.look.rules, *cutting.rules)
        reasons += composed.edge.rules if continues else ()
        lyrics, level = take.passage.lyrics, level_of(take.facts.energy)
        script = writer.write(take.scene, composed.shots, lyrics=lyrics, level=level)
        scripts.append(_clip_script(take, composed.shots, script, reasons, continues=continues))
    return tuple(scripts)


def _clip_script(
    take: Take,
    shots: tuple[Shot, ...],
    script: Script,
    reasons: tuple[str, ...],
    *,
    continues: bool,
) -> ClipScript:
    passage = take.passage
    return ClipScript(
        clip_index=passage.index,
        start=passage.start_s,
        end=passage.end_s,
        continues=continues,
        visual_description=script.visual_description,
        motion=script.motion,
        camera_angle=script.camera_angle,
        characters=tuple(dict.fromkeys(name for shot in shots for name in shot.characters)),
        scenes=(take.scene.id,),
        lyrics_context=passage.lyrics,
        beat_intensity=level_of(take.facts.energy),
        section=passage.section.type,
        shots=shots,
        rules=tuple(dict.fromkeys((*reasons, *script.rules))),
    )


def _dice(brief: Brief, step: str) -> random.Random:
    """Return dice that depend on the seed and the step alone."""
    return random.Random(f"{brief.seed} {step}")
