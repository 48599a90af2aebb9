"""Fit what `mvkit.analysis.kinds` knows of songs' forms, on songs made up by `training.forms`.

Run it as ``python -m training.fit_forms``; it takes some minutes. Each song is heard and divided
as the product does it, by its true bars; each part found has the kind that most of it truly has.
The weights of a conditional random field are then fitted by maximum
likelihood with a ridge penalty, and written beside the module. How many parts of
songs left out are told right is printed; then the weights are fitted to all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from mvkit.analysis.kinds import KINDS, HeardPart, evidence_of
from mvkit.analysis.sections import hear_parts
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.spectra import hear_spectra
from mvkit.songs.score import SongTruth
from training.forms import compose_form, play_form

TARGET = Path(__file__).parents[1] / "mvkit" / "analysis" / "kinds.json"
N_SONGS, N_HELD_OUT = 150, 37
RIDGE = 0.02  # per song
N_KINDS = len(KINDS)

Example = tuple[FloatArray, FloatArray]
"""Evidence of each part, and the numbers of their kinds."""


def main() -> None:
    """Make songs, fit, report and write."""
    with ProcessPoolExecutor() as pool:
        examples = list(pool.map(example_of, range(N_SONGS)))
    partly = fit(examples[N_HELD_OUT:])
    print(f"parts right in {N_HELD_OUT} other songs: {share_right(partly, examples):.3f}")
    TARGET.write_text(as_json(fit(examples)), encoding="utf-8")


def example_of(seed: int) -> Example:
    """Return what is heard of a song that is made up, and what is true of it."""
    score = compose_form(seed)
    truth = score.truth()
    parts = hear_parts(
        hear_spectra(play_form(score)),
        downbeats_s=truth.downbeats_s,
        duration_s=truth.duration_s,
    )
    return evidence_of(parts), true_kinds(parts, truth)


def true_kinds(parts: Sequence[HeardPart], truth: SongTruth) -> FloatArray:
    """Return the number of the kind that most of each part has."""

    def kind_of(part: HeardPart) -> int:
        shared = np.zeros(N_KINDS)
        for section in truth.sections:
            common_s = min(part.end_s, section.end_s) - max(part.start_s, section.start_s)
            shared[KINDS.index(section.label)] += max(0.0, common_s)
        return int(shared.argmax())

    return np.array([kind_of(part) for part in parts])


def fit(examples: Sequence[Example]) -> dict[str, FloatArray]:
    """Return the weights under which the true kinds are likeliest."""
    n_numbers = examples[0][0].shape[1]

    def cost(flat: FloatArray) -> tuple[float, FloatArray]:
        weights = unpacked(flat, n_numbers)
        slopes = {name: np.zeros_like(values) for name, values in weights.items()}
        total = sum(add_slopes(weights, example, slopes) for example in examples)
        ridge = RIDGE * len(examples)
        slope = np.concatenate([slopes[name].ravel() for name in weights])
        return total + 0.5 * ridge * float(flat @ flat), slope + ridge * flat

    start = np.zeros(N_KINDS * (n_numbers + N_KINDS + 2))
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return unpacked(found.x, n_numbers)


def unpacked(flat: FloatArray, n_numbers: int) -> dict[str, FloatArray]:
    """Return the weights by name."""
    shapes = {
        "evidence": (N_KINDS, n_numbers),
        "follows": (N_KINDS, N_KINDS),
        "first": (N_KINDS,),
        "last": (N_KINDS,),
    }
    weights, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        weights[name] = flat[start : start + size].reshape(shape)
        start += size
    return weights


def add_slopes(
    weights: dict[str, FloatArray], example: Example, slopes: dict[str, FloatArray]
) -> float:
    """Add what a song says to the slopes; return its cost, by forward and backward sums."""
    evidence, kinds = example
    scores = evidence @ weights["evidence"].T
    scores[0] += weights["first"]
    scores[-1] += weights["last"]
    follows, n_parts = weights["follows"], len(scores)
    forward, backward = scores.copy(), np.zeros_like(scores)
    for part in range(1, n_parts):
        forward[part] += logsumexp(forward[part - 1][:, None] + follows, axis=0)
    for part in range(n_parts - 2, -1, -1):
        backward[part] = logsumexp(follows + scores[part + 1] + backward[part + 1], axis=1)
    whole = float(logsumexp(forward[-1]))
    wrong = np.exp(forward + backward - whole)
    wrong[np.arange(n_parts), kinds] -= 1.0
    slopes["evidence"] += wrong.T @ evidence
    slopes["first"] += wrong[0]
    slopes["last"] += wrong[-1]
    for part in range(1, n_parts):
        ahead = scores[part] + backward[part]
        slopes["follows"] += np.exp(forward[part - 1][:, None] + follows + ahead - whole)
        slopes["follows"][kinds[part - 1], kinds[part]] -= 1.0
    truth = scores[np.arange(n_parts), kinds].sum() + follows[kinds[:-1], kinds[1:]].sum()
    return whole - float(truth)


def share_right(weights: dict[str, FloatArray], examples: Sequence[Example]) -> float:
    """Return the share of parts whose kind is told right, each by its own evidence."""
    right = [
        (evidence @ weights["evidence"].T).argmax(axis=1) == kinds
        for evidence, kinds in examples[:N_HELD_OUT]
    ]
    return float(np.concatenate(right).mean())


def as_json(weights: dict[str, FloatArray]) -> str:
    """Return the weights as text, rounded."""
    plain = {name: np.round(values, 3).tolist() for name, values in weights.items()}
    return json.dumps(plain) + "\n"


if __name__ == "__main__":
    main()
