"""Planning with a language model: asked, corrected twice, and never needed.

Contents
--------
direct
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mvkit.director.knowledge import Knowledge, load_knowledge
from mvkit.director.plan import plan_video
from mvkit.director.screenplay.asking import screenplay_question
from mvkit.director.screenplay.reading import Desk, noted, shortened
from mvkit.director.signs import with_signs
from mvkit.errors import GenerationFailed, InvalidArtefact, RateLimited
from mvkit.providers.base import deliver
from mvkit.providers.chat import Answer, Question, Writer
from mvkit.schema import Analysis, Brief, Plan

logger = logging.getLogger(__name__)

FOLDER = "plan"
ANSWERS = ("answer.json", "answer_2.json", "answer_3.json")
"""Where the model's answers are kept inside :data:`FOLDER`, one for each attempt."""
AGAIN = "Answer again with the whole screenplay, mended, in the same shape."
NOTHING = "(nothing)"
"""Stands for an empty answer, which no service takes back."""
PATIENCE_S = 300.0
"""No attempt begins later than this after the first: a job has to film within its time, too."""


def direct(
    brief: Brief,
    analysis: Analysis,
    *,
    chat: Writer,
    folder: Path,
    pace: float = 1.0,
    world: str = "",
    palette: str = "",
    signs: bool = False,
    knowledge: Knowledge | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Plan:
    """Plan the whole film with a language model over our own director's draft.

    The model has three attempts: in each but the first it is told its last answer and what was
    wrong with it. Where none is sound, the words of the last one that fits apart from its shots
    are kept over our own shots; where there is none, our own plan is the plan. Its notes say so.

    A wrong key, an unknown model and a budget that is used up are told at once instead, since
    nothing else would be bought either.

    Parameters
    ----------
    brief, analysis, pace, world, palette, signs, knowledge
        As for :func:`mvkit.director.plan_video`.
    chat : Writer
        Who is asked, and is paid for it.
    folder : Path
        The run folder; the model's answers are kept in ``plan/``, and not bought twice.
    sleep : callable
        Waits between attempts, in seconds.
    clock : callable
        Tells seconds.

    Raises
    ------
    InvalidInput
        If a choice, the key or the model's name is wrong.
    BudgetExceeded
        If an answer could pass the job's limit.
    """
    knowledge = knowledge or load_knowledge()
    draft = plan_video(  # a screenplay changes framings, so no shot could go on from clip to clip
        brief,
        analysis,
        pace=pace,
        world=world,
        palette=palette,
        long_takes=False,
        knowledge=knowledge,
    )
    desk = Desk(draft=draft, analysis=analysis, planner=chat.name, knowledge=knowledge, home=world)
    question = screenplay_question(brief, analysis, draft, knowledge=knowledge, home=world)
    until_s = clock() + PATIENCE_S

    def ask(question: Question, name: str) -> Answer:
        if clock() > until_s:
            raise GenerationFailed(f"its answers took more than {PATIENCE_S:.0f} s.", reason="SLOW")
        write = partial(chat.write, question, folder / FOLDER / name)
        answer, _ = deliver(write, seed=brief.seed, sleep=sleep)
        return answer

    plan = _directed(question, ask, desk)
    return with_signs(plan, analysis) if signs else plan


def _directed(question: Question, ask: Callable[[Question, str], Answer], desk: Desk) -> Plan:
    """Return the best plan that the model's attempts make."""
    answers: list[Answer] = []
    asked, why = question, ""
    try:
        for name in ANSWERS:
            answer = ask(asked, name)
            answers.append(answer)
            try:
                return desk.read(answer)
            except InvalidArtefact as fault:
                why = f"its answers did not fit. The last was told: “{shortened(fault.message)}”"
                asked = question.repeated(
                    answer.text.strip() or NOTHING, f"{fault.message} {AGAIN}"
                )
    except (GenerationFailed, RateLimited) as error:
        why = error.message
    logger.warning("%s did not plan the film: %s", desk.planner, why)
    told = f"{desk.planner} did not help to plan the film: {why}"
    return desk.read_words(answers) or noted(desk.draft, told)
