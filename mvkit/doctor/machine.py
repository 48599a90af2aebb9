"""The machine: what films need of it beside models."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from mvkit import ffmpeg
from mvkit.database import database_file, is_local, reading
from mvkit.director import load_knowledge
from mvkit.doctor.findings import MachineReport
from mvkit.doctor.services import failures
from mvkit.errors import GenerationFailed, MvkitError
from mvkit.footage import ENCODERS, trouble_with
from mvkit.settings import get_settings
from mvkit.warm import N_COMPILED, n_compiled

MB = 1000**2


def machine_reports() -> tuple[MachineReport, ...]:
    """Return what is to be said of the machine."""
    return (
        *(_ffmpeg(), _encoder(), _disk(), _database()),
        *(_kernels(), _beats(), _knowledge(), _wishes()),
    )


def _ffmpeg() -> MachineReport:
    try:
        banner = ffmpeg.run(["-version"], capture=True, timeout_s=30.0).decode(errors="replace")
    except (MvkitError, OSError, RuntimeError) as error:  # RuntimeError: imageio-ffmpeg has none
        return MachineReport(
            part="ffmpeg",
            found="does not run",
            problems=(f"ffmpeg does not run: {error}; run `pip install imageio-ffmpeg`.",),
        )
    return MachineReport(part="ffmpeg", found=" ".join(banner.split()[:3]))


def _encoder() -> MachineReport:
    chosen = get_settings().encoder
    troubles = {name: trouble_with(encoder) for name, encoder in ENCODERS.items()}
    others = [name for name, trouble in troubles.items() if not trouble and name != chosen]
    if troubles[chosen]:
        note = f"The encoder {chosen} does not work here: {troubles[chosen]}; x264 encodes instead."
        return MachineReport(part="encoder", found="x264", notes=(note,))
    also = f"; {' and '.join(others)} would work too (MVKIT_ENCODER)" if others else ""
    return MachineReport(part="encoder", found=f"{chosen}{also}")


def _disk() -> MachineReport:
    folder, least_mb = get_settings().runs_dir.resolve(), get_settings().min_free_mb
    there = _first_there(folder)
    free_mb = shutil.disk_usage(there).free // MB
    found = f"{free_mb / 1000:.1f} GB free for {folder}"
    return MachineReport(part="disk", found=found, problems=tuple(_lacks(there, free_mb, least_mb)))


def _lacks(folder: Path, free_mb: int, least_mb: int) -> Iterator[str]:
    if not os.access(folder, os.W_OK):
        yield f"{folder} cannot be written to; mend its rights, or set MVKIT_RUNS_DIR."
    if free_mb < least_mb:
        yield (
            f"{free_mb} MB are free for the runs, and nothing is begun with less than {least_mb} "
            "(MVKIT_MIN_FREE_MB); make room, `mvkit clean` removes what is past its time."
        )


def _database() -> MachineReport:
    problems = tuple(failures(is_local))
    if problems:
        return MachineReport(part="database", found="not named", problems=problems)
    if is_local():
        if not database_file().exists():
            return MachineReport(part="database", found="a file, made when it is needed")
        return MachineReport(
            part="database", found=f"{database_file()}", problems=tuple(failures(_ask_database))
        )
    return MachineReport(
        part="database", found="PostgreSQL", problems=tuple(failures(_ask_database))
    )


def _ask_database() -> None:
    """Ask the database for anything at all."""
    try:
        with reading() as connection:
            connection.execute(sa.select(sa.literal(1)))
    except sa.exc.SQLAlchemyError as error:
        why = " ".join(str(getattr(error, "orig", error)).split())
        raise GenerationFailed(
            f"The database cannot be used: {why}. Mend it, or let MVKIT_DATABASE_URL name another."
        ) from error


def _kernels() -> MachineReport:
    compiled = n_compiled()
    if compiled >= N_COMPILED:
        return MachineReport(part="kernels", found=f"{compiled} compiled")
    return MachineReport(
        part="kernels",
        found=f"{compiled} compiled",
        notes=(
            "The studio compiles itself in the first film, in a minute; `mvkit doctor --warm` "
            "does it now.",
        ),
    )


def _beats() -> MachineReport:
    name = get_settings().beat_model
    if not name:
        return MachineReport(part="beats", found="heard by mvkit's own ear")
    from mvkit.analysis.beat_model import BeatModel, find_beat_model  # loads librosa

    problems = tuple(failures(lambda: BeatModel(find_beat_model(name))))
    return MachineReport(part="beats", found=f"heard by {Path(name).name}", problems=problems)


def _knowledge() -> MachineReport:
    own = get_settings().knowledge
    problems = tuple(failures(load_knowledge))
    if problems:
        return MachineReport(part="director", found="cannot read its rules", problems=problems)
    found = f"{len(load_knowledge().rows())} rows" + (f", with those of {own.name}" if own else "")
    return MachineReport(part="director", found=found)


def _wishes() -> MachineReport:
    name = get_settings().sentence_model
    if not name:
        return MachineReport(part="wishes", found="read by mvkit's own words")
    from mvkit.director.wish.sentence_model import find_sentence_model

    problems = tuple(failures(lambda: find_sentence_model(name).encode(["a lake"])))
    found = f"read with {Path(name).name}, too"
    return MachineReport(part="wishes", found=found, problems=problems)


def _first_there(folder: Path) -> Path:
    """Return a folder, or the nearest above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
