"""Things held in a fist; the second axis of a fist's frame points along the handle."""

from __future__ import annotations

from mvkit.studio.figure.model import Material, Model
from mvkit.studio.figure.rig import Part
from mvkit.studio.figure.wardrobe import Wardrobe

__all__ = ["add_microphone", "add_stick", "add_umbrella_shaft"]


def add_microphone(model: Model, wear: Wardrobe) -> None:
    """Put a microphone into the right hand."""
    held = Part.HELD + 1
    model.add(held, (0, -0.07, 0), (0, 0.085, 0), 0.011, 0.016, wear.metal, blend=0.003)
    grille = Material(0.09, 0.09, 0.10, strands=0.5, frequency=30.0, gloss=0.7)
    model.ball(held, (0, 0.105, 0), 0.027, grille, blend=0.003)


def add_umbrella_shaft(model: Model, wear: Wardrobe) -> None:
    """Put an umbrella's shaft into the right hand; it ends under the canopy."""
    held = Part.HELD + 1
    model.add(held, (0, -0.10, 0), (0, 0.78, 0), 0.006, 0.006, wear.metal, blend=0.003)
    model.add(held, (0, -0.11, 0), (0, 0.05, 0), 0.012, 0.010, wear.metal, blend=0.003)


def add_stick(model: Model, side: int) -> None:
    """Put a drumstick into a hand."""
    wood = Material(0.52, 0.34, 0.17, gloss=0.3)
    held = Part.HELD + side
    model.add(held, (0, -0.09, 0), (0, 0.24, 0), 0.0085, 0.0070, wood, blend=0.003)
    model.add(held, (0, 0.24, 0), (0, 0.315, 0), 0.0070, 0.0045, wood, blend=0.003)
