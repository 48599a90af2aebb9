"""A room with a tall window: boards, plaster, a bed, a chair, a paper lamp, a door.

The window's light falls as a skewed patch with the bars' shadow over floor and wall, dust floats
in its beam, the curtains breathe with the bass. Outside is the weather: drops run down the glass,
snow heaps on the bars, fog swallows the trees; at night there are lit windows far away and the
lamp burns. It stands for any room where people live.

Modules
-------
dress
    Measures, and colours and light of the hours and weathers.
light, patch
    What falls on a place: sun through the panes, sky, lamp; the lit dust; where the patch lies.
walls, door, window, garden
    The room, and what is seen outside.
blocks, furniture, lamp
    What stands in it.
marks
    Where people are.
room
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.room.room import Room

__all__ = ["Room"]
