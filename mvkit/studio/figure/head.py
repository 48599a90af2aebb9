"""The head: skull, face, and five ways of wearing hair.

Coordinates are those of the head's own frame: origin between the ears, the eyes at y = 0, the
face ahead (z = 0.08 or so).
"""

from __future__ import annotations

from mvkit.studio.figure.pose import Skeleton
from mvkit.studio.figure.solid import Body, Frame

__all__ = ["add_head", "head_frame"]


def head_frame(joints: Skeleton) -> Frame:
    """Return the axes of the head."""
    return Frame(joints.head, joints.head_turn, joints.nod)


def add_head(body: Body) -> None:
    """Add neck, skull, face and hair to a body."""
    head, skin = head_frame(body.joints), body.wear.skin
    turn = head.turn
    collar = body.joints.chest + 0.5 * (body.joints.neck - body.joints.chest)
    body.add(collar, head.at(0, -0.045, -0.020), (0.052, 0.05), 0.041, skin, blend=0.04)
    crown, middle = head.at(0, 0.030, -0.020), head.at(0, -0.002, 0.006)
    body.add(crown, middle, (0.075, 0.088), (0.071, 0.080), skin, turn=turn, blend=0.04)
    jaw, chin = head.at(0, -0.008, 0.016), head.at(0, -0.076, 0.048)
    body.add(jaw, chin, (0.067, 0.066), (0.030, 0.030), skin, turn=turn, blend=0.06)
    _add_face(body, head)
    _HAIR_CUTS[body.sheet.hair_style](body, head)


def _add_face(body: Body, head: Frame) -> None:
    """Add nose, eyes, brows and lips; the head itself hides them when it turns away."""
    soft = body.wear.skin._replace(rim=0.15)
    bridge, middle = head.at(0, 0.018, 0.0755), head.at(0, -0.014, 0.0850)
    tip = head.at(0, -0.028, 0.0935)
    body.add(bridge, middle, (0.0085, 0.008), 0.0080, soft, blend=0.05)
    body.add(middle, tip, 0.0080, 0.0100, soft, blend=0.05)
    for side in (-1.0, 1.0):
        body.ball(head.at(side * 0.0090, -0.0305, 0.0835), 0.0072, soft, blend=0.03)
        _add_eye(body, head, side)
    _add_mouth(body, head)


def _add_mouth(body: Body, head: Frame) -> None:
    """Add lips, opened as far as the pose says."""
    lips = body.wear.lips
    open_m = 0.012 * body.joints.mouth
    if body.joints.mouth > 0.05:
        y, size = -0.0570 - 0.5 * open_m, 0.0030 + 0.5 * open_m
        left, right = head.at(-0.010, y, 0.0770), head.at(0.010, y, 0.0770)
        body.add(left, right, size, size, body.wear.dark, blend=0.003)
    dip, lower = head.at(0, -0.0545, 0.0800), head.at(0, -0.0615 - open_m, 0.0785)
    for side in (-1.0, 1.0):
        corner, bow = (
            head.at(side * 0.0200, -0.0570, 0.0715),
            head.at(side * 0.005, -0.0530, 0.0800),
        )
        body.add(corner, bow, 0.0022, 0.0046, lips)
        body.add(bow, dip, 0.0046, 0.0042, lips)
        body.add(corner - 0.4 * open_m * head.up, lower, 0.0024, 0.0062, lips)


def _add_eye(body: Body, head: Frame, side: float) -> None:
    """Add one eye: lid shadow, white, iris, lashes, brow."""
    wear = body.wear
    inner, outer = head.at(side * 0.020, 0.0085, 0.0745), head.at(side * 0.046, 0.0095, 0.0640)
    body.add(inner, outer, 0.0065, 0.0065, wear.lid, blend=0.03)
    inner, outer = head.at(side * 0.0225, 0.0010, 0.0765), head.at(side * 0.042, 0.0025, 0.0680)
    body.add(inner, outer, 0.0052, 0.0040, wear.eye, blend=0.004)
    body.ball(head.at(side * 0.0315, 0.0025, 0.0760), 0.0056, wear.dark, blend=0.002)
    corner, arch = head.at(side * 0.0185, 0.0010, 0.0790), head.at(side * 0.031, 0.0085, 0.0800)
    tail = head.at(side * 0.0490, 0.0075, 0.0655)
    body.add(corner, arch, 0.0010, 0.0027, wear.dark, blend=0.004)
    body.add(arch, tail, 0.0027, 0.0014, wear.dark, blend=0.004)
    start, bend = head.at(side * 0.015, 0.0225, 0.0810), head.at(side * 0.037, 0.0285, 0.0740)
    end = head.at(side * 0.053, 0.0240, 0.0610)
    body.add(start, bend, 0.0032, 0.0030, wear.brow)
    body.add(bend, end, 0.0030, 0.0012, wear.brow)


def _add_ears(body: Body, head: Frame) -> None:
    for side in (-1.0, 1.0):
        upper, lobe = head.at(side * 0.080, 0.010, -0.006), head.at(side * 0.074, -0.026, 0.0)
        body.add(upper, lobe, (0.009, 0.018), (0.006, 0.011), body.wear.skin, turn=head.turn,
                 blend=0.006)  # fmt: skip


def _add_cap(body: Body, head: Frame) -> None:
    """Cover the skull down to the neck; the hairline is where the cap meets the forehead."""
    crown, nape = head.at(0, 0.046, -0.034), head.at(0, -0.015, -0.040)
    size = (0.087, 0.094)
    body.add(crown, nape, size, (0.085, 0.080), body.wear.hair, turn=head.turn, blend=0.01)


def _add_fringe(body: Body, head: Frame) -> None:
    """Comb the hair from a parting over both temples."""
    part = head.at(0.022, 0.092, 0.030)
    for side, reach in ((-1.0, 0.075), (1.0, 0.078)):
        temple = head.at(side * reach, 0.028, 0.022)
        body.add(part, temple, (0.026, 0.020), (0.015, 0.018), body.wear.hair, blend=0.03)


def _add_fall(body: Body, head: Frame, *, length: float, width: float) -> None:
    """Let hair fall from the back of the head, lagging behind the head's movement."""
    hair, turn = body.wear.hair, head.turn
    lag = -0.05 * body.joints.swing
    upper, middle = head.at(0, 0.01, -0.040), head.at(0.4 * lag, -0.42 * length, -0.066)
    lower = head.at(lag, -0.78 * length, -0.075)
    at_middle, at_lower = (width, 0.058), (0.97 * width, 0.05)
    body.add(upper, middle, (0.087, 0.062), at_middle, hair, turn=turn, blend=0.05)
    body.add(middle, lower, at_middle, at_lower, hair, turn=turn, blend=0.05)
    for part in (-1.0, 0.0, 1.0):
        root = lower + part * 0.42 * width * head.right
        tip = head.at(1.2 * lag + part * 0.048, (-1.0 - 0.06 * part) * length, -0.070)
        body.add(root, tip, (0.56 * width, 0.042), 0.020, hair, turn=turn, blend=0.05)


def _add_side_locks(body: Body, head: Frame, *, length: float) -> None:
    """Frame the face with a tapering lock on each side."""
    hair, turn = body.wear.hair, head.turn
    lag = -0.03 * body.joints.swing
    for side in (-1.0, 1.0):
        temple = head.at(side * 0.070, 0.036, -0.004)
        wave = head.at(side * 0.079 + 0.4 * lag, -0.55 * length, -0.010)
        tip = head.at(side * 0.072 + lag, -length, 0.010)
        body.add(temple, wave, (0.020, 0.034), (0.028, 0.040), hair, turn=turn, blend=0.05)
        body.add(wave, tip, (0.028, 0.040), 0.007, hair, turn=turn, blend=0.05)


def _long_hair(body: Body, head: Frame) -> None:
    _add_cap(body, head)
    _add_fringe(body, head)
    _add_fall(body, head, length=0.36, width=0.098)
    _add_side_locks(body, head, length=0.30)


def _bob(body: Body, head: Frame) -> None:
    _add_cap(body, head)
    _add_fringe(body, head)
    _add_fall(body, head, length=0.15, width=0.094)
    _add_side_locks(body, head, length=0.13)


def _ponytail(body: Body, head: Frame) -> None:
    _add_cap(body, head)
    _add_ears(body, head)
    lag = -0.10 * body.joints.swing
    root, bend = head.at(0, 0.065, -0.110), head.at(0.3 * lag, 0.02, -0.160)
    body.add(root, bend, 0.030, 0.040, body.wear.hair)
    body.add(bend, head.at(lag, -0.25, -0.130), 0.040, 0.012, body.wear.hair)


def _bun(body: Body, head: Frame) -> None:
    _add_cap(body, head)
    _add_ears(body, head)
    body.ball(head.at(0, 0.105, -0.080), 0.046, body.wear.hair, blend=0.01)


def _short_hair(body: Body, head: Frame) -> None:
    _add_cap(body, head)
    _add_ears(body, head)
    for side in (-1.0, 0.0, 1.0):
        low = 0.012 * abs(side)
        front = head.at(side * 0.036, 0.082 - low, 0.040)
        crown = head.at(side * 0.040 + 0.012, 0.112 - low, -0.020)
        body.add(front, crown, (0.026, 0.022), (0.040, 0.034), body.wear.hair, turn=head.turn,
                 blend=0.05)  # fmt: skip


_HAIR_CUTS = {
    "long": _long_hair,
    "bob": _bob,
    "ponytail": _ponytail,
    "bun": _bun,
    "short": _short_hair,
}
