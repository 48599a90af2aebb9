"""A straight highway through the desert: golden hour, blue hour, stars or first light.

The picture is built from far to near: sky with sun or moon, clouds and stars; two chains of
hills; the plain with its road; grass, telephone poles and their wires; the person and their
long shadow. Everything far is a function of the direction alone, everything near stands in the
world, so a moving camera gets the parallax right.

The song: the sun breathes with the bass, the air over the road shimmers with the kick, grass
nods with the snare, dust sparkles with the treble; reflectors at the roadside run towards the
horizon with the beat, and once brightly with each new part of the song.

Modules
-------
dress
    Colours, sky and air of each time of day, as the kernels know them.
sky, surfaces, ground, roadside
    What is painted, in this order.
desert
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.desert_road.desert import DesertRoad

__all__ = ["DesertRoad"]
