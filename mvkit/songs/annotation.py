"""Write the truth about a song beside it, in the form in which measured songs are annotated.

Contents: `annotation`, `write_annotation`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mvkit.songs.score import SongTruth


def annotation(truth: SongTruth, *, song: Path) -> dict[str, Any]:
    """Return what ``benchmarks/analysis.py`` reads beside a song.

    Parameters
    ----------
    truth : SongTruth
        As the score has it.
    song : Path
        The file that was written.

    Returns
    -------
    dict
        ``kind`` (``exact``), ``tempo`` in BPM, ``meter``, ``beats`` as pairs of seconds and place
        in the bar from 1, ``downbeats`` in seconds, ``sections`` and ``key``.
    """
    return {
        "id": song.stem,
        "audio": song.name,
        "title": truth.title,
        "duration": truth.duration_s,
        "source": "composed and synthesised by mvkit",
        "kind": "exact",
        "tempo": truth.tempo_bpm,
        "tempo_cv": 0.0,
        "meter": truth.beats_per_bar,
        "key": truth.key,
        "beats": [
            [beat_s, index % truth.beats_per_bar + 1] for index, beat_s in enumerate(truth.beats_s)
        ],
        "downbeats": list(truth.downbeats_s),
        "sections": [
            {"start": part.start_s, "end": part.end_s, "label": part.label}
            for part in truth.sections
        ],
    }


def write_annotation(truth: SongTruth, *, song: Path) -> Path:
    """Write the annotation of ``waltz.wav`` as ``waltz.json`` and return where it is."""
    path = song.with_suffix(".json")
    path.write_text(json.dumps(annotation(truth, song=song), indent=1), "utf-8")
    return path
