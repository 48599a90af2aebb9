"""A vote: which of two films somebody liked better, without knowing which was which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mvkit.schema.base import JobId, Record

VOTES_FILE = "votes.jsonl"
"""All votes, a line each, in the runs folder: they outlive the films."""
QUESTION = "Which film fits the song better?"
Preference = Literal["left", "right", "neither"]


class Side(Record):
    """A film as it stood in a vote, and what made it."""

    job_id: JobId
    made: dict[str, str]


class Vote(Record):
    """One answer.

    Attributes
    ----------
    voter : str
        Whose films they are, who answered.
    question : str
        What was asked.
    left, right : Side
        The films as they were shown.
    preferred : {'left', 'right', 'neither'}
        Which one was preferred.
    """

    voter: str
    question: str = QUESTION
    left: Side
    right: Side
    preferred: Preference

    @property
    def topics(self) -> tuple[str, ...]:
        """What the two films differ in."""
        return topics_between(self.left.made, self.right.made)


def topics_between(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """Return what two films differ in, from what made each."""
    names = dict.fromkeys((*one, *other))
    return tuple(name for name in names if one.get(name) != other.get(name))
