"""Fits by maximum likelihood with a ridge penalty: Luce's choice axiom, and logistic regression.

Contents
--------
Choices, fit_choices, fit_logistic
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """One occasion to choose.

    Attributes
    ----------
    features : ndarray, shape (n_options, n_features)
        What speaks for each option.
    merits : ndarray, shape (n_options,)
        How good each is, 0-1.
    """

    features: FloatArray
    merits: FloatArray


def fit_choices(occasions: Sequence[Choices], *, ridge: float) -> FloatArray:
    """Return the weights under which good options are likely: the softmax ranking.

    Minimised is ``-log(sum of probability times merit)``, meaned over the occasions, after
    Luce, "Individual choice behavior" (1959), plus a ridge on standardised features. An option
    without merit on every occasion leaves that occasion out.
    """
    stacked = np.concatenate([choices.features for choices in occasions])
    scale = stacked.std(axis=0) + 1e-9
    useful = [c for c in occasions if c.merits.max() > 0]
    features = np.concatenate([c.features for c in useful]) / scale
    merits = np.concatenate([c.merits for c in useful]) + 1e-12
    starts = np.concatenate([[0], np.cumsum([len(c.merits) for c in useful])[:-1]])
    occasion = np.repeat(np.arange(len(useful)), [len(c.merits) for c in useful])

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        scores = features @ weights
        scores -= np.maximum.reduceat(scores, starts)[occasion]
        odds = np.exp(scores)
        total, good = np.add.reduceat(odds, starts), np.add.reduceat(odds * merits, starts)
        pull = odds / total[occasion] - odds * merits / good[occasion]
        mean = float(np.mean(np.log(total) - np.log(good)))
        return mean + ridge * float(weights @ weights), (
            features.T @ pull / len(useful) + 2 * ridge * weights
        )

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B")
    weights: FloatArray = found.x / scale
    return weights


def fit_logistic(features: FloatArray, truths: FloatArray, *, ridge: float) -> FloatArray:
    """Return the weights of a logistic regression; a constant must be among the features."""

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = features @ weights
        mean = float(np.mean(np.logaddexp(0.0, odds) - truths * odds))
        pull = 1.0 / (1.0 + np.exp(-odds)) - truths
        return mean + ridge * float(weights @ weights), (
            features.T @ pull / len(truths) + 2 * ridge * weights
        )

    found: FloatArray = minimize(loss, np.zeros(features.shape[1]), jac=True).x
    return found
