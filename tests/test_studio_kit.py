"""The studio's kit: what its inline maths, noise, strokes, dots, blur and soft layers promise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mvkit.studio.camera import Camera
from mvkit.studio.kit import maths
from mvkit.studio.kit.canvas import double_row, enlarge, new_canvas, pixel
from mvkit.studio.kit.jit import kernel
from mvkit.studio.kit.lens import Defocus
from mvkit.studio.kit.noise import fbm3, fbm5, hash_2d, resolved, value_noise
from mvkit.studio.kit.sky import fog_veil, starlight
from mvkit.studio.kit.soft import SoftLayer
from mvkit.studio.kit.sprites import add_dots, add_rain, add_snow, new_dots
from mvkit.studio.kit.strokes import draw_strokes, project_strokes, world_strokes
from mvkit.studio.kit.view import horizon_band

WIDTH, HEIGHT = 96, 64
F = np.float32
Numbers = NDArray[np.float32]
BLACK = (F(0), F(0), F(0))
GREY = (F(0.5), F(0.5), F(0.5))


def dark(width: int = WIDTH, height: int = HEIGHT) -> Numbers:
    canvas = new_canvas(width, height)
    canvas[:] = 0
    return canvas


# --- maths ---------------------------------------------------------------------------------------


@kernel
def sines(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.sine(x[i])


@kernel
def cosines(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.cosine(x[i])


@kernel
def exponentials(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.exponential(x[i])


@kernel
def powers_of_2(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.power_of_2(x[i])


@kernel
def logarithms(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.log2(x[i])


@kernel
def powers(x: Numbers, exponent: F, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.power(x[i], exponent)


@kernel
def angles(y: Numbers, x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.arctan2(y[i], x[i])


@kernel
def steps(edge_0: F, edge_1: F, x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.smoothstep(edge_0, edge_1, x[i])


@kernel
def fractions(x: Numbers, out: Numbers) -> None:
    for i in range(x.size):
        out[i] = maths.fraction(x[i])


def computed(function: object, *arguments: object) -> Numbers:
    """Run a kernel of the form above over numbers."""
    numbers = [a for a in arguments if isinstance(a, np.ndarray)]
    out = np.empty_like(numbers[0])
    function(*arguments, out)  # type: ignore[operator]
    return out


def test_sine_and_cosine_are_good_to_a_thousandth() -> None:
    """The absolute error stays below the documented 1.2e-3, for angles of many turns, too."""
    x = np.linspace(-60, 60, 20_001, dtype=np.float32)
    assert np.abs(computed(sines, x) - np.sin(x, dtype=np.float64)).max() < 1.2e-3
    assert np.abs(computed(cosines, x) - np.cos(x, dtype=np.float64)).max() < 1.2e-3


@pytest.mark.parametrize(
    ("approximate", "exact", "low", "high"),
    [(exponentials, np.exp, -30, 30), (powers_of_2, np.exp2, -100, 100)],
)
def test_exponentials_are_good_to_a_thousandth_of_themselves(
    approximate: object, exact: np.ufunc, low: float, high: float
) -> None:
    """The relative error stays below 1e-3 over the range that light and haze need."""
    x = np.linspace(low, high, 20_001, dtype=np.float32)
    expected = exact(x.astype(np.float64))
    assert np.abs(computed(approximate, x) / expected - 1).max() < 1e-3


def test_exponentials_neither_overflow_nor_turn_negative() -> None:
    """Far outside their range they stay finite, as nothing downstream expects infinity."""
    values = computed(exponentials, np.array([-1e6, -200, 200, 1e6], np.float32))
    assert np.isfinite(values).all()
    assert values[0] == values[1] < 1e-30
    assert values[2] == values[3] > 1e30


def test_logarithms_and_powers_follow_numpy() -> None:
    """A logarithm is good to 2e-4, a power to a thousandth, and 0 stays (almost) 0."""
    x = np.geomspace(1e-6, 1e6, 20_001, dtype=np.float32)
    assert np.abs(computed(logarithms, x) - np.log2(x.astype(np.float64))).max() < 2e-4
    x = np.geomspace(1e-3, 1e2, 5001, dtype=np.float32)
    for exponent in (0.4545, 1.5, 2.2):
        expected = x.astype(np.float64) ** exponent
        assert np.abs(computed(powers, x, F(exponent)) / expected - 1).max() < 1e-3
    assert computed(powers, np.zeros(1, np.float32), F(2.2))[0] < 1e-12


def test_angles_follow_numpy_all_around() -> None:
    """The angle of a vector is right in every quadrant and on the axes."""
    turn = np.linspace(-np.pi, np.pi, 10_001)[1:-1]
    y, x = np.sin(turn).astype(np.float32), np.cos(turn).astype(np.float32)
    assert np.abs(computed(angles, 3 * y, 3 * x) - turn).max() < 2e-3


def test_smoothstep_is_level_at_its_ends_and_may_fall() -> None:
    """It is 0 before the first edge, 1 after the second, half between; swapped edges fall."""
    x = np.array([-1, 0, 1, 2, 3], np.float32)
    rising = computed(steps, F(0), F(2), x)
    assert rising == pytest.approx([0, 0, 0.5, 1, 1], abs=1e-6)
    assert computed(steps, F(2), F(0), x) == pytest.approx(1 - rising, abs=1e-6)


def test_a_fraction_lies_above_the_next_lower_whole_number() -> None:
    """Also for negative numbers, so that patterns go on through zero."""
    x = np.array([-1.25, -0.25, 0, 0.25, 7.75], np.float32)
    assert computed(fractions, x) == pytest.approx([0.75, 0.75, 0, 0.25, 0.75])


# --- noise ---------------------------------------------------------------------------------------


@kernel
def hashes(out: Numbers, shift: int) -> None:
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = hash_2d(np.int32(x + shift), np.int32(y))


@kernel
def noises(out: Numbers, octaves: int, scale: F, x_0: F) -> None:
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            u = F(F(x) * scale + x_0)
            v = F(F(y) * scale)
            if octaves == 5:
                out[y, x] = fbm5(u, v)
            elif octaves == 3:
                out[y, x] = fbm3(u, v)
            else:
                out[y, x] = value_noise(u, v)


@kernel
def resolutions(size: F, footprint: Numbers, out: Numbers) -> None:
    for i in range(footprint.size):
        out[i] = resolved(size, footprint[i])


def test_hashes_are_spread_evenly_and_depend_on_the_place_alone() -> None:
    """Mean, deviation and deciles are those of even chances; neighbours know nothing of another."""
    table, again = np.empty((2, 300, 300), np.float32)
    hashes(table, -150)
    hashes(again, -149)
    assert table.min() >= 0
    assert table.max() < 1
    assert table.mean() == pytest.approx(0.5, abs=0.01)
    assert table.std() == pytest.approx(12**-0.5, abs=0.01)
    counts, _ = np.histogram(table, 10, (0, 1))
    assert counts.min() > 0.95 * table.size / 10
    assert np.array_equal(table[:, 1:], again[:, :-1])
    for a, b in ((table[:, 1:], table[:, :-1]), (table[1:], table[:-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("octaves", [1, 3, 5])
def test_noise_is_smooth_and_fills_its_range(octaves: int) -> None:
    """Values lie in 0..1 about the middle, and a small step changes them little."""
    table = np.empty((200, 200), np.float32)
    noises(table, octaves, F(0.05), F(-3))
    assert table.min() >= 0
    assert table.max() <= 1
    assert table.mean() == pytest.approx(0.5, abs=0.06)
    assert table.std() > 0.08
    steepest = {1: 0.09, 3: 0.16, 5: 0.25}[octaves]
    assert np.abs(np.diff(table, axis=1)).max() < steepest
    assert np.abs(np.diff(table, axis=0)).max() < steepest


def test_noise_meets_its_lattice() -> None:
    """On whole numbers value noise is the hash of the place."""
    table, lattice = np.empty((2, 20, 20), np.float32)
    noises(table, 1, F(1), F(0))
    hashes(lattice, 0)
    assert np.allclose(table, lattice, atol=1e-6)


def test_patterns_fade_before_pixels_are_too_coarse_for_them() -> None:
    """All of a pattern shows at two and a half pixels, nothing of it below one."""
    footprint = np.array([0.01, 0.4, 0.7, 1.0, 5.0], np.float32)
    out = np.empty_like(footprint)
    resolutions(F(1), footprint, out)
    assert out[0] == out[1] == 1
    assert 0 < out[2] < 1
    assert out[3] == out[4] == 0


# --- sky -----------------------------------------------------------------------------------------


@kernel
def veils(slope: Numbers, thickness: F, out: Numbers) -> None:
    for i in range(slope.size):
        out[i] = fog_veil(F(0.3), slope[i], thickness, F(0))


@kernel
def stars(out: Numbers, t_s: F) -> None:
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = starlight(F(x) * F(0.004), F(0.2) + F(y) * F(0.004), t_s)


def test_fog_hides_the_horizon_and_thins_overhead() -> None:
    """Nothing shines through level fog at the horizon; without fog there is no veil."""
    slope = np.array([-0.5, 0.0, 0.05, 0.5, 4.0], np.float32)
    thick = computed(veils, slope, F(0.45))
    assert thick[0] == thick[1] > 0.9
    assert thick[4] < 0.25 < thick[3] < thick[2]
    assert computed(veils, slope, F(0)).max() == 0


def test_stars_are_few_and_twinkle() -> None:
    """Most of the sky is dark, and a star's light changes a little with time."""
    now, later = np.empty((2, 150, 250), np.float32)
    stars(now, F(1))
    stars(later, F(1.3))
    assert 0 < (now > 0.2).mean() < 0.01
    assert 0 < np.abs(now - later).max() < 0.6


# --- canvas and soft layers ----------------------------------------------------------------------


def ramps(width: int, height: int) -> Numbers:
    """Return a canvas whose planes rise to the right, downwards, and both ways."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = (x + 0.5) / width, (y + 0.5) / height
    return np.stack([u, v, u * v]).astype(np.float32)


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (250, 142), (90, 50), (71, 33)])
def test_enlarging_keeps_places_and_levels(size: tuple[int, int]) -> None:
    """Even ramps come out as the same ramps, at twice the size and at any other."""
    width, height = size
    canvas = new_canvas(width, height)
    enlarge(ramps(width // 2, height // 2), canvas)
    error = np.abs(canvas - ramps(width, height))[:, 4:-4, 4:-4]
    assert error.max() < 5e-3
    flat = np.full((3, height // 2, width // 2), 0.37, np.float32)
    enlarge(flat, canvas)
    assert canvas == pytest.approx(0.37, abs=1e-6)


def test_enlarging_makes_no_negative_light() -> None:
    """Beside a hot pixel a cubic would swing below 0; light does not."""
    small = dark(WIDTH // 2, HEIGHT // 2)
    small[:, 16, 24] = 50.0
    canvas = new_canvas(WIDTH, HEIGHT)
    enlarge(small, canvas)
    assert canvas.min() == 0
    assert canvas.max() > 30
    peak = np.unravel_index(canvas[0].argmax(), canvas[0].shape)
    assert 32 <= peak[0] <= 33
    assert 48 <= peak[1] <= 49


@kernel
def doubled(values: Numbers, line: Numbers) -> None:
    double_row(values, line)


@pytest.mark.parametrize("width", [8, 9])
def test_a_doubled_row_keeps_its_values_and_means_them_between(width: int) -> None:
    """Values lie in every other column, also in a row of odd length."""
    values = np.arange((width + 1) // 2, dtype=np.float32) ** 2
    line = np.full(width, np.nan, np.float32)
    doubled(values, line)
    assert np.array_equal(line[::2], values[: line[::2].size])
    inner = line[1 : 2 * values.size - 2 : 2]
    assert inner == pytest.approx((values[1:] + values[:-1])[: inner.size] / 2)
    assert np.isfinite(line).all()


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (71, 33)])
def test_a_soft_layer_is_laid_where_it_is_told(size: tuple[int, int]) -> None:
    """Rows outside are untouched, the mask comes at the canvas's size, places are kept."""
    width, height = size
    layer = SoftLayer(n_masks=1)
    canvas = np.full((3, height, width), 7.0, np.float32)
    half = layer.open(canvas)
    assert half.shape == (4, (height + 1) // 2, (width + 1) // 2)
    half[:3] = ramps(half.shape[2], half.shape[1])
    half[3] = 0.25
    (mask,) = layer.lay(canvas, 4, height - 6)
    assert (canvas[:, :4] == 7).all()
    assert (canvas[:, height - 6 :] == 7).all()
    assert np.abs(canvas - ramps(width, height))[:, 6 : height - 8, 4:-4].max() < 0.02
    assert mask.shape == (height, width)
    assert mask[4 : height - 6] == pytest.approx(0.25, abs=1e-6)


def test_a_soft_layer_keeps_one_buffer_for_each_size() -> None:
    """Opening again for a canvas of the same size gives the same memory, for another another."""
    layer = SoftLayer()
    first = layer.open(dark())
    assert layer.open(dark()) is first
    assert layer.open(dark(WIDTH // 2, HEIGHT // 2)) is not first


def test_soft_light_is_added_and_its_energy_kept() -> None:
    """A spot of the layer is four spots of the canvas, on top of what was there."""
    layer = SoftLayer()
    canvas = np.full((3, HEIGHT, WIDTH), 0.2, np.float32)
    half = layer.open(canvas)
    half[:] = 0
    half[:, 10, 20] = 3.0
    layer.add(canvas)
    assert canvas.min() == pytest.approx(0.2)
    added = (canvas - 0.2).sum(axis=(1, 2))
    assert added == pytest.approx([4 * 3.0] * 3, rel=1e-3)
    assert canvas[0, 19:23, 39:43].min() > 0.3


def test_a_veil_covers_as_its_mask_says() -> None:
    """Mask 0 leaves the canvas, 1 replaces it, between the two it mixes."""
    layer = SoftLayer(n_masks=1)
    canvas = np.full((3, HEIGHT, WIDTH), 0.2, np.float32)
    half = layer.open(canvas)
    half[:3] = 0.8
    half[3] = np.repeat([0.0, 0.5, 1.0], WIDTH // 6)
    layer.veil(canvas)
    third = WIDTH // 3
    for start, level in ((0, 0.2), (third, 0.5), (2 * third, 0.8)):
        assert canvas[:, :, start + 4 : start + third - 4] == pytest.approx(level, abs=1e-5)


# --- lens ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source_size", [(192, 128), (96, 64), (250, 142)])
def test_defocus_keeps_the_light(source_size: tuple[int, int]) -> None:
    """The picture's mean stays, from a source of the same or of another size."""
    chance = np.random.default_rng(1)
    source = chance.random((3, source_size[1], source_size[0])).astype(np.float32)
    source = np.stack([cv2.GaussianBlur(plane, (0, 0), 6) for plane in source])
    canvas = new_canvas(192, 128)
    Defocus(192, 128).blur(source, canvas, 0.02)
    means = source.mean(axis=(1, 2))
    assert canvas.mean(axis=(1, 2)) == pytest.approx(means, rel=0.01)
    assert canvas.min() >= 0


def test_a_lamp_out_of_focus_becomes_a_disc() -> None:
    """Its light is kept and spread about evenly over a circle of the asked radius."""
    canvas = dark(256, 192)
    canvas[:, 94:98, 126:130] = 20.0
    light = canvas[0].sum()
    radius = 0.1
    Defocus(256, 192).blur(canvas, canvas, radius)
    assert canvas[0].sum() == pytest.approx(light, rel=0.02)
    y, x = np.mgrid[:192, :256]
    away = np.hypot(y - 95.5, x - 127.5) / 192
    assert canvas[0][away > radius + 0.05].max() < 1e-3
    inside = canvas[0][away < radius - 0.04]
    assert inside.min() > 0.5 * inside.max()


# --- sprites -------------------------------------------------------------------------------------


def dot(x: float, y: float, radius: float, light: float, disc: float) -> Numbers:
    dots = new_dots(1)
    dots[0] = (x, y, radius, light, light / 2, 0, disc)
    return dots


@pytest.mark.parametrize("disc", [0.0, 0.5, 1.0])
def test_a_dot_is_round_and_adds_its_colour(disc: float) -> None:
    """It lies where it is put, is the same to all sides, and leaves the rest alone."""
    canvas = dark()
    canvas[:] = 0.1
    add_dots(canvas, dot(40.0, 30.0, 5.0, 2.0, disc))
    light = canvas - 0.1
    assert light[0] == pytest.approx(2 * light[1], abs=1e-5)
    assert light[2] == pytest.approx(0, abs=1e-6)
    window = light[0, 18:42, 28:52]
    assert window == pytest.approx(window[::-1], abs=1e-5)
    assert window == pytest.approx(window.T, abs=1e-5)
    outside = light[0].copy()
    outside[18:42, 28:52] = 0
    assert outside.max() == pytest.approx(0, abs=1e-6)


def test_dots_outside_the_picture_or_without_light_do_nothing() -> None:
    """Also one whose middle is outside but whose glow reaches in is drawn without harm."""
    canvas = dark()
    for x, y in ((-50, 10), (200, 10), (10, -50), (10, 300)):
        add_dots(canvas, dot(x, y, 5.0, 1.0, 0.0))
    add_dots(canvas, dot(20, 20, 5.0, 0.0, 0.0))
    assert canvas.max() == 0
    add_dots(canvas, dot(-2, 10, 5.0, 1.0, 0.0))
    assert canvas[0, 10, 0] > 0.3


@pytest.mark.parametrize("weather", [add_rain, add_snow])
def test_rain_and_snow_fall_and_more_of_it_is_more(weather: object) -> None:
    """Light is only ever added; another moment is another picture, the same is the same."""
    pictures = []
    for t_s, amount in ((1.0, 0.2), (1.0, 0.9), (1.0, 0.9), (1.4, 0.9)):
        canvas = dark(256, 144)
        canvas[:] = 0.1
        weather(canvas, F(t_s), F(amount), F(0.05), GREY)  # type: ignore[operator]
        assert canvas.min() >= F(0.1)
        pictures.append(canvas)
    light, heavy, same, later = pictures
    assert heavy.mean() - 0.1 > 2 * (light.mean() - 0.1) > 0
    assert np.array_equal(heavy, same)
    assert not np.array_equal(heavy, later)
    assert (heavy > 0.11).mean() < 0.3


# --- strokes -------------------------------------------------------------------------------------


def stroke(x0: float, y0: float, x1: float, y1: float, radius: float) -> Numbers:
    return np.array([[x0, y0, radius, x1, y1, radius, 1.0, 0.5, 0.25, 1.0]], np.float32)


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.2, np.pi / 2, 2.5])
def test_a_stroke_has_its_width_and_round_ends_in_every_direction(turn: float) -> None:
    """Its area is that of a rectangle and two half circles; its colour that of the table."""
    canvas = dark()
    dx, dy = 20 * np.cos(turn), 20 * np.sin(turn)
    draw_strokes(canvas, stroke(48 - dx, 32 - dy, 48 + dx, 32 + dy, 3.0))
    assert canvas[0].sum() == pytest.approx(40 * 6 + np.pi * 9, rel=0.03)
    assert canvas[0, 32, 48] == pytest.approx(1.0)
    assert canvas[1] == pytest.approx(0.5 * canvas[0])
    assert canvas[2] == pytest.approx(0.25 * canvas[0])


def test_a_thin_stroke_fades_instead_of_flickering() -> None:
    """A tenth of a pixel wide, it covers as much as it is wide, wherever it lies."""
    sums = []
    for shift in (0.0, 0.3, 0.5, 0.8):
        canvas = dark()
        draw_strokes(canvas, stroke(10, 20 + shift, 80, 20 + shift, 0.05))
        sums.append(canvas[0].sum())
    assert max(sums) < 1.05 * min(sums)
    assert np.mean(sums) == pytest.approx(70 * 0.1, rel=0.1)


def test_strokes_leaving_the_picture_are_cut() -> None:
    """Nothing is drawn outside, and nothing wraps around to the other side."""
    canvas = dark()
    draw_strokes(canvas, stroke(-30, -20, 10, 10, 2.0))
    assert canvas[0, :, WIDTH // 2 :].max() == 0
    assert canvas[0, HEIGHT // 2 :].max() == 0
    assert canvas[0, :12, :12].max() == pytest.approx(1.0)


def test_projected_strokes_come_far_first_and_sink_into_the_air() -> None:
    """Those behind the camera are left out, those passing it cut, far ones paler."""
    camera = Camera(y_m=1.5, horizon=0.5, lens=1.0)
    upright = world_strokes(
        (np.zeros(3), 0.0, np.array([4.0, 40.0, -5.0]), 0.1),
        (np.zeros(3), 2.0, np.array([4.0, 40.0, -5.0]), 0.1),
        (1.0, 0.0, 0.0),
    )
    passing = world_strokes((1.0, 0.0, -3.0, 0.1), (1.0, 0.0, 6.0, 0.1), (1.0, 0.0, 0.0))
    projection = camera.projection(WIDTH, HEIGHT)
    table = project_strokes(
        np.concatenate([upright, passing]), projection, air=GREY, haze_per_m=0.03
    )
    assert table.shape == (3, 10)
    assert np.isfinite(table).all()
    far, near = table[0], table[-1]
    assert abs(far[4] - far[1]) < abs(near[4] - near[1])
    assert far[7] > 0.3 > near[7]  # green comes from the air alone
    assert far[1] > far[4]  # feet are lower in the frame than heads


# --- view ----------------------------------------------------------------------------------------


@kernel
def bands(view: object, width: int, height: int) -> tuple[int, int]:
    return horizon_band(view, width, height)


@kernel
def bounded(place: F, limit: int) -> int:
    return pixel(place, limit)


def test_the_horizon_lies_in_its_band_for_any_roll() -> None:
    """Above the band there is only sky, below it only ground."""
    for roll in (0.0, 0.05, -0.2):
        for horizon in (-0.5, 0.3, 1.4):
            camera = Camera(y_m=1.5, horizon=horizon, roll_rad=roll)
            first, end = bands(camera.view(), WIDTH, HEIGHT)
            assert 0 <= first <= end <= HEIGHT
            rows = [
                horizon * HEIGHT + (x - WIDTH / 2) * np.tan(roll) * sign
                for x in (0, WIDTH)
                for sign in (1, -1)
            ]
            inside = [row for row in rows if 0 <= row < HEIGHT]
            assert all(first - 1 <= row <= end + 1 for row in inside)


def test_a_place_becomes_a_bound_inside_the_picture() -> None:
    """Loops over parts of a row start and end within it, whatever was computed."""
    assert bounded(F(-7.5), 10) == 0
    assert bounded(F(4.9), 10) == 4
    assert bounded(F(99), 10) == 10
