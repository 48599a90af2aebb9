"""The report: what was measured in a finished film, beside what was meant."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from pydantic import Field

from mvkit.schema.analysis import Analysis, SectionType
from mvkit.schema.base import Artefact, HexColour, Record, Seconds, Share, Span
from mvkit.schema.brief import Brief
from mvkit.schema.captions import CaptionKind
from mvkit.schema.clips import Clips
from mvkit.schema.plan import Move, Plan, ShotSize
from mvkit.schema.video import Video

REPORT_PAGE = "report.html"
"""The page that tells a report, in the run folder."""
Topic = Literal["camera", "force", "light", "saturation", "warmth", "palette"]


class Agreement(Record):
    """How well two things go together.

    Attributes
    ----------
    r : float or None
        Spearman's rank correlation, -1 to 1; None where there are too few pairs, or where one of
        the two never changes.
    n : int
        How many pairs were compared.
    p : float or None
        How often chance alone makes as strong a one, 0-1 (two-sided).
    """

    r: float | None
    n: int
    p: Share | None = None


class Hits(Record):
    """How many cuts meet marks in the song, and what share of random times would."""

    n: int
    by_chance: Share


class Cutting(Record):
    """How the film is cut.

    Attributes
    ----------
    n_cuts, n_seen : int
        Planned changes of picture, and those that were seen on their frame.
    on_beats, on_downbeats : Hits
        Changes on a beat or a downbeat, give or take a frame.
    rate_by_energy : Agreement
        Cuts a minute against the song's energy, over pairs of bars.
    """

    n_cuts: int
    n_seen: int
    on_beats: Hits
    on_downbeats: Hits
    rate_by_energy: Agreement


class Norm(Record):
    """How long shots are where music or film are of this kind, and who says so."""

    shot_s: Seconds
    rule: str
    advice: str
    source: str


class Lengths(Record):
    """How long the shots are, in seconds.

    Attributes
    ----------
    furthest_frames : int
        The largest distance of a cut from where it was planned, in frames.
    norms : tuple of Norm
        Of the genre, or else of the format; empty where the director knows none.
    """

    mean_s: Seconds
    median_s: Seconds
    shortest_s: Seconds
    longest_s: Seconds
    planned_median_s: Seconds
    furthest_frames: int
    norms: tuple[Norm, ...]


class SectionMeasures(Span):
    """A part of the song, and what is seen in it.

    Attributes
    ----------
    n_shots : float
        Shots; one that reaches beyond the part counts by its share.
    mean_shot_s : float
        Mean length of the shots, weighted by that share.
    opens_with_cut : bool
        Whether the picture changes where the part begins, give or take a frame.
    motion : float
        Mean motion in it, in picture widths a second.
    """

    type: SectionType
    energy_share: Share
    n_shots: float
    mean_shot_s: Seconds
    opens_with_cut: bool
    motion: float


class Camera(Record):
    """How the whole picture moves, per second.

    Attributes
    ----------
    pan, tilt : float
        The camera to the right and downwards, in picture widths.
    zoom : float
        Growth of the picture: the logarithm of its factor; negative where the camera draws back.
    unrest : float
        How far pan and tilt stray from their medians: a robust standard deviation.
    """

    pan: float
    tilt: float
    zoom: float
    unrest: float


class Look(Record):
    """The colours of a shot.

    Attributes
    ----------
    lightness, chroma, warmth : float
        Means in CIE L*a*b*: L* (0-100), the distance from grey, and b*, from blue to yellow.
    contrast : float
        Standard deviation of L*.
    swatches : tuple of str
        Its main colours, the most frequent first.
    palette_share : float
        Share of its colour that lies near the plan's palette in hue.
    palette_by_chance : float
        The share of all hues that lies there.
    from_previous : float or None
        Distance of its colours from the shot before, 0 alike to 1 nothing in common.
    from_film : float
        The same from the whole film.
    """

    lightness: float
    chroma: float
    warmth: float
    contrast: float
    swatches: tuple[HexColour, ...]
    palette_share: Share
    palette_by_chance: Share
    from_previous: Share | None
    from_film: Share


class Verdict(Record):
    """Something that the director meant, and what is seen of it."""

    topic: Topic
    meant: str
    found: str
    is_seen: bool


class ShotMeasures(Span):
    """A shot as it was found in the film.

    Attributes
    ----------
    planned_s : float
        How long it was planned.
    place, people, idea : str, tuple of str, str
        Where it plays, who is in it, and what it is meant to show.
    energy : float
        Mean energy of the song during it, 0-1.
    motion : float
        Mean speed of all that moves, in picture widths a second.
    """

    planned_s: Seconds
    section: SectionType
    place: str
    people: tuple[str, ...]
    size: ShotSize
    move: Move
    action: str
    idea: str
    energy: Share
    motion: float
    camera: Camera
    look: Look
    verdicts: tuple[Verdict, ...]


class Meant(Record):
    """How much of what was meant is seen, by topic.

    Attributes
    ----------
    by_chance : float
        The share that would be if the shots were shuffled: each intention held against each shot.
    """

    topic: Topic
    n_seen: int
    n_meant: int
    by_chance: Share

    @property
    def beyond_chance(self) -> float:
        """How far it lies above chance, in standard deviations of a binomial; 2 are clear.

        Shots of one clip are told alike, so that this is kinder than it should be.
        """
        spread = math.sqrt(self.n_meant * self.by_chance * (1.0 - self.by_chance))
        return (self.n_seen - self.by_chance * self.n_meant) / max(spread, 1e-9)


class Likeness(Record):
    """How alike pictures are that the plan says show the same, beside those that do not.

    Attributes
    ----------
    same, other : float or None
        Mean distance of the pairs, 0 alike to 1 nothing in common.
    told_apart : float or None
        How often a pair of the same is closer than another pair: 0.5 by chance, 1 always.
    """

    of: Literal["place", "people"]
    by: Literal["colour", "shape"]
    n_same: int
    n_other: int
    same: float | None
    other: float | None
    told_apart: float | None


class CaptionMeasures(Span):
    """How well words over the picture can be read.

    Attributes
    ----------
    contrast, weakest : float
        Contrast ratio (WCAG 2.2) of the letters to what is around them, 1-21: of the whole
        caption, and where it is least.
    """

    kind: CaptionKind
    text: str
    contrast: float
    weakest: float


class StageMeasures(Record):
    """What a stage took, when it last ran, and what it has cost in all."""

    name: str
    worked_s: Seconds
    cost_usd: float


class Report(Artefact):
    """What was measured in a finished film.

    Attributes
    ----------
    motion_by_energy : Agreement
        Motion of the shots against the energy of the song.
    curve_hz, motion_curve, lightness_curve : float, tuple of float
        Motion and lightness over time, as many values a second.
    neighbours_apart, film_apart : float or None
        Mean distance of a shot's colours from the shot before, and from the whole film.
    flashes : str
        What the film's check found.
    cost_usd_per_min : float
        What a minute of the film cost.
    """

    stage: ClassVar[str] = "report"
    reads = (Brief, Analysis, Plan, Clips, Video)

    cutting: Cutting
    lengths: Lengths
    sections: tuple[SectionMeasures, ...]
    shots: tuple[ShotMeasures, ...] = Field(min_length=1)
    motion_by_energy: Agreement
    curve_hz: float
    motion_curve: tuple[float, ...]
    lightness_curve: tuple[float, ...]
    neighbours_apart: float | None
    film_apart: float
    meant: tuple[Meant, ...]
    likeness: tuple[Likeness, ...]
    captions: tuple[CaptionMeasures, ...]
    flashes: str
    flashes_passed: bool | None
    stages: tuple[StageMeasures, ...]
    cost_usd: float
    cost_usd_per_min: float
    notes: tuple[str, ...] = ()
