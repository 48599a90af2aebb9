"""The roles of a film, each looked at as a job would find it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mvkit.doctor.findings import RoleReport
from mvkit.doctor.prices import clips_usd, hearing_usd, notes_on_price, pictures_usd, planning_usd
from mvkit.doctor.services import check_online, failures, missing_packages, needs_of
from mvkit.errors import InvalidInput, MvkitError
from mvkit.providers import (
    CHAT_MODELS,
    image_model,
    paid_image_model,
    paid_video_model,
    stand_in_model,
    video_model,
)
from mvkit.providers.openai import prices, transcription_models
from mvkit.providers.openai.service import find_service
from mvkit.providers.transcribers import transcriber
from mvkit.settings import ENVIRONMENT_PREFIX, SETTINGS_FILE, get_settings

DIRECTOR = "director"
VARIABLE = re.compile(r"\b[A-Z]+_[A-Z_]+\b")
NOBODY = {
    "transcriber": "Words are known where lyrics are given; MVKIT_TRANSCRIBER=whisper would hear "
    "them on this machine.",
    "stand-in": "Nobody films a clip that a paid model could not make, so it is missing from the "
    "film; MVKIT_STAND_IN=studio would fill it.",
}
"""What is to be said where nobody is chosen for a role."""


def role_reports(*, online: bool) -> tuple[RoleReport, ...]:
    """Return what is to be said of each role.

    Parameters
    ----------
    online : bool
        Whether to ask the services of the chosen models.
    """
    return tuple(_report(role, online=online) for role in ROLES)


@dataclass(frozen=True, kw_only=True)
class _Role:
    """A role, and how to look at who is chosen for it.

    Attributes
    ----------
    setting : str
        Name of the setting that chooses.
    check : callable
        Raises what a job would stumble over.
    usd_per_minute : callable, optional
        Returns what a minute of song costs; without, what it costs is told elsewhere.
    notes : callable, optional
        Yields what is good to know.
    """

    name: str
    setting: str
    check: Callable[[str], Any]
    usd_per_minute: Callable[[str], Decimal] | None = None
    notes: Callable[[str], Iterator[str]] | None = None


def _report(role: _Role, *, online: bool) -> RoleReport:
    name, why = str(getattr(get_settings(), role.setting)), _why(role.setting)
    if not name:
        notes = tuple(NOBODY[role.name] for _ in range(role.name in NOBODY))
        return RoleReport(role=role.name, name="", why=why, notes=notes)
    missing = list(missing_packages(name))
    checked = [] if missing else failures(lambda: role.check(name))
    wrong = [_naming(role.setting, why) for why in checked]
    problems = [*missing, *needs_of(name), *wrong]
    notes = () if problems or role.notes is None else tuple(role.notes(name))
    if online and not problems:
        told = check_online(name, role=role.name)
        problems += told.problems
        notes += told.notes
    return RoleReport(
        role=role.name,
        name=name,
        why=why,
        usd_per_minute=None if wrong else _usd(role, name),
        problems=tuple(dict.fromkeys(problems)),
        notes=notes,
    )


def _naming(setting: str, sentence: str) -> str:
    """Return what is wrong, headed by the variable that chose if the sentence names none.

    A fallback is looked up as any model that films, so what is wrong with it names that variable.
    """
    names_one = VARIABLE.search(sentence) and setting != "video_fallback"
    return sentence if names_one else f"{_variable(setting)}: {sentence}"


def _variable(setting: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{setting.upper()}"


def _why(setting: str) -> str:
    """Return who has chosen."""
    variable = _variable(setting)
    if variable in os.environ:
        return variable
    if setting in get_settings().model_fields_set:
        return f"{setting} in {SETTINGS_FILE.name}"
    return f"{variable}, by default"


def _usd(role: _Role, name: str) -> Decimal | None:
    """Return what a minute of song costs; None where that cannot be told."""
    try:
        return None if role.usd_per_minute is None else role.usd_per_minute(name)
    except MvkitError:
        return None  # it is among the problems


def _check_painter(name: str) -> None:
    if paid_image_model(name) is None:
        image_model(name)


def _check_camera(name: str) -> None:
    if paid_video_model(name) is None:
        video_model(name)


def _check_stand_in(_name: str) -> None:
    stand_in_model(get_settings().video)


def _check_planner(name: str) -> None:
    provider, _, model = name.partition(":")
    if provider in CHAT_MODELS:
        CHAT_MODELS[provider](model)
    elif name != DIRECTOR:
        raise InvalidInput(
            f"No provider for the role 'planner' is called '{name}'; known are "
            f"{', '.join([DIRECTOR, *CHAT_MODELS])}. Set MVKIT_PLANNER to one of them.",
            reason="UNKNOWN_PROVIDER",
        )


def _check_ear(name: str) -> None:
    provider, _, model = name.partition(":")
    if provider == "openai":
        transcription_models.find_hearing(model, find_service(needed_by=name))
    else:
        transcriber(name)


def _notes_on_painter(name: str) -> Iterator[str]:
    yield from notes_on_price(name, role="image")


def _notes_on_camera(name: str) -> Iterator[str]:
    yield from notes_on_price(name, role="video")
    if (paid_video_model(name) or video_model(name)).wants_keyframe:
        yield f"Each clip of {name} starts from a picture that {get_settings().image} paints."


def _notes_on_fallback(name: str) -> Iterator[str]:
    yield from _notes_on_camera(name)
    chosen = get_settings().video
    if paid_video_model(name) is not None and paid_video_model(chosen) is None:
        yield f"{name} is never asked: {chosen} films for nothing, and so the film stays free."


def _notes_on_planner(name: str) -> Iterator[str]:
    provider, _, model = name.partition(":")
    if provider == "openai":
        yield from prices.warnings_for(model, date.today())


def _notes_on_ear(name: str) -> Iterator[str]:
    provider, _, model = name.partition(":")
    if provider == "openai":
        service = find_service(needed_by=name)
        yield from transcription_models.warnings_for(model, service, today=date.today())
        if transcription_models.find_hearing(model, service).tells == "text":
            yield f"{name} tells no times of words, so they are spread over the song."


ROLES = (
    _Role(
        name="image",
        setting="image",
        check=_check_painter,
        usd_per_minute=pictures_usd,
        notes=_notes_on_painter,
    ),
    _Role(
        name="video",
        setting="video",
        check=_check_camera,
        usd_per_minute=clips_usd,
        notes=_notes_on_camera,
    ),
    _Role(
        name="planner",
        setting="planner",
        check=_check_planner,
        usd_per_minute=planning_usd,
        notes=_notes_on_planner,
    ),
    _Role(
        name="transcriber",
        setting="transcriber",
        check=_check_ear,
        usd_per_minute=hearing_usd,
        notes=_notes_on_ear,
    ),
    _Role(
        name="fallback",
        setting="video_fallback",
        check=_check_camera,
        usd_per_minute=clips_usd,
        notes=_notes_on_fallback,
    ),
    _Role(name="stand-in", setting="stand_in", check=_check_stand_in),
)
