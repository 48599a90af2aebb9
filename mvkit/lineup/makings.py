"""What films of one song can differ in: the words and numbers that made each of them.

Contents
--------
makings_of, told_apart
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mvkit.schema import Brief
from mvkit.schema.lineup import first_words

CHOSEN = ("aspect", "quality", "seed", "planner", "image", "video", "framing", "transcriber")
"""Fields of a wish that tell films apart, beside its words and its options."""
WISH = "wish"
DIRECTOR = ("plan", "director")
"""The option that names a director of the user's own: the plan's note tells what its rows do."""
GOES_BY = "The director goes by "
"""How the plan's note begins that names the rows of the user's own."""


def makings_of(
    brief: Brief, *, notes: Sequence[str] = (), changed_by_hand: bool = False
) -> dict[str, str]:
    """Return what made a film, by what it is called.

    Parameters
    ----------
    brief : Brief
        Its wish.
    notes : sequence of str
        Those of its plan, which name knowledge of the user's own.
    changed_by_hand : bool
        Whether somebody changed its storyboard.
    """
    own = [note.removeprefix(GOES_BY) for note in notes if note.startswith(GOES_BY)]
    told = {
        WISH: brief.prompt,
        **{name: str(getattr(brief, name)) for name in CHOSEN},
        **{
            f"{stage}.{name}": str(value)
            for stage, values in brief.options.items()
            for name, value in values.items()
            if (stage, name) != DIRECTOR
        },
        "lyrics": brief.lyrics_sha256[:8],
        "knowledge": own[0] if own else "as it comes",
        "storyboard": "changed by hand" if changed_by_hand else "as planned",
    }
    return {name: value for name, value in told.items() if value}


def told_apart(makings: Sequence[Mapping[str, str]]) -> list[str]:
    """Return of each film what it has that not all of them have: *seed 2, plan.pace 1.4*."""
    names = dict.fromkeys(name for made in makings for name in made)
    varied = [name for name in names if len({made.get(name) for made in makings if made}) > 1]
    return [
        ", ".join(_told(name, made[name]) for name in varied if name in made) for made in makings
    ]


def _told(name: str, value: str) -> str:
    return f'{name} "{first_words(value)}"' if name == WISH else f"{name} {value}"
