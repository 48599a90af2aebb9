"""Trunk, legs and arms, and what is worn on them."""

from __future__ import annotations

from typing import NamedTuple

from mvkit.studio.figure.hand import add_hand
from mvkit.studio.figure.model import Material, Model, mirrored
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
    model.add(Part.CHEST, chest_at, ribs_at, top, ribs, cloth, blend=0.06)
    model.add(Part.CHEST, ribs_at, (0, 0.01, 0), ribs, waist, cloth, end=Part.WAIST, blend=0.06)
    model.add(Part.WAIST, (0, 0.01, 0), (0, 0.065, 0), waist, belly, cloth, end=Part.PELVIS,
              blend=0.06)  # fmt: skip
    if not sheet.is_man:
        for side in (0, 1):
            high = mirrored((0.048, -0.070, 0.020 + cloth_m), side)
            low = mirrored((0.050, -0.125, 0.040 + cloth_m), side)
            model.add(Part.CHEST, high, low, 0.050, 0.056, cloth, blend=0.10)
    _add_shoulders(model, sheet, wear, girths)
    if sheet.outfit in SKIRT_M:
        _add_skirt(model, sheet, wear, belly)
    else:
        _add_seat(model, sheet, wear, girths)
    _add_neckwear(model, sheet, wear, ribs)


def _add_shoulders(model: Model, sheet: FigureSheet, wear: Wardrobe, girths: _Girths) -> None:
    """Slope from the neck over the shoulders; a dress leaves them bare."""
    bare = sheet.outfit == "dress"
    over = wear.skin if bare else wear.cloth
    radius = _shoulder_m(sheet, girths)
    out = 0.012 if sheet.is_man else -0.006
    for side in (0, 1):
        root, inner = (
            mirrored((0.026, -0.022, -0.012), side),
            mirrored((0.088, 0.026, -0.008), side),
        )
        end = mirrored((out, 0.045, 0.0), side)
        model.add(Part.NECK, root, inner, (0.044, 0.038), 0.044, over, end=Part.CHEST, blend=0.08)
        model.add(Part.CHEST, inner, end, 0.044, radius, over, end=Part.ARM + side, blend=0.08)
        if not bare:
            for at in ((0.070, -0.075, 0.036), (0.078, -0.085, -0.034)):  # chest and shoulder blade
                flank = mirrored(at, side)
                model.add(Part.CHEST, flank, end, 0.050, 0.92 * radius, over, end=Part.ARM + side,
                          blend=0.11)  # fmt: skip
        else:
            strap = mirrored((0.085, 0.022, 0.0), side)
            low = mirrored((0.075, -0.08, 0.035), side)
            model.add(Part.CHEST, strap, low, (0.034, 0.050), (0.05, 0.045), wear.cloth, blend=0.03)


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
    rim = _wrapped(girths.hips, cloth_m + (0.010 if sheet.outfit == "tee" else 0.012), 1.0)
    model.add(Part.PELVIS, (0, 0.085, 0), (0, low, -0.002), upper, rim, wear.cloth, hem=1)
    if sheet.outfit != "tee" and model.level:
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


def _add_neckwear(
    model: Model, sheet: FigureSheet, wear: Wardrobe, ribs: tuple[float, float]
) -> None:
    """Wear the accent colour at the neck: a scarf, an open shirt, or a hood's lining."""
    if sheet.outfit == "coat":
        _add_scarf(model, wear.accent, ribs[1])
        _add_buttons(model, ribs[1])
    elif sheet.outfit == "jacket":
        _add_lapels(model, wear, ribs[1])
    elif sheet.outfit == "hoodie":
        _add_hood(model, wear)


def _add_scarf(model: Model, wool: Material, depth_m: float) -> None:
    upper, lower = (0, 0.036, 0.004), (0, -0.012, 0.006)
    model.add(Part.NECK, upper, lower, (0.060, 0.058), (0.072, 0.066), wool, blend=0.01)
    model.add(Part.NECK, (-0.05, 0.004, 0.036), (0.05, -0.020, 0.038), 0.034, 0.038, wool,
              blend=0.03)  # fmt: skip
    knot, fold = (0.040, -0.022, 0.056), (0.050, -0.07, depth_m + 0.002)
    model.add(Part.NECK, knot, fold, (0.028, 0.022), (0.034, 0.014), wool, end=Part.CHEST)
    model.add(Part.CHEST, fold, (0.044, -0.225, depth_m + 0.010), (0.034, 0.014), (0.039, 0.012),
              wool, hem=1)  # fmt: skip


def _add_buttons(model: Model, depth_m: float) -> None:
    if model.level == 0:
        return
    brass = Material(0.32, 0.24, 0.12, gloss=0.9, rim=0.2)
    for y, inward in ((-0.13, 0.0), (-0.22, 0.006)):
        for side in (0, 1):
            place = mirrored((0.045, y, depth_m - 0.006 - inward), side)
            model.ball(Part.CHEST, place, 0.0095, brass, blend=0.003)


def _add_lapels(model: Model, wear: Wardrobe, depth_m: float) -> None:
    """Open a jacket over a shirt in the accent colour."""
    collar_up, collar_low = (0, 0.020, -0.004), (0, -0.020, 0.002)
    shirt = wear.under
    model.add(Part.NECK, (0, 0.006, 0.010), (0, -0.030, 0.012), (0.052, 0.050), (0.062, 0.058),
              shirt, blend=0.01)  # fmt: skip
    model.add(Part.CHEST, (0, 0.050, 0.030), (0, -0.09, depth_m - 0.010), (0.034, 0.024),
              (0.050, 0.024), shirt, blend=0.01)  # fmt: skip
    model.add(Part.CHEST, (0, -0.09, depth_m - 0.010), (0, 0.020, depth_m - 0.026), (0.050, 0.024),
              (0.034, 0.024), shirt, end=Part.WAIST, blend=0.01)  # fmt: skip
    model.add(Part.NECK, collar_up, collar_low, (0.064, 0.058), (0.074, 0.064), wear.cloth,
              blend=0.01)  # fmt: skip
    model.add(Part.NECK, (0, 0.012, 0.040), (0, -0.030, 0.050), (0.034, 0.026), (0.036, 0.026),
              shirt, blend=0.006)  # fmt: skip
    if model.level:
        for side in (0, 1):
            top, low = (
                mirrored((0.052, 0.050, 0.040), side),
                mirrored((0.062, -0.13, depth_m + 0.002), side),
            )
            model.add(Part.CHEST, top, low, (0.026, 0.016), (0.014, 0.010), wear.cloth,
                      blend=0.006)  # fmt: skip


def _add_hood(model: Model, wear: Wardrobe) -> None:
    model.add(Part.NECK, (0, 0.012, 0.012), (0, -0.020, 0.014), (0.062, 0.058), (0.070, 0.062),
              wear.under, blend=0.008)  # fmt: skip
    model.add(Part.NECK, (-0.055, 0.012, -0.060), (0.055, 0.012, -0.060), 0.050, 0.050, wear.cloth,
              blend=0.03)  # fmt: skip
    for side in (0, 1):
        back, front = mirrored((0.060, 0.010, -0.040), side), mirrored((0.034, -0.030, 0.060), side)
        model.add(Part.NECK, back, front, 0.036, 0.026, wear.cloth, blend=0.02)
        if model.level:
            top, end = mirrored((0.022, -0.045, 0.080), side), mirrored((0.028, -0.14, 0.122), side)
            model.add(Part.NECK, top, end, 0.0045, 0.0045, wear.accent, blend=0.003)


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
            blend=0.04,
        )
        calf = mirrored((0.004, 0.30, -0.016), side)
        ankle = 0.030 + 0.5 * loose
        model.add(shin, (0, 0.0, 0.002), calf, r(0.047), r(0.048), legs, blend=0.04)
        model.add(shin, calf, (0, 0.96, -0.002), r(0.048), ankle + 0.5 * loose, legs,
                  hem=0 if bare else 1, blend=0.04)  # fmt: skip
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
            arm, end, deltoid, _shoulder_m(sheet, girths), r(0.045, loose), sleeve, blend=0.08
        )
        if short:
            model.add(arm, deltoid, (0, 0.55, 0.002), r(0.043, loose), r(0.041, 0.013), sleeve,
                      hem=1, blend=0.03)  # fmt: skip
        model.add(arm, deltoid, (0, 0.99, 0), r(0.044, slack), r(0.033, slack), lower, blend=0.04)
        belly = mirrored((0.006, 0.26, 0.002), side)
        model.add(forearm, (0, 0.0, 0), belly, r(0.033, slack), r(0.037, slack), lower, blend=0.04)
        cuff = lower if bare or short else sleeve
        model.add(forearm, belly, (0, 0.94, 0), r(0.037, slack), (r(0.025, slack), r(0.021, slack)),
                  cuff, hem=int(not (bare or short)), blend=0.03)  # fmt: skip
        model.add(forearm, (0, 0.82, 0), (0, 1.02, 0), 0.024 * limbs, 0.022 * limbs, wear.skin)
        add_hand(model, wear, side, grips[side])
