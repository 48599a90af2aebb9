"""How well the ear hears, on songs whose truth is known.

Run it as ``python benchmarks/analysis.py SONGS_DIR``. The folder holds songs, each with a JSON file
of its name beside it: ``kind`` (``exact``, ``human``, ``silver`` or ``silver_low``), ``beats``
(seconds and place in the bar), ``downbeats``, ``tempo``, ``sections`` and ``key``. Every song is
heard by mvkit, by plain librosa and by plain aubio, and scored by mir_eval as MIREX does: what is
before 5 s does not count for beats.

Columns: F of beats within 70 and 50 ms; CMLt and AMLt, continuity at the annotated level of the
metre and at any; tempo within 2 BPM, and with octaves allowed; F of downbeats within 70 ms; F of
section boundaries within 0.5 and 3 s; share of time with the right kind of section; the key; CPU
seconds per minute of song. Silver truth is what other trackers agree on, and tells little.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

import aubio
import librosa
import mir_eval
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from mvkit.analysis import analyze_song
from mvkit.analysis.aubio_ear import hear_with_aubio
from mvkit.analysis.sound import load_sound
from mvkit.schema import Analysis

JOB = "00000000-0000-4000-8000-000000000000"
ENDINGS = (".mp3", ".ogg", ".flac", ".wav")
GROUPS = {
    "composed": ("c_",),
    "pop909": ("pop909_",),
    "games": ("fd_", "ox_", "fof_"),
    "expressive": ("asap_",),
    "recordings": ("jam_", "lib_"),
}
"""Groups of songs by how their names begin."""
SAME_KIND = {"prechorus": "pre-chorus", "inst": "instrumental"}
"""Kinds of sections that the truth calls otherwise."""
MUCH_THE_SAME = {"pre-chorus": "verse", "instrumental": "bridge", "breakdown": "bridge"}
"""What a kind counts as where only five kinds are told apart."""
SCORES = (
    *("F70", "F50", "CMLt", "AMLt", "tempo", "octave", "down F"),
    *("sect 0.5", "sect 3", "kinds", "kinds 5", "key", "CPU s/min"),
)
FLATS = {"Db": "C#", "D#": "Eb", "Gb": "F#", "G#": "Ab", "A#": "Bb"}
console = Console(width=170)

Scores = dict[str, float]


@dataclass(frozen=True)
class Heard:
    """What somebody heard in a song."""

    beats_s: Sequence[float]
    tempo_bpm: float
    downbeats_s: Sequence[float] = ()
    sections: Sequence[tuple[float, float, str]] = ()
    key: str = ""


def main(
    songs: Annotated[Path, typer.Argument(help="Folder of songs and their truth.")],
    only: Annotated[str, typer.Option(help="Songs whose names begin so.")] = "",
    others: Annotated[bool, typer.Option(help="Ask librosa and aubio too.")] = True,
    save: Annotated[Path | None, typer.Option(help="Write all scores there, as JSON.")] = None,
) -> None:
    """Score the ear."""
    ears: dict[str, Callable[[Path], Heard]] = {"mvkit": hear_with_mvkit}
    if others:
        ears |= {"librosa": hear_with_librosa, "aubio": hear_alone_with_aubio}
    found: dict[str, dict[str, Scores]] = {name: {} for name in ears}
    for song in songs_in(songs, only=only):
        truth = truth_of(song)
        for name, ear in ears.items():
            found[name][song.stem] = score(ear, song, truth)
        line = "  ".join(f"{k} {v:.2f}" for k, v in found["mvkit"][song.stem].items())
        console.print(f"{song.stem} ({truth['kind']}): {line}", soft_wrap=True)
    kinds = {
        s.stem: json.loads(s.with_suffix(".json").read_text())["kind"] for s in songs_in(songs)
    }
    for name, scores in found.items():
        console.print(table_of(name, scores, kinds))
    if save is not None:
        save.write_text(json.dumps(found, indent=1))


def songs_in(folder: Path, *, only: str = "") -> list[Path]:
    """Return the songs of a folder that have their truth beside them."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in ENDINGS
        and path.name.startswith(only)
        and path.with_suffix(".json").is_file()
    )


def truth_of(song: Path) -> dict[str, Any]:
    """Return what is known of a song."""
    truth: dict[str, Any] = json.loads(song.with_suffix(".json").read_text())
    return truth


def hear_with_mvkit(song: Path) -> Heard:
    """Hear a song as the product does."""
    heard: Analysis = analyze_song(song, job_id=JOB)
    return Heard(
        beats_s=heard.beat_timestamps,
        tempo_bpm=heard.bpm,
        downbeats_s=heard.downbeat_timestamps,
        sections=[(part.start, part.end, part.type) for part in heard.song_structure],
        key=f"{heard.key.tonic} {heard.key.mode}",
    )


def hear_with_librosa(song: Path) -> Heard:
    """Hear beats as ``librosa.beat.beat_track`` does by default."""
    mono, rate_hz = librosa.load(song)
    tempo_bpm, beats_s = librosa.beat.beat_track(y=mono, sr=rate_hz, units="time")
    return Heard(beats_s=beats_s, tempo_bpm=float(np.squeeze(tempo_bpm)))


def hear_alone_with_aubio(song: Path) -> Heard:
    """Hear beats as aubio does by default."""
    heard = hear_with_aubio(load_sound(song).mono)
    return Heard(beats_s=heard.beats_s, tempo_bpm=heard.bpm)


def score(ear: Callable[[Path], Heard], song: Path, truth: Mapping[str, Any]) -> Scores:
    """Return how well an ear hears a song; only what the truth tells of."""
    started_s = time.process_time()
    heard = ear(song)
    took_s = time.process_time() - started_s
    minutes = librosa.get_duration(path=song) / 60
    return {
        **score_beats(heard, truth),
        **score_sections(heard, truth),
        **score_key(heard, truth),
        "CPU s/min": took_s / minutes,
    }


def score_beats(heard: Heard, truth: Mapping[str, Any]) -> Scores:
    """Return F, continuity, tempo and downbeats."""
    true_s = trimmed([beat for beat, _ in truth["beats"]])
    beats_s = trimmed(heard.beats_s)
    if not len(true_s):
        return {}
    _, correct, _, any_level = mir_eval.beat.continuity(true_s, beats_s)
    off = heard.tempo_bpm / truth["tempo"]
    scores = {
        "F70": mir_eval.beat.f_measure(true_s, beats_s),
        "F50": mir_eval.beat.f_measure(true_s, beats_s, f_measure_threshold=0.05),
        "CMLt": correct,
        "AMLt": any_level,
        "tempo": float(abs(heard.tempo_bpm - truth["tempo"]) <= 2.0),
        "octave": float(any(abs(off / factor - 1) <= 0.04 for factor in (1 / 3, 0.5, 1, 2, 3))),
    }
    if len(heard.downbeats_s) and truth["downbeats"]:
        down = (trimmed(truth["downbeats"]), trimmed(heard.downbeats_s))
        scores["down F"] = mir_eval.beat.f_measure(*down)
    return scores


def trimmed(times_s: Iterable[float]) -> np.ndarray:
    """Return the times that count."""
    return mir_eval.beat.trim_beats(np.array(list(times_s), dtype=float))


def score_sections(heard: Heard, truth: Mapping[str, Any]) -> Scores:
    """Return F of the boundaries, and how long the right kind is told."""
    parts = truth.get("sections") or []
    if not parts or not heard.sections:
        return {}
    end_s = min(parts[-1]["end"], heard.sections[-1][1])
    true_spans = np.array([(part["start"], part["end"]) for part in parts])
    spans = np.array([(start_s, stop_s) for start_s, stop_s, _ in heard.sections])
    true_kinds = [SAME_KIND.get(part["label"], part["label"]) for part in parts]
    kinds = [kind for _, _, kind in heard.sections]
    moments_s = np.arange(parts[0]["start"], end_s, 0.1)
    wanted = kinds_at(moments_s, true_spans[:, 0], true_kinds)
    told = kinds_at(moments_s, spans[:, 0], kinds)
    alike = [
        MUCH_THE_SAME.get(a, a) == MUCH_THE_SAME.get(b, b)
        for a, b in zip(wanted, told, strict=True)
    ]
    return {
        "sect 0.5": boundary_f(true_spans, spans, window_s=0.5),
        "sect 3": boundary_f(true_spans, spans, window_s=3.0),
        "kinds": mean(a == b for a, b in zip(wanted, told, strict=True)),
        "kinds 5": mean(alike),
    }


def boundary_f(true_spans: np.ndarray, spans: np.ndarray, *, window_s: float) -> float:
    """Return F of inner boundaries; those at the ends are no achievement."""
    return float(mir_eval.segment.detection(true_spans, spans, window=window_s, trim=True)[2])


def kinds_at(moments_s: np.ndarray, starts_s: np.ndarray, kinds: Sequence[str]) -> list[str]:
    """Return the kind of section at each moment."""
    index = np.searchsorted(starts_s, moments_s, side="right") - 1
    return [kinds[max(i, 0)] for i in index]


def score_key(heard: Heard, truth: Mapping[str, Any]) -> Scores:
    """Return whether the key is right."""
    if not truth.get("key") or not heard.key:
        return {}
    tonic, mode = truth["key"].strip("?").split()
    return {"key": float(heard.key == f"{FLATS.get(tonic, tonic)} {mode}")}


def table_of(name: str, scores: Mapping[str, Scores], kinds: Mapping[str, str]) -> Table:
    """Return means by group, of songs with exact truth and of the others apart."""
    table = Table("songs", "n", *SCORES, title=f"{name} {aubio.version if name == 'aubio' else ''}")
    exact = {song for song in scores if kinds[song] == "exact"}
    rows = {"exact": exact}
    for group, beginnings in GROUPS.items():
        members = {song for song in scores if song.startswith(beginnings)}
        rows[group] = members & exact or members
    rows["silver"] = {song for song in scores if kinds[song] == "silver"}
    for row, songs in rows.items():
        if songs:
            table.add_row(row, str(len(songs)), *means(scores[song] for song in sorted(songs)))
    return table


def means(scores: Iterable[Scores]) -> list[str]:
    """Return the mean of each score over the songs that have it."""
    all_scores = list(scores)
    columns = ([each[name] for each in all_scores if name in each] for name in SCORES)
    return [f"{mean(values):.3f}" if values else "" for values in columns]


if __name__ == "__main__":
    typer.run(main)
