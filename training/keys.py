"""Fit how sure a key is to songs made at random, and write it where the package reads it.

Run as ``python -m training.keys``; it takes some minutes on one core. Each song is heard whole and
in a piece, for a key is less sure in ten seconds than in three minutes, and sound without a key is
heard besides: noise, drones, speech, stray knocks and notes, half of it coloured by a filter.

Contents
--------
KeyLesson, song_lessons, keyless_lessons, fit_key, surenesses, reliability, write_key_weights, main
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import signal
from scipy.special import expit

import mvkit.analysis
from mvkit.analysis.tonality import KEY_CLUES, KEY_WEIGHTS, guess_key
from training.fitting import FloatArray, fit_logistic
from training.formless import make_formless
from training.songs import make_song
from training.timbres import RATE_HZ, Samples

RIDGE = 0.0001
HELD_SEED = 1_000_000
SONG_RANGE_S, PIECE_RANGE_S, KEYLESS_RANGE_S = (15.0, 150.0), (1.0, 15.0), (1.0, 60.0)
COLOUR_RANGE_HZ = (100.0, 3000.0)
EDGES = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
WEIGHTS = Path(mvkit.analysis.__file__).with_name(KEY_WEIGHTS)


@dataclass(frozen=True)
class KeyLesson:
    """What tells of a key, and whether it was right.

    Attributes
    ----------
    what : str
        ``song``, ``piece``, or the kind of sound that has no key.
    clues : ndarray
        One number for each name in `KEY_CLUES`.
    is_right : bool
        Whether the key that was guessed is the song's.
    """

    what: str
    clues: FloatArray
    is_right: bool


def song_lessons(seeds: Iterable[int]) -> Iterator[KeyLesson]:
    """Yield what is heard in each random song, and in a piece of it."""
    for seed in seeds:
        rng = np.random.default_rng([seed, 24])
        length_s = _random_s(rng, SONG_RANGE_S)
        song = make_song(seed, shortest_s=length_s, longest_s=1.2 * length_s)
        n_samples = min(len(song.mono), round(_random_s(rng, PIECE_RANGE_S) * RATE_HZ))
        first = int(rng.integers(len(song.mono) - n_samples + 1))
        for what, mono in (("song", song.mono), ("piece", song.mono[first : first + n_samples])):
            guess = guess_key(mono)
            yield KeyLesson(what, guess.clues, f"{guess.tonic} {guess.mode}" == song.key)


def keyless_lessons(seeds: Iterable[int]) -> Iterator[KeyLesson]:
    """Yield what is heard in sound without a key."""
    for seed in seeds:
        rng = np.random.default_rng([seed, 25])
        kind, mono = make_formless(seed, length_s=_random_s(rng, KEYLESS_RANGE_S))
        yield KeyLesson(kind, guess_key(mono).clues, is_right=False)
        yield KeyLesson(f"coloured {kind}", guess_key(_coloured(mono, rng)).clues, is_right=False)


def fit_key(lessons: Sequence[KeyLesson]) -> FloatArray:
    """Return the weights of the clues under which what is right looks sure."""
    clues = np.array([lesson.clues for lesson in lessons])
    truths = np.array([float(lesson.is_right) for lesson in lessons])
    return fit_logistic(clues, truths, ridge=RIDGE)


def surenesses(lessons: Sequence[KeyLesson], weights: FloatArray) -> FloatArray:
    """Return how sure each key is under the weights, 0-1."""
    sure: FloatArray = expit(np.array([lesson.clues for lesson in lessons]) @ weights)
    return sure


def reliability(lessons: Sequence[KeyLesson], weights: FloatArray) -> list[str]:
    """Return for each range of sureness how many keys are in it, how sure and how often right."""
    sure = surenesses(lessons, weights)
    right = np.array([lesson.is_right for lesson in lessons])
    lines = []
    for low, high in pairwise(EDGES):
        own = (sure >= low) & (sure < high)
        if own.any():
            lines.append(
                f"{low:.1f}-{high:.1f}: {np.count_nonzero(own):4} keys, "
                f"sure {sure[own].mean():.2f}, right {right[own].mean():.2f}"
            )
    return lines


def write_key_weights(path: Path, told: Sequence[str], weights: FloatArray) -> None:
    """Write the weights as TOML, with their provenance on top."""
    lines = [*(f"# {line}" for line in told), "", "[key]"]
    lines += [f'"{name}" = {weight:.4g}' for name, weight in zip(KEY_CLUES, weights, strict=True)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Make, listen, fit, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=500, help="so many are fitted to")
    parser.add_argument("--held", type=int, default=150, help="so many are only judged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    wanted = parser.parse_args()
    taught = _lessons(wanted.seed, wanted.songs)
    held = _lessons(HELD_SEED, wanted.held)
    weights = fit_key(taught)
    told = [
        f"Fitted by `python -m training.keys --songs {wanted.songs} --held {wanted.held} "
        f"--seed {wanted.seed}`",
        f"to {wanted.songs} songs made at random, pieces of them, and {wanted.songs // 2} sounds",
        "without a key, each also coloured. Of others held out, by how sure their key is:",
        *reliability(held, weights),
    ]
    print("\n".join(told))
    write_key_weights(wanted.output, told, weights)


def _lessons(seed: int, n_songs: int) -> list[KeyLesson]:
    """Return the lessons of so many songs, and of half as many sounds without a key."""
    songs = song_lessons(range(seed, seed + n_songs))
    return [*songs, *keyless_lessons(range(seed, seed + n_songs // 2))]


def _random_s(rng: np.random.Generator, range_s: tuple[float, float]) -> float:
    """Return a length, short ones as likely as long ones on a logarithmic scale."""
    return float(np.exp(rng.uniform(*np.log(range_s))))


def _coloured(mono: Samples, rng: np.random.Generator) -> Samples:
    """Return a sound through a random low-pass or band-pass filter."""
    cut_hz = float(np.exp(rng.uniform(*np.log(COLOUR_RANGE_HZ))))
    band = [0.8 * cut_hz, 1.25 * cut_hz]
    sos = (
        signal.butter(2, cut_hz, fs=RATE_HZ, output="sos")
        if rng.random() < 0.5
        else signal.butter(1, band, "band", fs=RATE_HZ, output="sos")
    )
    return np.asarray(signal.sosfilt(sos, mono), dtype=np.float32)


if __name__ == "__main__":
    main()
