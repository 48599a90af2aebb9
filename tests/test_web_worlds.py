"""The pictures by which people choose a world: one for each, and something to see in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mvkit.director import list_worlds
from mvkit.studio import WORLDS
from mvkit.studio.postcards import POSTCARDS, SIZE_PX

from .conftest import ROOT

LOOK = ROOT / "mvkit" / "web" / "look"
PICTURES = sorted((LOOK / "worlds").iterdir())
MAX_BYTES = 60_000
MIN_BRIGHTNESS, MIN_CONTRAST = 20, 30
"""Mean and standard deviation of the pixels, of 255: a night reaches them, a black frame not."""


def test_each_world_has_its_picture_and_its_recipe() -> None:
    """What the director knows, what the studio paints and what the page shows are the same."""
    known = {world.id for world in list_worlds()}
    assert {picture.name for picture in PICTURES} == {f"{world}.jpg" for world in known}
    assert {card.world for card in POSTCARDS} == known == set(WORLDS)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_small_to_load_and_shows_something(path: Path) -> None:
    assert path.stat().st_size < MAX_BYTES
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("JPEG", SIZE_PX)
        pixels = np.asarray(picture.convert("L"))
    assert pixels.mean() > MIN_BRIGHTNESS
    assert pixels.std() > MIN_CONTRAST


def test_all_that_pages_load_is_part_of_the_package() -> None:
    """An installed mvkit brings its pictures, styles and scripts along."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = set(project["tool"]["setuptools"]["package-data"]["*"])
    assert {f"*{file.suffix}" for file in LOOK.rglob("*.*")} <= patterns
