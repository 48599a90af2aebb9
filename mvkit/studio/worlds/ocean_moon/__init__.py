"""The open sea under moon or sun, seen from a rock or from a beach.

Sky and far shore are functions of the direction; the water is a plane whose slopes are a sum of
travelling waves; the rock is a height field. A standing person is on the rock; a walking one
goes along the wet sand of a beach, leaving footprints, with the sea ahead or beside.

The song: the swell follows the bass, the glitter the treble; a wave runs up the beach every two
bars; on clear nights an aurora rises with the energy, ripples with the beat and flares up with
a new part of the song.

Modules
-------
dress
    Colours, sky and sea of each time of day, as the kernels know them.
air, aurora, water, beach, rock
    What is painted, in this order.
ocean
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.ocean_moon.ocean import OceanMoon

__all__ = ["OceanMoon"]
