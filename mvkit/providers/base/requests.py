"""What is asked of a model: a picture or a clip, and everything that is known about it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from mvkit.files import sha256_of
from mvkit.schema import (
    Analysis,
    Caption,
    Character,
    ClipPrompt,
    ClipScript,
    Framing,
    Quality,
    Scene,
    Style,
)


@dataclass(frozen=True, kw_only=True)
class PictureRequest:
    """One picture: of a place, of a person, or of both: the keyframe that a clip starts from.

    Attributes
    ----------
    negative_prompt : str
        What it must not show, for models that can be told so.
    scene, character : Scene or None, Character or None
        What is shown; at least one of them is given.
    references : tuple of Path
        Pictures of what it shows, the place first, for models that take some.
    clip : ClipRequest or None
        The clip that starts from it, for models that see how it will be filmed.
    identity : str
        Digest of everything the picture depends on. Under one identity a job buys once.
    """

    prompt: str
    width_px: int
    height_px: int
    seed: int
    style: Style
    negative_prompt: str = ""
    scene: Scene | None = None
    character: Character | None = None
    references: tuple[Path, ...] = ()
    clip: ClipRequest | None = None
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class ClipRequest:
    """One clip.

    Attributes
    ----------
    frames : range
        The film's frames the clip must cover, numbered from the song's first sample.
    handover_frames : tuple of int
        Frames of the clip, from 0, that can be decoded without those before: where transitions
        end and begin, inner cuts, and shortly before each.
    scene, characters
        Where the clip plays, and everybody who may be seen in it.
    first_shot : int
        Number of the clip's first shot in the film.
    before_s, after_s : float
        How long its first shot has gone on before the clip, and how long its last goes on after
        it, in the clips beside it; 0 but for shots that are longer than a clip.
    follows : int or None
        The clip whose last shot its first one continues.
    bands : Path or None
        The song's envelopes of drums, as the analysis left them.
    keyframe : Path or None
        The picture to start from.
    references : tuple of Path
        Pictures of the place and of who is seen, the place first.
    quality : {'draft', 'standard', 'high'}
        How finely it is encoded in final form.
    framing : {'subject', 'centre', 'pad'}
        How it comes into final form if it is delivered in another shape.
    captions : tuple of Caption
        What is written over it, at times of the film, once it has been filmed.
    identity : str
        Digest of everything that decides what is filmed. Under one identity a job buys once.
    """

    prompt: ClipPrompt
    script: ClipScript
    scene: Scene
    characters: tuple[Character, ...]
    style: Style
    analysis: Analysis
    frames: range
    handover_frames: tuple[int, ...]
    width_px: int
    height_px: int
    first_shot: int = 0
    before_s: float = 0.0
    after_s: float = 0.0
    follows: int | None = None
    bands: Path | None = None
    keyframe: Path | None = None
    references: tuple[Path, ...] = ()
    quality: Quality = "standard"
    framing: Framing = "subject"
    captions: tuple[Caption, ...] = ()
    identity: str = ""

    @property
    def made_from(self) -> str:
        """Digest of all that its footage depends on: what is filmed, and how it is finished."""
        framed = "" if self.framing == "subject" else f" {self.framing}"
        if not self.captions and self.quality == "standard" and not framed:
            return self.identity
        written = json.dumps([caption.model_dump(mode="json") for caption in self.captions])
        finished = f"{self.identity} {self.quality} {written}{framed}"
        return hashlib.sha256(finished.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a model says of its work."""

    model: str
    cost_usd: Decimal = Decimal()
    provider_id: str = ""


def picture_identity(request: PictureRequest, *, model: str) -> str:
    """Return the digest of all that a picture depends on, the bytes of its references included.

    Parameters
    ----------
    model : str
        Name of the model that paints it.
    """
    shown = [part for part in (request.scene, request.character, request.style) if part]
    facts = [
        *(model, request.prompt, request.negative_prompt, request.seed),
        *(request.width_px, request.height_px),
        [part.model_dump(mode="json") for part in shown],
        [sha256_of(path) for path in request.references],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
