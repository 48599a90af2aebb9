"""Files of a run over HTTP: whole and in parts, once, under good names, and nothing else."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from starlette.testclient import TestClient

from mvkit.files import write_whole
from mvkit.run import Run
from mvkit.settings import get_settings
from mvkit.storage import ObjectStore, get_store
from mvkit.web.api.sending import attached

from .api_makers import add_job, api, client
from .s3_server import S3Server, s3_server

__all__ = ["api", "client"]

FILM = bytes(range(256)) * 1000
FILES = {
    "video.mp4": FILM,
    "clips/003.mp4": b"clip",
    "clips/003.jpg": b"poster",
    "references/scene_stage.png": b"picture",
    "lyrics.srt": b"1\n",
    "cuts.edl": b"TITLE: film\n",
    "cuts.otio": b"{}",
    "plan.json": b"{}",
    "events.jsonl": b"{}\n",
    "logs/crew.log": b"words",
    "report.html": b"<p>15 of 15</p>",
    "strange.xyz": b"<script>alert(1)</script>",
}
KINDS = {
    "video.mp4": "video/mp4",
    "clips/003.mp4": "video/mp4",
    "clips/003.jpg": "image/jpeg",
    "references/scene_stage.png": "image/png",
    "lyrics.srt": "application/x-subrip; charset=utf-8",
    "cuts.edl": "text/plain; charset=utf-8",
    "cuts.otio": "application/json",
    "plan.json": "application/json",
    "events.jsonl": "application/jsonl",
    "song.wav": "audio/wav",
    "logs/crew.log": "text/plain; charset=utf-8",
    "notebooks/01_analysis.ipynb": "application/x-ipynb+json",
    "notebooks/01_analysis.html": "text/html; charset=utf-8",
    "report.html": "text/html; charset=utf-8",
    "strange.xyz": "application/octet-stream",
}


def executed_notebook() -> bytes:
    output = new_output("stream", name="stdout", text="120 bpm <script>alert(1)</script>")
    cell = new_code_cell("print(1)", outputs=[output])
    return nbformat.writes(new_notebook(cells=[cell])).encode()


@pytest.fixture
def run(tmp_path: Path, client: TestClient) -> Run:
    notebook = {"notebooks/01_analysis.ipynb": executed_notebook()}
    return add_job(tmp_path, title="Neon Rain", files={**FILES, **notebook})


def at(run: Run, name: str) -> str:
    return f"/jobs/{run.job_id}/files/{name}"


def test_every_file_is_sent_as_what_it_is_and_never_guessed_at(
    client: TestClient, run: Run
) -> None:
    answers = {name: client.get(at(run, name)) for name in KINDS}
    assert {name: answer.headers["content-type"] for name, answer in answers.items()} == KINDS
    assert {name: answers[name].content for name in FILES} == FILES
    for answer in answers.values():
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"


def test_a_file_of_an_unknown_kind_is_for_keeping_only(client: TestClient, run: Run) -> None:
    answer = client.get(at(run, "strange.xyz"))
    assert answer.headers["content-disposition"].startswith("attachment")


PARTS = {
    "bytes=0-3": FILM[:4],
    "bytes=1000-1009": FILM[1000:1010],
    "bytes=255990-": FILM[-10:],
    "bytes=-5": FILM[-5:],
    "bytes=255999-999999": FILM[-1:],
}
NO_PARTS = ("bytes=256000-", "bytes=9-3", "bytes=x", "lines=1-2", "bytes=")


def test_a_part_of_the_film_is_sent_where_asked(client: TestClient, run: Run) -> None:
    """Browsers seek so."""
    for asked, sent in PARTS.items():
        answer = client.get(at(run, "video.mp4"), headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, sent)
        assert answer.headers["content-range"].endswith(f"/{len(FILM)}")
        assert answer.headers["content-type"] == "video/mp4"


def test_several_parts_are_sent_as_one_answer(client: TestClient, run: Run) -> None:
    answer = client.get(at(run, "video.mp4"), headers={"Range": "bytes=0-1,100-101"})
    assert answer.status_code == 206
    assert answer.content.count(b"Content-Range: bytes") == 2


def test_a_part_that_is_not_there_is_refused_in_the_one_form(client: TestClient, run: Run) -> None:
    for asked in NO_PARTS:
        answer = client.get(at(run, "video.mp4"), headers={"Range": asked})
        assert answer.status_code == 416
        assert answer.json()["error"]["reason"] == "RANGE"
        assert answer.headers["content-range"] == f"bytes */{len(FILM)}"


def test_what_a_browser_has_is_not_sent_again_until_it_changes(
    client: TestClient, run: Run
) -> None:
    for name in ("clips/003.mp4", "notebooks/01_analysis.html"):
        tag = client.get(at(run, name)).headers["etag"]
        again = client.get(at(run, name), headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        source = run.folder / name.replace(".html", ".ipynb")
        os.utime(source, (1.0, 2.0))
        anew = client.get(at(run, name), headers={"If-None-Match": tag})
        assert anew.status_code == 200
        assert anew.headers["etag"] != tag


def test_a_part_of_what_has_changed_meanwhile_is_sent_whole(client: TestClient, run: Run) -> None:
    """Or a player would join two films."""
    tag = client.get(at(run, "video.mp4")).headers["etag"]
    headers = {"Range": "bytes=0-3", "If-Range": tag}
    assert client.get(at(run, "video.mp4"), headers=headers).status_code == 206
    write_whole(run.folder / "video.mp4", b"another film")
    answer = client.get(at(run, "video.mp4"), headers=headers)
    assert (answer.status_code, answer.content) == (200, b"another film")


def test_head_tells_what_get_would_send(client: TestClient, run: Run) -> None:
    for name in ("video.mp4", "notebooks/01_analysis.html"):
        head, get = client.head(at(run, name)), client.get(at(run, name))
        assert (head.status_code, head.content) == (200, b"")
        for field in ("content-length", "content-type", "etag"):
            assert head.headers[field] == get.headers[field]


def test_a_notebook_can_be_read_as_a_page_in_a_sandbox(client: TestClient, run: Run) -> None:
    answer = client.get(at(run, "notebooks/01_analysis.html"))
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "allow-same-origin" not in answer.headers["content-security-policy"]
    assert "120 bpm" in answer.text
    assert "<script>alert(1)" not in answer.text
    assert "Neon Rain" in answer.text


def test_a_films_report_is_shown_in_a_sandbox_or_kept(client: TestClient, run: Run) -> None:
    shown = client.get(at(run, "report.html"))
    assert shown.headers["content-security-policy"] == "sandbox allow-scripts"
    assert "content-disposition" not in shown.headers
    kept = client.get(at(run, "report.html"), params={"download": 1})
    assert kept.headers["content-disposition"].startswith("attachment")


def test_a_page_without_its_notebook_is_not_found(client: TestClient, run: Run) -> None:
    write_whole(run.path("page.html"), b"<script>alert(1)</script>")
    for name in ("notebooks/02_plan.html", "page.html", ".html", "notebooks/.html", "a/../b.html"):
        assert client.get(at(run, name)).status_code == 404


def test_the_film_is_kept_under_the_title_of_the_song(client: TestClient, run: Run) -> None:
    answer = client.get(f"/jobs/{run.job_id}/download")
    assert answer.content == FILM
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Neon Rain.mp4\"; filename*=UTF-8''Neon%20Rain.mp4"
    )
    part = client.get(f"/jobs/{run.job_id}/download", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, FILM[:4])
    other = client.get(at(run, "lyrics.srt"), params={"download": "1"})
    assert 'filename="lyrics.srt"' in other.headers["content-disposition"]


@pytest.mark.parametrize(
    ("title", "legacy", "full"),
    [
        ("Für Élise", "Fur Elise.mp4", "F%C3%BCr%20%C3%89lise.mp4"),
        ("夜の雨", "video.mp4", "%E5%A4%9C%E3%81%AE%E9%9B%A8.mp4"),
        ("", "video.mp4", "video.mp4"),
        ("../../etc/passwd", "etc passwd.mp4", "etc%20passwd.mp4"),
        ('a"; filename=evil.exe', "a ; filename=evil.exe.mp4", "a%20%3B%20filename%3Devil.exe.mp4"),
        ("two\r\nSet-Cookie: x=1", "two Set-Cookie x=1.mp4", "two%20Set-Cookie%20x%3D1.mp4"),
        ("x" * 300, f"{'x' * 80}.mp4", f"{'x' * 80}.mp4"),
        (" . ", "video.mp4", "video.mp4"),
    ],
)
def test_a_title_makes_a_name_that_harms_nobody(title: str, legacy: str, full: str) -> None:
    told = attached(f"{title}.mp4", plain="video.mp4")
    assert told == f"attachment; filename=\"{legacy}\"; filename*=UTF-8''{full}"


def test_there_is_no_film_to_download_before_there_is_one(
    client: TestClient, tmp_path: Path
) -> None:
    run = add_job(tmp_path, state="planned")
    answer = client.get(f"/jobs/{run.job_id}/download")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_files_are_listed_with_where_they_are(client: TestClient, run: Run) -> None:
    listed = {
        file["name"]: file for file in client.get(f"/jobs/{run.job_id}/files").json()["files"]
    }
    assert listed.keys() >= {*FILES, "song.wav", "brief.json"}
    assert listed["video.mp4"]["n_bytes"] == len(FILM)
    assert client.get(listed["clips/003.mp4"]["url"]).content == b"clip"


NOTHING = (
    *(".lock", ".trash/x", "clips/.hidden", "%2e%2e/brief.json", "..%2fbrief.json", "clips", ""),
    *("clips/", "/etc/passwd", "%2Fetc%2Fpasswd", "clips//003.mp4", "clips/%2e/003.mp4", "kernel"),
    *("clips%5c003.mp4", "nothing.mp4", "x" * 300, "a/" * 500, "%00", "video.mp4%00.jpg"),
    *("%ff%fe", "link.mp4", "folder/003.mp4", "clips/%2e%2e/brief.json", "pipe"),
)


def test_nothing_else_is_sent(
    client: TestClient, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks, links, folders, pipes, and names that lead elsewhere are as absent as nothing."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "003.mp4").write_bytes(b"secret")
    (run.folder / "link.mp4").symlink_to(tmp_path / "elsewhere" / "003.mp4")
    (run.folder / "folder").symlink_to(tmp_path / "elsewhere")
    for name in ("clips/.hidden", ".lock"):
        (run.folder / name).write_bytes(b"secret")
    os.mkfifo(run.folder / "pipe")
    monkeypatch.chdir(run.folder)  # the path of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("kernel")
        for name in NOTHING:
            answer = client.get(at(run, name))
            assert answer.status_code == 404, name
            assert answer.json()["error"]["code"] == "NOT_FOUND"
            assert b"secret" not in answer.content


def test_a_film_is_sent_to_its_end_while_it_is_replaced_and_deleted(
    client: TestClient, run: Run
) -> None:
    """What was opened is what is sent."""
    with client.stream("GET", at(run, "video.mp4")) as answer:
        chunks = answer.iter_raw(1000)
        first = next(chunks)
        write_whole(run.folder / "video.mp4", b"another")
        (run.folder / "video.mp4").unlink()
        assert first + b"".join(chunks) == FILM


def test_no_file_stays_open(client: TestClient, run: Run) -> None:
    before = len(os.listdir("/dev/fd"))
    for headers in ({}, {"Range": "bytes=0-3"}, {"Range": "bytes=999999-"}):
        for _ in range(5):
            client.get(at(run, "video.mp4"), headers=headers)
    tag = client.get(at(run, "video.mp4")).headers["etag"]
    client.get(at(run, "video.mp4"), headers={"If-None-Match": tag})
    assert len(os.listdir("/dev/fd")) <= before + 1


# Where runs are kept elsewhere


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture
def store(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MVKIT_STORE", server.make_bucket())
    get_settings.cache_clear()
    store = get_store()
    assert isinstance(store, ObjectStore)
    return store


def test_from_an_object_store_one_file_is_brought_and_kept_up_to_date(
    client: TestClient, tmp_path: Path, store: ObjectStore, server: S3Server
) -> None:
    run = add_job(tmp_path, files=FILES)
    store.drop_copy(run.job_id)
    assert not run.folder.exists()
    server.asked.clear()
    part = client.get(at(run, "video.mp4"), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, FILM[:4])
    assert sum(method == "GET" for method, _ in server.asked) == 1
    tag = part.headers["etag"]
    assert client.get(at(run, "video.mp4"), headers={"If-None-Match": tag}).status_code == 304
    there = ObjectStore(store.url, runs_dir=tmp_path / "there")
    other = there.pull(run.job_id)
    write_whole(other.folder / "video.mp4", b"another film")
    there.push(other)
    assert client.get(at(run, "video.mp4")).content == b"another film"
    assert client.get(at(run, "nothing.mp4")).status_code == 404


def test_a_store_that_does_not_answer_is_told_without_its_address(
    client: TestClient, tmp_path: Path, store: ObjectStore, server: S3Server
) -> None:
    run = add_job(tmp_path, files=FILES)
    server.refuse = "403 Forbidden"
    answer = client.get(at(run, "video.mp4"))
    server.refuse = ""
    assert answer.status_code == 500
    assert "s3://" not in answer.text
    assert "AWS" not in answer.text
