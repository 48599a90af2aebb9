"""A still northern lake at night, under curtains of northern lights.

A wooden walkway leads over the water and never ends; elsewhere a jetty ends in a wider head with
a lantern, a canoe beside it. All around are headlands of firs, wooded hills and snowy mountains,
and the lake mirrors them and the sky: sky and water are painted column by column, so the mirror
image is the sky's own column read downwards through ripples.

The song: the curtains brighten with bass and mid, a wave runs along them from bar to bar, their
hems glow with the kick, a new part of the song sweeps across the sky; rings spread on the water
and the lanterns breathe with the kick.

Modules
-------
dress
    Measures, colours and air of each time of day, as the kernels know them.
curtains
    The northern lights.
land
    Skylines all around.
heavens
    Sky and water.
far
    These three together.
deck, jetty
    The planks, and what belongs to them.
lake
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.aurora_lake.lake import AuroraLake

__all__ = ["AuroraLake"]
