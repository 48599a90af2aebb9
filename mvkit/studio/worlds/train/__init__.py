"""A carriage of a train under way: a large window, the land passing behind it.

From far to near: sky, mountains, hills with the lights of towns, trees, masts at the track and
now and then a tunnel, all as seen from the moving train; the carriage's walls, ceiling and floor
with the mirror image of its lamps and of the person in the panes, rain running along them; seats,
racks, poles; the person.

The song: the train makes one stretch of way a beat, so that masts and tunnel lamps rush by on the
beats and their light sweeps through the carriage; lamps swell a little with the kick, the carriage
rocks with the bass.

Modules
-------
dress
    Colours, light and measures as the kernels know them.
outside, wall, shell, glass
    What is painted: the land, the carriage around us, rain and frost on its windows.
furniture, faces
    Seats, tables, bags and partitions as boxes, and how their faces are painted.
fittings
    Poles, rails and straps as strokes.
carriage
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.train.carriage import Train

__all__ = ["Train"]
