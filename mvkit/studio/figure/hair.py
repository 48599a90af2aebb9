"""Ways of wearing hair; what hangs is fixed to the rig's hanging frame and swings with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from mvkit.studio.figure.model import Material, Model, mirrored
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_hair"]


def add_hair(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add the hair of a person; a hat flattens what would stand above the head."""
    _HAIR_CUTS[sheet.hair_style](model, wear.hair, sheet.hat != "none")


def _cap(model: Model, hair: Material) -> None:
    """Cover the skull down to the neck; the hairline is where the cap meets the forehead."""
    model.add(Part.HEAD, (0, 0.046, -0.032), (0, -0.015, -0.040), (0.085, 0.094), (0.083, 0.080),
              hair, blend=0.01)  # fmt: skip


def _fringe(model: Model, hair: Material, hat: bool) -> None:
    """Comb the hair from a parting over both temples; a hat covers the parting."""
    part = (0.022, 0.094, 0.030)
    for side, reach in ((0, 0.074), (1, 0.077)):
        brow = mirrored((0.052, 0.068, 0.050), side)
        temple = mirrored((reach, 0.022, 0.022), side)
        if hat:
            brow = mirrored((0.070, 0.046, 0.024), side)
            model.add(Part.HEAD, brow, temple, (0.013, 0.020), (0.011, 0.018), hair, blend=0.03)
            continue
        model.add(Part.HEAD, part, brow, (0.018, 0.021), (0.016, 0.020), hair, blend=0.04)
        model.add(Part.HEAD, brow, temple, (0.016, 0.020), (0.011, 0.018), hair, blend=0.04)


def _fall(model: Model, hair: Material, *, length: float, width: float) -> None:
    """Let hair fall from the back of the head."""
    middle, lower = (0, -0.42 * length, -0.062), (0, -0.78 * length, -0.070)
    at_middle, at_lower = (width, 0.058), (0.97 * width, 0.05)
    model.add(Part.HEAD, (0, 0.01, -0.040), middle, (0.085, 0.062), at_middle, hair, end=Part.HAIR,
              blend=0.05)  # fmt: skip
    model.add(Part.HAIR, middle, lower, at_middle, at_lower, hair, blend=0.05)
    for place in (-1.0, 0.0, 1.0):
        root = (place * 0.42 * width, lower[1], lower[2])
        tip = (place * 0.048, (-1.0 - 0.06 * place) * length, -0.066)
        model.add(Part.HAIR, root, tip, (0.56 * width, 0.042), 0.018, hair, blend=0.05)


def _side_locks(model: Model, hair: Material, *, length: float) -> None:
    """Frame the face with a tapering lock on each side."""
    for side in (0, 1):
        temple = mirrored((0.070, 0.036, -0.004), side)
        wave = mirrored((0.080, -0.55 * length, -0.008), side)
        tip = mirrored((0.070, -length, 0.012), side)
        model.add(Part.HEAD, temple, wave, (0.018, 0.034), (0.026, 0.040), hair, end=Part.HAIR,
                  blend=0.05)  # fmt: skip
        model.add(Part.HAIR, wave, tip, (0.026, 0.040), 0.006, hair, blend=0.05)


def _long(model: Model, hair: Material, hat: bool) -> None:
    _cap(model, hair)
    _fringe(model, hair, hat)
    _fall(model, hair, length=0.36, width=0.094)
    _side_locks(model, hair, length=0.30)


def _bob(model: Model, hair: Material, hat: bool) -> None:
    _cap(model, hair)
    _fringe(model, hair, hat)
    _fall(model, hair, length=0.15, width=0.092)
    _side_locks(model, hair, length=0.13)


def _ponytail(model: Model, hair: Material, hat: bool) -> None:
    _cap(model, hair)
    y = 0.02 if hat else 0.065
    root, bend = (0, y, -0.110), (0, y - 0.045, -0.160)
    model.add(Part.HEAD, root, bend, 0.030, 0.038, hair)
    model.add(Part.HEAD, bend, (0, -0.14, -0.148), 0.038, 0.030, hair, end=Part.HAIR, blend=0.04)
    model.add(Part.HAIR, (0, -0.14, -0.148), (0, -0.27, -0.130), 0.030, 0.008, hair, blend=0.04)


def _bun(model: Model, hair: Material, hat: bool) -> None:
    _cap(model, hair)
    place = (0, -0.010, -0.135) if hat else (0, 0.105, -0.080)
    model.ball(Part.HEAD, place, 0.044, hair, blend=0.01)


def _short(model: Model, hair: Material, hat: bool) -> None:
    model.add(Part.HEAD, (0, 0.048, -0.034), (0, -0.005, -0.042), (0.083, 0.092), (0.079, 0.076),
              hair, blend=0.012)  # fmt: skip
    if hat:
        return
    for place in (-1.0, -0.33, 0.33, 1.0):
        low = 0.014 * place * place
        front = (place * 0.050, 0.084 - low, 0.038)
        crown = (place * 0.048 + 0.008, 0.112 - low, -0.030)
        model.add(Part.HEAD, front, crown, (0.036, 0.020), (0.046, 0.034), hair, blend=0.03)


def _swept(model: Model, hair: Material, hat: bool) -> None:
    """Shave the sides and sweep the top back."""
    _shaved(model, hair, hat)
    if hat:
        return
    for place in (-0.7, 0.0, 0.7):
        front = (place * 0.045, 0.088, 0.046 - 0.01 * abs(place))
        top, back = (place * 0.050, 0.122, -0.010), (place * 0.050, 0.078, -0.100)
        model.add(Part.HEAD, front, top, (0.032, 0.020), (0.040, 0.030), hair, blend=0.02)
        model.add(Part.HEAD, top, back, (0.040, 0.030), (0.032, 0.020), hair, blend=0.02)


def _shaved(model: Model, hair: Material, _hat: bool) -> None:
    stubble = hair._replace(
        red=0.75 * hair.red + 0.02, green=0.75 * hair.green + 0.015, blue=0.75 * hair.blue + 0.012,
        strands=0.18, frequency=31.0, gloss=0.1,
    )  # fmt: skip
    model.add(Part.HEAD, (0, 0.042, -0.026), (0, -0.016, -0.034), (0.0795, 0.092), (0.0785, 0.076),
              stubble, blend=0.03)  # fmt: skip


def _curly(model: Model, hair: Material, hat: bool) -> None:
    """Let curls stand around the head."""
    curls = hair._replace(strands=0.3, frequency=13.0, gloss=0.15, folds=0.2)
    _cap(model, curls)
    places = [(0.086, 0.012, -0.016), (0.084, -0.022, -0.030), (0.070, -0.052, -0.058),
              (0.030, -0.050, -0.104), (0.068, 0.000, -0.092), (0.028, 0.000, -0.118)]  # fmt: skip
    if not hat:
        places += [(0.080, 0.052, 0.012), (0.060, 0.090, 0.020), (0.022, 0.104, 0.034),
                   (0.066, 0.100, -0.030), (0.024, 0.128, -0.010), (0.082, 0.058, -0.050),
                   (0.052, 0.092, -0.080), (0.018, 0.112, -0.070), (0.030, 0.052, -0.118),
                   (0.050, 0.084, 0.046)]  # fmt: skip
    for index, place in enumerate(places):
        for side in (0, 1):
            x, y, z = mirrored(place, side)
            size = 0.031 + 0.008 * ((index * 7 + side * 3) % 5) / 4
            twist = 0.012 * (-1) ** (index + side)
            model.add(Part.HEAD, (x - twist, y - 0.006, z), (x + twist, y + 0.008, z + twist), size,
                      0.9 * size, curls, blend=0.02)  # fmt: skip


def _braids(model: Model, hair: Material, hat: bool) -> None:
    _cap(model, hair)
    _fringe(model, hair, hat)
    for side in (0, 1):
        knots = [
            mirrored((0.078 - 0.003 * k, -0.030 - 0.042 * k, -0.020 + 0.014 * k), side)
            for k in range(7)
        ]
        for k, (a, b) in enumerate(itertools.pairwise(knots)):
            size = 0.022 - 0.0018 * k
            model.add(Part.HAIR, a, b, size, 0.72 * size, hair, blend=0.006)


_HAIR_CUTS: dict[str, Callable[[Model, Material, bool], None]] = {
    "long": _long,
    "bob": _bob,
    "ponytail": _ponytail,
    "bun": _bun,
    "short": _short,
    "curly": _curly,
    "braids": _braids,
    "swept": _swept,
    "shaved": _shaved,
}
