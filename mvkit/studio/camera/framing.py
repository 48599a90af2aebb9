"""Shot sizes and angles: where the camera stands for the director's words."""

from __future__ import annotations

from math import cos, sin

from mvkit.studio.camera.camera import Camera

__all__ = ["ANGLES", "DETAILS_M", "SHOT_SIZES", "frame_detail", "frame_subject"]

SHOT_SIZES: dict[str, tuple[float, float, float]] = {
    "extreme wide": (6.2, 0.95, 1.1),
    "wide": (3.1, 0.95, 1.0),
    "medium wide": (1.75, 1.15, 0.85),
    "medium": (1.15, 1.3, 0.72),
    "medium close": (0.86, 1.44, 0.62),
    "close": (0.62, 1.55, 0.52),
    "extreme close": (0.36, 1.57, 0.42),
}
"""Shot size -> height of the frame at the subject (m), height of its centre (m), lens.

The centre is for a person of 1.72 m and scales with the person.
"""

DETAILS_M: dict[str, float] = {"eyes": 0.17, "hands": 0.4, "feet": 0.62}
"""What an extreme close shot shows -> height of the frame there (m)."""

ANGLES: dict[str, float] = {"eye level": 1.5, "low": 0.55, "high": 2.9}
"""Camera angle -> height of the lens above the ground (m)."""


def frame_subject(
    *,
    size: str,
    angle: str,
    x_m: float,
    z_m: float,
    ground_m: float = 0.0,
    height_m: float = 1.72,
    yaw_rad: float = 0.0,
    headroom_m: float = 0.0,
    lowered_m: float = 0.0,
    third: float = 0.0,
    aspect: float = 16 / 9,
) -> Camera:
    """Place a camera so that a standing person fills the frame as a shot size says.

    Parameters
    ----------
    size, angle
        Keys of `SHOT_SIZES` and `ANGLES`; unknown words mean a wide shot at eye level.
    x_m, z_m, ground_m, height_m
        Where the person stands, the ground there, and the person's height.
    yaw_rad
        Direction in which the camera looks.
    headroom_m
        What rises above the head (an umbrella) and belongs into all but the close shots.
    lowered_m
        How much lower than standing the head is of somebody who sits.
    third
        Place of the person across the frame: -1 left edge, 0 middle, 1 right edge.
    aspect
        Width of the frame by its height; upright frames step back to keep the person whole.

    Returns
    -------
    Camera
        The start of the shot, with ``focus_m`` the distance to the person.
    """
    frame_m, centre_m, lens = SHOT_SIZES.get(size, SHOT_SIZES["wide"])
    if frame_m > 1.5:
        frame_m += 0.8 * headroom_m
        centre_m += 0.4 * headroom_m
    centre_m -= lowered_m * min(max((3.1 - frame_m) / 1.2, 0.35), 1.0)
    frame_m *= min(max(0.9 / aspect, 1.0), 1.3) * height_m / 1.72
    focus_m = max(frame_m / lens, 0.9)
    lens = frame_m / focus_m
    closeness = min(max((3.1 - frame_m) / 2.5, 0.0), 1.0)
    # Close shots stay near the face's height, else the lens would look up the nose.
    eye_m = ANGLES.get(angle, ANGLES["eye level"])
    eye_m = eye_m + 0.62 * closeness * (1.5 - lowered_m - eye_m)
    aside_m = -third * 0.5 * frame_m * aspect
    return Camera(
        x_m=x_m - focus_m * sin(yaw_rad) + aside_m * cos(yaw_rad),
        y_m=ground_m + eye_m,
        z_m=z_m - focus_m * cos(yaw_rad) - aside_m * sin(yaw_rad),
        yaw_rad=yaw_rad,
        horizon=0.5 - (eye_m - centre_m * height_m / 1.72) / frame_m,
        lens=lens,
        focus_m=focus_m,
    )


def frame_detail(
    detail: str,
    place_m: tuple[float, float, float],
    *,
    yaw_rad: float,
    third: float = 0.0,
    aspect: float = 16 / 9,
) -> Camera:
    """Place a camera so that eyes, hands or feet fill the frame.

    Parameters
    ----------
    detail
        Key of `DETAILS_M`.
    place_m
        Where it is: x, y, z.
    yaw_rad
        Direction in which the camera looks, level with it.
    third
        Its place across the frame: -1 left edge, 0 middle, 1 right edge.
    aspect
        Width of the frame by its height.
    """
    x_m, y_m, z_m = place_m
    frame_m = DETAILS_M[detail] * min(max(1.3 / aspect, 1.0), 1.6)
    lens = SHOT_SIZES["extreme close"][2]
    focus_m = max(frame_m / lens, 0.7)
    aside_m = -third * 0.5 * frame_m * aspect
    eye_m = max(y_m, 0.22)
    return Camera(
        x_m=x_m - focus_m * sin(yaw_rad) + aside_m * cos(yaw_rad),
        y_m=eye_m,
        z_m=z_m - focus_m * cos(yaw_rad) - aside_m * sin(yaw_rad),
        yaw_rad=yaw_rad,
        horizon=0.5 - (eye_m - y_m) / frame_m,
        lens=frame_m / focus_m,
        focus_m=focus_m,
    )
