"""Songs before they are jobs: kept for their user, heard ahead, sent once."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import numpy as np
import psutil
import pytest
from pydantic import ValidationError

from mvkit.analysis.intake import MAX_BYTES
from mvkit.errors import InvalidInput, NotFound, RefusedSong
from mvkit.jobs import client
from mvkit.processes import JOB_VARIABLE, environment_for, run_aside
from mvkit.run import all_runs, draft_brief
from mvkit.settings import get_settings
from mvkit.storage import get_store
from mvkit.web import drafts, listening
from mvkit.web.drafts import Draft
from mvkit.web.heard import Heard, envelope, hear
from mvkit.web.wish import MAX_PROMPT, MIN_PROMPT, Wish

from .conftest import ROOT
from .process_watch import wait_for
from .song_makers import RATE_HZ, chunk, clicks, encoded, pcm, times_of, wav, wav_format

SONG_S = 12.0
SONG = encoded(clicks(times_of(120.0, SONG_S), SONG_S), "mp3")
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
LRC = b"[00:01.00]I see the lights\n[00:03.50]and I go home\n"


def folders() -> list[Path]:
    return list((get_settings().runs_dir / drafts.FOLDER).glob("*/*"))


def age(draft: Draft, *, hours: float) -> None:
    """Make a draft look as if nobody had touched it for so long."""
    then_s = time.time() - 3600 * hours
    os.utime(draft.folder, (then_s, then_s))


# --- keeping


def test_a_song_is_kept_as_it_came_and_opened_again() -> None:
    """What the file is, is seen from its bytes, not from its name."""
    draft = drafts.save(SONG, user="ada", name="Neon Rain.wav")
    assert drafts.open(draft.draft_id, user="ada") == draft
    assert draft.song.read_bytes() == SONG
    assert (draft.kind, draft.name, draft.n_bytes) == ("mp3", "Neon Rain.wav", len(SONG))
    assert draft.duration_s == pytest.approx(SONG_S, abs=0.1)


def test_nobody_else_may_look_into_the_folders() -> None:
    """Their mode shuts other users of the machine out."""
    folder = drafts.save(SONG, user="ada").folder
    for path in (folder, folder.parent, folder.parent.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


@pytest.mark.parametrize("user", ["bob", "", "ADA"])
def test_another_users_draft_is_not_there(user: str) -> None:
    """Not even for who knows its id."""
    draft = drafts.save(SONG, user="ada")
    with pytest.raises(NotFound):
        drafts.open(draft.draft_id, user=user)


@pytest.mark.parametrize("draft_id", ["", ".", "..", "../..", "\0", "0" * 36, "x" * 5000])
def test_what_is_no_id_opens_nothing(draft_id: str) -> None:
    """Nothing that an address says becomes a path."""
    drafts.save(SONG, user="ada")
    with pytest.raises(NotFound):
        drafts.open(draft_id, user="ada")


@pytest.mark.parametrize("user", ["../../etc", "a/b", "\0", "ü" * 300, "."])
def test_any_user_name_makes_a_folder_inside_the_runs(user: str) -> None:
    """Names may hold what no path should."""
    draft = drafts.save(SONG, user=user)
    assert draft.folder.parent.parent == get_settings().runs_dir / drafts.FOLDER
    assert drafts.open(draft.draft_id, user=user) == draft


def test_a_refused_song_leaves_nothing_behind() -> None:
    """No folder, no half of one."""
    with pytest.raises(RefusedSong) as refused:
        drafts.save(b"#EXTM3U\n/etc/passwd\n", user="ada")
    assert refused.value.reason == "NOT_AUDIO"
    assert folders() == []


@pytest.mark.parametrize("extra_bytes", [0, 1])
def test_ten_mebibytes_are_taken_and_a_byte_more_is_not(extra_bytes: int) -> None:
    """The limit is exact."""
    header = wav(wav_format(), chunk(b"data", b""))
    n_samples = (MAX_BYTES - len(header)) // 2
    samples = 0.5 * np.sin(np.arange(n_samples) / 5).astype(np.float32)
    song = wav(wav_format(), chunk(b"data", pcm(samples))) + b"\0" * extra_bytes
    assert len(song) == MAX_BYTES + extra_bytes
    if not extra_bytes:
        assert drafts.save(song, user="ada").n_bytes == MAX_BYTES
        return
    with pytest.raises(RefusedSong) as refused:
        drafts.save(song, user="ada")
    assert refused.value.reason == "FILE_TOO_LARGE"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb\t\0c.mp3", "a b c.mp3"),
        ("x" * 500 + ".mp3", "x" * 116 + ".mp3"),
        ("<b>.mp3", "<b>.mp3"),
        ("", "song.mp3"),
    ],
)
def test_a_files_name_is_one_short_line(name: str, shown: str) -> None:
    """It is for people only, who see its end and hence its kind."""
    assert drafts.save(SONG, user="ada", name=name).name == shown


def test_a_user_keeps_the_newest_three() -> None:
    """Others keep theirs."""
    others = drafts.save(SONG, user="bob")
    mine = [drafts.save(SONG, user="ada") for _ in range(5)]
    for draft in mine[:2]:
        with pytest.raises(NotFound):
            drafts.open(draft.draft_id, user="ada")
    assert [drafts.open(draft.draft_id, user="ada") for draft in mine[2:]] == mine[2:]
    assert drafts.open(others.draft_id, user="bob") == others


def test_what_nobody_touched_for_a_day_goes_with_the_next_song() -> None:
    """Of all users; what was used meanwhile stays."""
    old, used = drafts.save(SONG, user="bob"), drafts.save(SONG, user="bob")
    for draft in (old, used):
        age(draft, hours=25)
    drafts.keep_wish(used, Wish(prompt=PROMPT))
    drafts.save(SONG, user="ada")
    assert not old.folder.exists()
    assert used.folder.exists()


# --- the wish and the words


def test_the_wish_is_kept_beside_the_song() -> None:
    """A draft that is opened again says what was chosen; a new one has nothing chosen."""
    draft = drafts.save(SONG, user="ada")
    assert draft.wish == Wish()
    wish = Wish(prompt=PROMPT, world="forest", pace=1.2, budget_usd=3.5)
    drafts.keep_wish(draft, wish)
    assert drafts.open(draft.draft_id, user="ada").wish == wish


def test_a_wish_that_cannot_be_read_is_an_empty_one() -> None:
    """A later version may have written it."""
    draft = drafts.save(SONG, user="ada")
    (draft.folder / drafts.WISH_FILE).write_text('{"mood": "blue"}')
    assert draft.wish == Wish()


def test_nothing_is_kept_beside_a_song_that_has_gone() -> None:
    """And nothing comes to be where it was."""
    draft = drafts.save(SONG, user="ada")
    drafts.remove(draft)
    for keep in (
        lambda: drafts.keep_wish(draft, Wish()),
        lambda: drafts.keep_lyrics(draft, LRC),
        lambda: drafts.send(draft, lambda _: "job"),
    ):
        with pytest.raises(NotFound):
            keep()
    assert not draft.folder.exists()


def test_lyrics_are_read_as_the_analysis_will() -> None:
    """What they are is seen from their text."""
    draft = drafts.save(SONG, user="ada")
    lines = drafts.keep_lyrics(draft, LRC)
    assert [(line.timestamp, line.text) for line in lines] == [
        (1.0, "I see the lights"),
        (3.5, "and I go home"),
    ]
    assert draft.lyrics
    assert draft.lyrics.read_bytes() == LRC
    drafts.drop_lyrics(draft)
    assert draft.lyrics is None


@pytest.mark.parametrize(
    "data", [b"", b" \n", b"[01:00.00]too late", b"a\0b", b"x" * (256 * 1024 + 1), b"y" * 401]
)
def test_lyrics_that_cannot_be_used_leave_those_there_were(data: bytes) -> None:
    """They are refused with a reason, and no half of them stays."""
    draft = drafts.save(SONG, user="ada")
    drafts.keep_lyrics(draft, LRC)
    with pytest.raises(InvalidInput) as refused:
        drafts.keep_lyrics(draft, data)
    assert refused.value.reason == "LYRICS"
    assert draft.lyrics
    assert draft.lyrics.read_bytes() == LRC
    assert not list(draft.folder.glob(".lyrics*"))


def test_the_least_and_most_of_a_prompt_are_those_of_a_brief(tmp_path: Path) -> None:
    """A wish that misses nothing makes a brief; a longer one is no wish."""
    song = tmp_path / "song.mp3"
    song.write_bytes(SONG)
    for length, missing in ((MIN_PROMPT - 1, 1), (MIN_PROMPT, 0), (MAX_PROMPT, 0)):
        wish = Wish(prompt=" " * (length < MAX_PROMPT) + "x" * length)
        assert wish.n_missing == missing
        if missing:
            with pytest.raises(InvalidInput):
                draft_brief(song=song, kind="mp3", prompt=wish.prompt)
        else:
            draft_brief(song=song, kind="mp3", prompt=wish.prompt, **wish.choices())
    with pytest.raises(ValidationError):
        Wish(prompt="x" * (MAX_PROMPT + 1))


def test_a_wish_comes_back_from_its_brief(tmp_path: Path) -> None:
    """Also what the page does not offer: parameters of other stages."""
    song = tmp_path / "song.mp3"
    song.write_bytes(SONG)
    wish = Wish(
        title="Neon",
        prompt=PROMPT,
        world="forest",
        palette="palette_storm",
        aspect="9:16",
        framing="pad",
        pace=0.8,
        captions="lyrics",
        title_card=True,
        end_credits="Neon / The Walkers",
        watermark="a draft",
        seed=7,
        image="studio",
        video="studio:720",
        planner="openai:gpt-6-luna",
        transcriber="nobody",
        options={"analysis": {"min_clip_s": 5.0}, "plan": {}},
    )
    choices = wish.choices()
    assert choices["options"] == {
        "analysis": {"min_clip_s": 5.0},
        "plan": {
            "world": "forest",
            "palette": "palette_storm",
            "pace": 0.8,
            "captions": "lyrics",
            "title_card": True,
            "end_credits": "Neon / The Walkers",
            "watermark": "a draft",
        },
    }
    assert Wish.of(draft_brief(song=song, kind="mp3", prompt=PROMPT, **choices)) == wish


def test_what_was_not_chosen_is_left_to_the_director() -> None:
    """A default stays one, whatever it will be."""
    assert Wish(prompt=PROMPT).choices() == {
        "title": "",
        "aspect": "16:9",
        "seed": 1,
        "options": {},
    }


def test_control_characters_that_were_pasted_go() -> None:
    """No database and no page has a use for them; lines and tabs stay."""
    assert Wish(title="a\0b\x1b", prompt="x\ny\tz\x07").model_dump(include={"title", "prompt"}) == {
        "title": "ab",
        "prompt": "x\ny\tz",
    }


# --- sending


def test_a_draft_becomes_one_job_and_its_song_goes() -> None:
    """Sent again, it leads to the same job."""
    draft = drafts.save(SONG, user="ada")
    drafts.keep_wish(draft, Wish(prompt=PROMPT))
    sent = []

    def submit(now: Draft) -> str:
        sent.append(now.song.read_bytes())
        return f"job {len(sent)}"

    assert [drafts.send(draft, submit) for _ in range(3)] == ["job 1"] * 3
    assert sent == [SONG]
    assert drafts.open(draft.draft_id, user="ada").job_id == "job 1"
    assert {path.name for path in draft.folder.iterdir()} == {"draft.json", ".lock"}


def test_ten_who_send_a_draft_at_once_make_one_job() -> None:
    """Whoever comes second waits, and learns of the first's job."""
    draft = drafts.save(SONG, user="ada")
    together, ids, count = threading.Barrier(10), [], iter(range(10))

    def submit(_: Draft) -> str:
        time.sleep(0.05)
        return f"job {next(count)}"

    def send() -> None:
        together.wait()
        ids.append(drafts.send(draft, submit))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids == ["job 0"] * 10


def test_a_draft_that_was_not_taken_stays_one() -> None:
    """The song is there for another try."""
    draft = drafts.save(SONG, user="ada")

    def refuse(_: Draft) -> str:
        raise InvalidInput("Not now.")

    with pytest.raises(InvalidInput):
        drafts.send(draft, refuse)
    assert drafts.open(draft.draft_id, user="ada") == draft
    assert draft.song.is_file()


def test_a_job_is_made_again_from_its_song_words_and_wish(tmp_path: Path) -> None:
    """For its user; for anybody else there is no such job."""
    song, lyrics = tmp_path / "song.mp3", tmp_path / "words.lrc"
    song.write_bytes(SONG)
    lyrics.write_bytes(LRC)
    wish = Wish(title="Neon", prompt=PROMPT, world="forest", aspect="1:1", seed=3)
    job = client.submit(
        song, PROMPT, user="ada", lyrics=lyrics, budget_usd=Decimal(1), **wish.choices()
    )
    draft = drafts.from_job(job.job_id, user="ada")
    assert draft.song.read_bytes() == SONG
    assert draft.lyrics
    assert draft.lyrics.read_bytes() == LRC
    assert draft.name == "Neon.mp3"
    roles = dict.fromkeys(("image", "video", "planner", "transcriber"), "")
    assert draft.wish.model_copy(update=roles).choices() == wish.choices()
    with pytest.raises(NotFound):
        drafts.from_job(job.job_id, user="bob")


def test_words_that_could_not_be_used_are_no_hindrance_to_making_it_again(tmp_path: Path) -> None:
    """The rest of the wish is there."""
    song = tmp_path / "song.mp3"
    song.write_bytes(SONG)
    lyrics = tmp_path / "words.txt"
    lyrics.write_bytes(b"[09:00.00]too late")
    job = client.submit(song, PROMPT, user="ada", lyrics=lyrics)
    draft = drafts.from_job(job.job_id, user="ada")
    assert draft.lyrics is None
    assert draft.wish.prompt == PROMPT


def test_drafts_are_no_runs() -> None:
    """Nobody who lists runs stumbles over them."""
    drafts.save(SONG, user="ada")
    assert all_runs() == []
    assert get_store().job_ids() == []


# --- listening


def a_program(statement: str) -> Callable[..., threading.Thread]:
    """Return what runs a statement of Python in place of the analysis."""

    def run(_: list[str], **given: object) -> threading.Thread:
        return run_aside(["timeit", "-n1", "-r1", statement], **given)  # type: ignore[arg-type]

    return run


def tagged(draft: Draft) -> list[int]:
    """Return the processes that work for a draft."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # gone meanwhile, or somebody else's
            if process.environ().get(JOB_VARIABLE) == draft.draft_id:
                found.append(process.pid)
    return found


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen at the tests' own priority."""
    monkeypatch.setenv("MVKIT_NICENESS", "0")
    get_settings.cache_clear()


def test_an_envelope_follows_the_loudness() -> None:
    """Silence, half as loud, full: 0, a half, 1."""
    n = RATE_HZ
    samples = np.concatenate([np.zeros(n), np.full(n, -0.2), np.full(n, 0.4)]).astype(np.float32)
    assert envelope(samples, n_points=6) == (0.0, 0.0, 0.5, 0.5, 1.0, 1.0)


@pytest.mark.parametrize("n_samples", [1, 599, 600, 601, 100_003])
def test_an_envelope_has_six_hundred_points_at_most(n_samples: int) -> None:
    """Each of at least one sample, so that none is missed."""
    levels = envelope(np.ones(n_samples, dtype=np.float32))
    assert levels == (1.0,) * min(n_samples, 600)


def test_what_is_heard_is_what_the_chains_analysis_hears(tmp_path: Path) -> None:
    """Tempo, beats and sections of a song whose beats are known; the waveform comes with them."""
    song, target = tmp_path / "song.mp3", tmp_path / "heard.json"
    song.write_bytes(SONG)
    hear(song, target)
    heard = Heard.model_validate_json(target.read_bytes())
    assert heard.music
    assert heard.is_over
    assert heard.music.tempo_bpm == pytest.approx(120.0, abs=1.0)
    near = np.abs(np.subtract.outer(times_of(120.0, SONG_S), heard.music.beats_s)).min(axis=1)
    assert np.median(near) < 0.05
    assert set(heard.music.downbeats_s) <= set(heard.music.beats_s)
    assert heard.music.sections[-1].end == pytest.approx(heard.duration_s, abs=0.05)
    assert len(heard.envelope) == 600


@pytest.mark.slow
def test_a_child_listens_once_and_the_answer_outlives_the_page() -> None:
    """However often a page asks; first the waveform, then the music."""
    draft = drafts.save(SONG, user="ada")
    assert not listening.heard(draft).is_over
    for _ in range(3):
        listening.listen(draft)
    wait_for(lambda: listening.heard(draft).is_over)
    heard = listening.heard(draft)
    assert heard.failure == ""
    assert heard.music
    listening.listen(draft)
    assert draft.draft_id not in listening._listeners


def test_a_song_that_cannot_be_heard_is_told_calmly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried once; what was drawn of it stays."""
    draft = drafts.save(SONG, user="ada")
    half = Heard(duration_s=SONG_S, envelope=(0.5, 1.0))
    (draft.folder / drafts.HEARD_FILE).write_text(half.model_dump_json())
    monkeypatch.setattr(listening, "run_aside", a_program("1 / 0"))
    listening.listen(draft)
    wait_for(lambda: listening.heard(draft).is_over)
    heard = listening.heard(draft)
    assert "can still be made" in heard.failure
    assert heard.envelope == half.envelope
    monkeypatch.setattr(listening, "run_aside", None)  # not asked again
    listening.listen(draft)
    assert "ZeroDivisionError" in caplog.text


def test_a_listener_that_takes_too_long_is_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After its time the song counts as unheard."""
    draft = drafts.save(SONG, user="ada")
    monkeypatch.setattr(listening, "run_aside", a_program("import time; time.sleep(60)"))
    monkeypatch.setattr(listening, "TIMEOUT_S", 0.5)
    listening.listen(draft)
    wait_for(lambda: listening.heard(draft).is_over, timeout_s=20.0)
    assert listening.heard(draft).failure
    assert "longer than" in caplog.text


def test_a_draft_that_goes_takes_its_listener_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody listens to what nobody wants any more."""
    draft = drafts.save(SONG, user="ada")
    monkeypatch.setattr(listening, "run_aside", a_program("import time; time.sleep(60)"))
    listening.listen(draft)
    listener = listening._listeners[draft.draft_id]
    wait_for(lambda: tagged(draft), timeout_s=20.0)
    listening.stop(draft)
    drafts.remove(draft)
    listener.join(20.0)
    assert not listener.is_alive()
    assert tagged(draft) == []


def test_the_listeners_environment_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds this checkout and these settings, and is tagged with the draft."""
    draft, asked = drafts.save(SONG, user="ada"), []
    monkeypatch.setattr(
        listening, "run_aside", lambda arguments, **given: asked.append((arguments, given))
    )
    listening.listen(draft)
    [(arguments, given)] = asked
    assert arguments == ["mvkit.web.heard", str(draft.song), str(draft.folder / "heard.json")]
    assert given["environment"] == environment_for(draft.draft_id)
    assert given["timeout_s"] == 60.0


def test_the_drafts_may_be_swept_away_at_any_time() -> None:
    """They come to be again with the next song."""
    draft = drafts.save(SONG, user="ada")
    shutil.rmtree(draft.folder.parent.parent)
    drafts.save(SONG, user="ada")
    assert len(folders()) == 1


def test_looking_at_a_song_loads_nothing_heavy(tmp_path: Path) -> None:
    """The analysis and its libraries stay out of the process of the pages."""
    song = tmp_path / "song.mp3"
    song.write_bytes(SONG)
    code = (
        "import pathlib, sys; import mvkit.web.pages.create; from mvkit.web import drafts;"
        f"drafts.save(pathlib.Path({str(song)!r}).read_bytes(), user='ada');"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not {"aubio", "cv2", "librosa", "numba", "papermill", "scipy", "sklearn"} & set(loaded)
