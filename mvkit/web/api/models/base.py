"""What is common to all that is asked and answered: texts, amounts, errors."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

A_PATH = re.compile(r"[/~.\\]|.*\.\.")


def _plain(text: str) -> str:
    """Refuse control characters, which no database and no page has a use for."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r" for sign in text):
        raise ValueError("holds control characters, expected plain text")
    return text


PLAIN = AfterValidator(_plain)
"""A text without control characters."""


def _named(model: str) -> str:
    """Refuse a model by the path of its file: what lies here is for those to know who run it."""
    if A_PATH.match(model.partition(":")[2]):
        raise ValueError("names a path, expected a model's name")
    return model


Line = Annotated[str, StringConstraints(max_length=320), PLAIN]
Secret = Annotated[str, StringConstraints(max_length=1024), PLAIN]
Usd = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
ModelName = Annotated[
    str,
    StringConstraints(max_length=200),
    PLAIN,
    AfterValidator(_named),
]


Version = Annotated[
    int | None,
    Field(
        ge=0,
        lt=2**31,
        description="The storyboard's version that was seen; if it has changed since, nothing is "
        "done and the answer is 409, reason VERSION. Left out: whatever it is.",
    ),
]


class Asked(BaseModel):
    """What somebody asks for; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


class ProblemFields(Answer):
    """What went wrong, for programs and for people."""

    code: str = Field(examples=["VALIDATION_ERROR"])
    reason: str = Field(examples=["TOO_SHORT"])
    message: str = Field(
        description="What was found, what was expected, and what to do.",
        examples=["The song lasts 0.05 s; at least 1 s are needed."],
    )
    retryable: bool = Field(description="Whether the same request may succeed later.")


class Problem(Answer):
    """The one form of all errors."""

    error: ProblemFields


class Told(Answer):
    """A word on what has been done."""

    message: str
