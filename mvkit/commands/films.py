"""Making films here and now: demo, make, redo, reshape, song."""

from __future__ import annotations

import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from mvkit.commands.terminal import (
    AspectOption,
    Bar,
    BudgetOption,
    FramingOption,
    QualityOption,
    SeedOption,
    SetOption,
    TitleOption,
    console,
    find_run,
    minutes,
    read_aspects,
    read_options,
)
from mvkit.run import Run
from mvkit.schema import Aspect, Framing, Video
from mvkit.schema.brief import title_of
from mvkit.settings import get_settings

DEMO_PROMPT = (
    "A young woman with long hair and a red umbrella walks through a rain-wet neon city at night, "
    "looking for the light she lost; in the chorus she sings on a stage in magenta and cyan."
)
# Told here too: reading the songs loads scipy, and help must not wait for that.
SONG_NAMES = (
    *("neon-rain", "electronic", "rock", "hip-hop", "ballad"),
    *("waltz", "drum-and-bass", "swing", "ambient"),
)

FreshOption = Annotated[bool, typer.Option(help="Start anew even if this wish has a run already.")]

app = typer.Typer()


@app.command()
def demo(aspect: AspectOption = "16:9", seed: SeedOption = 1, fresh: FreshOption = False) -> None:
    """Make a film of the bundled song: no key, no GPU, no network."""
    from mvkit.songs import write_demo_song

    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.flac"
        truth = write_demo_song(song)
        _make(song, DEMO_PROMPT, title=truth.title, aspect=aspect, seed=seed, fresh=fresh)


@app.command()
def make(
    song: Annotated[Path, typer.Argument(help="MP3, WAV or FLAC; at most 10 MiB and 10 min.")],
    prompt: Annotated[str, typer.Argument(help="What the film shall show; 50-500 characters.")],
    lyrics: Annotated[Path | None, typer.Option(help="An .lrc, .srt or .txt file.")] = None,
    title: TitleOption = None,
    aspect: AspectOption = "16:9",
    quality: QualityOption = "standard",
    framing: FramingOption = "subject",
    seed: SeedOption = 1,
    set_: SetOption = None,
    budget: BudgetOption = None,
    also: Annotated[
        list[str] | None, typer.Option(help="Another shape to deliver it in; repeatable.")
    ] = None,
    fresh: FreshOption = False,
) -> None:
    """Make a film of a song and a prompt; the same command goes on where it was cut off."""
    others = read_aspects([shape for shape in also or [] if shape != aspect])
    run = _make(
        song,
        prompt,
        lyrics=lyrics,
        title=title_of(song.name) if title is None else title,
        aspect=aspect,
        quality=quality,
        framing=framing,
        seed=seed,
        options=read_options(set_ or []),
        budget_usd=None if budget is None else Decimal(str(budget)),
        fresh=fresh,
    )
    for shape in others:
        _reshape(run, shape)


@app.command()
def redo(
    run_id: Annotated[str, typer.Argument(help="The run's id, or its first characters.")],
    stage: Annotated[str, typer.Argument(help="The stage to run again: plan, clips, video, ...")],
) -> None:
    """Run one stage again (clips: film all of them), and what follows if it comes out different."""
    from mvkit.chain import run_chain, stage_named

    run = find_run(run_id)
    with Bar() as bar:
        run_chain(run, redo=stage_named(stage).name, watch=bar.show)
    _tell(run, started_s=bar.started_s)


@app.command()
def reshape(
    run_id: Annotated[str, typer.Argument(help="The finished run's id, or its first characters.")],
    aspect: Annotated[list[str], typer.Option(help="16:9, 1:1 or 9:16; repeatable.")],
    framing: Annotated[
        Framing | None, typer.Option(help="How clips of another shape fill it; as before.")
    ] = None,
) -> None:
    """Make a finished film in other shapes: nothing is planned or bought again."""
    run = find_run(run_id)
    for shape in read_aspects(aspect):
        _reshape(run, shape, framing=framing)


@app.command()
def song(
    target: Annotated[
        Path | None, typer.Argument(help="Where to write it; .flac or .wav. NAME.flac if not told.")
    ] = None,
    name: Annotated[str, typer.Option(help=f"Which one: {', '.join(SONG_NAMES)}.")] = SONG_NAMES[0],
    all_: Annotated[
        Path | None, typer.Option("--all", help="Write every song into this folder instead.")
    ] = None,
) -> None:
    """Write a bundled song to a file, and its beats, sections and key as JSON beside it."""
    from mvkit.songs import write_named_song

    targets = {name: target or Path(f"{name}.flac")}
    if all_ is not None:
        all_.mkdir(parents=True, exist_ok=True)
        targets = {each: all_ / f"{each}.flac" for each in SONG_NAMES}
    for each, path in targets.items():
        truth = write_named_song(each, path)
        console.print(
            f"{escape(str(path))}: '{truth.title}', "
            f"{truth.duration_s:.1f} s, {truth.tempo_bpm:g} bpm",
            soft_wrap=True,
        )


def _make(song: Path, prompt: str, **wish: Any) -> Run:
    from mvkit.chain import make_video

    _check_purse(song, prompt, **wish)
    with Bar() as bar:
        run = make_video(song, prompt, watch=bar.show, **wish)
    _tell(run, started_s=bar.started_s)
    return run


def _reshape(run: Run, aspect: Aspect, *, framing: Framing | None = None) -> None:
    from mvkit.siblings import reshape

    with Bar() as bar:
        sibling = reshape(run, aspect, framing=framing, watch=bar.show)
    _tell(sibling, started_s=bar.started_s)


def _check_purse(
    song: Path, prompt: str, *, fresh: bool, lyrics: Path | None = None, **wish: Any
) -> None:
    """Refuse a film that would cost more than it may, before anything is spent.

    Only where something costs, and only for a film that is not begun: for one that is, its account
    says what it may spend.
    """
    from mvkit.estimate import TYPICAL_SONG_S, estimate, roles_of

    if not estimate(**roles_of(get_settings(), lyrics=lyrics), song_s=TYPICAL_SONG_S).usd:
        return
    from mvkit.analysis.intake import check_song
    from mvkit.ledger import usual_budget_usd
    from mvkit.purse import check_purse
    from mvkit.run import draft_brief, find_run

    checked = check_song(song)
    budget_usd = wish.pop("budget_usd", None)
    brief = draft_brief(song=song, kind=checked.kind, prompt=prompt, lyrics=lyrics, **wish)
    if not fresh and find_run(brief):
        return
    if budget_usd is None:
        budget_usd = usual_budget_usd(checked.duration_s)
    roles = roles_of(brief, lyrics=lyrics)
    found = check_purse(checked.duration_s, budget_usd=budget_usd, **roles)
    console.print(f"about ${found.wish.estimate.usd:.2f} of ${found.budget_usd:.2f}")
    if found.is_tight:
        console.print(
            f"Clips that fail or are taken again may take it past that. {found.instead}",
            soft_wrap=True,
        )


def _tell(run: Run, *, started_s: float) -> None:
    """Say where the film is, how long it is, what it took and what it cost."""
    from mvkit.ledger import total_usd

    video = run.read(Video)
    console.print(
        f"{escape(str(run.folder / video.video_url))}\n"
        f"{minutes(video.duration)} of film, {len(video.cuts)} cuts, "
        f"made in {minutes(time.monotonic() - started_s)}, cost ${total_usd(run):.2f}",
        soft_wrap=True,
    )
