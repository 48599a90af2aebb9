"""Exploring what the director knows: two treatments of one song, side by side; the transitions.

For notebooks. Nothing is filmed and nothing is paid; a plan takes a fraction of a second, so
whatever is changed is seen at once.

>>> explorer = Explorer(find_song(), left=Side(prompt="..."), right=Side(prompt="..."))
>>> explorer.panel()
>>> explorer.follow(explorer.treatments)

Contents
--------
Explorer
    A song and its two sides; ``panel()`` has the widgets.
Side
    What one side is planned from: prompt, seed, pace, world, palette, and rules left out.
HeardSong, find_song
    The song, heard and decoded.
group_rules
    The director's rules by theme.

Beside them, and loaded by whoever wants it, as it paints: :mod:`~mvkit.explorer.transitions`, the
kinds of transitions between two pictures.
"""

from mvkit.explorer.explorer import Explorer
from mvkit.explorer.side import Side
from mvkit.explorer.song import HeardSong, find_song
from mvkit.explorer.themes import group_rules

__all__ = ["Explorer", "HeardSong", "Side", "find_song", "group_rules"]
