"""The plan as a whole: a treatment, and what is seen from the first sample to the last."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mvkit.schema.analysis import Analysis, check_cover
from mvkit.schema.base import Artefact, Slug, Span
from mvkit.schema.brief import Brief
from mvkit.schema.captions import Caption
from mvkit.schema.plan.cast import Character, Scene, Sentence, Style
from mvkit.schema.plan.shots import ClipScript, Shot, Transition
from mvkit.timing import FPS, frame_at

Format = Literal["performance", "narrative", "concept", "dance", "abstract"]
ActName = Literal["setup", "rise", "turn", "climax", "release"]
MAX_AVOIDED = 120
"""No longer word or phrase is told as one to avoid."""
Avoided = Annotated[str, StringConstraints(min_length=1, max_length=MAX_AVOIDED)]


class Act(Span):
    """A stretch of the film's story, told in a sentence or two; acts cover the song."""

    name: ActName
    story: Sentence
    rules: tuple[Slug, ...] = ()


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
