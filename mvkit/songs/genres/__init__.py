"""Short songs of eight kinds of music, each with its exact truth, to try an ear and a director on.

Contents
--------
GENRE_SONGS     the compositions by the name of their genre
"""

from __future__ import annotations

from collections.abc import Callable

from mvkit.songs.genres import (
    ambient,
    ballad,
    drum_and_bass,
    electronic,
    hip_hop,
    rock,
    swing,
    waltz,
)
from mvkit.songs.score import Score

GENRE_SONGS: dict[str, Callable[[], Score]] = {
    "electronic": electronic.compose,
    "rock": rock.compose,
    "hip-hop": hip_hop.compose,
    "ballad": ballad.compose,
    "waltz": waltz.compose,
    "drum-and-bass": drum_and_bass.compose,
    "swing": swing.compose,
    "ambient": ambient.compose,
}
