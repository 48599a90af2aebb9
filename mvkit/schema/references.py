"""The references: one picture per scene and per character."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from mvkit.schema.base import Artefact, Record, Slug
from mvkit.schema.brief import Brief
from mvkit.schema.plan import Plan


class Reference(Record):
    """A picture; ``image_url`` is its path inside the run folder, ``cost`` in US dollars.

    ``sha256`` is the digest of its bytes: another picture from the same words makes other clips.
    """

    image_url: str
    prompt_used: str
    generation_time: float
    cost: float
    model: str
    seed: int
    sha256: str = ""


class SceneReference(Reference):
    """The picture of a place."""

    scene_id: Slug


class CharacterReference(Reference):
    """The picture of a person."""

    character_id: Slug


class ReferencesMetadata(Record):
    """What was made and what failed; ``failures`` are sentences."""

    dimensions: str
    format: Literal["PNG"] = "PNG"
    scenes_generated: int
    characters_generated: int
    failures: tuple[str, ...] = ()


class References(Artefact):
    """One picture per scene and per character; those that failed are left out and named."""

    stage: ClassVar[str] = "references"
    reads = (Brief, Plan)

    scene_references: tuple[SceneReference, ...] = ()
    character_references: tuple[CharacterReference, ...] = ()
    total_references: int
    total_generation_time: float
    total_cost: float
    status: Literal["success", "partial", "text_only"]
    metadata: ReferencesMetadata

    @classmethod
    def none(cls, job_id: str) -> Self:
        """Return the references of a run that has no pictures yet."""
        return cls(
            job_id=job_id,
            total_references=0,
            total_generation_time=0.0,
            total_cost=0.0,
            status="text_only",
            metadata=ReferencesMetadata(
                dimensions="0x0", scenes_generated=0, characters_generated=0
            ),
        )

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """All pictures, places first."""
        return (*self.scene_references, *self.character_references)

    def files(self) -> tuple[str, ...]:
        """Return the pictures."""
        return tuple(picture.image_url for picture in self.pictures)
