"""Tables of models as the user's settings hold them, ``[models."host:name"]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mvkit.errors import InvalidInput
from mvkit.schema.base import explain
from mvkit.settings import SETTINGS_FILE

ModelT = TypeVar("ModelT", bound=BaseModel)


def read_table(kind: type[ModelT], table: Mapping[str, Any], *, name: str) -> ModelT:
    """Read what a table says of a model.

    Raises
    ------
    InvalidInput
        If it cannot be used (``MODEL``).
    """
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        raise InvalidInput(
            explain(
                error,
                source=f'The table [models."{name}"]',
                advice=f"Mend it in {SETTINGS_FILE.name}, or take it out.",
            ),
            reason="MODEL",
        ) from error
