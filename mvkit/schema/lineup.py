"""A lineup: what is told of films beside one another; no artefact, but read from many."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from mvkit.schema.analysis import Analysis
from mvkit.schema.base import Record
from mvkit.schema.plan import Plan

WORDS_OF_A_WISH = 5


class Film(Record):
    """A run in a lineup.

    Amounts are US dollars, ``_s`` is seconds. What a run has not come to, or was never measured,
    is None, or empty where it is text.

    Attributes
    ----------
    number : int
        Its place, from 1.
    differs : str
        What its wish says that the others' do not all say; empty where all wish the same.
    genre : str
        Id of the kind of music that it was planned for.
    image, video : str
        Who was to paint and film.
    motion_by_energy : float or None
        Correlation of motion and the song's energy, -1 to 1, if the film was measured.
    warnings : str
        Checks of the film that did not pass.
    analysis_s, plan_s, references_s, prompts_s, clips_s, video_s : float or None
        How long each stage worked, over all its attempts that finished.
    film : str
        The film, as a path from the runs folder.
    analysis, plan : Analysis, Plan or None
        What stands behind the numbers; None where the file is missing or damaged, too.
    sheet : Path or None
        The film's contact sheet.
    """

    number: int
    job_id: str
    created_at: datetime
    title: str = ""
    prompt: str = ""
    differs: str = ""
    genre: str = ""
    aspect: str = ""
    seed: int | None = None
    image: str = ""
    video: str = ""
    tempo_bpm: float | None = None
    beats_per_bar: int | None = None
    key: str = ""
    song_s: float | None = None
    n_sections: int | None = None
    n_clips: int | None = None
    n_shots: int | None = None
    median_shot_s: float | None = None
    n_cuts: int | None = None
    n_on_beat: int | None = None
    motion_by_energy: float | None = None
    n_warnings: int | None = None
    warnings: str = ""
    analysis_s: float | None = None
    plan_s: float | None = None
    references_s: float | None = None
    prompts_s: float | None = None
    clips_s: float | None = None
    video_s: float | None = None
    worked_s: float = 0.0
    cost_usd: Decimal = Decimal()
    state: str
    stage: str = ""
    reason: str = ""
    error: str = ""
    film: str = ""
    analysis: Analysis | None = None
    plan: Plan | None = None
    sheet: Path | None = None

    @property
    def name(self) -> str:
        """What it is called: its number, and its title or the first words of its wish."""
        return f"{self.number} {self.title or first_words(self.prompt) or self.job_id[:8]}"

    @property
    def is_finished(self) -> bool:
        """Whether there is a film."""
        return self.state == "finished"


def first_words(prompt: str) -> str:
    """Return how a wish begins."""
    words = prompt.split()
    return " ".join(words[:WORDS_OF_A_WISH]) + (" ..." if words[WORDS_OF_A_WISH:] else "")
