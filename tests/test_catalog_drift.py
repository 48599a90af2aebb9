"""Drift: what has changed in a model is told; what has not, or does not concern us, is not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from mvkit.providers.catalog import Entry, drift
from mvkit.providers.catalog.shelf import load_own_entries

ENTRY = Entry.model_validate(
    {
        "host": "replicate",
        "id": "ada/films",
        "role": "video",
        "prompt": "prompt",
        "seed": "seed",
        "start_image": {"input": "image"},
        "reference_images": {"input": "references", "most": 3},
        "duration": {"input": "duration", "least": 2, "most": 12},
        "aspect": {"input": "aspect_ratio", "choices": ["16:9", "1:1"]},
        "fixed": {"generate_audio": False},
        "variants": {
            "720p": {"inputs": {"resolution": "720p"}, "usd": {"second": 0.1}},
            "1080p": {"inputs": {"resolution": "1080p"}, "usd": {"second": 0.2}},
        },
    }
)


def schema(**changes: Any) -> dict[str, Any]:
    """Return the schema of a model as Replicate gives it; None takes an input out."""
    properties: dict[str, Any] = {
        "prompt": {"type": "string", "title": "Prompt", "x-order": 0},
        "seed": {"type": "integer", "nullable": True},
        "image": {"type": "string", "format": "uri"},
        "references": {"type": "array", "items": {"type": "string", "format": "uri"}},
        "duration": {"type": "integer", "minimum": 2, "maximum": 12, "default": 5},
        "aspect_ratio": {
            "allOf": [{"$ref": "#/components/schemas/aspect_ratio"}],
            "default": "16:9",
        },
        "resolution": {"enum": ["480p", "720p", "1080p"], "type": "string"},
        "generate_audio": {"type": "boolean", "default": True},
    }
    properties = {n: each for n, each in (properties | changes).items() if each is not None}
    return {
        "components": {
            "schemas": {
                "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"]},
                "Input": {"type": "object", "required": ["prompt"], "properties": properties},
            }
        }
    }


def test_nothing_is_told_where_nothing_has_changed() -> None:
    assert drift(ENTRY, schema()) == ()


def test_changes_that_do_not_concern_us_are_not_told() -> None:
    """New inputs, wider ranges, more choices and other defaults take nothing from us."""
    wider = schema(
        duration={"type": "integer", "minimum": 1, "maximum": 20, "default": 8},
        resolution={"type": "string", "enum": ["480p", "720p", "1080p", "4k"]},
        camera={"type": "string", "default": "none"},
    )
    assert drift(ENTRY, wider) == ()


@pytest.mark.parametrize(
    "optional_seed",
    [
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"type": ["integer", "null"]},
        {"anyOf": [{"$ref": "#/components/schemas/seed"}, {"type": "null"}]},
        {"type": "number"},
        {},
    ],
)
def test_optional_inputs_are_understood(optional_seed: dict[str, Any]) -> None:
    """Newer schemas say in other words that an input may be left out."""
    changed = schema(seed=optional_seed)
    changed["components"]["schemas"]["seed"] = {"type": "integer"}
    assert drift(ENTRY, changed) == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"image": None}, ("no longer takes 'image'",)),
        ({"resolution": {"type": "string", "enum": ["720p"]}}, ("1080p", "'resolution'")),
        ({"duration": {"type": "integer", "minimum": 4}}, ("2, 3 as 'duration'", "minimum 4")),
        ({"duration": {"type": "integer", "enum": [5, 10]}}, ("12", "one of 5, 10")),
        ({"duration": {"type": "string", "enum": ["5", "10"]}}, ("'duration'",)),
        ({"seed": {"type": "string"}}, ("'seed'", "string")),
        ({"references": {"type": "string", "format": "uri"}}, ("'references'", "string")),
        ({"aspect_ratio": {"type": "string", "enum": ["16:9"]}}, ("1:1", "'aspect_ratio'")),
        ({"save_audio": {"type": "boolean", "default": True}}, ("sound", "'save_audio'")),
        ({"generate_audio": {"type": "string"}}, ("False", "'generate_audio'")),
    ],
)
def test_change_is_told_in_one_sentence(changes: dict[str, Any], told: tuple[str, ...]) -> None:
    """Each sentence names the model, the input, and what is left."""
    sentences = drift(ENTRY, schema(**changes))
    assert len(sentences) == 1
    assert sentences[0].startswith("replicate:ada/films ")
    assert sentences[0].endswith(".")
    assert all(part in sentences[0] for part in told)


def test_newly_required_input_is_told() -> None:
    """Also one that we know, but do not always send."""
    changed = schema(style={"type": "string"})
    changed["components"]["schemas"]["Input"]["required"] += ["style", "image"]
    sentences = drift(ENTRY, changed)
    assert len(sentences) == 2
    assert "'style'" in sentences[0]
    assert "'image'" in sentences[1]


@pytest.mark.parametrize("empty", [{}, {"components": {"schemas": {"Input": {}}}}])
def test_schema_without_inputs_is_told(empty: dict[str, Any]) -> None:
    """Where nothing can be compared, that is what is told; not silence."""
    (sentence,) = drift(ENTRY, empty)
    assert "nothing could be compared" in sentence


def test_schema_that_refers_to_itself_ends() -> None:
    changed = schema(seed={"$ref": "#/components/schemas/loop"})
    changed["components"]["schemas"]["loop"] = {"allOf": [{"$ref": "#/components/schemas/loop"}]}
    assert drift(ENTRY, changed) == ()


def test_schema_is_left_as_it_was() -> None:
    given = schema()
    kept = deepcopy(given)
    drift(ENTRY, given)
    assert given == kept


@pytest.mark.parametrize("entry", load_own_entries(), ids=lambda entry: entry.id)
def test_every_entry_can_be_compared(entry: Entry) -> None:
    """Against a model that takes nothing any more, each of its inputs is told."""
    other = {"components": {"schemas": {"Input": {"properties": {"other": {"type": "string"}}}}}}
    sentences = drift(entry, other)
    assert len(sentences) == len(set(entry.input_names()))
