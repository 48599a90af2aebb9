"""What the doctor finds: each problem one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import chain

from pydantic import computed_field

from mvkit.schema import Record


class Report(Record):
    """What was found of one thing.

    Attributes
    ----------
    problems : tuple of str
        Why it cannot work.
    notes : tuple of str
        What is good to know.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class RoleReport(Report):
    """One role of a film, and who plays it.

    Attributes
    ----------
    role : str
        ``image``, ``video``, ``planner``, ``transcriber``, ``fallback`` or ``stand-in``.
    name : str
        Who is chosen, as in the settings; empty for nobody.
    why : str
        What chose them: a variable, the settings file, or a default.
    usd_per_minute : Decimal or None
        What a minute of song mostly costs; 0 for nothing, None where that cannot be told.
    """

    role: str
    name: str
    why: str
    usd_per_minute: Decimal | None = None


class MachineReport(Report):
    """One thing a film needs of the machine.

    Attributes
    ----------
    part : str
        ``ffmpeg``, ``encoder``, ``disk``, ``database`` or ``kernels``, and so on.
    found : str
        What is there.
    """

    part: str
    found: str


class Diagnosis(Record):
    """Everything that was found."""

    roles: tuple[RoleReport, ...]
    machine: tuple[MachineReport, ...]

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def works(self) -> bool:
        """Whether films can be made as things are."""
        return not self.problems

    @property
    def problems(self) -> tuple[str, ...]:
        """All problems, each once."""
        return _each_once(report.problems for report in self._reports)

    @property
    def notes(self) -> tuple[str, ...]:
        """All that is good to know, each once."""
        return _each_once(report.notes for report in self._reports)

    @property
    def _reports(self) -> tuple[Report, ...]:
        return (*self.roles, *self.machine)


def _each_once(sentences: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(sentences)))
