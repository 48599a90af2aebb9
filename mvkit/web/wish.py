"""The wish: what a person has chosen so far for a film that is not asked for yet.

It is kept beside the song (:mod:`mvkit.web.drafts`), so that nothing typed is lost when a page is
loaded again. A wish may be unfinished; whether a film can be made of it, the queue says.

Contents
--------
Wish, and the limits of what can be chosen
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints

from mvkit.estimate import Roles, heard_by
from mvkit.providers.transcribers import NOBODY
from mvkit.schema import Aspect, Brief, Choices, Framing, Quality, Record
from mvkit.schema.base import Slug
from mvkit.schema.brief import MAX_TITLE, OptionValue
from mvkit.settings import get_settings

MIN_PROMPT, MAX_PROMPT = 50, 500
"""Characters of a prompt, as :class:`mvkit.schema.Brief` wants it."""
MAX_CREDITS, MAX_WATERMARK = 200, 60
LOOK = (
    *("world", "palette", "pace", "signs"),
    *("captions", "title_card", "end_credits", "watermark"),
)
"""What is chosen of the film's look and words: the fields that are parameters of its plan."""
SLOWEST, FASTEST = 0.7, 1.5
"""Range of the pace that is offered; 1 cuts as the director likes it."""
MAX_SEED = 2**31 - 1


def _plain(text: str) -> str:
    """Return text without the control characters that get in by pasting."""
    return "".join(sign for sign in text if sign in "\t\n\r" or unicodedata.category(sign) != "Cc")


Plain = AfterValidator(_plain)


class Wish(Record):
    """What has been chosen; what is empty, the director or the settings choose.

    Attributes
    ----------
    world, palette : str
        Ids of the director's knowledge; empty for the director's choice.
    pace : float
        Above 1 cuts faster, below 1 slower.
    signs : bool
        Whether sung words hang in the pictures.
    captions : {'', 'lyrics', 'karaoke'}
        Whether sung lines are written over the pictures, and light up word by word.
    title_card : bool
        Whether the title stands over the beginning.
    end_credits, watermark : str
        What stands over the end, and what in a corner throughout.
    image, video, planner, transcriber : str
        Who paints, films, plans and listens, as in the settings; empty for the settings' own.
    budget_usd : float or None
        What the film may cost; None for so much per minute of song, as the settings say.
    options : dict
        Parameters of stages that nobody is asked for, by stage and name.
    """

    title: Annotated[str, StringConstraints(max_length=MAX_TITLE), Plain] = ""
    prompt: Annotated[str, StringConstraints(max_length=MAX_PROMPT), Plain] = ""
    world: str = ""
    palette: str = ""
    aspect: Aspect = "16:9"
    quality: Quality = "standard"
    framing: Framing = "subject"
    pace: float = Field(default=1.0, ge=SLOWEST, le=FASTEST)
    signs: bool = False
    captions: Literal["", "lyrics", "karaoke"] = ""
    title_card: bool = False
    end_credits: Annotated[str, StringConstraints(max_length=MAX_CREDITS), Plain] = ""
    watermark: Annotated[str, StringConstraints(max_length=MAX_WATERMARK), Plain] = ""
    seed: int = Field(default=1, ge=0, le=MAX_SEED)
    image: str = ""
    video: str = ""
    planner: str = ""
    transcriber: str = ""
    budget_usd: float | None = Field(default=None, ge=0.0)
    options: dict[Slug, dict[Slug, OptionValue]] = Field(default_factory=dict)

    @classmethod
    def of(cls, brief: Brief) -> Self:
        """Return the wish that a brief wrote down."""
        plan = dict(brief.options.get("plan", {}))
        world, palette, pace = (plan.pop(name, "") for name in ("world", "palette", "pace"))
        captions = plan.pop("captions", "")
        return cls(
            title=brief.title,
            prompt=brief.prompt,
            world=str(world),
            palette=str(palette),
            aspect=brief.aspect,
            quality=brief.quality,
            framing=brief.framing,
            pace=min(max(pace, SLOWEST), FASTEST) if isinstance(pace, float | int) else 1.0,
            signs=plan.pop("signs", False) is True,
            captions=captions if captions in ("lyrics", "karaoke") else "",
            title_card=plan.pop("title_card", False) is True,
            end_credits=str(plan.pop("end_credits", ""))[:MAX_CREDITS],
            watermark=str(plan.pop("watermark", ""))[:MAX_WATERMARK],
            seed=brief.seed,
            image=brief.image,
            video=brief.video,
            planner=brief.planner,
            transcriber=brief.transcriber or NOBODY,
            options={**brief.options, "plan": plan},
        )

    @property
    def n_missing(self) -> int:
        """How many characters the prompt is short of."""
        return max(0, MIN_PROMPT - len(self.prompt.strip()))

    def roles(self, *, lyrics: Path | None) -> Roles:
        """Return who would do what, as things are now; nobody listens where lyrics have times."""
        settings = get_settings()
        return Roles(
            image=self.image or settings.image,
            video=self.video or settings.video,
            planner=self.planner or settings.planner,
            transcriber=heard_by(self.transcriber or settings.transcriber, lyrics),
        )

    def choices(self) -> Choices:
        """Return what was chosen, for :func:`mvkit.jobs.client.submit`."""
        choices: Choices = {"title": self.title, "aspect": self.aspect, "seed": self.seed}
        if self.quality != "standard":
            choices["quality"] = self.quality
        if self.framing != "subject":
            choices["framing"] = self.framing
        if self.image:
            choices["image"] = self.image
        if self.video:
            choices["video"] = self.video
        if self.planner:
            choices["planner"] = self.planner
        if self.transcriber:
            choices["transcriber"] = self.transcriber
        plan = {**self.options.get("plan", {}), **self._look()}
        options = {**self.options, "plan": plan}
        choices["options"] = {stage: given for stage, given in options.items() if given}
        return choices

    def _look(self) -> dict[str, OptionValue]:
        """Return what differs from the director's own choice, so that a default stays one."""
        usual = type(self).model_fields
        return {
            name: given for name in LOOK if (given := getattr(self, name)) != usual[name].default
        }
