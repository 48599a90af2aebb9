"""Beats by a network that the user brings, here one of a few nodes that hears loud clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from mvkit.analysis import analyze_song
from mvkit.analysis.beat_model import FRAME_RATE_HZ, BeatModel, ModelBeats, find_beat_model
from mvkit.analysis.beats import Beats, hear_beats
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.spectra import hear_spectra
from mvkit.errors import InvalidInput, ProviderFailed

from .song_makers import JOB, Samples, clicks, noise, times_of, written

LOUD, LOUDER = 2.8, 3.6
"""Mean of the log-mel bands above which the small network says beat, and downbeat."""


def small_network(path: Path, *, outputs: tuple[str, str] = ("beat", "downbeat")) -> Path:
    """Write a network whose log odds are the mean of the bands, less a threshold for each curve."""
    spectrogram = helper.make_tensor_value_info("spect", TensorProto.FLOAT, [1, "time", 128])
    curves = [helper.make_tensor_value_info(o, TensorProto.FLOAT, [1, "time"]) for o in outputs]
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [2])
    limits = [
        helper.make_tensor(f"limit {o}", TensorProto.FLOAT, [], [limit])
        for o, limit in zip(outputs, (LOUD, LOUDER), strict=True)
    ]
    mean = helper.make_node("ReduceMean", ["spect", "axis"], ["level"], keepdims=0)
    above = [helper.make_node("Sub", ["level", f"limit {o}"], [o]) for o in outputs]
    graph = helper.make_graph([mean, *above], "small", [spectrogram], curves, [axis, *limits])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, str(path))
    return path


def waltz(
    duration_s: float = 70.0, *, tempo_bpm: float = 90.0
) -> tuple[Samples, NDArray[np.float64]]:
    """Return clicks of which each third is louder, longer than a window, and their times."""
    times_s = times_of(90, duration_s)
    return clicks(times_s, duration_s, accent_every=3), times_s


def heard_with(told: ModelBeats, mono: Samples) -> Beats:
    return hear_beats(mono, hear_onsets(mono), hear_spectra(mono), told=told)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network that hears clicks."""
    return small_network(tmp_path / "small.onnx")


def test_a_network_hears_each_click_of_a_song_longer_than_its_window(network: Path) -> None:
    """Windows are joined without a gap, and each beat is on its frame."""
    mono, times_s = waltz()
    told = BeatModel(network).hear(mono)
    assert len(told.odds) == 1 + len(mono) // 441
    assert np.isfinite(told.odds).all()
    assert len(told.times_s) == len(times_s)
    assert np.abs(told.times_s - times_s).max() <= 1 / FRAME_RATE_HZ


def test_bars_are_those_that_the_network_hears(network: Path) -> None:
    """Each louder click begins a bar of three, whatever our own ear thinks of it."""
    mono, times_s = waltz()
    beats = heard_with(BeatModel(network).hear(mono), mono)
    assert beats.metre == "3/4"
    assert np.abs(beats.downbeats_s - times_s[::3]).max() < 0.02
    assert beats.bpm == pytest.approx(90.0, abs=0.2)
    assert not beats.fallback_used


def told_at(times_s: NDArray[np.float64], duration_s: float) -> ModelBeats:
    """Return what a network tells that is sure of given beats."""
    odds = np.full(int(duration_s * FRAME_RATE_HZ) + 1, -5.0)
    odds[np.round(times_s * FRAME_RATE_HZ).astype(int)] = 5.0
    return ModelBeats(times_s, odds, np.full_like(odds, -5.0))


def test_beats_that_the_network_leaves_out_are_filled_in() -> None:
    """A gap of three beats is bridged, and makes the song less sure."""
    times_s = times_of(100, 16.0)
    mono = clicks(times_s, 16.0)
    whole = heard_with(told_at(times_s, 16.0), mono)
    holed = heard_with(told_at(np.delete(times_s, [9, 10, 11]), 16.0), mono)
    assert len(holed.times_s) == len(times_s)
    assert np.abs(holed.times_s - times_s).max() < 0.02
    assert holed.confidence < whole.confidence


@pytest.mark.parametrize(("told_bpm", "counted_bpm"), [(45, 90), (240, 120)])
def test_a_network_that_counts_out_of_range_is_brought_into_it(
    told_bpm: float, counted_bpm: float
) -> None:
    """Between 60 and 200 beats a minute: slower ones are halved, of faster ones each second."""
    times_s = times_of(told_bpm, 16.0)
    beats = heard_with(told_at(times_s, 16.0), clicks(times_s, 16.0))
    assert beats.bpm == pytest.approx(counted_bpm, abs=0.5)


def test_a_network_that_hears_nothing_leaves_the_song_to_our_own_ear(network: Path) -> None:
    """Soft noise makes the network silent; clicks too soft for it are still counted."""
    times_s = times_of(120, 12.0)
    soft = clicks(times_s, 12.0) * 1e-4
    told = BeatModel(network).hear(soft)
    assert not len(told.times_s)
    assert heard_with(told, soft).bpm == pytest.approx(120.0, abs=0.5)


@pytest.mark.usefixtures("runs_dir")
def test_a_song_is_analysed_with_the_network_and_kept_apart_in_the_cache(
    network: Path, tmp_path: Path
) -> None:
    """What our own ear heard is not given for what the network hears."""
    mono, _ = waltz(12.0)
    song = written(mono, tmp_path / "song.wav")
    own, with_network, again = (
        analyze_song(song, job_id=JOB, folder=tmp_path, beat_model=model)
        for model in ("", str(network), str(network))
    )
    assert not own.metadata.cache_hit
    assert not with_network.metadata.cache_hit
    assert again.metadata.cache_hit
    assert with_network.metre == "3/4"


@pytest.mark.parametrize("content", [b"", b"no network"])
def test_a_file_that_is_no_network_is_told(content: bytes, tmp_path: Path) -> None:
    """Its name, and what was expected."""
    path = tmp_path / "weights.onnx"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"weights\.onnx cannot be read as a network"):
        BeatModel(path)


def test_a_network_of_another_kind_is_told(tmp_path: Path) -> None:
    """One that answers something else is refused, with what it answered."""
    stranger = small_network(tmp_path / "stranger.onnx", outputs=("logits", "energy"))
    with pytest.raises(ProviderFailed, match=r"it answers .*logits.*expected beat and downbeat"):
        BeatModel(stranger).hear(noise(2.0))


def test_a_missing_network_is_told(tmp_path: Path) -> None:
    """Before anything is heard."""
    with pytest.raises(InvalidInput) as caught:
        find_beat_model(str(tmp_path / "none.onnx"))
    assert caught.value.reason == "NO_WEIGHTS"
