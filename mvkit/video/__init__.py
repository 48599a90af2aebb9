"""Stage 06: the clips become the film, with the song laid under it.

==============  ===============================================================================
timeline        plan -> what is copied from which clip, where two clips are blended (pure)
reels           one file per clip, in final form; missing clips are filled by their neighbours
transitions     two pictures become one, by a weight: one function for each kind
join            transitions encoded, everything else copied into one file
sound           the song as AAC, and listening to where it is in the film
verify          is the film what was planned? by ``watch``, ``changes``, ``lifeless``,
                ``container``
pictures        contact sheet and thumbnail
subtitles       lyrics as SRT
edl, otio       the edit, for going on in a video editor
compose         all of it, in order: :func:`compose_video`
==============  ===============================================================================
"""

from mvkit.video.compose import compose_video

__all__ = ["compose_video"]
