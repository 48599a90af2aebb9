"""A street canyon in the rain: shops, signs, wet asphalt that mirrors them.

Modules
-------
dress
    Colours, weather and measures as the kernels know them.
walls, signs, ground
    What is painted, in this order.
city
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.neon_city.city import NeonCity

__all__ = ["NeonCity"]
