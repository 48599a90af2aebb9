"""High mountains: a path along a ridge, above a sea of fog with ranges behind ranges.

The picture is built from far to near: sky with sun or moon, clouds and stars; snow and rock of
the ranges, which sink into the haze and into the sea of fog; birds; the ridge with its path,
stones, cairns and grass; the person and their shadow; snow or rain.

The song: the sea of fog rises and falls with the bass, which also stirs the grass, the air
around the sun glows with it, the flock beats its wings with the beat, motes sparkle with the
treble.

Modules
-------
dress
    Colours, sky and air of each time of day, as the kernels know them.
ranges
    The land all around, worked out once.
vista, crest, wayside
    What is painted, in this order.
mountain
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.mountain.mountain import Mountain

__all__ = ["Mountain"]
