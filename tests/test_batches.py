"""Batches: every row is judged before any is submitted, and no film is submitted twice."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

import mvkit
from mvkit.__main__ import app
from mvkit.batches import Outcome, Standings, carry_out, carrying, prepare, workers
from mvkit.batches.grid import read_grid
from mvkit.batches.roll import folder_of, read_roll
from mvkit.batches.rows import read_rows
from mvkit.batches.summary import Ended, by_genre
from mvkit.errors import BudgetExceeded, InvalidInput
from mvkit.jobs import client
from mvkit.jobs.table import JobState, find_job, list_jobs, set_state
from mvkit.settings import get_settings

from .song_makers import clicks, encoded, times_of
from .tiny_chain import WRITE, notebooks, write_notebook

__all__ = ["notebooks"]

SONG_S = 12.0
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
OTHER = "A dancer in an empty hall turns and turns until the morning light comes in."


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A folder with two songs."""
    folder = tmp_path / "songs"
    folder.mkdir()
    for name, bpm in (("slow", 90.0), ("fast", 140.0)):
        samples = clicks(times_of(bpm, SONG_S), SONG_S)
        (folder / f"{name}.wav").write_bytes(encoded(samples, "wav"))
    return folder


def table(folder: Path, *rows: Sequence[object], heading: str = "song,prompt") -> Path:
    path = folder / "films.csv"
    with path.open("w", newline="") as file:
        file.write(f"{heading}\n")
        csv.writer(file).writerows(rows)
    return path


def ending(*states: JobState) -> Callable[[Standings], None]:
    """Bring the films into these states, as workers would, in the order of the rows."""

    def end(standings: Standings) -> None:
        for standing, state in zip(standings, states, strict=True):
            if not standing.is_over:
                job = find_job(standing.job_id)
                set_state(job.job_id, job.attempt, state)

    return end


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "LOOK_S", 0.05)


# Rows


def test_all_that_is_wrong_with_all_rows_is_told_at_once(songs: Path) -> None:
    (songs / "text.wav").write_text("no song")
    source = table(
        songs,
        ("slow.wav", PROMPT, "16:9", ""),
        ("none.wav", PROMPT, "16:9", ""),
        ("text.wav", "too short", "4:3", ""),
        ("fast.wav", PROMPT, "1:1", "x"),
        ("fast.wav", PROMPT),
        heading="song,prompt,aspect,plan.nothing",
    )
    with pytest.raises(InvalidInput) as refused:
        prepare(source)
    told = refused.value.message.splitlines()
    assert told[0] == "4 of 5 rows cannot be used, so nothing was submitted:"
    assert [line.split()[1] for line in told[1:5]] == ["3", "4", "5", "6"]
    assert "none.wav" in told[1]
    assert all(word in told[2] for word in ("text.wav", "prompt", "aspect"))
    assert "nothing" in told[3]
    assert "2 cells, expected 4" in told[4]
    assert not list_jobs()


def test_bad_rows_can_be_left_out(songs: Path) -> None:
    source = table(songs, ("slow.wav", PROMPT), ("none.wav", PROMPT))
    batch = prepare(source, skip_bad=True)
    assert (len(batch.wishes), batch.n_bad, batch.quote.n_new) == (1, 1, 1)


def test_two_rows_for_the_same_film_are_a_slip(songs: Path) -> None:
    with pytest.raises(InvalidInput, match=r"row 3.*same film as row 2.*another seed"):
        prepare(table(songs, ("slow.wav", PROMPT), ("slow.wav", PROMPT)))


@pytest.mark.parametrize(
    ("heading", "told"),
    [("song,mood", "misses 'prompt'"), ("song,prompt,mood", "unknown 'mood'"), ("", "misses")],
)
def test_a_heading_that_cannot_be_read_is_told(songs: Path, heading: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        prepare(table(songs, ("slow.wav", PROMPT), heading=heading))


def test_a_folder_is_a_film_for_each_song(songs: Path) -> None:
    batch = prepare(songs, prompt=PROMPT)
    assert [wish.song.name for wish in batch.wishes] == ["fast.wav", "slow.wav"]
    assert batch.quote.song_s == pytest.approx(2 * SONG_S, abs=0.1)
    with pytest.raises(InvalidInput, match="--prompt"):
        prepare(songs)


def test_a_grid_is_the_product_of_its_lists_songs_slowest(songs: Path) -> None:
    grid = songs / "grid.toml"
    grid.write_text(
        f'songs = ["slow.wav", "fast.wav"]\nprompts = ["{PROMPT}", "{OTHER}"]\n'
        "seeds = [1, 2]\n[options.plan]\npacing = 'slow'\n"
    )
    rows = [(row["song"], row["prompt"], row["seed"]) for row in read_grid(grid)]
    assert rows == [
        (song, prompt, seed)
        for song in ("slow.wav", "fast.wav")
        for prompt in (PROMPT, OTHER)
        for seed in (1, 2)
    ]
    assert {row["plan.pacing"] for row in read_grid(grid)} == {"slow"}


# Submitting


def test_a_grid_of_more_films_than_anybody_meant_is_refused_at_once(tmp_path: Path) -> None:
    grid = tmp_path / "grid.toml"
    many = list(range(1000))
    grid.write_text(f'songs = "a.wav"\nseeds = {many}\n[options.plan]\npace = {many}\nn = {many}')
    with pytest.raises(InvalidInput, match="more than 1000 rows"):
        read_rows(grid)


def test_a_director_that_nobody_knows_is_told_with_its_row(
    songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (songs / "gritty.toml").write_text('off = ["pace_chorus"]\n')
    (songs / "broken.toml").write_text('off = ["no_such_row"]\n')
    monkeypatch.setenv("MVKIT_DIRECTORS", str(songs))
    get_settings.cache_clear()
    names = ("gritty", "broken", "../gritty", "")
    rows = [("slow.wav", PROMPT, n, name) for n, name in enumerate(names)]
    with pytest.raises(InvalidInput) as refused:
        prepare(table(songs, *rows, heading="song,prompt,seed,plan.director"))
    told = str(refused.value)
    assert "2 of 4 rows" in told
    assert re.search(r"row 3 .*no_such_row", told)
    assert re.search(r"row 4 .*No director is called '\.\./gritty'; known are broken, gritty", told)


def test_a_batch_said_again_submits_nothing_twice(songs: Path) -> None:
    source = table(songs, ("slow.wav", PROMPT), ("fast.wav", PROMPT))
    first = carry_out(prepare(source), workers=0, watch=ending("finished", "failed"))
    again = carry_out(prepare(source), workers=0)
    assert [film.job_id for film in again.films] == [film.job_id for film in first.films]
    assert len(list_jobs()) == 2
    assert prepare(source).quote.n_known == 2
    assert [film.state for film in again.films] == ["finished", "failed"]
    assert not again.succeeded


def test_rows_may_be_added_and_moved_between_two_calls(songs: Path) -> None:
    first = carry_out(
        prepare(table(songs, ("slow.wav", PROMPT))), workers=0, watch=ending("finished")
    )
    longer = table(songs, ("fast.wav", PROMPT), ("slow.wav", PROMPT))
    again = carry_out(prepare(longer), workers=0, watch=ending("finished", "finished"))
    assert again.films[1].job_id == first.films[0].job_id
    assert len(list_jobs()) == 2


def test_a_batch_killed_while_it_submits_goes_on_where_it_was(
    songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table(songs, ("slow.wav", PROMPT), ("fast.wav", PROMPT))
    submit, calls = client.submit, []

    def killed(song: Path, prompt: str, **wish: object) -> object:
        calls.append(song.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return submit(song, prompt, **wish)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "submit", killed)
    with pytest.raises(KeyboardInterrupt):
        carry_out(prepare(source), workers=0)
    outcome = carry_out(prepare(source), workers=0, watch=ending("finished", "finished"))
    assert calls == ["slow.wav", "fast.wav", "fast.wav"]
    assert {job.job_id for job in list_jobs()} == {film.job_id for film in outcome.films}
    assert all(member.was_submitted for member in read_roll(prepare(source).name).members)


def test_a_film_that_is_refused_stops_no_other_and_is_tried_again(
    songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = table(songs, ("slow.wav", PROMPT), ("fast.wav", PROMPT))
    submit = client.submit

    def picky(song: Path, prompt: str, **wish: object) -> object:
        if song.name == "slow.wav":
            raise InvalidInput("not this one", reason="WHIM")
        return submit(song, prompt, **wish)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(client, "submit", picky)
        outcome = carry_out(prepare(source), workers=0, watch=ending("queued", "finished"))
    assert [(film.state, film.reason) for film in outcome.films] == [
        ("refused", "WHIM"),
        ("finished", ""),
    ]
    assert carry_out(prepare(source), workers=0, watch=ending("finished", "finished")).succeeded


def test_failed_films_are_tried_again_on_wish(songs: Path) -> None:
    source = table(songs, ("slow.wav", PROMPT))
    carry_out(prepare(source), workers=0, watch=ending("failed"))
    assert carry_out(prepare(source), workers=0).films[0].state == "failed"
    again = carry_out(prepare(source), workers=0, retry=True, watch=ending("finished"))
    assert again.succeeded


def test_a_batch_is_carried_out_by_one_process(songs: Path) -> None:
    source = table(songs, ("slow.wav", PROMPT))
    batch = prepare(source)

    def meanwhile(standings: Standings) -> None:
        with pytest.raises(InvalidInput, match="another process"):
            carry_out(batch, workers=0)
        ending("finished")(standings)

    assert carry_out(batch, workers=0, watch=meanwhile).succeeded


def test_what_all_films_may_cost_is_checked_before_any_is_submitted(
    songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_none")
    source = table(
        songs,
        ("slow.wav", PROMPT, "replicate:kwaivgi/kling-v2.1", 9),
        ("fast.wav", PROMPT, "replicate:kwaivgi/kling-v2.1", 9),
        ("fast.wav", PROMPT, "studio", ""),
        heading="song,prompt,video,budget_usd",
    )
    assert prepare(source, total_budget_usd=Decimal(18)).quote.usd > 0
    with pytest.raises(BudgetExceeded, match=r"2 films may cost \$18.00 together"):
        prepare(source, total_budget_usd=Decimal(17))


# What is told


def film(genre: str, state: str, *, worked_s: float = 0.0, reason: str = "") -> Ended:
    return Ended(
        number=1,
        song="song.wav",
        prompt=PROMPT,
        job_id="00000000-0000-4000-8000-000000000001",
        genre=genre,
        state=state,
        cost_usd=Decimal("0.5"),
        worked_s=worked_s,
        song_s=10.0,
        warnings=("flashes",) if worked_s == 30.0 else (),
        reason=reason,
        error="",
        film="",
    )


def test_films_are_summed_up_by_genre() -> None:
    rock, unheard = by_genre(
        [
            film("rock", "finished", worked_s=10.0),
            film("rock", "finished", worked_s=30.0),
            film("rock", "failed", reason="TIMED_OUT"),
            film("", "refused", reason="QUOTA"),
        ]
    )
    assert (rock.genre, rock.n_films, rock.n_finished) == ("rock", 3, 2)
    assert (rock.work_s_per_s, rock.n_warned) == (2.0, 1)
    assert rock.cost_usd == Decimal("1.5")
    assert rock.reasons == ("1 x TIMED_OUT",)
    assert (unheard.genre, unheard.work_s_per_s) == ("no genre", None)


def test_a_rehearsal_submits_nothing(songs: Path) -> None:
    source = table(songs, ("slow.wav", PROMPT))
    told = CliRunner().invoke(app, ["batch", str(source), "--dry-run", "--name", "rehearsal"])
    assert told.exit_code == 0
    assert "1 films to make of 0:12 of song" in told.stdout
    assert not list_jobs()
    assert not folder_of("rehearsal").exists()


@pytest.mark.slow
def test_one_command_makes_all_films_and_goes_on_past_one_that_fails(
    songs: Path, notebooks: Path
) -> None:
    """Real workers, a tiny chain: the plan of the second film fails."""
    broken = "if word == 'broken':\n    raise RuntimeError('no plan today')"
    write_notebook(notebooks, "02_plan", broken, WRITE.format(stage="plan"))
    source = table(
        songs,
        ("slow.wav", PROMPT, ""),
        ("fast.wav", PROMPT, "broken"),
        ("fast.wav", OTHER, "whole"),
        heading="song,prompt,plan.word",
    )
    told = CliRunner().invoke(app, ["batch", str(source), "--name", "three"])
    assert told.exit_code == 1, told.output
    assert "2 of 3 films finished" in told.stdout
    assert "row 3, fast.wav" in told.stdout
    written = json.loads((folder_of("three") / "batch.json").read_text())
    assert [row["state"] for row in written["films"]] == ["finished", "failed", "finished"]
    with (folder_of("three") / "batch.csv").open() as file:
        assert [row["number"] for row in csv.DictReader(file)] == ["2", "3", "4"]
    outcome = mvkit.batch(source, name="three")
    assert isinstance(outcome, Outcome)
    assert [film.state for film in outcome.films] == ["finished", "failed", "finished"]


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing_but_the_time(
    songs: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RESTART_S", 0.0)
    killed: list[int] = []

    def kill_once(standings: Standings) -> None:
        if not killed and any(standing.state == "running" for standing in standings):
            [worker] = [
                process
                for process in psutil.Process().children()
                if process.cmdline()[-2:] == ["mvkit", "worker"]
            ]
            worker.kill()
            killed.append(worker.pid)

    source = table(songs, ("slow.wav", PROMPT), ("fast.wav", PROMPT))
    assert mvkit.batch(source, watch=kill_once).succeeded
    assert killed
