"""A living ink painting: mountains in mist over still water, on rough paper.

Wet brushes have laid ridge behind ridge, dark at the crest and running out into bare paper;
pines stand on small rocks in a lake that mirrors all of it; a red disc hangs over the valley,
and a wide brush circles it once a bar. Who is filmed here is ink, too: a cut-out on the water.

The song: the ink deepens with the bass, drops bloom on the water with the kicks and on the
paper with the bars, the snare splatters, rings run out from the feet with the beat, cranes
beat their wings in time.

Modules
-------
dress
    Colours and washes of each time of day, as the kernels know them.
paper
    Tables made once: the grain of the paper, the mountains.
stamps
    Tables of ink, pressed on the picture at any size.
washes
    Everything wet and soft: sky, sun, brushed circle, mountains, mist and water.
stains
    Drops, splatter and rings of ink.
pines, creatures
    What stands in the lake and hangs over it; what flies over it and swims in it.
painting
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.ink_wash.painting import InkWash

__all__ = ["InkWash"]
