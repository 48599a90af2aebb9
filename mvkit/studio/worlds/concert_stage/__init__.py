"""A concert: LED wall, moving beams in haze, a glossy deck, a crowd with raised arms.

Shots look at the stage over the heads of the crowd, or from behind the performer into the hall.
The bars and rings of the wall follow the bands of the music, and another programme spreads over
it with each part of the song; beams change colour with the bar, swing with the beat and flare on
the snare, the strip along the deck lights up with the kick; the crowd bounces and waves,
confetti falls in intense parts.

Modules
-------
dress
    Colours and measures that the parts share.
stage, hall
    What stands: seen from the crowd, and from the deck.
lights, person, crowd
    What shines, who is there.
concert
    The world.
"""

from __future__ import annotations

from mvkit.studio.worlds.concert_stage.concert import ConcertStage

__all__ = ["ConcertStage"]
