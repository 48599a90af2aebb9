"""The command line explains itself, and tells failures in a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mvkit.__main__ import app, main
from mvkit.commands.terminal import find_run, read_options
from mvkit.errors import InvalidInput, NotFound
from mvkit.run import Run, draft_brief

from .conftest import ROOT

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."


def mvkit(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "mvkit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0
    assert f"mvkit {command}" in (ROOT / "README.md").read_text("utf-8")


def test_runs_are_listed_even_if_there_are_none() -> None:
    result = CliRunner().invoke(app, ["runs"])
    assert result.exit_code == 0
    assert "film" in result.stdout


def test_a_refused_song_is_told_in_a_sentence(tmp_path: Path) -> None:
    song = tmp_path / "holiday.mp3"
    song.write_text("not a song at all")
    told = mvkit("make", str(song), PROMPT, cwd=tmp_path)
    assert told.returncode == 1
    assert "VALIDATION_ERROR" in told.stderr
    assert "Traceback" not in told.stderr
    assert not list((tmp_path / "runs").glob("*")) if (tmp_path / "runs").exists() else True


def test_a_song_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    told = mvkit("make", "no-such.mp3", PROMPT, cwd=tmp_path)
    assert told.returncode == 1
    assert "no-such.mp3" in told.stderr
    assert "Traceback" not in told.stderr


def test_options_are_read_as_stage_name_and_value() -> None:
    assert read_options(["plan.pace=1.5", "prompts.quality=plain film", "clips.at_once=2"]) == {
        "plan": {"pace": 1.5},
        "prompts": {"quality": "plain film"},
        "clips": {"at_once": 2},
    }
    with pytest.raises(InvalidInput, match=r"stage\.name=value"):
        read_options(["pace=2"])


def test_a_run_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    song.write_bytes(b"RIFF")
    run = Run.create(draft_brief(song=song, kind="wav", prompt=PROMPT), song=song)
    assert find_run(run.job_id[:8]).job_id == run.job_id
    with pytest.raises(NotFound, match="0 runs"):
        find_run("zzz")


def test_an_interrupt_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mvkit.chain.make_video", interrupted)
    monkeypatch.setattr("logging.disable", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["mvkit", "make", "song.mp3", PROMPT])
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end:
        main()
    signal.signal(signal.SIGTERM, before)
    assert end.value.code == 130
    assert "same command again" in capsys.readouterr().err
