"""What a film by paid models takes: time, orders, and money against the estimate.

Run it as ``python -m benchmarks.providers``. A local service sells pictures and clips for play
money, with the usual latencies (8 s and 45 s) and failures (one order in ten); a song of three
minutes is filmed with five clips at a time, and again one by one. ``--speed 10`` lets the service's
time pass ten times as fast, pauses before another attempt too, and the table tells times as they
would have been. What the machine adds by fitting clips is measured by ``benchmarks/chain.py``: here
the film is small.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import typer
from rich.console import Console
from rich.table import Table

from mvkit.analysis.boundaries import clip_boundaries
from mvkit.clips import Keyframes, film_clips
from mvkit.director import plan_video
from mvkit.estimate import Estimate, estimate
from mvkit.ledger import Account, open_account
from mvkit.prompts import write_prompts
from mvkit.providers import image_model, stand_in_model, video_model
from mvkit.providers.base import patience
from mvkit.providers.dialects import dialect_of
from mvkit.references import make_references
from mvkit.run import Run, draft_brief
from mvkit.schema import FRAME_SIZES_PX, Analysis, Clips, Plan, References
from mvkit.settings import get_settings
from tests import fake_provider
from tests.fake_provider import FROM_PICTURES, URL_VARIABLE, FakeService, fake_service
from tests.steady_songs import POP, WISH, steady_song

LONGER = (
    ("verse", "medium", 8),
    ("bridge", "low", 12),
    ("chorus", "high", 16),
    ("outro", "low", 4),
)
FORM = (*POP[:-1], *LONGER)
"""88 bars of 2 s: a song of three minutes."""
FILM_PX = (320, 180)
AT_ONCE = (5, 1)
FAILED_CLIP_USD = Decimal("0.10")
"""What a clip that fails is charged at, where failures are: what five seconds cost."""
N_SCRIPTED = 500
"""More orders than any film takes."""
console = Console(highlight=False)


@dataclass(frozen=True, kw_only=True)
class Market:
    """How the service behaves.

    Attributes
    ----------
    speed : float
        How many times as fast as in truth its time passes.
    failures : float
        Share of its orders that fail.
    bills_failures : bool
        Whether it charges for those too.
    """

    picture_s: float
    clip_s: float
    failures: float
    bills_failures: bool
    speed: float
    seed: int


@dataclass(frozen=True, kw_only=True)
class Shooting:
    """What became of a film; seconds are those of the service's time."""

    at_once: int
    references_s: float
    clips_s: float
    n_references: int
    clips: Clips
    picture_orders: int
    clip_orders: int
    billed_usd: Decimal
    booked_usd: Decimal
    found: Estimate


def main(
    speed: Annotated[float, typer.Option(help="How many times as fast time passes.", min=1)] = 1.0,
    picture_s: Annotated[float, typer.Option(help="Seconds a picture takes.", min=0)] = 8.0,
    clip_s: Annotated[float, typer.Option(help="Seconds a clip takes.", min=0)] = 45.0,
    failures: Annotated[float, typer.Option(help="Share of orders that fail.", max=1)] = 0.1,
    bill_failures: Annotated[bool, typer.Option(help="Failed orders are charged too.")] = False,
    keyframes: Annotated[bool, typer.Option(help="Each clip starts from a picture.")] = False,
    seed: Annotated[int, typer.Option(help="Which orders fail.")] = 4,
) -> None:
    """Measure a film by paid models."""
    market = Market(
        picture_s=picture_s,
        clip_s=clip_s,
        failures=failures,
        bills_failures=bill_failures,
        speed=speed,
        seed=seed,
    )
    song = song_of_three_minutes()
    video = f"fake:{FROM_PICTURES}" if keyframes else "fake"
    shootings = [shoot(song, market, video=video, at_once=at_once) for at_once in AT_ONCE]
    report(song, shootings)


def song_of_three_minutes() -> Analysis:
    """Return a song's analysis, cut into clips as the first stage cuts it."""
    song = steady_song(form=FORM)
    boundaries = clip_boundaries(
        beats_s=song.beat_timestamps,
        downbeats_s=song.downbeat_timestamps,
        sections=song.song_structure,
        duration_s=song.duration,
    )
    return song.model_copy(update={"clip_boundaries": boundaries})


def shoot(song: Analysis, market: Market, *, video: str, at_once: int) -> Shooting:
    """Have references painted and clips filmed by the service, so many at a time."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(settings_for(folder / "runs", video=video))
        stack.enter_context(patch.dict(FRAME_SIZES_PX, {"16:9": FILM_PX}))
        pauses_s = tuple(pause_s / market.speed for pause_s in patience.BACKOFF_S)
        stack.enter_context(patch.object(patience, "BACKOFF_S", pauses_s))
        stack.enter_context(patch.object(fake_provider._FakeModel, "parallel", at_once))
        painting = stack.enter_context(
            service(
                folder / "pictures",
                market,
                delay_s=market.picture_s,
                failed_usd=fake_provider.USD_PER_PICTURE,
            )
        )
        filming = stack.enter_context(
            service(folder / "clips", market, delay_s=market.clip_s, failed_usd=FAILED_CLIP_USD)
        )
        run, plan = begin(song, folder)
        account = open_account(run.job_id, song_s=song.duration)

        started_s = time.monotonic()
        references = paint(run, plan, at=painting)
        painted_s = time.monotonic()
        clips = film(run, song, plan, references, at=filming, pictures=painting, at_once=at_once)
        filmed_s = time.monotonic()
        return Shooting(
            at_once=at_once,
            references_s=(painted_s - started_s) * market.speed,
            clips_s=(filmed_s - painted_s) * market.speed,
            n_references=references.total_references,
            clips=clips,
            picture_orders=len(painting.creates()),
            clip_orders=len(filming.creates()),
            billed_usd=painting.billed_usd() + filming.billed_usd(),
            booked_usd=settled_usd(account),
            found=estimate(image="fake", video=video, song_s=song.duration),
        )


def begin(song: Analysis, folder: Path) -> tuple[Run, Plan]:
    """Return a run that is planned."""
    file = folder / "song.wav"
    file.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=file, kind="wav", prompt=WISH), song=file)
    run.write(song.model_copy(update={"job_id": run.job_id}))
    return run, run.write(plan_video(run.brief, run.read(Analysis)))


def paint(run: Run, plan: Plan, *, at: FakeService) -> References:
    """Have the references painted."""
    with patch.dict(os.environ, {URL_VARIABLE: at.url}):
        painter = image_model(run.brief.image, run=run)
    references = make_references(run.folder, brief=run.brief, plan=plan, model=painter)
    return run.write(references)


def film(
    run: Run,
    song: Analysis,
    plan: Plan,
    references: References,
    *,
    at: FakeService,
    pictures: FakeService,
    at_once: int,
) -> Clips:
    """Have the clips filmed, so many at a time."""
    with patch.dict(os.environ, {URL_VARIABLE: at.url}):
        camera = video_model(run.brief.video, run=run)
    with patch.dict(os.environ, {URL_VARIABLE: pictures.url}):
        painter = image_model(run.brief.image, run=run)
    return film_clips(
        run.folder,
        brief=run.brief,
        analysis=song,
        plan=plan,
        references=references,
        prompts=run.write(
            write_prompts(run.brief, plan, references, dialect=dialect_of(run.brief.video))
        ),
        model=camera,
        stand_in=stand_in_model(run.brief.video),
        keyframes=Keyframes(painter),
        at_once=at_once,
    )


@contextmanager
def settings_for(runs_dir: Path, *, video: str) -> Iterator[None]:
    """Let the film be made by the service."""
    told = {
        "MVKIT_RUNS_DIR": str(runs_dir),
        "MVKIT_IMAGE": "fake",
        "MVKIT_VIDEO": video,
        "MVKIT_BUDGET_USD_PER_MINUTE": "10",
        URL_VARIABLE: "",
    }
    with patch.dict(os.environ, told):
        get_settings.cache_clear()
        yield
    get_settings.cache_clear()


@contextmanager
def service(
    folder: Path, market: Market, *, delay_s: float, failed_usd: Decimal
) -> Iterator[FakeService]:
    """Run a service of which so many orders fail."""
    dice = random.Random(market.seed)
    with fake_service(folder, delay_s=delay_s / market.speed) as running:
        for _ in range(N_SCRIPTED):
            failed = dice.random() < market.failures
            bill = {"usd": str(failed_usd)} if failed and market.bills_failures else {}
            running.script("submit", outcome="failed" if failed else "made", **bill)
        yield running


def settled_usd(account: Account) -> Decimal:
    """Return what our own books say."""
    return account.spent_usd + account.held_usd


def report(song: Analysis, shootings: list[Shooting]) -> None:
    """Print one table."""
    title = f"{song.duration:.0f} s of song, {len(song.clip_boundaries)} clips"
    table = Table("", *(f"{each.at_once} at a time" for each in shootings), title=title)
    rows = {
        "references": lambda each: f"{each.n_references} in {each.references_s:.0f} s",
        "clips": lambda each: f"{each.clips.successful_clips} in {each.clips_s:.0f} s",
        "filmed by the stand-in": lambda each: str(by_the_stand_in(each.clips)),
        "orders for pictures": lambda each: str(each.picture_orders),
        "orders for clips": lambda each: str(each.clip_orders),
        "orders a clip": lambda each: f"{each.clip_orders / each.clips.total_clips:.2f}",
        "estimated": lambda each: f"${each.found.usd:.2f} ({each.found.n_clips} clips)",
        "billed by the service": lambda each: f"${each.billed_usd:.2f}",
        "booked by us": lambda each: f"${each.booked_usd:.2f}",
        "booked less estimated": lambda each: f"${each.booked_usd - each.found.usd:+.2f}",
    }
    for name, tell in rows.items():
        table.add_row(name, *(tell(each) for each in shootings))
    console.print(table)
    for name in ("references_s", "clips_s"):
        together_s, alone_s = (getattr(each, name) for each in shootings)
        console.print(
            f"{name.removesuffix('_s')}: {AT_ONCE[0]} at a time take {together_s / alone_s:.0%} "
            f"of the time of one at a time; {1 - together_s / alone_s:.0%} are saved"
        )


def by_the_stand_in(clips: Clips) -> int:
    """Return how many clips the service could not make."""
    return sum(not clip.model.startswith(fake_provider.NAME) for clip in clips.clips)


if __name__ == "__main__":
    typer.run(main)
