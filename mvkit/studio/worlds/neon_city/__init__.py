"""A street canyon in the rain: shops, signs, wet asphalt that mirrors them.

Modules
-------
dress
    Colours, weather and measures as the kernels know them.
blocks
    Rows in blocks, of which only what shows is painted.
facades, shops
    What is on the rows of buildings.
walls, mirror, ground, signs
    What is painted, in this order.
city
    The world.

The song: signs, windows and tubes answer to kick or snare, each to its own, lanterns to snare and
hat in turn, shop bands and the street's far end to the bass; the person is lit from one side on
the kick, from the other on the snare.
"""

from __future__ import annotations

from mvkit.studio.worlds.neon_city.city import NeonCity

__all__ = ["NeonCity"]
