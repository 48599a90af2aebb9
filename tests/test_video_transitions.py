"""The transitions: what they show at each weight, and where they are found in a film."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from mvkit.director.transitions import USUAL_S
from mvkit.footage import Picture
from mvkit.timing import frame_at
from mvkit.video.changes import FINDERS, find_change, frames_around
from mvkit.video.timeline import Change
from mvkit.video.transitions import TRANSITIONS, blend, weights
from mvkit.video.transitions.planes import planes_of
from mvkit.video.watch import Coarse

from .film_makers import HEIGHT_PX, stamped

DARK, BRIGHT = (16, 120), (90, 235)
MIDDLE = 30
EFFECTS = [kind for kind in TRANSITIONS if kind != "cut"]
EXACT = set(FINDERS) - {"luma dissolve"}


def grey(luma: int) -> Picture:
    picture = np.full((24, 16), 90, np.uint8)
    picture[:16] = luma
    return picture


def painted(clip: int, frame: int, low: int, high: int) -> Picture:
    """Return a moving texture between two lumas."""
    picture = stamped(clip, frame)
    picture[:HEIGHT_PX] = low + picture[:HEIGHT_PX] / 255 * (high - low)
    return picture


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_a_transition_starts_with_one_picture_and_ends_with_the_other(kind: str) -> None:
    mix = TRANSITIONS[kind]
    for going, coming in ((grey(40), grey(200)), (painted(1, 0, *DARK), painted(2, 0, *BRIGHT))):
        assert (mix(going, coming, 0.0) == going).all()
        assert (mix(going, coming, 1.0) == coming).all()


@pytest.mark.parametrize("kind", TRANSITIONS)
@pytest.mark.parametrize("shape", [(64, 36), (36, 64), (36, 36), (1080, 1920)])
def test_a_transition_makes_good_pictures_of_any_shape(kind: str, shape: tuple[int, int]) -> None:
    width, height = shape
    rng = np.random.default_rng(5)
    going, coming = (rng.integers(16, 235, (2, height * 3 // 2, width))).astype(np.uint8)
    before = going.copy(), coming.copy()
    for weight in (0.2, 0.5, 0.7):
        mixed = TRANSITIONS[kind](going, coming, weight)
        assert (mixed.shape, mixed.dtype) == (going.shape, np.uint8)
        assert mixed.min() >= 15
        assert mixed.max() <= 236
        assert (mixed == TRANSITIONS[kind](going, coming, weight)).all()
    assert all((now == then).all() for now, then in zip((going, coming), before, strict=True))


@pytest.mark.parametrize("kind", EFFECTS)
def test_a_transition_goes_on_from_picture_to_picture(kind: str) -> None:
    """Nothing stands still on the way, and grey stays grey but where the light is warm."""
    shown = [TRANSITIONS[kind](grey(40), grey(200), weight) for weight in weights(8)]
    textured = [
        TRANSITIONS[kind](painted(1, 0, *DARK), painted(2, 0, *BRIGHT), weight)
        for weight in weights(8)
    ]
    assert all((a != b).any() for a, b in pairwise(textured))
    if kind not in ("light leak", "film burn"):
        tinted = [plane for picture in shown for plane in planes_of(picture)[1:]]
        assert {int(level) for plane in tinted for level in plane.ravel()} <= {*range(90, 129)}


def test_a_crossfade_is_the_weighted_mean() -> None:
    assert (TRANSITIONS["crossfade"](grey(40), grey(200), 0.25)[:16] == 80).all()


@pytest.mark.parametrize(("kind", "luma"), [("fade", 16), ("fade white", 235)])
def test_a_fade_is_black_or_white_in_the_middle(kind: str, luma: int) -> None:
    middle = TRANSITIONS[kind](grey(40), grey(200), 0.5)
    assert (middle[:16] == luma).all()
    assert (middle[16:] == 128).all()
    assert (TRANSITIONS["fade"](grey(116), grey(200), 0.25)[:16] == 66).all()


def test_a_wipe_and_a_push_have_half_of_each_picture_in_the_middle() -> None:
    for kind, sides in (("wipe", (200, 40)), ("push", (40, 200))):
        luma = TRANSITIONS[kind](grey(40), grey(200), 0.5)[:16]
        assert (int(luma[0, 0]), int(luma[0, -1])) == sides


def test_a_luma_dissolve_takes_what_is_bright_first() -> None:
    going = grey(40)
    going[:16, :8] = 220
    shown = TRANSITIONS["luma dissolve"](going, grey(130), 0.5)
    assert abs(int(shown[8, 2]) - 130) < 8
    assert abs(int(shown[8, 13]) - 40) < 8


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


def filmed(
    kind: str, half: int, late: int, *, going: tuple[int, int], coming: tuple[int, int]
) -> Mapping[int, Coarse]:
    """Return a film with one transition, some frames late, as it is seen by who verifies."""
    first, last = MIDDLE + late - half, MIDDLE + late + half
    frames = range(first, last)
    old = (painted(1, frame, *going) for frame in frames)
    new = (painted(2, frame, *coming) for frame in frames)
    film = [
        *(painted(1, frame, *going) for frame in range(first)),
        *blend(kind, old, new, n_frames=len(frames)),
        *(painted(2, frame, *coming) for frame in range(last, 2 * MIDDLE)),
    ]
    return {frame: picture[:HEIGHT_PX:4, ::4] for frame, picture in enumerate(film)}


@pytest.mark.parametrize("kind", EFFECTS)
@pytest.mark.parametrize("late", [-1, 0, 1])
@pytest.mark.parametrize(("going", "coming"), [(DARK, BRIGHT), (BRIGHT, DARK)])
def test_the_middle_of_a_transition_is_found_or_not_claimed(
    kind: str, late: int, going: tuple[int, int], coming: tuple[int, int]
) -> None:
    half = frame_at(USUAL_S[kind] / 2)
    change = Change(frame=MIDDLE, kind=kind, half_frames=half, clip_index=2)
    film = filmed(kind, half, late, going=going, coming=coming)
    found = find_change({frame: film[frame] for frame in frames_around(change)}, change)
    if kind not in FINDERS:
        assert found is None
    elif kind in EXACT:
        assert found is not None
        assert abs(found - MIDDLE - late) <= (late != 0)
    else:
        assert found is None or abs(found - MIDDLE - late) <= 3
