"""The doctor says who is asked for what, what is missing, and how to get it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mvkit import ffmpeg
from mvkit.__main__ import app
from mvkit.doctor import Diagnosis, RoleReport, examine, machine, services
from mvkit.errors import ProviderFailed
from mvkit.providers.catalog import Offer
from mvkit.settings import Settings, get_settings

KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "REPLICATE_API_TOKEN", "REPLICATE_BASE_URL")
KLING = "replicate:kwaivgi/kling-v2.1"
SECRET = "r8_very_secret"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Any:
    def chosen(**variables: str) -> None:
        for name, value in variables.items():
            own = name.lower() in Settings.model_fields
            monkeypatch.setenv(f"MVKIT_{name}" if own else name, value)
        get_settings.cache_clear()

    return chosen


def role(found: Diagnosis, name: str) -> RoleReport:
    return next(report for report in found.roles if report.role == name)


def part(found: Diagnosis, name: str) -> machine.MachineReport:
    return next(report for report in found.machine if report.part == name)


def test_out_of_the_box_films_can_be_made_for_nothing() -> None:
    found = examine()
    assert found.works
    assert [report.role for report in found.roles] == [
        *("image", "video", "planner", "transcriber", "fallback", "stand-in")
    ]
    assert {report.name for report in found.roles} == {"studio", "director", ""}
    assert [role(found, name).usd_per_minute for name in ("image", "video", "planner")] == [0, 0, 0]
    assert role(found, "video").why == "MVKIT_VIDEO, by default"


def test_a_missing_key_is_one_sentence_that_names_the_variable_and_where_to_get_it(
    choose: Any,
) -> None:
    choose(VIDEO=KLING, PLANNER="openai:gpt-6-luna")
    found = examine()
    assert not found.works
    [problem] = role(found, "video").problems
    assert KLING in problem
    assert "REPLICATE_API_TOKEN" in problem
    assert "https://replicate.com/account/api-tokens" in problem
    [problem] = role(found, "planner").problems
    assert "OPENAI_API_KEY" in problem
    assert role(found, "video").why == "MVKIT_VIDEO"


def test_with_a_key_a_paid_role_works_and_tells_its_price(choose: Any) -> None:
    """Kling sells 5 or 10 s at 5 cents: on average 9 s for each of ten clips a minute."""
    choose(VIDEO=KLING, IMAGE="replicate:google/nano-banana", REPLICATE_API_TOKEN=SECRET)
    found = examine()
    assert found.works
    assert role(found, "video").usd_per_minute == Decimal("4.5")
    pictures = role(found, "image").usd_per_minute  # five references and thirty keyframes
    assert pictures == 35 * Decimal("0.039") / 3
    assert SECRET not in found.model_dump_json()
    told = " ".join(found.notes)
    assert "starts from a picture that replicate:google/nano-banana paints" in told
    assert "costs $0.039; replicate:black-forest-labs/flux-schnell paints one for $0.003" in told
    assert "is not confirmed" in told


def test_the_words_and_the_plan_have_their_price_and_their_end(choose: Any) -> None:
    choose(PLANNER="openai:gpt-4o", TRANSCRIBER="openai:whisper-1", OPENAI_API_KEY="sk-x")
    found = examine()
    assert found.works
    assert role(found, "transcriber").usd_per_minute == Decimal("0.006")
    plan_usd = (12650 * Decimal("2.5") + 9600 * Decimal(10)) / 1_000_000
    assert role(found, "planner").usd_per_minute == plan_usd / 3
    assert any("openai:gpt-4o" in note and "2027-01-14" in note for note in found.notes)
    assert any("openai:whisper-1" in note and "2027-02-26" in note for note in found.notes)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("VIDEO", "studio:99", "MVKIT_VIDEO: The studio cannot paint 99"),
        ("VIDEO", "hollywood", "MVKIT_VIDEO"),
        ("IMAGE", "replicate:nobody/nothing", "Set MVKIT_IMAGE"),
        ("IMAGE", "replicate:stability-ai/sdxl@huge", "MVKIT_IMAGE: .* has no variant 'huge'"),
        ("PLANNER", "uncle", "Set MVKIT_PLANNER"),
        ("TRANSCRIBER", "ears", "Set MVKIT_TRANSCRIBER"),
        ("TRANSCRIBER", "whisper:enormous", "MVKIT_TRANSCRIBER: whisper:enormous"),
        ("VIDEO_FALLBACK", "replicate:prunaai/p-vid", "MVKIT_VIDEO_FALLBACK: .*prunaai/p-video"),
    ],
)
def test_whoever_cannot_play_a_role_is_named_with_the_variable_that_chose_them(
    choose: Any, variable: str, value: str, said: str
) -> None:
    choose(**{variable: value}, REPLICATE_API_TOKEN=SECRET)
    found = examine()
    assert not found.works
    [problem] = found.problems
    assert re.search(said, problem), problem


def test_a_stand_in_that_costs_money_is_a_problem(choose: Any) -> None:
    choose(VIDEO=KLING, STAND_IN="replicate:prunaai/p-video", REPLICATE_API_TOKEN=SECRET)
    [problem] = role(examine(), "stand-in").problems
    assert "MVKIT_STAND_IN" in problem
    assert "costs money" in problem


def test_a_paid_fallback_of_a_free_camera_is_never_asked(choose: Any) -> None:
    choose(VIDEO_FALLBACK="replicate:prunaai/p-video", REPLICATE_API_TOKEN=SECRET)
    found = examine()
    assert found.works
    assert any("is never asked" in note for note in role(found, "fallback").notes)


def test_nobody_for_a_role_is_no_problem_and_is_told(choose: Any) -> None:
    choose(STAND_IN="")
    found = examine()
    assert found.works
    assert "MVKIT_STAND_IN=studio" in role(found, "stand-in").notes[0]
    assert "MVKIT_TRANSCRIBER=whisper" in role(found, "transcriber").notes[0]


def test_a_package_that_is_missing_is_named_with_how_to_get_it(
    choose: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "find_spec", lambda _: None)
    choose(VIDEO=KLING, REPLICATE_API_TOKEN=SECRET)
    [problem] = role(examine(), "video").problems
    assert "`pip install replicate`" in problem


def test_a_server_of_ones_own_needs_no_key(choose: Any) -> None:
    choose(PLANNER="openai:llama3", OPENAI_BASE_URL="http://localhost:11434/v1")
    found = examine()
    assert found.works
    assert role(found, "planner").usd_per_minute == 0


# Online


def test_a_model_that_has_drifted_is_told_only_when_asked_for(
    choose: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def drifted(offer: Offer) -> tuple[str, ...]:
        asked.append(offer.name)
        return (f"{offer.entry.name} no longer takes 'mode'.",)

    monkeypatch.setattr("mvkit.providers.replicate.check_model", drifted)
    choose(VIDEO=KLING, REPLICATE_API_TOKEN=SECRET)
    assert examine().works
    assert asked == []
    found = examine(online=True)
    assert asked == [f"{KLING}@standard"]
    [problem] = found.problems
    assert "no longer takes 'mode'" in problem
    assert f'[models."{KLING}"]' in problem


def test_a_service_that_does_not_answer_is_told(
    choose: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: Offer) -> tuple[str, ...]:
        raise ProviderFailed("api.replicate.com cannot be reached.")

    monkeypatch.setattr("mvkit.providers.replicate.check_model", silent)
    choose(VIDEO=KLING, REPLICATE_API_TOKEN=SECRET)
    assert examine(online=True).problems == ("api.replicate.com cannot be reached.",)


@contextmanager
def openai_server(answers: dict[str, tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Answer as told; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

        def do_GET(self) -> None:
            status, content = answers[self.path.rpartition("/")[2]]
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()


def test_openai_is_asked_whether_it_knows_the_model_and_until_when(choose: Any) -> None:
    model = {"id": "gpt-6-luna", "object": "model", "created": 1, "owned_by": "openai"}
    gone = {"error": {"message": "no such model", "code": "model_not_found"}}
    answers = {"gpt-6-luna": (200, {**model, "shutdown_date": "2028-01-01"}), "mine": (404, gone)}
    with openai_server(answers) as url:
        choose(PLANNER="openai:gpt-6-luna", OPENAI_API_KEY="sk-x", OPENAI_BASE_URL=url)
        found = examine(online=True)
        assert found.works
        assert any("will shut openai:gpt-6-luna down on 2028-01-01" in note for note in found.notes)
        choose(PLANNER="openai:mine")
        [problem] = examine(online=True).problems
        assert "does not serve openai:mine" in problem


# The machine


def test_the_machine_is_looked_at(runs_dir: Path) -> None:
    found = examine()
    assert "ffmpeg version" in part(found, "ffmpeg").found
    assert str(runs_dir) in part(found, "disk").found
    assert part(found, "database").found == "a file, made when it is needed"
    assert not runs_dir.exists()  # nothing is made by looking


def test_a_full_disk_is_a_problem(choose: Any) -> None:
    choose(MIN_FREE_MB="999999999")
    [problem] = examine().problems
    assert "MVKIT_MIN_FREE_MB" in problem


def test_ffmpeg_that_does_not_run_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "executable", lambda: str(tmp_path / "no-ffmpeg"))
    [problem] = examine().problems
    assert "pip install imageio-ffmpeg" in problem


def test_a_database_of_a_kind_that_cannot_be_used_is_a_problem(choose: Any) -> None:
    choose(DATABASE_URL="mysql://somewhere")
    [problem] = part(examine(), "database").problems
    assert "MVKIT_DATABASE_URL" in problem


def test_a_file_that_is_no_database_is_a_problem(choose: Any, tmp_path: Path) -> None:
    file = tmp_path / "holiday.sqlite"
    file.write_text("These are my holidays. " * 100)
    choose(DATABASE_URL=f"sqlite:///{file}")
    found = examine()
    [problem] = part(found, "database").problems
    assert "file is not a database" in problem
    assert "MVKIT_DATABASE_URL" in problem


def test_a_database_server_that_is_not_there_is_a_problem_without_its_password(choose: Any) -> None:
    choose(DATABASE_URL="postgresql://ada:hunter2@127.0.0.1:1/mvkit")
    found = examine()
    assert len(part(found, "database").problems) == 1
    assert "hunter2" not in found.model_dump_json()


def test_own_rows_of_the_director_are_looked_at(choose: Any, tmp_path: Path) -> None:
    """A broken file is told before the first job, with its name."""
    assert part(examine(), "director").problems == ()
    own = tmp_path / "mine.toml"
    own.write_text('off = ["soft_dissolves"]')
    choose(KNOWLEDGE=str(own))
    assert part(examine(), "director").found.endswith("with those of mine.toml")
    own.write_text("[[rules")
    [problem] = part(examine(), "director").problems
    assert "mine.toml" in problem


def test_a_network_for_beats_is_looked_at(choose: Any, tmp_path: Path) -> None:
    """By default there is none; one that cannot be read is a problem."""
    assert part(examine(), "beats").problems == ()
    (tmp_path / "beats.onnx").write_bytes(b"no network")
    choose(BEAT_MODEL=str(tmp_path / "beats.onnx"))
    [problem] = part(examine(), "beats").problems
    assert "cannot be read as a network" in problem


def test_kernels_that_are_not_compiled_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "N_COMPILED", 10**6)
    found = examine()
    assert found.works
    assert any("mvkit doctor --warm" in note for note in found.notes)


# The command


def test_the_command_says_what_works_and_ends_with_0() -> None:
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 0
    assert "Films can be made." in told.output
    assert "\x1b[" not in told.output


def test_the_command_ends_with_1_if_a_chosen_role_cannot_work(choose: Any) -> None:
    choose(VIDEO=KLING)
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "Problems:" in told.output
    assert "REPLICATE_API_TOKEN" in told.output


def test_the_command_speaks_json(choose: Any) -> None:
    choose(VIDEO=KLING)
    told = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(told.stdout)
    assert told.exit_code == 1
    assert found["works"] is False
    assert found["roles"][1]["name"] == KLING
    assert found["machine"][0]["part"] == "ffmpeg"


def test_the_command_compiles_if_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[bool] = []
    monkeypatch.setattr("mvkit.warm.warm_up", lambda: warmed.append(True))
    assert CliRunner().invoke(app, ["doctor", "--warm"]).exit_code == 0
    assert warmed == [True]
