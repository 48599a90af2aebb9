"""Which two films to ask about next."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from mvkit.errors import MvkitError
from mvkit.jobs.table import list_jobs
from mvkit.lineup.makings import makings_of
from mvkit.schema import EDITS_FILE, Brief, Plan
from mvkit.schema.vote import Vote, topics_between
from mvkit.storage import get_store

MOST_FILMS = 200
"""Of so many films, the newest, pairs are made."""

Ids = frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A finished film, and what made it; ``song`` and ``aspect`` are what a pair has in common."""

    job_id: str
    song: str
    aspect: str
    made: Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two films of one song, as they are shown."""

    left: Candidate
    right: Candidate

    @property
    def ids(self) -> Ids:
        """Their ids, whichever stands where."""
        return frozenset((self.left.job_id, self.right.job_id))


def next_pair(
    user: str, *, votes: Iterable[Vote] = (), skipped: Collection[Ids] = (), rng: random.Random
) -> Pair | None:
    """Return two films of a user to ask about; None where no two can be compared.

    Pairs that were skipped come last; before them those that were asked about most often; and of
    equals those that differ in most things. Which film stands left is left to chance.

    Parameters
    ----------
    user : str
        Whose films.
    votes : iterable of Vote
        What was answered before.
    skipped : collection of frozenset of str
        Pairs that nobody wants to see now, as their ids.
    rng : random.Random
        Where the dice come from.
    """
    asked = Counter(frozenset((vote.left.job_id, vote.right.job_id)) for vote in votes)
    pairs = [Pair(*rng.sample(two, 2)) for two in _comparable(_candidates(user))]
    if not pairs:
        return None
    rng.shuffle(pairs)
    return min(pairs, key=lambda pair: (pair.ids in skipped, asked[pair.ids], _n_topics(pair)))


def _n_topics(pair: Pair) -> int:
    return len(topics_between(pair.left.made, pair.right.made))


def _comparable(films: Sequence[Candidate]) -> Iterable[tuple[Candidate, Candidate]]:
    """Yield any two films of one song and shape that differ in something."""
    for one, other in combinations(films, 2):
        same = (one.song, one.aspect) == (other.song, other.aspect)
        if same and topics_between(one.made, other.made):
            yield one, other


def _candidates(user: str) -> list[Candidate]:
    """Return a user's newest films; one whose files are gone or damaged cannot be compared."""
    found = []
    for job in list_jobs(user=user, states=("finished",), limit=MOST_FILMS):
        try:
            found.append(_candidate(job.job_id, job.updated_at_s))
        except (MvkitError, ValueError):
            continue
    return found


@lru_cache(maxsize=4 * MOST_FILMS)
def _candidate(job_id: str, _updated_at_s: float) -> Candidate:
    """Read a film that was finished at some time; one that is made anew is another one."""
    store = get_store()
    brief = Brief.from_json(store.read(job_id, Brief.file_name()))
    plan: dict[str, Any] = json.loads(store.read(job_id, Plan.file_name()))
    is_changed = any(file.name == EDITS_FILE for file in store.files(job_id))
    made = makings_of(brief, notes=plan.get("notes", ()), changed_by_hand=is_changed)
    return Candidate(job_id, brief.song_sha256, brief.aspect, made)
