"""The catalogue: every model in it holds together, can be ordered, and has a price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from mvkit import settings
from mvkit.errors import InvalidInput
from mvkit.providers.base import ClipRequest, PictureRequest
from mvkit.providers.catalog import (
    Offer,
    clip_order,
    find_offer,
    list_offers,
    load_entries,
    models_table,
    picture_order,
)
from mvkit.providers.catalog.inputs import nearest_aspect, size_near
from mvkit.providers.catalog.table import BEGIN, END, with_table
from mvkit.providers.dialects import dialect_of
from mvkit.schema import ClipPrompt
from mvkit.schema.dialect import Dialect
from mvkit.timing import FPS

from .film_makers import make_analysis, make_plan

OFFERS = list_offers()
FILMING = list_offers(role="video")
PAINTING = list_offers(role="image")
NEEDS_S = (2.0, 3.3, 4.0, 5.05, 6.0, 7.9, 10.0, 12.0)
NAMED_BY_THE_PRODUCT_DOCUMENT = (
    "replicate:stability-ai/sdxl",
    "replicate:sunfjun/stable-video-diffusion",
    "replicate:thudm/cogvideox-i2v",
)
A_PICTURE = Path("references/scene_place.png")
SECOND_PICTURE = Path("references/char_lead.png")


def by_name(offer: Offer) -> str:
    return offer.name


def clip_request(*, seconds: float = 6.0, **changes: Any) -> ClipRequest:
    plan = make_plan([0.0, 6.0, 12.0])
    prompt = ClipPrompt.model_validate(
        {
            "clip_index": 0,
            "prompt": "Blocks in the rain.",
            "negative_prompt": "text, logo",
            "duration": 6.0,
            "scene_reference_url": None,
            "seed": 7,
            "metadata": {
                "word_count": 4,
                "style_keywords": [],
                "scene_id": "place",
                "character_ids": [],
                "validated": True,
            },
        }
    )
    fields: dict[str, Any] = {
        "prompt": prompt,
        "script": plan.clip_scripts[0],
        "scene": plan.scenes[0],
        "characters": (),
        "style": plan.style,
        "analysis": make_analysis(12.0),
        "frames": range(round(seconds * FPS)),
        "handover_frames": (),
        "width_px": 1920,
        "height_px": 1080,
        "keyframe": A_PICTURE,
    }
    return ClipRequest(**fields | changes)


def picture_request(**changes: Any) -> PictureRequest:
    plan = make_plan([0.0, 6.0])
    fields: dict[str, Any] = {
        "prompt": "Blocks in the rain.",
        "negative_prompt": "text, logo",
        "width_px": 1024,
        "height_px": 1024,
        "seed": 7,
        "style": plan.style,
        "scene": plan.scenes[0],
    }
    return PictureRequest(**fields | changes)


@pytest.fixture
def write_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that gives mvkit a settings file."""

    def write(text: str) -> None:
        path = tmp_path / "mvkit.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(settings, "SETTINGS_FILE", path)
        settings.get_settings.cache_clear()

    return write


def refused(text: str, write_settings: Any) -> str:
    write_settings(text)
    with pytest.raises(InvalidInput) as caught:
        load_entries()
    return caught.value.message


# What is in it


def test_product_documents_models_are_there() -> None:
    """Models that the product document names can be chosen, besides enough better ones."""
    names = {entry.name for entry in load_entries()}
    assert names.issuperset(NAMED_BY_THE_PRODUCT_DOCUMENT)
    assert len(names) >= 15


def test_every_figure_says_where_it_comes_from() -> None:
    """Inputs, prices and times have a source and a date of the catalogue's own."""
    for entry in load_entries():
        for provenance in (entry.inputs_from, entry.prices_from, entry.times_from):
            assert provenance.source != "mvkit.toml", entry.name
            assert provenance.as_of is not None, entry.name


def test_every_dialect_says_where_it_comes_from() -> None:
    """Whoever is told in a way of its own was looked up; the others are told as usual."""
    described = 0
    for entry in load_entries():
        usual = Dialect(negative="field" if entry.negative_prompt else "none")
        if entry.dialect != usual:
            described += 1
            assert entry.dialect_from.source != "mvkit.toml", entry.name
            assert entry.dialect_from.as_of is not None, entry.name
    assert described >= 10


def test_negative_prompts_go_into_the_field_for_them() -> None:
    """Where there is none they go nowhere, unless the model's guide wants them as a sentence."""
    told = {entry.id: entry.dialect.negative for entry in load_entries()}
    assert told["google/veo-3.1-fast"] == told["stability-ai/sdxl"] == "field"
    assert told["prunaai/p-video"] == told["sunfjun/stable-video-diffusion"] == "none"
    assert told["bytedance/seedance-2.0-fast"] == "sentence"
    for entry in load_entries():
        assert (entry.dialect.negative == "field") == bool(entry.negative_prompt)


@pytest.mark.parametrize(
    "name", ["studio", "studio:720", "stills", "diffusers:ada/films", "comfyui:mine"]
)
def test_models_that_nobody_describes_are_told_as_usual(name: str) -> None:
    assert dialect_of(name) == Dialect()


def test_variants_of_a_model_are_told_alike() -> None:
    plain = dialect_of("replicate:thudm/cogvideox-i2v")
    assert plain.most_tokens == 226
    assert dialect_of("replicate:thudm/cogvideox-i2v@49-frames") == plain


def test_models_of_the_community_are_pinned() -> None:
    """Whoever is not official is called by a version; what it makes does not change over night."""
    assert all(entry.official or len(entry.version) == 64 for entry in load_entries())


def test_nobody_is_asked_for_sound() -> None:
    """Any input that is about sound is sent as false: the song is laid under the film."""
    sound = [
        (entry.name, name, value)
        for entry in load_entries()
        for inputs in (entry.fixed, *(variant.inputs for variant in entry.variants.values()))
        for name, value in inputs.items()
        if "audio" in name
    ]
    assert len(sound) >= 5
    assert all(value is False for _, _, value in sound)


# Every offer


@pytest.mark.parametrize("offer", OFFERS, ids=by_name)
def test_offer_is_found_by_its_name(offer: Offer) -> None:
    """The full name finds the offer, and only in its own role."""
    role = offer.entry.role
    assert find_offer(offer.name, role=role) == offer
    with pytest.raises(InvalidInput):
        find_offer(offer.name, role="image" if role == "video" else "video")


@pytest.mark.parametrize("offer", OFFERS, ids=by_name)
def test_prices_are_positive_and_worst_cases_no_lower(offer: Offer) -> None:
    """Nothing is free, and no order is expected to cost more than its worst case."""
    for needed_s in NEEDS_S:
        seconds = offer.duration_for(needed_s).seconds if offer.entry.role == "video" else 0.0
        typical_usd = offer.typical_usd(seconds=seconds)
        assert 0 < typical_usd <= offer.most_usd(seconds=seconds)
        assert isinstance(typical_usd, Decimal)
    assert offer.typical_s <= offer.deadline_s


@pytest.mark.parametrize("offer", FILMING, ids=by_name)
def test_clips_are_the_shortest_that_cover_a_need(offer: Offer) -> None:
    """What comes covers the need where anything does, and nothing shorter would have."""
    duration = offer.duration
    sold = [duration.seconds_of(value) for value in duration.values] or [duration.fixed_s]
    for needed_s in NEEDS_S:
        choice = offer.duration_for(needed_s)
        covering = [seconds for seconds in sold if seconds >= needed_s]
        assert choice.seconds == (min(covering) if covering else max(sold))
        assert choice.value in duration.values or not duration.values


@pytest.mark.parametrize("offer", FILMING, ids=by_name)
def test_clip_can_be_ordered(offer: Offer) -> None:
    """An order has the prompt, the seed, the picture and a length on sale, under their names."""
    entry = offer.entry
    order = clip_order(offer, clip_request(references=(A_PICTURE,)))
    for name, value in ((entry.prompt, "Blocks in the rain."), (entry.seed, 7)):
        assert not name or order.values[name] == value
    assert entry.takes_prompt or "Blocks in the rain." not in order.values.values()
    if entry.start_image is not None:
        assert order.files[entry.start_image.input] == (A_PICTURE,)
    if offer.duration.input:
        assert order.values[offer.duration.input] in offer.duration.values
    check_within(offer, order.values)


@pytest.mark.parametrize("offer", PAINTING, ids=by_name)
def test_picture_can_be_ordered(offer: Offer) -> None:
    """An order has the prompt, a shape on offer, and as many references as the model takes."""
    entry = offer.entry
    order = picture_order(offer, picture_request(references=(A_PICTURE,) * 20))
    assert order.values[entry.prompt] == "Blocks in the rain."
    if entry.reference_images is not None:
        assert len(order.files[entry.reference_images.input]) == entry.reference_images.most
        assert order.lists == {entry.reference_images.input}
    check_within(offer, order.values)


def check_within(offer: Offer, values: dict[str, Any]) -> None:
    entry = offer.entry
    assert entry.fixed.items() <= values.items()
    assert offer.variant.inputs.items() <= values.items()
    assert set(values) <= set(entry.input_names())
    if entry.aspect is not None:
        assert values[entry.aspect.input] in entry.aspect.choices
    if entry.size is not None:
        sides = values[entry.size.width], values[entry.size.height]
        assert all(side % entry.size.multiple_of == 0 for side in sides)
        assert sides[0] * sides[1] == pytest.approx(entry.size.pixels, rel=0.1)


# Orders


def test_model_without_words_gets_none() -> None:
    """Stable Video Diffusion takes no prompt: nothing we say is sent to be dropped in silence."""
    offer = find_offer("replicate:sunfjun/stable-video-diffusion", role="video")
    order = clip_order(offer, clip_request())
    assert not offer.entry.takes_prompt
    assert not any(isinstance(value, str) and "rain" in value for value in order.values.values())


def test_missing_keyframe_is_told_before_anything_is_paid() -> None:
    """A model that films only from a picture refuses a clip that has none."""
    offer = find_offer("replicate:kwaivgi/kling-v2.1", role="video")
    assert offer.entry.wants_keyframe
    with pytest.raises(InvalidInput, match="KEYFRAME"):
        clip_order(offer, clip_request(keyframe=None))


def test_references_are_sent_only_where_they_may_be() -> None:
    """Seedance takes references or a start image, and none at all at 1080p."""
    name = "replicate:bytedance/seedance-1-lite"
    pictures = (A_PICTURE, SECOND_PICTURE)
    bare = clip_request(keyframe=None, references=pictures)
    assert clip_order(find_offer(name, role="video"), bare).files == {"reference_images": pictures}
    assert clip_order(find_offer(f"{name}@1080p", role="video"), bare).files == {}
    started = replace(bare, keyframe=A_PICTURE)
    assert clip_order(find_offer(name, role="video"), started).files == {"image": (A_PICTURE,)}


def test_painter_over_a_picture_starts_from_the_first_reference() -> None:
    """SDXL takes one picture, as its start, and not as a list."""
    offer = find_offer("replicate:stability-ai/sdxl", role="image")
    order = picture_order(offer, picture_request(references=(A_PICTURE, SECOND_PICTURE)))
    assert order.files == {"image": (A_PICTURE,)}
    assert not order.lists
    assert picture_order(offer, picture_request()).files == {}


def test_empty_negative_prompt_is_not_sent() -> None:
    offer = find_offer("replicate:stability-ai/sdxl", role="image")
    order = picture_order(offer, picture_request(negative_prompt=""))
    assert "negative_prompt" not in order.values


@pytest.mark.parametrize(
    ("size_px", "shape", "sides"),
    [
        ((1920, 1080), "16:9", (1344, 768)),
        ((1080, 1920), "9:16", (768, 1344)),
        ((1080, 1080), "1:1", (1024, 1024)),
    ],
)
def test_shape_is_the_nearest_on_offer(
    size_px: tuple[int, int], shape: str, sides: tuple[int, int]
) -> None:
    """Wide, tall and square films are asked for as such, in words or in pixels."""
    width_px, height_px = size_px
    named = find_offer("replicate:prunaai/p-video", role="video").entry.aspect
    sized = find_offer("replicate:stability-ai/sdxl", role="image").entry.size
    assert named is not None
    assert sized is not None
    assert nearest_aspect(named, width_px / height_px) == shape
    assert size_near(sized, width_px / height_px) == sides


# Money


def test_known_prices() -> None:
    """By the second, the clip, the picture, the second of work and the megapixel."""

    def typical(name: str, *, seconds: float = 0.0) -> Decimal:
        role = "video" if seconds else "image"
        return find_offer(f"replicate:{name}", role=role).typical_usd(seconds=seconds)

    assert typical("prunaai/p-video@base-720p", seconds=6.0) == Decimal("0.12")
    assert typical("wan-video/wan-2.2-i2v-fast@480p", seconds=7.5) == Decimal("0.05")
    assert typical("black-forest-labs/flux-schnell") == Decimal("0.003")
    assert typical("stability-ai/sdxl") == Decimal("0.004875")
    assert typical("black-forest-labs/flux-2-dev@fast") == Decimal("0.036")


def test_service_bills_what_it_measured() -> None:
    """A price times the quantity that the service reports."""
    offer = find_offer("replicate:prunaai/p-video@base-720p", role="video")
    metrics = {"predict_time": 12.0, "video_output_duration_seconds": 6.04}
    assert offer.billed_usd(metrics, seconds=6.0) == Decimal("0.1208")
    worked = find_offer("replicate:cuuupid/cogvideox-5b", role="video")
    assert worked.billed_usd({"predict_time": 200}, seconds=6.1) == Decimal("0.28")
    mixed = find_offer("replicate:black-forest-labs/flux-2-dev@fast", role="image")
    megapixels = {"image_input_megapixel_count": 3, "image_output_megapixel_count": 1}
    assert mixed.billed_usd(megapixels, seconds=0.0) == Decimal("0.048")


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"predict_time": 4.0},
        {"video_output_duration_seconds": None},
        {"video_output_duration_seconds": "6"},
        {"video_output_duration_seconds": True},
        {"video_output_duration_seconds": float("nan")},
        {"video_output_duration_seconds": -6.0},
    ],
)
def test_unusable_metrics_are_booked_at_the_worst_case(metrics: dict[str, object]) -> None:
    """Where the service does not say what it will bill, we assume the most it could."""
    offer = find_offer("replicate:prunaai/p-video", role="video")
    read_only = MappingProxyType(metrics)
    assert offer.billed_usd(read_only, seconds=6.0) == offer.most_usd(seconds=6.0)


def test_part_of_a_bill_is_no_bill() -> None:
    """One of two quantities alone says too little."""
    offer = find_offer("replicate:black-forest-labs/flux-2-dev", role="image")
    told = {"image_output_megapixel_count": 1}
    assert offer.billed_usd(told, seconds=0.0) == offer.most_usd(seconds=0.0)


def test_work_is_never_billed_past_its_deadline() -> None:
    """The worst case of work by the second is all of it up to when it is cancelled."""
    offer = find_offer("replicate:stability-ai/sdxl", role="image")
    metrics = {"predict_time": offer.deadline_s}
    assert offer.billed_usd(metrics, seconds=0.0) <= offer.most_usd(seconds=0.0)


# Names


def test_first_variant_is_the_one_meant() -> None:
    """A name without a variant means the first, and the offer names it."""
    offer = find_offer("replicate:prunaai/p-video", role="video")
    assert offer.name == "replicate:prunaai/p-video@base-720p"


def test_unknown_model_is_told_with_those_near_it() -> None:
    """A misspelt name is answered with the right one."""
    with pytest.raises(InvalidInput, match=r"UNKNOWN_MODEL.*prunaai/p-video") as caught:
        find_offer("replicate:prunaai/p-vidoe", role="video")
    assert "sdxl" not in caught.value.message


def test_unknown_variant_is_told_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"base-720p, .*base-1080p"):
        find_offer("replicate:prunaai/p-video@4k", role="video")


# A user's own


def test_user_changes_a_single_price(write_settings: Any) -> None:
    """One value is changed; the variant's inputs and all other variants stay as they are."""
    write_settings(
        '[models."replicate:prunaai/p-video".variants.base-720p]\nusd = { second = 0.03 }\n'
    )
    changed = find_offer("replicate:prunaai/p-video@base-720p", role="video")
    assert changed.typical_usd(seconds=10.0) == Decimal("0.3")
    assert changed.variant.inputs == {"draft": False, "resolution": "720p"}
    assert (changed.entry.prices_from.source, changed.entry.prices_from.as_of) == (
        "mvkit.toml",
        None,
    )
    other = find_offer("replicate:prunaai/p-video@draft-720p", role="video")
    assert other.typical_usd(seconds=10.0) == Decimal("0.05")


def test_user_changes_what_is_billed(write_settings: Any) -> None:
    """A price by the clip takes the place of one by the second; it does not add to it."""
    write_settings(
        '[models."replicate:prunaai/p-video".variants.draft-720p]\nusd = { clip = 0.1 }\n'
    )
    offer = find_offer("replicate:prunaai/p-video@draft-720p", role="video")
    assert offer.typical_usd(seconds=10.0) == Decimal("0.1")


def test_user_changes_a_value_without_touching_its_price(write_settings: Any) -> None:
    """A longer deadline does not make the price the user's own."""
    write_settings('[models."replicate:prunaai/p-video"]\ndeadline_s = 400\n')
    entry = find_offer("replicate:prunaai/p-video", role="video").entry
    assert entry.deadline_s == 400
    assert entry.prices_from.as_of == date(2026, 10, 5)


def test_user_adds_a_model(write_settings: Any) -> None:
    """A new table is a new model, beside all others, that can be ordered."""
    n_before = len(load_entries())
    write_settings(
        """
        [models."replicate:ada/films"]
        role = "video"
        prompt = "text"
        duration = { input = "seconds", choices = [4, 8] }
        variants.only = { usd = { second = 0.01 } }
        """
    )
    offer = find_offer("replicate:ada/films", role="video")
    assert clip_order(offer, clip_request(keyframe=None)).values == {
        "text": "Blocks in the rain.",
        "seconds": 8,
    }
    assert len(load_entries()) == n_before + 1


def test_user_says_how_a_model_is_told(write_settings: Any) -> None:
    """Single values of a dialect, of a model of ours and of the user's own."""
    write_settings(
        """
        [models."replicate:google/veo-3.1-fast".dialect]
        most_words = 80

        [models."replicate:ada/films"]
        role = "video"
        prompt = "text"
        dialect = { first = ["style"], negative = "sentence" }
        duration = { input = "seconds", choices = [4, 8] }
        variants.only = { usd = { second = 0.01 } }
        """
    )
    veo = dialect_of("replicate:google/veo-3.1-fast")
    assert (veo.words, veo.first, veo.negative) == (80, ("camera", "angle"), "field")
    assert dialect_of("replicate:ada/films").order[0] == "style"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[models."replicate:prunaai/p-video".dialect]\nfirst = ["music"]',
            ("p-video", "dialect.first"),
        ),
        (
            '[models."replicate:prunaai/p-video".dialect]\nnegative = "field"',
            ("p-video", "no input takes it"),
        ),
        ('[models."replicate:prunaai/p-video"]\ndialect = 3', ("p-video", "dialect")),
        ('[models."replicate:prunaai/p-video"]\nprompts = "prompt"', ("p-video", "prompts")),
        (
            '[models."replicate:prunaai/p-video".variants.base-720p.usd]\nsecond = -1',
            ("p-video", "variants.base-720p.usd.second", "-1"),
        ),
        (
            '[models."replicate:prunaai/p-video".variants.base-720p.usd]\nhour = 1',
            ("p-video", "usd.hour"),
        ),
        ('[models."replicate:ada/films"]\nrole = "video"', ("ada/films", "variants")),
        ('[models."prunaai/p-video"]\ntypical_s = 3', ("prunaai/p-video", "host")),
        (
            '[models."replicate:minimax/hailuo-02".duration]\nleast = 2\nmost = 9',
            ("hailuo-02", "duration", "choices"),
        ),
        ('[models."replicate:prunaai/p-video"]\nvariants = 3', ("p-video", "variants")),
        ('[models."replicate:prunaai/p-video"]\ndeadline_s = 1', ("p-video", "deadline_s")),
    ],
)
def test_bad_entry_is_told_by_model_and_field(
    text: str, told: tuple[str, ...], write_settings: Any
) -> None:
    """The message names the model, the field and the file to mend."""
    message = refused(text, write_settings)
    assert all(part in message for part in (*told, "mvkit.toml"))


# The table


def test_table_lists_every_model_once() -> None:
    table = models_table()
    for entry in load_entries():
        assert table.count(f"`{entry.name}`") == 1


def test_table_does_not_tell_a_users_own_models(write_settings: Any) -> None:
    """The docs of the project are the same whoever makes them."""
    before = models_table()
    write_settings('[models."replicate:prunaai/p-video"]\ndeadline_s = 400\ntypical_s = 3\n')
    assert models_table() == before


def test_table_is_put_between_its_marks() -> None:
    """What stands around the marks stays, and doing it twice changes nothing."""
    text = with_table(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert text == f"before\n{BEGIN}\n{models_table()}\n{END}\nafter\n"
    assert with_table(text) == text
    with pytest.raises(ValueError, match="no <!-- models -->"):
        with_table("nothing")


def test_the_page_of_models_has_the_table_of_today() -> None:
    """After a change of the catalogue: python -m mvkit.providers.catalog."""
    page = (settings.ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    assert page == with_table(page)


def test_tables_of_models_that_talk_are_left_to_others(
    write_settings: Any,
) -> None:
    """Chat models are priced by the token; their tables stand in the same file."""
    write_settings('[models."openai:gpt-6-luna"]\ninput = 0.1\noutput = 0.5\n')
    assert all(entry.host == "replicate" for entry in load_entries())
