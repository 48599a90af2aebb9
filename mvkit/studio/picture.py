"""Reference stills: a place without anybody, or a person as they look in every shot."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from mvkit.studio.camera import Camera, frame_subject
from mvkit.studio.colour import hex_to_linear, rgb, tinted_palette
from mvkit.studio.figure import Actor, FigureLight, FigurePainter, FigureSheet
from mvkit.studio.kit.canvas import Canvas, new_canvas
from mvkit.studio.light import Darkroom, Look, to_rgb
from mvkit.studio.music import Music
from mvkit.studio.take import open_world
from mvkit.studio.worlds import Setting

__all__ = ["paint_picture"]

_BACKDROP = ("#20242e", "#e24a78", "#35b8d8")
_STILL_S = 6.4  # any moment; lamps between two beats


def paint_picture(
    *,
    world: str | None = None,
    palette: tuple[str, ...] = (),
    time_of_day: str = "",
    weather: str = "",
    sheet: FigureSheet | None = None,
    action: str = "stand",
    width_px: int = 1024,
    height_px: int = 1024,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Paint a reference still.

    Parameters
    ----------
    world
        Where; None is a plain lit backdrop for a character's sheet.
    palette, time_of_day, weather, seed
        As in :class:`~mvkit.studio.take.Take`.
    sheet
        The person to show; None shows the place alone.
    action
        What the person does.
    width_px, height_px
        Size, both even.

    Returns
    -------
    numpy.ndarray
        (height, width, 3) uint8, red, green, blue.

    Raises
    ------
    InvalidInput
        If the world is not known.
    """
    pulse = Music.steady(tempo_bpm=100, energy=0.55).at(_STILL_S)
    canvas = new_canvas(width_px, height_px)
    look = Look(bloom=0.25, vignette=0.12, grain=0.006)
    if world is None:
        _paint_portrait(canvas, palette, sheet or FigureSheet(), action)
    else:
        place = open_world(world, width_px, height_px, Setting(palette, time_of_day, weather, seed))
        mark = place.mark(pulse=pulse, action=action if sheet else "walk", variation=0.0)
        actor = None
        if sheet:
            person = place.dressed(sheet)
            actor = Actor(person, action, mark.x_m, mark.ground_m, mark.z_m, mark.facing_rad)
        camera = frame_subject(
            size="wide" if sheet else "extreme wide",
            angle="eye level",
            x_m=mark.x_m,
            z_m=mark.z_m,
            ground_m=mark.ground_m,
            yaw_rad=mark.camera_yaw_rad,
            headroom_m=actor.headroom_m if actor else 0.0,
            aspect=width_px / height_px,
        )
        look = place.look
        place.render(canvas, t_s=_STILL_S, pulse=pulse, camera=place.confine(camera), actor=actor)
    return to_rgb(Darkroom(width_px, height_px).develop(canvas, look, pulse=pulse, frame=0))


def _paint_portrait(
    canvas: Canvas, palette: tuple[str, ...], sheet: FigureSheet, action: str
) -> None:
    """Paint a person on a backdrop that falls off from a soft spot behind them."""
    _, height_px, width_px = canvas.shape
    base, left, right = (np.array(c) for c in tinted_palette(_BACKDROP, palette))
    y, x = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
    glow = np.exp(
        -(((x / width_px - 0.5) * 2.1) ** 2) - ((y / height_px - 0.42) * 1.9) ** 2
    ).astype(np.float32)
    floor = np.clip((y / height_px - 0.87) * 9, 0, 1)
    for plane in range(3):
        tone = base[plane] * (0.35 + 2.6 * glow) * (1 - 0.35 * floor)
        canvas[plane] = tone + 0.03 * right[plane] * glow
    frame_m = 2.1 * sheet.height_m / 1.72
    camera = Camera(
        y_m=1.15, z_m=-5.0, horizon=0.5 - (1.15 - 0.43 * frame_m) / frame_m, lens=frame_m / 5.0
    )
    light = FigureLight(
        key=rgb([0.5, 0.47, 0.44]),
        ambient=rgb(0.09 + 0.2 * hex_to_linear("#8a93a8")),
        rim_left=rgb(left, 1.2),
        rim_right=rgb(right, 1.2),
        rim_top=rgb([0.35, 0.35, 0.38]),
    )
    actor = Actor(sheet, action, z_m=0.0, facing_rad=pi - 0.28)
    FigurePainter().draw(
        canvas,
        actor,
        camera.projection(width_px, height_px),
        light,
        pulse=Music.steady(tempo_bpm=100).at(_STILL_S),
        shadow=0.6,
    )
