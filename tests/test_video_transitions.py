"""The three transitions: what they show at each weight."""

from __future__ import annotations

import numpy as np
import pytest

from mvkit.footage import Picture
from mvkit.video.transitions import TRANSITIONS, blend, weights


def grey(luma: int) -> Picture:
    picture = np.full((24, 16), 90, np.uint8)
    picture[:16] = luma
    return picture


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_a_transition_starts_with_one_picture_and_ends_with_the_other(kind: str) -> None:
    mix = TRANSITIONS[kind]
    assert (mix(grey(40), grey(200), 0.0) == grey(40)).all()
    assert (mix(grey(40), grey(200), 1.0) == grey(200)).all()


def test_a_crossfade_is_the_weighted_mean() -> None:
    assert (TRANSITIONS["crossfade"](grey(40), grey(200), 0.25)[:16] == 80).all()


def test_a_fade_is_black_in_the_middle() -> None:
    middle = TRANSITIONS["fade"](grey(40), grey(200), 0.5)
    assert (middle[:16] == 16).all()
    assert (middle[16:] == 128).all()
    assert (TRANSITIONS["fade"](grey(116), grey(200), 0.25)[:16] == 66).all()


@pytest.mark.parametrize("n_frames", [2, 8, 15, 16])
def test_weights_rise_evenly_and_the_coming_picture_leads_from_the_middle(n_frames: int) -> None:
    ramp = [0.0, *weights(n_frames), 1.0]
    assert np.allclose(np.diff(ramp), 1 / (n_frames + 1))
    assert [weight >= 0.5 for weight in weights(n_frames)].index(True) == n_frames // 2


def test_a_transition_has_as_many_pictures_as_asked_for() -> None:
    pictures = list(blend("cut", [grey(40)] * 9, [grey(200)] * 9, n_frames=4))
    assert [int(picture[0, 0]) for picture in pictures] == [40, 40, 200, 200]


def test_a_clip_that_ends_too_early_is_noticed() -> None:
    with pytest.raises(ValueError, match="after 3 of 4 frames"):
        list(blend("crossfade", [grey(40)] * 9, [grey(200)] * 3, n_frames=4))
