"""What planning and hearing cost, and who is asked for either."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mvkit import providers
from mvkit.errors import InvalidInput
from mvkit.estimate import estimate, planning_rate, roles_of
from mvkit.providers import transcribers
from mvkit.providers.openai import quotes
from mvkit.providers.planners import plan_price
from mvkit.providers.transcribers import hearing_price, transcriber
from mvkit.settings import get_settings

from .steady_songs import make_brief

LUNA, WHISPER = "openai:gpt-6-luna", "openai:whisper-1"
PLUGIN = """
from mvkit.providers.transcribers import TRANSCRIBERS

class Neighbour:
    name = "neighbour"

TRANSCRIBERS["neighbour"] = lambda model, run: Neighbour()
"""


def told(**roles: str) -> Decimal:
    return estimate(**{"image": "studio", "video": "studio", "song_s": 180.0, **roles}).usd


def test_a_film_costs_its_plan_and_its_words_as_well() -> None:
    """Nobody needs a key to be told: 12650 tokens in and 9600 out, and three minutes."""
    assert told() == 0
    plan_usd = (12650 * Decimal("0.10") + 9600 * Decimal("0.50")) / 1_000_000
    assert told(planner=LUNA) == plan_usd
    assert told(transcriber=WHISPER) == 3 * Decimal("0.006")
    assert told(planner=LUNA, transcriber=WHISPER) == plan_usd + 3 * Decimal("0.006")


def test_a_plan_of_more_clips_costs_more() -> None:
    """But not so much by the clip: some of it is told and thought once."""
    short_usd, long_usd = map(planning_rate(LUNA), (20, 100))
    assert 2 * short_usd < long_usd < 5 * short_usd


def test_nobody_listens_where_lyrics_have_their_times(tmp_path: Path) -> None:
    """Plain words are still to be found in the song."""
    timed, plain = tmp_path / "timed.lrc", tmp_path / "plain.txt"
    timed.write_text("[00:01.00]I see the lights\n")
    plain.write_text("I see the lights\n")
    brief = make_brief(planner=LUNA, transcriber=WHISPER)
    assert roles_of(brief)["transcriber"] == WHISPER
    assert roles_of(brief, lyrics=plain)["transcriber"] == WHISPER
    assert roles_of(brief, lyrics=timed)["transcriber"] == "nobody"
    assert roles_of(brief, lyrics=timed)["planner"] == LUNA


def test_a_free_camera_that_starts_from_pictures_has_them_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Mover:
        name = "stills"
        wants_keyframe = True

    monkeypatch.setitem(providers.VIDEO_MODELS, "stills", lambda _: Mover())
    assert estimate(image="studio", video="stills", song_s=180.0).n_keyframes == 30
    assert told(image="replicate:black-forest-labs/flux-schnell", video="stills") == Decimal(
        "0.105"
    )


@pytest.mark.parametrize(
    ("role", "name", "said"),
    [
        ("planner", "uncle", "'planner' is called 'uncle'; known are director, openai"),
        ("planner", "openai:", "openai names no model"),
        ("planner", "openai:gpt-99", "Nobody knows what openai:gpt-99 costs"),
        ("transcriber", "ears", "'transcriber' is called 'ears'; known are"),
        ("transcriber", ":whisper", "'transcriber' is called ':whisper'"),
        ("transcriber", "openai", "openai names no model"),
    ],
)
def test_who_is_not_known_has_no_price(role: str, name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        told(**{role: name})


def test_a_plugin_is_imported_for_who_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though nobody paints or films; without a price of its own it listens for nothing."""
    (tmp_path / "garage_ears.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(transcribers, "TRANSCRIBERS", transcribers.TRANSCRIBERS.copy())
    monkeypatch.setenv("MVKIT_PLUGINS", "garage_ears")
    get_settings.cache_clear()
    found = transcriber("neighbour")
    assert found is not None
    assert found.name == "neighbour"
    assert hearing_price("neighbour")(180.0) == 0
    assert transcriber("nobody") is None


def test_what_is_local_is_free_and_the_settings_tell_what_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what can be asked is named: where there is a key, or a server in one's own network."""
    today = quotes.date(2026, 12, 1)
    assert (quotes.list_chats(today), quotes.list_ears(today)) == ((), ())
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert LUNA in quotes.list_chats(today)
    assert "openai:gpt-4o" not in quotes.list_chats(today)  # to be shut down soon
    assert WHISPER in quotes.list_ears(today)
    assert WHISPER not in quotes.list_ears(quotes.date(2027, 3, 1))
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    settings_file = tmp_path / "mvkit.toml"
    prices = "input_usd_per_million = 1.0\noutput_usd_per_million = 2.0"
    settings_file.write_text(f'[models."openai:mine"]\n{prices}\n')
    monkeypatch.setattr("mvkit.settings.SETTINGS_FILE", settings_file)
    get_settings.cache_clear()
    assert quotes.list_chats(today) == ("openai:mine",)
    assert quotes.list_ears(today) == ()
    assert plan_price("openai:mine")(1_000_000, 0) == 1
    assert plan_price("openai:llama")(1000, 1000) == 0
