"""Six envelopes, and the moments at which everything changes, in songs of known truth."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from mvkit.analysis.bands import (
    BANDS_FILE,
    BANDS_RATE_HZ,
    NAMES,
    Bands,
    hear_bands,
    read_bands,
    write_bands,
)
from mvkit.analysis.moments import hear_moments
from mvkit.errors import InvalidArtefact, NotFound

from .song_makers import RATE_HZ, Samples, chord, noise

BEAT_S, BAR_S = 0.5, 2.0
N_BARS = 20
LENGTH_S = N_BARS * BAR_S
DOWNBEATS_S = [bar * BAR_S for bar in range(N_BARS)]


def laid(sounds: dict[float, Samples], length_s: float = LENGTH_S) -> Samples:
    """Return a song of sounds that start at given times."""
    mono = np.zeros(round((length_s + 4) * RATE_HZ), np.float32)
    for start_s, sound in sounds.items():
        start = round(start_s * RATE_HZ)
        mono[start : start + len(sound)] += sound
    return mono[: round(length_s * RATE_HZ)]


def hissing(length_s: float, low_hz: float, *, level: float, decay: float) -> Samples:
    """Return a burst of noise above a frequency."""
    sections = signal.butter(4, low_hz, "highpass", fs=RATE_HZ, output="sos")
    hiss = signal.sosfilt(sections, noise(length_s, level=level))
    return (hiss * np.exp(-decay * np.arange(len(hiss)) / RATE_HZ)).astype(np.float32)


def tone(pitch_hz: float, length_s: float, *, level: float, decay: float) -> Samples:
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    attack = np.minimum(1, time_s / 0.003)
    wave = level * attack * np.sin(2 * np.pi * pitch_hz * time_s) * np.exp(-decay * time_s)
    return wave.astype(np.float32)


KICK = tone(60, 0.3, level=0.8, decay=18)
SNARE = tone(220, 0.2, level=0.3, decay=25) + hissing(0.2, 1500, level=0.3, decay=25)
HAT = hissing(0.06, 7500, level=0.3, decay=70)
BASS = tone(82, BAR_S, level=0.3, decay=0.3)
PAD = chord((60, 64, 67), BAR_S, level=0.05)


def times(step_s: float, first_s: float = 0.0, *, until_s: float = LENGTH_S) -> list[float]:
    return np.arange(first_s, until_s - 0.01, step_s).tolist()


def drums(first_s: float, until_s: float) -> Samples:
    """Return four on the floor, a clap on two and four, hats between."""
    kicks = laid(dict.fromkeys(times(BEAT_S, first_s, until_s=until_s), KICK))
    snares = laid(dict.fromkeys(times(2 * BEAT_S, first_s + BEAT_S, until_s=until_s), SNARE))
    return kicks + snares + laid(dict.fromkeys(times(BEAT_S, first_s + 0.25, until_s=until_s), HAT))


def bass(first_s: float, until_s: float) -> Samples:
    return laid(dict.fromkeys(times(BAR_S, first_s, until_s=until_s), BASS))


PADS = laid(dict.fromkeys(times(BAR_S), PAD))


def around(envelope: NDArray[np.float32], times_s: list[float]) -> NDArray[np.float32]:
    """Return the highest value within 40 ms of each time."""
    places = np.round(np.array(times_s) * BANDS_RATE_HZ).astype(int)
    return np.array([envelope[max(0, place - 4) : place + 5].max() for place in places])


@pytest.fixture(scope="module")
def kit() -> Bands:
    """Drums whose hits fall apart from each other, over a pad and a bass."""
    mono = (
        laid(dict.fromkeys(times(2.0, 0.5), KICK))
        + laid(dict.fromkeys(times(2.0, 1.0), SNARE))
        + laid(dict.fromkeys(times(2.0, 1.5), HAT))
        + bass(0, LENGTH_S)
        + PADS
    )
    return hear_bands(mono)


@pytest.mark.parametrize(("drum", "first_s"), [("kick", 0.5), ("snare", 1.0), ("hat", 1.5)])
def test_each_drum_has_its_own_envelope(kit: Bands, drum: str, first_s: float) -> None:
    """It is high at every hit of the drum, and low between."""
    envelope = getattr(kit, drum)
    assert around(envelope, times(2.0, first_s)).min() > 0.7
    assert np.median(envelope) < 0.05
    others = [name for name in ("kick", "snare", "hat") if name != drum]
    for other in others:
        if (drum, other) != ("snare", "hat"):  # the wires of a snare hiss as a hat does
            assert around(getattr(kit, other), times(2.0, first_s)).max() < 0.5


def test_a_hit_is_where_it_starts(kit: Bands) -> None:
    """The kick's envelope peaks within 20 ms of its hits."""
    for start_s in times(2.0, 0.5)[:-1]:
        first = round(start_s * BANDS_RATE_HZ) - 20
        peak = first + int(np.argmax(kit.kick[first : first + 40]))
        assert abs(peak / BANDS_RATE_HZ - start_s) <= 0.02


def test_what_sounds_on_is_no_hit() -> None:
    """A held chord with a little noise strikes nothing."""
    held = tone(196, 20.0, level=0.2, decay=0) + noise(20.0, level=0.001)
    bands = hear_bands(held)
    for name in ("kick", "snare", "hat"):
        assert np.percentile(getattr(bands, name)[20:-20], 99) < 0.35


@pytest.mark.parametrize(("name", "pitch_hz"), [("bass", 82.0), ("mid", 700.0), ("high", 4000.0)])
def test_levels_follow_their_range(name: str, pitch_hz: float) -> None:
    """A tone that comes and goes is heard in its band alone."""
    mono = laid(
        dict.fromkeys(times(2.0, until_s=16.0), tone(pitch_hz, 1.0, level=0.3, decay=0)), 16.0
    )
    bands = hear_bands(mono)
    sounding = np.arange(len(bands.bass)) % 200 < 100
    assert getattr(bands, name)[sounding].mean() > 0.9
    assert getattr(bands, name)[~sounding].mean() < 0.1
    for other in {"bass", "mid", "high"} - {name}:
        assert getattr(bands, other).mean() < 0.3


@pytest.mark.parametrize(
    "mono",
    [noise(5.0), 0 * noise(5.0), laid({1.0: KICK}, 5.0), noise(1.0)],
    ids=["noise", "silence", "one hit", "a second"],
)
def test_envelopes_of_anything_are_shares(mono: Samples) -> None:
    """A hundred values a second, 0-1."""
    bands = hear_bands(mono)
    for name in NAMES:
        envelope = getattr(bands, name)
        assert len(envelope) == len(mono) / RATE_HZ * BANDS_RATE_HZ
        assert 0.0 <= envelope.min() <= envelope.max() <= 1.0


def test_envelopes_come_back_from_disk(kit: Bands, tmp_path: Path) -> None:
    """Within half a step of a byte, in little room, and the same bytes each time."""
    path, again = tmp_path / BANDS_FILE, tmp_path / "again.npz"
    write_bands(path, kit)
    write_bands(again, kit)
    back = read_bands(path)
    for name in NAMES:
        assert np.abs(getattr(back, name) - getattr(kit, name)).max() < 0.5 / 255 + 1e-6
    assert path.stat().st_size < 600 * LENGTH_S
    assert path.read_bytes() == again.read_bytes()


def npz(**arrays: NDArray[np.generic]) -> bytes:
    memory = io.BytesIO()
    np.savez(memory, **arrays)
    return memory.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        npz(kick=np.zeros(3, np.uint8)),
        npz(**{name: np.zeros(3) for name in NAMES}),
        npz(**{name: np.zeros(n, np.uint8) for n, name in enumerate(NAMES)}),
        npz(**{name: np.array([{}]) for name in NAMES}),
        npz(**{name: np.zeros(300, np.uint8) for name in NAMES})[:700],
    ],
    ids=["empty", "text", "one", "floats", "lengths", "objects", "cut off"],
)
def test_a_file_of_something_else_is_refused(data: bytes, tmp_path: Path) -> None:
    """What is found and what to do is said; nothing in a file is ever run."""
    (tmp_path / BANDS_FILE).write_bytes(data)
    with pytest.raises(InvalidArtefact, match="Hear the song again"):
        read_bands(tmp_path / BANDS_FILE)
    with pytest.raises(NotFound):
        read_bands(tmp_path / "none.npz")


def moments_of(mono: Samples) -> list[tuple[str, float]]:
    return [(m.kind, m.time) for m in hear_moments(hear_bands(mono), DOWNBEATS_S)]


def test_a_drop_and_a_break_are_found_where_they_are() -> None:
    """Drums and bass come in at 16 s and go at 32 s, on downbeats."""
    mono = PADS + drums(16, 32) + bass(16, 32)
    found = hear_moments(hear_bands(mono), DOWNBEATS_S)
    assert [(m.kind, m.time) for m in found] == [("drop", 16.0), ("break", 32.0)]
    assert all(m.strength > 0.4 for m in found)


def test_a_drop_after_a_loud_build_up_is_the_bass_coming_in() -> None:
    """A roll of hats and claps does not hide it."""
    roll = laid(dict.fromkeys(times(0.125, 8, until_s=16), SNARE * 0.8))
    assert ("drop", 16.0) in moments_of(PADS + roll + drums(16, 40) + bass(16, 40))


@pytest.mark.parametrize(
    "mono",
    [
        drums(0, 40) + bass(0, 40) + PADS,
        PADS,
        (drums(0, 40) + bass(0, 40) + PADS) * np.linspace(0.05, 1, len(PADS), dtype=np.float32),
        drums(8, 32)
        + bass(8, 32)
        + np.where(np.abs(np.arange(len(PADS)) / RATE_HZ - 20) < 12, PADS, 0),
        drums(0, 20) + drums(22, 40) + bass(0, 40) + PADS,
    ],
    ids=["steady", "no drums", "a slow swell", "silence around it", "a bar without drums"],
)
def test_a_song_that_goes_its_way_has_no_moments(mono: Samples) -> None:
    """Neither repetition nor growth nor the song's own ends are moments."""
    assert moments_of(mono.astype(np.float32)) == []


@pytest.mark.parametrize(("grows_s", "n_moments"), [(0.1, 1), (16.0, 0)])
def test_what_comes_little_by_little_is_no_moment(grows_s: float, n_moments: int) -> None:
    """The same rise is a drop where it comes at once, and none where it takes eight bars."""
    time_s = np.arange(0.0, LENGTH_S, 1 / BANDS_RATE_HZ)
    level = 0.2 + 0.7 * np.clip((time_s - 20.0 + grows_s / 2) / grows_s, 0.0, 1.0)
    levels = dict.fromkeys(("bass", "mid", "high"), level.astype(np.float32))
    hits = dict.fromkeys(("kick", "snare", "hat"), np.zeros(len(level), np.float32))
    assert len(hear_moments(Bands(**hits, **levels), DOWNBEATS_S)) == n_moments


def test_without_bars_there_are_no_moments(kit: Bands) -> None:
    """A moment is at a downbeat, so there must be some."""
    assert hear_moments(kit, []) == hear_moments(kit, [0.0]) == ()
