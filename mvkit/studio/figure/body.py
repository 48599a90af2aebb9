"""A person's model: everything that can be made once for a sheet, a pose's hands and a prop."""

from __future__ import annotations

from functools import lru_cache

from mvkit.studio.figure.clothes import SKIRT_M, add_arms, add_legs, add_trunk
from mvkit.studio.figure.head import add_head
from mvkit.studio.figure.model import Level, Model, Table
from mvkit.studio.figure.props import PROPS, add_umbrella_shaft
from mvkit.studio.figure.sheet import FigureSheet
from mvkit.studio.figure.wardrobe import wardrobe

__all__ = ["body_table", "level_at", "skirt_m"]

_LEVELS_PX = (270.0, 760.0)


def level_at(px_per_m: float) -> Level:
    """Return how much detail a scale of the picture shows."""
    return sum(px_per_m > limit for limit in _LEVELS_PX)


def skirt_m(sheet: FigureSheet) -> float:
    """Return how far a person's clothes hang below the hips."""
    return SKIRT_M.get(sheet.outfit, 0.5)


@lru_cache(maxsize=64)
def body_table(
    sheet: FigureSheet, action: str, grips: tuple[str, str], umbrella: bool, level: Level
) -> Table:
    """Return the cones and decals of a person.

    Parameters
    ----------
    sheet
        The person.
    action
        Decides the prop.
    grips
        Shapes of the hands.
    umbrella
        Whether the right hand holds one.
    level
        How much detail.
    """
    model, wear = Model(level), wardrobe(sheet)
    add_legs(model, sheet, wear)
    add_trunk(model, sheet, wear)
    add_head(model, sheet, wear)
    add_arms(model, sheet, wear, grips)
    if umbrella:
        add_umbrella_shaft(model, wear)
    elif action in PROPS:
        PROPS[action](model, wear)
    return model.table(sheet.height_m / 1.72)
