"""The run folder is the truth: whole files, digests that tell what is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvkit.errors import InvalidArtefact, InvalidInput, NotFound
from mvkit.files import write_whole
from mvkit.run import Run, all_runs, draft_brief, find_run
from mvkit.schema import ARTEFACTS, Analysis, Artefact, Clips, Plan, Prompts, Video

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "a song; rm -rf.wav"
    path.write_bytes(b"RIFF not really")
    return path


@pytest.fixture
def run(song: Path) -> Run:
    return Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)


@pytest.fixture
def finished(run: Run, examples: dict[str, Artefact]) -> Run:
    for artefact in list(examples.values())[1:]:
        for name in artefact.files():
            run.path(name).write_bytes(b"made")
        run.write(artefact.model_copy(update={"job_id": run.job_id}))
    return run


def test_the_song_is_copied_in_under_a_name_of_ours(run: Run, song: Path) -> None:
    assert run.song.name == "song.wav"
    assert run.song.read_bytes() == song.read_bytes()
    assert run.status.state == "waiting"


def test_lyrics_are_copied_in(song: Path, tmp_path: Path) -> None:
    lyrics = tmp_path / "words.LRC"
    lyrics.write_text("[00:01.00]I see the lights")
    brief = draft_brief(song=song, kind="wav", prompt=PROMPT, lyrics=lyrics)
    run = Run.create(brief, song=song, lyrics=lyrics)
    assert run.lyrics == run.folder / "lyrics.lrc"


def test_a_film_is_called_after_its_song_s_file_unless_told(tmp_path: Path) -> None:
    song = tmp_path / "03 - neon_rain.wav"
    song.write_bytes(b"RIFF not really")
    assert draft_brief(song=song, kind="wav", prompt=PROMPT).title == "Neon rain"
    assert draft_brief(song=song, kind="wav", prompt=PROMPT, title="").title == ""


def test_a_wish_that_breaks_the_contract_is_refused(song: Path) -> None:
    with pytest.raises(InvalidInput, match="at least 50 characters"):
        draft_brief(song=song, kind="wav", prompt="a film, please")


def test_a_finished_run_is_current_from_end_to_end(finished: Run) -> None:
    assert all(finished.is_current(kind) for kind in (Analysis, Plan, Prompts, Clips, Video))


def test_a_changed_plan_makes_what_follows_stale_and_nothing_else(finished: Run) -> None:
    plan = finished.read(Plan)
    finished.write(plan.model_copy(update={"treatment": "Everything is different now."}))
    assert finished.is_current(Analysis)
    assert finished.is_current(Plan)
    assert not finished.is_current(Prompts)
    assert not finished.is_current(Video)


def test_a_stage_that_comes_to_the_same_result_keeps_what_follows(finished: Run) -> None:
    plan = finished.read(Plan)
    finished.drop(Plan)
    assert not finished.is_current(Plan)
    finished.write(plan)
    assert finished.is_current(Video)


def test_a_missing_artefact_names_its_stage(run: Run) -> None:
    with pytest.raises(NotFound, match="'plan' has not finished"):
        run.read(Plan)


def test_a_damaged_artefact_is_refused(finished: Run) -> None:
    (finished.folder / "plan.json").write_text("{")
    with pytest.raises(InvalidArtefact, match=r"plan\.json"):
        finished.read(Plan)


def test_the_same_wish_finds_its_run_again(run: Run, song: Path) -> None:
    again = find_run(draft_brief(song=song, kind="wav", prompt=PROMPT))
    assert again is not None
    assert again.job_id == run.job_id
    assert find_run(draft_brief(song=song, kind="wav", prompt=PROMPT, seed=2)) is None


def test_without_a_name_the_newest_finished_run_is_opened(finished: Run, song: Path) -> None:
    Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT, seed=9), song=song)
    assert len(all_runs()) == 2
    assert Run.open().job_id == finished.job_id


def test_a_folder_without_a_brief_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"brief\.json"):
        Run.open(tmp_path)
    with pytest.raises(NotFound, match="make demo"):
        Run.open()


def test_only_one_process_works_on_a_run(run: Run) -> None:
    with (
        run.working(),
        pytest.raises(InvalidInput, match="another process"),
        Run(run.folder).working(),
    ):
        pass
    with run.working():  # free again
        pass


def test_a_line_that_was_cut_off_spoils_nothing_but_itself(run: Run) -> None:
    run.tell("message", text="one")
    with (run.folder / "events.jsonl").open("a") as events:
        events.write('{"event": "progr')
    run.tell("message", text="two")
    assert [event["text"] for event in run.events()] == ["one", "two"]


def test_new_footage_makes_the_film_stale(finished: Run) -> None:
    clips = finished.read(Clips)
    refilmed = clips.clips[1].model_copy(update={"sha256": "f" * 64})
    finished.write(clips.model_copy(update={"clips": (clips.clips[0], refilmed, clips.clips[2])}))
    assert finished.is_current(Clips)
    assert not finished.is_current(Video)


@pytest.mark.parametrize("name", ["video.mp4", "clips/001.mp4", "references/scene_stage.png"])
def test_a_stage_whose_files_are_gone_is_not_current(finished: Run, name: str) -> None:
    (finished.folder / name).unlink()
    assert not all(finished.is_current(kind) for kind in ARTEFACTS[1:])


def test_folders_that_are_no_runs_are_passed_over(run: Run, runs_dir: Path) -> None:
    for name, text in [("junk", "{}"), ("copy", (run.folder / "brief.json").read_text())]:
        (runs_dir / name).mkdir()
        (runs_dir / name / "brief.json").write_text(text)
    (runs_dir / "latest").symlink_to(run.folder)
    (runs_dir / "half-made").mkdir()
    assert [found.job_id for found in all_runs()] == [run.job_id]


def test_a_run_that_was_killed_is_told_as_stopped(run: Run) -> None:
    status = run.status.model_copy(update={"state": "running"})
    with run.working():
        run.set_status(status)
        assert Run(run.folder).status.state == "running"
    assert run.status.state == "stopped"


def test_a_damaged_status_is_no_matter(run: Run) -> None:
    (run.folder / "status.json").write_text("")
    assert run.status.state == "waiting"


def test_missing_lyrics_are_told(song: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no lyrics file .*words\.lrc"):
        draft_brief(song=song, kind="wav", prompt=PROMPT, lyrics=tmp_path / "words.lrc")


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up leaves the old file as it was, and no debris."""
    target = tmp_path / "status.json"
    write_whole(target, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["status.json"]
