"""From linear light to the picture: lens, film and the encoder's planes.

A world paints light without bounds; :class:`Darkroom` turns it into what a screen shows: bloom
around lamps, chromatic aberration on a hit, vignette, a filmic curve, tints, a gradient map,
contrast, grain, letterbox and fade. The result is packed as one int32 per pixel
(``b | g << 8 | r << 16``, BGRX in memory), from which :func:`to_yuv420` makes the planes that the
encoder takes.

Modules
-------
look
    How light is developed, as a world and a part of the film want it.
bloom
    The glow around lamps.
development
    From light to packed pixels: lens, curve, colour, grain.
darkroom
    All of it, with the buffers.
planes
    Packed pixels as other forms of picture.
"""

from __future__ import annotations

from mvkit.studio.light.darkroom import Darkroom
from mvkit.studio.light.look import UNTONED, GradientMap, Look, Tone
from mvkit.studio.light.planes import to_rgb, to_yuv420

__all__ = ["UNTONED", "Darkroom", "GradientMap", "Look", "Tone", "to_rgb", "to_yuv420"]
