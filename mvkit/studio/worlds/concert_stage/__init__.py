"""A concert: LED wall, moving beams in haze, a glossy deck, a crowd with raised arms.

Shots look at the stage over the heads of the crowd, or from behind the performer into the hall.
The bars and rings of the wall follow the bands of the music, the beams change colour with the
bar and swing with the beat, the crowd bounces and waves on it, confetti falls in intense parts.

Modules
-------
dress
    Colours and measures that the parts share.
scenery, lights, crowd
    What stands, what shines, who is there.
concert
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.concert_stage.concert import ConcertStage

__all__ = ["ConcertStage"]
