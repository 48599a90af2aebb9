"""The chain runs notebooks in fresh kernels, keeps what is done, and leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mvkit.chain import STAGES, check_options, run_chain
from mvkit.errors import InvalidInput, RefusedSong, StageFailed, TimedOut
from mvkit.run import Status
from mvkit.schema.brief import OptionValue
from mvkit.settings import get_settings

from .process_watch import names_of, processes_of, wait_for
from .tiny_chain import WRITE, new_run, notebooks, write_notebook

__all__ = ["notebooks"]


def test_six_notebooks_make_a_film_and_tell_how_it_goes(tmp_path: Path, notebooks: Path) -> None:
    run = new_run(tmp_path)
    seen: list[Status] = []
    video = run_chain(run, watch=seen.append)
    assert video.n_frames == 360
    assert run.status.state == "finished"
    assert run.status.progress == 100.0
    marks = [event["progress"] for event in run.events() if event["event"] == "progress"]
    ends = [stage.mark for stage in STAGES]
    assert [mark for mark in marks if mark in ends] == ends
    assert [s.progress for s in seen] == sorted(s.progress for s in seen)
    assert len(list((run.folder / "notebooks").glob("*.ipynb"))) == 6
    assert (run.folder / "ledger.jsonl").is_file()
    assert run.events()[-1]["event"] == "completed"
    assert processes_of(run) == []


def test_what_is_done_is_kept(
    tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(tmp_path)
    run_chain(run)
    monkeypatch.setattr("mvkit.chain.run_notebook", lambda *_: pytest.fail("a stage ran again"))
    run_chain(run)
    assert run.status.state == "finished"


def test_only_the_missing_stage_runs(tmp_path: Path, notebooks: Path) -> None:
    run = new_run(tmp_path)
    run_chain(run)
    (run.folder / "prompts.json").unlink()
    run_chain(run)
    started = [e["stage"] for e in run.events() if e.get("status") == "started"]
    assert started == [stage.name for stage in STAGES] + ["prompts"]


def test_a_failed_cell_is_named_and_its_notebook_kept(tmp_path: Path, notebooks: Path) -> None:
    write_notebook(notebooks, "02_plan", "shots = []", "shots[0]")
    run = new_run(tmp_path)
    with pytest.raises(
        StageFailed, match=r"'plan' stopped in cell \[4\] \(`shots\[0\]`\): IndexError"
    ):
        run_chain(run)
    assert "IndexError" in (run.folder / "notebooks" / "02_plan.ipynb").read_text()
    assert run.status.state == "failed"
    assert run.events()[-1]["code"] == "GENERATION_ERROR"
    assert processes_of(run) == []


def test_our_own_error_comes_back_as_itself(tmp_path: Path, notebooks: Path) -> None:
    source = "from mvkit.errors import RefusedSong\nraise RefusedSong('silent', reason='SILENT')"
    write_notebook(notebooks, "01_analysis", source)
    with pytest.raises(RefusedSong) as refusal:
        run_chain(new_run(tmp_path))
    assert (refusal.value.reason, refusal.value.message) == ("SILENT", "silent")


def test_a_failed_run_goes_on_once_the_cause_is_gone(tmp_path: Path, notebooks: Path) -> None:
    write_notebook(notebooks, "03_references", "1 / 0")
    run = new_run(tmp_path)
    with pytest.raises(StageFailed):
        run_chain(run)
    write_notebook(notebooks, "03_references", WRITE.format(stage="references"))
    run_chain(run)
    started = [e["stage"] for e in run.events() if e.get("status") == "started"]
    assert started.count("plan") == 1
    assert started.count("references") == 2


def test_a_notebook_that_writes_nothing_is_a_failure(tmp_path: Path, notebooks: Path) -> None:
    write_notebook(notebooks, "01_analysis", "'all fine'")
    with pytest.raises(StageFailed, match=r"without writing analysis\.json"):
        run_chain(new_run(tmp_path))


def test_a_dead_kernel_is_told(tmp_path: Path, notebooks: Path) -> None:
    write_notebook(notebooks, "01_analysis", "import os\nos._exit(3)")
    with pytest.raises(StageFailed, match="kernel of stage 'analysis' died"):
        run_chain(new_run(tmp_path))


def test_a_cell_that_does_not_end_is_stopped(
    tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MVKIT_STAGE_TIMEOUT_S", "2")
    get_settings.cache_clear()
    source = "import subprocess\nsubprocess.run(['sleep', '60'])"
    write_notebook(notebooks, "01_analysis", source)
    run = new_run(tmp_path)
    with pytest.raises(TimedOut, match="longer than 2 s"):
        run_chain(run)
    assert processes_of(run) == []


def test_each_stage_has_a_kernel_of_its_own_at_low_priority(
    tmp_path: Path, notebooks: Path
) -> None:
    check = "import os\nassert os.getpriority(os.PRIO_PROCESS, 0) == 19\nleft_behind = True"
    write_notebook(notebooks, "01_analysis", check, WRITE.format(stage="analysis"))
    clean = "assert 'left_behind' not in globals()"
    write_notebook(notebooks, "02_plan", clean, WRITE.format(stage="plan"))
    run_chain(new_run(tmp_path))


HOSTILE = ['"; open("owned", "w"); "', "'''", "\\", "{run_dir}", "%%bash\ntouch owned", "\u2028"]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_parameter_stays_text(tmp_path: Path, notebooks: Path, text: str) -> None:
    source = f"assert word == {text!r}\nimport pathlib\nassert not pathlib.Path('owned').exists()"
    write_notebook(notebooks, "01_analysis", source, "1 / 0")
    with pytest.raises(StageFailed, match=r"cell \[4\] .*division by zero"):
        run_chain(new_run(tmp_path, analysis={"word": text}))


REFUSED = [
    ({"plan": {"pase": 1.0}}, "no parameter 'pase'; it has n, word"),
    ({"plan": {"n; import os": 1}}, "no parameter"),
    ({"plan": {"run_dir": "/etc"}}, "no parameter 'run_dir'"),
    ({"plam": {"n": 1}}, "no stage 'plam'"),
    ({"plan": {"n": float("nan")}}, "cannot be written down"),
    ({"plan": {"word": "\ud800"}}, "cannot be written down"),
    ({"plan": {"word": ("a", "b")}}, "is a tuple"),
    ({"plan": {"word": b"x"}}, "is a bytes"),
    ({"plan": {"word": Path("/etc")}}, "is a PosixPath"),
]


@pytest.mark.parametrize(("options", "says"), REFUSED)
def test_undeclared_or_unplain_parameters_are_refused(
    notebooks: Path, options: dict[str, dict[str, OptionValue]], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        check_options(options)


PARENT = """
import sys
from mvkit.chain import run_chain
from mvkit.run import Run
run_chain(Run.open(sys.argv[1]))
"""


@pytest.mark.slow
def test_a_killed_chain_leaves_nothing_and_goes_on_where_it_stopped(
    tmp_path: Path, notebooks: Path
) -> None:
    """SIGKILL in stage 4, while its kernel waits on a child of its own."""
    stuck = "import subprocess\nsubprocess.run(['sleep', '300'])"
    write_notebook(notebooks, "04_prompts", stuck)
    run = new_run(tmp_path)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(run.folder)])
    wait_for(lambda: run.status.stage == "prompts")
    wait_for(lambda: "sleep" in names_of(run))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: set(names_of(run)) <= {"sleep"})

    write_notebook(notebooks, "04_prompts", WRITE.format(stage="prompts"))
    run_chain(run)
    assert run.status.state == "finished"
    started = [e["stage"] for e in run.events() if e.get("status") == "started"]
    assert started == ["analysis", "plan", "references", "prompts", "prompts", "clips", "video"]
    assert processes_of(run) == []


def test_an_interrupt_leaves_the_run_cancelled_not_running(
    tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mvkit.chain.run_notebook", interrupted)
    run = new_run(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_chain(run)
    assert run.status.state == "cancelled"
    assert processes_of(run) == []
