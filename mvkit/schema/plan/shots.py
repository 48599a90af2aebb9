"""What is seen at every moment: shots, the clips they are filmed in, what joins those."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mvkit.schema.analysis import SectionType, check_cover
from mvkit.schema.base import Level, Record, Seconds, Share, Slug, Span
from mvkit.schema.plan.cast import Grade, Sentence
from mvkit.timing import frame_at

ShotSize = Literal[
    "extreme wide", "wide", "medium wide", "medium", "medium close", "close", "extreme close"
]
Angle = Literal["eye level", "low", "high"]
Move = Literal[
    "static",
    "push in",
    "pull out",
    "track",
    "pan",
    "tilt",
    "crane",
    "orbit",
    "handheld",
    "dolly",
    "beat push",
    "whip pan",
]
Action = Literal[
    "stand", "walk", "run", "dance", "sing", "cheer", "turn", "sit",
    "play guitar", "play drums", "play keys",
]  # fmt: skip
TransitionType = Literal[
    "cut", "crossfade", "fade", "fade white", "luma dissolve", "wipe", "push", "whip", "zoom",
    "spin", "flash", "light leak", "film burn", "glitch",
]  # fmt: skip
AccentKind = Literal["punch", "flash", "shake"]
Direction = Literal["left to right", "right to left", "towards us", "away from us"]
GOING: frozenset[Action] = frozenset({"walk", "run"})
"""The actions by which somebody gets ahead."""
Detail = Literal["eyes", "hands", "feet"]
DETAILS: dict[Action, Detail] = {
    "stand": "eyes", "sing": "eyes", "sit": "hands", "cheer": "hands", "turn": "feet",
    "walk": "feet", "run": "feet", "dance": "feet",
    "play guitar": "hands", "play drums": "hands", "play keys": "hands",
}  # fmt: skip
"""What an extreme close shot shows of somebody."""


class Accent(Record):
    """A beat that the picture answers inside a shot; ``strength`` is 0-1."""

    time: Seconds
    kind: AccentKind
    strength: Share


class Words(Span):
    """Sung words that hang in the picture; they have left it by ``end``."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Shot(Span):
    """What is seen without a cut, inside one clip.

    Attributes
    ----------
    direction : str or None
        Which way people walk across the frame.
    accents : tuple of Accent
        Beats inside it that the picture answers, in order.
    words : Words or None
        Sung words that hang in it.
    rules : tuple of str
        Ids of the director's rules that made these choices.
    """

    size: ShotSize
    angle: Angle
    move: Move
    action: Action
    characters: tuple[Slug, ...] = ()
    direction: Direction | None = None
    accents: tuple[Accent, ...] = ()
    words: Words | None = None
    rules: tuple[Slug, ...] = ()

    @property
    def way(self) -> Direction | None:
        """Which way people are seen to walk; None where nobody does."""
        return self.direction if self.action in GOING and self.characters else None

    @property
    def detail(self) -> Detail:
        """What it shows if it is extremely close."""
        return DETAILS[self.action]

    @property
    def looks(self) -> tuple[object, ...]:
        """What it shows and how: all but when, and why."""
        return self.size, self.angle, self.move, self.action, self.characters


class ClipScript(Span):
    """What is filmed as one clip: one place, one or more shots.

    Attributes
    ----------
    take : int
        Counts from 1; each new take is filmed beside the ones before.
    locked : bool
        Whether what is filmed stays as it is, whatever else of the film changes.
    continues : bool
        Whether it goes on where the clip before it ends: same place, same people, same moment.
    grade : Grade
        Its colours, relative to the film's palette.
    lighting : str
        The light here, in words; empty where there is nothing to say beside the film's.
    """

    clip_index: int = Field(ge=0)
    take: int = Field(default=1, ge=1)
    locked: bool = False
    continues: bool = False
    visual_description: Sentence
    motion: Sentence
    camera_angle: Sentence
    characters: tuple[Slug, ...] = ()
    scenes: tuple[Slug, ...] = Field(min_length=1)
    lyrics_context: str = ""
    grade: Grade = Grade()
    lighting: str = ""
    beat_intensity: Level
    section: SectionType
    shots: tuple[Shot, ...] = Field(min_length=1)
    rules: tuple[Slug, ...] = ()

    @property
    def slate(self) -> str:
        """What the files of the take are called, without their endings: ``003``, ``003.take2``."""
        return f"{self.clip_index:03d}" + (f".take{self.take}" if self.take > 1 else "")

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_cover("shots", self.shots, from_s=self.start, until_s=self.end)
        return self


class Transition(Record):
    """How one clip gives way to the next; centred on the boundary, ``duration`` in seconds."""

    from_clip: int = Field(ge=0)
    to_clip: int = Field(ge=1)
    type: TransitionType
    duration: Seconds
    rationale: Sentence
    rules: tuple[Slug, ...] = ()

    @property
    def half_frames(self) -> int:
        """Frames on each side of the boundary that belong to the transition; 0 for a cut."""
        return 0 if self.type == "cut" else frame_at(self.duration / 2)
