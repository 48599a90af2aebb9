"""The studio's darkroom: lens, glow, curve, colours and grain, each for itself."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.studio import WORLDS, Music
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.light import UNTONED, Darkroom, GradientMap, Look, Tone, to_rgb
from mvkit.studio.light.bloom import Bloom
from mvkit.studio.light.lens import stretch

WIDTH, HEIGHT = 96, 54
MUSIC = Music.steady(tempo_bpm=120, duration_s=20, energy=0.8)
BETWEEN_S, ON_BEAT_S = 2.3, 2.0
BARE = Look(
    exposure=1.0,
    bloom=0.0,
    halation=0.0,
    vignette=0.0,
    grain=0.0,
    aberration=0.0,
    contrast=1.0,
    saturation=1.0,
    flash=0.0,
)
MOST_GRAIN = 0.015


def ramp(level: float = 2.0) -> NDArray[np.float32]:
    """Return a canvas that brightens from left to right."""
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = np.linspace(0.0, level, WIDTH, dtype=np.float32)
    return canvas


def shown(
    canvas: NDArray[np.float32], look: Look, *, t_s: float = BETWEEN_S, **how: float
) -> NDArray[np.float64]:
    """Return the developed picture, 0-255."""
    darkroom = Darkroom(canvas.shape[2], canvas.shape[1])
    pulse = MUSIC.at(t_s)
    return to_rgb(darkroom.develop(canvas, look, pulse=pulse, frame=7, **how)).astype(float)


def changed(**fields: object) -> Look:
    return Look(**{**vars(BARE), **fields})


def test_the_bare_curve_is_that_of_aces_within_one_step() -> None:
    """The fast root is good enough for eight bits, from black to lamps."""
    light = np.linspace(0.0, 1.0, WIDTH)
    aces = (light * (2.51 * light + 0.03)) / (light * (2.43 * light + 0.59) + 0.14)
    expected = 255 * np.clip(np.sqrt(aces), 0, 1)
    found = shown(ramp(1.0), BARE)
    assert np.abs(found - expected[None, :, None]).max() <= 1.0


def test_saturation_contrast_and_tints_do_what_they_say() -> None:
    """Each against the same picture without it."""
    canvas = ramp(0.8) * np.array([1.0, 0.6, 0.3], np.float32)[:, None, None]
    plain = shown(canvas, BARE)
    grey = shown(canvas, changed(saturation=0.0))
    assert np.ptp(grey, axis=2).max() <= 1
    assert np.abs(grey[..., 0] - plain @ np.array([0.3, 0.59, 0.11])).max() <= 1.5
    hard = shown(canvas, changed(contrast=1.3))
    assert hard[:, -1].max() > plain[:, -1].max()
    assert hard[:, 12].max() < plain[:, 12].max()
    cold = shown(canvas, changed(shadow_tint=(0.0, 0.0, 0.1)))
    assert cold[:, 0, 2].mean() == pytest.approx(25.5, abs=1)
    warm = shown(canvas, changed(highlight_tint=(0.1, 0.0, 0.0)))
    assert warm[:, 0, 0].max() == 0
    assert (warm[:, -1, 0] > plain[:, -1, 0]).all()


# --- gradient map --------------------------------------------------------------------------------


def test_a_full_gradient_map_leaves_its_own_colours_alone() -> None:
    """Black becomes the dark one, white the bright one, and middle grey the middle one."""
    stops = {"dark": (0.1, 0.0, 0.3), "middle": (0.8, 0.2, 0.4), "bright": (1.0, 0.9, 0.5)}
    found = shown(ramp(8.0), changed(gradient=GradientMap(**stops, amount=1.0)))
    assert found[0, 0] == pytest.approx(255 * np.array(stops["dark"]), abs=1)
    assert found[0, -1] == pytest.approx(255 * np.array(stops["bright"]), abs=3)
    plain = shown(ramp(8.0), BARE)[0, :, 0]
    middle = int(np.argmin(np.abs(plain - 127.5)))
    assert found[0, middle] == pytest.approx(255 * np.array(stops["middle"]), abs=9)


def test_two_colours_make_a_straight_map_and_an_amount_mixes_it_in() -> None:
    """Half the amount lies half way."""
    two = GradientMap((0.2, 0.0, 0.4), (1.0, 0.8, 0.6), amount=1.0)
    plain, full = shown(ramp(), BARE), shown(ramp(), changed(gradient=two))
    level = plain[..., :1] / 255
    straight = 255 * (np.array(two.dark) + level * (np.array(two.bright) - np.array(two.dark)))
    assert np.abs(full - straight).max() <= 2
    half = GradientMap(two.dark, two.bright, amount=0.5)
    assert np.abs(shown(ramp(), changed(gradient=half)) - (plain + full) / 2).max() <= 1.5


def test_a_tone_may_bring_a_gradient_and_otherwise_keeps_the_look_s_own() -> None:
    own, other = (GradientMap((level, 0.0, 0.0), (1.0, 1.0, level)) for level in (0.1, 0.2))
    look = changed(gradient=own)
    assert look.toned(UNTONED).gradient == own
    assert look.toned(Tone(gradient=other)).gradient == other


# --- frame ---------------------------------------------------------------------------------------


def test_letterbox_and_fade_are_black() -> None:
    """Bars take their share of the height; a fade takes all light."""
    found = shown(ramp() + 0.5, changed(letterbox=0.25))
    bar = int(0.125 * HEIGHT)
    assert not found[:bar].any()
    assert not found[-bar:].any()
    assert found[bar:-bar].min() > 60
    assert not shown(ramp() + 0.5, changed(), fade=0.0).any()
    half = shown(ramp(9.0), changed(), fade=0.5)
    assert half.max() == pytest.approx(127.5, abs=1)


def test_a_lift_brightens_and_is_not_added_to_a_flash() -> None:
    """The stronger of both counts."""
    flashing = changed(flash=0.3)
    pulse = MUSIC.at(ON_BEAT_S)._replace(flash=np.float32(1))
    darkroom = Darkroom(WIDTH, HEIGHT)
    levels = [
        to_rgb(darkroom.develop(ramp(), flashing, pulse=pulse, frame=0, lift=lift)).mean()
        for lift in (0.0, 0.3, 0.6)
    ]
    assert levels[0] == levels[1] < levels[2]


# --- lens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(96, 54), (98, 50), (54, 96), (250, 142), (40, 32)])
def test_a_lamp_glows_around_itself_in_any_shape_of_frame(size: tuple[int, int]) -> None:
    """Most where it is, evenly to all sides, and dark rooms stay dark."""
    width, height = size
    canvas = new_canvas(width, height)
    canvas[:] = 0
    bloom = Bloom(width, height)
    assert not bloom.glow(canvas, 0.8).any()
    y, x = height // 2 // 4 * 4, width // 2 // 4 * 4
    canvas[:, y : y + 4, x : x + 4] = 20.0
    glow = bloom.glow(canvas, 0.8)
    assert glow.shape == (3, height // 4, width)
    assert np.isfinite(glow).all()
    row, column = np.unravel_index(np.argmax(glow[0]), glow[0].shape)
    assert abs(row - y // 4) <= 1
    assert abs(column - x - 1.5) <= 4


def test_bloom_lights_what_is_near_a_lamp() -> None:
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = 0.02
    canvas[:, 24:30, 44:52] = 8.0
    plain, glowing = shown(canvas, BARE), shown(canvas, changed(bloom=0.6))
    assert (glowing[27, 40] > plain[27, 40] + 5).all()
    assert glowing[27, 40].sum() > glowing[27, 30].sum() > glowing[27, 2].sum()
    red = shown(canvas, changed(bloom=0.6, halation=0.3))
    assert red[27, 40, 0] > glowing[27, 40, 0]
    assert red[27, 40, 2] == glowing[27, 40, 2]


@pytest.mark.parametrize("shift", [0.004, -0.004, 0.031, -0.05, 0.0002])
def test_stretching_a_row_is_interpolation(shift: float) -> None:
    """As numpy would do it, at both ends and in the middle, whichever way."""

    @numba.njit
    def stretched_row(row, shift, padded, out):  # type: ignore[no-untyped-def]
        stretch(row, shift, padded, out)

    width = 200
    row = np.random.default_rng(2).random(width).astype(np.float32)
    out = np.empty(width, np.float32)
    padded = np.empty(width + 2 * (int(abs(shift) * width / 2) + 2), np.float32)
    stretched_row(row, np.float32(shift), padded, out)
    places = np.arange(width) + (np.arange(width) - width / 2) * shift
    assert np.abs(out - np.interp(places, np.arange(width), row)).max() < 2e-3


def test_a_strong_hit_parts_red_from_blue_at_the_edge_only() -> None:
    """A white line at the side gets fringes on a beat; in the middle it stays white."""
    canvas = new_canvas(400, 100)
    canvas[:] = 0
    canvas[:, :, 10:12] = canvas[:, :, 200:201] = 1.0
    look = changed(aberration=0.02)
    calm, hit = (shown(canvas, look, t_s=t_s) for t_s in (BETWEEN_S, ON_BEAT_S))
    assert np.ptp(calm, axis=2).max() <= 1
    assert np.ptp(hit[50, :30], axis=1).max() > 60
    assert np.ptp(hit[50, 195:206], axis=1).max() < 25
    assert np.array_equal(hit[..., 1], calm[..., 1])


# --- grain ---------------------------------------------------------------------------------------


def test_grain_is_fine_and_changes_with_every_frame() -> None:
    """About zero in the mean, as strong as told, another one each frame, the same each time."""
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = 0.18
    darkroom, pulse = Darkroom(WIDTH, HEIGHT), MUSIC.at(BETWEEN_S)
    grainy = changed(grain=0.05)
    first, again, other = (
        to_rgb(darkroom.develop(canvas, grainy, pulse=pulse, frame=frame)).astype(float)
        for frame in (1, 1, 2)
    )
    plain = shown(canvas, BARE)
    assert np.array_equal(first, again)
    assert np.abs(first - other).mean() > 2
    assert (first - plain).mean() == pytest.approx(0, abs=0.3)
    level = plain[0, 0, 0] / 255
    assert (first - plain)[..., 0].std() == pytest.approx(
        255 * 0.05 * (1.15 - level) / np.sqrt(6), rel=0.1
    )
    rows = first[:, :, 0] - first[:, :, 0].mean()
    alike = np.corrcoef(rows)[np.triu_indices(HEIGHT, 1)]
    assert np.abs(alike).max() < 0.6


@pytest.mark.parametrize("world", WORLDS)
def test_no_world_s_grain_eats_the_bit_rate(world: str) -> None:
    assert all(dress.look.grain <= MOST_GRAIN for dress in WORLDS[world].dresses.values())
