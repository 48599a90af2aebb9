"""From joints to a body: legs, trunk, arms and what is worn and held.

The head is in :mod:`mvkit.studio.figure.head`, the solids are those of
:mod:`mvkit.studio.figure.solid`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.figure.head import add_head, head_frame
from mvkit.studio.figure.pose import UP, Foot, Skeleton, Vector
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.solid import Body, Frame, Material, unit

__all__ = ["build_body", "canopy_centre"]

_CLOTH_M = {"coat": 0.012, "jacket": 0.010, "dress": 0.0}  # thickness of what is worn


def build_body(
    sheet: FigureSheet, joints: Skeleton, *, microphone: bool = False, umbrella: bool = False
) -> NDArray[np.float32]:
    """Return the cones of a person, (n, 21), in metres; columns as `CONE_COLUMNS`.

    Parameters
    ----------
    sheet
        The person.
    joints
        The pose.
    microphone, umbrella
        What the right hand holds.
    """
    body = Body(sheet, joints)
    _add_legs(body)
    _add_trunk(body)
    add_head(body)
    grip = _add_prop(body, microphone=microphone, umbrella=umbrella)
    _add_arms(body, grip)
    return body.cones()


def canopy_centre(joints: Skeleton) -> Vector:
    """Return the middle of the umbrella's rim: over the head, towards the holding hand."""
    x = 0.5 * (joints.wrists[1][0] + joints.head[0])
    return np.array([x, joints.head[1] + 0.27, joints.head[2] + 0.06])


def _add_prop(body: Body, *, microphone: bool, umbrella: bool) -> Vector | None:
    """Put a prop into the right hand; return the direction of its handle, None without."""
    if not (microphone or umbrella):
        return None
    joints, metal = body.joints, body.wear.metal
    fist = joints.wrists[1] + 0.065 * unit(joints.fingers[1] - joints.wrists[1])
    if umbrella:
        goal = canopy_centre(joints) + 0.22 * UP
        grip = unit(goal - fist)
        body.add(fist - 0.10 * grip, goal, 0.006, 0.006, metal, blend=0.003)
        body.add(fist - 0.11 * grip, fist + 0.05 * grip, 0.012, 0.010, metal, blend=0.003)
        return grip
    goal = head_frame(joints).at(0.010, -0.085, 0.130)
    grip = unit(goal - fist)
    body.add(fist - 0.07 * grip, goal, 0.011, 0.016, metal, blend=0.003)
    body.ball(goal, 0.026, metal, blend=0.003)
    return grip


def _add_legs(body: Body) -> None:
    """Add legs and shoes; under a skirt they begin just above the knee."""
    joints, legs = body.joints, body.wear.legs
    loose = 0.0 if body.sheet.outfit == "dress" else 0.007
    for hip, knee, foot in zip(joints.hips, joints.knees, joints.feet, strict=True):
        thigh = hip + 0.45 * (knee - hip)
        calf = knee + 0.32 * (foot.ankle - knee) + 0.014 * unit(foot.heel - foot.toe)
        if body.sheet.outfit == "jacket":
            body.add(hip, thigh, 0.090 + loose, 0.077 + loose, legs, blend=0.05)
            body.add(thigh, knee, 0.077 + loose, 0.053 + loose, legs, blend=0.03)
        else:
            above = hip + 0.86 * (knee - hip)
            body.add(above, knee, 0.058 + loose, 0.053 + loose, legs, blend=0.03)
        body.add(knee, calf, 0.051 + loose, 0.053 + loose, legs, blend=0.03)
        body.add(calf, foot.ankle, 0.052 + loose, 0.034 + loose, legs, blend=0.03)
        _add_shoe(body, foot, calf)


def _add_shoe(body: Body, foot: Foot, calf: Vector) -> None:
    """Add an ankle boot; its sole stands on the ground."""
    leather = body.wear.shoes
    heel, ball = foot.heel, foot.ball
    body.add(foot.ankle + 0.35 * (calf - foot.ankle), foot.ankle, 0.046, 0.041, leather)
    body.add(foot.ankle, heel + 0.033 * UP, 0.041, 0.033, leather)
    body.add(foot.ankle - 0.02 * UP, ball + 0.030 * UP, 0.040, 0.031, leather)
    body.add(heel + 0.028 * UP, ball + 0.026 * UP, 0.028, 0.030, leather)
    body.add(ball + 0.028 * UP, foot.toe + 0.020 * UP, (0.036, 0.03), 0.021, leather)


def _add_trunk(body: Body) -> None:
    """Add the trunk from the shoulders down, then what hangs from it.

    All its cones run downwards, so that the folds of one go on in the next.
    """
    joints, cloth, outfit = body.joints, body.wear.cloth, body.sheet.outfit
    turn = joints.chest_turn
    pelvis, waist, chest = joints.pelvis, joints.waist, joints.chest
    hips_m, waist_m, ribs_m = _girths(body.sheet)
    ribs = waist + 0.5 * (chest - waist)
    belly = pelvis + 0.45 * (waist - pelvis)
    at_chest, at_ribs = (ribs_m * 1.02, 0.088), (ribs_m * 0.97, 0.106)
    at_waist, at_belly = (waist_m, 0.082), (hips_m * 0.90, 0.098)
    body.add(chest, ribs, at_chest, at_ribs, cloth, turn=turn, blend=0.05)
    body.add(ribs, waist, at_ribs, at_waist, cloth, turn=turn, blend=0.05)
    body.add(waist, belly, at_waist, at_belly, cloth, turn=turn, blend=0.05)
    _add_shoulders(body)
    if outfit == "jacket":
        _add_jacket_hem(body, belly, hips_m)
    else:
        _add_skirt(body, belly, hips_m)
    if outfit != "dress":
        _add_scarf(body)
    if outfit == "coat":
        wide = (waist_m + 0.012, 0.100)
        belt = body.wear.accent
        body.add(waist + 0.016 * UP, waist - 0.02 * UP, wide, wide, belt, turn=turn, hem=2,
                 blend=0.01)  # fmt: skip
        _add_buttons(body, ribs, belly)


def _girths(sheet: FigureSheet) -> tuple[float, float, float]:
    """Return half the width of hips, waist and ribs, with what is worn."""
    cloth_m = _CLOTH_M[sheet.outfit]
    slim = max(1.0 - sheet.build / 0.6, 0.0)
    hips_m = 0.138 + 0.014 * slim + cloth_m
    waist_m = 0.122 - 0.030 * slim + 0.7 * cloth_m
    return hips_m, waist_m, 0.124 * _breadth(sheet) + cloth_m


def _breadth(sheet: FigureSheet) -> float:
    return 0.86 + 0.3 * sheet.build


def _add_jacket_hem(body: Body, belly: Vector, hips_m: float) -> None:
    """End the jacket at the hips, over trousers."""
    pelvis, turn = body.joints.pelvis, 0.5 * body.joints.chest_turn
    at_belly, at_seat = (hips_m * 0.90, 0.098), (hips_m * 0.98, 0.108)
    body.add(belly, pelvis - 0.02 * UP, at_belly, at_seat, body.wear.legs, blend=0.05)
    at_hem = (hips_m * 0.97 + 0.012, 0.118)
    body.add(belly, pelvis + 0.045 * UP, (hips_m * 0.92, 0.108), at_hem, body.wear.cloth,
             turn=turn, hem=1)  # fmt: skip


def _add_shoulders(body: Body) -> None:
    """Slope from the neck to the shoulders; a dress has no sleeves and ends before the arm."""
    joints = body.joints
    trunk = Frame(joints.neck, joints.chest_turn)
    bare = body.sheet.outfit == "dress"
    over = body.wear.skin if bare else body.wear.cloth
    for side, shoulder in zip((-1.0, 1.0), joints.shoulders, strict=True):
        root = trunk.at(side * 0.020, -0.016, -0.004)
        body.add(root, shoulder, 0.040, _shoulder_radius(body.sheet), over, blend=0.05)
        if bare:
            armhole = root + 0.62 * (shoulder - root)
            body.add(root, armhole, 0.046, 0.052, body.wear.cloth, blend=0.03)


def _shoulder_radius(sheet: FigureSheet) -> float:
    return 0.046 + 0.012 * sheet.build + (0.0 if sheet.outfit == "dress" else 0.008)


def _add_skirt(body: Body, belly: Vector, hips_m: float) -> None:
    """Hang coat or dress from the waist; the knees carry it, and it lags behind a turn."""
    joints, cloth = body.joints, body.wear.cloth
    length, flare = (0.50, 0.055) if body.sheet.outfit == "coat" else (0.43, 0.085)
    turn = 0.5 * joints.chest_turn
    knees = 0.5 * (joints.knees[0] + joints.knees[1]) - joints.pelvis
    spread = np.abs(joints.knees[1] - joints.knees[0])
    forward = max(float(knees[2]), 0.0)
    lag = np.array([-0.05 * joints.swing, 0.0, 0.0])
    seat = joints.pelvis - 0.05 * UP
    middle = joints.pelvis + 0.5 * knees + 0.4 * lag
    middle[1] = joints.pelvis[1] - 0.5 * length
    hem = joints.pelvis + 0.88 * knees + lag
    hem[1] = joints.pelvis[1] - length
    at_seat = (hips_m, 0.122)
    at_middle = (hips_m + 0.5 * flare, 0.128 + 0.3 * forward)
    at_hem = (
        max(hips_m + flare, 0.5 * float(spread[0]) + 0.11),
        max(0.125 + 0.7 * flare, 0.46 * float(spread[2]) + 0.10) + 0.2 * forward,
    )
    body.add(belly, seat, (hips_m * 0.90, 0.098), at_seat, cloth, turn=turn, blend=0.05)
    body.add(seat, middle, at_seat, at_middle, cloth, turn=turn, blend=0.05)
    body.add(middle, hem, at_middle, at_hem, cloth, turn=turn, hem=1, blend=0.05)


def _add_buttons(body: Body, ribs: Vector, belly: Vector) -> None:
    """Close the coat with two rows of buttons."""
    brass = Material(0.32, 0.24, 0.12, gloss=0.9, rim=0.2)
    turn = body.joints.chest_turn
    places = ((ribs + 0.05 * UP, 0.104), (ribs - 0.05 * UP, 0.102), (belly, 0.102))
    for middle, ahead in places:
        frame = Frame(middle, turn)
        for side in (-1.0, 1.0):
            body.ball(frame.at(side * 0.040, 0.0, ahead - 0.008), 0.0095, brass, blend=0.003)


def _add_scarf(body: Body) -> None:
    """Wear a collar in the accent colour; with a coat it is a scarf, one end hanging."""
    trunk = Frame(body.joints.neck, body.joints.chest_turn)
    wool = body.wear.accent
    upper, lower = trunk.at(0, 0.034, 0.002), trunk.at(0, -0.014, 0.008)
    body.add(upper, lower, (0.056, 0.054), (0.068, 0.064), wool, turn=trunk.turn, blend=0.01)
    if body.sheet.outfit != "coat":
        return
    left, right = trunk.at(-0.05, 0.006, 0.03), trunk.at(0.05, -0.016, 0.034)
    body.add(left, right, 0.036, 0.040, wool, blend=0.03)
    knot, fold = trunk.at(0.040, -0.02, 0.052), trunk.at(0.052, -0.12, 0.102)
    end = trunk.at(0.046 - 0.02 * body.joints.swing, -0.27, 0.108)
    body.add(knot, fold, (0.028, 0.020), (0.034, 0.016), wool, blend=0.02)
    body.add(fold, end, (0.034, 0.016), (0.038, 0.014), wool, hem=1, blend=0.02)


def _add_arms(body: Body, grip: Vector | None) -> None:
    """Add arms and hands; the right hand closes around a handle along ``grip``."""
    joints, skin = body.joints, body.wear.skin
    bare = body.sheet.outfit == "dress"
    sleeve = skin if bare else body.wear.cloth
    loose = 0.0 if bare else 0.009
    thick = 0.98 * _breadth(body.sheet)
    arms = zip(joints.shoulders, joints.elbows, joints.wrists, joints.fingers, strict=True)
    for side, (shoulder, elbow, wrist, tip) in zip((-1.0, 1.0), arms, strict=True):
        upper = shoulder + 0.4 * (elbow - shoulder)
        forearm = elbow + 0.28 * (wrist - elbow)
        cuff = elbow + 0.93 * (wrist - elbow)
        at_shoulder, at_upper = _shoulder_radius(body.sheet), 0.042 * thick + loose
        at_elbow, at_forearm = 0.034 * thick + loose, 0.037 * thick + loose
        body.add(shoulder, upper, at_shoulder, at_upper, sleeve, blend=0.05)
        body.add(upper, elbow, at_upper, at_elbow, sleeve, blend=0.03)
        body.add(elbow, forearm, at_elbow, at_forearm, sleeve, blend=0.03)
        body.add(forearm, cuff, at_forearm, 0.026 * thick + loose, sleeve, hem=int(not bare))
        body.add(elbow + 0.8 * (wrist - elbow), wrist, 0.027 * thick, 0.023 * thick, skin)
        if side > 0 and grip is not None:
            _add_fist(body, wrist, tip, grip)
        else:
            _add_hand(body, side, wrist, tip)


def _add_fist(body: Body, wrist: Vector, tip: Vector, grip: Vector) -> None:
    """Close the hand around a handle that points along ``grip``."""
    skin = body.wear.skin
    along = unit(tip - wrist)
    middle = wrist + 0.065 * along
    out = unit(np.cross(grip, along))
    palm = np.cross(out, grip)
    body.add(wrist, middle - 0.012 * palm, 0.022, 0.026, skin)
    for place in (-0.030, -0.010, 0.010, 0.030):
        root = middle + place * grip
        for turn in (-1.0, 1.0):
            knuckle, end = root + turn * 0.020 * out, root + 0.024 * palm + turn * 0.004 * out
            body.add(knuckle, end, 0.0105, 0.0095, skin, blend=0.006)
    thumb = middle + 0.034 * grip - 0.016 * out
    body.add(thumb, thumb + 0.03 * palm + 0.02 * out, 0.0120, 0.0095, skin, blend=0.006)


def _add_hand(body: Body, side: float, wrist: Vector, tip: Vector) -> None:
    """Add a relaxed hand: palm, four fingers slightly spread and bent, a thumb."""
    skin = body.wear.skin
    along = unit(tip - wrist)
    trunk = Frame(wrist, body.joints.chest_turn)
    across = trunk.ahead - along * float(trunk.ahead @ along)
    if float(np.linalg.norm(across)) < 0.3:
        across = trunk.right - along * float(trunk.right @ along)
    across = unit(across)
    inward = np.cross(along, across)
    inward = inward if float(inward @ trunk.right) * side < 0 else -inward
    knuckles = wrist + 0.075 * along
    for spread, thickness in ((-0.020, 0.013), (0.0, 0.015), (0.020, 0.014)):
        heel = wrist + 0.3 * spread * across
        body.add(heel, knuckles + spread * across, 0.020, thickness, skin)
    for spread, length in ((-0.025, 0.050), (-0.008, 0.066), (0.008, 0.070), (0.025, 0.060)):
        root = knuckles + spread * across
        middle = root + 0.55 * length * (along + 0.15 * inward + 1.2 * spread * across)
        end = middle + 0.5 * length * (along + 0.6 * inward)
        body.add(root, middle, 0.0100, 0.0090, skin, blend=0.006)
        body.add(middle, end, 0.0090, 0.0065, skin, blend=0.006)
    thumb = wrist + 0.03 * along + 0.020 * across
    end = thumb + 0.05 * along + 0.020 * across + 0.016 * inward
    body.add(thumb, end, 0.013, 0.0085, skin, blend=0.008)
