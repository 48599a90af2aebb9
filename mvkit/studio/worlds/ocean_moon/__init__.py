"""The open sea under moon or sun, seen from a rock or from the shallows.

Sky and far shore are functions of the direction; the water is a plane whose slopes are a sum of
travelling waves; the rock is a height field. A standing person is on the rock; a walking one
wades over a sandbank, mirrored in the water.

The song: the swell follows the bass, the glitter the treble; on clear nights an aurora rises
with the energy and ripples with the beat.

Modules
-------
dress
    Colours, sky and sea of each time of day, as the kernels know them.
air, aurora, water, rock
    What is painted, in this order.
ocean
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.ocean_moon.ocean import OceanMoon

__all__ = ["OceanMoon"]
