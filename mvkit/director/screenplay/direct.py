"""Planning with a language model: asked once, corrected once, and never needed.

Contents
--------
direct
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from mvkit.director.checks import require_sound_plan
from mvkit.director.knowledge import Knowledge, load_knowledge
from mvkit.director.plan import plan_video
from mvkit.director.screenplay.asking import screenplay_question
from mvkit.director.screenplay.shape import Screenplay
from mvkit.director.screenplay.staging import faults_of, stage
from mvkit.errors import GenerationFailed, InvalidArtefact, RateLimited
from mvkit.providers.base import deliver
from mvkit.providers.chat import Answer, Question, Writer
from mvkit.schema import Analysis, Brief, Plan
from mvkit.schema.base import explain

logger = logging.getLogger(__name__)

FOLDER = "plan"
FIRST, SECOND = "answer.json", "answer_mended.json"
"""Where the model's answers are kept inside :data:`FOLDER`."""
AGAIN = "Answer again with the whole screenplay, mended, in the same shape."
MAX_QUOTED = 200
"""So much of a refusal is told."""


def direct(
    brief: Brief,
    analysis: Analysis,
    *,
    chat: Writer,
    folder: Path,
    pace: float = 1.0,
    world: str = "",
    palette: str = "",
    knowledge: Knowledge | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Plan:
    """Plan the whole film with a language model over our own director's draft.

    Where the model fails, our own plan is the plan, and says so in its notes; a wrong key, an
    unknown model and a budget that is used up are told at once instead, since nothing else would
    be bought either.

    Parameters
    ----------
    brief, analysis, pace, world, palette, knowledge
        As for :func:`mvkit.director.plan_video`.
    chat : Writer
        Who is asked, and is paid for it.
    folder : Path
        The run folder; the model's answers are kept in ``plan/``, and not bought twice.
    sleep : callable
        Waits between attempts, in seconds.

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
    desk = _Desk(draft=draft, analysis=analysis, planner=chat.name, knowledge=knowledge, home=world)
    question = screenplay_question(brief, analysis, draft, knowledge=knowledge, home=world)

    def ask(question: Question, name: str) -> Answer:
        write = partial(chat.write, question, folder / FOLDER / name)
        answer, _ = deliver(write, seed=brief.seed, sleep=sleep)
        if answer.ending == "refused":
            raise GenerationFailed(f"it refused: {answer.text[:MAX_QUOTED]}", reason="REFUSED")
        return answer

    try:
        return _directed(question, ask, desk)
    except (GenerationFailed, RateLimited, InvalidArtefact) as error:
        logger.warning("%s did not plan the film: %s", chat.name, error.message)
        return _noted(draft, f"{chat.name} did not help to plan the film: {error.message}")


def _directed(question: Question, ask: Callable[[Question, str], Answer], desk: _Desk) -> Plan:
    """Return the model's plan, after one correction if need be."""
    first = ask(question, FIRST)
    try:
        return desk.read(first)
    except InvalidArtefact as fault:
        mended = ask(question.repeated(first.text, f"{fault.message} {AGAIN}"), SECOND)
    try:
        return desk.read(mended)
    except InvalidArtefact:
        plan = desk.read(mended, with_shots=False)
    return _noted(plan, f"The shots are our own, since those of {desk.planner} did not fit.")


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """Where a model's answers are read and checked."""

    draft: Plan
    analysis: Analysis
    planner: str
    knowledge: Knowledge
    home: str

    def read(self, answer: Answer, *, with_shots: bool = True) -> Plan:
        """Return the plan that an answer makes of the draft.

        Raises
        ------
        InvalidArtefact
            Saying, to the model, all that is wrong with its answer.
        """
        if answer.ending == "truncated":
            raise InvalidArtefact("Your answer broke off before its end. Be briefer.")
        try:
            screenplay = Screenplay.model_validate_json(answer.text)
            self._check(screenplay)
            plan = stage(
                screenplay,
                self.draft,
                planner=self.planner,
                knowledge=self.knowledge,
                with_shots=with_shots,
            )
            known = {row.id for row in self.knowledge.rows()}
            require_sound_plan(plan, self.analysis, known_rules=known)
        except ValidationError as error:
            told = explain(error, source="Your answer", advice="Mend that.")
            raise InvalidArtefact(told) from error
        except GenerationFailed as error:
            raise InvalidArtefact(error.message) from error
        return plan

    def _check(self, screenplay: Screenplay) -> None:
        faults = faults_of(screenplay, self.draft, knowledge=self.knowledge, home=self.home)
        if faults:
            raise InvalidArtefact(f"Your screenplay does not fit: {'; '.join(faults)}.")


def _noted(plan: Plan, note: str) -> Plan:
    """Return a plan that says how the model took part."""
    sentence = note if note.endswith((".", "!", "?", "…")) else f"{note}."
    return plan.model_copy(update={"notes": (*plan.notes, sentence)})
