"""A song and a prompt become a film: the real notebooks, the real studio, the finished file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest
import soundfile

from mvkit import make_video
from mvkit.chain import STAGES
from mvkit.errors import InvalidInput, RefusedSong
from mvkit.run import Run, all_runs
from mvkit.schema import ARTEFACTS, Analysis, Plan, Prompts, Video
from mvkit.settings import get_settings
from mvkit.songs import SongTruth, click_song

from .conftest import ROOT
from .process_watch import processes_of, wait_for

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a concert stage."
LYRICS = "[00:04.00]I see the lights\n[00:08.00]shining over me\n"
SONG_S = 10.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SongTruth]:
    """A song with exactly known beats."""
    path = tmp_path_factory.mktemp("song") / "song.flac"
    samples, truth = click_song(
        tempo_bpm=120.0, duration_s=SONG_S, labels=("intro", "verse", "chorus")
    )
    soundfile.write(path, samples, 44_100)
    return path, truth


@pytest.fixture(autouse=True)
def small_studio(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint small: what is tested here does not depend on it."""
    monkeypatch.setenv("MVKIT_VIDEO", "studio:144")
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def film(
    truth: tuple[Path, SongTruth], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, SongTruth]:
    """One film, made once for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("film")
    lyrics = folder / "words.lrc"
    lyrics.write_text(LYRICS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVKIT_VIDEO", "studio:144")
        patch.setenv("MVKIT_RUNS_DIR", str(folder / "runs"))
        get_settings.cache_clear()
        run = make_video(truth[0], PROMPT, lyrics=lyrics, aspect="1:1")
    get_settings.cache_clear()
    return run, truth[1]


def test_the_film_has_every_frame_of_the_song(film: tuple[Run, SongTruth]) -> None:
    run, _ = film
    with av.open(str(run.folder / "video.mp4")) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.width, picture.height, picture.average_rate) == (1080, 1080, 30)
        assert picture.codec_context.pix_fmt == "yuv420p"
        sound_s = float(sound.duration * sound.time_base)
        n_frames = sum(1 for _ in file.decode(picture))
    assert n_frames == round(SONG_S * 30)
    assert sound_s == pytest.approx(SONG_S, abs=0.1)


def test_every_cut_is_on_its_frame_and_on_a_beat(film: tuple[Run, SongTruth]) -> None:
    """The beats are the song's true ones, not those the analysis claims."""
    run, truth = film
    video = run.read(Video)
    assert all(check.passed for check in video.checks)
    assert len(video.cuts) >= 3
    for cut in video.cuts:
        assert cut.found_frame in (cut.frame, None) or cut.kind != "cut"
        assert min(abs(cut.time - beat_s) for beat_s in truth.beats_s) < 0.05


def test_all_that_belongs_to_a_run_is_there(film: tuple[Run, SongTruth]) -> None:
    run, _ = film
    for kind in ARTEFACTS:
        assert run.read(kind).job_id == run.job_id
    video = run.read(Video)
    for name in (video.thumbnail_url, video.contact_sheet_url, video.subtitles_url, "cuts.edl"):
        assert (run.folder / name).stat().st_size > 0
    assert len(list((run.folder / "notebooks").glob("0*.ipynb"))) == 6
    assert "I see the lights" in (run.folder / "lyrics.srt").read_text()
    assert run.read(Analysis).lyrics[0].timestamp == 4.0
    assert run.read(Prompts).total_clips == len(run.read(Plan).clip_scripts)


def test_the_same_wish_again_returns_the_film_that_is_there(
    film: tuple[Run, SongTruth], truth: tuple[Path, SongTruth], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, _ = film
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(run.folder.parent))
    get_settings.cache_clear()
    lyrics = run.folder.parent.parent / "words.lrc"
    again = make_video(truth[0], PROMPT, lyrics=lyrics, aspect="1:1")
    assert again.job_id == run.job_id
    started = [event for event in again.events() if event.get("status") == "started"]
    assert len(started) == len(STAGES)  # from the first time


def test_each_notebook_runs_by_itself_on_a_finished_run(
    film: tuple[Run, SongTruth], tmp_path: Path
) -> None:
    """As in Jupyter: with the parameters it comes with, on the newest finished film."""
    run, _ = film
    before = {kind: run.read(kind).content_digest() for kind in ARTEFACTS}
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    environment = {
        **os.environ,
        "MVKIT_RUNS_DIR": str(run.folder.parent),
        "PYTHONPATH": str(ROOT),
    }
    notebooks = sorted((ROOT / "notebooks").glob("0*.ipynb"))
    done = subprocess.run(
        [*command, "--output-dir", str(tmp_path), *map(str, notebooks)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert {kind: run.read(kind).content_digest() for kind in ARTEFACTS} == before


def test_a_refused_song_leaves_no_run_behind(tmp_path: Path, runs_dir: Path) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(b"<html>not a song</html>" * 100)
    with pytest.raises(RefusedSong):
        make_video(song, PROMPT)
    assert all_runs() == []


def test_a_misspelt_option_is_refused_before_anything_is_made(
    truth: tuple[Path, SongTruth],
) -> None:
    with pytest.raises(InvalidInput, match="'pase'"):
        make_video(truth[0], PROMPT, options={"plan": {"pase": 2.0}})
    assert all_runs() == []


def test_a_film_killed_while_filming_goes_on_with_the_next_clip(
    truth: tuple[Path, SongTruth], film: tuple[Run, SongTruth], runs_dir: Path, tmp_path: Path
) -> None:
    """And comes out byte for byte like the one that was left in peace."""
    run, _ = film
    lyrics = run.folder.parent.parent / "words.lrc"
    command = [sys.executable, "-m", "mvkit", "make", str(truth[0]), PROMPT, "--aspect", "1:1"]
    process = subprocess.Popen(
        [*command, "--lyrics", str(lyrics)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: list(runs_dir.glob("*/clips/0*.json")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    (killed,) = all_runs()
    wait_for(lambda: not processes_of(killed))
    kept = {path.name: path.stat().st_mtime_ns for path in killed.folder.glob("clips/0*.json")}
    assert kept
    again = make_video(truth[0], PROMPT, lyrics=lyrics, aspect="1:1")
    assert again.job_id == killed.job_id
    for name, made_ns in kept.items():
        assert (again.folder / "clips" / name).stat().st_mtime_ns == made_ns
    for name in ("plan.json", "video.mp4"):
        ours = (again.folder / name).read_bytes().replace(again.job_id.encode(), b"")
        theirs = (run.folder / name).read_bytes().replace(run.job_id.encode(), b"")
        assert ours == theirs, name
    assert processes_of(again) == []
