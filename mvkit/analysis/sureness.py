"""How sure the beats of a song are, as a whole and one by one.

The lead over other series, how far the beats stand out, how well bars can be counted and aubio's
opinion are weighed by a logistic regression, fitted to songs made at random and to sound without a
beat; see `mvkit.analysis.weights`. So a confidence is how likely the beats are right.

Contents
--------
SURENESS, sureness_of, confidence_of, beat_confidences, lead_of
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit, logit

from mvkit.analysis.aubio_ear import SecondOpinion
from mvkit.analysis.choice import Choice, agreement
from mvkit.analysis.clues import Clues
from mvkit.analysis.downbeats import BarWeights, bar_weights, best_rating
from mvkit.analysis.sound import FloatArray
from mvkit.analysis.weights import fitted

SURENESS = ("constant", "likelihood", "second opinion", "standing out", "bars", "unevenness")
"""What the confidence is weighed from: log odds of the series, agreement with aubio, onsets on
the beats over those anywhere, how well bars can be counted, and how uneven the steps are."""
MOST_LOG_ODDS = 5.0
NEAR_BEATS = 2.0  # deviation of the window in which a beat's surroundings are judged
TYPICAL_LEAD = 0.7  # of a beat over what is around it, as a share of it, where music is clear
FEW_BEATS = 8  # so many beats are half convincing
FEW_SERIES = 3  # so many to choose from, too: a lead over hardly any others says little


def confidence_of(choice: Choice, clues: Clues, opinion: SecondOpinion, *, n_series: int) -> float:
    """Return how likely a choice is right, 0-1.

    Parameters
    ----------
    choice : Choice
        What was chosen.
    clues, opinion : Clues, SecondOpinion
        Of the song.
    n_series : int
        Out of how many.
    """
    heard = sureness_of(choice, clues, opinion, bar_weights())
    likely = float(expit(heard @ fitted("beats.sureness", SURENESS)[:, 0]))
    n_beats = len(choice.series.beats_s)
    return likely * n_beats / (n_beats + FEW_BEATS) * n_series**2 / (n_series**2 + FEW_SERIES**2)


def sureness_of(
    choice: Choice, clues: Clues, opinion: SecondOpinion, weights: BarWeights
) -> FloatArray:
    """Return what tells how sure a choice is, one number for each name in `SURENESS`."""
    series = choice.series
    beats_s, others_s = series.beats_s, opinion.beats_s
    agreed = max(  # aubio agrees also if it counts twice as fast or half as fast
        agreement(beats_s, others_s),
        *(agreement(beats_s[phase::2], others_s) for phase in (0, 1)),
        *(agreement(beats_s, others_s[phase::2]) for phase in (0, 1)),
    )
    steps_s = np.diff(beats_s)
    return np.array(
        [
            1.0,
            float(np.clip(logit(min(choice.likelihood, 1 - 1e-9)), -MOST_LOG_ODDS, MOST_LOG_ODDS)),
            agreed,
            float(clues.onsets_at(beats_s)[4].mean() - clues.onsets[4].mean()),
            best_rating(beats_s, clues, weights),
            float(np.std(steps_s) / np.mean(steps_s)),
        ]
    )


def beat_confidences(confidence: float, times_s: FloatArray, clues: Clues) -> FloatArray:
    """Return how likely each beat is right, where all are with a confidence.

    Parameters
    ----------
    confidence : float
        In the song's beats, 0-1.
    times_s : ndarray, shape (n,)
        Its beats.
    clues : Clues
        Of the song.

    Returns
    -------
    ndarray, shape (n,)
        At most the confidence; less where beats do not stand out from what is around them.
    """
    confidences: FloatArray = (confidence * lead_of(times_s, clues)).round(3)
    return confidences


def lead_of(times_s: FloatArray, clues: Clues) -> FloatArray:
    """Return how far beats and their neighbours stand out from what is between them, 0-1."""
    step_s = np.diff(times_s, append=2 * times_s[-1] - times_s[-2])
    on = gaussian_filter1d(clues.onsets_at(times_s)[4], NEAR_BEATS, mode="nearest")
    between = np.mean(
        [clues.onsets_at(times_s + part * step_s)[4] for part in (1 / 8, 3 / 8, 5 / 8, 7 / 8)],
        axis=0,
    )
    around = gaussian_filter1d(between, NEAR_BEATS, mode="nearest")
    lead: FloatArray = np.clip((on - around) / (TYPICAL_LEAD * on + 1e-9), 0.0, 1.0)
    return lead
