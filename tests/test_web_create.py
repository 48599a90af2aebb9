"""The page of a new film: a song dropped, a wish made, a film asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from mvkit import providers
from mvkit.analysis.flags import NOTES
from mvkit.director import list_palettes, list_worlds
from mvkit.errors import GenerationFailed
from mvkit.files import write_whole
from mvkit.jobs import client
from mvkit.jobs.table import find_job, list_jobs
from mvkit.run import Run
from mvkit.schema import Key, Mood, Section
from mvkit.schema.brief import title_of
from mvkit.settings import get_settings, local_user
from mvkit.web import drafts, listening
from mvkit.web.drafts import Draft
from mvkit.web.heard import Heard, Music
from mvkit.web.pages import create
from mvkit.web.pages.create import deal, story
from mvkit.web.parts.allowance import allowance_of
from mvkit.web.parts.waveform import describe, waveform_figure
from mvkit.web.wish import Wish

from .browser import (  # noqa: F401 - fixtures among them
    PageServer,
    a_chromium,
    a_desktop,
    a_window,
    keep_picture,
    overhear,
    page_server,
    wait_until_drawn,
)
from .song_makers import chunk, clicks, encoded, pcm, times_of, wav, wav_format

USER = "ada"
SONG_S = 12.0
SONG = encoded(clicks(times_of(120.0, SONG_S), SONG_S), "mp3")
SILENCE = wav(wav_format(), chunk(b"data", b"\0" * 100_000))
PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a stage."
EVIL = "<img src=x onerror=alert(1)> ![x](http://evil.test/y) **b**"
LRC = b"[00:01.00]I see the lights\n[00:03.50]and I go home\n"
HEARD = Heard(
    duration_s=SONG_S,
    envelope=(0.2, 1.0, 0.5),
    music=Music(
        tempo_bpm=120.04,
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
            Section(type="intro", start=0.0, end=4.0, energy="low", energy_share=0.2),
            Section(type="chorus", start=4.0, end=SONG_S, energy="high", energy_share=0.9),
        ),
        beats_s=(0.5, 1.0, 1.5, 2.0),
        downbeats_s=(0.5,),
    ),
)


@pytest.fixture(autouse=True)
def _no_other_tests_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that another test has loaded stays for the process."""
    for registry in (providers.PAID_IMAGE_MODELS, providers.PAID_VIDEO_MODELS):
        monkeypatch.delitem(registry, "fake", raising=False)


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everybody be ada, as where nobody logs in."""
    monkeypatch.setenv("MVKIT_AUTH", "off")
    monkeypatch.setenv("LOGNAME", USER)
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def asked_to_listen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note who was to be listened to, instead of doing it: the answer is written by tests."""
    asked: list[str] = []
    monkeypatch.setattr(listening, "listen", lambda draft: asked.append(draft.draft_id))
    return asked


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Note which pages are opened, instead of going there."""
    import streamlit as st

    pages: list[tuple[str, str]] = []

    def note(name: str, *, job: str) -> None:
        pages.append((name, job))
        st.stop()

    for module in (create, deal):
        monkeypatch.setattr(module, "open_page", note)
    return pages


def draw(query: dict[str, str]) -> None:
    """Draw the page at an address; runs inside Streamlit."""
    import streamlit as st

    from mvkit.web.pages import create
    from mvkit.web.visitor import visitor

    if "arrived" not in st.session_state:
        st.session_state["arrived"] = True
        st.query_params.update(query)
    create.show(visitor())


def open_page(**query: str) -> AppTest:
    page = AppTest.from_function(draw, args=(query,), default_timeout=30).run()
    assert not page.exception
    return page


def shown(page: AppTest) -> str:
    """Return the HTML of the page."""
    return "\n".join(element.proto.body for element in page.main.get("html"))


def field(page: AppTest, name: str) -> Any:
    """Return the widget of a field of the wish."""
    kinds = ("text_area", "text_input", "radio", "slider", "number_input", "toggle")
    widgets = [widget for kind in kinds for widget in page.get(kind)]
    [found] = [w for w in widgets if re.fullmatch(rf"create_{name}_\d+", str(w.key))]
    return found


def drop(page: AppTest, data: bytes = SONG, *, name: str = "02_Neon-Rain.mp3") -> AppTest:
    page.file_uploader[0].set_value((name, data, "audio/mpeg")).run()
    assert not page.exception
    return page


def say(page: AppTest, prompt: str = PROMPT) -> AppTest:
    field(page, "prompt").set_value(prompt).run()
    assert not page.exception
    return page


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def draft_of(page: AppTest) -> Draft:
    return drafts.open(page.query_params["draft"], user=USER)


def with_song(**wish: Any) -> Draft:
    draft = drafts.save(SONG, user=USER, name="Neon.mp3")
    drafts.keep_wish(draft, Wish(**wish))
    return draft


def tell_heard(draft: Draft, heard: Heard = HEARD) -> None:
    write_whole(draft.folder / drafts.HEARD_FILE, heard.model_dump_json())


# --- the song


def test_an_empty_page_teaches_and_says_what_is_missing() -> None:
    """Three steps; no button before there is a song."""
    page = open_page()
    assert shown(page).count("<li><b>") == 3
    assert page.button(key="create_plan").disabled
    assert page.button(key="create_make").disabled
    assert "A song is missing" in shown(page)


def test_a_dropped_song_becomes_a_draft_that_the_address_names(asked_to_listen: list[str]) -> None:
    """Its name makes the title; the place to drop is gone; somebody listens."""
    page = drop(open_page())
    draft = draft_of(page)
    assert draft.song.read_bytes() == SONG
    assert field(page, "title").value == "Neon Rain"
    assert "02_Neon-Rain.mp3" in shown(page)
    assert "0:12 · MP3" in shown(page)
    assert not any("song" in uploader.label for uploader in page.file_uploader)
    assert set(asked_to_listen) == {draft.draft_id}


def test_a_refused_song_says_why_and_another_may_be_dropped() -> None:
    """In the check's own words, and as text whatever the file is called."""
    page = drop(open_page(), SILENCE, name=f"{EVIL}.wav")
    assert "The file is silent" in shown(page)
    assert html.escape(EVIL) in shown(page)
    assert "<img" not in shown(page)
    assert "draft" not in page.query_params
    drop(page)
    assert "The file is silent" not in shown(page)
    assert draft_of(page).kind == "mp3"


def test_what_people_wrote_is_shown_as_text() -> None:
    """A file's name and a line of lyrics reach the page escaped."""
    page = drop(open_page(), name=f"{EVIL}.mp3")
    drafts.keep_lyrics(draft_of(page), EVIL.encode())
    body = shown(page.run())
    assert body.count(html.escape(EVIL)) == 2
    assert "<img" not in body
    assert not page.markdown


def test_a_page_that_is_loaded_again_still_has_everything() -> None:
    """A new session at the same address begins with what was chosen in the old one."""
    first = say(drop(open_page()))
    field(first, "world").set_value("forest").run()
    field(first, "aspect").set_value("9:16").run()
    again = open_page(draft=first.query_params["draft"])
    assert "02_Neon-Rain.mp3" in shown(again)
    assert field(again, "prompt").value == PROMPT
    assert field(again, "world").value == "forest"
    assert field(again, "aspect").value == "9:16"
    assert not again.button(key="create_make").disabled


@pytest.mark.parametrize("address", ["theirs", "nonsense", "../../x"])
def test_a_draft_of_somebody_else_is_gone(address: str) -> None:
    """Its id leads to the same page as none: a calm one."""
    theirs = drafts.save(SONG, user="eve", name="secret.mp3")
    page = open_page(draft=theirs.draft_id if address == "theirs" else address)
    assert "no longer kept here" in shown(page)
    assert "secret" not in shown(page)
    assert "draft" not in page.query_params


def test_a_replaced_song_takes_words_and_wish_over() -> None:
    """The title follows the file, if it came from one; the old song goes."""
    page = say(drop(open_page()))
    old = draft_of(page)
    drafts.keep_lyrics(old, LRC)
    press(page, "create_replace")
    drop(page, name="other.mp3")
    new = draft_of(page)
    assert not old.folder.exists()
    assert new.draft_id != old.draft_id
    assert new.lyrics
    assert new.lyrics.read_bytes() == LRC
    assert (new.wish.prompt, new.wish.title) == (PROMPT, "Other")
    assert field(page, "title").value == "Other"


def test_an_address_that_lags_behind_costs_no_song() -> None:
    """For a moment after a change, the browser still names the song that was there before."""
    page = drop(open_page())
    old = page.query_params["draft"]
    press(page, "create_replace")
    new = drop(page, name="other.mp3").query_params["draft"]
    page.query_params["draft"] = old
    page.run()
    assert page.query_params["draft"] == new
    assert "other.mp3" in shown(page)


def test_a_title_that_was_typed_stays() -> None:
    """Whatever song comes after."""
    page = drop(open_page())
    field(page, "title").set_value("Mine").run()
    press(page, "create_replace")
    drop(page, name="other.mp3")
    assert field(page, "title").value == "Mine"


def test_a_removed_song_leaves_the_wish() -> None:
    """Only the title that came from its file goes with it."""
    page = say(drop(open_page()))
    draft = draft_of(page)
    press(page, "create_remove")
    assert not draft.folder.exists()
    assert "draft" not in page.query_params
    assert field(page, "prompt").value == PROMPT
    assert field(drop(page, name="other.mp3"), "title").value == "Other"


def test_a_replaced_song_that_is_refused_keeps_the_old() -> None:
    """And says why."""
    page = drop(open_page())
    old = draft_of(page)
    press(page, "create_replace")
    drop(page, SILENCE, name="silence.wav")
    assert draft_of(page) == old
    assert "The file is silent" in shown(page)
    press(page, "create_replace")
    assert not any("song" in uploader.label for uploader in page.file_uploader)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("01_neon-rain.mp3", "Neon rain"),
        ("03 - Jay-Z - Song.wav", "Jay-Z - Song"),
        ("12. Waltz.flac", "Waltz"),
        ("99 Luftballons.mp3", "99 Luftballons"),
        ("1999.mp3", "1999"),
        ("a/b\\c.mp3", "B\\c"),
    ],
)
def test_a_file_name_suggests_a_title(name: str, title: str) -> None:
    """Track numbers go; numbers that belong to the title stay."""
    assert title_of(name) == title


# --- what is heard


def test_while_somebody_listens_the_page_says_so() -> None:
    """First nothing to see, then the waveform; the music comes later."""
    draft = with_song()
    page = open_page(draft=draft.draft_id)
    assert "Listening" in shown(page)
    assert not page.get("plotly_chart")
    tell_heard(draft, HEARD.model_copy(update={"music": None}))
    page.run()
    assert "Listening" in shown(page)
    assert page.get("plotly_chart")


def test_what_was_heard_is_on_the_page() -> None:
    """Tempo, key and mood as chips."""
    draft = with_song()
    tell_heard(draft)
    body = shown(open_page(draft=draft.draft_id))
    assert "Listening" not in body
    for fact in ("120 bpm", "F# minor", "dark", "tense", "2 sections"):
        assert f'<span class="mv-chip">{fact}</span>' in body


def test_what_is_unsure_is_told_on_the_page() -> None:
    """In plain sentences, and only what is; of a guessed genre, which is not shown, nothing."""
    draft = with_song()
    tell_heard(draft)
    sure = shown(open_page(draft=draft.draft_id))
    flags = ("beats_from_tempo_only", "genre_by_descriptors")
    told = HEARD.music.model_copy(update={"flags": flags}) if HEARD.music else None
    tell_heard(draft, HEARD.model_copy(update={"music": told}))
    body = shown(open_page(draft=draft.draft_id))
    assert NOTES["beats_from_tempo_only"] in body
    assert NOTES["genre_by_descriptors"] not in body
    assert not [note for note in NOTES.values() if note in sure]


def test_a_song_that_was_not_heard_can_still_be_made() -> None:
    """The page says so, and its buttons work."""
    draft = with_song(prompt=PROMPT)
    tell_heard(draft, Heard(duration_s=SONG_S, failure=listening.FAILURE))
    page = open_page(draft=draft.draft_id)
    assert listening.FAILURE in shown(page)
    assert not page.button(key="create_make").disabled


def test_the_waveform_is_drawn_in_the_colours_of_its_sections() -> None:
    """Each section where it is, a tick for every beat, a longer one for every downbeat."""
    figure = waveform_figure(HEARD)
    intro, chorus, strip, beats, downbeats = figure.data
    assert intro.fillcolor != chorus.fillcolor
    assert max(chorus.y) == 1.0
    assert (list(strip.base), list(strip.x)) == ([0.0, 4.0], [4.0, 8.0])
    assert list(strip.text) == ["intro", "chorus"]
    assert list(beats.x[::3]) == [0.5, 1.0, 1.5, 2.0]
    assert list(downbeats.x[::3]) == [0.5]
    assert min(downbeats.y[:2]) < min(beats.y[:2])
    assert tuple(figure.layout.xaxis.range) == (0, SONG_S)
    assert describe(HEARD) == "Waveform of a song of 0:12: intro from 0:00, chorus from 0:04."


def test_before_the_music_is_heard_the_waveform_is_one_shape() -> None:
    """Grey, without sections or beats."""
    early = HEARD.model_copy(update={"music": None})
    assert len(waveform_figure(early).data) == 1
    assert describe(early) == "Waveform of a song of 0:12."


# --- the story


@pytest.mark.parametrize(
    ("prompt", "told"),
    [("", "50 more characters"), ("x" * 49, "1 more character "), (" " * 60, "50 more")],
)
def test_a_short_prompt_says_how_much_is_missing(prompt: str, told: str) -> None:
    """Below the prompt, and at the buttons."""
    page = say(open_page(draft=with_song().draft_id), prompt)
    assert told in shown(page)
    assert "Say a little more" in shown(page)
    assert page.button(key="create_make").disabled


def test_every_example_is_a_prompt_that_can_be_used() -> None:
    """A click fills it in; once something of one's own is there, no example may replace it."""
    page = open_page(draft=with_song().draft_id)
    for name, prompt in story.EXAMPLES.items():
        press(page, f"create_example_{name}")
        assert field(page, "prompt").value == prompt
        assert not page.button(key="create_make").disabled
    say(page)
    assert not any("example" in str(button.key) for button in page.button)


def test_a_field_that_the_page_sets_gets_another_widget() -> None:
    """Or the browser, which does not know yet, says the old again; what is not set stays."""
    page = open_page(draft=with_song().draft_id)
    prompt, title = field(page, "prompt").key, field(page, "title").key
    press(page, "create_example_On stage")
    assert field(page, "prompt").key != prompt
    assert field(page, "title").key == title


def test_lyrics_from_a_file_are_shown_as_they_were_read() -> None:
    """With their times; they may be removed again."""
    page = open_page(draft=with_song().draft_id)
    page.file_uploader[0].set_value(("words.lrc", LRC, "text/plain")).run()
    assert "and I go home" in shown(page)
    assert "0:03" in shown(page)
    press(page, "create_lyrics_remove")
    assert "and I go home" not in shown(page)
    assert draft_of(page).lyrics is None


def test_lyrics_can_be_pasted() -> None:
    """As plain text, spread over the song."""
    page = open_page(draft=with_song().draft_id)
    page.text_area(key="create_lyrics_text_0").set_value("One line\nand another\n").run()
    press(page, "create_lyrics_use")
    assert "and another" in shown(page)
    assert draft_of(page).lyrics


@pytest.mark.parametrize("data", [b"\0", b"[09:00.00]too late", b""])
def test_lyrics_that_cannot_be_used_say_why(data: bytes) -> None:
    """And the page goes on."""
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    page.file_uploader[0].set_value(("words.txt", data, "text/plain")).run()
    assert "cannot be used" in shown(page)
    assert draft_of(page).lyrics is None
    assert not page.button(key="create_make").disabled


def test_without_a_song_lyrics_wait() -> None:
    """They are kept beside it."""
    assert "Drop the song first" in shown(open_page())


# --- the look


def test_all_worlds_and_palettes_can_be_chosen() -> None:
    """By their pictures and colours; the director chooses unless told."""
    page = open_page()
    worlds, palettes = field(page, "world"), field(page, "palette")
    assert worlds.value == palettes.value == ""
    assert len(worlds.options) == 1 + len(list_worlds())
    assert len(palettes.options) == 1 + len(list_palettes())
    faces = "\n".join(element.proto.body for element in page.get("html"))
    for world in list_worlds():
        assert f"/look/worlds/{world.id}.jpg" in faces
    for palette in list_palettes():
        assert all(colour in faces for colour in palette.colours)


def test_a_wish_for_a_world_that_is_no_more_is_the_directors_choice() -> None:
    """An old film may be made again with newer knowledge."""
    page = open_page(draft=with_song(prompt=PROMPT, world="atlantis", video="gone:1").draft_id)
    assert field(page, "world").value == ""
    assert page.button(key="create_make").disabled is False


# --- the deal


def paid(usd: str) -> Any:
    """Return a provider whose every model costs the same."""
    return lambda _: SimpleNamespace(typical_usd=lambda **_: Decimal(usd), wants_keyframe=False)


def test_what_a_film_takes_is_told_before_anything_begins() -> None:
    """Clips, pictures, dollars and minutes; and what is left of the limits."""
    body = shown(open_page(draft=with_song().draft_id))
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", body))
    assert facts == {
        "Clips": "about 3",
        "Pictures": "about 5",
        "Cost": "free",
        "Time": "about 1 min",
    }
    assert "5 of 5 songs this hour, 10.0 of 10 GB" in body


@pytest.mark.parametrize(("song_s", "minutes"), [(1, (1, 1)), (38, (1, 2)), (194, (2, 6))])
def test_the_studios_minutes_hold_what_was_measured(
    song_s: float, minutes: tuple[int, int]
) -> None:
    """44 s for a song of 38 s, 138 s for one of 194 s, on two idle cores."""
    assert deal.minutes_of(song_s) == minutes


def test_free_makers_need_no_budget_and_no_choice() -> None:
    """Where the studio is alone, it is named."""
    page = open_page()
    assert shown(page).count("our studio, free") == 2
    assert not any("video" in str(asked.key) for asked in page.radio)
    assert not any("budget" in str(asked.key) for asked in page.number_input)


def test_who_costs_is_told_with_the_price_and_within_a_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The estimate counts every clip; one above the budget is not made."""
    monkeypatch.setitem(providers.PAID_VIDEO_MODELS, "dreams", paid("0.10"))
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    cameras = field(page, "video")
    assert cameras.options == ["our studio", "dreams"]
    assert list(cameras.proto.captions) == ["free", "about $0.10 each"]
    cameras.set_value("dreams").run()
    assert "<dd>about $0.30</dd>" in shown(page)
    assert page.button(key="create_make").disabled is False  # $0.40 for 12 s, as the settings say
    field(page, "budget_usd").set_value(0.25).run()
    assert "may cost $0.25" in shown(page)
    assert "What it could cost instead" in shown(page)
    assert "Filmed by our studio instead of dreams." in shown(page)
    assert page.button(key="create_make").disabled
    field(page, "budget_usd").set_value(0.0).run()
    assert "may cost $0.00" in shown(page)


def select(page: AppTest, label: str) -> Any:
    """Return the list under a label."""
    [found] = [box for box in page.selectbox if box.label == label]
    return found


def test_who_plans_and_who_listens_can_be_chosen_where_they_can_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With their prices, which are part of what the film costs; the brief says who it was."""
    assert "our director, free" in shown(open_page())
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    assert select(page, "Story and shots").options[:2] == [
        "our director, free",
        "openai:gpt-6-luna, under $0.01 a film",
    ]
    select(page, "Story and shots").select("openai:gpt-6-astra").run()
    assert "<dd>about $0.25</dd>" in shown(page)
    assert "<dd>1–4 min</dd>" in shown(page)
    select(page, "Words that are sung").select("openai:whisper-1").run()
    assert "about $0.25 for the plan and under $0.01 for hearing the words" in shown(page)
    drafts.keep_lyrics(draft_of(page), LRC)
    page.run()
    assert "as your lyrics say" in shown(page)
    assert "hearing the words" not in shown(page)
    press(page, "create_make")
    [job] = list_jobs(user=USER)
    brief = Run(get_settings().runs_dir / job.job_id).brief
    assert (brief.planner, brief.transcriber) == ("openai:gpt-6-astra", "openai:whisper-1")


def test_moved_pictures_are_offered_where_pictures_can_be_bought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They cost one for each clip; without a painter who is paid, the studio may as well film."""
    mover = SimpleNamespace(name="stills", wants_keyframe=True)
    monkeypatch.setitem(providers.VIDEO_MODELS, "stills", lambda _: mover)
    assert not any("video" in str(asked.key) for asked in open_page().radio)
    monkeypatch.setitem(providers.PAID_IMAGE_MODELS, "brush", paid("0.02"))
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    cameras = field(page, "video")
    assert cameras.options == ["our studio", "pictures, moved by our studio"]
    assert list(cameras.proto.captions) == ["free", "one picture each"]
    field(page, "image").set_value("brush").run()
    field(page, "video").set_value("stills").run()
    assert "<dd>about 8</dd>" in shown(page)  # five references, three clips
    assert "<dd>about $0.16</dd>" in shown(page)


def test_a_provider_that_wants_a_model_named_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be opened by its name alone is not offered."""

    def open_nothing(_: str) -> Any:
        raise GenerationFailed("Name a model.")

    monkeypatch.setitem(providers.PAID_IMAGE_MODELS, "any", open_nothing)
    monkeypatch.setitem(providers.VIDEO_MODELS, "comfyui", open_nothing)  # a server nobody named
    assert shown(open_page()).count("our studio, free") == 2


def test_pressing_the_button_makes_the_film_that_was_wished_for(
    opened: list[tuple[str, str]],
) -> None:
    """The job has it all; the draft goes; the page goes on to watch, and begins anew."""
    page = say(drop(open_page()))
    draft = draft_of(page)
    drafts.keep_lyrics(draft, LRC)
    field(page, "world").set_value("ocean_moon").run()
    field(page, "palette").set_value("palette_deep_water").run()
    field(page, "aspect").set_value("1:1").run()
    field(page, "framing").set_value("pad").run()
    field(page, "pace").set_value(1.25).run()
    field(page, "seed").set_value(7).run()
    field(page, "captions").set_value("karaoke").run()
    field(page, "title_card").set_value(True).run()
    field(page, "end_credits").set_value("Neon Rain / The Walkers").run()
    field(page, "watermark").set_value("a draft").run()
    press(page, "create_make")
    [job] = list_jobs(user=USER)
    assert opened == [("watch", job.job_id)]
    assert (job.aim, job.title) == ("film", "Neon Rain")
    brief = Run(get_settings().runs_dir / job.job_id).brief
    assert (brief.prompt, brief.aspect, brief.seed) == (PROMPT, "1:1", 7)
    assert brief.framing == "pad"
    assert brief.lyrics_file == "lyrics.txt"
    assert brief.options == {
        "plan": {
            "world": "ocean_moon",
            "palette": "palette_deep_water",
            "pace": 1.25,
            "captions": "karaoke",
            "title_card": True,
            "end_credits": "Neon Rain / The Walkers",
            "watermark": "a draft",
        }
    }
    assert not draft.song.exists()


def test_plan_first_stops_at_the_storyboard() -> None:
    """The other button says so to the queue."""
    press(open_page(draft=with_song(prompt=PROMPT).draft_id), "create_plan")
    assert [job.aim for job in list_jobs(user=USER)] == ["plan"]


def test_pressing_twice_makes_one_film(opened: list[tuple[str, str]]) -> None:
    """In one window or two; the second press leads to the first's film."""
    draft = with_song(prompt=PROMPT)
    pages = [open_page(draft=draft.draft_id) for _ in range(2)]
    for page in pages:
        press(page, "create_make")
    [job] = list_jobs(user=USER)
    assert opened == [("watch", job.job_id)] * 2


def test_who_comes_back_to_a_sent_draft_sees_its_film(opened: list[tuple[str, str]]) -> None:
    """As with the browser's button that goes back."""
    draft = with_song(prompt=PROMPT)
    drafts.send(draft, lambda _: "the job")
    open_page(draft=draft.draft_id)
    assert opened == [("watch", "the job")]


def test_after_a_film_the_page_begins_anew() -> None:
    """The same session, without the song and the wish of before."""
    page = press(open_page(draft=with_song(prompt=PROMPT).draft_id), "create_make")
    del page.query_params["draft"]
    page.run()
    assert field(page, "prompt").value == ""
    assert "A song is missing" in shown(page)


def test_a_queue_that_fails_says_so_and_keeps_the_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    """One calm sentence; the song is there for another try."""

    def fail(*_: object, **__: object) -> None:
        raise GenerationFailed("The database does not answer.", reason="DATABASE")

    monkeypatch.setattr(client, "submit", fail)
    draft = with_song(prompt=PROMPT)
    page = press(open_page(draft=draft.draft_id), "create_make")
    assert "The database does not answer." in shown(page)
    assert draft.song.is_file()


def test_when_the_hour_is_full_the_page_says_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing can be pressed until then."""
    monkeypatch.setenv("MVKIT_SUBMISSIONS_PER_HOUR", "1")
    get_settings.cache_clear()
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    client.submit(path, PROMPT, user=USER)
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    assert "The next can be made in 60 minutes" in shown(page)
    assert "0 of 1 songs" in shown(page)
    assert page.button(key="create_make").disabled


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [("QUEUED_PER_USER", "1", "places in the queue"), ("QUOTA_GB", "0.00001", "no room left")],
)
def test_other_limits_are_told_as_well(
    setting: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A full queue, a full shelf."""
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    client.submit(path, PROMPT, user=USER)
    monkeypatch.setenv(f"MVKIT_{setting}", value)
    get_settings.cache_clear()
    page = open_page(draft=with_song(prompt=PROMPT).draft_id)
    assert told in shown(page)
    assert page.button(key="create_make").disabled


def test_what_is_left_counts_a_users_own_jobs_only(tmp_path: Path) -> None:
    """Also those that were deleted within the hour."""
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    jobs = [client.submit(path, PROMPT, user=user) for user in (USER, USER, "eve")]
    client.cancel(jobs[0].job_id, user=USER)
    client.delete(jobs[0].job_id, user=USER)
    left = allowance_of(USER)
    assert (left.songs, left.queue) == (3, 9)
    assert left.room_bytes == 10e9 - find_job(jobs[1].job_id).n_bytes


# --- once more


def test_a_film_is_made_again_with_everything_filled_in(tmp_path: Path) -> None:
    """From the job's brief, with its song in a new draft; the address forgets the job."""
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    wish = Wish(title="Neon", prompt=PROMPT, world="forest", pace=1.2, aspect="9:16", seed=9)
    job = client.submit(path, PROMPT, user=USER, **wish.choices())
    page = open_page(again=job.job_id)
    assert "again" not in page.query_params
    assert draft_of(page).song.read_bytes() == SONG
    assert field(page, "title").value == "Neon"
    assert field(page, "prompt").value == PROMPT
    assert field(page, "world").value == "forest"
    assert field(page, "aspect").value == "9:16"
    assert field(page, "pace").value == 1.2
    assert field(page, "seed").value == 9
    assert not page.button(key="create_make").disabled


def test_nobody_makes_somebody_elses_film_again(tmp_path: Path) -> None:
    """It is not there for them."""
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    job = client.submit(path, PROMPT, user="eve", title="Secret")
    page = open_page(again=job.job_id)
    assert "cannot be made again" in shown(page)
    assert "Secret" not in shown(page)
    assert field(page, "prompt").value == ""


# --- in a real browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """A service without logins and without a worker."""
    with page_server(tmp_path_factory.mktemp("create"), auth="off", niceness="0") as running:
        yield running


def drop_in(page: Page, server: PageServer, path: Path) -> None:
    page.goto(f"{server.url}/create")
    put_in(page, path)


def put_in(page: Page, path: Path) -> None:
    """Drop a file where songs are dropped, once that is drawn and there only once."""
    place = page.locator(".st-key-create_drop input[type=file]")
    place.first.wait_for(state="attached")
    wait_until_drawn(page)
    expect(place).to_have_count(1)
    place.set_input_files(path)


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_browser_a_song_is_heard_and_a_wish_counted_while_it_is_typed(
    server: PageServer, window: Page, tmp_path: Path
) -> None:
    """Nothing has to be clicked for the counter and the buttons to follow; a reload keeps it."""
    path = tmp_path / f"{EVIL.replace('/', '_')} 01_Neon-Rain.mp3"
    path.write_bytes(SONG)
    heard = overhear(window, server)
    drop_in(window, server, path)
    expect(window.get_by_text("120 bpm")).to_be_visible(timeout=90_000)
    expect(window.locator(".st-key-create_waveform .main-svg").first).to_be_visible()
    prompt = window.get_by_role("textbox", name="Prompt")
    prompt.click()
    window.keyboard.type("A young woman walks down a desert")
    expect(window.get_by_text("17 more characters needed.")).to_be_visible()
    expect(window.get_by_role("button", name="Make the video")).to_be_disabled()
    window.keyboard.type(" road at golden hour.")
    expect(window.get_by_role("button", name="Make the video")).to_be_enabled()
    expect(prompt).to_have_value("A young woman walks down a desert road at golden hour.")
    keep_picture(window, "create")
    window.reload()
    expect(prompt).to_have_value("A young woman walks down a desert road at golden hour.")
    assert heard.foreign == []
    assert heard.complaints == []


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_browser_cards_are_chosen_by_keyboard_and_a_double_click_makes_one_film(
    server: PageServer, desktop: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cards are radio buttons still; the film opens to be watched."""
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    drop_in(desktop, server, path)
    desktop.get_by_role("button", name="On stage").click()
    place = desktop.get_by_role("radiogroup", name="Place")
    place.get_by_role("radio").first.focus()
    desktop.keyboard.press("ArrowRight")
    expect(place.get_by_role("radio", name="Neon city street")).to_be_checked()
    button = desktop.get_by_role("button", name="Make the video")
    expect(button).to_be_enabled()
    button.dblclick()
    desktop.wait_for_url(re.compile(r"/watch\?job="))
    monkeypatch.setenv("MVKIT_RUNS_DIR", str(server.runs_dir))
    monkeypatch.delenv("LOGNAME")
    get_settings.cache_clear()
    [job] = list_jobs(user=local_user())
    assert desktop.url.endswith(job.job_id)
    brief = Run(server.runs_dir / job.job_id).brief
    assert brief.options == {"plan": {"world": "neon_city"}}


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_browser_ten_mebibytes_are_taken_and_a_byte_more_is_refused_by_us(
    server: PageServer, desktop: Page, tmp_path: Path
) -> None:
    """With the check's own words, not with Streamlit's."""
    import numpy as np

    header = wav(wav_format(), chunk(b"data", b""))
    samples = 0.5 * np.sin(np.arange((10 * 1024**2 - len(header)) // 2) / 5)
    exact = wav(wav_format(), chunk(b"data", pcm(samples.astype(np.float32))))
    for name, data in (("over.wav", exact + b"\0"), ("exact.wav", exact)):
        (tmp_path / name).write_bytes(data)
    drop_in(desktop, server, tmp_path / "over.wav")
    expect(desktop.get_by_text("larger than 10,485,760 bytes")).to_be_visible()
    keep_picture(desktop, "create-refused")
    put_in(desktop, tmp_path / "exact.wav")
    expect(desktop.get_by_text("WAV · 10.0 MB")).to_be_visible()


def test_with_a_key_the_models_of_the_catalogue_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one nothing is offered that could not be ordered."""
    assert not [box for box in open_page().selectbox if box.label == "Clips"]
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_test")
    page = open_page()
    (clips,) = [box for box in page.selectbox if box.label == "Clips"]
    assert "prunaai/p-video@base-720p, about $0.12 each" in clips.options
    clips.select("replicate:prunaai/p-video@base-720p").run()
    assert "It may cost at most, in USD" in [box.label for box in page.number_input]
