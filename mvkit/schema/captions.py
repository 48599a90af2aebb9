"""Captions: what is written over the picture, and when."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from mvkit.orthography import sung_words
from mvkit.schema.base import Seconds, Span

CaptionKind = Literal["lyrics", "karaoke", "title", "credits", "watermark"]


class Caption(Span):
    """Words over the picture, from their first frame to their last.

    Attributes
    ----------
    kind : str
        What they are, and so where they stand: sung words (*karaoke*, where each lights up as it
        is sung), the film's title, its credits, a mark that stays.
    text : str
        The words; a line break begins a new row.
    words_at : tuple of float
        Of *karaoke*: when each word begins to be sung, in seconds, and when the last one ends. In
        scripts without spaces, letters count as words (:func:`mvkit.orthography.sung_words`).
    """

    kind: CaptionKind
    text: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    words_at: tuple[Seconds, ...] = ()

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        n_words = len(sung_words(self.text))
        if self.kind == "karaoke" and len(self.words_at) != n_words + 1:
            raise ValueError(
                f"{n_words} words have {len(self.words_at)} times, expected {n_words + 1}: "
                "one for each, and one for the end of the last"
            )
        return self
