"""Every row is looked at before any is submitted, and all that is wrong is told at once.

A row that holds becomes a :class:`Wish`: its brief, as a job would write it down, and the length
of its song. Two rows with the same wish are a slip, since they would be the same film.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from mvkit.analysis.intake import CheckedSong, check_song
from mvkit.analysis.lyrics import check_lyrics
from mvkit.batches.rows import Row
from mvkit.chain import check_options
from mvkit.director.knowledge import load_knowledge
from mvkit.errors import InvalidInput, MvkitError
from mvkit.estimate import estimate, roles_of
from mvkit.ledger import checked_budget, usual_budget_usd
from mvkit.preflight import check_models
from mvkit.providers import image_model, paid_image_model, paid_video_model, video_model
from mvkit.purse import check_purse
from mvkit.run import draft_brief
from mvkit.schema import Brief, Record
from mvkit.schema.base import explain
from mvkit.schema.brief import OptionValue

T = TypeVar("T")

CHOICES = ("title", "aspect", "quality", "seed", "image", "video")
"""Columns that are choices of a brief."""
NOBODY = "00000000-0000-4000-8000-000000000000"
SOME_SHA256 = "0" * 64


class Wish(Record):
    """A row that holds: a film that can be submitted.

    Attributes
    ----------
    number : int
        Of its row.
    song, lyrics : Path
        As files that are there; None for no lyrics.
    brief : Brief
        The wish as a job would write it down.
    song_s : float
        Length of the song in seconds.
    budget_usd : Decimal or None
        What the film may cost; None for as much as the settings say.
    usd : Decimal
        What it will typically cost.
    """

    number: int
    song: Path
    lyrics: Path | None
    brief: Brief
    song_s: float
    budget_usd: Decimal | None
    usd: Decimal

    @property
    def key(self) -> str:
        """What tells this wish from all others: songs, words and models, by their content."""
        return self.brief.content_digest()


class Fault(Record):
    """A row that does not hold, and all that is wrong with it, a sentence each."""

    number: int
    song: str
    told: tuple[str, ...]


Watch = Callable[[int, int], None]
"""Called with how many rows are looked at, and how many there are."""


def check_rows(
    rows: Sequence[Row],
    *,
    folder: Path,
    budget_usd: Decimal | None = None,
    watch: Watch | None = None,
) -> tuple[tuple[Wish, ...], tuple[Fault, ...]]:
    """Look at all rows; return those that hold, and what is wrong with the others.

    Parameters
    ----------
    rows : sequence of Row
        As they were read.
    folder : Path
        What their paths are relative to.
    budget_usd : Decimal, optional
        What a film may cost whose row does not say it.
    watch : callable, optional
        Called before each row, and at the end.
    """
    inspector = _Inspector(folder, budget_usd)
    wishes: dict[str, Wish] = {}
    faults = []
    for n_done, row in enumerate(rows):
        if watch:
            watch(n_done, len(rows))
        wish, told = inspector.look(row)
        if wish and (same := wishes.setdefault(wish.key, wish)) is not wish:
            told = [f"It is the same film as row {same.number}; give it another seed, or drop it."]
        if told:
            faults.append(Fault(number=row.number, song=_cell(row, "song"), told=tuple(told)))
    if watch:
        watch(len(rows), len(rows))
    return tuple(wishes.values()), tuple(faults)


def refusal(faults: Sequence[Fault], *, n_rows: int) -> InvalidInput:
    """Return the error that tells all bad rows at once."""
    lines = [
        f"row {fault.number} ({fault.song or 'no song'}): {' '.join(fault.told)}"
        for fault in faults
    ]
    return InvalidInput(
        f"{len(faults)} of {n_rows} rows cannot be used, so nothing was submitted:\n"
        + "\n".join(lines)
        + "\nMend them, or go on without them (--skip-bad, skip_bad=True).",
        reason="ROWS",
    )


class _Inspector:
    """Looks at rows; a song that is in many of them is decoded once."""

    def __init__(self, folder: Path, budget_usd: Decimal | None) -> None:
        self._folder = folder
        self._budget_usd = budget_usd
        self._songs: dict[Path, CheckedSong | MvkitError] = {}

    def look(self, row: Row) -> tuple[Wish | None, list[str]]:
        """Return the wish of a row, or all that is wrong with it."""
        told = [row.fault] if row.fault else list(_missing(row))
        lyrics = self._folder / _cell(row, "lyrics") if _cell(row, "lyrics") else None
        song = self._folder / _cell(row, "song")
        checked = _try(lambda: self._song(song), told) if _cell(row, "song") else None
        told += _wrong_choices(row)
        _try(lambda: check_options(row.options), told)
        _try(lambda: load_knowledge(director=str(_plan_option(row, "director"))), told)
        if lyrics and checked:
            _try(lambda: check_lyrics(lyrics, duration_s=checked.duration_s), told)
        budget_usd = _try(lambda: self._budget(row), told)
        if told or checked is None:
            return None, told
        return _try(lambda: _wish(row, song, lyrics, checked, budget_usd), told), told

    def _song(self, song: Path) -> CheckedSong:
        if song not in self._songs:
            try:
                self._songs[song] = check_song(song)
            except MvkitError as error:
                self._songs[song] = error
        found = self._songs[song]
        if isinstance(found, MvkitError):
            raise found
        return found

    def _budget(self, row: Row) -> Decimal | None:
        text = _cell(row, "budget_usd")
        if not text:
            return None if self._budget_usd is None else checked_budget(self._budget_usd)
        try:
            return checked_budget(Decimal(text.removeprefix("$")))
        except InvalidOperation as error:
            raise InvalidInput(
                f"The budget is {text!r}; expected dollars, as 1.50.", reason="BUDGET"
            ) from error


def _try(check: Callable[[], T], told: list[str]) -> T | None:
    """Return what a check returns; where it fails, add why to what is told."""
    try:
        return check()
    except MvkitError as error:
        told.append(error.message)
        return None


def _plan_option(row: Row, name: str) -> OptionValue:
    return row.options.get("plan", {}).get(name, "")


def _cell(row: Row, name: str) -> str:
    return str(row.cells.get(name, ""))


def _missing(row: Row) -> Iterator[str]:
    for name in ("song", "prompt"):
        if not _cell(row, name):
            yield f"There is no {name}."


def _wrong_choices(row: Row) -> Iterator[str]:
    """Yield what of a row's words does not hold to a brief's contract, whatever its song is."""
    if not _cell(row, "prompt"):
        return
    try:
        Brief.model_validate(
            {
                **_choices(row),
                "job_id": NOBODY,
                "song_file": "song.wav",
                "song_sha256": SOME_SHA256,
                "prompt": row.cells["prompt"],
                "options": row.options,
            }
        )
    except ValidationError as error:
        yield explain(error, source="The wish", advice="Change it.")


def _choices(row: Row) -> dict[str, OptionValue]:
    return {name: row.cells[name] for name in CHOICES if name in row.cells}


def _wish(
    row: Row, song: Path, lyrics: Path | None, checked: CheckedSong, budget_usd: Decimal | None
) -> Wish:
    """Return the wish of a row whose words and song hold, if its models do and it is not too dear.

    Raises
    ------
    MvkitError
        If they do not, or it is.
    """
    brief = draft_brief(
        song=song,
        kind=checked.kind,
        prompt=_cell(row, "prompt"),
        lyrics=lyrics,
        options=row.options,
        **_choices(row),  # type: ignore[arg-type] # checked
    )
    _check_makers(brief)
    roles = roles_of(brief, lyrics=lyrics)
    usd = estimate(**roles, song_s=checked.duration_s).usd
    if usd:
        limit_usd = usual_budget_usd(checked.duration_s) if budget_usd is None else budget_usd
        check_purse(checked.duration_s, budget_usd=limit_usd, **roles)
    return Wish(
        number=row.number,
        song=song,
        lyrics=lyrics,
        brief=brief,
        song_s=checked.duration_s,
        budget_usd=budget_usd,
        usd=usd,
    )


def _check_makers(brief: Brief) -> None:
    """Check that who paints and who films can be asked, as a job would find out."""
    check_models(brief)
    if paid_image_model(brief.image) is None:
        image_model(brief.image)
    if paid_video_model(brief.video) is None:
        video_model(brief.video)
