"""The recurring person of a video: sheet, pose, body, silhouette.

Modules
-------
sheet
    Who: proportions, hair, clothes, colours.
pose
    Joints at a beat.
solid, body, head
    Joints and sheet to tapered solids: what they are, trunk and limbs, face and hair.
silhouette
    Solids to lit pixels.
umbrella
    The prop.
actor
    A person at a place doing something, and the painter.
"""

from __future__ import annotations

from mvkit.studio.figure.actor import Actor, FigurePainter
from mvkit.studio.figure.pose import POSES
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.silhouette import FigureLight

__all__ = ["POSES", "Actor", "FigureLight", "FigurePainter", "FigureSheet"]
