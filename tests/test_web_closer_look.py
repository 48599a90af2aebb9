"""A closer look at a draft: made when asked for, once, and shown one thing at a time."""

from __future__ import annotations

import html
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mvkit.analysis.flags import GENRE_GUESSED, NOTES
from mvkit.analysis.portrait import Portrait
from mvkit.errors import GenerationFailed, InvalidArtefact
from mvkit.schema import Analysis, Artefact, Key, Mood, Section
from mvkit.schema.analysis import Moment
from mvkit.settings import get_settings
from mvkit.web import closer_look, drafts
from mvkit.web.api.drafts import router
from mvkit.web.api.errors import handle_errors
from mvkit.web.api.identity import reader
from mvkit.web.drafts import HEARD_FILE, Draft
from mvkit.web.heard import Heard, Music
from mvkit.web.parts.song import song_facts
from mvkit.web.parts.waveform import describe

from .song_makers import clicks, encoded, times_of

SONG_S = 12.0
BEATS_S = tuple(times_of(120.0, SONG_S).round(6).tolist())
SONG = encoded(clicks(times_of(120.0, SONG_S), SONG_S), "mp3")
HEARD = Heard(
    duration_s=SONG_S,
    envelope=(0.2, 1.0, 0.5),
    music=Music(
        tempo_bpm=120.0,
        key=Key(tonic="F#", mode="minor", confidence=0.9),
        mood=Mood(
            primary="dark",
            secondary="tense",
            energy_level="low",
            confidence=0.8,
            valence=0.2,
            arousal=0.3,
        ),
        sections=(
            Section(type="pre-chorus", start=0.0, end=4.0, energy="low", energy_share=0.2),
            Section(type="instrumental", start=4.0, end=SONG_S, energy="high", energy_share=0.9),
        ),
        beats_s=BEATS_S,
        downbeats_s=BEATS_S[::4],
        beat_confidence=0.93,
        metre="4/4",
        swing=0.64,
        moments=(Moment(time=4.0, kind="drop", strength=0.8),),
        genre="<b>house</b>",
        instruments=("drums", "bass"),
        flags=(GENRE_GUESSED,),
    ),
)


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch) -> Draft:
    """A song that was heard."""
    monkeypatch.setenv("MVKIT_NICENESS", "0")
    get_settings.cache_clear()
    draft = drafts.save(SONG, user="ada", name="Neon.mp3")
    (draft.folder / HEARD_FILE).write_text(HEARD.model_dump_json())
    return draft


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is asked for, and make it here, not in a process of its own."""
    asked: list[str] = []

    def run_here(arguments: Sequence[str], **_: Any) -> threading.Thread:
        module, what, *paths = arguments
        assert module == closer_look.__name__
        asked.append(what)
        closer_look.WRITERS[what](*map(Path, paths))
        thread = threading.Thread()
        thread.start()
        return thread

    monkeypatch.setattr(closer_look, "run_aside", run_here)
    return asked


def heard_file(draft: Draft) -> Path:
    return draft.folder / HEARD_FILE


def test_a_look_is_made_once_and_stays_with_the_draft(draft: Draft, asked: list[str]) -> None:
    """Its bars are those that were heard."""
    first = closer_look.portrait_of(draft, heard=heard_file(draft))
    assert closer_look.portrait_of(draft, heard=heard_file(draft)) == first
    assert isinstance(first, Portrait)
    assert first.bar_edges_s == (*BEATS_S[::4], SONG_S)
    sound = closer_look.click_track_of(draft, heard=heard_file(draft))
    assert sound.parent == draft.folder
    assert sound.stat().st_size > 1000
    assert asked == ["portrait", "clicks"]


def test_what_cannot_be_made_is_told_calmly(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever went wrong in the process beside us."""

    def fail(*_: object, **__: object) -> threading.Thread:
        thread = threading.Thread()
        thread.start()
        return thread

    monkeypatch.setattr(closer_look, "run_aside", fail)
    with pytest.raises(GenerationFailed, match="the film can still be made"):
        closer_look.portrait_of(draft, heard=heard_file(draft))


def test_a_look_of_another_version_is_made_anew(draft: Draft, asked: list[str]) -> None:
    """What we kept may no longer be what we read."""
    first = closer_look.portrait_of(draft, heard=heard_file(draft))
    (draft.folder / closer_look.PORTRAIT).write_text('{"made_by": "an older version"}')
    assert closer_look.portrait_of(draft, heard=heard_file(draft)) == first
    assert asked == ["portrait", "portrait"]


def test_a_page_does_not_wait_for_ever(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where others have their turn first, that is told in time."""
    turn = threading.Event()
    waiting = threading.Thread(target=turn.wait, args=(5.0,), daemon=True)
    waiting.start()
    monkeypatch.setattr(closer_look, "run_aside", lambda *_, **__: waiting)
    monkeypatch.setattr(closer_look, "PATIENCE_S", 0.05)
    with pytest.raises(GenerationFailed, match="look again in a minute"):
        closer_look.click_track_of(draft, heard=heard_file(draft))
    assert waiting.is_alive()
    turn.set()
    waiting.join()


def test_nothing_is_made_before_the_music_was_heard(draft: Draft, tmp_path: Path) -> None:
    early = HEARD.model_copy(update={"music": None})
    heard_file(draft).write_text(early.model_dump_json())
    with pytest.raises(InvalidArtefact, match="Listen to the song first"):
        closer_look.write_click_track(draft.song, heard_file(draft), tmp_path / "clicks.mp3")
    assert not (tmp_path / "clicks.mp3").exists()


@pytest.mark.slow
def test_a_process_of_its_own_makes_the_clicks(draft: Draft) -> None:
    assert closer_look.click_track_of(draft, heard=heard_file(draft)).is_file()


def draw(draft_id: str) -> None:
    """Draw the closer look; runs inside Streamlit."""
    from mvkit.web import drafts
    from mvkit.web.drafts import HEARD_FILE
    from mvkit.web.heard import Heard
    from mvkit.web.parts.hearing import draw_closer_look

    draft = drafts.open(draft_id, user="ada")
    heard = Heard.model_validate_json((draft.folder / HEARD_FILE).read_bytes())
    draw_closer_look(draft, heard, key="look")


def shown(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.main.get("html"))


def test_a_page_shows_one_thing_at_a_time(draft: Draft, asked: list[str]) -> None:
    """Nothing at first, and nothing is made for it; then what is asked for, with its facts."""
    page = AppTest.from_function(draw, args=(draft.draft_id,), default_timeout=30).run()
    assert not page.get("plotly_chart")
    assert asked == []
    for view, n_figures, facts in (
        ("Form", 1, ("2", "of 4 bars", "0:04")),
        ("Tempo", 1, ("120.0 bpm", "4/4, swung", f"{len(BEATS_S)}, 93% sure")),
        ("Key and mood", 2, (html.escape("perhaps <b>house</b>"), "drums, bass")),
    ):
        page.button_group[0].set_value(view).run()
        assert not page.exception
        assert len(page.get("plotly_chart")) == n_figures
        for fact in facts:
            assert f"<dd>{fact}</dd>" in shown(page)
        assert (NOTES[GENRE_GUESSED] in shown(page)) == (view == "Key and mood")
    page.button_group[0].set_value("Listen").run()
    assert not page.get("plotly_chart")
    assert f'src="/api/v1/drafts/{draft.draft_id}/clicks.mp3"' in shown(page)
    assert asked == ["portrait", "clicks"]


@pytest.mark.usefixtures("asked")
def test_clicks_are_played_to_whom_the_draft_belongs(draft: Draft) -> None:
    """In ranges, too; before they were made, and for everybody else, there are none."""
    api = FastAPI()
    api.include_router(router)
    handle_errors(api)
    client, address = TestClient(api), f"/drafts/{draft.draft_id}/clicks.mp3"
    api.dependency_overrides[reader] = lambda: "ada"
    assert client.get(address).status_code == 404
    sound = closer_look.click_track_of(draft, heard=heard_file(draft)).read_bytes()
    whole = client.get(address)
    assert (whole.content, whole.headers["content-type"]) == (sound, "audio/mpeg")
    part = client.get(address, headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, sound[:10])
    api.dependency_overrides[reader] = lambda: "eve"
    assert client.get(address).status_code == 404


def test_what_is_unsure_goes_with_the_songs_facts(examples: dict[str, Artefact]) -> None:
    """From the analysis to every page that shows them."""
    sure = examples["analysis"]
    assert isinstance(sure, Analysis)
    doubts = sure.metadata.model_copy(update={"flags": ("key_uncertain", GENRE_GUESSED)})
    unsure = sure.model_copy(update={"metadata": doubts})
    assert Music.of(unsure).flags == doubts.flags
    assert NOTES["key_uncertain"] in song_facts(unsure)
    assert NOTES["key_uncertain"] not in song_facts(sure)


def test_the_waveform_is_told_with_its_drops() -> None:
    assert describe(HEARD).endswith("instrumental from 0:04, a drop at 0:04.")
