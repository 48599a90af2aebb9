"""Replicate as tests see it: its own client, cog's own server, and whatever goes wrong.

`tests.cog_service` explains who is real here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import pytest
from replicate.client import Client

from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.replicate import Camera, camera, following
from mvkit.schema import Analysis, Artefact, Plan, Prompts

from ..cog_service import (
    CLIP_MODEL,
    TOKEN,
    CogServer,
    ReplicateService,
    cog_models,
    replicate_api,
)


@pytest.fixture(scope="package")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, CogServer]]:
    with cog_models(tmp_path_factory.mktemp("cog")) as models:
        yield models


@pytest.fixture
def service(
    models: Mapping[str, CogServer], monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReplicateService]:
    monkeypatch.setattr(following, "PAUSES_S", (0.02,))
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    with replicate_api(models) as service:
        monkeypatch.setenv("REPLICATE_BASE_URL", service.url)
        yield service


@pytest.fixture
def plain(service: ReplicateService) -> Iterator[Client]:
    """The client as its documentation has it, without anything of ours."""
    plain = Client(api_token=TOKEN, base_url=service.url)
    yield plain
    plain._client.close()


@pytest.fixture
def filming(examples: dict[str, Artefact]) -> ClipRequest:
    """A clip of four seconds, from words alone."""
    plan, prompts = cast("Plan", examples["plan"]), cast("Prompts", examples["prompts"])
    return ClipRequest(
        prompt=prompts.clip_prompts[0],
        script=plan.clip_scripts[0],
        scene=plan.scenes[0],
        characters=plan.characters,
        style=plan.style,
        analysis=cast("Analysis", examples["analysis"]),
        frames=range(120),
        handover_frames=(),
        width_px=1920,
        height_px=1080,
        identity="digest",
    )


@pytest.fixture
def painting(filming: ClipRequest) -> PictureRequest:
    return PictureRequest(
        prompt="A neon street in the rain.",
        width_px=1920,
        height_px=1080,
        seed=7,
        style=filming.style,
        identity="digest",
    )


@pytest.fixture
def film_camera() -> Camera:
    return camera(f"{CLIP_MODEL}@draft-720p")
