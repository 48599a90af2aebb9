"""The person on the set: who, where and doing what; and the painter that draws one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, hypot, pi, sin

import numpy as np

from mvkit.studio.camera import Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure.body import body_table, level_at, skirt_m
from mvkit.studio.figure.cones import project_cones
from mvkit.studio.figure.drawing import Expression
from mvkit.studio.figure.ground import darken_ground
from mvkit.studio.figure.head import EYES_M
from mvkit.studio.figure.lay import project_decals
from mvkit.studio.figure.light import FigureLight
from mvkit.studio.figure.pose import LOWERED_M, Skeleton, Vector, pose
from mvkit.studio.figure.rig import Frames, Part, rig
from mvkit.studio.figure.screen import View
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.silhouette import paint_cones
from mvkit.studio.figure.umbrella import CANOPY_RADIUS_M, paint_umbrella
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.music import Pulse

__all__ = ["DETAILS", "Actor", "FigurePainter"]

DETAILS = ("eyes", "hands", "feet")
"""What an extreme close-up may show."""

_MICROPHONE_M = (0.006, -0.082, 0.165)  # from the middle of the head: before the mouth
_CANOPY_M = 0.27  # rim of the umbrella over the head


@dataclass(frozen=True)
class Actor:
    """A person on the set.

    Parameters
    ----------
    sheet
        Who.
    action
        What they do: a key of :data:`~mvkit.studio.figure.pose.POSES`.
    x_m, ground_m, z_m
        Place of the feet in the world.
    facing_rad
        Direction of the face: 0 along +z (away from a camera at yaw 0), pi towards it.
    seat_m
        Height over the ground of what they may sit on; 0 is the ground.
    dance
        How they dance: a key of :data:`~mvkit.studio.figure.pose.DANCES`.
    companion
        Who is with them, drawn wherever they are.
    """

    sheet: FigureSheet
    action: str = "stand"
    x_m: float = 0.0
    ground_m: float = 0.0
    z_m: float = 4.0
    facing_rad: float = pi
    seat_m: float = 0.0
    dance: str = "step"
    companion: Actor | None = None

    @property
    def people(self) -> tuple[Actor, ...]:
        """Themselves, and who is with them."""
        return (self,) if self.companion is None else (self, self.companion)

    @property
    def has_umbrella(self) -> bool:
        """Whether an umbrella is up in this action."""
        return self.sheet.umbrella and self.action in ("walk", "stand")

    @property
    def lowered_m(self) -> float:
        """How much lower their head is than that of somebody who stands."""
        height = self.sheet.height_m / 1.72
        return max(LOWERED_M.get(self.action, 0.0) * height - self.seat_m, 0.0)

    @property
    def headroom_m(self) -> float:
        """How far a prop rises above the head."""
        return 0.45 if self.has_umbrella else 0.0

    def joints(self, pulse: Pulse) -> Skeleton:
        """Return where their joints are, in body coordinates."""
        return _joints(self, pulse)

    def detail_m(self, name: str, pulse: Pulse) -> tuple[float, float, float]:
        """Return where a detail is in the world, for a camera that looks at nothing else.

        Parameters
        ----------
        name
            One of `DETAILS`; "hands" is the hand that does more, "feet" the foremost foot.
        pulse
            The song now.
        """
        joints = self.joints(pulse)
        frames = rig(joints, skirt_m=skirt_m(self.sheet))
        if name == "hands":
            frame = frames[Part.HAND + self._busy_hand]
            place = frame[0] + 0.065 * frame[2]
        elif name == "feet":
            foot = min(joints.feet, key=lambda foot: float(foot.ball[1]))
            place = 0.5 * (foot.ankle + foot.toe) + np.array([0.0, 0.05, 0.0])
        else:
            place = frames[Part.HEAD, 0] + np.array(EYES_M) @ frames[Part.HEAD, 1:]
        return self.world_m(place)

    @property
    def _busy_hand(self) -> int:
        return 0 if self.action in ("sing", "stand") and not self.has_umbrella else 1

    def world_m(self, place: Vector) -> tuple[float, float, float]:
        """Return a place of body coordinates in the world."""
        x, y, z = (place * (self.sheet.height_m / 1.72)).tolist()
        c, s = cos(self.facing_rad), sin(self.facing_rad)
        return self.x_m + x * c + z * s, self.ground_m + y, self.z_m - x * s + z * c


def _joints(actor: Actor, pulse: Pulse) -> Skeleton:
    """Pose an actor, and direct what the right hand holds: to the mouth, or overhead."""
    joints = pose(
        actor.action,
        beats=float(pulse.beat_count),
        energy=float(pulse.energy),
        umbrella=actor.has_umbrella,
        seat_m=actor.seat_m * 1.72 / actor.sheet.height_m,
        dance=actor.dance,
    )
    if actor.has_umbrella:
        return replace(joints, tips=(joints.tips[0], _canopy(joints) + np.array([0, 0.22, 0])))
    if actor.action == "sing":
        c, s = cos(joints.head_turn), sin(joints.head_turn)
        x, y, z = _MICROPHONE_M
        mouth = joints.head + np.array([x * c + z * s, y - z * sin(joints.nod), z * c - x * s])
        return replace(joints, tips=(joints.tips[0], mouth))
    return joints


def _canopy(joints: Skeleton) -> Vector:
    """Return the middle of the umbrella's rim: over the head, towards the holding hand."""
    x = 0.5 * (joints.wrists[1][0] + joints.head[0])
    return np.array([x, joints.head[1] + _CANOPY_M, joints.head[2] + 0.06])


class FigurePainter:
    """Draws actors on canvases; one per thread, since it keeps the last pose."""

    def __init__(self) -> None:
        self._kept_key: tuple[Actor, float, float] | None = None
        self._kept: tuple[Skeleton, Frames]

    def draw(
        self,
        canvas: Canvas,
        actor: Actor,
        projection: Projection,
        light: FigureLight,
        *,
        pulse: Pulse,
        opacity: float = 1.0,
        mirror: bool = False,
        shadow: float = 0.0,
    ) -> None:
        """Draw an actor over a canvas, in place.

        Parameters
        ----------
        canvas
            The picture.
        actor, projection, light
            Who, seen from where, lit how.
        pulse
            Sets the pose: its beat count and energy.
        opacity
            1 solid.
        mirror
            Draw the reflection in the ground instead.
        shadow
            Depth of a soft contact shadow under the feet, 0 none.
        """
        depth_m = projection.depth_m(actor.x_m, actor.z_m)
        if depth_m < 0.35:
            return
        scale = projection.px_per_m(depth_m)
        joints, frames = self._posed(actor, pulse)
        if shadow > 0 and not mirror:
            x_px, y_px, _ = projection.to_px(actor.x_m, actor.ground_m, actor.z_m)
            flatness = abs(projection.camera.y_m - actor.ground_m) / depth_m
            darken_ground(
                canvas,
                np.float32(x_px),
                np.float32(y_px),
                np.float32(0.42 * scale),
                np.float32(min(flatness, 1.0)),
                np.float32(shadow),
            )
        # Seen from below, the canopy's far half is behind the head and its near half over it.
        below = mirror or projection.camera.y_m < actor.world_m(_canopy(joints))[1]
        if actor.has_umbrella and below:
            self._draw_umbrella(canvas, actor, joints, projection, light, opacity, mirror)
        view = View.of(
            projection, (actor.x_m, actor.ground_m, actor.z_m), actor.facing_rad, mirror=mirror
        )
        table = body_table(
            actor.sheet, actor.action, joints.grips, actor.has_umbrella, level_at(scale)
        )
        paint_cones(
            canvas,
            project_cones(table, frames, view),
            project_decals(table, frames, view),
            light,
            Expression(*(np.float32(number) for number in joints.face)),
            np.float32(0.008 * scale),
            np.float32(opacity),
        )
        if actor.has_umbrella and not below:
            self._draw_umbrella(canvas, actor, joints, projection, light, opacity, mirror)

    def _posed(self, actor: Actor, pulse: Pulse) -> tuple[Skeleton, Frames]:
        """Return joints and parts; kept, because a reflection asks for the same pose."""
        key = (actor, float(pulse.beat_count), float(pulse.energy))
        if self._kept_key != key:
            joints = actor.joints(pulse)
            self._kept_key = key
            self._kept = joints, rig(joints, skirt_m=skirt_m(actor.sheet))
        return self._kept

    def _draw_umbrella(
        self,
        canvas: Canvas,
        actor: Actor,
        joints: Skeleton,
        projection: Projection,
        light: FigureLight,
        opacity: float,
        mirror: bool,
    ) -> None:
        size = actor.sheet.height_m / 1.72
        x_m, y_m, z_m = actor.world_m(_canopy(joints))
        if mirror:
            y_m = 2 * actor.ground_m - y_m
        x_px, y_px, depth_m = projection.to_px(x_m, y_m, z_m)
        f = np.float32
        paint_umbrella(
            canvas,
            f(x_px),
            f(y_px),
            f(CANOPY_RADIUS_M * size * projection.px_per_m(depth_m)),
            f((projection.camera.y_m - y_m) / hypot(depth_m, 0.1) * (-1 if mirror else 1)),
            f(0.10 + 0.01 * joints.swing + projection.camera.roll_rad),
            f(-1 if mirror else 1),
            rgb(actor.sheet.accent),
            light,
            f(opacity),
        )
