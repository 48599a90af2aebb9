"""The answers: appended to one file, read back whole."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from mvkit.ballot.pairs import Pair
from mvkit.errors import InvalidArtefact
from mvkit.files import append_line, read_lines
from mvkit.schema.base import explain
from mvkit.schema.vote import VOTES_FILE, Preference, Side, Vote
from mvkit.settings import get_settings


def vote(pair: Pair, preferred: Preference, *, voter: str) -> Vote:
    """Write an answer down.

    Parameters
    ----------
    pair : Pair
        The films, as they stood.
    preferred : {'left', 'right', 'neither'}
        The answer.
    voter : str
        Who answered.
    """
    answer = Vote(
        voter=voter,
        left=Side(job_id=pair.left.job_id, made=pair.left.made),
        right=Side(job_id=pair.right.job_id, made=pair.right.made),
        preferred=preferred,
    )
    append_line(_path(), answer.model_dump(mode="json"))
    return answer


def read_votes(*, voter: str | None = None) -> tuple[Vote, ...]:
    """Return all answers, or those of one person, the oldest first.

    Raises
    ------
    InvalidArtefact
        If a line of the file does not hold to its contract.
    """
    lines = [{name: value for name, value in line.items() if name != "time"} for line in _lines()]
    try:
        votes = [Vote.model_validate(line) for line in lines]
    except ValidationError as error:
        advice = "Mend the line, or take it out."
        raise InvalidArtefact(explain(error, source=VOTES_FILE, advice=advice)) from error
    return tuple(vote for vote in votes if voter in (None, vote.voter))


def _lines() -> list[dict[str, object]]:
    return read_lines(_path())


def _path() -> Path:
    return get_settings().runs_dir / VOTES_FILE
