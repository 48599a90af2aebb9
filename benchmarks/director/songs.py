"""Songs that are heard once, and what is known to be true of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mvkit import analysis as ear
from mvkit.files import sha256_of, write_whole
from mvkit.schema import Analysis

JOB = "00000000-0000-4000-8000-000000000000"
ENDINGS = (".mp3", ".flac", ".wav")
LINE_GAP_S = 0.7
"""A silence so long ends a line of words."""
LONGEST_LINE = 9
"""So many words are one line at most."""
SURE_KINDS = ("exact", "human")
"""Whose beats are known, and not what other trackers agree on."""


@dataclass(frozen=True)
class Song:
    """A song as the director gets it; ``true_beats_s`` is empty where nobody knows them."""

    name: str
    analysis: Analysis
    true_beats_s: tuple[float, ...] = ()


def songs_in(folder: Path, *, analyses: Path, only: str = "") -> list[Song]:
    """Return the songs of a folder whose names begin so, heard now or before.

    Parameters
    ----------
    folder : Path
        Songs, which may have what is true of them beside them, as JSON files of their names
        (see ``benchmarks/analysis.py``); its ``lyrics_words`` are given to the ear.
    analyses : Path
        Where what was heard is kept. Remove it after the ear has changed.
    only : str
        How their names begin.
    """
    paths = [path for path in folder.iterdir() if path.suffix in ENDINGS]
    return [
        Song(path.stem, heard(path, analyses=analyses), true_beats_of(path))
        for path in sorted(paths)
        if path.name.startswith(only)
    ]


def heard(song: Path, *, analyses: Path) -> Analysis:
    """Return the analysis of a song: the one that is kept, or a new one, which is then kept."""
    kept = analyses / f"{song.stem}-{sha256_of(song)[:12]}.json"
    if kept.is_file():
        return Analysis.from_json(kept.read_bytes())
    analyses.mkdir(parents=True, exist_ok=True)
    analysis = ear.analyze_song(song, job_id=JOB, lyrics=_lyrics_file(song, analyses))
    write_whole(kept, analysis.to_json())
    return analysis


def true_beats_of(song: Path) -> tuple[float, ...]:
    """Return a song's true beats in seconds; none where they are not known for sure."""
    truth = _truth_of(song)
    if truth.get("kind") not in SURE_KINDS:
        return ()
    return tuple(sorted(float(time_s) for time_s, _ in truth.get("beats") or ()))


def sung_lines(words: Iterable[tuple[float, float, str]]) -> list[tuple[float, str]]:
    """Return words as lines, each with the time at which it starts.

    Parameters
    ----------
    words : iterable of (float, float, str)
        Start and end in seconds, and the word, in order.
    """
    lines: list[tuple[float, list[str]]] = []
    silent_from_s = -LINE_GAP_S
    for start_s, end_s, word in words:
        if start_s - silent_from_s >= LINE_GAP_S or len(lines[-1][1]) >= LONGEST_LINE:
            lines.append((start_s, []))
        lines[-1][1].append(word)
        silent_from_s = end_s
    return [(start_s, " ".join(line)) for start_s, line in lines]


def _lyrics_file(song: Path, folder: Path) -> Path | None:
    """Write a song's words as an .lrc file, if they are known."""
    words = _truth_of(song).get("lyrics_words")
    if not words:
        return None
    told = [f"[{s // 60:02.0f}:{s % 60:05.2f}]{line}\n" for s, line in sung_lines(words)]
    path = folder / f"{song.stem}.lrc"
    write_whole(path, "".join(told))
    return path


def _truth_of(song: Path) -> dict[str, Any]:
    beside = song.with_suffix(".json")
    truth: dict[str, Any] = json.loads(beside.read_text("utf-8")) if beside.is_file() else {}
    return truth
