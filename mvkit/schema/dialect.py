"""How a model wants to be told what to film: how much, in which order, and what it must not show.

A dialect is data: whoever runs a model describes it, and the prompts are written in it without
anybody knowing the model by name.
"""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from mvkit.schema.base import Record
from mvkit.schema.prompts import MAX_WORDS

Part = Literal["action", "details", "people", "place", "camera", "angle", "light", "style", "avoid"]
PARTS: tuple[Part, ...] = get_args(Part)
"""What a prompt is made of, in the usual order, that of the product document."""

CHARACTERS_PER_TOKEN = 3.5
"""So many at least. English has about 4 (ai.google.dev, Gemini models and tokens); the prompts of
this project have 3.9 to 4.8 under CLIP's vocabulary."""
CHARACTERS_PER_WORD = 7
"""With its space, about: for telling how much room is left."""


class Dialect(Record):
    """How a model wants to be told. Where nothing is known of it, the defaults hold.

    Attributes
    ----------
    first : tuple of str
        The parts that come first, in order; the others follow in the usual order.
    most_words, most_characters, most_tokens : int
        How much it reads; 0 where nothing is told. Never 200 words, whatever it reads.
    negative : {'field', 'sentence', 'none'}
        Where it is told what must not be seen: in a field of its own, in a sentence of the prompt,
        or nowhere, because it would rather show what it reads of.
    """

    first: tuple[Part, ...] = ()
    most_words: int = Field(default=0, ge=0)
    most_characters: int = Field(default=0, ge=0)
    most_tokens: int = Field(default=0, ge=0)
    negative: Literal["field", "sentence", "none"] = "field"

    @model_validator(mode="after")
    def _check_first(self) -> Self:
        if len(set(self.first)) < len(self.first):
            raise ValueError(f"first names a part twice: {', '.join(self.first)}")
        return self

    @property
    def order(self) -> tuple[Part, ...]:
        """All parts, in the order in which they are told."""
        return (*self.first, *(part for part in PARTS if part not in self.first))

    @property
    def words(self) -> int:
        """How many words a prompt may have."""
        return min(self.most_words or MAX_WORDS, MAX_WORDS - 1)

    @property
    def characters(self) -> int:
        """How many characters a prompt may have; 0 where there is no limit."""
        by_token = int(self.most_tokens * CHARACTERS_PER_TOKEN)
        return min(filter(None, (self.most_characters, by_token)), default=0)

    def fits(self, text: str) -> bool:
        """Tell whether a prompt is short enough to be read to its end."""
        return len(text.split()) <= self.words and (
            not self.characters or len(text) <= self.characters
        )

    def words_left(self, text: str) -> int:
        """Return about how many words more fit; below 0 where the text itself is too long."""
        left = self.words - len(text.split())
        if not self.characters:
            return left
        return min(left, (self.characters - len(text)) // CHARACTERS_PER_WORD)
