"""A club at night, seen from the dance floor.

Fans of laser light step on kick and snare, sheets of it lie over the heads in intense parts;
tubes run over walls and ceiling, hoops glow around a mirror ball whose specks wander, a screen
shines behind the booth and bottles behind the bar. All of it is mirrored in the floor, and
silhouettes dance around.

Modules
-------
dress
    Measures, colours, and the state of the lamps.
hall, booth, lasers
    What stands and what shines.
crowd
    Who dances.
club
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.club.club import Club

__all__ = ["Club"]
