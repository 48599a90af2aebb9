"""Everything mvkit can be told from outside, in one typed object.

A setting comes from the environment (``MVKIT_RUNS_DIR=/data/runs``) or from ``mvkit.toml`` in the
working directory (``runs_dir = "/data/runs"``); the environment wins. Unknown names in the file
are refused, so that a misspelt setting is noticed.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from mvkit.errors import InvalidInput

SETTINGS_FILE = "mvkit.toml"


class Settings(BaseSettings):
    """The settings of this process; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="MVKIT_", toml_file=SETTINGS_FILE, frozen=True, extra="forbid"
    )

    runs_dir: Path = Path("runs")
    """Where run folders live."""
    image: str = "studio"
    """Which model paints the references, as ``provider`` or ``provider:model``."""
    video: str = "studio"
    """Which model films the clips, as ``provider`` or ``provider:model``."""
    clips_at_once: int = Field(default=5, ge=1, le=32)
    """How many clips of one job are filmed at the same time, at most."""
    studio_height_px: int = Field(default=576, ge=144, le=1080)
    """Short side, in pixels, at which the studio paints before the picture is scaled up."""
    budget_usd_per_minute: Decimal = Field(default=Decimal("2.00"), ge=0)
    """Default limit of a job, per minute of song."""
    budget_usd_hard: Decimal = Field(default=Decimal("20.00"), ge=0, le=20)
    """Limit that no job may pass."""
    stage_timeout_s: float = Field(default=900.0, gt=0)
    """How long one cell of a stage's notebook may run."""
    niceness: int = Field(default=19, ge=0, le=19)
    """Scheduling priority of kernels and ffmpeg; 19 leaves the machine responsive."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by pydantic
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@cache
def get_settings() -> Settings:
    """Return the settings, read once per process.

    Raises
    ------
    InvalidInput
        If a setting has an impossible value or an unknown name.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}, found {e['input']!r}"
            for e in error.errors()
        )
        raise InvalidInput(
            f"The settings cannot be used: {wrong}. Mend {SETTINGS_FILE} or the MVKIT_* variables.",
            reason="SETTINGS",
        ) from error
