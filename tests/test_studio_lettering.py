"""Words in the world: set in letters, hung where there is room, read by whoever looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mvkit.errors import InvalidInput
from mvkit.studio import WORLDS, FigureSheet, Music, Take, TakeShot, TakeWords, paint_still
from mvkit.studio.camera import Camera
from mvkit.studio.kit.canvas import new_canvas
from mvkit.studio.lettering import STYLES, Sign, set_letters
from mvkit.typeface import can_write

WIDTH, HEIGHT = 320, 180
LINE = "we are made of light"


@pytest.mark.parametrize("text", ["Größe, señor, žluť", "Καλημέρα κόσμε", "Привет, мир"])
def test_the_bundled_font_writes_latin_greek_and_cyrillic(text: str) -> None:
    assert can_write(text)
    assert set_letters(text, tubes=False).core.max() > 0.9


def test_letters_that_the_font_lacks_are_told() -> None:
    with pytest.raises(InvalidInput, match=r"こ.*MVKIT_FONT"):
        set_letters("こんにちは", tubes=True)


def test_a_file_that_is_no_font_is_told(tmp_path: Path) -> None:
    no_font = tmp_path / "letters.ttf"
    no_font.write_bytes(b"no font")
    with pytest.raises(InvalidInput, match=r"letters\.ttf is no font"):
        set_letters(LINE, tubes=True, font=no_font)


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_sign_needs_words(text: str) -> None:
    with pytest.raises(InvalidInput, match="no words"):
        set_letters(text, tubes=True)


def test_long_lines_are_broken_into_rows() -> None:
    """The more where there is little room beside somebody."""
    one, narrow = (set_letters(LINE, tubes=False, narrow=narrow) for narrow in (False, True))
    three = set_letters(2 * f"{LINE} ", tubes=False)
    assert one.core.shape[0] < narrow.core.shape[0] < three.core.shape[0]


def test_tubes_follow_the_outline_and_glow_around_it() -> None:
    filled, tubes = set_letters("O", tubes=False), set_letters("O", tubes=True)
    assert tubes.core.sum() < 0.8 * filled.core.sum()
    dark = tubes.core < 0.01
    assert tubes.glow[dark].max() > 0.2
    assert tubes.glow[0].max() < 0.05  # nothing is cut off at the edge


def sign(*, style: str = "neon", **changes: float) -> Sign:
    place = {"x_m": 0.0, "y_m": 1.5, "z_m": 6.0, "yaw_rad": 0.0, "width_m": 3.0, "power": 1.0}
    letters = set_letters(LINE, tubes=style == "neon")
    red = (np.float32(1), np.float32(0.1), np.float32(0.1))
    return Sign(letters=letters, colour=red, style=style, **{**place, **changes})


def lit(one: Sign, level: float = 0.05) -> np.ndarray:
    canvas = new_canvas(WIDTH, HEIGHT)
    canvas[:] = level
    one.light(canvas, Camera(y_m=1.5).projection(WIDTH, HEIGHT))
    return canvas


@pytest.mark.parametrize("style", STYLES)
def test_a_sign_shines_in_its_colour_where_it_hangs(style: str) -> None:
    """Half the frame's height wide in the middle of it; the corners stay as they were."""
    canvas = lit(sign(style=style))
    rows, columns = np.nonzero(canvas[0] > 0.5)
    assert abs(columns.mean() - WIDTH / 2) < 0.05 * WIDTH
    assert abs(rows.mean() - HEIGHT / 2) < 0.1 * HEIGHT
    assert 0.25 * HEIGHT < columns.max() - columns.min() < 0.5 * HEIGHT
    assert canvas[0].max() > 2 * canvas[2].max()
    assert canvas[:, 0, 0] == pytest.approx(0.05)


@pytest.mark.parametrize("style", STYLES)
def test_a_sign_is_read_on_a_bright_sky(style: str) -> None:
    """Its letters stand out from a darker ground around them."""
    canvas = lit(sign(style=style), level=0.9)
    core = lit(sign(style=style), level=0.0)[0] > 0.5
    around = (lit(sign(style=style), level=0.0)[0] > 0.02) & ~core
    assert canvas[0][core].mean() > 1.3 * canvas[1][around].mean()


@pytest.mark.parametrize("changes", [{"z_m": -3.0}, {"power": 0.0}, {"x_m": 80.0}])
def test_a_sign_that_is_not_seen_leaves_the_picture_alone(changes: dict[str, float]) -> None:
    assert (lit(sign(**changes)) == np.float32(0.05)).all()


def still(world: str, t_s: float, *, words: bool = True, size: str = "wide") -> np.ndarray:
    hung = TakeWords(LINE, 1.0, 4.0) if words else None
    shot = TakeShot(0, 5, size, "eye level", "static", "stand", words=hung)
    take = Take(
        world=world,
        palette=(),
        shots=(shot,),
        music=Music.steady(duration_s=10, energy=0.5),
        start_s=t_s,
        n_frames=1,
        sheet=FigureSheet(),
        width_px=WIDTH,
        height_px=HEIGHT,
        seed=2,
    )
    return paint_still(take).astype(float)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("size", ["extreme wide", "medium"])
def test_sung_words_hang_in_every_world_while_they_are_sung(world: str, size: str) -> None:
    """Seen in the middle of their time, above or beside the person; not before, not after."""
    for t_s in (0.5, 4.5):
        plain = still(world, t_s, words=False, size=size)
        assert np.array_equal(still(world, t_s, size=size), plain)
    change = np.abs(still(world, 2.5, size=size) - still(world, 2.5, words=False, size=size))
    changed = change.max(axis=2) > 80
    assert 0.004 < changed.mean() < 0.3
    assert changed[: HEIGHT // 2].sum() > 0.9 * changed.sum()
