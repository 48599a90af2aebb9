"""The plan: the director's treatment, and what is seen at every moment of the song."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mvkit.schema.analysis import Analysis, SectionType, check_cover
from mvkit.schema.base import Artefact, HexColour, Level, Record, Seconds, Share, Slug, Span
from mvkit.schema.brief import Brief
from mvkit.schema.captions import Caption
from mvkit.timing import FPS, frame_at

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
TimeOfDay = Literal["night", "dusk", "dawn", "day"]
Weather = Literal["clear", "rain", "fog", "snow"]
Kind = Literal["woman", "man", "other"]
Hair = Literal["long", "short", "bun", "curly", "braids", "shaved"]
Hat = Literal["none", "cap", "beanie", "wide hat"]
Outfit = Literal["coat", "dress", "jacket", "hoodie", "tee"]
Prop = Literal["none", "umbrella"]
TransitionType = Literal[
    "cut", "crossfade", "fade", "fade white", "luma dissolve", "wipe", "push", "whip", "zoom",
    "spin", "flash", "light leak", "film burn", "glitch",
]  # fmt: skip
Format = Literal["performance", "narrative", "concept", "dance", "abstract"]
ActName = Literal["setup", "rise", "turn", "climax", "release"]
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
MAX_AVOIDED = 120
"""No longer word or phrase is told as one to avoid."""
Avoided = Annotated[str, StringConstraints(min_length=1, max_length=MAX_AVOIDED)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=1200)]


class Character(Record):
    """Somebody who returns through the film, looking the same in every shot.

    Attributes
    ----------
    description : str
        Carried word for word into every prompt.
    kind, hair, hat, outfit, prop, accent, seed
        What the studio draws; the description says the same in words.
    """

    id: Slug
    description: Sentence
    role: Sentence
    kind: Kind = "other"
    hair: Hair = "long"
    hat: Hat = "none"
    outfit: Outfit = "coat"
    prop: Prop = "none"
    accent: HexColour = "#FF4D6D"
    seed: int = 1


class Scene(Record):
    """A place of the film; ``world`` is the studio set that stands for it."""

    id: Slug
    description: Sentence
    time_of_day: TimeOfDay
    weather: Weather = "clear"
    world: Slug


class Style(Record):
    """What holds the film together; ``color_palette`` runs from the leading colour to accents."""

    color_palette: tuple[HexColour, ...] = Field(min_length=3, max_length=6)
    visual_style: Sentence
    mood: Sentence
    lighting: Sentence
    cinematography: Sentence


class Grade(Record):
    """How the colours of a part differ from the film's palette.

    Attributes
    ----------
    lead : int
        Which colour of the palette leads, from 0.
    lightness, saturation : float
        Factors, 0.5-1.6.
    warmth : float
        From -1, cooler, to 1, warmer.
    """

    lead: int = Field(default=0, ge=0, le=5)
    lightness: float = Field(default=1.0, ge=0.5, le=1.6)
    saturation: float = Field(default=1.0, ge=0.5, le=1.6)
    warmth: float = Field(default=0.0, ge=-1.0, le=1.0)


class Accent(Record):
    """A beat that the picture answers inside a shot; ``strength`` is 0-1."""

    time: Seconds
    kind: AccentKind
    strength: Share


class Words(Span):
    """Sung words that hang in the picture; they have left it by ``end``."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Act(Span):
    """A stretch of the film's story, told in a sentence or two; acts cover the song."""

    name: ActName
    story: Sentence
    rules: tuple[Slug, ...] = ()


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


class Plan(Artefact):
    """The director's plan for the whole song.

    Attributes
    ----------
    genre : str
        Id of the director's genre; empty where none is known.
    format : str
        What kind of film it is.
    acts : tuple of Act
        Its story, which covers the song; empty in plans of earlier versions.
    motif : str
        What returns and grows, in a sentence; empty if nothing does.
    understood : dict
        What was understood of the wish, by topic.
    avoid : tuple of str
        What must not be seen, in the words of the wish; *people* is told by the characters.
    notes : tuple of str
        What else is worth knowing of how the plan came about, as sentences.
    captions : tuple of Caption
        What is written over the pictures.
    """

    stage: ClassVar[str] = "plan"
    reads = (Brief, Analysis)

    planner: str = "director"
    video_summary: Sentence
    treatment: Sentence
    genre: str = ""
    format: Format = "narrative"
    acts: tuple[Act, ...] = ()
    motif: str = ""
    understood: dict[Slug, tuple[str, ...]] = Field(default_factory=dict)
    avoid: tuple[Avoided, ...] = ()
    notes: tuple[str, ...] = ()
    characters: tuple[Character, ...] = ()
    scenes: tuple[Scene, ...] = Field(min_length=1)
    style: Style
    clip_scripts: tuple[ClipScript, ...] = Field(min_length=1)
    transitions: tuple[Transition, ...] = ()
    captions: tuple[Caption, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        scripts = self.clip_scripts
        check_cover("clip_scripts", scripts, until_s=scripts[-1].end)
        if [script.clip_index for script in scripts] != list(range(len(scripts))):
            raise ValueError("clip_scripts are not numbered 0, 1, 2, ... in order")
        expected = [(index, index + 1) for index in range(len(scripts) - 1)]
        if [(t.from_clip, t.to_clip) for t in self.transitions] != expected:
            raise ValueError("transitions must join each clip to the next, once, in order")
        if self.acts:
            check_cover("acts", self.acts, until_s=scripts[-1].end)
        self._check_names()
        self._check_handles()
        return self

    def _check_names(self) -> None:
        places = {scene.id for scene in self.scenes}
        people = {character.id for character in self.characters}
        for script in self.clip_scripts:
            seen = {name for shot in script.shots for name in shot.characters}
            unknown = (set(script.scenes) - places) | ((set(script.characters) | seen) - people)
            if unknown:
                raise ValueError(
                    f"clip {script.clip_index} names {', '.join(sorted(unknown))}, "
                    "which are neither scenes nor characters of the plan"
                )

    def _check_handles(self) -> None:
        for script in self.clip_scripts:
            before, after = self._half_frames_around(script.clip_index)
            n_frames = frame_at(script.end) - frame_at(script.start)
            if before + after >= n_frames:
                raise ValueError(
                    f"clip {script.clip_index} lasts {n_frames / FPS:.2f} s, too short for the "
                    "transitions on its two sides"
                )

    def _half_frames_around(self, clip_index: int) -> tuple[int, int]:
        before = self.transitions[clip_index - 1].half_frames if clip_index > 0 else 0
        last = clip_index == len(self.clip_scripts) - 1
        after = 0 if last else self.transitions[clip_index].half_frames
        return before, after

    def goes_on(self, clip_index: int) -> bool:
        """Tell whether a clip goes on in the shot in which the one before it ends.

        It has to be meant to (``continues``), and nothing may speak against it: a transition that
        is seen, another place, other people, other colours, another framing, a clip that was filmed
        anew alone.
        """
        script = self.clip_scripts[clip_index]
        if clip_index == 0 or not script.continues:
            return False
        before = self.clip_scripts[clip_index - 1]
        return (
            self.transitions[clip_index - 1].type == "cut"
            and (script.scenes, script.characters) == (before.scenes, before.characters)
            and (script.take, script.grade) == (before.take, before.grade)
            and script.shots[0].looks == before.shots[-1].looks
        )

    def whole_shots(self) -> tuple[Shot, ...]:
        """Return the film's shots in order; one that goes on from clip to clip is one shot."""
        shots: list[Shot] = []
        for script in self.clip_scripts:
            first, *others = script.shots
            if self.goes_on(script.clip_index):
                held = shots.pop()
                accents = (*held.accents, *first.accents)
                words = held.words or first.words
                told = {"start": held.start, "accents": accents, "words": words}
                first = first.model_copy(update=told)
            shots += [first, *others]
        return tuple(shots)

    def captions_in(self, frames: range) -> tuple[Caption, ...]:
        """Return what is written over some of the film's frames."""
        return tuple(
            caption
            for caption in self.captions
            if frame_at(caption.start) < frames.stop and frames.start < frame_at(caption.end)
        )

    def filmed_frames(self, clip_index: int) -> range:
        """Return the film's frames that a clip must cover, its halves of transitions included.

        Frames are numbered from the song's first sample, so the clip's first frame is
        ``filmed_frames(i).start`` and two neighbours overlap by one whole transition.
        """
        script = self.clip_scripts[clip_index]
        before, after = self._half_frames_around(clip_index)
        return range(frame_at(script.start) - before, frame_at(script.end) + after)
