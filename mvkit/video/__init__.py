"""Stage 06: the clips become the film, with the song laid under it.

==============  ===============================================================================
timeline        plan -> what is copied from which clip, where two clips are blended (pure)
reels           one file per clip, in final form; missing clips are filled by their neighbours
transitions     cut, crossfade, fade: pictures mixed by a weight
join            transitions encoded, everything else copied into one file
sound           the song as AAC, and listening to where it is in the film
verify          is the film what was planned? by ``watch``, ``changes``, ``lifeless``,
                ``container``
pictures        contact sheet and thumbnail
subtitles, edl  lyrics as SRT, the cut list for a video editor
compose         all of it, in order: :func:`compose_video`
==============  ===============================================================================
"""

from mvkit.video.compose import compose_video

__all__ = ["compose_video"]
