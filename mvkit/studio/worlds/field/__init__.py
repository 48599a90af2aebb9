"""A wide field in summer: tall grass and poppies in the wind, one tree, hills, great clouds.

From far to near: sky with the low sun and piled-up clouds; hills, hedges and the lone tree; the
field down to a trodden path; blades, ears and poppies one by one, those behind the person
first; then, out of focus before the lens, the nearest stalks. Every blade stands in the world,
so that a walk passes it.

The song: waves of wind run through the field, deeper with the bass; the sun breathes with it;
seeds sparkle with the treble; at night fireflies answer the hats.

Modules
-------
dress
    Colours, light and air of each time of day; the course of the path.
clouds, land
    Tables made once: the clouds, the hills with their hedges, the tree.
sky, meadow, blades
    What is painted, in this order.
life
    Swallows, butterflies, seeds, fireflies, and the lens's own ghosts of the sun.
countryside
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.field.countryside import Field

__all__ = ["Field"]
