"""The recurring person of a video.

Modules
-------
sheet
    Who: proportions, hair, clothes, colours.
pose
    Joints at a beat.
rig
    Joints to the axes of each part of the body.
model, wardrobe
    What is fixed to the parts: tapered solids and drawings, and their surfaces.
body, clothes, neckwear, hand, head, hair, hat, props
    The model of a person.
screen, cones, lay
    The model on the screen.
silhouette, melting, shading, light, ground
    From there to lit pixels.
decals, drawing, eyes, face
    Drawings on the surface.
umbrella
    The prop that is painted by itself.
actor
    A person at a place doing something, and the painter.
"""

from __future__ import annotations

from mvkit.studio.figure.actor import DETAILS, Actor, FigurePainter
from mvkit.studio.figure.light import FigureLight
from mvkit.studio.figure.pose import DANCES, POSES, dance_style
from mvkit.studio.figure.sheet import FigureSheet

__all__ = [
    "DANCES",
    "DETAILS",
    "POSES",
    "Actor",
    "FigureLight",
    "FigurePainter",
    "FigureSheet",
    "dance_style",
]
