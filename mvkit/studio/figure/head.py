"""The head: skull, jaw, nose and ears, and the drawings of the face on them.

Coordinates are those of the head's own frame: origin between the ears, the eyes at y = 0, the
face ahead (z = 0.08 or so).
"""

from __future__ import annotations

from mvkit.studio.colour import hex_to_linear
from mvkit.studio.figure.face import KINDS
from mvkit.studio.figure.hair import add_hair
from mvkit.studio.figure.hat import add_hat
from mvkit.studio.figure.model import Decal, Material, Model, mirrored
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["EYES_M", "add_head"]

EYES_M = (0.0, 0.003, 0.078)
"""Middle between the eyes."""


def add_head(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add neck, skull, face, hair and hat."""
    head, skin, man = Part.HEAD, wear.skin, float(sheet.is_man)
    neck = 0.044 + 0.010 * man
    model.add(Part.CHEST, (0, 0.03, -0.008), (0, -0.050, -0.018), neck + 0.006, neck, skin,
              end=head, blend=0.05)  # fmt: skip
    model.add(head, (0, 0.034, -0.016), (0, -0.004, 0.004), (0.074, 0.090), (0.070, 0.081), skin,
              blend=0.05)  # fmt: skip
    jaw = (0.061 + 0.005 * man, 0.066)
    chin = (0.025 + 0.010 * man, 0.027 + 0.004 * man)
    model.add(head, (0, -0.014, 0.010), (0, -0.078, 0.048), jaw, chin, skin, blend=0.07)
    _add_nose(model, skin, man)
    _add_ears(model, wear)
    _draw_face(model, sheet, wear)
    add_hair(model, sheet, wear)
    add_hat(model, sheet, wear)
    _add_glasses(model, sheet)


def _add_nose(model: Model, skin: Material, man: float) -> None:
    soft = skin._replace(rim=0.0)
    head = Part.HEAD
    wide = 1.0 + 0.12 * man
    bridge, middle, tip = (0, 0.018, 0.0740), (0, -0.012, 0.0835), (0, -0.0280, 0.0915)
    model.add(
        head, bridge, middle, (0.0150 * wide, 0.0085), (0.0145 * wide, 0.0095), soft, blend=0.07
    )
    model.add(head, middle, tip, (0.0145 * wide, 0.0095), 0.0105 * wide, soft, blend=0.06)
    model.ball(head, (0, -0.0265, 0.0900), 0.0098 * wide, soft, blend=0.12)
    for side in (0, 1):
        model.ball(head, mirrored((0.0100 * wide, -0.0310, 0.0790), side), 0.0066 * wide, soft,
                   blend=0.08)  # fmt: skip


def _add_ears(model: Model, wear: Wardrobe) -> None:
    for side in (0, 1):
        upper, lobe = (
            mirrored((0.081, 0.012, -0.010), side),
            mirrored((0.075, -0.026, -0.002), side),
        )
        model.add(Part.HEAD, upper, lobe, (0.009, 0.018), (0.007, 0.011), wear.skin, blend=0.008)
        if model.level:
            deep = wear.skin._replace(red=0.72 * wear.skin.red, green=0.60 * wear.skin.green,
                                      blue=0.60 * wear.skin.blue, rim=0.0)  # fmt: skip
            a, b = mirrored((0.0865, 0.010, -0.008), side), mirrored((0.083, -0.010, -0.003), side)
            model.add(Part.HEAD, a, b, (0.005, 0.008), 0.005, deep, blend=0.004)


def _draw_face(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Draw eyes, brows, mouth and blush; a surface turned away hides them."""
    man = float(sheet.is_man)
    skin = (wear.skin.red, wear.skin.green, wear.skin.blue)
    hair = (wear.hair.red, wear.hair.green, wear.hair.blue)
    pale = skin[0] / max(sum(skin), 1e-3) * 1.0
    blush = (min(1.18 * skin[0], 1.0), 0.66 * skin[1], 0.66 * skin[2])
    deep = (0.52 * skin[0], 0.34 * skin[1], 0.32 * skin[2])
    face = Part.HEAD
    for side in (0, 1):
        out = 1.0 if side else -1.0
        away = (0.94 * out, 0.0, -0.34)
        up = (0.0, 1.0, 0.0)
        if model.level:
            model.decals += [
                Decal(KINDS["patch"], face, (0.044 * out, -0.026, 0.066), away, up, (0.026, 0.018),
                      (0.30 - 0.12 * man, 0, 0, 0), blush),
                Decal(KINDS["patch"], face, (0.017 * out, 0.004, 0.074), away, up, (0.011, 0.013),
                      (0.35, 0, 0, 0), deep),
                Decal(KINDS["patch"], face, (0.0068 * out, -0.0375, 0.092), away, up,
                      (0.0052, 0.0034), (0.85, 0, 0, 0), deep),
            ]  # fmt: skip
        red, green, blue = (float(c) for c in hex_to_linear(sheet.eyes))
        model.decals += [
            Decal(KINDS["eye"], face, (0.0315 * out, 0.002, 0.0745), away, up, (0.024, 0.019),
                  (out, 1.0 - 0.6 * man, pale, 0.0), (red, green, blue)),
            Decal(KINDS["brow"], face, (0.0335 * out, 0.0245, 0.0765), away, up, (0.026, 0.011),
                  (out, man, 0.0, 0.0), hair),
        ]  # fmt: skip
    if sheet.beard != "none":
        strength = 0.45 if sheet.beard == "stubble" else 0.92
        model.decals.append(
            Decal(KINDS["beard"], face, (0.0, -0.062, 0.062), (1.0, 0.0, 0.0), (0.0, 0.95, -0.3),
                  (0.072, 0.056), (strength, 0.0, 0.0, 0.0), hair)
        )  # fmt: skip
    lips = (0.66 * skin[0], (0.34 + 0.16 * man) * skin[1], (0.38 + 0.12 * man) * skin[2])
    model.decals.append(
        Decal(KINDS["mouth"], face, (0.0, -0.0575, 0.0795), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0),
              (0.034, 0.030), (0.0, 0.0, 1.0 - 0.45 * man, 0.0), lips)
    )  # fmt: skip


def _add_glasses(model: Model, sheet: FigureSheet) -> None:
    if sheet.glasses == "none":
        return
    frame = Material(0.012, 0.012, 0.014, gloss=0.9, rim=0.4)
    square = 0.0 if sheet.glasses == "round" else 1.0
    dark = 0.93 if sheet.glasses == "shades" else 0.10
    for side in (0, 1):
        out = 1.0 if side else -1.0
        model.decals.append(
            Decal(KINDS["glasses"], Part.HEAD, (0.0330 * out, 0.000, 0.0890),
                  (0.97 * out, 0.0, -0.22), (0.0, 1.0, 0.0), (0.030, 0.026),
                  (out, square, dark, 0.0), (0.012, 0.012, 0.014))
        )  # fmt: skip
        hinge, ear = mirrored((0.062, 0.006, 0.078), side), mirrored((0.082, 0.010, -0.010), side)
        model.add(Part.HEAD, hinge, ear, 0.0022, 0.0022, frame, blend=0.002)
    model.add(Part.HEAD, (-0.010, 0.004, 0.0935), (0.010, 0.004, 0.0935), 0.0018, 0.0018, frame,
              blend=0.002)  # fmt: skip
