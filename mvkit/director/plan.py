"""Planning a film: from the wish and the song to what is seen at every moment.

The order is that of a director: read the wish, hear the song, choose the places, the look and the
person, cut and compose the shots, choose the transitions, write it all down, check it. Each step
throws dice of its own (:mod:`mvkit.director.dice`).
"""

from __future__ import annotations

from mvkit.director.checks import require_sound_plan
from mvkit.director.choices import with_choices
from mvkit.director.dice import Dice
from mvkit.director.grid import Grid
from mvkit.director.imagery import tell_motif
from mvkit.director.knowledge import Knowledge, load_knowledge
from mvkit.director.prose import tell_lacks, tell_summary, tell_treatment
from mvkit.director.scripts import write_scripts
from mvkit.director.signs import with_signs
from mvkit.director.story import tell_acts
from mvkit.director.transitions import choose_transitions
from mvkit.director.vision import Vision, envision
from mvkit.director.wish import PEOPLE, Wish, read_wish
from mvkit.errors import InvalidInput
from mvkit.schema import Analysis, Brief, Plan
from mvkit.schema.plan import MAX_AVOIDED
from mvkit.settings import get_settings

PACE_RANGE = (0.25, 4.0)


def plan_video(
    brief: Brief,
    analysis: Analysis,
    *,
    pace: float = 1.0,
    world: str = "",
    palette: str = "",
    long_takes: bool = True,
    signs: bool = False,
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
    signs : bool
        Whether sung words hang in the pictures.
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
    knowledge = knowledge or load_knowledge()
    wish = read_wish(brief.prompt, knowledge, sentence_model=get_settings().sentence_model)
    dice = Dice.for_film(brief.seed, wish)
    wish = with_choices(wish, world=world, palette=palette, knowledge=knowledge)
    vision = envision(wish, brief, analysis, dice=dice, knowledge=knowledge)
    scripts = write_scripts(
        vision,
        analysis,
        dice=dice,
        knowledge=knowledge,
        pace=_pace(pace, wish),
        long_takes=long_takes,
    )
    transitions = choose_transitions(
        vision.treatment.takes,
        grid=Grid(analysis),
        kept={script.clip_index for script in scripts if script.continues},
        knowledge=knowledge,
        rng=dice.of("transitions"),
    )
    plan = Plan.model_validate(
        {
            **_told(vision, brief, analysis, knowledge),
            "job_id": brief.job_id,
            "genre": vision.treatment.facts.genre,
            "format": vision.treatment.kind.format,
            "characters": vision.cast.characters,
            "scenes": vision.treatment.scenes,
            "style": vision.look.style,
            "clip_scripts": scripts,
            "transitions": transitions,
        }
    )
    plan = with_signs(plan, analysis) if signs else plan
    require_sound_plan(plan, analysis, known_rules={row.id for row in knowledge.rows()})
    return plan


def _pace(asked: float, wish: Wish) -> float:
    """Return how fast the film is cut: as somebody asks, and as the wish wants it filmed."""
    least, most = PACE_RANGE
    if not least <= asked <= most:
        raise InvalidInput(
            f"pace is {asked:g}, expected {least:g} to {most:g}, where 1 is the director's own."
        )
    return min(max(asked * wish.pace, least), most)


def _told(
    vision: Vision, brief: Brief, analysis: Analysis, knowledge: Knowledge
) -> dict[str, object]:
    """Return what is told of the film as a whole, by the names of the plan."""
    wish, treatment, cast, style = vision.wish, vision.treatment, vision.cast, vision.look.style
    lacks = tell_lacks(wish, treatment.scenes, knowledge=knowledge)
    n_payoffs = sum(map(treatment.pays_off, treatment.takes))
    forbidden = (words for words in wish.without if words != PEOPLE)
    return {
        "video_summary": tell_summary(
            brief.prompt, treatment=treatment, cast=cast, style=style, knowledge=knowledge
        ),
        "treatment": tell_treatment(
            analysis, treatment=treatment, cast=cast, style=style, knowledge=knowledge
        ),
        "understood": wish.understood,
        "avoid": tuple(words for words in forbidden if len(words) <= MAX_AVOIDED),
        "notes": (*lacks, *knowledge.notes),
        "acts": tell_acts(treatment, cast=cast, knowledge=knowledge, wish=wish),
        "motif": tell_motif(vision.motif, n_payoffs) if vision.motif else "",
    }
