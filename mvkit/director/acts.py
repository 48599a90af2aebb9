"""The story of a film in acts, laid over the parts of its song.

A song is no play, yet a film to it has the same five stretches (G. Freytag's pyramid; K. Thompson,
*Storytelling in the New Hollywood*, 1999, finds setup, complicating action, development and
climax): it sets up until the first chorus, rises, turns where the song breaks its own pattern,
has its climax in the last choruses, and lets go. A song without one of these parts has no such act.

Contents
--------
acts_of
"""

from __future__ import annotations

from collections.abc import Sequence

from mvkit.schema.analysis import Section
from mvkit.schema.plan import ActName

PAYOFFS = ("chorus", "instrumental")
"""Parts in which a song pays off."""
BREAKS = ("bridge", "breakdown", "instrumental")
"""Parts that break its pattern, if they come before its last payoff."""
CLIMAX_SHARE = 0.6
"""From where a song without payoffs may culminate, as a share of its length."""


def acts_of(sections: Sequence[Section]) -> tuple[ActName, ...]:
    """Return the act of each part of a song.

    Parameters
    ----------
    sections : sequence of Section
        The song's parts, in order.
    """
    release_from = _release_from(sections)
    climax_from = _climax_from(sections, release_from)
    payoffs = (i for i in range(1, climax_from) if sections[i].type in PAYOFFS)
    rise_from = next(payoffs, climax_from)
    breaks = [i for i in range(rise_from + 1, climax_from) if sections[i].type in BREAKS]
    turn_from = breaks[-1] if breaks else climax_from
    starts: tuple[tuple[int, ActName], ...] = (
        *((release_from, "release"), (climax_from, "climax")),
        *((turn_from, "turn"), (rise_from, "rise"), (0, "setup")),
    )
    return tuple(
        next(name for start, name in starts if index >= start) for index in range(len(sections))
    )


def _release_from(sections: Sequence[Section]) -> int:
    """Return the first of the outros that end a song; the number of parts if there is none."""
    first = len(sections)
    while first > 1 and sections[first - 1].type == "outro":
        first -= 1
    return first


def _climax_from(sections: Sequence[Section], until: int) -> int:
    """Return where the last payoff begins; without one, the strongest part of the late song.

    Payoffs that follow each other are one; but the first of a song is no climax if there are more.
    A song too short for a climax has it where it ends.
    """
    payoffs = [i for i in range(1, until) if sections[i].type in PAYOFFS]
    choruses = [i for i in payoffs if sections[i].type == "chorus"] or payoffs
    if choruses:
        first = choruses[-1]
        while first - 1 in payoffs and first - 1 > choruses[0]:
            first -= 1
        return first
    late = [i for i in range(1, until) if sections[i].start >= CLIMAX_SHARE * sections[-1].end]
    return max(late, key=lambda i: sections[i].energy_share, default=until)
