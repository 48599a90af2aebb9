"""The bed of a shallow sea: sand under dancing light, corals, kelp, shoals of fish.

From far to near: lit water with beams from the rippling surface and reefs that sink into the
blue; the sand with its web of refracted light; rocks, corals and kelp; jellyfish and fish; the
person, over whom the same web plays; bubbles and drifting plankton.

The song: beams and surface swell with the bass, shoals turn at the bars and glitter on the
beat, jellyfish swim by a stroke of the bell a beat and bubbles rise from the sand with it. At
night plankton and jellyfish glow with the hats.

Modules
-------
dress
    Colours, light and water of each time of day.
water, seabed, rocks
    What is painted: the water with its surface, the sand, stones and round corals.
growth
    Where rocks, corals and kelp are, and corals and kelp as strokes.
shoal, drifters
    Fish; jellyfish, bubbles and plankton.
reef
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.underwater.reef import Underwater

__all__ = ["Underwater"]
