"""Stills: clips filmed from one picture each, by a camera that moves over it to the music.

A picture costs a hundredth of a filmed second, so a film of generated pictures is cheap; what
would be a slide show is directed instead. Shots are cut out of the picture by their sizes, the
camera moves as the director says, with the depth of a relief guessed from the picture, and the
song is felt in small steps closer, in light and in the air.

Modules
-------
take
    :class:`StillTake` and :func:`film_still`: a clip, frame by frame.
subject, depth
    What a picture is about, and how near its parts are; without any model.
path, moves, framing
    The camera: its path, the director's moves, and shots that differ.
plate, film, air, rhythm
    The picture as frames see it, its light and grain, what floats before it, and the song.
"""

from __future__ import annotations

from mvkit.studio.still.take import StillTake, film_still

__all__ = ["StillTake", "film_still"]
