"""A flat roof high over a city, with a view all around.

The roof is a square of slabs within a parapet; a water tank, a stair house, a mast and a neon
sign stand in its corners, strings of bulbs hang over its edges. Around it stands a city of some
three hundred boxes in true perspective, so a moving camera gets the parallax right. Somebody
who walks goes a lap around the roof, and the city turns behind them.

The song: windows near and far answer hat and snare, other ones with every beat; two towers
carry screens whose bars rise with bass, mid and high; a glow runs along the bulbs, the neon sign
burns with the kick, and the beacons on the masts swell one after another.

Modules
-------
dress
    Measures, colours, sky and air of each time of day, as the kernels know them.
skyline, facades
    Where buildings stand; their walls and windows.
sky, floor
    What lies over and under.
light, props, steelwork, lamps
    The light on things; what stands and shines on the roof, and lights far away.
roof
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.rooftop.roof import Rooftop

__all__ = ["Rooftop"]
