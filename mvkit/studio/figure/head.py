"""The head: skull, jaw, nose and ears, and the drawings of the face on them.

Coordinates are those of the head's own frame: origin between the ears, the eyes at y = 0, the
face ahead (z = 0.08 or so).
"""

from __future__ import annotations

from mvkit.studio.colour import hex_to_linear
from mvkit.studio.figure.drawing import KINDS
from mvkit.studio.figure.hair import add_hair
from mvkit.studio.figure.hat import add_hat
from mvkit.studio.figure.model import Decal, Material, Model, mirrored
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["EYES_M", "add_head"]

EYES_M = (0.0, 0.003, 0.078)
"""Middle between the eyes."""

_EYE = 1.16  # eyes and brows are a little larger than life, and read from farther off


def add_head(model: Model, sheet: FigureSheet, wear: Wardrobe) -> None:
    """Add neck, skull, face, hair and hat."""
    head, skin, man = Part.HEAD, wear.skin, float(sheet.is_man)
    neck = 0.044 + 0.010 * man
    model.add(Part.CHEST, (0, 0.03, -0.008), (0, -0.050, -0.018), neck + 0.006, neck, skin,
              end=head, blend=0.05)  # fmt: skip
    model.add(head, (0, 0.034, -0.016), (0, -0.004, 0.004), (0.074, 0.090), (0.070, 0.081), skin,
              blend=0.015)  # fmt: skip
    _add_jaw(model, skin, man)
    _add_nose(model, skin, man)
    _add_ears(model, wear)
    _draw_face(model, sheet, wear)
    add_hair(model, sheet, wear)
    add_hat(model, sheet, wear)
    _add_glasses(model, sheet)


def _add_jaw(model: Model, skin: Material, man: float) -> None:
    """Narrow the face from the cheeks over the mouth to the chin."""
    cheeks, mouth = (0.061 + 0.003 * man, 0.066), (0.047 + 0.005 * man, 0.043)
    chin = (0.019 + 0.010 * man, 0.020 + 0.003 * man)
    upper, middle, lower = (0, -0.014, 0.010), (0, -0.056, 0.027), (0, -0.087, 0.049)
    model.add(Part.HEAD, upper, middle, cheeks, mouth, skin, blend=0.04)
    model.add(Part.HEAD, middle, lower, mouth, chin, skin, blend=0.04)


def _add_nose(model: Model, skin: Material, man: float) -> None:
    """Taper a slim bridge into a round tip, with a wing on each side."""
    soft = skin._replace(rim=0.0, gloss=0.6 * skin.gloss)
    head = Part.HEAD
    wide = 1.0 + 0.16 * man
    bridge, tip = (0, 0.014, 0.0715), (0, -0.0285, 0.0880)
    model.add(head, bridge, tip, (0.0085 * wide, 0.0090), (0.0112 * wide, 0.0118), soft, blend=0.03)
    for side in (0, 1) if model.level else ():
        inner, wing = (
            mirrored((0.003, -0.0300, 0.0865), side),
            mirrored((0.0098 * wide, -0.0320, 0.0775), side),
        )
        model.add(head, inner, wing, 0.0080, 0.0062, soft, blend=0.03)


def _add_ears(model: Model, wear: Wardrobe) -> None:
    """Lean a shell against each temple, its rim turned out, with a small lobe."""
    deep = wear.skin._replace(red=0.74 * wear.skin.red, green=0.60 * wear.skin.green,
                              blue=0.58 * wear.skin.blue, rim=0.1, gloss=0.0)  # fmt: skip
    for side in (0, 1):
        upper, middle, lobe = (
            mirrored(place, side)
            for place in ((0.0775, 0.014, -0.016), (0.0760, -0.004, -0.010), (0.0690, -0.027, 0.0))
        )
        model.add(Part.HEAD, upper, middle, (0.0070, 0.0175), (0.0060, 0.0135), wear.skin,
                  blend=0.008)  # fmt: skip
        model.add(Part.HEAD, middle, lobe, (0.0060, 0.0135), (0.0050, 0.0060), wear.skin,
                  blend=0.008)  # fmt: skip
        if model.level:
            a, b = mirrored((0.0815, 0.010, -0.011), side), mirrored((0.0790, -0.010, -0.005), side)
            model.add(Part.HEAD, a, b, (0.0035, 0.0090), (0.0030, 0.0060), deep, blend=0.008)


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
        wide, high = (_EYE * 0.94 * out, 0.0, -0.34 * _EYE), (0.0, _EYE, 0.0)
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
            Decal(KINDS["eye"], face, (0.0320 * out, 0.001, 0.0745), wide, high, (0.025, 0.021),
                  (out, 1.0 - 0.6 * man, pale, 0.0), (red, green, blue)),
            Decal(KINDS["brow"], face, (0.0335 * out, 0.0250, 0.0765), wide, high, (0.026, 0.012),
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
