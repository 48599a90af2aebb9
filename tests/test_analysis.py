"""The whole analysis of a song file."""

from __future__ import annotations

import ast
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import mvkit.analysis
from mvkit.analysis import analyze, analyze_song
from mvkit.analysis.flags import NOTES, notes_on
from mvkit.analysis.transcript import FLAGS
from mvkit.errors import InvalidInput, NotFound, RefusedSong
from mvkit.schema import Analysis, AnalysisMetadata
from mvkit.songs import write_demo_song
from mvkit.songs.score import SongTruth

from .song_makers import JOB, RATE_HZ, clicks, encoded, noise, times_of, written


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, SongTruth]:
    """The bundled song, analysed once, and the truth about it."""
    song = tmp_path_factory.mktemp("demo") / "song.flac"
    truth = write_demo_song(song)
    return analyze_song(song, job_id=JOB), truth


def test_the_demo_song_is_heard_right(demo: tuple[Analysis, SongTruth]) -> None:
    """Tempo, every beat, every bar and the key of a song with drums, bass, chords and lead."""
    analysis, truth = demo
    assert analysis.bpm == pytest.approx(truth.tempo_bpm, abs=0.2)
    beats_s = np.array(analysis.beat_timestamps)
    off_s = np.abs(beats_s[:, None] - np.array(truth.beats_s)).min(axis=0)
    assert np.mean(off_s < 0.02) > 0.95
    downbeats_s = np.array(analysis.downbeat_timestamps)
    off_s = np.abs(downbeats_s[:, None] - np.array(truth.downbeats_s)).min(axis=0)
    assert np.mean(off_s < 0.02) > 0.9
    assert f"{analysis.key.tonic} {analysis.key.mode}" == truth.key


def test_the_demo_song_has_its_form(demo: tuple[Analysis, SongTruth]) -> None:
    """Each part of the composition begins within half a second of where it is heard."""
    analysis, truth = demo
    starts_s = np.array([part.start for part in analysis.song_structure])
    for part in truth.sections:
        assert np.abs(starts_s - part.start_s).min() < 0.5
    loudest = max(analysis.song_structure, key=lambda part: part.energy_share)
    assert loudest.type == "chorus"


def test_an_analysis_survives_json(demo: tuple[Analysis, SongTruth]) -> None:
    """What is written is what is read, to the last digit."""
    analysis, _ = demo
    assert Analysis.from_json(analysis.to_json()) == analysis


def test_inner_clip_edges_are_beats(demo: tuple[Analysis, SongTruth]) -> None:
    """Clips are cut on the very values of the beat list, and sections start on downbeats."""
    analysis, _ = demo
    assert {clip.start for clip in analysis.clip_boundaries[1:]} <= set(analysis.beat_timestamps)
    starts = {part.start for part in analysis.song_structure[1:]}
    assert starts <= set(analysis.downbeat_timestamps)


def test_the_same_song_gives_the_same_analysis(tmp_path: Path) -> None:
    """Nothing is left to chance or to time."""
    mono = clicks(times_of(105, 15.0), 15.0) + noise(15.0, level=0.01)
    song = written(mono, tmp_path / "song.wav")
    first, second = (analyze_song(song, job_id=JOB) for _ in range(2))
    assert first.content_digest() == second.content_digest()


@pytest.mark.parametrize("duration_s", [1.0, 3.0, 10.0, 12.5])
@pytest.mark.parametrize("kind", ["clicks", "noise"])
def test_short_songs_are_analysed(tmp_path: Path, duration_s: float, kind: str) -> None:
    """From one second up, music or not, there are beats, a section and three clips."""
    mono = clicks(times_of(120, duration_s), duration_s) if kind == "clicks" else noise(duration_s)
    analysis = analyze_song(written(mono, tmp_path / "song.wav"), job_id=JOB)
    assert analysis.duration == pytest.approx(duration_s, abs=1e-3)
    assert len(analysis.beat_timestamps) >= 2
    assert len(analysis.clip_boundaries) >= 3


def test_a_single_click_is_analysed_and_flagged(tmp_path: Path) -> None:
    """No tempo can be found; the grid stands in and a flag tells."""
    mono = np.zeros(6 * RATE_HZ, dtype=np.float32)
    mono[RATE_HZ] = 0.9
    analysis = analyze_song(written(mono, tmp_path / "song.wav"), job_id=JOB)
    assert analysis.metadata.fallback_used
    assert "beats_from_tempo_only" in analysis.metadata.flags


def test_every_flag_is_said_plainly() -> None:
    """Each that an analysis may have has a sentence for people, and is in the schema's docs."""
    doubts: set[str] = set()
    for falls_back, confidence in product((True, False), (0.0, 1.0)):
        sure: Any = SimpleNamespace(
            fallback_used=falls_back, confidence=confidence, bar_confidence=confidence, genre="pop"
        )
        doubts.update(analyze._flags(sure, sure, sure))
    assert {"beats_from_tempo_only", "beats_uncertain", "bars_uncertain", "key_uncertain"} < doubts
    assert doubts | set(FLAGS.values()) == set(NOTES)
    for flag in NOTES:
        assert f"``{flag}``" in str(AnalysisMetadata.__doc__)


def test_flags_are_told_in_order_each_once() -> None:
    """One of another version is told by its name."""
    flags = ("key_uncertain", "later_flag", "key_uncertain", "instrumental")
    told = (NOTES["key_uncertain"], "Flagged: later flag.")
    assert notes_on(flags, but={"instrumental"}) == told


def test_a_click_on_the_last_sample_is_analysed(tmp_path: Path) -> None:
    """Sound at the very end breaks nothing."""
    mono = np.zeros(5 * RATE_HZ, dtype=np.float32)
    mono[-1] = 0.9
    analysis = analyze_song(written(mono, tmp_path / "song.wav"), job_id=JOB)
    assert analysis.beat_timestamps[-1] <= analysis.duration


def test_silence_is_refused(tmp_path: Path) -> None:
    """There is nothing to film to."""
    song = written(np.zeros(4 * RATE_HZ, dtype=np.float32), tmp_path / "song.wav")
    with pytest.raises(RefusedSong, match="SILENT"):
        analyze_song(song, job_id=JOB)


def test_mp3_beats_are_on_time(tmp_path: Path) -> None:
    """The padding of an MP3 encoder does not shift the beats."""
    times_s = times_of(110, 20.0)
    song = tmp_path / "song.mp3"
    song.write_bytes(encoded(clicks(times_s, 20.0), "mp3"))
    beats_s = np.array(analyze_song(song, job_id=JOB).beat_timestamps)
    off_s = beats_s[:, None] - times_s[None, :]
    nearest = off_s[np.arange(len(off_s)), np.abs(off_s).argmin(axis=1)]
    assert abs(np.median(nearest)) < 0.020


def test_lyrics_are_read_along(tmp_path: Path) -> None:
    """Words from a file land in the analysis; a wrong path is told."""
    song = written(clicks(times_of(120, 14.0), 14.0), tmp_path / "song.wav")
    words = tmp_path / "words.lrc"
    words.write_text("[00:02.00]hello\n[00:06.50]again\n")
    lines = analyze_song(song, job_id=JOB, lyrics=words).lyrics
    assert [(line.timestamp, line.text) for line in lines] == [(2.0, "hello"), (6.5, "again")]
    with pytest.raises(NotFound):
        analyze_song(song, job_id=JOB, lyrics=tmp_path / "none.lrc")


def test_clip_lengths_can_be_chosen(tmp_path: Path) -> None:
    """The range of lengths reaches the boundaries, and a wrong one is refused."""
    song = written(clicks(times_of(120, 20.0), 20.0), tmp_path / "song.wav")
    clips = analyze_song(song, job_id=JOB, min_clip_s=2.0, max_clip_s=4.0).clip_boundaries
    assert all(2.0 - 1e-5 <= clip.duration <= 4.0 + 1e-5 for clip in clips)
    with pytest.raises(InvalidInput):
        analyze_song(song, job_id=JOB, min_clip_s=5.0, max_clip_s=6.0)


def test_only_one_module_knows_aubio() -> None:
    """The GPL library stays behind one door."""
    folder = Path(mvkit.analysis.__file__).parent
    importers = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Import) and any(a.name == "aubio" for a in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "aubio")
    }
    assert importers == {"aubio_ear.py"}
