"""Everything mvkit can be told from outside, in one typed object.

A setting comes from the environment (``MVKIT_RUNS_DIR=/data/runs``) or from ``mvkit.toml`` beside
the package (``runs_dir = "/data/runs"``); the environment wins. Unknown names in the file are
refused, so that a misspelt setting is noticed.
"""

from __future__ import annotations

import getpass
import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from mvkit.errors import InvalidInput

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where notebooks, runs and the settings file lie, wherever a command is given."""
SETTINGS_FILE = ROOT / "mvkit.toml"
ENVIRONMENT_PREFIX = "MVKIT_"
Encoding = Literal["x264", "nvenc", "qsv", "amf"]


class Settings(BaseSettings):
    """The settings of this process; frozen."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, frozen=True, extra="forbid")

    runs_dir: Path = ROOT / "runs"
    """Where run folders live."""
    notebooks_dir: Path = ROOT / "notebooks"
    """Where the six notebooks of the chain lie."""
    image: str = "studio"
    """Who paints the references, as ``provider`` or ``provider:model``."""
    video: str = "studio"
    """Who films the clips, as ``provider`` or ``provider:model``."""
    planner: str = "director"
    """Who plans the film: ``director`` for our own rules, or a chat model (``openai:...``)."""
    transcriber: str = ""
    """Who hears the words that are sung, where no lyrics are given; empty for nobody."""
    knowledge: Path | None = None
    """File (or folder) of rows that change what the director knows; none for ours alone."""
    directors: Path | None = None
    """Folder of files of such rows, of which a film may name one in place of ``knowledge``."""
    beat_model: str = ""
    """File of a network that hears beats (``.onnx``); empty for our own ear."""
    sentence_model: str = ""
    """Folder of a sentence encoder for words of a wish that are not understood; empty for none."""
    font: Path | None = None
    """Font file for words in the pictures; none for the bundled one (Latin, Greek, Cyrillic)."""
    encoder: Encoding = "x264"
    """Who encodes footage: x264, or the encoder of a graphics card, where it works."""
    video_fallback: str = ""
    """Who films a clip that the chosen model could not make, before the stand-in does."""
    stand_in: str = "studio"
    """Who films a clip that a paid model could not make; empty for nobody: the clip is missing."""
    clips_at_once: int = Field(default=5, ge=1, le=32)
    """How many clips of one job are filmed at the same time, at most."""
    stage_timeout_s: float = Field(default=900.0, gt=0)
    """How long one cell of a stage's notebook may run; three times the song's length if longer."""
    niceness: int = Field(default=19, ge=0, le=19)
    """Scheduling priority of kernels and ffmpeg; 19 leaves the machine responsive."""

    database_url: str = ""
    """Where queue and ledger live: ``postgresql://...``, or empty for a file in ``runs_dir``."""
    store: str = ""
    """Where runs are kept for all machines: ``s3://bucket/prefix``, or empty for ``runs_dir``."""
    models: dict[str, dict[str, Any]] = Field(default={}, exclude=True)
    """Models and prices besides those of the catalogue; only in the file, as tables."""
    plugins: str = ""
    """Modules to import, separated by commas, that register providers of their own."""

    jobs_per_worker: int = Field(default=3, ge=1)
    """How many jobs one worker works on at the same time."""
    clips_per_worker: int = Field(default=5, ge=1)
    """How many clips of one job one worker takes at the same time, where several share a job."""
    jobs_at_once: int = Field(default=6, ge=1)
    """How many jobs all workers together work on at the same time."""
    job_timeout_s: float = Field(default=900.0, gt=0)
    """How long a job may run; three times the song's length if that is longer."""
    min_free_mb: int = Field(default=200, ge=0)
    """With less room than this on the disk, workers begin nothing: a film takes about so much."""
    submissions_per_hour: int = Field(default=5, ge=1)
    """How many jobs one user may submit in any hour."""
    queued_per_user: int = Field(default=10, ge=1)
    """How many jobs of one user may wait or run at the same time."""
    quota_gb: float = Field(default=10.0, gt=0)
    """How many gigabytes (of 1000 MB) the runs of one user may take."""

    budget_usd_per_minute: Decimal = Field(default=Decimal(2), ge=0)
    """What a job may spend per minute of song, unless its user says otherwise."""
    budget_usd_most: Decimal = Field(default=Decimal(20), ge=0)
    """What no job may spend more than, whatever its user says."""

    keep_films_days: float = Field(default=14.0, ge=0)
    """How long a finished or planned job is kept."""
    keep_failed_days: float = Field(default=7.0, ge=0)
    """How long a failed or cancelled job is kept."""
    keep_clips: bool = True
    """Whether clips stay with the film, so that parts can be made again."""

    auth: Literal["on", "off"] = "on"
    """Whether people log in; ``off`` is for one person, and listens on this machine only."""
    registration: Literal["open", "closed"] = "open"
    """Whether visitors may make themselves an account; ``mvkit user add`` always may."""
    public_url: str = "http://localhost:8501"
    """Where people reach the page: links in mails begin with it, and its host is answered to."""
    login_days: float = Field(default=7.0, gt=0)
    """How long a login of the page lasts."""
    token_minutes: float = Field(default=60.0, gt=0)
    """How long a token of the API lasts."""
    smtp_url: SecretStr = Field(default=SecretStr(""), exclude=True)
    """Who sends mails, ``smtp://user:password@host:587``; empty for nobody."""
    mail_from: str = ""
    """Whose name mails bear; empty for the user of ``smtp_url``."""

    @field_validator("knowledge", "directors", "font", mode="before")
    @classmethod
    def _name_nothing(cls, value: Any) -> Any:
        """Take an empty name for none: a variable cannot be anything else."""
        return None if value == "" else value

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
        return init_settings, env_settings, _SettingsFile(settings_cls, SETTINGS_FILE)

    def as_environment(self) -> dict[str, str]:
        """Return the settings as environment variables, for processes that must agree with us."""
        return {
            f"{ENVIRONMENT_PREFIX}{name.upper()}": _as_text(value)
            for name, value in self.model_dump().items()
        }


def _as_text(value: object) -> str:
    """Return a value as a variable holds it: paths in full, nothing for none."""
    if isinstance(value, Path):
        return str(value.resolve())
    return "" if value is None else str(value)


BESIDE = ("knowledge", "directors", "font")
"""Settings that are files, and are looked for beside the settings' own file."""


class _SettingsFile(TomlConfigSettingsSource):
    """The settings of the file; what it names lies beside it, unless it says where."""

    def __call__(self) -> dict[str, Any]:
        told = super().__call__()
        named = {name: told[name] for name in BESIDE if isinstance(told.get(name), str)}
        return told | {name: SETTINGS_FILE.parent / path for name, path in named.items() if path}


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
            f"The settings cannot be used: {wrong}. Mend {SETTINGS_FILE.name} or the "
            f"{ENVIRONMENT_PREFIX}* variables.",
            reason="SETTINGS",
        ) from error
    except TOMLDecodeError as error:
        raise InvalidInput(
            f"{SETTINGS_FILE.name} is not TOML: {error}. Mend it, or remove it.", reason="SETTINGS"
        ) from error


def local_user() -> str:
    """Return who uses this machine: whose jobs those of the command line are."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as containers have
        return str(os.getuid())
