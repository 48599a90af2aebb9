"""How well the director does its work.

``python -m benchmarks.director wishes``
    The thirty wishes of ``wishes.toml`` are read, and compared with what a person understands.
``python -m benchmarks.director films SONGS``
    Every song of a folder is planned with every wish; the plans are measured and judged.
``python -m benchmarks.director sheets SONGS --song A --song B --wish "..." --out FOLDER``
    Contact sheets: what the films will look like, side by side.
``python -m benchmarks.director ordinary WORDS``
    The table of words that are no slips, made anew after the vocabulary has grown.

Contents
--------
understanding       wishes as a person and as the director read them
songs               songs that are heard once, and what is known to be true of them
chance              what cuts at random would reach
rhythm, measures    one film in figures
apart               two films, held against each other
goals               all films in figures, and what they have to reach
layout              films side by side, as a picture
films, sheets       the commands
"""

from benchmarks.director.understanding import REQUIRED, Scored, score_wishes, share_right

__all__ = ["REQUIRED", "Scored", "score_wishes", "share_right"]
