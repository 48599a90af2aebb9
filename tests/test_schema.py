"""Artefacts hold to their contract, explain what is wrong, and compare by content."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from mvkit.errors import InvalidArtefact
from mvkit.schema import ARTEFACTS, Analysis, Artefact, Brief, Clips, Plan

from .doc_examples import read_examples

PRD_FIELDS = {
    "analysis": "job_id bpm duration beat_timestamps song_structure lyrics mood "
    "clip_boundaries metadata",
    "plan": "job_id video_summary characters scenes style clip_scripts transitions",
    "references": "job_id scene_references character_references total_references "
    "total_generation_time total_cost status metadata",
    "prompts": "job_id clip_prompts total_clips generation_time",
    "clips": "job_id clips total_clips successful_clips failed_clips total_cost "
    "total_generation_time",
    "video": "job_id video_url duration audio_duration sync_drift clips_used clips_trimmed "
    "clips_looped transitions_applied file_size_mb composition_time cost status",
}


def changed(artefact: Artefact, path: str, value: Any) -> str:
    """Return an artefact's JSON with one value replaced."""
    data = json.loads(artefact.to_json())
    *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
    target: Any = data
    for key in parents:
        target = target[key]
    target[last] = value
    return json.dumps(data)


def test_the_docs_show_every_artefact(examples: dict[str, Artefact]) -> None:
    assert list(examples) == [kind.stage for kind in ARTEFACTS]


@pytest.mark.parametrize("stage", PRD_FIELDS)
def test_the_product_documents_fields_are_there(stage: str, examples: dict[str, Artefact]) -> None:
    assert set(PRD_FIELDS[stage].split()) <= set(json.loads(examples[stage].to_json()))


@pytest.mark.parametrize("stage", [kind.stage for kind in ARTEFACTS])
def test_json_round_trips(stage: str, examples: dict[str, Artefact]) -> None:
    artefact = examples[stage]
    assert type(artefact).from_json(artefact.to_json()) == artefact


@pytest.mark.parametrize("stage", [kind.stage for kind in ARTEFACTS])
def test_content_is_compared_without_ids_times_and_costs(
    stage: str, examples: dict[str, Artefact]
) -> None:
    """At any depth; but what each clip was filmed from is content."""
    artefact = examples[stage]
    text = artefact.to_json().replace(artefact.job_id, "00000000-0000-4000-8000-000000000000")
    text = re.sub(r'"(\w*generation_time|cost|total_cost|retry_count)": [\d.]+', r'"\1": 7', text)
    other = type(artefact).from_json(text).model_copy(update={"made_from": "elsewhere"})
    assert other.content_digest() == artefact.content_digest()
    if stage == "clips":
        changed_clip = text.replace('"sha256": ""', '"sha256": "ff"', 1)
        assert Clips.from_json(changed_clip).content_digest() != artefact.content_digest()


def test_content_differs_when_the_wish_does(examples: dict[str, Artefact]) -> None:
    brief = examples["brief"]
    assert brief.model_copy(update={"seed": 2}).content_digest() != brief.content_digest()


BROKEN = [
    ("brief", "prompt", "too short", "at least 50 characters"),
    ("brief", "job_id", "../../etc", "pattern"),
    ("brief", "song_file", "/etc/passwd", "song.flac"),
    ("analysis", "bpm", 20.0, "greater than or equal to 60"),
    ("analysis", "bpm", "NaN", "finite"),
    ("analysis", "beat_timestamps.3", 0.2, "not ascending"),
    ("analysis", "downbeat_timestamps.1", 2.1, "no beats"),
    ("analysis", "song_structure.1.start", 5.0, "expected 4.0 s"),
    (
        *("analysis", "clip_boundaries.2", {"start": 8.0, "end": 11.0, "duration": 3.0}),
        "ends at 11.0 s, expected 12.0 s",
    ),
    ("analysis", "song_structure.0.end", 0.0, "later than its start"),
    ("analysis", "beats_per_bar", 5, "less than or equal to 4"),
    ("analysis", "phrase_bars", 6, "multiple of 4"),
    ("analysis", "clip_boundaries.1.duration", 4.01, "expected 4.0 s from its start"),
    (
        *("analysis", "moments"),
        [{"time": time_s, "kind": "drop", "strength": 0.5} for time_s in (8.0, 6.0)],
        "not in order: 6.0 s comes after 8.0 s",
    ),
    ("analysis", "curves.mid", [0.5], "mid 1, high 24"),
    ("plan", "clip_scripts.1.scenes", ["nowhere"], "nowhere"),
    ("plan", "clip_scripts.1.shots.0.end", 5.5, "expected 5.5 s"),
    ("plan", "clip_scripts.2.clip_index", 7, "numbered"),
    ("plan", "transitions.0.to_clip", 2, "join each clip to the next"),
    ("plan", "transitions.0.duration", 9.0, "too short for the transitions"),
    ("plan", "style.color_palette.0", "red; rm -rf", "pattern"),
    ("prompts", "clip_prompts.0.metadata.word_count", 200, "less than 200"),
]


@pytest.mark.parametrize(("stage", "path", "value", "says"), BROKEN)
def test_a_broken_artefact_is_refused_with_what_was_found_and_expected(
    stage: str, path: str, value: Any, says: str
) -> None:
    example = read_examples()[stage]
    with pytest.raises(InvalidArtefact) as refusal:
        type(example).from_json(changed(example, path, value))
    assert says in refusal.value.message
    assert f"{stage}.json" in refusal.value.message


def test_an_unknown_field_is_refused(examples: dict[str, Artefact]) -> None:
    text = examples["brief"].to_json().replace('"title"', '"titel"')
    with pytest.raises(InvalidArtefact, match="titel"):
        Brief.from_json(text)


def test_artefacts_are_frozen(examples: dict[str, Artefact]) -> None:
    analysis = examples["analysis"]
    assert isinstance(analysis, Analysis)
    with pytest.raises(ValueError, match="frozen"):
        analysis.bpm = 99.0  # type: ignore[misc]


def test_neighbouring_clips_overlap_by_their_transition(examples: dict[str, Artefact]) -> None:
    plan = examples["plan"]
    assert isinstance(plan, Plan)
    spans = [plan.filmed_frames(index) for index in range(3)]
    assert spans == [range(0, 128), range(112, 240), range(240, 360)]
