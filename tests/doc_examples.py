"""The example artefacts of the docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mvkit.schema import ARTEFACTS, Artefact

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = re.compile(r"^## (\w+)\.json.*?```json\n(.*?)```", re.DOTALL | re.MULTILINE)
FASTER = 8
"""How many times as fast the song of the short examples goes by: half a second a clip."""
TIMES = {
    *("start", "end", "duration", "time", "timestamp"),
    *("beat_timestamps", "downbeat_timestamps"),
}


def read_examples() -> dict[str, Artefact]:
    """Return the artefacts written out in the docs, by stage."""
    text = (ROOT / "docs" / "artefacts.md").read_text("utf-8")
    kinds = {kind.stage: kind for kind in ARTEFACTS}
    return {name: kinds[name].from_json(body) for name, body in EXAMPLE.findall(text)}


def short_examples() -> dict[str, Artefact]:
    """Return the examples, but with less to film: analysis, plan and prompts of a faster song."""
    examples = read_examples()
    for stage in ("analysis", "plan", "prompts"):
        kind = type(examples[stage])
        examples[stage] = kind.model_validate(_faster(examples[stage].model_dump()))
    return examples


def _faster(value: Any, name: str = "") -> Any:
    """Return a value of an artefact, with all times in it divided."""
    if isinstance(value, dict):
        return {name: _faster(inner, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_faster(inner, name) for inner in value]
    return value / FASTER if name in TIMES else value
