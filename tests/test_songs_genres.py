"""The songs of eight kinds of music: each is as long, as even and as loud as its truth says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from mvkit.__main__ import app
from mvkit.analysis import analyze_song
from mvkit.commands.films import SONG_NAMES
from mvkit.errors import InvalidInput
from mvkit.loudness import true_peak_db
from mvkit.schema.analysis import SectionType
from mvkit.songs import (
    GENRE_SONGS,
    SONGS,
    SongTruth,
    write_genre_songs,
    write_named_song,
)
from mvkit.songs.synthesis import Samples

from .song_makers import JOB

RATE_HZ = 44_100
TEMPI_BPM = {
    **{"electronic": 128, "rock": 140, "hip-hop": 90, "ballad": 70},
    **{"waltz": 96, "drum-and-bass": 174, "swing": 150, "ambient": 60},
}
LABELS = {*get_args(SectionType)}


@dataclass(frozen=True)
class Written:
    """A song as a file."""

    path: Path
    samples: Samples
    truth: SongTruth


@pytest.fixture(scope="session")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """All songs, written once."""
    folder = tmp_path_factory.mktemp("genres")
    truths = write_genre_songs(folder)
    paths = {name: folder / f"{name}.flac" for name in truths}
    return {
        name: Written(path, soundfile.read(path, dtype="float32")[0], truths[name])
        for name, path in paths.items()
    }


@pytest.mark.parametrize("name", TEMPI_BPM)
def test_a_genre_song_keeps_its_contract(name: str, songs: dict[str, Written]) -> None:
    """Its file is as long as the truth says, which covers it with even beats and its sections."""
    song, truth = songs[name], songs[name].truth
    assert 25.0 <= truth.duration_s <= 40.0
    assert song.samples.shape == (round(truth.duration_s * RATE_HZ), 2)
    assert truth.tempo_bpm == TEMPI_BPM[name]
    np.testing.assert_allclose(np.diff(truth.beats_s), 60.0 / truth.tempo_bpm)
    assert truth.beats_s[0] == 0.0
    assert truth.duration_s - truth.beats_s[-1] == pytest.approx(60.0 / truth.tempo_bpm)
    assert truth.downbeats_s == truth.beats_s[:: truth.beats_per_bar]
    edges_s = [part.start_s for part in truth.sections] + [truth.sections[-1].end_s]
    assert (edges_s[0], edges_s[-1]) == (0.0, pytest.approx(truth.duration_s))
    assert [part.end_s for part in truth.sections] == edges_s[1:]
    assert all(
        min(abs(edge_s - bar_s) for bar_s in truth.downbeats_s) < 1e-6 for edge_s in edges_s[:-1]
    )
    assert {part.label for part in truth.sections} <= LABELS
    assert len(truth.sections) >= 3
    told = json.loads(song.path.with_suffix(".json").read_text("utf-8"))
    assert (told["kind"], told["tempo"], told["key"]) == ("exact", truth.tempo_bpm, truth.key)
    assert [beat_s for beat_s, _ in told["beats"]] == list(truth.beats_s)
    assert [beat_s for beat_s, place in told["beats"] if place == 1] == told["downbeats"]
    assert max(place for _, place in told["beats"]) == told["meter"] == truth.beats_per_bar
    assert [part["label"] for part in told["sections"]] == [part.label for part in truth.sections]


@pytest.mark.parametrize("name", TEMPI_BPM)
def test_a_genre_song_is_a_sane_master(name: str, songs: dict[str, Written]) -> None:
    """It neither clips nor whispers, is no drone of bass, and ends in silence."""
    samples = songs[name].samples
    rms_db = 10 * np.log10(np.mean(samples**2))
    assert -20.0 < rms_db < -10.0
    assert true_peak_db([samples]) < -1.0
    assert np.abs(samples.mean(axis=0)).max() < 1e-3
    assert np.abs(samples[-RATE_HZ // 100 :]).max() < 1e-2
    power = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    middle = np.fft.rfftfreq(len(samples), 1 / RATE_HZ) > 250.0
    assert power[middle].sum() > 0.05 * power.sum()


def test_genre_songs_are_the_same_on_every_run(songs: dict[str, Written], tmp_path: Path) -> None:
    """A second writing has the very bytes of the first; two songs have not."""
    write_named_song("waltz", tmp_path / "again.flac")
    assert (tmp_path / "again.flac").read_bytes() == songs["waltz"].path.read_bytes()
    assert len({song.samples.tobytes() for song in songs.values()}) == len(GENRE_SONGS)


def test_the_waltz_alone_is_in_three(songs: dict[str, Written]) -> None:
    """Its bars have three beats in the truth and to the ear; all others four."""
    beats = {name: song.truth.beats_per_bar for name, song in songs.items()}
    assert beats == dict.fromkeys(TEMPI_BPM, 4) | {"waltz": 3}
    heard = {
        name: analyze_song(songs[name].path, job_id=JOB).beats_per_bar for name in ("waltz", "rock")
    }
    assert heard == {"waltz": 3, "rock": 4}


def test_the_swing_song_alone_swings() -> None:
    """Its eighths fall on two thirds of the beat."""
    swings = {name: compose().swing for name, compose in GENRE_SONGS.items() if name != "swing"}
    assert GENRE_SONGS["swing"]().swing == pytest.approx(2 / 3)
    assert set(swings.values()) == {0.5}


def test_the_command_writes_any_song_by_its_name(tmp_path: Path) -> None:
    """Help names every song; one that there is not is refused with their names."""
    assert list(SONGS) == list(SONG_NAMES)
    path = tmp_path / "calm.wav"
    result = CliRunner().invoke(app, ["song", str(path), "--name", "ambient"])
    assert result.exit_code == 0
    assert "Still Water" in result.stdout
    assert soundfile.info(path).duration == pytest.approx(36.0)
    assert json.loads(path.with_suffix(".json").read_text("utf-8"))["audio"] == "calm.wav"
    with pytest.raises(InvalidInput, match="choose one of neon-rain"):
        write_named_song("polka", tmp_path / "polka.flac")
