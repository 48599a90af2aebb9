"""With keys the same chain uses paid models: the real notebooks, against services of our own.

Pictures and clips come from cog's server behind Replicate's API, words and plans from servers that
speak OpenAI's protocol; all through the clients that real services would be asked with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mvkit import make_video
from mvkit.director.screenplay.shape import Screenplay
from mvkit.footage import n_frames_in
from mvkit.ledger import Account
from mvkit.run import Run
from mvkit.schema import Clips, Plan, References, Video
from mvkit.settings import get_settings

from .chat_service import Asked, ChatService, chat_service
from .cog_service import TOKEN, ReplicateService, cog_models, replicate_api
from .openai_server import KEY
from .song_makers import clicks, encoded, times_of

PROMPT = "A lone figure walks through neon-lit streets in the rain and finds a concert stage."
SONG_S = 14.0
PICTURE = "replicate:black-forest-labs/flux-schnell"
CLIP = "replicate:prunaai/p-video@draft-720p"
TOLD = "A lantern is lit by a hand nobody sees."

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def replicate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicateService]:
    with cog_models(tmp_path_factory.mktemp("cog")) as models, replicate_api(models) as service:
        yield service


@pytest.fixture(scope="module")
def chat() -> Iterator[ChatService]:
    with chat_service() as service:
        service.answers = retell
        yield service


@pytest.fixture(autouse=True)
def _keys(chat: ChatService, replicate: ReplicateService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "REPLICATE_API_TOKEN": TOKEN,
        "REPLICATE_BASE_URL": replicate.url,
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": chat.url,
        "MVKIT_IMAGE": PICTURE,
        "MVKIT_VIDEO": CLIP,
        "MVKIT_PLANNER": "openai:gpt-6-luna",
    }.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.mp3"
    path.write_bytes(encoded(clicks(times_of(120.0, SONG_S), SONG_S), "mp3"))
    return path


def retell(asked: Asked) -> str:
    """Answer as a model would that keeps to the draft, and tells the first clip anew."""
    draft = json.loads(asked.body["messages"][-1]["content"])["draft"]
    draft["clips"][0]["description"] = TOLD
    return Screenplay.model_validate(draft).model_dump_json()


def test_a_film_is_planned_painted_and_filmed_by_paid_models(
    song: Path, chat: ChatService, replicate: ReplicateService
) -> None:
    run = make_video(song, PROMPT, aspect="1:1")
    plan, clips = run.read(Plan), run.read(Clips)
    assert plan.clip_scripts[0].visual_description.startswith(TOLD)
    assert len(chat.asked) == 1
    assert {picture.model for picture in run.read(References).pictures} == {f"{PICTURE}@1mp"}
    assert {clip.model for clip in clips.clips} == {CLIP}
    assert n_frames_in(run.folder / "video.mp4") == run.read(Video).n_frames

    told = [
        call.body["input"] for call in replicate.asked("create") if "duration" in call.body["input"]
    ]
    assert len(told) == len(clips.clips)
    assert any(TOLD in wish["prompt"] for wish in told)
    assert all(wish["draft"] and not wish["save_audio"] for wish in told)
    check_books(run, replicate)


def check_books(run: Run, replicate: ReplicateService) -> None:
    """Every order was placed once, is settled, and nothing went past the limit."""
    account = Account(run.job_id)
    entries = account.entries()
    ordered = [entry.provider_id for entry in entries if entry.provider_id]
    assert sorted(ordered) == sorted(replicate.rows)
    assert {entry.state for entry in entries} == {"settled"}
    assert account.held_usd == 0
    assert Decimal() < account.spent_usd <= account.limit_usd
