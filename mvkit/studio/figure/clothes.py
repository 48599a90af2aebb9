"""Trunk, legs and arms, and what is worn on them."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from mvkit.studio.figure.hand import add_hand
from mvkit.studio.figure.model import Material, Model, mirrored
from mvkit.studio.figure.neckwear import add_neckwear
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["SKIRT_M", "add_arms", "add_legs", "add_trunk"]

SKIRT_M = {"coat": 0.50, "dress": 0.43}
"""Outfits that hang below the hips -> how far below the hip joints, in metres."""

_CLOTH_M = {"coat": 0.012, "jacket": 0.013, "dress": 0.0, "hoodie": 0.018, "tee": 0.006}


class _Girths(NamedTuple):
    """Half widths and depths of the naked trunk, and radii of the limbs by those of a woman."""

    shoulder: tuple[float, float]
    ribs: tuple[float, float]
    waist: tuple[float, float]
    hips: tuple[float, float]
    limbs: float


def _girths(sheet: FigureSheet) -> _Girths:
    more = sheet.build - (0.7 if sheet.is_man else 0.25)
    if sheet.is_man:
        wide = 1.0 + 0.12 * more
        return _Girths(
            (0.140 * wide, 0.078), (0.146 * wide, 0.104), (0.122 + 0.03 * more, 0.092),
            (0.136 + 0.02 * more, 0.098), 1.14 + 0.16 * more,
        )  # fmt: skip
    wide = 1.0 + 0.16 * more
    return _Girths(
        (0.118 * wide, 0.066), (0.118 * wide, 0.090), (0.096 + 0.04 * more, 0.076),
        (0.142 + 0.02 * more, 0.098), 0.96 + 0.2 * more,
    )  # fmt: skip


def _wrapped(girth: tuple[float, float], cloth_m: float, share: float = 1.0) -> tuple[float, float]:
    return girth[0] * share + cloth_m, girth[1] * share + cloth_m


def add_trunk(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add the trunk from the shoulders down, then what hangs from it.

    All its cones run downwards, so that the folds of one go on in the next.
    """
    girths, cloth_m, cloth = _girths(sheet), _CLOTH_M[sheet.outfit], wear.cloth
    top, ribs = _wrapped(girths.shoulder, cloth_m), _wrapped(girths.ribs, cloth_m)
    waist = _wrapped(girths.waist, 1.3 * cloth_m)
    belly = _wrapped(girths.hips, cloth_m, 0.93)
    chest_at, ribs_at = (0, -0.035, -0.004), (0, -0.150, 0.004)
    bare = sheet.outfit == "dress"
    over = wear.skin if bare else cloth
    model.add(Part.CHEST, chest_at, ribs_at, top, ribs, over, blend=0.06)
    model.add(Part.CHEST, ribs_at, (0, 0.01, 0), ribs, waist, cloth, end=Part.WAIST, blend=0.06)
    model.add(Part.WAIST, (0, 0.01, 0), (0, 0.065, 0), waist, belly, cloth, end=Part.PELVIS,
              blend=0.06)  # fmt: skip
    _add_shoulders(model, sheet, wear, girths)
    if bare:
        _add_bodice(model, cloth, girths)
    if not sheet.is_man:
        _add_bust(model, cloth, cloth_m)
    if sheet.outfit in SKIRT_M:
        _add_skirt(model, sheet, wear, belly)
    else:
        _add_seat(model, sheet, wear, girths)
    add_neckwear(model, sheet, wear, ribs)


def _add_shoulders(model: Model, sheet: FigureSheet, wear: Wardrobe, girths: _Girths) -> None:
    """Slope from the neck over the shoulders, and lead the chest into the arms."""
    over = wear.skin if sheet.outfit == "dress" else wear.cloth
    radius, cloth_m = _shoulder_m(sheet, girths), _CLOTH_M[sheet.outfit]
    out, low = 0.012 if sheet.is_man else -0.006, sheet.outfit == "tee"
    upper, lower = girths.shoulder[1] + cloth_m - 0.006, 0.86 * girths.ribs[1] + cloth_m
    for side in (0, 1):
        root = mirrored((0.046, -0.048, -0.014) if low else (0.022, -0.022, -0.014), side)
        end = mirrored((out, 0.045, 0.0), side)
        model.add(Part.NECK, root, end, (0.036 if low else 0.046, 0.038), radius, over,
                  end=Part.ARM + side, blend=0.05)  # fmt: skip
        # Flush with the chest at one end and with the arm at the other: no seam between them.
        for place, deep in (((0.052, -0.040, -0.004), upper), ((0.050, -0.095, 0.0), lower)):
            model.add(Part.CHEST, mirrored(place, side), end, (0.9 * deep, deep), 0.94 * radius,
                      over, end=Part.ARM + side, blend=0.05)  # fmt: skip


def _add_bust(model: Model, cloth: Material, cloth_m: float) -> None:
    for side in (0, 1):
        high = mirrored((0.048, -0.108, 0.030 + cloth_m), side)
        low = mirrored((0.049, -0.130, 0.046 + cloth_m), side)
        model.add(Part.CHEST, high, low, 0.043, 0.050, cloth, blend=0.05)


def _add_bodice(model: Model, cloth: Material, girths: _Girths) -> None:
    """Let a dress begin over the bust, held by two straps."""
    ribs, top = _wrapped(girths.ribs, 0.005), _wrapped(girths.ribs, 0.007, 0.97)
    plain = cloth._replace(folds=0.0)
    model.add(Part.CHEST, (0, -0.150, 0.004), (0, -0.088, 0.004), ribs, top, plain, hem=1,
              blend=0.02)  # fmt: skip
    for side in (0, 1):
        way = [
            mirrored(place, side)
            for place in (
                *((0.062, -0.090, 0.070), (0.070, 0.000, 0.060), (0.074, 0.068, 0.022)),
                *((0.073, 0.068, -0.040), (0.068, 0.000, -0.072), (0.058, -0.100, -0.084)),
            )
        ]
        for a, b in pairwise(way):
            model.add(Part.CHEST, a, b, (0.009, 0.007), (0.009, 0.007), cloth, blend=0.006)


def _shoulder_m(sheet: FigureSheet, girths: _Girths) -> float:
    return 0.043 * girths.limbs + 0.6 * _CLOTH_M[sheet.outfit]


def _add_seat(model: Model, sheet: FigureSheet, wear: Wardrobe, girths: _Girths) -> None:
    """Add trousers around the hips, and let the upper garment end over them."""
    hips = _wrapped(girths.hips, 0.006)
    belly = _wrapped(girths.hips, 0.006, 0.92)
    model.add(Part.PELVIS, (0, 0.085, 0), (0, 0.005, -0.004), belly, hips, wear.legs, blend=0.06)
    for side in (0, 1):
        small, buttock = (
            mirrored(at, side) for at in ((0.056, 0.03, -0.026), (0.060, -0.035, -0.044))
        )
        model.add(Part.PELVIS, small, buttock, 0.066, 0.066, wear.legs, blend=0.09)
    cloth_m = _CLOTH_M[sheet.outfit]
    low = {"jacket": 0.035, "hoodie": -0.01, "tee": -0.015}[sheet.outfit]
    upper = _wrapped(girths.hips, cloth_m + 0.002, 0.93)
    rim = _wrapped(girths.hips, cloth_m + (0.010 if sheet.outfit == "tee" else 0.006), 1.0)
    model.add(Part.PELVIS, (0, 0.085, 0), (0, low, -0.002), upper, rim, wear.cloth, hem=1)
    if sheet.outfit == "hoodie" and model.level:
        band = (rim[0] + 0.003, rim[1] + 0.003)
        dark = wear.cloth._replace(red=0.7 * wear.cloth.red, green=0.7 * wear.cloth.green,
                                   blue=0.7 * wear.cloth.blue)  # fmt: skip
        model.add(Part.PELVIS, (0, low + 0.035, -0.002), (0, low - 0.004, -0.002), band, band,
                  dark, hem=2, blend=0.006)  # fmt: skip


def _add_skirt(
    model: Model, sheet: FigureSheet, wear: Wardrobe, belly: tuple[float, float]
) -> None:
    """Hang coat or dress from the waist; the rig carries middle and hem."""
    hips = _wrapped(_girths(sheet).hips, _CLOTH_M[sheet.outfit] + 0.006)
    flare = 0.042 if sheet.outfit == "coat" else 0.075
    middle = (hips[0] + 0.5 * flare, hips[1] + 0.022)
    hem = (hips[0] + flare, hips[1] + 0.55 * flare)
    cloth = wear.cloth
    seat = (0, -0.035, -0.008)
    model.add(Part.PELVIS, (0, 0.065, 0), seat, belly, hips, cloth, blend=0.06)
    model.add(Part.PELVIS, seat, (0, 0, 0), hips, middle, cloth, end=Part.SKIRT, blend=0.06)
    model.add(Part.SKIRT, (0, 0, 0), (0, 0, 0), middle, hem, cloth, end=Part.HEM, hem=1, blend=0.06)
    if sheet.outfit == "coat":
        waist = _wrapped(_girths(sheet).waist, 0.026)
        model.add(Part.WAIST, (0, 0.020, 0), (0, -0.024, 0), waist, waist, wear.accent, hem=2,
                  blend=0.01)  # fmt: skip


def add_legs(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add legs and shoes; under a skirt they begin above the knee."""
    limbs, legs = _girths(sheet).limbs, wear.legs
    bare = sheet.outfit == "dress"
    loose = 0.0 if bare else 0.008 + 0.008 * (sheet.outfit in ("hoodie", "tee"))

    def r(radius_m: float) -> float:
        return radius_m * (0.55 + 0.45 * limbs) + loose

    for side in (0, 1):
        thigh, shin = Part.THIGH + side, Part.SHIN + side
        middle = mirrored((0.002, 0.70 if bare else 0.48, 0.006), side)
        if sheet.outfit not in SKIRT_M:
            root = mirrored((-0.016, 0.11, -0.004), side)
            model.add(thigh, root, middle, r(0.068), r(0.063), legs, blend=0.07)
        model.add(
            thigh,
            middle,
            (0, 0.985, 0.002),
            r(0.054 if bare else 0.063),
            r(0.047),
            legs,
            blend=0.012,
        )
        calf = mirrored((0.004, 0.30, -0.016), side)
        ankle = 0.030 + 0.5 * loose
        model.add(shin, (0, 0.0, 0.002), calf, r(0.047), r(0.048), legs, blend=0.012)
        model.add(shin, calf, (0, 0.96, -0.002), r(0.048), ankle + 0.5 * loose, legs,
                  hem=0 if bare else 1, blend=0.012)  # fmt: skip
        _add_shoe(model, wear, side)


def _add_shoe(model: Model, wear: Wardrobe, side: int) -> None:
    """Add an ankle boot; its sole stands on the ground."""
    foot, toes, leather = Part.FOOT + side, Part.TOES + side, wear.shoes
    model.add(Part.SHIN + side, (0, 0.86, 0), (0, -0.012, 0), 0.041, 0.041, leather, end=foot)
    model.add(foot, (0, 0, 0.0), (0, -0.052, -0.038), 0.040, (0.033, 0.034), leather)
    model.add(foot, (0, -0.018, 0.012), (0, 0.030, -0.01), 0.039, (0.042, 0.029), leather, end=toes)
    model.add(toes, (0, 0.028, -0.01), (0, 0.021, 0.048), (0.042, 0.029), (0.032, 0.019), leather)
    if model.level:
        model.add(foot, (0, -0.075, -0.045), (0, 0.008, 0.0), (0.035, 0.010), (0.044, 0.010),
                  wear.sole, end=toes, blend=0.004)  # fmt: skip
        model.add(toes, (0, 0.008, 0.0), (0, 0.008, 0.050), (0.044, 0.010), (0.034, 0.009),
                  wear.sole, blend=0.004)  # fmt: skip


def add_arms(model: Model, sheet: FigureSheet, wear: Wardrobe, grips: tuple[str, str]) -> None:
    """Add arms and hands."""
    limbs, girths = _girths(sheet).limbs, _girths(sheet)
    short = sheet.outfit == "tee"
    bare = sheet.outfit == "dress"
    sleeve = wear.skin if bare else wear.cloth
    loose = 0.0 if bare else 0.008 + (0.005 if sheet.outfit == "hoodie" else 0.0)
    lower, slack = (wear.skin, 0.0) if bare or short else (sleeve, loose)

    def r(radius_m: float, cloth_m: float) -> float:
        return radius_m * limbs + cloth_m

    for side in (0, 1):
        arm, forearm = Part.ARM + side, Part.FOREARM + side
        end = mirrored((0.010 if sheet.is_man else -0.008, 0.045, 0.0), side)
        deltoid = mirrored((0.006, 0.24, 0.0), side)
        model.add(
            arm, end, deltoid, _shoulder_m(sheet, girths), r(0.045, loose), sleeve, blend=0.012
        )
        if short:
            model.add(arm, deltoid, (0, 0.55, 0.002), r(0.043, loose), r(0.041, 0.013), sleeve,
                      hem=1, blend=0.03)  # fmt: skip
        model.add(arm, deltoid, (0, 0.99, 0), r(0.044, slack), r(0.034, slack), lower, blend=0.008)
        belly = mirrored((0.006, 0.26, 0.002), side)
        model.add(forearm, (0, 0.0, 0), belly, r(0.034, slack), r(0.036, slack), lower, blend=0.008)
        cuff = lower if bare or short else sleeve
        model.add(forearm, belly, (0, 0.94, 0), r(0.036, slack), (r(0.025, slack), r(0.021, slack)),
                  cuff, hem=int(not (bare or short)), blend=0.03)  # fmt: skip
        model.add(forearm, (0, 0.82, 0), (0, 1.02, 0), 0.024 * limbs, 0.022 * limbs, wear.skin)
        add_hand(model, wear, side, grips[side])
