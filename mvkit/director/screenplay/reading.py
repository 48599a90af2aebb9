"""Reading an answer: from what a model said to a plan, or to what is wrong with it.

Contents
--------
Desk         where answers are read
shortened    the beginning of a text
noted        a plan that says how a model took part
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from mvkit.director.checks import require_sound_plan
from mvkit.director.knowledge import Knowledge
from mvkit.director.screenplay.faults import faults_of, shot_faults_of
from mvkit.director.screenplay.shape import Screenplay
from mvkit.director.screenplay.staging import stage
from mvkit.errors import GenerationFailed, InvalidArtefact
from mvkit.providers.chat import Answer
from mvkit.schema import Analysis, Plan

MAX_FAULTS = 30
"""So many faults are told at once."""
MAX_QUOTED = 300
"""So many characters of a refusal or a complaint are told."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a model's answers are read and checked."""

    draft: Plan
    analysis: Analysis
    planner: str
    knowledge: Knowledge
    home: str

    def read(self, answer: Answer) -> Plan:
        """Return the plan that an answer makes of the draft.

        Raises
        ------
        InvalidArtefact
            Saying, to the model, all that is wrong with its answer.
        """
        screenplay = self._screenplay(answer)
        _require_none([*self._faults(screenplay), *shot_faults_of(screenplay, self.draft)])
        return self._staged(screenplay, with_shots=True)

    def read_words(self, answers: Sequence[Answer]) -> Plan | None:
        """Return the plan of the last answer that fits apart from its shots, or None."""
        for answer in reversed(answers):
            try:
                screenplay = self._screenplay(answer)
                _require_none(self._faults(screenplay))
                plan = self._staged(screenplay, with_shots=False)
            except InvalidArtefact:
                continue
            return noted(plan, f"The shots are our own, since those of {self.planner} did not fit.")
        return None

    def _screenplay(self, answer: Answer) -> Screenplay:
        """Return the screenplay that an answer is."""
        if answer.ending == "truncated":
            raise InvalidArtefact("Your answer broke off before its end. Be briefer.")
        if answer.ending == "refused":
            raise InvalidArtefact(
                f"You refused: {shortened(answer.text)} The document only tells what a film is "
                "about. Leave out what you cannot show, and tell the rest."
            )
        if not answer.text.strip():
            raise InvalidArtefact("Your answer was empty.")
        try:
            return Screenplay.model_validate_json(answer.text)
        except ValidationError as error:
            raise InvalidArtefact(_told(error)) from error

    def _faults(self, screenplay: Screenplay) -> list[str]:
        return faults_of(screenplay, self.draft, knowledge=self.knowledge, home=self.home)

    def _staged(self, screenplay: Screenplay, *, with_shots: bool) -> Plan:
        """Return the plan, held to the checks of any plan."""
        try:
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
            raise InvalidArtefact(_told(error)) from error
        except GenerationFailed as error:
            raise InvalidArtefact(error.message) from error
        return plan


def _require_none(faults: Sequence[str]) -> None:
    if faults:
        raise InvalidArtefact(f"Your screenplay does not fit: {_listed(faults)}.")


def _told(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}"
        for fault in error.errors()
    ]
    return f"Your answer does not hold to its contract: {_listed(faults)}."


def _listed(faults: Sequence[str]) -> str:
    """Join faults, the first of many."""
    more = [f"and {len(faults) - MAX_FAULTS} more"] if len(faults) > MAX_FAULTS else []
    return "; ".join([*faults[:MAX_FAULTS], *more])


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTED else f"{line[:MAX_QUOTED]}…"


def noted(plan: Plan, note: str) -> Plan:
    """Return a plan that says how a model took part."""
    sentence = note if note.endswith((".", "!", "?", "…", "”")) else f"{note}."
    return plan.model_copy(update={"notes": (*plan.notes, sentence)})
