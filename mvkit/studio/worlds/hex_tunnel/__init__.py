"""A flight through a neon tunnel of six mirrors, driven by the beat.

The tunnel is a bent hexagonal prism. A ray meets each of its six walls where a quadratic says
so, the nearest counts; from there it is mirrored once, so that polished walls show the lights of
the others. Everything on the walls follows from hashes of place, and lines are drawn as the
glow of a tube that widens with the size of a pixel, so nothing flickers in the distance.

The person dances on a hovering hexagon, which stays in place while the tunnel streams by.

The song: the flight is one rib per bar, with a surge on each beat, which also runs along the
ribs as light; panels answer to bass, kick, snare or hat, each to its own, the platform's edge to
the kick; the mist glows with the bass.

Modules
-------
dress
    Colours, and where the tunnel is at an instant, as the kernels know them.
prism
    Where a ray meets the tunnel.
walls
    What is on the walls.
mirror, flight, platform
    What is painted, in this order: mirror images at half the size, the picture, the platform.
tunnel
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.hex_tunnel.tunnel import HexTunnel

__all__ = ["HexTunnel"]
