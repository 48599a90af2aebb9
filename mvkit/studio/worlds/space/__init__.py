"""Outer space: the surface of a small moon under a ringed planet, stars and a nebula.

It stands for the cosmos, a galaxy, the Moon or Mars alike. The picture is built from far to
near: nebula and stars, shooting stars, the sun, the planet in its rings with a second moon; the
ground with craters, rocks and a trail of bootprints; the person and their long shadow; dust.

The song: the nebula swells with the bass and its edges shine with mids and highs, a shooting
star falls on each snare, dust hops on each kick, some stars sparkle with the hats.

Modules
-------
dress
    Colours, light and sky of each time of day, as the kernels know them.
nebula, stars, planet, regolith
    What is painted, in this order.
space
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.space.space import Space

__all__ = ["Space"]
