"""Fit the weights of the ear to songs made at random, and write them where the package reads them.

Run as ``python -m training.ear --songs 800 --seed 1``; it takes about ten minutes on one core. Bars
and series are fitted to these songs; ``--held`` so many further ones are judged, their figures are
written beside the weights, and how sure a choice is is fitted to them, for on songs that it was
fitted to every choice looks surer than it is.

Contents
--------
Lesson, lesson_of, fit_bars, fit_series, fit_sureness, judge, write_weights, main
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import mvkit.analysis
from mvkit.analysis.aubio_ear import SecondOpinion, hear_with_aubio
from mvkit.analysis.beats import possible_series
from mvkit.analysis.choice import EVIDENCE, BeatSeries, agreement, gather_evidence, pick, scored
from mvkit.analysis.clues import Clues
from mvkit.analysis.downbeats import (
    BEAT_FEATURES,
    BEATS_PER_BAR,
    SONG_FEATURES,
    STRETCH_BEATS,
    BarWeights,
    beat_features,
    count_bars,
    song_features,
)
from mvkit.analysis.onsets import hear_onsets
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import hear_spectra
from mvkit.analysis.sureness import SURENESS, sureness_of
from training.fitting import Choices, fit_choices, fit_logistic
from training.formless import KINDS, make_formless
from training.network_data import wear
from training.songs import TrainingSong, make_song

BAR_RIDGE, SERIES_RIDGE, SURENESS_RIDGE = 0.01, 0.01, 0.003
STRETCHES_PER_SONG = 3
USUAL_PERCENTILES = (0.5, 99.5)
FORMLESS_S, SONGS_PER_FORMLESS = (20.0, 8.0, 3.0, 20.0, 40.0), 2  # people bring music, mostly
RIGHT = 0.5  # agreement below which a series is of no merit
HELD_SEED = 1_000_000
WEIGHTS = Path(mvkit.analysis.__file__).with_name("weights.toml")


@dataclass(frozen=True)
class Lesson:
    """What is heard in a song, and the truth.

    Attributes
    ----------
    song : TrainingSong
        Without its samples.
    clues : Clues
        Heard.
    series : tuple of BeatSeries
        Between which has to be chosen.
    merits : ndarray
        How far each agrees with the truth, 0-1.
    opinion : SecondOpinion
        aubio's.
    """

    song: TrainingSong
    clues: Clues
    series: tuple[BeatSeries, ...]
    merits: FloatArray
    opinion: SecondOpinion


def lesson_of(song: TrainingSong, *, worn_by: np.random.Generator | None = None) -> Lesson:
    """Listen to a song; the network may be shown it worn, as it is less sure of other music."""
    onsets, spectra = hear_onsets(song.mono), hear_spectra(song.mono)
    shown = replace(onsets, log_mel=wear(onsets.log_mel, worn_by)) if worn_by else onsets
    series = tuple(possible_series(onsets))
    merits = np.array([agreement(s.beats_s, song.beats_s) for s in series])
    return Lesson(
        song=TrainingSong(**{**vars(song), "mono": song.mono[:0]}),
        clues=Clues.of(shown, spectra),
        series=series,
        merits=merits,
        opinion=hear_with_aubio(song.mono),
    )


def lessons_of(seeds: Iterable[int], cache: Path | None) -> list[Lesson]:
    """Listen to many songs; those in the cache folder are not made again.

    The network is shown every other song worn, of those that are fitted to.
    """
    lessons = []
    for seed in seeds:
        known = cache / f"{seed}.pickle" if cache else None
        if known and known.is_file():
            lessons.append(pickle.loads(known.read_bytes()))
            continue
        is_worn = seed < HELD_SEED and seed % 2
        worn_by = np.random.default_rng(seed) if is_worn else None
        lessons.append(lesson_of(make_song(seed), worn_by=worn_by))
        if known:
            known.write_bytes(pickle.dumps(lessons[-1]))
    return lessons


def fit_bars(lessons: Sequence[Lesson], *, seed: int = 0, ridge: float = BAR_RIDGE) -> BarWeights:
    """Fit what fits the places of a bar: of all ways to count a stretch the true one wins."""
    rng = np.random.default_rng(seed)
    occasions = [
        choices
        for lesson in lessons
        for _ in range(STRETCHES_PER_SONG)
        if (choices := _counts(lesson, rng)) is not None
    ]
    weights = fit_choices(occasions, ridge=ridge)
    by_place, by_metre, start = {}, {}, 0
    for metre, n_places in BEATS_PER_BAR.items():
        stop = start + n_places * len(BEAT_FEATURES)
        by_place[metre] = weights[start:stop].reshape(n_places, -1).T
        by_metre[metre] = weights[stop : stop + len(SONG_FEATURES)]
        start = stop + len(SONG_FEATURES)
    return BarWeights(by_place, by_metre)


def _counts(lesson: Lesson, rng: np.random.Generator) -> Choices | None:
    """Return the ways to count a stretch of the song, with features for all metres side by side."""
    beats_s = lesson.song.beats_s + rng.normal(0, 0.006, len(lesson.song.beats_s))
    if len(beats_s) < 12:
        return None
    heard, overall = beat_features(beats_s, lesson.clues), song_features(beats_s, lesson.clues)
    length = min(len(beats_s), int(STRETCH_BEATS * rng.uniform(0.5, 2.0)))
    start = int(rng.integers(0, len(beats_s) - length + 1))
    stretch = heard[:, start : start + length]
    is_down = np.isin(lesson.song.beats_s, lesson.song.downbeats_s)[start : start + length]
    options, merits = [], []
    for metre, n_places in BEATS_PER_BAR.items():
        for first in range(n_places):
            places = (np.arange(length) + first) % n_places
            sums = [stretch[:, places == place].sum(axis=1) for place in range(n_places)]
            options.append(_beside(metre, np.concatenate([*sums, overall * length])))
            is_true = metre == lesson.song.metre and bool(((places == 0) == is_down).all())
            merits.append(float(is_true))
    return Choices(np.array(options), np.array(merits))


def _beside(metre: str, features: FloatArray) -> FloatArray:
    """Return the features in their metre's place among all metres', else zeros."""
    parts = []
    for other, n_places in BEATS_PER_BAR.items():
        size = n_places * len(BEAT_FEATURES) + len(SONG_FEATURES)
        parts.append(features if other == metre else np.zeros(size))
    return np.concatenate(parts)


def evidence_of(lesson: Lesson, bars: BarWeights) -> FloatArray:
    """Return what speaks for each series of a song."""
    return np.array([gather_evidence(series, lesson.clues, bars) for series in lesson.series])


def fit_series(
    lessons: Sequence[Lesson], evidence: Sequence[FloatArray], *, ridge: float = SERIES_RIDGE
) -> FloatArray:
    """Fit what speaks for a series, and what is usual: those that agree with the truth win."""
    lowest, highest = np.percentile(np.concatenate(evidence), USUAL_PERCENTILES, axis=0)
    occasions = [
        Choices(
            np.clip(each, lowest, highest),
            np.clip((lesson.merits - RIGHT) / (1 - RIGHT), 0.0, 1.0) ** 2,
        )
        for lesson, each in zip(lessons, evidence, strict=True)
    ]
    return np.stack([fit_choices(occasions, ridge=ridge), lowest, highest], axis=1)


def fit_sureness(
    lessons: Sequence[Lesson],
    evidence: Sequence[FloatArray],
    weights: FloatArray,
    bars: BarWeights,
    *,
    n_formless: int,
) -> FloatArray:
    """Fit how sure a choice is: expected agreement with the truth; none for formless sound.

    The songs should be others than those the weights were fitted to, whose choices are too good.
    """
    told, merits = [], []
    for lesson, each in zip(lessons, evidence, strict=True):
        choice = pick(lesson.series, scored(each, weights))
        told.append(sureness_of(choice, lesson.clues, lesson.opinion, bars))
        merits.append(agreement(choice.series.beats_s, lesson.song.beats_s))
    for seed in range(n_formless):
        length_s = FORMLESS_S[seed // len(KINDS) % len(FORMLESS_S)]
        mono = make_formless(seed, length_s=length_s)[1]
        onsets = hear_onsets(mono)
        clues, series = Clues.of(onsets, hear_spectra(mono)), tuple(possible_series(onsets))
        if not series:
            continue
        heard = np.array([gather_evidence(each, clues, bars) for each in series])
        told.append(
            sureness_of(pick(series, scored(heard, weights)), clues, hear_with_aubio(mono), bars)
        )
        merits.append(0.0)
    return fit_logistic(np.array(told), np.array(merits), ridge=SURENESS_RIDGE)


def judge(
    lessons: Sequence[Lesson], evidence: Sequence[FloatArray], weights: FloatArray, bars: BarWeights
) -> dict[str, FloatArray]:
    """Return figures for each song: agreement of beats and downbeats, the best possible, metre."""
    figures: dict[str, list[float]] = {name: [] for name in ("beats", "best", "down", "metre")}
    for lesson, each in zip(lessons, evidence, strict=True):
        chosen = int(scored(each, weights).argmax())
        beats_s = lesson.series[chosen].beats_s
        counted = count_bars(beats_s, lesson.clues, bars)
        down = agreement(beats_s[counted.first_beats], lesson.song.downbeats_s)
        figures["beats"].append(lesson.merits[chosen])
        figures["best"].append(lesson.merits.max())
        figures["down"].append(down)
        figures["metre"].append(float(counted.metre == lesson.song.metre))
    return {name: np.array(values) for name, values in figures.items()}


def main() -> None:
    """Make, listen, fit, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=800, help="so many are fitted to")
    parser.add_argument("--held", type=int, default=160, help="so many are only judged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="folder that keeps what was heard")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    wanted = parser.parse_args()
    lessons = lessons_of(range(wanted.seed, wanted.seed + wanted.songs), wanted.cache)
    held = lessons_of(range(HELD_SEED, HELD_SEED + wanted.held), wanted.cache)
    bars = fit_bars(lessons)
    evidence, held_evidence = (
        [evidence_of(lesson, bars) for lesson in songs] for songs in (lessons, held)
    )
    series = fit_series(lessons, evidence)
    n_formless = wanted.held // SONGS_PER_FORMLESS
    sureness = fit_sureness(held, held_evidence, series, bars, n_formless=n_formless)
    told = [
        f"Fitted by `python -m training.ear --songs {wanted.songs} --held {wanted.held} "
        f"--seed {wanted.seed}`",
        f"to {len(lessons)} songs made at random, of which the network was shown every other one",
        f"worn; the sureness to {len(held)} further ones",
        f"and {n_formless} sounds without a beat. Mean F of the series chosen and of the best",
        "there was, mean F of downbeats, share of songs with the right metre:",
        _figures("fitted songs", judge(lessons, evidence, series, bars)),
        _figures("songs held out", judge(held, held_evidence, series, bars)),
    ]
    print("\n".join(told))
    write_weights(wanted.output, told, series=series, bars=bars, sureness=sureness)


def _figures(name: str, figures: dict[str, FloatArray]) -> str:
    told = ", ".join(f"{key} {values.mean():.3f}" for key, values in figures.items())
    return f"{name}: {told}"


def write_weights(
    path: Path, told: Sequence[str], *, series: FloatArray, bars: BarWeights, sureness: FloatArray
) -> None:
    """Write the weights as TOML, with their provenance on top."""
    lines = [f"# {line}" for line in told]
    lines += ["", "[beats.sureness]", *_table(SURENESS, sureness[:, None])]
    lines += ["", "[series.evidence]", *_table(EVIDENCE, series)]
    for metre in BEATS_PER_BAR:
        lines += ["", f'[bars."{metre}".beats]', *_table(BEAT_FEATURES, bars.by_place[metre])]
        lines += ["", f'[bars."{metre}".song]']
        lines += _table(SONG_FEATURES, bars.by_metre[metre][:, None])
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _table(names: Sequence[str], rows: FloatArray) -> list[str]:
    def written(row: FloatArray) -> str:
        values = [f"{value:.4g}" for value in row]
        return values[0] if len(values) == 1 else f"[{', '.join(values)}]"

    return [f'"{name}" = {written(row)}' for name, row in zip(names, rows, strict=True)]


if __name__ == "__main__":
    main()
