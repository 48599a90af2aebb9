"""The person on the set: who, where and doing what; and the painter that draws one."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, pi, sin

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Projection
from mvkit.studio.colour import rgb
from mvkit.studio.figure.body import build_body, canopy_centre
from mvkit.studio.figure.pose import LOWERED_M, Skeleton, pose
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.silhouette import (
    FigureLight,
    darken_ground,
    paint_cones,
    project_cones,
)
from mvkit.studio.figure.umbrella import CANOPY_RADIUS_M, paint_umbrella
from mvkit.studio.kit.canvas import Canvas
from mvkit.studio.music import Pulse

__all__ = ["Actor", "FigurePainter"]


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


class FigurePainter:
    """Draws actors on canvases; one per thread, since it keeps the last body."""

    def __init__(self) -> None:
        self._kept_key: tuple[Actor, float, float] | None = None
        self._kept: tuple[Skeleton, NDArray[np.float32]]

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
        joints, cones = self._body(actor, float(pulse.beat_count), float(pulse.energy))
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
        screen = project_cones(
            cones,
            projection,
            place_m=(actor.x_m, actor.ground_m, actor.z_m),
            facing_rad=actor.facing_rad,
            mirror=mirror,
        )
        melt = np.float32(0.010 * scale)
        paint_cones(canvas, screen, light, melt, np.float32(opacity))
        if actor.has_umbrella:
            self._draw_umbrella(canvas, actor, joints, projection, light, opacity, mirror)

    def _body(
        self, actor: Actor, beats: float, energy: float
    ) -> tuple[Skeleton, NDArray[np.float32]]:
        """Return joints and cones; kept, because a reflection asks for the same body."""
        key = (actor, beats, energy)
        if self._kept_key != key:
            joints = pose(actor.action, beats=beats, energy=energy, umbrella=actor.has_umbrella)
            cones = build_body(
                actor.sheet,
                joints,
                microphone=actor.action == "sing",
                umbrella=actor.has_umbrella,
            )
            self._kept_key, self._kept = key, (joints, cones)
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
        x, y, z = canopy_centre(joints) * size
        x_m = actor.x_m + x * cos(actor.facing_rad) + z * sin(actor.facing_rad)
        z_m = actor.z_m - x * sin(actor.facing_rad) + z * cos(actor.facing_rad)
        y_m = actor.ground_m + (-y if mirror else y)
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
