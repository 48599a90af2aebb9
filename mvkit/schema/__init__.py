"""The artefacts that pass between stages, as frozen pydantic models.

==================  ===============  ==========================================================
artefact            stage            what it says
==================  ===============  ==========================================================
:class:`Brief`      (the user)       song, prompt, aspect, seed, who does the generating
:class:`Analysis`   01 analysis      tempo, beats, sections, lyrics, key, mood, clip boundaries
:class:`Plan`       02 plan          treatment, characters, scenes, style, scripts, transitions
:class:`References` 03 references    one picture per scene and per character
:class:`Prompts`    04 prompts       one prompt per clip
:class:`Clips`      05 clips         what was filmed, and what it cost
:class:`Video`      06 video         the film, every cut found on its frame
==================  ===============  ==========================================================

:class:`Report` is what is measured in a finished film, when somebody asks for it.
:class:`Edits` holds what a person changed in the plan; the plan is read with them applied.
"""

from mvkit.schema.analysis import (
    Analysis,
    AnalysisMetadata,
    ClipBoundary,
    Curves,
    Key,
    LyricLine,
    Mood,
    Section,
)
from mvkit.schema.base import Artefact, Record, Span
from mvkit.schema.brief import (
    FRAME_SIZES_PX,
    Aspect,
    Brief,
    Choices,
    Framing,
    Quality,
)
from mvkit.schema.captions import Caption, CaptionKind
from mvkit.schema.clips import MIN_CLIPS, Clip, Clips
from mvkit.schema.edits import EDITS_FILE, ClipChange, Edits, ShotChange
from mvkit.schema.plan import (
    Accent,
    Act,
    Character,
    ClipScript,
    Grade,
    Plan,
    Scene,
    Shot,
    Style,
    Transition,
    Words,
)
from mvkit.schema.prompts import MAX_WORDS, ClipPrompt, PromptMetadata, Prompts
from mvkit.schema.references import (
    CharacterReference,
    Reference,
    References,
    ReferencesMetadata,
    SceneReference,
)
from mvkit.schema.report import Report
from mvkit.schema.video import Check, Cut, Video

ARTEFACTS: tuple[type[Artefact], ...] = (
    Brief,
    Analysis,
    Plan,
    References,
    Prompts,
    Clips,
    Video,
)
"""All artefacts, in the order in which they are made."""

__all__ = [
    "ARTEFACTS",
    "EDITS_FILE",
    "FRAME_SIZES_PX",
    "MAX_WORDS",
    "MIN_CLIPS",
    "Accent",
    "Act",
    "Analysis",
    "AnalysisMetadata",
    "Artefact",
    "Aspect",
    "Brief",
    "Caption",
    "CaptionKind",
    "Character",
    "CharacterReference",
    "Check",
    "Choices",
    "Clip",
    "ClipBoundary",
    "ClipChange",
    "ClipPrompt",
    "ClipScript",
    "Clips",
    "Curves",
    "Cut",
    "Edits",
    "Framing",
    "Grade",
    "Key",
    "LyricLine",
    "Mood",
    "Plan",
    "PromptMetadata",
    "Prompts",
    "Quality",
    "Record",
    "Reference",
    "References",
    "ReferencesMetadata",
    "Report",
    "Scene",
    "SceneReference",
    "Section",
    "Shot",
    "ShotChange",
    "Span",
    "Style",
    "Transition",
    "Video",
    "Words",
]
