"""References are painted for every place and person; failures are named, not hidden."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from mvkit.errors import ProviderFailed
from mvkit.providers.base import Delivery, PictureRequest, picture_identity
from mvkit.references import make_references
from mvkit.schema import Artefact, Brief, Plan, References


class FakePainter:
    """Paints grey squares; fails on the pictures it is told to."""

    name = "fake"
    parallel = 2
    cost_usd = Decimal()

    def __init__(self, *, failing: tuple[str, ...] = ()) -> None:
        self.requests: list[PictureRequest] = []
        self._failing = failing

    def paint(self, request: PictureRequest, target: Path) -> Delivery:
        self.requests.append(request)
        if target.stem in self._failing:
            raise ProviderFailed("no picture today")
        Image.new("RGB", (request.width_px, request.height_px), "grey").save(target)
        return Delivery(model="fake:1", cost_usd=self.cost_usd)


@pytest.fixture
def paint(tmp_path: Path, examples: dict[str, Artefact], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setattr("time.sleep", lambda _: None)
    brief, plan = examples["brief"], examples["plan"]
    assert isinstance(brief, Brief)
    assert isinstance(plan, Plan)

    def make(painter: FakePainter) -> References:
        return make_references(tmp_path, brief=brief, plan=plan, model=painter, size_px=64)

    return make


def test_every_place_and_person_has_a_picture(paint, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    references = paint(FakePainter())
    assert references.status == "success"
    assert [ref.scene_id for ref in references.scene_references] == ["city_street", "stage"]
    assert [ref.character_id for ref in references.character_references] == ["protagonist"]
    for reference in (*references.scene_references, *references.character_references):
        with Image.open(tmp_path / reference.image_url) as picture:
            assert picture.size == (64, 64)


def test_prompts_carry_style_and_description(paint) -> None:  # type: ignore[no-untyped-def]
    painter = FakePainter()
    paint(painter)
    for request in painter.requests:
        subject = request.scene or request.character
        assert subject is not None
        assert subject.description in request.prompt
        assert "neo-noir" in request.prompt


def test_one_failure_of_three_is_named_and_the_rest_kept(paint) -> None:  # type: ignore[no-untyped-def]
    references = paint(FakePainter(failing=("scene_stage",)))
    assert references.status == "partial"
    assert references.total_references == 2
    assert references.metadata.failures == ("scene_stage: no picture today",)


def test_below_half_the_film_goes_on_with_text_alone(paint) -> None:  # type: ignore[no-untyped-def]
    references = paint(FakePainter(failing=("scene_stage", "scene_city_street")))
    assert references.status == "text_only"
    assert len(references.metadata.failures) == 2


def test_every_request_says_what_must_not_be_seen(paint) -> None:  # type: ignore[no-untyped-def]
    painter = FakePainter()
    paint(painter)
    for request in painter.requests:
        assert "watermark" in request.negative_prompt
        assert ("crowd" in request.negative_prompt) == (request.scene is not None)


def test_an_identity_tells_all_that_a_picture_depends_on(paint, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    painter = FakePainter()
    paint(painter)
    request = painter.requests[0]
    look = tmp_path / "look.png"
    look.write_bytes(b"one look")
    variants = [
        request,
        replace(request, prompt="another"),
        replace(request, negative_prompt="another"),
        replace(request, seed=request.seed + 1),
        replace(request, width_px=request.width_px + 2),
        replace(request, references=(look,)),
    ]
    identities = [picture_identity(variant, model="fake") for variant in variants]
    assert request.identity == identities[0]
    look.write_bytes(b"another look")
    identities.append(picture_identity(variants[-1], model="fake"))
    identities.append(picture_identity(request, model="other"))
    assert len(set(identities)) == len(identities)


def test_each_picture_says_what_it_cost(paint) -> None:  # type: ignore[no-untyped-def]
    painter = FakePainter()
    painter.cost_usd = Decimal("0.004")
    references = paint(painter)
    assert [picture.cost for picture in references.pictures] == [0.004] * 3
    assert references.total_cost == pytest.approx(0.012)
