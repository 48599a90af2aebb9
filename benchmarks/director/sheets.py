"""Contact sheets: films side by side, one still a shot, before anything is filmed.

What looks alike on a sheet will look alike on screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from benchmarks.director.films import SEED, brief_for, console
from benchmarks.director.layout import STILL_HEIGHT_PX, Column, Part, Still, sheet_of
from benchmarks.director.songs import Song, songs_in
from mvkit.clips.call_sheet import call_sheet
from mvkit.director import plan_video
from mvkit.grading import graded_palette
from mvkit.prompts import write_prompts
from mvkit.providers.base import ClipRequest
from mvkit.providers.takes import paint_sketch
from mvkit.schema import Plan, References, Shot


def sheets(
    songs: Annotated[Path, typer.Argument(help="Folder of songs.")],
    song: Annotated[list[str], typer.Option(help="A song's name; may be given again.")],
    wish: Annotated[list[str], typer.Option(help="A wish; may be given again.")],
    out: Annotated[Path, typer.Option(help="Folder for the sheets.")],
    analyses: Annotated[Path, typer.Option(help="Where what is heard is kept.")] = Path(
        "runs/.cache/benchmark"
    ),
    seed: Annotated[int, typer.Option(help="Of the director's dice.")] = SEED,
    across: Annotated[int, typer.Option(help="Stills in a row of a film.", min=1)] = 4,
) -> None:
    """Paint a sheet of each song with all wishes, and of each wish with all songs."""
    heard = [songs_in(songs, analyses=analyses, only=name)[0] for name in song]
    columns = {
        (one.name, text): film_column(one, text, seed=seed) for one in heard for text in wish
    }
    out.mkdir(parents=True, exist_ok=True)
    chosen = (
        {f"wish{n}": [columns[one.name, text] for one in heard] for n, text in enumerate(wish)}
        if len(heard) > 1
        else {one.name: [columns[one.name, text] for text in wish] for one in heard}
    )
    for name, films in chosen.items():
        path = out / f"{name}.png"
        sheet_of(films, across=across).save(path)
        console.print(path)


def film_column(song: Song, wish: str, *, seed: int = SEED) -> Column:
    """Plan a film, and paint a still of each of its shots."""
    brief = brief_for(wish, seed=seed)
    plan = plan_video(brief, song.analysis)
    unpainted = References.none(brief.job_id)
    requests = call_sheet(
        Path(),
        brief=brief,
        analysis=song.analysis,
        plan=plan,
        references=unpainted,
        prompts=write_prompts(brief, plan, unpainted),
    )
    sections = song.analysis.song_structure
    parts = [
        _part(f"{sections[number].type} {sections[number].energy}", list(group), plan)
        for number, group in groupby(requests, key=lambda request: _section_of(request, song))
    ]
    return Column(
        title=f"{song.name} · {song.analysis.bpm:.0f} BPM · {plan.format} {plan.genre}",
        about=wish,
        palette=plan.style.color_palette,
        parts=tuple(parts),
    )


def _part(name: str, requests: Sequence[ClipRequest], plan: Plan) -> Part:
    stills = [still for request in requests for still in _stills(request, plan)]
    first, last = requests[0].script, requests[-1].script
    return Part(
        heading=f"{name}  {first.start:.1f}-{last.end:.1f} s  {first.lighting}",
        palette=graded_palette(plan.style.color_palette, first.grade),
        stills=tuple(stills),
    )


def _stills(request: ClipRequest, plan: Plan) -> Iterator[Still]:
    """Yield the shots that start in a clip."""
    goes_on = plan.goes_on(request.script.clip_index)
    for n, shot in enumerate(request.script.shots):
        if n == 0 and goes_on:
            continue
        picture = paint_sketch(_only(request, shot, n), height_px=STILL_HEIGHT_PX)
        name = f"{request.script.clip_index}.{n}"
        who = shot.action if shot.characters else "-"
        caption = f"{name} {shot.start:.1f} {shot.size} {shot.angle[:4]} {shot.move} {who}"
        yield Still(Image.fromarray(picture), caption)


def _only(request: ClipRequest, shot: Shot, number: int) -> ClipRequest:
    """Return a clip of one shot, which a sketch then shows."""
    return replace(
        request,
        script=request.script.model_copy(update={"shots": (shot,)}),
        first_shot=request.first_shot + number,
        before_s=0.0,
        after_s=0.0,
    )


def _section_of(request: ClipRequest, song: Song) -> int:
    middle_s = (request.script.start + request.script.end) / 2
    starts_s = [section.start for section in song.analysis.song_structure]
    return sum(start_s <= middle_s for start_s in starts_s) - 1
