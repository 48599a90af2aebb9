"""The example artefacts of the docs."""

from __future__ import annotations

import re
from pathlib import Path

from mvkit.schema import ARTEFACTS, Artefact

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = re.compile(r"^## (\w+)\.json.*?```json\n(.*?)```", re.DOTALL | re.MULTILINE)


def read_examples() -> dict[str, Artefact]:
    """Return the artefacts written out in the docs, by stage."""
    text = (ROOT / "docs" / "artefacts.md").read_text("utf-8")
    kinds = {kind.stage: kind for kind in ARTEFACTS}
    return {name: kinds[name].from_json(body) for name, body in EXAMPLE.findall(text)}
