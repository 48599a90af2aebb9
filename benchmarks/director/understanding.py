"""What is understood of a wish, held against what a person understands.

A field is right if it holds exactly what the key holds. Fields that the key leaves out count only
if the reader fills them, as wrong. The requirement is 90 % of fields.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from mvkit.director import Wish, load_knowledge, read_wish
from mvkit.director.knowledge import Garment
from mvkit.director.lexicon import stems
from mvkit.director.spelling import ordinary_words, spelling_table

WISHES = Path(__file__).parent.with_name("wishes.toml")
REQUIRED = 0.9
FIELDS = (
    *("subject", "wardrobe", "accent", "things", "place", "time", "weather", "season", "era"),
    *("action", "mood", "colours", "style", "camera", "without"),
)
Fields = Mapping[str, tuple[str, ...]]

console = Console()


@dataclass(frozen=True)
class Scored:
    """One wish: its text, what a person reads in it, and what the director read."""

    text: str
    key: Fields
    read: Fields

    @property
    def counted(self) -> tuple[str, ...]:
        """Fields that the key or the director fills."""
        return tuple(name for name in FIELDS if self.key.get(name) or self.read.get(name))

    @property
    def wrong(self) -> tuple[str, ...]:
        """Fields that do not hold what the key holds."""
        return tuple(
            name
            for name in self.counted
            if not same(self.key.get(name, ()), self.read.get(name, ()))
        )


def read_keys(path: Path = WISHES) -> list[tuple[str, Fields]]:
    """Return the wishes of a file, each with its key."""
    rows = tomllib.loads(path.read_text("utf-8"))["wishes"]
    return [
        (row["text"], {name: tuple(row[name]) for name in FIELDS if name in row}) for row in rows
    ]


def score_wishes(path: Path = WISHES) -> list[Scored]:
    """Read every wish of a file."""
    knowledge = load_knowledge()
    return [
        Scored(text, key, fields_of(read_wish(text, knowledge))) for text, key in read_keys(path)
    ]


def share_right(scored: Sequence[Scored], *, of: str | None = None) -> float:
    """Return the share of fields that are right; of one field, or of all."""
    counted = [name for one in scored for name in one.counted if of in (None, name)]
    wrong = [name for one in scored for name in one.wrong if of in (None, name)]
    return 1 - len(wrong) / len(counted) if counted else 1.0


def fields_of(wish: Wish) -> Fields:
    """Return what was read, in the names of the key."""
    return {
        "subject": (
            *(person.noun.removeprefix("the ").removesuffix(" member") for person in wish.people),
            *(thing.name for thing in wish.things if thing.people),
        ),
        "wardrobe": tuple(dict.fromkeys(map(_called, wish.garments))),
        "accent": (wish.accent.name,) if wish.accent else (),
        "things": tuple(t.name for t in wish.things if not (t.people or t.weather)),
        "place": tuple(world.id.replace("_", " ") for world in wish.worlds),
        "time": (wish.time_of_day,) if wish.time_of_day else (),
        "weather": (
            *((wish.weather,) if wish.weather else ()),
            *(thing.name for thing in wish.things if thing.weather),
        ),
        "season": tuple(season.name for season in wish.seasons),
        "era": tuple(era.name for era in wish.eras),
        "action": tuple(activity.name or activity.value for activity in wish.activities),
        "mood": tuple(feeling.name for feeling in wish.feelings),
        "colours": tuple(colour.name for colour in wish.colours),
        "style": tuple(style.name for style in wish.styles),
        "camera": tuple(filming.name for filming in wish.filming),
        "without": wish.without,
    }


def same(expected: Iterable[str], found: Iterable[str]) -> bool:
    """Tell whether two lists hold the same, in any order and form."""
    return {_plain(word) for word in expected} == {_plain(word) for word in found}


def _called(garment: Garment) -> str:
    plain = f"{garment.value} hair" if garment.slot == "hair" else garment.value
    return garment.name or plain


def _plain(word: str) -> str:
    return min(stems(word.lower().replace("_", " ")), key=len)


def wishes() -> None:
    """Print which fields of each wish were read right, and the total."""
    scored = score_wishes()
    for one in scored:
        console.print(f"[bold]{one.text}")
        for name in one.wrong:
            wanted, found = (", ".join(side.get(name, ())) or "-" for side in (one.key, one.read))
            console.print(f"    [red]{name}[/red]: expected {wanted}; read {found}")
        console.print(f"    {len(one.counted) - len(one.wrong)} of {len(one.counted)} right")
    table = Table("field", "right")
    for name in FIELDS:
        table.add_row(name, f"{share_right(scored, of=name):.0%}")
    table.add_row("all", f"{share_right(scored):.1%}", style="bold")
    console.print(table)
    if share_right(scored) < REQUIRED:
        raise typer.Exit(1)


def ordinary(words: Annotated[Path, typer.Argument(help="English words, one a line")]) -> None:
    """Print knowledge/spelling.toml for a list of ordinary words, the common ones only."""
    known = words.read_text("utf-8").split()
    typer.echo(spelling_table(ordinary_words(known, load_knowledge())), nl=False)
