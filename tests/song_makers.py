"""Little songs with known truth: clicks, chords, drums, and the bytes of odd files."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ = 22_050
JOB = "00000000-0000-4000-8000-000000000001"


def times_of(tempo_bpm: float, duration_s: float, *, first_s: float = 0.1) -> NDArray[np.float64]:
    """Return the times of an even beat that ends well before the song does."""
    return np.arange(first_s, duration_s - 0.05, 60.0 / tempo_bpm)


def clicks(times_s: NDArray[np.float64], duration_s: float, *, accent_every: int = 4) -> Samples:
    """Return clicks that start sharply at given times; every so many are higher and louder."""
    mono = np.zeros(round(duration_s * RATE_HZ) + RATE_HZ, dtype=np.float32)
    tone_s = np.arange(round(0.05 * RATE_HZ)) / RATE_HZ
    for index, time_s in enumerate(times_s):
        accented = index % accent_every == 0
        pitch_hz, level = (1500.0, 0.6) if accented else (1000.0, 0.4)
        start = round(time_s * RATE_HZ)
        click = level * np.sin(2 * np.pi * pitch_hz * tone_s) * np.exp(-80 * tone_s)
        mono[start : start + len(click)] += click.astype(np.float32)
    return mono[: round(duration_s * RATE_HZ)]


def chord(pitches_midi: Sequence[int], length_s: float, *, level: float = 0.1) -> Samples:
    """Return a chord of tones with four overtones, struck and slowly dying."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    total = np.zeros(len(time_s))
    for pitch in pitches_midi:
        pitch_hz = 440.0 * 2 ** ((pitch - 69) / 12)
        for overtone in range(1, 5):
            total += np.sin(2 * np.pi * overtone * pitch_hz * time_s) / overtone**2
    attack = np.minimum(1.0, time_s / 0.005)
    return (level * total * attack * np.exp(-1.5 * time_s)).astype(np.float32)


def noise(length_s: float, *, level: float = 0.1, seed: int = 0) -> Samples:
    """Return white noise."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(length_s * RATE_HZ))).astype(np.float32)


def encoded(mono: Samples, kind: str, *, subtype: str | None = None) -> bytes:
    """Return the bytes of a WAV, FLAC, MP3, OGG, AIFF... file."""
    memory = io.BytesIO()
    soundfile.write(memory, mono, RATE_HZ, format=kind.upper(), subtype=subtype)
    return memory.getvalue()


def written(mono: Samples, path: Path) -> Path:
    """Write a 16-bit WAV file."""
    soundfile.write(path, mono, RATE_HZ, subtype="PCM_16", format="WAV")
    return path


def chunk(name: bytes, body: bytes, *, size: int | None = None) -> bytes:
    """Return a RIFF chunk, with any size in its header."""
    return name + struct.pack("<I", len(body) if size is None else size) + body


def wav_format(
    *, tag: int = 1, n_channels: int = 1, rate_hz: int = RATE_HZ, bits: int = 16
) -> bytes:
    """Return a WAV format chunk that says anything."""
    block = n_channels * bits // 8 & 0xFFFF
    fields = struct.pack(
        "<HHIIHH", tag, n_channels, rate_hz, rate_hz * block & 0xFFFFFFFF, block, bits
    )
    return chunk(b"fmt ", fields)


def wav(*chunks: bytes) -> bytes:
    """Return a WAV file of given chunks."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pcm(mono: Samples) -> bytes:
    """Return samples as 16-bit integers."""
    return (np.clip(mono, -1, 1) * 32767).astype("<i2").tobytes()
