"""Songs that nobody has to hear: analyses of an even beat, made for a form and a tempo."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from mvkit.schema import (
    Analysis,
    AnalysisMetadata,
    Brief,
    ClipBoundary,
    Curves,
    Key,
    LyricLine,
    Mood,
    Section,
)
from mvkit.schema.analysis import Moment, SectionType
from mvkit.schema.base import Level

JOB = "00000000-0000-4000-8000-000000000002"
ENERGY_SHARES: dict[Level, float] = {"low": 0.25, "medium": 0.55, "high": 0.85}
CURVE_RATE_HZ = 10.0
STORY = "The story of a young woman who walks through rainy neon streets, lonely but hopeful."
WISH = "A young woman walks through rainy neon streets at night, lonely but hopeful."

MomentKind = Literal["drop", "break"]
Form = Sequence[tuple[SectionType, Level, int]]
POP: Form = (
    ("intro", "low", 4),
    ("verse", "medium", 8),
    ("chorus", "high", 8),
    ("verse", "medium", 8),
    ("chorus", "high", 8),
    ("bridge", "low", 4),
    ("chorus", "high", 8),
    ("outro", "low", 4),
)
"""A song's parts: type, energy, bars."""


def make_brief(prompt: str = WISH, *, seed: int = 1, **changes: Any) -> Brief:
    """Return a wish."""
    return Brief(
        job_id=JOB, prompt=prompt, song_file="song.mp3", song_sha256="0" * 64, seed=seed, **changes
    )


def steady_song(
    tempo_bpm: float = 120.0,
    *,
    form: Form = POP,
    beats_per_bar: int = 4,
    first_beat_s: float = 0.4,
    tail_s: float = 1.5,
    clip_s: float = 5.5,
    downbeat_strength: float = 1.0,
    valence: float = 0.5,
    arousal: float = 0.5,
    lyrics: Sequence[tuple[float, str]] = (),
    moments: Sequence[tuple[float, MomentKind]] = (),
    mode: Literal["major", "minor"] = "minor",
    genre: str = "",
    swing: float = 0.5,
) -> Analysis:
    """Return the analysis of a song whose parts start on downbeats."""
    period_s = 60.0 / tempo_bpm
    n_beats = beats_per_bar * sum(bars for _, _, bars in form)
    beats_s = tuple(round(first_beat_s + i * period_s, 6) for i in range(n_beats))
    duration_s = round(first_beat_s + n_beats * period_s + tail_s, 6)
    bars_s = (*beats_s[::beats_per_bar], duration_s)
    sections = tuple(_sections(form, bars_s))
    energy = tuple(_curve(sections, duration_s))
    return Analysis(
        job_id=JOB,
        bpm=tempo_bpm,
        duration=duration_s,
        beats_per_bar=beats_per_bar,
        beat_timestamps=beats_s,
        beat_strengths=tuple(
            0.3 if i % beats_per_bar else downbeat_strength for i in range(n_beats)
        ),
        downbeat_timestamps=bars_s[:-1],
        song_structure=sections,
        lyrics=tuple(LyricLine(text=text, timestamp=time_s) for time_s, text in lyrics),
        moments=tuple(Moment(time=time_s, kind=kind, strength=0.9) for time_s, kind in moments),
        key=Key(tonic="C", mode=mode, confidence=0.8),
        genre=genre,
        swing=swing,
        mood=Mood(
            primary="calm" if arousal < 0.5 else "energetic",
            secondary="",
            energy_level="medium",
            confidence=0.7,
            valence=valence,
            arousal=arousal,
        ),
        clip_boundaries=tuple(
            ClipBoundary(start=start_s, end=end_s, duration=end_s - start_s)
            for start_s, end_s in pairwise(_clip_edges(bars_s, duration_s, clip_s))
        ),
        curves=Curves(
            rate_hz=CURVE_RATE_HZ, bass=energy, mid=energy, high=energy, onset=energy, energy=energy
        ),
        metadata=AnalysisMetadata(
            processing_time=0.1, beat_detection_confidence=0.9, fallback_used=False
        ),
    )


def tiny_song(n_clips: int = 3, *, clip_s: float = 0.4) -> Analysis:
    """Return the analysis of a song of a second: clips far shorter than any model films."""
    song = steady_song(form=(("verse", "medium", 1),))
    edges_s = [round(i * clip_s, 6) for i in range(n_clips + 1)]
    end_s = edges_s[-1]
    beats_s = (0.0, *edges_s[1:-1]) if n_clips > 1 else (0.0, end_s / 2)
    fields = song.model_dump() | {
        "duration": end_s,
        "beat_timestamps": beats_s,
        "beat_strengths": (0.5,) * len(beats_s),
        "downbeat_timestamps": beats_s[:1],
        "song_structure": [song.song_structure[0].model_dump() | {"start": 0.0, "end": end_s}],
        "clip_boundaries": [
            {"start": start_s, "end": stop_s, "duration": stop_s - start_s}
            for start_s, stop_s in pairwise(edges_s)
        ],
    }
    return Analysis.model_validate(fields)


def _sections(form: Form, bars_s: Sequence[float]) -> list[Section]:
    edges = [0]
    for _, _, bars in form:
        edges.append(edges[-1] + bars)
    starts_s = [0.0, *(bars_s[edge] for edge in edges[1:])]
    return [
        Section(
            type=kind,
            start=start_s,
            end=end_s,
            energy=energy,
            energy_share=ENERGY_SHARES[energy],
            label=kind[0].upper(),
        )
        for (kind, energy, _), (start_s, end_s) in zip(form, pairwise(starts_s), strict=True)
    ]


def _curve(sections: Sequence[Section], duration_s: float) -> list[float]:
    times_s = [i / CURVE_RATE_HZ for i in range(int(duration_s * CURVE_RATE_HZ) + 1)]
    return [
        next((part.energy_share for part in sections if time_s < part.end), 0.0)
        for time_s in times_s
    ]


def _clip_edges(bars_s: Sequence[float], duration_s: float, clip_s: float) -> list[float]:
    """Return edges on downbeats, about as far apart as wished."""
    edges_s = [0.0]
    for bar_s in bars_s:
        if bar_s - edges_s[-1] >= clip_s and duration_s - bar_s >= clip_s / 2:
            edges_s.append(bar_s)
    return [*edges_s, duration_s]
